// SPDX-License-Identifier: GPL-3.0-or-later
// Exact k-means against all divisions, and mixtures of Gaussians of known kind.
#include "core/error.h"
#include "core/rng.h"
#include "core/trace/kmeans.h"
#include "core/trace/mixture.h"

#include <math.h>
#include <stdlib.h>

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
cost_of(const double *sorted, gsize begin, gsize end)
{
    double mean = 0.0, cost = 0.0;
    for (gsize i = begin; i < end; i++)
        mean += sorted[i] / (double) (end - begin);
    for (gsize i = begin; i < end; i++)
        cost += (sorted[i] - mean) * (sorted[i] - mean);
    return cost;
}

// Tries every division of sorted values into k runs.
static double
try_all(const double *sorted, gsize begin, gsize n, guint k)
{
    if (k == 1)
        return cost_of(sorted, begin, n);
    double best = HUGE_VAL;
    for (gsize end = begin + 1; end + k - 1 <= n; end++)
        best = fmin(best, cost_of(sorted, begin, end) + try_all(sorted, end, n, k - 1));
    return best;
}

static double
cost_of_labels(const double *values, const guint8 *labels, gsize n, const double *means)
{
    double cost = 0.0;
    for (gsize i = 0; i < n; i++)
        cost += (values[i] - means[labels[i]]) * (values[i] - means[labels[i]]);
    return cost;
}

static void
test_kmeans_exact(void)
{
    for (guint64 trial = 0; trial < 60; trial++) {
        gsize n = 6 + trial % 12;
        double values[18], sorted[18], means[4], borders[3], cost;
        guint8 labels[18];
        for (gsize i = 0; i < n; i++) // some values are equal
            sorted[i] = values[i] = trial % 3 == 0
                ? floor(6.0 * lac_rng_uniform(trial, i))
                : 1e4 + lac_rng_normal(trial, i) * (i % 2 == 0 ? 1.0 : 8.0);
        qsort(sorted, n, sizeof *sorted, compare_doubles);
        for (guint k = 1; k <= 4; k++) {
            g_autoptr(GError) error = NULL;
            if (!lac_kmeans(values, n, k, labels, means, borders, &cost, &error)) {
                g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
                g_assert_cmpuint(trial % 3, ==, 0);
                continue;
            }
            g_assert_cmpfloat_with_epsilon(cost, try_all(sorted, 0, n, k), 1e-7);
            g_assert_cmpfloat_with_epsilon(cost, cost_of_labels(values, labels, n, means), 1e-7);
            for (guint c = 1; c < k; c++) {
                g_assert_cmpfloat(means[c - 1], <, borders[c - 1]);
                g_assert_cmpfloat(borders[c - 1], <, means[c]);
            }
        }
    }
}

static void
test_kmeans_large(void)
{
    const gsize n = 100000;
    const double centres[4] = { 1.0, 1.9, 4.0, 6.5 };
    g_autofree double *values = g_new(double, n);
    g_autofree guint8 *labels = g_new(guint8, n);
    double means[4], cost;
    for (gsize i = 0; i < n; i++)
        values[i] = centres[i % 4] + 0.1 * lac_rng_normal(3, i);
    gint64 begin = g_get_monotonic_time();
    g_assert_true(lac_kmeans(values, n, 4, labels, means, NULL, &cost, NULL));
    double seconds = 1e-6 * (double) (g_get_monotonic_time() - begin);
    g_test_minimized_result(seconds, "100 000 values, 4 classes: %.3f s", seconds);
    g_assert_cmpfloat(seconds, <, 5.0);
    for (guint c = 0; c < 4; c++)
        g_assert_cmpfloat_with_epsilon(means[c], centres[c], 0.01);
    gsize n_wrong = 0;
    for (gsize i = 0; i < n; i++)
        n_wrong += labels[i] != i % 4 ? 1 : 0;
    g_assert_cmpuint(n_wrong, <, n / 10000);
}

static void
test_kmeans_refuses(void)
{
    g_autoptr(GError) error = NULL;
    const double equal[] = { 2.0, 2.0, 2.0, 5.0 }, bad[] = { 1.0, (double) NAN, 2.0 };
    guint8 labels[4];
    g_assert_true(lac_kmeans(equal, 4, 2, labels, NULL, NULL, NULL, &error));
    g_assert_no_error(error);
    for (gsize i = 0; i < 3; i++)
        g_assert_cmpuint(labels[i], ==, 0);
    g_assert_cmpuint(labels[3], ==, 1);
    g_assert_false(lac_kmeans(equal, 4, 3, labels, NULL, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(lac_kmeans(bad, 3, 2, labels, NULL, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(lac_kmeans(NULL, 0, 1, labels, NULL, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_mixture_finds(void)
{
    // More values than are kept apart, and fewer.
    const gsize sizes[] = { 3000, 50000 };
    for (gsize t = 0; t < G_N_ELEMENTS(sizes); t++) {
        gsize n = sizes[t];
        g_autofree double *values = g_new(double, n);
        LacMixture mixture;
        for (gsize i = 0; i < n; i++)
            values[i] = i % 10 < 2 ? -1.0 + 0.3 * lac_rng_normal(5, i)
                : i % 10 < 7       ? 0.8 + 0.1 * lac_rng_normal(5, i)
                                   : 2.0 + 0.2 * lac_rng_normal(5, i);
        g_assert_true(lac_mixture_choose(values, n, LAC_MIXTURE_MAX, &mixture, NULL));
        g_assert_cmpuint(mixture.n, ==, 3);
        const double weight[] = { 0.2, 0.5, 0.3 }, mean[] = { -1.0, 0.8, 2.0 },
                     sigma[] = { 0.3, 0.1, 0.2 };
        for (guint c = 0; c < 3; c++) {
            g_assert_cmpfloat_with_epsilon(mixture.weight[c], weight[c], 0.02);
            g_assert_cmpfloat_with_epsilon(mixture.mean[c], mean[c], 0.03);
            g_assert_cmpfloat_with_epsilon(mixture.sigma[c], sigma[c], 0.02);
        }
        g_assert_cmpfloat(lac_mixture_share_above(&mixture, -1.0, 1), <, 1e-6);
        g_assert_cmpfloat(lac_mixture_share_above(&mixture, 0.8, 1), >, 0.999);
        g_assert_cmpfloat(lac_mixture_share_above(&mixture, -5.0, 0), ==, 1.0);
    }
}

static void
test_mixture_hostile(void)
{
    LacMixture mixture;
    g_autoptr(GError) error = NULL;
    const double equal[] = { 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0 }, bad[] = { 1.0, HUGE_VAL };
    g_assert_true(lac_mixture_choose(equal, 7, LAC_MIXTURE_MAX, &mixture, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(mixture.n, ==, 1);
    g_assert_cmpfloat(mixture.mean[0], ==, 3.0);
    g_assert_false(lac_mixture_choose(bad, 2, 2, &mixture, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(lac_mixture_fit(equal, 2, 3, &mixture, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kmeans/exact", test_kmeans_exact);
    g_test_add_func("/kmeans/large", test_kmeans_large);
    g_test_add_func("/kmeans/refuses", test_kmeans_refuses);
    g_test_add_func("/mixture/finds", test_mixture_finds);
    g_test_add_func("/mixture/hostile", test_mixture_hostile);
    return g_test_run();
}
