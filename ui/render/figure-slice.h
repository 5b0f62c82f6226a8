// SPDX-License-Identifier: GPL-3.0-or-later
// A figure that is a slice: the volume in a plane, contours, and the atoms that the plane cuts.
#pragma once

#include "ui/render/figure-view.h"

LacDrawing *lac_figure_draw_slice(const LacFigure *figure, const LacFigureData *data,
    double *scale_bar, LacProgress *progress, GError **error);
gboolean lac_figure_fit_slice(LacFigure *figure, const LacFigureData *data, GError **error);
