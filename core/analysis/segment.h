// SPDX-License-Identifier: GPL-3.0-or-later
// Metal, crystalline oxide or amorphous oxide: the label of each atom from lattices and neighbours.
#pragma once

#include "core/analysis/lattice.h"
#include "core/analysis/order.h"

// A column of the model by which labels are set by hand: the number of a LacPhase, NaN: not set.
#define LAC_COLUMN_PHASE_BY_HAND "phase_by_hand"

typedef struct {
    double split;   // [Å] edge of the fcc cell of its density below which a crystal is metal
    double share;   // of the neighbours that must be of one phase
    guint least;    // neighbours that this takes
    double ordered; // least scaled order of an atom that joins the crystalline oxide
    guint passes;   // at most
} LacSegmentParams;

void lac_segment_params_init(LacSegmentParams *params);
void
lac_segment(const LacPoints *points, const LacLattices *lattices, const LacNeighbours *neighbours,
    const LacOrder *order, const LacSegmentParams *params, guint8 *phase, guint32 *grain);
