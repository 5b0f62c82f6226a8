// SPDX-License-Identifier: GPL-3.0-or-later
// How a surface bends, and what it encloses, from the field itself.
#include "core/analysis/isosurface.h"

#include <math.h>

static double
second(const LacGrid *grid, const float *field, LacVec3 p, LacVec3 a, LacVec3 b)
{
    double h = grid->step;
    double pp = lac_grid_sample(grid, field,
        (LacVec3){ p.x + h * (a.x + b.x), p.y + h * (a.y + b.y), p.z + h * (a.z + b.z) });
    double pm = lac_grid_sample(grid, field,
        (LacVec3){ p.x + h * (a.x - b.x), p.y + h * (a.y - b.y), p.z + h * (a.z - b.z) });
    double mp = lac_grid_sample(grid, field,
        (LacVec3){ p.x - h * (a.x - b.x), p.y - h * (a.y - b.y), p.z - h * (a.z - b.z) });
    double mm = lac_grid_sample(grid, field,
        (LacVec3){ p.x - h * (a.x + b.x), p.y - h * (a.y + b.y), p.z - h * (a.z + b.z) });
    return (pp - pm - mp + mm) / (4 * h * h);
}

static double
second_along(const LacGrid *grid, const float *field, LacVec3 p, LacVec3 a)
{
    double h = grid->step;
    double plus =
        lac_grid_sample(grid, field, (LacVec3){ p.x + h * a.x, p.y + h * a.y, p.z + h * a.z });
    double minus =
        lac_grid_sample(grid, field, (LacVec3){ p.x - h * a.x, p.y - h * a.y, p.z - h * a.z });
    return (plus - 2 * lac_grid_sample(grid, field, p) + minus) / (h * h);
}

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
    const LacVec3 x = { 1, 0, 0 }, y = { 0, 1, 0 }, z = { 0, 0, 1 };
    LacVec3 g = lac_grid_gradient(grid, field, p);
    double g2 = lac_vec3_dot(g, g);
    if (!(g2 > 0))
        return (LacCurvature){ (double) NAN, (double) NAN };
    double xx = second_along(grid, field, p, x), yy = second_along(grid, field, p, y);
    double zz = second_along(grid, field, p, z), xy = second(grid, field, p, x, y);
    double xz = second(grid, field, p, x, z), yz = second(grid, field, p, y, z);
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
