// SPDX-License-Identifier: GPL-3.0-or-later
// Five-fold axes: where a ring of five twinned grains meets.
#pragma once

#include "core/analysis/grains.h"

#define LAC_FIVEFOLD_N 5

typedef struct {
    guint32 grains[LAC_FIVEFOLD_N]; // around the axis; each is a twin of the next
    LacVec3 position;               // [Å] middle of the axis
    LacVec3 direction;              // unit vector: <110> of all five
    double deviation_deg;           // of the grains' own <110> from it, at most
    double length;                  // [Å]
    gsize n_points;                 // atoms around which all five lie
} LacFivefold;

GArray *lac_fivefold_find(const LacPoints *points, const LacGrains *grains, GError **error);
