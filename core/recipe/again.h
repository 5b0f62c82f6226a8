// SPDX-License-Identifier: GPL-3.0-or-later
// The second round: what refined poses show that the first ones did not.
#pragma once

#include "core/recon/recon.h"
#include "core/trace/classify.h"
#include "core/trace/peaks.h"
#include "core/trace/refine.h"

typedef struct {
    guint n_rounds;
    const LacReconParams *recon;
    const LacVolume *mask;             // (nullable) of the reconstruction
    const LacTraceParams *trace;       // (nullable) NULL: only the volume is made anew
    const LacVolume *trace_mask;       // (nullable)
    const LacClassifyParams *classify; // (nullable) with trace
    const LacRefineParams *refine;     // (nullable) with trace
} LacAgainParams;

// Of the last round.
typedef struct {
    LacRecon *recon;
    LacSeries *series;         // that recon was made from: the same pixels, the newest poses
    LacAtoms *atoms;           // (nullable) NULL: not traced
    LacClassifyReport report;  // of a classification
    LacRefinement *refinement; // (nullable) its atoms are @atoms
    gboolean is_settled;       // the poses hardly moved any more: the volume is that of all of them
} LacAgain;

LacAgain *lac_again_run(const LacSeries *series, const LacSeries *measured,
    const LacAgainParams *params, LacProgress *progress, GError **error);
void lac_again_free(LacAgain *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAgain, lac_again_free)
