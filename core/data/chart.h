// SPDX-License-Identifier: GPL-3.0-or-later
// What to draw of a result: curves and bars with titled axes. Plain data; who draws it is elsewhere.
#pragma once

#include <glib.h>

typedef enum {
    LAC_CHART_LINE,
    LAC_CHART_POINTS,
    LAC_CHART_BARS,
} LacChartStyle;

typedef struct {
    char *name; // for the legend
    LacChartStyle style;
    gsize n;
    double *x, *y; // NaN: a gap
    double *error; // (nullable) one standard deviation of y
} LacChartSeries;

typedef struct {
    char *id;
    char *title, *x_label, *y_label; // labels carry their unit: "Distance to the interface (Å)"
    char *column;                    // (nullable) the column of atoms that x shows, for brushing
    char **x_names;                  // (nullable) words for x = 0, 1, …; NULL-terminated
    gboolean log_y;                  // y above 0 in powers of ten
    GPtrArray *series;               // of LacChartSeries
} LacChart;

LacChart *
lac_chart_new(const char *id, const char *title, const char *x_label, const char *y_label);
LacChart *lac_chart_copy(const LacChart *self);
void lac_chart_free(LacChart *self);
char *lac_chart_dup_csv(const LacChart *self);
LacChartSeries *lac_chart_add(LacChart *self, const char *name, LacChartStyle style,
    const double *x, const double *y, const double *error, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacChart, lac_chart_free)
