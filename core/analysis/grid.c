// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/grid.h"

#include "core/error.h"

#include <math.h>

// A coarser grid than this many times the wanted step would show nothing of atoms.
#define COARSEST 4.0

static gboolean
choose_extent(LacGrid *grid, const double low[3], const double high[3], double step, double padding,
    gsize max_nodes)
{
    // The origin is a multiple of the step, so that an edit at one end of a particle leaves the
    // nodes at the other end where they were.
    double first[3], n[3], product = 1;
    for (int d = 0; d < 3; d++) {
        first[d] = floor((low[d] - padding) / step);
        n[d] = ceil((high[d] + padding) / step) - first[d] + 1;
        product *= n[d];
    }
    if (!(product <= (double) max_nodes))
        return FALSE;
    grid->step = step;
    grid->origin = (LacVec3){ first[0] * step, first[1] * step, first[2] * step };
    grid->nx = (gsize) n[0];
    grid->ny = (gsize) n[1];
    grid->nz = (gsize) n[2];
    return TRUE;
}

/**
 * lac_grid_fit:
 * @grid: (out caller-allocates): receives the grid
 * @points: at least one point
 * @step: [Å] wanted between nodes, above 0
 * @padding: [Å] around the outermost atoms
 * @max_nodes: bound of the number of nodes
 * @error: return location for a #GError
 *
 * Lays a grid around all points. If it would have more nodes than @max_nodes, the step grows until
 * it fits, by up to a factor of 4; compare grid->step to @step to tell the user.
 *
 * Returns: %TRUE, or %FALSE with @error set if the atoms are too far apart for any such grid
 */
gboolean
lac_grid_fit(LacGrid *grid, const LacPoints *points, double step, double padding, gsize max_nodes,
    GError **error)
{
    g_return_val_if_fail(points->n > 0 && step > 0 && padding >= 0, FALSE);

    const double *axes[3] = { points->x, points->y, points->z };
    double low[3], high[3];
    for (int d = 0; d < 3; d++) {
        low[d] = high[d] = axes[d][0];
        for (gsize i = 1; i < points->n; i++) {
            low[d] = fmin(low[d], axes[d][i]);
            high[d] = fmax(high[d], axes[d][i]);
        }
    }
    for (double factor = 1; factor <= COARSEST; factor *= 1.02)
        if (choose_extent(grid, low, high, factor * step, padding, max_nodes))
            return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
        "The atoms fill a box of %.0f x %.0f x %.0f Å, too large for a grid of %.3g Å; "
        "are there atoms far from the particle?",
        high[0] - low[0], high[1] - low[1], high[2] - low[2], step);
    return FALSE;
}

/**
 * lac_grid_count:
 * @grid: a grid
 *
 * Returns: the number of nodes
 */
gsize
lac_grid_count(const LacGrid *grid)
{
    return grid->nx * grid->ny * grid->nz;
}

/**
 * lac_grid_node:
 * @grid: a grid
 * @ix: 0 to nx - 1
 * @iy: 0 to ny - 1
 * @iz: 0 to nz - 1
 *
 * Returns: [Å] position of a node
 */
LacVec3
lac_grid_node(const LacGrid *grid, gsize ix, gsize iy, gsize iz)
{
    return (LacVec3){ grid->origin.x + grid->step * (double) ix,
        grid->origin.y + grid->step * (double) iy, grid->origin.z + grid->step * (double) iz };
}

/**
 * lac_grid_node_at:
 * @grid: a grid
 * @index: index of a value in a field
 *
 * Returns: [Å] position of the node
 */
LacVec3
lac_grid_node_at(const LacGrid *grid, gsize index)
{
    gsize row = index / grid->nx;
    return lac_grid_node(grid, index % grid->nx, row % grid->ny, row / grid->ny);
}

static gsize
nearest_along(double value, double origin, double step, gsize n)
{
    double k = floor((value - origin) / step + 0.5);
    return k <= 0 ? 0 : k >= (double) (n - 1) ? n - 1 : (gsize) k;
}

/**
 * lac_grid_nearest:
 * @grid: a grid
 * @p: [Å]
 *
 * Returns: index of the node nearest to @p
 */
gsize
lac_grid_nearest(const LacGrid *grid, LacVec3 p)
{
    gsize ix = nearest_along(p.x, grid->origin.x, grid->step, grid->nx);
    gsize iy = nearest_along(p.y, grid->origin.y, grid->step, grid->ny);
    gsize iz = nearest_along(p.z, grid->origin.z, grid->step, grid->nz);
    return (iz * grid->ny + iy) * grid->nx + ix;
}

// Splits a coordinate into a cell and the fraction inside; ends are held.
static gsize
split(double value, double origin, double step, gsize n, double *fraction)
{
    double u = CLAMP((value - origin) / step, 0.0, (double) (n - 1));
    gsize i = MIN((gsize) u, n < 2 ? 0 : n - 2);
    *fraction = u - (double) i;
    return i;
}

typedef struct {
    double c[2][2][2]; // [z][y][x]
    double fx, fy, fz;
} Cube;

static Cube
get_cube(const LacGrid *grid, const float *field, LacVec3 p)
{
    Cube cube;
    gsize ix = split(p.x, grid->origin.x, grid->step, grid->nx, &cube.fx);
    gsize iy = split(p.y, grid->origin.y, grid->step, grid->ny, &cube.fy);
    gsize iz = split(p.z, grid->origin.z, grid->step, grid->nz, &cube.fz);
    for (gsize dz = 0; dz < 2; dz++)
        for (gsize dy = 0; dy < 2; dy++)
            for (gsize dx = 0; dx < 2; dx++) {
                gsize jz = MIN(iz + dz, grid->nz - 1), jy = MIN(iy + dy, grid->ny - 1);
                gsize jx = MIN(ix + dx, grid->nx - 1);
                cube.c[dz][dy][dx] = (double) field[(jz * grid->ny + jy) * grid->nx + jx];
            }
    return cube;
}

static double
mix(double a, double b, double t)
{
    return a + (b - a) * t;
}

/**
 * lac_grid_sample:
 * @grid: a grid
 * @field: (array): values of the nodes
 * @p: [Å]
 *
 * Interpolates linearly along each axis; outside the grid, the nearest border value holds.
 *
 * Returns: the value at @p
 */
double
lac_grid_sample(const LacGrid *grid, const float *field, LacVec3 p)
{
    Cube cube = get_cube(grid, field, p);
    double along[2];
    for (int k = 0; k < 2; k++)
        along[k] = mix(mix(cube.c[k][0][0], cube.c[k][0][1], cube.fx),
            mix(cube.c[k][1][0], cube.c[k][1][1], cube.fx), cube.fy);
    return mix(along[0], along[1], cube.fz);
}

static gsize
clamp_node(gsize i, gsize before, gsize n)
{
    return i < before ? 0 : MIN(i - before, n - 1);
}

/**
 * lac_grid_sample_around:
 * @grid: a grid
 * @field: (array): values of the nodes
 * @p: [Å] in the grid
 * @around: (out caller-allocates): receives lac_grid_sample() at @p and one step to each side of it,
 *   by z, y and x; that of @p is in the middle
 *
 * All of them lie alike between their nodes, so that most of the work is done once for all.
 */
void
lac_grid_sample_around(const LacGrid *grid, const float *field, LacVec3 p, double around[3][3][3])
{
    double fx, fy, fz, along_x[4][4][3], along_y[4][3][3];
    gsize ix = split(p.x, grid->origin.x, grid->step, grid->nx, &fx);
    gsize iy = split(p.y, grid->origin.y, grid->step, grid->ny, &fy);
    gsize iz = split(p.z, grid->origin.z, grid->step, grid->nz, &fz);
    for (gsize z = 0; z < 4; z++)
        for (gsize y = 0; y < 4; y++) {
            const float *row = field +
                (clamp_node(iz + z, 1, grid->nz) * grid->ny + clamp_node(iy + y, 1, grid->ny)) *
                    grid->nx;
            double f[4];
            for (gsize x = 0; x < 4; x++)
                f[x] = (double) row[clamp_node(ix + x, 1, grid->nx)];
            for (gsize x = 0; x < 3; x++)
                along_x[z][y][x] = mix(f[x], f[x + 1], fx);
        }
    for (gsize z = 0; z < 4; z++)
        for (gsize y = 0; y < 3; y++)
            for (gsize x = 0; x < 3; x++)
                along_y[z][y][x] = mix(along_x[z][y][x], along_x[z][y + 1][x], fy);
    for (gsize z = 0; z < 3; z++)
        for (gsize y = 0; y < 3; y++)
            for (gsize x = 0; x < 3; x++)
                around[z][y][x] = mix(along_y[z][y][x], along_y[z + 1][y][x], fz);
}

/**
 * lac_grid_gradient:
 * @grid: a grid
 * @field: (array): values of the nodes
 * @p: [Å]
 *
 * Central differences of lac_grid_sample() over one step to each side.
 *
 * Returns: the gradient [value / Å] at @p
 */
LacVec3
lac_grid_gradient(const LacGrid *grid, const float *field, LacVec3 p)
{
    double h = grid->step;
    LacVec3 g = {
        lac_grid_sample(grid, field, (LacVec3){ p.x + h, p.y, p.z }) -
            lac_grid_sample(grid, field, (LacVec3){ p.x - h, p.y, p.z }),
        lac_grid_sample(grid, field, (LacVec3){ p.x, p.y + h, p.z }) -
            lac_grid_sample(grid, field, (LacVec3){ p.x, p.y - h, p.z }),
        lac_grid_sample(grid, field, (LacVec3){ p.x, p.y, p.z + h }) -
            lac_grid_sample(grid, field, (LacVec3){ p.x, p.y, p.z - h }),
    };
    return (LacVec3){ g.x / (2 * h), g.y / (2 * h), g.z / (2 * h) };
}
