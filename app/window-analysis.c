// SPDX-License-Identifier: GPL-3.0-or-later
// The stage of analysis in the window.
#include "app/window-private.h"
#include "ui/result-layers.h"

#include <math.h>

static void
analyse_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (lac_session_is_empty(self->session))
        return;
    lac_window_set_stage(self, LAC_STAGE_ANALYSIS);
    lac_session_analyse(self->session, LAC_ANALYSIS_ALL);
}

// Atoms of the model among those that are selected.
static gsize *
dup_present(LacWindow *self, gsize *n)
{
    gsize n_selected;
    gsize *indices = lac_session_dup_selected(self->session, &n_selected);
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    *n = 0;
    for (gsize i = 0; i < n_selected; i++)
        if (lac_atoms_is_present(atoms, indices[i]))
            indices[(*n)++] = indices[i];
    return indices;
}

// A person's word on the phase of what is selected: one edit of the model.
static void
phase_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    LacWindow *self = data;
    LacPhase phase;
    gsize n;
    g_autofree gsize *indices = dup_present(self, &n);
    g_autoptr(GError) error = NULL;
    if (n == 0 || !lac_phase_parse(g_variant_get_string(parameter, NULL), &phase, NULL))
        return;
    LacEdit *edit =
        lac_edit_label(lac_session_get_atoms(self->session), indices, n, LAC_COLUMN_PHASE_BY_HAND,
            phase != LAC_PHASE_UNASSIGNED ? (double) phase : (double) NAN, NULL, &error);
    if (edit != NULL)
        lac_session_edit(self->session, edit);
    else
        lac_session_say(self->session, "%s", error->message);
}

static void
region_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    LacWindow *self = data;
    gsize n;
    g_autofree gsize *indices = dup_present(self, &n);
    gboolean is_a = g_str_equal(g_variant_get_string(parameter, NULL), "a");
    if (n == 0)
        return;
    lac_session_set_region(self->session, is_a ? LAC_REGION_A : LAC_REGION_B, indices, n);
    if (lac_session_count_region(self->session, is_a ? LAC_REGION_B : LAC_REGION_A) == 0) {
        g_autofree char *text = g_strdup_printf("Region %s has %'" G_GSIZE_FORMAT
                                                " atoms; select others for region %s to compare",
            is_a ? "A" : "B", n, is_a ? "B" : "A");
        lac_session_say(self->session, "%s", text);
        return;
    }
    lac_view_area_show_page(self->view_area, "results");
    lac_analysis_strip_show(self->analysis_strip, "regions");
}

static void
line_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    gsize n;
    g_autofree gsize *indices = dup_present(self, &n);
    if (n != 2)
        return;
    lac_session_draw_line(self->session,
        (LacVec3){ atoms->x[indices[0]], atoms->y[indices[0]], atoms->z[indices[0]] },
        (LacVec3){ atoms->x[indices[1]], atoms->y[indices[1]], atoms->z[indices[1]] });
    lac_view_area_show_page(self->view_area, "results");
}

// Whoever draws a line wants to see its profile.
static void
line_drawn_cb(LacWindow *self)
{
    lac_view_area_show_page(self->view_area, "results");
}

/**
 * lac_window_enter_analysis:
 * @self: a window that shows the stage of analysis now
 *
 * Computes all of it the first time: whoever comes here wants to see it.
 */
void
lac_window_enter_analysis(LacWindow *self)
{
    if (lac_session_get_analysis(self->session) == NULL &&
        lac_session_get_analyser(self->session) == NULL &&
        lac_session_get_journal(self->session) != NULL && !lac_session_is_tracing(self->session))
        lac_session_analyse(self->session, LAC_ANALYSIS_ALL);
}

/**
 * lac_window_init_analysis:
 * @self: a window that is being made, with its views
 *
 * Sets up what belongs to the stage of analysis.
 */
void
lac_window_init_analysis(LacWindow *self)
{
    static const GActionEntry actions[] = {
        { .name = "analyse", .activate = analyse_action },
        { .name = "phase", .activate = phase_action, .parameter_type = "s" },
        { .name = "region", .activate = region_action, .parameter_type = "s" },
        { .name = "line", .activate = line_action, .parameter_type = "s" },
    };
    LacViewport *viewport = lac_view_area_get_viewport(self->view_area);
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    lac_analysis_panel_set_session(self->analysis_panel, self->session);
    GtkWidget *strip =
        lac_analysis_strip_new(self->session, lac_view_area_get_analysis(self->view_area));
    self->analysis_strip = LAC_ANALYSIS_STRIP(strip);
    lac_view_area_add_page(self->view_area, strip, "results", "Results");
    g_signal_connect_object(viewport, "line-drawn", G_CALLBACK(line_drawn_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect_object(lac_view_area_get_slices(self->view_area), "line-drawn",
        G_CALLBACK(line_drawn_cb), self, G_CONNECT_SWAPPED);
    GtkWidget *inside =
        lac_look_inside_new(self->session, lac_view_area_get_analysis(self->view_area), viewport);
    self->look_inside = LAC_LOOK_INSIDE(inside);
    gtk_box_prepend(self->layers_list, inside);
    gtk_box_prepend(self->layers_list,
        lac_result_layers_new(self->session, lac_view_area_get_analysis(self->view_area),
            viewport));
}
