// SPDX-License-Identifier: GPL-3.0-or-later
// Films of the figure: what moves, a preview in the view, and the export.
#pragma once

#include "ui/figure-panel.h"
#include "ui/render/animation.h"

G_BEGIN_DECLS

#define LAC_TYPE_FIGURE_FILM (lac_figure_film_get_type())
G_DECLARE_FINAL_TYPE(LacFigureFilm, lac_figure_film, LAC, FIGURE_FILM, GtkWidget)

void lac_figure_film_set_panel(LacFigureFilm *self, LacFigurePanel *panel, LacSession *session,
    LacViewport *viewport);
LacAnimation *lac_figure_film_dup_animation(LacFigureFilm *self);
gboolean lac_figure_film_export_to(LacFigureFilm *self, const char *path);
void lac_figure_film_stop(LacFigureFilm *self);
gboolean lac_figure_film_is_playing(LacFigureFilm *self);

G_END_DECLS
