// SPDX-License-Identifier: GPL-3.0-or-later
// What an empty window shows: open, recent projects, the example.
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_START_PAGE (lac_start_page_get_type())
G_DECLARE_FINAL_TYPE(LacStartPage, lac_start_page, LAC, START_PAGE, GtkWidget)

// Its buttons activate win.open, win.import, win.example and win.open-path (s).

G_END_DECLS
