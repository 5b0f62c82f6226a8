// SPDX-License-Identifier: GPL-3.0-or-later
// What core/prep/bm3d.c (parameters, threads) and its kernels (matching, filtering) share.
#pragma once

#include <glib.h>

#define LAC_BM3D_MAX_AREA  176 // [float] blocks of 8 rows of 8, or of 11 rows of 11 at a pitch of 16
#define LAC_BM3D_MAX_STACK 32

// One of the two stages on one image (nv, nu), which is at least one block wide and high.
typedef struct {
    const float *noisy;
    const float *basic; // estimate of the first stage; NULL: this is the first
    gsize nv, nu;
    gsize block;                    // [pixel] edge: 8, at a pitch of 8, or 11, at a pitch of 16
    gsize stack;                    // blocks in a group at most, a power of 2
    gsize reach;                    // [pixel] how far from a block its like are looked for
    float far;                      // largest sum of squared differences of two blocks of a group
    float variance;                 // of the noise
    float threshold;                // of a coefficient in the first stage
    const float *forward, *inverse; // transform of a column: [block][pitch], rest 0
    const float *forward_t, *inverse_t; // transposed
    const float *window;                // weights within a block: [block][pitch]
    const gsize *columns;               // where the reference blocks of a row begin
    gsize n_columns;
} LacBm3dPlan;

// Part of the result: the rows [top, top + rows) of sums over all blocks.
typedef struct {
    gsize top, rows;
    float *sum, *weight; // (rows, nu)
} LacBm3dBand;

// One build for one family of processors. Adds the groups of all reference blocks of row @v.
typedef struct {
    const char *name;
    void (*row)(const LacBm3dPlan *plan, gsize v, gpointer scratch, LacBm3dBand *band);
    gsize (*scratch_size)(const LacBm3dPlan *plan); // [bytes]
} LacBm3dKernels;

extern const LacBm3dKernels lac_bm3d_kernels_baseline, lac_bm3d_kernels_avx2;
