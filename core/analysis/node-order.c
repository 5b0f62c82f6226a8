// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo params[] = {
    { "order.disordered", "Disordered below", "",
        "Atoms of a scaled order below this are counted as disordered",
        LAC_NODE_DOUBLE(order.disordered, 0.0, 2.0) },
};

static double
get_scaled(const LacAnalysis *analysis, gsize point)
{
    return analysis->order->scaled[point];
}

static double
get_q4(const LacAnalysis *analysis, gsize point)
{
    return analysis->order->q[LAC_ORDER_4][point];
}

static double
get_q6(const LacAnalysis *analysis, gsize point)
{
    return analysis->order->q[LAC_ORDER_6][point];
}

static double
get_w4(const LacAnalysis *analysis, gsize point)
{
    return analysis->order->w[LAC_ORDER_4][point];
}

static double
get_w6(const LacAnalysis *analysis, gsize point)
{
    return analysis->order->w[LAC_ORDER_6][point];
}

static double
get_averaged4(const LacAnalysis *analysis, gsize point)
{
    return analysis->order->averaged[LAC_ORDER_4][point];
}

static double
get_averaged6(const LacAnalysis *analysis, gsize point)
{
    return analysis->order->averaged[LAC_ORDER_6][point];
}

static const LacAnalysisColumn columns[] = {
    { "order", "Bond-orientational order", "",
        "Scaled order: sqrt(Q4² + Q6²) of the averaged "
        "order, divided by its value in perfect fcc",
        4, NULL, get_scaled },
    { "q4", "q4", "", "Order of degree 4 of the atom alone", 6, NULL, get_q4 },
    { "q6", "q6", "", "Order of degree 6 of the atom alone", 6, NULL, get_q6 },
    { "w4", "w4", "", "Third-order invariant of degree 4", 6, NULL, get_w4 },
    { "w6", "w6", "", "Third-order invariant of degree 6", 6, NULL, get_w6 },
    { "q4_averaged", "Q4, averaged", "", "Degree 4, averaged over the atom and its neighbours", 6,
        NULL, get_averaged4 },
    { "q6_averaged", "Q6, averaged", "", "Degree 6, averaged over the atom and its neighbours", 6,
        NULL, get_averaged6 },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_order_new(analysis->points, lac_node_get_neighbours(analysis),
        &analysis->params.order.harmonics, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacOrder *order = analysis->order;
    double sum = 0.0, n = (double) order->n;
    double below = (double) lac_order_count_below(order, analysis->params.order.disordered);
    for (gsize i = 0; i < order->n; i++)
        sum += order->scaled[i];
    lac_report_add(section, "mean", "Mean scaled order", n > 0.0 ? sum / n : (double) NAN, 4, "",
        "Mean over all atoms; 1 in perfect fcc, not bounded by 1, and high for few neighbours");
    lac_report_add(section, "disordered", "Disordered atoms", below, 0, "",
        "Atoms of a scaled order below the threshold; atoms at surfaces, interfaces and vacancies "
        "may be among them");
    lac_report_add(section, "disordered_share", "Share of disordered atoms",
        n > 0.0 ? below / n : (double) NAN, 4, "", "Of all atoms");
}

static void
charts(const LacAnalysis *analysis, GPtrArray *out)
{
    enum {
        N_BINS = 60
    };
    const double width = 0.025;
    double x[N_BINS], y[N_BINS] = { 0.0 };
    const LacOrder *order = analysis->order;
    for (gsize k = 0; k < N_BINS; k++)
        x[k] = width * ((double) k + 0.5);
    for (gsize i = 0; i < order->n; i++)
        y[MIN((gsize) (order->scaled[i] / width), N_BINS - 1)] += 1.0;
    LacChart *chart =
        lac_chart_new("order", "Bond-orientational order", "Scaled order (1 in fcc)", "Atoms");
    chart->column = g_strdup("order");
    lac_chart_add(chart, "All atoms", LAC_CHART_BARS, x, y, NULL, N_BINS);
    g_ptr_array_add(out, chart);
}

const LacAnalysisInfo lac_node_order = {
    .node = LAC_ANALYSIS_ORDER,
    .id = "order",
    .title = "Bond-orientational order",
    .definition = "q_l = sqrt(4 pi / (2l + 1) sum_m |q_lm|²) with q_lm the mean of the spherical "
                  "harmonics Y_lm over the neighbours (doi:10.1103/PhysRevB.28.784); Q_l averages "
                  "q_lm over the atom and its neighbours first (doi:10.1063/1.2977970); the scaled "
                  "order is sqrt(Q4² + Q6²) divided by its value in perfect fcc.",
    .needs = LAC_NODE_NEIGHBOURS,
    .weight = 0.1,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(order, lac_order),
    .report = report,
    .charts = charts,
};
