// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/result-layers.h"

#include <string.h>

#define NARROW 6 // characters of what is chosen that are always seen

static const struct {
    const char *label, *tooltip, *opacity;
} kinds[LAC_N_RESULTS] = {
    [LAC_RESULT_INTERFACE] = { "_Interface", "Show the surface between metal and oxide",
        "Opacity of the interface" },
    [LAC_RESULT_PORES] = { "P_ores", "Show the surfaces of pores", "Opacity of the pores" },
    [LAC_RESULT_SURFACE] = { "Particle s_urface", "Show the outer surface of the particle",
        "Opacity of the particle surface" },
    [LAC_RESULT_VACANCIES] = { "Va_cancies", "Show lattice sites without an atom, as circles",
        NULL },
};

struct _LacResultLayers {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *rows[LAC_N_RESULTS], *checks[LAC_N_RESULTS], *scales[LAC_N_RESULTS];
    GtkWidget *color; // what the interface tells
    GtkWidget *atoms; // what the atoms tell
    GtkWidget *atoms_row;
    GArray *columns; // of guint: those of the colorings that there are
    GtkStringList *titles;
    LacSession *session;
    LacViewAnalysis *view;
    LacViewport *viewport;
    gboolean is_following;
};

G_DEFINE_FINAL_TYPE(LacResultLayers, lac_result_layers, GTK_TYPE_WIDGET)

static void
apply(LacResultLayers *self)
{
    if (self->is_following)
        return;
    self->is_following = TRUE;
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        LacResultLayer layer = *lac_view_analysis_get_layer(self->view, (LacResultKind) i);
        layer.shown = gtk_check_button_get_active(GTK_CHECK_BUTTON(self->checks[i]));
        if (self->scales[i] != NULL)
            layer.opacity = gtk_range_get_value(GTK_RANGE(self->scales[i])) / 100.0;
        if (i == LAC_RESULT_INTERFACE)
            layer.color = (LacResultColor) gtk_drop_down_get_selected(GTK_DROP_DOWN(self->color));
        lac_view_analysis_set_layer(self->view, (LacResultKind) i, &layer);
    }
    self->is_following = FALSE;
}

// Columns that are worth a look; further ones are among the plots.
static const struct {
    const char *column, *title;
} colorings[] = { { NULL, "species" }, { "phase", "phase" }, { "lattice", "grain" },
    { "structure", "structure" }, { "oxide_fraction", "degree of oxidation" },
    { "cn", "neighbours" }, { "bond", "bond length" }, { "order", "order" }, { "strain", "strain" },
    { "interface_distance", "distance to the interface" }, { "depth", "depth" },
    { "audit_level", "level in the volume" } };

static gboolean
has_column(LacResultLayers *self, const char *column)
{
    LacAnalysisNode node;
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    return column == NULL ||
        (analysis != NULL && lac_analysis_find_column(column, &node) != NULL &&
            lac_analysis_get(analysis, node) != NULL);
}

// The list, and what of it the atoms show; returns whether there is more than species.
static gboolean
follow_atoms(LacResultLayers *self)
{
    const LacAtomLook *look = lac_viewport_get_atom_look(self->viewport);
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *titles[G_N_ELEMENTS(colorings) + 1] = { NULL };
    guint shown = GTK_INVALID_LIST_POSITION;
    for (guint i = 0; i < G_N_ELEMENTS(colorings); i++) {
        const char *column = colorings[i].column;
        if (!has_column(self, column))
            continue;
        if (column == NULL
                ? look->color_by == LAC_COLOR_BY_SPECIES
                : look->color_by == LAC_COLOR_BY_COLUMN && g_str_equal(look->color_column, column))
            shown = columns->len;
        titles[columns->len] = colorings[i].title;
        g_array_append_val(columns, i);
    }
    gboolean is_same = columns->len == self->columns->len &&
        memcmp(columns->data, self->columns->data, columns->len * sizeof(guint)) == 0;
    if (!is_same) {
        gtk_string_list_splice(self->titles, 0, self->columns->len, titles);
        g_array_unref(self->columns);
        self->columns = g_steal_pointer(&columns);
    }
    gtk_drop_down_set_selected(GTK_DROP_DOWN(self->atoms), shown);
    return self->columns->len > 1;
}

static void
follow(LacResultLayers *self)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    if (self->is_following)
        return;
    self->is_following = TRUE;
    gboolean any = follow_atoms(self), has_columns = any;
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        const LacResultLayer *layer = lac_view_analysis_get_layer(self->view, (LacResultKind) i);
        gboolean is_there = lac_result_is_there(analysis, (LacResultKind) i);
        any = any || is_there;
        gtk_widget_set_visible(self->rows[i], is_there);
        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->checks[i]), layer->shown);
        if (self->scales[i] != NULL)
            gtk_range_set_value(GTK_RANGE(self->scales[i]), 100.0 * layer->opacity);
    }
    gtk_drop_down_set_selected(GTK_DROP_DOWN(self->color),
        (guint) lac_view_analysis_get_layer(self->view, LAC_RESULT_INTERFACE)->color);
    gtk_widget_set_visible(self->color, lac_result_is_there(analysis, LAC_RESULT_INTERFACE));
    gtk_widget_set_visible(self->atoms_row, has_columns);
    gtk_widget_set_visible(GTK_WIDGET(self), any);
    self->is_following = FALSE;
}

static void
atoms_cb(LacResultLayers *self)
{
    guint chosen = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->atoms));
    if (!self->is_following && chosen < self->columns->len)
        lac_view_analysis_color_atoms(self->view,
            colorings[g_array_index(self->columns, guint, chosen)].column);
}

static void
lac_result_layers_dispose(GObject *object)
{
    LacResultLayers *self = LAC_RESULT_LAYERS(object);
    if (self->view != NULL)
        g_signal_handlers_disconnect_by_data(self->view, self);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    g_clear_object(&self->session);
    g_clear_object(&self->view);
    g_clear_object(&self->viewport);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    g_clear_pointer(&self->columns, g_array_unref);
    G_OBJECT_CLASS(lac_result_layers_parent_class)->dispose(object);
}

static void
lac_result_layers_class_init(LacResultLayersClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_result_layers_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_scale(const char *name)
{
    GtkWidget *scale = gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, 0.0, 100.0, 5.0);
    g_autofree char *tooltip = g_strdup_printf("%s [%%]", name);
    gtk_scale_set_draw_value(GTK_SCALE(scale), FALSE);
    gtk_widget_set_hexpand(scale, TRUE);
    gtk_widget_set_size_request(scale, 44, -1);
    gtk_widget_set_tooltip_text(scale, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(scale), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    return scale;
}

static void
add_row(LacResultLayers *self, guint i)
{
    self->rows[i] = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    self->checks[i] = gtk_check_button_new_with_mnemonic(kinds[i].label);
    gtk_widget_set_tooltip_text(self->checks[i], kinds[i].tooltip);
    gtk_box_append(GTK_BOX(self->rows[i]), self->checks[i]);
    g_signal_connect_swapped(self->checks[i], "toggled", G_CALLBACK(apply), self);
    if (kinds[i].opacity != NULL) {
        self->scales[i] = make_scale(kinds[i].opacity);
        gtk_box_append(GTK_BOX(self->rows[i]), self->scales[i]);
        g_signal_connect_swapped(self->scales[i], "value-changed", G_CALLBACK(apply), self);
    }
    gtk_box_append(GTK_BOX(self->box), self->rows[i]);
}

static void
setup_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *label = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars(GTK_LABEL(label), NARROW);
    gtk_list_item_set_child(item, label);
}

static void
setup_wide_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *label = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_list_item_set_child(item, label);
}

static void
bind_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkStringObject *string = GTK_STRING_OBJECT(gtk_list_item_get_item(item));
    gtk_label_set_text(GTK_LABEL(gtk_list_item_get_child(item)),
        gtk_string_object_get_string(string));
}

// What is chosen is cut rather than making the panel wider; the list shows all of it.
static void
make_narrow(GtkDropDown *drop_down)
{
    g_autoptr(GtkListItemFactory) narrow = gtk_signal_list_item_factory_new();
    g_autoptr(GtkListItemFactory) wide = gtk_signal_list_item_factory_new();
    g_signal_connect(narrow, "setup", G_CALLBACK(setup_cb), NULL);
    g_signal_connect(wide, "setup", G_CALLBACK(setup_wide_cb), NULL);
    g_signal_connect(narrow, "bind", G_CALLBACK(bind_cb), NULL);
    g_signal_connect(wide, "bind", G_CALLBACK(bind_cb), NULL);
    gtk_drop_down_set_factory(drop_down, narrow);
    gtk_drop_down_set_list_factory(drop_down, wide);
}

static void
add_atoms(LacResultLayers *self)
{
    GtkWidget *label = gtk_label_new_with_mnemonic("At_oms by");
    self->columns = g_array_new(FALSE, FALSE, sizeof(guint));
    self->titles = gtk_string_list_new(NULL);
    self->atoms = gtk_drop_down_new(G_LIST_MODEL(self->titles), NULL);
    make_narrow(GTK_DROP_DOWN(self->atoms));
    self->atoms_row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), self->atoms);
    gtk_widget_set_hexpand(self->atoms, TRUE);
    gtk_widget_set_tooltip_text(self->atoms,
        "What the colours of the atoms tell; further numbers are among the plots");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->atoms), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Colour of the atoms", -1);
    gtk_box_append(GTK_BOX(self->atoms_row), label);
    gtk_box_append(GTK_BOX(self->atoms_row), self->atoms);
    g_signal_connect_swapped(self->atoms, "notify::selected", G_CALLBACK(atoms_cb), self);
    gtk_box_append(GTK_BOX(self->box), self->atoms_row);
}

static void
lac_result_layers_init(LacResultLayers *self)
{
    static const char *const COLORS[LAC_N_RESULT_COLORS + 1] = { "one colour", "mean curvature",
        "phase on each side", "what it faces", "degree of oxidation", NULL };
    self->is_following = TRUE;
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    GtkWidget *title = gtk_label_new("Results");
    gtk_label_set_xalign(GTK_LABEL(title), 0.0F);
    gtk_widget_add_css_class(title, "caption-heading");
    gtk_widget_set_margin_top(title, 8);
    gtk_box_append(GTK_BOX(self->box), title);
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        add_row(self, i);
        if (i != LAC_RESULT_INTERFACE)
            continue;
        self->color = gtk_drop_down_new_from_strings(COLORS);
        make_narrow(GTK_DROP_DOWN(self->color));
        gtk_widget_set_margin_start(self->color, 24);
        gtk_widget_set_tooltip_text(self->color, "What the colours of the interface tell");
        gtk_accessible_update_property(GTK_ACCESSIBLE(self->color), GTK_ACCESSIBLE_PROPERTY_LABEL,
            "Colour of the interface", -1);
        g_signal_connect_swapped(self->color, "notify::selected", G_CALLBACK(apply), self);
        gtk_box_append(GTK_BOX(self->box), self->color);
    }
    add_atoms(self);
    self->is_following = FALSE;
}

/**
 * lac_result_layers_new:
 * @session: whose analyses there are; a reference is taken
 * @view: what draws them; a reference is taken
 * @viewport: the 3D view; a reference is taken
 *
 * Returns: (transfer floating): the list; it is hidden while there are no results
 */
GtkWidget *
lac_result_layers_new(LacSession *session, LacViewAnalysis *view, LacViewport *viewport)
{
    LacResultLayers *self = g_object_new(LAC_TYPE_RESULT_LAYERS, NULL);
    self->session = g_object_ref(session);
    self->view = g_object_ref(view);
    self->viewport = g_object_ref(viewport);
    g_signal_connect_swapped(view, "layers-changed", G_CALLBACK(follow), self);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(follow), self);
    follow(self);
    return GTK_WIDGET(self);
}
