// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-bench.h"
#include "core/parallel.h"
#include "core/recon/projector.h"
#include "core/recon/recon.h"
#include "core/recon/splat.h"
#include "core/rng.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define ANGLES    25 // for the kernels alone, as the projector calls them at the default size
#define PLANES    16
#define REPEATS   5 // the best one counts: other work on the machine only slows down
#define N_DEFAULT 256
#define N_TILTS   50

// Fills blocks of a packed array with noise.
static void
fill(float *values, gsize n)
{
    for (gsize i = 0; i < n; i++)
        values[i] = (float) lac_rng_uniform(1, i);
}

static LacAngles *
make_angles(gsize n, gboolean single_axis)
{
    LacAngles *angles = g_new0(LacAngles, n);
    for (gsize k = 0; k < n; k++) {
        angles[k].theta = n > 1 ? -70.0 + 140.0 * (double) k / (double) (n - 1) : 0.0;
        if (!single_axis) {
            angles[k].phi = 2.8 * (2.0 * lac_rng_uniform(2, k) - 1.0);
            angles[k].psi = 2.8 * (2.0 * lac_rng_uniform(3, k) - 1.0);
        }
    }
    return angles;
}

typedef struct {
    double forward_s, adjoint_s;
} Times;

static double
now_s(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static Times
time_once(LacProjector *projector, clockid_t clock, float *volume, float *projections)
{
    double start = now_s(clock);
    lac_projector_adjoint(projector, projections, volume);
    double middle = now_s(clock);
    lac_projector_forward(projector, volume, projections);
    return (Times){ now_s(clock) - middle, middle - start };
}

static void
keep_best(Times *best, Times times)
{
    best->forward_s = MIN(best->forward_s, times.forward_s);
    best->adjoint_s = MIN(best->adjoint_s, times.adjoint_s);
}

static const Times never = { G_MAXDOUBLE, G_MAXDOUBLE };

typedef struct {
    Times cpu;      // of one thread: other work on the machine hardly counts
    Times one, all; // by the clock, in turns
} ProjectorTimes;

static gboolean
time_projector(LacBench *bench, gsize n, gsize n_tilts, gboolean single_axis, double blob,
    ProjectorTimes *times, GError **error)
{
    g_autofree LacAngles *angles = make_angles(n_tilts, single_axis);
    LacProjectorParams params = {
        .nx = n,
        .ny = n,
        .nz = n,
        .nu = n,
        .nv = n,
        .n = n_tilts,
        .angles = angles,
        .blob_sigma = blob,
    };
    g_autoptr(LacProjector) projector = lac_projector_new(&params, error);
    if (projector == NULL)
        return FALSE;
    gsize n_pixels = lac_projector_get_projections_size(projector);
    float *volume = lac_alloc_floats(lac_projector_get_volume_size(projector), error);
    float *projections = volume != NULL ? lac_alloc_floats(n_pixels, error) : NULL;
    gboolean going = projections != NULL;
    if (going)
        fill(projections, n_pixels);
    *times = (ProjectorTimes){ never, never, never };
    guint n_threads = lac_parallel_get_threads();
    for (int i = 0; i < REPEATS && going; i++) {
        lac_parallel_set_threads(1);
        keep_best(&times->cpu, time_once(projector, CLOCK_PROCESS_CPUTIME_ID, volume, projections));
        keep_best(&times->one, time_once(projector, CLOCK_MONOTONIC, volume, projections));
        lac_parallel_set_threads(n_threads);
        keep_best(&times->all, time_once(projector, CLOCK_MONOTONIC, volume, projections));
        going = lac_progress_update(bench->progress, (double) i / REPEATS, error);
    }
    lac_free(volume);
    lac_free(projections);
    return going;
}

// Billions of voxel updates per second: voxels times projections over time.
static double
gups(gsize n, gsize n_tilts, double seconds)
{
    return (double) n * (double) n * (double) n * (double) n_tilts / seconds * 1e-9;
}

static void
add_times(LacBench *bench, const char *prefix, gsize n, gsize n_tilts, const Times *times)
{
    g_autofree char *forward = g_strdup_printf("%s_forward_gups", prefix);
    g_autofree char *adjoint = g_strdup_printf("%s_adjoint_gups", prefix);
    lac_bench_number(bench, forward, gups(n, n_tilts, times->forward_s));
    lac_bench_number(bench, adjoint, gups(n, n_tilts, times->adjoint_s));
}

// The splat alone, without the detector filter, on one thread: what the kernels reach.
static void
time_kernels(LacBench *bench, gsize n, gsize n_tilts)
{
    const LacSplatKernels *kernels = lac_splat_kernels_for_this_cpu();
    g_autofree LacSplatAngle *splat = g_new0(LacSplatAngle, n_tilts);
    g_autofree LacAngles *angles = make_angles(n_tilts, TRUE);
    gsize n_u = n * 3 / 2 + 32;
    double centre = (double) (n / 2);
    for (gsize k = 0; k < n_tilts; k++) {
        LacMat3 r = lac_rotation_from_euler_deg(0.0, angles[k].theta, 0.0);
        gboolean z = ABS(r.m[0][2]) > ABS(r.m[0][0]);
        double a = r.m[0][z ? 2 : 0], b = r.m[0][z ? 0 : 2];
        splat[k] = (LacSplatAngle){ a, b, (double) (n_u / 2) - (a + b) * centre, z };
    }
    LacSplatPlan plan = { MAX(n, 8), MAX(n, 8), n_u, n_tilts, splat };
    float *volume = lac_alloc_floats(plan.nx * plan.nz * LAC_TILE_WIDTH, NULL);
    float *projections = lac_alloc_floats(n_tilts * n_u * LAC_TILE_WIDTH, NULL);
    Times times = never;
    const clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
    for (int i = 0; i < REPEATS && volume != NULL && projections != NULL; i++) {
        double start = now_s(clock);
        for (gsize z = 0; z < plan.nz; z += PLANES)
            kernels->adjoint(&plan, LAC_TILE_WIDTH, projections, volume, z,
                MIN(z + PLANES, plan.nz));
        double middle = now_s(clock);
        for (gsize k = 0; k < n_tilts; k += ANGLES)
            kernels->forward(&plan, LAC_TILE_WIDTH, volume, projections, k,
                MIN(k + ANGLES, n_tilts));
        keep_best(&times, (Times){ now_s(clock) - middle, middle - start });
    }
    lac_free(volume);
    lac_free(projections);
    double share = (double) LAC_TILE_WIDTH / (double) n;
    times.forward_s /= share;
    times.adjoint_s /= share;
    lac_bench_text(bench, "kernels", kernels->name);
    add_times(bench, "splat_one_thread", n, n_tilts, &times);
}

static gboolean
run_projector(LacBench *bench, GError **error)
{
    gsize n = bench->size != 0 ? bench->size : N_DEFAULT;
    gsize n_tilts = bench->n_tilts != 0 ? bench->n_tilts : N_TILTS;
    lac_bench_number(bench, "size", (double) n);
    lac_bench_number(bench, "tilts", (double) n_tilts);
    time_kernels(bench, n, n_tilts);
    ProjectorTimes plain, blob, general;
    if (!time_projector(bench, n, n_tilts, TRUE, 0.0, &plain, error) ||
        !time_projector(bench, n, n_tilts, TRUE, 1.0, &blob, error) ||
        !time_projector(bench, n, n_tilts, FALSE, 0.0, &general, error))
        return FALSE;
    add_times(bench, "single_axis_one_thread", n, n_tilts, &plain.cpu);
    add_times(bench, "single_axis_blob_one_thread", n, n_tilts, &blob.cpu);
    add_times(bench, "three_angles_one_thread", n, n_tilts, &general.cpu);
    add_times(bench, "single_axis_all_threads", n, n_tilts, &plain.all);
    add_times(bench, "three_angles_all_threads", n, n_tilts, &general.all);
    lac_bench_number(bench, "speedup_forward", plain.one.forward_s / plain.all.forward_s);
    lac_bench_number(bench, "speedup_adjoint", plain.one.adjoint_s / plain.all.adjoint_s);
    return TRUE;
}

static gboolean
run_resire(LacBench *bench, GError **error)
{
    gsize n = bench->size != 0 ? bench->size : N_DEFAULT;
    gsize n_tilts = bench->n_tilts != 0 ? bench->n_tilts : N_TILTS;
    g_autoptr(LacSeries) series = lac_series_new(n_tilts, n, n, 1.0, error);
    if (series == NULL)
        return FALSE;
    g_autofree LacAngles *angles = make_angles(n_tilts, TRUE);
    memcpy(series->angles, angles, n_tilts * sizeof *angles);
    fill(series->data, n_tilts * n * n);
    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    params.blob_sigma = 1.0;
    params.n_iterations = 5;
    g_autoptr(LacRecon) first =
        lac_recon_run(series, &params, NULL, NULL, NULL, bench->progress, error);
    if (first == NULL)
        return FALSE;
    // The step size is known by now, so that the second run only iterates.
    g_autoptr(LacRecon) second =
        lac_recon_run(series, &params, NULL, NULL, first, bench->progress, error);
    if (second == NULL)
        return FALSE;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double iteration_s = (second->seconds - first->seconds) / (double) params.n_iterations;
    lac_bench_number(bench, "size", (double) n);
    lac_bench_number(bench, "tilts", (double) n_tilts);
    lac_bench_number(bench, "iteration_s", iteration_s);
    lac_bench_number(bench, "iteration_gups", 2.0 * gups(n, n_tilts, iteration_s));
    lac_bench_number(bench, "estimated_memory_mib",
        (double) lac_recon_estimate_memory(series, &params) / 1048576.0);
    lac_bench_number(bench, "peak_memory_mib", (double) usage.ru_maxrss / 1024.0);
    return TRUE;
}

const LacBenchmark lac_bench_projector = {
    .name = "projector",
    .summary = "forward and back projection, in billions of voxel updates per second (GUPS)",
    .run = run_projector,
};

const LacBenchmark lac_bench_resire = {
    .name = "resire",
    .summary = "seconds per iteration and memory of a reconstruction",
    .run = run_resire,
};
