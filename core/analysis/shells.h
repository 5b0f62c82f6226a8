// SPDX-License-Identifier: GPL-3.0-or-later
// The second pass of neighbours: each phase with the cut-off of its own first shell.
#pragma once

#include "core/analysis/cutoffs.h"
#include "core/analysis/phases.h"

typedef struct {
    double cutoff[LAC_N_PHASES]; // [Å] 0: from g(r) of the phase
} LacShellParams;

// Immutable once published.
typedef struct {
    gatomicrefcount ref_count;
    LacCutoffs *cutoffs;       // (nullable) by LacPhase; NULL: one for all
    double cutoff;             // [Å] of the first pass
    LacNeighbours *neighbours; // nearer than the mean of both cut-offs
} LacShells;

void lac_shell_params_init(LacShellParams *params);
LacShells *lac_shells_new(const LacPoints *points, LacNeighbours *first, const LacPhases *phases,
    gboolean is_set, const LacCutoffParams *how, const LacShellParams *params,
    LacProgress *progress, GError **error);
LacShells *lac_shells_ref(LacShells *self);
void lac_shells_unref(LacShells *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacShells, lac_shells_unref)
