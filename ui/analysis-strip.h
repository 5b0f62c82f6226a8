// SPDX-License-Identifier: GPL-3.0-or-later
// Plots of the analyses, linked with the selection: brush here, light up there, and back.
#pragma once

#include "ui/chart-view.h"
#include "ui/region-table.h"
#include "ui/session.h"
#include "ui/view-analysis.h"

G_BEGIN_DECLS

#define LAC_TYPE_ANALYSIS_STRIP (lac_analysis_strip_get_type())
G_DECLARE_FINAL_TYPE(LacAnalysisStrip, lac_analysis_strip, LAC, ANALYSIS_STRIP, GtkWidget)

GtkWidget *lac_analysis_strip_new(LacSession *session, LacViewAnalysis *view);
LacChartView *lac_analysis_strip_get_view(LacAnalysisStrip *self);
gboolean lac_analysis_strip_show(LacAnalysisStrip *self, const char *id);
LacRegionTable *lac_analysis_strip_get_regions(LacAnalysisStrip *self);

G_END_DECLS
