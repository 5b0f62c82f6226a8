// SPDX-License-Identifier: GPL-3.0-or-later
// The atom that is looked at, as every projection sees it: measured above calculated.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ATOM_STRIP (lac_atom_strip_get_type())
G_DECLARE_FINAL_TYPE(LacAtomStrip, lac_atom_strip, LAC, ATOM_STRIP, GtkWidget)

// Follows the session's current atom, or else the crosshair.
GtkWidget *lac_atom_strip_new(LacSession *session);
void lac_atom_strip_set_show_difference(LacAtomStrip *self, gboolean show);
gboolean lac_atom_strip_is_complete(LacAtomStrip *self); // both rows are of what is looked at

G_END_DECLS
