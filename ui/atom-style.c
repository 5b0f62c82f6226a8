// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/atom-style.h"

#include "ui/number-entry.h"

#include <adwaita.h>
#include <math.h>

#define N_FIXED 3 // choices before the columns

static const LacColorBy fixed[N_FIXED] = { LAC_COLOR_BY_SPECIES, LAC_COLOR_BY_STATE,
    LAC_COLOR_BY_MATCH };
static const char *const fixed_names[N_FIXED] = { "Species", "State", "Comparison" };

// What a column is called where a person reads it.
static const struct {
    const char *column, *label;
} labels[] = {
    { LAC_COLUMN_INTENSITY, "Intensity" },
    { LAC_COLUMN_HEIGHT, "Height" },
    { LAC_COLUMN_FIT, "Fit quality" },
    { LAC_COLUMN_WIDTH, "Width" },
    { LAC_COLUMN_ELONGATION, "Roundness" },
    { LAC_COLUMN_MARGIN, "Class margin" },
    { LAC_COLUMN_P_ATOM, "Probability of an atom" },
};

struct _LacAtomStyle {
    GtkWidget parent_instance;
    GtkWidget *group, *range_row;
    AdwComboRow *color_row, *map_row, *size_row;
    GtkSpinButton *scale_spin;
    LacNumberEntry *entries[2]; // of the range
    GtkStringList *choices;
    GPtrArray *columns; // of char *: the choices after the fixed ones
    LacSession *session;
    LacViewport *viewport;
    gboolean is_following; // the controls take what the view has
};

G_DEFINE_FINAL_TYPE(LacAtomStyle, lac_atom_style, GTK_TYPE_WIDGET)

static const char *
get_label(const char *column)
{
    for (guint i = 0; i < G_N_ELEMENTS(labels); i++)
        if (g_str_equal(labels[i].column, column))
            return labels[i].label;
    return column;
}

static const char *
get_column(LacAtomStyle *self)
{
    guint choice = adw_combo_row_get_selected(self->color_row);
    return choice >= N_FIXED && choice - N_FIXED < self->columns->len
        ? g_ptr_array_index(self->columns, choice - N_FIXED)
        : NULL;
}

static void
apply(LacAtomStyle *self)
{
    if (self->is_following)
        return;
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    guint choice = adw_combo_row_get_selected(self->color_row);
    const char *column = get_column(self);
    gboolean other = column != NULL &&
        (look.color_by != LAC_COLOR_BY_COLUMN || !g_str_equal(look.color_column, column));
    look.color_by = column != NULL ? LAC_COLOR_BY_COLUMN : fixed[MIN(choice, N_FIXED - 1)];
    if (column != NULL)
        g_strlcpy(look.color_column, column, sizeof look.color_column);
    // Another column has another range.
    if (other)
        look.color_lo = look.color_hi = (double) NAN;
    look.colormap = (LacColormap) adw_combo_row_get_selected(self->map_row);
    look.size_by =
        (LacSizeBy) (adw_combo_row_get_selected(self->size_row) == 0 ? LAC_SIZE_BY_SPECIES
                                                                     : LAC_SIZE_EQUAL);
    double scale = gtk_spin_button_get_value(self->scale_spin) / 100.0;
    LacAtomLook usual = lac_atom_look_default();
    look.radius_scale = scale * usual.radius_scale;
    look.radius = scale * usual.radius;
    lac_viewport_set_atom_look(self->viewport, &look);
}

static void
range_cb(LacAtomStyle *self)
{
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    look.color_lo = lac_number_entry_get_value(self->entries[0]);
    look.color_hi = lac_number_entry_get_value(self->entries[1]);
    lac_viewport_set_atom_look(self->viewport, &look);
}

static void
automatic_cb(LacAtomStyle *self)
{
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    look.color_lo = look.color_hi = (double) NAN;
    lac_viewport_set_atom_look(self->viewport, &look);
}

// --- following the view

static void
show_range(LacAtomStyle *self, const LacAtomLook *look)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    double lo = look->color_lo, hi = look->color_hi, auto_lo, auto_hi;
    const LacAtomValues *values = lac_viewport_get_atom_values(self->viewport);
    gboolean by_word =
        values != NULL && values->names != NULL && g_str_equal(values->name, look->color_column);
    gboolean by_column = look->color_by == LAC_COLOR_BY_COLUMN && !by_word;
    gtk_widget_set_visible(self->range_row, by_column);
    gtk_widget_set_visible(GTK_WIDGET(self->map_row), by_column);
    if (!by_column || atoms == NULL ||
        !lac_atom_look_get_range(atoms, lac_viewport_get_atom_values(self->viewport),
            look->color_column, &auto_lo, &auto_hi))
        return;
    lac_number_entry_set_value(self->entries[0], isnan(lo) ? auto_lo : lo);
    lac_number_entry_set_value(self->entries[1], isnan(hi) ? auto_hi : hi);
}

static void
follow(LacAtomStyle *self)
{
    const LacAtomLook *look = lac_viewport_get_atom_look(self->viewport);
    guint choice = 0;
    for (guint i = 0; i < N_FIXED; i++)
        if (fixed[i] == look->color_by)
            choice = i;
    for (guint i = 0; i < self->columns->len; i++)
        if (look->color_by == LAC_COLOR_BY_COLUMN &&
            g_str_equal(g_ptr_array_index(self->columns, i), look->color_column))
            choice = N_FIXED + i;
    self->is_following = TRUE;
    adw_combo_row_set_selected(self->color_row, choice);
    adw_combo_row_set_selected(self->map_row, look->colormap);
    adw_combo_row_set_selected(self->size_row, look->size_by == LAC_SIZE_EQUAL ? 1 : 0);
    show_range(self, look);
    self->is_following = FALSE;
}

// What there is to choose: columns of the atoms, and what analyses say of each.
static GPtrArray *
find_columns(LacAtomStyle *self, GPtrArray *titles)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    GPtrArray *columns = g_ptr_array_new_with_free_func(g_free);
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (guint i = 0; atoms != NULL && i < atoms->columns->len; i++) {
        const char *name = g_array_index(atoms->columns, LacAtomColumn, i).name;
        g_ptr_array_add(columns, g_strdup(name));
        g_ptr_array_add(titles, g_strdup(get_label(name)));
    }
    for (gsize i = 0; atoms != NULL && analysis != NULL && i < n; i++)
        for (guint c = 0;
             lac_analysis_get(analysis, (LacAnalysisNode) i) != NULL && c < table[i]->n_columns;
             c++) {
            g_ptr_array_add(columns, g_strdup(table[i]->columns[c].name));
            g_ptr_array_add(titles, g_strdup(table[i]->columns[c].title));
        }
    return columns;
}

static gboolean
is_same(const GPtrArray *a, const GPtrArray *b)
{
    gboolean same = a->len == b->len;
    for (guint i = 0; same && i < a->len; i++)
        same = g_str_equal(g_ptr_array_index(a, i), g_ptr_array_index(b, i));
    return same;
}

static void
atoms_changed_cb(LacAtomStyle *self)
{
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) columns = find_columns(self, titles);
    gtk_widget_set_visible(GTK_WIDGET(self), lac_session_get_atoms(self->session) != NULL);
    if (is_same(columns, self->columns))
        return;
    self->is_following = TRUE;
    gtk_string_list_splice(self->choices, N_FIXED,
        g_list_model_get_n_items(G_LIST_MODEL(self->choices)) - N_FIXED, NULL);
    for (guint i = 0; i < titles->len; i++)
        gtk_string_list_append(self->choices, g_ptr_array_index(titles, i));
    g_ptr_array_unref(self->columns);
    self->columns = g_steal_pointer(&columns);
    self->is_following = FALSE;
    follow(self);
}

// --- the widget

static void
lac_atom_style_dispose(GObject *object)
{
    LacAtomStyle *self = LAC_ATOM_STYLE(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    for (guint i = 0; i < 2 && self->group != NULL; i++)
        g_signal_handlers_disconnect_by_data(self->entries[i], self);
    g_clear_pointer(&self->group, gtk_widget_unparent);
    g_clear_object(&self->session);
    g_clear_object(&self->viewport);
    g_clear_object(&self->choices);
    g_clear_pointer(&self->columns, g_ptr_array_unref);
    G_OBJECT_CLASS(lac_atom_style_parent_class)->dispose(object);
}

static void
lac_atom_style_class_init(LacAtomStyleClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_atom_style_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static AdwComboRow *
add_combo(LacAtomStyle *self, const char *title, const char *tooltip, GListModel *model)
{
    GtkWidget *row = adw_combo_row_new();
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
    adw_combo_row_set_model(ADW_COMBO_ROW(row), model);
    gtk_widget_set_tooltip_text(row, tooltip);
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(self->group), row);
    g_signal_connect_swapped(row, "notify::selected", G_CALLBACK(apply), self);
    return ADW_COMBO_ROW(row);
}

static void
add_range(LacAtomStyle *self)
{
    self->range_row = adw_action_row_new();
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(self->range_row), "Range");
    gtk_widget_set_tooltip_text(self->range_row, "Values of the first and the last colour");
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *lo = lac_number_entry_new("First colour", "Value of the first colour");
    GtkWidget *hi = lac_number_entry_new("Last colour", "Value of the last colour");
    GtkWidget *automatic = gtk_button_new_with_label("Auto");
    gtk_widget_set_tooltip_text(automatic, "Let the range follow the atoms");
    g_signal_connect_swapped(automatic, "clicked", G_CALLBACK(automatic_cb), self);
    GtkWidget *const parts[] = { lo, hi, automatic };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        gtk_widget_set_valign(parts[i], GTK_ALIGN_CENTER);
        gtk_box_append(GTK_BOX(box), parts[i]);
    }
    for (guint i = 0; i < 2; i++) {
        self->entries[i] = LAC_NUMBER_ENTRY(parts[i]);
        gtk_editable_set_width_chars(GTK_EDITABLE(parts[i]), 6);
        gtk_editable_set_max_width_chars(GTK_EDITABLE(parts[i]), 6);
        g_signal_connect_swapped(parts[i], "edited", G_CALLBACK(range_cb), self);
    }
    adw_action_row_add_suffix(ADW_ACTION_ROW(self->range_row), box);
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(self->group), self->range_row);
}

static void
add_scale(LacAtomStyle *self)
{
    GtkWidget *row = adw_action_row_new();
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), "Size");
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), "% of the usual");
    gtk_widget_set_tooltip_text(row, "How large atoms are drawn");
    GtkWidget *spin = gtk_spin_button_new_with_range(10.0, 300.0, 10.0);
    self->scale_spin = GTK_SPIN_BUTTON(spin);
    gtk_spin_button_set_value(self->scale_spin, 100.0);
    gtk_widget_set_valign(spin, GTK_ALIGN_CENTER);
    gtk_accessible_update_property(GTK_ACCESSIBLE(spin), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Size of atoms in percent", -1);
    adw_action_row_add_suffix(ADW_ACTION_ROW(row), spin);
    adw_action_row_set_activatable_widget(ADW_ACTION_ROW(row), spin);
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(self->group), row);
    g_signal_connect_swapped(spin, "value-changed", G_CALLBACK(apply), self);
}

static void
lac_atom_style_init(LacAtomStyle *self)
{
    static const char *const sizes[] = { "Species", "Equal", NULL };
    self->columns = g_ptr_array_new_with_free_func(g_free);
    self->group = adw_preferences_group_new();
    adw_preferences_group_set_title(ADW_PREFERENCES_GROUP(self->group), "Atoms");
    gtk_widget_set_parent(self->group, GTK_WIDGET(self));
    self->choices = gtk_string_list_new(NULL);
    for (guint i = 0; i < N_FIXED; i++)
        gtk_string_list_append(self->choices, fixed_names[i]);
    g_autoptr(GtkStringList) maps = gtk_string_list_new(NULL);
    for (LacColormap map = 0; map < LAC_N_COLORMAPS; map++)
        gtk_string_list_append(maps, lac_colormap_get_label(map));
    g_autoptr(GtkStringList) size_list = gtk_string_list_new(sizes);
    self->is_following = TRUE;
    self->color_row = add_combo(self, "Colour by", "What the colour of an atom tells",
        G_LIST_MODEL(self->choices));
    self->map_row =
        add_combo(self, "Colour map", "Colours of small to large values", G_LIST_MODEL(maps));
    add_range(self);
    self->size_row =
        add_combo(self, "Size by", "What the size of an atom tells", G_LIST_MODEL(size_list));
    add_scale(self);
    self->is_following = FALSE;
}

/**
 * lac_atom_style_new:
 * @session: whose atoms have the columns; a reference is taken
 * @viewport: the view that it steers; a reference is taken
 *
 * Returns: (transfer floating): the controls; they are hidden while there are no atoms
 */
GtkWidget *
lac_atom_style_new(LacSession *session, LacViewport *viewport)
{
    LacAtomStyle *self = g_object_new(LAC_TYPE_ATOM_STYLE, NULL);
    self->session = g_object_ref(session);
    self->viewport = g_object_ref(viewport);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(atoms_changed_cb), self);
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(atoms_changed_cb), self);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(follow), self);
    atoms_changed_cb(self);
    follow(self);
    return GTK_WIDGET(self);
}
