// SPDX-License-Identifier: GPL-3.0-or-later
// Finding the atoms of a volume: parameters, run, what was found and what was not.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_TRACE_PANEL (lac_trace_panel_get_type())
G_DECLARE_FINAL_TYPE(LacTracePanel, lac_trace_panel, LAC, TRACE_PANEL, GtkWidget)

void lac_trace_panel_set_session(LacTracePanel *self, LacSession *session);
gboolean lac_trace_panel_get_params(LacTracePanel *self, LacTraceParams *params);
gboolean lac_trace_panel_run(LacTracePanel *self);

G_END_DECLS
