// SPDX-License-Identifier: GPL-3.0-or-later
// How the volume is drawn in the 3D view: mode, transfer function, level, clipping.
#pragma once

#include "ui/ortho-view.h"
#include "ui/viewport.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_VIEW_PANEL (lac_view_panel_get_type())
G_DECLARE_FINAL_TYPE(LacViewPanel, lac_view_panel, LAC, VIEW_PANEL, GtkWidget)

void lac_view_panel_add(LacViewPanel *self, GtkWidget *group);
void lac_view_panel_set_viewport(LacViewPanel *self, LacViewport *viewport);
void lac_view_panel_set_slices(LacViewPanel *self, LacOrthoView *slices);

G_END_DECLS
