// SPDX-License-Identifier: GPL-3.0-or-later
// A view with a title line, which can fill the window.
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_VIEW_FRAME (lac_view_frame_get_type())
G_DECLARE_FINAL_TYPE(LacViewFrame, lac_view_frame, LAC, VIEW_FRAME, GtkWidget)

// Signal "maximize-toggled": by a double click on the title or its button.
GtkWidget *lac_view_frame_new(const char *title, const char *key, GtkWidget *child);
void lac_view_frame_set_detail(LacViewFrame *self, const char *detail);
void lac_view_frame_set_maximized(LacViewFrame *self, gboolean maximized);
void lac_view_frame_add_control(LacViewFrame *self, GtkWidget *control);

G_END_DECLS
