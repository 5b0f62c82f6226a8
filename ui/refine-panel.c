// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/refine-panel.h"

#include <adwaita.h>
#include <math.h>

struct _LacRefinePanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *settings_group, *run_button, *again_button;
    GtkSpinButton *shift_spin;
    GtkSwitch *each_switch, *gains_switch;
    GtkWidget *gains_switch_row;
    GtkDropDown *poses_drop;
    GtkLabel *result_label;
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacRefinePanel, lac_refine_panel, GTK_TYPE_WIDGET)

static void
show_result(LacRefinePanel *self)
{
    const LacRefinement *r = lac_session_get_refinement(self->session);
    gtk_widget_set_visible(GTK_WIDGET(self->result_label), r != NULL);
    if (r == NULL)
        return;
    g_autofree char *noise = isnan(r->mean_error)
        ? g_strdup("")
        : g_strdup_printf("\nError of a position from noise alone: %.1f pm", 100.0 * r->mean_error);
    g_autofree char *poses = r->series == NULL
        ? g_strdup("")
        : g_strdup_printf("\nProjections moved by %.2f px and turned by %.2f° rms%s", r->rms_moved,
              r->rms_turned,
              lac_session_is_volume_stale(self->session) ? ": the volume is older" : "");
    g_autofree char *gains = r->series == NULL || r->rms_gain == 0.0
        ? g_strdup("")
        : g_strdup_printf("\nTheir gains changed by %.2f %% rms", 100.0 * r->rms_gain);
    g_autofree char *text = g_strdup_printf(
        "R1 of the model %.2f → %.2f %%, %u rounds\nMoved by %.1f pm on average, %.1f pm at most%s%s%s",
        100.0 * r->r1_before, 100.0 * r->r1_after, r->n_rounds, 100.0 * r->mean_shift,
        100.0 * r->max_shift, noise, poses, gains);
    gtk_label_set_text(self->result_label, text);
}

// Gains are found with the poses.
static void
poses_cb(LacRefinePanel *self)
{
    gtk_widget_set_sensitive(self->gains_switch_row,
        gtk_drop_down_get_selected(self->poses_drop) != LAC_REFINE_NO_POSES);
}

static void
update(LacRefinePanel *self)
{
    gboolean busy = lac_session_get_job(self->session) != NULL;
    gboolean has_series = lac_session_get_series(self->session) != NULL;
    gboolean has_atoms = lac_session_get_journal(self->session) != NULL;
    gtk_widget_set_sensitive(self->settings_group, !busy);
    gtk_widget_set_sensitive(self->run_button, has_series && has_atoms && !busy);
    gtk_widget_set_tooltip_text(self->run_button,
        !has_atoms        ? "Trace atoms first"
            : !has_series ? "Open the projections first"
            : busy        ? "Other work is running: see the bar below"
                          : "Move every atom to where the projections want it (Ctrl+Shift+T)");
    gboolean has_recon = has_series && lac_session_get_recon(self->session) != NULL;
    gboolean is_worth_it = has_recon && has_atoms && lac_session_is_volume_stale(self->session);
    gtk_widget_set_visible(self->again_button, has_recon && has_atoms);
    gtk_widget_set_tooltip_text(self->again_button,
        busy ? "Other work is running: see the bar below"
             : "Reconstruct with the shifts and angles as they are now, then trace, classify and "
               "refine with the settings above, in one go (Ctrl+Shift+K)");
    if (is_worth_it)
        gtk_widget_add_css_class(self->again_button, "suggested-action");
    else
        gtk_widget_remove_css_class(self->again_button, "suggested-action");
    show_result(self);
}

/**
 * lac_refine_panel_get_params:
 * @self: a panel
 * @params: (out): the parameters as they stand
 */
void
lac_refine_panel_get_params(LacRefinePanel *self, LacRefineParams *params)
{
    g_return_if_fail(LAC_IS_REFINE_PANEL(self));

    lac_refine_params_init(params);
    params->max_shift = gtk_spin_button_get_value(self->shift_spin);
    params->each = gtk_switch_get_active(self->each_switch);
    params->poses = (gint) gtk_drop_down_get_selected(self->poses_drop);
    params->gains = gtk_switch_get_active(self->gains_switch);
}

/**
 * lac_refine_panel_run:
 * @self: a panel with a session
 *
 * Refines with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_refine_panel_run(LacRefinePanel *self)
{
    g_return_val_if_fail(LAC_IS_REFINE_PANEL(self), FALSE);

    LacRefineParams params;
    lac_refine_panel_get_params(self, &params);
    return lac_session_refine(self->session, &params);
}

static void
run_cb(LacRefinePanel *self)
{
    lac_refine_panel_run(self);
}

static void
lac_refine_panel_dispose(GObject *object)
{
    LacRefinePanel *self = LAC_REFINE_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_refine_panel_parent_class)->dispose(object);
}

static void
lac_refine_panel_class_init(LacRefinePanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_refine_panel_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/refine-panel.ui");
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, box);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, settings_group);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, run_button);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, again_button);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, shift_spin);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, each_switch);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, gains_switch);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, gains_switch_row);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, poses_drop);
    gtk_widget_class_bind_template_child(widget_class, LacRefinePanel, result_label);
}

static void
lac_refine_panel_init(LacRefinePanel *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    g_signal_connect_swapped(self->run_button, "clicked", G_CALLBACK(run_cb), self);
    g_signal_connect_swapped(self->poses_drop, "notify::selected", G_CALLBACK(poses_cb), self);
    poses_cb(self);
}

/**
 * lac_refine_panel_set_session:
 * @self: a panel
 * @session: whose atoms it refines; once
 */
void
lac_refine_panel_set_session(LacRefinePanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_REFINE_PANEL(self) && self->session == NULL);

    static const char *const changes[] = { "series-changed", "recon-changed", "job-changed",
        "atoms-changed" };
    self->session = g_object_ref(session);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        g_signal_connect_swapped(session, changes[i], G_CALLBACK(update), self);
    update(self);
}
