// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/column-chart.h"

#include "core/figure/ticks.h"

#include <math.h>
#include <stdlib.h>

#define MAX_BARS   64
#define MAX_WHOLES 80 // whole numbers that have a bar each

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/**
 * lac_column_dup_values:
 * @analysis: an analysis
 * @column: the name of a column of its table
 *
 * Returns: (transfer full) (nullable): a value per point, NaN where it is undefined; %NULL if there
 *     is no such column, or no result
 */
double *
lac_column_dup_values(const LacAnalysis *analysis, const char *column)
{
    LacAnalysisNode node;
    const LacAnalysisColumn *info = lac_analysis_find_column(column, &node);
    if (info == NULL || lac_analysis_get(analysis, node) == NULL)
        return NULL;
    double *values = g_new(double, MAX(analysis->points->n, 1));
    for (gsize i = 0; i < analysis->points->n; i++)
        values[i] = info->get(analysis, i);
    return values;
}

// The width of bars after Freedman and Diaconis, doi:10.1007/BF01025868, rounded to a nice number.
static double
choose_width(const double *sorted, gsize n)
{
    double span = sorted[n - 1] - sorted[0];
    double quartiles = sorted[(3 * n) / 4] - sorted[n / 4];
    double width = 2.0 * quartiles / cbrt((double) n);
    if (!(span > 0.0))
        return 1.0;
    if (!(width > span / MAX_BARS))
        width = span / MAX_BARS;
    return MAX(lac_nice_floor(width), lac_nice_floor(span / MAX_BARS * 1.0001));
}

// Where bars begin, how wide they are and how many there are.
typedef struct {
    double first, width;
    gsize n;
} Bars;

static Bars
choose_bars(const LacAnalysisColumn *column, const double *sorted, gsize n)
{
    double lo = sorted[0], hi = sorted[n - 1];
    if (column->names != NULL || (column->digits == 0 && hi - lo < MAX_WHOLES)) {
        guint words = 0;
        while (column->names != NULL && column->names[words] != NULL)
            words++;
        gsize last = words > 0 ? words - 1 : (gsize) MAX(hi, 0.0);
        double first = words > 0 ? 0.0 : floor(lo);
        return (Bars){ first - 0.5, 1.0, (gsize) ((double) last - first) + 1 };
    }
    double width = choose_width(sorted, n), first = width * floor(lo / width);
    return (Bars){ first, width, (gsize) floor((hi - first) / width) + 1 };
}

static char **
dup_words(const char *const *words)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint k = 0; words[k] != NULL; k++)
        g_strv_builder_add(builder, words[k]);
    return g_strv_builder_end(builder);
}

/**
 * lac_column_chart_new:
 * @analysis: an analysis
 * @column: the name of a column of its table
 *
 * Counts the atoms of each range of values: bar k holds those from x - w/2 up to, but without, x +
 * w/2.
 *
 * Returns: (transfer full) (nullable): a histogram; %NULL if no atom has a value
 */
LacChart *
lac_column_chart_new(const LacAnalysis *analysis, const char *column)
{
    const LacAnalysisColumn *info = lac_analysis_find_column(column, NULL);
    g_autofree double *values = lac_column_dup_values(analysis, column);
    gsize n = 0;
    if (values == NULL)
        return NULL;
    for (gsize i = 0; i < analysis->points->n; i++)
        if (isfinite(values[i]))
            values[n++] = values[i];
    if (n == 0)
        return NULL;
    qsort(values, n, sizeof *values, compare_doubles);
    Bars bars = choose_bars(info, values, n);
    g_autofree double *x = g_new(double, bars.n), *y = g_new0(double, bars.n);
    for (gsize k = 0; k < bars.n; k++)
        x[k] = bars.first + bars.width * ((double) k + 0.5);
    for (gsize i = 0; i < n; i++) {
        double at = (values[i] - bars.first) / bars.width;
        y[(gsize) CLAMP(at, 0.0, (double) bars.n - 1.0)] += 1.0;
    }
    g_autofree char *title = g_strdup_printf("%s of %'" G_GSIZE_FORMAT " atoms", info->title, n);
    g_autoptr(GString) label = g_string_new(info->title);
    if (*info->unit != '\0')
        g_string_append_printf(label, " (%s)", info->unit);
    g_autofree char *id = g_strdup_printf("histogram-%s", column);
    LacChart *chart = lac_chart_new(id, title, label->str, "Atoms");
    chart->column = g_strdup(column);
    if (info->names != NULL)
        chart->x_names = dup_words(info->names);
    lac_chart_add(chart, "Atoms", LAC_CHART_BARS, x, y, NULL, bars.n);
    return chart;
}

/**
 * lac_column_chart_add_selected:
 * @chart: of lac_column_chart_new()
 * @analysis: the analysis that it was made from
 * @selection: (array): 1 for each atom of the model that is selected
 *
 * Adds how many atoms of each bar are selected.
 */
void
lac_column_chart_add_selected(LacChart *chart, const LacAnalysis *analysis, const guint8 *selection)
{
    const LacChartSeries *all = g_ptr_array_index(chart->series, 0);
    g_autofree double *values = lac_column_dup_values(analysis, chart->column);
    g_autofree double *count = g_new0(double, MAX(all->n, 1));
    double width = all->n > 1 ? all->x[1] - all->x[0] : 1.0, first = all->x[0] - 0.5 * width;
    for (gsize i = 0; values != NULL && i < analysis->points->n; i++)
        if (isfinite(values[i]) && selection[analysis->points->index[i]])
            count[(gsize) CLAMP((values[i] - first) / width, 0.0, (double) all->n - 1.0)] += 1.0;
    lac_chart_add(chart, "selected", LAC_CHART_BARS, all->x, count, NULL, all->n);
}

/**
 * lac_column_select:
 * @analysis: an analysis
 * @column: the name of a column of its table
 * @lo: the smallest value
 * @hi: all values are below this
 * @n: (out): how many there are
 *
 * Returns: (transfer full) (array length=n): the atoms, by their index in the model, whose value
 *     lies in the range
 */
gsize *
lac_column_select(const LacAnalysis *analysis, const char *column, double lo, double hi, gsize *n)
{
    const LacPoints *points = analysis->points;
    g_autofree double *values = lac_column_dup_values(analysis, column);
    gsize *indices = g_new(gsize, MAX(points->n, 1));
    *n = 0;
    for (gsize i = 0; values != NULL && i < points->n; i++)
        if (values[i] >= lo && values[i] < hi)
            indices[(*n)++] = points->index[i];
    return indices;
}
