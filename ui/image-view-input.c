// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/image-view-private.h"

#include <math.h>

static void
motion_cb(GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
    (void) controller;
    LacImageView *self = data;
    self->pointer_inside = TRUE;
    self->pointer_x = x;
    self->pointer_y = y;
    lac_image_view_emit_pointed(self);
}

static void
leave_cb(GtkEventControllerMotion *controller, gpointer data)
{
    (void) controller;
    LacImageView *self = data;
    self->pointer_inside = FALSE;
    lac_image_view_emit_pointed(self);
}

static void
pressed_cb(GtkGestureClick *gesture, int n_press, double wx, double wy, gpointer data)
{
    LacImageView *self = data;
    self->modifiers = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    gtk_widget_grab_focus(GTK_WIDGET(self));
    if (self->buffer == NULL)
        return;
    double x, y;
    lac_image_view_to_image(self, wx, wy, &x, &y);
    g_signal_emit_by_name(self, "clicked", n_press, x, y);
}

static void
drag_update_cb(GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
    LacImageView *self = data;
    double wx, wy, x, y;
    if (self->buffer == NULL || !gtk_gesture_drag_get_start_point(gesture, &wx, &wy))
        return;
    self->modifiers = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    lac_image_view_to_image(self, wx + dx, wy + dy, &x, &y);
    g_signal_emit_by_name(self, "dragged", x, y);
}

static void
drag_end_cb(GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
    (void) dx;
    (void) dy;
    LacImageView *self = data;
    self->modifiers = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    g_signal_emit_by_name(self, "released");
}

static void
pan_begin_cb(GtkGestureDrag *gesture, double x, double y, gpointer data)
{
    (void) x;
    (void) y;
    LacImageView *self = data;
    guint button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    gboolean pans = button != GDK_BUTTON_PRIMARY || (state & GDK_SHIFT_MASK) != 0;
    gtk_gesture_set_state(GTK_GESTURE(gesture),
        pans ? GTK_EVENT_SEQUENCE_CLAIMED : GTK_EVENT_SEQUENCE_DENIED);
    self->drag_x = self->drag_y = 0.0;
}

static void
pan_update_cb(GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
    (void) gesture;
    LacImageView *self = data;
    lac_image_view_pan(self, dx - self->drag_x, dy - self->drag_y);
    self->drag_x = dx;
    self->drag_y = dy;
}

static void
show_menu(LacImageView *self, double x, double y)
{
    g_autoptr(GMenu) menu = g_menu_new();
    g_autoptr(GMenu) own = g_menu_new();
    g_menu_append(own, "_Fit", "image.fit");
    g_menu_append(own, "Zoom _In", "image.zoom-in");
    g_menu_append(own, "Zoom _Out", "image.zoom-out");
    g_menu_append(own, "_Smooth Pixels", "image.smooth");
    g_menu_append(own, "_Copy Image", "image.copy");
    if (self->extra != NULL)
        g_menu_append_section(menu, NULL, self->extra);
    g_menu_append_section(menu, NULL, G_MENU_MODEL(own));
    g_clear_pointer(&self->menu, gtk_widget_unparent);
    self->menu = gtk_popover_menu_new_from_model(G_MENU_MODEL(menu));
    gtk_widget_set_parent(self->menu, GTK_WIDGET(self));
    gtk_widget_set_halign(self->menu, GTK_ALIGN_START);
    gtk_popover_set_has_arrow(GTK_POPOVER(self->menu), FALSE);
    GdkRectangle at = { .x = (int) x, .y = (int) y, .width = 1, .height = 1 };
    gtk_popover_set_pointing_to(GTK_POPOVER(self->menu), &at);
    gtk_popover_popup(GTK_POPOVER(self->menu));
}

// A click of the second button that moved nothing.
static void
pan_end_cb(GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
    LacImageView *self = data;
    double x, y;
    guint button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    if (button == GDK_BUTTON_SECONDARY && hypot(dx, dy) < 3.0 && self->buffer != NULL &&
        gtk_gesture_drag_get_start_point(gesture, &x, &y))
        show_menu(self, x, y);
}

static gboolean
scroll_cb(GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
    (void) dx;
    LacImageView *self = data;
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(controller));
    if (self->stretch)
        return GDK_EVENT_PROPAGATE;
    if (!self->wheel_steps || (state & GDK_CONTROL_MASK) != 0) {
        double x = self->pointer_x, y = self->pointer_y;
        lac_image_view_zoom_at(self, pow(LAC_IMAGE_ZOOM_STEP, -dy), x, y);
        return GDK_EVENT_STOP;
    }
    // Touchpads send fractions of a step.
    self->wheel_rest += dy;
    int n = (int) trunc(self->wheel_rest);
    self->wheel_rest -= n;
    if (n != 0)
        g_signal_emit_by_name(self, "stepped", -n);
    return GDK_EVENT_STOP;
}

static void
pinch_begin_cb(GtkGesture *gesture, GdkEventSequence *sequence, gpointer data)
{
    (void) gesture;
    (void) sequence;
    LAC_IMAGE_VIEW(data)->pinch_scale = 1.0;
}

static void
pinch_cb(GtkGestureZoom *gesture, double scale, gpointer data)
{
    LacImageView *self = data;
    double x, y;
    if (gtk_gesture_get_bounding_box_center(GTK_GESTURE(gesture), &x, &y))
        lac_image_view_zoom_at(self, scale / self->pinch_scale, x, y);
    self->pinch_scale = scale;
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    gpointer data)
{
    (void) controller;
    (void) code;
    LacImageView *self = data;
    if (self->stretch || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
        return GDK_EVENT_PROPAGATE;
    switch (key) {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add: lac_image_view_zoom(self, LAC_IMAGE_ZOOM_STEP); return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
        lac_image_view_zoom(self, 1.0 / LAC_IMAGE_ZOOM_STEP);
        return GDK_EVENT_STOP;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home: lac_image_view_fit(self); return GDK_EVENT_STOP;
    case GDK_KEY_Menu: show_menu(self, 8.0, 8.0); return GDK_EVENT_STOP;
    default: return GDK_EVENT_PROPAGATE;
    }
}

static void
add_pointer_controllers(LacImageView *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "enter", G_CALLBACK(motion_cb), self);
    g_signal_connect(motion, "motion", G_CALLBACK(motion_cb), self);
    g_signal_connect(motion, "leave", G_CALLBACK(leave_cb), self);
    gtk_widget_add_controller(widget, motion);

    GtkEventController *scroll =
        gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
    g_signal_connect(scroll, "scroll", G_CALLBACK(scroll_cb), self);
    gtk_widget_add_controller(widget, scroll);
}

static void
add_gestures(LacImageView *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update_cb), self);
    g_signal_connect(drag, "drag-end", G_CALLBACK(drag_end_cb), self);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));

    GtkGesture *click = gtk_gesture_click_new();
    g_signal_connect(click, "pressed", G_CALLBACK(pressed_cb), self);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));

    // The last one added is asked first: a pan takes the sequence from the two above.
    GtkGesture *pan = gtk_gesture_drag_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(pan), 0);
    g_signal_connect(pan, "drag-begin", G_CALLBACK(pan_begin_cb), self);
    g_signal_connect(pan, "drag-update", G_CALLBACK(pan_update_cb), self);
    g_signal_connect(pan, "drag-end", G_CALLBACK(pan_end_cb), self);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(pan));

    GtkGesture *pinch = gtk_gesture_zoom_new();
    g_signal_connect(pinch, "begin", G_CALLBACK(pinch_begin_cb), self);
    g_signal_connect(pinch, "scale-changed", G_CALLBACK(pinch_cb), self);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(pinch));
}

/**
 * lac_image_view_add_controllers:
 * @self: a view that is being made
 *
 * Makes it follow pointer, wheel, fingers and keys.
 */
void
lac_image_view_add_controllers(LacImageView *self)
{
    add_pointer_controllers(self);
    add_gestures(self);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self), key);
}
