// SPDX-License-Identifier: GPL-3.0-or-later
// Where to start fits: voxels that are not lower than their six neighbours.
#pragma once

#include "core/trace/spline.h"

typedef struct {
    float value;
    guint32 x, y, z; // voxel, or sample of the fine grid
} LacSeed;

GArray *lac_seeds_find(const LacGrid *grid, const LacVolume *mask, double above,
    LacProgress *progress, double from, double to, GError **error);
GArray *lac_seeds_find_fine(const LacSpline *spline, double above, LacProgress *progress,
    double from, double to, GError **error);
double lac_seeds_get_typical(const GArray *seeds);
void lac_seeds_keep_brightest(GArray *seeds, double above, gsize max_seeds);
