// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells between atoms tell of pores: their volume, and how large a ball can leave.
#include "core/analysis/pores-private.h"
#include "core/analysis/sets.h"
#include "core/matrix.h"

#include <math.h>
#include <stdlib.h>

#define N_UPDATES 16

// A step from one cell to the next, or outside; the wider, the earlier.
typedef struct {
    double radius; // [Å] of the largest ball that passes
    guint32 from, to;
} Passage;

typedef struct {
    const LacPoints *points;
    const LacDelaunay *cells;
    guint8 *is_outside; // reached from outside by the ball of the envelope
} Voids;

// Slivers at the hull have huge spheres but are no pores: they count as outside, and so does all
// that a ball of the envelope reaches from there.
static void
find_outside(Voids *voids, double envelope)
{
    const LacDelaunay *cells = voids->cells;
    g_autofree guint32 *stack = g_new(guint32, cells->n);
    gsize n = 0;
    for (gsize t = 0; t < cells->n; t++) {
        gboolean at_hull = FALSE;
        for (guint k = 0; k < 4; k++)
            at_hull |= cells->neighbours[t][k] == LAC_DELAUNAY_OUTSIDE;
        if (at_hull && cells->radii[t] > envelope) {
            voids->is_outside[t] = 1;
            stack[n++] = (guint32) t;
        }
    }
    while (n > 0) {
        guint32 t = stack[--n];
        for (guint k = 0; k < 4; k++) {
            guint32 next = cells->neighbours[t][k];
            if (next == LAC_DELAUNAY_OUTSIDE || voids->is_outside[next] ||
                cells->radii[next] <= envelope ||
                lac_delaunay_get_facet_radius(cells, voids->points, t, k) <= envelope)
                continue;
            voids->is_outside[next] = 1;
            stack[n++] = next;
        }
    }
}

// The cell whose sphere is the largest ball of each pore.
static guint32 *
find_seeds(const Voids *voids, const LacPores *pores)
{
    const LacDelaunay *cells = voids->cells;
    guint32 *seeds = g_new(guint32, pores->n + 1);
    for (gsize p = 0; p < pores->n; p++) {
        const LacPore *pore = &pores->pores[p];
        double nearest = HUGE_VAL;
        seeds[p] = 0;
        for (gsize t = 0; t < cells->n; t++) {
            if (fabs(cells->radii[t] - pore->radius) > 0.5)
                continue;
            double d = lac_vec3_norm(lac_vec3_subtract(cells->centres[t], pore->ball));
            if (d < nearest) {
                nearest = d;
                seeds[p] = (guint32) t;
            }
        }
    }
    return seeds;
}

static void
find_volumes(const Voids *voids, LacPores *pores, const guint32 *seeds)
{
    const LacDelaunay *cells = voids->cells;
    double open = pores->params.open;
    g_autoptr(LacSets) sets = lac_sets_new(cells->n);
    for (gsize t = 0; t < cells->n; t++)
        for (guint k = 0; k < 4; k++) {
            guint32 next = cells->neighbours[t][k];
            if (next != LAC_DELAUNAY_OUTSIDE && next > t && cells->radii[t] > open &&
                cells->radii[next] > open && !voids->is_outside[t] && !voids->is_outside[next] &&
                lac_delaunay_get_facet_radius(cells, voids->points, t, k) > open)
                lac_sets_join(sets, (guint32) t, next);
        }
    g_autofree double *volumes = g_new0(double, cells->n);
    for (gsize t = 0; t < cells->n; t++)
        volumes[lac_sets_find(sets, (guint32) t)] += cells->volumes[t];
    for (gsize p = 0; p < pores->n; p++)
        if (cells->radii[seeds[p]] > open && !voids->is_outside[seeds[p]])
            pores->pores[p].delaunay_volume = volumes[lac_sets_find(sets, seeds[p])];
}

static int
compare_passages(gconstpointer a, gconstpointer b)
{
    const Passage *x = a, *y = b;
    if (x->radius != y->radius)
        return x->radius > y->radius ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

static Passage *
list_passages(const Voids *voids, gsize *n)
{
    const LacDelaunay *cells = voids->cells;
    Passage *passages = g_new(Passage, 4 * cells->n);
    *n = 0;
    for (gsize t = 0; t < cells->n; t++)
        for (guint k = 0; k < 4; k++) {
            guint32 next = cells->neighbours[t][k];
            if (next != LAC_DELAUNAY_OUTSIDE && next < t)
                continue;
            double radius = lac_delaunay_get_facet_radius(cells, voids->points, t, k);
            if (next != LAC_DELAUNAY_OUTSIDE)
                radius = fmin(radius, fmin(cells->radii[t], cells->radii[next]));
            guint32 to = next == LAC_DELAUNAY_OUTSIDE ? (guint32) cells->n : next;
            passages[(*n)++] = (Passage){ .radius = radius, .from = (guint32) t, .to = to };
        }
    qsort(passages, *n, sizeof *passages, compare_passages);
    return passages;
}

// Opens passages from wide to narrow until each pore has a way out: the path whose narrowest
// place is the widest.
static gboolean
find_necks(const Voids *voids, LacPores *pores, const guint32 *seeds, LacProgress *progress,
    GError **error)
{
    const LacDelaunay *cells = voids->cells;
    guint32 outside = (guint32) cells->n;
    gsize n, n_left = pores->n;
    g_autofree Passage *passages = list_passages(voids, &n);
    g_autoptr(LacSets) sets = lac_sets_new(cells->n + 1);
    for (gsize t = 0; t < cells->n; t++)
        if (voids->is_outside[t])
            lac_sets_join(sets, (guint32) t, outside);
    for (gsize i = 0; i < n && n_left > 0; i++) {
        if (i % (n / N_UPDATES + 1) == 0 &&
            !lac_progress_update(progress, 0.9 + 0.1 * (double) i / (double) n, error))
            return FALSE;
        if (!lac_sets_join(sets, passages[i].from, passages[i].to))
            continue;
        guint32 open = lac_sets_find(sets, outside);
        if (lac_sets_find(sets, passages[i].from) != open)
            continue;
        for (gsize p = 0; p < pores->n; p++)
            if (isnan(pores->pores[p].neck) && lac_sets_find(sets, seeds[p]) == open) {
                pores->pores[p].neck = passages[i].radius;
                n_left--;
            }
    }
    return TRUE;
}

/**
 * lac_pores_find_necks:
 * @finder: what is known, the cells between atoms among it
 * @self: (inout): pores; receive their necks and the volumes of their cells
 * @progress: (nullable): told how far it is, from 0.8 on
 * @error: return location for a #GError
 *
 * The volume of a pore is that of the cells with a sphere larger than the open radius, joined
 * through facets that let such a ball pass, without those that a ball of the envelope reaches from
 * outside: a second number that knows no grid. The neck is the bottleneck of the widest way out.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_pores_find_necks(const LacPoreFinder *finder, LacPores *self, LacProgress *progress,
    GError **error)
{
    if (self->n == 0)
        return TRUE;
    const LacDelaunay *cells = finder->context->delaunay;
    g_autofree guint8 *is_outside = g_new0(guint8, cells->n);
    Voids voids = { .points = finder->points, .cells = cells, .is_outside = is_outside };
    if (!lac_progress_update(progress, 0.8, error))
        return FALSE;
    find_outside(&voids, finder->hull->params.envelope);
    g_autofree guint32 *seeds = find_seeds(&voids, self);
    find_volumes(&voids, self, seeds);
    self->has_necks = TRUE;
    return find_necks(&voids, self, seeds, progress, error);
}
