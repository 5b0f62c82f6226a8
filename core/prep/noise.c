// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/noise.h"

#include <math.h>
#include <stdlib.h>

#define REACH      2 // [pixel] of the filters to each side
#define TAPS       (2 * REACH + 1)
#define MIN_SAMPLE 64  // details needed for any estimate
#define MIN_LEVEL  100 // details of one level of intensity
#define N_LEVELS   48  // at most
#define N_LEVELS   48  // at most
#define OUTLIER    4.0 // [standard deviation] and
#define ELECTRONS  3.0 // [gain] more: details beyond are edges or hot pixels
#define N_ROUNDS   4   // of variances, each without the outliers of the line before
#define N_FITS     6   // of the line, each with the weights of the one before
#define TUNING     1.5 // [standard error] levels further from the line count less

// The fourth difference: blind to polynomials of degree 3, so that nearly nothing of a picture
// that the microscope has blurred gets through, and orthogonal to the mean over the same pixels.
static const double difference[TAPS] = { 1.0, -4.0, 6.0, -4.0, 1.0 };
#define DIFFERENCE_NORM 70.0 // sum of the squares

typedef struct {
    double mean, detail;
} Sample;

// Details of about the same local mean: a run of the sorted samples.
typedef struct {
    gsize begin, end;
    double mean, variance, n;
    double spread; // relative standard deviation of the squares; sqrt(2) for Gaussian noise
} Level;

// variance = slope mean + constant
typedef struct {
    double slope, constant;
} Line;

static gboolean
take_sample(const float *image, gsize nu, gsize v, gsize u, Sample *out)
{
    double sum = 0.0, detail = 0.0;
    for (gsize j = 0; j < TAPS; j++) {
        const float *row = image + (v + j) * nu + u;
        double inner = 0.0;
        for (gsize i = 0; i < TAPS; i++) {
            sum += (double) row[i];
            inner += difference[i] * (double) row[i];
        }
        detail += difference[j] * inner;
    }
    *out = (Sample){ .mean = sum / (TAPS * TAPS), .detail = detail / DIFFERENCE_NORM };
    return isfinite(sum);
}

static Sample *
take_samples(const float *image, gsize nv, gsize nu, gsize *n)
{
    *n = 0;
    if (nv < TAPS || nu < TAPS)
        return NULL;
    Sample *samples = g_try_new(Sample, (nv - TAPS + 1) * (nu - TAPS + 1));
    for (gsize v = 0; samples != NULL && v + TAPS <= nv; v++)
        for (gsize u = 0; u + TAPS <= nu; u++)
            if (take_sample(image, nu, v, u, samples + *n))
                (*n)++;
    return samples;
}

static int
compare_means(gconstpointer a, gconstpointer b)
{
    double x = ((const Sample *) a)->mean, y = ((const Sample *) b)->mean;
    return (x > y) - (x < y);
}

// Splits the samples, sorted by their means, into levels of about the same width.
static guint
make_levels(const Sample *samples, gsize n, Level *levels)
{
    double low = samples[0].mean, width = (samples[n - 1].mean - low) / N_LEVELS;
    guint n_levels = 0;
    for (gsize begin = 0; begin < n;) {
        gsize end = MIN(begin + MIN_LEVEL, n);
        double until = low + width * (floor((samples[end - 1].mean - low) / width) + 1.0);
        while (end < n && (samples[end].mean < until || n - end < MIN_LEVEL || width <= 0.0))
            end++;
        double sum = 0.0;
        for (gsize i = begin; i < end; i++)
            sum += samples[i].mean;
        levels[n_levels++] =
            (Level){ .begin = begin, .end = end, .mean = sum / (double) (end - begin) };
        begin = end;
    }
    return n_levels;
}

// Takes variances of the details that are not too far off for the @line; NULL: of all. A single
// electron where there is hardly any is far off but no outlier.
static void
measure_levels(const Sample *samples, Level *levels, guint n, const Line *line)
{
    for (guint i = 0; i < n; i++) {
        Level *level = levels + i;
        double limit = HUGE_VAL, squares = 0.0, fourths = 0.0, count = 0.0;
        if (line != NULL)
            limit = OUTLIER * sqrt(fmax(line->slope * level->mean + line->constant, 0.0)) +
                ELECTRONS * line->slope;
        for (gsize k = level->begin; k < level->end; k++) {
            if (fabs(samples[k].detail) > limit)
                continue;
            double square = samples[k].detail * samples[k].detail;
            squares += square;
            fourths += square * square;
            count += 1.0;
        }
        level->n = count;
        level->variance = count > 0.0 ? squares / count : 0.0;
        double square = level->variance * level->variance;
        level->spread = square > 0.0 ? sqrt(fmax(fourths / count / square - 1.0, 2.0)) : G_SQRT2;
    }
}

// A line of the variance over the mean, by least squares with weights that follow from the line
// itself, and less weight for levels far off it.
static Line
fit_line(const Level *levels, guint n)
{
    double total = 0.0, count = 0.0;
    for (guint i = 0; i < n; i++) {
        total += levels[i].n * levels[i].variance;
        count += levels[i].n;
    }
    const double typical = total / fmax(count, 1.0), least = 1e-3 * typical;
    Line line = { .constant = typical };
    for (int fit = 0; fit < N_FITS && typical > 0.0; fit++) {
        double s = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
        for (guint i = 0; i < n; i++) {
            double value = fmax(line.slope * levels[i].mean + line.constant, least);
            double error = value * levels[i].spread / sqrt(fmax(levels[i].n, 1.0));
            double off = fabs(levels[i].variance - value) / (TUNING * error);
            double weight = (fit == 0 || off <= 1.0 ? 1.0 : 1.0 / off) / (error * error);
            s += weight;
            sx += weight * levels[i].mean;
            sy += weight * levels[i].variance;
            sxx += weight * levels[i].mean * levels[i].mean;
            sxy += weight * levels[i].mean * levels[i].variance;
        }
        double determinant = s * sxx - sx * sx;
        gboolean flat = !(determinant > 1e-9 * s * sxx);
        line.slope = flat ? 0.0 : fmax((s * sxy - sx * sy) / determinant, 0.0);
        line.constant = (sy - line.slope * sx) / s;
    }
    return line;
}

/**
 * lac_noise_estimate:
 * @image: intensities (nv, nu); values that are not finite, and their neighbours, are left out
 * @nv: rows
 * @nu: columns
 *
 * Estimates the noise of a Poisson-Gaussian detector from one projection: the variance of fine
 * details that the microscope cannot resolve, at many levels of the local mean, follows the line
 * gain (mean - offset) + read_noise^2; see doi:10.1109/TIP.2008.2001399. Offset and read noise
 * act on the noise through one number only: a positive one is given as read noise and a negative
 * one as offset. Details that the detector or an earlier interpolation has smoothed make the
 * noise look weaker than it is.
 *
 * Returns: the noise; all 0 when the image is too small (fewer than 64 details) or has none
 */
LacNoise
lac_noise_estimate(const float *image, gsize nv, gsize nu)
{
    LacNoise noise = { 0 };
    gsize n;
    g_autofree Sample *samples = take_samples(image, nv, nu, &n);
    if (n < MIN_SAMPLE)
        return noise;
    qsort(samples, n, sizeof *samples, compare_means);
    g_autofree Level *levels = g_new(Level, n / MIN_LEVEL + 2);
    guint n_levels = make_levels(samples, n, levels);
    measure_levels(samples, levels, n_levels, NULL);
    Line line = fit_line(levels, n_levels);
    for (int round = 1; round < N_ROUNDS; round++) {
        measure_levels(samples, levels, n_levels, &line);
        line = fit_line(levels, n_levels);
    }
    noise.gain = line.slope;
    if (line.constant >= 0.0)
        noise.read_noise = sqrt(line.constant);
    else
        noise.offset = -line.constant / line.slope;
    return noise;
}

/**
 * lac_noise_get_sigma:
 * @self: the noise of a detector
 * @mean: [intensity] what the pixel reads on average
 *
 * Returns: standard deviation [intensity] of the pixel: sqrt(gain (mean - offset) + read_noise^2)
 */
double
lac_noise_get_sigma(const LacNoise *self, double mean)
{
    return sqrt(
        fmax(self->gain * (mean - self->offset), 0.0) + self->read_noise * self->read_noise);
}

/**
 * lac_noise_get_rms:
 * @self: the noise of a detector
 * @image: (array length=n): intensities; those that are not finite are left out
 * @n: how many
 *
 * Returns: the noise of a whole projection as one number: the root of the mean variance
 *   [intensity]
 */
double
lac_noise_get_rms(const LacNoise *self, const float *image, gsize n)
{
    double sum = 0.0;
    gsize n_finite = 0;
    for (gsize i = 0; i < n; i++)
        if (isfinite(image[i])) {
            sum += (double) image[i];
            n_finite++;
        }
    return lac_noise_get_sigma(self, n_finite > 0 ? sum / (double) n_finite : 0.0);
}
