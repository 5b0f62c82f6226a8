// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

static const LacParamInfo params[] = {
    { "hull.step", "Grid", "Å", "Distance between the nodes of the grid",
        LAC_NODE_DOUBLE(hull.step, 0.1, 5.0) },
    { "hull.alpha", "Rolling ball", "d_NN",
        "Radius of the ball that rolls over the atoms, in units of the spacing d_NN",
        LAC_NODE_DOUBLE(hull.alpha, 0.7, 10.0) },
    { "hull.delta", "Surface allowance", "d_NN",
        "How far the surface lies outside the outermost atom centres, in units of the spacing",
        LAC_NODE_DOUBLE(hull.delta, 0.0, 2.0) },
    { "hull.envelope", "Ball of the envelope", "Å",
        "Radius of the ball from outside that finds pores but no cavities: narrower pits of the "
        "surface count as pores",
        LAC_NODE_DOUBLE(hull.envelope, 2.0, 50.0) },
};

static double
get_depth(const LacAnalysis *analysis, gsize point)
{
    const LacPoints *points = analysis->points;
    LacVec3 p = { points->x[point], points->y[point], points->z[point] };
    return lac_hull_depth_at(analysis->hull, p);
}

static const LacAnalysisColumn columns[] = {
    { "depth", "Depth", "Å", "Distance to the surface of the envelope", 4, NULL, get_depth },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_hull_new(analysis->points, &analysis->params.hull, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacHull *hull = analysis->hull;
    double n = (double) analysis->points->n;
    lac_report_add(section, "atoms", "Atoms", n, 0, "", "Atoms of the model");
    lac_report_add(section, "spacing", "Spacing d_NN", hull->d_nn, 4, "Å",
        "Median distance of an atom to the nearest one");
    lac_report_add(section, "volume", "Volume", hull->volume, 5, "Å³",
        "Of all that no ball of the given radius without atoms reaches, grown by the surface "
        "allowance");
    lac_report_add(section, "density", "Density", n / hull->volume, 4, "Å⁻³",
        "Atoms over the volume");
    lac_report_add(section, "parts", "Parts", (double) hull->n_parts, 0, "",
        "Separate pieces of the particle");
    lac_report_add(section, "step", "Grid", hull->grid.step, 3, "Å",
        "Distance between the nodes, coarser than wanted for large particles");
}

const LacAnalysisInfo lac_node_hull = {
    .node = LAC_ANALYSIS_HULL,
    .id = "hull",
    .title = "Particle and its surface",
    .definition = "The particle is what balls without atoms cannot reach, grown by a surface "
                  "allowance so that the density of small particles is that of the bulk. The depth "
                  "is the distance to the envelope, in which cavities are filled.",
    .weight = 0.25,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(hull, lac_hull),
    .report = report,
};
