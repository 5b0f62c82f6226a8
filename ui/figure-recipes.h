// SPDX-License-Identifier: GPL-3.0-or-later
// The recipes of the project: keep, apply, name, delete, and to and from files.
#pragma once

#include "ui/figure-panel.h"

G_BEGIN_DECLS

#define LAC_TYPE_FIGURE_RECIPES (lac_figure_recipes_get_type())
G_DECLARE_FINAL_TYPE(LacFigureRecipes, lac_figure_recipes, LAC, FIGURE_RECIPES, GtkWidget)

void
lac_figure_recipes_set_panel(LacFigureRecipes *self, LacFigurePanel *panel, LacSession *session);

G_END_DECLS
