// SPDX-License-Identifier: GPL-3.0-or-later
// Volume minus model, with the picture of an atom measured from the volume; follows single edits.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "core/progress.h"

// Voxels [begin, end) along x, y, z; empty when begin equals end.
typedef struct {
    gsize begin[3], end[3];
} LacVoxelBox;

// Owns the volume it changes: one thread at a time.
typedef struct LacVolumeResidual LacVolumeResidual;

LacVolumeResidual *
lac_volume_residual_new(LacVolume *volume, LacAtoms *atoms, LacProgress *progress, GError **error);
void lac_volume_residual_free(LacVolumeResidual *self);
gboolean lac_volume_residual_update(LacVolumeResidual *self, LacAtoms *atoms, LacVoxelBox *changed,
    GError **error);
const LacVolume *lac_volume_residual_get_volume(const LacVolumeResidual *self);
LacVolume *lac_volume_residual_lend(LacVolumeResidual *self);
LacVolume *lac_volume_residual_dup_volume(const LacVolumeResidual *self, GError **error);
const double *lac_volume_residual_get_heights(const LacVolumeResidual *self);
double lac_volume_residual_get_light_height(const LacVolumeResidual *self);
double lac_volume_residual_get_width(const LacVolumeResidual *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacVolumeResidual, lac_volume_residual_free)
