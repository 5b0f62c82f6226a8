// SPDX-License-Identifier: GPL-3.0-or-later
// A volume as a cubic spline: values between the voxels.
#pragma once

#include "core/data/volume.h"
#include "core/progress.h"

typedef struct LacSpline LacSpline;

// Values of voxels in memory that is not theirs.
typedef struct {
    const float *data;
    gsize nx, ny, nz;
    gsize row, plane; // floats from row to row and from plane to plane
} LacGrid;

#define LAC_SPLINE_MIN_EDGE 8   // [voxel] along every axis
#define LAC_SPLINE_MAX_STEP 1.5 // [voxel] between the samples of a window

#define LAC_WINDOW_EDGE   7 // samples along an edge of a window
#define LAC_WINDOW_STRIDE 8 // floats from row to row; the last is 0
#define LAC_WINDOW_SIZE   (LAC_WINDOW_EDGE * LAC_WINDOW_EDGE * LAC_WINDOW_STRIDE)

// Between load and prefilter it holds the values of the voxels.
LacSpline *lac_spline_load(const LacVolume *volume, const LacVolume *mask, GError **error);
LacSpline *lac_spline_load_part(const LacVolume *volume, const gsize begin[3], const gsize size[3],
    GError **error);
LacGrid lac_spline_get_grid(const LacSpline *self);
gboolean lac_spline_smooth(LacSpline *self, double sigma, LacProgress *progress, double fraction,
    GError **error);
gboolean lac_spline_prefilter(LacSpline *self, LacProgress *progress, double from, double to,
    GError **error);
void lac_spline_free(LacSpline *self);
gboolean lac_spline_sample(const LacSpline *self, LacVec3 voxel, double step, float *window);

// The published fine grid without its padding: 3 n - 4 samples along an axis of n voxels, number m
// at voxel (m + 2) / 3.
void lac_spline_get_fine_size(const LacSpline *self, gsize size[3]);
gsize lac_spline_get_fine_scratch(const LacSpline *self);
void lac_spline_sample_fine_plane(const LacSpline *self, gsize fine_z, float *scratch, float *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSpline, lac_spline_free)
