// SPDX-License-Identifier: GPL-3.0-or-later
// Histograms of what analyses say of each atom, and the atoms of a range. Pure arithmetic.
#pragma once

#include "core/analysis/analysis.h"

double *lac_column_dup_values(const LacAnalysis *analysis, const char *column);
LacChart *lac_column_chart_new(const LacAnalysis *analysis, const char *column);
void lac_column_chart_add_selected(LacChart *chart, const LacAnalysis *analysis,
    const guint8 *selection);
gsize *
lac_column_select(const LacAnalysis *analysis, const char *column, double lo, double hi, gsize *n);
