// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters, run and results of a reconstruction.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_VOLUME_PANEL (lac_volume_panel_get_type())
G_DECLARE_FINAL_TYPE(LacVolumePanel, lac_volume_panel, LAC, VOLUME_PANEL, GtkWidget)

// Its buttons for a running job activate win.job-pause, win.job-finish and win.job-cancel.
GtkWidget *lac_volume_panel_new(void);
void lac_volume_panel_set_session(LacVolumePanel *self, LacSession *session);
gboolean lac_volume_panel_run(LacVolumePanel *self, gboolean resume);

G_END_DECLS
