// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/update.h"

#include "core/analysis/neighbours-private.h"
#include "core/analysis/order-private.h"
#include "core/analysis/points-private.h"

#include <math.h>
#include <string.h>

#define MOST_CHANGES 64 // above, everything is made anew
#define NONE         G_MAXUINT32

/**
 * lac_points_map_new:
 * @from: points of a model
 * @to: those of the same model after an edit
 *
 * Returns: (transfer full): which point is which, by the index of its atom
 */
LacPointsMap *
lac_points_map_new(const LacPoints *from, const LacPoints *to)
{
    LacPointsMap *self = g_new0(LacPointsMap, 1);
    self->n = to->n;
    self->previous = g_new(guint32, MAX(to->n, 1));
    self->is_moved = g_new(guint8, MAX(to->n, 1));
    gsize n_kept = 0;
    for (gsize p = 0; p < to->n; p++) {
        guint32 atom = to->index[p];
        guint32 old = atom < from->atoms->n ? from->rank[atom] : NONE;
        self->previous[p] = old;
        self->is_moved[p] = old == NONE || to->x[p] != from->x[old] || to->y[p] != from->y[old] ||
            to->z[p] != from->z[old];
        self->n_moved += self->is_moved[p];
        n_kept += old != NONE;
    }
    self->n_gone = from->n - n_kept;
    return self;
}

/**
 * lac_points_map_free:
 * @self: (nullable) (transfer full): a map
 */
void
lac_points_map_free(LacPointsMap *self)
{
    if (self == NULL)
        return;
    g_free(self->previous);
    g_free(self->is_moved);
    g_free(self);
}

static double
distance_between(const LacPoints *points, gsize i, gsize j)
{
    double dx = points->x[j] - points->x[i], dy = points->y[j] - points->y[i],
           dz = points->z[j] - points->z[i];
    return sqrt(dx * dx + dy * dy + dz * dz);
}

static gboolean
has_coincident(const LacPoints *points, const LacPointsMap *map)
{
    for (gsize p = 0; p < points->n; p++)
        for (gsize q = 0; map->is_moved[p] && q < points->n; q++)
            if (q != p && distance_between(points, p, q) < LAC_POINTS_COINCIDENT)
                return TRUE;
    return FALSE;
}

/**
 * lac_points_update:
 * @previous: points of a model
 * @atoms: the same model after an edit, in which atoms kept their indices
 * @error: return location for a #GError
 *
 * Does what lac_points_new() does, but keeps the spacing of @previous when few atoms changed.
 *
 * Returns: (transfer full): the points; or %NULL with @error set as lac_points_new() does
 */
LacPoints *
lac_points_update(const LacPoints *previous, const LacAtoms *atoms, GError **error)
{
    g_return_val_if_fail(previous != NULL && atoms != NULL, NULL);

    g_autoptr(LacPoints) points = lac_points_gather(atoms, error);
    if (points == NULL)
        return NULL;
    g_autoptr(LacPointsMap) map = lac_points_map_new(previous, points);
    if (map->n_moved + map->n_gone > MOST_CHANGES || isnan(previous->spacing) || points->n < 2 ||
        has_coincident(points, map))
        return lac_points_new(atoms, error);
    points->spacing = previous->spacing;
    return g_steal_pointer(&points);
}

// The points whose lists hold, held, or are those of a changed one.
static guint8 *
find_touched(const LacNeighbours *previous, const LacPoints *to, const LacPointsMap *map,
    double cutoff)
{
    guint8 *touched = g_new0(guint8, MAX(to->n, 1));
    g_autofree guint8 *stays = g_new0(guint8, MAX(previous->n, 1));
    for (gsize p = 0; p < to->n; p++) {
        touched[p] = map->is_moved[p];
        if (map->previous[p] != NONE)
            stays[map->previous[p]] = !map->is_moved[p];
    }
    for (gsize p = 0; p < to->n; p++) {
        guint32 old = map->previous[p];
        for (gsize m = old == NONE ? 0 : previous->begin[old];
             old != NONE && !touched[p] && m < previous->begin[old + 1]; m++)
            touched[p] = !stays[previous->index[m]];
    }
    for (gsize p = 0; p < to->n; p++)
        for (gsize q = 0; map->is_moved[p] && q < to->n; q++)
            if (distance_between(to, p, q) < cutoff)
                touched[q] = TRUE;
    return touched;
}

static void
list_all(const LacPoints *points, gsize i, double cutoff, GArray *list)
{
    double x = points->x[i], y = points->y[i], z = points->z[i];
    double limit2 = cutoff * cutoff * (1.0 + 1e-9); // no square root for those far away
    g_array_set_size(list, 0);
    for (gsize j = 0; j < points->n; j++) {
        double dx = points->x[j] - x, dy = points->y[j] - y, dz = points->z[j] - z;
        double d2 = dx * dx + dy * dy + dz * dz;
        if (d2 > limit2 || j == i)
            continue;
        LacNeighbour neighbour = { sqrt(d2), (guint32) j };
        if (neighbour.distance < cutoff)
            g_array_append_val(list, neighbour);
    }
    lac_neighbours_sort(list);
}

// Keeps what lies within the mean of the reaches of both.
static void
keep_within(GArray *list, const double *reach, gsize p)
{
    guint n = 0;
    for (guint m = 0; m < list->len; m++) {
        LacNeighbour neighbour = g_array_index(list, LacNeighbour, m);
        if (neighbour.distance < 0.5 * (reach[p] + reach[neighbour.index]))
            g_array_index(list, LacNeighbour, n++) = neighbour;
    }
    g_array_set_size(list, n);
}

// Copies lists but for those of touched points, which are made anew within the cut-off and, where
// they are given, the reaches.
static LacNeighbours *
update_lists(const LacNeighbours *previous, const LacPoints *to, const LacPointsMap *map,
    const guint8 *touched, double cutoff, const double *reach)
{
    g_autofree guint32 *next = g_new(guint32, MAX(previous->n, 1)); // of a point: where it is now
    for (gsize p = 0; p < to->n; p++)
        if (map->previous[p] != NONE)
            next[map->previous[p]] = (guint32) p;
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(LacNeighbour));
    g_autoptr(GArray) index = g_array_sized_new(FALSE, FALSE, sizeof(guint32),
        (guint) previous->begin[previous->n] + 1024);
    g_autoptr(GArray) distance = g_array_sized_new(FALSE, FALSE, sizeof(double),
        (guint) previous->begin[previous->n] + 1024);
    LacNeighbours *self = g_new0(LacNeighbours, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = to->n;
    self->cutoff = cutoff;
    self->begin = g_new(gsize, to->n + 1);
    for (gsize p = 0; p < to->n; p++) {
        self->begin[p] = index->len;
        if (touched[p]) {
            list_all(to, p, cutoff, list);
            if (reach != NULL)
                keep_within(list, reach, p);
            for (guint m = 0; m < list->len; m++) {
                const LacNeighbour *neighbour = &g_array_index(list, LacNeighbour, m);
                g_array_append_val(index, neighbour->index);
                g_array_append_val(distance, neighbour->distance);
            }
            continue;
        }
        gsize begin = previous->begin[map->previous[p]];
        gsize n = previous->begin[map->previous[p] + 1] - begin;
        g_array_append_vals(distance, previous->distance + begin, (guint) n);
        g_array_set_size(index, index->len + (guint) n);
        for (gsize m = 0; m < n; m++)
            g_array_index(index, guint32, self->begin[p] + m) = next[previous->index[begin + m]];
    }
    self->begin[to->n] = index->len;
    self->index = (guint32 *) (gpointer) g_array_free(g_steal_pointer(&index), FALSE);
    self->distance = (double *) (gpointer) g_array_free(g_steal_pointer(&distance), FALSE);
    return self;
}

/**
 * lac_neighbours_update:
 * @previous: lists within a cut-off
 * @from: their points
 * @to: the points after an edit
 * @map: from @from to @to
 * @error: return location for a #GError
 *
 * Gives the lists that lac_neighbours_new() gives, to the last bit. The points around changed ones
 * are looked at anew, the other lists copied.
 *
 * Returns: (transfer full): the lists; or %NULL with @error set as lac_neighbours_new() does
 */
LacNeighbours *
lac_neighbours_update(const LacNeighbours *previous, const LacPoints *from, const LacPoints *to,
    const LacPointsMap *map, GError **error)
{
    g_return_val_if_fail(previous->cutoff > 0.0 && previous->n == from->n, NULL);
    g_return_val_if_fail(map->n == to->n, NULL);

    if (map->n_moved + map->n_gone > MOST_CHANGES)
        return lac_neighbours_new(to, previous->cutoff, NULL, error);
    g_autofree guint8 *touched = find_touched(previous, to, map, previous->cutoff);
    return update_lists(previous, to, map, touched, previous->cutoff, NULL);
}

/**
 * lac_neighbours_update_filtered:
 * @previous: lists by lac_neighbours_filter()
 * @to: the points after an edit
 * @map: from the points of @previous to @to
 * @reach: (array): [Å] cut-off of each point of @to; those that were there have the same as before
 * @error: return location for a #GError
 *
 * Gives the lists that lac_neighbours_filter() gives of all neighbours, to the last bit, and looks
 * only around changed points.
 *
 * Returns: (transfer full): the lists; or %NULL with @error set as lac_neighbours_new() does
 */
LacNeighbours *
lac_neighbours_update_filtered(const LacNeighbours *previous, const LacPoints *to,
    const LacPointsMap *map, const double *reach, GError **error)
{
    g_return_val_if_fail(map->n == to->n, NULL);

    double longest = 0.0;
    for (gsize p = 0; p < to->n; p++)
        longest = fmax(longest, reach[p]);
    if (map->n_moved + map->n_gone > MOST_CHANGES || to->n == 0) {
        g_autoptr(LacNeighbours) all =
            lac_neighbours_new(to, longest > 0.0 ? longest : 1.0, NULL, error);
        return all != NULL ? lac_neighbours_filter(all, reach) : NULL;
    }
    g_autofree guint8 *touched = find_touched(previous, to, map, longest);
    return update_lists(previous, to, map, touched, longest, reach);
}

// Whether a point and all its neighbours are where they were.
static gboolean
is_as_before(const LacNeighbours *from, const LacNeighbours *to, const LacPointsMap *map, gsize p)
{
    guint32 old = map->previous[p];
    if (map->is_moved[p] || lac_neighbours_count(from, old) != lac_neighbours_count(to, p))
        return FALSE;
    for (gsize m = to->begin[p], k = from->begin[old]; m < to->begin[p + 1]; m++, k++)
        if (map->is_moved[to->index[m]] || map->previous[to->index[m]] != from->index[k])
            return FALSE;
    return TRUE;
}

static void
mark_neighbours(const LacNeighbours *lists, guint8 *marks, guint8 old_mark, guint8 new_mark)
{
    for (gsize p = 0; p < lists->n; p++)
        for (gsize m = lists->begin[p]; marks[p] == old_mark && m < lists->begin[p + 1]; m++)
            if (marks[lists->index[m]] == 0)
                marks[lists->index[m]] = new_mark;
}

enum {
    FAR,        // nothing to do
    CHANGED,    // its own order changes
    BESIDE,     // its average changes
    NEXT_TO_IT, // its own order is needed for that
};

// The own harmonics of the marked points, one after the other; slot: of a point.
static void
update_degree(LacOrder *self, guint degree, const LacPoints *points, const LacNeighbours *lists,
    const guint8 *marks, const guint32 *slot, double (*qlm)[2])
{
    LacHarmonics harmonics;
    guint l = lac_order_degree_get_l(degree);
    lac_harmonics_init(&harmonics, l);
    g_autoptr(GArray) couplings = lac_couplings_new(l);
    for (gsize p = 0; p < lists->n; p++) {
        if (marks[p] == FAR)
            continue;
        double(*q)[2] = qlm + (gsize) slot[p] * (l + 1);
        lac_order_find_qlm(points, lists, &harmonics, p, q);
        if (marks[p] != CHANGED)
            continue;
        self->q[degree][p] = lac_order_find_q(q, l);
        self->w[degree][p] = lac_order_find_w(q, l, couplings);
    }
    for (gsize p = 0; p < lists->n; p++)
        if (marks[p] == CHANGED || marks[p] == BESIDE)
            self->averaged[degree][p] = lac_order_find_averaged(lists, p, l, qlm, slot);
}

static void
copy_order(const LacOrder *previous, const LacPointsMap *map, LacOrder *self)
{
    for (guint d = 0; d <= LAC_N_ORDERS; d++) {
        double *const to[] = { d < LAC_N_ORDERS ? self->q[d] : self->scaled,
            d < LAC_N_ORDERS ? self->w[d] : NULL, d < LAC_N_ORDERS ? self->averaged[d] : NULL };
        const double *const from[] = { d < LAC_N_ORDERS ? previous->q[d] : previous->scaled,
            d < LAC_N_ORDERS ? previous->w[d] : NULL,
            d < LAC_N_ORDERS ? previous->averaged[d] : NULL };
        for (guint k = 0; k < G_N_ELEMENTS(to); k++)
            for (gsize p = 0; to[k] != NULL && p < map->n; p++)
                if (map->previous[p] != NONE)
                    to[k][p] = from[k][map->previous[p]];
    }
}

/**
 * lac_order_update:
 * @previous: order of the points before an edit
 * @from: the lists of neighbours that it was made of
 * @points: the points after the edit
 * @to: the lists of neighbours after it
 * @map: from the points before to @points
 * @error: return location for a #GError
 *
 * Gives the order that lac_order_new() gives, to the last bit, but only looks at points whose
 * neighbours changed and at the neighbours of those.
 *
 * Returns: (transfer full): the order; or %NULL with @error set if memory is short
 */
LacOrder *
lac_order_update(const LacOrder *previous, const LacNeighbours *from, const LacPoints *points,
    const LacNeighbours *to, const LacPointsMap *map, GError **error)
{
    g_return_val_if_fail(previous->n == from->n && points->n == to->n && map->n == to->n, NULL);

    g_autofree guint8 *marks = g_new0(guint8, MAX(to->n, 1));
    for (gsize p = 0; p < to->n; p++)
        marks[p] = is_as_before(from, to, map, p) ? FAR : CHANGED;
    mark_neighbours(to, marks, CHANGED, BESIDE);
    mark_neighbours(to, marks, BESIDE, NEXT_TO_IT);
    g_autofree guint32 *slot = g_new(guint32, MAX(to->n, 1));
    guint32 n_marked = 0;
    for (gsize p = 0; p < to->n; p++)
        slot[p] = marks[p] == FAR ? NONE : n_marked++;
    if (n_marked > to->n / 4) {
        const LacOrderParams params = { .degrees = previous->degrees };
        return lac_order_new(points, to, &params, NULL, error);
    }
    LacOrder *self = lac_order_allocate(to->n, previous->degrees);
    copy_order(previous, map, self);
    g_autofree double(*qlm)[2] =
        g_malloc_n(MAX(n_marked, 1), (LAC_HARMONICS_MAX_L + 1) * sizeof *qlm);
    for (guint d = 0; d < LAC_N_ORDERS; d++)
        if (self->degrees & 1u << d)
            update_degree(self, d, points, to, marks, slot, qlm);
    for (gsize p = 0; p < to->n; p++)
        if (marks[p] == CHANGED || marks[p] == BESIDE)
            self->scaled[p] =
                lac_order_scale(self->averaged[LAC_ORDER_4][p], self->averaged[LAC_ORDER_6][p]);
    return self;
}
