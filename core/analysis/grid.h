// SPDX-License-Identifier: GPL-3.0-or-later
// A regular grid of nodes around atoms, and looking fields up on it.
#pragma once

#include "core/analysis/points.h"
#include "core/vec.h"

// Fields on a grid have shape (nz, ny, nx), index (z * ny + y) * nx + x.
typedef struct {
    LacVec3 origin; // [Å] node (0, 0, 0)
    double step;    // [Å] between nodes
    gsize nx, ny, nz;
} LacGrid;

gboolean lac_grid_fit(LacGrid *grid, const LacPoints *points, double step, double padding,
    gsize max_nodes, GError **error);
gsize lac_grid_count(const LacGrid *grid);
LacVec3 lac_grid_node(const LacGrid *grid, gsize ix, gsize iy, gsize iz);
LacVec3 lac_grid_node_at(const LacGrid *grid, gsize index);
gsize lac_grid_nearest(const LacGrid *grid, LacVec3 p);
double lac_grid_sample(const LacGrid *grid, const float *field, LacVec3 p);
void
lac_grid_sample_around(const LacGrid *grid, const float *field, LacVec3 p, double around[3][3][3]);
LacVec3 lac_grid_gradient(const LacGrid *grid, const float *field, LacVec3 p);
