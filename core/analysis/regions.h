// SPDX-License-Identifier: GPL-3.0-or-later
// Two sets of atoms side by side: how many, what they are on average, and what differs.
#pragma once

#include "core/analysis/analysis.h"

typedef struct {
    char *name;     // "interface_distance < -3", "412 atoms"
    gsize n;        // points
    guint32 *point; // of the analysis, ascending
} LacRegion;

LacRegion *lac_region_new(const LacAnalysis *analysis, const char *name, const guint8 *chosen);
LacRegion *lac_region_parse(const LacAnalysis *analysis, const char *expression, GError **error);
void lac_region_free(LacRegion *self);
LacReportSection *lac_regions_add_section(const LacAnalysis *analysis, const LacRegion *a,
    const LacRegion *b, LacReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRegion, lac_region_free)
