// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers that analyses give to each atom, as colours of the atoms. Pure; any thread.
#pragma once

#include "core/analysis/analysis.h"
#include "ui/render/atom-look.h"

double *lac_result_dup_values(const LacAnalysis *analysis, const LacAnalysisColumn *column);
char **lac_result_dup_words(const LacAnalysisColumn *column, const double *values, gsize n);
char *lac_result_dup_title(const char *column);
