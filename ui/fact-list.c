// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fact-list.h"

struct _LacFactList {
    GtkWidget parent_instance;
    GtkWidget *grid;
    int n_rows;
    GHashTable *values; // of char * by name
    GString *text;      // all of it
};

G_DEFINE_FINAL_TYPE(LacFactList, lac_fact_list, GTK_TYPE_WIDGET)

static void
copy_cb(GtkButton *button, GtkLabel *value)
{
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(button)), gtk_label_get_text(value));
}

static void
lac_fact_list_dispose(GObject *object)
{
    LacFactList *self = LAC_FACT_LIST(object);
    g_clear_pointer(&self->grid, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_fact_list_parent_class)->dispose(object);
}

static void
lac_fact_list_finalize(GObject *object)
{
    LacFactList *self = LAC_FACT_LIST(object);
    g_hash_table_unref(self->values);
    g_string_free(self->text, TRUE);
    G_OBJECT_CLASS(lac_fact_list_parent_class)->finalize(object);
}

static void
lac_fact_list_class_init(LacFactListClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_fact_list_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_fact_list_finalize;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lac_fact_list_init(LacFactList *self)
{
    self->grid = gtk_grid_new();
    gtk_grid_set_column_spacing(GTK_GRID(self->grid), 6);
    gtk_widget_set_parent(self->grid, GTK_WIDGET(self));
    self->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->text = g_string_new(NULL);
}

/**
 * lac_fact_list_new:
 *
 * Returns: (transfer floating): an empty list
 */
GtkWidget *
lac_fact_list_new(void)
{
    return g_object_new(LAC_TYPE_FACT_LIST, NULL);
}

/**
 * lac_fact_list_clear:
 * @self: a list
 *
 * Takes everything out.
 */
void
lac_fact_list_clear(LacFactList *self)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(self->grid)) != NULL)
        gtk_grid_remove(GTK_GRID(self->grid), child);
    g_hash_table_remove_all(self->values);
    g_string_truncate(self->text, 0);
    self->n_rows = 0;
}

/**
 * lac_fact_list_add_heading:
 * @self: a list
 * @text: what the values below are about
 */
void
lac_fact_list_add_heading(LacFactList *self, const char *text)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_widget_add_css_class(label, "caption-heading");
    gtk_widget_set_margin_top(label, self->n_rows > 0 ? 8 : 0);
    gtk_grid_attach(GTK_GRID(self->grid), label, 0, self->n_rows++, 3, 1);
    g_string_append_printf(self->text, "%s\n", text);
}

/**
 * lac_fact_list_add:
 * @self: a list
 * @name: what it is
 * @value: with its unit
 * @definition: (nullable): how it is defined, for the tooltip
 */
void
lac_fact_list_add(LacFactList *self, const char *name, const char *value, const char *definition)
{
    GtkWidget *title = gtk_label_new(name), *text = gtk_label_new(value);
    GtkWidget *copy = gtk_button_new_from_icon_name("edit-copy-symbolic");
    g_autofree char *tooltip = g_strdup_printf("Copy \"%s\"", value);
    gtk_label_set_xalign(GTK_LABEL(title), 0.0F);
    gtk_label_set_yalign(GTK_LABEL(title), 0.5F);
    gtk_label_set_wrap(GTK_LABEL(title), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(title), 20);
    gtk_label_set_xalign(GTK_LABEL(text), 1.0F);
    gtk_label_set_wrap(GTK_LABEL(text), TRUE);
    gtk_label_set_natural_wrap_mode(GTK_LABEL(text), GTK_NATURAL_WRAP_NONE);
    gtk_widget_set_hexpand(text, TRUE);
    gtk_widget_set_valign(copy, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(title, "dim-label");
    gtk_widget_add_css_class(text, "numeric");
    gtk_widget_add_css_class(copy, "flat");
    gtk_widget_add_css_class(copy, "fact-copy");
    gtk_widget_set_tooltip_text(title, definition);
    gtk_widget_set_tooltip_text(text, definition);
    gtk_widget_set_tooltip_text(copy, tooltip);
    g_autofree char *label = g_strdup_printf("Copy %s", name);
    gtk_accessible_update_property(GTK_ACCESSIBLE(copy), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    g_signal_connect_object(copy, "clicked", G_CALLBACK(copy_cb), text, 0);
    gtk_grid_attach(GTK_GRID(self->grid), title, 0, self->n_rows, 1, 1);
    gtk_grid_attach(GTK_GRID(self->grid), text, 1, self->n_rows, 1, 1);
    gtk_grid_attach(GTK_GRID(self->grid), copy, 2, self->n_rows++, 1, 1);
    if (!g_hash_table_contains(self->values, name))
        g_hash_table_insert(self->values, g_strdup(name), g_strdup(value));
    g_string_append_printf(self->text, "%s\t%s\n", name, value);
}

/**
 * lac_fact_list_get:
 * @self: a list
 * @name: what it is
 *
 * Returns: (transfer none) (nullable): the first value of that name, with its unit
 */
const char *
lac_fact_list_get(LacFactList *self, const char *name)
{
    return g_hash_table_lookup(self->values, name);
}

/**
 * lac_fact_list_dup_text:
 * @self: a list
 *
 * Returns: (transfer full): all of it, a line for each name with its value behind a tab
 */
char *
lac_fact_list_dup_text(LacFactList *self)
{
    return g_strdup(self->text->str);
}
