// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a film: numbered pictures, or a file of an encoder.
#pragma once

#include "ui/render/animation.h"
#include "ui/render/figure-write.h"

// All is borrowed; the scene of the view changes.
typedef struct {
    const LacFigure *figure;
    LacFigureView *view; // of the still picture
    LacRenderer *renderer;
    const LacAnimation *animation;
    const LacSeries *series; // (nullable) needed by tilts
    const LacFigureNotes *notes;
} LacFilm;

gboolean lac_film_check_path(const char *path, const LacAnimation *animation, GError **error);
gboolean
lac_film_write(const LacFilm *self, const char *path, LacProgress *progress, GError **error);
