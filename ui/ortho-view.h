// SPDX-License-Identifier: GPL-3.0-or-later
// Three orthogonal slices of the session's volume with one crosshair.
#pragma once

#include "core/figure/colormap.h"
#include "ui/session.h"
#include "ui/slice-view.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ORTHO_VIEW (lac_ortho_view_get_type())
G_DECLARE_FINAL_TYPE(LacOrthoView, lac_ortho_view, LAC, ORTHO_VIEW, GtkWidget)

// Signals:
//   "pointed" (gboolean inside, guint x, guint y, guint z): the voxel under the pointer
//   "line-drawn" (): the session has it
//   "colormap-changed" ()
GtkWidget *lac_ortho_view_new(LacSession *session);
void lac_ortho_view_set_range(LacOrthoView *self, double black, double white);
void lac_ortho_view_set_auto_range(LacOrthoView *self);
void lac_ortho_view_set_colormap(LacOrthoView *self, LacColormap colormap);
LacColormap lac_ortho_view_get_colormap(LacOrthoView *self);
void lac_ortho_view_set_layer(LacOrthoView *self, LacVolume *layer, double span);
void lac_ortho_view_show_only(LacOrthoView *self, int normal);
LacSliceView *lac_ortho_view_get_slice(LacOrthoView *self, LacAxis normal);

G_END_DECLS
