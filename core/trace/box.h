// SPDX-License-Identifier: GPL-3.0-or-later
// Integrated intensities of peaks: trilinear samples in a small ball about each.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "core/progress.h"

// The points of the ball, as offsets on a lattice of a third of a voxel.
typedef struct {
    gsize n;              // number of points
    guint half;           // [steps] the farthest along an axis
    guint8 *ix, *iy, *iz; // [steps] of each point, from the lowest corner of the ball's cube
} LacBox;

LacBox *lac_box_new(const LacVolume *volume, double radius, GError **error);
void lac_box_free(LacBox *self);
void lac_box_sample(const LacBox *self, const LacVolume *volume, LacVec3 position, float *samples);
gboolean lac_box_intensities(const LacVolume *volume, LacAtoms *atoms, double radius,
    LacProgress *progress, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacBox, lac_box_free)
