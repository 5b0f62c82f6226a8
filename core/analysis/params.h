// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of all analyses in one struct.
#pragma once

#include "core/analysis/audit.h"

typedef struct {
    LacAuditParams audit;
} LacAnalysisParams;

void lac_analysis_params_init(LacAnalysisParams *self);
gboolean
lac_analysis_params_set(LacAnalysisParams *self, const char *key, const char *text, GError **error);
