// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

static const char *const METRICS[] = { "euclidean", "chessboard", NULL };

static const LacParamInfo params[] = {
    { "composition.metric", "Distance", "",
        "How the distance to the core is measured; chessboard is as published and makes interfaces "
        "thinner by up to a factor of 1.73",
        LAC_NODE_CHOICE(composition.metric, 2, METRICS) },
    { "composition.step", "Grid", "Å", "Distance between the nodes of the grid",
        LAC_NODE_DOUBLE(composition.step, 0.2, 2.0) },
    { "composition.n_steps", "Layer", "steps", "Thickness of a layer in steps of the grid",
        LAC_NODE_UINT(composition.n_steps, 1, 20) },
    { "composition.ball", "Rolling ball", "Å", "Radius of the ball that rolls over the pure core",
        LAC_NODE_DOUBLE(composition.ball, 2.0, 30.0) },
    { "composition.grow", "Grown by", "steps", "How far the pure core is grown",
        LAC_NODE_DOUBLE(composition.grow, 0.0, 20.0) },
    { "composition.clean", "Full shell", "",
        "Neighbours that an atom of the pure core has, all of its own species",
        LAC_NODE_UINT(composition.clean, 1, 20) },
};

static double
get_distance(const LacAnalysis *analysis, gsize point)
{
    return analysis->composition->distance[point];
}

static const LacAnalysisColumn columns[] = {
    { "core_distance", "Distance to the core", "Å",
        "Distance to the surface of the pure core, "
        "negative inside",
        4, NULL, get_distance },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_composition_new(analysis->points, analysis->neighbours,
        &analysis->params.composition, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacComposition *c = analysis->composition;
    lac_report_add_text(section, "core", "Species of the core",
        analysis->points->atoms->species_names[c->core],
        "The species whose atoms are nearest to the middle of the particle");
    lac_report_add(section, "clean", "Atoms of the pure core", (double) c->n_clean, 0, "",
        "Atoms of that species with a full shell of their own kind");
    lac_report_add(section, "width", "Width of the interface, 95 to 5 %", c->width, 3, "Å",
        "Between the distances where the share of the core's species falls below 0.95 and 0.05, "
        "linear between layers");
    lac_report_add(section, "at_95", "Share falls below 0.95", c->at_95, 3, "Å",
        "Distance to the surface of the pure core");
    lac_report_add(section, "at_5", "Share falls below 0.05", c->at_5, 3, "Å",
        "Distance to the surface of the pure core");
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacComposition *c = analysis->composition;
    LacTable *table = lac_table_new("layers", "Layers around the core",
        "a layer of the distance to the pure core, and the share of the core's species in it",
        c->n);
    double *s = lac_table_add_numbers(table, "s", "Distance", "Å", 4);
    double *share = lac_table_add_numbers(table, "share", "Share", "", 4);
    double *error = lac_table_add_numbers(table, "share_error", "Error", "", 2);
    double *count = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    for (gsize k = 0; k < c->n; k++) {
        s[k] = c->s[k];
        share[k] = c->share[k];
        error[k] = sqrt(c->share[k] * (1.0 - c->share[k]) / (double) c->count[k]);
        count[k] = (double) c->count[k];
    }
    g_ptr_array_add(out, table);
}

static void
charts(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacComposition *c = analysis->composition;
    LacChart *chart = lac_chart_new("composition", "Composition around the core",
        "Distance to the pure core (Å)", "Share of the core's species");
    chart->column = g_strdup("core_distance");
    lac_chart_add(chart, analysis->points->atoms->species_names[c->core], LAC_CHART_LINE, c->s,
        c->share, NULL, c->n);
    g_ptr_array_add(out, chart);
}

const LacAnalysisInfo lac_node_composition = {
    .node = LAC_ANALYSIS_COMPOSITION,
    .id = "composition",
    .title = "Composition across core and shell",
    .definition = "The pure core is made of atoms of the innermost species with a full shell of "
                  "their own kind, over which a ball rolls. Species are counted in layers of the "
                  "distance to its surface; the width is that from 95 to 5 % of the core's species "
                  "(construction of doi:10.1038/s41467-023-38536-z, there with the chessboard "
                  "distance).",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_NEIGHBOURS),
    .weight = 0.5,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(composition, lac_composition),
    .report = report,
    .tables = tables,
    .charts = charts,
};
