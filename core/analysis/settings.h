// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of all analyses as a text that a project keeps.
#pragma once

#include "core/analysis/params.h"

char *lac_analysis_settings_dup_text(const LacAnalysisParams *params);
void lac_analysis_settings_read(LacAnalysisParams *params, const char *text);
char *
lac_analysis_settings_dup_change(const LacAnalysisParams *before, const LacAnalysisParams *after);
