// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo params[] = {
    { "coordination.skin", "Surface", "Å", "Atoms less deep than this are left out of averages",
        LAC_NODE_DOUBLE(coordination.skin, 0.0, 50.0) },
};

static double
get_cn(const LacAnalysis *analysis, gsize point)
{
    return analysis->coordination->cn[point];
}

static double
get_bond(const LacAnalysis *analysis, gsize point)
{
    return analysis->coordination->bond[point];
}

static double
get_shortest(const LacAnalysis *analysis, gsize point)
{
    return analysis->coordination->shortest[point];
}

static double
get_longest(const LacAnalysis *analysis, gsize point)
{
    return analysis->coordination->longest[point];
}

static const LacAnalysisColumn columns[] = {
    { "cn", "Coordination number", "", "Number of neighbours", 0, NULL, get_cn },
    { "bond", "Bond length", "Å", "Mean distance of the neighbours", 4, NULL, get_bond },
    { "bond_shortest", "Shortest bond", "Å", "Distance of the nearest neighbour", 4, NULL,
        get_shortest },
    { "bond_longest", "Longest bond", "Å", "Distance of the farthest neighbour", 4, NULL,
        get_longest },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    const LacPoints *points = analysis->points;
    g_autofree guint8 *left_out = g_new0(guint8, MAX(points->n, 1));
    for (gsize i = 0; analysis->hull != NULL && i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        if (lac_hull_depth_at(analysis->hull, p) < analysis->params.coordination.skin)
            left_out[i] = 1;
    }
    return lac_coordination_new(points, lac_node_get_neighbours(analysis), left_out, progress,
        error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacCoordination *c = analysis->coordination;
    lac_report_add(section, "averaged", "Atoms in averages", (double) c->n_averaged, 0, "",
        "Atoms below the surface");
    lac_report_add(section, "mean_cn", "Mean coordination number", c->mean_cn, 4, "",
        "Mean number of neighbours");
    lac_report_add(section, "mean_bond", "Mean bond length", c->mean_bond, 4, "Å",
        "Mean over atoms of the mean distance of their neighbours");
    lac_report_add(section, "share_12", "Share of 12 neighbours", lac_coordination_share(c, 12), 4,
        "", "Share of the averaged atoms that have 12 neighbours");
}

static void
add_pairs(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacCoordination *c = analysis->coordination;
    char **names = analysis->points->atoms->species_names;
    LacTable *table = lac_table_new("pairs", "Pairs of species",
        "neighbours of one species around atoms of another", c->n_species * c->n_species);
    char **a = lac_table_add_texts(table, "of", "Of");
    char **b = lac_table_add_texts(table, "neighbour", "Neighbour");
    double *cn = lac_table_add_numbers(table, "cn", "Mean number", "", 4);
    double *bond = lac_table_add_numbers(table, "bond", "Mean bond", "Å", 4);
    double *shortest = lac_table_add_numbers(table, "shortest", "Shortest", "Å", 4);
    double *longest = lac_table_add_numbers(table, "longest", "Longest", "Å", 4);
    for (gsize row = 0; row < table->n_rows; row++) {
        const LacCoordinationPair *pair = &c->pairs[row];
        a[row] = g_strdup(names[row / c->n_species]);
        b[row] = g_strdup(names[row % c->n_species]);
        cn[row] = pair->mean_cn;
        bond[row] = pair->mean_bond;
        shortest[row] = pair->n_bonds > 0 ? pair->shortest : (double) NAN;
        longest[row] = pair->n_bonds > 0 ? pair->longest : (double) NAN;
    }
    g_ptr_array_add(out, table);
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacCoordination *c = analysis->coordination;
    LacTable *table = lac_table_new("histogram", "Coordination numbers",
        "a number of neighbours, and how many averaged atoms have it", LAC_COORDINATION_N_BINS);
    double *cn = lac_table_add_numbers(table, "cn", "Neighbours", "", 0);
    double *count = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    for (gsize k = 0; k < LAC_COORDINATION_N_BINS; k++) {
        cn[k] = (double) k;
        count[k] = (double) c->histogram[k];
    }
    g_ptr_array_add(out, table);
    if (c->n_species > 1)
        add_pairs(analysis, out);
}

static void
charts(const LacAnalysis *analysis, GPtrArray *out)
{
    double cn[LAC_COORDINATION_N_BINS], count[LAC_COORDINATION_N_BINS];
    gsize n = 1;
    for (gsize k = 0; k < LAC_COORDINATION_N_BINS; k++) {
        cn[k] = (double) k;
        count[k] = (double) analysis->coordination->histogram[k];
        n = count[k] > 0.0 ? k + 1 : n;
    }
    LacChart *chart = lac_chart_new("cn", "Coordination numbers", "Neighbours", "Atoms");
    chart->column = g_strdup("cn");
    lac_chart_add(chart, "Atoms below the surface", LAC_CHART_BARS, cn, count, NULL, n);
    g_ptr_array_add(out, chart);
}

const LacAnalysisInfo lac_node_coordination = {
    .node = LAC_ANALYSIS_COORDINATION,
    .id = "coordination",
    .title = "Coordination and bond length",
    .definition = "The coordination number is the number of neighbours nearer than the cut-off, "
                  "the bond length their mean distance. Atoms at the surface are left out of "
                  "averages, as they lack neighbours.",
    .needs = LAC_NODE_NEIGHBOURS,
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL),
    .weight = 0.05,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(coordination, lac_coordination),
    .report = report,
    .tables = tables,
    .charts = charts,
};
