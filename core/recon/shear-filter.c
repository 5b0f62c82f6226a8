// SPDX-License-Identifier: GPL-3.0-or-later
// A shear shifts every line of the detector by another amount: a phase in the line's spectrum. The
// second shear and the filter share the transforms along u. Those are done for two neighbouring
// rows at once, as the real and the imaginary part of one line; see filter_spectra().
#include "core/recon/shear-filter.h"

#include "core/array.h"
#include "core/error.h"
#include "core/fft.h"

#include <math.h>
#include <string.h>

#define TURNS 16 // values whose phases follow from one of them

struct LacShearFilter {
    LacShearFilterParams params;
    LacDetectorShear *shears; // n
    LacFft *fft_line;         // of one real line along v
    LacFftLines *fft_row;     // of one complex line along v
    LacFftLines *fft_pairs;   // along u, of all pairs of rows
    float *gains;             // (n, n_u/2+1, n_v), the transforms' scale included
};

static double
sinc4(double f)
{
    if (f == 0.0)
        return 1.0;
    double s = sin(G_PI * f) / (G_PI * f);
    return s * s * s * s;
}

// A sampled spectrum repeats: the frequency in [-1/2, 1/2) that looks the same.
static double
wrap(double f)
{
    return f - floor(f + 0.5);
}

static void
fill_gains(const LacShearFilterParams *params, LacDetectorShear shear, float *gains)
{
    const gsize n_u = params->n_u, n_v = params->n_v;
    const double scale = 1.0 / ((double) n_u * (double) n_v), s = params->blob_sigma;
    for (gsize i = 0; i <= n_u / 2; i++) {
        double fu = (double) i / (double) n_u;
        for (gsize j = 0; j < n_v; j++) {
            double fv = wrap((double) j / (double) n_v);
            double fb = wrap(fv + shear.tau * fu), fa = wrap(fu + shear.mu * fb);
            double blob = exp(-2.0 * G_PI * G_PI * s * s * (fu * fu + fv * fv));
            gains[i * n_v + j] = (float) (scale * blob / (sinc4(fa) * sinc4(fb)));
        }
    }
}

/**
 * lac_shear_filter_new:
 * @params: extents of the padded detector, shears and blob; copied
 * @error: return location for a #GError
 *
 * Prepares, per projection, H(fu, fv) = exp(-2 pi^2 s^2 |f|^2) / (sinc(fa)^4 sinc(fb)^4). fa and
 * fb are the frequencies along the coordinates of the splat, fu and fv themselves without shear.
 *
 * Returns: (transfer full): the filter, or %NULL with @error set
 */
LacShearFilter *
lac_shear_filter_new(const LacShearFilterParams *params, GError **error)
{
    const gsize n_u = params->n_u, n_v = params->n_v, n_gains = (n_u / 2 + 1) * n_v;
    g_return_val_if_fail(n_u % 2 == 0 && n_v % 2 == 0, NULL);

    g_autoptr(LacShearFilter) self = g_new0(LacShearFilter, 1);
    self->params = *params;
    self->shears = g_memdup2(params->shears, params->n * sizeof *params->shears);
    self->params.shears = self->shears;
    self->fft_line = lac_fft_new_rows(1, n_v);
    self->fft_row = lac_fft_lines_new(n_v, 1, 1, n_v);
    self->fft_pairs = lac_fft_lines_new(n_u, n_v / 2, n_v / 2, 1);
    if (self->fft_line == NULL || self->fft_row == NULL || self->fft_pairs == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "No Fourier transform of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " could be planned",
            n_u, n_v);
        return NULL;
    }
    self->gains = lac_alloc_floats(params->n * n_gains, error);
    if (self->gains == NULL)
        return NULL;
    for (gsize k = 0; k < params->n; k++)
        fill_gains(params, self->shears[k], self->gains + k * n_gains);
    return g_steal_pointer(&self);
}

/**
 * lac_shear_filter_free:
 * @self: (nullable) (transfer full): a filter
 */
void
lac_shear_filter_free(LacShearFilter *self)
{
    if (self == NULL)
        return;
    g_free(self->shears);
    lac_fft_free(self->fft_line);
    lac_fft_lines_free(self->fft_row);
    lac_fft_lines_free(self->fft_pairs);
    lac_free(self->gains);
    g_free(self);
}

// Floats of one line of complex values.
static gsize
line_size(const LacShearFilter *self)
{
    return (2 * self->params.n_v + 31) / 16 * 16;
}

/**
 * lac_shear_filter_get_scratch_size:
 * @self: a filter
 *
 * Returns: number of floats that filtering needs as scratch
 */
gsize
lac_shear_filter_get_scratch_size(const LacShearFilter *self)
{
    return 2 * line_size(self) + (self->params.n_u * self->params.n_v + 15) / 16 * 16;
}

// Multiplies value j by exp(i (first + j step)).
static void
turn(float (*restrict values)[2], gsize n, double first, double step)
{
    float c[TURNS], s[TURNS];
    double re = 1.0, im = 0.0, next;
    for (gsize l = 0; l < TURNS; l++) {
        const double cl = cos(step), sl = sin(step);
        c[l] = (float) re;
        s[l] = (float) im;
        next = re * cl - im * sl;
        im = re * sl + im * cl;
        re = next;
    }
    const double jump_re = re, jump_im = im;
    re = cos(first);
    im = sin(first);
    for (gsize j = 0; j < n; j += TURNS) {
        const float c0 = (float) re, s0 = (float) im;
        const gsize n_l = MIN(TURNS, n - j);
#pragma omp simd
        for (gsize l = 0; l < n_l; l++) {
            const float wr = c0 * c[l] - s0 * s[l], wi = c0 * s[l] + s0 * c[l];
            const float a = values[j + l][0], b = values[j + l][1];
            values[j + l][0] = a * wr - b * wi;
            values[j + l][1] = a * wi + b * wr;
        }
        next = re * jump_re - im * jump_im;
        im = re * jump_im + im * jump_re;
        re = next;
    }
}

// Shifts line u along v by slope (u - centre): out(u, v) = in(u, v - shift).
static void
shear_along_v(const LacShearFilter *self, double slope, float *image, float *scratch)
{
    const LacShearFilterParams *p = &self->params;
    const float scale = 1.0f / (float) p->n_v;
    float *line = scratch;
    float(*spectrum)[2] = (gpointer) (scratch + line_size(self));
    if (slope == 0.0)
        return;
    for (gsize u = 0; u < p->n_u; u++) {
        double shift = slope * ((double) u - (double) p->centre_u);
        for (gsize v = 0; v < p->n_v; v++)
            line[v] = scale * image[u * p->n_v + v];
        lac_fft_forward(self->fft_line, line, spectrum);
        turn(spectrum, p->n_v / 2 + 1, 0.0, -2.0 * G_PI * shift / (double) p->n_v);
        lac_fft_inverse(self->fft_line, spectrum, line);
        memcpy(image + u * p->n_v, line, p->n_v * sizeof(float));
    }
}

// The spectra at one frequency of the rows 2 p and 2 p + 1, whose sum "first + i second" has the
// values @at the frequency and @opposite at the negative one.
static void
part(const float *restrict at, const float *restrict opposite, gsize n_v, float *restrict row)
{
    for (gsize j = 0; j < 2 * n_v; j += 4) {
        const float a = at[j / 2], b = at[j / 2 + 1], c = opposite[j / 2], d = opposite[j / 2 + 1];
        row[j] = 0.5f * (a + c);
        row[j + 1] = 0.5f * (b - d);
        row[j + 2] = 0.5f * (b + d);
        row[j + 3] = 0.5f * (c - a);
    }
}

// Undoes part(); what makes rows complex at a frequency that is its own negative is dropped.
static void
join(const float *restrict row, gsize n_v, float *at, float *opposite)
{
    if (at == opposite) {
        for (gsize j = 0; j < n_v; j++)
            at[j] = row[2 * j];
        return;
    }
    for (gsize j = 0; j < 2 * n_v; j += 4) {
        at[j / 2] = row[j] - row[j + 3];
        at[j / 2 + 1] = row[j + 1] + row[j + 2];
        opposite[j / 2] = row[j] + row[j + 3];
        opposite[j / 2 + 1] = row[j + 2] - row[j + 1];
    }
}

static void
multiply(float (*restrict values)[2], const float *restrict gains, gsize n)
{
    for (gsize j = 0; j < n; j++) {
        values[j][0] *= gains[j];
        values[j][1] *= gains[j];
    }
}

// In the spectra along u, shears by tau and filters, or filters and shears by -tau.
static void
filter_spectra(const LacShearFilter *self, gsize k, gboolean forward, float *pairs, float *scratch)
{
    const LacShearFilterParams *p = &self->params;
    const float *gains = self->gains + k * (p->n_u / 2 + 1) * p->n_v;
    const double tau = forward ? self->shears[k].tau : -self->shears[k].tau;
    float(*row)[2] = (gpointer) scratch;
    float(*spectrum)[2] = (gpointer) (scratch + line_size(self));
    for (gsize f = 0; f <= p->n_u / 2; f++) {
        const double step = -2.0 * G_PI * tau * (double) f / (double) p->n_u;
        const double first = -step * (double) p->centre_v;
        float *at = pairs + f * p->n_v, *opposite = pairs + (f == 0 ? 0 : p->n_u - f) * p->n_v;
        part(at, opposite, p->n_v, scratch);
        if (forward && tau != 0.0)
            turn(row, p->n_v, first, step);
        lac_fft_lines_forward(self->fft_row, row, spectrum);
        multiply(spectrum, gains + f * p->n_v, p->n_v);
        lac_fft_lines_inverse(self->fft_row, spectrum, row);
        if (!forward && tau != 0.0)
            turn(row, p->n_v, first, step);
        join(scratch, p->n_v, at, opposite);
    }
}

static void
filter_along_u(const LacShearFilter *self, gsize k, gboolean forward, float *image, float *scratch)
{
    float *pairs = scratch + 2 * line_size(self);
    lac_fft_lines_forward(self->fft_pairs, (gpointer) image, (gpointer) pairs);
    filter_spectra(self, k, forward, pairs, scratch);
    lac_fft_lines_inverse(self->fft_pairs, (gpointer) pairs, (gpointer) image);
}

/**
 * lac_shear_filter_forward:
 * @self: a filter
 * @k: which projection
 * @image: (n_u, n_v) on the coordinates of the splat, in place to those of the detector; 64-byte
 *   aligned
 * @scratch: 64-byte aligned
 */
void
lac_shear_filter_forward(const LacShearFilter *self, gsize k, float *image, float *scratch)
{
    shear_along_v(self, self->shears[k].mu, image, scratch);
    filter_along_u(self, k, TRUE, image, scratch);
}

/**
 * lac_shear_filter_adjoint:
 * @self: a filter
 * @k: which projection
 * @image: (n_u, n_v), in place; 64-byte aligned
 * @scratch: 64-byte aligned
 *
 * The transpose of lac_shear_filter_forward().
 */
void
lac_shear_filter_adjoint(const LacShearFilter *self, gsize k, float *image, float *scratch)
{
    filter_along_u(self, k, FALSE, image, scratch);
    shear_along_v(self, -self->shears[k].mu, image, scratch);
}
