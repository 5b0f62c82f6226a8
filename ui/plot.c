// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot.h"

#include "ui/axes.h"
#include "ui/flat-export.h"

#include <math.h>

#define PAD     10.0 // beside the heading and the legend [widget unit]
#define HEADING 15.0 // height of their middle [widget unit]

typedef struct {
    char *name;
    LacPlotStyle style;
    double *x, *y;
    gsize n;
} Line;

struct _LacPlot {
    GtkWidget parent_instance;
    char *title, *x_label, *y_label, *empty_text;
    gboolean log_y, bars;
    double x_lo, x_hi; // NaN: from the data
    Line lines[LAC_PLOT_MAX_LINES];
    int highlight; // bar, or -1
    GtkWidget *menu;
    int cursor; // sample of the first line under the pointer or chosen by key, or -1
};

enum {
    BAR_ACTIVATED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacPlot, lac_plot, GTK_TYPE_WIDGET)

static gboolean
is_empty(const LacPlot *self)
{
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++)
        for (gsize k = 0; k < self->lines[i].n; k++)
            if (isfinite(self->lines[i].y[k]) && (!self->log_y || self->lines[i].y[k] > 0.0))
                return FALSE;
    return TRUE;
}

static void
get_ranges(const LacPlot *self, LacAxes *axes)
{
    axes->x_lo = axes->y_lo = HUGE_VAL;
    axes->x_hi = axes->y_hi = -HUGE_VAL;
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++) {
        const Line *line = &self->lines[i];
        for (gsize k = 0; k < line->n; k++) {
            axes->x_lo = MIN(axes->x_lo, line->x[k]);
            axes->x_hi = MAX(axes->x_hi, line->x[k]);
            if (!isfinite(line->y[k]) || (self->log_y && line->y[k] <= 0.0))
                continue;
            axes->y_lo = MIN(axes->y_lo, line->y[k]);
            axes->y_hi = MAX(axes->y_hi, line->y[k]);
        }
    }
    if (isfinite(self->x_lo))
        axes->x_lo = MIN(self->x_lo, axes->x_lo);
    if (isfinite(self->x_hi))
        axes->x_hi = MAX(self->x_hi, axes->x_hi);
    if (self->bars) {
        axes->x_lo -= 0.5;
        axes->x_hi += 0.5;
    }
    if (!(axes->x_hi > axes->x_lo))
        axes->x_hi = axes->x_lo + 1.0;
}

// Widens the range of y so that nothing touches the edges.
static void
pad_y(const LacPlot *self, LacAxes *axes)
{
    if (self->log_y) {
        double room = pow(axes->y_hi / axes->y_lo, 0.06);
        room = MAX(room, 1.08);
        axes->y_lo /= room;
        axes->y_hi *= room;
        return;
    }
    if (self->bars)
        axes->y_lo = MIN(axes->y_lo, 0.0);
    double room = 0.06 * (axes->y_hi - axes->y_lo);
    if (!(room > 0.0))
        room = axes->y_hi != 0.0 ? 0.1 * fabs(axes->y_hi) : 1.0;
    axes->y_hi += room;
    if (!self->bars || axes->y_lo < 0.0)
        axes->y_lo -= room;
}

static LacAxes
make_axes(LacPlot *self)
{
    LacAxes axes = { .log_y = self->log_y, .is_compact = TRUE };
    get_ranges(self, &axes);
    pad_y(self, &axes);
    lac_axes_fit(&axes, GTK_WIDGET(self));
    guint n = 0; // bars have whole numbers
    for (guint i = 0; i < axes.x_ticks.n; i++)
        if (!self->bars || axes.x_ticks.values[i] == floor(axes.x_ticks.values[i]))
            axes.x_ticks.values[n++] = axes.x_ticks.values[i];
    axes.x_ticks.n = n;
    return axes;
}

static void
set_style(cairo_t *cr, LacPlotStyle style)
{
    static const double dashes[] = { 6.0, 3.5 };
    static const double dots[] = { 0.1, 4.0 };
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    if (style == LAC_PLOT_DASHED)
        cairo_set_dash(cr, dashes, 2, 0.0);
    else if (style == LAC_PLOT_DOTTED)
        cairo_set_dash(cr, dots, 2, 0.0);
    else
        cairo_set_dash(cr, NULL, 0, 0.0);
    cairo_set_line_width(cr, style == LAC_PLOT_DOTTED ? 2.6 : 1.8);
}

static void
draw_line(const LacPlot *self, LacPainter *p, const LacAxes *axes, guint i)
{
    const Line *line = &self->lines[i];
    gboolean draws = FALSE;
    for (gsize k = 0; k < line->n; k++) {
        double y = line->y[k];
        if (!isfinite(y) || (axes->log_y && y <= 0.0)) {
            draws = FALSE;
            continue;
        }
        if (draws)
            cairo_line_to(p->cr, lac_axes_to_x(axes, line->x[k]), lac_axes_to_y(axes, y));
        else
            cairo_move_to(p->cr, lac_axes_to_x(axes, line->x[k]), lac_axes_to_y(axes, y));
        draws = TRUE;
    }
    cairo_save(p->cr);
    set_style(p->cr, line->style);
    lac_painter_set_color(p, i, 1.0);
    cairo_stroke(p->cr);
    if (line->n == 1 && isfinite(line->y[0])) {
        cairo_arc(p->cr, lac_axes_to_x(axes, line->x[0]), lac_axes_to_y(axes, line->y[0]), 3.0, 0.0,
            2.0 * G_PI);
        cairo_fill(p->cr);
    }
    cairo_restore(p->cr);
}

static void
draw_bars(const LacPlot *self, LacPainter *p, const LacAxes *axes)
{
    const Line *line = &self->lines[0];
    double pitch = (axes->right - axes->left) / (axes->x_hi - axes->x_lo);
    double width = MAX(pitch - (pitch > 4.0 ? 2.0 : 0.0), 1.0);
    double zero = axes->log_y ? axes->bottom : lac_axes_to_y(axes, 0.0);
    for (gsize k = 0; k < line->n; k++) {
        double x = lac_axes_to_x(axes, line->x[k]);
        gboolean chosen = (int) k == self->highlight, under = (int) k == self->cursor;
        if (!isfinite(line->y[k]) || (axes->log_y && line->y[k] <= 0.0)) {
            lac_painter_draw_text(p, x, axes->bottom - 2.0, 0.5, 1.0, 0.5, pitch > 8.0 ? "×" : "");
            continue;
        }
        double y = lac_axes_to_y(axes, line->y[k]);
        lac_painter_set_color(p, chosen ? 1 : 0, chosen || under ? 1.0 : 0.7);
        cairo_rectangle(p->cr, x - 0.5 * width, y, width, zero - y);
        cairo_fill(p->cr);
        if (chosen) {
            cairo_move_to(p->cr, x, y - 3.0);
            cairo_line_to(p->cr, x - 4.0, y - 9.0);
            cairo_line_to(p->cr, x + 4.0, y - 9.0);
            cairo_close_path(p->cr);
            cairo_fill(p->cr);
        }
    }
}

static const Line *
first_line(const LacPlot *self)
{
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++)
        if (self->lines[i].n > 0)
            return &self->lines[i];
    return NULL;
}

// The sample of @line at @x, or -1.
static int
find_sample(const Line *line, double x)
{
    for (gsize k = 0; k < line->n; k++)
        if (line->x[k] == x)
            return (int) k;
    return -1;
}

static void
draw_cursor(const LacPlot *self, LacPainter *p, const LacAxes *axes, double x)
{
    double wx = floor(lac_axes_to_x(axes, x)) + 0.5;
    lac_painter_set_text_color(p, 0.4);
    cairo_set_line_width(p->cr, 1.0);
    cairo_move_to(p->cr, wx, axes->top);
    cairo_line_to(p->cr, wx, axes->bottom);
    cairo_stroke(p->cr);
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++) {
        const Line *line = &self->lines[i];
        int k = find_sample(line, x);
        if (k < 0 || !isfinite(line->y[k]))
            continue;
        lac_painter_set_color(p, i, 1.0);
        cairo_arc(p->cr, wx, lac_axes_to_y(axes, line->y[k]), 3.5, 0.0, 2.0 * G_PI);
        cairo_fill(p->cr);
    }
}

// Names with the values at the cursor, or else the last ones, from the right; returns the left end.
static double
draw_legend(const LacPlot *self, LacPainter *p, double x_cursor)
{
    double right = p->width - PAD - 2.0, y = HEADING;
    for (guint j = LAC_PLOT_MAX_LINES; j-- > 0;) {
        const Line *line = &self->lines[j];
        if (line->n == 0)
            continue;
        int k = isfinite(x_cursor) ? find_sample(line, x_cursor) : (int) line->n - 1;
        gboolean known = k >= 0 && isfinite(line->y[k]);
        if (self->bars && !isfinite(x_cursor))
            known = FALSE;
        g_autofree char *text =
            known ? g_strdup_printf("%s  %.4g", line->name, line->y[k]) : g_strdup(line->name);
        right -= lac_painter_draw_text(p, right, y, 1.0, 0.5, 0.9, text) + 6.0;
        cairo_save(p->cr);
        lac_painter_set_color(p, j, 1.0);
        if (self->bars) {
            cairo_rectangle(p->cr, right - 10.0, y - 5.0, 10.0, 10.0);
            cairo_fill(p->cr);
            right -= 24.0;
        }
        else {
            set_style(p->cr, line->style);
            cairo_move_to(p->cr, right - 18.0, y);
            cairo_line_to(p->cr, right, y);
            cairo_stroke(p->cr);
            right -= 36.0;
        }
        cairo_restore(p->cr);
    }
    return right;
}

static void
draw_heading(const LacPlot *self, LacPainter *p, double x_cursor, double room)
{
    g_autofree char *text = isfinite(x_cursor) && self->x_label != NULL
        ? g_strdup_printf("%s %.6g", self->x_label, x_cursor)
        : g_strdup(self->y_label != NULL ? self->y_label : self->title);
    if (PAD + lac_painter_get_text_width(p->widget, text) < room)
        lac_painter_draw_text(p, PAD, HEADING, 0.0, 0.5, 0.75, text);
}

static void
draw_plot(LacPlot *self, LacPainter *p)
{
    const LacAxes axes = make_axes(self);
    if (axes.right - axes.left < 20.0 || axes.bottom - axes.top < 20.0)
        return;
    const Line *first = first_line(self);
    double x_cursor = self->cursor >= 0 && (gsize) self->cursor < first->n ? first->x[self->cursor]
                                                                           : (double) NAN;
    lac_axes_draw(&axes, p, self->x_label, NULL);
    if (self->bars) {
        draw_bars(self, p, &axes);
    }
    else {
        for (guint i = LAC_PLOT_MAX_LINES; i-- > 0;)
            draw_line(self, p, &axes, i);
        if (isfinite(x_cursor))
            draw_cursor(self, p, &axes, x_cursor);
    }
    draw_heading(self, p, x_cursor, draw_legend(self, p, x_cursor));
}

static void
lac_plot_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    LacPlot *self = LAC_PLOT(widget);
    int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    if (width < 1 || height < 1)
        return;
    graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float) width, (float) height);
    LacPainter p;
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &all);
    lac_painter_init(&p, widget, cr);
    if (is_empty(self))
        lac_painter_draw_empty(&p, self->empty_text);
    else
        draw_plot(self, &p);
    cairo_destroy(cr);
}

static void
lac_plot_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    (void) widget;
    (void) for_size;
    *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 140 : 90;
    *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 300 : 170;
    *minimum_baseline = *natural_baseline = -1;
}

static int
nearest_sample(LacPlot *self, double wx)
{
    const Line *line = first_line(self);
    if (line == NULL || is_empty(self))
        return -1;
    const LacAxes axes = make_axes(self);
    double best = HUGE_VAL;
    int found = -1;
    for (gsize k = 0; k < line->n; k++) {
        double distance = fabs(lac_axes_to_x(&axes, line->x[k]) - wx);
        if (distance < best) {
            best = distance;
            found = (int) k;
        }
    }
    return wx < axes.left - 12.0 ? -1 : found;
}

static void
set_cursor(LacPlot *self, int cursor)
{
    if (cursor == self->cursor)
        return;
    self->cursor = cursor;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
motion_cb(GtkEventControllerMotion *controller, double x, double y, LacPlot *self)
{
    (void) controller;
    (void) y;
    set_cursor(self, nearest_sample(self, x));
}

static void
leave_cb(GtkEventControllerMotion *controller, LacPlot *self)
{
    (void) controller;
    set_cursor(self, -1);
}

static void
activate(LacPlot *self, int k)
{
    if (self->bars && k >= 0 && (gsize) k < self->lines[0].n)
        g_signal_emit(self, signals[BAR_ACTIVATED], 0, (guint) k);
}

static void
released_cb(GtkGestureClick *gesture, int n_press, double x, double y, LacPlot *self)
{
    (void) gesture;
    (void) n_press;
    (void) y;
    gtk_widget_grab_focus(GTK_WIDGET(self));
    activate(self, nearest_sample(self, x));
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacPlot *self)
{
    (void) controller;
    (void) code;
    (void) state;
    const Line *line = first_line(self);
    if (line == NULL)
        return GDK_EVENT_PROPAGATE;
    int last = (int) line->n - 1;
    int from = self->cursor >= 0 ? self->cursor : self->highlight >= 0 ? self->highlight : last;
    switch (key) {
    case GDK_KEY_Left: set_cursor(self, MAX(from - 1, 0)); return GDK_EVENT_STOP;
    case GDK_KEY_Right: set_cursor(self, MIN(from + 1, last)); return GDK_EVENT_STOP;
    case GDK_KEY_Home: set_cursor(self, 0); return GDK_EVENT_STOP;
    case GDK_KEY_End: set_cursor(self, last); return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space: activate(self, from); return GDK_EVENT_STOP;
    default: return GDK_EVENT_PROPAGATE;
    }
}

static void
line_clear(Line *line)
{
    g_free(line->name);
    g_free(line->x);
    g_free(line->y);
    *line = (Line){ 0 };
}

static void
lac_plot_finalize(GObject *object)
{
    LacPlot *self = LAC_PLOT(object);
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++)
        line_clear(&self->lines[i]);
    g_free(self->title);
    g_free(self->x_label);
    g_free(self->y_label);
    g_free(self->empty_text);
    G_OBJECT_CLASS(lac_plot_parent_class)->finalize(object);
}

// What it shows as a chart, for a figure.
static LacChart *
dup_chart(GtkWidget *widget)
{
    LacPlot *self = LAC_PLOT(widget);
    if (is_empty(self))
        return NULL;
    LacChart *chart = lac_chart_new("plot", self->title, self->x_label != NULL ? self->x_label : "",
        self->y_label != NULL ? self->y_label : "");
    chart->log_y = self->log_y;
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++) {
        const Line *line = &self->lines[i];
        if (line->n > 0)
            lac_chart_add(chart, line->name, self->bars ? LAC_CHART_BARS : LAC_CHART_LINE, line->x,
                line->y, NULL, line->n);
    }
    return chart;
}

static void
lac_plot_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    (void) width;
    (void) height;
    (void) baseline;
    gtk_popover_present(GTK_POPOVER(LAC_PLOT(widget)->menu));
}

static void
lac_plot_dispose(GObject *object)
{
    LacPlot *self = LAC_PLOT(object);
    g_clear_pointer(&self->menu, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_plot_parent_class)->dispose(object);
}

static void
lac_plot_class_init(LacPlotClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_plot_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_plot_finalize;
    widget_class->snapshot = lac_plot_snapshot;
    widget_class->measure = lac_plot_measure;
    widget_class->size_allocate = lac_plot_size_allocate;
    gtk_widget_class_set_css_name(widget_class, "plot");
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
    signals[BAR_ACTIVATED] = g_signal_new("bar-activated", LAC_TYPE_PLOT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
lac_plot_init(LacPlot *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    self->highlight = self->cursor = -1;
    self->x_lo = self->x_hi = (double) NAN;
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "motion", G_CALLBACK(motion_cb), self);
    g_signal_connect(motion, "leave", G_CALLBACK(leave_cb), self);
    gtk_widget_add_controller(widget, motion);
    GtkGesture *click = gtk_gesture_click_new();
    g_signal_connect(click, "released", G_CALLBACK(released_cb), self);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(widget, key);
    gtk_widget_set_focusable(widget, TRUE);
    self->menu = lac_chart_menu_new(widget, dup_chart);
}

/**
 * lac_plot_new:
 * @title: what it shows, for the heading and for assistive technology
 *
 * Returns: (transfer floating): an empty plot
 */
GtkWidget *
lac_plot_new(const char *title)
{
    LacPlot *self = g_object_new(LAC_TYPE_PLOT, NULL);
    self->title = g_strdup(title);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
    return GTK_WIDGET(self);
}

/**
 * lac_plot_set_axes:
 * @self: a plot
 * @x_label: (nullable): what runs to the right, with its unit
 * @y_label: (nullable): what runs upwards, with its unit
 */
void
lac_plot_set_axes(LacPlot *self, const char *x_label, const char *y_label)
{
    g_return_if_fail(LAC_IS_PLOT(self));

    g_free(self->x_label);
    g_free(self->y_label);
    self->x_label = g_strdup(x_label);
    self->y_label = g_strdup(y_label);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_plot_set_log_y:
 * @self: a plot
 * @log_y: %TRUE for a logarithmic axis, on which values up to 0 are left out
 */
void
lac_plot_set_log_y(LacPlot *self, gboolean log_y)
{
    g_return_if_fail(LAC_IS_PLOT(self));

    self->log_y = log_y;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_plot_set_x_range:
 * @self: a plot
 * @lo: the axis starts here or before; NaN: where the data start
 * @hi: it ends here or later; NaN: where the data end
 */
void
lac_plot_set_x_range(LacPlot *self, double lo, double hi)
{
    g_return_if_fail(LAC_IS_PLOT(self));

    self->x_lo = lo;
    self->x_hi = hi;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_plot_set_empty_text:
 * @self: a plot
 * @text: (nullable): what stands there while there is nothing to plot
 */
void
lac_plot_set_empty_text(LacPlot *self, const char *text)
{
    g_return_if_fail(LAC_IS_PLOT(self));

    g_free(self->empty_text);
    self->empty_text = g_strdup(text);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_plot_clear:
 * @self: a plot
 *
 * Removes all lines and bars.
 */
void
lac_plot_clear(LacPlot *self)
{
    g_return_if_fail(LAC_IS_PLOT(self));

    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++)
        line_clear(&self->lines[i]);
    self->bars = FALSE;
    self->cursor = -1;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
describe(LacPlot *self)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++) {
        const Line *line = &self->lines[i];
        if (line->n > 0)
            g_string_append_printf(text, "%s: %" G_GSIZE_FORMAT " values, last %.4g. ", line->name,
                line->n, line->y[line->n - 1]);
    }
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        text->str, -1);
}

/**
 * lac_plot_set_line:
 * @self: a plot
 * @slot: which line, below %LAC_PLOT_MAX_LINES; decides its colour
 * @name: for the legend
 * @style: how it is drawn
 * @x: (array length=n) (nullable): ascending; %NULL: 1, 2, 3 ...
 * @y: (array length=n) (nullable): values; NaN leaves a gap
 * @n: how many; 0 removes the line
 *
 * Adds or replaces a line. The values are copied.
 */
void
lac_plot_set_line(LacPlot *self, guint slot, const char *name, LacPlotStyle style, const double *x,
    const double *y, gsize n)
{
    g_return_if_fail(LAC_IS_PLOT(self));
    g_return_if_fail(slot < LAC_PLOT_MAX_LINES);

    Line *line = &self->lines[slot];
    line_clear(line);
    if (n > 0) {
        line->name = g_strdup(name);
        line->style = style;
        line->n = n;
        line->x = g_new(double, n);
        line->y = g_memdup2(y, n * sizeof *y);
        for (gsize i = 0; i < n; i++)
            line->x[i] = x != NULL ? x[i] : (double) i + 1.0;
    }
    const Line *first = first_line(self);
    if (first == NULL || self->cursor >= (int) first->n)
        self->cursor = -1;
    self->bars = FALSE;
    describe(self);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_plot_set_bars:
 * @self: a plot
 * @name: for the legend
 * @y: (array length=n) (nullable): heights; NaN shows a cross instead of a bar
 * @n: how many; 0 removes them
 *
 * Shows bars numbered from 1, instead of lines. The values are copied.
 */
void
lac_plot_set_bars(LacPlot *self, const char *name, const double *y, gsize n)
{
    g_return_if_fail(LAC_IS_PLOT(self));

    for (guint i = 1; i < LAC_PLOT_MAX_LINES; i++)
        line_clear(&self->lines[i]);
    lac_plot_set_line(self, 0, name, LAC_PLOT_SOLID, NULL, y, n);
    self->bars = TRUE;
}

/**
 * lac_plot_set_highlight:
 * @self: a plot
 * @index: the bar to mark, or -1
 */
void
lac_plot_set_highlight(LacPlot *self, int index)
{
    g_return_if_fail(LAC_IS_PLOT(self));

    if (index == self->highlight)
        return;
    self->highlight = index;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_plot_locate:
 * @self: a plot
 * @x: value
 * @y: value
 * @wx: (out): its place in the widget
 * @wy: (out): its place in the widget
 *
 * Returns: %FALSE if the plot is empty
 */
gboolean
lac_plot_locate(LacPlot *self, double x, double y, double *wx, double *wy)
{
    g_return_val_if_fail(LAC_IS_PLOT(self), FALSE);

    if (is_empty(self))
        return FALSE;
    const LacAxes axes = make_axes(self);
    *wx = lac_axes_to_x(&axes, x);
    *wy = lac_axes_to_y(&axes, y);
    return TRUE;
}
