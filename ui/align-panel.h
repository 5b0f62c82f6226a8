// SPDX-License-Identifier: GPL-3.0-or-later
// The methods of alignment: which are done in turn, with what, and what they changed.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ALIGN_PANEL (lac_align_panel_get_type())
G_DECLARE_FINAL_TYPE(LacAlignPanel, lac_align_panel, LAC, ALIGN_PANEL, GtkWidget)

GtkWidget *lac_align_panel_new(LacSession *session);
gboolean lac_align_panel_run(LacAlignPanel *self);

G_END_DECLS
