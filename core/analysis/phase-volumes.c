// SPDX-License-Identifier: GPL-3.0-or-later
// Phases whose labels are known: how much of the particle each fills.
#include "core/analysis/phases.h"
#include "core/array.h"
#include "core/error.h"

#include <math.h>

// Each point of the hull is shared by the phases in proportion to Gaussians around their atoms,
// divided by the density of each phase, which comes out of the shares: a few rounds settle it.
#define SIGMA    2.0 // [Å]
#define STEP     1.0 // [Å] of the grid for it, at least
#define N_ROUNDS 4

static gboolean
spread(const LacPhases *self, const LacPoints *points, const LacGrid *grid, LacPhase phase,
    float *field, LacProgress *progress, GError **error)
{
    for (gsize i = 0; i < points->n; i++)
        if (self->phase[i] == phase)
            lac_field_splat(grid, (LacVec3){ points->x[i], points->y[i], points->z[i] }, 1, field);
    return lac_field_smooth(grid, SIGMA, field, progress, error);
}

// The nodes inside the hull, one after the other, so that the rounds only look at these.
static gsize
keep_inside(const LacHull *hull, const LacGrid *grid, float *const fields[LAC_N_PHASES])
{
    gsize n = 0;
    for (gsize i = 0; i < lac_grid_count(grid); i++) {
        if (!lac_hull_contains(hull, lac_grid_node_at(grid, i)))
            continue;
        for (guint p = 0; p < LAC_N_PHASES; p++)
            if (fields[p] != NULL)
                fields[p][n] = fields[p][i];
        n++;
    }
    return n;
}

// Shares the volume of the hull; fields holds the spread atoms of each phase at its n nodes.
static void
share(LacPhases *self, const LacHull *hull, gsize n, float *const fields[LAC_N_PHASES],
    const double weights[LAC_N_PHASES])
{
    double total = 0, sums[LAC_N_PHASES] = { 0 };
    for (gsize i = 0; i < n; i++) {
        double here[LAC_N_PHASES], all = 0;
        for (guint p = 0; p < LAC_N_PHASES; p++) {
            here[p] = fields[p] != NULL ? weights[p] * (double) fields[p][i] : 0;
            all += here[p];
        }
        if (all <= 0)
            continue;
        total += 1;
        for (guint p = 0; p < LAC_N_PHASES; p++)
            sums[p] += here[p] / all;
    }
    for (guint p = 0; p < LAC_N_PHASES; p++) {
        self->volumes[p] = total > 0 ? hull->volume * sums[p] / total : 0;
        self->densities[p] = self->volumes[p] > 0 ? (double) self->counts[p] / self->volumes[p] : 0;
    }
}

static gboolean
find_volumes(LacPhases *self, const LacPoints *points, const LacHull *hull, LacProgress *progress,
    GError **error)
{
    LacGrid grid;
    if (!lac_grid_fit(&grid, points, fmax(STEP, hull->grid.step), 3 * SIGMA, hull->params.max_nodes,
            error))
        return FALSE;
    float *fields[LAC_N_PHASES] = { NULL };
    double weights[LAC_N_PHASES];
    gboolean ok = TRUE;
    for (guint p = 0; p < LAC_N_PHASES && ok; p++) {
        weights[p] = 1;
        if (self->counts[p] == 0)
            continue;
        fields[p] = lac_alloc_floats(lac_grid_count(&grid), error);
        ok = fields[p] != NULL &&
            spread(self, points, &grid, (LacPhase) p, fields[p], progress, error);
    }
    gsize n = ok ? keep_inside(hull, &grid, fields) : 0;
    for (guint round = 0; round < N_ROUNDS && ok; round++) {
        ok = lac_progress_update(progress, (double) round / N_ROUNDS, error);
        share(self, hull, n, fields, weights);
        for (guint p = 0; p < LAC_N_PHASES; p++)
            weights[p] = self->densities[p] > 0 ? 1 / self->densities[p] : 0;
    }
    for (guint p = 0; p < LAC_N_PHASES; p++)
        lac_free(fields[p]);
    return ok;
}

/**
 * lac_phases_new_from_labels:
 * @points: the atoms
 * @hull: where the particle is
 * @phase: (array): #LacPhase of each point
 * @grain: (nullable) (array): the lattice of each point, or %LAC_PHASE_NO_GRAIN; %NULL: no lattices
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Counts atoms and shares the volume of the hull between the phases.
 *
 * Returns: (transfer full): the phases, or %NULL with @error set when cancelled or memory is short
 */
LacPhases *
lac_phases_new_from_labels(const LacPoints *points, const LacHull *hull, const guint8 *phase,
    const guint32 *grain, LacProgress *progress, GError **error)
{
    g_autoptr(LacPhases) self = g_new0(LacPhases, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = points->n;
    self->phase = g_new0(guint8, points->n + 1);
    self->grain = g_new0(guint32, points->n + 1);
    for (gsize i = 0; i < points->n; i++) {
        self->phase[i] = (guint8) MIN(phase[i], LAC_N_PHASES - 1);
        self->grain[i] = grain != NULL ? grain[i] : LAC_PHASE_NO_GRAIN;
        self->counts[self->phase[i]]++;
    }
    return find_volumes(self, points, hull, progress, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_phases_ref:
 * @self: phases
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacPhases *
lac_phases_ref(LacPhases *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_phases_unref:
 * @self: (nullable) (transfer full): phases; freed with the last reference; any thread
 */
void
lac_phases_unref(LacPhases *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->phase);
    g_free(self->grain);
    g_free(self);
}
