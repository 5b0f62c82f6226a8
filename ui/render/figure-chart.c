// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/figure-chart.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

#define MM    25.4
#define PT    72.0
#define RECON "reconstruction"

// The analysis of "analysis/chart".
static const LacAnalysisInfo *
find_analysis(const LacFigure *figure)
{
    g_auto(GStrv) parts = g_strsplit(figure->plot.id, "/", 2);
    return parts[0] != NULL ? lac_analysis_find(parts[0]) : NULL;
}

/**
 * lac_figure_get_plot_needs:
 * @figure: a plot
 *
 * Returns: bits of the analyses that its chart is of; 0: none
 */
guint64
lac_figure_get_plot_needs(const LacFigure *figure)
{
    const LacAnalysisInfo *info = find_analysis(figure);
    return info != NULL ? LAC_ANALYSIS_BIT(info->node) : 0;
}

static void
add_factors(LacChart *chart, const char *name, const double *values, gsize n)
{
    g_autofree double *x = g_new(double, MAX(n, 1)), *y = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        x[i] = (double) (i + 1);
        y[i] = 100.0 * values[i];
    }
    lac_chart_add(chart, name, LAC_CHART_LINE, x, y, NULL, n);
}

static LacChart *
make_recon_chart(const LacRecon *recon)
{
    LacChart *chart = lac_chart_new(RECON, "Residual of the reconstruction", "Iteration", "R (%)");
    add_factors(chart, "R1", recon->r1, recon->n_iterations);
    add_factors(chart, "R2", recon->r2, recon->n_iterations);
    if (recon->r_free != NULL)
        add_factors(chart, "R1 of projections left out", recon->r_free, recon->n_iterations);
    return chart;
}

static LacChart *
take_chart(const LacFigure *figure, const LacAnalysis *analysis, const LacAnalysisInfo *info,
    GError **error)
{
    const char *slash = strchr(figure->plot.id, '/');
    g_autoptr(GPtrArray) charts = lac_analysis_charts(analysis, info->node);
    for (guint i = 0; i < charts->len; i++) {
        const LacChart *chart = g_ptr_array_index(charts, i);
        if (slash == NULL || g_str_equal(chart->id, slash + 1))
            return g_ptr_array_steal_index(charts, i);
    }
    if (lac_analysis_get(analysis, info->node) == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "There is no plot \"%s\" of these atoms: %s", figure->plot.id,
            analysis->why[info->node] != NULL ? analysis->why[info->node] : "it was not computed");
        return NULL;
    }
    g_autoptr(GString) known = g_string_new(NULL);
    for (guint i = 0; i < charts->len; i++) {
        const LacChart *chart = g_ptr_array_index(charts, i);
        g_string_append_printf(known, "%s%s/%s", i > 0 ? ", " : "", info->id, chart->id);
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "There is no plot \"%s\" of \"%s\"; there is %s", figure->plot.id, info->id,
        charts->len > 0 ? known->str : "none");
    return NULL;
}

/**
 * lac_figure_find_chart:
 * @figure: a plot
 * @analysis: (nullable): with what lac_figure_get_plot_needs() names
 * @recon: (nullable): the reconstruction
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what it shows, or %NULL with @error set if there is no such chart
 */
LacChart *
lac_figure_find_chart(const LacFigure *figure, const LacAnalysis *analysis, const LacRecon *recon,
    GError **error)
{
    const LacAnalysisInfo *info = find_analysis(figure);
    if (info != NULL && analysis != NULL)
        return take_chart(figure, analysis, info, error);
    if (g_str_equal(figure->plot.id, RECON) && recon != NULL)
        return make_recon_chart(recon);
    if (g_str_equal(figure->plot.id, RECON))
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The plot of the reconstruction needs a project with one");
    else
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "There is no plot \"%s\": it is the name of an analysis, such as rdf, or " RECON,
            figure->plot.id);
    return NULL;
}

/**
 * lac_figure_draw_chart:
 * @figure: a plot
 * @chart: what it shows
 *
 * Returns: (transfer full): the shapes, in points
 */
LacDrawing *
lac_figure_draw_chart(const LacFigure *figure, const LacChart *chart)
{
    const float *bg = figure->scene.background;
    LacChartDrawingParams params =
        lac_chart_drawing_params_default(figure->width_mm / MM * PT, figure->height_mm / MM * PT);
    g_strlcpy(params.font, figure->overlay.font, sizeof params.font);
    g_strlcpy(params.panel, figure->overlay.panel, sizeof params.panel);
    params.text_size = figure->overlay.text_size;
    params.names = figure->plot.names;
    params.title = figure->plot.title;
    params.x_lo = figure->plot.x[0];
    params.x_hi = figure->plot.x[1];
    params.y_lo = figure->plot.y[0];
    params.y_hi = figure->plot.y[1];
    params.on_dark =
        !figure->transparent && 0.2126f * bg[0] + 0.7152f * bg[1] + 0.0722f * bg[2] < 0.45f;
    return lac_chart_draw(chart, &params);
}
