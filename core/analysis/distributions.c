// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/distributions.h"

#include "core/matrix.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define MOST_BINS 10000
#define SEED      0x5eed // of the random choices: the same ones every time

/**
 * lac_rates_free:
 * @self: (nullable) (transfer full): rates
 */
void
lac_rates_free(LacRates *self)
{
    if (self == NULL)
        return;
    g_free(self->middle);
    g_free(self->available);
    g_free(self->count);
    g_free(self->rate);
    g_free(self->error);
    g_free(self);
}

static gboolean
find_bin(double value, double low, double width, gsize n, gsize *bin)
{
    double k = floor((value - low) / width);
    if (!(k >= 0.0 && k < (double) n))
        return FALSE;
    *bin = (gsize) k;
    return TRUE;
}

/**
 * lac_rates_new:
 * @events: (array length=n_events): [Å] distance of each event
 * @n_events: number of events
 * @places: (array length=n_places): [Å] distance of each place where one could be
 * @n_places: number of places
 * @place_size: what each place stands for: 1, or a volume [Å^3]
 * @low: [Å] where the first bin begins
 * @high: [Å] where the last bin ends, at the latest
 * @width: [Å] of a bin
 *
 * Counts events in bins and divides by the places that were available there, so that a shell that
 * is larger does not seem richer.
 *
 * Returns: (transfer full): the rates
 */
LacRates *
lac_rates_new(const double *events, gsize n_events, const double *places, gsize n_places,
    double place_size, double low, double high, double width)
{
    LacRates *self = g_new0(LacRates, 1);
    double n = width > 0.0 && high > low ? ceil((high - low) / width - 1e-9) : 0.0;
    self->n = (gsize) CLAMP(n, 0.0, MOST_BINS);
    self->middle = g_new(double, MAX(self->n, 1));
    self->available = g_new0(double, MAX(self->n, 1));
    self->count = g_new0(gsize, MAX(self->n, 1));
    self->rate = g_new(double, MAX(self->n, 1));
    self->error = g_new(double, MAX(self->n, 1));
    gsize bin;
    for (gsize i = 0; i < n_events; i++)
        if (find_bin(events[i], low, width, self->n, &bin))
            self->count[bin]++;
    for (gsize i = 0; i < n_places; i++)
        if (find_bin(places[i], low, width, self->n, &bin))
            self->available[bin] += place_size;
    for (gsize k = 0; k < self->n; k++) {
        double available = self->available[k], count = (double) self->count[k];
        gboolean is_known = available > 0.0;
        self->middle[k] = low + width * ((double) k + 0.5);
        self->rate[k] = is_known ? count / available : (double) NAN;
        self->error[k] = is_known ? sqrt(fmax(count, 1.0)) / available : (double) NAN;
    }
    return self;
}

/**
 * lac_sizes_free:
 * @self: (nullable) (transfer full): sizes
 */
void
lac_sizes_free(LacSizes *self)
{
    if (self == NULL)
        return;
    g_free(self->count);
    g_free(self->sorted);
    g_free(self);
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
get_quantile(const double *sorted, gsize n, double part)
{
    double at = part * (double) (n - 1);
    gsize low = (gsize) at;
    gsize high = MIN(low + 1, n - 1);
    return sorted[low] + (at - (double) low) * (sorted[high] - sorted[low]);
}

/**
 * lac_sizes_new:
 * @values: (array length=n): sizes; those that are not finite are left out
 * @n: number of values
 * @is_log: whether the histogram is of the decimal logarithms, of positive values alone
 *
 * Makes a histogram with bins of 2 IQR / n^(1/3) (doi:10.1007/BF01025868), and sorts the values for
 * the cumulative curve.
 *
 * Returns: (transfer full): the sizes
 */
LacSizes *
lac_sizes_new(const double *values, gsize n, gboolean is_log)
{
    LacSizes *self = g_new0(LacSizes, 1);
    self->sorted = g_new(double, MAX(n, 1));
    self->mean = self->median = self->spread = (double) NAN;
    for (gsize i = 0; i < n; i++) {
        double value = is_log ? log10(values[i]) : values[i];
        if (isfinite(value))
            self->sorted[self->n++] = value;
    }
    qsort(self->sorted, self->n, sizeof *self->sorted, compare_doubles);
    self->count = g_new0(gsize, 1);
    if (self->n == 0)
        return self;
    double sum = 0.0, squares = 0.0, m = (double) self->n;
    for (gsize i = 0; i < self->n; i++)
        sum += self->sorted[i];
    self->mean = sum / m;
    for (gsize i = 0; i < self->n; i++)
        squares += pow(self->sorted[i] - self->mean, 2.0);
    if (self->n > 1)
        self->spread = sqrt(squares / (m - 1.0));
    self->median = get_quantile(self->sorted, self->n, 0.5);
    double range = self->sorted[self->n - 1] - self->sorted[0];
    double quartiles =
        get_quantile(self->sorted, self->n, 0.75) - get_quantile(self->sorted, self->n, 0.25);
    double width = 2.0 * quartiles / cbrt(m);
    double n_bins = width > 0.0 ? ceil(range / width) : 1.0;
    self->n_bins = (gsize) CLAMP(n_bins, 1.0, 200.0);
    self->low = self->sorted[0];
    self->width = range > 0.0 ? range / (double) self->n_bins : 1.0;
    self->count = g_renew(gsize, self->count, self->n_bins);
    memset(self->count, 0, self->n_bins * sizeof *self->count);
    for (gsize i = 0; i < self->n; i++) {
        gsize bin = (gsize) ((self->sorted[i] - self->low) / self->width);
        self->count[MIN(bin, self->n_bins - 1)]++;
    }
    return self;
}

static double
mean_nearest(const LacVec3 *points, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++) {
        double best = (double) INFINITY;
        for (gsize j = 0; j < n; j++) {
            LacVec3 d = lac_vec3_subtract(points[j], points[i]);
            if (j != i)
                best = fmin(best, lac_vec3_dot(d, d));
        }
        sum += sqrt(best);
    }
    return sum / (double) n;
}

typedef struct {
    const LacVec3 *places;
    gsize n_places, n;
    double *means; // of each trial
} Trials;

// Chooses n of the places without putting back.
static void
run_trials(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Trials *self = data;
    g_autofree LacVec3 *chosen = g_new(LacVec3, self->n);
    g_autofree guint32 *order = g_new(guint32, self->n_places);
    for (gsize trial = begin; trial < end; trial++) {
        for (gsize i = 0; i < self->n_places; i++)
            order[i] = (guint32) i;
        for (gsize i = 0; i < self->n; i++) {
            double u = lac_rng_uniform(SEED + trial, i);
            gsize left = self->n_places - i;
            gsize k = i + MIN((gsize) (u * (double) left), left - 1);
            guint32 swap = order[k];
            order[k] = order[i];
            order[i] = swap;
            chosen[i] = self->places[swap];
        }
        self->means[trial] = mean_nearest(chosen, self->n);
    }
}

/**
 * lac_clustering_measure:
 * @events: (array length=n): [Å] where they are
 * @n: number of events
 * @places: (array length=n_places): [Å] where they could be, those with an event among them
 * @n_places: number of places, no fewer than @n
 * @n_trials: random choices
 *
 * Compares the mean distance of an event to the nearest other one with that of random choices of as
 * many places. The choices are the same every time and for any number of threads.
 *
 * Returns: the comparison, NaN for fewer than two events
 */
LacClustering
lac_clustering_measure(const LacVec3 *events, gsize n, const LacVec3 *places, gsize n_places,
    guint n_trials)
{
    const double nan = (double) NAN;
    LacClustering result = { n, nan, nan, nan, nan, n_trials };
    if (n < 2)
        return result;
    result.observed = mean_nearest(events, n);
    if (n_places < n || n_trials == 0)
        return result;
    g_autofree double *means = g_new(double, n_trials);
    Trials trials = { places, n_places, n, means };
    lac_parallel_for(n_trials, 8, run_trials, &trials);
    double sum = 0.0, squares = 0.0, closer = 0.0;
    for (guint k = 0; k < n_trials; k++) {
        sum += means[k];
        closer += means[k] <= result.observed;
    }
    result.expected = sum / n_trials;
    for (guint k = 0; k < n_trials; k++)
        squares += pow(means[k] - result.expected, 2.0);
    result.spread = sqrt(squares / n_trials);
    result.p_closer = closer / n_trials;
    return result;
}
