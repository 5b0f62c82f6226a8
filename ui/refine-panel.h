// SPDX-License-Identifier: GPL-3.0-or-later
// Positions refined against the projections: how, and what it changed.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_REFINE_PANEL (lac_refine_panel_get_type())
G_DECLARE_FINAL_TYPE(LacRefinePanel, lac_refine_panel, LAC, REFINE_PANEL, GtkWidget)

void lac_refine_panel_set_session(LacRefinePanel *self, LacSession *session);
void lac_refine_panel_get_params(LacRefinePanel *self, LacRefineParams *params);
gboolean lac_refine_panel_run(LacRefinePanel *self);

G_END_DECLS
