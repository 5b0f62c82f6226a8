// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/grid.h"

#define FINE_FACTOR 3.0 // fine voxels per voxel
#define FINE_OFFSET 3.0 // [voxel] the published grid drops two fine samples and pads by ten zeros

/**
 * lac_grid_get_voxel_size:
 * @volume: a volume
 *
 * Returns: [Å] the edge of a voxel; 1 when unknown, so that positions are then in voxels
 */
double
lac_grid_get_voxel_size(const LacVolume *volume)
{
    return volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
}

/**
 * lac_grid_to_position:
 * @volume: a volume
 * @voxel: fractional index (x, y, z) from 0
 *
 * The centre voxel is number floor(n / 2) along an axis of n voxels, odd or even, and lies at the
 * origin of the volume.
 *
 * Returns: [Å] the position
 */
LacVec3
lac_grid_to_position(const LacVolume *volume, LacVec3 voxel)
{
    double a = lac_grid_get_voxel_size(volume);
    LacVec3 o = volume->origin;
    return (LacVec3){ o.x + (voxel.x - (double) (volume->nx / 2)) * a,
        o.y + (voxel.y - (double) (volume->ny / 2)) * a,
        o.z + (voxel.z - (double) (volume->nz / 2)) * a };
}

/**
 * lac_grid_from_position:
 * @volume: a volume
 * @position: [Å]
 *
 * Returns: the fractional index (x, y, z) from 0; the inverse of lac_grid_to_position()
 */
LacVec3
lac_grid_from_position(const LacVolume *volume, LacVec3 position)
{
    double a = lac_grid_get_voxel_size(volume);
    LacVec3 o = volume->origin;
    return (LacVec3){ (position.x - o.x) / a + (double) (volume->nx / 2),
        (position.y - o.y) / a + (double) (volume->ny / 2),
        (position.z - o.z) / a + (double) (volume->nz / 2) };
}

/**
 * lac_grid_from_one_based:
 * @index: along one axis, from 1, as in a model traced with MATLAB
 *
 * Returns: the same from 0
 */
double
lac_grid_from_one_based(double index)
{
    return index - 1.0;
}

/**
 * lac_grid_to_one_based:
 * @voxel: along one axis, from 0
 *
 * Returns: the same from 1
 */
double
lac_grid_to_one_based(double voxel)
{
    return voxel + 1.0;
}

/**
 * lac_grid_from_fine:
 * @index: along one axis of the threefold up-sampled and padded grid of the published tracer
 *   (doi:10.1038/s41586-021-03354-0), from 1
 *
 * Returns: the index on the original grid, from 0
 */
double
lac_grid_from_fine(double index)
{
    return index / FINE_FACTOR - FINE_OFFSET;
}

/**
 * lac_grid_to_fine:
 * @voxel: along one axis, from 0
 *
 * Returns: the index on the published fine grid, from 1; the inverse of lac_grid_from_fine()
 */
double
lac_grid_to_fine(double voxel)
{
    return (voxel + FINE_OFFSET) * FINE_FACTOR;
}
