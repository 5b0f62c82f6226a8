// SPDX-License-Identifier: GPL-3.0-or-later
// The outer surface with its facets, and Voronoi cells.
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo params[] = {
    { "surface.alpha", "Alpha", "d_NN", "Larger cells between atoms are outside",
        LAC_NODE_DOUBLE(surface.alpha, 0.7, 20.0) },
    { "surface.delta", "Surface allowance", "d_NN",
        "From the outermost atom centres to the Gibbs surface",
        LAC_NODE_DOUBLE(surface.delta, 0.0, 1.0) },
    { "surface.facet_angle", "Angle of a facet", "°",
        "From the normal of a triangle to that of its facet, at most",
        LAC_NODE_DOUBLE(surface.facet_angle, 1.0, 45.0) },
    { "surface.facet_offset", "Thickness of a facet", "Å",
        "From the centre of a triangle to the plane of its facet, at most",
        LAC_NODE_DOUBLE(surface.facet_offset, 0.1, 5.0) },
    { "surface.facet_area", "Least area of a facet", "Å²", "Smaller facets do not count",
        LAC_NODE_DOUBLE(surface.facet_area, 0.0, 1e6) },
};

static double
get_is_surface(const LacAnalysis *analysis, gsize point)
{
    return analysis->surface->is_surface[point];
}

static const char *const YES_NO[] = { "no", "yes", NULL };

static const LacAnalysisColumn columns[] = {
    { "surface_atom", "Surface atom", "", "On the outer surface or on that of a cavity", 0, YES_NO,
        get_is_surface },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    const LacLattices *lattices = analysis->lattices;
    g_autofree LacMat3 *orientations =
        g_new(LacMat3, lattices != NULL ? lattices->n_lattices + 1 : 1);
    for (gsize k = 0; lattices != NULL && k < lattices->n_lattices; k++)
        orientations[k] = lattices->lattices[k]->orientation;
    LacSurfaceGrains grains = { .orientations = orientations };
    if (lattices != NULL) {
        grains.grain = lattices->owner;
        grains.n = lattices->n_lattices;
    }
    return lac_surface_new(analysis->points, analysis->delaunay, lattices != NULL ? &grains : NULL,
        &analysis->params.surface, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacSurface *surface = analysis->surface;
    lac_report_add(section, "area", "Area", surface->area, 5, "Å²",
        "Of the outer surface, through atom centres");
    lac_report_add(section, "inner_area", "Area of cavities", surface->inner_area, 4, "Å²",
        "Of inner surfaces");
    lac_report_add(section, "volume", "Volume", surface->volume, 5, "Å³", "Between atom centres");
    lac_report_add(section, "gibbs_volume", "Gibbs volume", surface->gibbs_volume, 5, "Å³",
        "Volume and the surface allowance times the area");
    lac_report_add(section, "solidity", "Solidity", surface->solidity, 4, "",
        "Volume over that of the convex hull");
    lac_report_add(section, "sphericity", "Sphericity", surface->sphericity, 4, "",
        "pi^(1/3) (6 V)^(2/3) / A: 1 for a ball");
    lac_report_add(section, "atoms", "Surface atoms", (double) surface->n_surface, 0, "",
        "Corners of the surface");
    lac_report_add(section, "critical_alpha", "Critical alpha", surface->critical_alpha, 4, "Å",
        "The smallest for which all atoms are in one piece");
    lac_report_add(section, "facets", "Facets", (double) surface->n_facets, 0, "",
        "Flat parts of the surface");
    lac_report_add(section, "facet_share", "Share of facets",
        surface->area > 0.0 ? surface->facet_area / surface->area : (double) NAN, 3, "",
        "Of the area of the outer surface");
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacSurface *surface = analysis->surface;
    LacTable *table = lac_table_new("facets", "Facets",
        "a flat part of the surface, largest first: its area, normal, and the nearest low-index "
        "family of the grain below it",
        surface->n_facets);
    char **family = lac_table_add_texts(table, "family", "Family");
    double *off = lac_table_add_numbers(table, "off", "Off it", "°", 3);
    double *area = lac_table_add_numbers(table, "area", "Area", "Å²", 4);
    double *x = lac_table_add_numbers(table, "normal_x", "Normal x", "", 3);
    double *y = lac_table_add_numbers(table, "normal_y", "Normal y", "", 3);
    double *z = lac_table_add_numbers(table, "normal_z", "Normal z", "", 3);
    for (gsize k = 0; k < surface->n_facets; k++) {
        const LacFacet *facet = &surface->facets[k];
        gboolean is_known = facet->indices[0] > 0;
        family[k] = is_known
            ? g_strdup_printf("{%u%u%u}", facet->indices[0], facet->indices[1], facet->indices[2])
            : g_strdup("");
        off[k] = is_known ? facet->off_deg : (double) NAN;
        area[k] = facet->area;
        x[k] = facet->normal.x;
        y[k] = facet->normal.y;
        z[k] = facet->normal.z;
    }
    g_ptr_array_add(out, table);
}

const LacAnalysisInfo lac_node_surface = {
    .node = LAC_ANALYSIS_SURFACE,
    .id = "surface",
    .title = "Outer surface and facets",
    .definition =
        "The alpha shape: cells between atoms whose sphere is smaller than alpha, and the "
        "triangles around them. Facets grow over triangles of nearly one plane.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_DELAUNAY),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_LATTICES),
    .weight = 0.3,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(surface, lac_surface),
    .report = report,
    .tables = tables,
};

static const LacParamInfo voronoi_params[] = {
    { "voronoi.least_area", "Smallest face", "",
        "Faces below this part of the surface of their cell are dropped",
        LAC_NODE_DOUBLE(voronoi.least_area, 0.0, 0.5) },
};

static double
get_faces(const LacAnalysis *analysis, gsize point)
{
    const LacVoronoi *v = analysis->voronoi;
    return v->is_open[point] ? (double) NAN : v->n_faces[point];
}

static double
get_volume(const LacAnalysis *analysis, gsize point)
{
    return analysis->voronoi->volume[point];
}

static double
get_index(const LacAnalysis *analysis, gsize point, guint edges)
{
    const LacVoronoi *v = analysis->voronoi;
    return v->is_open[point] ? (double) NAN : v->index[point][edges];
}

static double
get_triangles(const LacAnalysis *analysis, gsize point)
{
    return get_index(analysis, point, 0);
}

static double
get_squares(const LacAnalysis *analysis, gsize point)
{
    return get_index(analysis, point, 1);
}

static double
get_pentagons(const LacAnalysis *analysis, gsize point)
{
    return get_index(analysis, point, 2);
}

static double
get_hexagons(const LacAnalysis *analysis, gsize point)
{
    return get_index(analysis, point, 3);
}

static const LacAnalysisColumn voronoi_columns[] = {
    { "voronoi_faces", "Voronoi faces", "", "Faces of the cell, without those dropped", 0, NULL,
        get_faces },
    { "voronoi_volume", "Voronoi volume", "Å³", "Of a cell that does not leave the particle", 4,
        NULL, get_volume },
    { "voronoi_3", "Faces of 3 edges", "", "n3 of the Voronoi index", 0, NULL, get_triangles },
    { "voronoi_4", "Faces of 4 edges", "", "n4 of the Voronoi index", 0, NULL, get_squares },
    { "voronoi_5", "Faces of 5 edges", "", "n5 of the Voronoi index", 0, NULL, get_pentagons },
    { "voronoi_6", "Faces of 6 edges", "", "n6 of the Voronoi index", 0, NULL, get_hexagons },
};

static gpointer
run_voronoi(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_voronoi_new(analysis->points, analysis->hull, &analysis->params.voronoi, progress,
        error);
}

static void
report_voronoi(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacVoronoi *v = analysis->voronoi;
    lac_report_add(section, "closed", "Closed cells", (double) v->n_closed, 0, "",
        "Cells of atoms that are not at the surface");
    lac_report_add(section, "mean_faces", "Mean number of faces", v->mean_faces, 4, "",
        "Of closed cells, faces of 3 to 6 edges");
    lac_report_add(section, "mean_volume", "Mean volume", v->mean_volume, 4, "Å³",
        "Of cells that do not leave the particle");
}

const LacAnalysisInfo lac_node_voronoi = {
    .node = LAC_ANALYSIS_VORONOI,
    .id = "voronoi",
    .title = "Voronoi cells",
    .definition = "The space nearer to an atom than to any other; small faces are dropped and the "
                  "cell is made again from the remaining neighbours. The index counts faces of 3, "
                  "4, 5 and 6 edges.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL),
    .weight = 0.35,
    .params = voronoi_params,
    .n_params = G_N_ELEMENTS(voronoi_params),
    .columns = voronoi_columns,
    .n_columns = G_N_ELEMENTS(voronoi_columns),
    .run = run_voronoi,
    LAC_NODE_RESULT(voronoi, lac_voronoi),
    .report = report_voronoi,
};
