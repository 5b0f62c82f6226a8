// SPDX-License-Identifier: GPL-3.0-or-later
// The model against known positions: scores, species, what is missed and what is extra.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_COMPARE_PANEL (lac_compare_panel_get_type())
G_DECLARE_FINAL_TYPE(LacComparePanel, lac_compare_panel, LAC, COMPARE_PANEL, GtkWidget)

void lac_compare_panel_set_session(LacComparePanel *self, LacSession *session);
void lac_compare_panel_reveal(LacComparePanel *self);

G_END_DECLS
