// SPDX-License-Identifier: GPL-3.0-or-later
// Local structure: by the bonds among neighbours, and by templates.
#include "core/analysis/analysis-table.h"

#include <math.h>

static const char *const STRUCTURES[] = { "other", "fcc", "hcp", "bcc", "icosahedron",
    "simple cubic", NULL };
G_STATIC_ASSERT(G_N_ELEMENTS(STRUCTURES) == LAC_N_STRUCTURES + 1);

static void
report_counts(const gsize counts[LAC_N_STRUCTURES], gsize n, LacReportSection *section)
{
    for (guint s = 0; s < LAC_N_STRUCTURES; s++) {
        g_autofree char *key =
            g_strdup_printf("n_%s", s == LAC_STRUCTURE_SC ? "sc" : STRUCTURES[s]);
        g_autofree char *title = g_strdup_printf("Atoms, %s", STRUCTURES[s]);
        g_autofree char *definition = g_strdup_printf("Of %" G_GSIZE_FORMAT " atoms", n);
        lac_report_add(section, key, title, (double) counts[s], 0, "", definition);
    }
}

static double
get_cna(const LacAnalysis *analysis, gsize point)
{
    return analysis->cna->type[point];
}

static const LacAnalysisColumn cna_columns[] = {
    { "cna", "Structure by bonds", "", "Adaptive common-neighbour analysis", 0, STRUCTURES,
        get_cna },
};

static gpointer
run_cna(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_cna_new(analysis->points, progress, error);
}

static void
report_cna(const LacAnalysis *analysis, LacReportSection *section)
{
    report_counts(analysis->cna->counts, analysis->cna->n, section);
}

const LacAnalysisInfo lac_node_cna = {
    .node = LAC_ANALYSIS_CNA,
    .id = "cna",
    .title = "Structure by common neighbours",
    .definition = "Bonds among the 12 or 14 nearest neighbours, counted with a cut-off of each "
                  "atom's own (doi:10.1088/0965-0393/20/4/045021). At a position error of 0.2 Å it "
                  "finds only 73 % of a crystal: templates are the better choice for tomograms.",
    .weight = 0.1,
    .columns = cna_columns,
    .n_columns = G_N_ELEMENTS(cna_columns),
    .run = run_cna,
    LAC_NODE_RESULT(cna, lac_cna),
    .report = report_cna,
};

static const LacParamInfo template_params[] = {
    { "templates.rmsd_max", "Largest misfit", "d_NN",
        "Root mean square distance of the neighbours from the template, in units of their spacing",
        LAC_NODE_DOUBLE(templates.rmsd_max, 0.01, 0.5) },
    { "templates.closure", "Closed shell of 12", "",
        "The last neighbour is nearer than this times the mean of the first six",
        LAC_NODE_DOUBLE(templates.closure, 1.0, 3.0) },
    { "templates.closure_bcc", "Closed shell of 14", "",
        "The last neighbour is nearer than this times the mean of the first six",
        LAC_NODE_DOUBLE(templates.closure_bcc, 1.0, 3.0) },
};

static double
get_template(const LacAnalysis *analysis, gsize point)
{
    return analysis->templates->type[point];
}

static double
get_rmsd(const LacAnalysis *analysis, gsize point)
{
    return analysis->templates->rmsd[point];
}

static double
get_lattice_constant(const LacAnalysis *analysis, gsize point)
{
    return lac_templates_get_lattice_constant(analysis->templates, point);
}

static const LacAnalysisColumn template_columns[] = {
    { "structure", "Structure by templates", "", "The ideal neighbourhood that fits best", 0,
        STRUCTURES, get_template },
    { "template_rmsd", "Misfit of the template", "d_NN",
        "Root mean square distance of the "
        "neighbours from the best template",
        4, NULL, get_rmsd },
    { "lattice_constant", "Local lattice constant", "Å", "From the scale of the best template", 4,
        NULL, get_lattice_constant },
};

static gpointer
run_templates(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_templates_new(analysis->points, &analysis->params.templates, progress, error);
}

static void
report_templates(const LacAnalysis *analysis, LacReportSection *section)
{
    report_counts(analysis->templates->counts, analysis->templates->n, section);
}

const LacAnalysisInfo lac_node_templates = {
    .node = LAC_ANALYSIS_TEMPLATES,
    .id = "templates",
    .title = "Structure by templates",
    .definition =
        "The nearest neighbours are laid over ideal neighbourhoods of fcc, hcp, bcc, "
        "simple cubic and icosahedron with the best rotation and scale, in the manner of "
        "polyhedral template matching (doi:10.1088/0965-0393/24/5/055007). The cations of "
        "cubic ZrO2 are fcc: only their spacing tells them from the metal.",
    .weight = 0.8,
    .params = template_params,
    .n_params = G_N_ELEMENTS(template_params),
    .columns = template_columns,
    .n_columns = G_N_ELEMENTS(template_columns),
    .run = run_templates,
    LAC_NODE_RESULT(templates, lac_templates),
    .report = report_templates,
};
