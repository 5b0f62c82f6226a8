// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/param-row.h"

#include <math.h>

struct _LacParamRow {
    AdwActionRow parent_instance;
    const LacParamInfo *info;
    double usual;
    GtkWidget *control, *reset;
    gboolean is_following; // the control takes a value
};

enum {
    EDITED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacParamRow, lac_param_row, ADW_TYPE_ACTION_ROW)

static double
get_value(LacParamRow *self)
{
    switch (self->info->type) {
    case LAC_PARAM_BOOLEAN: return gtk_switch_get_active(GTK_SWITCH(self->control)) ? 1.0 : 0.0;
    case LAC_PARAM_CHOICE: return gtk_drop_down_get_selected(GTK_DROP_DOWN(self->control));
    case LAC_PARAM_DOUBLE:
    case LAC_PARAM_UINT:
    default: return gtk_spin_button_get_value(GTK_SPIN_BUTTON(self->control));
    }
}

static void
update_reset(LacParamRow *self)
{
    gboolean differs = fabs(get_value(self) - self->usual) > 1e-9 * MAX(fabs(self->usual), 1.0);
    gtk_widget_set_opacity(self->reset, differs ? 1.0 : 0.0);
    gtk_widget_set_sensitive(self->reset, differs);
}

static void
edited_cb(LacParamRow *self)
{
    if (self->is_following)
        return;
    update_reset(self);
    g_signal_emit(self, signals[EDITED], 0, get_value(self));
}

static void
reset_cb(LacParamRow *self)
{
    lac_param_row_set_value(self, self->usual);
    g_signal_emit(self, signals[EDITED], 0, self->usual);
}

static void
lac_param_row_class_init(LacParamRowClass *klass)
{
    (void) klass;
    signals[EDITED] = g_signal_new("edited", LAC_TYPE_PARAM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
        NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
lac_param_row_init(LacParamRow *self)
{
    (void) self;
}

// A step of about a twentieth of the usual value, and as many digits as that needs.
static GtkWidget *
make_spin(const LacParamInfo *info, double usual)
{
    double lo = info->zero != NULL ? MIN(info->min, 0.0) : info->min, step = 1.0;
    guint digits = 0;
    if (info->type == LAC_PARAM_DOUBLE) {
        double scale = usual != 0.0 ? fabs(usual) : MIN(info->max - info->min, 1.0);
        step = pow(10.0, floor(log10(MAX(0.2 * scale, 1e-6))));
        digits = (guint) CLAMP(1.0 - log10(step), 1.0, 6.0);
    }
    GtkWidget *spin = gtk_spin_button_new_with_range(lo, info->max, step);
    gtk_spin_button_set_digits(GTK_SPIN_BUTTON(spin), digits);
    gtk_editable_set_width_chars(GTK_EDITABLE(spin), 6);
    gtk_editable_set_max_width_chars(GTK_EDITABLE(spin), 6);
    return spin;
}

static void
add_control(LacParamRow *self)
{
    const LacParamInfo *info = self->info;
    const char *signal = "value-changed";
    switch (info->type) {
    case LAC_PARAM_BOOLEAN:
        self->control = gtk_switch_new();
        signal = "notify::active";
        break;
    case LAC_PARAM_CHOICE:
        self->control = gtk_drop_down_new_from_strings(info->choices);
        signal = "notify::selected";
        break;
    case LAC_PARAM_DOUBLE:
    case LAC_PARAM_UINT:
    default: self->control = make_spin(info, self->usual); break;
    }
    gtk_widget_set_valign(self->control, GTK_ALIGN_CENTER);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->control), GTK_ACCESSIBLE_PROPERTY_LABEL,
        info->title, -1);
    g_signal_connect_object(self->control, signal, G_CALLBACK(edited_cb), self, G_CONNECT_SWAPPED);
    adw_action_row_add_suffix(ADW_ACTION_ROW(self), self->control);
    adw_action_row_set_activatable_widget(ADW_ACTION_ROW(self), self->control);
}

/**
 * lac_param_row_new:
 * @info: what the parameter is; must outlive the row
 * @usual: the value to which the button at its end goes back
 *
 * Returns: (transfer floating): a row with the usual value
 */
GtkWidget *
lac_param_row_new(const LacParamInfo *info, double usual)
{
    LacParamRow *self = g_object_new(LAC_TYPE_PARAM_ROW, NULL);
    self->info = info;
    self->usual = usual;
    g_autofree char *subtitle = info->zero != NULL
        ? g_strdup_printf("%s%s0: %s", info->unit, *info->unit != '\0' ? "; " : "", info->zero)
        : g_strdup(info->unit);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(self), info->title);
    adw_action_row_set_title_lines(ADW_ACTION_ROW(self), 2);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(self), subtitle);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self), info->definition);
    add_control(self);
    self->reset = gtk_button_new_from_icon_name("edit-undo-symbolic");
    gtk_widget_set_valign(self->reset, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(self->reset, "flat");
    gtk_widget_add_css_class(self->reset, "fact-copy");
    gtk_widget_set_tooltip_text(self->reset, "Back to the usual value");
    g_autofree char *label = g_strdup_printf("Reset %s", info->title);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->reset), GTK_ACCESSIBLE_PROPERTY_LABEL,
        label, -1);
    g_signal_connect_object(self->reset, "clicked", G_CALLBACK(reset_cb), self, G_CONNECT_SWAPPED);
    adw_action_row_add_suffix(ADW_ACTION_ROW(self), self->reset);
    lac_param_row_set_value(self, usual);
    return GTK_WIDGET(self);
}

/**
 * lac_param_row_get_info:
 * @self: a row
 *
 * Returns: (transfer none): what the parameter is
 */
const LacParamInfo *
lac_param_row_get_info(LacParamRow *self)
{
    return self->info;
}

/**
 * lac_param_row_set_value:
 * @self: a row
 * @value: what it shows from now on
 */
void
lac_param_row_set_value(LacParamRow *self, double value)
{
    self->is_following = TRUE;
    if (self->info->type == LAC_PARAM_BOOLEAN)
        gtk_switch_set_active(GTK_SWITCH(self->control), value != 0.0);
    else if (self->info->type == LAC_PARAM_CHOICE)
        gtk_drop_down_set_selected(GTK_DROP_DOWN(self->control), (guint) value);
    else
        gtk_spin_button_set_value(GTK_SPIN_BUTTON(self->control), value);
    self->is_following = FALSE;
    update_reset(self);
}
