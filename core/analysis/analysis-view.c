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
    gsize n;                // offset of its number of points
    gsize clear;            // offset of the number of other lists that name points; 0: none
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
    [LAC_ANALYSIS_AUDIT] = { sizeof(LacAudit), G_STRUCT_OFFSET(LacAudit, n), 0,
        { LIST(LacAudit, level, FILL_NAN), LIST(LacAudit, is_false, FILL_ZERO) } },
    [LAC_ANALYSIS_CNA] = { sizeof(LacCna), G_STRUCT_OFFSET(LacCna, n), 0,
        { LIST(LacCna, type, FILL_ZERO) } },
    [LAC_ANALYSIS_TEMPLATES] = { sizeof(LacTemplates), G_STRUCT_OFFSET(LacTemplates, n), 0,
        { LIST(LacTemplates, type, FILL_ZERO), LIST(LacTemplates, rmsd, FILL_NAN),
            LIST(LacTemplates, spacing, FILL_NAN), LIST(LacTemplates, orientation, FILL_NAN),
            LIST(LacTemplates, gradient, FILL_NAN) } },
    [LAC_ANALYSIS_GRAINS] = { sizeof(LacGrains), G_STRUCT_OFFSET(LacGrains, n),
        G_STRUCT_OFFSET(LacGrains, n_grains), { LIST(LacGrains, grain, FILL_NONE) } },
    [LAC_ANALYSIS_LATTICES] = { sizeof(LacLattices), G_STRUCT_OFFSET(LacLattices, n),
        G_STRUCT_OFFSET(LacLattices, n_lattices), { LIST(LacLattices, owner, FILL_NONE) } },
    [LAC_ANALYSIS_STRAIN] = { sizeof(LacStrain), G_STRUCT_OFFSET(LacStrain, n), 0,
        { STRAIN_MAP(local), STRAIN_MAP(field), LIST(LacStrain, a, FILL_NAN) } },
    [LAC_ANALYSIS_DENSITY] = { sizeof(LacDensity), G_STRUCT_OFFSET(LacDensity, n), 0,
        { LIST(LacDensity, at_atoms, FILL_NAN) } },
    [LAC_ANALYSIS_INTERFACE] = { sizeof(LacInterface), G_STRUCT_OFFSET(LacInterface, n), 0,
        { LIST(LacInterface, distance, FILL_NAN), LIST(LacInterface, nearest, FILL_NONE),
            LIST(LacInterface, is_interface, FILL_ZERO) } },
    [LAC_ANALYSIS_ACROSS] = { sizeof(LacAcross), G_STRUCT_OFFSET(LacAcross, n), 0,
        { LIST(LacAcross, fraction, FILL_NAN), LIST(LacAcross, share, FILL_NAN) } },
    [LAC_ANALYSIS_VACANCIES] = { sizeof(LacVacancies), G_STRUCT_OFFSET(LacVacancies, n_points), 0,
        { LIST(LacVacancies, is_interior, FILL_ZERO) } },
    [LAC_ANALYSIS_VORONOI] = { sizeof(LacVoronoi), G_STRUCT_OFFSET(LacVoronoi, n), 0,
        { LIST(LacVoronoi, is_open, FILL_ZERO), LIST(LacVoronoi, index, FILL_ZERO),
            LIST(LacVoronoi, n_faces, FILL_ZERO), LIST(LacVoronoi, area, FILL_NAN),
            LIST(LacVoronoi, volume, FILL_NAN) } },
    [LAC_ANALYSIS_COMPOSITION] = { sizeof(LacComposition), G_STRUCT_OFFSET(LacComposition, n_atoms),
        0, { LIST(LacComposition, distance, FILL_NAN) } },
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
 * with @result, so a view takes microseconds whatever grids and meshes there are. What lists points
 * (those of a grain, the walls of a pore) is left out.
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
    memcpy(view + layout->n, &map->n, sizeof map->n);
    if (layout->clear > 0)
        memset(view + layout->clear, 0, sizeof(gsize));
    for (const List *list = layout->lists; list->size > 0; list++) {
        guint8 *array;
        memcpy(&array, view + list->offset, sizeof array);
        if (array != NULL)
            array = copy_list(array, list, map);
        memcpy(view + list->offset, &array, sizeof array);
    }
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
    for (const List *list = layouts[node].lists; list->size > 0; list++) {
        gpointer array;
        memcpy(&array, (const guint8 *) view + list->offset, sizeof array);
        g_free(array);
    }
    g_free(view);
}
