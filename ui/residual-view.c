// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/residual-view.h"

#include "ui/image-view.h"
#include "ui/latest.h"
#include "ui/overlay.h"
#include "ui/residual.h"

#include <math.h>

#define DELAY 150 // between residuals of a volume that changes [ms]

// The three images from left to right.
enum {
    MEASURED,
    CALCULATED,
    DIFFERENCE,
    N_IMAGES
};

typedef struct {
    LacSeries *series;
    LacVolume *volume;
    guint k;
} Request;

struct _LacResidualView {
    GtkWidget parent_instance;
    GtkWidget *box, *images_box;
    LacImageView *images[N_IMAGES];
    GtkLabel *summary, *pixel;
    LacSession *session;
    LacLatest *worker;
    LacResidual *residual; // (nullable) what is shown
    gboolean stale;        // something changed while nothing was on screen
};

G_DEFINE_FINAL_TYPE(LacResidualView, lac_residual_view, GTK_TYPE_WIDGET)

static const char *const names[N_IMAGES] = { "measured", "calculated", "measured − calculated" };

static void
request_free(gpointer data)
{
    Request *request = data;
    lac_series_unref(request->series);
    lac_volume_unref(request->volume);
    g_free(request);
}

static gpointer
work(LacProgress *progress, gpointer data, GError **error)
{
    const Request *request = data;
    if (!lac_progress_update(progress, 0.0, error))
        return NULL;
    return lac_residual_new(request->series, request->k, request->volume, error);
}

static void
clear(LacResidualView *self, const char *text)
{
    g_clear_pointer(&self->residual, lac_residual_free);
    for (guint i = 0; i < N_IMAGES; i++)
        lac_image_view_set_image(self->images[i], NULL, NULL);
    gtk_label_set_text(self->summary, text);
    gtk_label_set_text(self->pixel, "");
}

static void
show_summary(LacResidualView *self)
{
    const LacResidual *r = self->residual;
    g_autofree char *text =
        g_strdup_printf("Projection %u of %" G_GSIZE_FORMAT "   θ %.2f°   R1 %.4f   R2 %.4f%s",
            r->k + 1, r->series->n, r->series->angles[r->k].theta, r->r1, r->r2,
            r->series->excluded[r->k] ? "   excluded" : "");
    gtk_label_set_text(self->summary, text);
}

static void
done(gpointer result, const GError *error, gpointer owner)
{
    LacResidualView *self = owner;
    if (error != NULL) {
        clear(self, error->message);
        return;
    }
    lac_residual_free(self->residual);
    self->residual = result;
    const LacSeries *series = self->residual->series;
    LacPlane plane = { .width = series->nu,
        .height = series->nv,
        .step_x = 1,
        .step_y = series->nu };
    LacBuffer *buffers[N_IMAGES] = { series->buffer, self->residual->calculated,
        self->residual->difference };
    for (guint i = 0; i < N_IMAGES; i++) {
        plane.data =
            i == MEASURED ? lac_series_get_projection(series, self->residual->k) : buffers[i]->data;
        lac_image_view_set_image(self->images[i], buffers[i], &plane);
        if (i != DIFFERENCE)
            lac_image_view_set_range(self->images[i], self->residual->black, self->residual->white);
    }
    lac_image_view_set_range(self->images[DIFFERENCE], -self->residual->limit,
        self->residual->limit);
    show_summary(self);
}

static void
update(LacResidualView *self)
{
    self->stale = !gtk_widget_get_mapped(GTK_WIDGET(self));
    if (self->stale)
        return;
    LacSeries *series = lac_session_get_series(self->session);
    LacVolume *volume = lac_session_get_volume(self->session);
    if (series == NULL || volume == NULL) {
        lac_latest_drop(self->worker);
        clear(self,
            series == NULL ? "Open projections to compare them with a volume"
                           : "Reconstruct a volume to compare its projections with the measured");
        return;
    }
    Request *request = g_new(Request, 1);
    *request = (Request){ .series = lac_series_ref(series),
        .volume = lac_volume_ref(volume),
        .k = MIN(lac_session_get_projection(self->session), (guint) series->n - 1) };
    lac_latest_request(self->worker, request, DELAY);
}

static void
map_cb(LacResidualView *self)
{
    if (self->stale)
        update(self);
}

static void
unmap_cb(LacResidualView *self)
{
    if (lac_latest_is_busy(self->worker)) {
        lac_latest_drop(self->worker);
        self->stale = TRUE;
    }
}

static void
pointed_cb(LacImageView *image, gboolean inside, double u, double v, double value,
    LacResidualView *self)
{
    (void) image;
    (void) value;
    if (!inside || self->residual == NULL) {
        gtk_label_set_text(self->pixel, "");
        return;
    }
    const LacResidual *r = self->residual;
    gsize at = (gsize) v * r->series->nu + (gsize) u;
    g_autofree char *text = g_strdup_printf("u %d   v %d   measured %.4g   calculated %.4g   "
                                            "difference %.4g",
        (int) u, (int) v, (double) lac_series_get_projection(r->series, r->k)[at],
        (double) r->calculated->data[at], (double) r->difference->data[at]);
    gtk_label_set_text(self->pixel, text);
}

static void
view_changed_cb(LacImageView *image, LacResidualView *self)
{
    for (guint i = 0; i < N_IMAGES; i++)
        if (self->images[i] != image)
            lac_image_view_copy_view(self->images[i], image);
}

static void
draw_overlay(LacImageView *image, cairo_t *cr, int width, int height, gpointer data)
{
    LacResidualView *self = data;
    const LacResidual *r = self->residual;
    if (r == NULL)
        return;
    guint which = image == self->images[MEASURED] ? MEASURED
        : image == self->images[CALCULATED]       ? CALCULATED
                                                  : DIFFERENCE;
    GtkWidget *widget = GTK_WIDGET(image);
    lac_overlay_label(widget, cr, 12.0, 16.0, names[which]);
    double black = fabs(r->black) < 1e-3 * fabs(r->white) ? 0.0 : r->black;
    g_autofree char *range = which == DIFFERENCE ? g_strdup_printf("±%.3g", r->limit)
                                                 : g_strdup_printf("%.3g to %.3g", black, r->white);
    lac_overlay_label(widget, cr, 12.0, height - 16.0, range);
    if (which == MEASURED && r->series->pixel_size > 0.0)
        lac_overlay_scale_bar(widget, cr, width, height,
            lac_image_view_get_zoom(image) / r->series->pixel_size);
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacResidualView *self)
{
    (void) controller;
    (void) code;
    LacSeries *series = lac_session_get_series(self->session);
    guint k = lac_session_get_projection(self->session);
    if (series == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
        return GDK_EVENT_PROPAGATE;
    if ((key == GDK_KEY_Left || key == GDK_KEY_Page_Down) && k > 0)
        lac_session_set_projection(self->session, k - 1);
    else if ((key == GDK_KEY_Right || key == GDK_KEY_Page_Up) && k + 1 < series->n)
        lac_session_set_projection(self->session, k + 1);
    else
        return GDK_EVENT_PROPAGATE;
    return GDK_EVENT_STOP;
}

static void
lac_residual_view_dispose(GObject *object)
{
    LacResidualView *self = LAC_RESIDUAL_VIEW(object);
    g_clear_pointer(&self->worker, lac_latest_free);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    g_clear_pointer(&self->residual, lac_residual_free);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_residual_view_parent_class)->dispose(object);
}

static void
lac_residual_view_class_init(LacResidualViewClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_residual_view_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static void
make_image(LacResidualView *self, guint which)
{
    static const char *const labels[N_IMAGES] = { "Measured projection", "Calculated projection",
        "Measured minus calculated" };
    GtkWidget *image = lac_image_view_new();
    self->images[which] = LAC_IMAGE_VIEW(image);
    gtk_accessible_update_property(GTK_ACCESSIBLE(image), GTK_ACCESSIBLE_PROPERTY_LABEL,
        labels[which], GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        "Left and Right go to other projections, plus and minus zoom, Home fits", -1);
    lac_image_view_set_flip_y(self->images[which], TRUE);
    lac_image_view_set_overlay(self->images[which], draw_overlay, self);
    g_signal_connect_object(image, "pointed", G_CALLBACK(pointed_cb), self, 0);
    g_signal_connect_object(image, "view-changed", G_CALLBACK(view_changed_cb), self, 0);
    gtk_box_append(GTK_BOX(self->images_box), image);
}

static GtkLabel *
make_label(GtkWidget *row, float xalign, const char *tooltip)
{
    GtkWidget *label = gtk_label_new("");
    gtk_widget_add_css_class(label, "caption");
    gtk_widget_add_css_class(label, "numeric");
    gtk_label_set_xalign(GTK_LABEL(label), xalign);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_set_tooltip_text(label, tooltip);
    gtk_box_append(GTK_BOX(row), label);
    return GTK_LABEL(label);
}

static void
lac_residual_view_init(LacResidualView *self)
{
    self->worker =
        lac_latest_new(work, request_free, (GDestroyNotify) lac_residual_free, done, self);
    self->stale = TRUE;
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    self->images_box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 1);
    gtk_box_set_homogeneous(GTK_BOX(self->images_box), TRUE);
    gtk_box_append(GTK_BOX(self->box), self->images_box);
    for (guint i = 0; i < N_IMAGES; i++)
        make_image(self, i);
    lac_image_view_set_colormap(self->images[DIFFERENCE], LAC_COLORMAP_DIVERGING);
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 18);
    gtk_widget_set_margin_start(row, 10);
    gtk_widget_set_margin_end(row, 10);
    gtk_widget_set_margin_top(row, 4);
    gtk_widget_set_margin_bottom(row, 4);
    self->summary = make_label(row, 0.0f, "Projection shown and how well the volume explains it");
    self->pixel = make_label(row, 1.0f, "Pixel under the pointer");
    gtk_box_append(GTK_BOX(self->box), row);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self), key);
    g_signal_connect(self, "map", G_CALLBACK(map_cb), NULL);
    g_signal_connect(self, "unmap", G_CALLBACK(unmap_cb), NULL);
}

/**
 * lac_residual_view_new:
 * @session: whose projection and volume are compared; the view takes a reference
 *
 * Returns: (transfer floating): the three images, made while they are on screen
 */
GtkWidget *
lac_residual_view_new(LacSession *session)
{
    LacResidualView *self = g_object_new(LAC_TYPE_RESIDUAL_VIEW, NULL);
    self->session = g_object_ref(session);
    static const char *const names_of_signals[] = { "series-changed", "volume-changed",
        "projection-changed" };
    for (guint i = 0; i < G_N_ELEMENTS(names_of_signals); i++)
        g_signal_connect_object(session, names_of_signals[i], G_CALLBACK(update), self,
            G_CONNECT_SWAPPED);
    return GTK_WIDGET(self);
}

/**
 * lac_residual_view_is_busy:
 * @self: a view
 *
 * Returns: whether a projection is being calculated
 */
gboolean
lac_residual_view_is_busy(LacResidualView *self)
{
    return lac_latest_is_busy(self->worker);
}

/**
 * lac_residual_view_get_summary:
 * @self: a view
 *
 * Returns: (transfer none): the line below the images
 */
const char *
lac_residual_view_get_summary(LacResidualView *self)
{
    return gtk_label_get_text(self->summary);
}
