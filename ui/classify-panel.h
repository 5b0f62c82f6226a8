// SPDX-License-Identifier: GPL-3.0-or-later
// Which peaks are atoms, and of which species: names, histogram with borders, counts.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_CLASSIFY_PANEL (lac_classify_panel_get_type())
G_DECLARE_FINAL_TYPE(LacClassifyPanel, lac_classify_panel, LAC, CLASSIFY_PANEL, GtkWidget)

void lac_classify_panel_set_session(LacClassifyPanel *self, LacSession *session);
void lac_classify_panel_get_params(LacClassifyPanel *self, LacClassifyParams *params);
gboolean lac_classify_panel_run(LacClassifyPanel *self);

G_END_DECLS
