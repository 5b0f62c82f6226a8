// SPDX-License-Identifier: GPL-3.0-or-later
// Lattices refitted to the insides of their grains, whose rims shear them.
#pragma once

#include "core/analysis/hull.h"
#include "core/analysis/lattice.h"

typedef struct {
    double from_interface; // [Å] atoms nearer to the interface take no part
    double depth;          // [Å] nor those nearer to the surface
} LacCrystalParams;

// Immutable once published. In the order of the lattices.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    LacLattice **lattices; // NULL: too few atoms inside
} LacCrystals;

void lac_crystal_params_init(LacCrystalParams *params);
LacCrystals *lac_crystals_new(const LacPoints *points, const LacLattices *lattices,
    const LacHull *hull, const double *interface_distance, const LacCrystalParams *params,
    LacProgress *progress, GError **error);
LacCrystals *lac_crystals_ref(LacCrystals *self);
void lac_crystals_unref(LacCrystals *self);
const LacLattice *lac_crystals_get(const LacCrystals *self, const LacLattices *lattices, guint32 i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacCrystals, lac_crystals_unref)
