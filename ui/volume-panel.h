// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters, run and results of a reconstruction.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_VOLUME_PANEL (lac_volume_panel_get_type())
G_DECLARE_FINAL_TYPE(LacVolumePanel, lac_volume_panel, LAC, VOLUME_PANEL, GtkWidget)

// While a run goes on its button activates win.job-pause; the job bar has finish and cancel.
void lac_volume_panel_set_session(LacVolumePanel *self, LacSession *session);
gboolean lac_volume_panel_run(LacVolumePanel *self, gboolean resume);

G_END_DECLS
