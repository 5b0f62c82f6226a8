// SPDX-License-Identifier: GPL-3.0-or-later
// The single-axis voxel splat: cubic B-spline taps across the tilt axis, in gather form both ways.
#pragma once

#include <glib.h>

// Values along the tilt axis are handled in tiles of up to LAC_TILE_WIDTH, a multiple of LAC_LANES.
#define LAC_TILE_WIDTH 64
#define LAC_LANES      16

// Voxel (i, j) of a plane, along the major and the minor axis, lands at detector position
// u = a i + b j + u0 of projection k. The major axis is the one with |a| >= |b|, so that a detector
// column meets at most six voxels of a row.
typedef struct {
    double a, b, u0;
    gboolean major_is_z; // i runs along z and j along x
} LacSplatAngle;

// A tile of the volume is [nz][nx][width], of the projections [n][n_u][width].
typedef struct {
    gsize nx, nz, n_u, n;
    const LacSplatAngle *angles; // n
} LacSplatPlan;

// One build of the kernels for one family of processors.
typedef struct {
    const char *name;
    void (*forward)(const LacSplatPlan *plan, gsize width, const float *volume, float *projections,
        gsize k_begin, gsize k_end);
    void (*adjoint)(const LacSplatPlan *plan, gsize width, const float *projections, float *volume,
        gsize z_begin, gsize z_end);
} LacSplatKernels;

extern const LacSplatKernels lac_splat_kernels_baseline, lac_splat_kernels_avx2,
    lac_splat_kernels_avx512;

const LacSplatKernels *lac_splat_kernels_for_this_cpu(void);
const LacSplatKernels *const *lac_splat_kernels_usable(gsize *n);
