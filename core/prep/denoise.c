// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/denoise.h"

#include "core/error.h"
#include "core/parallel.h"
#include "core/prep/anscombe.h"
#include "core/prep/bm3d.h"
#include "core/prep/smooth.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define TAIL 1000 // one pixel in so many may be darker, and brighter, than the range of a picture

// --- one projection

// Copies the projection; what is not finite is filled from around.
static gboolean
copy_finite(const float *in, gsize nv, gsize nu, float *out, gsize *n_bad, GError **error)
{
    gsize n = nv * nu;
    *n_bad = 0;
    for (gsize i = 0; i < n; i++)
        *n_bad += isfinite(in[i]) ? 0 : 1;
    memcpy(out, in, n * sizeof *out);
    if (*n_bad == 0)
        return TRUE;
    guint8 *bad = lac_alloc(n, 1, error);
    for (gsize i = 0; bad != NULL && i < n; i++)
        if (!isfinite(in[i]))
            bad[i] = 1;
    gboolean good = bad != NULL && lac_harmonic_fill(out, bad, nv, nu, out, error);
    lac_free(bad);
    return good;
}

static int
compare_floats(gconstpointer a, gconstpointer b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return (x > y) - (x < y);
}

// From dark to bright, without the few pixels that are neither; at least the noise, which is 1.
static gboolean
find_range(const float *image, gsize n, double *range, GError **error)
{
    float *sorted = lac_alloc_floats(n, error);
    if (sorted == NULL)
        return FALSE;
    memcpy(sorted, image, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_floats);
    *range = fmax((double) sorted[n - 1 - n / TAIL] - (double) sorted[n / TAIL], 1.0);
    lac_free(sorted);
    return TRUE;
}

// BM3D or non-local means between the transform that makes the noise 1 everywhere and its inverse.
static gboolean
filter_stabilised(const float *in, gsize nv, gsize nu, const LacDenoiseParams *params,
    const LacNoise *noise, float *out, LacPrepSpan span, GError **error)
{
    gsize n = nv * nu;
    g_autoptr(LacAnscombe) anscombe = lac_anscombe_new(noise);
    float *stable = lac_alloc_floats(n, error);
    if (stable == NULL)
        return FALSE;
    lac_anscombe_forward(anscombe, in, n, stable);
    double range;
    gboolean good = find_range(stable, n, &range, error);
    if (good && params->method == LAC_DENOISE_BM3D)
        good = lac_bm3d(stable, nv, nu, params->strength, range, out, span, error);
    else if (good)
        good = lac_nlm(stable, nv, nu, params->strength, range, out, span, error);
    if (good)
        lac_anscombe_inverse(anscombe, out, n, out);
    lac_free(stable);
    return good;
}

static gboolean
filter(const float *in, gsize nv, gsize nu, const LacDenoiseParams *params, const LacNoise *noise,
    float *out, LacPrepSpan span, GError **error)
{
    gboolean is_noisy = noise->gain > 0.0 || noise->read_noise > 0.0;
    if (params->method == LAC_DENOISE_GAUSSIAN)
        return lac_gaussian(in, nv, nu, params->width, out, error);
    if (params->method != LAC_DENOISE_NONE && is_noisy)
        return filter_stabilised(in, nv, nu, params, noise, out, span, error);
    memcpy(out, in, nv * nu * sizeof *out);
    return TRUE;
}

static gboolean
subtract_background(float *image, gsize nv, gsize nu, LacBehind kind, const guint8 *mask,
    LacDenoiseInfo *info, GError **error)
{
    gsize n = nv * nu;
    float *background = lac_alloc_floats(n, error);
    if (background == NULL)
        return FALSE;
    if (kind == LAC_BEHIND_LAPLACE) {
        if (!lac_harmonic_fill(image, mask, nv, nu, background, error)) {
            lac_free(background);
            return FALSE;
        }
    }
    else {
        double sum = 0.0;
        for (gsize i = 0; i < n; i++)
            sum += mask[i] ? 0.0 : (double) image[i];
        double mean = info->n_mask < n ? sum / (double) (n - info->n_mask) : 0.0;
        for (gsize i = 0; i < n; i++)
            background[i] = (float) mean;
    }
    double inside = 0.0;
    for (gsize i = 0; i < n; i++) {
        inside += mask[i] ? (double) background[i] : 0.0;
        image[i] -= background[i];
    }
    info->background = info->n_mask > 0 ? inside / (double) info->n_mask : 0.0;
    lac_free(background);
    return TRUE;
}

// Finds the mask if one is needed and none is given; without any, all is inside.
static gboolean
make_mask(const float *image, gsize nv, gsize nu, const LacDenoiseParams *params,
    const LacDenoiseMask *mask, LacDenoiseInfo *info, GError **error)
{
    gsize n = nv * nu;
    gboolean is_needed = params->background != LAC_BEHIND_NONE || params->normalise;
    if (!mask->is_given && !is_needed)
        memset(mask->pixels, 1, n);
    if (!mask->is_given && is_needed) {
        guint8 *found = lac_mask_find(image, nv, nu, &params->mask, &info->threshold, error);
        if (found == NULL)
            return FALSE;
        memcpy(mask->pixels, found, n);
        lac_free(found);
        lac_mask_strokes_draw(mask->strokes, mask->projection, mask->pixels, nv, nu);
    }
    info->n_mask = 0;
    for (gsize i = 0; i < n; i++)
        info->n_mask += mask->pixels[i] != 0;
    return TRUE;
}

/**
 * lac_denoise_projection:
 * @in: intensities (nv, nu) as measured
 * @nv: rows
 * @nu: columns
 * @params: how; checked by lac_denoise_params_check()
 * @mask: where the particle is; 1 everywhere when it is not given and neither background nor
 *   normalisation needs one
 * @out: (out caller-allocates): (nv, nu), not @in itself; undefined on failure
 * @info: (out): what was found; no normalisation is done here
 * @span: of the progress that is told the fraction done
 * @error: return location for a #GError
 *
 * Fills what is not finite, estimates the noise, filters, finds the particle and subtracts the
 * background.
 *
 * Returns: %TRUE, or %FALSE with @error set when memory is short or the work was cancelled
 */
gboolean
lac_denoise_projection(const float *in, gsize nv, gsize nu, const LacDenoiseParams *params,
    const LacDenoiseMask *mask, float *out, LacDenoiseInfo *info, LacPrepSpan span, GError **error)
{
    gsize n = nv * nu;
    *info = (LacDenoiseInfo){ .threshold = (double) NAN, .factor = 1.0 };
    float *finite = lac_alloc_floats(n, error);
    gboolean good = finite != NULL && copy_finite(in, nv, nu, finite, &info->n_bad, error);
    if (good) {
        info->noise = params->estimate ? lac_noise_estimate(in, nv, nu) : params->noise;
        info->sigma = lac_noise_get_rms(&info->noise, finite, n);
        good = filter(finite, nv, nu, params, &info->noise, out, span, error);
    }
    double squares = 0.0;
    for (gsize i = 0; good && i < n; i++)
        squares += ((double) finite[i] - (double) out[i]) * ((double) finite[i] - (double) out[i]);
    info->removed = sqrt(squares / (double) n);
    lac_free(finite);
    good = good && make_mask(out, nv, nu, params, mask, info, error);
    if (good && params->background != LAC_BEHIND_NONE)
        good = subtract_background(out, nv, nu, params->background, mask->pixels, info, error);
    for (gsize i = 0; good && i < n; i++)
        info->total += mask->pixels[i] ? (double) out[i] : 0.0;
    return good;
}

// --- all of them

typedef struct {
    const LacSeries *series, *masks;
    const LacMaskStrokes *strokes;
    const LacDenoiseParams *params;
    LacSeries *out;
    LacDenoiseInfo *info;
    LacProgress *progress;
    pthread_mutex_t lock; // that the thread sanitizer knows
    gsize n_done;
    GError *failure;
} Work;

static gboolean
denoise_one(Work *w, gsize k, LacPrepSpan span, GError **error)
{
    gsize n = w->series->nv * w->series->nu;
    guint8 *mask = lac_alloc(n, 1, error);
    if (mask == NULL)
        return FALSE;
    for (gsize i = 0; w->masks != NULL && i < n; i++)
        mask[i] = lac_series_get_projection(w->masks, w->masks->n > 1 ? k : 0)[i] > 0.5F;
    LacDenoiseMask where = { .pixels = mask,
        .is_given = w->masks != NULL,
        .strokes = w->strokes,
        .projection = (guint) k };
    gboolean good = lac_denoise_projection(lac_series_get_projection(w->series, k), w->series->nv,
        w->series->nu, w->params, &where, w->out->data + k * n, w->info + k, span, error);
    lac_free(mask);
    return good;
}

static void
denoise_some(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Work *w = data;
    for (gsize k = begin; k < end; k++) {
        pthread_mutex_lock(&w->lock);
        gboolean failed = w->failure != NULL;
        pthread_mutex_unlock(&w->lock);
        if (failed)
            return;
        g_autoptr(GError) error = NULL;
        gboolean good = denoise_one(w, k, (LacPrepSpan){ w->progress, 0.0, 0.0 }, &error);
        pthread_mutex_lock(&w->lock);
        w->n_done++;
        if (good && w->failure == NULL) {
            lac_progress_message(w->progress,
                "Denoising: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " projections", w->n_done,
                w->series->n);
            lac_progress_update(w->progress, (double) w->n_done / (double) w->series->n, &error);
        }
        if (error != NULL && w->failure == NULL)
            w->failure = g_steal_pointer(&error);
        pthread_mutex_unlock(&w->lock);
    }
}

// Excluded projections get the common sum too but have no part in it.
static gboolean
normalise(Work *w, GError **error)
{
    double sum = 0.0;
    gsize n_included = 0, n = w->series->nv * w->series->nu;
    for (gsize k = 0; k < w->series->n; k++) {
        if (w->series->excluded[k])
            continue;
        if (!(w->info[k].total > 0.0)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
                "Projection %" G_GSIZE_FORMAT " has no intensity inside its mask (%g), "
                "so that it cannot be normalised",
                k + 1, w->info[k].total);
            return FALSE;
        }
        sum += w->info[k].total;
        n_included++;
    }
    for (gsize k = 0; n_included > 0 && k < w->series->n; k++) {
        if (!(w->info[k].total > 0.0))
            continue;
        w->info[k].factor = sum / (double) n_included / w->info[k].total;
        float *pixels = w->out->data + k * n;
        for (gsize i = 0; i < n; i++)
            pixels[i] *= (float) w->info[k].factor;
        w->out->gains[k] = 1.0;
    }
    return TRUE;
}

static gboolean
check_masks(const LacSeries *series, const LacSeries *masks, GError **error)
{
    if (masks == NULL ||
        ((masks->n == series->n || masks->n == 1) && masks->nv == series->nv &&
            masks->nu == series->nu))
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
        "The masks are %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
        " pixels, the projections %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT,
        masks->n, masks->nv, masks->nu, series->n, series->nv, series->nu);
    return FALSE;
}

/**
 * lac_denoise_series:
 * @series: projections as measured
 * @params: how
 * @masks: (nullable): above 0.5 where the particle is, for each projection or one for all; %NULL:
 *   found in each
 * @strokes: (nullable): by hand, over the masks that are found
 * @progress: (nullable): told the fraction done
 * @error: return location for a #GError
 *
 * Does lac_denoise_projection() to all projections and normalises them. Angles, shifts, exclusions
 * and name stay. The result does not depend on the number of threads.
 *
 * Returns: (transfer full): the new series and what was found, or %NULL with @error set when a
 *   parameter is out of range, the masks do not fit, a projection has nothing to be normalised,
 *   memory is short or the work was cancelled
 */
LacDenoised *
lac_denoise_series(const LacSeries *series, const LacDenoiseParams *params, const LacSeries *masks,
    const LacMaskStrokes *strokes, LacProgress *progress, GError **error)
{
    if (!lac_denoise_params_check(params, error) || !check_masks(series, masks, error))
        return NULL;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(series->n * series->nv * series->nu, error);
    if (buffer == NULL)
        return NULL;
    g_autoptr(LacDenoised) self = g_new0(LacDenoised, 1);
    self->info = g_new0(LacDenoiseInfo, series->n);
    self->series = lac_series_with_buffer(series, buffer, error);
    g_assert(self->series != NULL);
    Work work = { .series = series,
        .masks = masks,
        .strokes = strokes,
        .params = params,
        .out = self->series,
        .info = self->info,
        .progress = progress };
    pthread_mutex_init(&work.lock, NULL);
    if (series->n == 1)
        denoise_one(&work, 0, (LacPrepSpan){ progress, 0.0, 1.0 }, &work.failure);
    else
        lac_parallel_for(series->n, 1, denoise_some, &work);
    pthread_mutex_destroy(&work.lock);
    if (work.failure != NULL) {
        g_propagate_error(error, work.failure);
        return NULL;
    }
    self->is_normalised = params->normalise;
    return !params->normalise || normalise(&work, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_denoised_dup_measured:
 * @self: a result
 * @measured: what it was made from
 *
 * Returns: (transfer full): @measured with the gains that a normalisation found, if there was one:
 * its total by the mean of all
 */
LacSeries *
lac_denoised_dup_measured(const LacDenoised *self, const LacSeries *measured)
{
    LacSeries *copy = lac_series_copy(measured);
    for (gsize k = 0; k < copy->n && self->is_normalised; k++)
        if (self->info[k].factor > 0.0)
            copy->gains[k] = CLAMP(1.0 / self->info[k].factor, LAC_GAIN_MIN, LAC_GAIN_MAX);
    return copy;
}

/**
 * lac_denoised_free:
 * @self: (nullable) (transfer full): a result; its reference of the series is given up
 */
void
lac_denoised_free(LacDenoised *self)
{
    if (self == NULL)
        return;
    lac_series_unref(self->series);
    g_free(self->info);
    g_free(self);
}
