// SPDX-License-Identifier: GPL-3.0-or-later
// Every index convention of positions in a volume, once.
#pragma once

#include "core/data/volume.h"

// Voxel indices are fractional and count from 0; (0, 0, 0) is the centre of the first voxel.
double lac_grid_get_voxel_size(const LacVolume *volume);
LacVec3 lac_grid_to_position(const LacVolume *volume, LacVec3 voxel);
LacVec3 lac_grid_from_position(const LacVolume *volume, LacVec3 position);

// Along one axis: stored indices of published models that count from 1.
double lac_grid_from_one_based(double index);
double lac_grid_to_one_based(double voxel);
double lac_grid_from_fine(double index);
double lac_grid_to_fine(double voxel);
