// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/metrics.h"

#include <math.h>

#define MAX_OFFSET 0.6 // [voxel] a refined peak stays this close to its voxel along each axis

static gboolean
is_maximum(const LacVolume *volume, gsize x, gsize y, gsize z)
{
    float centre = lac_volume_get(volume, x, y, z);
    for (gsize k = z - 1; k <= z + 1; k++)
        for (gsize j = y - 1; j <= y + 1; j++)
            for (gsize i = x - 1; i <= x + 1; i++)
                if (lac_volume_get(volume, i, j, k) > centre)
                    return FALSE;
    return TRUE;
}

// Top of the parabola through the logarithms of three neighbours, as an offset [voxel] from @centre.
static double
refine(double before, double centre, double after, double least)
{
    double l = log(MAX(before, least)), c = log(MAX(centre, least)), r = log(MAX(after, least));
    double curvature = l - 2.0 * c + r;
    return curvature < 0.0 ? CLAMP(0.5 * (l - r) / curvature, -MAX_OFFSET, MAX_OFFSET) : 0.0;
}

static LacVec3
refined_peak(const LacVolume *volume, gsize x, gsize y, gsize z, double threshold)
{
    const float *centre = volume->data + (z * volume->ny + y) * volume->nx + x;
    const gsize strides[3] = { 1, volume->nx, volume->nx * volume->ny };
    double offset[3];
    for (int axis = 0; axis < 3; axis++)
        offset[axis] = refine((double) *(centre - strides[axis]), (double) *centre,
            (double) *(centre + strides[axis]), 1e-3 * threshold);
    return (LacVec3){ (double) x + offset[0], (double) y + offset[1], (double) z + offset[2] };
}

/**
 * test_peaks_find:
 * @volume: a volume
 * @threshold: values at or below it are no peaks, above 0
 *
 * Finds the voxels that no neighbour of the 3 x 3 x 3 around them exceeds, those on the border left
 * out, and refines each along each axis by a parabola through the logarithms of three values.
 *
 * Returns: (transfer full): the peaks in the order of the voxels
 */
TestPeaks *
test_peaks_find(const LacVolume *volume, double threshold)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (gsize z = 1; z + 1 < volume->nz; z++) {
        for (gsize y = 1; y + 1 < volume->ny; y++) {
            for (gsize x = 1; x + 1 < volume->nx; x++) {
                if (!((double) lac_volume_get(volume, x, y, z) > threshold) ||
                    !is_maximum(volume, x, y, z))
                    continue;
                LacVec3 peak = refined_peak(volume, x, y, z, threshold);
                g_array_append_val(found, peak);
            }
        }
    }
    TestPeaks *self = g_new(TestPeaks, 1);
    self->n = found->len;
    self->position = (LacVec3 *) (gpointer) g_array_free(found, FALSE);
    return self;
}

/**
 * test_peaks_free:
 * @self: (nullable) (transfer full): peaks
 */
void
test_peaks_free(TestPeaks *self)
{
    if (self == NULL)
        return;
    g_free(self->position);
    g_free(self);
}

static gsize
nearest(const TestPeaks *list, LacVec3 r, double *distance)
{
    gsize best = 0;
    double least = HUGE_VAL;
    for (gsize i = 0; i < list->n; i++) {
        double dx = list->position[i].x - r.x, dy = list->position[i].y - r.y;
        double dz = list->position[i].z - r.z, square = dx * dx + dy * dy + dz * dz;
        if (square < least) {
            least = square;
            best = i;
        }
    }
    *distance = sqrt(least);
    return best;
}

/**
 * test_peaks_match:
 * @truth: known places
 * @found: places to judge
 * @radius: [voxel] pairs farther apart do not count
 *
 * Pairs every known place with its nearest found one where each is the other's nearest.
 *
 * Returns: how many pairs there are and how far apart they lie; NaN where there is none
 */
TestMatch
test_peaks_match(const TestPeaks *truth, const TestPeaks *found, double radius)
{
    TestMatch match = { 0 };
    LacVec3 sum = { 0.0, 0.0, 0.0 };
    double squares = 0.0;
    for (gsize i = 0; i < truth->n && found->n > 0; i++) {
        double distance, back;
        gsize j = nearest(found, truth->position[i], &distance);
        if (distance > radius || nearest(truth, found->position[j], &back) != i)
            continue;
        sum.x += found->position[j].x - truth->position[i].x;
        sum.y += found->position[j].y - truth->position[i].y;
        sum.z += found->position[j].z - truth->position[i].z;
        squares += distance * distance;
        match.n_matched++;
    }
    // 0 / 0 where there is no pair
    double n = (double) match.n_matched;
    match.mean_shift = (LacVec3){ sum.x / n, sum.y / n, sum.z / n };
    double shift = sum.x * sum.x + sum.y * sum.y + sum.z * sum.z;
    match.rmsd = sqrt(fmax(squares - shift / n, 0.0) / n);
    return match;
}

/**
 * test_relative_error:
 * @values: what was computed
 * @truth: what it should be
 * @n: number of values
 *
 * Returns: |values - truth| / |truth|
 */
double
test_relative_error(const float *values, const float *truth, gsize n)
{
    double error = 0.0, norm = 0.0;
    for (gsize i = 0; i < n; i++) {
        double t = (double) truth[i], d = (double) values[i] - t;
        error += d * d;
        norm += t * t;
    }
    return sqrt(error / norm);
}

/**
 * test_pearson:
 * @a: values
 * @b: values
 * @n: number of both
 *
 * Returns: the correlation coefficient, -1 to 1
 */
double
test_pearson(const float *a, const float *b, gsize n)
{
    double mean_a = 0.0, mean_b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
    for (gsize i = 0; i < n; i++) {
        mean_a += (double) a[i] / (double) n;
        mean_b += (double) b[i] / (double) n;
    }
    for (gsize i = 0; i < n; i++) {
        double da = (double) a[i] - mean_a, db = (double) b[i] - mean_b;
        aa += da * da;
        bb += db * db;
        ab += da * db;
    }
    return ab / sqrt(aa * bb);
}
