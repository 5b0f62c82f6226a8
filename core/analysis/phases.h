// SPDX-License-Identifier: GPL-3.0-or-later
// Which phase each atom belongs to.
#pragma once

#include "core/analysis/hull.h"
#include "core/analysis/lattice.h"
#include "core/analysis/order.h"

typedef enum {
    LAC_PHASE_UNASSIGNED,
    LAC_PHASE_METAL,
    LAC_PHASE_OXIDE,     // crystalline
    LAC_PHASE_AMORPHOUS, // oxide
    LAC_N_PHASES,
} LacPhase;

// A column of the model by which phases are set by hand: the number of a LacPhase, NaN: not set.
#define LAC_COLUMN_PHASE_BY_HAND "phase_by_hand"

// A phase that is no part of a crystal has no grain.
#define LAC_PHASE_NO_GRAIN G_MAXUINT32

// Among labels by hand: the analysis decides.
#define LAC_PHASE_AS_FOUND G_MAXUINT8

typedef struct {
    double split;    // [Å] edge of the fcc cell of equal density: below it a lattice is metal
    double majority; // share of neighbours that takes an atom along
    double ordered;  // scaled order from which such an atom can be crystalline oxide
    guint rounds;    // of taking along, at most
} LacPhaseParams;

// Immutable. Arrays of n points.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint8 *phase;  // LacPhase
    guint32 *grain; // the lattice it belongs to, or LAC_PHASE_NO_GRAIN
    gsize counts[LAC_N_PHASES];
    double volumes[LAC_N_PHASES];   // [Å^3] share of the hull
    double densities[LAC_N_PHASES]; // [1/Å^3]; 0 without an atom
    gsize n_overridden;             // atoms that were told by hand
} LacPhases;

void lac_phase_params_init(LacPhaseParams *self);
LacPhases *lac_phases_new(const LacPoints *points, const LacHull *hull, const LacLattices *lattices,
    const LacNeighbours *neighbours, const LacOrder *order, const guint8 *by_hand,
    const LacPhaseParams *params, LacProgress *progress, GError **error);
LacPhases *lac_phases_new_from_labels(const LacPoints *points, const LacHull *hull,
    const guint8 *phase, const guint32 *grain, LacProgress *progress, GError **error);
LacPhases *lac_phases_ref(LacPhases *self);
void lac_phases_unref(LacPhases *self);
const char *lac_phase_get_name(LacPhase phase);
gboolean lac_phase_parse(const char *name, LacPhase *phase, GError **error);
guint8 *lac_phases_read_by_hand(const LacPoints *points);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPhases, lac_phases_unref)
