// SPDX-License-Identifier: GPL-3.0-or-later
// A chart on paper: axes, curves, bars, error bars and names, as vectors. And what it has in common
// with a chart on the screen.
#pragma once

#include "core/data/chart.h"
#include "core/figure/drawing.h"
#include "core/figure/ticks.h"

#define LAC_CHART_N_COLORS 6

// What is wanted, whatever the chart.
typedef struct {
    double width, height; // [pt]
    char font[48];
    double text_size; // [pt]
    char panel[16];   // its letter
    gboolean names;   // of the series, where there are several
    gboolean title;
    double x_lo, x_hi, y_lo, y_hi; // NaN: from the data
    gboolean on_dark;              // light lines and texts
} LacChartDrawingParams;

LacChartDrawingParams lac_chart_drawing_params_default(double width, double height);
LacDrawing *lac_chart_draw(const LacChart *chart, const LacChartDrawingParams *params);
void lac_chart_get_color(guint index, gboolean on_dark, float rgb[3]);
LacTicks lac_chart_find_x_ticks(const LacChart *chart, const double x[2], guint n_max);
char *lac_chart_dup_x_label(const LacChart *chart, const LacTicks *ticks, guint i);
gboolean lac_chart_get_range(const LacChart *chart, double x[2], double y[2]);
