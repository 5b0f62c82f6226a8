// SPDX-License-Identifier: GPL-3.0-or-later
// What all views of the projections do: items of a list, the one that is shown, corrections, a film.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

guint lac_tilt_get_current(LacSession *session, const LacSeries *series);
void lac_tilt_go_to(LacSession *session, gint64 k);
void lac_tilts_update(GListStore *tilts, const LacSeries *series);
void lac_tilts_set_angle(LacSession *session, guint k, guint which, double angle);
void lac_tilts_set_excluded(LacSession *session, guint k, gboolean excluded);
void lac_tilt_player_attach(GtkToggleButton *button, LacSession *session);

G_END_DECLS
