// SPDX-License-Identifier: GPL-3.0-or-later
// The panel of the Atoms stage: trace, classify, compare, export.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ATOMS_PANEL (lac_atoms_panel_get_type())
G_DECLARE_FINAL_TYPE(LacAtomsPanel, lac_atoms_panel, LAC, ATOMS_PANEL, GtkWidget)

void lac_atoms_panel_set_session(LacAtomsPanel *self, LacSession *session);
gboolean lac_atoms_panel_trace(LacAtomsPanel *self);
gboolean lac_atoms_panel_classify(LacAtomsPanel *self);
gboolean lac_atoms_panel_refine(LacAtomsPanel *self);
gboolean lac_atoms_panel_again(LacAtomsPanel *self);
void lac_atoms_panel_reveal_comparison(LacAtomsPanel *self);

G_END_DECLS
