// SPDX-License-Identifier: GPL-3.0-or-later
// Positions of the atoms refined against the measured projections.
#pragma once

#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/progress.h"

#define LAC_COLUMN_POSITION_ERROR "position_error" // [Å] root mean square, from the noise

// What of the projections is refined together with the atoms.
typedef enum {
    LAC_REFINE_NO_POSES,
    LAC_REFINE_SHIFTS,
    LAC_REFINE_ALL_POSES, // shifts and all three angles
} LacRefinePoses;

typedef struct {
    guint n_rounds;   // at most: widths and heights, then positions
    guint n_steps;    // of conjugate gradients for the positions of one round
    double max_shift; // [Å] that an atom may move in all
    gboolean each;    // heights per atom; otherwise per species
    gint poses;       // LacRefinePoses
    double max_turn;  // [deg] that a projection may turn in all
    gboolean gains;   // where poses are refined, also how bright each projection is
} LacRefineParams;

// R1 is sum |measured - simulated| / sum |measured|.
typedef struct {
    LacAtoms *atoms;   // owned: the refined model
    LacSeries *series; // owned, nullable: the same pixels with refined shifts, angles and gains
    guint n_rounds;    // that made it better
    double r1_before, r1_after;   // of the projections that are not excluded
    double mean_shift, max_shift; // [Å]
    double mean_error;            // [Å] of LAC_COLUMN_POSITION_ERROR
    double rms_moved;             // [pixel] of the shifts of the projections, along each axis
    double rms_turned;            // [deg] of their rotations
    double rms_gain;              // of the factors by which their gains changed, from 1
} LacRefinement;

void lac_refine_params_init(LacRefineParams *params);
LacRefinement *lac_refine(const LacAtoms *atoms, const LacSeries *series,
    const LacRefineParams *params, LacProgress *progress, GError **error);
void lac_refinement_free(LacRefinement *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRefinement, lac_refinement_free)
