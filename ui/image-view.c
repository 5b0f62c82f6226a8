// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/image-view-private.h"

#include <math.h>

#define ZOOM_MAX     96.0 // [widget unit] per image pixel
#define ZOOM_MIN_FIT 0.25 // of the zoom that fits

enum {
    PROP_0,
    PROP_SMOOTH,
    N_PROPERTIES
};
static GParamSpec *properties[N_PROPERTIES];

enum {
    POINTED,
    CLICKED,
    DRAGGED,
    RELEASED,
    STEPPED,
    VIEW_CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacImageView, lac_image_view, GTK_TYPE_WIDGET)

// Where the image lies in the widget [widget unit].
typedef struct {
    double x, y;   // of its upper left corner
    double sx, sy; // per image pixel
} Placement;

static Placement
get_placement(LacImageView *self)
{
    Placement out = { .sx = 1.0, .sy = 1.0 };
    double w = gtk_widget_get_width(GTK_WIDGET(self)), h = gtk_widget_get_height(GTK_WIDGET(self));
    if (self->buffer == NULL || w < 1.0 || h < 1.0)
        return out;
    double nx = (double) self->plane.width, ny = (double) self->plane.height;
    if (self->stretch)
        return (Placement){ .sx = w / nx, .sy = h / ny };
    out.sx = self->fitted ? MIN(w / nx, h / ny) : self->zoom;
    out.sy = out.sx;
    double cx = self->fitted ? 0.5 * nx : self->center_x;
    double cy = self->fitted ? 0.5 * ny : self->center_y;
    if (self->flip_y)
        cy = ny - cy;
    // Whole device pixels, so that the image does not shimmer.
    double unit = 1.0 / gtk_widget_get_scale_factor(GTK_WIDGET(self));
    out.x = round((0.5 * w - cx * out.sx) / unit) * unit;
    out.y = round((0.5 * h - cy * out.sy) / unit) * unit;
    return out;
}

/**
 * lac_image_view_to_widget:
 * @self: a view
 * @x: image coordinate [pixel]
 * @y: image coordinate [pixel]
 * @wx: (out): the same place in the widget
 * @wy: (out): the same place in the widget
 */
void
lac_image_view_to_widget(LacImageView *self, double x, double y, double *wx, double *wy)
{
    Placement p = get_placement(self);
    *wx = p.x + x * p.sx;
    *wy = p.y + (self->flip_y ? (double) self->plane.height - y : y) * p.sy;
}

/**
 * lac_image_view_to_image:
 * @self: a view
 * @wx: place in the widget
 * @wy: place in the widget
 * @x: (out): the same place in image coordinates [pixel], perhaps outside the image
 * @y: (out): the same place in image coordinates [pixel]
 */
void
lac_image_view_to_image(LacImageView *self, double wx, double wy, double *x, double *y)
{
    Placement p = get_placement(self);
    *x = (wx - p.x) / p.sx;
    *y = (wy - p.y) / p.sy;
    if (self->flip_y)
        *y = (double) self->plane.height - *y;
}

static void
invalidate(LacImageView *self)
{
    g_clear_object(&self->texture);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_image_view_emit_pointed:
 * @self: a view
 *
 * Tells where the pointer is in the image, and the value there.
 */
void
lac_image_view_emit_pointed(LacImageView *self)
{
    double x = 0.0, y = 0.0, value = (double) NAN;
    gboolean inside = FALSE;
    if (self->pointer_inside && self->buffer != NULL) {
        lac_image_view_to_image(self, self->pointer_x, self->pointer_y, &x, &y);
        inside = x >= 0.0 && y >= 0.0 && x < (double) self->plane.width &&
            y < (double) self->plane.height;
    }
    if (inside) {
        gsize i = (gsize) x * self->plane.step_x + (gsize) y * self->plane.step_y;
        value = (double) self->plane.data[i];
    }
    g_signal_emit(self, signals[POINTED], 0, inside, x, y, value);
}

static void
view_changed(LacImageView *self)
{
    invalidate(self);
    g_signal_emit(self, signals[VIEW_CHANGED], 0);
    lac_image_view_emit_pointed(self);
}

// Leaves the fitted state with the picture as it is.
static void
unfit(LacImageView *self)
{
    if (!self->fitted)
        return;
    Placement p = get_placement(self);
    self->zoom = p.sx;
    self->center_x = 0.5 * (double) self->plane.width;
    self->center_y = 0.5 * (double) self->plane.height;
    self->fitted = FALSE;
}

/**
 * lac_image_view_pan:
 * @self: a view
 * @dx: [widget unit] to the right
 * @dy: [widget unit] downwards
 *
 * Moves the image; some of it stays in view.
 */
void
lac_image_view_pan(LacImageView *self, double dx, double dy)
{
    if (self->buffer == NULL || self->stretch)
        return;
    unfit(self);
    self->center_x -= dx / self->zoom;
    self->center_y -= (self->flip_y ? -dy : dy) / self->zoom;
    self->center_x = CLAMP(self->center_x, 0.0, (double) self->plane.width);
    self->center_y = CLAMP(self->center_y, 0.0, (double) self->plane.height);
    view_changed(self);
}

/**
 * lac_image_view_zoom_at:
 * @self: a view
 * @factor: above 1 makes larger
 * @wx: [widget unit] what stays where it is
 * @wy: [widget unit] likewise
 */
void
lac_image_view_zoom_at(LacImageView *self, double factor, double wx, double wy)
{
    if (self->buffer == NULL || self->stretch)
        return;
    double x, y, w = gtk_widget_get_width(GTK_WIDGET(self));
    double h = gtk_widget_get_height(GTK_WIDGET(self));
    lac_image_view_to_image(self, wx, wy, &x, &y);
    unfit(self);
    double fit = MIN(w / (double) self->plane.width, h / (double) self->plane.height);
    self->zoom = CLAMP(self->zoom * factor, ZOOM_MIN_FIT * fit, MAX(ZOOM_MAX, fit));
    self->center_x = x + (0.5 * w - wx) / self->zoom;
    double dy = (0.5 * h - wy) / self->zoom;
    self->center_y = self->flip_y ? y - dy : y + dy;
    lac_image_view_pan(self, 0.0, 0.0);
}

static void
update_colors(LacImageView *self)
{
    g_autofree guint8 *rgba = g_new(guint8, 4 * LAC_RASTER_COLORS);
    lac_colormap_fill_rgba(self->colormap, LAC_RASTER_COLORS, rgba);
    for (gsize i = 0; i < LAC_RASTER_COLORS; i++)
        self->colors[i] = 0xff000000u | (guint32) rgba[4 * i] << 16 |
            (guint32) rgba[4 * i + 1] << 8 | rgba[4 * i + 2];
}

// The visible part of the image at device resolution.
static void
make_texture(LacImageView *self, int width, int height)
{
    int scale = gtk_widget_get_scale_factor(GTK_WIDGET(self));
    Placement p = get_placement(self);
    double left = MAX(floor(p.x * scale), 0.0), top = MAX(floor(p.y * scale), 0.0);
    double right = MIN(ceil((p.x + (double) self->plane.width * p.sx) * scale), width * scale);
    double bottom = MIN(ceil((p.y + (double) self->plane.height * p.sy) * scale), height * scale);
    if (right - left < 1.0 || bottom - top < 1.0)
        return;
    gsize w = (gsize) (right - left), h = (gsize) (bottom - top);
    LacRasterView view = { .scale_x = p.sx * scale,
        .scale_y = p.sy * scale,
        .x0 = p.x * scale - left,
        .y0 = p.y * scale - top,
        .flip_y = self->flip_y,
        .smooth = self->smooth };
    LacRasterColors colors = { .colors = self->colors, .black = self->black, .white = self->white };
    guint32 *pixels = g_new(guint32, w * h);
    lac_raster_draw(&self->plane, &view, &colors, w, h, pixels);
    g_autoptr(GBytes) bytes = g_bytes_new_take(pixels, w * h * sizeof *pixels);
    self->texture =
        gdk_memory_texture_new((int) w, (int) h, GDK_MEMORY_DEFAULT, bytes, w * sizeof *pixels);
    graphene_rect_init(&self->texture_area, (float) (left / scale), (float) (top / scale),
        (float) ((double) w / scale), (float) ((double) h / scale));
}

static void
lac_image_view_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    LacImageView *self = LAC_IMAGE_VIEW(widget);
    int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    if (width < 1 || height < 1)
        return;
    graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float) width, (float) height);
    // Dark in both styles: the eye judges grey values against their surroundings.
    static const GdkRGBA surround = { 0.11f, 0.11f, 0.12f, 1.0f };
    gtk_snapshot_append_color(snapshot, &surround, &all);
    if (self->buffer == NULL)
        return;
    if (self->texture == NULL)
        make_texture(self, width, height);
    if (self->texture != NULL)
        gtk_snapshot_append_texture(snapshot, self->texture, &self->texture_area);
    if (self->overlay != NULL) {
        cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &all);
        self->overlay(self, cr, width, height, self->overlay_data);
        cairo_destroy(cr);
    }
}

static void
lac_image_view_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    LacImageView *self = LAC_IMAGE_VIEW(widget);
    GTK_WIDGET_CLASS(lac_image_view_parent_class)->size_allocate(widget, width, height, baseline);
    g_clear_object(&self->texture);
    if (self->menu != NULL)
        gtk_popover_present(GTK_POPOVER(self->menu));
}

static void
lac_image_view_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    (void) widget;
    (void) orientation;
    (void) for_size;
    *minimum = 24;
    *natural = 160;
    *minimum_baseline = *natural_baseline = -1;
}

static void
fit_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    (void) name;
    (void) parameter;
    lac_image_view_fit(LAC_IMAGE_VIEW(widget));
}

static void
zoom_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    (void) parameter;
    lac_image_view_zoom(LAC_IMAGE_VIEW(widget),
        g_str_equal(name, "image.zoom-in") ? LAC_IMAGE_ZOOM_STEP : 1.0 / LAC_IMAGE_ZOOM_STEP);
}

static void
copy_action(GtkWidget *widget, const char *name, GVariant *parameter)
{
    (void) name;
    (void) parameter;
    LacImageView *self = LAC_IMAGE_VIEW(widget);
    if (self->texture != NULL)
        gdk_clipboard_set_texture(gtk_widget_get_clipboard(widget), self->texture);
}

static void
scale_factor_cb(GtkWidget *widget)
{
    invalidate(LAC_IMAGE_VIEW(widget));
}

static void
lac_image_view_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    if (id == PROP_SMOOTH)
        g_value_set_boolean(value, LAC_IMAGE_VIEW(object)->smooth);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void
lac_image_view_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    if (id == PROP_SMOOTH)
        lac_image_view_set_smooth(LAC_IMAGE_VIEW(object), g_value_get_boolean(value));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void
lac_image_view_dispose(GObject *object)
{
    g_clear_pointer(&LAC_IMAGE_VIEW(object)->menu, gtk_widget_unparent);
    g_clear_object(&LAC_IMAGE_VIEW(object)->extra);
    G_OBJECT_CLASS(lac_image_view_parent_class)->dispose(object);
}

static void
lac_image_view_finalize(GObject *object)
{
    LacImageView *self = LAC_IMAGE_VIEW(object);
    g_clear_pointer(&self->buffer, lac_buffer_unref);
    g_clear_object(&self->texture);
    g_free(self->colors);
    G_OBJECT_CLASS(lac_image_view_parent_class)->finalize(object);
}

static void
lac_image_view_class_init(LacImageViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    GObjectClass *object_class = G_OBJECT_CLASS(klass);
    object_class->get_property = lac_image_view_get_property;
    object_class->set_property = lac_image_view_set_property;
    object_class->dispose = lac_image_view_dispose;
    object_class->finalize = lac_image_view_finalize;
    widget_class->snapshot = lac_image_view_snapshot;
    widget_class->measure = lac_image_view_measure;
    widget_class->size_allocate = lac_image_view_size_allocate;
    gtk_widget_class_set_css_name(widget_class, "imageview");
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
    properties[PROP_SMOOTH] = g_param_spec_boolean("smooth", NULL, NULL, FALSE,
        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    gtk_widget_class_install_action(widget_class, "image.fit", NULL, fit_action);
    gtk_widget_class_install_action(widget_class, "image.zoom-in", NULL, zoom_action);
    gtk_widget_class_install_action(widget_class, "image.zoom-out", NULL, zoom_action);
    gtk_widget_class_install_property_action(widget_class, "image.smooth", "smooth");
    gtk_widget_class_install_action(widget_class, "image.copy", NULL, copy_action);
    signals[POINTED] = g_signal_new("pointed", LAC_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 4, G_TYPE_BOOLEAN, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
    signals[CLICKED] = g_signal_new("clicked", LAC_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
    signals[DRAGGED] = g_signal_new("dragged", LAC_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
    signals[RELEASED] = g_signal_new("released", LAC_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
    signals[STEPPED] = g_signal_new("stepped", LAC_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
    signals[VIEW_CHANGED] = g_signal_new("view-changed", LAC_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_image_view_init(LacImageView *self)
{
    self->colors = g_new0(guint32, LAC_RASTER_COLORS);
    self->colormap = LAC_COLORMAP_GREY;
    self->white = 1.0f;
    self->fitted = TRUE;
    update_colors(self);
    lac_image_view_add_controllers(self);
    g_signal_connect(self, "notify::scale-factor", G_CALLBACK(scale_factor_cb), NULL);
    gtk_widget_set_focusable(GTK_WIDGET(self), TRUE);
    gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
    gtk_widget_set_hexpand(GTK_WIDGET(self), TRUE);
    gtk_widget_set_vexpand(GTK_WIDGET(self), TRUE);
}

/**
 * lac_image_view_new:
 *
 * Returns: (transfer floating): an empty view, fitted, grey, of the range 0 to 1
 */
GtkWidget *
lac_image_view_new(void)
{
    return g_object_new(LAC_TYPE_IMAGE_VIEW, NULL);
}

/**
 * lac_image_view_set_image:
 * @self: a view
 * @buffer: (nullable): owner of the values; the view takes a reference; %NULL shows nothing
 * @plane: (nullable): which of the values, inside @buffer; %NULL together with @buffer
 *
 * Shows another image. Zoom and place are kept while the shape is the same.
 */
void
lac_image_view_set_image(LacImageView *self, LacBuffer *buffer, const LacPlane *plane)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));
    g_return_if_fail((buffer == NULL) == (plane == NULL));

    LacPlane empty = { 0 };
    if (plane == NULL)
        plane = &empty;
    else
        g_return_if_fail(plane->width > 0 && plane->height > 0 && plane->data >= buffer->data &&
            plane->data + (plane->width - 1) * plane->step_x + (plane->height - 1) * plane->step_y <
                buffer->data + buffer->n);

    if (plane->width != self->plane.width || plane->height != self->plane.height)
        self->fitted = TRUE;
    LacBuffer *old = self->buffer;
    self->buffer = buffer != NULL ? lac_buffer_ref(buffer) : NULL;
    lac_buffer_unref(old);
    self->plane = *plane;
    invalidate(self);
    if (self->pointer_inside)
        lac_image_view_emit_pointed(self);
}

/**
 * lac_image_view_set_range:
 * @self: a view
 * @black: value of the first colour
 * @white: value of the last colour; below @black inverts
 */
void
lac_image_view_set_range(LacImageView *self, double black, double white)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    if ((float) black == self->black && (float) white == self->white)
        return;
    self->black = (float) black;
    self->white = (float) white;
    invalidate(self);
}

/**
 * lac_image_view_set_menu:
 * @self: a view
 * @menu: what stands before the entries that every image has, in the menu of the second button
 */
void
lac_image_view_set_menu(LacImageView *self, GMenuModel *menu)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    g_set_object(&self->extra, menu);
}

/**
 * lac_image_view_set_colormap:
 * @self: a view
 * @colormap: the colours from black to white point
 */
void
lac_image_view_set_colormap(LacImageView *self, LacColormap colormap)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    if (colormap == self->colormap)
        return;
    self->colormap = colormap;
    update_colors(self);
    invalidate(self);
}

/**
 * lac_image_view_set_smooth:
 * @self: a view
 * @smooth: %TRUE to interpolate, %FALSE to show each pixel as a block
 */
void
lac_image_view_set_smooth(LacImageView *self, gboolean smooth)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    if (smooth == self->smooth)
        return;
    self->smooth = smooth;
    invalidate(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_SMOOTH]);
}

/**
 * lac_image_view_set_flip_y:
 * @self: a view
 * @flip_y: %TRUE to show row 0 at the bottom
 */
void
lac_image_view_set_flip_y(LacImageView *self, gboolean flip_y)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    self->flip_y = flip_y;
    invalidate(self);
}

/**
 * lac_image_view_set_stretch:
 * @self: a view
 * @stretch: %TRUE to fill the widget in both directions, without zoom and pan
 */
void
lac_image_view_set_stretch(LacImageView *self, gboolean stretch)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    self->stretch = stretch;
    invalidate(self);
}

/**
 * lac_image_view_set_wheel_steps:
 * @self: a view
 * @wheel_steps: %TRUE to emit "stepped" for the wheel and to zoom with Ctrl only
 */
void
lac_image_view_set_wheel_steps(LacImageView *self, gboolean wheel_steps)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    self->wheel_steps = wheel_steps;
}

/**
 * lac_image_view_set_overlay:
 * @self: a view
 * @overlay: (nullable): draws over the image
 * @data: handed to it; must live as long as @self, or until another overlay is set
 */
void
lac_image_view_set_overlay(LacImageView *self, LacImageOverlay overlay, gpointer data)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    self->overlay = overlay;
    self->overlay_data = data;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_image_view_fit:
 * @self: a view
 *
 * Shows the whole image, as large as it fits, also after a change of the widget's size.
 */
void
lac_image_view_fit(LacImageView *self)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    self->fitted = TRUE;
    view_changed(self);
}

/**
 * lac_image_view_zoom:
 * @self: a view
 * @factor: above 1 magnifies, about the middle of the widget
 */
void
lac_image_view_zoom(LacImageView *self, double factor)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self));

    lac_image_view_zoom_at(self, factor, 0.5 * gtk_widget_get_width(GTK_WIDGET(self)),
        0.5 * gtk_widget_get_height(GTK_WIDGET(self)));
}

/**
 * lac_image_view_copy_view:
 * @self: a view
 * @from: a view of an image of the same shape
 *
 * Takes over zoom and place, without a signal.
 */
void
lac_image_view_copy_view(LacImageView *self, LacImageView *from)
{
    g_return_if_fail(LAC_IS_IMAGE_VIEW(self) && LAC_IS_IMAGE_VIEW(from));

    self->fitted = from->fitted;
    self->zoom = from->zoom;
    self->center_x = from->center_x;
    self->center_y = from->center_y;
    invalidate(self);
}

/**
 * lac_image_view_get_zoom:
 * @self: a view
 *
 * Returns: widget units per image pixel along x
 */
double
lac_image_view_get_zoom(LacImageView *self)
{
    return get_placement(self).sx;
}

/**
 * lac_image_view_get_modifiers:
 * @self: a view
 *
 * Returns: the modifier keys that were held at the newest "clicked", "dragged" or "released"
 */
GdkModifierType
lac_image_view_get_modifiers(LacImageView *self)
{
    return self->modifiers;
}
