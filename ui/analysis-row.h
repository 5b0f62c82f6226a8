// SPDX-License-Identifier: GPL-3.0-or-later
// One analysis in the list: its state, and unfolded its definition, parameters and results.
#pragma once

#include "ui/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define LAC_TYPE_ANALYSIS_ROW (lac_analysis_row_get_type())
G_DECLARE_FINAL_TYPE(LacAnalysisRow, lac_analysis_row, LAC, ANALYSIS_ROW, AdwExpanderRow)

GtkWidget *lac_analysis_row_new(LacSession *session, const LacAnalysisInfo *info);
void lac_analysis_row_update(LacAnalysisRow *self);

G_END_DECLS
