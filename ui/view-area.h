// SPDX-License-Identifier: GPL-3.0-or-later
// The views of the volume: 3D above three slices above plots, each of which can fill the area.
#pragma once

#include "ui/ortho-view.h"
#include "ui/session.h"
#include "ui/view-analysis.h"
#include "ui/viewport.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_VIEW_AREA (lac_view_area_get_type())
G_DECLARE_FINAL_TYPE(LacViewArea, lac_view_area, LAC, VIEW_AREA, GtkWidget)

typedef enum {
    LAC_VIEW_ALL,
    LAC_VIEW_3D,
    LAC_VIEW_XY, // the number is the key
    LAC_VIEW_XZ,
    LAC_VIEW_YZ,
    LAC_VIEW_PLOTS,
    LAC_VIEW_SLICES, // all three
    LAC_N_VIEWS,
} LacView;

GtkWidget *lac_view_area_new(LacSession *session);
LacViewport *lac_view_area_get_viewport(LacViewArea *self);
LacViewAnalysis *lac_view_area_get_analysis(LacViewArea *self);
LacOrthoView *lac_view_area_get_slices(LacViewArea *self);
void lac_view_area_set_maximized(LacViewArea *self, LacView view);
void lac_view_area_toggle(LacViewArea *self, LacView view);
LacView lac_view_area_get_maximized(LacViewArea *self);
void
lac_view_area_add_page(LacViewArea *self, GtkWidget *page, const char *name, const char *title);
void lac_view_area_show_page(LacViewArea *self, const char *name);

G_END_DECLS
