// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of finding pores.
#pragma once

#include "core/analysis/pores.h"
#include "core/data/cells.h"

// A ball that touches atoms, with its centre between the nodes of the grid.
typedef struct {
    LacVec3 centre; // [Å]
    double radius;  // [Å]
} LacPoreBall;

// The component of ball centres that a pore is.
typedef struct {
    const LacFieldRun **runs;
    gsize n_runs;
    GArray *balls; // of LacPoreBall: the largest places
} LacPoreCentres;

// What the steps have in common.
typedef struct {
    const LacPoints *points;
    const LacHull *hull;
    const LacPoreContext *context;
    const LacPoreParams *params;
    const LacCells *cells;
    double delta; // [Å]
} LacPoreFinder;

void lac_pore_find_ball(const LacPoreFinder *finder, const LacPoreCentres *centres, LacPore *pore);
gboolean lac_pore_measure(const LacPoreFinder *finder, const LacPoreCentres *centres, LacPore *pore,
    GError **error);
gboolean lac_pores_find_necks(const LacPoreFinder *finder, LacPores *self, LacProgress *progress,
    GError **error);
