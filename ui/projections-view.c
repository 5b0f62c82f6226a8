// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/projections-view.h"

#include "ui/denoise-panel.h"
#include "ui/histogram-view.h"
#include "ui/latest.h"
#include "ui/mask-brush.h"
#include "ui/overlay.h"
#include "ui/tilt-list.h"
#include "ui/tilt-strip.h"
#include "ui/tilt.h"
#include "ui/tilts.h"
#include "ui/wipe.h"

#include <math.h>
#include <string.h>

#define PAGE 5 // tilts

struct _LacProjectionsView {
    GtkWidget parent_instance;
    GtkWidget *paned, *center, *side;
    GtkStack *pages;
    LacDenoisePanel *denoise;
    LacImageView *image, *sinogram;
    LacHistogramView *histogram;
    LacTiltStrip *strip;
    LacTiltList *list;
    GtkLabel *pixel, *shape, *tilt, *sinogram_title;
    GtkToggleButton *play, *exclude, *axis, *wipe;
    GtkScale *slider;
    GtkAdjustment *adjustment;
    LacSession *session;
    LacSeries *series; // (nullable) what is shown
    guint *order;      // projections by ascending tilt angle
    gsize row;         // of the sinogram
    gboolean points;   // the pointer is on the image
    gsize pointed[2];
    gboolean updating; // the control follows the session, not the other way round
    double divider;    // of the wipe: share of the width that shows what was measured
    gboolean is_wiped; // the image is two halves
    LacMaskBrush *brush;
    LacLatest *levels;    // of the noise
    LacBuffer *levels_of; // (nullable) pixels whose noise is known or asked for; not owned
};

G_DEFINE_FINAL_TYPE(LacProjectionsView, lac_projections_view, GTK_TYPE_WIDGET)

/**
 * lac_projections_make_sinogram:
 * @series: projections (n, nv, nu)
 * @row: which row v, below nv
 * @order: (array length=n): projections from the bottom up
 *
 * Returns: (transfer full) (nullable): that row of all projections (n, nu); %NULL without memory
 */
LacBuffer *
lac_projections_make_sinogram(const LacSeries *series, gsize row, const guint *order)
{
    LacBuffer *buffer = lac_buffer_new(series->n * series->nu, NULL);
    if (buffer == NULL)
        return NULL;
    for (gsize k = 0; k < series->n; k++)
        memcpy(buffer->data + k * series->nu,
            lac_series_get_projection(series, order[k]) + row * series->nu,
            series->nu * sizeof(float));
    return buffer;
}

static int
compare_tilts(gconstpointer a, gconstpointer b, gpointer data)
{
    const LacAngles *angles = data;
    guint i = *(const guint *) a, j = *(const guint *) b;
    if (angles[i].theta != angles[j].theta)
        return angles[i].theta < angles[j].theta ? -1 : 1;
    return i < j ? -1 : i > j;
}

static void
update_order(LacProjectionsView *self)
{
    g_clear_pointer(&self->order, g_free);
    if (self->series == NULL)
        return;
    self->order = g_new(guint, self->series->n);
    for (guint k = 0; k < self->series->n; k++)
        self->order[k] = k;
    g_qsort_with_data(self->order, (gint) self->series->n, sizeof *self->order, compare_tilts,
        self->series->angles);
}

static void
show_sinogram(LacProjectionsView *self)
{
    g_autoptr(LacBuffer) buffer = self->series != NULL
        ? lac_projections_make_sinogram(self->series, self->row, self->order)
        : NULL;
    if (buffer == NULL) {
        lac_image_view_set_image(self->sinogram, NULL, NULL);
        gtk_label_set_text(self->sinogram_title, "Sinogram");
        return;
    }
    LacPlane plane = { .data = buffer->data,
        .width = self->series->nu,
        .height = self->series->n,
        .step_x = 1,
        .step_y = self->series->nu };
    lac_image_view_set_image(self->sinogram, buffer, &plane);
    g_autofree char *title = g_strdup_printf("Sinogram of row %" G_GSIZE_FORMAT, self->row);
    gtk_label_set_text(self->sinogram_title, title);
}

static gboolean
shows_denoising(LacProjectionsView *self)
{
    return g_strcmp0(gtk_stack_get_visible_child_name(self->pages), "denoise") == 0;
}

// The projection as it was measured, or as it is when it was never changed.
static LacSeries *
get_measured(LacProjectionsView *self)
{
    LacSeries *raw = lac_session_get_measured(self->session);
    return raw != NULL ? raw : self->series;
}

// (nullable) what projection @k was, or would be, made of the measured one.
static const float *
get_after(LacProjectionsView *self, guint k)
{
    const LacDenoisePreview *preview = lac_denoise_panel_get_preview(self->denoise);
    gboolean is_of_this = preview != NULL && preview->projection == k &&
        preview->image->n == self->series->nv * self->series->nu;
    if (shows_denoising(self) && is_of_this)
        return preview->image->data;
    return lac_session_get_measured(self->session) != NULL
        ? lac_series_get_projection(self->series, k)
        : NULL;
}

static void
show_pixel(LacProjectionsView *self)
{
    if (self->series == NULL || !self->points) {
        gtk_label_set_text(self->pixel, "");
        return;
    }
    gsize u = self->pointed[0], v = self->pointed[1], at = v * self->series->nu + u;
    guint k = lac_tilt_get_current(self->session, self->series);
    const float *after = self->is_wiped ? get_after(self, k) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "u %" G_GSIZE_FORMAT "   v %" G_GSIZE_FORMAT, u, v);
    if (after != NULL)
        g_string_append_printf(text, "   measured %.5g   now %.5g",
            (double) lac_series_get_projection(get_measured(self), k)[at], (double) after[at]);
    else
        g_string_append_printf(text, "   value %.5g",
            (double) lac_series_get_projection(self->series, k)[at]);
    gtk_label_set_text(self->pixel, text->str);
}

static gsize
get_divider(LacProjectionsView *self)
{
    return (gsize) round(CLAMP(self->divider, 0.0, 1.0) * (double) self->series->nu);
}

// Measured on the left of the divider and prepared on its right, or one image alone.
static void
show_image(LacProjectionsView *self, guint k)
{
    const LacSeries *series = self->series;
    LacPlane plane = { .width = series->nu,
        .height = series->nv,
        .step_x = 1,
        .step_y = series->nu };
    const float *after = get_after(self, k);
    g_autoptr(LacBuffer) wiped = NULL;
    if (after != NULL && gtk_toggle_button_get_active(self->wipe))
        wiped = lac_wipe_make(lac_series_get_projection(get_measured(self), k), after, series->nv,
            series->nu, get_divider(self));
    self->is_wiped = wiped != NULL;
    plane.data = wiped != NULL ? wiped->data : lac_series_get_projection(series, k);
    lac_image_view_set_image(self->image, wiped != NULL ? wiped : series->buffer, &plane);
}

static void
show_projection(LacProjectionsView *self)
{
    if (self->series == NULL) {
        self->is_wiped = FALSE;
        lac_image_view_set_image(self->image, NULL, NULL);
        gtk_label_set_text(self->tilt, "");
        return;
    }
    guint k = lac_tilt_get_current(self->session, self->series);
    const LacSeries *series = self->series;
    show_image(self, k);
    g_autofree char *text = g_strdup_printf("%u of %" G_GSIZE_FORMAT "   θ %.2f°%s", k + 1,
        series->n, series->angles[k].theta, series->excluded[k] ? "  excluded" : "");
    gtk_label_set_text(self->tilt, text);
    gtk_widget_queue_draw(GTK_WIDGET(self->sinogram));
    show_pixel(self);
}

static void
image_changed_cb(LacProjectionsView *self)
{
    gboolean has_after = self->series != NULL &&
        get_after(self, lac_tilt_get_current(self->session, self->series)) != NULL;
    gtk_widget_set_sensitive(GTK_WIDGET(self->wipe), has_after);
    show_projection(self);
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
}

// Controls follow the projection that the session shows.
static void
projection_changed_cb(LacProjectionsView *self)
{
    guint k = lac_tilt_get_current(self->session, self->series);
    self->updating = TRUE;
    gtk_toggle_button_set_active(self->exclude, self->series != NULL && self->series->excluded[k]);
    self->updating = FALSE;
    lac_tilt_strip_scroll_to(self->strip, k);
    image_changed_cb(self);
}

static void
show_shape(LacProjectionsView *self)
{
    if (self->series == NULL) {
        gtk_label_set_text(self->shape, "");
        return;
    }
    const LacSeries *series = self->series;
    gsize n_excluded = series->n - lac_series_count_included(series);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%" G_GSIZE_FORMAT " projections", series->n);
    if (n_excluded > 0)
        g_string_append_printf(text, ", %" G_GSIZE_FORMAT " excluded", n_excluded);
    g_string_append_printf(text, "   %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT, series->nu,
        series->nv);
    if (series->pixel_size > 0.0)
        g_string_append_printf(text, "   %.4g Å per pixel", series->pixel_size);
    gtk_label_set_text(self->shape, text->str);
}

static void
levels_done(gpointer result, const GError *error, gpointer owner)
{
    LacProjectionsView *self = owner;
    g_autofree double *levels = result;
    GListModel *tilts = G_LIST_MODEL(lac_tilt_list_get_tilts(self->list));
    guint n = g_list_model_get_n_items(tilts);
    for (guint k = 0; k < n && error == NULL; k++) {
        g_autoptr(LacTilt) tilt = g_list_model_get_item(tilts, k);
        lac_tilt_set_noise(tilt, levels[k]);
    }
}

static void
unref_series(gpointer series)
{
    lac_series_unref(series);
}

// The noise of the measured projections, in the background and once.
static void
request_levels(LacProjectionsView *self)
{
    LacSeries *measured = self->series != NULL ? get_measured(self) : NULL;
    LacBuffer *buffer = measured != NULL ? measured->buffer : NULL;
    if (buffer == self->levels_of)
        return;
    self->levels_of = buffer;
    lac_latest_drop(self->levels);
    if (measured != NULL)
        lac_latest_request(self->levels, lac_series_ref(measured), 0);
}

static void
series_changed_cb(LacProjectionsView *self)
{
    LacSeries *series = lac_session_get_series(self->session);
    gboolean new_pixels = (series != NULL ? series->buffer : NULL) !=
        (self->series != NULL ? self->series->buffer : NULL);
    LacSeries *old = self->series;
    self->series = series != NULL ? lac_series_ref(series) : NULL;
    lac_series_unref(old);
    update_order(self);
    if (new_pixels) {
        gboolean some = series != NULL;
        self->row = some ? series->nv / 2 : 0;
        self->points = FALSE;
        lac_histogram_view_set_data(self->histogram, some ? series->buffer : NULL, 0,
            some ? series->n * series->nv * series->nu : 0);
        lac_tilt_strip_set_series(self->strip, series);
    }
    gtk_widget_set_sensitive(self->paned, series != NULL);
    request_levels(self);
    show_shape(self);
    show_sinogram(self);
    projection_changed_cb(self);
}

static void
exclude_toggled_cb(LacProjectionsView *self)
{
    if (!self->updating)
        lac_tilts_set_excluded(self->session, lac_tilt_get_current(self->session, self->series),
            gtk_toggle_button_get_active(self->exclude));
}

static void
angle_edited_cb(LacProjectionsView *self, guint k, guint which, double angle)
{
    lac_tilts_set_angle(self->session, k, which, angle);
}

static void
range_changed_cb(LacProjectionsView *self, double black, double white)
{
    lac_image_view_set_range(self->image, black, white);
    lac_image_view_set_range(self->sinogram, black, white);
}

static void
pointed_cb(LacProjectionsView *self, gboolean inside, double u, double v)
{
    self->points = inside;
    if (inside) {
        self->pointed[0] = (gsize) u;
        self->pointed[1] = (gsize) v;
        if (self->row != (gsize) v) {
            self->row = (gsize) v;
            show_sinogram(self);
        }
    }
    show_pixel(self);
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
}

// The brush or the divider comes to the pointer.
static void
image_dragged_cb(LacProjectionsView *self, double u, double v)
{
    if (lac_mask_brush_is_down(self->brush)) {
        lac_mask_brush_move(self->brush, u, v);
        gtk_widget_queue_draw(GTK_WIDGET(self->image));
        return;
    }
    if (self->series == NULL || !self->is_wiped)
        return;
    self->divider = CLAMP(u / (double) self->series->nu, 0.0, 1.0);
    show_projection(self);
}

static void
image_clicked_cb(LacProjectionsView *self, int n_press, double u, double v)
{
    (void) n_press;
    gboolean inside;
    double radius;
    if (self->series != NULL && shows_denoising(self) &&
        lac_denoise_panel_get_brush(self->denoise, &inside, &radius))
        lac_mask_brush_begin(self->brush, inside, radius, u, v);
    image_dragged_cb(self, u, v);
}

static void
image_released_cb(LacProjectionsView *self)
{
    gboolean inside;
    double radius;
    gsize n;
    if (!lac_mask_brush_is_down(self->brush))
        return;
    const double *places = lac_mask_brush_end(self->brush, &inside, &radius, &n);
    if (self->series != NULL)
        lac_session_add_stroke(self->session, inside, radius, places, n);
}

static void
sinogram_clicked_cb(LacProjectionsView *self, int n_press, double u, double row)
{
    (void) n_press;
    (void) u;
    if (self->series != NULL && row >= 0.0 && row < (double) self->series->n)
        lac_tilt_go_to(self->session, self->order[(gsize) row]);
}

static void
sinogram_dragged_cb(LacProjectionsView *self, double u, double row)
{
    sinogram_clicked_cb(self, 1, u, row);
}

static void
draw_axis(LacProjectionsView *self, cairo_t *cr)
{
    guint k = lac_tilt_get_current(self->session, self->series);
    double center[2];
    lac_tilt_draw_axis(self->image, cr, self->series, self->series->shifts[k], center);
    cairo_arc(cr, center[0], center[1], 5.0, 0.0, 2.0 * G_PI);
    cairo_set_source_rgb(cr, lac_axis_rgb[1][0], lac_axis_rgb[1][1], lac_axis_rgb[1][2]);
    cairo_set_line_width(cr, 1.25);
    cairo_stroke(cr);
}

static void
draw_divider(LacProjectionsView *self, cairo_t *cr, int height)
{
    gboolean is_preview =
        shows_denoising(self) && lac_denoise_panel_get_preview(self->denoise) != NULL;
    lac_wipe_draw(self->image, cr, height, get_divider(self), "measured",
        is_preview ? "preview" : "denoised");
}

static void
draw_overlay(LacImageView *image, cairo_t *cr, int width, int height, gpointer data)
{
    static const double row_rgb[3] = { 1.0, 0.85, 0.3 };
    static const double red[3] = { 0.95, 0.35, 0.3 };
    LacProjectionsView *self = data;
    if (self->series == NULL)
        return;
    const LacDenoisePreview *preview = lac_denoise_panel_get_preview(self->denoise);
    if (shows_denoising(self) && preview != NULL && preview->mask != NULL &&
        preview->projection == lac_tilt_get_current(self->session, self->series))
        lac_mask_draw(image, cr, preview->mask, self->series->nv, self->series->nu);
    lac_mask_brush_draw(self->brush, image, cr);
    if (gtk_toggle_button_get_active(self->axis))
        draw_axis(self, cr);
    if (self->is_wiped)
        draw_divider(self, cr, height);
    if (self->points) {
        double left, right, y;
        lac_image_view_to_widget(image, 0.0, (double) self->row + 0.5, &left, &y);
        lac_image_view_to_widget(image, (double) self->series->nu, (double) self->row + 0.5, &right,
            &y);
        y = floor(y) + 0.5;
        lac_overlay_line(cr, left, y, left + 12.0, y, row_rgb);
        lac_overlay_line(cr, right - 12.0, y, right, y, row_rgb);
    }
    if (self->series->pixel_size > 0.0)
        lac_overlay_scale_bar(GTK_WIDGET(image), cr, width, height,
            lac_image_view_get_zoom(image) / self->series->pixel_size);
    if (self->series->excluded[lac_tilt_get_current(self->session, self->series)])
        lac_overlay_text(GTK_WIDGET(image), cr, 10.0, 16.0, LAC_ANCHOR_LEFT, red, "✕ excluded");
}

static void
draw_sinogram_overlay(LacImageView *image, cairo_t *cr, int width, int height, gpointer data)
{
    static const double rgb[3] = { 1.0, 0.85, 0.3 };
    LacProjectionsView *self = data;
    (void) height;
    if (self->series == NULL)
        return;
    guint k = lac_tilt_get_current(self->session, self->series);
    for (guint row = 0; row < self->series->n; row++) {
        double x, y;
        lac_image_view_to_widget(image, 0.0, row + 0.5, &x, &y);
        if (self->order[row] == k) {
            y = floor(y) + 0.5;
            lac_overlay_line(cr, 0.0, y, 10.0, y, rgb);
            lac_overlay_line(cr, width - 10.0, y, width, y, rgb);
        }
    }
}

static void
axis_toggled_cb(LacProjectionsView *self)
{
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacProjectionsView *self)
{
    (void) controller;
    (void) code;
    if (self->series == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
        return GDK_EVENT_PROPAGATE;
    gint64 k = lac_tilt_get_current(self->session, self->series);
    switch (key) {
    case GDK_KEY_Left: lac_tilt_go_to(self->session, k - 1); break;
    case GDK_KEY_Right: lac_tilt_go_to(self->session, k + 1); break;
    case GDK_KEY_Page_Up: lac_tilt_go_to(self->session, k + PAGE); break;
    case GDK_KEY_Page_Down: lac_tilt_go_to(self->session, k - PAGE); break;
    case GDK_KEY_x:
    case GDK_KEY_X:
    case GDK_KEY_Delete:
    case GDK_KEY_BackSpace: lac_projections_view_toggle_excluded(self); break;
    case GDK_KEY_t:
    case GDK_KEY_T:
        gtk_toggle_button_set_active(self->axis, !gtk_toggle_button_get_active(self->axis));
        break;
    case GDK_KEY_w:
    case GDK_KEY_W:
        gtk_toggle_button_set_active(self->wipe, !gtk_toggle_button_get_active(self->wipe));
        break;
    case GDK_KEY_space:
        lac_projections_view_set_playing(self, !gtk_toggle_button_get_active(self->play));
        break;
    default: return GDK_EVENT_PROPAGATE;
    }
    return GDK_EVENT_STOP;
}

static void
lac_projections_view_dispose(GObject *object)
{
    LacProjectionsView *self = LAC_PROJECTIONS_VIEW(object);
    g_clear_pointer(&self->levels, lac_latest_free);
    g_clear_pointer(&self->brush, lac_mask_brush_free);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    if (self->denoise != NULL)
        g_signal_handlers_disconnect_by_data(self->denoise, self);
    // A field that is left half edited is no edit.
    if (self->paned != NULL)
        g_signal_handlers_disconnect_by_data(self->histogram, self);
    if (self->list != NULL)
        g_signal_handlers_disconnect_by_data(lac_tilt_list_get_table(self->list), self);
    g_clear_pointer(&self->list, lac_tilt_list_free);
    g_clear_pointer(&self->paned, gtk_widget_unparent);
    g_clear_object(&self->session);
    g_clear_pointer(&self->series, lac_series_unref);
    g_clear_pointer(&self->order, g_free);
    G_OBJECT_CLASS(lac_projections_view_parent_class)->dispose(object);
}

#define BIND_CHILD(name) \
    gtk_widget_class_bind_template_child(widget_class, LacProjectionsView, name)

static void
lac_projections_view_class_init(LacProjectionsViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_projections_view_dispose;
    g_type_ensure(LAC_TYPE_IMAGE_VIEW);
    g_type_ensure(LAC_TYPE_HISTOGRAM_VIEW);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/projections-view.ui");
    BIND_CHILD(paned);
    BIND_CHILD(center);
    BIND_CHILD(side);
    BIND_CHILD(pages);
    BIND_CHILD(image);
    BIND_CHILD(sinogram);
    BIND_CHILD(histogram);
    BIND_CHILD(pixel);
    BIND_CHILD(shape);
    BIND_CHILD(tilt);
    BIND_CHILD(sinogram_title);
    BIND_CHILD(play);
    BIND_CHILD(exclude);
    BIND_CHILD(axis);
    BIND_CHILD(wipe);
    BIND_CHILD(slider);
    BIND_CHILD(adjustment);
}

static void
connect_controls(LacProjectionsView *self)
{
    const struct {
        gpointer from;
        const char *signal;
        GCallback callback;
    } connections[] = {
        { self->exclude, "toggled", G_CALLBACK(exclude_toggled_cb) },
        { self->axis, "toggled", G_CALLBACK(axis_toggled_cb) },
        { self->wipe, "toggled", G_CALLBACK(image_changed_cb) },
        { self->pages, "notify::visible-child", G_CALLBACK(image_changed_cb) },
        { self->histogram, "range-changed", G_CALLBACK(range_changed_cb) },
        { lac_tilt_list_get_table(self->list), "angle-edited", G_CALLBACK(angle_edited_cb) },
        { self->image, "pointed", G_CALLBACK(pointed_cb) },
        { self->image, "clicked", G_CALLBACK(image_clicked_cb) },
        { self->image, "dragged", G_CALLBACK(image_dragged_cb) },
        { self->image, "released", G_CALLBACK(image_released_cb) },
        { self->sinogram, "clicked", G_CALLBACK(sinogram_clicked_cb) },
        { self->sinogram, "dragged", G_CALLBACK(sinogram_dragged_cb) },
    };
    for (guint i = 0; i < G_N_ELEMENTS(connections); i++)
        g_signal_connect_object(connections[i].from, connections[i].signal, connections[i].callback,
            self, G_CONNECT_SWAPPED);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self), key);
}

static void
lac_projections_view_init(LacProjectionsView *self)
{
    self->divider = 0.5;
    self->brush = lac_mask_brush_new();
    self->levels = lac_latest_new(lac_noise_levels_run, unref_series, g_free, levels_done, self);
    gtk_widget_init_template(GTK_WIDGET(self));
    lac_image_view_set_flip_y(self->image, TRUE);
    lac_image_view_set_overlay(self->image, draw_overlay, self);
    lac_image_view_set_flip_y(self->sinogram, TRUE);
    lac_image_view_set_stretch(self->sinogram, TRUE);
    lac_image_view_set_overlay(self->sinogram, draw_sinogram_overlay, self);
}

static void
make_list(LacProjectionsView *self)
{
    self->list = lac_tilt_list_new(self->session, self->adjustment);
    self->strip = LAC_TILT_STRIP(lac_tilt_strip_new(lac_tilt_list_get_tilts(self->list)));
    GtkWidget *table = GTK_WIDGET(lac_tilt_list_get_table(self->list));
    gtk_widget_set_size_request(table, -1, 120);
    gtk_widget_set_vexpand(table, TRUE);
    gtk_box_append(GTK_BOX(self->center), GTK_WIDGET(self->strip));
    gtk_box_prepend(GTK_BOX(self->side), table);
}

/**
 * lac_projections_view_new:
 * @session: whose series is shown and edited; the view takes a reference
 *
 * Returns: (transfer floating): the stage of the projections
 */
GtkWidget *
lac_projections_view_new(LacSession *session)
{
    LacProjectionsView *self = g_object_new(LAC_TYPE_PROJECTIONS_VIEW, NULL);
    self->session = g_object_ref(session);
    make_list(self);
    connect_controls(self);
    lac_tilt_player_attach(self->play, session);
    self->denoise = LAC_DENOISE_PANEL(lac_denoise_panel_new(session));
    gtk_stack_add_titled(self->pages, GTK_WIDGET(self->denoise), "denoise", "Denoise");
    g_signal_connect_object(self->denoise, "preview-changed", G_CALLBACK(image_changed_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect_object(session, "series-changed", G_CALLBACK(series_changed_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect_object(session, "projection-changed", G_CALLBACK(projection_changed_cb), self,
        G_CONNECT_SWAPPED);
    series_changed_cb(self);
    return GTK_WIDGET(self);
}

/**
 * lac_projections_view_set_playing:
 * @self: a view
 * @playing: whether it goes through the tilts, back and forth
 */
void
lac_projections_view_set_playing(LacProjectionsView *self, gboolean playing)
{
    g_return_if_fail(LAC_IS_PROJECTIONS_VIEW(self));

    gtk_toggle_button_set_active(self->play, playing);
}

/**
 * lac_projections_view_toggle_excluded:
 * @self: a view
 *
 * Leaves the projection that is shown out of the reconstruction, or takes it in again.
 */
void
lac_projections_view_toggle_excluded(LacProjectionsView *self)
{
    g_return_if_fail(LAC_IS_PROJECTIONS_VIEW(self));

    if (self->series != NULL)
        gtk_toggle_button_set_active(self->exclude, !gtk_toggle_button_get_active(self->exclude));
}
