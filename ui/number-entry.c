// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/number-entry.h"

#include <math.h>

struct _LacNumberEntry {
    GtkEntry parent_instance;
    double value, lo, hi;
    int digits; // significant ones
};

enum {
    EDITED,
    REFUSED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacNumberEntry, lac_number_entry, GTK_TYPE_ENTRY)

/**
 * lac_parse_number:
 * @text: what the user typed: point or comma, hyphen or minus sign, blanks and a degree sign around
 * @value: (out): the number; untouched on failure
 *
 * Returns: whether @text is one finite number and nothing else
 */
gboolean
lac_parse_number(const char *text, double *value)
{
    g_autoptr(GString) plain = g_string_new(text);
    g_string_replace(plain, "−", "-", 0);
    g_string_replace(plain, ",", ".", 0);
    g_string_replace(plain, "°", "", 0);
    g_strstrip(plain->str);
    char *end;
    double parsed = g_ascii_strtod(plain->str, &end);
    if (end == plain->str || *end != '\0' || !isfinite(parsed))
        return FALSE;
    *value = parsed;
    return TRUE;
}

static char *
format_value(LacNumberEntry *self)
{
    return g_strdup_printf("%.*g", self->digits, self->value == 0.0 ? 0.0 : self->value);
}

static void
show_value(LacNumberEntry *self)
{
    g_autofree char *text = format_value(self);
    gtk_editable_set_text(GTK_EDITABLE(self), text);
}

// Takes what was typed, or tells and goes back to the old number.
static void
apply(LacNumberEntry *self)
{
    g_autofree char *shown = format_value(self);
    g_autofree char *text = g_strdup(gtk_editable_get_text(GTK_EDITABLE(self)));
    double value;
    if (g_str_equal(text, shown))
        return;
    if (!lac_parse_number(text, &value) || value < self->lo || value > self->hi) {
        show_value(self);
        g_signal_emit(self, signals[REFUSED], 0, text);
        return;
    }
    self->value = value;
    show_value(self);
    g_signal_emit(self, signals[EDITED], 0, value);
}

static void
lac_number_entry_class_init(LacNumberEntryClass *klass)
{
    (void) klass;
    signals[EDITED] = g_signal_new("edited", LAC_TYPE_NUMBER_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
    signals[REFUSED] = g_signal_new("refused", LAC_TYPE_NUMBER_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lac_number_entry_init(LacNumberEntry *self)
{
    self->lo = -G_MAXDOUBLE;
    self->hi = G_MAXDOUBLE;
    self->digits = 4;
    gtk_editable_set_width_chars(GTK_EDITABLE(self), 9);
    gtk_editable_set_max_width_chars(GTK_EDITABLE(self), 9);
    gtk_entry_set_alignment(GTK_ENTRY(self), 1.0f);
    gtk_entry_set_input_purpose(GTK_ENTRY(self), GTK_INPUT_PURPOSE_NUMBER);
    gtk_widget_add_css_class(GTK_WIDGET(self), "numeric");
    g_signal_connect(self, "activate", G_CALLBACK(apply), NULL);
    GtkEventController *focus = gtk_event_controller_focus_new();
    g_signal_connect_swapped(focus, "leave", G_CALLBACK(apply), self);
    gtk_widget_add_controller(GTK_WIDGET(self), focus);
}

/**
 * lac_number_entry_new:
 * @label: its accessible name
 * @tooltip: what it sets, with the unit
 *
 * Returns: (transfer floating): a field that holds 0
 */
GtkWidget *
lac_number_entry_new(const char *label, const char *tooltip)
{
    LacNumberEntry *self = g_object_new(LAC_TYPE_NUMBER_ENTRY, NULL);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self), tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    show_value(self);
    return GTK_WIDGET(self);
}

/**
 * lac_number_entry_set_digits:
 * @self: a field
 * @digits: how many significant digits are shown
 */
void
lac_number_entry_set_digits(LacNumberEntry *self, guint digits)
{
    g_return_if_fail(LAC_IS_NUMBER_ENTRY(self));

    self->digits = (int) digits;
    show_value(self);
}

/**
 * lac_number_entry_set_range:
 * @self: a field
 * @lo: smallest number it takes
 * @hi: largest number it takes
 */
void
lac_number_entry_set_range(LacNumberEntry *self, double lo, double hi)
{
    g_return_if_fail(LAC_IS_NUMBER_ENTRY(self));

    self->lo = lo;
    self->hi = hi;
}

/**
 * lac_number_entry_set_value:
 * @self: a field
 * @value: the number to show
 */
void
lac_number_entry_set_value(LacNumberEntry *self, double value)
{
    g_return_if_fail(LAC_IS_NUMBER_ENTRY(self));

    if (value == self->value)
        return;
    self->value = value;
    show_value(self);
}

/**
 * lac_number_entry_get_value:
 * @self: a field
 *
 * Returns: the last number that was set or accepted
 */
double
lac_number_entry_get_value(LacNumberEntry *self)
{
    return self->value;
}
