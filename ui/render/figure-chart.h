// SPDX-License-Identifier: GPL-3.0-or-later
// A figure that is a plot: which chart it shows, and how it is drawn.
#pragma once

#include "core/analysis/analysis.h"
#include "core/figure/chart-drawing.h"
#include "core/recon/recon.h"
#include "ui/render/figure.h"

guint64 lac_figure_get_plot_needs(const LacFigure *figure);
LacChart *lac_figure_find_chart(const LacFigure *figure, const LacAnalysis *analysis,
    const LacRecon *recon, GError **error);
LacDrawing *lac_figure_draw_chart(const LacFigure *figure, const LacChart *chart);
