// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/kmeans.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

#define MOST_CLUSTERS 16

// Distinct values in ascending order with their sums up to each of them, from the mean of all.
typedef struct {
    gsize n;
    double *value;
    double *count, *sum, *square; // of the values before number i; n + 1 entries
} Sorted;

static void
sorted_clear(Sorted *self)
{
    g_free(self->value);
    g_free(self->count);
    g_free(self->sum);
    g_free(self->square);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sorted, sorted_clear)

static int
compare_values(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// Equal values become one with a count, so that they always share a label.
static void
sort_values(Sorted *self, const double *values, gsize n)
{
    double mean = 0.0;
    self->value = g_memdup2(values, n * sizeof *values);
    qsort(self->value, n, sizeof *values, compare_values);
    for (gsize i = 0; i < n; i++)
        mean += self->value[i] / (double) n;
    self->count = g_new(double, n + 1);
    self->sum = g_new(double, n + 1);
    self->square = g_new(double, n + 1);
    self->count[0] = self->sum[0] = self->square[0] = 0.0;
    for (gsize i = 0; i < n;) {
        double value = self->value[i], times = 0.0;
        for (; i < n && self->value[i] == value; i++)
            times += 1.0;
        gsize k = self->n++;
        double d = value - mean;
        self->value[k] = value;
        self->count[k + 1] = self->count[k] + times;
        self->sum[k + 1] = self->sum[k] + times * d;
        self->square[k + 1] = self->square[k] + times * d * d;
    }
}

// Sum of squared distances to the mean of the values [begin, end).
static double
cost_of(const Sorted *self, gsize begin, gsize end)
{
    double count = self->count[end] - self->count[begin];
    double sum = self->sum[end] - self->sum[begin];
    double cost = self->square[end] - self->square[begin] - sum * sum / count;
    return MAX(cost, 0.0);
}

// One more cluster: best[i] of the first i values in c clusters from before[], which is of c - 1.
typedef struct {
    const Sorted *sorted;
    const double *before;
    double *best;
    guint32 *start; // of the last cluster
} Layer;

// The best start of the last cluster never falls as values are added: divide and conquer.
static void
solve_layer(const Layer *layer, gsize low, gsize high, gsize start_low, gsize start_high)
{
    while (low < high) {
        gsize i = low + (high - low) / 2;
        double best = HUGE_VAL;
        gsize best_start = start_low;
        for (gsize s = start_low; s <= MIN(start_high, i - 1); s++) {
            double cost = layer->before[s] + cost_of(layer->sorted, s, i);
            if (cost < best) {
                best = cost;
                best_start = s;
            }
        }
        layer->best[i] = best;
        layer->start[i] = (guint32) best_start;
        solve_layer(layer, low, i, start_low, best_start);
        low = i + 1;
        start_low = best_start;
    }
}

static void
find_starts(const Sorted *sorted, guint k, gsize *starts, double *cost)
{
    gsize n = sorted->n;
    g_autofree double *before = g_new(double, n + 1), *best = g_new(double, n + 1);
    g_autofree guint32 *start = g_new0(guint32, k * (n + 1));
    before[0] = best[0] = HUGE_VAL;
    for (gsize i = 1; i <= n; i++)
        before[i] = cost_of(sorted, 0, i);
    for (guint c = 1; c < k; c++) {
        Layer layer = { sorted, before, best, start + c * (n + 1) };
        for (gsize i = 0; i <= c; i++)
            best[i] = HUGE_VAL;
        solve_layer(&layer, c + 1, n + 1, c, n - 1);
        double *swap = before;
        before = best;
        best = swap;
    }
    *cost = before[n];
    starts[k] = n;
    for (guint c = k; c-- > 0;)
        starts[c] = c > 0 ? start[c * (n + 1) + starts[c + 1]] : 0;
}

static void
label_values(const double *values, gsize n, const double *borders, guint k, guint8 *labels)
{
    for (gsize i = 0; i < n; i++) {
        guint8 label = 0;
        while (label + 1u < k && values[i] > borders[label])
            label++;
        labels[i] = label;
    }
}

/**
 * lac_kmeans:
 * @values: (array length=n): finite numbers
 * @n: how many, below 2^32
 * @k: number of clusters, 1 to 16
 * @labels: (out caller-allocates) (nullable) (array length=n): 0 to @k - 1 by ascending mean
 * @means: (out caller-allocates) (nullable) (array length=k): of the clusters, ascending
 * @borders: (out caller-allocates) (nullable): @k - 1 borders, halfway between the means
 * @cost: (out) (optional): sum of squared distances to the means
 * @error: return location for a #GError
 *
 * Divides numbers into clusters with the least possible sum of squared distances to their means:
 * dynamic programming over the sorted values (doi:10.32614/RJ-2011-015), in O(k n log n). There is
 * nothing random in it; of equally good divisions the one with the lowest borders is given.
 *
 * Returns: %TRUE, or %FALSE with @error set when there are fewer different values than clusters
 */
gboolean
lac_kmeans(const double *values, gsize n, guint k, guint8 *labels, double *means, double *borders,
    double *cost, GError **error)
{
    g_return_val_if_fail(k >= 1 && k <= MOST_CLUSTERS && n < G_MAXUINT32, FALSE);

    for (gsize i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Value %" G_GSIZE_FORMAT " of those to be divided into classes is %g", i + 1,
                values[i]);
            return FALSE;
        }
    }
    g_auto(Sorted) sorted = { 0 };
    if (n > 0)
        sort_values(&sorted, values, n);
    if (sorted.n < k) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%" G_GSIZE_FORMAT " different values cannot be divided into %u classes", sorted.n, k);
        return FALSE;
    }
    gsize starts[MOST_CLUSTERS + 1];
    double mean[MOST_CLUSTERS], border[MOST_CLUSTERS], least;
    find_starts(&sorted, k, starts, &least);
    double centre = 0.0;
    for (gsize i = 0; i < sorted.n; i++)
        centre += sorted.value[i] * (sorted.count[i + 1] - sorted.count[i]) / (double) n;
    for (guint c = 0; c < k; c++)
        mean[c] = centre +
            (sorted.sum[starts[c + 1]] - sorted.sum[starts[c]]) /
                (sorted.count[starts[c + 1]] - sorted.count[starts[c]]);
    // Halfway between the means, but never beyond the values that the border divides: rounding
    // must not move a value to the other side.
    for (guint c = 0; c + 1 < k; c++)
        border[c] = CLAMP(0.5 * (mean[c] + mean[c + 1]), sorted.value[starts[c + 1] - 1],
            nextafter(sorted.value[starts[c + 1]], -HUGE_VAL));
    if (labels != NULL)
        label_values(values, n, border, k, labels);
    if (means != NULL)
        memcpy(means, mean, k * sizeof *mean);
    if (borders != NULL && k > 1)
        memcpy(borders, border, (k - 1) * sizeof *border);
    if (cost != NULL)
        *cost = least;
    return TRUE;
}
