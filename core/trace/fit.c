// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/trace/fit-private.h"
#include "core/trace/grid.h"

#include <math.h>

#define RADIUS_SHARE 0.7 // of the width of a peak, that the fitted ball reaches
#define MARGIN       14 // [voxel] around the window, where the cut ends of the spline have died away

/**
 * lac_fit_to_peak:
 * @volume: the volume
 * @found: a peak in its voxels
 *
 * Returns: the peak in Å
 */
LacPeak
lac_fit_to_peak(const LacVolume *volume, const LacVoxelPeak *found)
{
    return (LacPeak){
        .position = lac_grid_to_position(volume, found->voxel),
        .height = found->height,
        .residual = found->residual,
        .width = found->width * lac_grid_get_voxel_size(volume),
        .elongation = found->elongation,
        .flag = found->flag,
    };
}

/**
 * lac_fit_get_step:
 * @width: [voxel] Gaussian sigma of the peaks that will be fitted
 *
 * A wider ball averages more noise and takes in more of the neighbours; this one is wide enough
 * for the misfit to tell round peaks from others.
 *
 * Returns: [voxel] between samples, at least as published, of which the ball has three
 */
double
lac_fit_get_step(double width)
{
    return CLAMP(RADIUS_SHARE * width, 1.0, LAC_SPLINE_MAX_STEP * LAC_QUARTIC_RADIUS) /
        LAC_QUARTIC_RADIUS;
}

// The part of an axis that a fit from there can reach.
static void
choose_part(double centre, gsize n, gsize *begin, gsize *size)
{
    double reach = (double) MARGIN + 1.0;
    double low = fmax(floor(centre) - reach, 0.0), high = floor(centre) + reach + 2.0;
    double end = fmin(high, (double) n);
    low = fmin(low, fmax(end - LAC_SPLINE_MIN_EDGE, 0.0));
    *begin = (gsize) low;
    *size = (gsize) end - *begin;
    if (*size < LAC_SPLINE_MIN_EDGE)
        *size = MIN(LAC_SPLINE_MIN_EDGE, n - *begin);
}

/**
 * lac_fit_peak:
 * @volume: a volume of at least 8 voxels along every axis
 * @start: [Å] near a peak
 * @peak: (out): where the fit from there came to
 * @error: return location for a #GError
 *
 * Climbs from a position to the maximum of a polynomial fitted around it, as lac_trace() does from
 * a seed. It looks at the voxels around alone, which takes about a millisecond.
 *
 * Returns: %TRUE with a peak whose flag tells how the fit ended, or %FALSE with @error set when the
 *   start lies outside the volume
 */
gboolean
lac_fit_peak(const LacVolume *volume, LacVec3 start, LacPeak *peak, GError **error)
{
    LacVec3 voxel = lac_grid_from_position(volume, start);
    const double centre[3] = { voxel.x, voxel.y, voxel.z };
    const gsize n[3] = { volume->nx, volume->ny, volume->nz };
    gsize begin[3], size[3];
    for (guint i = 0; i < 3; i++) {
        if (!(centre[i] >= -0.5 && centre[i] <= (double) n[i] - 0.5)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "(%.2f, %.2f, %.2f) Å lies outside the volume", start.x, start.y, start.z);
            return FALSE;
        }
        choose_part(centre[i], n[i], &begin[i], &size[i]);
    }
    g_autoptr(LacSpline) spline = lac_spline_load_part(volume, begin, size, error);
    if (spline == NULL || !lac_spline_prefilter(spline, NULL, 0.0, 0.0, error))
        return FALSE;
    g_autoptr(LacQuartic) quartic = lac_quartic_new();
    LacVoxelPeak found = lac_quartic_fit(quartic, spline, voxel, lac_fit_get_step(0.0));
    double step = found.flag == LAC_PEAK_OK ? lac_fit_get_step(found.width) : 0.0;
    if (step > lac_fit_get_step(0.0))
        found = lac_quartic_fit(quartic, spline, found.voxel, step);
    *peak = lac_fit_to_peak(volume, &found);
    return TRUE;
}
