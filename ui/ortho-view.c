// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/ortho-view.h"

#include "ui/histogram.h"
#include "ui/latest.h"

#include <math.h>

#define SPACING       1
#define RANGE_DELAY   200 // between automatic ranges of a volume that changes [ms]
#define STATUS_HEIGHT 26

struct _LacOrthoView {
    GtkWidget parent_instance;
    LacSession *session;
    LacSliceView *slices[3]; // by normal
    GtkWidget *status;       // the row below
    GtkLabel *index, *position, *value;
    LacLatest *range; // automatic display range
    gboolean fixed_range;
    LacColormap colormap; // of the volume
    int only;             // normal of the one slice that is shown, or -1
    gboolean points;
    gsize pointed[3];
    double black, white; // range of the volume
    LacVolume *layer;    // (nullable) shown in place of the volume
    double span;         // of the layer's colours, to both sides of 0
    gboolean is_drawing; // a drag draws a line
};

enum {
    POINTED,
    COLORMAP_CHANGED,
    LINE_DRAWN,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacOrthoView, lac_ortho_view, GTK_TYPE_WIDGET)

// From left to right.
static const LacAxis order[3] = { LAC_AXIS_Z, LAC_AXIS_Y, LAC_AXIS_X };

static gpointer
range_work(LacProgress *progress, gpointer data, GError **error)
{
    (void) error;
    (void) progress;
    const LacVolume *volume = data;
    return lac_histogram_new(volume->data, lac_volume_get_size(volume));
}

static void
apply_range(LacOrthoView *self, double black, double white)
{
    self->black = black;
    self->white = white;
    for (guint i = 0; i < 3; i++)
        lac_slice_view_set_range(self->slices[i], self->layer != NULL ? -self->span : black,
            self->layer != NULL ? self->span : white);
}

static LacVolume *
get_shown(LacOrthoView *self)
{
    return self->layer != NULL ? self->layer : lac_session_get_volume(self->session);
}

static void
range_done(gpointer result, const GError *error, gpointer owner)
{
    LacOrthoView *self = owner;
    g_autofree LacHistogram *histogram = result;
    if (error != NULL || self->fixed_range)
        return;
    // Vacuum dominates: the brightest voxels are the atoms, so the white point is the maximum.
    double black, white;
    lac_histogram_get_auto_range(histogram, &black, &white);
    apply_range(self, black, histogram->max);
}

static void
request_range(LacOrthoView *self, guint delay_ms)
{
    LacVolume *volume = lac_session_get_volume(self->session);
    if (volume == NULL || self->fixed_range)
        lac_latest_drop(self->range);
    else
        lac_latest_request(self->range, lac_volume_ref(volume), delay_ms);
}

// What is under the pointer, or else at the crosshair.
static void
update_status(LacOrthoView *self)
{
    LacVolume *volume = get_shown(self);
    gsize at[3];
    if (self->points)
        for (guint i = 0; i < 3; i++)
            at[i] = self->pointed[i];
    else
        lac_session_get_crosshair(self->session, at);
    if (volume == NULL || at[0] >= volume->nx || at[1] >= volume->ny || at[2] >= volume->nz) {
        gtk_label_set_text(self->index, "");
        gtk_label_set_text(self->position, "");
        gtk_label_set_text(self->value, "");
        return;
    }
    g_autofree char *index =
        g_strdup_printf("%s %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT,
            self->points ? "Voxel" : "Crosshair", at[0], at[1], at[2]);
    gtk_label_set_text(self->index, index);
    double size = volume->voxel_size;
    g_autofree char *position = size > 0.0
        ? g_strdup_printf("%.2f, %.2f, %.2f Å",
              ((double) at[0] - (double) (volume->nx / 2)) * size + volume->origin.x,
              ((double) at[1] - (double) (volume->ny / 2)) * size + volume->origin.y,
              ((double) at[2] - (double) (volume->nz / 2)) * size + volume->origin.z)
        : g_strdup("voxel size unknown");
    gtk_label_set_text(self->position, position);
    g_autofree char *value = g_strdup_printf(self->layer != NULL ? "Residual %.5g" : "Value %.5g",
        (double) lac_volume_get(volume, at[0], at[1], at[2]));
    gtk_label_set_text(self->value, value);
}

static void
crosshair_changed_cb(LacOrthoView *self)
{
    gsize at[3];
    lac_session_get_crosshair(self->session, at);
    for (guint i = 0; i < 3; i++)
        lac_slice_view_set_crosshair(self->slices[i], at);
    update_status(self);
}

static void
volume_changed_cb(LacOrthoView *self)
{
    LacVolume *volume = get_shown(self);
    gsize at[3];
    lac_session_get_crosshair(self->session, at);
    for (guint i = 0; i < 3; i++) {
        lac_slice_view_set_crosshair(self->slices[i], at);
        lac_slice_view_set_volume(self->slices[i], volume);
    }
    request_range(self, RANGE_DELAY);
    update_status(self);
}

static void
crosshair_moved_cb(LacSliceView *slice, guint x, guint y, guint z, LacOrthoView *self)
{
    (void) slice;
    gsize at[3] = { x, y, z };
    lac_session_set_crosshair(self->session, at);
}

static void
pointed_cb(LacSliceView *slice, gboolean inside, guint x, guint y, guint z, LacOrthoView *self)
{
    (void) slice;
    self->points = inside;
    self->pointed[0] = x;
    self->pointed[1] = y;
    self->pointed[2] = z;
    update_status(self);
    g_signal_emit(self, signals[POINTED], 0, inside, x, y, z);
}

static void
activated_cb(LacSliceView *slice, LacOrthoView *self)
{
    for (int i = 0; i < 3; i++)
        if (self->slices[i] == slice)
            lac_ortho_view_show_only(self, self->only == i ? -1 : i);
}

// The number of columns that makes the smallest side of a slice as long as possible.
static int
choose_columns(int width, int height)
{
    static const int n_columns[] = { 3, 2, 1 };
    int best = 3, best_side = 0;
    for (guint i = 0; i < G_N_ELEMENTS(n_columns); i++) {
        int n_rows = (3 + n_columns[i] - 1) / n_columns[i];
        int side = MIN(width / n_columns[i], height / n_rows);
        if (side > best_side) {
            best = n_columns[i];
            best_side = side;
        }
    }
    return best;
}

static void
allocate_at(GtkWidget *widget, int x, int y, int width, int height)
{
    GtkAllocation area = { .x = x, .y = y, .width = MAX(width, 1), .height = MAX(height, 1) };
    gtk_widget_size_allocate(widget, &area, -1);
}

static void
lac_ortho_view_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    (void) baseline;
    LacOrthoView *self = LAC_ORTHO_VIEW(widget);
    int status_height;
    gtk_widget_measure(self->status, GTK_ORIENTATION_VERTICAL, width, &status_height, NULL, NULL,
        NULL);
    int room = MAX(height - status_height, 1);
    allocate_at(self->status, 0, room, width, status_height);
    if (self->only >= 0) {
        allocate_at(GTK_WIDGET(self->slices[self->only]), 0, 0, width, room);
        return;
    }
    int n_columns = choose_columns(width, room), n_rows = (3 + n_columns - 1) / n_columns;
    for (int i = 0; i < 3; i++) {
        int column = i % n_columns, row = i / n_columns;
        int left = column * (width + SPACING) / n_columns;
        int right = (column + 1) * (width + SPACING) / n_columns - SPACING;
        int top = row * (room + SPACING) / n_rows;
        int bottom = (row + 1) * (room + SPACING) / n_rows - SPACING;
        allocate_at(GTK_WIDGET(self->slices[order[i]]), left, top, right - left, bottom - top);
    }
}

static void
lac_ortho_view_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    (void) for_size;
    LacOrthoView *self = LAC_ORTHO_VIEW(widget);
    int status_minimum, status_natural;
    gtk_widget_measure(self->status, orientation, -1, &status_minimum, &status_natural, NULL, NULL);
    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
        *minimum = MAX(status_minimum, 120);
        *natural = MAX(status_natural, 480);
    }
    else {
        *minimum = status_minimum + 60;
        *natural = status_natural + 180;
    }
    *minimum_baseline = *natural_baseline = -1;
}

static void
lac_ortho_view_dispose(GObject *object)
{
    LacOrthoView *self = LAC_ORTHO_VIEW(object);
    g_clear_pointer(&self->range, lac_latest_free);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    for (guint i = 0; i < 3; i++)
        if (self->slices[i] != NULL)
            gtk_widget_unparent(GTK_WIDGET(g_steal_pointer(&self->slices[i])));
    g_clear_pointer(&self->status, gtk_widget_unparent);
    g_clear_pointer(&self->layer, lac_volume_unref);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_ortho_view_parent_class)->dispose(object);
}

static void
lac_ortho_view_class_init(LacOrthoViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_ortho_view_dispose;
    widget_class->size_allocate = lac_ortho_view_size_allocate;
    widget_class->measure = lac_ortho_view_measure;
    gtk_widget_class_set_css_name(widget_class, "orthoview");
    signals[POINTED] = g_signal_new("pointed", LAC_TYPE_ORTHO_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 4, G_TYPE_BOOLEAN, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
    signals[COLORMAP_CHANGED] = g_signal_new("colormap-changed", LAC_TYPE_ORTHO_VIEW,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[LINE_DRAWN] = g_signal_new("line-drawn", LAC_TYPE_ORTHO_VIEW, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
set_drawing(LacOrthoView *self, gboolean is_drawing)
{
    self->is_drawing = is_drawing;
    for (guint i = 0; i < 3; i++)
        lac_slice_view_set_drawing(self->slices[i], is_drawing);
}

static void
line_drawn_cb(LacSliceView *slice, const LacVec3 *a, const LacVec3 *b, LacOrthoView *self)
{
    (void) slice;
    lac_session_draw_line(self->session, *a, *b);
    g_signal_emit(self, signals[LINE_DRAWN], 0);
}

static void
chosen_changed_cb(LacOrthoView *self)
{
    const LacLineParams *line = lac_session_get_line(self->session);
    const LacVec3 ends[2] = { line != NULL ? line->a : (LacVec3){ 0 },
        line != NULL ? line->b : (LacVec3){ 0 } };
    for (guint i = 0; i < 3; i++)
        lac_slice_view_set_line(self->slices[i], line != NULL ? ends : NULL,
            line != NULL ? line->radius : 0.0);
}

// C: the next colours, with Shift the ones before. D: draw a line, until D or Escape.
static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacOrthoView *self)
{
    (void) controller;
    (void) code;
    if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
        return GDK_EVENT_PROPAGATE;
    if (key == GDK_KEY_d || key == GDK_KEY_D || (key == GDK_KEY_Escape && self->is_drawing)) {
        set_drawing(self, !self->is_drawing);
        return GDK_EVENT_STOP;
    }
    if (key != GDK_KEY_c && key != GDK_KEY_C)
        return GDK_EVENT_PROPAGATE;
    guint step = (state & GDK_SHIFT_MASK) != 0 ? LAC_N_COLORMAPS - 1 : 1;
    lac_ortho_view_set_colormap(self, (LacColormap) ((self->colormap + step) % LAC_N_COLORMAPS));
    return GDK_EVENT_STOP;
}

static GtkLabel *
add_status_label(LacOrthoView *self, const char *tooltip)
{
    GtkWidget *label = gtk_label_new("");
    gtk_widget_add_css_class(label, "numeric");
    gtk_widget_add_css_class(label, "caption");
    gtk_widget_set_tooltip_text(label, tooltip);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_box_append(GTK_BOX(self->status), label);
    return GTK_LABEL(label);
}

static void
lac_ortho_view_init(LacOrthoView *self)
{
    static const char *const tooltips[3] = {
        "Slice yz: normal to x. Double-click to show it alone",
        "Slice xz: normal to y. Double-click to show it alone",
        "Slice xy: normal to z. Double-click to show it alone",
    };
    self->only = -1;
    self->colormap = LAC_COLORMAP_GREY;
    self->white = 1.0;
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self), key);
    self->range =
        lac_latest_new(range_work, (GDestroyNotify) lac_volume_unref, g_free, range_done, self);
    for (guint i = 0; i < 3; i++) {
        GtkWidget *slice = lac_slice_view_new(order[i]);
        self->slices[order[i]] = LAC_SLICE_VIEW(slice);
        g_signal_connect(slice, "crosshair-moved", G_CALLBACK(crosshair_moved_cb), self);
        g_signal_connect(slice, "pointed", G_CALLBACK(pointed_cb), self);
        g_signal_connect(slice, "activated", G_CALLBACK(activated_cb), self);
        g_signal_connect(slice, "line-drawn", G_CALLBACK(line_drawn_cb), self);
        gtk_accessible_update_property(GTK_ACCESSIBLE(slice), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
            tooltips[order[i]], -1);
        gtk_widget_set_parent(slice, GTK_WIDGET(self));
    }
    self->status = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 18);
    gtk_widget_add_css_class(self->status, "toolbar");
    gtk_widget_set_size_request(self->status, -1, STATUS_HEIGHT);
    gtk_widget_set_margin_start(self->status, 6);
    self->index = add_status_label(self, "Voxel under the pointer, or at the crosshair");
    self->position = add_status_label(self, "Its position relative to the rotation centre");
    self->value = add_status_label(self, "Its value");
    gtk_widget_set_parent(self->status, GTK_WIDGET(self));
}

/**
 * lac_ortho_view_new:
 * @session: whose volume and crosshair are shown; the view takes a reference
 *
 * Returns: (transfer floating): three slices and a line about the voxel under the pointer
 */
GtkWidget *
lac_ortho_view_new(LacSession *session)
{
    LacOrthoView *self = g_object_new(LAC_TYPE_ORTHO_VIEW, NULL);
    self->session = g_object_ref(session);
    g_signal_connect_object(session, "volume-changed", G_CALLBACK(volume_changed_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect_object(session, "crosshair-changed", G_CALLBACK(crosshair_changed_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect_object(session, "chosen-changed", G_CALLBACK(chosen_changed_cb), self,
        G_CONNECT_SWAPPED);
    volume_changed_cb(self);
    chosen_changed_cb(self);
    return GTK_WIDGET(self);
}

/**
 * lac_ortho_view_set_range:
 * @self: a view
 * @black: value of the first colour
 * @white: value of the last colour
 *
 * Sets the display range and ends the automatic one.
 */
void
lac_ortho_view_set_range(LacOrthoView *self, double black, double white)
{
    g_return_if_fail(LAC_IS_ORTHO_VIEW(self));

    self->fixed_range = TRUE;
    lac_latest_drop(self->range);
    apply_range(self, black, white);
}

/**
 * lac_ortho_view_set_auto_range:
 * @self: a view
 *
 * Lets the display range follow the volume.
 */
void
lac_ortho_view_set_auto_range(LacOrthoView *self)
{
    g_return_if_fail(LAC_IS_ORTHO_VIEW(self));

    if (!self->fixed_range)
        return;
    self->fixed_range = FALSE;
    request_range(self, 0);
}

/**
 * lac_ortho_view_set_colormap:
 * @self: a view
 * @colormap: the colours of all three slices
 */
void
lac_ortho_view_set_colormap(LacOrthoView *self, LacColormap colormap)
{
    g_return_if_fail(LAC_IS_ORTHO_VIEW(self));

    if (colormap == self->colormap)
        return;
    self->colormap = colormap;
    for (guint i = 0; i < 3 && self->layer == NULL; i++)
        lac_slice_view_set_colormap(self->slices[i], colormap);
    g_signal_emit(self, signals[COLORMAP_CHANGED], 0);
}

/**
 * lac_ortho_view_get_colormap:
 * @self: a view
 *
 * Returns: the colours of the slices
 */
LacColormap
lac_ortho_view_get_colormap(LacOrthoView *self)
{
    return self->colormap;
}

/**
 * lac_ortho_view_set_layer:
 * @self: a view
 * @layer: (nullable): shown in place of the volume, such as its residual; %NULL for the volume
 * @span: above 0: the value at which the colours end, to both sides of 0
 */
void
lac_ortho_view_set_layer(LacOrthoView *self, LacVolume *layer, double span)
{
    g_return_if_fail(LAC_IS_ORTHO_VIEW(self));
    g_return_if_fail(layer == NULL || span > 0.0);

    if (layer != NULL)
        lac_volume_ref(layer);
    g_clear_pointer(&self->layer, lac_volume_unref);
    self->layer = layer;
    self->span = span;
    for (guint i = 0; i < 3; i++)
        lac_slice_view_set_colormap(self->slices[i],
            layer != NULL ? LAC_COLORMAP_DIVERGING : self->colormap);
    apply_range(self, self->black, self->white);
    volume_changed_cb(self);
}

/**
 * lac_ortho_view_show_only:
 * @self: a view
 * @normal: the axis normal to the one slice to show, or -1 for all three
 */
void
lac_ortho_view_show_only(LacOrthoView *self, int normal)
{
    g_return_if_fail(LAC_IS_ORTHO_VIEW(self));
    g_return_if_fail(normal >= -1 && normal < 3);

    self->only = normal;
    for (int i = 0; i < 3; i++)
        gtk_widget_set_child_visible(GTK_WIDGET(self->slices[i]), normal < 0 || normal == i);
    gtk_widget_queue_allocate(GTK_WIDGET(self));
}

/**
 * lac_ortho_view_get_slice:
 * @self: a view
 * @normal: which
 *
 * Returns: (transfer none): the slice normal to that axis
 */
LacSliceView *
lac_ortho_view_get_slice(LacOrthoView *self, LacAxis normal)
{
    return self->slices[normal];
}
