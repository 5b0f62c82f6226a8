// SPDX-License-Identifier: GPL-3.0-or-later
// Results of before an edit, with the values of atoms under their new numbers.
#include "core/analysis/analysis-table.h"

#include <math.h>
#include <string.h>

#define NONE       G_MAXUINT32
#define MOST_LISTS 20

typedef enum {
    FILL_ZERO,
    FILL_NAN, // arrays of double
    FILL_NONE // arrays of guint32: no such thing
} Fill;

// An array with an entry of some bytes for each point; Fill tells what new atoms have.
typedef struct {
    gsize offset, size;
    Fill fill;
} List;

typedef struct {
    gsize size;             // of the struct
    gsize n;                // offset of its number of points; 0: it has none
    gsize clear[2];         // offsets of lists that name points and are left out; 0: none
    List lists[MOST_LISTS]; // up to one of size 0
} Layout;

#define LIST(Type, member, fill)                                             \
    {                                                                        \
        G_STRUCT_OFFSET(Type, member), sizeof *((Type *) NULL)->member, fill \
    }

#define STRAIN_MAP(map)                                                                \
    LIST(LacStrain, map.strain, FILL_NAN), LIST(LacStrain, map.volumetric, FILL_NAN),  \
        LIST(LacStrain, map.shear, FILL_NAN), LIST(LacStrain, map.rotation, FILL_NAN), \
        LIST(LacStrain, map.axis, FILL_NAN)

static const Layout layouts[LAC_N_ANALYSES] = {
    [LAC_ANALYSIS_AUDIT] = { sizeof(LacAudit), G_STRUCT_OFFSET(LacAudit, n), { 0 },
        { LIST(LacAudit, level, FILL_NAN), LIST(LacAudit, is_false, FILL_ZERO) } },
    [LAC_ANALYSIS_CNA] = { sizeof(LacCna), G_STRUCT_OFFSET(LacCna, n), { 0 },
        { LIST(LacCna, type, FILL_ZERO) } },
    [LAC_ANALYSIS_TEMPLATES] = { sizeof(LacTemplates), G_STRUCT_OFFSET(LacTemplates, n), { 0 },
        { LIST(LacTemplates, type, FILL_ZERO), LIST(LacTemplates, rmsd, FILL_NAN),
            LIST(LacTemplates, spacing, FILL_NAN), LIST(LacTemplates, orientation, FILL_NAN),
            LIST(LacTemplates, gradient, FILL_NAN) } },
    [LAC_ANALYSIS_GRAINS] = { sizeof(LacGrains), G_STRUCT_OFFSET(LacGrains, n), { 0 },
        { LIST(LacGrains, grain, FILL_NONE) } },
    [LAC_ANALYSIS_LATTICES] = { sizeof(LacLattices), G_STRUCT_OFFSET(LacLattices, n), { 0 },
        { LIST(LacLattices, owner, FILL_NONE) } },
    [LAC_ANALYSIS_STRAIN] = { sizeof(LacStrain), G_STRUCT_OFFSET(LacStrain, n), { 0 },
        { STRAIN_MAP(local), STRAIN_MAP(field), LIST(LacStrain, a, FILL_NAN) } },
    [LAC_ANALYSIS_DENSITY] = { sizeof(LacDensity), G_STRUCT_OFFSET(LacDensity, n), { 0 },
        { LIST(LacDensity, at_atoms, FILL_NAN) } },
    [LAC_ANALYSIS_INTERFACE] = { sizeof(LacInterface), G_STRUCT_OFFSET(LacInterface, n), { 0 },
        { LIST(LacInterface, distance, FILL_NAN), LIST(LacInterface, nearest, FILL_NONE),
            LIST(LacInterface, is_interface, FILL_ZERO) } },
    [LAC_ANALYSIS_CRYSTALS] = { .size = sizeof(LacCrystals) },
    [LAC_ANALYSIS_ACROSS] = { sizeof(LacAcross), G_STRUCT_OFFSET(LacAcross, n), { 0 },
        { LIST(LacAcross, fraction, FILL_NAN), LIST(LacAcross, share, FILL_NAN) } },
    [LAC_ANALYSIS_VACANCIES] = { sizeof(LacVacancies), G_STRUCT_OFFSET(LacVacancies, n_points),
        { 0 }, { LIST(LacVacancies, is_interior, FILL_ZERO) } },
    [LAC_ANALYSIS_DELAUNAY] = { .size = sizeof(LacDelaunay),
        .clear = { G_STRUCT_OFFSET(LacDelaunay, corners),
            G_STRUCT_OFFSET(LacDelaunay, neighbours) } },
    [LAC_ANALYSIS_SURFACE] = { sizeof(LacSurface), 0,
        { G_STRUCT_OFFSET(LacSurface, vertex_points) },
        { LIST(LacSurface, is_surface, FILL_ZERO) } },
    [LAC_ANALYSIS_VORONOI] = { sizeof(LacVoronoi), G_STRUCT_OFFSET(LacVoronoi, n), { 0 },
        { LIST(LacVoronoi, is_open, FILL_ZERO), LIST(LacVoronoi, index, FILL_ZERO),
            LIST(LacVoronoi, n_faces, FILL_ZERO), LIST(LacVoronoi, area, FILL_NAN),
            LIST(LacVoronoi, volume, FILL_NAN) } },
    [LAC_ANALYSIS_COMPOSITION] = { sizeof(LacComposition), G_STRUCT_OFFSET(LacComposition, n_atoms),
        { 0 }, { LIST(LacComposition, distance, FILL_NAN) } },
};

// Results that name no points: as they are they fit any model.
#define WITHOUT_POINTS                                                          \
    (LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_RDF) | \
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_JUNCTIONS) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_SPREAD))

static void
fill_entry(guint8 *entry, const List *list)
{
    const double nan = (double) NAN;
    memset(entry, list->fill == FILL_NONE ? 0xff : 0, list->size);
    for (gsize k = 0; list->fill == FILL_NAN && k < list->size; k += sizeof nan)
        memcpy(entry + k, &nan, sizeof nan);
}

static gpointer
copy_list(const guint8 *from, const List *list, const LacPointsMap *map)
{
    guint8 *to = g_malloc_n(MAX(map->n, 1), list->size);
    for (gsize p = 0; p < map->n; p++) {
        if (map->previous[p] == NONE)
            fill_entry(to + p * list->size, list);
        else
            memcpy(to + p * list->size, from + (gsize) map->previous[p] * list->size, list->size);
    }
    return to;
}

// The new numbers of points that are still there, in the same order.
static guint32 *
renumber(const guint32 *points, gsize n, const LacPointsMap *map, gsize *n_kept)
{
    guint32 *kept = g_new(guint32, MAX(n, 1));
    gsize p = 0;
    *n_kept = 0;
    for (gsize k = 0; k < n; k++) {
        // Both lists ascend: numbers of points do not change places.
        while (p < map->n && (map->previous[p] == NONE || map->previous[p] < points[k]))
            p++;
        if (p < map->n && map->previous[p] == points[k])
            kept[(*n_kept)++] = (guint32) p;
    }
    return kept;
}

static void
copy_grains(LacGrains *view, const LacPointsMap *map)
{
    LacGrain *grains = g_new(LacGrain, MAX(view->n_grains, 1));
    for (gsize g = 0; g < view->n_grains; g++) {
        grains[g] = view->grains[g];
        grains[g].points = renumber(grains[g].points, grains[g].n, map, &grains[g].n);
    }
    view->grains = grains;
}

// Without the places of atoms by site, which only a search for vacancies asks for.
static LacLattice *
copy_lattice(const LacLattice *lattice, const LacPointsMap *map)
{
    LacLattice *view = g_memdup2(lattice, sizeof *lattice);
    g_atomic_ref_count_init(&view->ref_count);
    view->points = renumber(lattice->points, lattice->n, map, &view->n);
    view->sites = g_new(LacSite, MAX(view->n, 1));
    view->displacement = g_new(LacVec3, MAX(view->n, 1));
    view->map = NULL;
    for (gsize k = 0, old = 0; k < view->n; k++, old++) {
        while (lattice->points[old] != map->previous[view->points[k]])
            old++;
        view->sites[k] = lattice->sites[old];
        view->displacement[k] = lattice->displacement[old];
    }
    return view;
}

static LacLattice **
copy_lattices(LacLattice *const *lattices, gsize n, const LacPointsMap *map)
{
    LacLattice **views = g_new(LacLattice *, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        views[i] = lattices[i] != NULL ? copy_lattice(lattices[i], map) : NULL;
    return views;
}

static void
free_lattices(LacLattice **lattices, gsize n)
{
    for (gsize i = 0; i < n; i++)
        lac_lattice_unref(lattices[i]);
    g_free(lattices);
}

// Lists of lists.
static void
copy_parts(LacAnalysisNode node, gpointer view, const LacPointsMap *map)
{
    LacLattices *lattices = view;
    LacCrystals *crystals = view;
    if (node == LAC_ANALYSIS_GRAINS)
        copy_grains(view, map);
    else if (node == LAC_ANALYSIS_LATTICES)
        lattices->lattices = copy_lattices(lattices->lattices, lattices->n_lattices, map);
    else if (node == LAC_ANALYSIS_CRYSTALS)
        crystals->lattices = copy_lattices(crystals->lattices, crystals->n, map);
}

static void
free_parts(LacAnalysisNode node, gpointer view)
{
    LacGrains *grains = view;
    LacLattices *lattices = view;
    LacCrystals *crystals = view;
    if (node == LAC_ANALYSIS_GRAINS) {
        for (gsize g = 0; g < grains->n_grains; g++)
            g_free(grains->grains[g].points);
        g_free(grains->grains);
    }
    else if (node == LAC_ANALYSIS_LATTICES)
        free_lattices(lattices->lattices, lattices->n_lattices);
    else if (node == LAC_ANALYSIS_CRYSTALS)
        free_lattices(crystals->lattices, crystals->n);
}

// The walls of pores name points: without them.
static void
copy_pores(LacPores *view)
{
    LacPore *pores = g_new(LacPore, MAX(view->n, 1));
    for (gsize i = 0; i < view->n; i++) {
        pores[i] = view->pores[i];
        pores[i].n_wall = 0;
        pores[i].wall = NULL;
    }
    view->pores = pores;
}

/**
 * lac_analysis_fits_all:
 * @node: an analysis
 *
 * Returns: whether its results name no points, so that they fit a model of other atoms too
 */
gboolean
lac_analysis_fits_all(LacAnalysisNode node)
{
    return (WITHOUT_POINTS & LAC_ANALYSIS_BIT(node)) != 0;
}

/**
 * lac_analysis_view_new:
 * @node: an analysis
 * @result: one of its results, which must stay as long as the view
 * @map: from the points of @result to others
 *
 * Copies the values of points under their new numbers; new points have none. All else is shared
 * with @result, so a view takes microseconds whatever grids and meshes there are. What only names
 * points (the walls of a pore, the corners of Delaunay cells) is left out.
 *
 * Returns: (transfer full) (nullable): a result, to be freed with lac_analysis_view_unref(); %NULL
 *   where there is no view of such a result
 */
gpointer
lac_analysis_view_new(LacAnalysisNode node, gconstpointer result, const LacPointsMap *map)
{
    const Layout *layout = &layouts[node];
    gsize size = node == LAC_ANALYSIS_PORES ? sizeof(LacPores) : layout->size;
    if (size == 0)
        return NULL;
    guint8 *view = g_memdup2(result, size);
    g_atomic_ref_count_init((gatomicrefcount *) (gpointer) view);
    if (node == LAC_ANALYSIS_PORES) {
        copy_pores((LacPores *) (gpointer) view);
        return view;
    }
    if (layout->n > 0)
        memcpy(view + layout->n, &map->n, sizeof map->n);
    for (guint k = 0; k < G_N_ELEMENTS(layout->clear); k++)
        if (layout->clear[k] > 0)
            memset(view + layout->clear[k], 0, sizeof(gpointer));
    for (const List *list = layout->lists; list->size > 0; list++) {
        guint8 *array;
        memcpy(&array, view + list->offset, sizeof array);
        if (array != NULL)
            array = copy_list(array, list, map);
        memcpy(view + list->offset, &array, sizeof array);
    }
    copy_parts(node, view, map);
    return view;
}

/**
 * lac_analysis_view_unref:
 * @node: an analysis
 * @view: (transfer full): a view of one of its results; freed with its last reference
 */
void
lac_analysis_view_unref(LacAnalysisNode node, gpointer view)
{
    if (!g_atomic_ref_count_dec((gatomicrefcount *) view))
        return;
    if (node == LAC_ANALYSIS_PORES)
        g_free(((LacPores *) view)->pores);
    free_parts(node, view);
    for (const List *list = layouts[node].lists; list->size > 0; list++) {
        gpointer array;
        memcpy(&array, (const guint8 *) view + list->offset, sizeof array);
        g_free(array);
    }
    g_free(view);
}
