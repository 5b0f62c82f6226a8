// SPDX-License-Identifier: GPL-3.0-or-later
// Tracing and correcting atoms from the window: actions, keys, pages of the strip.
#include "app/window-private.h"
#include "ui/atom-edits.h"
#include "ui/atom-strip.h"
#include "ui/atom-style.h"
#include "ui/atom-table.h"
#include "ui/history-list.h"

static void
trace_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (lac_atoms_panel_trace(self->atoms_panel))
        lac_window_set_stage(self, LAC_STAGE_ATOMS);
}

static void
classify_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (lac_atoms_panel_classify(self->atoms_panel))
        lac_window_set_stage(self, LAC_STAGE_ATOMS);
}

// Pairs the atoms with the known ones in the way that suits any data, now and after every edit.
static void
score_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    LacMatchParams params;
    lac_match_params_init(&params);
    lac_window_set_stage(self, LAC_STAGE_ATOMS);
    gtk_stack_set_visible_child_name(self->tabs, "atoms");
    lac_atoms_panel_reveal_comparison(self->atoms_panel);
    lac_session_compare(self->session, &params);
}

static void
refine_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (lac_atoms_panel_refine(self->atoms_panel))
        lac_window_set_stage(self, LAC_STAGE_ATOMS);
}

static void
again_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (lac_atoms_panel_again(self->atoms_panel))
        lac_window_set_stage(self, LAC_STAGE_ATOMS);
}

static void
atom_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    LacWindow *self = data;
    LacAtomAct act;
    if (self->stage == LAC_STAGE_ATOMS &&
        lac_atom_act_from_name(g_variant_get_string(parameter, NULL), &act))
        lac_atom_edits_act(self->session, act);
}

static void
page_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    lac_view_area_show_page(LAC_WINDOW(data)->view_area, g_variant_get_string(parameter, NULL));
}

static void
recover_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    // It would take the place of what is open; the offer comes again with the next window.
    if (!lac_session_is_modified(self->session))
        lac_session_recover(self->session);
}

static const GActionEntry actions[] = {
    { .name = "recover", .activate = recover_action },
    { .name = "trace", .activate = trace_action },
    { .name = "classify", .activate = classify_action },
    { .name = "refine", .activate = refine_action },
    { .name = "again", .activate = again_action },
    { .name = "score", .activate = score_action },
    { .name = "atom", .activate = atom_action, .parameter_type = "s" },
    { .name = "page", .activate = page_action, .parameter_type = "s" },
};

/**
 * lac_window_retype:
 * @self: a window
 * @digit: the key, from 1
 *
 * Gives the selected atoms the species of that number.
 *
 * Returns: whether the key means that: in the Atoms stage, while atoms are selected
 */
gboolean
lac_window_retype(LacWindow *self, guint digit)
{
    if (self->stage != LAC_STAGE_ATOMS || lac_session_count_selected(self->session) == 0)
        return FALSE;
    lac_atom_edits_retype(self->session, digit - 1);
    return TRUE;
}

/**
 * lac_window_update_atoms:
 * @self: a window
 *
 * Enables what can be done now.
 */
void
lac_window_update_atoms(LacWindow *self)
{
    gboolean idle = lac_session_get_job(self->session) == NULL;
    gboolean has_volume = lac_session_get_volume(self->session) != NULL;
    gboolean has_atoms = lac_session_get_atoms(self->session) != NULL;
    GAction *trace = g_action_map_lookup_action(G_ACTION_MAP(self), "trace");
    GAction *classify = g_action_map_lookup_action(G_ACTION_MAP(self), "classify");
    g_simple_action_set_enabled(G_SIMPLE_ACTION(trace), idle && has_volume);
    GAction *refine = g_action_map_lookup_action(G_ACTION_MAP(self), "refine");
    g_simple_action_set_enabled(G_SIMPLE_ACTION(classify), idle && has_atoms);
    g_simple_action_set_enabled(G_SIMPLE_ACTION(refine), idle && has_atoms);
    GAction *again = g_action_map_lookup_action(G_ACTION_MAP(self), "again");
    g_simple_action_set_enabled(G_SIMPLE_ACTION(again),
        idle && has_atoms && lac_session_get_series(self->session) != NULL &&
            lac_session_get_recon(self->session) != NULL);
    GAction *score = g_action_map_lookup_action(G_ACTION_MAP(self), "score");
    g_simple_action_set_enabled(G_SIMPLE_ACTION(score),
        has_atoms && lac_session_get_truth(self->session) != NULL);
}

/**
 * lac_window_bind_atom_keys:
 * @widget_class: of the window
 *
 * Plain keys reach the window only when no entry has the focus.
 */
void
lac_window_bind_atom_keys(GtkWidgetClass *widget_class)
{
    static const struct {
        guint key;
        GdkModifierType modifiers;
        LacAtomAct act;
    } keys[] = {
        { GDK_KEY_Delete, 0, LAC_ATOM_ACT_DELETE },
        { GDK_KEY_KP_Delete, 0, LAC_ATOM_ACT_DELETE },
        { GDK_KEY_BackSpace, 0, LAC_ATOM_ACT_DELETE },
        { GDK_KEY_Insert, 0, LAC_ATOM_ACT_ADD },
        { GDK_KEY_a, 0, LAC_ATOM_ACT_ADD },
        { GDK_KEY_s, 0, LAC_ATOM_ACT_SNAP },
        { GDK_KEY_r, 0, LAC_ATOM_ACT_RESTORE },
        { GDK_KEY_u, 0, LAC_ATOM_ACT_UNSURE },
        { GDK_KEY_j, GDK_CONTROL_MASK, LAC_ATOM_ACT_MERGE },
        { GDK_KEY_j, GDK_CONTROL_MASK | GDK_SHIFT_MASK, LAC_ATOM_ACT_SPLIT },
        { GDK_KEY_a, GDK_CONTROL_MASK, LAC_ATOM_ACT_SELECT_ALL },
        { GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, LAC_ATOM_ACT_SELECT_NONE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        gtk_widget_class_add_binding_action(widget_class, keys[i].key, keys[i].modifiers,
            "win.atom", "s", lac_atom_act_get_name(keys[i].act));
}

// GtkWindow has its own use for Space, so it is taken before it gets there; a button that has the
// focus is asked earlier still.
static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacWindow *self)
{
    (void) controller;
    (void) code;
    GdkModifierType modifiers = GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK;
    if (key != GDK_KEY_space || (state & modifiers) != 0 || self->stage != LAC_STAGE_ATOMS ||
        lac_session_count_selected(self->session) == 0)
        return GDK_EVENT_PROPAGATE;
    lac_atom_edits_act(self->session, LAC_ATOM_ACT_ACCEPT);
    return GDK_EVENT_STOP;
}

/**
 * lac_window_init_atoms:
 * @self: a new window
 *
 * Adds the actions and pages for atoms.
 */
void
lac_window_init_atoms(LacWindow *self)
{
    LacViewport *viewport = lac_view_area_get_viewport(self->view_area);
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    lac_atoms_panel_set_session(self->atoms_panel, self->session);
    lac_selection_panel_set_session(self->selection_panel, self->session);
    lac_view_panel_add(self->view_panel, lac_atom_style_new(self->session, viewport));
    lac_layers_panel_set_session(self->layers_panel, self->session);
    lac_review_panel_set_session(self->review_panel, self->session);
    lac_review_panel_set_views(self->review_panel, lac_view_area_get_viewport(self->view_area),
        lac_view_area_get_slices(self->view_area));
    lac_view_area_add_page(self->view_area, lac_atom_table_new(self->session), "atoms", "Table");
    lac_view_area_add_page(self->view_area, lac_history_list_new(self->session), "history",
        "History");
    lac_view_area_add_page(self->view_area, lac_atom_strip_new(self->session), "tilts",
        "All Tilts");
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self->volume_page), key);
    lac_window_update_atoms(self);
}
