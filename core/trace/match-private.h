// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a comparison: positions alone, species apart.
#pragma once

#include "core/data/cells.h"
#include "core/trace/match.h"

typedef struct {
    LacMat3 rotation;
    LacVec3 shift;
} LacMotion;

// Present atoms; position i is (x[i], y[i], z[i]) [Å].
typedef struct {
    gsize n;
    const double *x, *y, *z;
} LacPoints;

LacVec3 lac_points_get(const LacPoints *points, gsize i);
LacVec3 lac_points_get_mean(const LacPoints *points);
gboolean lac_points_get_bond(const LacPoints *points, double *bond, GError **error);

LacVec3 lac_motion_apply(const LacMotion *motion, LacVec3 p);

// Pairs are LacMatchPair by ascending index of the model, with indices into the points.
gboolean lac_match_assign(const LacPoints *model, const LacPoints *truth, const LacCells *cells,
    const LacMotion *motion, double cutoff, GArray *pairs, LacProgress *progress, GError **error);
gboolean lac_match_align(const LacPoints *model, const LacPoints *truth, const LacCells *cells,
    double cutoff, LacAlign align, LacMotion *motion, GArray *pairs, LacProgress *progress,
    GError **error);
gboolean
lac_match_published(const LacPoints *model, const LacPoints *truth, const LacMotion *motion,
    gboolean centre, LacMatchPublished *result, LacProgress *progress, GError **error);
LacMatchErrors
lac_match_errors(const LacMatchPair *pairs, gsize n, const guint16 *species, guint16 only);
