// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/class-histogram.h"

#include "ui/axes.h"

#include <math.h>
#include <string.h>

#define N_BINS      96
#define HEIGHT      132
#define MARGIN      8.0
#define GRIP        9.0    // height of the handles' feet
#define AXIS        16.0   // room for the numbers below
#define REACH       12.0   // from the pointer to a border that it takes
#define EXTREME     0.0005 // share of the values left out of the axis at either end
#define KEY_STEP    0.005  // of the axis
#define FINE        0.1    // with Shift
#define LABEL_TICKS 3

struct _LacClassHistogram {
    GtkWidget parent_instance;
    GtkWidget *area, *legend;
    GtkWidget *counts[LAC_CLASS_HISTOGRAM_MAX]; // labels in the legend
    double *sorted;                             // finite values in ascending order
    gsize n;
    double lo, hi; // of the axis
    gsize bins[N_BINS];
    guint n_classes;
    GdkRGBA colors[LAC_CLASS_HISTOGRAM_MAX];
    char *names[LAC_CLASS_HISTOGRAM_MAX];
    double borders[LAC_CLASS_HISTOGRAM_MAX - 1];
    guint active;      // the border that is dragged, or moved by keys
    double drag_start; // its value when the drag began
    gboolean drags, was_moved;
};

enum {
    BORDERS_CHANGED,
    BORDERS_COMMITTED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacClassHistogram, lac_class_histogram, GTK_TYPE_WIDGET)

// --- counting

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// The number of values below @limit.
static gsize
count_below(const LacClassHistogram *self, double limit)
{
    gsize low = 0, high = self->n;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        if (self->sorted[middle] < limit)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gsize
get_count(LacClassHistogram *self, guint index)
{
    g_return_val_if_fail(LAC_IS_CLASS_HISTOGRAM(self) && index < self->n_classes, 0);

    gsize below = index > 0 ? count_below(self, self->borders[index - 1]) : 0;
    gsize above = index + 1 < self->n_classes ? count_below(self, self->borders[index]) : self->n;
    return above - MIN(below, above);
}

static void
show_counts(LacClassHistogram *self)
{
    for (guint k = 0; k < self->n_classes; k++) {
        g_autofree char *text = g_strdup_printf("%'" G_GSIZE_FORMAT, get_count(self, k));
        gtk_label_set_text(GTK_LABEL(self->counts[k]), text);
    }
    gtk_widget_queue_draw(self->area);
}

static void
fill_bins(LacClassHistogram *self)
{
    memset(self->bins, 0, sizeof self->bins);
    self->lo = 0.0;
    self->hi = 1.0;
    if (self->n == 0)
        return;
    gsize skipped = (gsize) floor(EXTREME * (double) self->n);
    self->lo = MIN(self->sorted[skipped], 0.0);
    self->hi = self->sorted[self->n - 1 - skipped];
    double room = 0.03 * (self->hi - self->lo);
    self->hi += room > 0.0 ? room : 1.0;
    for (gsize i = 0; i < self->n; i++) {
        double k = (self->sorted[i] - self->lo) / (self->hi - self->lo) * N_BINS;
        if (k >= 0.0 && k < N_BINS)
            self->bins[(guint) k]++;
    }
}

// --- drawing

typedef struct {
    double x, y, width, height;
} Frame;

static Frame
get_frame(LacClassHistogram *self)
{
    return (Frame){ .x = MARGIN,
        .y = 4.0,
        .width = MAX(gtk_widget_get_width(self->area) - 2.0 * MARGIN, 1.0),
        .height = MAX(gtk_widget_get_height(self->area) - AXIS - GRIP - 6.0, 1.0) };
}

static double
to_x(LacClassHistogram *self, const Frame *frame, double value)
{
    double t = (value - self->lo) / (self->hi - self->lo);
    return frame->x + CLAMP(t, 0.0, 1.0) * frame->width;
}

static guint
class_of(const LacClassHistogram *self, double value)
{
    guint k = 0;
    while (k + 1 < self->n_classes && value >= self->borders[k])
        k++;
    return k;
}

// Square roots, so that few atoms of one class are seen beside many of another.
static void
draw_bars(LacClassHistogram *self, const Frame *frame, cairo_t *cr)
{
    double largest = 1.0, width = frame->width / N_BINS;
    for (guint i = 0; i < N_BINS; i++)
        largest = MAX(largest, sqrt((double) self->bins[i]));
    for (guint i = 0; i < N_BINS; i++) {
        double height = frame->height * sqrt((double) self->bins[i]) / largest;
        double value = self->lo + (i + 0.5) / N_BINS * (self->hi - self->lo);
        gdk_cairo_set_source_rgba(cr, &self->colors[class_of(self, value)]);
        cairo_rectangle(cr, frame->x + i * width, frame->y + frame->height - height,
            MAX(width - 0.5, 0.5), height);
        cairo_fill(cr);
    }
}

static void
draw_border(LacClassHistogram *self, const Frame *frame, guint k, const GdkRGBA *text, cairo_t *cr)
{
    double x = floor(to_x(self, frame, self->borders[k])) + 0.5;
    double bottom = frame->y + frame->height;
    gdk_cairo_set_source_rgba(cr, text);
    cairo_set_line_width(cr, self->drags && k == self->active ? 2.0 : 1.0);
    cairo_move_to(cr, x, frame->y);
    cairo_line_to(cr, x, bottom);
    cairo_stroke(cr);
    cairo_move_to(cr, x, bottom);
    cairo_line_to(cr, x + 5.5, bottom + GRIP);
    cairo_line_to(cr, x - 5.5, bottom + GRIP);
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void
draw_axis(LacClassHistogram *self, const Frame *frame, cairo_t *cr)
{
    double y = frame->y + frame->height + GRIP + 2.0;
    LacPainter painter;
    lac_painter_init(&painter, self->area, cr);
    for (guint i = 0; i < LABEL_TICKS; i++) {
        double t = (double) i / (LABEL_TICKS - 1);
        g_autofree char *text = g_strdup_printf("%.3g", self->lo + t * (self->hi - self->lo));
        lac_painter_draw_text(&painter, frame->x + t * frame->width, y, t, 0.0, 0.7, text);
    }
}

static void
draw_cb(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    LacClassHistogram *self = data;
    (void) width;
    (void) height;
    GdkRGBA text;
    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(area)), &text);
    Frame frame = get_frame(self);
    cairo_set_source_rgba(cr, (double) text.red, (double) text.green, (double) text.blue, 0.05);
    cairo_rectangle(cr, frame.x, frame.y, frame.width, frame.height);
    cairo_fill(cr);
    if (self->n == 0)
        return;
    draw_bars(self, &frame, cr);
    for (guint k = 0; k + 1 < self->n_classes; k++)
        draw_border(self, &frame, k, &text, cr);
    draw_axis(self, &frame, cr);
    if (gtk_widget_has_visible_focus(GTK_WIDGET(area)) && self->n_classes > 1)
        gtk_render_focus(gtk_widget_get_style_context(GTK_WIDGET(area)), cr,
            to_x(self, &frame, self->borders[self->active]) - 7.0, frame.y, 14.0,
            frame.height + GRIP);
}

// --- moving borders

// A border stays between its neighbours.
static void
set_border(LacClassHistogram *self, guint k, double value)
{
    double lo = k > 0 ? self->borders[k - 1] : self->lo;
    double hi = k + 2 < self->n_classes ? self->borders[k + 1] : self->hi;
    value = CLAMP(value, lo, hi);
    if (value == self->borders[k])
        return;
    self->borders[k] = value;
    self->was_moved = TRUE;
    show_counts(self);
    g_signal_emit(self, signals[BORDERS_CHANGED], 0);
}

static void
commit(LacClassHistogram *self)
{
    if (!self->was_moved)
        return;
    self->was_moved = FALSE;
    g_signal_emit(self, signals[BORDERS_COMMITTED], 0);
}

static void
drag_begin_cb(GtkGestureDrag *gesture, double x, double y, LacClassHistogram *self)
{
    (void) y;
    Frame frame = get_frame(self);
    double nearest = REACH;
    gtk_widget_grab_focus(self->area);
    self->drags = FALSE;
    for (guint k = 0; k + 1 < self->n_classes && self->n > 0; k++) {
        double distance = fabs(to_x(self, &frame, self->borders[k]) - x);
        if (distance > nearest)
            continue;
        nearest = distance;
        self->active = k;
        self->drags = TRUE;
    }
    if (self->drags)
        self->drag_start = self->borders[self->active];
    else
        gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_DENIED);
}

static void
drag_update_cb(GtkGestureDrag *gesture, double dx, double dy, LacClassHistogram *self)
{
    (void) dy;
    if (!self->drags || fabs(dx) < 1.0)
        return;
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    double speed = (state & GDK_SHIFT_MASK) != 0 ? FINE : 1.0;
    double per_unit = (self->hi - self->lo) / get_frame(self).width;
    set_border(self, self->active, self->drag_start + speed * dx * per_unit);
}

static void
drag_end_cb(LacClassHistogram *self)
{
    self->drags = FALSE;
    gtk_widget_queue_draw(self->area);
    commit(self);
}

static void
motion_cb(GtkEventControllerMotion *controller, double x, double y, LacClassHistogram *self)
{
    (void) controller;
    (void) y;
    Frame frame = get_frame(self);
    gboolean near = self->drags;
    for (guint k = 0; k + 1 < self->n_classes; k++)
        near = near || fabs(to_x(self, &frame, self->borders[k]) - x) <= REACH;
    gtk_widget_set_cursor_from_name(self->area, near && self->n > 0 ? "ew-resize" : NULL);
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacClassHistogram *self)
{
    (void) controller;
    (void) code;
    if (self->n == 0 || self->n_classes < 2)
        return GDK_EVENT_PROPAGATE;
    double step = KEY_STEP * (self->hi - self->lo) * ((state & GDK_SHIFT_MASK) != 0 ? FINE : 1.0);
    guint n = self->n_classes - 1;
    switch (key) {
    case GDK_KEY_Left: set_border(self, self->active, self->borders[self->active] - step); break;
    case GDK_KEY_Right: set_border(self, self->active, self->borders[self->active] + step); break;
    case GDK_KEY_Up: self->active = (self->active + 1) % n; break;
    case GDK_KEY_Down: self->active = (self->active + n - 1) % n; break;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter: commit(self); break;
    default: return GDK_EVENT_PROPAGATE;
    }
    gtk_widget_queue_draw(self->area);
    return GDK_EVENT_STOP;
}

// --- the widget

static void
lac_class_histogram_dispose(GObject *object)
{
    LacClassHistogram *self = LAC_CLASS_HISTOGRAM(object);
    g_clear_pointer(&self->area, gtk_widget_unparent);
    g_clear_pointer(&self->legend, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_class_histogram_parent_class)->dispose(object);
}

static void
lac_class_histogram_finalize(GObject *object)
{
    LacClassHistogram *self = LAC_CLASS_HISTOGRAM(object);
    g_free(self->sorted);
    for (guint k = 0; k < self->n_classes; k++)
        g_free(self->names[k]);
    G_OBJECT_CLASS(lac_class_histogram_parent_class)->finalize(object);
}

static void
lac_class_histogram_class_init(LacClassHistogramClass *klass)
{
    static const char *const names[N_SIGNALS] = { "borders-changed", "borders-committed" };
    G_OBJECT_CLASS(klass)->dispose = lac_class_histogram_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_class_histogram_finalize;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BOX_LAYOUT);
    for (guint i = 0; i < N_SIGNALS; i++)
        signals[i] = g_signal_new(names[i], LAC_TYPE_CLASS_HISTOGRAM, G_SIGNAL_RUN_LAST, 0, NULL,
            NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_class_histogram_init(LacClassHistogram *self)
{
    GtkBoxLayout *layout = GTK_BOX_LAYOUT(gtk_widget_get_layout_manager(GTK_WIDGET(self)));
    gtk_orientable_set_orientation(GTK_ORIENTABLE(layout), GTK_ORIENTATION_VERTICAL);
    gtk_box_layout_set_spacing(layout, 6);
    self->hi = 1.0;
    self->area = gtk_drawing_area_new();
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(self->area), draw_cb, self, NULL);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(self->area), HEIGHT);
    gtk_widget_set_focusable(self->area, TRUE);
    gtk_widget_set_hexpand(self->area, TRUE);
    gtk_widget_set_tooltip_text(self->area,
        "Integrated intensity of every peak; drag a border, Shift makes it ten times finer. Keys: "
        "Up and Down choose a border, Left and Right move it, Enter classifies");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->area), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Histogram of integrated intensity with the borders between species", -1);
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin_cb), self);
    g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update_cb), self);
    g_signal_connect_swapped(drag, "drag-end", G_CALLBACK(drag_end_cb), self);
    gtk_widget_add_controller(self->area, GTK_EVENT_CONTROLLER(drag));
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "motion", G_CALLBACK(motion_cb), self);
    gtk_widget_add_controller(self->area, motion);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(self->area, key);
    gtk_widget_set_parent(self->area, GTK_WIDGET(self));
    self->legend = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_box_set_homogeneous(GTK_BOX(self->legend), TRUE);
    gtk_widget_set_parent(self->legend, GTK_WIDGET(self));
}

/**
 * lac_class_histogram_new:
 *
 * Returns: (transfer floating): an empty histogram
 */
GtkWidget *
lac_class_histogram_new(void)
{
    return g_object_new(LAC_TYPE_CLASS_HISTOGRAM, NULL);
}

/**
 * lac_class_histogram_set_values:
 * @self: a histogram
 * @values: (array length=n): intensities; those that are not finite are left out
 * @n: how many
 */
void
lac_class_histogram_set_values(LacClassHistogram *self, const double *values, gsize n)
{
    g_return_if_fail(LAC_IS_CLASS_HISTOGRAM(self));

    g_free(self->sorted);
    self->sorted = g_new(double, MAX(n, 1));
    self->n = 0;
    for (gsize i = 0; i < n; i++)
        if (isfinite(values[i]))
            self->sorted[self->n++] = values[i];
    qsort(self->sorted, self->n, sizeof *self->sorted, compare_doubles);
    fill_bins(self);
    show_counts(self);
}

static void
draw_dot(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    (void) area;
    cairo_arc(cr, width / 2.0, height / 2.0, MIN(width, height) / 2.0 - 0.5, 0.0, 2.0 * G_PI);
    gdk_cairo_set_source_rgba(cr, data);
    cairo_fill_preserve(cr);
    cairo_set_source_rgba(cr, 0.5, 0.5, 0.5, 0.8);
    cairo_set_line_width(cr, 1.0);
    cairo_stroke(cr);
}

static void
add_legend(LacClassHistogram *self, guint k)
{
    GtkWidget *dot = gtk_drawing_area_new();
    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(dot), 10);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(dot), 10);
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(dot), draw_dot, &self->colors[k], NULL);
    gtk_widget_set_valign(dot, GTK_ALIGN_CENTER);
    GtkWidget *name = gtk_label_new(self->names[k]);
    gtk_label_set_ellipsize(GTK_LABEL(name), PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class(name, "caption");
    GtkWidget *head = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    gtk_widget_set_halign(head, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(head), dot);
    gtk_box_append(GTK_BOX(head), name);
    self->counts[k] = gtk_label_new("");
    gtk_widget_add_css_class(self->counts[k], "caption");
    gtk_widget_add_css_class(self->counts[k], "numeric");
    gtk_widget_add_css_class(self->counts[k], "dim-label");
    GtkWidget *item = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_append(GTK_BOX(item), head);
    gtk_box_append(GTK_BOX(item), self->counts[k]);
    gtk_box_append(GTK_BOX(self->legend), item);
}

/**
 * lac_class_histogram_set_classes:
 * @self: a histogram
 * @names: (array length=n): of the classes, the one of the lowest intensity first
 * @colors: (array length=n): theirs
 * @n: how many, 1 to %LAC_CLASS_HISTOGRAM_MAX
 *
 * Spreads the borders evenly when the number of classes changes.
 */
void
lac_class_histogram_set_classes(LacClassHistogram *self, const char *const *names,
    const GdkRGBA *colors, guint n)
{
    g_return_if_fail(LAC_IS_CLASS_HISTOGRAM(self) && n > 0 && n <= LAC_CLASS_HISTOGRAM_MAX);

    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(self->legend)) != NULL)
        gtk_box_remove(GTK_BOX(self->legend), child);
    for (guint k = 0; k < self->n_classes; k++)
        g_clear_pointer(&self->names[k], g_free);
    if (n != self->n_classes)
        for (guint k = 0; k + 1 < n; k++)
            self->borders[k] = self->lo + (k + 1.0) / n * (self->hi - self->lo);
    self->n_classes = n;
    self->active = MIN(self->active, n > 1 ? n - 2 : 0);
    for (guint k = 0; k < n; k++) {
        self->names[k] = g_strdup(names[k]);
        self->colors[k] = colors[k];
        add_legend(self, k);
    }
    show_counts(self);
}

/**
 * lac_class_histogram_set_borders:
 * @self: a histogram
 * @borders: one fewer than there are classes, ascending
 *
 * Moves them without a signal.
 */
void
lac_class_histogram_set_borders(LacClassHistogram *self, const double *borders)
{
    g_return_if_fail(LAC_IS_CLASS_HISTOGRAM(self));

    for (guint k = 0; k + 1 < self->n_classes; k++)
        self->borders[k] = borders[k];
    self->was_moved = FALSE;
    show_counts(self);
}

/**
 * lac_class_histogram_get_n_borders:
 * @self: a histogram
 *
 * Returns: the number of borders
 */
guint
lac_class_histogram_get_n_borders(LacClassHistogram *self)
{
    return self->n_classes > 0 ? self->n_classes - 1 : 0;
}

/**
 * lac_class_histogram_get_borders:
 * @self: a histogram
 *
 * Returns: (transfer none): the borders, in ascending order
 */
const double *
lac_class_histogram_get_borders(LacClassHistogram *self)
{
    return self->borders;
}
