// SPDX-License-Identifier: GPL-3.0-or-later
// What an edit of a few atoms changes around them, at once.
#include "core/analysis/analysis-table.h"

#include <math.h>

static gboolean
has_same_points(const LacPointsMap *map, gsize n_before)
{
    gboolean is_same = map->n == n_before && map->n_gone == 0;
    for (gsize i = 0; is_same && i < map->n; i++)
        is_same = map->previous[i] == i;
    return is_same;
}

// The label of an atom that was not there: that of most of its neighbours, as for all atoms off the
// lattices.
static guint8
guess_phase(const LacPhases *phases, const LacPointsMap *map, const LacNeighbours *neighbours,
    gsize i, const LacPhaseParams *params)
{
    gsize count[LAC_N_PHASES] = { 0 }, n = neighbours->begin[i + 1] - neighbours->begin[i];
    for (gsize k = neighbours->begin[i]; k < neighbours->begin[i + 1]; k++) {
        guint32 before = map->previous[neighbours->index[k]];
        if (before != G_MAXUINT32)
            count[phases->phase[before]]++;
    }
    double needed = params->majority * (double) n;
    if (n > 0 && (double) count[LAC_PHASE_METAL] >= needed)
        return LAC_PHASE_METAL;
    return n > 0 && (double) count[LAC_PHASE_OXIDE] >= needed ? LAC_PHASE_OXIDE
                                                              : LAC_PHASE_AMORPHOUS;
}

static LacPhases *
update_phases(const LacAnalysis *previous, const LacPoints *points, const LacPointsMap *map,
    const LacNeighbours *neighbours)
{
    g_autofree guint8 *by_hand = lac_phases_read_by_hand(points);
    const LacPhases *before = previous->phases;
    LacPhases *self = g_new0(LacPhases, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = map->n;
    self->phase = g_new0(guint8, MAX(map->n, 1));
    self->grain = g_new(guint32, MAX(map->n, 1));
    for (gsize i = 0; i < map->n; i++) {
        guint32 old = map->previous[i];
        gboolean is_known = old != G_MAXUINT32;
        self->phase[i] = is_known
            ? before->phase[old]
            : guess_phase(before, map, neighbours, i, &previous->params.phases);
        self->grain[i] = is_known ? before->grain[old] : LAC_PHASE_NO_GRAIN;
        if (by_hand != NULL && by_hand[i] != LAC_PHASE_AS_FOUND) {
            self->phase[i] = by_hand[i];
            self->n_overridden++;
        }
        self->counts[self->phase[i]]++;
    }
    for (guint p = 0; p < LAC_N_PHASES; p++) {
        self->volumes[p] = before->volumes[p];
        self->densities[p] = before->densities[p];
    }
    return self;
}

static LacShells *
update_shells(const LacAnalysis *previous, const LacPoints *points, LacNeighbours *first,
    const LacPhases *phases, const LacPointsMap *map, GError **error)
{
    const LacShells *before = previous->shells;
    g_autoptr(LacShells) self = g_new0(LacShells, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->cutoff = before->cutoff;
    if (before->cutoffs == NULL || phases == NULL) {
        self->neighbours = lac_neighbours_ref(first);
        return g_steal_pointer(&self);
    }
    self->cutoffs = lac_cutoffs_ref(before->cutoffs);
    g_autofree double *reach = g_new(double, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++)
        reach[i] = before->cutoffs->cutoff[phases->phase[i]];
    self->neighbours =
        lac_neighbours_update_filtered(before->neighbours, points, map, reach, error);
    return self->neighbours != NULL ? g_steal_pointer(&self) : NULL;
}

// The values of atoms that are still there get their new numbers.
static void
renumber_all(LacAnalysis *self, LacAnalysis *previous, const LacPointsMap *map)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    LacAnalysis *before = previous->before != NULL ? previous->before : previous;
    lac_analysis_ref(before);
    lac_analysis_unref(self->before);
    self->before = before;
    for (gsize i = 0; i < n; i++) {
        LacAnalysisNode node = table[i]->node;
        gconstpointer result = lac_analysis_get(previous, node);
        if (result == NULL || lac_analysis_fits_all(node))
            continue;
        gpointer view = lac_analysis_view_new(node, result, map);
        lac_analysis_set_result(self, node, view, TRUE);
        if (view != NULL)
            self->views |= LAC_ANALYSIS_BIT(node);
        else
            self->why[i] = g_strdup("atoms were added or taken out since");
    }
}

static void
put(LacAnalysis *self, LacAnalysisNode node, gpointer result)
{
    g_clear_pointer(&self->why[node], g_free);
    lac_analysis_set_result(self, node, result, FALSE);
}

static gboolean
update_second_pass(LacAnalysis *self, const LacAnalysis *previous, const LacPointsMap *map,
    GError **error)
{
    LacShells *shells =
        update_shells(previous, self->points, self->neighbours, self->phases, map, error);
    if (shells == NULL)
        return FALSE;
    put(self, LAC_ANALYSIS_SHELLS, shells);
    if (previous->coordination != NULL) {
        g_autofree guint8 *left_out = g_new0(guint8, MAX(self->points->n, 1));
        for (gsize i = 0; previous->hull != NULL && i < self->points->n; i++) {
            LacVec3 p = { self->points->x[i], self->points->y[i], self->points->z[i] };
            left_out[i] =
                lac_hull_depth_at(previous->hull, p) < self->params.coordination.skin ? 1 : 0;
        }
        LacCoordination *coordination =
            lac_coordination_new(self->points, shells->neighbours, left_out, NULL, error);
        if (coordination == NULL)
            return FALSE;
        put(self, LAC_ANALYSIS_COORDINATION, coordination);
    }
    if (previous->order != NULL) {
        LacOrder *order = lac_order_update(previous->order, previous->shells->neighbours,
            self->points, shells->neighbours, map, error);
        if (order == NULL)
            return FALSE;
        put(self, LAC_ANALYSIS_ORDER, order);
    }
    return TRUE;
}

/**
 * lac_analysis_update_local:
 * @previous: an analysis of the model before an edit, of which a reference may be kept
 * @atoms: the model after it, of which a reference is kept
 * @error: return location for a #GError
 *
 * Brings neighbours, coordination, order and the phases of atoms up to date after an edit of a few
 * atoms; cut-offs stay as they were. All other results are marked stale: atoms keep their values
 * under their new numbers, new atoms have none. lac_analysis_run() then does the rest.
 *
 * Returns: (transfer full): the analysis, or %NULL with @error set
 */
LacAnalysis *
lac_analysis_update_local(LacAnalysis *previous, LacAtoms *atoms, GError **error)
{
    LacPoints *points = lac_points_update(previous->points, atoms, error);
    if (points == NULL)
        return NULL;
    g_autoptr(LacPointsMap) map = lac_points_map_new(previous->points, points);
    g_autoptr(LacAnalysis) self = lac_analysis_copy(previous, points);
    self->stale = self->done;
    if (!has_same_points(map, previous->points->n))
        renumber_all(self, previous, map);
    if (previous->neighbours == NULL)
        return g_steal_pointer(&self);
    LacNeighbours *first =
        lac_neighbours_update(previous->neighbours, previous->points, points, map, error);
    if (first == NULL)
        return NULL;
    put(self, LAC_ANALYSIS_NEIGHBOURS, first);
    if (previous->phases != NULL)
        put(self, LAC_ANALYSIS_PHASES, update_phases(previous, points, map, first));
    if (previous->shells != NULL && !update_second_pass(self, previous, map, error))
        return NULL;
    return g_steal_pointer(&self);
}
