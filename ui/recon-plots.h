// SPDX-License-Identifier: GPL-3.0-or-later
// R factors of a reconstruction: against the iteration, and per projection.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_RECON_PLOTS (lac_recon_plots_get_type())
G_DECLARE_FINAL_TYPE(LacReconPlots, lac_recon_plots, LAC, RECON_PLOTS, GtkWidget)

// Signal "projection-activated" (guint k): by a click on its bar; the session shows it already.
GtkWidget *lac_recon_plots_new(LacSession *session);

G_END_DECLS
