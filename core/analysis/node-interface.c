// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo params[] = {
    { "interface.sigma", "Smoothing", "Å",
        "Sigma of the Gaussians that stand for atoms. Widths depend on it: a surface that follows "
        "the atoms too closely makes every interface look sharp",
        LAC_NODE_DOUBLE(interface.sigma, 0.5, 10.0) },
    { "interface.thickness", "Interface atoms", "d_NN",
        "Interface atoms lie nearer to the surface than half of this, in units of the spacing",
        LAC_NODE_DOUBLE(interface.thickness, 0.1, 10.0) },
    { "interface.by_bonds", "Interface atoms by neighbours", "",
        "Instead: interface atoms have an atom of the other side in their shell",
        LAC_NODE_BOOLEAN(interface.by_bonds) },
    { "interface.shell", "Shell", "d_NN", "Radius of that shell, in units of the spacing",
        LAC_NODE_DOUBLE(interface.shell, 0.5, 5.0) },
    { "interface.all_parts", "All pieces", "", "Every piece of metal counts, not the largest alone",
        LAC_NODE_BOOLEAN(interface.all_parts) },
};

static double
get_distance(const LacAnalysis *analysis, gsize point)
{
    return analysis->interface->distance[point];
}

static double
get_is_interface(const LacAnalysis *analysis, gsize point)
{
    return analysis->interface->is_interface[point];
}

static const char *const YES_NO[] = { "no", "yes", NULL };

static const LacAnalysisColumn columns[] = {
    { "interface_distance", "Distance to the interface", "Å",
        "Exact distance to the surface between metal and oxide, negative in the metal", 4, NULL,
        get_distance },
    { "interface_atom", "Interface atom", "", "Whether the atom lies at the interface", 0, YES_NO,
        get_is_interface },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_interface_new(analysis->points, analysis->hull, analysis->phases,
        &analysis->params.interface, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacInterface *interface = analysis->interface;
    lac_report_add(section, "area", "Area", interface->area, 5, "Å²",
        "Of the surface between metal and oxide");
    lac_report_add(section, "volume", "Volume inside", interface->volume, 5, "Å³",
        "Of the metal, by the divergence theorem");
    lac_report_add(section, "curvature", "Mean curvature", interface->mean_curvature, 3, "Å⁻¹",
        "Median over the area of half the divergence of the normal; positive for a convex metal");
    lac_report_add(section, "atoms", "Interface atoms", (double) interface->n_interface, 0, "",
        "Atoms on both sides that lie at the interface");
    lac_report_add(section, "parts", "Pieces of metal", (double) interface->n_parts, 0, "",
        "Separate pieces that the surface could enclose");
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacInterface *interface = analysis->interface;
    LacTable *table = lac_table_new("types", "Parts of the interface",
        "the part of the interface that faces one phase or lattice: its area, mean normal out of "
        "the metal, median mean curvature, and interface atoms",
        interface->n_types);
    char **name = lac_table_add_texts(table, "faces", "Faces");
    double *area = lac_table_add_numbers(table, "area", "Area", "Å²", 5);
    double *share = lac_table_add_numbers(table, "share", "Share", "", 3);
    double *x = lac_table_add_numbers(table, "normal_x", "Normal x", "", 3);
    double *y = lac_table_add_numbers(table, "normal_y", "Normal y", "", 3);
    double *z = lac_table_add_numbers(table, "normal_z", "Normal z", "", 3);
    double *curvature = lac_table_add_numbers(table, "curvature", "Curvature", "Å⁻¹", 3);
    double *rms = lac_table_add_numbers(table, "plane_rms", "Off a plane", "Å", 3);
    double *atoms = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    for (gsize t = 0; t < interface->n_types; t++) {
        const LacInterfaceType *type = &interface->types[t];
        name[t] = type->grain != LAC_PHASE_NO_GRAIN
            ? g_strdup_printf("%s, lattice %u", lac_phase_get_name(type->phase), type->grain + 1)
            : g_strdup(lac_phase_get_name(type->phase));
        area[t] = type->area;
        share[t] = interface->area > 0.0 ? type->area / interface->area : (double) NAN;
        x[t] = type->normal.x;
        y[t] = type->normal.y;
        z[t] = type->normal.z;
        curvature[t] = type->mean_curvature;
        rms[t] = type->plane_rms;
        atoms[t] = (double) type->n_atoms;
    }
    g_ptr_array_add(out, table);
}

const LacAnalysisInfo lac_node_interface = {
    .node = LAC_ANALYSIS_INTERFACE,
    .id = "interface",
    .title = "Interface between metal and oxide",
    .definition = "phi = A / (A + B), where A sums Gaussians of the metal atoms and B those of the "
                  "others, each divided by the density of its phase: a volume fraction. The "
                  "interface is phi = 1/2 inside the particle, as a mesh of triangles.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES),
    .weight = 0.5,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(interface, lac_interface),
    .report = report,
    .tables = tables,
};
