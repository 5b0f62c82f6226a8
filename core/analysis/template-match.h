// SPDX-License-Identifier: GPL-3.0-or-later
// How well the neighbours of one atom fit one ideal neighbourhood.
#pragma once

#include "core/analysis/structure.h"

typedef struct {
    double rmsd;                     // in units of the spacing; HUGE_VAL: nothing fits
    double spacing;                  // in the unit of the neighbours
    LacMat3 orientation;             // from the shape to the neighbours
    guint8 partner[LAC_SHAPE_MAX_K]; // the neighbour of each vertex
} LacShapeMatch;

LacShapeMatch lac_shape_match(const LacShape *shape, const LacVec3 *neighbours);
LacMat3 lac_shape_find_gradient(const LacShape *shape, const LacVec3 *neighbours,
    const LacShapeMatch *match);
