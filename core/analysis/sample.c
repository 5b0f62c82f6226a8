// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/sample.h"

#include <math.h>

#define N_DIRECTIONS 64 // of a ball, on a spiral
#define N_RADII      6  // of a ball, of equal volume

/**
 * lac_sample_at:
 * @volume: a calibrated volume
 * @p: [Å] a position
 *
 * Interpolates linearly between the eight voxels around; beyond the border the nearest voxel counts.
 *
 * Returns: the value
 */
double
lac_sample_at(const LacVolume *volume, LacVec3 p)
{
    const gsize n[3] = { volume->nx, volume->ny, volume->nz };
    const double at[3] = { p.x - volume->origin.x, p.y - volume->origin.y, p.z - volume->origin.z };
    gsize low[3], step[3];
    double part[3];
    const gsize strides[3] = { 1, volume->nx, volume->nx * volume->ny };
    for (int d = 0; d < 3; d++) {
        double u = at[d] / volume->voxel_size + (double) (n[d] / 2);
        u = CLAMP(u, 0.0, (double) (n[d] - 1));
        low[d] = MIN((gsize) u, n[d] > 1 ? n[d] - 2 : 0);
        part[d] = u - (double) low[d];
        step[d] = n[d] > 1 ? strides[d] : 0;
    }
    const float *v = volume->data + low[2] * strides[2] + low[1] * strides[1] + low[0];
    double sum = 0.0;
    for (int k = 0; k < 8; k++) {
        double weight = (k & 1 ? part[0] : 1.0 - part[0]) * (k & 2 ? part[1] : 1.0 - part[1]) *
            (k & 4 ? part[2] : 1.0 - part[2]);
        const float *corner =
            v + (k & 1 ? step[0] : 0) + (k & 2 ? step[1] : 0) + (k & 4 ? step[2] : 0);
        sum += weight * (double) *corner;
    }
    return sum;
}

/**
 * lac_sample_ball:
 * @volume: a calibrated volume
 * @p: [Å] centre of the ball
 * @radius: [Å] of the ball
 *
 * Averages over a ball: 64 directions on a spiral times 6 radii of equal volume.
 *
 * Returns: the mean value
 */
double
lac_sample_ball(const LacVolume *volume, LacVec3 p, double radius)
{
    const double turn = G_PI * (1.0 + sqrt(5.0));
    double sum = 0.0;
    for (int r = 0; r < N_RADII; r++) {
        double distance = radius * cbrt((r + 0.5) / N_RADII);
        for (int k = 0; k < N_DIRECTIONS; k++) {
            double z = 1.0 - (2.0 * k + 1.0) / N_DIRECTIONS, rho = sqrt(1.0 - z * z);
            LacVec3 q = { p.x + distance * rho * cos(turn * k),
                p.y + distance * rho * sin(turn * k), p.z + distance * z };
            sum += lac_sample_at(volume, q);
        }
    }
    return sum / (N_DIRECTIONS * N_RADII);
}
