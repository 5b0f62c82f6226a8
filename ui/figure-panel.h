// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures for a paper: size, what stands over them, export, recipes.
#pragma once

#include "ui/session.h"
#include "ui/viewport.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_FIGURE_PANEL (lac_figure_panel_get_type())
G_DECLARE_FINAL_TYPE(LacFigurePanel, lac_figure_panel, LAC, FIGURE_PANEL, GtkWidget)

void lac_figure_panel_set_session(LacFigurePanel *self, LacSession *session, LacViewport *viewport);
void lac_figure_panel_set_active(LacFigurePanel *self, gboolean active);
LacFigure *lac_figure_panel_dup_figure(LacFigurePanel *self);
void lac_figure_panel_show(LacFigurePanel *self, const LacFigure *figure);
void lac_figure_panel_export(LacFigurePanel *self);
gboolean lac_figure_panel_export_to(LacFigurePanel *self, const char *path);
LacFigureSnapshot *lac_figure_panel_take_snapshot(LacFigurePanel *self);
void lac_figure_panel_copy(LacFigurePanel *self);

G_END_DECLS
