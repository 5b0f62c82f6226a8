// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/detector-filter.h"

#include "core/array.h"
#include "core/error.h"
#include "core/fft.h"

#include <math.h>

struct LacDetectorFilter {
    LacFft *fft;
    gsize n_spectrum;
    gsize n_models; // 1, or one per projection
    float *models;  // (n_models, n_u, n_v/2+1), the transform's scale included
    float *weights; // (n_u, n_v/2+1), likewise
    gsize n_u, half_v;
    float (*phases)[2]; // (nullable) per projection, of n_u frequencies and of half_v
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

// A sampled spectrum repeats: the frequency in [-1/2, 1/2) that looks the same.
static double
wrap(double f)
{
    return f - floor(f + 0.5);
}

static void
fill_model(const LacDetectorFilterParams *params, LacDetectorShear shear, float *gains)
{
    const gsize n_u = params->n_u, half_v = params->n_v / 2 + 1;
    const double scale = 1.0 / ((double) n_u * (double) params->n_v), s = params->blob_sigma;
    for (gsize i = 0; i < n_u; i++) {
        double fu = wrap((double) i / (double) n_u);
        for (gsize j = 0; j < half_v; j++) {
            double fv = (double) j / (double) params->n_v;
            double fb = wrap(fv + shear.tau * fu), fa = wrap(fu + shear.mu * fb);
            double model = exp(-2.0 * G_PI * G_PI * s * s * (fu * fu + fv * fv)) / sinc4(fa);
            gains[i * half_v + j] =
                (float) (scale * (params->spline_v ? model / sinc4(fb) : model));
        }
    }
}

static void
fill_weight(const LacDetectorFilterParams *params, float *gains)
{
    const gsize n_u = params->n_u, half_v = params->n_v / 2 + 1;
    const double scale = 1.0 / ((double) n_u * (double) params->n_v);
    for (gsize i = 0; i < n_u; i++)
        for (gsize j = 0; j < half_v; j++)
            gains[i * half_v + j] = (float) (scale *
                weight(params, wrap((double) i / (double) n_u), (double) j / (double) params->n_v));
}

// What a shift [pixel] does to frequency f of n. That of the last frequency of an even number is the
// mean over both its signs, so that what was real stays real.
static void
set_phase(double shift, gsize f, gsize n, float phase[2])
{
    double turn = -2.0 * G_PI * shift * wrap((double) f / (double) n);
    phase[0] = (float) cos(turn);
    phase[1] = 2 * f == n ? 0.0f : (float) sin(turn);
}

static void
fill_phases(LacDetectorFilter *self, const LacDetectorFilterParams *params)
{
    self->phases = g_malloc0_n(params->n_shifts * (self->n_u + self->half_v), sizeof *self->phases);
    for (gsize k = 0; k < params->n_shifts; k++) {
        float(*phases)[2] = self->phases + k * (self->n_u + self->half_v);
        for (gsize i = 0; i < self->n_u; i++)
            set_phase(params->shifts[k].du, i, self->n_u, phases[i]);
        for (gsize j = 0; j < self->half_v; j++)
            set_phase(params->shifts[k].dv, j, params->n_v, phases[self->n_u + j]);
    }
}

/**
 * lac_detector_filter_new:
 * @params: extents of the padded detector, blob and weight
 * @error: return location for a #GError
 *
 * Prepares the model H(fu, fv) = exp(-2 pi^2 s^2 |f|^2) / sinc(fa)^4 [/ sinc(fb)^4] and the weight
 * W(fu, fv). fa and fb are the frequencies along the coordinates of the splat, fu and fv themselves
 * without shear. Both are real and even, so applying one is its own transpose; but for a shift, by
 * which the model is multiplied with exp(-2 pi i (fu du + fv dv)).
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
    self->n_u = params->n_u;
    self->half_v = params->n_v / 2 + 1;
    self->n_models = MAX(params->n_shears, 1);
    self->models = lac_alloc_floats(self->n_models * self->n_spectrum, error);
    self->weights = self->models != NULL ? lac_alloc_floats(self->n_spectrum, error) : NULL;
    if (self->weights == NULL)
        return NULL;
    for (gsize k = 0; k < self->n_models; k++)
        fill_model(params, params->n_shears > 0 ? params->shears[k] : (LacDetectorShear){ 0 },
            self->models + k * self->n_spectrum);
    fill_weight(params, self->weights);
    if (params->n_shifts > 0)
        fill_phases(self, params);
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
    lac_free(self->models);
    lac_free(self->weights);
    g_free(self->phases);
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

static void
turn_phases(const LacDetectorFilter *self, gsize k, float sense, float (*spectrum)[2])
{
    const float(*restrict phase_u)[2] =
        (const float(*)[2]) self->phases + k * (self->n_u + self->half_v);
    const float(*restrict phase_v)[2] = phase_u + self->n_u;
    for (gsize i = 0; i < self->n_u; i++) {
        const float c = phase_u[i][0], s = phase_u[i][1];
        float(*restrict row)[2] = spectrum + i * self->half_v;
        for (gsize j = 0; j < self->half_v; j++) {
            float re = c * phase_v[j][0] - s * phase_v[j][1];
            float im = sense * (c * phase_v[j][1] + s * phase_v[j][0]);
            float a = row[j][0], b = row[j][1];
            row[j][0] = a * re - b * im;
            row[j][1] = a * im + b * re;
        }
    }
}

/**
 * lac_detector_filter_apply:
 * @self: a filter
 * @gain: which one
 * @k: which projection, for the model of a sheared splat and the shift
 * @image: (n_u, n_v), filtered in place; 64-byte aligned
 * @spectrum: scratch, 64-byte aligned
 */
void
lac_detector_filter_apply(const LacDetectorFilter *self, LacFilterGain gain, gsize k, float *image,
    float (*spectrum)[2])
{
    gsize model = self->n_models > 1 ? k : 0;
    const float *restrict gains =
        gain == LAC_FILTER_WEIGHT ? self->weights : self->models + model * self->n_spectrum;
    lac_fft_forward(self->fft, image, spectrum);
    for (gsize i = 0; i < self->n_spectrum; i++) {
        spectrum[i][0] *= gains[i];
        spectrum[i][1] *= gains[i];
    }
    if (self->phases != NULL && gain != LAC_FILTER_WEIGHT)
        turn_phases(self, k, gain == LAC_FILTER_MODEL ? 1.0f : -1.0f, spectrum);
    lac_fft_inverse(self->fft, spectrum, image);
}
