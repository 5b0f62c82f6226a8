// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tilt-strip.h"

#include "core/figure/colormap.h"
#include "ui/histogram.h"
#include "ui/latest.h"
#include "ui/overlay.h"
#include "ui/raster.h"
#include "ui/tilt.h"

#include <math.h>

#define THUMBNAIL    64  // longest edge [widget unit]
#define TEXTURE_EDGE 128 // the same [device pixel], enough for a scale factor of 2

// One picture of the list.
#define LAC_TYPE_THUMBNAIL (lac_thumbnail_get_type())
G_DECLARE_FINAL_TYPE(LacThumbnail, lac_thumbnail, LAC, THUMBNAIL, GtkWidget)

struct _LacThumbnail {
    GtkWidget parent_instance;
    LacTilt *tilt;  // (nullable)
    gulong changed; // handler on it
    gboolean selected;
};

G_DEFINE_FINAL_TYPE(LacThumbnail, lac_thumbnail, GTK_TYPE_WIDGET)

struct _LacTiltStrip {
    GtkWidget parent_instance;
    GtkWidget *scroller, *list;
    GtkSingleSelection *tilts;
    LacLatest *worker;
    LacBuffer *buffer; // (nullable) whose pictures are there or are being made
};

G_DEFINE_FINAL_TYPE(LacTiltStrip, lac_tilt_strip, GTK_TYPE_WIDGET)

static void
thumbnail_cross(cairo_t *cr, int width, int height)
{
    static const double red[3] = { 0.95, 0.35, 0.3 };
    lac_overlay_line(cr, 4.0, 4.0, width - 4.0, height - 4.0, red);
    lac_overlay_line(cr, width - 4.0, 4.0, 4.0, height - 4.0, red);
}

static void
lac_thumbnail_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    static const double white[3] = { 1.0, 1.0, 1.0 };
    LacThumbnail *self = LAC_THUMBNAIL(widget);
    int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float) width, (float) height);
    if (self->tilt == NULL)
        return;
    gboolean excluded = lac_tilt_get_excluded(self->tilt);
    GdkTexture *texture = lac_tilt_get_texture(self->tilt);
    gtk_snapshot_append_color(snapshot, &(GdkRGBA){ 0.11f, 0.11f, 0.12f, 1.0f }, &all);
    if (texture != NULL) {
        float scale = MIN((float) width / (float) gdk_texture_get_width(texture),
            (float) height / (float) gdk_texture_get_height(texture));
        float w = scale * (float) gdk_texture_get_width(texture);
        float h = scale * (float) gdk_texture_get_height(texture);
        graphene_rect_t area =
            GRAPHENE_RECT_INIT(0.5f * ((float) width - w), 0.5f * ((float) height - h), w, h);
        gtk_snapshot_push_opacity(snapshot, excluded ? 0.45 : 1.0);
        gtk_snapshot_append_texture(snapshot, texture, &area);
        gtk_snapshot_pop(snapshot);
    }
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &all);
    if (excluded)
        thumbnail_cross(cr, width, height);
    g_autofree char *number = g_strdup_printf("%u", lac_tilt_get_index(self->tilt) + 1);
    lac_overlay_text(widget, cr, 5.0, height - 10.0, LAC_ANCHOR_LEFT, white, number);
    if (self->selected) {
        cairo_rectangle(cr, 1.5, 1.5, width - 3.0, height - 3.0);
        cairo_set_source_rgb(cr, 1.0, 0.85, 0.3);
        cairo_set_line_width(cr, 3.0);
        cairo_stroke(cr);
    }
    cairo_destroy(cr);
}

static void
lac_thumbnail_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    (void) widget;
    (void) orientation;
    (void) for_size;
    *minimum = *natural = THUMBNAIL;
    *minimum_baseline = *natural_baseline = -1;
}

static void
thumbnail_changed(LacThumbnail *self)
{
    g_autofree char *label = g_strdup_printf("Projection %u, θ %.2f°%s",
        lac_tilt_get_index(self->tilt) + 1, lac_tilt_get_angles(self->tilt)->theta,
        lac_tilt_get_excluded(self->tilt) ? ", excluded" : "");
    gtk_widget_set_tooltip_text(GTK_WIDGET(self), label);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
thumbnail_set_tilt(LacThumbnail *self, LacTilt *tilt)
{
    if (self->tilt != NULL)
        g_clear_signal_handler(&self->changed, self->tilt);
    g_set_object(&self->tilt, tilt);
    if (tilt == NULL)
        return;
    self->changed = g_signal_connect_swapped(tilt, "changed", G_CALLBACK(thumbnail_changed), self);
    thumbnail_changed(self);
}

static void
lac_thumbnail_dispose(GObject *object)
{
    thumbnail_set_tilt(LAC_THUMBNAIL(object), NULL);
    G_OBJECT_CLASS(lac_thumbnail_parent_class)->dispose(object);
}

static void
lac_thumbnail_class_init(LacThumbnailClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_thumbnail_dispose;
    widget_class->snapshot = lac_thumbnail_snapshot;
    widget_class->measure = lac_thumbnail_measure;
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
lac_thumbnail_init(LacThumbnail *self)
{
    gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
}

static GBytes *
make_picture(const LacSeries *series, gsize k, const guint32 *colors, gsize width, gsize height)
{
    gsize n = series->nu * series->nv;
    const float *pixels = lac_series_get_projection(series, k);
    g_autofree LacHistogram *histogram = lac_histogram_new(pixels, n);
    double black, white;
    lac_histogram_get_auto_range(histogram, &black, &white);
    LacPlane plane = { .data = pixels,
        .width = series->nu,
        .height = series->nv,
        .step_x = 1,
        .step_y = series->nu };
    LacRasterView view = { .scale_x = (double) width / (double) series->nu,
        .scale_y = (double) height / (double) series->nv,
        .flip_y = TRUE,
        .smooth = TRUE };
    LacRasterColors map = { .colors = colors, .black = (float) black, .white = (float) white };
    guint32 *out = g_new(guint32, width * height);
    lac_raster_draw(&plane, &view, &map, width, height, out);
    return g_bytes_new_take(out, width * height * sizeof *out);
}

// Returns the pictures of all projections, as textures.
static gpointer
work(LacProgress *progress, gpointer data, GError **error)
{
    const LacSeries *series = data;
    double scale = TEXTURE_EDGE / (double) MAX(series->nu, series->nv);
    gsize width = (gsize) MAX(round((double) series->nu * scale), 1.0);
    gsize height = (gsize) MAX(round((double) series->nv * scale), 1.0);
    g_autofree guint8 *rgba = g_new(guint8, 4 * LAC_RASTER_COLORS);
    g_autofree guint32 *colors = g_new(guint32, LAC_RASTER_COLORS);
    lac_colormap_fill_rgba(LAC_COLORMAP_GREY, LAC_RASTER_COLORS, rgba);
    for (gsize i = 0; i < LAC_RASTER_COLORS; i++)
        colors[i] = 0xff000000u | (guint32) rgba[4 * i] << 16 | (guint32) rgba[4 * i + 1] << 8 |
            rgba[4 * i + 2];
    g_autoptr(GPtrArray) textures = g_ptr_array_new_with_free_func(g_object_unref);
    for (gsize k = 0; k < series->n; k++) {
        if (!lac_progress_update(progress, (double) k / (double) series->n, error))
            return NULL;
        g_autoptr(GBytes) bytes = make_picture(series, k, colors, width, height);
        g_ptr_array_add(textures,
            gdk_memory_texture_new((int) width, (int) height, GDK_MEMORY_DEFAULT, bytes,
                width * sizeof(guint32)));
    }
    return g_steal_pointer(&textures);
}

static void
done(gpointer result, const GError *error, gpointer owner)
{
    LacTiltStrip *self = owner;
    if (error != NULL)
        return;
    g_autoptr(GPtrArray) textures = result;
    guint n = MIN(textures->len, g_list_model_get_n_items(G_LIST_MODEL(self->tilts)));
    for (guint k = 0; k < n; k++) {
        g_autoptr(LacTilt) tilt = g_list_model_get_item(G_LIST_MODEL(self->tilts), k);
        lac_tilt_set_texture(tilt, g_ptr_array_index(textures, k));
    }
}

static void
selected_cb(GtkListItem *item)
{
    LacThumbnail *thumbnail = LAC_THUMBNAIL(gtk_list_item_get_child(item));
    if (thumbnail == NULL)
        return;
    thumbnail->selected = gtk_list_item_get_selected(item);
    gtk_widget_queue_draw(GTK_WIDGET(thumbnail));
}

static void
setup_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    gtk_list_item_set_child(item, g_object_new(LAC_TYPE_THUMBNAIL, NULL));
    g_signal_connect(item, "notify::selected", G_CALLBACK(selected_cb), NULL);
}

static void
bind_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    thumbnail_set_tilt(LAC_THUMBNAIL(gtk_list_item_get_child(item)),
        LAC_TILT(gtk_list_item_get_item(item)));
    selected_cb(item);
}

static void
unbind_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    thumbnail_set_tilt(LAC_THUMBNAIL(gtk_list_item_get_child(item)), NULL);
}

static void
lac_tilt_strip_dispose(GObject *object)
{
    LacTiltStrip *self = LAC_TILT_STRIP(object);
    g_clear_pointer(&self->worker, lac_latest_free);
    g_clear_pointer(&self->scroller, gtk_widget_unparent);
    g_clear_pointer(&self->buffer, lac_buffer_unref);
    g_clear_object(&self->tilts);
    G_OBJECT_CLASS(lac_tilt_strip_parent_class)->dispose(object);
}

static void
lac_tilt_strip_class_init(LacTiltStripClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_tilt_strip_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lac_tilt_strip_init(LacTiltStrip *self)
{
    self->worker = lac_latest_new(work, (GDestroyNotify) lac_series_unref,
        (GDestroyNotify) g_ptr_array_unref, done, self);
}

/**
 * lac_tilt_strip_new:
 * @tilts: list of #LacTilt and which of them is shown
 *
 * Returns: (transfer floating): a strip of their pictures
 */
GtkWidget *
lac_tilt_strip_new(GtkSingleSelection *tilts)
{
    LacTiltStrip *self = g_object_new(LAC_TYPE_TILT_STRIP, NULL);
    self->tilts = g_object_ref(tilts);
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    g_signal_connect(factory, "setup", G_CALLBACK(setup_cb), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(bind_cb), NULL);
    g_signal_connect(factory, "unbind", G_CALLBACK(unbind_cb), NULL);
    self->list = gtk_list_view_new(GTK_SELECTION_MODEL(g_object_ref(tilts)), factory);
    gtk_orientable_set_orientation(GTK_ORIENTABLE(self->list), GTK_ORIENTATION_HORIZONTAL);
    gtk_widget_set_tooltip_text(self->list, "All projections; click one to show it");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Projections", -1);
    self->scroller = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(self->scroller), GTK_POLICY_AUTOMATIC,
        GTK_POLICY_NEVER);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scroller), self->list);
    gtk_widget_set_parent(self->scroller, GTK_WIDGET(self));
    return GTK_WIDGET(self);
}

/**
 * lac_tilt_strip_set_series:
 * @self: a strip
 * @series: (nullable): where the pictures come from, one per item of the list
 *
 * Makes the pictures in a worker, unless they show these pixels already.
 */
void
lac_tilt_strip_set_series(LacTiltStrip *self, LacSeries *series)
{
    g_return_if_fail(LAC_IS_TILT_STRIP(self));

    LacBuffer *buffer = series != NULL ? series->buffer : NULL;
    if (buffer == self->buffer)
        return;
    g_clear_pointer(&self->buffer, lac_buffer_unref);
    lac_latest_drop(self->worker);
    if (series == NULL)
        return;
    self->buffer = lac_buffer_ref(buffer);
    lac_latest_request(self->worker, lac_series_ref(series), 0);
}

/**
 * lac_tilt_strip_scroll_to:
 * @self: a strip
 * @k: the item to bring into view
 */
void
lac_tilt_strip_scroll_to(LacTiltStrip *self, guint k)
{
    g_return_if_fail(LAC_IS_TILT_STRIP(self));

    if (k < g_list_model_get_n_items(G_LIST_MODEL(self->tilts)))
        gtk_widget_activate_action(self->list, "list.scroll-to-item", "u", k);
}
