// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/align-view.h"

#include "core/prep/resample-shifts.h"
#include "ui/histogram.h"
#include "ui/latest.h"
#include "ui/tilt-list.h"
#include "ui/tilts.h"

#include <string.h>

#define PAGE        5   // tilts
#define DELAY       150 // before all projections are moved [ms]
#define NUDGE       0.1 // [pixel] of an arrow key
#define COARSE_STEP 1.0 // [pixel] with Shift

// What is computed beside the main loop for one state of the series.
typedef struct {
    LacSeries *series, *before; // before: (nullable) the newest alignment
    LacSeries *aligned;
    LacAlignCurves *curves_before, *curves;
    double black, white; // contrast of the picture
} Look;

struct _LacAlignView {
    GtkWidget parent_instance;
    GtkWidget *columns, *plots_box, *table_box, *panel_scroller;
    LacImageView *image;
    LacAlignPanel *panel;
    LacAlignPlots *plots;
    LacTiltList *list;
    GtkLabel *tilt;
    GtkToggleButton *play, *aligned;
    GtkButton *reset;
    GtkAdjustment *adjustment;
    LacSession *session;
    LacLatest *looker;
    Look *look;        // (nullable) the newest that is done
    LacSeries *series; // (nullable) what is shown
    LacSeries *one;    // (nullable) the projection shown, moved, until the look is done
};

G_DEFINE_FINAL_TYPE(LacAlignView, lac_align_view, GTK_TYPE_WIDGET)

static void
look_free(gpointer pointer)
{
    Look *look = pointer;
    if (look == NULL)
        return;
    lac_series_unref(look->series);
    lac_series_unref(look->before);
    lac_series_unref(look->aligned);
    lac_align_curves_free(look->curves_before);
    lac_align_curves_free(look->curves);
    g_free(look);
}

// Takes over nothing: the result is a new look at the same series.
static gpointer
look_work(LacProgress *progress, gpointer data, GError **error)
{
    const Look *request = data;
    Look *look = g_new0(Look, 1);
    look->series = lac_series_ref(request->series);
    look->aligned = lac_align_apply(look->series, progress, error);
    look->curves = look->aligned != NULL ? lac_align_curves_new(look->series, error) : NULL;
    gboolean done = look->curves != NULL;
    if (done && request->before != NULL) {
        look->curves_before = lac_align_curves_new(request->before, error);
        done = look->curves_before != NULL;
    }
    if (done) {
        const LacSeries *series = look->series;
        g_autofree LacHistogram *histogram =
            lac_histogram_new(series->data, series->n * series->nv * series->nu);
        lac_histogram_get_auto_range(histogram, &look->black, &look->white);
        return look;
    }
    look_free(look);
    return NULL;
}

// --- the projection that is shown

static LacSeries *
move_one(const LacSeries *series, guint k)
{
    g_autoptr(LacSeries) one = lac_series_new(1, series->nv, series->nu, series->pixel_size, NULL);
    if (one == NULL)
        return NULL;
    memcpy(one->data, lac_series_get_projection(series, k),
        series->nv * series->nu * sizeof(float));
    one->shifts[0] = series->shifts[k];
    return lac_align_apply(one, NULL, NULL);
}

static void
show_projection(LacAlignView *self)
{
    if (self->series == NULL) {
        lac_image_view_set_image(self->image, NULL, NULL);
        gtk_label_set_text(self->tilt, "");
        return;
    }
    guint k = lac_tilt_get_current(self->session, self->series);
    const LacSeries *from = self->series;
    gsize index = k;
    g_clear_pointer(&self->one, lac_series_unref);
    if (gtk_toggle_button_get_active(self->aligned)) {
        if (self->look != NULL && self->look->series == self->series) {
            from = self->look->aligned;
        }
        else {
            self->one = move_one(self->series, k);
            from = self->one != NULL ? self->one : self->series;
            index = self->one != NULL ? 0 : k;
        }
    }
    LacPlane plane = { .data = lac_series_get_projection(from, index),
        .width = from->nu,
        .height = from->nv,
        .step_x = 1,
        .step_y = from->nu };
    lac_image_view_set_image(self->image, from->buffer, &plane);
    const LacShift *shift = &self->series->shifts[k];
    g_autofree char *text =
        g_strdup_printf("%u of %" G_GSIZE_FORMAT "   θ %.2f°   %+.2f, %+.2f px%s", k + 1,
            self->series->n, self->series->angles[k].theta, shift->du, shift->dv,
            self->series->excluded[k] ? "  excluded" : "");
    gtk_label_set_text(self->tilt, text);
}

static void
draw_overlay(LacImageView *image, cairo_t *cr, int width, int height, gpointer data)
{
    LacAlignView *self = data;
    (void) width;
    (void) height;
    if (self->series == NULL)
        return;
    guint k = lac_tilt_get_current(self->session, self->series);
    gboolean is_aligned = gtk_toggle_button_get_active(self->aligned);
    LacShift shift = is_aligned ? (LacShift){ 0.0, 0.0 } : self->series->shifts[k];
    double center[2];
    lac_tilt_draw_axis(image, cr, self->series, shift, center);
}

// --- the series

static void
look_done(gpointer result, const GError *error, gpointer owner)
{
    LacAlignView *self = owner;
    if (result == NULL) {
        lac_session_say(self->session, "%s", error->message);
        return;
    }
    look_free(self->look);
    self->look = result;
    lac_align_plots_set_curves(self->plots, self->look->curves_before, self->look->curves);
    lac_image_view_set_range(self->image, self->look->black, self->look->white);
    show_projection(self);
}

// Only while the stage is looked at: nothing is computed for nobody.
static void
request_look(LacAlignView *self)
{
    if (self->series == NULL || !gtk_widget_get_mapped(GTK_WIDGET(self)) ||
        (self->look != NULL && self->look->series == self->series))
        return;
    GPtrArray *steps = lac_session_get_alignments(self->session);
    Look *request = g_new0(Look, 1);
    request->series = lac_series_ref(self->series);
    if (steps != NULL)
        request->before = lac_series_ref(((LacAlignment *) steps->pdata[0])->before);
    lac_latest_request(self->looker, request, self->look == NULL ? 0 : DELAY);
}

static void
series_changed_cb(LacAlignView *self)
{
    LacSeries *series = lac_session_get_series(self->session);
    gboolean new_pixels = (series != NULL ? series->buffer : NULL) !=
        (self->series != NULL ? self->series->buffer : NULL);
    LacSeries *old = self->series;
    self->series = series != NULL ? lac_series_ref(series) : NULL;
    lac_series_unref(old);
    gtk_widget_set_sensitive(self->columns, series != NULL);
    gtk_widget_set_sensitive(GTK_WIDGET(self->reset),
        series != NULL && lac_series_is_shifted(series));
    if (new_pixels) {
        lac_latest_drop(self->looker);
        g_clear_pointer(&self->look, look_free);
        lac_align_plots_set_curves(self->plots, NULL, NULL);
    }
    request_look(self);
    show_projection(self);
}

// --- corrections by hand

static void
store_shifts(LacAlignView *self, const LacShift *shifts,
    void (*store)(LacSession *session, LacSeries *series))
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series =
        lac_series_with_shifts(self->series, shifts, self->series->n, &error);
    if (series != NULL)
        store(self->session, series);
    else
        lac_session_say(self->session, "%s", error->message);
}

static gboolean
is_busy_aligning(LacAlignView *self)
{
    if (!lac_session_is_aligning(self->session))
        return FALSE;
    lac_session_say(self->session, "Shifts can be changed once the alignment has ended.");
    return TRUE;
}

// The picture follows the key: what moves to the right was too far to the left.
static void
nudge(LacAlignView *self, double du, double dv)
{
    if (is_busy_aligning(self))
        return;
    g_autofree LacShift *shifts = g_memdup2(self->series->shifts, self->series->n * sizeof *shifts);
    guint k = lac_tilt_get_current(self->session, self->series);
    shifts[k].du -= du;
    shifts[k].dv -= dv;
    store_shifts(self, shifts, lac_session_nudge_series);
}

static void
shift_edited_cb(LacAlignView *self, guint k, guint which, double value)
{
    if (self->series == NULL || k >= self->series->n || is_busy_aligning(self))
        return;
    g_autofree LacShift *shifts = g_memdup2(self->series->shifts, self->series->n * sizeof *shifts);
    if (which == 0)
        shifts[k].du = value;
    else
        shifts[k].dv = value;
    store_shifts(self, shifts, lac_session_set_series);
}

static void
angle_edited_cb(LacAlignView *self, guint k, guint which, double angle)
{
    if (self->series != NULL && !is_busy_aligning(self))
        lac_tilts_set_angle(self->session, k, which, angle);
}

static void
reset_cb(LacAlignView *self)
{
    if (self->series == NULL || is_busy_aligning(self))
        return;
    g_autofree LacShift *none = g_new0(LacShift, self->series->n);
    store_shifts(self, none, lac_session_set_series);
}

// --- motion

static void
toggle(GtkToggleButton *button)
{
    gtk_toggle_button_set_active(button, !gtk_toggle_button_get_active(button));
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacAlignView *self)
{
    (void) controller;
    (void) code;
    if (self->series == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
        return GDK_EVENT_PROPAGATE;
    double step = (state & GDK_SHIFT_MASK) != 0 ? COARSE_STEP : NUDGE;
    gint64 k = lac_tilt_get_current(self->session, self->series);
    switch (key) {
    case GDK_KEY_Left: nudge(self, -step, 0.0); break;
    case GDK_KEY_Right: nudge(self, step, 0.0); break;
    case GDK_KEY_Up: nudge(self, 0.0, step); break;
    case GDK_KEY_Down: nudge(self, 0.0, -step); break;
    case GDK_KEY_comma: lac_tilt_go_to(self->session, k - 1); break;
    case GDK_KEY_period: lac_tilt_go_to(self->session, k + 1); break;
    case GDK_KEY_Page_Up: lac_tilt_go_to(self->session, k + PAGE); break;
    case GDK_KEY_Page_Down: lac_tilt_go_to(self->session, k - PAGE); break;
    case GDK_KEY_m:
    case GDK_KEY_M: toggle(self->aligned); break;
    case GDK_KEY_space: toggle(self->play); break;
    default: return GDK_EVENT_PROPAGATE;
    }
    return GDK_EVENT_STOP;
}

static void
clicked_cb(LacAlignView *self)
{
    gtk_widget_grab_focus(GTK_WIDGET(self->image));
}

// --- construction

static void
lac_align_view_dispose(GObject *object)
{
    LacAlignView *self = LAC_ALIGN_VIEW(object);
    g_clear_pointer(&self->looker, lac_latest_free);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    // A field that is left half edited is no edit.
    if (self->list != NULL)
        g_signal_handlers_disconnect_by_data(lac_tilt_list_get_table(self->list), self);
    g_clear_pointer(&self->list, lac_tilt_list_free);
    g_clear_pointer(&self->columns, gtk_widget_unparent);
    g_clear_object(&self->session);
    g_clear_pointer(&self->look, look_free);
    g_clear_pointer(&self->one, lac_series_unref);
    g_clear_pointer(&self->series, lac_series_unref);
    G_OBJECT_CLASS(lac_align_view_parent_class)->dispose(object);
}

#define BIND_CHILD(name) gtk_widget_class_bind_template_child(widget_class, LacAlignView, name)

static void
lac_align_view_class_init(LacAlignViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_align_view_dispose;
    g_type_ensure(LAC_TYPE_IMAGE_VIEW);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/align-view.ui");
    BIND_CHILD(columns);
    BIND_CHILD(plots_box);
    BIND_CHILD(table_box);
    BIND_CHILD(panel_scroller);
    BIND_CHILD(image);
    BIND_CHILD(tilt);
    BIND_CHILD(play);
    BIND_CHILD(aligned);
    BIND_CHILD(reset);
    BIND_CHILD(adjustment);
}

static void
lac_align_view_init(LacAlignView *self)
{
    self->looker = lac_latest_new(look_work, look_free, look_free, look_done, self);
    gtk_widget_init_template(GTK_WIDGET(self));
    lac_image_view_set_flip_y(self->image, TRUE);
    lac_image_view_set_overlay(self->image, draw_overlay, self);
}

static void
connect_controls(LacAlignView *self)
{
    LacTiltTable *table = lac_tilt_list_get_table(self->list);
    const struct {
        gpointer from;
        const char *signal;
        GCallback callback;
    } connections[] = {
        { self->aligned, "toggled", G_CALLBACK(show_projection) },
        { self->reset, "clicked", G_CALLBACK(reset_cb) },
        { table, "shift-edited", G_CALLBACK(shift_edited_cb) },
        { table, "angle-edited", G_CALLBACK(angle_edited_cb) },
        { self->image, "clicked", G_CALLBACK(clicked_cb) },
        { self, "map", G_CALLBACK(request_look) },
        { self->session, "series-changed", G_CALLBACK(series_changed_cb) },
        { self->session, "projection-changed", G_CALLBACK(show_projection) },
    };
    for (guint i = 0; i < G_N_ELEMENTS(connections); i++)
        g_signal_connect_object(connections[i].from, connections[i].signal, connections[i].callback,
            self, G_CONNECT_SWAPPED);
    lac_tilt_player_attach(self->play, self->session);
    // Before the fields and the scale take arrow keys: only the picture moves by them.
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self->image), key);
}

/**
 * lac_align_view_new:
 * @session: whose series is shown and aligned; the view takes a reference
 *
 * Returns: (transfer floating): the stage of the alignment
 */
GtkWidget *
lac_align_view_new(LacSession *session)
{
    LacAlignView *self = g_object_new(LAC_TYPE_ALIGN_VIEW, NULL);
    self->session = g_object_ref(session);
    self->list = lac_tilt_list_new(session, self->adjustment);
    GtkWidget *table = GTK_WIDGET(lac_tilt_list_get_table(self->list));
    lac_tilt_table_add_shifts(LAC_TILT_TABLE(table));
    gtk_widget_set_vexpand(table, TRUE);
    gtk_box_append(GTK_BOX(self->table_box), table);
    GtkWidget *panel = lac_align_panel_new(session), *plots = lac_align_plots_new(session);
    self->panel = LAC_ALIGN_PANEL(panel);
    self->plots = LAC_ALIGN_PLOTS(plots);
    gtk_widget_set_margin_start(panel, 10);
    gtk_widget_set_margin_end(panel, 10);
    gtk_widget_set_margin_top(panel, 8);
    gtk_widget_set_margin_bottom(panel, 8);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->panel_scroller), panel);
    gtk_widget_set_hexpand(plots, TRUE);
    gtk_box_append(GTK_BOX(self->plots_box), plots);
    connect_controls(self);
    series_changed_cb(self);
    return GTK_WIDGET(self);
}

/**
 * lac_align_view_get_panel:
 * @self: a view
 *
 * Returns: (transfer none): the methods
 */
LacAlignPanel *
lac_align_view_get_panel(LacAlignView *self)
{
    return self->panel;
}
