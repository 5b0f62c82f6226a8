// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/anscombe.h"

#include <math.h>

#define TABLE_END  64.0 // [electron] above, the asymptotic inverse does
#define TABLE_SIZE 512
#define N_NODES    97  // of the integral over the Gaussian noise
#define RANGE      6.0 // [standard deviation] of that integral
#define MAX_COUNT  256 // a mean of TABLE_END counts more in 1e-60 of all cases

// In units of electrons: x = (z - offset) / gain has the variance x + spread^2.
struct LacAnscombe {
    double scale, offset, spread;
    gboolean is_gaussian;    // there is no gain: a division by the noise
    double root[TABLE_SIZE]; // sqrt of the mean [electron], ascending
    double mean[TABLE_SIZE]; // mean of the transform of all pixels with that mean
    double rest;             // of the asymptotic inverse, so that it meets the table
};

static double
transform(double x, double spread)
{
    return 2.0 * sqrt(fmax(x + 0.375 + spread * spread, 0.0));
}

// Mean of the transform of exactly @k electrons and the Gaussian noise, by the trapezoidal rule,
// which is exact beyond single precision for an integrand that ends this smoothly.
static double
mean_over_noise(double k, double spread)
{
    double sum = 0.0, weights = 0.0;
    for (int i = 0; i < N_NODES; i++) {
        double t = RANGE * (2.0 * i / (N_NODES - 1) - 1.0), weight = exp(-0.5 * t * t);
        sum += weight * transform(k + spread * t, spread);
        weights += weight;
    }
    return sum / weights;
}

// Mean of @values over a Poisson distribution, from its largest term outwards.
static double
mean_over_counts(const double *values, double mean)
{
    if (mean <= 0.0)
        return values[0];
    guint top = (guint) mean;
    double p = 1.0, sum = 0.0, total = 0.0; // of the largest term; the total takes it out again
    for (guint k = top; k < MAX_COUNT; k++) {
        sum += p * values[k];
        total += p;
        p *= mean / (k + 1.0);
    }
    p = 1.0;
    for (guint k = top; k > 0; k--) {
        p *= k / mean;
        sum += p * values[k - 1];
        total += p;
    }
    return sum / total;
}

// The inverse for many electrons, but for a rest that falls with 1/d^2.
static double
asymptote(const LacAnscombe *self, double d)
{
    return 0.25 * d * d - 0.125 - self->spread * self->spread;
}

static void
fill_table(LacAnscombe *self)
{
    double values[MAX_COUNT];
    for (guint k = 0; k < MAX_COUNT; k++)
        values[k] = mean_over_noise(k, self->spread);
    for (guint i = 0; i < TABLE_SIZE; i++) {
        self->root[i] = sqrt(TABLE_END) * i / (TABLE_SIZE - 1);
        self->mean[i] = mean_over_counts(values, self->root[i] * self->root[i]);
    }
    double last = self->mean[TABLE_SIZE - 1];
    self->rest = (TABLE_END - asymptote(self, last)) * last * last;
}

/**
 * lac_anscombe_new:
 * @noise: of the detector; not all of it 0
 *
 * Prepares the generalised Anscombe transform f(z) = 2 sqrt(x + 3/8 + s^2) of
 * x = (z - offset) / gain with s = read_noise / gain, and its exact unbiased inverse
 * (doi:10.1109/TIP.2012.2202675): the mean intensity for which the mean of f over all
 * realisations of the noise is the value given. Without gain it is a division by the read noise.
 *
 * Returns: (transfer full): the transform; free with lac_anscombe_free()
 */
LacAnscombe *
lac_anscombe_new(const LacNoise *noise)
{
    g_return_val_if_fail(noise->gain > 0.0 || noise->read_noise > 0.0, NULL);

    LacAnscombe *self = g_new0(LacAnscombe, 1);
    self->offset = noise->offset;
    self->is_gaussian = !(noise->gain > 1e-12 * noise->read_noise);
    self->scale = self->is_gaussian ? noise->read_noise : noise->gain;
    self->spread = noise->read_noise / self->scale;
    if (!self->is_gaussian)
        fill_table(self);
    return self;
}

/**
 * lac_anscombe_free:
 * @self: (nullable) (transfer full): a transform
 */
void
lac_anscombe_free(LacAnscombe *self)
{
    g_free(self);
}

/**
 * lac_anscombe_forward:
 * @self: a transform
 * @in: (array length=n): intensities
 * @n: how many
 * @out: (array length=n) (out caller-allocates): values whose noise has a standard deviation near
 * 1 at every mean; may be @in
 */
void
lac_anscombe_forward(const LacAnscombe *self, const float *in, gsize n, float *out)
{
    for (gsize i = 0; i < n; i++) {
        double x = ((double) in[i] - self->offset) / self->scale;
        out[i] = (float) (self->is_gaussian || isnan(x) ? x : transform(x, self->spread));
    }
}

// The mean [electron] whose transform has the mean @d. Below the transform of nothing the line
// goes on, so that a background of nothing stays 0 on average.
static double
invert(const LacAnscombe *self, double d)
{
    if (!(d < self->mean[TABLE_SIZE - 1]))
        return asymptote(self, d) + self->rest / (d * d);
    guint low = 0, high = TABLE_SIZE - 1;
    while (high - low > 1) {
        guint middle = (low + high) / 2;
        if (self->mean[middle] <= d)
            low = middle;
        else
            high = middle;
    }
    double part = (d - self->mean[low]) / (self->mean[high] - self->mean[low]);
    double a = self->root[low] * self->root[low], b = self->root[high] * self->root[high];
    return a + part * (b - a);
}

/**
 * lac_anscombe_inverse:
 * @self: a transform
 * @in: (array length=n): means of transformed values, as a denoiser finds them
 * @n: how many
 * @out: (array length=n) (out caller-allocates): the intensities they stand for; may be @in
 */
void
lac_anscombe_inverse(const LacAnscombe *self, const float *in, gsize n, float *out)
{
    for (gsize i = 0; i < n; i++) {
        double x = self->is_gaussian ? (double) in[i] : invert(self, (double) in[i]);
        out[i] = (float) (x * self->scale + self->offset);
    }
}
