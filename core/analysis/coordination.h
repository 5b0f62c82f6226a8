// SPDX-License-Identifier: GPL-3.0-or-later
// How many neighbours atoms have, and how far these are.
#pragma once

#include "core/analysis/neighbours.h"

// Mean over atoms of one species and their neighbours of another.
typedef struct {
    gsize n_atoms;    // of the species a that were averaged
    gsize n_bonds;    // from them to atoms of species b
    double mean_cn;   // NaN without atoms
    double mean_bond; // [Å] NaN without bonds
    double shortest, longest;
} LacCoordinationPair;

#define LAC_COORDINATION_N_BINS 33 // of the histogram; the last takes all above

// Immutable. Arrays of n points; the averages are over the points that are not left out.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint32 *cn;
    double *bond;     // [Å] mean distance of the neighbours; NaN without any
    double *shortest; // [Å]
    double *longest;  // [Å]
    gsize n_averaged;
    double mean_cn;   // NaN without atoms
    double mean_bond; // [Å] mean of the atoms' means
    gsize histogram[LAC_COORDINATION_N_BINS];
    gsize n_species;            // of the model
    LacCoordinationPair *pairs; // (n_species, n_species): a slower than b
} LacCoordination;

LacCoordination *lac_coordination_new(const LacPoints *points, const LacNeighbours *neighbours,
    const guint8 *left_out, LacProgress *progress, GError **error);
LacCoordination *lac_coordination_ref(LacCoordination *self);
void lac_coordination_unref(LacCoordination *self);
double lac_coordination_share(const LacCoordination *self, guint cn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacCoordination, lac_coordination_unref)
