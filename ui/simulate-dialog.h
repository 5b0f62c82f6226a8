// SPDX-License-Identifier: GPL-3.0-or-later
// Asks which particle to simulate and how its images are taken.
#pragma once

#include "core/recipe/simulate.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define LAC_TYPE_SIMULATE_DIALOG (lac_simulate_dialog_get_type())
G_DECLARE_FINAL_TYPE(LacSimulateDialog, lac_simulate_dialog, LAC, SIMULATE_DIALOG, AdwWindow)

// Signal "simulate" (): the user wants the particle; the dialog is closed already.
GtkWidget *lac_simulate_dialog_new(GtkWindow *parent);
const LacSimulateParams *lac_simulate_dialog_get_params(LacSimulateDialog *self);

G_END_DECLS
