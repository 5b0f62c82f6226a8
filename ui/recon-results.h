// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of a reconstruction and the snapshots to go back to.
#pragma once

#include "ui/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define LAC_TYPE_RECON_RESULTS (lac_recon_results_get_type())
G_DECLARE_FINAL_TYPE(LacReconResults, lac_recon_results, LAC, RECON_RESULTS, GtkWidget)

void lac_recon_results_set_session(LacReconResults *self, LacSession *session);

G_END_DECLS
