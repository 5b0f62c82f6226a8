// SPDX-License-Identifier: GPL-3.0-or-later
// A volume made ready for the graphics memory by a worker: half floats and what goes with them.
#pragma once

#include "core/data/volume.h"
#include "core/progress.h"
#include "ui/render/camera.h"
#include "ui/render/transfer.h"

// Voxel space: voxel i spans i to i + 1. Texel space: the same for texels.
#define LAC_TEXTURE_BLOCK  8   // edge of a block of the coarse grid [texel]
#define LAC_TEXTURE_N_BINS 256 // of the histogram

// Immutable, reference counted. Texels are (value - min) / (max - min), so 0 to 1.
typedef struct {
    gatomicrefcount ref_count;
    LacVolume *volume;    // what it was made from
    gsize nx, ny, nz;     // texels
    double scale, offset; // a point p of voxel space is at p * scale + offset in texel space
    gboolean is_smooth;   // has a texel between each two voxels, from cubic interpolation
    guint16 *texels;      // (nz, ny, nx) half floats
    gsize n_blocks_x, n_blocks_y, n_blocks_z;
    guint16 *blocks; // half floats: the largest texel that a sample in the block can touch
    double min, max; // range of the volume; max > min
    gsize histogram[LAC_TEXTURE_N_BINS]; // of the volume between min and max
    LacTransfer transfer;                // a first guess from the histogram
    double iso_level;                    // a first guess
    LacBox content;                      // [Å] the part of the box that is not background
    char *note;                          // (nullable) what the user should know, such as binning
} LacVolumeTexture;

LacVolumeTexture *lac_volume_texture_prepare(LacVolume *volume, guint max_size, gboolean smooth,
    LacProgress *progress, GError **error);
LacVolumeTexture *lac_volume_texture_ref(LacVolumeTexture *self);
void lac_volume_texture_unref(LacVolumeTexture *self);
LacBox lac_volume_get_box(const LacVolume *volume);
double lac_volume_get_scale(const LacVolume *volume);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacVolumeTexture, lac_volume_texture_unref)
