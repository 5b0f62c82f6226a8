// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keys of the 3D view.
#include "ui/viewport-private.h"

#include <math.h>

#define DRAG_THRESHOLD   3.0  // [widget unit]
#define DEGREES_PER_UNIT 0.4  // of a drag that rotates
#define KEY_DEGREES      5.0  // of an arrow key
#define KEY_UNITS        24.0 // of an arrow key with Ctrl
#define ZOOM_STEP        1.15 // of a key or a notch of the wheel

static double
get_width(LacViewport *self)
{
    return MAX(1, gtk_widget_get_width(GTK_WIDGET(self)));
}

static double
get_height(LacViewport *self)
{
    return MAX(1, gtk_widget_get_height(GTK_WIDGET(self)));
}

static void
zoom_at(LacViewport *self, double factor, double x, double y, GtkEventController *controller)
{
    lac_camera_zoom(&self->scene.camera, factor, x, y, get_width(self), get_height(self));
    lac_viewport_moved(self, controller);
}

static void
drag_begin_cb(GtkGestureDrag *gesture, double x, double y, LacViewport *self)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    guint button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    gtk_widget_grab_focus(GTK_WIDGET(self));
    if (button == GDK_BUTTON_PRIMARY && lac_viewport_mode_press(self, x, y))
        self->drag = LAC_DRAG_SELECT;
    else if (button == GDK_BUTTON_PRIMARY && (state & GDK_CONTROL_MASK) != 0)
        self->drag = LAC_DRAG_ROLL;
    else if (button == GDK_BUTTON_PRIMARY && (state & GDK_SHIFT_MASK) == 0)
        self->drag = LAC_DRAG_ROTATE;
    else
        self->drag = LAC_DRAG_PAN;
    self->has_dragged = FALSE;
    self->drag_camera = self->scene.camera;
    self->drag_x = self->last_x = x;
    self->drag_y = self->last_y = y;
}

static void
roll(LacViewport *self, double x, double y)
{
    double cx = 0.5 * get_width(self), cy = 0.5 * get_height(self);
    double before = atan2(cy - self->last_y, self->last_x - cx), after = atan2(cy - y, x - cx);
    lac_camera_roll(&self->scene.camera, (after - before) * 180.0 / G_PI);
}

static void
drag_update_cb(GtkGestureDrag *gesture, double dx, double dy, LacViewport *self)
{
    if (self->drag == LAC_DRAG_NONE || (!self->has_dragged && hypot(dx, dy) < DRAG_THRESHOLD))
        return;
    if (!self->has_dragged)
        gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    self->has_dragged = TRUE;
    double x = self->drag_x + dx, y = self->drag_y + dy;
    if (self->drag == LAC_DRAG_SELECT) {
        lac_viewport_mode_drag(self, x, y);
        return;
    }
    double step_x = x - self->last_x, step_y = y - self->last_y;
    switch (self->drag) {
    case LAC_DRAG_ROTATE:
        lac_camera_rotate(&self->scene.camera, DEGREES_PER_UNIT * step_x,
            DEGREES_PER_UNIT * step_y);
        break;
    case LAC_DRAG_PAN: lac_camera_pan(&self->scene.camera, step_x, step_y, get_height(self)); break;
    case LAC_DRAG_ROLL: roll(self, x, y); break;
    case LAC_DRAG_SELECT:
    case LAC_DRAG_NONE:
    default: break;
    }
    self->last_x = x;
    self->last_y = y;
    lac_viewport_moved(self, GTK_EVENT_CONTROLLER(gesture));
}

static void
drag_end_cb(GtkGestureDrag *gesture, double dx, double dy, LacViewport *self)
{
    (void) dx;
    (void) dy;
    if (self->drag == LAC_DRAG_SELECT)
        lac_viewport_mode_release(self,
            gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture)) &
                (GDK_CONTROL_MASK | GDK_SHIFT_MASK));
    else if (self->drag != LAC_DRAG_NONE && self->has_dragged)
        lac_viewport_emit_camera_changed(self);
    self->drag = LAC_DRAG_NONE;
}

static void
click_cb(GtkGestureClick *gesture, int n_press, double x, double y, LacViewport *self)
{
    (void) gesture;
    if (n_press != 2)
        return;
    gsize xyz[3], index;
    gboolean found;
    if (self->mode != LAC_VIEWPORT_NAVIGATE)
        return;
    if (lac_viewport_pick_atom(self, x, y, &index)) {
        lac_viewport_fly_to(self,
            (LacVec3){ self->atoms->x[index], self->atoms->y[index], self->atoms->z[index] });
        return;
    }
    lac_viewport_pick(self, x, y, xyz, NULL, &found);
    if (found)
        lac_viewport_emit_crosshair_picked(self, xyz);
    else
        lac_viewport_reset(self);
}

// A press that did not become a drag.
static void
released_cb(GtkGestureClick *gesture, int n_press, double x, double y, LacViewport *self)
{
    gsize index;
    if (n_press != 1 || self->has_dragged)
        return;
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture)) &
        (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK);
    gboolean found = lac_viewport_pick_atom(self, x, y, &index);
    if (lac_viewport_mode_click(self, found ? index : G_MAXSIZE) ||
        lac_viewport_click_thing(self, x, y, state))
        return;
    lac_viewport_emit_atom_clicked(self, found ? (guint64) index : LAC_VIEWPORT_NO_ATOM, state);
}

static gboolean
scroll_cb(GtkEventControllerScroll *controller, double dx, double dy, LacViewport *self)
{
    (void) dx;
    if (dy == 0.0)
        return GDK_EVENT_PROPAGATE;
    zoom_at(self, pow(ZOOM_STEP, -CLAMP(dy, -8.0, 8.0)), self->pointer_x, self->pointer_y,
        GTK_EVENT_CONTROLLER(controller));
    lac_viewport_emit_camera_changed(self);
    return GDK_EVENT_STOP;
}

static void
motion_cb(GtkEventControllerMotion *controller, double x, double y, LacViewport *self)
{
    (void) controller;
    self->pointer_x = x;
    self->pointer_y = y;
    if (self->drag == LAC_DRAG_NONE) {
        lac_viewport_emit_pointed(self);
        lac_viewport_emit_atom_pointed(self);
    }
}

static void
leave_cb(GtkEventControllerMotion *controller, LacViewport *self)
{
    (void) controller;
    self->pointer_x = self->pointer_y = -1.0;
    lac_viewport_emit_pointed(self);
    lac_viewport_emit_atom_pointed(self);
}

static void
arrow(LacViewport *self, double right, double down, gboolean pan)
{
    if (pan)
        lac_camera_pan(&self->scene.camera, KEY_UNITS * right, KEY_UNITS * down, get_height(self));
    else
        lac_camera_rotate(&self->scene.camera, KEY_DEGREES * right, KEY_DEGREES * down);
}

static gboolean
cancel_drag(LacViewport *self)
{
    if (self->drag == LAC_DRAG_NONE)
        return FALSE;
    g_array_set_size(self->outline, 0);
    self->scene.camera = self->drag_camera;
    self->drag = LAC_DRAG_NONE;
    return TRUE;
}

// Returns whether the key is one of ours.
static gboolean
apply_key(LacViewport *self, guint key, GdkModifierType state)
{
    gboolean pan = (state & GDK_CONTROL_MASK) != 0, shift = (state & GDK_SHIFT_MASK) != 0;
    double cx = 0.5 * get_width(self), cy = 0.5 * get_height(self);
    switch (key) {
    case GDK_KEY_Left: arrow(self, -1.0, 0.0, pan); return TRUE;
    case GDK_KEY_Right: arrow(self, 1.0, 0.0, pan); return TRUE;
    case GDK_KEY_Up: arrow(self, 0.0, -1.0, pan); return TRUE;
    case GDK_KEY_Down: arrow(self, 0.0, 1.0, pan); return TRUE;
    case GDK_KEY_Escape: return cancel_drag(self);
    default: break;
    }
    if (pan)
        return FALSE;
    switch (key) {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
        lac_camera_zoom(&self->scene.camera, ZOOM_STEP, cx, cy, 2.0 * cx, 2.0 * cy);
        return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
        lac_camera_zoom(&self->scene.camera, 1.0 / ZOOM_STEP, cx, cy, 2.0 * cx, 2.0 * cy);
        return TRUE;
    case GDK_KEY_Home: lac_viewport_reset(self); return TRUE;
    case GDK_KEY_x:
    case GDK_KEY_X: lac_camera_set_axis(&self->scene.camera, LAC_AXIS_X, shift); return TRUE;
    case GDK_KEY_y:
    case GDK_KEY_Y: lac_camera_set_axis(&self->scene.camera, LAC_AXIS_Y, shift); return TRUE;
    case GDK_KEY_z:
    case GDK_KEY_Z: lac_camera_set_axis(&self->scene.camera, LAC_AXIS_Z, shift); return TRUE;
    default: return FALSE;
    }
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacViewport *self)
{
    (void) code;
    if (self->drag == LAC_DRAG_NONE && lac_viewport_atom_key(self, key, state))
        return GDK_EVENT_STOP;
    if ((state & GDK_ALT_MASK) != 0 || !apply_key(self, key, state))
        return GDK_EVENT_PROPAGATE;
    lac_viewport_moved(self, GTK_EVENT_CONTROLLER(controller));
    lac_viewport_emit_camera_changed(self);
    return GDK_EVENT_STOP;
}

/**
 * lac_viewport_add_controllers:
 * @self: a view
 *
 * Connects mouse and keys.
 */
void
lac_viewport_add_controllers(LacViewport *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    // Drag and click are not grouped: a drag must not count as a click at its end.
    GtkGesture *drag = gtk_gesture_drag_new(), *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(drag), 0);
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_PRIMARY);
    g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin_cb), self);
    g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update_cb), self);
    g_signal_connect(drag, "drag-end", G_CALLBACK(drag_end_cb), self);
    g_signal_connect(click, "pressed", G_CALLBACK(click_cb), self);
    g_signal_connect(click, "released", G_CALLBACK(released_cb), self);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    GtkEventController *scroll =
        gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
    g_signal_connect(scroll, "scroll", G_CALLBACK(scroll_cb), self);
    gtk_widget_add_controller(widget, scroll);
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "enter", G_CALLBACK(motion_cb), self);
    g_signal_connect(motion, "motion", G_CALLBACK(motion_cb), self);
    g_signal_connect(motion, "leave", G_CALLBACK(leave_cb), self);
    gtk_widget_add_controller(widget, motion);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(widget, key);
}
