// SPDX-License-Identifier: GPL-3.0-or-later
// Differences between orientations of crystals, whose axes can be named in several ways.
#pragma once

#include "core/analysis/structure.h"

typedef enum {
    LAC_SYMMETRY_CUBIC,     // 24 rotations
    LAC_SYMMETRY_HEXAGONAL, // 12 rotations
    LAC_N_SYMMETRIES,
} LacSymmetry;

#define LAC_SYMMETRY_MAX_N 24

typedef struct {
    guint n;
    LacMat3 rotation[LAC_SYMMETRY_MAX_N];
} LacSymmetryGroup;

// The smallest rotation that takes the first crystal to the second.
typedef struct {
    double angle_deg;     // 0 to 63, of hexagonal crystals to 94
    LacVec3 axis;         // unit vector in the sample
    LacVec3 crystal;      // the same in the axes of the first crystal
    guint sigma;          // of the coincidence lattice that it is within reach of; 1: none
    double deviation_deg; // from it
} LacMisorientation;

LacSymmetry lac_structure_get_symmetry(LacStructure structure);
void lac_symmetry_group_init(LacSymmetryGroup *self, LacSymmetry symmetry);
double lac_misorientation_angle_deg(const LacMat3 *first, const LacMat3 *second,
    const LacSymmetryGroup *group);
LacMisorientation lac_misorientation_find(const LacMat3 *first, LacSymmetry first_symmetry,
    const LacMat3 *second, LacSymmetry second_symmetry);
LacMat3 lac_orientation_nearest_copy(const LacMat3 *orientation, const LacMat3 *to,
    const LacSymmetryGroup *group);
LacMat3 lac_orientation_mean(const LacMat3 *orientations, const guint32 *which, gsize n,
    const LacSymmetryGroup *group);
void lac_orientation_get_color(const LacMat3 *orientation, LacSymmetry symmetry, LacVec3 direction,
    float rgb[3]);
