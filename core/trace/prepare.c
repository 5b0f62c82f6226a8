// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/prepare.h"

#include "core/data/cells.h"
#include "core/trace/grid.h"

#include <math.h>

#define STRONG_SHARE   0.2 // of a typical atom's height, to tell the distance between atoms
#define DISTANCE_SHARE 0.7 // of the distance between neighbours, that peaks must keep
#define FIRST_SHARE    0.5 // of that distance, to drop the doubles of one noisy atom
#define N_ROUNDS       3
#define CROWDED        1.95 // seeds for each that the minimum distance leaves: the rest is noise
#define FIRST_BLUR     0.4  // [voxel] of the widths that are tried
#define BLUR_GROWTH    1.25
#define LARGEST_BLUR   0.33 // of the minimum distance
#define MIN_SEEDS      8    // that a distance is told from
#define SHORTEST_A     1.5  // [Å] that a distance may come out; no atoms but hydrogen are closer
#define SHORTEST_VOXEL 2.0  // [voxel] the same where the size of a voxel is unknown

// Positions of the first @n seeds, which are the brightest.
typedef struct {
    double *x, *y, *z;
    guint8 *flag;
    gsize n;
} Points;

static void
clear_points(Points *points)
{
    g_free(points->x);
    g_free(points->y);
    g_free(points->z);
    g_free(points->flag);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Points, clear_points)

static void
take_points(const GArray *seeds, double above, Points *points)
{
    const LacSeed *seed = (const LacSeed *) (gpointer) seeds->data;
    while (points->n < seeds->len && (double) seed[points->n].value > above)
        points->n++;
    points->x = g_new(double, points->n);
    points->y = g_new(double, points->n);
    points->z = g_new(double, points->n);
    points->flag = g_new(guint8, points->n);
    for (gsize i = 0; i < points->n; i++) {
        points->x[i] = seed[i].x;
        points->y[i] = seed[i].y;
        points->z[i] = seed[i].z;
    }
}

// How many points are left when each keeps away from those before it.
static gboolean
thin_out(Points *points, double distance, gsize *n_left, GError **error)
{
    for (gsize i = 0; i < points->n; i++)
        points->flag[i] = LAC_PEAK_OK;
    if (!lac_trace_apply_distance(points->x, points->y, points->z, points->flag, points->n,
            distance, error))
        return FALSE;
    *n_left = 0;
    for (gsize i = 0; i < points->n; i++)
        *n_left += points->flag[i] == LAC_PEAK_OK;
    return TRUE;
}

static gint
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

// Median distance from a point that is left to the nearest other one; 0 with too few.
static gboolean
median_distance(const Points *points, double cell, double *median, GError **error)
{
    g_autoptr(LacCells) cells = lac_cells_new(points->x, points->y, points->z, points->flag,
        points->n, fmax(cell, 2.0), error);
    if (cells == NULL)
        return FALSE;
    g_autoptr(GArray) distances = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        double distance = 0.0, radius = fmax(cell, 2.0);
        if (points->flag[i] != LAC_PEAK_OK)
            continue;
        for (int k = 0; k < 6; k++, radius *= 2.0)
            if (lac_cells_find_nearest(cells, p, radius, i, NULL, &distance)) {
                g_array_append_val(distances, distance);
                break;
            }
    }
    g_array_sort(distances, compare_doubles);
    *median =
        distances->len < MIN_SEEDS ? 0.0 : g_array_index(distances, double, distances->len / 2);
    return TRUE;
}

// The minimum distance from that between strong seeds. Noise splits some atoms in two, so that the
// nearest of the pair are dropped before measuring again.
static gboolean
measure_distance(const GArray *seeds, double typical, double shortest, double *distance,
    GError **error)
{
    g_auto(Points) points = { 0 };
    take_points(seeds, STRONG_SHARE * typical, &points);
    double median = shortest;
    for (int round = 0; round < N_ROUNDS; round++) {
        gsize n_left;
        if (!thin_out(&points, FIRST_SHARE * median, &n_left, error) ||
            !median_distance(&points, median, &median, error))
            return FALSE;
    }
    *distance = fmax(DISTANCE_SHARE * median, shortest);
    return TRUE;
}

// Whether there are many more seeds than atoms have room.
static gboolean
is_crowded(const GArray *seeds, double distance, gboolean *crowded, GError **error)
{
    g_auto(Points) points = { 0 };
    gsize n_left;
    take_points(seeds, -G_MAXDOUBLE, &points);
    if (!thin_out(&points, distance, &n_left, error))
        return FALSE;
    *crowded = (double) points.n > CROWDED * (double) n_left;
    return TRUE;
}

static GArray *
find_seeds(const LacSpline *spline, const LacVolume *volume, const LacVolume *mask,
    const LacTraceParams *params, LacProgress *progress, double fraction, LacTracePlan *plan,
    GError **error)
{
    LacGrid grid = lac_spline_get_grid(spline);
    double voxel_size = lac_grid_get_voxel_size(volume);
    double above = params->absolute ? params->threshold : 0.0;
    g_autoptr(GArray) seeds =
        lac_seeds_find(&grid, mask, above, progress, fraction, fraction, error);
    if (seeds == NULL)
        return NULL;
    double typical = lac_seeds_get_typical(seeds);
    plan->lowest = params->absolute ? params->threshold : params->threshold * typical;
    lac_seeds_keep_brightest(seeds, plan->lowest, params->max_peaks);
    plan->distance = params->min_distance / voxel_size;
    double shortest = volume->voxel_size > 0.0 ? SHORTEST_A / voxel_size : SHORTEST_VOXEL;
    if (plan->distance <= 0.0 &&
        !measure_distance(seeds, typical, shortest, &plan->distance, error))
        return NULL;
    return g_steal_pointer(&seeds);
}

/**
 * lac_trace_prepare:
 * @spline: loaded; it is smoothed as @params want it
 * @volume: what was loaded
 * @mask: (nullable): where seeds can be
 * @params: how
 * @progress: (nullable): told @fraction now and then
 * @fraction: of the whole work
 * @plan: (out): what was chosen
 * @error: return location for a #GError
 *
 * Finds the seeds of a trace. Where the smoothing is left to it, it widens a Gaussian until few
 * seeds lie closer together than atoms can: such seeds are noise, and a volume without them is left
 * as it is.
 *
 * Returns: (transfer full) (element-type LacSeed): the seeds, the brightest first; or %NULL with
 *   @error set
 */
GArray *
lac_trace_prepare(LacSpline *spline, const LacVolume *volume, const LacVolume *mask,
    const LacTraceParams *params, LacProgress *progress, double fraction, LacTracePlan *plan,
    GError **error)
{
    double voxel_size = lac_grid_get_voxel_size(volume);
    *plan = (LacTracePlan){ .smoothing = fmax(params->smoothing, 0.0) / voxel_size };
    if (plan->smoothing > 0.0 &&
        !lac_spline_smooth(spline, plan->smoothing, progress, fraction, error))
        return NULL;
    for (;;) {
        g_autoptr(GArray) seeds =
            find_seeds(spline, volume, mask, params, progress, fraction, plan, error);
        gboolean crowded = FALSE;
        if (seeds == NULL)
            return NULL;
        if (params->smoothing < 0.0 && !is_crowded(seeds, plan->distance, &crowded, error))
            return NULL;
        double next = fmax(plan->smoothing * BLUR_GROWTH, FIRST_BLUR);
        if (!crowded || next > LARGEST_BLUR * plan->distance)
            return g_steal_pointer(&seeds);
        double more = sqrt(next * next - plan->smoothing * plan->smoothing);
        if (!lac_spline_smooth(spline, more, progress, fraction, error))
            return NULL;
        plan->smoothing = next;
    }
}
