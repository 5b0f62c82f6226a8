// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/denoise-preview.h"

/**
 * lac_denoise_request_new:
 * @measured: projections as measured; a reference is taken
 * @projection: which one
 * @params: how
 * @strokes: (nullable): by hand, over the mask; a reference is taken
 *
 * Returns: (transfer full): a request for lac_denoise_preview_run()
 */
LacDenoiseRequest *
lac_denoise_request_new(LacSeries *measured, guint projection, const LacDenoiseParams *params,
    LacMaskStrokes *strokes)
{
    LacDenoiseRequest *self = g_new0(LacDenoiseRequest, 1);
    self->measured = lac_series_ref(measured);
    self->projection = projection;
    self->params = *params;
    self->strokes = strokes != NULL ? lac_mask_strokes_ref(strokes) : NULL;
    return self;
}

/**
 * lac_denoise_request_free:
 * @request: (transfer full): a #LacDenoiseRequest
 */
void
lac_denoise_request_free(gpointer request)
{
    LacDenoiseRequest *self = request;
    lac_series_unref(self->measured);
    lac_mask_strokes_unref(self->strokes);
    g_free(self);
}

/**
 * lac_denoise_preview_unref:
 * @preview: (nullable) (transfer full): a #LacDenoisePreview
 */
void
lac_denoise_preview_unref(gpointer preview)
{
    LacDenoisePreview *self = preview;
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    if (self->image != NULL)
        lac_buffer_unref(self->image);
    lac_free(self->mask);
    g_free(self);
}

/**
 * lac_denoise_preview_run:
 * @progress: told the fraction done
 * @request: (transfer none): a #LacDenoiseRequest
 * @error: return location for a #GError
 *
 * Prepares one projection, but for the normalisation, which needs all of them.
 *
 * Returns: (transfer full): a #LacDenoisePreview, or %NULL with @error set
 */
gpointer
lac_denoise_preview_run(LacProgress *progress, gpointer request, GError **error)
{
    const LacDenoiseRequest *r = request;
    const gsize nv = r->measured->nv, nu = r->measured->nu;
    if (!lac_denoise_params_check(&r->params, error))
        return NULL;
    LacDenoisePreview *self = g_new0(LacDenoisePreview, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->projection = r->projection;
    self->image = lac_buffer_new(nv * nu, error);
    self->mask = self->image != NULL ? lac_alloc(nv * nu, 1, error) : NULL;
    LacDenoiseMask mask = { .pixels = self->mask,
        .strokes = r->strokes,
        .projection = r->projection };
    LacPrepSpan span = { .progress = progress, .from = 0.0, .to = 1.0 };
    if (self->mask == NULL ||
        !lac_denoise_projection(lac_series_get_projection(r->measured, r->projection), nv, nu,
            &r->params, &mask, self->image->data, &self->info, span, error)) {
        lac_denoise_preview_unref(self);
        return NULL;
    }
    if (r->params.background == LAC_BEHIND_NONE && !r->params.normalise) {
        lac_free(self->mask);
        self->mask = NULL;
    }
    return self;
}

/**
 * lac_noise_levels_run:
 * @progress: told the fraction done
 * @series: (transfer none): a #LacSeries
 * @error: return location for a #GError
 *
 * Estimates the noise of each projection.
 *
 * Returns: (transfer full) (array): standard deviations [intensity] at the mean intensity, or
 *   %NULL with @error set
 */
gpointer
lac_noise_levels_run(LacProgress *progress, gpointer series, GError **error)
{
    const LacSeries *s = series;
    gsize n = s->nv * s->nu;
    g_autofree double *levels = g_new(double, s->n);
    for (gsize k = 0; k < s->n; k++) {
        const float *image = lac_series_get_projection(s, k);
        LacNoise noise = lac_noise_estimate(image, s->nv, s->nu);
        levels[k] = lac_noise_get_rms(&noise, image, n);
        if (!lac_progress_update(progress, (double) (k + 1) / (double) s->n, error))
            return NULL;
    }
    return g_steal_pointer(&levels);
}
