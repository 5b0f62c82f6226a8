// SPDX-License-Identifier: GPL-3.0-or-later
// How a surface bends, and what it encloses, from the field itself.
#include "core/analysis/isosurface.h"

#include <math.h>

/**
 * lac_isosurface_curvature:
 * @grid: a grid
 * @field: (array): values of the nodes, smooth over a few steps
 * @p: [Å] a point on a surface of the field
 *
 * From central differences over one step: H = div(n) / 2 with n = -grad / |grad|, and the Gaussian
 * curvature K = g . adj(Hessian) g / |g|^4.
 *
 * Returns: the curvatures; NaN where the field is flat
 */
LacCurvature
lac_isosurface_curvature(const LacGrid *grid, const float *field, LacVec3 p)
{
    double f[3][3][3], h = grid->step;
    lac_grid_sample_around(grid, field, p, f);
    LacVec3 g = { (f[1][1][2] - f[1][1][0]) / (2 * h), (f[1][2][1] - f[1][0][1]) / (2 * h),
        (f[2][1][1] - f[0][1][1]) / (2 * h) };
    double g2 = lac_vec3_dot(g, g);
    if (!(g2 > 0))
        return (LacCurvature){ (double) NAN, (double) NAN };
    double xx = (f[1][1][2] - 2 * f[1][1][1] + f[1][1][0]) / (h * h);
    double yy = (f[1][2][1] - 2 * f[1][1][1] + f[1][0][1]) / (h * h);
    double zz = (f[2][1][1] - 2 * f[1][1][1] + f[0][1][1]) / (h * h);
    double xy = (f[1][2][2] - f[1][0][2] - f[1][2][0] + f[1][0][0]) / (4 * h * h);
    double xz = (f[2][1][2] - f[0][1][2] - f[2][1][0] + f[0][1][0]) / (4 * h * h);
    double yz = (f[2][2][1] - f[0][2][1] - f[2][0][1] + f[0][0][1]) / (4 * h * h);
    double along = xx * g.x * g.x + yy * g.y * g.y + zz * g.z * g.z +
        2 * (xy * g.x * g.y + xz * g.x * g.z + yz * g.y * g.z);
    double adjoint = g.x * g.x * (yy * zz - yz * yz) + g.y * g.y * (xx * zz - xz * xz) +
        g.z * g.z * (xx * yy - xy * xy) +
        2 *
            (g.x * g.y * (xz * yz - xy * zz) + g.x * g.z * (xy * yz - xz * yy) +
                g.y * g.z * (xy * xz - yz * xx));
    return (LacCurvature){
        .mean = -(xx + yy + zz - along / g2) / (2 * sqrt(g2)),
        .gaussian = adjoint / (g2 * g2),
    };
}

/**
 * lac_isosurface_volume:
 * @grid: a grid
 * @field: (array): distances [Å] to a surface, positive inside
 * @level: [Å] of the surface
 *
 * Adds the share of each node's cell that lies inside, taking the field for a distance:
 * clip((field - level) / step + 1/2, 0, 1).
 *
 * Returns: [Å^3]
 */
double
lac_isosurface_volume(const LacGrid *grid, const float *field, double level)
{
    double sum = 0;
    for (gsize r = 0; r < grid->ny * grid->nz; r++) {
        double row = 0;
        for (gsize x = 0; x < grid->nx; x++) {
            double inside = ((double) field[r * grid->nx + x] - level) / grid->step + 0.5;
            row += CLAMP(inside, 0.0, 1.0);
        }
        sum += row;
    }
    return sum * grid->step * grid->step * grid->step;
}
