// SPDX-License-Identifier: GPL-3.0-or-later
// An analysis against what is known of a particle.
#pragma once

#include "core/analysis/analysis.h"
#include "core/data/truth.h"

typedef enum {
    LAC_ANALYSIS_SCORE_MET,
    LAC_ANALYSIS_SCORE_MISSED,
    LAC_ANALYSIS_SCORE_OPEN, // what it takes is not there
} LacAnalysisScoreVerdict;

typedef struct {
    char *item, *unit;
    double value;
    double low, high; // limits; NaN: none
    LacAnalysisScoreVerdict verdict;
    char *why; // (nullable) of an open row
} LacAnalysisScoreRow;

GPtrArray *lac_analysis_score_new(const LacAnalysis *analysis, const LacAnalysis *audited,
    const LacTruth *truth);
GPtrArray *lac_analysis_score_run(const LacAnalysis *analysis, const LacTruth *truth,
    LacProgress *progress, GError **error);
guint64 lac_analysis_score_get_needs(void);
guint lac_analysis_score_count(const GPtrArray *rows, LacAnalysisScoreVerdict verdict);
void lac_analysis_score_add_section(const GPtrArray *rows, LacReport *report);
