// SPDX-License-Identifier: GPL-3.0-or-later
// Grains, and the lattices fitted to them.
#include "core/analysis/analysis-table.h"
#include "core/analysis/fivefold.h"

#include <math.h>

static const LacParamInfo grain_params[] = {
    { "grains.misorientation", "Misorientation within a grain", "°",
        "Neighbours of one grain are turned against each other by less than this",
        LAC_NODE_DOUBLE(grains.misorientation_deg, 0.5, 60.0) },
    { "grains.spacing", "Change of spacing", "",
        "|ln(d_i / d_j)| of neighbours of one grain is less than this",
        LAC_NODE_DOUBLE(grains.spacing_tolerance, 0.001, 1.0) },
    { "grains.least", "Fewest atoms", "", "Smaller grains do not count",
        LAC_NODE_UINT(grains.least, 1, 1e6) },
    { "grains.least_hcp", "Fewest atoms, hcp", "", "Smaller grains of hcp do not count",
        LAC_NODE_UINT(grains.least_hcp, 1, 1e6) },
};

static double
get_grain(const LacAnalysis *analysis, gsize point)
{
    guint32 grain = analysis->grains->grain[point];
    return grain == LAC_GRAIN_NONE ? (double) NAN : grain + 1.0;
}

static const LacAnalysisColumn grain_columns[] = {
    { "grain", "Grain", "", "Number of the grain that the atom is a seed of, largest first", 0,
        NULL, get_grain },
};

static gpointer
run_grains(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_grains_new(analysis->templates, analysis->neighbours, &analysis->params.grains,
        progress, error);
}

static void
report_grains(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacGrains *grains = analysis->grains;
    gsize n_atoms = 0;
    for (gsize g = 0; g < grains->n_grains; g++)
        n_atoms += grains->grains[g].n;
    lac_report_add(section, "grains", "Grains", (double) grains->n_grains, 0, "",
        "Pieces of one structure and nearly one orientation");
    lac_report_add(section, "atoms", "Atoms in grains", (double) n_atoms, 0, "",
        "Atoms that are part of a grain's seed");
}

static void
add_misorientations(const LacGrains *grains, GPtrArray *out)
{
    gsize n = grains->n_grains, row = 0;
    LacTable *table = lac_table_new("misorientations", "Misorientations",
        "two grains: the smallest rotation between them, its axis in the sample, and the nearest "
        "coincidence lattice",
        n * (n - MIN(n, 1)) / 2);
    double *first = lac_table_add_numbers(table, "first", "Grain", "", 0);
    double *second = lac_table_add_numbers(table, "second", "and", "", 0);
    double *angle = lac_table_add_numbers(table, "angle", "Angle", "°", 4);
    double *x = lac_table_add_numbers(table, "axis_x", "Axis x", "", 3);
    double *y = lac_table_add_numbers(table, "axis_y", "Axis y", "", 3);
    double *z = lac_table_add_numbers(table, "axis_z", "Axis z", "", 3);
    double *sigma = lac_table_add_numbers(table, "sigma", "Σ", "", 0);
    for (gsize a = 0; a < n; a++)
        for (gsize b = a + 1; b < n; b++, row++) {
            LacMisorientation m = lac_grains_get_misorientation(grains, a, b);
            first[row] = (double) a + 1.0;
            second[row] = (double) b + 1.0;
            angle[row] = m.angle_deg;
            x[row] = m.axis.x;
            y[row] = m.axis.y;
            z[row] = m.axis.z;
            sigma[row] = m.sigma > 1 ? m.sigma : (double) NAN;
        }
    g_ptr_array_add(out, table);
}

static void
add_fivefold_axes(const LacAnalysis *analysis, GPtrArray *out)
{
    g_autoptr(GArray) axes = lac_fivefold_find(analysis->points, analysis->grains, NULL);
    if (axes == NULL || axes->len == 0)
        return;
    LacTable *table = lac_table_new("fivefold", "Five-fold axes",
        "a ring of five grains, each a twin of the next, about a common <110>: its middle, "
        "direction and length, and how far the <110> of a grain is off at most",
        axes->len);
    char **grains = lac_table_add_texts(table, "grains", "Grains");
    double *x = lac_table_add_numbers(table, "x", "x", "Å", 4);
    double *y = lac_table_add_numbers(table, "y", "y", "Å", 4);
    double *z = lac_table_add_numbers(table, "z", "z", "Å", 4);
    double *u = lac_table_add_numbers(table, "axis_x", "Axis x", "", 4);
    double *v = lac_table_add_numbers(table, "axis_y", "Axis y", "", 4);
    double *w = lac_table_add_numbers(table, "axis_z", "Axis z", "", 4);
    double *length = lac_table_add_numbers(table, "length", "Length", "Å", 4);
    double *off = lac_table_add_numbers(table, "deviation", "Off", "°", 3);
    for (guint k = 0; k < axes->len; k++) {
        const LacFivefold *axis = &g_array_index(axes, LacFivefold, k);
        const guint32 *g = axis->grains;
        grains[k] =
            g_strdup_printf("%u %u %u %u %u", g[0] + 1, g[1] + 1, g[2] + 1, g[3] + 1, g[4] + 1);
        x[k] = axis->position.x;
        y[k] = axis->position.y;
        z[k] = axis->position.z;
        u[k] = axis->direction.x;
        v[k] = axis->direction.y;
        w[k] = axis->direction.z;
        length[k] = axis->length;
        off[k] = axis->deviation_deg;
    }
    g_ptr_array_add(out, table);
}

static void
tables_grains(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacGrains *grains = analysis->grains;
    LacTable *table = lac_table_new("grains", "Grains",
        "a grain: its structure, atoms, spacing and the spread "
        "of orientations about its mean",
        grains->n_grains);
    double *number = lac_table_add_numbers(table, "grain", "Grain", "", 0);
    char **structure = lac_table_add_texts(table, "structure", "Structure");
    double *n = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    double *spacing = lac_table_add_numbers(table, "spacing", "Spacing", "Å", 4);
    double *spread = lac_table_add_numbers(table, "spread", "Spread", "°", 3);
    for (gsize g = 0; g < grains->n_grains; g++) {
        number[g] = (double) g + 1.0;
        structure[g] = g_strdup(lac_structure_get_name(grains->grains[g].structure));
        n[g] = (double) grains->grains[g].n;
        spacing[g] = grains->grains[g].spacing;
        spread[g] = grains->grains[g].spread_deg;
    }
    g_ptr_array_add(out, table);
    if (grains->n_grains > 1)
        add_misorientations(grains, out);
    if (grains->n_grains >= LAC_FIVEFOLD_N)
        add_fivefold_axes(analysis, out);
}

const LacAnalysisInfo lac_node_grains = {
    .node = LAC_ANALYSIS_GRAINS,
    .id = "grains",
    .title = "Grains",
    .definition =
        "Neighbours of the same structure, nearly the same spacing and orientation belong "
        "to one grain. The misorientation of two grains is the smallest rotation between "
        "them among all that their symmetry allows. A five-fold axis is where five grains "
        "meet that are twins in a ring.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_NEIGHBOURS) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_TEMPLATES),
    .weight = 0.02,
    .params = grain_params,
    .n_params = G_N_ELEMENTS(grain_params),
    .columns = grain_columns,
    .n_columns = G_N_ELEMENTS(grain_columns),
    .run = run_grains,
    LAC_NODE_RESULT(grains, lac_grains),
    .report = report_grains,
    .tables = tables_grains,
};

static const LacParamInfo lattice_params[] = {
    { "lattices.tolerance", "Tolerance", "d_NN",
        "A neighbour may be this far from its place, in units of the spacing",
        LAC_NODE_DOUBLE(lattices.tolerance, 0.05, 0.5) },
    { "lattices.votes", "Votes", "", "Indexed neighbours that must agree on a site",
        LAC_NODE_UINT(lattices.votes, 1, 12) },
    { "lattices.sweeps", "Sweeps", "", "Growths, each with the cell of the one before",
        LAC_NODE_UINT(lattices.sweeps, 1, 10) },
    { "lattices.least", "Fewest atoms", "", "Smaller lattices do not count",
        LAC_NODE_UINT(lattices.least, 1, 1e6) },
};

static double
get_lattice(const LacAnalysis *analysis, gsize point)
{
    guint32 owner = analysis->lattices->owner[point];
    return owner == LAC_GRAIN_NONE ? (double) NAN : owner + 1.0;
}

static double
get_displacement(const LacAnalysis *analysis, gsize point)
{
    guint32 owner = analysis->lattices->owner[point];
    gsize k;
    if (owner == LAC_GRAIN_NONE || owner >= analysis->lattices->n_lattices ||
        !lac_lattice_find_point(analysis->lattices->lattices[owner], (guint32) point, &k))
        return (double) NAN;
    return lac_vec3_norm(analysis->lattices->lattices[owner]->displacement[k]);
}

static const LacAnalysisColumn lattice_columns[] = {
    { "lattice", "Lattice", "", "Number of the lattice that the atom is on, largest first", 0, NULL,
        get_lattice },
    { "displacement", "Displacement", "Å", "Distance from the site of the fitted lattice", 4, NULL,
        get_displacement },
};

static gpointer
run_lattices(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_lattices_new(analysis->points, analysis->grains, &analysis->params.lattices,
        progress, error);
}

static void
report_lattices(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacLattices *lattices = analysis->lattices;
    gsize n = 0;
    for (gsize i = 0; i < lattices->n; i++)
        n += lattices->owner[i] != LAC_GRAIN_NONE;
    lac_report_add(section, "lattices", "Lattices", (double) lattices->n_lattices, 0, "",
        "Grains that a lattice was grown in");
    lac_report_add(section, "atoms", "Atoms on lattices", (double) n, 0, "",
        "Atoms that were given the indices of a site");
}

/**
 * lac_node_lattice_table:
 * @id: of the table
 * @title: of the table
 * @definition: what a row is
 * @lattices: (array length=n): lattices; %NULL leaves a row blank
 * @n: number of lattices
 *
 * Returns: (transfer full): cells, densities and displacements, one row per lattice
 */
LacTable *
lac_node_lattice_table(const char *id, const char *title, const char *definition,
    LacLattice *const *lattices, gsize n)
{
    LacTable *table = lac_table_new(id, title, definition, n);
    double *number = lac_table_add_numbers(table, "lattice", "Lattice", "", 0);
    char **structure = lac_table_add_texts(table, "structure", "Structure");
    double *atoms = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    double *a = lac_table_add_numbers(table, "a", "a", "Å", 5);
    double *b = lac_table_add_numbers(table, "b", "b", "Å", 5);
    double *c = lac_table_add_numbers(table, "c", "c", "Å", 5);
    double *alpha = lac_table_add_numbers(table, "alpha", "α", "°", 5);
    double *beta = lac_table_add_numbers(table, "beta", "β", "°", 5);
    double *gamma = lac_table_add_numbers(table, "gamma", "γ", "°", 5);
    double *density = lac_table_add_numbers(table, "density", "Density", "Å⁻³", 4);
    double *equal = lac_table_add_numbers(table, "a_eq", "a, equal fcc", "Å", 5);
    double *median = lac_table_add_numbers(table, "median", "Median residual", "Å", 3);
    double *rms = lac_table_add_numbers(table, "rms", "rms residual", "Å", 3);
    for (gsize k = 0; k < n; k++) {
        const LacLattice *lattice = lattices[k];
        number[k] = (double) k + 1.0;
        structure[k] =
            g_strdup(lattice != NULL ? lac_structure_get_name(lattice->kind.structure) : "");
        if (lattice == NULL)
            continue;
        atoms[k] = (double) lattice->n;
        a[k] = lattice->a;
        b[k] = lattice->b;
        c[k] = lattice->c;
        alpha[k] = lattice->alpha;
        beta[k] = lattice->beta;
        gamma[k] = lattice->gamma;
        density[k] = lattice->density;
        equal[k] = lattice->a_fcc;
        median[k] = lattice->median;
        rms[k] = lattice->rms;
    }
    return table;
}

static void
tables_lattices(const LacAnalysis *analysis, GPtrArray *out)
{
    g_ptr_array_add(out,
        lac_node_lattice_table("lattices", "Lattices",
            "a lattice fitted to all its atoms: its conventional cell, the density "
            "of sites, the edge of the fcc cell of that density, and the distance "
            "of atoms from their sites. The rim shears these cells; the "
            "interior has its own table",
            analysis->lattices->lattices, analysis->lattices->n_lattices));
}

const LacAnalysisInfo lac_node_lattices = {
    .node = LAC_ANALYSIS_LATTICES,
    .id = "lattices",
    .title = "Lattices",
    .definition =
        "From a seed in each grain neighbours get the indices of the site that they are "
        "nearest to, relative to neighbours that have theirs, so that slow strain and "
        "bending are followed; then x = origin + cell (n + basis) is fitted, with far-off "
        "atoms weighing less.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_GRAINS),
    .weight = 0.12,
    .params = lattice_params,
    .n_params = G_N_ELEMENTS(lattice_params),
    .columns = lattice_columns,
    .n_columns = G_N_ELEMENTS(lattice_columns),
    .run = run_lattices,
    LAC_NODE_RESULT(lattices, lac_lattices),
    .report = report_lattices,
    .tables = tables_lattices,
};
