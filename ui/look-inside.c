// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look-inside.h"

#include "ui/render/result-values.h"

#define MEMBER     "look-inside" // of the views of a project
#define ATOM_SCALE 0.5           // of the radius that atoms had

struct _LacLookInside {
    GtkWidget parent_instance;
    GtkWidget *check;
    LacSession *session;
    LacViewAnalysis *view;
    LacViewport *viewport;
    gboolean is_wanted;
    gboolean is_stage; // results are looked at, not what they were computed from
    gboolean is_on;    // the view is as this made it
    gboolean is_following;
    gboolean had_volume; // shown before
    double radius_scale; // of the atoms before
};

G_DEFINE_FINAL_TYPE(LacLookInside, lac_look_inside, GTK_TYPE_WIDGET)

static void
enter(LacLookInside *self)
{
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    LacAnalysisNode phases;
    self->had_volume = lac_viewport_get_scene(self->viewport)->show_volume;
    self->radius_scale = look.radius_scale;
    look.radius_scale *= ATOM_SCALE;
    lac_viewport_set_atom_look(self->viewport, &look);
    lac_viewport_set_show_volume(self->viewport, FALSE);
    if (look.color_by == LAC_COLOR_BY_SPECIES &&
        lac_analysis_find_column("phase", &phases) != NULL &&
        lac_analysis_get(analysis, phases) != NULL)
        lac_view_analysis_color_atoms(self->view, "phase");
}

static void
leave(LacLookInside *self)
{
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    look.radius_scale = self->radius_scale;
    lac_viewport_set_atom_look(self->viewport, &look);
    lac_viewport_set_show_volume(self->viewport, self->had_volume);
}

static gboolean
has_inside(LacLookInside *self)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    return lac_result_is_there(analysis, LAC_RESULT_INTERFACE) ||
        lac_result_is_there(analysis, LAC_RESULT_PORES) ||
        lac_result_is_there(analysis, LAC_RESULT_VACANCIES);
}

static void
update(LacLookInside *self)
{
    gboolean there = has_inside(self), on = there && self->is_wanted && self->is_stage;
    if (self->is_following)
        return;
    self->is_following = TRUE;
    if (on && !self->is_on)
        enter(self);
    else if (!on && self->is_on)
        leave(self);
    self->is_on = on;
    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->check), self->is_wanted);
    gtk_widget_set_visible(GTK_WIDGET(self), there && self->is_stage);
    self->is_following = FALSE;
}

static void
toggled_cb(LacLookInside *self)
{
    if (self->is_following)
        return;
    self->is_wanted = gtk_check_button_get_active(GTK_CHECK_BUTTON(self->check));
    update(self);
}

static void
save_views_cb(LacLookInside *self)
{
    json_object_set_boolean_member(lac_session_get_views(self->session), MEMBER, self->is_wanted);
}

static void
opened_cb(LacLookInside *self)
{
    JsonNode *node = json_object_get_member(lac_session_get_views(self->session), MEMBER);
    self->is_wanted = node == NULL || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_boolean(node);
    update(self);
}

// A figure tells how large the atoms are and whether there is a volume.
static void
figure_shown_cb(LacLookInside *self)
{
    self->is_on = self->is_wanted = FALSE;
    update(self);
}

static void
lac_look_inside_dispose(GObject *object)
{
    LacLookInside *self = LAC_LOOK_INSIDE(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    g_clear_object(&self->session);
    g_clear_object(&self->view);
    g_clear_object(&self->viewport);
    g_clear_pointer(&self->check, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_look_inside_parent_class)->dispose(object);
}

static void
lac_look_inside_class_init(LacLookInsideClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_look_inside_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lac_look_inside_init(LacLookInside *self)
{
    self->is_wanted = TRUE;
    self->check = gtk_check_button_new_with_mnemonic("Look i_nside");
    gtk_widget_set_tooltip_text(self->check,
        "Smaller atoms in the colours of their phases, and no volume before them: interface, pores and "
        "vacancies are inside");
    gtk_widget_set_parent(self->check, GTK_WIDGET(self));
    g_signal_connect_swapped(self->check, "toggled", G_CALLBACK(toggled_cb), self);
}

/**
 * lac_look_inside_new:
 * @session: whose analyses there are; a reference is taken
 * @view: what colours the atoms; a reference is taken
 * @viewport: the 3D view; a reference is taken
 *
 * Returns: (transfer floating): the switch; it is hidden while there is nothing inside. It is on until
 *   the user or a figure says otherwise, which the project remembers
 */
GtkWidget *
lac_look_inside_new(LacSession *session, LacViewAnalysis *view, LacViewport *viewport)
{
    LacLookInside *self = g_object_new(LAC_TYPE_LOOK_INSIDE, NULL);
    self->session = g_object_ref(session);
    self->view = g_object_ref(view);
    self->viewport = g_object_ref(viewport);
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(session, "save-views", G_CALLBACK(save_views_cb), self);
    g_signal_connect_swapped(session, "opened", G_CALLBACK(opened_cb), self);
    g_signal_connect_swapped(viewport, "figure-shown", G_CALLBACK(figure_shown_cb), self);
    update(self);
    return GTK_WIDGET(self);
}

/**
 * lac_look_inside_set_is_stage:
 * @self: a switch
 * @is_stage: whether the stage is one that shows results
 */
void
lac_look_inside_set_is_stage(LacLookInside *self, gboolean is_stage)
{
    g_return_if_fail(LAC_IS_LOOK_INSIDE(self));

    self->is_stage = is_stage;
    update(self);
}
