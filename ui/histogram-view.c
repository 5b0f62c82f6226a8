// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/histogram-view.h"

#include "ui/histogram.h"
#include "ui/latest.h"
#include "ui/number-entry.h"

#include <math.h>

#define DELAY       60        // between histograms of data that change quickly [ms]
#define LARGE       (1 << 20) // values from which the delay applies
#define MARGIN      6.0
#define GRIP        9.0  // height of the handles' feet
#define KEY_STEP    0.01 // of the range
#define FINE        0.1  // with Shift
#define AREA_HEIGHT 84

typedef struct {
    LacBuffer *buffer;
    gsize offset, n;
} Request;

struct _LacHistogramView {
    GtkWidget parent_instance;
    GtkWidget *area, *row;
    LacNumberEntry *entries[2]; // black, white
    GtkToggleButton *automatic;
    LacLatest *worker;
    LacHistogram *histogram; // (nullable)
    double points[2];        // black, white
    guint active;            // the point that keys move
    double drag_start;       // its value when the drag began
};

enum {
    RANGE_CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacHistogramView, lac_histogram_view, GTK_TYPE_WIDGET)

static void
request_free(gpointer data)
{
    Request *request = data;
    lac_buffer_unref(request->buffer);
    g_free(request);
}

static gpointer
work(LacProgress *progress, gpointer data, GError **error)
{
    (void) progress;
    (void) error;
    const Request *request = data;
    return lac_histogram_new(request->buffer->data + request->offset, request->n);
}

static LacHistogramFrame
get_frame(LacHistogramView *self)
{
    LacHistogramFrame frame = { .x = MARGIN,
        .y = 2.0,
        .width = MAX(gtk_widget_get_width(self->area) - 2.0 * MARGIN, 1.0),
        .height = MAX(gtk_widget_get_height(self->area) - GRIP - 3.0, 1.0),
        .hi = 1.0 };
    if (self->histogram != NULL) {
        frame.lo = self->histogram->min;
        frame.hi = self->histogram->max;
    }
    // Points outside the data stay in reach.
    frame.lo = MIN(frame.lo, MIN(self->points[0], self->points[1]));
    frame.hi = MAX(frame.hi, MAX(self->points[0], self->points[1]));
    if (!(frame.hi > frame.lo))
        frame.hi = frame.lo + 1.0;
    return frame;
}

static double
to_x(const LacHistogramFrame *frame, double value)
{
    return frame->x + (value - frame->lo) / (frame->hi - frame->lo) * frame->width;
}

static void
draw_point(cairo_t *cr, const LacHistogramFrame *frame, double value, double fill,
    const GdkRGBA *text)
{
    double x = floor(to_x(frame, value)) + 0.5, bottom = frame->y + frame->height;
    gdk_cairo_set_source_rgba(cr, text);
    cairo_set_line_width(cr, 1.0);
    cairo_move_to(cr, x, frame->y);
    cairo_line_to(cr, x, bottom);
    cairo_stroke(cr);
    cairo_move_to(cr, x, bottom);
    cairo_line_to(cr, x + 5.0, bottom + GRIP);
    cairo_line_to(cr, x - 5.0, bottom + GRIP);
    cairo_close_path(cr);
    cairo_set_source_rgb(cr, fill, fill, fill);
    cairo_fill_preserve(cr);
    gdk_cairo_set_source_rgba(cr, text);
    cairo_stroke(cr);
}

static void
draw_cb(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    LacHistogramView *self = data;
    (void) width;
    (void) height;
    GdkRGBA text;
    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(area)), &text);
    if (self->histogram == NULL)
        return;
    LacHistogramFrame frame = get_frame(self);
    cairo_set_source_rgba(cr, (double) text.red, (double) text.green, (double) text.blue, 0.05);
    cairo_rectangle(cr, frame.x, frame.y, frame.width, frame.height);
    cairo_fill(cr);
    double left = to_x(&frame, MIN(self->points[0], self->points[1]));
    double right = to_x(&frame, MAX(self->points[0], self->points[1]));
    lac_histogram_trace(self->histogram->bins, LAC_HISTOGRAM_BINS, self->histogram->min,
        self->histogram->max, &frame, cr);
    cairo_path_t *path = cairo_copy_path(cr);
    cairo_set_source_rgba(cr, (double) text.red, (double) text.green, (double) text.blue, 0.25);
    cairo_fill(cr);
    cairo_save(cr);
    cairo_rectangle(cr, left, 0.0, MAX(right - left, 1.0), frame.y + frame.height);
    cairo_clip(cr);
    cairo_append_path(cr, path);
    cairo_set_source_rgba(cr, (double) text.red, (double) text.green, (double) text.blue, 0.65);
    cairo_fill(cr);
    cairo_restore(cr);
    cairo_path_destroy(path);
    draw_point(cr, &frame, self->points[0], 0.0, &text);
    draw_point(cr, &frame, self->points[1], 1.0, &text);
    if (gtk_widget_has_visible_focus(GTK_WIDGET(area)))
        gtk_render_focus(gtk_widget_get_style_context(GTK_WIDGET(area)), cr,
            to_x(&frame, self->points[self->active]) - 7.0, frame.y, 14.0, frame.height + GRIP);
}

static void
show_points(LacHistogramView *self)
{
    for (guint i = 0; i < 2; i++)
        lac_number_entry_set_value(self->entries[i], self->points[i]);
    gtk_widget_queue_draw(self->area);
}

static void
apply_points(LacHistogramView *self, double black, double white)
{
    if (black == self->points[0] && white == self->points[1])
        return;
    self->points[0] = black;
    self->points[1] = white;
    show_points(self);
    g_signal_emit(self, signals[RANGE_CHANGED], 0, black, white);
}

static void
apply_automatic(LacHistogramView *self)
{
    double black, white;
    if (self->histogram == NULL || !gtk_toggle_button_get_active(self->automatic))
        return;
    lac_histogram_get_auto_range(self->histogram, &black, &white);
    apply_points(self, black, white);
}

// By hand: the automatic ends.
static void
set_point(LacHistogramView *self, guint which, double value)
{
    double points[2] = { self->points[0], self->points[1] };
    points[which] = value;
    gtk_toggle_button_set_active(self->automatic, FALSE);
    apply_points(self, points[0], points[1]);
}

static void
done(gpointer result, const GError *error, gpointer owner)
{
    LacHistogramView *self = owner;
    if (error != NULL)
        return;
    g_free(self->histogram);
    self->histogram = result;
    gtk_widget_queue_draw(self->area);
    apply_automatic(self);
}

static void
drag_begin_cb(GtkGestureDrag *gesture, double x, double y, LacHistogramView *self)
{
    (void) gesture;
    (void) y;
    LacHistogramFrame frame = get_frame(self);
    double d0 = fabs(to_x(&frame, self->points[0]) - x);
    double d1 = fabs(to_x(&frame, self->points[1]) - x);
    self->active = d1 < d0 || (d1 == d0 && x > to_x(&frame, self->points[1])) ? 1 : 0;
    self->drag_start = self->points[self->active];
    gtk_widget_grab_focus(self->area);
}

static void
drag_update_cb(GtkGestureDrag *gesture, double dx, double dy, LacHistogramView *self)
{
    (void) dy;
    LacHistogramFrame frame = get_frame(self);
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    if (self->histogram == NULL || fabs(dx) < 1.0)
        return;
    double speed = (state & GDK_SHIFT_MASK) != 0 ? FINE : 1.0;
    double lo = self->histogram->min, hi = self->histogram->max;
    double value = self->drag_start + speed * dx / frame.width * (frame.hi - frame.lo);
    set_point(self, self->active, CLAMP(value, lo, hi));
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacHistogramView *self)
{
    (void) controller;
    (void) code;
    LacHistogramFrame frame = get_frame(self);
    double step = KEY_STEP * (frame.hi - frame.lo) * ((state & GDK_SHIFT_MASK) != 0 ? FINE : 1.0);
    switch (key) {
    case GDK_KEY_Left: set_point(self, self->active, self->points[self->active] - step); break;
    case GDK_KEY_Right: set_point(self, self->active, self->points[self->active] + step); break;
    case GDK_KEY_Up:
    case GDK_KEY_Down: self->active = 1 - self->active; break;
    default: return GDK_EVENT_PROPAGATE;
    }
    gtk_widget_queue_draw(self->area);
    return GDK_EVENT_STOP;
}

static void
edited_cb(LacNumberEntry *entry, double value, LacHistogramView *self)
{
    set_point(self, entry == self->entries[1] ? 1 : 0, value);
}

static void
lac_histogram_view_dispose(GObject *object)
{
    LacHistogramView *self = LAC_HISTOGRAM_VIEW(object);
    g_clear_pointer(&self->worker, lac_latest_free);
    // A field that is left half edited must not reach what is gone already.
    for (guint i = 0; i < 2 && self->row != NULL; i++)
        g_signal_handlers_disconnect_by_data(self->entries[i], self);
    g_clear_pointer(&self->area, gtk_widget_unparent);
    g_clear_pointer(&self->row, gtk_widget_unparent);
    g_clear_pointer(&self->histogram, g_free);
    G_OBJECT_CLASS(lac_histogram_view_parent_class)->dispose(object);
}

static void
lac_histogram_view_class_init(LacHistogramViewClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_histogram_view_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BOX_LAYOUT);
    signals[RANGE_CHANGED] = g_signal_new("range-changed", LAC_TYPE_HISTOGRAM_VIEW,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
make_area(LacHistogramView *self)
{
    self->area = gtk_drawing_area_new();
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(self->area), draw_cb, self, NULL);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(self->area), AREA_HEIGHT);
    gtk_widget_set_focusable(self->area, TRUE);
    gtk_widget_set_hexpand(self->area, TRUE);
    gtk_widget_set_vexpand(self->area, TRUE);
    gtk_widget_set_tooltip_text(self->area,
        "Drag the black and the white point; Shift makes it ten times finer. Keys: Up and Down "
        "choose a point, Left and Right move it");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->area), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Histogram with black and white point", -1);
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin_cb), self);
    g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update_cb), self);
    gtk_widget_add_controller(self->area, GTK_EVENT_CONTROLLER(drag));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(self->area, key);
    gtk_widget_set_parent(self->area, GTK_WIDGET(self));
}

static void
make_row(LacHistogramView *self)
{
    self->row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *black = lac_number_entry_new("Black point", "Values up to this one are black");
    GtkWidget *white = lac_number_entry_new("White point", "Values from this one on are white");
    self->entries[0] = LAC_NUMBER_ENTRY(black);
    self->entries[1] = LAC_NUMBER_ENTRY(white);
    g_signal_connect(black, "edited", G_CALLBACK(edited_cb), self);
    g_signal_connect(white, "edited", G_CALLBACK(edited_cb), self);
    GtkWidget *automatic = gtk_toggle_button_new_with_mnemonic("A_uto");
    gtk_widget_set_tooltip_text(automatic,
        "Let the range follow the data, without the most extreme 0.2 % at either end");
    gtk_accessible_update_property(GTK_ACCESSIBLE(automatic), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Automatic range", -1);
    self->automatic = GTK_TOGGLE_BUTTON(automatic);
    gtk_toggle_button_set_active(self->automatic, TRUE);
    g_signal_connect_swapped(automatic, "toggled", G_CALLBACK(apply_automatic), self);
    gtk_widget_set_halign(automatic, GTK_ALIGN_CENTER);
    gtk_widget_set_hexpand(automatic, TRUE);
    gtk_box_append(GTK_BOX(self->row), black);
    gtk_box_append(GTK_BOX(self->row), automatic);
    gtk_box_append(GTK_BOX(self->row), white);
    gtk_widget_set_parent(self->row, GTK_WIDGET(self));
}

static void
lac_histogram_view_init(LacHistogramView *self)
{
    self->points[1] = 1.0;
    self->worker = lac_latest_new(work, request_free, g_free, done, self);
    GtkBoxLayout *layout = GTK_BOX_LAYOUT(gtk_widget_get_layout_manager(GTK_WIDGET(self)));
    gtk_orientable_set_orientation(GTK_ORIENTABLE(layout), GTK_ORIENTATION_VERTICAL);
    gtk_box_layout_set_spacing(layout, 6);
    make_area(self);
    make_row(self);
    show_points(self);
}

/**
 * lac_histogram_view_new:
 *
 * Returns: (transfer floating): an empty histogram with the range 0 to 1, automatic
 */
GtkWidget *
lac_histogram_view_new(void)
{
    return g_object_new(LAC_TYPE_HISTOGRAM_VIEW, NULL);
}

/**
 * lac_histogram_view_set_data:
 * @self: a view
 * @buffer: (nullable): holds the values; a reference is taken while they are counted
 * @offset: first value
 * @n: how many
 *
 * Counts in a worker. What is shown stays until the result is there.
 */
void
lac_histogram_view_set_data(LacHistogramView *self, LacBuffer *buffer, gsize offset, gsize n)
{
    g_return_if_fail(LAC_IS_HISTOGRAM_VIEW(self));
    g_return_if_fail(buffer == NULL || (n > 0 && offset + n <= buffer->n));

    if (buffer == NULL) {
        lac_latest_drop(self->worker);
        g_clear_pointer(&self->histogram, g_free);
        gtk_widget_queue_draw(self->area);
        return;
    }
    Request *request = g_new(Request, 1);
    *request = (Request){ .buffer = lac_buffer_ref(buffer), .offset = offset, .n = n };
    lac_latest_request(self->worker, request, n >= LARGE ? DELAY : 0);
}

/**
 * lac_histogram_view_set_range:
 * @self: a view
 * @black: value of the black point
 * @white: value of the white point
 *
 * Sets the range without a signal and ends the automatic.
 */
void
lac_histogram_view_set_range(LacHistogramView *self, double black, double white)
{
    g_return_if_fail(LAC_IS_HISTOGRAM_VIEW(self));

    gtk_toggle_button_set_active(self->automatic, FALSE);
    self->points[0] = black;
    self->points[1] = white;
    show_points(self);
}

/**
 * lac_histogram_view_get_range:
 * @self: a view
 * @black: (out): value of the black point
 * @white: (out): value of the white point
 */
void
lac_histogram_view_get_range(LacHistogramView *self, double *black, double *white)
{
    g_return_if_fail(LAC_IS_HISTOGRAM_VIEW(self));

    *black = self->points[0];
    *white = self->points[1];
}

/**
 * lac_histogram_view_set_automatic:
 * @self: a view
 * @automatic: whether the range follows the data
 */
void
lac_histogram_view_set_automatic(LacHistogramView *self, gboolean automatic)
{
    g_return_if_fail(LAC_IS_HISTOGRAM_VIEW(self));

    gtk_toggle_button_set_active(self->automatic, automatic);
}

/**
 * lac_histogram_view_get_automatic:
 * @self: a view
 *
 * Returns: whether the range follows the data
 */
gboolean
lac_histogram_view_get_automatic(LacHistogramView *self)
{
    return gtk_toggle_button_get_active(self->automatic);
}

/**
 * lac_histogram_view_is_busy:
 * @self: a view
 *
 * Returns: whether a histogram is being made
 */
gboolean
lac_histogram_view_is_busy(LacHistogramView *self)
{
    return lac_latest_is_busy(self->worker);
}
