// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a figure into a file: PNG, TIFF, or PDF and SVG with the drawing as vectors.
#pragma once

#include "ui/render/figure-view.h"

// What is written into the file beside the picture; all but the recipe may be NULL.
typedef struct {
    const char *recipe;
    const char *data;   // digests of what is shown
    const char *source; // name of the file that it came from
    int bits;           // of a TIFF, 8 or 16
} LacFigureNotes;

char *lac_figure_dup_digests(const LacVolume *volume, const LacAtoms *atoms);
gboolean lac_figure_check_path(const char *path, GError **error);
gboolean lac_figure_write(const LacFigure *figure, const LacFigureView *view, LacRenderer *renderer,
    const LacFigureNotes *notes, const char *path, LacProgress *progress, GError **error);
guint8 *lac_figure_draw_pixels(const LacFigure *figure, const LacFigureView *view,
    LacRenderer *renderer, LacProgress *progress, GError **error);
guint8 *lac_figure_draw(const LacFigure *figure, const LacFigureView *view, LacRenderer *renderer,
    LacProgress *progress, GError **error);
