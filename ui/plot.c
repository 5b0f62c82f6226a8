// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot.h"

#include "core/figure/chart-drawing.h"
#include "core/figure/ticks.h"
#include "ui/flat-export.h"

#include <math.h>

#define PAD       8.0
#define TICK_GAP  6.0
#define LINE_TEXT 18.0 // height of a line of text [widget unit]

typedef struct {
    char *name;
    LacPlotStyle style;
    double *x, *y;
    gsize n;
} Line;

// The area of the data in the widget and the values at its edges.
typedef struct {
    double left, right, top, bottom;
    double x_lo, x_hi, y_lo, y_hi;
    gboolean log_y;
    LacTicks x_ticks, y_ticks;
} Frame;

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

typedef struct {
    LacPlot *self;
    cairo_t *cr;
    GdkRGBA text;
    gboolean is_dark;
    Frame frame;
    double width, height;
} Painter;

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
get_ranges(const LacPlot *self, Frame *frame)
{
    frame->x_lo = frame->y_lo = HUGE_VAL;
    frame->x_hi = frame->y_hi = -HUGE_VAL;
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++) {
        const Line *line = &self->lines[i];
        for (gsize k = 0; k < line->n; k++) {
            frame->x_lo = MIN(frame->x_lo, line->x[k]);
            frame->x_hi = MAX(frame->x_hi, line->x[k]);
            if (!isfinite(line->y[k]) || (self->log_y && line->y[k] <= 0.0))
                continue;
            frame->y_lo = MIN(frame->y_lo, line->y[k]);
            frame->y_hi = MAX(frame->y_hi, line->y[k]);
        }
    }
    if (isfinite(self->x_lo))
        frame->x_lo = MIN(self->x_lo, frame->x_lo);
    if (isfinite(self->x_hi))
        frame->x_hi = MAX(self->x_hi, frame->x_hi);
    if (self->bars) {
        frame->x_lo -= 0.5;
        frame->x_hi += 0.5;
    }
    if (!(frame->x_hi > frame->x_lo))
        frame->x_hi = frame->x_lo + 1.0;
}

// Widens the range of y so that nothing touches the edges.
static void
pad_y(const LacPlot *self, Frame *frame)
{
    if (self->log_y) {
        double room = pow(frame->y_hi / frame->y_lo, 0.06);
        room = MAX(room, 1.08);
        frame->y_lo /= room;
        frame->y_hi *= room;
        return;
    }
    if (self->bars)
        frame->y_lo = MIN(frame->y_lo, 0.0);
    double room = 0.06 * (frame->y_hi - frame->y_lo);
    if (!(room > 0.0))
        room = frame->y_hi != 0.0 ? 0.1 * fabs(frame->y_hi) : 1.0;
    frame->y_hi += room;
    if (!self->bars || frame->y_lo < 0.0)
        frame->y_lo -= room;
}

static PangoLayout *
make_layout(LacPlot *self, const char *text)
{
    PangoLayout *layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), text);
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_attr_list_insert(attributes, pango_attr_scale_new(0.85));
    pango_layout_set_attributes(layout, attributes);
    return layout;
}

// Where text stands: 0 left or top, 0.5 middle, 1 right or bottom.
static double
draw_text(Painter *p, double x, double y, double align_x, double align_y, double alpha,
    const char *text)
{
    g_autoptr(PangoLayout) layout = make_layout(p->self, text);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    cairo_set_source_rgba(p->cr, (double) p->text.red, (double) p->text.green,
        (double) p->text.blue, alpha * (double) p->text.alpha);
    cairo_move_to(p->cr, round(x - align_x * w), round(y - align_y * h));
    pango_cairo_show_layout(p->cr, layout);
    return w;
}

static void
set_color(Painter *p, guint i, double alpha)
{
    float c[3];
    lac_chart_get_color(i, p->is_dark, c);
    cairo_set_source_rgba(p->cr, (double) c[0], (double) c[1], (double) c[2], alpha);
}

static double
to_x(const Frame *f, double x)
{
    return f->left + (x - f->x_lo) / (f->x_hi - f->x_lo) * (f->right - f->left);
}

static double
to_y(const Frame *f, double y)
{
    double t = f->log_y ? log(MAX(y, 1e-300) / f->y_lo) / log(f->y_hi / f->y_lo)
                        : (y - f->y_lo) / (f->y_hi - f->y_lo);
    return f->bottom - t * (f->bottom - f->top);
}

static void
make_frame(LacPlot *self, double width, double height, Frame *frame)
{
    *frame = (Frame){ .log_y = self->log_y };
    get_ranges(self, frame);
    pad_y(self, frame);
    frame->top = PAD + LINE_TEXT + 4.0;
    frame->bottom = height - PAD - LINE_TEXT - 2.0;
    guint n_y = (guint) CLAMP((frame->bottom - frame->top) / (self->log_y ? 18.0 : 28.0), 2.0, 8.0);
    frame->y_ticks = self->log_y ? lac_ticks_log(frame->y_lo, frame->y_hi, n_y)
                                 : lac_ticks_linear(frame->y_lo, frame->y_hi, n_y);
    int widest = 0;
    for (guint i = 0; i < frame->y_ticks.n; i++) {
        g_autofree char *label = lac_ticks_dup_label(&frame->y_ticks, i);
        g_autoptr(PangoLayout) layout = make_layout(self, label);
        int w, h;
        pango_layout_get_pixel_size(layout, &w, &h);
        widest = MAX(widest, w);
    }
    frame->left = PAD + widest + TICK_GAP;
    frame->right = width - PAD - 4.0;
    guint n_x = (guint) CLAMP((frame->right - frame->left) / 60.0, 2.0, 12.0);
    frame->x_ticks = lac_ticks_linear(frame->x_lo, frame->x_hi, n_x);
}

static void
draw_axes(Painter *p)
{
    const Frame *f = &p->frame;
    cairo_set_line_width(p->cr, 1.0);
    for (guint i = 0; i < f->y_ticks.n; i++) {
        double y = floor(to_y(f, f->y_ticks.values[i])) + 0.5;
        gdk_cairo_set_source_rgba(p->cr,
            &(GdkRGBA){ p->text.red, p->text.green, p->text.blue, 0.12f });
        cairo_move_to(p->cr, f->left, y);
        cairo_line_to(p->cr, f->right, y);
        cairo_stroke(p->cr);
        g_autofree char *label = lac_ticks_dup_label(&f->y_ticks, i);
        draw_text(p, f->left - TICK_GAP, y, 1.0, 0.5, 0.75, label);
    }
    double label_width = 0.0;
    if (p->self->x_label != NULL)
        label_width = draw_text(p, f->right, f->bottom + 4.0, 1.0, 0.0, 0.75, p->self->x_label);
    for (guint i = 0; i < f->x_ticks.n; i++) {
        double x = to_x(f, f->x_ticks.values[i]);
        // Whole samples only, and not under the label.
        if (f->x_ticks.values[i] != floor(f->x_ticks.values[i]) && p->self->bars)
            continue;
        g_autofree char *label = lac_ticks_dup_label(&f->x_ticks, i);
        if (x < f->right - label_width - 18.0)
            draw_text(p, x, f->bottom + 4.0, 0.5, 0.0, 0.75, label);
    }
    gdk_cairo_set_source_rgba(p->cr, &(GdkRGBA){ p->text.red, p->text.green, p->text.blue, 0.35f });
    cairo_move_to(p->cr, f->left, floor(f->bottom) + 0.5);
    cairo_line_to(p->cr, f->right, floor(f->bottom) + 0.5);
    cairo_stroke(p->cr);
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
draw_line(Painter *p, guint i)
{
    const Line *line = &p->self->lines[i];
    gboolean draws = FALSE;
    for (gsize k = 0; k < line->n; k++) {
        double y = line->y[k];
        if (!isfinite(y) || (p->frame.log_y && y <= 0.0)) {
            draws = FALSE;
            continue;
        }
        if (draws)
            cairo_line_to(p->cr, to_x(&p->frame, line->x[k]), to_y(&p->frame, y));
        else
            cairo_move_to(p->cr, to_x(&p->frame, line->x[k]), to_y(&p->frame, y));
        draws = TRUE;
    }
    cairo_save(p->cr);
    set_style(p->cr, line->style);
    set_color(p, i, 1.0);
    cairo_stroke(p->cr);
    if (line->n == 1 && isfinite(line->y[0])) {
        cairo_arc(p->cr, to_x(&p->frame, line->x[0]), to_y(&p->frame, line->y[0]), 3.0, 0.0,
            2.0 * G_PI);
        cairo_fill(p->cr);
    }
    cairo_restore(p->cr);
}

static void
draw_bars(Painter *p)
{
    const Line *line = &p->self->lines[0];
    const Frame *f = &p->frame;
    double pitch = (f->right - f->left) / (f->x_hi - f->x_lo);
    double width = MAX(pitch - (pitch > 4.0 ? 2.0 : 0.0), 1.0);
    double zero = f->log_y ? f->bottom : to_y(f, 0.0);
    for (gsize k = 0; k < line->n; k++) {
        double x = to_x(f, line->x[k]);
        gboolean chosen = (int) k == p->self->highlight, under = (int) k == p->self->cursor;
        if (!isfinite(line->y[k]) || (f->log_y && line->y[k] <= 0.0)) {
            draw_text(p, x, f->bottom - 2.0, 0.5, 1.0, 0.5, pitch > 8.0 ? "×" : "");
            continue;
        }
        double y = to_y(f, line->y[k]);
        set_color(p, chosen ? 1 : 0, chosen || under ? 1.0 : 0.7);
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
draw_cursor(Painter *p, double x)
{
    double wx = floor(to_x(&p->frame, x)) + 0.5;
    gdk_cairo_set_source_rgba(p->cr, &(GdkRGBA){ p->text.red, p->text.green, p->text.blue, 0.4f });
    cairo_set_line_width(p->cr, 1.0);
    cairo_move_to(p->cr, wx, p->frame.top);
    cairo_line_to(p->cr, wx, p->frame.bottom);
    cairo_stroke(p->cr);
    for (guint i = 0; i < LAC_PLOT_MAX_LINES; i++) {
        const Line *line = &p->self->lines[i];
        int k = find_sample(line, x);
        if (k < 0 || !isfinite(line->y[k]))
            continue;
        set_color(p, i, 1.0);
        cairo_arc(p->cr, wx, to_y(&p->frame, line->y[k]), 3.5, 0.0, 2.0 * G_PI);
        cairo_fill(p->cr);
    }
}

// Names with the values at the cursor, or else the last ones, from the right; returns the left end.
static double
draw_legend(Painter *p, double x_cursor)
{
    double right = p->width - PAD - 4.0, y = PAD + 0.5 * LINE_TEXT;
    for (guint j = LAC_PLOT_MAX_LINES; j-- > 0;) {
        const Line *line = &p->self->lines[j];
        if (line->n == 0)
            continue;
        int k = isfinite(x_cursor) ? find_sample(line, x_cursor) : (int) line->n - 1;
        gboolean known = k >= 0 && isfinite(line->y[k]);
        if (p->self->bars && !isfinite(x_cursor))
            known = FALSE;
        g_autofree char *text =
            known ? g_strdup_printf("%s  %.4g", line->name, line->y[k]) : g_strdup(line->name);
        right -= draw_text(p, right, y, 1.0, 0.5, 0.9, text) + 6.0;
        cairo_save(p->cr);
        set_color(p, j, 1.0);
        if (p->self->bars) {
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
draw_heading(Painter *p, double x_cursor, double room)
{
    LacPlot *self = p->self;
    g_autofree char *text = isfinite(x_cursor) && self->x_label != NULL
        ? g_strdup_printf("%s %.6g", self->x_label, x_cursor)
        : g_strdup(self->y_label != NULL ? self->y_label : self->title);
    g_autoptr(PangoLayout) layout = make_layout(self, text);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    if (PAD + w < room)
        draw_text(p, PAD, PAD + 0.5 * LINE_TEXT, 0.0, 0.5, 0.75, text);
}

static void
draw_plot(Painter *p)
{
    LacPlot *self = p->self;
    make_frame(self, p->width, p->height, &p->frame);
    if (p->frame.right - p->frame.left < 20.0 || p->frame.bottom - p->frame.top < 20.0)
        return;
    const Line *first = first_line(self);
    double x_cursor = self->cursor >= 0 && (gsize) self->cursor < first->n ? first->x[self->cursor]
                                                                           : (double) NAN;
    draw_axes(p);
    if (self->bars) {
        draw_bars(p);
    }
    else {
        for (guint i = LAC_PLOT_MAX_LINES; i-- > 0;)
            draw_line(p, i);
        if (isfinite(x_cursor))
            draw_cursor(p, x_cursor);
    }
    draw_heading(p, x_cursor, draw_legend(p, x_cursor));
}

static void
draw_empty(Painter *p)
{
    if (p->self->empty_text == NULL)
        return;
    g_autoptr(PangoLayout) layout = make_layout(p->self, p->self->empty_text);
    pango_layout_set_width(layout, (int) MAX(p->width - 4.0 * PAD, 1.0) * PANGO_SCALE);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    gdk_cairo_set_source_rgba(p->cr, &(GdkRGBA){ p->text.red, p->text.green, p->text.blue, 0.6f });
    cairo_move_to(p->cr, 2.0 * PAD, round(0.5 * (p->height - h)));
    pango_cairo_show_layout(p->cr, layout);
}

static void
lac_plot_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    LacPlot *self = LAC_PLOT(widget);
    int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    if (width < 1 || height < 1)
        return;
    graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float) width, (float) height);
    Painter p = { .self = self, .width = width, .height = height };
    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &p.text);
    gboolean dark = p.text.red + p.text.green + p.text.blue > 1.5f;
    p.is_dark = dark;
    p.cr = gtk_snapshot_append_cairo(snapshot, &all);
    if (is_empty(self))
        draw_empty(&p);
    else
        draw_plot(&p);
    cairo_destroy(p.cr);
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
    Frame frame;
    make_frame(self, gtk_widget_get_width(GTK_WIDGET(self)),
        gtk_widget_get_height(GTK_WIDGET(self)), &frame);
    double best = HUGE_VAL;
    int found = -1;
    for (gsize k = 0; k < line->n; k++) {
        double distance = fabs(to_x(&frame, line->x[k]) - wx);
        if (distance < best) {
            best = distance;
            found = (int) k;
        }
    }
    return wx < frame.left - 12.0 ? -1 : found;
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
 * lac_plot_get_log_y:
 * @self: a plot
 *
 * Returns: whether the y axis is logarithmic
 */
gboolean
lac_plot_get_log_y(LacPlot *self)
{
    return self->log_y;
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
    Frame frame;
    make_frame(self, gtk_widget_get_width(GTK_WIDGET(self)),
        gtk_widget_get_height(GTK_WIDGET(self)), &frame);
    *wx = to_x(&frame, x);
    *wy = to_y(&frame, y);
    return TRUE;
}
