// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/layers-panel.h"

typedef enum {
    LAYER_VOLUME,
    LAYER_ATOMS,
    LAYER_BONDS,
    LAYER_POLYHEDRA,
    LAYER_GHOSTS,
    LAYER_PLANE_X,
    LAYER_PLANE_Y,
    LAYER_PLANE_Z,
    LAYER_BOX,
    LAYER_AXES,
    LAYER_SCALE_BAR,
    LAYER_PERSPECTIVE,
    N_LAYERS,
} Layer;

static const struct {
    const char *label, *tooltip;
    gboolean shown;
} layers[N_LAYERS] = {
    [LAYER_VOLUME] = { "_Volume", "Show the volume in the 3D view", TRUE },
    [LAYER_ATOMS] = { "A_toms", "Show the atoms of the model, also on the slices", TRUE },
    [LAYER_BONDS] = { "Bon_ds", "Show the bonds between neighbours", FALSE },
    [LAYER_POLYHEDRA] = { "Poly_hedra",
        "Show the polyhedra that neighbours make about the larger atoms", FALSE },
    [LAYER_GHOSTS] = { "_Ghosts",
        "Show the peaks that are no part of the model: rejected, deleted, no atoms", FALSE },
    [LAYER_PLANE_X] = { "Plane y_z", "Show the slice through the crosshair, normal to x", FALSE },
    [LAYER_PLANE_Y] = { "Plane _xz", "Show the slice through the crosshair, normal to y", FALSE },
    [LAYER_PLANE_Z] = { "Plane x_y", "Show the slice through the crosshair, normal to z", FALSE },
    [LAYER_BOX] = { "_Box", "Show the edges of the volume", TRUE },
    [LAYER_AXES] = { "_Axes", "Show the directions of x, y and z", TRUE },
    [LAYER_SCALE_BAR] = { "Scale ba_r", "Show a scale bar in nm", TRUE },
    [LAYER_PERSPECTIVE] = { "Pe_rspective", "Nearer parts look larger; off: parallel projection",
        FALSE },
};

static const char *const background_names[] = { "Dark", "Light", "White", NULL };

struct _LacLayersPanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *checks[N_LAYERS];
    GtkDropDown *background;
    GtkWidget *count;
    LacViewport *viewport;
    gboolean is_following; // one side is taking what the other has
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacLayersPanel, lac_layers_panel, GTK_TYPE_WIDGET)

static gboolean
is_shown(LacLayersPanel *self, Layer layer)
{
    return gtk_check_button_get_active(GTK_CHECK_BUTTON(self->checks[layer]));
}

// What is drawn, beside what there is: nothing is left out in silence.
static void
update_count(LacLayersPanel *self)
{
    const LacAtoms *atoms = self->session != NULL ? lac_session_get_atoms(self->session) : NULL;
    static const Layer atom_layers[] = { LAYER_ATOMS, LAYER_BONDS, LAYER_POLYHEDRA, LAYER_GHOSTS };
    for (guint i = 0; i < G_N_ELEMENTS(atom_layers); i++)
        gtk_widget_set_visible(self->checks[atom_layers[i]], atoms != NULL);
    gtk_widget_set_visible(self->count, atoms != NULL);
    if (atoms == NULL)
        return;
    gsize n = lac_atoms_count_present(atoms);
    g_autofree char *text =
        g_strdup_printf("%'" G_GSIZE_FORMAT " atoms, %'" G_GSIZE_FORMAT " shown", n,
            is_shown(self, LAYER_ATOMS) ? n : 0);
    g_autofree char *ghosts =
        g_strdup_printf("%'" G_GSIZE_FORMAT " peaks are no part of the model", atoms->n - n);
    gtk_label_set_text(GTK_LABEL(self->count), text);
    gtk_widget_set_tooltip_text(self->count, ghosts);
}

static void
apply(LacLayersPanel *self)
{
    if (self->viewport == NULL || self->is_following)
        return;
    self->is_following = TRUE; // not before all are set
    lac_viewport_set_show_volume(self->viewport, is_shown(self, LAYER_VOLUME));
    lac_viewport_set_show_atoms(self->viewport, is_shown(self, LAYER_ATOMS));
    lac_viewport_set_show_bonds(self->viewport, is_shown(self, LAYER_BONDS));
    lac_viewport_set_show_polyhedra(self->viewport, is_shown(self, LAYER_POLYHEDRA));
    lac_viewport_set_show_ghosts(self->viewport, is_shown(self, LAYER_GHOSTS));
    lac_viewport_set_show_slices(self->viewport, is_shown(self, LAYER_PLANE_X),
        is_shown(self, LAYER_PLANE_Y), is_shown(self, LAYER_PLANE_Z));
    lac_viewport_set_show_box(self->viewport, is_shown(self, LAYER_BOX));
    lac_viewport_set_show_axes(self->viewport, is_shown(self, LAYER_AXES));
    lac_viewport_set_show_scale_bar(self->viewport, is_shown(self, LAYER_SCALE_BAR));
    lac_viewport_set_perspective(self->viewport, is_shown(self, LAYER_PERSPECTIVE));
    lac_viewport_set_background(self->viewport,
        (LacBackground) gtk_drop_down_get_selected(self->background));
    self->is_following = FALSE;
    update_count(self);
}

// Menus, figures and other panels change these too.
static void
scene_changed_cb(LacLayersPanel *self)
{
    const LacScene *scene = lac_viewport_get_scene(self->viewport);
    const struct {
        Layer layer;
        gboolean shown;
    } states[] = { { LAYER_VOLUME, scene->show_volume }, { LAYER_ATOMS, scene->atoms.show_atoms },
        { LAYER_BONDS, scene->atoms.show_bonds }, { LAYER_POLYHEDRA, scene->atoms.show_polyhedra },
        { LAYER_GHOSTS, scene->atoms.show_ghosts }, { LAYER_PLANE_X, scene->show_slices[0] },
        { LAYER_PLANE_Y, scene->show_slices[1] }, { LAYER_PLANE_Z, scene->show_slices[2] },
        { LAYER_BOX, scene->show_box }, { LAYER_AXES, scene->show_axes } };
    if (self->is_following)
        return;
    self->is_following = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(states); i++)
        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->checks[states[i].layer]),
            states[i].shown);
    self->is_following = FALSE;
    update_count(self);
}

static void
lac_layers_panel_dispose(GObject *object)
{
    LacLayersPanel *self = LAC_LAYERS_PANEL(object);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_object(&self->viewport);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_layers_panel_parent_class)->dispose(object);
}

static void
lac_layers_panel_class_init(LacLayersPanelClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_layers_panel_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static void
add_background(LacLayersPanel *self)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *label = gtk_label_new_with_mnemonic("Back_ground");
    GtkWidget *list = gtk_drop_down_new_from_strings(background_names);
    self->background = GTK_DROP_DOWN(list);
    gtk_widget_set_hexpand(list, TRUE);
    gtk_widget_set_tooltip_text(list, "Background of the 3D view");
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), list);
    gtk_accessible_update_property(GTK_ACCESSIBLE(list), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Background of the 3D view", -1);
    gtk_box_append(GTK_BOX(row), label);
    gtk_box_append(GTK_BOX(row), list);
    gtk_widget_set_margin_top(row, 6);
    gtk_box_append(GTK_BOX(self->box), row);
    g_signal_connect_swapped(list, "notify::selected", G_CALLBACK(apply), self);
}

static void
add_count(LacLayersPanel *self)
{
    self->count = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(self->count), 0.0F);
    gtk_label_set_wrap(GTK_LABEL(self->count), TRUE);
    gtk_widget_add_css_class(self->count, "caption");
    gtk_widget_add_css_class(self->count, "dim-label");
    gtk_widget_add_css_class(self->count, "numeric");
    gtk_widget_set_margin_start(self->count, 24);
    gtk_box_append(GTK_BOX(self->box), self->count);
}

static void
lac_layers_panel_init(LacLayersPanel *self)
{
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    for (Layer i = 0; i < N_LAYERS; i++) {
        self->checks[i] = gtk_check_button_new_with_mnemonic(layers[i].label);
        gtk_widget_set_tooltip_text(self->checks[i], layers[i].tooltip);
        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->checks[i]), layers[i].shown);
        gtk_box_append(GTK_BOX(self->box), self->checks[i]);
        g_signal_connect_swapped(self->checks[i], "toggled", G_CALLBACK(apply), self);
        if (i == LAYER_GHOSTS)
            add_count(self);
    }
    update_count(self);
    add_background(self);
}

/**
 * lac_layers_panel_set_viewport:
 * @self: a panel
 * @viewport: the view that it steers; once
 */
void
lac_layers_panel_set_viewport(LacLayersPanel *self, LacViewport *viewport)
{
    g_return_if_fail(LAC_IS_LAYERS_PANEL(self) && self->viewport == NULL);

    self->viewport = g_object_ref(viewport);
    apply(self);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(scene_changed_cb), self);
}

/**
 * lac_layers_panel_set_session:
 * @self: a panel
 * @session: whose atoms are counted; once
 */
void
lac_layers_panel_set_session(LacLayersPanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_LAYERS_PANEL(self) && self->session == NULL);

    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(update_count), self);
    update_count(self);
}
