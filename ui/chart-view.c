// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart-view.h"

#include "core/figure/chart-drawing.h"
#include "ui/axes.h"
#include "ui/flat-export.h"

#include <math.h>

#define GRAB       6.0  // [widget unit] around a handle
#define CLICK      3.0  // [widget unit] a shorter drag is a click
#define MAX_MARKS  400  // of what is selected
#define LEGEND_ROW 15.0 // height of a row of the legend [widget unit]
#define BAR_GAP    1.5  // [widget unit]

typedef enum {
    DRAG_NONE,
    DRAG_BRUSH,
    DRAG_HANDLE,
} Drag;

struct _LacChartView {
    GtkWidget parent_instance;
    LacChart *chart; // (nullable)
    char *empty_text, *handle_name, *handle_unit;
    gboolean is_brushable;
    double brush_lo, brush_hi; // NaN: none
    double handle;             // NaN: none
    GArray *marks;             // of double
    int cursor;                // bar or sample under the pointer or chosen by key; -1: none
    Drag drag;
    double drag_x; // [widget unit]
    GtkWidget *menu;
};

enum {
    BRUSHED,
    HANDLE_MOVED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacChartView, lac_chart_view, GTK_TYPE_WIDGET)

// --- what is shown

static const LacChartSeries *
get_series(const LacChartView *self, guint i)
{
    return g_ptr_array_index(self->chart->series, i);
}

// The histogram that is brushed in whole bars, or NULL.
static const LacChartSeries *
get_bars(const LacChartView *self)
{
    for (guint i = 0; self->chart != NULL && i < self->chart->series->len; i++)
        if (get_series(self, i)->style == LAC_CHART_BARS && get_series(self, i)->n > 0)
            return get_series(self, i);
    return NULL;
}

static double
get_bar_width(const LacChartSeries *bars)
{
    return bars->n > 1 ? bars->x[1] - bars->x[0] : 1.0;
}

static gboolean
is_empty(const LacChartView *self)
{
    for (guint i = 0; self->chart != NULL && i < self->chart->series->len; i++)
        for (gsize k = 0; k < get_series(self, i)->n; k++)
            if (isfinite(get_series(self, i)->y[k]))
                return FALSE;
    return TRUE;
}

// Rows of the legend below the first one.
static guint
count_more_rows(LacChartView *self)
{
    double width = gtk_widget_get_width(GTK_WIDGET(self)) - 12.0, right = width;
    guint n = 0;
    for (guint i = self->chart->series->len; self->chart->series->len > 1 && i-- > 0;) {
        double needed =
            lac_painter_get_text_width(GTK_WIDGET(self), get_series(self, i)->name) + 26.0;
        if (right - needed < 0.0 && right < width) {
            right = width;
            n++;
        }
        right -= needed + 2.0;
    }
    return n;
}

static LacAxes
make_axes(LacChartView *self)
{
    double x[2], y[2];
    lac_chart_get_range(self->chart, x, y);
    LacAxes axes = { .x_lo = x[0], .x_hi = x[1], .y_lo = y[0], .y_hi = y[1], .chart = self->chart };
    lac_axes_fit(&axes, GTK_WIDGET(self));
    axes.top += LEGEND_ROW * count_more_rows(self);
    return axes;
}

// --- painting

static gboolean
is_in_brush(const LacChartView *self, double x)
{
    return isfinite(self->brush_lo) && x >= self->brush_lo && x <= self->brush_hi;
}

static void
draw_bars(LacChartView *self, LacPainter *p, const LacAxes *axes, guint i)
{
    const LacChartSeries *series = get_series(self, i);
    double width = get_bar_width(series), zero = lac_axes_to_y(axes, MAX(axes->y_lo, 0.0));
    gboolean has_brush = isfinite(self->brush_lo);
    for (gsize k = 0; k < series->n; k++) {
        if (!isfinite(series->y[k]) || series->y[k] == 0.0)
            continue;
        double left = lac_axes_to_x(axes, series->x[k] - 0.5 * width);
        double right = lac_axes_to_x(axes, series->x[k] + 0.5 * width);
        double gap = right - left > 3.0 * BAR_GAP ? 0.5 * BAR_GAP : 0.0;
        double y = lac_axes_to_y(axes, series->y[k]);
        gboolean chosen = is_in_brush(self, series->x[k]), under = (int) k == self->cursor;
        lac_painter_set_color(p, chosen ? i + 1 : i,
            under        ? 1.0
                : chosen ? 0.9
                         : (has_brush ? 0.45 : 0.75));
        cairo_rectangle(p->cr, left + gap, MIN(y, zero), right - left - 2.0 * gap, fabs(zero - y));
        cairo_fill(p->cr);
    }
}

static void
draw_errors(const LacChartSeries *series, LacPainter *p, const LacAxes *axes, guint i)
{
    lac_painter_set_color(p, i, 0.6);
    cairo_set_line_width(p->cr, 1.0);
    for (gsize k = 0; series->error != NULL && k < series->n; k++) {
        if (!isfinite(series->y[k]) || !isfinite(series->error[k]) || series->error[k] <= 0.0)
            continue;
        double x = floor(lac_axes_to_x(axes, series->x[k])) + 0.5;
        double low = lac_axes_to_y(axes, MAX(series->y[k] - series->error[k], axes->y_lo));
        double high = lac_axes_to_y(axes, series->y[k] + series->error[k]);
        cairo_move_to(p->cr, x, low);
        cairo_line_to(p->cr, x, high);
        cairo_move_to(p->cr, x - 2.5, low);
        cairo_line_to(p->cr, x + 2.5, low);
        cairo_move_to(p->cr, x - 2.5, high);
        cairo_line_to(p->cr, x + 2.5, high);
        cairo_stroke(p->cr);
    }
}

static void
draw_curve(LacChartView *self, LacPainter *p, const LacAxes *axes, guint i)
{
    static const double dashes[] = { 6.0, 3.5 };
    const LacChartSeries *series = get_series(self, i);
    gboolean draws = FALSE;
    draw_errors(series, p, axes, i);
    lac_painter_set_color(p, i, 1.0);
    cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(p->cr, series->style == LAC_CHART_POINTS ? 1.0 : 1.7);
    cairo_set_dash(p->cr, dashes, i % 2 == 1 ? 2 : 0, 0.0);
    for (gsize k = 0; k < series->n; k++) {
        if (!isfinite(series->y[k])) {
            draws = FALSE;
            continue;
        }
        double x = lac_axes_to_x(axes, series->x[k]), y = lac_axes_to_y(axes, series->y[k]);
        if (draws)
            cairo_line_to(p->cr, x, y);
        else
            cairo_move_to(p->cr, x, y);
        draws = TRUE;
    }
    cairo_stroke(p->cr);
    cairo_set_dash(p->cr, NULL, 0, 0.0);
    for (gsize k = 0; series->style == LAC_CHART_POINTS && k < series->n; k++)
        if (isfinite(series->y[k])) {
            cairo_arc(p->cr, lac_axes_to_x(axes, series->x[k]), lac_axes_to_y(axes, series->y[k]),
                2.6, 0.0, 2.0 * G_PI);
            cairo_fill(p->cr);
        }
}

static void
draw_brush(LacChartView *self, LacPainter *p, const LacAxes *axes)
{
    if (!isfinite(self->brush_lo))
        return;
    double left = CLAMP(lac_axes_to_x(axes, self->brush_lo), axes->left, axes->right);
    double right = CLAMP(lac_axes_to_x(axes, self->brush_hi), axes->left, axes->right);
    lac_painter_set_color(p, 1, 0.14);
    cairo_rectangle(p->cr, left, axes->top, right - left, axes->bottom - axes->top);
    cairo_fill(p->cr);
    lac_painter_set_color(p, 1, 0.8);
    cairo_set_line_width(p->cr, 1.0);
    cairo_move_to(p->cr, floor(left) + 0.5, axes->top);
    cairo_line_to(p->cr, floor(left) + 0.5, axes->bottom);
    cairo_move_to(p->cr, floor(right) + 0.5, axes->top);
    cairo_line_to(p->cr, floor(right) + 0.5, axes->bottom);
    cairo_stroke(p->cr);
}

// A small triangle on the axis for each thing that is selected.
static void
draw_marks(LacChartView *self, LacPainter *p, const LacAxes *axes)
{
    for (guint i = 0; i < self->marks->len; i++) {
        double value = g_array_index(self->marks, double, i);
        double x = lac_axes_to_x(axes, value);
        if (!isfinite(value) || x < axes->left - 1.0 || x > axes->right + 1.0)
            continue;
        cairo_move_to(p->cr, x, axes->bottom - 8.0);
        cairo_line_to(p->cr, x - 4.0, axes->bottom);
        cairo_line_to(p->cr, x + 4.0, axes->bottom);
        cairo_close_path(p->cr);
    }
    cairo_set_source_rgb(p->cr, 0.16, p->is_dark ? 0.85 : 0.62, 0.34);
    cairo_fill_preserve(p->cr);
    lac_painter_set_text_color(p, 0.7);
    cairo_set_line_width(p->cr, 0.8);
    cairo_stroke(p->cr);
}

static void
draw_handle(LacChartView *self, LacPainter *p, const LacAxes *axes)
{
    static const double dashes[] = { 4.0, 3.0 };
    if (!isfinite(self->handle))
        return;
    double x = floor(lac_axes_to_x(axes, self->handle)) + 0.5;
    g_autofree char *text =
        g_strdup_printf("%s %.3f %s", self->handle_name, self->handle, self->handle_unit);
    lac_painter_set_color(p, 1, 1.0);
    cairo_set_line_width(p->cr, 1.4);
    cairo_set_dash(p->cr, dashes, 2, 0.0);
    cairo_move_to(p->cr, x, axes->top);
    cairo_line_to(p->cr, x, axes->bottom);
    cairo_stroke(p->cr);
    cairo_set_dash(p->cr, NULL, 0, 0.0);
    cairo_rectangle(p->cr, x - 3.5, axes->top, 7.0, 12.0);
    cairo_fill(p->cr);
    gboolean is_right = x > 0.5 * (axes->left + axes->right);
    lac_painter_draw_text(p, is_right ? x - 7.0 : x + 7.0, axes->top, is_right ? 1.0 : 0.0, 0.0,
        0.95, text);
}

// The values under the pointer, from the right; returns where they begin. What has no room there
// goes on below it.
static double
draw_legend(LacChartView *self, LacPainter *p)
{
    double right = p->width - 12.0, y = 15.0;
    for (guint i = self->chart->series->len; i-- > 0;) {
        const LacChartSeries *series = get_series(self, i);
        gboolean known = self->cursor >= 0 && (gsize) self->cursor < series->n &&
            isfinite(series->y[self->cursor]);
        if (self->chart->series->len == 1 && !known)
            break;
        g_autofree char *text = known ? g_strdup_printf("%s  %.5g at %.5g", series->name,
                                            series->y[self->cursor], series->x[self->cursor])
                                      : g_strdup(series->name);
        double needed = lac_painter_get_text_width(GTK_WIDGET(self), text) + 26.0;
        if (right - needed < 0.0 && right < p->width - 12.0) {
            right = p->width - 12.0;
            y += LEGEND_ROW;
        }
        right -= lac_painter_draw_text(p, right, y, 1.0, 0.5, 0.9, text) + 6.0;
        lac_painter_set_color(p, i, 1.0);
        cairo_rectangle(p->cr, right - 10.0, y - (series->style == LAC_CHART_BARS ? 5.0 : 1.0),
            10.0, series->style == LAC_CHART_BARS ? 10.0 : 2.5);
        cairo_fill(p->cr);
        right -= 22.0;
    }
    return y > 15.0 ? 0.0 : right;
}

static void
draw_chart(LacChartView *self, LacPainter *p)
{
    LacAxes axes = make_axes(self);
    if (axes.right - axes.left < 20.0 || axes.bottom - axes.top < 15.0)
        return;
    lac_axes_draw(&axes, p, self->chart->x_label, self->chart->y_label);
    cairo_save(p->cr);
    cairo_rectangle(p->cr, axes.left, axes.top - 2.0, axes.right - axes.left + 4.0,
        axes.bottom - axes.top + 3.0);
    cairo_clip(p->cr);
    draw_brush(self, p, &axes);
    for (guint i = 0; i < self->chart->series->len; i++)
        if (get_series(self, i)->style == LAC_CHART_BARS)
            draw_bars(self, p, &axes, i);
    for (guint i = 0; i < self->chart->series->len; i++)
        if (get_series(self, i)->style != LAC_CHART_BARS)
            draw_curve(self, p, &axes, i);
    cairo_restore(p->cr);
    draw_marks(self, p, &axes);
    draw_handle(self, p, &axes);
    double room = draw_legend(self, p);
    if (self->chart->title != NULL &&
        10.0 + lac_painter_get_text_width(GTK_WIDGET(self), self->chart->title) < room)
        lac_painter_draw_text(p, 10.0, 15.0, 0.0, 0.5, 1.0, self->chart->title);
}

static void
lac_chart_view_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    LacChartView *self = LAC_CHART_VIEW(widget);
    int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    if (width < 1 || height < 1)
        return;
    graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float) width, (float) height);
    LacPainter p;
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &all);
    lac_painter_init(&p, widget, cr);
    if (!is_empty(self))
        draw_chart(self, &p);
    else
        lac_painter_draw_empty(&p, self->empty_text);
    cairo_destroy(cr);
}

static void
lac_chart_view_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    (void) widget;
    (void) for_size;
    *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 96;
    *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 180;
    *minimum_baseline = *natural_baseline = -1;
}

// --- brushing

static void
emit_brushed(LacChartView *self, GdkModifierType state)
{
    g_signal_emit(self, signals[BRUSHED], 0, self->brush_lo, self->brush_hi,
        (guint) (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)));
}

static void
set_brush(LacChartView *self, double a, double b, GdkModifierType state)
{
    const LacChartSeries *bars = get_bars(self);
    double lo = MIN(a, b), hi = MAX(a, b);
    if (bars != NULL && isfinite(lo)) { // to the edges of bars
        double width = get_bar_width(bars), first = bars->x[0] - 0.5 * width;
        lo = first + width * floor((lo - first) / width + 1e-9);
        hi = first + width * ceil((hi - first) / width - 1e-9);
        lo = MAX(lo, first);
        hi = MIN(MAX(hi, lo + width), first + width * (double) bars->n);
    }
    if (lo == self->brush_lo && hi == self->brush_hi)
        return;
    self->brush_lo = lo;
    self->brush_hi = hi;
    emit_brushed(self, state);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
clear_brush(LacChartView *self, GdkModifierType state)
{
    if (!isfinite(self->brush_lo))
        return;
    self->brush_lo = self->brush_hi = (double) NAN;
    emit_brushed(self, state);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static GdkModifierType
get_state(GtkGesture *gesture)
{
    return gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
}

static void
drag_begin_cb(GtkGestureDrag *gesture, double x, double y, LacChartView *self)
{
    (void) gesture;
    (void) y;
    gtk_widget_grab_focus(GTK_WIDGET(self));
    self->drag = DRAG_NONE;
    self->drag_x = x;
    if (is_empty(self))
        return;
    LacAxes axes = make_axes(self);
    if (isfinite(self->handle) && fabs(lac_axes_to_x(&axes, self->handle) - x) <= GRAB)
        self->drag = DRAG_HANDLE;
    else if (self->is_brushable && x >= axes.left - GRAB && x <= axes.right + GRAB)
        self->drag = DRAG_BRUSH;
}

static void
move_handle(LacChartView *self, double x, gboolean is_committed)
{
    LacAxes axes = make_axes(self);
    self->handle = CLAMP(lac_axes_from_x(&axes, x), axes.x_lo, axes.x_hi);
    g_signal_emit(self, signals[HANDLE_MOVED], 0, self->handle, is_committed);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
drag_update_cb(GtkGestureDrag *gesture, double dx, double dy, LacChartView *self)
{
    (void) dy;
    if (self->drag == DRAG_HANDLE)
        move_handle(self, self->drag_x + dx, FALSE);
    if (self->drag != DRAG_BRUSH || fabs(dx) < CLICK)
        return;
    LacAxes axes = make_axes(self);
    set_brush(self, CLAMP(lac_axes_from_x(&axes, self->drag_x), axes.x_lo, axes.x_hi),
        CLAMP(lac_axes_from_x(&axes, self->drag_x + dx), axes.x_lo, axes.x_hi),
        get_state(GTK_GESTURE(gesture)));
}

// A click chooses the bar under it; where there is none, or a second time, nothing.
static void
click_at(LacChartView *self, double x, GdkModifierType state)
{
    const LacChartSeries *bars = get_bars(self);
    LacAxes axes = make_axes(self);
    double value = lac_axes_from_x(&axes, x);
    for (gsize k = 0; bars != NULL && k < bars->n; k++)
        if (fabs(value - bars->x[k]) <= 0.5 * get_bar_width(bars) && bars->y[k] > 0.0 &&
            !is_in_brush(self, bars->x[k])) {
            set_brush(self, bars->x[k], bars->x[k], state);
            return;
        }
    clear_brush(self, state);
}

static void
drag_end_cb(GtkGestureDrag *gesture, double dx, double dy, LacChartView *self)
{
    (void) dy;
    if (self->drag == DRAG_HANDLE)
        move_handle(self, self->drag_x + dx, TRUE);
    else if (self->drag == DRAG_BRUSH && fabs(dx) < CLICK)
        click_at(self, self->drag_x, get_state(GTK_GESTURE(gesture)));
    self->drag = DRAG_NONE;
}

// --- the pointer and keys

static void
set_cursor(LacChartView *self, int cursor)
{
    if (cursor == self->cursor)
        return;
    self->cursor = cursor;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
motion_cb(GtkEventControllerMotion *controller, double x, double y, LacChartView *self)
{
    (void) controller;
    (void) y;
    double best = HUGE_VAL;
    int found = -1;
    if (is_empty(self))
        return;
    LacAxes axes = make_axes(self);
    const LacChartSeries *series = get_bars(self) != NULL ? get_bars(self) : get_series(self, 0);
    for (gsize k = 0; k < series->n && x >= axes.left && x <= axes.right; k++) {
        double distance = fabs(lac_axes_to_x(&axes, series->x[k]) - x);
        if (distance < best) {
            best = distance;
            found = (int) k;
        }
    }
    gboolean on_handle =
        isfinite(self->handle) && fabs(lac_axes_to_x(&axes, self->handle) - x) <= GRAB;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(self), on_handle ? "ew-resize" : NULL);
    set_cursor(self, found);
}

static void
leave_cb(GtkEventControllerMotion *controller, LacChartView *self)
{
    (void) controller;
    set_cursor(self, -1);
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacChartView *self)
{
    (void) controller;
    (void) code;
    if (is_empty(self))
        return GDK_EVENT_PROPAGATE;
    const LacChartSeries *bars = get_bars(self);
    const LacChartSeries *series = bars != NULL ? bars : get_series(self, 0);
    int last = (int) series->n - 1;
    switch (key) {
    case GDK_KEY_Left: set_cursor(self, MAX(self->cursor - 1, 0)); return GDK_EVENT_STOP;
    case GDK_KEY_Right: set_cursor(self, MIN(self->cursor + 1, last)); return GDK_EVENT_STOP;
    case GDK_KEY_Home: set_cursor(self, 0); return GDK_EVENT_STOP;
    case GDK_KEY_End: set_cursor(self, last); return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
        if (!self->is_brushable || self->cursor < 0)
            return GDK_EVENT_PROPAGATE;
        double x = series->x[self->cursor];
        if ((state & GDK_SHIFT_MASK) != 0 && isfinite(self->brush_lo))
            set_brush(self, MIN(x, self->brush_lo), MAX(x, self->brush_hi), state);
        else
            set_brush(self, x, x, state);
        return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
        if (!isfinite(self->brush_lo))
            return GDK_EVENT_PROPAGATE;
        clear_brush(self, state);
        return GDK_EVENT_STOP;
    default: return GDK_EVENT_PROPAGATE;
    }
}

static LacChart *
dup_chart(GtkWidget *widget)
{
    LacChartView *self = LAC_CHART_VIEW(widget);
    return self->chart != NULL && !is_empty(self) ? lac_chart_copy(self->chart) : NULL;
}

// --- the widget

static void
lac_chart_view_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    (void) width;
    (void) height;
    (void) baseline;
    gtk_popover_present(GTK_POPOVER(LAC_CHART_VIEW(widget)->menu));
}

static void
lac_chart_view_dispose(GObject *object)
{
    LacChartView *self = LAC_CHART_VIEW(object);
    g_clear_pointer(&self->menu, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_chart_view_parent_class)->dispose(object);
}

static void
lac_chart_view_finalize(GObject *object)
{
    LacChartView *self = LAC_CHART_VIEW(object);
    g_clear_pointer(&self->chart, lac_chart_free);
    g_array_unref(self->marks);
    g_free(self->empty_text);
    g_free(self->handle_name);
    g_free(self->handle_unit);
    G_OBJECT_CLASS(lac_chart_view_parent_class)->finalize(object);
}

static void
lac_chart_view_class_init(LacChartViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_chart_view_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_chart_view_finalize;
    widget_class->snapshot = lac_chart_view_snapshot;
    widget_class->measure = lac_chart_view_measure;
    widget_class->size_allocate = lac_chart_view_size_allocate;
    gtk_widget_class_set_css_name(widget_class, "plot");
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
    signals[BRUSHED] = g_signal_new("brushed", LAC_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 3, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_UINT);
    signals[HANDLE_MOVED] = g_signal_new("handle-moved", LAC_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
}

static void
lac_chart_view_init(LacChartView *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    self->brush_lo = self->brush_hi = self->handle = (double) NAN;
    self->cursor = -1;
    self->marks = g_array_new(FALSE, FALSE, sizeof(double));
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin_cb), self);
    g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update_cb), self);
    g_signal_connect(drag, "drag-end", G_CALLBACK(drag_end_cb), self);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "motion", G_CALLBACK(motion_cb), self);
    g_signal_connect(motion, "leave", G_CALLBACK(leave_cb), self);
    gtk_widget_add_controller(widget, motion);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(widget, key);
    gtk_widget_set_focusable(widget, TRUE);
    self->menu = lac_chart_menu_new(widget, dup_chart);
}

/**
 * lac_chart_view_new:
 *
 * Returns: (transfer floating): a view without a chart
 */
GtkWidget *
lac_chart_view_new(void)
{
    return g_object_new(LAC_TYPE_CHART_VIEW, NULL);
}

/**
 * lac_chart_view_set_chart:
 * @self: a view
 * @chart: (nullable) (transfer full): what it shows; a chart of another name lets the brush go
 */
void
lac_chart_view_set_chart(LacChartView *self, LacChart *chart)
{
    g_return_if_fail(LAC_IS_CHART_VIEW(self));

    gboolean is_same =
        chart != NULL && self->chart != NULL && g_strcmp0(chart->id, self->chart->id) == 0;
    if (!is_same)
        self->brush_lo = self->brush_hi = (double) NAN;
    g_clear_pointer(&self->chart, lac_chart_free);
    self->chart = chart;
    self->cursor = -1;
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
        chart != NULL && chart->title != NULL ? chart->title : "Plot", -1);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_chart_view_get_chart:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what it shows
 */
const LacChart *
lac_chart_view_get_chart(LacChartView *self)
{
    return self->chart;
}

/**
 * lac_chart_view_set_empty_text:
 * @self: a view
 * @text: (nullable): what stands there while there is no chart
 */
void
lac_chart_view_set_empty_text(LacChartView *self, const char *text)
{
    char *copy = g_strdup(text);
    g_free(self->empty_text);
    self->empty_text = copy;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_chart_view_set_brushable:
 * @self: a view
 * @brushable: whether a drag selects a range
 */
void
lac_chart_view_set_brushable(LacChartView *self, gboolean brushable)
{
    self->is_brushable = brushable;
}

/**
 * lac_chart_view_set_brush:
 * @self: a view
 * @lo: the range that stands out; NaN: none
 * @hi: its other end
 *
 * Tells nobody.
 */
void
lac_chart_view_set_brush(LacChartView *self, double lo, double hi)
{
    self->brush_lo = lo;
    self->brush_hi = hi;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_chart_view_set_marks:
 * @self: a view
 * @x: (nullable) (array length=n): where what is selected lies; of too many none is drawn
 * @n: their number
 */
void
lac_chart_view_set_marks(LacChartView *self, const double *x, gsize n)
{
    g_array_set_size(self->marks, 0);
    if (n > 0 && n <= MAX_MARKS)
        g_array_append_vals(self->marks, x, (guint) n);
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_chart_view_get_marks:
 * @self: a chart
 * @n: (out): their number
 *
 * Returns: (transfer none) (array length=n): the values of x that are marked
 */
const double *
lac_chart_view_get_marks(LacChartView *self, gsize *n)
{
    *n = self->marks->len;
    return (const double *) (gpointer) self->marks->data;
}

/**
 * lac_chart_view_set_handle:
 * @self: a view
 * @name: what it is: "Cut-off"
 * @unit: of its value
 * @x: where a line that can be dragged stands; NaN: there is none
 */
void
lac_chart_view_set_handle(LacChartView *self, const char *name, const char *unit, double x)
{
    g_free(self->handle_name);
    g_free(self->handle_unit);
    self->handle_name = g_strdup(name);
    self->handle_unit = g_strdup(unit);
    self->handle = x;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/**
 * lac_chart_view_locate:
 * @self: a view with a chart
 * @x: a value
 * @wx: (out): [widget unit] where it is
 * @wy: (out): [widget unit] the middle of the plot
 *
 * Returns: %FALSE if there is nothing to be seen
 */
gboolean
lac_chart_view_locate(LacChartView *self, double x, double *wx, double *wy)
{
    if (is_empty(self))
        return FALSE;
    LacAxes axes = make_axes(self);
    *wx = lac_axes_to_x(&axes, x);
    *wy = 0.5 * (axes.top + axes.bottom);
    return TRUE;
}
