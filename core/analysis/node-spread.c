// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo params[] = {
    { "distributions.bin", "Bin", "Å", "Of distances", LAC_NODE_DOUBLE(spread.bin, 0.5, 50.0) },
    { "distributions.n_trials", "Random choices", "", "Of sites, that clustering is compared with",
        LAC_NODE_UINT(spread.n_trials, 10, 10000) },
};

static const struct {
    const char *id, *title, *column;
} KINDS[LAC_N_SPREADS] = {
    { "depth", "Depth below the surface", "depth" },
    { "interface", "Distance to the interface", "interface_distance" },
    { "radius", "Distance to the middle", NULL },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    LacSpreadInput input = { .vacancies = analysis->vacancies,
        .pores = analysis->pores,
        .interface = analysis->interface };
    return lac_spread_new(analysis->points, analysis->hull, &input, &analysis->params.spread,
        progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacClustering *c = &analysis->spread->clustering;
    const LacSizes *sizes = analysis->spread->diameters;
    lac_report_add(section, "nearest", "Nearest other vacancy", c->observed, 4, "Å",
        "Mean over vacancies of the distance to the nearest other one");
    lac_report_add_error(section, "nearest_random", "The same at random", c->expected, c->spread, 4,
        "Å", "Of as many sites chosen at random among the interior ones, with its spread");
    lac_report_add(section, "p_closer", "Chance of being as close", c->p_closer, 3, "",
        "Share of the random choices whose sites are as close together or closer");
    if (sizes != NULL) {
        lac_report_add(section, "diameter_mean", "Mean diameter of nanopores", sizes->mean, 4, "Å",
            "Of balls of their Gibbs volume");
        lac_report_add(section, "diameter_median", "Median diameter of nanopores", sizes->median, 4,
            "Å", "Of balls of their Gibbs volume");
    }
}

static void
add_rates(const LacRates *rates, const char *what, const char *title, const char *kind,
    const char *kind_title, const char *unit, GPtrArray *out)
{
    if (rates == NULL)
        return;
    g_autofree char *id = g_strconcat(what, "-", kind, NULL);
    g_autofree char *name = g_strdup_printf("%s: %s", title, kind_title);
    LacTable *table = lac_table_new(id, name,
        "a bin of the distance: how many there are, what was available there, and the rate with "
        "its Poisson error",
        rates->n);
    double *middle = lac_table_add_numbers(table, "distance", "Distance", "Å", 4);
    double *count = lac_table_add_numbers(table, "count", "Count", "", 0);
    double *available = lac_table_add_numbers(table, "available", "Available", "", 4);
    double *rate = lac_table_add_numbers(table, "rate", "Rate", unit, 3);
    double *error = lac_table_add_numbers(table, "rate_error", "±", unit, 2);
    for (gsize k = 0; k < rates->n; k++) {
        middle[k] = rates->middle[k];
        count[k] = (double) rates->count[k];
        available[k] = rates->available[k];
        rate[k] = rates->rate[k];
        error[k] = rates->error[k];
    }
    g_ptr_array_add(out, table);
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacSpread *spread = analysis->spread;
    for (guint k = 0; k < LAC_N_SPREADS; k++) {
        add_rates(spread->vacancies[k], "vacancies", "Vacancies per site", KINDS[k].id,
            KINDS[k].title, "", out);
        add_rates(spread->pores[k], "pores", "Nanopores per volume", KINDS[k].id, KINDS[k].title,
            "Å⁻³", out);
    }
}

static void
charts(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacSpread *spread = analysis->spread;
    for (guint k = 0; k < LAC_N_SPREADS; k++) {
        const LacRates *rates = spread->vacancies[k];
        if (rates == NULL)
            continue;
        g_autofree char *id = g_strconcat("vacancies-", KINDS[k].id, NULL);
        g_autofree char *label = g_strdup_printf("%s (Å)", KINDS[k].title);
        g_autofree char *title = g_strdup_printf("Vacancies: %s", KINDS[k].title);
        LacChart *chart = lac_chart_new(id, title, label, "Vacancies per site");
        chart->column = g_strdup(KINDS[k].column);
        lac_chart_add(chart, "Vacancies", LAC_CHART_POINTS, rates->middle, rates->rate,
            rates->error, rates->n);
        g_ptr_array_add(out, chart);
    }
}

const LacAnalysisInfo lac_node_spread = {
    .node = LAC_ANALYSIS_SPREAD,
    .id = "distributions",
    .title = "Distributions of vacancies and pores",
    .definition = "Counts in bins of the depth, the distance to the interface and the radius, each "
                  "divided by the sites or the volume available in the bin; and how near vacancies "
                  "are to each other, against random choices of as many sites.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_VACANCIES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_PORES) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE),
    .weight = 0.3,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .run = run,
    LAC_NODE_RESULT(spread, lac_spread),
    .report = report,
    .tables = tables,
    .charts = charts,
};
