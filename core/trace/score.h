// SPDX-License-Identifier: GPL-3.0-or-later
// What a comparison with a known particle says in words that help: by phase, and what the missed
// atoms have in common.
#pragma once

#include "core/data/truth.h"
#include "core/trace/match.h"

#define LAC_SCORE_DISPLACED_PM 50.0 // a pair that is farther apart counts as displaced

typedef struct {
    LacTruthPhase phase;
    gsize n_truth, n_found;
    double rms; // [pm] of its pairs; NaN when there are none
} LacScorePhase;

// How common something is among the missed atoms and among all.
typedef struct {
    const char *title, *help;
    gsize n_missed, n_all;
} LacScoreFact;

typedef struct {
    gsize n_truth, n_found, n_missed, n_extra;
    gsize n_displaced;        // of those found
    gsize n_misclassified;    // found as another species; 0 where species cannot be compared
    double recall, precision; // 0..1
    double rms;               // [pm]
    guint n_phases;           // 0 where none are known
    LacScorePhase phases[LAC_N_TRUTH_PHASES];
    GArray *facts; // of LacScoreFact, those that set the missed atoms apart first
} LacScore;

LacScore *lac_score_new(const LacTruth *truth, const LacAtoms *model, const LacMatch *match);
void lac_score_free(LacScore *self);
gboolean lac_score_fact_is_telling(const LacScore *self, const LacScoreFact *fact);
char *lac_score_dup_text(const LacScore *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacScore, lac_score_free)
