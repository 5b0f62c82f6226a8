// SPDX-License-Identifier: GPL-3.0-or-later
// What all views of the projections do: the one that is shown, its axis, corrections, a film.
#pragma once

#include "ui/image-view.h"
#include "ui/session.h"

G_BEGIN_DECLS

guint lac_tilt_get_current(LacSession *session, const LacSeries *series);
void lac_tilt_go_to(LacSession *session, gint64 k);
void lac_tilts_set_angle(LacSession *session, guint k, guint which, double angle);
void lac_tilts_set_excluded(LacSession *session, guint k, gboolean excluded);
void lac_tilt_draw_axis(LacImageView *image, cairo_t *cr, const LacSeries *series, LacShift shift,
    double center[2]);
void lac_tilt_player_attach(GtkToggleButton *button, LacSession *session);

G_END_DECLS
