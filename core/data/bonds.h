// SPDX-License-Identifier: GPL-3.0-or-later
// Which atoms are neighbours, how many each has, and how far the nearest is.
#pragma once

#include "core/data/atoms.h"
#include "core/progress.h"

typedef enum {
    LAC_BONDS_RADII,   // up to a multiple of the sum of the covalent radii; of species that are no
                       // elements up to the first minimum
    LAC_BONDS_MINIMUM, // up to the first minimum of the radial distribution
    LAC_BONDS_CUTOFF,  // up to a given distance
} LacBondRule;

typedef struct {
    LacBondRule rule;
    double scale;  // times the sum of the radii
    double cutoff; // [Å] of LAC_BONDS_CUTOFF
} LacBondParams;

#define LAC_COLUMN_COORDINATION "cn"

typedef struct {
    gsize n;
    guint32 *pairs;        // (n, 2) indices, the lower one first; in their order
    gsize n_atoms;         // atoms and records
    guint16 *coordination; // of each: how many atoms of the model are bonded to it
    double *nearest; // [Å] of each: to the nearest other atom of the model, INFINITY: none near
    double longest;  // [Å] largest cutoff that was used
} LacBonds;

void lac_bond_params_init(LacBondParams *params);
LacBonds *lac_bonds_find(const LacAtoms *atoms, const LacBondParams *params, LacProgress *progress,
    GError **error);
LacAtoms *lac_bonds_make_column(const LacBonds *self, const LacAtoms *atoms);
void lac_bonds_free(LacBonds *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacBonds, lac_bonds_free)
