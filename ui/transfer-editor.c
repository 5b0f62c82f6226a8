// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/transfer-editor.h"

#include "ui/histogram.h"
#include "ui/number-entry.h"

#include <math.h>
#include <string.h>

#define MARGIN      8.0
#define STRIP       12.0 // height of the bar of colours
#define GRIP        9.0  // height of the feet of the range
#define REACH       9.0  // how near a click must be to a point
#define FINE        0.1  // with Shift
#define KEY_STEP    0.01
#define AREA_HEIGHT 150
#define SWATCH_W    56
#define SWATCH_H    14

// What is under the pointer or under the keys.
typedef enum {
    PART_NONE,
    PART_POINT,
    PART_LO,
    PART_HI,
} Part;

struct _LacTransferEditor {
    GtkWidget parent_instance;
    GtkWidget *area, *box;
    GtkDropDown *colormap, *preset;
    GtkToggleButton *reversed;
    LacNumberEntry *lo, *hi;
    LacTransfer transfer;
    gsize *bins; // (nullable)
    guint n_bins;
    double min, max;         // of the histogram
    Part part;               // chosen
    guint point;             // of PART_POINT
    double start_x, start_y; // its place when the drag began [widget unit]
    double drag_lo, drag_hi; // what the area shows, kept while dragging
    gboolean dragging, hides_opacity, updating;
};

enum {
    CHANGED,
    RESET,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacTransferEditor, lac_transfer_editor, GTK_TYPE_WIDGET)

// Opacities of layers one voxel thick.
static const struct {
    const char *label;
    guint n_points;
    LacTransferPoint points[4];
} presets[] = {
    { "Atoms", 4, { { 0.25, 0.0 }, { 0.40, 0.08 }, { 0.65, 0.5 }, { 1.0, 0.9 } } },
    { "Soft", 3, { { 0.05, 0.0 }, { 0.50, 0.03 }, { 1.0, 0.2 } } },
    { "Ramp", 2, { { 0.0, 0.0 }, { 1.0, 0.5 } } },
    { "Shell", 4, { { 0.20, 0.0 }, { 0.30, 0.15 }, { 0.40, 0.15 }, { 0.5, 0.0 } } },
};

// The area for the curve; values lo to hi over its width.
static LacHistogramFrame
get_frame(LacTransferEditor *self)
{
    double below = self->hides_opacity ? STRIP + GRIP + 3.0 : STRIP + GRIP + 6.0;
    LacHistogramFrame frame = { .x = MARGIN,
        .y = MARGIN,
        .width = MAX(gtk_widget_get_width(self->area) - 2.0 * MARGIN, 1.0),
        .height = MAX(gtk_widget_get_height(self->area) - MARGIN - below, 1.0),
        .lo = self->transfer.lo,
        .hi = self->transfer.hi };
    if (self->bins != NULL) {
        frame.lo = MIN(frame.lo, self->min);
        frame.hi = MAX(frame.hi, self->max);
    }
    if (self->dragging) {
        frame.lo = self->drag_lo;
        frame.hi = self->drag_hi;
    }
    if (!(frame.hi > frame.lo))
        frame.hi = frame.lo + 1.0;
    return frame;
}

static double
value_to_x(const LacHistogramFrame *frame, double value)
{
    return frame->x + (value - frame->lo) / (frame->hi - frame->lo) * frame->width;
}

static double
x_to_value(const LacHistogramFrame *frame, double x)
{
    return frame->lo + (x - frame->x) / frame->width * (frame->hi - frame->lo);
}

// Square root: the small opacities are those that matter in a thick volume.
static double
opacity_to_y(const LacHistogramFrame *frame, double opacity)
{
    return frame->y + frame->height * (1.0 - sqrt(CLAMP(opacity, 0.0, 1.0)));
}

static double
y_to_opacity(const LacHistogramFrame *frame, double y)
{
    double t = CLAMP(1.0 - (y - frame->y) / frame->height, 0.0, 1.0);
    return t * t;
}

static void
point_place(LacTransferEditor *self, const LacHistogramFrame *frame, guint i, double *x, double *y)
{
    const LacTransferPoint *point = &self->transfer.points[i];
    *x = value_to_x(frame, lac_transfer_get_value(&self->transfer, point->x));
    *y = opacity_to_y(frame, point->opacity);
}

static void
get_part_place(LacTransferEditor *self, const LacHistogramFrame *frame, double *x, double *y)
{
    *y = frame->y + frame->height;
    if (self->part == PART_POINT)
        point_place(self, frame, self->point, x, y);
    else
        *x = value_to_x(frame, self->part == PART_HI ? self->transfer.hi : self->transfer.lo);
}

static void
trace_curve(LacTransferEditor *self, const LacHistogramFrame *frame, cairo_t *cr)
{
    for (int i = 0; i <= (int) frame->width; i++) {
        double x = frame->x + i;
        double t = lac_transfer_get_position(&self->transfer, x_to_value(frame, x));
        cairo_line_to(cr, x, opacity_to_y(frame, lac_transfer_get_opacity(&self->transfer, t)));
    }
}

static void
draw_colors(LacTransferEditor *self, const LacHistogramFrame *frame, cairo_t *cr)
{
    double top = frame->y + frame->height + 3.0;
    for (int i = 0; i < (int) frame->width; i++) {
        double x = frame->x + i;
        double t = lac_transfer_get_position(&self->transfer, x_to_value(frame, x + 0.5));
        float rgb[3];
        lac_transfer_get_color(&self->transfer, CLAMP(t, 0.0, 1.0), rgb);
        cairo_set_source_rgb(cr, (double) rgb[0], (double) rgb[1], (double) rgb[2]);
        cairo_rectangle(cr, x, top, 1.0, STRIP);
        cairo_fill(cr);
        if (self->hides_opacity)
            continue;
        double y = opacity_to_y(frame, lac_transfer_get_opacity(&self->transfer, t));
        cairo_set_source_rgba(cr, (double) rgb[0], (double) rgb[1], (double) rgb[2], 0.55);
        cairo_rectangle(cr, x, y, 1.0, frame->y + frame->height - y);
        cairo_fill(cr);
    }
}

static void
draw_foot(cairo_t *cr, double x, double y, gboolean chosen, const GdkRGBA *text)
{
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x + 5.0, y + GRIP);
    cairo_line_to(cr, x - 5.0, y + GRIP);
    cairo_close_path(cr);
    gdk_cairo_set_source_rgba(cr, text);
    if (chosen)
        cairo_fill_preserve(cr);
    cairo_set_line_width(cr, 1.25);
    cairo_stroke(cr);
}

static void
draw_points(LacTransferEditor *self, const LacHistogramFrame *frame, cairo_t *cr,
    const GdkRGBA *text)
{
    cairo_set_line_width(cr, 1.75);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    gdk_cairo_set_source_rgba(cr, text);
    trace_curve(self, frame, cr);
    cairo_stroke(cr);
    for (guint i = 0; i < self->transfer.n_points; i++) {
        double x, y;
        gboolean chosen = self->part == PART_POINT && self->point == i;
        point_place(self, frame, i, &x, &y);
        float rgb[3];
        lac_transfer_get_color(&self->transfer, self->transfer.points[i].x, rgb);
        cairo_arc(cr, x, y, chosen ? 6.0 : 4.5, 0.0, 2.0 * G_PI);
        cairo_set_source_rgb(cr, (double) rgb[0], (double) rgb[1], (double) rgb[2]);
        cairo_fill_preserve(cr);
        gdk_cairo_set_source_rgba(cr, text);
        cairo_set_line_width(cr, chosen ? 2.5 : 1.5);
        cairo_stroke(cr);
    }
}

static void
draw_cb(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    (void) width;
    (void) height;
    LacTransferEditor *self = data;
    LacHistogramFrame frame = get_frame(self);
    GdkRGBA text;
    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(area)), &text);
    cairo_set_source_rgba(cr, (double) text.red, (double) text.green, (double) text.blue, 0.05);
    cairo_rectangle(cr, frame.x, frame.y, frame.width, frame.height);
    cairo_fill(cr);
    if (self->bins != NULL) {
        lac_histogram_trace(self->bins, self->n_bins, self->min, self->max, &frame, cr);
        cairo_set_source_rgba(cr, (double) text.red, (double) text.green, (double) text.blue, 0.28);
        cairo_fill(cr);
    }
    draw_colors(self, &frame, cr);
    if (!self->hides_opacity)
        draw_points(self, &frame, cr, &text);
    double bottom = frame.y + frame.height + 3.0 + STRIP;
    draw_foot(cr, value_to_x(&frame, self->transfer.lo), bottom, self->part == PART_LO, &text);
    draw_foot(cr, value_to_x(&frame, self->transfer.hi), bottom, self->part == PART_HI, &text);
    if (gtk_widget_has_visible_focus(GTK_WIDGET(area)) && self->part != PART_NONE) {
        double x, y;
        get_part_place(self, &frame, &x, &y);
        cairo_rectangle(cr, x - 9.0, y - 9.0, 18.0, 18.0);
        cairo_set_line_width(cr, 1.0);
        cairo_stroke(cr);
    }
}

// The controls show the transfer function.
static void
update_controls(LacTransferEditor *self)
{
    self->updating = TRUE;
    gtk_drop_down_set_selected(self->colormap, self->transfer.colormap);
    gtk_toggle_button_set_active(self->reversed, self->transfer.reversed);
    lac_number_entry_set_value(self->lo, self->transfer.lo);
    lac_number_entry_set_value(self->hi, self->transfer.hi);
    self->updating = FALSE;
    if (self->point >= self->transfer.n_points)
        self->point = self->transfer.n_points - 1;
    gtk_widget_queue_draw(self->area);
}

static void
changed(LacTransferEditor *self)
{
    update_controls(self);
    g_signal_emit(self, signals[CHANGED], 0);
}

static void
set_range(LacTransferEditor *self, double lo, double hi)
{
    if (!(hi > lo) || (lo == self->transfer.lo && hi == self->transfer.hi)) {
        update_controls(self);
        return;
    }
    self->transfer.lo = lo;
    self->transfer.hi = hi;
    changed(self);
}

// Moves what is chosen to a place in the area.
static void
move_part(LacTransferEditor *self, double x, double y)
{
    LacHistogramFrame frame = get_frame(self);
    double value = x_to_value(&frame, x), gap = 1e-3 * (frame.hi - frame.lo);
    if (self->part == PART_LO) {
        set_range(self, MIN(value, self->transfer.hi - gap), self->transfer.hi);
    }
    else if (self->part == PART_HI) {
        set_range(self, self->transfer.lo, MAX(value, self->transfer.lo + gap));
    }
    else if (self->part == PART_POINT) {
        lac_transfer_move_point(&self->transfer, self->point,
            lac_transfer_get_position(&self->transfer, value), y_to_opacity(&frame, y));
        changed(self);
    }
}

static void
remove_point(LacTransferEditor *self)
{
    if (self->part != PART_POINT || !lac_transfer_remove_point(&self->transfer, self->point)) {
        gtk_widget_error_bell(self->area);
        return;
    }
    self->point = MIN(self->point, self->transfer.n_points - 1);
    changed(self);
}

static gboolean
add_point(LacTransferEditor *self, double x, double y)
{
    LacHistogramFrame frame = get_frame(self);
    int added = lac_transfer_add_point(&self->transfer,
        lac_transfer_get_position(&self->transfer, x_to_value(&frame, x)), y_to_opacity(&frame, y));
    if (added < 0) {
        gtk_widget_error_bell(self->area);
        return FALSE;
    }
    self->part = PART_POINT;
    self->point = (guint) added;
    changed(self);
    return TRUE;
}

// Chooses what lies at a place of the area.
static void
choose_at(LacTransferEditor *self, double x, double y)
{
    LacHistogramFrame frame = get_frame(self);
    self->part = PART_NONE;
    if (y > frame.y + frame.height + 2.0) {
        double to_lo = fabs(value_to_x(&frame, self->transfer.lo) - x);
        double to_hi = fabs(value_to_x(&frame, self->transfer.hi) - x);
        self->part = to_lo < to_hi ? PART_LO : PART_HI;
        return;
    }
    double nearest = REACH;
    for (guint i = 0; i < self->transfer.n_points && !self->hides_opacity; i++) {
        double px, py;
        point_place(self, &frame, i, &px, &py);
        double distance = hypot(px - x, py - y);
        if (distance <= nearest) {
            nearest = distance;
            self->part = PART_POINT;
            self->point = i;
        }
    }
}

static void
drag_begin_cb(GtkGestureDrag *gesture, double x, double y, LacTransferEditor *self)
{
    (void) gesture;
    gtk_widget_grab_focus(self->area);
    choose_at(self, x, y);
    if (self->part == PART_NONE && (self->hides_opacity || !add_point(self, x, y)))
        return;
    LacHistogramFrame frame = get_frame(self);
    self->drag_lo = frame.lo;
    self->drag_hi = frame.hi;
    self->dragging = TRUE;
    get_part_place(self, &frame, &self->start_x, &self->start_y);
    gtk_widget_queue_draw(self->area);
}

static void
drag_update_cb(GtkGestureDrag *gesture, double dx, double dy, LacTransferEditor *self)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    double speed = (state & GDK_SHIFT_MASK) != 0 ? FINE : 1.0;
    if (self->dragging && hypot(dx, dy) >= 1.0)
        move_part(self, self->start_x + speed * dx, self->start_y + speed * dy);
}

static void
drag_end_cb(GtkGestureDrag *gesture, double dx, double dy, LacTransferEditor *self)
{
    (void) gesture;
    (void) dx;
    (void) dy;
    self->dragging = FALSE;
    gtk_widget_queue_draw(self->area);
}

static void
secondary_cb(GtkGestureClick *gesture, int n_press, double x, double y, LacTransferEditor *self)
{
    (void) gesture;
    (void) n_press;
    choose_at(self, x, y);
    if (self->part == PART_POINT)
        remove_point(self);
}

// The next or previous of points and range ends.
static void
choose_next(LacTransferEditor *self, int step)
{
    int n = (int) (self->hides_opacity ? 0 : self->transfer.n_points) + 2;
    int at = self->part == PART_LO ? 0
        : self->part == PART_HI    ? n - 1
        : self->part == PART_POINT ? (int) self->point + 1
                                   : -1;
    at = self->part == PART_NONE && step < 0 ? n - 1 : (at + step + n) % n;
    self->part = at == 0 ? PART_LO : at == n - 1 ? PART_HI : PART_POINT;
    if (self->part == PART_POINT)
        self->point = (guint) at - 1;
    gtk_widget_queue_draw(self->area);
}

static void
nudge(LacTransferEditor *self, double right, double up, GdkModifierType state)
{
    LacHistogramFrame frame = get_frame(self);
    double step = KEY_STEP * ((state & GDK_SHIFT_MASK) != 0 ? FINE : 1.0), x, y;
    if (self->part == PART_NONE)
        choose_next(self, 1);
    get_part_place(self, &frame, &x, &y);
    move_part(self, x + right * step * frame.width, y - up * step * frame.height);
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacTransferEditor *self)
{
    (void) controller;
    (void) code;
    LacHistogramFrame frame = get_frame(self);
    switch (key) {
    case GDK_KEY_Page_Down: choose_next(self, 1); return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up: choose_next(self, -1); return GDK_EVENT_STOP;
    case GDK_KEY_Left: nudge(self, -1.0, 0.0, state); return GDK_EVENT_STOP;
    case GDK_KEY_Right: nudge(self, 1.0, 0.0, state); return GDK_EVENT_STOP;
    case GDK_KEY_Up: nudge(self, 0.0, 1.0, state); return GDK_EVENT_STOP;
    case GDK_KEY_Down: nudge(self, 0.0, -1.0, state); return GDK_EVENT_STOP;
    case GDK_KEY_Insert:
        add_point(self, frame.x + 0.5 * frame.width, frame.y + 0.5 * frame.height);
        return GDK_EVENT_STOP;
    case GDK_KEY_Delete:
    case GDK_KEY_BackSpace: remove_point(self); return GDK_EVENT_STOP;
    default: return GDK_EVENT_PROPAGATE;
    }
}

static void
colormap_cb(LacTransferEditor *self)
{
    guint selected = gtk_drop_down_get_selected(self->colormap);
    if (self->updating || selected >= LAC_N_COLORMAPS)
        return;
    self->transfer.colormap = (LacColormap) selected;
    changed(self);
}

static void
reversed_cb(LacTransferEditor *self)
{
    if (self->updating)
        return;
    self->transfer.reversed = gtk_toggle_button_get_active(self->reversed);
    changed(self);
}

// The first entry is the title of the menu.
static void
preset_cb(LacTransferEditor *self)
{
    guint selected = gtk_drop_down_get_selected(self->preset);
    if (selected == 0 || selected > G_N_ELEMENTS(presets))
        return;
    self->transfer.n_points = presets[selected - 1].n_points;
    memcpy(self->transfer.points, presets[selected - 1].points, sizeof presets[0].points);
    gtk_drop_down_set_selected(self->preset, 0);
    changed(self);
}

static void
edited_cb(LacNumberEntry *entry, double value, LacTransferEditor *self)
{
    if (entry == self->lo)
        set_range(self, value, self->transfer.hi);
    else
        set_range(self, self->transfer.lo, value);
}

static void
reset_cb(LacTransferEditor *self)
{
    g_signal_emit(self, signals[RESET], 0);
}

static GdkTexture *
make_swatch(LacColormap colormap)
{
    guint8 *pixels = g_malloc(4 * SWATCH_W * SWATCH_H);
    lac_colormap_fill_rgba(colormap, SWATCH_W, pixels);
    for (gsize row = 1; row < SWATCH_H; row++)
        memcpy(pixels + 4 * SWATCH_W * row, pixels, 4 * SWATCH_W);
    g_autoptr(GBytes) bytes = g_bytes_new_take(pixels, 4 * SWATCH_W * SWATCH_H);
    return gdk_memory_texture_new(SWATCH_W, SWATCH_H, GDK_MEMORY_R8G8B8A8, bytes, 4 * SWATCH_W);
}

static void
setup_swatch_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *picture = gtk_picture_new(), *label = gtk_label_new("");
    gtk_picture_set_can_shrink(GTK_PICTURE(picture), FALSE);
    gtk_widget_set_valign(picture, GTK_ALIGN_CENTER);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
    gtk_box_append(GTK_BOX(box), picture);
    gtk_box_append(GTK_BOX(box), label);
    gtk_list_item_set_child(item, box);
}

static void
bind_swatch_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *box = gtk_list_item_get_child(item);
    GtkWidget *picture = gtk_widget_get_first_child(box);
    GtkWidget *label = gtk_widget_get_last_child(box);
    const char *text = gtk_string_object_get_string(gtk_list_item_get_item(item));
    for (guint i = 0; i < LAC_N_COLORMAPS; i++) {
        if (!g_str_equal(text, lac_colormap_get_label((LacColormap) i)))
            continue;
        g_autoptr(GdkTexture) swatch = make_swatch((LacColormap) i);
        gtk_picture_set_paintable(GTK_PICTURE(picture), GDK_PAINTABLE(swatch));
    }
    gtk_label_set_text(GTK_LABEL(label), text);
}

static void
describe(GtkWidget *widget, const char *label, const char *tooltip)
{
    gtk_widget_set_tooltip_text(widget, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
        -1);
}

static void
make_area(LacTransferEditor *self)
{
    self->area = gtk_drawing_area_new();
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(self->area), draw_cb, self, NULL);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(self->area), AREA_HEIGHT);
    gtk_widget_set_hexpand(self->area, TRUE);
    gtk_widget_set_focusable(self->area, TRUE);
    describe(self->area, "Opacity over value",
        "Click to add a point, drag to move it, right-click or Delete to remove it; the feet below "
        "the colours are the range. Shift makes it ten times finer. Keys: Page Up and Page Down "
        "choose, arrows move, Insert adds");
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin_cb), self);
    g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update_cb), self);
    g_signal_connect(drag, "drag-end", G_CALLBACK(drag_end_cb), self);
    gtk_widget_add_controller(self->area, GTK_EVENT_CONTROLLER(drag));
    GtkGesture *secondary = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(secondary), GDK_BUTTON_SECONDARY);
    g_signal_connect(secondary, "pressed", G_CALLBACK(secondary_cb), self);
    gtk_widget_add_controller(self->area, GTK_EVENT_CONTROLLER(secondary));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(self->area, key);
    gtk_box_append(GTK_BOX(self->box), self->area);
}

static void
make_range_row(LacTransferEditor *self)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *lo = lac_number_entry_new("Low end of the range", "Value of the first colour");
    GtkWidget *hi = lac_number_entry_new("High end of the range", "Value of the last colour");
    self->lo = LAC_NUMBER_ENTRY(lo);
    self->hi = LAC_NUMBER_ENTRY(hi);
    g_signal_connect(lo, "edited", G_CALLBACK(edited_cb), self);
    g_signal_connect(hi, "edited", G_CALLBACK(edited_cb), self);
    GtkWidget *reset = gtk_button_new_from_icon_name("edit-undo-symbolic");
    describe(reset, "Automatic transfer function", "Back to the automatic transfer function");
    gtk_widget_add_css_class(reset, "flat");
    gtk_widget_set_hexpand(reset, TRUE);
    gtk_widget_set_halign(reset, GTK_ALIGN_CENTER);
    g_signal_connect_swapped(reset, "clicked", G_CALLBACK(reset_cb), self);
    gtk_box_append(GTK_BOX(row), lo);
    gtk_box_append(GTK_BOX(row), reset);
    gtk_box_append(GTK_BOX(row), hi);
    gtk_box_append(GTK_BOX(self->box), row);
}

static GtkDropDown *
make_colormaps(void)
{
    GtkStringList *names = gtk_string_list_new(NULL);
    for (guint i = 0; i < LAC_N_COLORMAPS; i++)
        gtk_string_list_append(names, lac_colormap_get_label((LacColormap) i));
    GtkWidget *colormap = gtk_drop_down_new(G_LIST_MODEL(names), NULL);
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();
    g_signal_connect(factory, "setup", G_CALLBACK(setup_swatch_cb), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(bind_swatch_cb), NULL);
    gtk_drop_down_set_factory(GTK_DROP_DOWN(colormap), factory);
    describe(colormap, "Colour map", "Colour map from the low to the high end of the range");
    gtk_widget_set_hexpand(colormap, TRUE);
    return GTK_DROP_DOWN(colormap);
}

static void
make_color_row(LacTransferEditor *self)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    self->colormap = make_colormaps();
    g_signal_connect_swapped(self->colormap, "notify::selected", G_CALLBACK(colormap_cb), self);
    GtkWidget *reversed = gtk_toggle_button_new();
    gtk_button_set_icon_name(GTK_BUTTON(reversed), "object-flip-horizontal-symbolic");
    describe(reversed, "Reverse the colours", "Reverse the colour map");
    self->reversed = GTK_TOGGLE_BUTTON(reversed);
    g_signal_connect_swapped(reversed, "toggled", G_CALLBACK(reversed_cb), self);
    GtkStringList *names = gtk_string_list_new(NULL);
    gtk_string_list_append(names, "Opacity");
    for (guint i = 0; i < G_N_ELEMENTS(presets); i++)
        gtk_string_list_append(names, presets[i].label);
    GtkWidget *preset = gtk_drop_down_new(G_LIST_MODEL(names), NULL);
    describe(preset, "Preset of the opacity", "Replace the opacity by a preset");
    self->preset = GTK_DROP_DOWN(preset);
    g_signal_connect_swapped(preset, "notify::selected", G_CALLBACK(preset_cb), self);
    gtk_box_append(GTK_BOX(row), GTK_WIDGET(self->colormap));
    gtk_box_append(GTK_BOX(row), reversed);
    gtk_box_append(GTK_BOX(row), preset);
    gtk_box_append(GTK_BOX(self->box), row);
}

static void
lac_transfer_editor_dispose(GObject *object)
{
    LacTransferEditor *self = LAC_TRANSFER_EDITOR(object);
    // A field that is left half edited must not reach what is gone already.
    if (self->box != NULL) {
        g_signal_handlers_disconnect_by_data(self->lo, self);
        g_signal_handlers_disconnect_by_data(self->hi, self);
    }
    g_clear_pointer(&self->box, gtk_widget_unparent);
    g_clear_pointer(&self->bins, g_free);
    G_OBJECT_CLASS(lac_transfer_editor_parent_class)->dispose(object);
}

static void
lac_transfer_editor_class_init(LacTransferEditorClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_transfer_editor_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
    signals[CHANGED] = g_signal_new("changed", LAC_TYPE_TRANSFER_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
    signals[RESET] = g_signal_new("reset", LAC_TYPE_TRANSFER_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_transfer_editor_init(LacTransferEditor *self)
{
    self->transfer = lac_transfer_default(0.0, 1.0);
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    make_area(self);
    make_range_row(self);
    make_color_row(self);
    update_controls(self);
}

/**
 * lac_transfer_editor_new:
 *
 * Returns: (transfer floating): an editor of the default transfer function
 */
GtkWidget *
lac_transfer_editor_new(void)
{
    return g_object_new(LAC_TYPE_TRANSFER_EDITOR, NULL);
}

/**
 * lac_transfer_editor_set_histogram:
 * @self: an editor
 * @bins: (array length=n_bins) (nullable): counts; copied
 * @n_bins: how many
 * @min: lower edge of the first bin
 * @max: upper edge of the last bin
 */
void
lac_transfer_editor_set_histogram(LacTransferEditor *self, const gsize *bins, guint n_bins,
    double min, double max)
{
    g_return_if_fail(LAC_IS_TRANSFER_EDITOR(self));

    g_free(self->bins);
    self->bins = n_bins > 0 ? g_memdup2(bins, n_bins * sizeof *bins) : NULL;
    self->n_bins = n_bins;
    self->min = min;
    self->max = max;
    gtk_widget_queue_draw(self->area);
}

/**
 * lac_transfer_editor_set_transfer:
 * @self: an editor
 * @transfer: what it shows from now on; copied, no signal is emitted
 */
void
lac_transfer_editor_set_transfer(LacTransferEditor *self, const LacTransfer *transfer)
{
    g_return_if_fail(LAC_IS_TRANSFER_EDITOR(self));

    if (lac_transfer_is_equal(&self->transfer, transfer))
        return;
    self->transfer = *transfer;
    update_controls(self);
}

/**
 * lac_transfer_editor_get_transfer:
 * @self: an editor
 * @transfer: (out caller-allocates): what it shows
 */
void
lac_transfer_editor_get_transfer(LacTransferEditor *self, LacTransfer *transfer)
{
    g_return_if_fail(LAC_IS_TRANSFER_EDITOR(self));

    *transfer = self->transfer;
}

/**
 * lac_transfer_editor_set_show_opacity:
 * @self: an editor
 * @show: %FALSE where only the colours matter, as in a maximum intensity projection
 */
void
lac_transfer_editor_set_show_opacity(LacTransferEditor *self, gboolean show)
{
    g_return_if_fail(LAC_IS_TRANSFER_EDITOR(self));

    self->hides_opacity = !show;
    if (!show && self->part == PART_POINT)
        self->part = PART_NONE;
    gtk_widget_set_visible(GTK_WIDGET(self->preset), show);
    gtk_widget_queue_draw(self->area);
}
