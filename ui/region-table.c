// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/region-table.h"

#include <math.h>

// One cell for people: the value with its error.
static const struct {
    const char *name, *title, *value, *error, *tooltip;
} columns[] = {
    { "a", "A", "a", "a_error", "Mean over the atoms of region A, with its standard error" },
    { "b", "B", "b", "b_error", "Mean over the atoms of region B, with its standard error" },
    { "difference", "B − A", "difference", "difference_error", "The difference with its error" },
    { "errors", "Errors apart", "errors", NULL,
        "The difference in units of its error: below 2 or so it may be chance" },
};

#define N_COLUMNS G_N_ELEMENTS(columns)
#define SURELY    3.0 // errors apart from which a difference stands out

struct _LacRegionTable {
    GtkWidget parent_instance;
    GtkWidget *scrolled, *grid, *summary;
    GHashTable *cells; // "Quantity\ncolumn" -> text
    LacReport *report; // (nullable)
};

G_DEFINE_FINAL_TYPE(LacRegionTable, lac_region_table, GTK_TYPE_WIDGET)

static GtkWidget *
add_label(LacRegionTable *self, const char *text, int column, int row, float align)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), align);
    gtk_label_set_selectable(GTK_LABEL(label), column > 0);
    gtk_widget_set_can_focus(label, FALSE);
    gtk_widget_add_css_class(label, column > 0 ? "numeric" : "dim-label");
    gtk_grid_attach(GTK_GRID(self->grid), label, column, row, 1, 1);
    return label;
}

static char *
dup_cell(const LacTable *table, guint column, gsize row)
{
    const LacTableColumn *value = lac_table_find(table, columns[column].value);
    const LacTableColumn *error =
        columns[column].error != NULL ? lac_table_find(table, columns[column].error) : NULL;
    return lac_format_error(value->values[row], error != NULL ? error->values[row] : (double) NAN,
        value->digits);
}

static void
embolden(GtkLabel *label)
{
    g_autoptr(PangoAttrList) list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
    gtk_label_set_attributes(label, list);
}

static void
add_row(LacRegionTable *self, const LacTable *table, gsize row)
{
    const char *quantity = lac_table_find(table, "quantity")->texts[row];
    const char *unit = lac_table_find(table, "unit")->texts[row];
    g_autofree char *title =
        *unit != '\0' ? g_strdup_printf("%s [%s]", quantity, unit) : g_strdup(quantity);
    add_label(self, title, 0, (int) row + 1, 0.0F);
    for (guint c = 0; c < N_COLUMNS; c++) {
        g_autofree char *text = dup_cell(table, c, row);
        GtkWidget *label = add_label(self, text, (int) c + 1, (int) row + 1, 1.0F);
        if (c + 1 == N_COLUMNS && lac_table_find(table, "errors")->values[row] >= SURELY)
            embolden(GTK_LABEL(label));
        g_hash_table_insert(self->cells, g_strdup_printf("%s\n%s", quantity, columns[c].name),
            g_steal_pointer(&text));
    }
}

static void
add_heading(LacRegionTable *self)
{
    gtk_widget_add_css_class(add_label(self, "Mean of", 0, 0, 0.0F), "caption-heading");
    for (guint c = 0; c < N_COLUMNS; c++) {
        GtkWidget *label = add_label(self, columns[c].title, (int) c + 1, 0, 1.0F);
        gtk_widget_add_css_class(label, "caption-heading");
        gtk_widget_set_tooltip_text(label, columns[c].tooltip);
    }
}

static void
clear(LacRegionTable *self)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(self->grid)) != NULL)
        gtk_grid_remove(GTK_GRID(self->grid), child);
    g_hash_table_remove_all(self->cells);
}

static char *
dup_summary(const LacReportSection *section)
{
    const LacReportItem *a = lac_report_section_find(section, "n_a");
    const LacReportItem *b = lac_report_section_find(section, "n_b");
    const LacReportItem *angle = lac_report_section_find(section, "angle");
    g_autofree char *n_a = lac_report_item_dup_text(a), *n_b = lac_report_item_dup_text(b);
    g_autofree char *between = angle != NULL ? lac_report_item_dup_text(angle) : NULL;
    g_autofree char *planes =
        between != NULL ? g_strdup_printf(" · %s between their planes", between) : g_strdup("");
    return g_strdup_printf("A: %s atoms · B: %s atoms%s%s", n_a, n_b, planes,
        section->stale ? " · stale, being computed again" : "");
}

/**
 * lac_region_table_set_report:
 * @self: a table
 * @report: (nullable): with a section "regions"; a reference is taken
 */
void
lac_region_table_set_report(LacRegionTable *self, LacReport *report)
{
    g_return_if_fail(LAC_IS_REGION_TABLE(self));

    if (report == self->report)
        return;
    g_clear_pointer(&self->report, lac_report_unref);
    clear(self);
    const LacReportSection *section = report != NULL ? lac_report_find(report, "regions") : NULL;
    gtk_label_set_text(GTK_LABEL(self->summary), "");
    if (section == NULL)
        return;
    self->report = lac_report_ref(report);
    const LacTable *table = g_ptr_array_index(section->tables, 0);
    g_autofree char *summary = dup_summary(section);
    gtk_label_set_text(GTK_LABEL(self->summary), summary);
    add_heading(self);
    for (gsize row = 0; row < table->n_rows; row++)
        add_row(self, table, row);
}

/**
 * lac_region_table_get:
 * @self: a table
 * @quantity: the title of a row
 * @column: "a", "b", "difference" or "errors"
 *
 * Returns: (transfer none) (nullable): what stands there
 */
const char *
lac_region_table_get(LacRegionTable *self, const char *quantity, const char *column)
{
    g_autofree char *key = g_strdup_printf("%s\n%s", quantity, column);
    return g_hash_table_lookup(self->cells, key);
}

static void
lac_region_table_dispose(GObject *object)
{
    LacRegionTable *self = LAC_REGION_TABLE(object);
    g_clear_pointer(&self->report, lac_report_unref);
    g_clear_pointer(&self->cells, g_hash_table_unref);
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self))) != NULL)
        gtk_widget_unparent(child);
    G_OBJECT_CLASS(lac_region_table_parent_class)->dispose(object);
}

static void
lac_region_table_class_init(LacRegionTableClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_region_table_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BOX_LAYOUT);
}

static void
lac_region_table_init(LacRegionTable *self)
{
    gtk_orientable_set_orientation(GTK_ORIENTABLE(gtk_widget_get_layout_manager(GTK_WIDGET(self))),
        GTK_ORIENTATION_VERTICAL);
    self->cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->summary = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(self->summary), 0.0F);
    gtk_label_set_ellipsize(GTK_LABEL(self->summary), PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class(self->summary, "caption-heading");
    gtk_widget_add_css_class(self->summary, "numeric");
    gtk_widget_set_margin_start(self->summary, 12);
    gtk_widget_set_margin_top(self->summary, 6);
    self->grid = gtk_grid_new();
    gtk_grid_set_column_spacing(GTK_GRID(self->grid), 14);
    gtk_grid_set_row_spacing(GTK_GRID(self->grid), 2);
    gtk_widget_set_halign(self->grid, GTK_ALIGN_START);
    gtk_widget_set_margin_start(self->grid, 12);
    gtk_widget_set_margin_end(self->grid, 12);
    gtk_widget_set_margin_top(self->grid, 6);
    gtk_widget_set_margin_bottom(self->grid, 12);
    self->scrolled = gtk_scrolled_window_new();
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scrolled), self->grid);
    gtk_widget_set_vexpand(self->scrolled, TRUE);
    gtk_widget_set_parent(self->summary, GTK_WIDGET(self));
    gtk_widget_set_parent(self->scrolled, GTK_WIDGET(self));
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Region A against region B", -1);
}

/**
 * lac_region_table_new:
 *
 * Returns: (transfer floating): the table, empty
 */
GtkWidget *
lac_region_table_new(void)
{
    return g_object_new(LAC_TYPE_REGION_TABLE, NULL);
}
