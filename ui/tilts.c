// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tilts.h"

#include "ui/tilt.h"

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
 * lac_tilts_update:
 * @tilts: a list of #LacTilt
 * @series: (nullable): projections
 *
 * Makes the list tell of @series, an item for each projection.
 */
void
lac_tilts_update(GListStore *tilts, const LacSeries *series)
{
    guint n = series != NULL ? (guint) series->n : 0;
    guint n_old = g_list_model_get_n_items(G_LIST_MODEL(tilts));
    if (n != n_old) {
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_object_unref);
        for (guint k = 0; k < n; k++)
            g_ptr_array_add(items, lac_tilt_new(k));
        g_list_store_splice(tilts, 0, n_old, items->pdata, n);
    }
    for (guint k = 0; k < n; k++) {
        g_autoptr(LacTilt) tilt = g_list_model_get_item(G_LIST_MODEL(tilts), k);
        lac_tilt_update(tilt, &series->angles[k], series->excluded[k]);
        lac_tilt_set_shift(tilt, series->shifts[k]);
    }
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
