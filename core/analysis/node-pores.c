// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

static gpointer
run_delaunay(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_delaunay_new(analysis->points, progress, error);
}

static void
report_delaunay(const LacAnalysis *analysis, LacReportSection *section)
{
    lac_report_add(section, "cells", "Cells", (double) analysis->delaunay->n, 0, "",
        "Tetrahedra between atoms whose spheres hold no other atom");
}

const LacAnalysisInfo lac_node_delaunay = {
    .node = LAC_ANALYSIS_DELAUNAY,
    .id = "delaunay",
    .title = "Delaunay cells",
    .definition = "The tetrahedra between atoms whose spheres hold no other atom; pores and the "
                  "outer surface are measured by them too.",
    .weight = 0.5,
    .run = run_delaunay,
    LAC_NODE_RESULT(delaunay, lac_delaunay),
    .report = report_delaunay,
};

static const LacParamInfo params[] = {
    { "pores.open", "Smallest ball", "Å",
        "Pores are made of empty balls of at least this radius; below 4 Å the gaps of amorphous "
        "oxide join",
        LAC_NODE_DOUBLE(pores.open, 2.0, 30.0) },
    { "pores.nanopore", "Nanopore from", "Å",
        "Radius of the largest ball from which a void is a nanopore",
        LAC_NODE_DOUBLE(pores.nanopore, 2.0, 30.0) },
    { "pores.delta", "Surface allowance", "d_NN",
        "From the wall's atom centres to the surface of the missing atoms, in units of the first peak "
        "of g(r)",
        LAC_NODE_DOUBLE(pores.delta, 0.0, 1.0) },
    { "pores.atom_radius", "Radius of an atom", "Å", "For the free volume",
        LAC_NODE_DOUBLE(pores.atom_radius, 0.0, 5.0) },
    { "pores.share_min", "Interface pore from", "", "Metal's share of the wall atoms",
        LAC_NODE_DOUBLE(pores.share_min, 0.0, 1.0) },
    { "pores.share_max", "Interface pore to", "", "Metal's share of the wall atoms",
        LAC_NODE_DOUBLE(pores.share_max, 0.0, 1.0) },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    // The median distance to the nearest atom shrinks with the noise of positions, and the allowance
    // with it; the first peak of g(r) does not.
    LacPoreParams params_here = analysis->params.pores;
    if (analysis->rdf != NULL && analysis->rdf->shell.peak_fit > 0.0)
        params_here.delta *= analysis->rdf->shell.peak_fit / analysis->hull->d_nn;
    LacPoreContext context = { .delaunay = analysis->delaunay,
        .phases = analysis->phases != NULL ? analysis->phases->phase : NULL,
        .interface = analysis->interface };
    return lac_pores_new(analysis->points, analysis->hull, &context, &params_here, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacPores *pores = analysis->pores;
    lac_report_add(section, "nanopores", "Nanopores", (double) pores->n_nanopores, 0, "",
        "Unions of empty balls whose largest ball is at least that of a nanopore");
    lac_report_add(section, "voids", "Smaller voids", (double) (pores->n - pores->n_nanopores), 0,
        "", "The other unions of empty balls");
    lac_report_add(section, "volume", "Volume of the nanopores", pores->volume, 4, "Å³",
        "Sum of their Gibbs volumes: what the missing atoms filled");
    lac_report_add(section, "delta", "Surface allowance used", pores->delta, 4, "Å",
        "From the centres of the wall's atoms to the surface of the missing atoms");
    lac_report_add(section, "porosity", "Porosity", pores->porosity, 3, "",
        "That volume over the volume of the envelope");
    lac_report_add(section, "matrix_density", "Density of the matrix", pores->matrix_density, 4,
        "Å⁻³", "Atoms over the volume of the particle without its pores and voids");
}

static void
add_numbers(const LacPores *pores, LacTable *table)
{
    double *volume = lac_table_add_numbers(table, "volume", "Volume", "Å³", 4);
    double *missing = lac_table_add_numbers(table, "missing", "Missing atoms", "", 3);
    double *diameter = lac_table_add_numbers(table, "diameter", "Diameter", "Å", 4);
    double *radius = lac_table_add_numbers(table, "radius", "Largest ball", "Å", 4);
    double *area = lac_table_add_numbers(table, "area", "Area", "Å²", 4);
    double *sphericity = lac_table_add_numbers(table, "sphericity", "Sphericity", "", 3);
    double *neck = lac_table_add_numbers(table, "neck", "Neck", "Å", 3);
    double *depth = lac_table_add_numbers(table, "depth", "Depth", "Å", 3);
    double *interface = lac_table_add_numbers(table, "interface", "To interface", "Å", 3);
    double *wall = lac_table_add_numbers(table, "interface_wall", "Wall to interface", "Å", 3);
    double *metal = lac_table_add_numbers(table, "metal_share", "Metal in wall", "", 3);
    double *between = lac_table_add_numbers(table, "wall_volume", "Volume to centres", "Å³", 4);
    double *free = lac_table_add_numbers(table, "free_volume", "Free volume", "Å³", 4);
    double *cells = lac_table_add_numbers(table, "delaunay_volume", "Delaunay volume", "Å³", 4);
    for (gsize k = 0; k < pores->n; k++) {
        const LacPore *pore = &pores->pores[k];
        volume[k] = pore->volume;
        missing[k] = pore->n_missing;
        diameter[k] = pore->diameter;
        radius[k] = pore->radius;
        area[k] = pore->area;
        sphericity[k] = pore->sphericity;
        neck[k] = pore->neck;
        depth[k] = pore->depth;
        interface[k] = pore->interface_centre;
        wall[k] = pore->interface_wall;
        metal[k] = pore->metal_share;
        between[k] = pore->wall_volume;
        free[k] = pore->free_volume;
        cells[k] = pore->delaunay_volume;
    }
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacPores *pores = analysis->pores;
    LacTable *table = lac_table_new("pores", "Pores",
        "a union of empty balls, largest first: its Gibbs volume, shrunk by the surface allowance "
        "from the centres of the wall's atoms; how many atoms are missing; the diameter of a ball "
        "of that volume; the largest ball inside; area and sphericity of the surface through the "
        "wall's atom centres; the largest ball that can leave; depth below the surface; signed "
        "distances to the interface",
        pores->n);
    double *number = lac_table_add_numbers(table, "pore", "Pore", "", 0);
    char **kind = lac_table_add_texts(table, "kind", "Kind");
    char **open = lac_table_add_texts(table, "open", "Open");
    char **host = lac_table_add_texts(table, "host", "Host");
    double *x = lac_table_add_numbers(table, "x", "x", "Å", 5);
    double *y = lac_table_add_numbers(table, "y", "y", "Å", 5);
    double *z = lac_table_add_numbers(table, "z", "z", "Å", 5);
    for (gsize k = 0; k < pores->n; k++) {
        const LacPore *pore = &pores->pores[k];
        number[k] = (double) k + 1.0;
        kind[k] = g_strdup(pore->kind == LAC_PORE_NANOPORE ? "nanopore" : "void");
        open[k] = g_strdup(pore->is_open ? "open" : "closed");
        host[k] = g_strdup(pore->is_at_interface ? "interface" : lac_phase_get_name(pore->host));
        x[k] = pore->centre.x;
        y[k] = pore->centre.y;
        z[k] = pore->centre.z;
    }
    add_numbers(pores, table);
    g_ptr_array_add(out, table);
}

const LacAnalysisInfo lac_node_pores = {
    .node = LAC_ANALYSIS_PORES,
    .id = "pores",
    .title = "Nanopores",
    .definition = "A pore is the union of empty balls, with no atom centre inside, of at least the "
                  "smallest radius, inside the envelope of the particle. Ideal vacancies, and "
                  "compact pairs and triples of them, hold smaller balls. An atom left inside by "
                  "mistake splits a pore: audit the model first.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_RDF) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_DELAUNAY),
    .weight = 0.3,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .run = run,
    LAC_NODE_RESULT(pores, lac_pores),
    .report = report,
    .tables = tables,
};
