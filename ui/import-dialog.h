// SPDX-License-Identifier: GPL-3.0-or-later
// The page that shows what is in the chosen files before they are opened.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_IMPORT_DIALOG (lac_import_dialog_get_type())
G_DECLARE_FINAL_TYPE(LacImportDialog, lac_import_dialog, LAC, IMPORT_DIALOG, GtkWidget)

// Signals: "opened" (char *path): the session has it now; "volume-chosen" (char *path): open it as a volume
// instead; "closed" (): leave the page, after the others too.
void lac_import_dialog_set_session(LacImportDialog *self, LacSession *session);
void lac_import_dialog_open(LacImportDialog *self, GPtrArray *paths);

G_END_DECLS
