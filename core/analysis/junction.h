// SPDX-License-Identifier: GPL-3.0-or-later
// The coherency of every part of the interface between the metal and one grain of oxide.
#pragma once

#include "core/analysis/coherency.h"
#include "core/analysis/crystals.h"
#include "core/analysis/interface.h"

// How planes of one family turn across the interface.
typedef struct {
    int metal[3];
    GArray *slabs; // of LacBendingSlab
} LacBending;

typedef struct {
    guint32 type;            // of the interface
    double area;             // [Å^2]
    gboolean is_crystalline; // else the oxide is amorphous, hence incoherent, and the rest is blank
    guint32 metal, oxide;    // lattices
    LacMisorientation turn;  // from metal to oxide
    LacCoherencyPatch *patch; // (nullable)
    GPtrArray *bending;       // of LacBending
    LacCoherencyClass word;
} LacJunction;

// Immutable once published. In the order of the types of the interface.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    LacJunction *junctions;
} LacJunctions;

LacJunctions *lac_junctions_new(const LacPoints *points, const LacLattices *lattices,
    const LacCrystals *crystals, const LacPhases *phases, const LacInterface *interface,
    const LacCoherencyParams *params, LacProgress *progress, GError **error);
LacJunctions *lac_junctions_ref(LacJunctions *self);
void lac_junctions_unref(LacJunctions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacJunctions, lac_junctions_unref)
