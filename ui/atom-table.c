// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/atom-table.h"

#include "ui/atom-list.h"

#define FILTER_DELAY 250 // after the last key [ms]

static const struct {
    const char *title, *tooltip;
    int width_chars;
    gboolean is_text;
} fields[LAC_N_ATOM_FIELDS] = {
    [LAC_ATOM_FIELD_NUMBER] = { "No.", "Number; an atom keeps it for life", 6, FALSE },
    [LAC_ATOM_FIELD_SPECIES] = { "Species", "Species", 7, TRUE },
    [LAC_ATOM_FIELD_STATE] = { "State", "What became of the peak", 10, TRUE },
    [LAC_ATOM_FIELD_X] = { "x (Å)", "Position from the rotation centre [Å]", 8, FALSE },
    [LAC_ATOM_FIELD_Y] = { "y (Å)", "Position from the rotation centre [Å]", 8, FALSE },
    [LAC_ATOM_FIELD_Z] = { "z (Å)", "Position from the rotation centre [Å]", 8, FALSE },
    [LAC_ATOM_FIELD_INTENSITY] = { "Intensity", "Sum over the integration box", 9, FALSE },
    [LAC_ATOM_FIELD_HEIGHT] = { "Height", "Fitted value at the peak", 8, FALSE },
    [LAC_ATOM_FIELD_FIT] = { "Fit", "Misfit of the peak, divided by its height", 6, FALSE },
};

struct _LacAtomTable {
    GtkWidget parent_instance;
    GtkWidget *box, *view, *scroller;
    GtkWidget *filter_entry, *error_label, *count_label, *records_check;
    LacAtomList *list;
    LacSession *session;
    guint filter_source;
    GArray *probed; // of LacAtomField: in the order in which the view compares
    LacAtomItem *probes[2];
};

G_DEFINE_FINAL_TYPE(LacAtomTable, lac_atom_table, GTK_TYPE_WIDGET)

// --- cells

static LacAtomField
get_field(gpointer object)
{
    return (LacAtomField) GPOINTER_TO_UINT(g_object_get_data(object, "lac-field"));
}

static void
update_cell(LacAtomTable *self, GtkListItem *item)
{
    LacAtomItem *row = gtk_list_item_get_item(item);
    GtkWidget *label = gtk_list_item_get_child(item);
    if (row == NULL || label == NULL)
        return;
    gsize index = lac_atom_item_get_index(row);
    g_autofree char *text = lac_atom_list_dup_text(self->list, index, get_field(label));
    gtk_label_set_text(GTK_LABEL(label), text);
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    gboolean is_record = atoms != NULL && index < atoms->n && !lac_atoms_is_present(atoms, index);
    if (is_record)
        gtk_widget_add_css_class(label, "dim-label");
    else
        gtk_widget_remove_css_class(label, "dim-label");
}

typedef struct {
    LacAtomTable *table;
    GtkListItem *item;
} Cell;

// What nobody sees is written when it is shown again.
static void
values_changed_cb(Cell *cell)
{
    if (gtk_widget_get_mapped(GTK_WIDGET(cell->table)))
        update_cell(cell->table, cell->item);
}

static void
map_cb(LacAtomTable *self)
{
    if (self->list != NULL)
        g_signal_emit_by_name(self->list, "values-changed");
}

static void
free_cell(gpointer data, GClosure *closure)
{
    (void) closure;
    g_free(data);
}

static void
setup_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacAtomTable *self)
{
    (void) self;
    LacAtomField field = get_field(factory);
    GtkWidget *label = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(label), fields[field].is_text ? 0.0F : 1.0F);
    gtk_label_set_width_chars(GTK_LABEL(label), fields[field].width_chars);
    gtk_label_set_single_line_mode(GTK_LABEL(label), TRUE);
    gtk_widget_add_css_class(label, "numeric");
    g_object_set_data(G_OBJECT(label), "lac-field", GUINT_TO_POINTER(field));
    gtk_list_item_set_child(item, label);
}

static void
bind_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacAtomTable *self)
{
    (void) factory;
    Cell *cell = g_new(Cell, 1);
    *cell = (Cell){ .table = self, .item = item };
    gulong handler = g_signal_connect_data(self->list, "values-changed",
        G_CALLBACK(values_changed_cb), cell, free_cell, G_CONNECT_SWAPPED);
    g_object_set_data(G_OBJECT(item), "lac-handler", GSIZE_TO_POINTER(handler));
    update_cell(self, item);
}

static void
unbind_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacAtomTable *self)
{
    (void) factory;
    gulong handler = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(item), "lac-handler"));
    if (self->list != NULL && handler != 0)
        g_signal_handler_disconnect(self->list, handler);
    g_object_set_data(G_OBJECT(item), "lac-handler", NULL);
}

// --- sorting: the view knows the order of its columns, the list sorts by numbers

static int
compare_cb(gconstpointer a, gconstpointer b, gpointer data)
{
    GtkSorter *sorter = data;
    LacAtomTable *self = g_object_get_data(G_OBJECT(sorter), "lac-table");
    LacAtomField field = get_field(sorter);
    if (self != NULL && a == self->probes[0] && b == self->probes[1])
        g_array_append_val(self->probed, field);
    return -1;
}

// Two rows of which the first is always the smaller: what the view makes of them tells which
// column it asks first, and whether it turns the answer round.
static void
sorter_changed_cb(LacAtomTable *self)
{
    GtkSorter *sorter = gtk_column_view_get_sorter(GTK_COLUMN_VIEW(self->view));
    g_array_set_size(self->probed, 0);
    GtkOrdering ordering = gtk_sorter_compare(sorter, self->probes[0], self->probes[1]);
    if (self->probed->len == 0)
        lac_atom_list_set_sort(self->list, LAC_ATOM_FIELD_NUMBER, FALSE);
    else
        lac_atom_list_set_sort(self->list, g_array_index(self->probed, LacAtomField, 0),
            ordering == GTK_ORDERING_LARGER);
}

static void
add_column(LacAtomTable *self, LacAtomField field)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    g_object_set_data(G_OBJECT(factory), "lac-field", GUINT_TO_POINTER(field));
    g_signal_connect_object(factory, "setup", G_CALLBACK(setup_cb), self, 0);
    g_signal_connect_object(factory, "bind", G_CALLBACK(bind_cb), self, 0);
    g_signal_connect_object(factory, "unbind", G_CALLBACK(unbind_cb), self, 0);
    GtkCustomSorter *sorter = gtk_custom_sorter_new(NULL, NULL, NULL);
    gtk_custom_sorter_set_sort_func(sorter, compare_cb, sorter, NULL);
    g_object_set_data(G_OBJECT(sorter), "lac-field", GUINT_TO_POINTER(field));
    g_object_set_data(G_OBJECT(sorter), "lac-table", self);
    g_autoptr(GtkColumnViewColumn) column =
        gtk_column_view_column_new(fields[field].title, factory);
    gtk_column_view_column_set_sorter(column, GTK_SORTER(sorter));
    g_object_unref(sorter);
    gtk_column_view_column_set_resizable(column, TRUE);
    gtk_column_view_column_set_expand(column, TRUE);
    gtk_column_view_append_column(GTK_COLUMN_VIEW(self->view), column);
}

// Headings stand above the numbers, at the right.
static void
align_headings(LacAtomTable *self)
{
    GtkWidget *header = gtk_widget_get_first_child(self->view);
    GtkWidget *title = header != NULL ? gtk_widget_get_first_child(header) : NULL;
    for (guint field = 0; title != NULL && field < LAC_N_ATOM_FIELDS; field++) {
        GtkWidget *box = gtk_widget_get_first_child(title);
        GtkWidget *label = box != NULL ? gtk_widget_get_first_child(box) : NULL;
        if (label != NULL && GTK_IS_LABEL(label) && !fields[field].is_text) {
            gtk_widget_set_hexpand(label, TRUE);
            gtk_label_set_xalign(GTK_LABEL(label), 1.0F);
        }
        gtk_widget_set_tooltip_text(title, fields[field].tooltip);
        title = gtk_widget_get_next_sibling(title);
    }
}

// --- counts, filter, current atom

static void
update_count(LacAtomTable *self)
{
    gsize total = lac_atom_list_get_total(self->list);
    guint shown = g_list_model_get_n_items(G_LIST_MODEL(self->list));
    gsize selected = lac_session_count_selected(self->session);
    g_autoptr(GString) text = g_string_new(NULL);
    if (shown == total)
        g_string_printf(text, "%'u rows", shown);
    else
        g_string_printf(text, "%'u of %'" G_GSIZE_FORMAT " rows", shown, total);
    if (selected > 0)
        g_string_append_printf(text, " · %'" G_GSIZE_FORMAT " selected", selected);
    gtk_label_set_text(GTK_LABEL(self->count_label), text->str);
}

static gboolean
apply_filter(gpointer data)
{
    LacAtomTable *self = data;
    g_autoptr(GError) error = NULL;
    self->filter_source = 0;
    const char *text = gtk_editable_get_text(GTK_EDITABLE(self->filter_entry));
    gboolean ok = lac_atom_list_set_filter(self->list, text, &error);
    gtk_label_set_text(GTK_LABEL(self->error_label), ok ? "" : error->message);
    gtk_widget_set_visible(self->error_label, !ok);
    if (ok)
        gtk_widget_remove_css_class(self->filter_entry, "error");
    else
        gtk_widget_add_css_class(self->filter_entry, "error");
    update_count(self);
    return G_SOURCE_REMOVE;
}

static void
filter_changed_cb(LacAtomTable *self)
{
    g_clear_handle_id(&self->filter_source, g_source_remove);
    self->filter_source = g_timeout_add(FILTER_DELAY, apply_filter, self);
}

// Enter: what is shown becomes the selection.
static void
filter_activated_cb(LacAtomTable *self)
{
    g_clear_handle_id(&self->filter_source, g_source_remove);
    apply_filter(self);
    if (!gtk_widget_has_css_class(self->filter_entry, "error"))
        gtk_selection_model_select_all(GTK_SELECTION_MODEL(self->list));
}

static void
records_cb(LacAtomTable *self)
{
    lac_atom_list_set_show_records(self->list,
        gtk_check_button_get_active(GTK_CHECK_BUTTON(self->records_check)));
    update_count(self);
}

static void
current_changed_cb(LacAtomTable *self)
{
    guint position;
    gsize index = lac_session_get_current_atom(self->session);
    // The rows are a list view inside the column view, below the header.
    GtkWidget *rows = gtk_widget_get_last_child(self->view);
    if (index == G_MAXSIZE || rows == NULL || !gtk_widget_get_mapped(self->view) ||
        gtk_widget_get_focus_child(self->view) != NULL ||
        !lac_atom_list_find(self->list, index, &position))
        return;
    gtk_widget_activate_action(rows, "list.scroll-to-item", "u", position);
}

static void
activated_cb(LacAtomTable *self, guint position)
{
    g_autoptr(LacAtomItem) row = g_list_model_get_item(G_LIST_MODEL(self->list), position);
    if (row != NULL)
        lac_session_set_current_atom(self->session, lac_atom_item_get_index(row));
}

// --- the widget

static void
lac_atom_table_dispose(GObject *object)
{
    LacAtomTable *self = LAC_ATOM_TABLE(object);
    g_clear_handle_id(&self->filter_source, g_source_remove);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    g_clear_object(&self->list);
    g_clear_object(&self->session);
    for (guint i = 0; i < 2; i++)
        g_clear_object(&self->probes[i]);
    g_clear_pointer(&self->probed, g_array_unref);
    G_OBJECT_CLASS(lac_atom_table_parent_class)->dispose(object);
}

static void
lac_atom_table_class_init(LacAtomTableClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_atom_table_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_bar(LacAtomTable *self)
{
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 10);
    gtk_widget_add_css_class(bar, "table-bar");
    self->filter_entry = gtk_entry_new();
    gtk_entry_set_placeholder_text(GTK_ENTRY(self->filter_entry),
        "Filter, such as intensity < 0.4 and cn <= 7");
    gtk_entry_set_icon_from_icon_name(GTK_ENTRY(self->filter_entry), GTK_ENTRY_ICON_PRIMARY,
        "system-search-symbolic");
    gtk_widget_set_tooltip_text(self->filter_entry,
        "Shows the atoms for which this holds; Enter selects them. Names: x, y, z, species, "
        "state, intensity, height, fit_residual, cn and every other column; operators: < <= > >= "
        "== != and or not + - * /");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->filter_entry),
        GTK_ACCESSIBLE_PROPERTY_LABEL, "Filter of the table", -1);
    gtk_widget_set_hexpand(self->filter_entry, TRUE);
    self->records_check = gtk_check_button_new_with_mnemonic("_Rejected and deleted");
    gtk_widget_set_tooltip_text(self->records_check,
        "Also list the peaks that are no part of the model");
    self->count_label = gtk_label_new("");
    gtk_widget_add_css_class(self->count_label, "caption");
    gtk_widget_add_css_class(self->count_label, "numeric");
    gtk_box_append(GTK_BOX(bar), self->filter_entry);
    gtk_box_append(GTK_BOX(bar), self->records_check);
    gtk_box_append(GTK_BOX(bar), self->count_label);
    g_signal_connect_swapped(self->filter_entry, "changed", G_CALLBACK(filter_changed_cb), self);
    g_signal_connect_swapped(self->filter_entry, "activate", G_CALLBACK(filter_activated_cb), self);
    g_signal_connect_swapped(self->records_check, "toggled", G_CALLBACK(records_cb), self);
    return bar;
}

static void
lac_atom_table_init(LacAtomTable *self)
{
    self->probed = g_array_new(FALSE, FALSE, sizeof(LacAtomField));
    for (guint i = 0; i < 2; i++)
        self->probes[i] = g_object_new(LAC_TYPE_ATOM_ITEM, NULL);
    g_signal_connect(self, "map", G_CALLBACK(map_cb), NULL);
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_append(GTK_BOX(self->box), make_bar(self));
    self->error_label = gtk_label_new("");
    gtk_label_set_wrap(GTK_LABEL(self->error_label), TRUE);
    gtk_label_set_xalign(GTK_LABEL(self->error_label), 0.0F);
    gtk_widget_add_css_class(self->error_label, "error");
    gtk_widget_add_css_class(self->error_label, "caption");
    gtk_widget_add_css_class(self->error_label, "table-error");
    gtk_widget_set_visible(self->error_label, FALSE);
    gtk_box_append(GTK_BOX(self->box), self->error_label);
    self->scroller = gtk_scrolled_window_new();
    gtk_widget_set_vexpand(self->scroller, TRUE);
    gtk_box_append(GTK_BOX(self->box), self->scroller);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
}

/**
 * lac_atom_table_new:
 * @session: whose atoms are listed; the table takes a reference
 *
 * Returns: (transfer floating): a table with a filter above it
 */
GtkWidget *
lac_atom_table_new(LacSession *session)
{
    LacAtomTable *self = g_object_new(LAC_TYPE_ATOM_TABLE, NULL);
    self->session = g_object_ref(session);
    self->list = lac_atom_list_new(session);
    self->view = gtk_column_view_new(GTK_SELECTION_MODEL(g_object_ref(self->list)));
    gtk_widget_add_css_class(self->view, "data-table");
    gtk_widget_set_tooltip_text(self->view, "Click a heading to sort; Ctrl and Shift extend");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Table of atoms", -1);
    for (LacAtomField field = 0; field < LAC_N_ATOM_FIELDS; field++)
        add_column(self, field);
    align_headings(self);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scroller), self->view);
    g_signal_connect_object(gtk_column_view_get_sorter(GTK_COLUMN_VIEW(self->view)), "changed",
        G_CALLBACK(sorter_changed_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_swapped(self->view, "activate", G_CALLBACK(activated_cb), self);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(update_count), self);
    g_signal_connect_swapped(session, "selection-changed", G_CALLBACK(update_count), self);
    g_signal_connect_swapped(session, "current-atom-changed", G_CALLBACK(current_changed_cb), self);
    update_count(self);
    return GTK_WIDGET(self);
}
