// SPDX-License-Identifier: GPL-3.0-or-later
// Rates per available place, histograms that suit, clusters told from chance.
#include "core/analysis/distributions.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

// The outer bins hold more places and more events, and the rate is the same.
static void
test_rates(void)
{
    enum {
        N = 40000
    };
    g_autofree double *places = g_new(double, N);
    g_autofree double *events = g_new(double, N / 20);
    for (gsize i = 0; i < N; i++) {
        places[i] = 10.0 * cbrt(((double) i + 0.5) / N);
        if (i % 20 == 7)
            events[i / 20] = places[i];
    }
    g_autoptr(LacRates) rates = lac_rates_new(events, N / 20, places, N, 1.0, 0.0, 12.0, 2.0);
    g_assert_cmpuint(rates->n, ==, 6);
    for (gsize k = 0; k < 5; k++) {
        g_assert_cmpfloat(fabs(rates->rate[k] - 0.05), <, 2.0 / rates->available[k] + 1e-3);
        g_assert_cmpfloat(rates->error[k], >, 0.0);
    }
    g_assert_true(isnan(rates->rate[5]));
    g_assert_cmpuint(rates->count[4], >, 40 * rates->count[0]);
    g_autoptr(LacRates) none = lac_rates_new(NULL, 0, NULL, 0, 1.0, 0.0, -1.0, 2.0);
    g_assert_cmpuint(none->n, ==, 0);
}

static void
test_sizes(void)
{
    enum {
        N = 1000
    };
    double values[N];
    for (gsize i = 0; i < N; i++)
        values[i] = 5.0 + lac_rng_normal(9, i);
    values[17] = (double) NAN;
    g_autoptr(LacSizes) sizes = lac_sizes_new(values, N, FALSE);
    gsize sum = 0;
    for (gsize k = 0; k < sizes->n_bins; k++)
        sum += sizes->count[k];
    g_assert_cmpuint(sizes->n, ==, N - 1);
    g_assert_cmpuint(sum, ==, N - 1);
    g_assert_cmpfloat(fabs(sizes->width - 2.0 * 1.349 / 10.0), <, 0.05);
    g_assert_cmpfloat(fabs(sizes->mean - 5.0), <, 0.15);
    g_assert_cmpfloat(fabs(sizes->median - 5.0), <, 0.15);
    g_autoptr(LacSizes) one = lac_sizes_new(values, 1, TRUE);
    g_assert_cmpuint(one->n_bins, ==, 1);
    g_assert_true(isnan(one->spread));
    g_autoptr(LacSizes) none = lac_sizes_new(NULL, 0, FALSE);
    g_assert_cmpuint(none->n_bins, ==, 0);
    g_assert_true(isnan(none->mean));
}

static void
test_clustering(void)
{
    enum {
        EDGE = 10,
        N = EDGE * EDGE * EDGE
    };
    g_autofree LacVec3 *places = g_new(LacVec3, N);
    for (int i = 0; i < N; i++)
        places[i] = (LacVec3){ 3.0 * (i % EDGE), 3.0 * (i / EDGE % EDGE), 3.0 * (i / EDGE / EDGE) };
    LacVec3 pairs[20], spread[20];
    for (int k = 0; k < 10; k++) {
        pairs[2 * k] = places[97 * k];
        pairs[2 * k + 1] = places[97 * k + 1];
    }
    for (int k = 0; k < 20; k++)
        spread[k] = places[(gsize) (N * lac_rng_uniform(33, (guint64) k))];
    LacClustering close = lac_clustering_measure(pairs, 20, places, N, 200);
    LacClustering random = lac_clustering_measure(spread, 20, places, N, 200);
    g_assert_cmpfloat(close.p_closer, <, 0.02);
    g_assert_cmpfloat(close.observed, <, close.expected - 2.0 * close.spread);
    g_assert_cmpfloat(random.p_closer, >, 0.02);
    for (guint threads = 1; threads <= 4; threads *= 4) {
        lac_parallel_set_threads(threads);
        LacClustering again = lac_clustering_measure(pairs, 20, places, N, 200);
        g_assert_true(memcmp(&again.expected, &close.expected, sizeof(double)) == 0);
    }
    lac_parallel_set_threads(0);
    g_assert_true(isnan(lac_clustering_measure(pairs, 1, places, N, 200).observed));
    g_assert_true(isnan(lac_clustering_measure(NULL, 0, NULL, 0, 200).expected));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/distributions/rates", test_rates);
    g_test_add_func("/distributions/sizes", test_sizes);
    g_test_add_func("/distributions/clustering", test_clustering);
    return g_test_run();
}
