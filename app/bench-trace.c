// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-bench.h"
#include "core/rng.h"
#include "core/trace/peaks.h"

#include <math.h>
#include <sys/resource.h>
#include <time.h>

#define N_DEFAULT  300
#define VOXEL_SIZE 0.347 // [Å], that of the published metallic glass
#define PITCH      2.58  // [Å] of the jittered lattice: 18 000 atoms in the default volume
#define JITTER     0.25  // [Å] to each side along every axis
#define RADIUS     0.403 // of the particle, in edges of the volume
#define SIGMA      0.6   // [Å] Gaussian width of an atom
#define NOISE      0.34  // of the white noise before it is smoothed; the lightest atom is 1 high
#define MIN_DIST   1.9   // [Å]
#define REPEATS    3     // the best one counts

static void
add_atom(LacVolume *v, const double voxel[3], double height)
{
    const double sigma = SIGMA / VOXEL_SIZE;
    const gssize reach = (gssize) ceil(4.0 * sigma);
    gssize centre[3];
    for (int i = 0; i < 3; i++)
        centre[i] = (gssize) lround(voxel[i]);
    for (gssize z = centre[2] - reach; z <= centre[2] + reach; z++)
        for (gssize y = centre[1] - reach; y <= centre[1] + reach; y++)
            for (gssize x = centre[0] - reach; x <= centre[0] + reach; x++) {
                if (x < 0 || y < 0 || z < 0 || x >= (gssize) v->nx || y >= (gssize) v->ny ||
                    z >= (gssize) v->nz)
                    continue;
                double dx = (double) x - voxel[0], dy = (double) y - voxel[1];
                double dz = (double) z - voxel[2], d2 = dx * dx + dy * dy + dz * dz;
                v->data[((gsize) z * v->ny + (gsize) y) * v->nx + (gsize) x] +=
                    (float) (height * exp(-0.5 * d2 / (sigma * sigma)));
            }
}

// White noise, averaged with the next voxel twice along every axis.
static void
fill_noise(LacVolume *v)
{
    gsize n = lac_volume_get_size(v), strides[3] = { 1, v->nx, v->nx * v->ny };
    for (gsize i = 0; i < n; i++)
        v->data[i] = (float) (NOISE * (lac_rng_uniform(1, i) - 0.5) * sqrt(12.0));
    for (int pass = 0; pass < 6; pass++)
        for (gsize i = 0; i + strides[pass % 3] < n; i++)
            v->data[i] = 0.5f * (v->data[i] + v->data[i + strides[pass % 3]]);
}

static gsize
add_particle(LacVolume *v)
{
    static const double heights[3] = { 1.0, 1.88, 3.96 };
    const double pitch = PITCH / VOXEL_SIZE, radius = RADIUS * (double) v->nx;
    const gssize half = (gssize) (radius / pitch) + 1;
    gsize n_atoms = 0;
    guint64 counter = 0;
    for (gssize k = -half; k <= half; k++)
        for (gssize j = -half; j <= half; j++)
            for (gssize i = -half; i <= half; i++) {
                double p[3] = { (double) i * pitch, (double) j * pitch, (double) k * pitch };
                if (p[0] * p[0] + p[1] * p[1] + p[2] * p[2] > radius * radius)
                    continue;
                for (int axis = 0; axis < 3; axis++) {
                    double jitter = JITTER * (2.0 * lac_rng_uniform(2, counter++) - 1.0);
                    p[axis] += jitter / VOXEL_SIZE + (double) (v->nx / 2);
                }
                add_atom(v, p, heights[lac_rng_bits(3, counter) % 3]);
                n_atoms++;
            }
    return n_atoms;
}

// Of all threads: other work on the machine hardly matters to it.
static double
processor_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static double
resident_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_maxrss / 1024.0;
}

static gboolean
time_trace(LacBench *bench, const LacVolume *volume, LacFitMethod method, const char *name,
    GError **error)
{
    LacTraceParams params;
    lac_trace_params_init(&params, method);
    params.min_distance = MIN_DIST;
    if (method == LAC_FIT_PUBLISHED)
        params.threshold = 0.1;
    double best = G_MAXDOUBLE, best_processor = G_MAXDOUBLE;
    gsize n_peaks = 0, n_accepted = 0;
    for (int i = 0; i < (method == LAC_FIT_PUBLISHED ? 1 : REPEATS); i++) {
        double processor = processor_s();
        gint64 start = g_get_monotonic_time();
        g_autoptr(LacAtoms) atoms = lac_trace(volume, NULL, &params, bench->progress, error);
        if (atoms == NULL)
            return FALSE;
        best = fmin(best, (double) (g_get_monotonic_time() - start) * 1e-6);
        best_processor = fmin(best_processor, processor_s() - processor);
        n_peaks = atoms->n;
        n_accepted = lac_atoms_count_present(atoms);
    }
    g_autofree char *seconds = g_strconcat(name, "_s", NULL);
    g_autofree char *processor = g_strconcat(name, "_processor_s", NULL);
    g_autofree char *rate = g_strconcat(name, "_seeds_per_s", NULL);
    g_autofree char *seeds = g_strconcat(name, "_seeds", NULL);
    g_autofree char *accepted = g_strconcat(name, "_accepted", NULL);
    lac_bench_number(bench, seconds, best);
    lac_bench_number(bench, processor, best_processor);
    lac_bench_number(bench, seeds, (double) n_peaks);
    lac_bench_number(bench, accepted, (double) n_accepted);
    lac_bench_number(bench, rate, (double) n_peaks / best);
    return TRUE;
}

static gboolean
run_trace(LacBench *bench, GError **error)
{
    gsize n = bench->size != 0 ? bench->size : N_DEFAULT;
    g_autoptr(LacVolume) volume = lac_volume_new(n, n, n, VOXEL_SIZE, error);
    if (volume == NULL)
        return FALSE;
    fill_noise(volume);
    gsize n_atoms = add_particle(volume);
    double volume_mib = 4.0 * (double) lac_volume_get_size(volume) / 1048576.0;
    double before = resident_mib();
    lac_bench_number(bench, "size", (double) n);
    lac_bench_number(bench, "atoms", (double) n_atoms);
    if (!time_trace(bench, volume, LAC_FIT_POLYNOMIAL, "trace", error))
        return FALSE;
    // The volume itself counts, so that 2 means one more.
    lac_bench_number(bench, "memory_volumes", 1.0 + (resident_mib() - before) / volume_mib);
    return time_trace(bench, volume, LAC_FIT_PUBLISHED, "published", error);
}

const LacBenchmark lac_bench_trace = {
    .name = "trace",
    .summary = "seeds per second and memory of tracing 18 000 atoms in 300^3 voxels",
    .run = run_trace,
};
