// SPDX-License-Identifier: GPL-3.0-or-later
// What a figure shows of the results of analyses.
#pragma once

#include "core/analysis/analysis.h"
#include "ui/render/figure-view.h"

typedef struct LacFigureResults LacFigureResults;

guint64 lac_figure_get_needs(const LacFigure *figure);
LacFigureResults *lac_figure_results_new(const LacFigure *figure, LacAnalysis *analysis,
    LacProgress *progress, GError **error);
void lac_figure_results_free(LacFigureResults *self);
void lac_figure_results_lend(const LacFigureResults *self, LacFigureData *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFigureResults, lac_figure_results_free)
