// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/line-bar.h"

#include <math.h>

#define DELAY_MS 150   // from the last turn of a field to the new profile
#define LONGEST  500.0 // [Å]

struct _LacLineBar {
    GtkWidget parent_instance;
    GtkWidget *flow, *radius, *step, *whole, *length;
    LacSession *session;
    guint source; // timer; 0: none
    gboolean is_following;
};

G_DEFINE_FINAL_TYPE(LacLineBar, lac_line_bar, GTK_TYPE_WIDGET)

static void
show_line(LacLineBar *self)
{
    const LacLineParams *line = lac_session_get_line(self->session);
    if (line == NULL || self->source != 0)
        return;
    g_autofree char *length =
        g_strdup_printf("A–B %.1f Å", lac_vec3_norm(lac_vec3_subtract(line->b, line->a)));
    self->is_following = TRUE;
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(self->radius), line->radius);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(self->step), line->step);
    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->whole), line->whole);
    gtk_label_set_text(GTK_LABEL(self->length), length);
    self->is_following = FALSE;
}

// A field shows less digits than a line may have: what was not turned stays as it is.
static double
take_value(GtkWidget *field, double old)
{
    double value = gtk_spin_button_get_value(GTK_SPIN_BUTTON(field));
    return fabs(value - old) < 0.051 ? old : value;
}

static gboolean
apply_cb(gpointer data)
{
    LacLineBar *self = data;
    const LacLineParams *last = lac_session_get_line(self->session);
    self->source = 0;
    if (last == NULL)
        return G_SOURCE_REMOVE;
    LacLineParams line = *last;
    line.radius = take_value(self->radius, last->radius);
    line.step = take_value(self->step, last->step);
    line.whole = gtk_check_button_get_active(GTK_CHECK_BUTTON(self->whole));
    lac_session_set_line(self->session, &line);
    return G_SOURCE_REMOVE;
}

static void
edited_cb(LacLineBar *self)
{
    if (self->is_following)
        return;
    g_clear_handle_id(&self->source, g_source_remove);
    self->source = g_timeout_add(DELAY_MS, apply_cb, self);
}

static void
remove_cb(LacLineBar *self)
{
    g_clear_handle_id(&self->source, g_source_remove);
    lac_session_set_line(self->session, NULL);
}

static void
lac_line_bar_dispose(GObject *object)
{
    LacLineBar *self = LAC_LINE_BAR(object);
    g_clear_handle_id(&self->source, g_source_remove);
    g_clear_pointer(&self->flow, gtk_widget_unparent);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_line_bar_parent_class)->dispose(object);
}

static void
lac_line_bar_class_init(LacLineBarClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_line_bar_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

// Parts that stay together; they stand below each other where there is no room.
static GtkWidget *
add_group(LacLineBar *self)
{
    GtkWidget *group = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6), *child;
    gtk_flow_box_append(GTK_FLOW_BOX(self->flow), group);
    child = gtk_widget_get_parent(group);
    gtk_widget_set_focusable(child, FALSE);
    return group;
}

static GtkWidget *
add_field(LacLineBar *self, const char *name, const char *label, const char *tooltip)
{
    GtkWidget *title = gtk_label_new(name), *unit = gtk_label_new("Å");
    GtkWidget *field = gtk_spin_button_new_with_range(0.1, LONGEST, 0.5);
    gtk_spin_button_set_digits(GTK_SPIN_BUTTON(field), 1);
    gtk_editable_set_width_chars(GTK_EDITABLE(field), 4);
    gtk_editable_set_max_width_chars(GTK_EDITABLE(field), 4);
    gtk_widget_set_tooltip_text(field, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(field), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    g_signal_connect_swapped(field, "value-changed", G_CALLBACK(edited_cb), self);
    GtkWidget *const parts[] = { title, field, unit }, *group = add_group(self);
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        gtk_widget_set_valign(parts[i], GTK_ALIGN_CENTER);
        gtk_box_append(GTK_BOX(group), parts[i]);
    }
    return field;
}

static void
lac_line_bar_init(LacLineBar *self)
{
    self->flow = gtk_flow_box_new();
    gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(self->flow), GTK_SELECTION_NONE);
    gtk_flow_box_set_max_children_per_line(GTK_FLOW_BOX(self->flow), 3);
    gtk_widget_set_parent(self->flow, GTK_WIDGET(self));
    gtk_widget_add_css_class(self->flow, "table-bar");
    self->radius = add_field(self, "Radius", "Radius of the line",
        "Of the cylinder around the line; its atoms make the profile");
    self->step =
        add_field(self, "Bin", "Bins of the line", "Length of a bin along the line, about");
    self->whole = gtk_check_button_new_with_label("Whole particle");
    gtk_widget_set_tooltip_text(self->whole,
        "Prolong the profile to both ends of the particle; A stays at 0");
    g_signal_connect_swapped(self->whole, "toggled", G_CALLBACK(edited_cb), self);
    self->length = gtk_label_new("");
    gtk_label_set_ellipsize(GTK_LABEL(self->length), PANGO_ELLIPSIZE_END);
    gtk_label_set_xalign(GTK_LABEL(self->length), 1.0F);
    gtk_widget_set_hexpand(self->length, TRUE);
    gtk_widget_add_css_class(self->length, "numeric");
    gtk_widget_add_css_class(self->length, "dim-label");
    GtkWidget *remove = gtk_button_new_from_icon_name("user-trash-symbolic");
    gtk_widget_set_tooltip_text(remove, "Remove the line; can be undone");
    gtk_accessible_update_property(GTK_ACCESSIBLE(remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Remove the line", -1);
    gtk_widget_add_css_class(remove, "flat");
    gtk_widget_set_valign(remove, GTK_ALIGN_CENTER);
    g_signal_connect_swapped(remove, "clicked", G_CALLBACK(remove_cb), self);
    GtkWidget *const parts[] = { self->whole, self->length, remove }, *group = add_group(self);
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        gtk_box_append(GTK_BOX(group), parts[i]);
}

/**
 * lac_line_bar_new:
 * @session: whose line it is; a reference is taken
 *
 * Returns: (transfer floating): fields for the radius and the bins of the line, whether it goes on
 *   through the particle, its length, and a button that removes it
 */
GtkWidget *
lac_line_bar_new(LacSession *session)
{
    LacLineBar *self = g_object_new(LAC_TYPE_LINE_BAR, NULL);
    self->session = g_object_ref(session);
    g_signal_connect_object(session, "chosen-changed", G_CALLBACK(show_line), self,
        G_CONNECT_SWAPPED);
    show_line(self);
    return GTK_WIDGET(self);
}
