// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tilt-list.h"

#include "ui/tilt.h"
#include "ui/tilts.h"

#include <math.h>

struct LacTiltList {
    LacSession *session;
    GListStore *items;         // of LacTilt
    GtkSingleSelection *tilts; // them, and which is shown
    GtkAdjustment *scale;
    LacTiltTable *table;
    gboolean updating; // they follow the session, not the other way round
};

static void
update_items(GListStore *items, const LacSeries *series)
{
    guint n = series != NULL ? (guint) series->n : 0;
    guint n_old = g_list_model_get_n_items(G_LIST_MODEL(items));
    if (n != n_old) {
        g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func(g_object_unref);
        for (guint k = 0; k < n; k++)
            g_ptr_array_add(added, lac_tilt_new(k));
        g_list_store_splice(items, 0, n_old, added->pdata, n);
    }
    for (guint k = 0; k < n; k++) {
        g_autoptr(LacTilt) tilt = g_list_model_get_item(G_LIST_MODEL(items), k);
        lac_tilt_update(tilt, &series->angles[k], series->excluded[k]);
        lac_tilt_set_shift(tilt, series->shifts[k]);
        lac_tilt_set_gain(tilt, series->gains[k]);
    }
}

static void
projection_changed_cb(LacTiltList *self)
{
    guint k = lac_tilt_get_current(self->session, lac_session_get_series(self->session));
    self->updating = TRUE;
    gtk_adjustment_set_value(self->scale, k);
    gtk_single_selection_set_selected(self->tilts, k);
    self->updating = FALSE;
    lac_tilt_table_scroll_to(self->table, k);
}

static void
series_changed_cb(LacTiltList *self)
{
    const LacSeries *series = lac_session_get_series(self->session);
    self->updating = TRUE;
    gtk_adjustment_set_upper(self->scale, series != NULL ? (double) (series->n - 1) : 0.0);
    update_items(self->items, series);
    self->updating = FALSE;
    projection_changed_cb(self);
}

static void
scale_cb(LacTiltList *self)
{
    if (!self->updating)
        lac_tilt_go_to(self->session, (gint64) round(gtk_adjustment_get_value(self->scale)));
}

static void
selected_cb(LacTiltList *self)
{
    guint k = gtk_single_selection_get_selected(self->tilts);
    if (!self->updating && k != GTK_INVALID_LIST_POSITION)
        lac_tilt_go_to(self->session, k);
}

static void
excluded_edited_cb(LacTiltList *self, guint k, gboolean excluded)
{
    lac_tilts_set_excluded(self->session, k, excluded);
}

static void
refused_cb(LacTiltList *self, const char *sentence)
{
    lac_session_say(self->session, "%s", sentence);
}

/**
 * lac_tilt_list_new:
 * @session: whose projections are listed; a reference is held
 * @scale: goes through them
 *
 * The list, its table and @scale follow the session, and the session follows them: which projection
 * is shown and which are left out. Edited angles and shifts are for who has the table.
 *
 * Returns: (transfer full): the list
 */
LacTiltList *
lac_tilt_list_new(LacSession *session, GtkAdjustment *scale)
{
    LacTiltList *self = g_new0(LacTiltList, 1);
    self->session = g_object_ref(session);
    self->scale = g_object_ref(scale);
    self->items = g_list_store_new(LAC_TYPE_TILT);
    self->tilts = gtk_single_selection_new(G_LIST_MODEL(g_object_ref(self->items)));
    self->table = LAC_TILT_TABLE(g_object_ref_sink(lac_tilt_table_new(self->tilts)));
    g_signal_connect_swapped(session, "series-changed", G_CALLBACK(series_changed_cb), self);
    g_signal_connect_swapped(session, "projection-changed", G_CALLBACK(projection_changed_cb),
        self);
    g_signal_connect_swapped(scale, "value-changed", G_CALLBACK(scale_cb), self);
    g_signal_connect_swapped(self->tilts, "notify::selected", G_CALLBACK(selected_cb), self);
    g_signal_connect_swapped(self->table, "excluded-edited", G_CALLBACK(excluded_edited_cb), self);
    g_signal_connect_swapped(self->table, "refused", G_CALLBACK(refused_cb), self);
    series_changed_cb(self);
    return self;
}

/**
 * lac_tilt_list_free:
 * @self: (nullable) (transfer full): a list
 */
void
lac_tilt_list_free(LacTiltList *self)
{
    if (self == NULL)
        return;
    g_signal_handlers_disconnect_by_data(self->session, self);
    g_signal_handlers_disconnect_by_data(self->scale, self);
    g_signal_handlers_disconnect_by_data(self->tilts, self);
    g_signal_handlers_disconnect_by_data(self->table, self);
    g_object_unref(self->session);
    g_object_unref(self->scale);
    g_object_unref(self->tilts);
    g_object_unref(self->items);
    g_object_unref(self->table);
    g_free(self);
}

/**
 * lac_tilt_list_get_tilts:
 * @self: a list
 *
 * Returns: (transfer none): an item #LacTilt for each projection, and which is shown
 */
GtkSingleSelection *
lac_tilt_list_get_tilts(LacTiltList *self)
{
    return self->tilts;
}

/**
 * lac_tilt_list_get_table:
 * @self: a list
 *
 * Returns: (transfer none): the table of the projections
 */
LacTiltTable *
lac_tilt_list_get_table(LacTiltList *self)
{
    return self->table;
}
