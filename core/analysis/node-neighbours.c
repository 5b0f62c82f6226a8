// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"
#include "core/error.h"

#include <math.h>

// Half-way between the first and the second shell of close packing, in units of the spacing.
#define CLOSE_PACKED 1.2071

static const LacParamInfo params[] = {
    { "neighbours.cutoff", "Cut-off", "Å",
        "Atoms nearer than this are neighbours. A value that is set is used for every atom, "
        "without a second pass by phases",
        LAC_NODE_AUTO(neighbours.cutoff, 0.5, 30.0, "from g(r)") },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    double cutoff = analysis->params.neighbours.cutoff;
    if (cutoff == 0.0 && analysis->rdf != NULL)
        cutoff = analysis->rdf->shell.minimum;
    if (cutoff == 0.0 || isnan(cutoff))
        cutoff = CLOSE_PACKED * analysis->points->spacing;
    if (isnan(cutoff)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "%" G_GSIZE_FORMAT " atoms have no spacing that a cut-off could follow from",
            analysis->points->n);
        return NULL;
    }
    return lac_neighbours_new(analysis->points, cutoff, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacNeighbours *neighbours = analysis->neighbours;
    gboolean is_set = analysis->params.neighbours.cutoff > 0.0;
    gboolean is_from_rdf = analysis->rdf != NULL && !isnan(analysis->rdf->shell.minimum);
    lac_report_add(section, "cutoff", "Cut-off", neighbours->cutoff, 4, "Å",
        "Atoms strictly nearer than this are neighbours");
    lac_report_add_text(section, "cutoff_source", "Cut-off from",
        is_set            ? "the parameter"
            : is_from_rdf ? "the first minimum of g(r)"
                          : "1.207 times the spacing, as g(r) has no first minimum",
        "Where the cut-off comes from");
    lac_report_add(section, "mean", "Neighbours per atom",
        (double) neighbours->begin[neighbours->n] / fmax(1.0, (double) neighbours->n), 4, "",
        "Mean over all atoms, those at the surface included");
}

/**
 * lac_node_get_neighbours:
 * @analysis: an analysis
 *
 * Returns: (transfer none): the lists that the final coordination and order are made from
 */
const LacNeighbours *
lac_node_get_neighbours(const LacAnalysis *analysis)
{
    return analysis->shells->neighbours;
}

const LacAnalysisInfo lac_node_neighbours = {
    .node = LAC_ANALYSIS_NEIGHBOURS,
    .id = "neighbours",
    .title = "Neighbours, first pass",
    .definition = "Pairs of atoms nearer than one cut-off for the whole particle. In a particle of "
                  "several phases the second pass has a cut-off per phase: one for all lets the "
                  "second shell of the denser phase in.",
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_RDF),
    .weight = 0.02,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .run = run,
    LAC_NODE_RESULT(neighbours, lac_neighbours),
    .report = report,
};
