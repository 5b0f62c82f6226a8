// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/recon.h"

static void
free_snapshot(gpointer data)
{
    LacReconSnapshot *snapshot = data;
    lac_volume_unref(snapshot->volume);
    g_free(snapshot);
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
    self->snapshots = g_ptr_array_new_with_free_func(free_snapshot);
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
 */
void
lac_recon_add_snapshot(LacRecon *self, guint iteration, LacVolume *volume)
{
    LacReconSnapshot *snapshot = g_new(LacReconSnapshot, 1);
    *snapshot = (LacReconSnapshot){ .iteration = iteration, .volume = lac_volume_ref(volume) };
    g_ptr_array_add(self->snapshots, snapshot);
}
