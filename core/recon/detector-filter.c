// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/detector-filter.h"

#include "core/array.h"
#include "core/error.h"
#include "core/fft.h"

#include <math.h>

struct LacDetectorFilter {
    LacFft *fft;
    gsize n_spectrum;
    float *gains[2]; // by LacFilterGain, (n_u, n_v/2+1), the transform's scale included
};

static double
sinc4(double f)
{
    if (f == 0.0)
        return 1.0;
    double s = sin(G_PI * f) / (G_PI * f);
    return s * s * s * s;
}

// W(fu, fv) = (sqrt(fu^2 + f0^2) / 0.5)^alpha / (exp(-4 pi^2 s^2 |f|^2) + 1 / cap)
static double
weight(const LacDetectorFilterParams *params, double fu, double fv)
{
    if (params->weight_cap <= 0.0)
        return 1.0;
    double ramp = sqrt(fu * fu + params->ramp_floor * params->ramp_floor) / 0.5;
    double s = params->blob_sigma;
    double blob = exp(-4.0 * G_PI * G_PI * s * s * (fu * fu + fv * fv));
    return pow(ramp, params->weight_alpha) / (blob + 1.0 / params->weight_cap);
}

static void
fill_gains(const LacDetectorFilter *self, const LacDetectorFilterParams *params)
{
    const gsize n_u = params->n_u, half_v = params->n_v / 2 + 1;
    const double scale = 1.0 / ((double) n_u * (double) params->n_v), s = params->blob_sigma;
    for (gsize i = 0; i < n_u; i++) {
        double fu = ((double) i - (i > n_u / 2 ? (double) n_u : 0.0)) / (double) n_u;
        for (gsize j = 0; j < half_v; j++) {
            double fv = (double) j / (double) params->n_v;
            double model = exp(-2.0 * G_PI * G_PI * s * s * (fu * fu + fv * fv)) / sinc4(fu);
            if (params->spline_v)
                model /= sinc4(fv);
            self->gains[LAC_FILTER_MODEL][i * half_v + j] = (float) (scale * model);
            self->gains[LAC_FILTER_WEIGHT][i * half_v + j] =
                (float) (scale * weight(params, fu, fv));
        }
    }
}

/**
 * lac_detector_filter_new:
 * @params: extents of the padded detector, blob and weight
 * @error: return location for a #GError
 *
 * Prepares the model H(fu, fv) = exp(-2 pi^2 s^2 |f|^2) / sinc(fu)^4 [/ sinc(fv)^4] and the weight
 * W(fu, fv). Both are real and even, so applying one is its own transpose.
 *
 * Returns: (transfer full): the filter, or %NULL with @error set
 */
LacDetectorFilter *
lac_detector_filter_new(const LacDetectorFilterParams *params, GError **error)
{
    g_autoptr(LacDetectorFilter) self = g_new0(LacDetectorFilter, 1);
    self->fft = lac_fft_new(1, params->n_u, params->n_v);
    if (self->fft == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "No Fourier transform of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " could be planned",
            params->n_u, params->n_v);
        return NULL;
    }
    self->n_spectrum = lac_fft_get_spectrum_size(self->fft);
    for (int i = 0; i < 2; i++) {
        self->gains[i] = lac_alloc_floats(self->n_spectrum, error);
        if (self->gains[i] == NULL)
            return NULL;
    }
    fill_gains(self, params);
    return g_steal_pointer(&self);
}

/**
 * lac_detector_filter_free:
 * @self: (nullable) (transfer full): a filter
 */
void
lac_detector_filter_free(LacDetectorFilter *self)
{
    if (self == NULL)
        return;
    lac_fft_free(self->fft);
    lac_free(self->gains[0]);
    lac_free(self->gains[1]);
    g_free(self);
}

/**
 * lac_detector_filter_get_spectrum_size:
 * @self: a filter
 *
 * Returns: number of complex values that lac_detector_filter_apply() needs as scratch
 */
gsize
lac_detector_filter_get_spectrum_size(const LacDetectorFilter *self)
{
    return self->n_spectrum;
}

/**
 * lac_detector_filter_apply:
 * @self: a filter
 * @gain: which of the two
 * @image: (n_u, n_v), filtered in place; 64-byte aligned
 * @spectrum: scratch, 64-byte aligned
 */
void
lac_detector_filter_apply(const LacDetectorFilter *self, LacFilterGain gain, float *image,
    float (*spectrum)[2])
{
    const float *restrict gains = self->gains[gain];
    lac_fft_forward(self->fft, image, spectrum);
    for (gsize i = 0; i < self->n_spectrum; i++) {
        spectrum[i][0] *= gains[i];
        spectrum[i][1] *= gains[i];
    }
    lac_fft_inverse(self->fft, spectrum, image);
}
