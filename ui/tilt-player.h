// SPDX-License-Identifier: GPL-3.0-or-later
// Which projection a session shows: going to another one, and going through all of them as a film.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

guint lac_tilt_get_current(LacSession *session, const LacSeries *series);
void lac_tilt_go_to(LacSession *session, gint64 k);
void lac_tilt_player_attach(GtkToggleButton *button, LacSession *session);

G_END_DECLS
