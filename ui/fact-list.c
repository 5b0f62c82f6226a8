// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fact-list.h"

// Widgets of a row, kept for the next list: making them takes longer than all else.
typedef struct {
    GtkWidget *title, *value, *copy; // a heading has a title alone
} Row;

struct _LacFactList {
    GtkWidget parent_instance;
    GtkWidget *grid;
    GArray *rows;       // of Row
    guint n_rows;       // that are shown
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
    g_array_unref(self->rows);
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
    self->rows = g_array_new(FALSE, FALSE, sizeof(Row));
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

static void
show_row(Row *row, gboolean is_shown)
{
    gtk_widget_set_visible(row->title, is_shown);
    if (row->value != NULL) {
        gtk_widget_set_visible(row->value, is_shown);
        gtk_widget_set_visible(row->copy, is_shown);
    }
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
    for (guint i = 0; i < self->n_rows; i++)
        show_row(&g_array_index(self->rows, Row, i), FALSE);
    g_hash_table_remove_all(self->values);
    g_string_truncate(self->text, 0);
    self->n_rows = 0;
}

// Asked for when it is to be shown: setting the text of a tooltip asks the X server where the pointer
// is, a hundred times for a list of thirty facts.
static gboolean
tooltip_cb(GtkWidget *widget, int x, int y, gboolean is_key, GtkTooltip *tooltip, gpointer data)
{
    (void) x, (void) y, (void) is_key, (void) data;
    const char *text = g_object_get_data(G_OBJECT(widget), "lac-tooltip");
    gtk_tooltip_set_text(tooltip, text);
    return text != NULL;
}

static void
add_tooltip(GtkWidget *widget)
{
    gtk_widget_set_has_tooltip(widget, TRUE);
    g_signal_connect(widget, "query-tooltip", G_CALLBACK(tooltip_cb), NULL);
}

static void
set_tooltip(GtkWidget *widget, const char *text)
{
    g_object_set_data_full(G_OBJECT(widget), "lac-tooltip", g_strdup(text), g_free);
}

static Row
make_heading(LacFactList *self)
{
    Row row = { .title = gtk_label_new(NULL) };
    gtk_label_set_xalign(GTK_LABEL(row.title), 0.0F);
    gtk_label_set_wrap(GTK_LABEL(row.title), TRUE);
    gtk_widget_add_css_class(row.title, "caption-heading");
    gtk_grid_attach(GTK_GRID(self->grid), row.title, 0, (int) self->n_rows, 3, 1);
    return row;
}

static Row
make_fact(LacFactList *self)
{
    Row row = { gtk_label_new(NULL), gtk_label_new(NULL),
        gtk_button_new_from_icon_name("edit-copy-symbolic") };
    gtk_label_set_xalign(GTK_LABEL(row.title), 0.0F);
    gtk_label_set_yalign(GTK_LABEL(row.title), 0.5F);
    gtk_label_set_wrap(GTK_LABEL(row.title), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(row.title), 20);
    gtk_label_set_xalign(GTK_LABEL(row.value), 1.0F);
    gtk_label_set_wrap(GTK_LABEL(row.value), TRUE);
    gtk_label_set_natural_wrap_mode(GTK_LABEL(row.value), GTK_NATURAL_WRAP_NONE);
    gtk_widget_set_hexpand(row.value, TRUE);
    gtk_widget_set_valign(row.copy, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(row.title, "dim-label");
    gtk_widget_add_css_class(row.value, "numeric");
    gtk_widget_add_css_class(row.copy, "flat");
    gtk_widget_add_css_class(row.copy, "fact-copy");
    add_tooltip(row.title);
    add_tooltip(row.value);
    add_tooltip(row.copy);
    g_signal_connect_object(row.copy, "clicked", G_CALLBACK(copy_cb), row.value, 0);
    gtk_grid_attach(GTK_GRID(self->grid), row.title, 0, (int) self->n_rows, 1, 1);
    gtk_grid_attach(GTK_GRID(self->grid), row.value, 1, (int) self->n_rows, 1, 1);
    gtk_grid_attach(GTK_GRID(self->grid), row.copy, 2, (int) self->n_rows, 1, 1);
    return row;
}

// The next row: one that is there already, if it is of the same kind.
static Row *
take_row(LacFactList *self, gboolean is_heading)
{
    if (self->n_rows < self->rows->len) {
        const Row *old = &g_array_index(self->rows, Row, self->n_rows);
        if ((old->value == NULL) != is_heading) {
            for (guint i = self->rows->len; i-- > self->n_rows;)
                gtk_grid_remove_row(GTK_GRID(self->grid), (int) i);
            g_array_set_size(self->rows, self->n_rows);
        }
    }
    if (self->n_rows == self->rows->len) {
        Row row = is_heading ? make_heading(self) : make_fact(self);
        g_array_append_val(self->rows, row);
    }
    Row *row = &g_array_index(self->rows, Row, self->n_rows++);
    show_row(row, TRUE);
    return row;
}

/**
 * lac_fact_list_add_heading:
 * @self: a list
 * @text: what the values below are about
 */
void
lac_fact_list_add_heading(LacFactList *self, const char *text)
{
    Row *row = take_row(self, TRUE);
    gtk_label_set_text(GTK_LABEL(row->title), text);
    gtk_widget_set_margin_top(row->title, self->n_rows > 1 ? 8 : 0);
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
    Row *row = take_row(self, FALSE);
    g_autofree char *tooltip = g_strdup_printf("Copy \"%s\"", value);
    gtk_label_set_text(GTK_LABEL(row->value), value);
    set_tooltip(row->copy, tooltip);
    if (g_strcmp0(gtk_label_get_text(GTK_LABEL(row->title)), name) != 0) {
        g_autofree char *label = g_strdup_printf("Copy %s", name);
        gtk_label_set_text(GTK_LABEL(row->title), name);
        gtk_accessible_update_property(GTK_ACCESSIBLE(row->copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
            label, -1);
    }
    set_tooltip(row->title, definition);
    set_tooltip(row->value, definition);
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
