// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tilts.h"

#include "ui/overlay.h"

#include <math.h>

#define FRAME_TIME 90 // of the animation [ms]

typedef struct {
    GtkToggleButton *button; // owns this
    LacSession *session;
    gint direction; // +1 or -1
    guint timer;
} Player;

/**
 * lac_tilt_get_current:
 * @session: a session
 * @series: (nullable): the projections that a view shows, which may lag behind those of @session
 *
 * Returns: the projection of @series that is shown, 0 without projections
 */
guint
lac_tilt_get_current(LacSession *session, const LacSeries *series)
{
    return series != NULL ? MIN(lac_session_get_projection(session), (guint) series->n - 1) : 0;
}

/**
 * lac_tilt_go_to:
 * @session: a session
 * @k: a projection; the first or the last one for what lies beyond
 *
 * Shows a projection, if there are any.
 */
void
lac_tilt_go_to(LacSession *session, gint64 k)
{
    const LacSeries *series = lac_session_get_series(session);
    if (series != NULL)
        lac_session_set_projection(session, (guint) CLAMP(k, 0, (gint64) series->n - 1));
}

/**
 * lac_tilts_set_angle:
 * @session: a session
 * @k: a projection; nothing is done without it
 * @which: 0 phi, 1 theta, 2 psi
 * @angle: [deg]
 *
 * Can be undone.
 */
void
lac_tilts_set_angle(LacSession *session, guint k, guint which, double angle)
{
    const LacSeries *series = lac_session_get_series(session);
    if (series == NULL || k >= series->n)
        return;
    g_autofree LacAngles *angles = g_memdup2(series->angles, series->n * sizeof *angles);
    double *field = which == 0 ? &angles[k].phi : which == 1 ? &angles[k].theta : &angles[k].psi;
    *field = angle;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) turned = lac_series_with_angles(series, angles, series->n, &error);
    if (turned != NULL)
        lac_session_set_series(session, turned);
    else
        lac_session_say(session, "%s", error->message);
}

/**
 * lac_tilts_set_excluded:
 * @session: a session
 * @k: a projection; nothing is done without it
 * @excluded: whether reconstructions leave it out
 *
 * Can be undone.
 */
void
lac_tilts_set_excluded(LacSession *session, guint k, gboolean excluded)
{
    const LacSeries *series = lac_session_get_series(session);
    if (series == NULL || k >= series->n)
        return;
    g_autoptr(LacSeries) changed = lac_series_with_excluded(series, k, excluded);
    lac_session_set_series(session, changed);
}

/**
 * lac_tilt_draw_axis:
 * @image: shows a projection
 * @cr: to draw with
 * @series: the projections
 * @shift: of the one that is shown, as it is shown
 * @center: (out caller-allocates): [widget unit] the pixel of the rotation centre
 *
 * Draws the line about which the particle turned, through the pixel of the rotation centre.
 */
void
lac_tilt_draw_axis(LacImageView *image, cairo_t *cr, const LacSeries *series, LacShift shift,
    double center[2])
{
    static const double dashes[] = { 8.0, 5.0 };
    double x, y, top, bottom;
    double u = (double) (series->nu / 2) + 0.5 + shift.du;
    double v = (double) (series->nv / 2) + 0.5 + shift.dv;
    lac_image_view_to_widget(image, u, 0.0, &x, &bottom);
    lac_image_view_to_widget(image, u, (double) series->nv, &x, &top);
    lac_image_view_to_widget(image, u, v, &x, &y);
    x = floor(x) + 0.5;
    y = floor(y) + 0.5;
    cairo_save(cr);
    cairo_set_dash(cr, dashes, 2, 0.0);
    lac_overlay_line(cr, x, top, x, bottom, lac_axis_rgb[1]);
    cairo_restore(cr);
    lac_overlay_line(cr, x - 7.0, y, x + 7.0, y, lac_axis_rgb[1]);
    lac_overlay_text(GTK_WIDGET(image), cr, x + 8.0, top + 14.0, LAC_ANCHOR_LEFT, lac_axis_rgb[1],
        "tilt axis");
    center[0] = x;
    center[1] = y;
}

static gboolean
frame_cb(gpointer data)
{
    Player *self = data;
    const LacSeries *series = lac_session_get_series(self->session);
    if (series == NULL || series->n < 2)
        return G_SOURCE_CONTINUE;
    gint64 k = (gint64) lac_tilt_get_current(self->session, series) + self->direction;
    if (k < 0 || k >= (gint64) series->n) {
        self->direction = -self->direction;
        k += 2 * self->direction;
    }
    lac_tilt_go_to(self->session, k);
    return G_SOURCE_CONTINUE;
}

static void
toggled_cb(Player *self)
{
    gboolean playing = gtk_toggle_button_get_active(self->button);
    gtk_button_set_icon_name(GTK_BUTTON(self->button),
        playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
    g_clear_handle_id(&self->timer, g_source_remove);
    if (playing)
        self->timer = g_timeout_add(FRAME_TIME, frame_cb, self);
}

static void
unmap_cb(Player *self)
{
    gtk_toggle_button_set_active(self->button, FALSE);
}

static void
player_free(gpointer data)
{
    Player *self = data;
    g_clear_handle_id(&self->timer, g_source_remove);
    g_object_unref(self->session);
    g_free(self);
}

/**
 * lac_tilt_player_attach:
 * @button: starts and stops the film; it stops when nobody sees the button
 * @session: whose projections go by, back and forth; a reference is held while the button lives
 */
void
lac_tilt_player_attach(GtkToggleButton *button, LacSession *session)
{
    Player *self = g_new0(Player, 1);
    self->button = button;
    self->session = g_object_ref(session);
    self->direction = 1;
    g_object_set_data_full(G_OBJECT(button), "lac-player", self, player_free);
    g_signal_connect_swapped(button, "toggled", G_CALLBACK(toggled_cb), self);
    g_signal_connect_swapped(button, "unmap", G_CALLBACK(unmap_cb), self);
}
