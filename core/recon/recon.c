// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/recon.h"

#include "core/error.h"
#include "core/recon/blob.h"
#include "core/recon/recon-private.h"
#include "core/vec.h"

#include <math.h>
#include <string.h>

#define WIDTH_ITERATIONS 20 // of the plain reconstruction that the atom width is measured in
#define WIDTH_ROWS       48 // of that reconstruction
#define MIN_HALF         8  // projections

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
    memcpy(cut->shifts, series->shifts, series->n * sizeof *cut->shifts);
    memcpy(cut->gains, series->gains, series->n * sizeof *cut->gains);
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

// By how many rows what lies in one slice of the object spreads in the projections.
static gsize
measure_lean(const LacSeries *series)
{
    double most = 0.0;
    for (gsize k = 0; k < series->n; k++) {
        const LacAngles *a = &series->angles[k];
        LacMat3 r = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
        most = MAX(most, hypot(r.m[1][0], r.m[1][2]));
    }
    return (gsize) ceil(0.5 * most * (double) series->nu);
}

// From every other projection of @series, or from all where half of them would show no atoms.
static LacVolume *
reconstruct_half(const LacSeries *series, const LacReconParams *params, gsize first,
    LacProgress *progress, GError **error)
{
    g_autoptr(LacSeries) marked = lac_series_copy(series);
    for (gsize k = 0; k < marked->n; k++)
        marked->excluded[k] = marked->n >= 2 * MIN_HALF && k % 2 != first;
    g_autoptr(LacSeries) half = lac_series_drop_excluded(marked, error);
    if (half == NULL)
        return NULL;
    g_auto(LacReconRun) run = {
        .params = params,
        .series = half,
        .full = half,
        .progress = progress,
        .title = "Measuring the width of atoms:",
        .fraction_share = 0.0,
    };
    struct LacReconState *state = NULL;
    if (!lac_recon_run_open(&run, NULL, error) || !lac_resire_run(&run, NULL, NULL, &state, error))
        return NULL;
    LacVolume *volume = lac_recon_run_make_volume(&run, state->x, error);
    lac_recon_state_free(state);
    return volume;
}

/**
 * lac_recon_measure_atom_width:
 * @series: projections
 * @progress: (nullable): cancels
 * @width: (out): [voxel] Gaussian width of an atom
 * @error: return location for a #GError
 *
 * Measures the width in short plain reconstructions of the brightest rows, one from every other
 * projection and one from the rest, so that noise can be told from atoms.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled, short of memory, or no atoms are clear
 */
gboolean
lac_recon_measure_atom_width(const LacSeries *series, LacProgress *progress, double *width,
    GError **error)
{
    // Where slices lean, rows are not told apart: more of them, about the centre of rotation.
    gboolean is_upright = lac_series_is_single_axis(series);
    gsize lean = is_upright ? 0 : measure_lean(series);
    gsize n_rows = MIN(series->nv, WIDTH_ROWS + 2 * lean);
    gsize first = is_upright ? brightest_rows(series, n_rows) : series->nv / 2 - n_rows / 2;
    g_autoptr(LacSeries) rows = cut_rows(series, first, n_rows, error);
    if (rows == NULL)
        return FALSE;
    LacReconParams params = {
        .n_iterations = WIDTH_ITERATIONS,
        .accelerated = TRUE,
        .positivity = TRUE,
    };
    params = lac_recon_params_resolve(&params, rows);
    g_autoptr(LacVolume) even = reconstruct_half(rows, &params, 0, progress, error);
    if (even == NULL)
        return FALSE;
    g_autoptr(LacVolume) odd = reconstruct_half(rows, &params, 1, progress, error);
    if (odd == NULL || !lac_blob_measure_atom_width(even, odd, width, error))
        return FALSE;
    if (*width > 0.0)
        return TRUE;
    g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "The width of an atom could not be measured, too few atoms are clear: align shifts and "
        "angles first, or give a blob width");
    return FALSE;
}

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
        if (!lac_recon_check_volume_shape(initial, run->params, "initial volume", error))
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
        // Another series may have another number of projections.
        gboolean same = resume->n_projections == run->full->n;
        g_ptr_array_add(run->snapshots,
            lac_recon_snapshot_new(old->iteration, old->volume, same ? old->projection_r1 : NULL,
                same ? old->projection_r2 : NULL, run->full->n));
    }
}

/**
 * lac_recon_run:
 * @series: projections with angles; excluded ones are left out
 * @params: how; the result tells the values that were used
 * @mask: (nullable): voxels that may be other than zero, of the volume's shape
 * @initial: (nullable): volume to start from, of the volume's shape
 * @resume: (nullable): a finished run to go on from; with the same parameters, geometry and mask
 *   the iterates are those of one longer run; loaded from a file it goes on from its coefficients
 *   with new momentum, and with another blob from its volume
 * @progress: (nullable): reports, pauses, finishes early, cancels, receives #LacRecon
 * @error: return location for a #GError
 *
 * Reconstructs. The volume has the pixel size of @series; pixels that are not finite take no part.
 * Projections are divided by their gains, as R1 and R2 are of what that leaves.
 *
 * Returns: (transfer full): the result, or %NULL with @error set
 */
LacRecon *
lac_recon_run(const LacSeries *series, const LacReconParams *params, const LacVolume *mask,
    const LacVolume *initial, const LacRecon *resume, LacProgress *progress, GError **error)
{
    if (!lac_recon_params_check(params, error))
        return NULL;
    g_autoptr(LacSeries) as_bright = lac_series_drop_excluded(series, error);
    g_autoptr(LacSeries) included =
        as_bright != NULL ? lac_series_equalise(as_bright, error) : NULL;
    if (included == NULL)
        return NULL;
    LacReconParams p = lac_recon_params_resolve(params, included);
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
    if (!lac_recon_run_open(&run, mask, error))
        return NULL;
    const struct LacReconState *state = NULL;
    if (resume != NULL) {
        take_history(&run, resume);
        if (resume->state != NULL && is_same_problem(&resume->params, &p) &&
            resume->state->n_volume == run.n_volume && resume->state->n_pixels == run.n_pixels)
            state = resume->state;
        else if (resume->coefficients != NULL && resume->params.blob_sigma == p.blob_sigma)
            initial = resume->coefficients;
        else
            initial = resume->volume;
    }
    struct LacReconState *new_state = NULL;
    if (!run_method(&run, initial, state, &new_state, error))
        return NULL;
    new_state->n_pixels = run.n_pixels;
    g_autoptr(LacVolume) coefficients = NULL;
    g_autoptr(LacVolume) volume = lac_recon_run_make_volume(&run, new_state->x, error);
    if (volume != NULL && p.blob_sigma > 0.0)
        coefficients = lac_recon_run_unpack(&run, new_state->x, error);
    if (volume == NULL || (p.blob_sigma > 0.0 && coefficients == NULL)) {
        lac_recon_state_free(new_state);
        return NULL;
    }
    LacRecon *recon = lac_recon_run_make_result(&run, volume);
    recon->coefficients = g_steal_pointer(&coefficients);
    recon->state = new_state;
    recon->free_state = lac_recon_state_free;
    return recon;
}

// As bright as each projection was measured.
static void
scale_by_gains(LacSeries *series)
{
    const gsize n = series->nv * series->nu;
    for (gsize k = 0; k < series->n; k++) {
        const float gain = (float) series->gains[k];
        for (gsize i = k * n; i < (k + 1) * n; i++)
            series->data[i] *= gain;
    }
}

/**
 * lac_recon_project:
 * @volume: a volume
 * @geometry: a series whose angles, shifts and detector are used
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
        .shifts = lac_series_is_shifted(geometry) ? geometry->shifts : NULL,
    };
    g_autoptr(LacProjector) projector = lac_projector_new(&params, error);
    if (projector == NULL)
        return NULL;
    g_autoptr(LacSeries) out =
        lac_series_new(geometry->n, geometry->nv, geometry->nu, geometry->pixel_size, error);
    if (out == NULL)
        return NULL;
    memcpy(out->angles, geometry->angles, geometry->n * sizeof *out->angles);
    memcpy(out->shifts, geometry->shifts, geometry->n * sizeof *out->shifts);
    memcpy(out->gains, geometry->gains, geometry->n * sizeof *out->gains);
    float *packed = lac_alloc_floats(lac_projector_get_volume_size(projector), error);
    float *projections = packed != NULL
        ? lac_alloc_floats(lac_projector_get_projections_size(projector), error)
        : NULL;
    if (projections != NULL) {
        lac_projector_pack_volume(projector, volume->data, packed);
        lac_projector_forward(projector, packed, projections);
        lac_projector_unpack_projections(projector, projections, out->data);
        scale_by_gains(out);
    }
    gboolean done = projections != NULL;
    lac_free(packed);
    lac_free(projections);
    return done ? g_steal_pointer(&out) : NULL;
}
