// SPDX-License-Identifier: GPL-3.0-or-later
// Phases, and the second pass of neighbours that follows from them.
#include "core/analysis/analysis-table.h"

#include <math.h>

static const char *const PHASES[] = { "unassigned", "metal", "crystalline oxide", "amorphous oxide",
    NULL };
G_STATIC_ASSERT(G_N_ELEMENTS(PHASES) == LAC_N_PHASES + 1);

static const LacParamInfo phase_params[] = {
    { "phases.split", "Metal below", "Å",
        "A crystal is metal when the fcc cell of its density has a shorter edge than this",
        LAC_NODE_DOUBLE(phases.split, 1.0, 20.0) },
    { "phases.majority", "Share of neighbours", "",
        "An atom off the lattices joins a phase that this share of its neighbours is of",
        LAC_NODE_DOUBLE(phases.majority, 0.3, 1.0) },
    { "phases.rounds", "Rounds", "", "Of taking neighbours along, at most",
        LAC_NODE_UINT(phases.rounds, 0, 100) },
    { "phases.ordered", "Order of crystalline oxide", "",
        "An atom off the lattices joins the crystalline oxide only from this scaled order on",
        LAC_NODE_DOUBLE(phases.ordered, 0.0, 2.0) },
};

static double
get_phase(const LacAnalysis *analysis, gsize point)
{
    return analysis->phases->phase[point];
}

static const LacAnalysisColumn phase_columns[] = {
    { "phase", "Phase", "", "Metal, crystalline oxide or amorphous oxide", 0, PHASES, get_phase },
};

static gpointer
run_phases(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    const LacPoints *points = analysis->points;
    g_autofree guint8 *by_hand = lac_phases_read_by_hand(points);
    g_autoptr(LacOrder) order = lac_order_new(points, analysis->neighbours,
        &analysis->params.order.harmonics, progress, error);
    return order != NULL
        ? lac_phases_new(points, analysis->hull, analysis->lattices, analysis->neighbours, order,
              by_hand, &analysis->params.phases, progress, error)
        : NULL;
}

static void
report_phases(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacPhases *phases = analysis->phases;
    lac_report_add(section, "by_hand", "Labels set by hand", (double) phases->n_overridden, 0, "",
        "Atoms whose phase was told, not found");
}

static void
tables_phases(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacPhases *phases = analysis->phases;
    LacTable *table = lac_table_new("phases", "Phases",
        "a phase: its atoms, its share of them, its volume by Gaussians of the atoms weighed by "
        "their density, and the density",
        LAC_N_PHASES);
    char **name = lac_table_add_texts(table, "phase", "Phase");
    double *atoms = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    double *share = lac_table_add_numbers(table, "share", "Share", "", 4);
    double *volume = lac_table_add_numbers(table, "volume", "Volume", "Å³", 5);
    double *density = lac_table_add_numbers(table, "density", "Density", "Å⁻³", 4);
    for (guint p = 0; p < LAC_N_PHASES; p++) {
        gboolean has_atoms = phases->counts[p] > 0;
        name[p] = g_strdup(PHASES[p]);
        atoms[p] = (double) phases->counts[p];
        share[p] = phases->n > 0 ? atoms[p] / (double) phases->n : (double) NAN;
        volume[p] = has_atoms ? phases->volumes[p] : (double) NAN;
        density[p] = has_atoms ? phases->densities[p] : (double) NAN;
    }
    g_ptr_array_add(out, table);
}

const LacAnalysisInfo lac_node_phases = {
    .node = LAC_ANALYSIS_PHASES,
    .id = "phases",
    .title = "Phases",
    .definition = "Atoms on a lattice are metal or crystalline oxide by the density of its sites; "
                  "the others join a crystal that most of their neighbours are of, and are "
                  "amorphous oxide else. Low order alone makes no atom amorphous.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_NEIGHBOURS) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_LATTICES),
    .weight = 0.1,
    .params = phase_params,
    .n_params = G_N_ELEMENTS(phase_params),
    .columns = phase_columns,
    .n_columns = G_N_ELEMENTS(phase_columns),
    .run = run_phases,
    LAC_NODE_RESULT(phases, lac_phases),
    .report = report_phases,
    .tables = tables_phases,
};

static const LacParamInfo shell_params[] = {
    { "shells.metal", "Cut-off, metal", "Å", "Of neighbours in the metal",
        LAC_NODE_AUTO(shells.cutoff[LAC_PHASE_METAL], 0.5, 30.0, "from its g(r)") },
    { "shells.oxide", "Cut-off, crystalline oxide", "Å", "Of neighbours in the crystalline oxide",
        LAC_NODE_AUTO(shells.cutoff[LAC_PHASE_OXIDE], 0.5, 30.0, "from its g(r)") },
    { "shells.amorphous", "Cut-off, amorphous oxide", "Å", "Of neighbours in the amorphous oxide",
        LAC_NODE_AUTO(shells.cutoff[LAC_PHASE_AMORPHOUS], 0.5, 30.0, "from its g(r)") },
};

static gpointer
run_shells(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    LacCutoffParams how;
    lac_cutoff_params_init(&how);
    double range = how.rdf.range;
    how.rdf = analysis->params.rdf;
    how.rdf.range = MIN(range, how.rdf.range); // the first shell is all that is wanted
    return lac_shells_new(analysis->points, analysis->neighbours, analysis->phases,
        analysis->params.neighbours.cutoff > 0.0, &how, &analysis->params.shells, progress, error);
}

static void
report_shells(const LacAnalysis *analysis, LacReportSection *section)
{
    static const char *const keys[] = { "unassigned", "metal", "oxide", "amorphous" };
    const LacShells *shells = analysis->shells;
    lac_report_add_text(section, "passes", "Cut-offs",
        shells->cutoffs == NULL ? "one for all" : "by phase",
        "One for all when there is a single phase, or when the cut-off was set by hand");
    for (guint p = LAC_PHASE_METAL; p < LAC_N_PHASES; p++) {
        g_autofree char *title = g_strdup_printf("Cut-off, %s", PHASES[p]);
        double cutoff = shells->cutoffs != NULL ? shells->cutoffs->cutoff[p] : shells->cutoff;
        lac_report_add(section, keys[p], title, cutoff, 4, "Å",
            "First minimum of the g(r) of this phase alone, or the value that was set");
    }
}

static void
charts_shells(const LacAnalysis *analysis, GPtrArray *out)
{
    LacChart *chart = lac_chart_new("shells", "g(r) of each phase", "Distance r (Å)", "g(r)");
    for (guint p = 0; p < LAC_N_PHASES; p++) {
        const LacCutoffs *cutoffs = analysis->shells->cutoffs;
        const LacRdf *rdf = cutoffs != NULL ? cutoffs->rdf[p] : NULL;
        if (rdf != NULL)
            lac_chart_add(chart, PHASES[p], LAC_CHART_LINE, rdf->r, rdf->g, NULL, rdf->n_bins);
    }
    g_ptr_array_add(out, chart);
}

const LacAnalysisInfo lac_node_shells = {
    .node = LAC_ANALYSIS_SHELLS,
    .id = "shells",
    .title = "Neighbours, second pass",
    .definition = "Each phase has the cut-off that its own g(r) has, and a pair of atoms the mean "
                  "of both. With one cut-off for all the second shell of the metal would leak in.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_NEIGHBOURS),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES),
    .weight = 0.25,
    .params = shell_params,
    .n_params = G_N_ELEMENTS(shell_params),
    .run = run_shells,
    LAC_NODE_RESULT(shells, lac_shells),
    .report = report_shells,
    .charts = charts_shells,
};
