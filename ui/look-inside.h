// SPDX-License-Identifier: GPL-3.0-or-later
// Lets the eye into the particle while results of analyses are looked at: small atoms in the colours
// of their phases, and no volume before them.
#pragma once

#include "ui/view-analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_LOOK_INSIDE (lac_look_inside_get_type())
G_DECLARE_FINAL_TYPE(LacLookInside, lac_look_inside, LAC, LOOK_INSIDE, GtkWidget)

GtkWidget *lac_look_inside_new(LacSession *session, LacViewAnalysis *view, LacViewport *viewport);
void lac_look_inside_set_is_stage(LacLookInside *self, gboolean is_stage);

G_END_DECLS
