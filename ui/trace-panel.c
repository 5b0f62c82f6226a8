// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trace-panel.h"

#include <adwaita.h>

#define PERCENT 100.0

struct _LacTracePanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *settings_group, *run_button;
    AdwComboRow *method_row;
    AdwActionRow *threshold_spin_row, *mask_switch_row;
    GtkSpinButton *distance_spin, *threshold_spin;
    GtkSwitch *mask_switch;
    GtkLabel *result_label, *reason_label;
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacTracePanel, lac_trace_panel, GTK_TYPE_WIDGET)

static LacFitMethod
get_method(LacTracePanel *self)
{
    return (LacFitMethod) adw_combo_row_get_selected(self->method_row);
}

// --- results

// "too close 210, edge 12"
static char *
describe_reasons(const LacAtoms *atoms)
{
    static const char *const names[LAC_N_PEAK_FLAGS] = {
        [LAC_PEAK_OK] = "weak",
        [LAC_PEAK_NOT_MAXIMUM] = "no maximum",
        [LAC_PEAK_WANDERED] = "wandered off",
        [LAC_PEAK_TOO_CLOSE] = "too close",
        [LAC_PEAK_NOT_CONVERGED] = "not converged",
        [LAC_PEAK_EDGE] = "at the edge",
        [LAC_PEAK_OUTSIDE] = "outside the mask",
    };
    gsize counts[LAC_N_PEAK_FLAGS] = { 0 };
    for (gsize i = 0; i < atoms->n; i++)
        if (atoms->state[i] == LAC_ATOM_REJECTED && atoms->flag[i] < LAC_N_PEAK_FLAGS)
            counts[atoms->flag[i]]++;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint k = 0; k < LAC_N_PEAK_FLAGS; k++)
        if (counts[k] > 0)
            g_string_append_printf(text, "%s%'" G_GSIZE_FORMAT " %s", text->len > 0 ? ", " : "",
                counts[k], names[k]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
update_result(LacTracePanel *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    gtk_widget_set_visible(GTK_WIDGET(self->result_label), atoms != NULL);
    gtk_widget_set_visible(GTK_WIDGET(self->reason_label), atoms != NULL);
    if (atoms == NULL)
        return;
    gsize counts[LAC_N_ATOM_STATES] = { 0 };
    for (gsize i = 0; i < atoms->n; i++)
        counts[MIN(atoms->state[i], LAC_N_ATOM_STATES - 1)]++;
    g_autofree char *result = g_strdup_printf("%'" G_GSIZE_FORMAT " atoms%s%s",
        lac_atoms_count_present(atoms), lac_session_is_tracing(self->session) ? " so far" : "",
        lac_session_are_atoms_stale(self->session) ? ", from an earlier volume" : "");
    gtk_label_set_text(self->result_label, result);
    g_autofree char *reasons = describe_reasons(atoms);
    g_autoptr(GString) rest = g_string_new(NULL);
    if (counts[LAC_ATOM_REJECTED] > 0)
        g_string_append_printf(rest, "%'" G_GSIZE_FORMAT " peaks rejected: %s. ",
            counts[LAC_ATOM_REJECTED], reasons);
    if (counts[LAC_ATOM_NON_ATOM] > 0)
        g_string_append_printf(rest, "%'" G_GSIZE_FORMAT " too dim to be atoms. ",
            counts[LAC_ATOM_NON_ATOM]);
    if (counts[LAC_ATOM_DELETED] > 0)
        g_string_append_printf(rest, "%'" G_GSIZE_FORMAT " deleted by hand. ",
            counts[LAC_ATOM_DELETED]);
    if (rest->len > 0)
        g_string_append(rest, "All of them can be restored.");
    gtk_label_set_text(self->reason_label, rest->str);
    gtk_widget_set_visible(GTK_WIDGET(self->reason_label), rest->len > 0);
}

// --- settings

static void
method_cb(LacTracePanel *self)
{
    LacTraceParams params;
    lac_trace_params_init(&params, get_method(self));
    gboolean absolute = params.absolute;
    adw_action_row_set_subtitle(self->threshold_spin_row,
        absolute ? "% of the largest value" : "% of a typical atom");
    gtk_spin_button_set_value(self->threshold_spin, absolute ? 0.0 : PERCENT * params.threshold);
    gtk_spin_button_set_value(self->distance_spin, params.min_distance);
}

/**
 * lac_trace_panel_get_params:
 * @self: a panel with a session
 * @params: (out): the parameters as they stand
 *
 * Returns: whether only the inside of the mask is traced
 */
gboolean
lac_trace_panel_get_params(LacTracePanel *self, LacTraceParams *params)
{
    g_return_val_if_fail(LAC_IS_TRACE_PANEL(self) && self->session != NULL, FALSE);

    const LacVolume *volume = lac_session_get_volume(self->session);
    lac_trace_params_init(params, get_method(self));
    params->min_distance = gtk_spin_button_get_value(self->distance_spin);
    params->threshold = gtk_spin_button_get_value(self->threshold_spin) / PERCENT;
    if (params->absolute && volume != NULL)
        params->threshold *= (double) lac_stats(volume->data, lac_volume_get_size(volume)).max;
    return gtk_switch_get_active(self->mask_switch);
}

/**
 * lac_trace_panel_run:
 * @self: a panel with a session
 *
 * Traces with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_trace_panel_run(LacTracePanel *self)
{
    g_return_val_if_fail(LAC_IS_TRACE_PANEL(self) && self->session != NULL, FALSE);

    LacTraceParams params;
    gboolean use_mask = lac_trace_panel_get_params(self, &params);
    return lac_session_trace(self->session, &params, use_mask);
}

static void
run_cb(LacTracePanel *self)
{
    lac_trace_panel_run(self);
}

static void
update(LacTracePanel *self)
{
    gboolean busy = lac_session_get_job(self->session) != NULL;
    gboolean has_volume = lac_session_get_volume(self->session) != NULL;
    gboolean has_atoms = lac_session_get_atoms(self->session) != NULL;
    gboolean has_mask = lac_session_get_mask(self->session) != NULL;
    gtk_widget_set_sensitive(self->settings_group, !lac_session_is_tracing(self->session));
    gtk_widget_set_sensitive(self->run_button, has_volume && !busy);
    gtk_widget_set_tooltip_text(self->run_button,
        !has_volume ? "Reconstruct or open a volume first"
            : busy  ? "Other work is running: see the bar below"
                    : "Find every atom in the volume (Ctrl+T)");
    gtk_button_set_label(GTK_BUTTON(self->run_button),
        has_atoms && !lac_session_is_tracing(self->session) ? "_Trace Again" : "_Trace");
    if (has_mask != gtk_widget_get_sensitive(GTK_WIDGET(self->mask_switch)))
        gtk_switch_set_active(self->mask_switch, has_mask);
    gtk_widget_set_sensitive(GTK_WIDGET(self->mask_switch), has_mask);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->mask_switch_row),
        has_mask ? "Only look for atoms inside the mask that was opened with the projections"
                 : "No mask is open: open one together with the projections");
    update_result(self);
}

static void
lac_trace_panel_dispose(GObject *object)
{
    LacTracePanel *self = LAC_TRACE_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_trace_panel_parent_class)->dispose(object);
}

static void
lac_trace_panel_class_init(LacTracePanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_trace_panel_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/trace-panel.ui");
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, box);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, settings_group);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, run_button);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, method_row);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, threshold_spin_row);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, mask_switch_row);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, distance_spin);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, threshold_spin);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, mask_switch);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, result_label);
    gtk_widget_class_bind_template_child(widget_class, LacTracePanel, reason_label);
}

static void
lac_trace_panel_init(LacTracePanel *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    method_cb(self);
    gtk_widget_set_sensitive(GTK_WIDGET(self->mask_switch), FALSE);
    g_signal_connect_swapped(self->method_row, "notify::selected", G_CALLBACK(method_cb), self);
    g_signal_connect_swapped(self->run_button, "clicked", G_CALLBACK(run_cb), self);
}

/**
 * lac_trace_panel_set_session:
 * @self: a panel
 * @session: whose volume it traces; once
 */
void
lac_trace_panel_set_session(LacTracePanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_TRACE_PANEL(self) && self->session == NULL);

    static const char *const changes[] = { "series-changed", "volume-changed", "job-changed",
        "atoms-changed" };
    self->session = g_object_ref(session);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        g_signal_connect_swapped(session, changes[i], G_CALLBACK(update), self);
    update(self);
}
