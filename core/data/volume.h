// SPDX-License-Identifier: GPL-3.0-or-later
// A calibrated scalar volume.
#pragma once

#include "core/array.h"
#include "core/vec.h"

// Immutable once published; shape (nz, ny, nx), index (z * ny + y) * nx + x.
typedef struct {
    gatomicrefcount ref_count;
    gsize nx, ny, nz;
    double voxel_size; // [Å] per voxel, the same along all axes; 0 when unknown
    LacVec3 origin;    // [Å] position of the centre voxel (nx/2, ny/2, nz/2)
    LacBuffer *buffer;
    float *data; // buffer->data
} LacVolume;

typedef struct {
    float min, max;
    double mean, std;
    gsize n_bad; // NaN and infinite values, left out of the others
} LacStats;

LacVolume *lac_volume_new(gsize nz, gsize ny, gsize nx, double voxel_size, GError **error);
LacVolume *lac_volume_new_from_buffer(LacBuffer *buffer, gsize nz, gsize ny, gsize nx,
    double voxel_size, GError **error);
LacVolume *lac_volume_ref(LacVolume *self);
void lac_volume_unref(LacVolume *self);
gsize lac_volume_get_size(const LacVolume *self);
float lac_volume_get(const LacVolume *self, gsize x, gsize y, gsize z);
LacStats lac_stats(const float *data, gsize n);
void lac_histogram(const float *data, gsize n, float min, float max, guint n_bins, gsize *bins);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacVolume, lac_volume_unref)
