// SPDX-License-Identifier: GPL-3.0-or-later
// The voxel splat for any orientation, an exact adjoint pair.
#pragma once

#include "core/data/series.h"
#include "core/recon/shear-filter.h"

// Volume in tiles along y of up to LAC_TILE_WIDTH rows, each (nz, nx, width), ny a multiple of
// LAC_LANES; detector (n, n_u, n_v), v fastest, wide enough that no voxel's spline leaves it.
typedef struct {
    gsize nx, ny, nz;
    gsize centre_x, centre_y, centre_z; // voxel at the origin
    gsize n_u, n_v;
    gsize centre_u, centre_v; // pixel hit by the origin
    gsize n;
    const LacAngles *angles;
    const LacShift *shifts; // (nullable) n: of the object on the detector [pixel]
} LacSplatGeneralParams;

// Pixels from the origin's: what the splats must have room for, and how far they go on the detector.
typedef struct {
    double splat_u, splat_v;
    double shadow_u, shadow_v;
} LacSplatReach;

typedef struct LacSplatGeneral LacSplatGeneral;

LacSplatReach lac_splat_general_measure(const LacSplatGeneralParams *params);

LacSplatGeneral *lac_splat_general_new(const LacSplatGeneralParams *params);
void lac_splat_general_free(LacSplatGeneral *self);
const LacDetectorShear *lac_splat_general_get_shears(const LacSplatGeneral *self);
void lac_splat_general_forward(LacSplatGeneral *self, const float *volume, float *detectors);
void lac_splat_general_adjoint(LacSplatGeneral *self, float *detectors, float *volume);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSplatGeneral, lac_splat_general_free)
