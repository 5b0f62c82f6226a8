// SPDX-License-Identifier: GPL-3.0-or-later
// Coordination polyhedra: the hulls of the neighbours of atoms. Any thread.
#pragma once

#include "core/data/bonds.h"

// A triangle of a hull.
typedef struct {
    guint32 centre;     // index of the atom in the middle
    guint32 corners[3]; // indices, counter-clockwise as seen from outside
    guint8 edges;       // bit k: the side from corner k to the next one is an edge of the hull
} LacHullFace;

GArray *lac_polyhedra_find(const LacAtoms *atoms, const LacBonds *bonds, double shell);
