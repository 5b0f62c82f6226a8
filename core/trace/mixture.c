// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/mixture.h"

#include "core/error.h"
#include "core/trace/kmeans.h"

#include <math.h>

#define MOST_POINTS   2048 // more values than this are gathered into groups of neighbours
#define N_WIDTHS      1000 // of a group in the width of all values but the outer hundredths
#define MOST_PASSES   500
#define PATIENCE      2    // more components that may fail before a better number is given up
#define TOLERANCE     1e-7 // relative change of the log-likelihood
#define LEAST_SIGMA   1e-3
#define HALF_LOG_2_PI 0.91893853320467274

// Sorted values, or groups of them: mean, variance within the group, and size.
typedef struct {
    gsize n;
    double total; // number of values
    double *x, *variance, *count;
} Points;

static void
points_clear(Points *self)
{
    g_free(self->x);
    g_free(self->variance);
    g_free(self->count);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Points, points_clear)

static int
compare_values(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// How far apart values of one group may lie: much less than the bulk of them is wide.
static double
get_width(const double *sorted, gsize n)
{
    gsize low = n / 100, high = n - 1 - n / 100;
    return n > MOST_POINTS ? (sorted[high] - sorted[low]) / N_WIDTHS : 0.0;
}

static void
gather_points(Points *self, const double *values, gsize n)
{
    g_autofree double *sorted = g_memdup2(values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, compare_values);
    double width = get_width(sorted, n);
    self->total = (double) n;
    self->x = g_new(double, n);
    self->variance = g_new(double, n);
    self->count = g_new(double, n);
    for (gsize begin = 0, end; begin < n; begin = end) {
        double sum = 0.0, square = 0.0;
        for (end = begin; end < n && sorted[end] - sorted[begin] <= width; end++)
            sum += sorted[end];
        double count = (double) (end - begin), mean = sum / count;
        for (gsize i = begin; i < end; i++)
            square += (sorted[i] - mean) * (sorted[i] - mean);
        self->x[self->n] = mean;
        self->variance[self->n] = square / count;
        self->count[self->n++] = count;
    }
}

static double
quantile(const Points *points, double share)
{
    double left = share * points->total;
    for (gsize i = 0; i < points->n; i++) {
        left -= points->count[i];
        if (left < 0.0)
            return points->x[i];
    }
    return points->x[points->n - 1];
}

static double
deviation(const Points *points)
{
    double mean = 0.0, square = 0.0;
    for (gsize i = 0; i < points->n; i++)
        mean += points->x[i] * points->count[i] / points->total;
    for (gsize i = 0; i < points->n; i++)
        square += points->count[i] *
            ((points->x[i] - mean) * (points->x[i] - mean) + points->variance[i]);
    return sqrt(square / points->total);
}

// From quantiles.
static void
start_even(LacMixture *mixture, const Points *points, guint n)
{
    double spread = deviation(points);
    *mixture = (LacMixture){ .n = n };
    for (guint c = 0; c < n; c++) {
        mixture->mean[c] = quantile(points, ((double) c + 0.5) / (double) n);
        mixture->sigma[c] = spread / (double) n + 1e-6;
        mixture->weight[c] = 1.0 / (double) n;
    }
}

// From the clusters of k-means: finds small groups that lie apart. FALSE when there are none.
static gboolean
start_clustered(LacMixture *mixture, const Points *points, guint n)
{
    double count[LAC_MIXTURE_MAX] = { 0 };
    g_autofree guint8 *labels = g_new(guint8, points->n);
    *mixture = (LacMixture){ .n = n };
    if (!lac_kmeans(points->x, points->n, n, labels, mixture->mean, NULL, NULL, NULL))
        return FALSE;
    for (gsize i = 0; i < points->n; i++) {
        double d = points->x[i] - mixture->mean[labels[i]];
        count[labels[i]] += points->count[i];
        mixture->sigma[labels[i]] += points->count[i] * (d * d + points->variance[i]);
    }
    for (guint c = 0; c < n; c++) {
        mixture->sigma[c] = sqrt(mixture->sigma[c] / count[c]) + LEAST_SIGMA;
        mixture->weight[c] = count[c] / points->total;
    }
    return TRUE;
}

// Logarithms of the weighted densities at @x, and the logarithm of their sum. Of a group the mean
// logarithms: without its variance a group in a sparse place would pass for a narrow component.
static double
log_densities(const LacMixture *self, double x, double variance, double *logs)
{
    double highest = -HUGE_VAL, sum = 0.0;
    for (guint c = 0; c < self->n; c++) {
        double d = x - self->mean[c],
               square = (d * d + variance) / (self->sigma[c] * self->sigma[c]);
        logs[c] = log(self->weight[c]) - log(self->sigma[c]) - HALF_LOG_2_PI - 0.5 * square;
        highest = MAX(highest, logs[c]);
    }
    for (guint c = 0; c < self->n; c++)
        sum += exp(logs[c] - highest);
    return highest + log(sum);
}

// One pass of expectation and maximisation; gives the log-likelihood before it.
static double
improve(LacMixture *self, const Points *points)
{
    double n[LAC_MIXTURE_MAX] = { 0 }, sum[LAC_MIXTURE_MAX] = { 0 };
    double square[LAC_MIXTURE_MAX] = { 0 }, likelihood = 0.0;
    for (gsize i = 0; i < points->n; i++) {
        double logs[LAC_MIXTURE_MAX], x = points->x[i];
        double all = log_densities(self, x, points->variance[i], logs);
        likelihood += points->count[i] * all;
        for (guint c = 0; c < self->n; c++) {
            // From the present mean, so that narrow components keep their digits.
            double share = points->count[i] * exp(logs[c] - all), d = x - self->mean[c];
            n[c] += share;
            sum[c] += share * d;
            square[c] += share * (d * d + points->variance[i]);
        }
    }
    for (guint c = 0; c < self->n; c++) {
        double weight = n[c] + 1e-9, shift = sum[c] / weight;
        self->mean[c] += shift;
        self->sigma[c] = sqrt(MAX(square[c] / weight - shift * shift, 0.0)) + LEAST_SIGMA;
        self->weight[c] = weight / points->total;
    }
    return likelihood;
}

static void
sort_components(LacMixture *self)
{
    for (guint c = 1; c < self->n; c++)
        for (guint d = c; d > 0 && self->mean[d] < self->mean[d - 1]; d--) {
            double mean = self->mean[d], sigma = self->sigma[d], weight = self->weight[d];
            self->mean[d] = self->mean[d - 1];
            self->sigma[d] = self->sigma[d - 1];
            self->weight[d] = self->weight[d - 1];
            self->mean[d - 1] = mean;
            self->sigma[d - 1] = sigma;
            self->weight[d - 1] = weight;
        }
}

static void
run_passes(LacMixture *mixture, const Points *points)
{
    double before = -HUGE_VAL, likelihood = -HUGE_VAL;
    for (guint pass = 0; pass < MOST_PASSES; pass++) {
        likelihood = improve(mixture, points);
        if (fabs(likelihood - before) < TOLERANCE * fabs(likelihood))
            break;
        before = likelihood;
    }
    sort_components(mixture);
    mixture->log_likelihood = likelihood;
    mixture->bic = likelihood - 0.5 * (3.0 * mixture->n - 1.0) * log(points->total);
}

// The better of two beginnings.
static void
fit_points(LacMixture *mixture, const Points *points, guint n)
{
    LacMixture other;
    start_even(mixture, points, n);
    run_passes(mixture, points);
    if (n == 1 || !start_clustered(&other, points, n))
        return;
    run_passes(&other, points);
    if (other.log_likelihood > mixture->log_likelihood)
        *mixture = other;
}

static gboolean
check(const double *values, gsize n, guint n_components, GError **error)
{
    if (n < n_components) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A mixture of %u Gaussians cannot be fitted to %" G_GSIZE_FORMAT " values",
            n_components, n);
        return FALSE;
    }
    for (gsize i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Value %" G_GSIZE_FORMAT " of those to be described by Gaussians is %g", i + 1,
                values[i]);
            return FALSE;
        }
    }
    return TRUE;
}

/**
 * lac_mixture_fit:
 * @values: (array length=n): finite numbers
 * @n: how many, at least @n_components
 * @n_components: 1 to %LAC_MIXTURE_MAX
 * @mixture: (out): the mixture, its components by ascending mean
 * @error: return location for a #GError
 *
 * Fits a mixture of Gaussians by expectation and maximisation (doi:10.1111/j.2517-6161.1977.tb01600.x)
 * from quantiles of the values and from their clusters, whichever ends better. Of more than 2048
 * values those that lie close together are gathered into groups first. No component becomes narrower
 * than 0.001.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_mixture_fit(const double *values, gsize n, guint n_components, LacMixture *mixture,
    GError **error)
{
    g_return_val_if_fail(n_components >= 1 && n_components <= LAC_MIXTURE_MAX, FALSE);

    if (!check(values, n, n_components, error))
        return FALSE;
    g_auto(Points) points = { 0 };
    gather_points(&points, values, n);
    fit_points(mixture, &points, n_components);
    return TRUE;
}

/**
 * lac_mixture_choose:
 * @values: (array length=n): finite numbers
 * @n: how many, at least 1
 * @max_components: 1 to %LAC_MIXTURE_MAX
 * @mixture: (out): the mixture, its components by ascending mean
 * @error: return location for a #GError
 *
 * Fits mixtures of one to @max_components Gaussians and takes the one of the best Bayesian
 * information criterion (doi:10.1214/aos/1176344136). Two numbers in a row that are worse end the
 * search.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_mixture_choose(const double *values, gsize n, guint max_components, LacMixture *mixture,
    GError **error)
{
    g_return_val_if_fail(max_components >= 1 && max_components <= LAC_MIXTURE_MAX, FALSE);

    if (!check(values, n, 1, error))
        return FALSE;
    g_auto(Points) points = { 0 };
    gather_points(&points, values, n);
    fit_points(mixture, &points, 1);
    for (guint k = 2; k <= MIN(max_components, points.n) && k <= mixture->n + PATIENCE; k++) {
        LacMixture candidate;
        fit_points(&candidate, &points, k);
        if (candidate.bic > mixture->bic)
            *mixture = candidate;
    }
    return TRUE;
}

/**
 * lac_mixture_share_above:
 * @self: a mixture
 * @value: a number
 * @first: index of a component
 *
 * Returns: the probability, 0 to 1, that @value belongs to component @first or one above it
 */
double
lac_mixture_share_above(const LacMixture *self, double value, guint first)
{
    double logs[LAC_MIXTURE_MAX], share = 0.0;
    double all = log_densities(self, value, 0.0, logs);
    for (guint c = first; c < self->n; c++)
        share += exp(logs[c] - all);
    return MIN(share, 1.0);
}
