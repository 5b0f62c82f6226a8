// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/parallel.h"
#include "core/recon/blob.h"
#include "core/recon/recon-private.h"

#include <math.h>
#include <string.h>

#define STALL_ITERATIONS 5 // the stopping rule compares R1 with that of so many iterations ago

/**
 * lac_recon_run_residual:
 * @run: an open run
 * @calculated: packed projections
 * @residual: (out caller-allocates): calculated minus measured, 0 where a pixel is not finite and
 *   in held-out projections; may be @calculated
 */
void
lac_recon_run_residual(const LacReconRun *run, const float *calculated, float *residual)
{
    gsize n = run->n_pixels / run->series->n;
    for (gsize k = 0; k < run->series->n; k++) {
        float weight = run->held_out[k] ? 0.0f : 1.0f;
        for (gsize i = k * n; i < (k + 1) * n; i++)
            residual[i] = weight * (calculated[i] - run->measured[i]);
    }
    for (gsize i = 0; run->valid != NULL && i < run->n_pixels; i++)
        residual[i] = run->valid[i] ? residual[i] : 0.0f;
}

typedef struct {
    LacReconRun *run;
    const float *calculated;
} ScoreArgs;

static void
score_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const ScoreArgs *args = data;
    LacReconRun *run = args->run;
    gsize n = run->n_pixels / run->series->n;
    for (gsize k = begin; k < end; k++) {
        double d1 = 0.0, d2 = 0.0, p1 = 0.0, p2 = 0.0;
        for (gsize i = k * n; i < (k + 1) * n; i++) {
            if (run->valid != NULL && !run->valid[i])
                continue;
            double p = (double) run->measured[i], d = (double) args->calculated[i] - p;
            d1 += fabs(d);
            d2 += d * d;
            p1 += fabs(p);
            p2 += p * p;
        }
        run->projection_r1[k] = p1 > 0.0 ? d1 / p1 : (double) NAN;
        run->projection_r2[k] = p2 > 0.0 ? sqrt(d2 / p2) : (double) NAN;
    }
}

// Appends R1 = mean over projections of sum |p - P| / sum |P|, R2 = the same with square norms, and
// R1 of the held-out projections.
static void
score(LacReconRun *run, const float *calculated)
{
    ScoreArgs args = { run, calculated };
    lac_parallel_for(run->series->n, 1, score_projections, &args);
    double r1 = 0.0, r2 = 0.0, r_free = 0.0;
    gsize n_work = 0, n_free = 0;
    for (gsize k = 0; k < run->series->n; k++) {
        if (isnan(run->projection_r1[k]))
            continue;
        if (run->held_out[k]) {
            r_free += run->projection_r1[k];
            n_free++;
            continue;
        }
        r1 += run->projection_r1[k];
        r2 += run->projection_r2[k];
        n_work++;
    }
    r1 = n_work > 0 ? r1 / (double) n_work : (double) NAN;
    r2 = n_work > 0 ? r2 / (double) n_work : (double) NAN;
    g_array_append_val(run->r1, r1);
    g_array_append_val(run->r2, r2);
    r_free = n_free > 0 ? r_free / (double) n_free : (double) NAN;
    if (run->params->held_out_every > 0)
        g_array_append_val(run->r_free, r_free);
}

/**
 * lac_recon_run_unpack:
 * @run: an open run
 * @x: packed coefficients
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the coefficients as a volume, or %NULL with @error set
 */
LacVolume *
lac_recon_run_unpack(const LacReconRun *run, const float *x, GError **error)
{
    const LacReconParams *p = run->params;
    LacVolume *volume = lac_volume_new(p->nz, p->ny, p->nx, run->series->pixel_size, error);
    if (volume != NULL)
        lac_projector_unpack_volume(run->projector, x, volume->data);
    return volume;
}

/**
 * lac_recon_run_make_volume:
 * @run: an open run
 * @x: packed coefficients
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the volume that they stand for, or %NULL with @error set
 */
LacVolume *
lac_recon_run_make_volume(const LacReconRun *run, const float *x, GError **error)
{
    g_autoptr(LacVolume) volume = lac_recon_run_unpack(run, x, error);
    if (volume == NULL || !lac_blob_apply(volume, run->params->blob_sigma, error))
        return NULL;
    return g_steal_pointer(&volume);
}

static double
seconds_spent(const LacReconRun *run)
{
    return run->earlier_seconds + (double) (g_get_monotonic_time() - run->start_us) * 1e-6;
}

// Of the whole series: excluded projections have none.
static void
get_projection_factors(const LacReconRun *run, double *r1, double *r2)
{
    const LacSeries *full = run->full;
    gsize j = 0;
    for (gsize k = 0; k < full->n; k++) {
        r1[k] = full->excluded[k] ? (double) NAN : run->projection_r1[j];
        r2[k] = full->excluded[k] ? (double) NAN : run->projection_r2[j];
        j += !full->excluded[k];
    }
}

/**
 * lac_recon_run_make_result:
 * @run: an open run that was scored at least once
 * @volume: its newest iterate; a reference is taken
 *
 * Returns: (transfer full): a result that shows the run as it is now, without state
 */
LacRecon *
lac_recon_run_make_result(const LacReconRun *run, LacVolume *volume)
{
    const LacSeries *full = run->full;
    guint n = run->r1->len;
    LacRecon *recon = lac_recon_new(full->n, n, run->params->held_out_every > 0);
    recon->volume = lac_volume_ref(volume);
    recon->params = *run->params;
    recon->seconds = seconds_spent(run);
    memcpy(recon->r1, run->r1->data, n * sizeof(double));
    memcpy(recon->r2, run->r2->data, n * sizeof(double));
    if (recon->r_free != NULL)
        memcpy(recon->r_free, run->r_free->data, n * sizeof(double));
    get_projection_factors(run, recon->projection_r1, recon->projection_r2);
    for (guint i = 0; i < run->snapshots->len; i++) {
        const LacReconSnapshot *snapshot = g_ptr_array_index(run->snapshots, i);
        lac_recon_add_snapshot(recon, snapshot->iteration, snapshot->volume,
            snapshot->projection_r1, snapshot->projection_r2);
    }
    return recon;
}

static gboolean
has_stalled(const LacReconRun *run)
{
    guint n = run->r1->len;
    if (run->params->tolerance <= 0.0 || n < run->first_iteration + 2 * STALL_ITERATIONS)
        return FALSE;
    double now = g_array_index(run->r1, double, n - 1);
    double before = g_array_index(run->r1, double, n - 1 - STALL_ITERATIONS);
    return before - now < run->params->tolerance * before;
}

static gboolean
keep_snapshot(LacReconRun *run, guint done, const float *x, GError **error)
{
    g_autoptr(LacVolume) volume = lac_recon_run_make_volume(run, x, error);
    if (volume == NULL)
        return FALSE;
    gsize n = run->full->n;
    g_autofree double *r1 = g_new(double, n);
    g_autofree double *r2 = g_new(double, n);
    get_projection_factors(run, r1, r2);
    g_ptr_array_add(run->snapshots, lac_recon_snapshot_new(done, volume, r1, r2, n));
    return TRUE;
}

/**
 * lac_recon_run_step:
 * @run: an open run
 * @iteration: of this run, from 0
 * @x: packed coefficients after it
 * @calculated: packed projections of @x
 * @stop: (out): %TRUE when the method should come to its end and keep @x
 * @error: return location for a #GError
 *
 * Scores, keeps a snapshot if one is due, publishes if someone looks, reports progress.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled or short of memory
 */
gboolean
lac_recon_run_step(LacReconRun *run, guint iteration, const float *x, const float *calculated,
    gboolean *stop, GError **error)
{
    if (lac_progress_is_cancelled(run->progress))
        return lac_progress_update(run->progress, 0.0, error);
    score(run, calculated);
    const LacReconParams *p = run->params;
    guint done = run->r1->len, last = run->first_iteration + p->n_iterations;
    if (p->snapshot_every > 0 && done % p->snapshot_every == 0 && done < last)
        if (!keep_snapshot(run, done, x, error))
            return FALSE;
    if (run->fraction_share > 0.0 && lac_progress_wants_result(run->progress)) {
        g_autoptr(LacVolume) volume = lac_recon_run_make_volume(run, x, error);
        if (volume == NULL)
            return FALSE;
        lac_progress_publish(run->progress, lac_recon_run_make_result(run, volume),
            (GDestroyNotify) lac_recon_unref);
    }
    *stop = has_stalled(run) || lac_progress_should_finish(run->progress);
    lac_progress_message(run->progress, "%s %u of %u, R1 %.2f %%", run->title, done, last,
        100.0 * g_array_index(run->r1, double, done - 1));
    return lac_progress_update(run->progress,
        run->fraction_share * (double) (iteration + 1) / (double) p->n_iterations, error);
}

/**
 * lac_recon_run_clear:
 * @run: a run, also one that did not open; what it owns is freed
 */
void
lac_recon_run_clear(LacReconRun *run)
{
    lac_projector_free(run->projector);
    lac_free(run->mask);
    lac_free(run->measured);
    g_free(run->valid);
    g_free(run->held_out);
    g_free(run->projection_r1);
    g_free(run->projection_r2);
    g_clear_pointer(&run->r1, g_array_unref);
    g_clear_pointer(&run->r2, g_array_unref);
    g_clear_pointer(&run->r_free, g_array_unref);
    g_clear_pointer(&run->snapshots, g_ptr_array_unref);
}

// Pixels that are not finite were not measured: they take no part.
static gboolean
load_projections(LacReconRun *run, GError **error)
{
    run->measured = lac_alloc_floats(run->n_pixels, error);
    if (run->measured == NULL)
        return FALSE;
    lac_projector_pack_projections(run->projector, run->series->data, run->measured);
    gsize n_bad = 0;
    for (gsize i = 0; i < run->n_pixels; i++)
        n_bad += isfinite(run->measured[i]) ? 0 : 1;
    if (n_bad == run->n_pixels) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "No pixel of the projections is a finite number");
        return FALSE;
    }
    if (n_bad == 0)
        return TRUE;
    run->valid = g_new(guint8, run->n_pixels);
    for (gsize i = 0; i < run->n_pixels; i++) {
        run->valid[i] = isfinite(run->measured[i]) != 0;
        run->measured[i] = run->valid[i] ? run->measured[i] : 0.0f;
    }
    return TRUE;
}

/**
 * lac_recon_check_volume_shape:
 * @volume: a mask or a start
 * @p: resolved parameters
 * @what: its name in the message
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when the shapes differ
 */
gboolean
lac_recon_check_volume_shape(const LacVolume *volume, const LacReconParams *p, const char *what,
    GError **error)
{
    if (volume->nx == p->nx && volume->ny == p->ny && volume->nz == p->nz)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
        "The %s is %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
        " voxels, the volume %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT,
        what, volume->nz, volume->ny, volume->nx, p->nz, p->ny, p->nx);
    return FALSE;
}

static gboolean
load_mask(LacReconRun *run, const LacVolume *mask, GError **error)
{
    if (mask == NULL)
        return TRUE;
    if (!lac_recon_check_volume_shape(mask, run->params, "mask", error))
        return FALSE;
    run->mask = lac_alloc_floats(run->n_volume, error);
    if (run->mask == NULL)
        return FALSE;
    lac_projector_pack_volume(run->projector, mask->data, run->mask);
    for (gsize i = 0; i < run->n_volume; i++)
        run->mask[i] = run->mask[i] > 0.0f ? 1.0f : 0.0f;
    return TRUE;
}

/**
 * lac_recon_run_open:
 * @run: with params, series, full, title and progress set, all else zero
 * @mask: (nullable): voxels that may be other than zero
 * @error: return location for a #GError
 *
 * Makes the projector and loads projections and mask into its layout.
 *
 * Returns: %TRUE, or %FALSE with @error set; clear @run in both cases
 */
gboolean
lac_recon_run_open(LacReconRun *run, const LacVolume *mask, GError **error)
{
    LacProjectorParams geometry = lac_recon_params_get_projector(run->params, run->series);
    run->projector = lac_projector_new(&geometry, error);
    if (run->projector == NULL)
        return FALSE;
    lac_projector_set_progress(run->projector, run->progress);
    run->n_volume = lac_projector_get_volume_size(run->projector);
    run->n_pixels = lac_projector_get_projections_size(run->projector);
    gsize n = run->series->n;
    run->held_out = g_new0(gboolean, n);
    guint every = run->params->held_out_every;
    for (gsize k = 0; k < n && every > 0; k++)
        run->held_out[k] = k % every == every - 1;
    if (every == 1) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Holding out every projection leaves none to reconstruct from");
        return FALSE;
    }
    run->projection_r1 = g_new0(double, n);
    run->projection_r2 = g_new0(double, n);
    run->r1 = g_array_new(FALSE, FALSE, sizeof(double));
    run->r2 = g_array_new(FALSE, FALSE, sizeof(double));
    run->r_free = g_array_new(FALSE, FALSE, sizeof(double));
    run->snapshots = g_ptr_array_new_with_free_func(lac_recon_snapshot_free);
    run->start_us = g_get_monotonic_time();
    return load_projections(run, error) && load_mask(run, mask, error);
}
