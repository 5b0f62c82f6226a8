// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/recon.h"

#include "core/error.h"
#include "core/parallel.h"
#include "core/recon/blob.h"
#include "core/recon/recon-private.h"

#include <math.h>
#include <string.h>

#define STALL_ITERATIONS 5  // the stopping rule compares R1 with that of so many iterations ago
#define WIDTH_ITERATIONS 20 // of the plain reconstruction that the atom width is measured in
#define WIDTH_ROWS       48 // of that reconstruction
#define MAX_EXTENT       8192
#define MAX_ITERATIONS   100000

static const struct {
    const char *id;
    LacReconParams params;
} presets[] = {
    [LAC_RECON_DEFAULT] = { "default",
        { .n_iterations = 40,
            .accelerated = TRUE,
            .blob_sigma = -0.85,
            .weight_alpha = 0.5,
            .weight_cap = 4.0,
            .positivity = TRUE } },
    [LAC_RECON_CLEAN] = { "clean",
        { .n_iterations = 50,
            .accelerated = TRUE,
            .blob_sigma = -0.85,
            .weight_alpha = 1.0,
            .weight_cap = 16.0,
            .positivity = TRUE } },
    [LAC_RECON_LOW_DOSE] = { "low-dose",
        { .n_iterations = 10,
            .accelerated = TRUE,
            .blob_sigma = -0.85,
            .weight_alpha = 0.5,
            .weight_cap = 4.0,
            .positivity = TRUE } },
    [LAC_RECON_PUBLISHED] = { "published",
        { .n_iterations = 100, .step = 2.0, .positivity = TRUE } },
};

static const char *const method_ids[] = {
    [LAC_RECON_RESIRE] = "resire",
    [LAC_RECON_SIRT] = "sirt",
    [LAC_RECON_WBP] = "wbp",
};

/**
 * lac_recon_preset_get_id:
 * @preset: a preset
 *
 * Returns: (transfer none): its name on the command line
 */
const char *
lac_recon_preset_get_id(LacReconPreset preset)
{
    return presets[preset].id;
}

/**
 * lac_recon_preset_from_id:
 * @id: a name on the command line
 * @preset: (out): the preset
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when there is none of that name
 */
gboolean
lac_recon_preset_from_id(const char *id, LacReconPreset *preset, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(presets); i++) {
        if (g_str_equal(presets[i].id, id)) {
            *preset = (LacReconPreset) i;
            return TRUE;
        }
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "There is no preset \"%s\"; there are default, clean, low-dose and published", id);
    return FALSE;
}

/**
 * lac_recon_method_get_id:
 * @method: a method
 *
 * Returns: (transfer none): its name on the command line
 */
const char *
lac_recon_method_get_id(LacReconMethod method)
{
    return method_ids[method];
}

/**
 * lac_recon_method_from_id:
 * @id: a name on the command line
 * @method: (out): the method
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when there is none of that name
 */
gboolean
lac_recon_method_from_id(const char *id, LacReconMethod *method, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(method_ids); i++) {
        if (g_str_equal(method_ids[i], id)) {
            *method = (LacReconMethod) i;
            return TRUE;
        }
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "There is no method \"%s\"; there are resire, sirt and wbp", id);
    return FALSE;
}

/**
 * lac_recon_params_init:
 * @params: (out caller-allocates): parameters of RESIRE
 * @preset: what the data are like
 *
 * A negative blob width stands for that share of the atom width, which is measured first.
 */
void
lac_recon_params_init(LacReconParams *params, LacReconPreset preset)
{
    *params = presets[preset].params;
}

// --- parameters

static gboolean
check_range(const char *name, double value, double low, double high, GError **error)
{
    if (value >= low && value <= high)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s of %g is outside %g to %g", name, value,
        low, high);
    return FALSE;
}

static gboolean
check_params(const LacReconParams *p, GError **error)
{
    return check_range("A number of iterations", p->n_iterations, 1, MAX_ITERATIONS, error) &&
        check_range("A step", p->step, 0, 100, error) &&
        check_range("A blob width", p->blob_sigma, -2, 16, error) &&
        check_range("A weight exponent", p->weight_alpha, 0, 2, error) &&
        check_range("A weight cap", p->weight_cap, 0, 1e6, error) &&
        check_range("A tolerance", p->tolerance, 0, 1, error) &&
        check_range("A volume extent", (double) MAX(MAX(p->nx, p->ny), p->nz), 0, MAX_EXTENT,
            error);
}

// The parameters with the shape filled in and what a method does not use switched off.
static LacReconParams
resolve_params(const LacReconParams *params, const LacSeries *series)
{
    LacReconParams p = *params;
    p.nx = p.nx != 0 ? p.nx : series->nu;
    p.ny = p.ny != 0 ? p.ny : series->nv;
    p.nz = p.nz != 0 ? p.nz : p.nx;
    if (p.method != LAC_RECON_RESIRE) {
        p.accelerated = FALSE;
        p.step = p.blob_sigma = p.weight_alpha = p.weight_cap = 0.0;
    }
    if (p.method == LAC_RECON_WBP) {
        p.n_iterations = 1;
        p.positivity = FALSE;
    }
    return p;
}

static LacProjectorParams
projector_params(const LacReconParams *p, const LacSeries *series)
{
    LacProjectorParams out = {
        .nx = p->nx,
        .ny = p->ny,
        .nz = p->nz,
        .nu = series->nu,
        .nv = series->nv,
        .n = series->n,
        .angles = series->angles,
        .blob_sigma = MAX(p->blob_sigma, 0.0),
        .weight_alpha = p->weight_alpha,
        .weight_cap = p->weight_cap,
    };
    if (p->method == LAC_RECON_WBP) {
        // Twice the plain ramp; its value at zero is that of a ramp sampled on the padded detector.
        out.weight_alpha = 1.0;
        out.weight_cap = 1e30;
        out.ramp_floor = 1.0 / (8.0 * (double) series->nu);
    }
    return out;
}

/**
 * lac_recon_estimate_memory:
 * @series: what would be reconstructed
 * @params: how
 *
 * Returns: [bytes] that a run needs at its peak, besides @series itself
 */
guint64
lac_recon_estimate_memory(const LacSeries *series, const LacReconParams *params)
{
    LacReconParams p = resolve_params(params, series);
    LacProjectorParams projector = projector_params(&p, series);
    double volume = 4.0 * (double) p.nx * (double) p.ny * (double) p.nz;
    double projections = 4.0 * (double) (series->n * series->nv) * (double) series->nu;
    // Three packed volumes (16 rows at a time), two plain ones for what is shown and kept.
    double packed = volume * (double) ((p.ny + 15) / 16 * 16) / (double) p.ny;
    return lac_projector_estimate_memory(&projector) +
        (guint64) (3.0 * packed + 2.0 * volume + 4.0 * projections);
}

// --- one run

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

/**
 * lac_recon_run_score:
 * @run: an open run
 * @calculated: packed projections of the newest iterate
 *
 * Appends R1 = mean over projections of sum |p - P| / sum |P|, R2 = the same with square norms, and
 * R1 of the held-out projections.
 */
void
lac_recon_run_score(LacReconRun *run, const float *calculated)
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

static LacVolume *
make_volume(const LacReconRun *run, const float *x, GError **error)
{
    const LacReconParams *p = run->params;
    g_autoptr(LacVolume) volume =
        lac_volume_new(p->nz, p->ny, p->nx, run->series->pixel_size, error);
    if (volume == NULL)
        return NULL;
    lac_projector_unpack_volume(run->projector, x, volume->data);
    if (!lac_blob_apply(volume, p->blob_sigma, error))
        return NULL;
    return g_steal_pointer(&volume);
}

static double
seconds_spent(const LacReconRun *run)
{
    return run->earlier_seconds + (double) (g_get_monotonic_time() - run->start_us) * 1e-6;
}

// A result that shows the run as it is now.
static LacRecon *
make_result(const LacReconRun *run, const LacSeries *full, LacVolume *volume)
{
    guint n = run->r1->len;
    LacRecon *recon = lac_recon_new(full->n, n, run->params->held_out_every > 0);
    recon->volume = lac_volume_ref(volume);
    recon->params = *run->params;
    recon->seconds = seconds_spent(run);
    memcpy(recon->r1, run->r1->data, n * sizeof(double));
    memcpy(recon->r2, run->r2->data, n * sizeof(double));
    if (recon->r_free != NULL)
        memcpy(recon->r_free, run->r_free->data, n * sizeof(double));
    gsize j = 0;
    for (gsize k = 0; k < full->n; k++) {
        recon->projection_r1[k] = full->excluded[k] ? (double) NAN : run->projection_r1[j];
        recon->projection_r2[k] = full->excluded[k] ? (double) NAN : run->projection_r2[j];
        j += !full->excluded[k];
    }
    for (guint i = 0; i < run->snapshots->len; i++) {
        const LacReconSnapshot *snapshot = g_ptr_array_index(run->snapshots, i);
        lac_recon_add_snapshot(recon, snapshot->iteration, snapshot->volume);
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
    LacVolume *volume = make_volume(run, x, error);
    if (volume == NULL)
        return FALSE;
    LacReconSnapshot *snapshot = g_new(LacReconSnapshot, 1);
    *snapshot = (LacReconSnapshot){ .iteration = done, .volume = volume };
    g_ptr_array_add(run->snapshots, snapshot);
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
    lac_recon_run_score(run, calculated);
    const LacReconParams *p = run->params;
    guint done = run->r1->len, last = run->first_iteration + p->n_iterations;
    if (p->snapshot_every > 0 && done % p->snapshot_every == 0 && done < last)
        if (!keep_snapshot(run, done, x, error))
            return FALSE;
    if (run->fraction_share > 0.0 && lac_progress_wants_result(run->progress)) {
        g_autoptr(LacVolume) volume = make_volume(run, x, error);
        if (volume == NULL)
            return FALSE;
        lac_progress_publish(run->progress, make_result(run, run->full, volume),
            (GDestroyNotify) lac_recon_unref);
    }
    *stop = has_stalled(run) || lac_progress_should_finish(run->progress);
    lac_progress_message(run->progress, "%s %u of %u, R1 %.2f %%", run->title, done, last,
        100.0 * g_array_index(run->r1, double, done - 1));
    return lac_progress_update(run->progress,
        run->fraction_share * (double) (iteration + 1) / (double) p->n_iterations, error);
}

static void
free_snapshot(gpointer data)
{
    LacReconSnapshot *snapshot = data;
    lac_volume_unref(snapshot->volume);
    g_free(snapshot);
}

static void
clear_run(LacReconRun *run)
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

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacReconRun, clear_run)

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

static gboolean
check_volume_shape(const LacVolume *volume, const LacReconParams *p, const char *what,
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
    if (!check_volume_shape(mask, run->params, "mask", error))
        return FALSE;
    run->mask = lac_alloc_floats(run->n_volume, error);
    if (run->mask == NULL)
        return FALSE;
    lac_projector_pack_volume(run->projector, mask->data, run->mask);
    for (gsize i = 0; i < run->n_volume; i++)
        run->mask[i] = run->mask[i] > 0.0f ? 1.0f : 0.0f;
    return TRUE;
}

static gboolean
open_run(LacReconRun *run, const LacVolume *mask, GError **error)
{
    LacProjectorParams geometry = projector_params(run->params, run->series);
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
    run->snapshots = g_ptr_array_new_with_free_func(free_snapshot);
    run->start_us = g_get_monotonic_time();
    return load_projections(run, error) && load_mask(run, mask, error);
}

// --- width of an atom

// Rows [first, first + n) of every projection.
static LacSeries *
cut_rows(const LacSeries *series, gsize first, gsize n, GError **error)
{
    LacSeries *cut = lac_series_new(series->n, n, series->nu, series->pixel_size, error);
    if (cut == NULL)
        return NULL;
    for (gsize k = 0; k < series->n; k++)
        memcpy(cut->data + k * n * series->nu,
            lac_series_get_projection(series, k) + first * series->nu,
            n * series->nu * sizeof(float));
    memcpy(cut->angles, series->angles, series->n * sizeof *cut->angles);
    return cut;
}

// The first of WIDTH_ROWS rows that hold the most intensity.
static gsize
brightest_rows(const LacSeries *series, gsize n_rows)
{
    g_autofree double *sums = g_new0(double, series->nv + 1);
    for (gsize v = 0; v < series->nv; v++) {
        double sum = 0.0;
        for (gsize k = 0; k < series->n; k++)
            for (gsize u = 0; u < series->nu; u++) {
                float p = lac_series_get_projection(series, k)[v * series->nu + u];
                sum += isfinite(p) ? (double) p : 0.0;
            }
        sums[v + 1] = sums[v] + sum;
    }
    gsize best = 0;
    for (gsize v = 0; v + n_rows <= series->nv; v++)
        if (sums[v + n_rows] - sums[v] > sums[best + n_rows] - sums[best])
            best = v;
    return best;
}

/**
 * lac_recon_measure_atom_width:
 * @series: projections
 * @progress: (nullable): cancels
 * @width: (out): [voxel] Gaussian width of an atom
 * @error: return location for a #GError
 *
 * Measures the width in a short plain reconstruction of the brightest rows.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled, short of memory, or no atoms are clear
 */
gboolean
lac_recon_measure_atom_width(const LacSeries *series, LacProgress *progress, double *width,
    GError **error)
{
    gsize n_rows = MIN(series->nv, WIDTH_ROWS);
    g_autoptr(LacSeries) rows = cut_rows(series, brightest_rows(series, n_rows), n_rows, error);
    if (rows == NULL)
        return FALSE;
    LacReconParams params = {
        .n_iterations = WIDTH_ITERATIONS,
        .accelerated = TRUE,
        .positivity = TRUE,
    };
    params = resolve_params(&params, rows);
    g_auto(LacReconRun) run = {
        .params = &params,
        .series = rows,
        .full = rows,
        .progress = progress,
        .title = "Measuring the width of atoms:",
        .fraction_share = 0.0,
    };
    struct LacReconState *state = NULL;
    if (!open_run(&run, NULL, error) || !lac_resire_run(&run, NULL, NULL, &state, error))
        return FALSE;
    g_autoptr(LacVolume) volume = make_volume(&run, state->x, error);
    lac_recon_state_free(state);
    if (volume == NULL || !lac_blob_measure_atom_width(volume, width, error))
        return FALSE;
    if (*width > 0.0)
        return TRUE;
    g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "The width of an atom could not be measured, too few atoms are clear: give a blob width");
    return FALSE;
}

// --- the call

static gboolean
is_same_problem(const LacReconParams *a, const LacReconParams *b)
{
    return a->method == b->method && a->accelerated == b->accelerated && a->step == b->step &&
        a->blob_sigma == b->blob_sigma && a->weight_alpha == b->weight_alpha &&
        a->weight_cap == b->weight_cap && a->positivity == b->positivity && a->nx == b->nx &&
        a->ny == b->ny && a->nz == b->nz && a->held_out_every == b->held_out_every;
}

static gboolean
run_method(LacReconRun *run, const LacVolume *initial, const struct LacReconState *state,
    struct LacReconState **new_state, GError **error)
{
    float *start = NULL;
    if (state == NULL && initial != NULL) {
        if (!check_volume_shape(initial, run->params, "initial volume", error))
            return FALSE;
        start = lac_alloc_floats(run->n_volume, error);
        if (start == NULL)
            return FALSE;
        lac_projector_pack_volume(run->projector, initial->data, start);
        for (gsize i = 0; i < run->n_volume; i++)
            start[i] = isfinite(start[i]) ? start[i] : 0.0f;
    }
    gboolean done;
    if (run->params->method == LAC_RECON_WBP)
        done = lac_wbp_run(run, new_state, error);
    else if (run->params->method == LAC_RECON_SIRT)
        done = lac_sirt_run(run, start, state, new_state, error);
    else
        done = lac_resire_run(run, start, state, new_state, error);
    lac_free(start);
    return done;
}

// The curves and snapshots of the run that is resumed.
static void
take_history(LacReconRun *run, const LacRecon *resume)
{
    run->first_iteration = resume->n_iterations;
    run->earlier_seconds = resume->seconds;
    g_array_append_vals(run->r1, resume->r1, resume->n_iterations);
    g_array_append_vals(run->r2, resume->r2, resume->n_iterations);
    for (guint i = 0; i < resume->n_iterations && run->params->held_out_every > 0; i++) {
        double r = resume->r_free != NULL ? resume->r_free[i] : (double) NAN;
        g_array_append_val(run->r_free, r);
    }
    for (guint i = 0; i < resume->snapshots->len; i++) {
        const LacReconSnapshot *old = g_ptr_array_index(resume->snapshots, i);
        LacReconSnapshot *snapshot = g_new(LacReconSnapshot, 1);
        *snapshot = (LacReconSnapshot){ old->iteration, lac_volume_ref(old->volume) };
        g_ptr_array_add(run->snapshots, snapshot);
    }
}

/**
 * lac_recon_run:
 * @series: projections with angles; excluded ones are left out
 * @params: how; the result tells the values that were used
 * @mask: (nullable): voxels that may be other than zero, of the volume's shape
 * @initial: (nullable): volume to start from, of the volume's shape
 * @resume: (nullable): a finished run to go on from; with the same parameters, geometry and mask
 *   the iterates are those of one longer run, otherwise its volume is the start
 * @progress: (nullable): reports, pauses, finishes early, cancels, receives #LacRecon
 * @error: return location for a #GError
 *
 * Reconstructs. The volume has the pixel size of @series; pixels that are not finite take no part.
 *
 * Returns: (transfer full): the result, or %NULL with @error set
 */
LacRecon *
lac_recon_run(const LacSeries *series, const LacReconParams *params, const LacVolume *mask,
    const LacVolume *initial, const LacRecon *resume, LacProgress *progress, GError **error)
{
    if (!check_params(params, error))
        return NULL;
    g_autoptr(LacSeries) included = lac_series_drop_excluded(series, error);
    if (included == NULL)
        return NULL;
    LacReconParams p = resolve_params(params, included);
    if (p.blob_sigma < 0.0) {
        double width;
        if (!lac_recon_measure_atom_width(included, progress, &width, error))
            return NULL;
        p.blob_sigma = MIN(-p.blob_sigma * width, 16.0);
    }
    g_auto(LacReconRun) run = {
        .params = &p,
        .series = included,
        .full = series,
        .progress = progress,
        .title = p.method == LAC_RECON_SIRT ? "SIRT"
            : p.method == LAC_RECON_WBP     ? "WBP"
                                            : "RESIRE",
        .fraction_share = 1.0,
    };
    if (!open_run(&run, mask, error))
        return NULL;
    const struct LacReconState *state = NULL;
    if (resume != NULL) {
        take_history(&run, resume);
        if (resume->state != NULL && is_same_problem(&resume->params, &p) &&
            resume->state->n_volume == run.n_volume && resume->state->n_pixels == run.n_pixels)
            state = resume->state;
        else
            initial = resume->volume;
    }
    struct LacReconState *new_state = NULL;
    if (!run_method(&run, initial, state, &new_state, error))
        return NULL;
    new_state->n_pixels = run.n_pixels;
    g_autoptr(LacVolume) volume = make_volume(&run, new_state->x, error);
    if (volume == NULL) {
        lac_recon_state_free(new_state);
        return NULL;
    }
    LacRecon *recon = make_result(&run, series, volume);
    recon->state = new_state;
    recon->free_state = lac_recon_state_free;
    return recon;
}

/**
 * lac_recon_project:
 * @volume: a volume
 * @geometry: a series whose angles and detector are used
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the projections of @volume as @geometry would see it, or %NULL with
 * @error set
 */
LacSeries *
lac_recon_project(const LacVolume *volume, const LacSeries *geometry, GError **error)
{
    LacProjectorParams params = {
        .nx = volume->nx,
        .ny = volume->ny,
        .nz = volume->nz,
        .nu = geometry->nu,
        .nv = geometry->nv,
        .n = geometry->n,
        .angles = geometry->angles,
    };
    g_autoptr(LacProjector) projector = lac_projector_new(&params, error);
    if (projector == NULL)
        return NULL;
    g_autoptr(LacSeries) out =
        lac_series_new(geometry->n, geometry->nv, geometry->nu, geometry->pixel_size, error);
    if (out == NULL)
        return NULL;
    memcpy(out->angles, geometry->angles, geometry->n * sizeof *out->angles);
    float *packed = lac_alloc_floats(lac_projector_get_volume_size(projector), error);
    float *projections = packed != NULL
        ? lac_alloc_floats(lac_projector_get_projections_size(projector), error)
        : NULL;
    if (projections != NULL) {
        lac_projector_pack_volume(projector, volume->data, packed);
        lac_projector_forward(projector, packed, projections);
        lac_projector_unpack_projections(projector, projections, out->data);
    }
    gboolean done = projections != NULL;
    lac_free(packed);
    lac_free(projections);
    return done ? g_steal_pointer(&out) : NULL;
}
