// SPDX-License-Identifier: GPL-3.0-or-later
// The atoms as a table: the twin of the 3D view, with the same selection.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ATOM_TABLE (lac_atom_table_get_type())
G_DECLARE_FINAL_TYPE(LacAtomTable, lac_atom_table, LAC, ATOM_TABLE, GtkWidget)

GtkWidget *lac_atom_table_new(LacSession *session);

G_END_DECLS
