// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the scores share.
#pragma once

#include "core/analysis/score.h"

typedef struct {
    const LacAnalysis *analysis, *audited;
    const LacTruth *truth;
    gsize *pair;      // of each point: the true atom, or G_MAXSIZE
    guint8 *is_found; // of each true atom
    gboolean is_noisy;
    GPtrArray *rows;
} LacAnalysisScore;

void lac_analysis_score_add(LacAnalysisScore *self, const char *item, double value, double low,
    double high, const char *unit);
void lac_analysis_score_add_open(LacAnalysisScore *self, const char *item, const char *why);
void lac_analysis_score_crystals(LacAnalysisScore *self);
void lac_analysis_score_coherency(LacAnalysisScore *self);
void lac_analysis_score_vacancies(LacAnalysisScore *self);
void lac_analysis_score_pores(LacAnalysisScore *self);
