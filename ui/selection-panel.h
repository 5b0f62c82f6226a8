// SPDX-License-Identifier: GPL-3.0-or-later
// What is selected: one atom with its neighbours, the distance of two, the angle of three, a sum, or
// a pore, a vacancy, a place of the interface; with what analyses know of it.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_SELECTION_PANEL (lac_selection_panel_get_type())
G_DECLARE_FINAL_TYPE(LacSelectionPanel, lac_selection_panel, LAC, SELECTION_PANEL, GtkWidget)

void lac_selection_panel_set_analysing(LacSelectionPanel *self, gboolean analysing);
const char *lac_selection_panel_get_result(LacSelectionPanel *self, const char *name);
void lac_selection_panel_set_session(LacSelectionPanel *self, LacSession *session);

G_END_DECLS
