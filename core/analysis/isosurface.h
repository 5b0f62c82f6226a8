// SPDX-License-Identifier: GPL-3.0-or-later
// The surface where a field on a grid has one value.
#pragma once

#include "core/analysis/grid.h"
#include "core/data/mesh.h"
#include "core/progress.h"

typedef struct {
    double mean;     // [1/Å] H, positive where the inside is convex
    double gaussian; // [1/Å^2] K
} LacCurvature;

LacMesh *lac_isosurface_new(const LacGrid *grid, const float *field, double level,
    LacProgress *progress, GError **error);
LacMesh *lac_isosurface_new_coarse(const LacGrid *grid, const float *field, double level,
    gsize stride, LacProgress *progress, GError **error);
LacCurvature lac_isosurface_curvature(const LacGrid *grid, const float *field, LacVec3 p);
double lac_isosurface_volume(const LacGrid *grid, const float *field, double level);
