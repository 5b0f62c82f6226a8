// SPDX-License-Identifier: GPL-3.0-or-later
// What changes along a line through the particle.
#pragma once

#include "core/analysis/analysis.h"

typedef struct {
    LacVec3 a, b;   // [Å] ends
    double radius;  // [Å] of the cylinder around it
    double step;    // [Å] of a bin, about
    gboolean whole; // prolonged to both ends of the particle; A stays at 0
} LacLineParams;

void lac_line_params_init(LacLineParams *self);
gboolean lac_line_params_parse(LacLineParams *self, const char *text, GError **error);
LacReportSection *lac_line_add_section(const LacAnalysis *analysis, const LacLineParams *params,
    LacReport *report, GError **error);
GPtrArray *lac_line_charts(const LacReportSection *section);
