// SPDX-License-Identifier: GPL-3.0-or-later
// The stage of analysis: what can be computed, how, how far it is, and what came out.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ANALYSIS_PANEL (lac_analysis_panel_get_type())
G_DECLARE_FINAL_TYPE(LacAnalysisPanel, lac_analysis_panel, LAC, ANALYSIS_PANEL, GtkWidget)

void lac_analysis_panel_set_session(LacAnalysisPanel *self, LacSession *session);

G_END_DECLS
