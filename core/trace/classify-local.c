// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/cells.h"
#include "core/parallel.h"
#include "core/trace/classify-private.h"

#include <math.h>
#include <string.h>

#define GRAIN 32
#define BATCH 1024 // atoms between two looks at the progress
#define PRIOR 8.0f // neighbours that the mean of a whole species counts for

typedef struct {
    const LacAtoms *atoms;
    const LacVolume *volume;
    const LacBox *box;
    const LacCells *cells;
    const guint8 *labels;
    guint8 *next;
    double *margin;
    gsize *index;   // of the atoms that take part
    gsize n;        // of them
    gsize *row;     // of an atom in samples
    float *samples; // (n, box->n)
    float *usual;   // (n_species, box->n): mean samples of each species before the first round
    const gboolean *is_stale; // atoms whose neighbours changed
    gsize first;              // of the batch
    guint n_species;
    double radius;
} LocalArgs;

static void
sample_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const LocalArgs *args = data;
    for (gsize r = begin; r < end; r++) {
        gsize i = args->index[r];
        LacVec3 p = { args->atoms->x[i], args->atoms->y[i], args->atoms->z[i] };
        lac_box_sample(args->box, args->volume, p, args->samples + r * args->box->n);
    }
}

// Sums the samples of the neighbours by species. A single neighbour of a rare species is no measure
// of it, so that the species as a whole counts for a few more.
static void
sum_neighbours(const LocalArgs *args, gsize i, const GArray *near, float *sums, gsize *counts)
{
    gsize n = args->box->n;
    memset(counts, 0, args->n_species * sizeof *counts);
    for (gsize s = 0; s < args->n_species * n; s++)
        sums[s] = PRIOR * args->usual[s];
    for (guint k = 0; k < near->len; k++) {
        gsize j = g_array_index(near, gsize, k);
        if (j == i)
            continue;
        const float *restrict from = args->samples + args->row[j] * n;
        float *restrict to = sums + (gsize) (args->labels[j] - 1) * n;
        counts[args->labels[j] - 1]++;
        for (gsize s = 0; s < n; s++)
            to[s] += from[s];
    }
}

static double
get_distance(const float *restrict samples, const float *restrict sum, gsize count, gsize n)
{
    double distance = 0.0;
    float scale = 1.0f / ((float) count + PRIOR);
    for (gsize s = 0; s < n; s++) {
        double d = (double) (samples[s] - scale * sum[s]);
        distance += d * d;
    }
    return sqrt(distance);
}

static void
compare_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const LocalArgs *args = data;
    gsize n = args->box->n, counts[LAC_CLASSIFY_MAX_SPECIES];
    g_autofree float *sums = g_new(float, args->n_species *n);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize b = begin; b < end; b++) {
        gsize r = args->first + b, i = args->index[r];
        if (!args->is_stale[i])
            continue;
        LacVec3 p = { args->atoms->x[i], args->atoms->y[i], args->atoms->z[i] };
        double first = HUGE_VAL, second = HUGE_VAL;
        g_array_set_size(near, 0);
        lac_cells_find(args->cells, p, args->radius, near);
        sum_neighbours(args, i, near, sums, counts);
        args->next[i] = args->labels[i];
        for (guint s = 0; s < args->n_species; s++) {
            if (counts[s] == 0)
                continue;
            double d = get_distance(args->samples + r * n, sums + s * n, counts[s], n);
            if (d < first) {
                second = first;
                first = d;
                args->next[i] = (guint8) (s + 1);
            }
            else if (d < second) {
                second = d;
            }
        }
        args->margin[i] = lac_classify_margin(first, second);
    }
}

// FNV-1a of all labels.
static guint64
hash_labels(const guint8 *labels, gsize n)
{
    guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
    for (gsize i = 0; i < n; i++)
        hash = (hash ^ labels[i]) * G_GUINT64_CONSTANT(0x100000001b3);
    return hash;
}

static gboolean
is_known(const GArray *hashes, guint64 hash)
{
    for (guint k = 0; k < hashes->len; k++)
        if (g_array_index(hashes, guint64, k) == hash)
            return TRUE;
    return FALSE;
}

static void
find_usual(LocalArgs *args)
{
    gsize n = args->box->n, counts[LAC_CLASSIFY_MAX_SPECIES] = { 0 };
    g_autofree double *sums = g_new0(double, args->n_species *n);
    for (gsize r = 0; r < args->n; r++) {
        guint species = args->labels[args->index[r]] - 1u;
        counts[species]++;
        for (gsize s = 0; s < n; s++)
            sums[species * n + s] += (double) args->samples[r * n + s];
    }
    for (guint t = 0; t < args->n_species; t++)
        for (gsize s = 0; s < n; s++)
            args->usual[t * n + s] = (float) (sums[t * n + s] / MAX((double) counts[t], 1.0));
}

// Atoms are looked at again only where a label about them changed; the others would come out alike.
static void
find_stale(const LocalArgs *args, const guint8 *next, gboolean *is_stale)
{
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    memset(is_stale, 0, args->atoms->n * sizeof *is_stale);
    for (gsize r = 0; r < args->n; r++) {
        gsize i = args->index[r];
        if (next[i] == args->labels[i])
            continue;
        LacVec3 p = { args->atoms->x[i], args->atoms->y[i], args->atoms->z[i] };
        g_array_set_size(near, 0);
        lac_cells_find(args->cells, p, args->radius, near);
        for (guint k = 0; k < near->len; k++)
            is_stale[g_array_index(near, gsize, k)] = TRUE;
    }
}

static gboolean
run_rounds(LocalArgs *args, guint8 *labels, guint max_rounds, LacClassifyReport *report,
    LacProgress *progress, GError **error)
{
    gsize n = args->atoms->n;
    g_autofree guint8 *next = g_memdup2(labels, n + 1);
    g_autofree gboolean *is_stale = g_new(gboolean, n + 1);
    g_autoptr(GArray) hashes = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint64 hash = hash_labels(labels, n);
    args->next = next;
    args->is_stale = is_stale;
    for (gsize i = 0; i < n; i++)
        is_stale[i] = TRUE;
    while (report->n_rounds < max_rounds) {
        lac_progress_message(progress, "Neighbours, round %u", report->n_rounds + 1);
        for (args->first = 0; args->first < args->n; args->first += BATCH) {
            double part = (double) args->first / (double) args->n;
            double done = (report->n_rounds + part) / max_rounds;
            if (!lac_progress_update(progress,
                    LAC_CLASSIFY_MEASURED + (1.0 - LAC_CLASSIFY_MEASURED) * done, error))
                return FALSE;
            lac_parallel_for(MIN(BATCH, args->n - args->first), GRAIN, compare_block, args);
        }
        report->n_rounds++;
        g_array_append_val(hashes, hash);
        guint64 new_hash = hash_labels(next, n);
        if (new_hash == hash)
            return TRUE;
        find_stale(args, next, is_stale);
        memcpy(labels, next, n);
        hash = new_hash;
        if (is_known(hashes, hash)) {
            report->cycled = TRUE;
            return TRUE;
        }
    }
    return TRUE;
}

/**
 * lac_classify_local:
 * @atoms: positions [Å]
 * @volume: where they were found
 * @box: samples that are compared
 * @params: neighbourhood and round limit
 * @n_species: number of species
 * @labels: (inout) (array): of each atom, 1 to @n_species, 0 for those that take no part
 * @margin: (array): receives (d2 - d1) / d1 of the atoms that take part
 * @report: (inout): receives rounds, changes and whether labels came back
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Compares the samples about each atom with the mean samples of the neighbours of each species and
 * gives it the nearest species, all atoms at once, until nothing changes, labels repeat, or the
 * round limit is reached (after doi:10.1038/s41586-021-03354-0, which may never stop, and where a
 * single neighbour can stand for its species).
 *
 * Returns: %TRUE, or %FALSE with @error set and @labels undefined
 */
gboolean
lac_classify_local(const LacAtoms *atoms, const LacVolume *volume, const LacBox *box,
    const LacClassifyParams *params, guint n_species, guint8 *labels, double *margin,
    LacClassifyReport *report, LacProgress *progress, GError **error)
{
    g_autofree guint8 *skip = g_new0(guint8, atoms->n + 1);
    g_autofree guint8 *before = g_memdup2(labels, atoms->n + 1);
    g_autofree gsize *index = g_new(gsize, atoms->n + 1), *row = g_new0(gsize, atoms->n + 1);
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++) {
        skip[i] = labels[i] == 0;
        if (skip[i])
            continue;
        row[i] = n;
        index[n++] = i;
    }
    g_autoptr(LacCells) cells = lac_cells_new(atoms->x, atoms->y, atoms->z, skip, atoms->n,
        0.5 * params->local_radius, error);
    if (cells == NULL)
        return FALSE;
    g_autofree float *samples = g_new(float, n * box->n + 1);
    g_autofree float *usual = g_new(float, n_species * box->n);
    LocalArgs args = {
        .atoms = atoms,
        .volume = volume,
        .box = box,
        .cells = cells,
        .labels = labels,
        .margin = margin,
        .index = index,
        .n = n,
        .row = row,
        .samples = samples,
        .usual = usual,
        .n_species = n_species,
        .radius = params->local_radius,
    };
    lac_parallel_for(n, GRAIN, sample_block, &args);
    find_usual(&args);
    if (!run_rounds(&args, labels, params->max_rounds, report, progress, error))
        return FALSE;
    for (gsize i = 0; i < atoms->n; i++)
        report->n_moved += labels[i] != before[i] ? 1 : 0;
    return TRUE;
}
