// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/recon-private.h"

/**
 * lac_recon_snapshot_new:
 * @iteration: the iteration after which it was taken
 * @volume: the iterate; a reference is taken
 * @projection_r1: (nullable) (array length=n_projections): R1 per projection
 * @projection_r2: (nullable) (array length=n_projections): R2 per projection
 * @n_projections: projections of the series, excluded ones included
 *
 * Returns: (transfer full): a snapshot
 */
LacReconSnapshot *
lac_recon_snapshot_new(guint iteration, LacVolume *volume, const double *projection_r1,
    const double *projection_r2, gsize n_projections)
{
    LacReconSnapshot *self = g_new(LacReconSnapshot, 1);
    *self = (LacReconSnapshot){
        .iteration = iteration,
        .volume = lac_volume_ref(volume),
        .projection_r1 = g_memdup2(projection_r1, n_projections * sizeof *projection_r1),
        .projection_r2 = g_memdup2(projection_r2, n_projections * sizeof *projection_r2),
    };
    return self;
}

/**
 * lac_recon_snapshot_free:
 * @data: (transfer full): a #LacReconSnapshot
 */
void
lac_recon_snapshot_free(gpointer data)
{
    LacReconSnapshot *self = data;
    lac_volume_unref(self->volume);
    g_free(self->projection_r1);
    g_free(self->projection_r2);
    g_free(self);
}

/**
 * lac_recon_new:
 * @n_projections: projections of the series that is reconstructed, excluded ones included
 * @n_iterations: iterations that the curves hold
 * @with_r_free: %TRUE to have a curve of the held-out projections
 *
 * Makes a result to be filled: curves and per-projection factors are zeros, there is no volume,
 * no snapshot and no state, and the parameters are zero.
 *
 * Returns: (transfer full): the result, not published yet
 */
LacRecon *
lac_recon_new(gsize n_projections, guint n_iterations, gboolean with_r_free)
{
    LacRecon *self = g_new0(LacRecon, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n_iterations = n_iterations;
    self->r1 = g_new0(double, n_iterations);
    self->r2 = g_new0(double, n_iterations);
    if (with_r_free)
        self->r_free = g_new0(double, n_iterations);
    self->n_projections = n_projections;
    self->projection_r1 = g_new0(double, n_projections);
    self->projection_r2 = g_new0(double, n_projections);
    self->snapshots = g_ptr_array_new_with_free_func(lac_recon_snapshot_free);
    return self;
}

/**
 * lac_recon_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacRecon *
lac_recon_ref(LacRecon *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_recon_unref:
 * @self: (nullable) (transfer full): a result; any thread
 *
 * Frees it with its last reference, its state through the function that came with the state.
 */
void
lac_recon_unref(LacRecon *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_volume_unref(self->volume);
    lac_volume_unref(self->coefficients);
    g_free(self->r1);
    g_free(self->r2);
    g_free(self->r_free);
    g_free(self->projection_r1);
    g_free(self->projection_r2);
    g_ptr_array_unref(self->snapshots);
    if (self->state != NULL)
        self->free_state(self->state);
    g_free(self);
}

/**
 * lac_recon_add_snapshot:
 * @self: a result not published yet
 * @iteration: the iteration after which it was taken
 * @volume: (transfer none): the iterate; a reference is taken
 * @projection_r1: (nullable): R1 per projection of @self then; copied
 * @projection_r2: (nullable): R2 per projection of @self then; copied
 */
void
lac_recon_add_snapshot(LacRecon *self, guint iteration, LacVolume *volume,
    const double *projection_r1, const double *projection_r2)
{
    g_ptr_array_add(self->snapshots,
        lac_recon_snapshot_new(iteration, volume, projection_r1, projection_r2,
            self->n_projections));
}
