// SPDX-License-Identifier: GPL-3.0-or-later
// Composition in layers around the pure core of a particle of two or more species.
#pragma once

#include "core/analysis/neighbours.h"

typedef enum {
    LAC_COMPOSITION_EUCLIDEAN,
    LAC_COMPOSITION_CHESSBOARD, // as published: thinner by up to sqrt(3)
} LacCompositionMetric;

typedef struct {
    guint metric;  // LacCompositionMetric
    double step;   // [Å] of the grid
    guint n_steps; // of a layer
    double ball;   // [Å] that rolls over the atoms of the pure core
    double grow;   // [steps] that the core is grown by
    guint clean;   // neighbours that an atom of the pure core has, all of its own species
    gsize least;   // atoms of a layer that counts
} LacCompositionParams;

// Immutable once published.
typedef struct {
    gatomicrefcount ref_count;
    guint16 core;       // species of the core
    gsize n_clean;      // atoms of the pure core
    gsize n;            // layers, from inside to outside
    double *s;          // [Å] middle of each layer, negative inside the core
    double *share;      // of the species of the core, 0 to 1
    gsize *count;       // atoms
    double at_95, at_5; // [Å] where the share falls below 0.95 and 0.05; NaN: it does not
    double width;       // [Å] 95 to 5 %
    gsize n_atoms;
    double *distance; // [Å] of each atom to the surface of the core
} LacComposition;

void lac_composition_params_init(LacCompositionParams *params);
LacComposition *lac_composition_new(const LacPoints *points, const LacNeighbours *neighbours,
    const LacCompositionParams *params, LacProgress *progress, GError **error);
LacComposition *lac_composition_ref(LacComposition *self);
void lac_composition_unref(LacComposition *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacComposition, lac_composition_unref)
