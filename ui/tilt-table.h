// SPDX-License-Identifier: GPL-3.0-or-later
// The projections as a table: number, angles and whether one is left out, to be edited.
#pragma once

#include "core/data/series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_TILT_TABLE (lac_tilt_table_get_type())
G_DECLARE_FINAL_TYPE(LacTiltTable, lac_tilt_table, LAC, TILT_TABLE, GtkWidget)

// Signals:
//   "angle-edited" (guint k, guint which, double angle_deg): phi, theta, psi are 0, 1, 2
//   "shift-edited" (guint k, guint which, double pixels): across and along the axis are 0, 1
//   "excluded-edited" (guint k, gboolean excluded)
//   "refused" (char *sentence): what was typed is no angle
GtkWidget *lac_tilt_table_new(GtkSingleSelection *tilts);
void lac_tilt_table_add_shifts(LacTiltTable *self);
void lac_tilt_table_scroll_to(LacTiltTable *self, guint k);
gboolean lac_tilt_table_parse_angle(const char *text, double *angle, char **refusal);

G_END_DECLS
