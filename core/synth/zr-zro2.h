// SPDX-License-Identifier: GPL-3.0-or-later
// The Zr/ZrO2 particle: where each phase is, and the atoms in it.
#pragma once

#include "core/synth/sites.h"

#define LAC_ZR_GRAINS 4 // metal, semicoherent, incoherent, amorphous
#define LAC_ZR_WAVES  24

// Everything about the shape; made from the parameters and a scale of 1 for a radius of 40 Å.
typedef struct {
    const LacModelParams *params;
    double scale;
    LacBody core, surface;
    double inside, outside;      // [Å] radii within and beyond which the roughness does not matter
    LacVec3 waves[LAC_ZR_WAVES]; // [1/Å] of the roughness
    double phases[LAC_ZR_WAVES];
    LacTruthGrain grains[LAC_ZR_GRAINS];
    LacVec3 normals[2]; // of the facets of the core
    LacVec3 common;     // the <110> that metal and semicoherent oxide share
    LacVec3 bent;       // metal (-1-11)
    double kink_sense;
    double skin;   // [Å]
    GArray *pores; // of LacTruthPore
} LacZrShape;

void lac_zr_shape_init(LacZrShape *self, const LacModelParams *params, double scale);
void lac_zr_shape_clear(LacZrShape *self);
LacTruthPhase lac_zr_shape_get_phase(const LacZrShape *self, LacVec3 r);
gboolean lac_zr_shape_is_in_pore(const LacZrShape *self, LacVec3 r, double grow);
LacVec3 lac_zr_shape_push(const LacZrShape *self, LacVec3 r);
void lac_zr_shape_measure_pores(LacZrShape *self);
LacVec3 lac_zr_shape_kink(const LacZrShape *self, LacVec3 r);
LacTruth *lac_zr_build(const LacModelParams *params, LacProgress *progress, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacZrShape, lac_zr_shape_clear)
