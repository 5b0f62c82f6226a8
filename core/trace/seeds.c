// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/seeds.h"

#include "core/array.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define PLANES_GRAIN 8
#define FINE_GRAIN   24
#define CHUNK_BLOCKS 8 // blocks between two reports of progress
#define N_BINS       65536

typedef struct {
    const LacGrid *grid;
    const LacVolume *mask;
    const LacSpline *spline;
    float above;
    gsize offset; // first plane of the chunk
    gsize n_planes;
    GArray *found[CHUNK_BLOCKS];   // by the blocks of the chunk
    gboolean failed[CHUNK_BLOCKS]; // for want of memory
} SeedArgs;

static gboolean
is_masked(const LacVolume *mask, gsize i)
{
    return mask != NULL && !(mask->data[i] > 0.0f);
}

// A voxel that no neighbour exceeds. Of neighbours that are equal the first one counts, so that a
// flat top has one seed.
static gboolean
is_maximum(const LacGrid *g, gsize x, gsize y, gsize z, const float *d)
{
    const float value = *d;
    return !(x > 0 && *(d - 1) >= value) && !(x + 1 < g->nx && d[1] > value) &&
        !(y > 0 && *(d - g->row) >= value) && !(y + 1 < g->ny && d[g->row] > value) &&
        !(z > 0 && *(d - g->plane) >= value) && !(z + 1 < g->nz && d[g->plane] > value);
}

static void
find_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SeedArgs *args = data;
    const LacGrid *g = args->grid;
    GArray *found = args->found[begin / PLANES_GRAIN];
    for (gsize z = begin + args->offset; z < end + args->offset; z++)
        for (gsize y = 0; y < g->ny; y++) {
            const float *row = g->data + z * g->plane + y * g->row;
            for (gsize x = 0; x < g->nx; x++) {
                if (!(row[x] > args->above) || !is_maximum(g, x, y, z, row + x) ||
                    is_masked(args->mask, (z * g->ny + y) * g->nx + x))
                    continue;
                LacSeed seed = { row[x], (guint32) x, (guint32) y, (guint32) z };
                g_array_append_val(found, seed);
            }
        }
}

// Every sample that equals the maximum of itself and its neighbours, as published: a flat top has
// many seeds. Around the grid there are zeros.
static void
find_in_fine_plane(const float *planes[3], const gsize size[3], gsize z, float above, GArray *found)
{
    for (gsize y = 0; y < size[1]; y++)
        for (gsize x = 0; x < size[0]; x++) {
            gsize i = y * size[0] + x;
            float v = planes[1][i];
            if (!(v > above) || planes[0][i] > v || planes[2][i] > v)
                continue;
            if ((x > 0 && planes[1][i - 1] > v) || (x + 1 < size[0] && planes[1][i + 1] > v) ||
                (y > 0 && planes[1][i - size[0]] > v) ||
                (y + 1 < size[1] && planes[1][i + size[0]] > v))
                continue;
            LacSeed seed = { v, (guint32) x, (guint32) y, (guint32) z };
            g_array_append_val(found, seed);
        }
}

static void
find_fine_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    SeedArgs *args = data;
    gsize size[3];
    lac_spline_get_fine_size(args->spline, size);
    gsize plane = size[0] * size[1];
    float *values = lac_alloc_floats(3 * plane + lac_spline_get_fine_scratch(args->spline), NULL);
    if (values == NULL) {
        args->failed[begin / FINE_GRAIN] = TRUE;
        return;
    }
    float *planes[3] = { values, values + plane, values + 2 * plane },
          *scratch = values + 3 * plane;
    gsize first = begin + args->offset, last = end + args->offset;
    memset(planes[0], 0, plane * sizeof(float));
    if (first > 0)
        lac_spline_sample_fine_plane(args->spline, first - 1, scratch, planes[0]);
    lac_spline_sample_fine_plane(args->spline, first, scratch, planes[1]);
    for (gsize z = first; z < last; z++) {
        if (z + 1 < size[2])
            lac_spline_sample_fine_plane(args->spline, z + 1, scratch, planes[2]);
        else
            memset(planes[2], 0, plane * sizeof(float));
        const float *three[3] = { planes[0], planes[1], planes[2] };
        find_in_fine_plane(three, size, z, args->above, args->found[begin / FINE_GRAIN]);
        float *oldest = planes[0];
        planes[0] = planes[1];
        planes[1] = planes[2];
        planes[2] = oldest;
    }
    lac_free(values);
}

// Runs @func over blocks of planes and joins what they find in their order.
static GArray *
find_all(SeedArgs *args, LacParallelFunc func, gsize grain, LacProgress *progress, double from,
    double to, GError **error)
{
    g_autoptr(GArray) seeds = g_array_new(FALSE, FALSE, sizeof(LacSeed));
    gboolean failed = FALSE;
    for (gsize done = 0; done < args->n_planes;) {
        gsize size = MIN(grain * CHUNK_BLOCKS, args->n_planes - done);
        for (gsize i = 0; i < CHUNK_BLOCKS; i++)
            args->found[i] = g_array_new(FALSE, FALSE, sizeof(LacSeed));
        args->offset = done;
        lac_parallel_for(size, grain, func, args);
        for (gsize i = 0; i < CHUNK_BLOCKS; i++) {
            g_array_append_vals(seeds, args->found[i]->data, args->found[i]->len);
            g_array_unref(args->found[i]);
            failed = failed || args->failed[i];
        }
        if (failed) {
            g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
                "Not enough memory for the planes of the fine grid");
            return NULL;
        }
        done += size;
        double part = (double) done / (double) args->n_planes;
        if (!lac_progress_update(progress, from + part * (to - from), error))
            return NULL;
    }
    return g_steal_pointer(&seeds);
}

/**
 * lac_seeds_find:
 * @grid: where to look; finite values
 * @mask: (nullable): of its shape; only voxels where it is above 0 can be seeds
 * @above: seeds are brighter than this
 * @progress: (nullable): told fractions between @from and @to
 * @from: fraction of the whole work before
 * @to: fraction after
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type LacSeed): voxels that none of their six neighbours exceeds;
 *   or %NULL with @error set
 */
GArray *
lac_seeds_find(const LacGrid *grid, const LacVolume *mask, double above, LacProgress *progress,
    double from, double to, GError **error)
{
    SeedArgs args = {
        .grid = grid,
        .mask = mask,
        .above = (float) above,
        .n_planes = grid->nz,
    };
    return find_all(&args, find_block, PLANES_GRAIN, progress, from, to, error);
}

/**
 * lac_seeds_find_fine:
 * @spline: the volume
 * @above: seeds are brighter than this, and not below 0
 * @progress: (nullable): told fractions between @from and @to
 * @from: fraction of the whole work before
 * @to: fraction after
 * @error: return location for a #GError
 *
 * The seeds of the published tracer, on the threefold up-sampled grid, of which only a few planes
 * exist at a time.
 *
 * Returns: (transfer full) (element-type LacSeed): samples of the fine grid without its padding that
 *   none of their six neighbours exceeds; or %NULL with @error set
 */
GArray *
lac_seeds_find_fine(const LacSpline *spline, double above, LacProgress *progress, double from,
    double to, GError **error)
{
    gsize size[3];
    lac_spline_get_fine_size(spline, size);
    SeedArgs args = { .spline = spline, .above = (float) above, .n_planes = size[2] };
    return find_all(&args, find_fine_block, FINE_GRAIN, progress, from, to, error);
}

/**
 * lac_seeds_get_typical:
 * @seeds: (element-type LacSeed): seeds above 0, many of them noise
 *
 * The value above which lies half of the sum of squared values. Noise has many seeds but little of
 * that sum, so the answer is the height of an atom of the species that contributes most.
 *
 * Returns: a typical atom's height; 0 without seeds
 */
double
lac_seeds_get_typical(const GArray *seeds)
{
    const LacSeed *seed = (const LacSeed *) (gpointer) seeds->data;
    float max = 0.0f;
    for (guint i = 0; i < seeds->len; i++)
        max = MAX(max, seed[i].value);
    if (!(max > 0.0f))
        return 0.0;
    g_autofree double *bins = g_new0(double, N_BINS);
    double total = 0.0, above = 0.0;
    for (guint i = 0; i < seeds->len; i++) {
        double share = (double) seed[i].value / (double) max;
        if (!(share > 0.0))
            continue;
        bins[MIN((gsize) (share * N_BINS), N_BINS - 1)] += share * share;
        total += share * share;
    }
    gsize i = N_BINS;
    while (i > 0 && above < 0.5 * total)
        above += bins[--i];
    return ((double) i + 0.5) / N_BINS * (double) max;
}

static gint
compare_seeds(gconstpointer a, gconstpointer b)
{
    const LacSeed *s = a, *t = b;
    if (s->value != t->value)
        return s->value > t->value ? -1 : 1;
    if (s->z != t->z)
        return s->z < t->z ? -1 : 1;
    if (s->y != t->y)
        return s->y < t->y ? -1 : 1;
    return s->x < t->x ? -1 : s->x > t->x;
}

/**
 * lac_seeds_keep_brightest:
 * @seeds: (element-type LacSeed): seeds
 * @above: those that are not brighter go
 * @max_seeds: how many may stay
 *
 * Sorts seeds, the brightest first; of equal ones the one that is stored first.
 */
void
lac_seeds_keep_brightest(GArray *seeds, double above, gsize max_seeds)
{
    LacSeed *seed = (LacSeed *) (gpointer) seeds->data;
    guint n = 0;
    for (guint i = 0; i < seeds->len; i++)
        if ((double) seed[i].value > above)
            seed[n++] = seed[i];
    g_array_set_size(seeds, n);
    g_array_sort(seeds, compare_seeds);
    if (seeds->len > max_seeds)
        g_array_set_size(seeds, (guint) max_seeds);
}
