// SPDX-License-Identifier: GPL-3.0-or-later
// Every step since the document was opened: click one to go there, type why an edit was made.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_HISTORY_LIST (lac_history_list_get_type())
G_DECLARE_FINAL_TYPE(LacHistoryList, lac_history_list, LAC, HISTORY_LIST, GtkWidget)

GtkWidget *lac_history_list_new(LacSession *session);

G_END_DECLS
