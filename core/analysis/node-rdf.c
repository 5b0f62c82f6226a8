// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

#define COARSE_STEP 0.75 // [Å] of the mask: finer ones change g(r) by less than its noise

static const LacParamInfo params[] = {
    { "rdf.bin", "Bin", "Å", "Width of a bin of the distance",
        LAC_NODE_DOUBLE(rdf.bin, 0.01, 1.0) },
    { "rdf.range", "Range", "Å", "Largest distance", LAC_NODE_DOUBLE(rdf.range, 5.0, 100.0) },
    { "rdf.smoothing", "Smoothing", "Å", "Sigma of the Gaussian that smooths the curve",
        LAC_NODE_DOUBLE(rdf.smoothing, 0.0, 1.0) },
    { "rdf.peak_low", "First peak from", "Å", "Where the first peak is looked for",
        LAC_NODE_DOUBLE(rdf.peak_low, 0.0, 20.0) },
    { "rdf.peak_high", "First peak to", "Å", "Where the first peak is looked for",
        LAC_NODE_DOUBLE(rdf.peak_high, 0.5, 20.0) },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    LacHullParams hull_params = analysis->params.hull;
    hull_params.step = fmax(COARSE_STEP, hull_params.step);
    g_autoptr(LacHull) hull = lac_hull_new_inside(analysis->points, &hull_params, progress, error);
    if (hull == NULL)
        return NULL;
    LacRdfMask mask = { .origin = hull->grid.origin,
        .step = hull->grid.step,
        .nx = hull->grid.nx,
        .ny = hull->grid.ny,
        .nz = hull->grid.nz,
        .inside = hull->inside };
    return lac_rdf_new(analysis->points, NULL, &mask, &analysis->params.rdf, progress, error);
}

/**
 * lac_node_report_shell:
 * @shell: a first shell
 * @section: takes its numbers
 *
 * Reports the first peak and the first minimum of g(r).
 */
void
lac_node_report_shell(const LacRdfShell *shell, LacReportSection *section)
{
    lac_report_add(section, "peak", "First peak", shell->peak, 4, "Å",
        "Highest value of the smoothed g(r) in the range that is searched");
    lac_report_add_error(section, "peak_fit", "First peak, fitted", shell->peak_fit, (double) NAN,
        4, "Å", "Centre of a Gaussian fitted to the first peak");
    lac_report_add(section, "peak_sigma", "Width of the first peak", shell->peak_sigma, 3, "Å",
        "Sigma of that Gaussian");
    lac_report_add(section, "minimum", "First minimum", shell->minimum, 4, "Å",
        "The nearest local minimum between 1.1 and 1.5 times the peak that is about as deep as the "
        "deepest there; centre of the gap where g is nearly 0");
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacRdf *rdf = analysis->rdf;
    lac_node_report_shell(&rdf->shell, section);
    lac_report_add(section, "integral", "Neighbours up to the first minimum",
        isnan(rdf->shell.minimum) ? (double) NAN : lac_rdf_integrate(rdf, rdf->shell.minimum), 4,
        "",
        "Integral of 4 pi r² density g(r) up to the first minimum: the mean number of "
        "neighbours without the effect of the surface");
    lac_report_add(section, "density", "Density", rdf->density, 4, "Å⁻³",
        "Atoms over the volume of the particle on the grid of g(r)");
}

static char *
dup_pair_name(const LacAnalysis *analysis, const LacRdfPartial *partial)
{
    char **names = analysis->points->atoms->species_names;
    return g_strdup_printf("g %s–%s", names[partial->a], names[partial->b]);
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacRdf *rdf = analysis->rdf;
    LacTable *table = lac_table_new("curve", "g(r)",
        "a bin of the distance: raw and smoothed g(r), the pairs counted (each twice), and the "
        "part of the shell that lies inside the particle",
        rdf->n_bins);
    double *r = lac_table_add_numbers(table, "r", "r", "Å", 5);
    double *g = lac_table_add_numbers(table, "g", "g", "", 5);
    double *raw = lac_table_add_numbers(table, "raw", "g, not smoothed", "", 5);
    double *fraction = lac_table_add_numbers(table, "fraction", "Part inside", "", 5);
    double *pairs = lac_table_add_numbers(table, "pairs", "Pairs", "", 0);
    for (gsize k = 0; k < rdf->n_bins; k++) {
        r[k] = rdf->r[k];
        g[k] = rdf->g[k];
        raw[k] = rdf->raw[k];
        fraction[k] = rdf->fraction[k];
        pairs[k] = (double) rdf->pairs[k];
    }
    for (gsize p = 0; p < rdf->n_partials; p++) {
        g_autofree char *title = dup_pair_name(analysis, &rdf->partials[p]);
        g_autofree char *name = g_strdup_printf("g_%u_%u", rdf->partials[p].a, rdf->partials[p].b);
        double *values = lac_table_add_numbers(table, name, title, "", 5);
        for (gsize k = 0; k < rdf->n_bins; k++)
            values[k] = rdf->partials[p].g[k];
    }
    g_ptr_array_add(out, table);
}

static void
charts(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacRdf *rdf = analysis->rdf;
    LacChart *chart = lac_chart_new("rdf", "Radial distribution", "Distance r (Å)", "g(r)");
    lac_chart_add(chart, "g, all atoms", LAC_CHART_LINE, rdf->r, rdf->g, NULL, rdf->n_bins);
    for (gsize p = 0; p < rdf->n_partials; p++) {
        g_autofree char *name = dup_pair_name(analysis, &rdf->partials[p]);
        lac_chart_add(chart, name, LAC_CHART_LINE, rdf->r, rdf->partials[p].g, NULL, rdf->n_bins);
    }
    g_ptr_array_add(out, chart);
}

const LacAnalysisInfo lac_node_rdf = {
    .node = LAC_ANALYSIS_RDF,
    .id = "rdf",
    .title = "Radial distribution g(r)",
    .definition = "g(r) = H(r) V / (N² |shell| f(r)): H counts ordered pairs in a shell, and f is "
                  "the mean part of the shell around an atom that lies inside the particle, which "
                  "removes the effect of its finite size.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL),
    .weight = 0.2,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .run = run,
    LAC_NODE_RESULT(rdf, lac_rdf),
    .report = report,
    .tables = tables,
    .charts = charts,
};
