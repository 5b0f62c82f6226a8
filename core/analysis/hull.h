// SPDX-License-Identifier: GPL-3.0-or-later
// Where the particle is: the distance to its atoms, its hull, its envelope and the depth inside.
#pragma once

#include "core/analysis/field.h"

typedef struct {
    double step;     // [Å] between nodes of the grid
    double alpha;    // [d_NN] radius of the ball that rolls over the atoms
    double delta;    // [d_NN] how far the surface lies outside the outermost atom centres
    double envelope; // [Å] radius of the ball that finds pores but no cavities
    gsize max_nodes; // of the grid; a larger particle gets a coarser one
} LacHullParams;

void lac_hull_params_init(LacHullParams *self);

// Immutable. Fields on grid: the hull is all that no ball of radius alpha without atoms reaches,
// grown by delta; the envelope is all that no ball of radius R_env reaches from outside, and 0.3 Å
// more, so that all atoms lie in it.
typedef struct {
    gatomicrefcount ref_count;
    LacGrid grid; // its step is larger than params.step where the particle is large
    LacHullParams params;
    float *distance;        // [Å] to the nearest atom; far outside the envelope, at most that
    guint8 *inside;         // 1 inside the hull
    guint8 *envelope;       // (nullable) 1 inside the envelope: cavities and narrow pits included
    float *depth;           // (nullable) [Å] below the envelope, 0 outside
    double d_nn;            // [Å] median distance to the nearest atom
    double delta;           // [Å]
    double alpha;           // [Å]
    double volume;          // [Å^3] of the hull
    double envelope_volume; // [Å^3]
    gsize n_parts;          // separate pieces of the hull
} LacHull;

LacHull *lac_hull_new(const LacPoints *points, const LacHullParams *params, LacProgress *progress,
    GError **error);
LacHull *lac_hull_new_inside(const LacPoints *points, const LacHullParams *params,
    LacProgress *progress, GError **error);
LacHull *lac_hull_ref(LacHull *self);
void lac_hull_unref(LacHull *self);
double lac_hull_depth_at(const LacHull *self, LacVec3 p);
gboolean lac_hull_contains(const LacHull *self, LacVec3 p);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacHull, lac_hull_unref)
