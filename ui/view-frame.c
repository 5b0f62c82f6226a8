// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-frame.h"

struct _LacViewFrame {
    GtkWidget parent_instance;
    GtkWidget *box, *controls, *button;
    GtkLabel *title, *detail;
    char *key;
};

enum {
    MAXIMIZE_TOGGLED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacViewFrame, lac_view_frame, GTK_TYPE_WIDGET)

static void
toggle(LacViewFrame *self)
{
    g_signal_emit(self, signals[MAXIMIZE_TOGGLED], 0);
}

static void
pressed_cb(LacViewFrame *self, int n_press)
{
    if (n_press == 2)
        toggle(self);
}

static void
lac_view_frame_dispose(GObject *object)
{
    LacViewFrame *self = LAC_VIEW_FRAME(object);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_view_frame_parent_class)->dispose(object);
}

static void
lac_view_frame_finalize(GObject *object)
{
    g_free(LAC_VIEW_FRAME(object)->key);
    G_OBJECT_CLASS(lac_view_frame_parent_class)->finalize(object);
}

static void
lac_view_frame_class_init(LacViewFrameClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_view_frame_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_view_frame_finalize;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
    signals[MAXIMIZE_TOGGLED] = g_signal_new("maximize-toggled", LAC_TYPE_VIEW_FRAME,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_view_frame_init(LacViewFrame *self)
{
    self->title = GTK_LABEL(gtk_label_new(NULL));
    gtk_widget_add_css_class(GTK_WIDGET(self->title), "caption-heading");
    self->detail = GTK_LABEL(gtk_label_new(NULL));
    gtk_label_set_ellipsize(self->detail, PANGO_ELLIPSIZE_END);
    gtk_label_set_xalign(self->detail, 0.0F);
    gtk_widget_set_hexpand(GTK_WIDGET(self->detail), TRUE);
    gtk_widget_add_css_class(GTK_WIDGET(self->detail), "caption");
    gtk_widget_add_css_class(GTK_WIDGET(self->detail), "dim-label");
    gtk_widget_add_css_class(GTK_WIDGET(self->detail), "numeric");
    self->controls = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 2);
    self->button = gtk_button_new_from_icon_name("view-fullscreen-symbolic");
    gtk_widget_add_css_class(self->button, "flat");
    g_signal_connect_swapped(self->button, "clicked", G_CALLBACK(toggle), self);
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_widget_add_css_class(bar, "view-title");
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(self->title));
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(self->detail));
    gtk_box_append(GTK_BOX(bar), self->controls);
    gtk_box_append(GTK_BOX(bar), self->button);
    GtkGesture *click = gtk_gesture_click_new();
    g_signal_connect_swapped(click, "pressed", G_CALLBACK(pressed_cb), self);
    gtk_widget_add_controller(bar, GTK_EVENT_CONTROLLER(click));
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_append(GTK_BOX(self->box), bar);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    gtk_widget_add_css_class(GTK_WIDGET(self), "view-frame");
    gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
}

/**
 * lac_view_frame_new:
 * @title: name of the view
 * @key: the key that maximises it, for the tooltip
 * @child: the view
 *
 * Returns: (transfer floating): @child below a title line
 */
GtkWidget *
lac_view_frame_new(const char *title, const char *key, GtkWidget *child)
{
    LacViewFrame *self = g_object_new(LAC_TYPE_VIEW_FRAME, NULL);
    gtk_label_set_text(self->title, title);
    self->key = g_strdup(key);
    gtk_widget_set_vexpand(child, TRUE);
    gtk_widget_set_hexpand(child, TRUE);
    gtk_box_append(GTK_BOX(self->box), child);
    lac_view_frame_set_maximized(self, FALSE);
    return GTK_WIDGET(self);
}

/**
 * lac_view_frame_set_detail:
 * @self: a frame
 * @detail: (nullable): said beside the title, such as the value under the pointer
 */
void
lac_view_frame_set_detail(LacViewFrame *self, const char *detail)
{
    gtk_label_set_text(self->detail, detail != NULL ? detail : "");
}

/**
 * lac_view_frame_set_maximized:
 * @self: a frame
 * @maximized: whether it fills the window; only changes what its button says
 */
void
lac_view_frame_set_maximized(LacViewFrame *self, gboolean maximized)
{
    const char *title = gtk_label_get_text(self->title);
    g_autofree char *label =
        g_strdup_printf(maximized ? "Show all views" : "Maximise the %s view", title);
    g_autofree char *tooltip =
        g_strdup_printf("%s (%s, or double-click the title)", label, self->key);
    gtk_button_set_icon_name(GTK_BUTTON(self->button),
        maximized ? "view-restore-symbolic" : "view-fullscreen-symbolic");
    gtk_widget_set_tooltip_text(self->button, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
        label, -1);
}

/**
 * lac_view_frame_add_control:
 * @self: a frame
 * @control: put at the end of the title line
 */
void
lac_view_frame_add_control(LacViewFrame *self, GtkWidget *control)
{
    gtk_box_append(GTK_BOX(self->controls), control);
}
