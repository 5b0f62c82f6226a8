// SPDX-License-Identifier: GPL-3.0-or-later
// The voxel splat: cubic B-spline taps across the tilt axis, vectorised along it.
#pragma once

#include <glib.h>

// Values along the tilt axis are handled in tiles of up to LAC_TILE_WIDTH, a multiple of LAC_LANES.
#define LAC_TILE_WIDTH 64
#define LAC_LANES      16

// Voxel (i, j) of a plane, along the major and the minor axis, lands at detector position
// u = a i + b j + u0 of projection k. The major axis is the one with |a| >= |b|.
typedef struct {
    double a, b, u0;
    gboolean major_is_z; // i runs along z and j along x
} LacSplatAngle;

// A tile of the volume is [nz][nx][width], of the projections [n][n_u][width].
typedef struct {
    gsize nx, nz, n_u, n;
    const LacSplatAngle *angles; // n
} LacSplatPlan;

// One projection near the tilt axis, on a sheared detector (a, b): row y of the voxel lands at
// a = across, which does not depend on y, and b = scale y + shift j + v0.
typedef struct {
    LacSplatAngle across;
    double scale, shift, v0;
} LacSplatShear;

// A tile of the volume is [nz][nx][width] from row y on, a detector [n_u][n_v].
typedef struct {
    gsize nx, nz, y, width;
    gsize n_u, n_v;
} LacSplatTile;

// One build of the kernels for one family of processors.
typedef struct {
    const char *name;
    void (*forward)(const LacSplatPlan *plan, gsize width, const float *volume, float *projections,
        gsize k_begin, gsize k_end);
    void (*adjoint)(const LacSplatPlan *plan, gsize width, const float *projections, float *volume,
        gsize z_begin, gsize z_end);
    // These add to what is there. All @n shears have the major axis in common; the back projection
    // does rows [j_begin, j_end) of the minor one.
    void (*forward_sheared)(const LacSplatTile *tile, gsize n, const LacSplatShear *const *shears,
        const float *volume, float *const *detectors);
    void (*adjoint_sheared)(const LacSplatTile *tile, gsize n, const LacSplatShear *const *shears,
        const float *const *detectors, float *volume, gsize j_begin, gsize j_end);
} LacSplatKernels;

extern const LacSplatKernels lac_splat_kernels_baseline, lac_splat_kernels_avx2,
    lac_splat_kernels_avx512;

const LacSplatKernels *lac_splat_kernels_for_this_cpu(void);
const LacSplatKernels *const *lac_splat_kernels_usable(gsize *n);
