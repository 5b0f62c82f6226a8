// SPDX-License-Identifier: GPL-3.0-or-later
// The parallel loop: every item once, the same bits for any number of threads, nesting, two callers.
#include "core/data/volume.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static const guint THREADS[] = { 1, 2, 3, 8, 16 };

typedef struct {
    atomic_uint *visits;
    gsize n, grain;
    atomic_uint bad_blocks;
    atomic_uint bad_workers;
    atomic_uint inside[64]; // threads that use each worker index now
} VisitArgs;

static void
visit(gsize begin, gsize end, guint worker, gpointer data)
{
    VisitArgs *args = data;
    if (begin % args->grain != 0 || end <= begin || end != MIN(begin + args->grain, args->n))
        atomic_fetch_add(&args->bad_blocks, 1);
    if (worker >= lac_parallel_max_workers() || atomic_fetch_add(&args->inside[worker], 1) != 0)
        atomic_fetch_add(&args->bad_workers, 1);
    for (gsize i = begin; i < end; i++)
        atomic_fetch_add(&args->visits[i], 1);
    atomic_fetch_sub(&args->inside[worker], 1);
}

static void
test_every_item_once(void)
{
    const gsize counts[] = { 0, 1, 2, 7, 64, 1000, 4099 }, grains[] = { 1, 2, 3, 64, 5000 };
    for (guint t = 0; t < G_N_ELEMENTS(THREADS); t++) {
        lac_parallel_set_threads(THREADS[t]);
        g_assert_cmpuint(lac_parallel_get_threads(), ==, THREADS[t]);
        for (guint c = 0; c < G_N_ELEMENTS(counts); c++) {
            for (guint g = 0; g < G_N_ELEMENTS(grains); g++) {
                VisitArgs args = { .n = counts[c], .grain = grains[g] };
                args.visits = g_new0(atomic_uint, counts[c] + 1);
                lac_parallel_for(counts[c], grains[g], visit, &args);
                for (gsize i = 0; i < counts[c]; i++)
                    g_assert_cmpuint(atomic_load(&args.visits[i]), ==, 1);
                g_assert_cmpuint(atomic_load(&args.visits[counts[c]]), ==, 0);
                g_assert_cmpuint(atomic_load(&args.bad_blocks), ==, 0);
                g_assert_cmpuint(atomic_load(&args.bad_workers), ==, 0);
                g_free(args.visits);
            }
        }
    }
    lac_parallel_set_threads(0);
}

// The ways a caller can see the threads: ids of the pthreads that ran blocks of one loop.
typedef struct {
    pthread_t outer;
    atomic_uint inner_items;
    atomic_uint strangers;
} NestedArgs;

static void
inner(gsize begin, gsize end, guint worker, gpointer data)
{
    NestedArgs *args = data;
    if (!pthread_equal(pthread_self(), args->outer) || worker != 0)
        atomic_fetch_add(&args->strangers, 1);
    atomic_fetch_add(&args->inner_items, (guint) (end - begin));
}

static void
outer(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    NestedArgs *all = data;
    for (gsize i = begin; i < end; i++) {
        NestedArgs own = { .outer = pthread_self() };
        lac_parallel_for(100, 3, inner, &own);
        atomic_fetch_add(&all->inner_items, atomic_load(&own.inner_items));
        atomic_fetch_add(&all->strangers, atomic_load(&own.strangers));
    }
}

static void
test_nested_runs_serially(void)
{
    lac_parallel_set_threads(4);
    NestedArgs args = { .outer = pthread_self() };
    lac_parallel_for(50, 1, outer, &args);
    g_assert_cmpuint(atomic_load(&args.inner_items), ==, 5000);
    g_assert_cmpuint(atomic_load(&args.strangers), ==, 0);
    lac_parallel_set_threads(0);
}

typedef struct {
    const float *in;
    float *out;
    double *partial;
    gsize grain;
} SumArgs;

static void
transform_and_sum(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SumArgs *args = data;
    double sum = 0.0;
    for (gsize i = begin; i < end; i++) {
        args->out[i] = sinf(args->in[i]) * 3.0f;
        sum += (double) args->out[i];
    }
    args->partial[begin / args->grain] = sum;
}

static void
test_same_bits(void)
{
    const gsize n = 100003, grain = 777, n_blocks = (n - 1) / grain + 1;
    g_autofree float *in = g_new(float, n), *first = g_new(float, n), *out = g_new(float, n);
    g_autofree double *partial = g_new(double, n_blocks);
    for (gsize i = 0; i < n; i++)
        in[i] = (float) lac_rng_normal(1, i);
    double first_sum = 0.0;
    LacStats first_stats = { 0 };
    for (guint t = 0; t < G_N_ELEMENTS(THREADS); t++) {
        lac_parallel_set_threads(THREADS[t]);
        SumArgs args = { .in = in,
            .out = t == 0 ? first : out,
            .partial = partial,
            .grain = grain };
        lac_parallel_for(n, grain, transform_and_sum, &args);
        double sum = 0.0;
        for (gsize b = 0; b < n_blocks; b++)
            sum += partial[b];
        LacStats stats = lac_stats(in, n);
        if (t == 0) {
            first_sum = sum;
            first_stats = stats;
            continue;
        }
        g_assert_cmpint(memcmp(first, out, n * sizeof(float)), ==, 0);
        g_assert_cmpint(memcmp(&first_sum, &sum, sizeof sum), ==, 0);
        g_assert_cmpint(memcmp(&first_stats.mean, &stats.mean, sizeof stats.mean), ==, 0);
        g_assert_cmpint(memcmp(&first_stats.std, &stats.std, sizeof stats.std), ==, 0);
    }
    lac_parallel_set_threads(0);
}

static void *
loop_many_times(void *data)
{
    atomic_uint *wrong = data;
    for (guint round = 0; round < 200; round++) {
        gsize n = 1 + round * 7;
        VisitArgs args = { .n = n, .grain = 5 };
        args.visits = g_new0(atomic_uint, n);
        lac_parallel_for(n, 5, visit, &args);
        for (gsize i = 0; i < n; i++)
            if (atomic_load(&args.visits[i]) != 1)
                atomic_fetch_add(wrong, 1);
        atomic_fetch_add(wrong, atomic_load(&args.bad_blocks) + atomic_load(&args.bad_workers));
        g_free(args.visits);
    }
    return NULL;
}

static void
test_two_callers_at_once(void)
{
    lac_parallel_set_threads(4);
    atomic_uint wrong = 0;
    pthread_t callers[3];
    for (guint i = 0; i < G_N_ELEMENTS(callers); i++)
        g_assert_cmpint(pthread_create(&callers[i], NULL, loop_many_times, &wrong), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(callers); i++)
        g_assert_cmpint(pthread_join(callers[i], NULL), ==, 0);
    g_assert_cmpuint(atomic_load(&wrong), ==, 0);
    lac_parallel_set_threads(0);
}

// Two blocks that wait for each other end only if two threads work at once.
static void
meet(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) begin;
    (void) end;
    (void) worker;
    pthread_barrier_wait(data);
}

static void
test_really_parallel(void)
{
    pthread_barrier_t barrier;
    lac_parallel_set_threads(3);
    pthread_barrier_init(&barrier, NULL, 3);
    lac_parallel_for(3, 1, meet, &barrier);
    pthread_barrier_destroy(&barrier);
    lac_parallel_set_threads(0);
}

static void
test_limits(void)
{
    lac_parallel_set_threads(1000);
    g_assert_cmpuint(lac_parallel_get_threads(), ==, 64);
    lac_parallel_set_threads(0);
    g_assert_cmpuint(lac_parallel_get_threads(), >=, 1);
    g_assert_cmpuint(lac_parallel_max_workers(), >=, lac_parallel_get_threads());
}

typedef struct {
    atomic_uint lanes[64], n_lanes, n_items, taken;
} LaneArgs;

static void
count_items(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    atomic_fetch_add(&((LaneArgs *) data)->n_items, (guint) (end - begin));
}

static void
run_lane(guint lane, gpointer data)
{
    LaneArgs *args = data;
    atomic_fetch_add(&args->lanes[lane], 1);
    atomic_fetch_add(&args->n_lanes, 1);
    while (atomic_fetch_add(&args->taken, 1) < 20)
        lac_parallel_for(1000, 7, count_items, args);
}

static void
start_lanes(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    for (gsize i = begin; i < end; i++)
        lac_parallel_lanes(4, run_lane, data);
}

// Lanes share their work out and run loops of their own.
static void
test_lanes(void)
{
    for (guint t = 0; t < G_N_ELEMENTS(THREADS); t++) {
        lac_parallel_set_threads(THREADS[t]);
        LaneArgs args = { .taken = 0 };
        lac_parallel_lanes(4, run_lane, &args);
        g_assert_cmpuint(atomic_load(&args.n_items), ==, 20 * 1000);
        guint n_lanes = atomic_load(&args.n_lanes);
        g_assert_cmpuint(n_lanes, <=, MIN(4, THREADS[t]));
        for (guint k = 0; k < 64; k++)
            g_assert_cmpuint(atomic_load(&args.lanes[k]), ==, k < n_lanes ? 1 : 0);
    }
    // One lane for each call within a loop.
    LaneArgs args = { .taken = 0 };
    lac_parallel_set_threads(3);
    lac_parallel_for(5, 1, start_lanes, &args);
    g_assert_cmpuint(atomic_load(&args.n_lanes), ==, 5);
    g_assert_cmpuint(atomic_load(&args.lanes[0]), ==, 5);
    g_assert_cmpuint(atomic_load(&args.n_items), ==, 20 * 1000);
    lac_parallel_set_threads(0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parallel/every-item-once", test_every_item_once);
    g_test_add_func("/parallel/nested-runs-serially", test_nested_runs_serially);
    g_test_add_func("/parallel/same-bits", test_same_bits);
    g_test_add_func("/parallel/two-callers-at-once", test_two_callers_at_once);
    g_test_add_func("/parallel/really-parallel", test_really_parallel);
    g_test_add_func("/parallel/limits", test_limits);
    g_test_add_func("/parallel/lanes", test_lanes);
    return g_test_run();
}
