// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-bench.h"
#include "core/prep/denoise.h"
#include "core/rng.h"

#include <math.h>
#include <time.h>

#define N_DEFAULT 300
#define N_TILTS   60
#define PITCH     7.4  // [pixel] of the jittered lattice of atoms
#define WIDTH     1.8  // [pixel] of an atom
#define DOSE      12.0 // [electron] at the brightest atom

// Counts of a disc of atoms, another one for each projection.
static void
fill_projection(float *image, gsize n, guint64 seed)
{
    const double centre = 0.5 * (double) n, radius = 0.4 * (double) n;
    guint64 counter = 0;
    for (double v = -radius; v <= radius; v += PITCH)
        for (double u = -radius; u <= radius; u += PITCH) {
            double height = sqrt(fmax(1.0 - (u * u + v * v) / (radius * radius), 0.0)) * DOSE;
            double av = centre + v + 1.5 * lac_rng_normal(seed, counter++);
            double au = centre + u + 1.5 * lac_rng_normal(seed, counter++);
            for (gsize y = (gsize) fmax(av - 8.0, 0.0); y < MIN((gsize) (av + 9.0), n); y++)
                for (gsize x = (gsize) fmax(au - 8.0, 0.0); x < MIN((gsize) (au + 9.0), n); x++) {
                    double dv = (double) y - av, du = (double) x - au;
                    image[y * n + x] +=
                        (float) (height * exp(-0.5 * (dv * dv + du * du) / (WIDTH * WIDTH)));
                }
        }
    for (gsize i = 0; i < n * n; i++)
        image[i] = (float) lac_rng_poisson(seed + 1000, i, 1.0 + (double) image[i]);
}

static gboolean
time_method(LacBench *bench, const LacSeries *series, LacDenoiseMethod method, GError **error)
{
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    params.method = method;
    gint64 start = g_get_monotonic_time();
    clock_t cpu = clock();
    g_autoptr(LacDenoised) result =
        lac_denoise_series(series, &params, NULL, NULL, bench->progress, error);
    if (result == NULL)
        return FALSE;
    const char *id = lac_denoise_method_get_id(method);
    g_autofree char *seconds = g_strdup_printf("%s_seconds", id);
    g_autofree char *used = g_strdup_printf("%s_cpu_seconds", id);
    lac_bench_number(bench, seconds, (double) (g_get_monotonic_time() - start) * 1e-6);
    lac_bench_number(bench, used, (double) (clock() - cpu) / CLOCKS_PER_SEC);
    return TRUE;
}

static gboolean
run(LacBench *bench, GError **error)
{
    gsize n = bench->size > 0 ? bench->size : N_DEFAULT;
    gsize n_tilts = bench->n_tilts > 0 ? bench->n_tilts : N_TILTS;
    g_autoptr(LacSeries) series = lac_series_new(n_tilts, n, n, 0.347, error);
    if (series == NULL)
        return FALSE;
    for (gsize k = 0; k < n_tilts; k++)
        fill_projection(series->data + k * n * n, n, k);
    lac_bench_number(bench, "projections", (double) n_tilts);
    lac_bench_number(bench, "pixels_per_edge", (double) n);
    return time_method(bench, series, LAC_DENOISE_BM3D, error) &&
        time_method(bench, series, LAC_DENOISE_NLM, error) &&
        time_method(bench, series, LAC_DENOISE_GAUSSIAN, error);
}

const LacBenchmark lac_bench_denoise = {
    .name = "denoise",
    .summary = "BM3D, non-local means and Gaussian on a tilt series",
    .run = run,
};
