// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/weight-filter.h"

#include "core/array.h"
#include "core/error.h"
#include "core/fft.h"

#include <math.h>

struct LacWeightFilter {
    LacFft *fft;
    gsize n_spectrum;
    float *gains; // (n_u, n_v/2+1), the transform's scale included
};

static double
weight(const LacWeightFilterParams *params, double fu, double fv)
{
    double ramp = sqrt(fu * fu + params->ramp_floor * params->ramp_floor) / 0.5;
    double s = params->blob_sigma;
    double blob = exp(-4.0 * G_PI * G_PI * s * s * (fu * fu + fv * fv));
    return pow(ramp, params->alpha) / (blob + 1.0 / params->cap);
}

/**
 * lac_weight_filter_new:
 * @params: extents of the padded detector, blob and weight
 * @error: return location for a #GError
 *
 * Prepares W(fu, fv) = (sqrt(fu^2 + f0^2) / 0.5)^alpha / (exp(-4 pi^2 s^2 |f|^2) + 1 / cap). It is
 * real and even, so that applying it is its own transpose.
 *
 * Returns: (transfer full): the filter, or %NULL with @error set
 */
LacWeightFilter *
lac_weight_filter_new(const LacWeightFilterParams *params, GError **error)
{
    const gsize n_u = params->n_u, n_v = params->n_v, half_v = n_v / 2 + 1;
    const double scale = 1.0 / ((double) n_u * (double) n_v);
    g_autoptr(LacWeightFilter) self = g_new0(LacWeightFilter, 1);
    self->fft = lac_fft_new(1, n_u, n_v);
    if (self->fft == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "No Fourier transform of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " could be planned",
            n_u, n_v);
        return NULL;
    }
    self->n_spectrum = lac_fft_get_spectrum_size(self->fft);
    self->gains = lac_alloc_floats(self->n_spectrum, error);
    if (self->gains == NULL)
        return NULL;
    for (gsize i = 0; i < n_u; i++) {
        double fu = (double) MIN(i, n_u - i) / (double) n_u;
        for (gsize j = 0; j < half_v; j++)
            self->gains[i * half_v + j] =
                (float) (scale * weight(params, fu, (double) j / (double) n_v));
    }
    return g_steal_pointer(&self);
}

/**
 * lac_weight_filter_free:
 * @self: (nullable) (transfer full): a filter
 */
void
lac_weight_filter_free(LacWeightFilter *self)
{
    if (self == NULL)
        return;
    lac_fft_free(self->fft);
    lac_free(self->gains);
    g_free(self);
}

/**
 * lac_weight_filter_get_scratch_size:
 * @self: a filter
 *
 * Returns: number of floats that lac_weight_filter_apply() needs as scratch
 */
gsize
lac_weight_filter_get_scratch_size(const LacWeightFilter *self)
{
    return 2 * self->n_spectrum;
}

/**
 * lac_weight_filter_apply:
 * @self: a filter
 * @image: (n_u, n_v), filtered in place; 64-byte aligned
 * @scratch: 64-byte aligned
 */
void
lac_weight_filter_apply(const LacWeightFilter *self, float *image, float *scratch)
{
    const float *restrict gains = self->gains;
    float(*spectrum)[2] = (gpointer) scratch;
    lac_fft_forward(self->fft, image, spectrum);
    for (gsize i = 0; i < self->n_spectrum; i++) {
        spectrum[i][0] *= gains[i];
        spectrum[i][1] *= gains[i];
    }
    lac_fft_inverse(self->fft, spectrum, image);
}
