// SPDX-License-Identifier: GPL-3.0-or-later
// Lattices of the insides of grains, and how they are joined.
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo crystal_params[] = {
    { "crystals.from_interface", "Distance to the interface", "Å",
        "Atoms nearer to the interface take no part",
        LAC_NODE_DOUBLE(crystals.from_interface, 0.0, 100.0) },
    { "crystals.depth", "Depth", "Å", "Atoms less deep take no part",
        LAC_NODE_DOUBLE(crystals.depth, 0.0, 100.0) },
};

static gpointer
run_crystals(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_crystals_new(analysis->points, analysis->lattices, analysis->hull,
        analysis->interface != NULL ? analysis->interface->distance : NULL,
        &analysis->params.crystals, progress, error);
}

static void
tables_crystals(const LacAnalysis *analysis, GPtrArray *out)
{
    g_ptr_array_add(out,
        lac_node_lattice_table("crystals", "Lattices of the insides of grains",
            "a lattice fitted to the atoms inside its grain; blank when there are too few",
            analysis->crystals->lattices, analysis->crystals->n));
}

const LacAnalysisInfo lac_node_crystals = {
    .node = LAC_ANALYSIS_CRYSTALS,
    .id = "crystals",
    .title = "Lattices of the insides of grains",
    .definition =
        "Each lattice fitted again to atoms far from the interface and the surface alone: "
        "rims and bent layers would shear the cell.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_LATTICES),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE),
    .weight = 0.05,
    .params = crystal_params,
    .n_params = G_N_ELEMENTS(crystal_params),
    .run = run_crystals,
    LAC_NODE_RESULT(crystals, lac_crystals),
    .tables = tables_crystals,
};

static const char *const RULES[] = { "registry", "misfit", NULL };

static const LacParamInfo params[] = {
    { "coherency.rule", "Rule", "",
        "By the spacing of misfit dislocations and the register of the first layer, or by misfit "
        "alone (5 and 25 %) as in textbooks",
        LAC_NODE_CHOICE(coherency.rule, 2, RULES) },
    { "coherency.angle", "Angle of planes", "°", "Between planes that go on, at most",
        LAC_NODE_DOUBLE(coherency.angle, 1.0, 60.0) },
    { "coherency.misfit", "Misfit of planes", "", "Of planes that go on, at most",
        LAC_NODE_DOUBLE(coherency.misfit, 0.01, 1.0) },
    { "coherency.crossing", "Planes in the interface", "°",
        "Planes whose normal is nearer to that of the interface do not cross it",
        LAC_NODE_DOUBLE(coherency.crossing, 0.0, 60.0) },
    { "coherency.layer", "First layer", "Å", "Atoms of it are this near to the metal",
        LAC_NODE_DOUBLE(coherency.layer, 1.0, 20.0) },
    { "coherency.ball", "Ball", "Å", "In which the local register is measured",
        LAC_NODE_DOUBLE(coherency.ball, 3.0, 30.0) },
    { "coherency.coherent", "Coherent from", "d_NN", "Least spacing of misfit dislocations",
        LAC_NODE_DOUBLE(coherency.coherent, 1.0, 1000.0) },
    { "coherency.coherent_order", "and register from", "", "Least local register",
        LAC_NODE_DOUBLE(coherency.coherent_order, 0.0, 1.0) },
    { "coherency.semicoherent", "Semicoherent from", "d_NN", "Least spacing of misfit dislocations",
        LAC_NODE_DOUBLE(coherency.semicoherent, 0.5, 1000.0) },
    { "coherency.semicoherent_order", "and register from", "", "Least local register",
        LAC_NODE_DOUBLE(coherency.semicoherent_order, 0.0, 1.0) },
    { "coherency.slab", "Slab", "Å", "Thickness of the slabs in which bending is followed",
        LAC_NODE_DOUBLE(coherency.slab, 1.0, 10.0) },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_junctions_new(analysis->points, analysis->lattices, analysis->crystals,
        analysis->phases, analysis->interface, &analysis->params.coherency, progress, error);
}

static char *
name_junction(const LacJunction *junction)
{
    return junction->is_crystalline ? g_strdup_printf("lattice %u", junction->oxide + 1)
                                    : g_strdup("amorphous");
}

static void
tables_words(const LacJunctions *junctions, GPtrArray *out)
{
    LacTable *table = lac_table_new("junctions", "How the metal is joined",
        "a part of the interface: the word for it; the spacing of misfit dislocations of the worse "
        "of the two best independent planes; the local and global register of the first oxide "
        "layer, made up for the noise of positions; and the rotation from metal to oxide",
        junctions->n);
    char **name = lac_table_add_texts(table, "faces", "Faces");
    char **word = lac_table_add_texts(table, "word", "Joined");
    double *area = lac_table_add_numbers(table, "area", "Area", "Å²", 5);
    double *spacing = lac_table_add_numbers(table, "spacing", "Between dislocations", "Å", 4);
    double *local = lac_table_add_numbers(table, "local", "Registry, local", "", 3);
    double *global = lac_table_add_numbers(table, "global", "Registry, whole", "", 3);
    double *layer = lac_table_add_numbers(table, "layer", "Atoms of its first layer", "", 0);
    double *angle = lac_table_add_numbers(table, "rotation", "Rotation", "°", 4);
    for (gsize k = 0; k < junctions->n; k++) {
        const LacJunction *junction = &junctions->junctions[k];
        name[k] = name_junction(junction);
        word[k] = g_strdup(lac_coherency_get_word(junction->word));
        area[k] = junction->area;
        if (junction->patch == NULL)
            continue;
        spacing[k] = junction->patch->spacing;
        local[k] = junction->patch->local;
        global[k] = junction->patch->global;
        layer[k] = (double) junction->patch->n_layer;
        angle[k] = junction->turn.angle_deg;
    }
    g_ptr_array_add(out, table);
}

static char *
dup_index(const int index[3], gboolean is_hcp)
{
    return is_hcp
        ? g_strdup_printf("(%d %d %d %d)", index[0], index[1], -index[0] - index[1], index[2])
        : g_strdup_printf("(%d %d %d)", index[0], index[1], index[2]);
}

static gboolean
is_hcp(const LacAnalysis *analysis, guint32 lattice)
{
    return analysis->lattices->lattices[lattice]->kind.structure == LAC_STRUCTURE_HCP;
}

static void
tables_planes(const LacAnalysis *analysis, gsize k, GPtrArray *out)
{
    const LacJunction *junction = &analysis->junctions->junctions[k];
    const GArray *matches = junction->patch->matches;
    g_autofree char *id = g_strdup_printf("planes-%" G_GSIZE_FORMAT, k + 1);
    g_autofree char *name = name_junction(junction);
    g_autofree char *title = g_strdup_printf("Planes that go on, %s", name);
    LacTable *table = lac_table_new(id, title,
        "planes of the metal and of the oxide that go on in each other: their spacings and misfit, "
        "the angle between their normals, bending towards the interface's normal, twisting about "
        "it, and the spacing of misfit dislocations",
        matches->len);
    char **metal = lac_table_add_texts(table, "metal", "Metal");
    char **oxide = lac_table_add_texts(table, "oxide", "Oxide");
    double *d_metal = lac_table_add_numbers(table, "d_metal", "d, metal", "Å", 4);
    double *d_oxide = lac_table_add_numbers(table, "d_oxide", "d, oxide", "Å", 4);
    double *misfit = lac_table_add_numbers(table, "misfit", "Misfit", "", 3);
    double *angle = lac_table_add_numbers(table, "angle", "Angle", "°", 4);
    double *bending = lac_table_add_numbers(table, "bending", "Bending", "°", 4);
    double *twisting = lac_table_add_numbers(table, "twisting", "Twisting", "°", 4);
    double *spacing = lac_table_add_numbers(table, "spacing", "Dislocations", "Å", 4);
    for (guint m = 0; m < matches->len; m++) {
        const LacPlaneMatch *match = &g_array_index(matches, LacPlaneMatch, m);
        metal[m] = dup_index(match->metal, is_hcp(analysis, junction->metal));
        oxide[m] = dup_index(match->oxide, is_hcp(analysis, junction->oxide));
        d_metal[m] = match->d_metal;
        d_oxide[m] = match->d_oxide;
        misfit[m] = match->misfit;
        angle[m] = match->angle;
        bending[m] = match->bending;
        twisting[m] = match->twisting;
        spacing[m] = match->spacing;
    }
    g_ptr_array_add(out, table);
}

static void
tables_bending(const LacAnalysis *analysis, gsize k, GPtrArray *out)
{
    const LacJunction *junction = &analysis->junctions->junctions[k];
    g_autofree char *name = name_junction(junction);
    for (guint b = 0; b < junction->bending->len; b++) {
        const LacBending *bending = junction->bending->pdata[b];
        g_autofree char *id = g_strdup_printf("bending-%" G_GSIZE_FORMAT "-%u", k + 1, b + 1);
        g_autofree char *index = dup_index(bending->metal, is_hcp(analysis, junction->metal));
        g_autofree char *title = g_strdup_printf("Bending of %s, %s", index, name);
        LacTable *table = lac_table_new(id, title,
            "a slab of the distance to the interface: how far these planes have turned from those "
            "inside the metal, their spacing and their order",
            bending->slabs->len);
        double *s = lac_table_add_numbers(table, "s", "Distance", "Å", 3);
        double *angle = lac_table_add_numbers(table, "angle", "Turned", "°", 3);
        double *spacing = lac_table_add_numbers(table, "spacing", "Spacing", "Å", 4);
        double *order = lac_table_add_numbers(table, "order", "Order", "", 3);
        double *n = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
        for (guint i = 0; i < bending->slabs->len; i++) {
            const LacBendingSlab *slab = &g_array_index(bending->slabs, LacBendingSlab, i);
            s[i] = slab->s;
            angle[i] = slab->angle;
            spacing[i] = slab->spacing;
            order[i] = slab->order;
            n[i] = (double) slab->n;
        }
        g_ptr_array_add(out, table);
    }
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    tables_words(analysis->junctions, out);
    for (gsize k = 0; k < analysis->junctions->n; k++)
        if (analysis->junctions->junctions[k].patch != NULL) {
            tables_planes(analysis, k, out);
            tables_bending(analysis, k, out);
        }
}

static void
charts(const LacAnalysis *analysis, GPtrArray *out)
{
    LacChart *chart = lac_chart_new("bending", "Bending of planes across the interface",
        "Distance to the interface (Å), negative in the metal", "Turned from the metal (°)");
    for (gsize k = 0; k < analysis->junctions->n; k++) {
        const LacJunction *junction = &analysis->junctions->junctions[k];
        for (guint b = 0; b < junction->bending->len; b++) {
            const LacBending *bending = junction->bending->pdata[b];
            guint n = bending->slabs->len;
            g_autofree double *x = g_new(double, MAX(n, 1));
            g_autofree double *y = g_new(double, MAX(n, 1));
            g_autofree char *index = dup_index(bending->metal, is_hcp(analysis, junction->metal));
            g_autofree char *name = name_junction(junction);
            g_autofree char *label = g_strdup_printf("%s, %s", index, name);
            for (guint i = 0; i < n; i++) {
                x[i] = g_array_index(bending->slabs, LacBendingSlab, i).s;
                y[i] = g_array_index(bending->slabs, LacBendingSlab, i).angle;
            }
            lac_chart_add(chart, label, LAC_CHART_POINTS, x, y, NULL, n);
        }
    }
    g_ptr_array_add(out, chart);
}

const LacAnalysisInfo lac_node_junctions = {
    .node = LAC_ANALYSIS_JUNCTIONS,
    .id = "coherency",
    .title = "Coherency, bending and twisting",
    .definition = "Planes of metal and oxide with nearly the same normal and spacing go on in each "
                  "other; misfit dislocations are 1 / |t_m - t_o| apart, with t the traces of the "
                  "planes in the interface. Register is the order of exp(2 pi i g x) of the first "
                  "oxide layer in balls, divided by that inside the metal. Coherent, semicoherent "
                  "and incoherent follow from both; misfit alone does not tell, and random "
                  "orientations are called semicoherent in 8 % of cases.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_LATTICES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_CRYSTALS),
    .weight = 0.5,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .run = run,
    LAC_NODE_RESULT(junctions, lac_junctions),
    .tables = tables,
    .charts = charts,
};
