// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-bench.h"
#include "core/analysis/analysis.h"
#include "core/rng.h"

#include <math.h>
#include <sys/resource.h>

#define N_PARTICLE 20000   // atoms of metal in its oxide, all analyses
#define N_BALL     1000000 // atoms of metal alone, neighbours and order
#define METAL      4.6     // [Å] edge of the fcc cell
#define OXIDE      5.09    // [Å]
#define SHARE      0.25    // of the volume that is metal
#define NOISE      0.1     // [Å] off their sites, per coordinate
#define CUTOFF     3.9     // [Å]
#define N_EDITS    20      // of each kind

// A ball of fcc about the origin, the outer part of another crystal; without some sites.
static LacAtoms *
make_particle(gsize n, double share)
{
    static const double sites[4][3] = { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 },
        { 0, 0.5, 0.5 } };
    double density = share * 4.0 / pow(METAL, 3.0) + (1.0 - share) * 4.0 / pow(OXIDE, 3.0);
    double outer = cbrt(3.0 * (double) n / (4.0 * G_PI * density)), inner = outer * cbrt(share);
    g_autoptr(LacAtoms) all = lac_atoms_new(n + n / 5 + 1000);
    lac_atoms_add_species(all, "Zr");
    gsize k = 0;
    for (int phase = 0; phase < 2; phase++) {
        double a = phase == 0 ? METAL : OXIDE;
        int edge = (int) ceil(outer / a) + 1;
        for (int i = 0; i < 8 * edge * edge * edge * 4; i++) {
            int cell = i / 4;
            double p[3] = { a * (cell % (2 * edge) - edge + sites[i % 4][0]),
                a * (cell / (2 * edge) % (2 * edge) - edge + sites[i % 4][1]),
                a * (cell / (4 * edge * edge) - edge + sites[i % 4][2]) };
            double r = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
            gboolean is_here = phase == 0 ? r < inner : r >= inner + 2.5 && r < outer;
            if (!is_here || k >= all->n ||
                lac_rng_uniform(3, (guint64) i + ((guint64) phase << 40)) < 0.01)
                continue;
            all->x[k] = p[0] + NOISE * lac_rng_normal(1, 3 * k);
            all->y[k] = p[1] + NOISE * lac_rng_normal(1, 3 * k + 1);
            all->z[k] = p[2] + NOISE * lac_rng_normal(1, 3 * k + 2);
            k++;
        }
    }
    return lac_atoms_copy(all, k);
}

static double
get_peak_mib(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (double) usage.ru_maxrss / 1024.0 : 0.0;
}

// [s] of all threads: unlike the time on the wall it does not tell what else the machine does.
static double
get_cpu_seconds(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0.0;
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
        1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// The mean time of what follows an edit at once: an atom moved, taken out, put in.
static gboolean
time_edits(LacBench *bench, LacAnalysis *analysis, LacAtoms *atoms, GError **error)
{
    static const char *const names[] = { "move_ms", "delete_ms", "insert_ms" };
    for (guint kind = 0; kind < G_N_ELEMENTS(names); kind++) {
        gint64 time = 0;
        for (gsize k = 0; k < N_EDITS; k++) {
            gsize atom = (k + 1) * atoms->n / (N_EDITS + 2);
            g_autoptr(LacAtoms) edited = lac_atoms_copy(atoms, atoms->n + (kind == 2 ? 1 : 0));
            if (kind == 0)
                edited->x[atom] += 0.2;
            else if (kind == 1)
                edited->state[atom] = LAC_ATOM_DELETED;
            else {
                edited->x[atoms->n] = atoms->x[atom] + 1.6;
                edited->y[atoms->n] = atoms->y[atom];
                edited->z[atoms->n] = atoms->z[atom];
                edited->state[atoms->n] = LAC_ATOM_ADDED;
            }
            gint64 start = g_get_monotonic_time();
            g_autoptr(LacAnalysis) local = lac_analysis_update_local(analysis, edited, error);
            time += g_get_monotonic_time() - start;
            if (local == NULL)
                return FALSE;
        }
        lac_bench_number(bench, names[kind], 1e-3 * (double) time / N_EDITS);
    }
    return TRUE;
}

// Adds the time on the wall and that of all threads since a start.
static void
add_times(LacBench *bench, const char *name, gint64 start, double start_cpu)
{
    g_autofree char *wall = g_strconcat(name, "_s", NULL);
    g_autofree char *cpu = g_strconcat(name, "_cpu_s", NULL);
    lac_bench_number(bench, wall, 1e-6 * (double) (g_get_monotonic_time() - start));
    lac_bench_number(bench, cpu, get_cpu_seconds() - start_cpu);
}

// One analysis after the other, each taking those before it.
static LacAnalysis *
time_each(LacBench *bench, LacAtoms *atoms, const LacAnalysisParams *params, GError **error)
{
    g_autoptr(LacAnalysis) analysis = NULL;
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; i < n; i++) {
        gint64 start = g_get_monotonic_time();
        double start_cpu = get_cpu_seconds();
        LacAnalysis *next = lac_analysis_run(atoms, NULL, params, LAC_ANALYSIS_BIT(i), analysis,
            bench->progress, error);
        if (next == NULL)
            return NULL;
        g_clear_pointer(&analysis, lac_analysis_unref);
        analysis = next;
        add_times(bench, table[i]->id, start, start_cpu);
    }
    return g_steal_pointer(&analysis);
}

// All at once, as the window and the command line have them computed; what @before has is shared.
static gboolean
time_run(LacBench *bench, const char *name, LacAtoms *atoms, const LacAnalysisParams *params,
    const LacAnalysis *before, GError **error)
{
    gint64 start = g_get_monotonic_time();
    double start_cpu = get_cpu_seconds();
    g_autoptr(LacAnalysis) analysis =
        lac_analysis_run(atoms, NULL, params, LAC_ANALYSIS_ALL, before, bench->progress, error);
    if (analysis == NULL)
        return FALSE;
    add_times(bench, name, start, start_cpu);
    return TRUE;
}

static gboolean
time_all(LacBench *bench, GError **error)
{
    g_autoptr(LacAtoms) atoms = make_particle(N_PARTICLE, SHARE);
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    lac_bench_number(bench, "atoms", (double) atoms->n);
    if (!time_run(bench, "all", atoms, &params, NULL, error))
        return FALSE;
    guint64 slow =
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_TEMPLATES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_DELAUNAY);
    g_autoptr(LacAnalysis) before =
        lac_analysis_run(atoms, NULL, &params, slow, NULL, bench->progress, error);
    if (before == NULL ||
        !time_run(bench, "all_but_templates_and_delaunay", atoms, &params, before, error))
        return FALSE;
    g_clear_pointer(&before, lac_analysis_unref);
    lac_bench_number(bench, "peak_memory_mib", get_peak_mib());
    g_autoptr(LacAnalysis) analysis = time_each(bench, atoms, &params, error);
    if (analysis == NULL)
        return FALSE;
    return time_edits(bench, analysis, atoms, error);
}

static gboolean
time_million(LacBench *bench, GError **error)
{
    g_autoptr(LacAtoms) atoms = make_particle(N_BALL, 1.0);
    gint64 start = g_get_monotonic_time();
    g_autoptr(LacPoints) points = lac_points_new(atoms, error);
    g_autoptr(LacNeighbours) neighbours =
        points != NULL ? lac_neighbours_new(points, CUTOFF, bench->progress, error) : NULL;
    g_autoptr(LacCoordination) coordination = neighbours != NULL
        ? lac_coordination_new(points, neighbours, NULL, bench->progress, error)
        : NULL;
    if (coordination == NULL)
        return FALSE;
    LacOrderParams order_params;
    lac_order_params_init(&order_params);
    g_autoptr(LacOrder) order =
        lac_order_new(points, neighbours, &order_params, bench->progress, error);
    if (order == NULL)
        return FALSE;
    lac_bench_number(bench, "million_atoms", (double) points->n);
    lac_bench_number(bench, "million_neighbours_cn_order_s",
        1e-6 * (double) (g_get_monotonic_time() - start));
    return TRUE;
}

static gboolean
run(LacBench *bench, GError **error)
{
    return time_all(bench, error) && time_million(bench, error);
}

const LacBenchmark lac_bench_analyses = {
    .name = "analyses",
    .summary = "every analysis of 20 000 atoms; neighbours and order of a million",
    .run = run,
};
