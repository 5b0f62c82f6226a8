// SPDX-License-Identifier: GPL-3.0-or-later
// Radius, bins and reach of the line that profiles are made along.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_LINE_BAR (lac_line_bar_get_type())
G_DECLARE_FINAL_TYPE(LacLineBar, lac_line_bar, LAC, LINE_BAR, GtkWidget)

GtkWidget *lac_line_bar_new(LacSession *session);

G_END_DECLS
