// SPDX-License-Identifier: GPL-3.0-or-later
// Box, lasso and measure in the 3D view, what they draw over it, and flights to a position.
#include "core/analysis/measure.h"
#include "ui/overlay.h"
#include "ui/render/pick.h"
#include "ui/viewport-private.h"

#include <math.h>

#define FLY_US      350000 // of a flight
#define LASSO_STEP  2.0    // [widget unit] between corners of a lasso
#define MAX_MEASURE 4
#define SHORT_LINE  8.0 // [widget unit] a drag that is no line

static const double yellow[3] = { 1.0, 0.80, 0.20 };

// It lies over all of the view: where it has nothing to draw it would cost time in each frame.
static void
update_drawing(LacViewport *self)
{
    gtk_widget_set_visible(GTK_WIDGET(self->drawing),
        self->outline->len > 0 || self->measured->len > 0 || self->has_line);
    gtk_widget_queue_draw(GTK_WIDGET(self->drawing));
}

static void
set_selection_mode(LacViewport *self, LacViewportMode mode)
{
    if (self->mode == mode)
        return;
    self->mode = mode;
    g_array_set_size(self->outline, 0);
    g_array_set_size(self->measured, 0);
    gtk_widget_set_cursor_from_name(GTK_WIDGET(self),
        mode == LAC_VIEWPORT_NAVIGATE ? NULL : "crosshair");
    update_drawing(self);
    lac_viewport_emit_mode_changed(self);
}

/**
 * lac_viewport_get_selection_mode:
 * @self: a view
 *
 * Returns: what a click or a drag of the left button does
 */
LacViewportMode
lac_viewport_get_selection_mode(LacViewport *self)
{
    return self->mode;
}

static void
toggle_mode(LacViewport *self, LacViewportMode mode)
{
    set_selection_mode(self, self->mode == mode ? LAC_VIEWPORT_NAVIGATE : mode);
}

/**
 * lac_viewport_atom_key:
 * @self: a view
 * @key: a key value
 * @state: modifiers
 *
 * Returns: whether the key is one for atoms; then it was done
 */
gboolean
lac_viewport_atom_key(LacViewport *self, guint key, GdkModifierType state)
{
    if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || self->atoms == NULL)
        return FALSE;
    switch (key) {
    case GDK_KEY_b:
    case GDK_KEY_B: toggle_mode(self, LAC_VIEWPORT_BOX); return TRUE;
    case GDK_KEY_l:
    case GDK_KEY_L: toggle_mode(self, LAC_VIEWPORT_LASSO); return TRUE;
    case GDK_KEY_m:
    case GDK_KEY_M: toggle_mode(self, LAC_VIEWPORT_MEASURE); return TRUE;
    case GDK_KEY_d:
    case GDK_KEY_D: toggle_mode(self, LAC_VIEWPORT_LINE); return TRUE;
    case GDK_KEY_h:
    case GDK_KEY_H: lac_viewport_hide_selection(self); return TRUE;
    case GDK_KEY_i:
    case GDK_KEY_I: lac_viewport_isolate_selection(self); return TRUE;
    case GDK_KEY_Escape:
        if (self->mode == LAC_VIEWPORT_NAVIGATE)
            return FALSE;
        set_selection_mode(self, LAC_VIEWPORT_NAVIGATE);
        return TRUE;
    default: return FALSE;
    }
}

// ---- Box and lasso ----

static void
add_corner(LacViewport *self, double x, double y)
{
    const double corner[2] = { x, y };
    g_array_append_vals(self->outline, corner, 2);
}

/**
 * lac_viewport_mode_press:
 * @self: a view
 * @x: [widget unit] from the left
 * @y: [widget unit] from the top
 *
 * Returns: whether a drag from here makes a box, a lasso or a line
 */
gboolean
lac_viewport_mode_press(LacViewport *self, double x, double y)
{
    if (self->mode == LAC_VIEWPORT_NAVIGATE || self->mode == LAC_VIEWPORT_MEASURE)
        return FALSE;
    g_array_set_size(self->outline, 0);
    add_corner(self, x, y);
    return TRUE;
}

/**
 * lac_viewport_mode_drag:
 * @self: a view
 * @x: [widget unit] from the left
 * @y: [widget unit] from the top
 *
 * Goes on with the box, the lasso or the line.
 */
void
lac_viewport_mode_drag(LacViewport *self, double x, double y)
{
    const double *xy = (const double *) (gpointer) self->outline->data;
    if (self->outline->len < 2)
        return;
    if (self->mode == LAC_VIEWPORT_LINE) {
        g_array_set_size(self->outline, 2);
        add_corner(self, x, y);
    }
    else if (self->mode == LAC_VIEWPORT_BOX) {
        double x0 = xy[0], y0 = xy[1];
        g_array_set_size(self->outline, 0);
        add_corner(self, x0, y0);
        add_corner(self, x, y0);
        add_corner(self, x, y);
        add_corner(self, x0, y);
    }
    else {
        const double *last = xy + self->outline->len - 2;
        if (hypot(x - last[0], y - last[1]) >= LASSO_STEP)
            add_corner(self, x, y);
    }
    update_drawing(self);
}

// The atom there, else the place in the plane of the middle of the view.
static LacVec3
find_end(LacViewport *self, double x, double y)
{
    gsize index;
    if (lac_viewport_pick_atom(self, x, y, &index))
        return (LacVec3){ self->atoms->x[index], self->atoms->y[index], self->atoms->z[index] };
    const LacCamera *camera = &self->scene.camera;
    LacRay ray = lac_camera_unproject(camera, gtk_widget_get_width(GTK_WIDGET(self)),
        gtk_widget_get_height(GTK_WIDGET(self)), x, y);
    LacMat3 m = lac_camera_get_matrix(camera);
    LacVec3 toward = { m.m[2][0], m.m[2][1], m.m[2][2] };
    double slope = lac_vec3_dot(ray.direction, toward);
    double t = lac_vec3_dot(lac_vec3_subtract(camera->target, ray.origin), toward) / slope;
    return lac_vec3_add_scaled(ray.origin, t, ray.direction);
}

static void
end_line(LacViewport *self)
{
    const double *xy = (const double *) (gpointer) self->outline->data;
    if (self->outline->len < 4 || hypot(xy[2] - xy[0], xy[3] - xy[1]) < SHORT_LINE)
        return;
    const LacVec3 ends[2] = { find_end(self, xy[0], xy[1]), find_end(self, xy[2], xy[3]) };
    lac_viewport_emit_line_drawn(self, ends);
}

/**
 * lac_viewport_set_line:
 * @self: a view
 * @ends: (nullable) (array fixed-size=2): [Å] its ends; %NULL: none
 *
 * Draws a line over the picture, from A to B.
 */
void
lac_viewport_set_line(LacViewport *self, const LacVec3 *ends)
{
    g_return_if_fail(LAC_IS_VIEWPORT(self));

    self->has_line = ends != NULL;
    for (guint k = 0; ends != NULL && k < 2; k++)
        self->line[k] = ends[k];
    update_drawing(self);
}

/**
 * lac_viewport_mode_release:
 * @self: a view
 * @state: the modifiers that are held
 *
 * Ends the box or the lasso, and tells what is in it; or the line.
 */
void
lac_viewport_mode_release(LacViewport *self, GdkModifierType state)
{
    gsize n = self->outline->len / 2;
    if (self->mode == LAC_VIEWPORT_LINE) {
        end_line(self);
    }
    else if (n >= 3) {
        g_autoptr(GArray) indices = g_array_new(FALSE, FALSE, sizeof(gsize));
        lac_viewport_update_atoms(self);
        lac_pick_atoms_in_polygon(&self->scene, gtk_widget_get_width(GTK_WIDGET(self)),
            gtk_widget_get_height(GTK_WIDGET(self)),
            (const double *) (gpointer) self->outline->data, n, indices);
        lac_viewport_emit_atoms_selected(self, indices, state);
    }
    g_array_set_size(self->outline, 0);
    update_drawing(self);
}

// ---- Measures ----

/**
 * lac_viewport_mode_click:
 * @self: a view
 * @index: an atom, or %G_MAXSIZE
 *
 * Returns: whether the click belongs to a measurement
 */
gboolean
lac_viewport_mode_click(LacViewport *self, gsize index)
{
    if (self->mode != LAC_VIEWPORT_MEASURE)
        return FALSE;
    if (index == G_MAXSIZE || self->measured->len == MAX_MEASURE)
        g_array_set_size(self->measured, 0);
    gboolean is_last = self->measured->len > 0 &&
        g_array_index(self->measured, gsize, self->measured->len - 1) == index;
    if (index != G_MAXSIZE && !is_last)
        g_array_append_val(self->measured, index);
    update_drawing(self);
    return TRUE;
}

static LacVec3
get_measured(LacViewport *self, guint k)
{
    gsize i = g_array_index(self->measured, gsize, k);
    return (LacVec3){ self->atoms->x[i], self->atoms->y[i], self->atoms->z[i] };
}

/**
 * lac_viewport_dup_measure:
 * @self: a view
 *
 * Returns: (transfer full) (nullable): the distance of two atoms [Å], the angle at the second of
 *     three or the dihedral angle of four [deg], with its error for atoms known to 0.2 Å
 */
char *
lac_viewport_dup_measure(LacViewport *self)
{
    LacVec3 p[MAX_MEASURE];
    guint n = self->measured->len;
    if (n < 2)
        return NULL;
    for (guint k = 0; k < n; k++)
        p[k] = get_measured(self, k);
    LacMeasure m;
    if (n == 2) {
        m = lac_measure_distance(p[0], p[1], LAC_MEASURE_PRECISION);
        return g_strdup_printf("%.3f ± %.2f Å", m.value, m.error);
    }
    m = n == 3 ? lac_measure_angle(p[0], p[1], p[2], LAC_MEASURE_PRECISION)
               : lac_measure_dihedral(p[0], p[1], p[2], p[3], LAC_MEASURE_PRECISION);
    if (isnan(m.value))
        return g_strdup("undefined: three atoms on a line");
    return g_strdup_printf(n == 3 ? "%.2f ± %.1f°" : "dihedral %.2f ± %.1f°", m.value, m.error);
}

// ---- What is drawn over the view ----

static void
draw_outline(LacViewport *self, cairo_t *cr)
{
    const double *xy = (const double *) (gpointer) self->outline->data;
    if (self->outline->len < 4)
        return;
    if (self->mode == LAC_VIEWPORT_LINE) {
        lac_overlay_line(cr, xy[0], xy[1], xy[2], xy[3], yellow);
        return;
    }
    cairo_new_path(cr);
    for (guint i = 0; i + 1 < self->outline->len; i += 2)
        cairo_line_to(cr, xy[i], xy[i + 1]);
    cairo_close_path(cr);
    cairo_set_source_rgba(cr, yellow[0], yellow[1], yellow[2], 0.12);
    cairo_fill_preserve(cr);
    const double dash[2] = { 5.0, 4.0 };
    cairo_set_line_width(cr, 1.5);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.65);
    cairo_stroke_preserve(cr);
    cairo_set_dash(cr, dash, 2, 0.0);
    cairo_set_source_rgb(cr, yellow[0], yellow[1], yellow[2]);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0.0);
}

static void
draw_line(LacViewport *self, cairo_t *cr, int width, int height)
{
    static const char *const NAMES[2] = { "A", "B" };
    double x[2], y[2];
    for (guint k = 0; k < 2; k++)
        if (!self->has_line ||
            !lac_camera_project(&self->scene.camera, width, height, self->line[k], &x[k], &y[k],
                NULL))
            return;
    lac_overlay_line(cr, x[0], y[0], x[1], y[1], yellow);
    for (guint k = 0; k < 2; k++)
        lac_overlay_label(GTK_WIDGET(self->drawing), cr, x[k] + 6.0, y[k] - 6.0, NAMES[k]);
}

static void
draw_measure(LacViewport *self, cairo_t *cr, int width, int height)
{
    double x[MAX_MEASURE], y[MAX_MEASURE];
    guint n = self->measured->len;
    for (guint k = 0; k < n; k++)
        if (!lac_camera_project(&self->scene.camera, width, height, get_measured(self, k), &x[k],
                &y[k], NULL))
            return;
    for (guint k = 0; k + 1 < n; k++)
        lac_overlay_line(cr, x[k], y[k], x[k + 1], y[k + 1], yellow);
    for (guint k = 0; k < n; k++) {
        cairo_new_path(cr);
        cairo_arc(cr, x[k], y[k], 4.0, 0.0, 2.0 * G_PI);
        cairo_set_source_rgb(cr, yellow[0], yellow[1], yellow[2]);
        cairo_fill_preserve(cr);
        cairo_set_line_width(cr, 1.0);
        cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.8);
        cairo_stroke(cr);
    }
    g_autofree char *text = lac_viewport_dup_measure(self);
    if (text == NULL)
        return;
    double at_x = n == 2 ? 0.5 * (x[0] + x[1]) : x[1], at_y = n == 2 ? 0.5 * (y[0] + y[1]) : y[1];
    lac_overlay_label(GTK_WIDGET(self->drawing), cr, at_x + 10.0, at_y - 10.0, text);
}

/**
 * lac_viewport_draw_mode:
 * @area: where
 * @cr: to draw with
 * @width: [widget unit]
 * @height: [widget unit]
 * @data: the view
 *
 * Draws the rubber band, the line and the measurement.
 */
void
lac_viewport_draw_mode(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    (void) area;
    draw_outline(data, cr);
    draw_line(data, cr, width, height);
    draw_measure(data, cr, width, height);
}

// ---- Flights ----

static gboolean
fly_cb(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    (void) data;
    LacViewport *self = LAC_VIEWPORT(widget);
    double t = (double) (gdk_frame_clock_get_frame_time(clock) - self->fly_start) / FLY_US;
    gboolean is_there = t >= 1.0;
    t = CLAMP(t, 0.0, 1.0);
    t = t * t * (3.0 - 2.0 * t);
    LacVec3 a = self->fly_from, b = self->fly_to;
    self->scene.camera.target =
        (LacVec3){ a.x + t * (b.x - a.x), a.y + t * (b.y - a.y), a.z + t * (b.z - a.z) };
    lac_viewport_begin_moving(self);
    if (!is_there)
        return G_SOURCE_CONTINUE;
    self->scene.camera.target = b;
    self->fly_tick = 0;
    lac_viewport_emit_camera_changed(self);
    return G_SOURCE_REMOVE;
}

/**
 * lac_viewport_fly_to:
 * @self: a view
 * @position: [Å] what comes into the middle, where the view turns about it
 *
 * Goes there in a third of a second; at once where animations are switched off.
 */
void
lac_viewport_fly_to(LacViewport *self, LacVec3 position)
{
    gboolean animate = FALSE;
    g_object_get(gtk_widget_get_settings(GTK_WIDGET(self)), "gtk-enable-animations", &animate,
        NULL);
    self->is_fit_due = FALSE;
    if (self->fly_tick != 0)
        gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->fly_tick);
    self->fly_tick = 0;
    if (!animate || !gtk_widget_get_mapped(GTK_WIDGET(self))) {
        self->scene.camera.target = position;
        lac_viewport_moved(self, NULL);
        lac_viewport_emit_camera_changed(self);
        return;
    }
    self->fly_from = self->scene.camera.target;
    self->fly_to = position;
    self->fly_start = gdk_frame_clock_get_frame_time(gtk_widget_get_frame_clock(GTK_WIDGET(self)));
    self->fly_tick = gtk_widget_add_tick_callback(GTK_WIDGET(self), fly_cb, NULL, NULL);
}
