// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/profile.h"

#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define FINE      0.1 // [Å] bins of the places before the kernel
#define REACH     5.0 // [sigma] of the kernel
#define FEWEST    3   // atoms of a bin
#define MOST_BINS 100000

/**
 * lac_kernel_profile_free:
 * @self: (nullable) (transfer full): a profile
 */
void
lac_kernel_profile_free(LacKernelProfile *self)
{
    if (self == NULL)
        return;
    g_free(self->s);
    g_free(self->density);
    g_free(self->error);
    g_free(self->volume);
    g_free(self);
}

/**
 * lac_bin_profile_free:
 * @self: (nullable) (transfer full): a profile
 */
void
lac_bin_profile_free(LacBinProfile *self)
{
    if (self == NULL)
        return;
    g_free(self->s);
    g_free(self->mean);
    g_free(self->spread);
    g_free(self->error);
    g_free(self->count);
    g_free(self);
}

static gsize
count_steps(double low, double high, double step)
{
    double n = step > 0.0 && high > low ? floor((high - low) / step + 1e-9) : 0.0;
    return (gsize) CLAMP(n, 0.0, MOST_BINS);
}

// How many places are in each fine bin from @low on.
static double *
count_places(const double *places, gsize n_places, double low, gsize n_bins)
{
    double *count = g_new0(double, n_bins);
    for (gsize i = 0; i < n_places; i++) {
        double bin = floor((places[i] - low) / FINE);
        if (bin >= 0.0 && bin < (double) n_bins)
            count[(gsize) bin] += 1.0;
    }
    return count;
}

typedef struct {
    const double *atoms;
    gsize n_atoms;
    const double *count; // per fine bin
    gsize n_bins;
    double low; // [Å] of the first fine bin
    double place_volume;
    const LacKernelParams *params;
    LacKernelProfile *out;
} Kernel;

static void
sum_kernel(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Kernel *self = data;
    const double h = self->params->kernel, reach = REACH * h;
    LacKernelProfile *out = self->out;
    for (gsize k = begin; k < end; k++) {
        double s = out->s[k], sum = 0.0, squares = 0.0, places = 0.0;
        for (gsize i = 0; i < self->n_atoms; i++) {
            double d = self->atoms[i] - s;
            if (fabs(d) < reach) {
                double weight = exp(-0.5 * d * d / (h * h));
                sum += weight;
                squares += weight * weight;
            }
        }
        gsize first = (gsize) fmax(0.0, floor((s - reach - self->low) / FINE));
        gsize last = (gsize) fmax(0.0, ceil((s + reach - self->low) / FINE));
        for (gsize b = first; b < MIN(last, self->n_bins); b++) {
            double d = self->low + FINE * ((double) b + 0.5) - s;
            places += self->count[b] * exp(-0.5 * d * d / (h * h));
        }
        places *= self->place_volume;
        // The width of a box that takes part as much as the kernel does: 2 sqrt(pi) sigma.
        out->volume[k] = places * G_SQRT2;
        if (out->volume[k] < self->params->least_volume || places <= 0.0)
            continue;
        double effective = squares > 0.0 ? sum * sum / squares : 0.0;
        out->density[k] = sum / places;
        out->error[k] = out->density[k] / sqrt(fmax(effective, 1.0));
    }
}

static double *
new_blank(gsize n)
{
    double *values = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        values[i] = (double) NAN;
    return values;
}

/**
 * lac_kernel_profile_new:
 * @atoms: (array length=n_atoms): [Å] signed distance of each atom
 * @n_atoms: number of atoms
 * @places: (array length=n_places): [Å] signed distances of places spread evenly over the particle
 * @n_places: number of places
 * @place_volume: [Å^3] that each place stands for
 * @params: where and how
 *
 * Computes the density against a distance, rho(s) = sum_i k(s - s_i) / (V sum_v k(s - s_v)), with a
 * Gaussian k: unlike in bins, layers of a lattice do not show when the kernel is half their
 * spacing. The error is rho / sqrt(N) with N = (sum k)^2 / sum k^2. The same bits for any number of
 * threads.
 *
 * Returns: (transfer full): the profile, of no rows when the range is empty
 */
LacKernelProfile *
lac_kernel_profile_new(const double *atoms, gsize n_atoms, const double *places, gsize n_places,
    double place_volume, const LacKernelParams *params)
{
    LacKernelProfile *self = g_new0(LacKernelProfile, 1);
    self->n = params->high >= params->low && params->kernel > 0.0
        ? count_steps(params->low, params->high, params->step) + 1
        : 0;
    self->s = g_new(double, MAX(self->n, 1));
    self->density = new_blank(self->n);
    self->error = new_blank(self->n);
    self->volume = new_blank(self->n);
    for (gsize k = 0; k < self->n; k++)
        self->s[k] = params->low + params->step * (double) k;
    double low = params->low - REACH * params->kernel;
    gsize n_bins = count_steps(low, params->high + REACH * params->kernel, FINE) + 1;
    g_autofree double *count = count_places(places, n_places, low, n_bins);
    Kernel kernel = { atoms, n_atoms, count, n_bins, low, place_volume, params, self };
    lac_parallel_for(self->n, 1, sum_kernel, &kernel);
    return self;
}

// One of n values, by half of the random bits.
static gsize
choose(guint64 bits, gsize n)
{
    return (gsize) ((bits & G_MAXUINT32) * n >> 32);
}

// Standard deviation of the means of resamples with replacement.
static double
bootstrap(const double *values, gsize n, guint n_resamples, guint64 stream)
{
    double sum = 0.0, squares = 0.0;
    gsize n_pairs = (n + 1) / 2;
    for (guint k = 0; k < n_resamples; k++) {
        double mean = 0.0;
        for (gsize i = 0; i < n / 2; i++) {
            guint64 bits = lac_rng_bits(stream, (guint64) k * n_pairs + i);
            mean += values[choose(bits, n)] + values[choose(bits >> 32, n)];
        }
        if (n % 2 == 1)
            mean += values[choose(lac_rng_bits(stream, (guint64) k * n_pairs + n / 2), n)];
        mean /= (double) n;
        mean -= values[0]; // so that squares do not cancel
        sum += mean;
        squares += mean * mean;
    }
    double m = (double) MAX(n_resamples, 1);
    return sqrt(fmax(squares / m - sum * sum / (m * m), 0.0));
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// The values of each bin, one bin after the other.
typedef struct {
    double low, width; // [Å]
    gsize n;           // bins
    gsize *begin;      // of each bin, one more at the end
    double *values;
    guint n_resamples;
    LacBinProfile *out;
} Bins;

// The bin of a distance; the number of bins where there is none.
static gsize
find_bin(const Bins *bins, double s)
{
    double guess = floor((s - bins->low) / bins->width);
    if (!(guess >= -1.0 && guess <= (double) bins->n))
        return bins->n;
    // Ends of bins are multiples of the width, whatever the quotient is rounded to.
    for (gsize k = (gsize) fmax(guess - 1.0, 0.0); k < MIN((gsize) (guess + 2.0), bins->n); k++)
        if (s >= bins->low + bins->width * (double) k &&
            s < bins->low + bins->width * (double) (k + 1))
            return k;
    return bins->n;
}

static void
sort_into_bins(Bins *bins, const double *s, const double *values, gsize n)
{
    g_autofree gsize *bin = g_new(gsize, MAX(n, 1));
    bins->begin = g_new0(gsize, bins->n + 2);
    for (gsize i = 0; i < n; i++) {
        bin[i] = isnan(values[i]) ? bins->n : find_bin(bins, s[i]);
        bins->begin[bin[i] + 1]++;
    }
    for (gsize k = 0; k <= bins->n; k++)
        bins->begin[k + 1] += bins->begin[k];
    g_autofree gsize *next = g_memdup2(bins->begin, (bins->n + 1) * sizeof *next);
    bins->values = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        bins->values[next[bin[i]]++] = values[i];
}

static void
fill_bins(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Bins *bins = data;
    LacBinProfile *out = bins->out;
    for (gsize k = begin; k < end; k++) {
        double *v = bins->values + bins->begin[k];
        gsize n = bins->begin[k + 1] - bins->begin[k];
        out->s[k] =
            0.5 * (2.0 * bins->low + bins->width * (double) k + bins->width * (double) (k + 1));
        out->count[k] = n;
        if (n < FEWEST)
            continue;
        qsort(v, n, sizeof *v, compare_doubles);
        double sum = 0.0, squares = 0.0, m = (double) n;
        for (gsize i = 0; i < n; i++)
            sum += v[i];
        for (gsize i = 0; i < n; i++)
            squares += (v[i] - sum / m) * (v[i] - sum / m);
        out->mean[k] = sum / m;
        out->spread[k] = sqrt(squares / (m - 1.0));
        out->error[k] = bootstrap(v, n, bins->n_resamples, k);
    }
}

/**
 * lac_bin_profile_new:
 * @s: (array length=n): [Å] signed distances
 * @values: (array length=n): what is averaged; NaN is left out
 * @n: number of atoms
 * @low: [Å] where the first bin begins
 * @high: [Å] where the last bin ends, at the latest
 * @width: [Å] of a bin
 * @n_resamples: of the bootstrap
 *
 * Averages a quantity in bins of a distance. Neither the order of atoms nor the number of threads
 * matters.
 *
 * Returns: (transfer full): the profile
 */
LacBinProfile *
lac_bin_profile_new(const double *s, const double *values, gsize n, double low, double high,
    double width, guint n_resamples)
{
    LacBinProfile *self = g_new0(LacBinProfile, 1);
    self->n = count_steps(low, high, width);
    self->s = g_new(double, MAX(self->n, 1));
    self->mean = new_blank(self->n);
    self->spread = new_blank(self->n);
    self->error = new_blank(self->n);
    self->count = g_new0(gsize, MAX(self->n, 1));
    Bins bins = { .low = low,
        .width = width,
        .n = self->n,
        .n_resamples = n_resamples,
        .out = self };
    sort_into_bins(&bins, s, values, n);
    lac_parallel_for(self->n, 1, fill_bins, &bins);
    g_free(bins.begin);
    g_free(bins.values);
    return self;
}
