// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/cutoffs.h"

#include "core/error.h"

#include <math.h>

/**
 * lac_cutoff_params_init:
 * @params: (out caller-allocates): each label by its own g(r) if it has 200 atoms, else 4.3 Å
 */
void
lac_cutoff_params_init(LacCutoffParams *params)
{
    *params = (LacCutoffParams){ .fallback = 4.3, .least = 200 };
    lac_rdf_params_init(&params->rdf);
    params->rdf.range = 12.0;
    lac_hull_params_init(&params->hull);
    params->hull.step = 0.75;
}

static gboolean
check_params(const LacCutoffParams *params, GError **error)
{
    gboolean ok = isfinite(params->fallback) && params->fallback > 0.0;
    double wrong = params->fallback;
    for (guint l = 0; l < LAC_CUTOFFS_MAX && ok; l++) {
        ok = isfinite(params->fixed[l]) && params->fixed[l] >= 0.0;
        wrong = params->fixed[l];
    }
    if (!ok)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The cut-off %g Å of neighbours in a phase is no positive number", wrong);
    return ok;
}

// g(r) of the atoms of one label, in the hull that they have alone.
static LacRdf *
measure_rdf(const LacPoints *points, const guint8 *labels, guint label,
    const LacCutoffParams *params, GError **error)
{
    g_autofree guint8 *mine = g_new(guint8, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++)
        mine[i] = labels[i] == label;
    g_autoptr(LacPoints) part = lac_points_dup_subset(points, mine);
    g_autoptr(LacHull) hull = lac_hull_new_inside(part, &params->hull, NULL, error);
    if (hull == NULL)
        return NULL;
    LacRdfMask mask = { hull->grid.origin, hull->grid.step, hull->grid.nx, hull->grid.ny,
        hull->grid.nz, hull->inside };
    return lac_rdf_new(part, NULL, &mask, &params->rdf, NULL, error);
}

static void
count_labels(const LacPoints *points, const guint8 *labels, gsize counts[LAC_CUTOFFS_MAX])
{
    for (gsize i = 0; i < points->n; i++) {
        g_assert(labels[i] < LAC_CUTOFFS_MAX);
        counts[labels[i]]++;
    }
}

static gboolean
measure_all(LacCutoffs *self, const LacPoints *points, const guint8 *labels,
    const LacCutoffParams *params, LacProgress *progress, GError **error)
{
    gsize counts[LAC_CUTOFFS_MAX] = { 0 };
    count_labels(points, labels, counts);
    for (guint l = 0; l < LAC_CUTOFFS_MAX; l++) {
        if (!lac_progress_update(progress, (double) l / LAC_CUTOFFS_MAX, error))
            return FALSE;
        self->cutoff[l] = params->fixed[l] > 0.0 ? params->fixed[l] : params->fallback;
        if (params->fixed[l] == 0.0 && counts[l] >= MAX(params->least, 2)) {
            self->rdf[l] = measure_rdf(points, labels, l, params, error);
            if (self->rdf[l] == NULL)
                return FALSE;
            if (isfinite(self->rdf[l]->shell.minimum))
                self->cutoff[l] = self->rdf[l]->shell.minimum;
        }
        if (counts[l] > 0)
            self->longest = fmax(self->longest, self->cutoff[l]);
    }
    return TRUE;
}

/**
 * lac_cutoffs_new:
 * @points: atoms
 * @labels: (array): of each point: its phase, below %LAC_CUTOFFS_MAX
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Finds the cut-off of each phase as the first minimum of the g(r) of its atoms alone.
 *
 * Returns: (transfer full): the cut-offs; or %NULL with @error set if a parameter is out of range,
 *   if memory is short, or if it was cancelled
 */
LacCutoffs *
lac_cutoffs_new(const LacPoints *points, const guint8 *labels, const LacCutoffParams *params,
    LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL && labels != NULL && params != NULL, NULL);

    if (!check_params(params, error))
        return NULL;
    g_autoptr(LacCutoffs) self = g_new0(LacCutoffs, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = points->n;
    if (!measure_all(self, points, labels, params, progress, error))
        return NULL;
    self->reach = g_new(double, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++)
        self->reach[i] = self->cutoff[labels[i]];
    return g_steal_pointer(&self);
}

/**
 * lac_cutoffs_find_neighbours:
 * @self: cut-offs
 * @points: the atoms that they are of
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Lists neighbours nearer than the mean of both cut-offs: the second pass of coordination and order.
 *
 * Returns: (transfer full): the lists; or %NULL with @error set as lac_neighbours_new() does
 */
LacNeighbours *
lac_cutoffs_find_neighbours(const LacCutoffs *self, const LacPoints *points, LacProgress *progress,
    GError **error)
{
    g_return_val_if_fail(self->n == points->n, NULL);

    double longest = self->longest > 0.0 ? self->longest : 1.0;
    g_autoptr(LacNeighbours) all = lac_neighbours_new(points, longest, progress, error);
    return all != NULL ? lac_neighbours_filter(all, self->reach) : NULL;
}

/**
 * lac_cutoffs_ref:
 * @self: cut-offs
 *
 * Returns: (transfer full): @self
 */
LacCutoffs *
lac_cutoffs_ref(LacCutoffs *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_cutoffs_unref:
 * @self: (nullable) (transfer full): cut-offs
 */
void
lac_cutoffs_unref(LacCutoffs *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (guint l = 0; l < LAC_CUTOFFS_MAX; l++)
        lac_rdf_unref(self->rdf[l]);
    g_free(self->reach);
    g_free(self);
}
