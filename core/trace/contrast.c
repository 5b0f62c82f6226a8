// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/contrast.h"

#include "core/error.h"
#include "core/parallel.h"
#include "core/trace/grid.h"

#include <math.h>
#include <stdlib.h>

#define REACH         2.0  // [widths] of the ball: beyond it there are neighbours
#define USUAL_WIDTH   1.75 // [voxel] where no width was measured
#define LEAST_WIDTH   0.7  // [voxel] below that a ball has too few voxels
#define LARGEST_WIDTH 8.0  // [voxel]
#define BRIGHT_SHARE  0.75 // quantile of the heights above which peaks tell the width
#define GRAIN         64
#define BATCH         8192 // peaks between two looks at the progress
#define FARTHEST      1e6  // [voxel]

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
get_quantile(GArray *values, double share)
{
    g_array_sort(values, compare_doubles);
    return g_array_index(values, double, (guint) (share * (double) (values->len - 1)));
}

/**
 * lac_contrast_get_width:
 * @volume: where the peaks were found
 * @atoms: peaks, with heights and widths if the tracer gave them
 *
 * Returns: [Å] the typical sigma of an atom: the median width of the higher accepted peaks, or 1.75
 *   voxels where widths are unknown
 */
double
lac_contrast_get_width(const LacVolume *volume, const LacAtoms *atoms)
{
    double a = lac_grid_get_voxel_size(volume);
    const double *height = lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT);
    const double *width = lac_atoms_get_column(atoms, LAC_COLUMN_WIDTH);
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) widths = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize i = 0; i < atoms->n && height != NULL && width != NULL; i++)
        if (lac_atoms_is_present(atoms, i) && isfinite(height[i]) && width[i] > 0.0)
            g_array_append_val(heights, height[i]);
    if (heights->len == 0)
        return USUAL_WIDTH * a;
    double bright = get_quantile(heights, BRIGHT_SHARE);
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i) && height[i] >= bright && width[i] > 0.0)
            g_array_append_val(widths, width[i]);
    return CLAMP(get_quantile(widths, 0.5), LEAST_WIDTH * a, LARGEST_WIDTH * a);
}

typedef struct {
    const LacVolume *volume;
    const LacAtoms *atoms;
    double width; // [voxel]
    double *excess, *misfit;
    gsize first;
} MeasureArgs;

// First and last voxel of the ball along an axis, inside of the volume.
static gboolean
get_range(double centre, double radius, gsize size, gsize *begin, gsize *end)
{
    double low = MAX(ceil(centre - radius), 0.0);
    double high = MIN(floor(centre + radius), (double) size - 1.0);
    *begin = (gsize) low;
    *end = high >= low ? (gsize) high + 1 : *begin;
    return high >= low;
}

// Sums over the voxels of a ball, of the Gaussian g and the values v.
typedef struct {
    double n, g, gg, v, vg, vv;
} Sums;

static void
add_row(Sums *sums, const float *row, gsize begin, gsize end, double x, double rest2,
    double radius2, double scale)
{
    for (gsize i = begin; i < end; i++) {
        double r2 = rest2 + ((double) i - x) * ((double) i - x);
        if (r2 > radius2)
            continue;
        double g = exp(-r2 * scale), v = (double) row[i];
        sums->n += 1.0;
        sums->g += g;
        sums->gg += g * g;
        sums->v += v;
        sums->vg += v * g;
        sums->vv += v * v;
    }
}

// Least squares of height and background.
static void
measure_peak(const MeasureArgs *args, gsize i)
{
    const LacVolume *volume = args->volume;
    LacVec3 c = lac_grid_from_position(volume,
        (LacVec3){ args->atoms->x[i], args->atoms->y[i], args->atoms->z[i] });
    double radius = REACH * args->width, scale = 0.5 / (args->width * args->width);
    gsize x0, x1, y0, y1, z0, z1;
    args->excess[i] = args->misfit[i] = (double) NAN;
    if (!(fabs(c.x) < FARTHEST && fabs(c.y) < FARTHEST && fabs(c.z) < FARTHEST) ||
        !get_range(c.x, radius, volume->nx, &x0, &x1) ||
        !get_range(c.y, radius, volume->ny, &y0, &y1) ||
        !get_range(c.z, radius, volume->nz, &z0, &z1))
        return;
    Sums s = { 0 };
    for (gsize z = z0; z < z1; z++)
        for (gsize y = y0; y < y1; y++) {
            double dz = (double) z - c.z, dy = (double) y - c.y;
            add_row(&s, volume->data + (z * volume->ny + y) * volume->nx, x0, x1, c.x,
                dz * dz + dy * dy, radius * radius, scale);
        }
    double determinant = s.n * s.gg - s.g * s.g;
    if (!(s.n >= 4.0 && determinant > 1e-9 * s.n * s.gg))
        return;
    double height = (s.n * s.vg - s.v * s.g) / determinant;
    double background = (s.v - height * s.g) / s.n;
    double left = s.vv - height * s.vg - background * s.v;
    args->excess[i] = height;
    args->misfit[i] = sqrt(MAX(left, 0.0) / s.n) / height;
}

static void
measure_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const MeasureArgs *args = data;
    for (gsize k = begin; k < end; k++)
        measure_peak(args, args->first + k);
}

/**
 * lac_contrast_measure:
 * @volume: where the peaks were found
 * @atoms: peaks not published yet; the columns %LAC_COLUMN_EXCESS and %LAC_COLUMN_MISFIT are filled
 * @width: [Å] sigma of an atom, as lac_contrast_get_width() gives it
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Fits a Gaussian of one width on a constant background to the voxels no farther than two widths
 * from each peak, its place held fixed. What lies between atoms stands little above them, however
 * bright it is.
 *
 * Returns: %TRUE, or %FALSE with @error set and the columns undefined
 */
gboolean
lac_contrast_measure(const LacVolume *volume, LacAtoms *atoms, double width, LacProgress *progress,
    GError **error)
{
    double a = lac_grid_get_voxel_size(volume);
    if (!(width >= 0.5 * LEAST_WIDTH * a && width <= LARGEST_WIDTH * a)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A width of %g Å is outside %g to %g Å, what voxels of %g Å allow", width,
            0.5 * LEAST_WIDTH * a, LARGEST_WIDTH * a, a);
        return FALSE;
    }
    MeasureArgs args = { .volume = volume, .atoms = atoms, .width = width / a };
    args.misfit = lac_atoms_ensure_column(atoms, LAC_COLUMN_MISFIT);
    args.excess = lac_atoms_ensure_column(atoms, LAC_COLUMN_EXCESS);
    for (; args.first < atoms->n; args.first += BATCH) {
        if (!lac_progress_update(progress, (double) args.first / (double) atoms->n, error))
            return FALSE;
        lac_parallel_for(MIN(BATCH, atoms->n - args.first), GRAIN, measure_block, &args);
    }
    return TRUE;
}
