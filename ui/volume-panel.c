// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/volume-panel.h"

#include "ui/recon-results.h"
#include "ui/system.h"

#include <adwaita.h>

#define MEMORY_INTERVAL_S 3 // the free memory is asked for again

struct _LacVolumePanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    AdwPreferencesGroup *settings_group;
    AdwComboRow *method_row, *preset_row;
    AdwExpanderRow *advanced_row;
    GtkSpinButton *iterations_spin, *step_spin, *blob_spin, *alpha_spin, *cap_spin;
    GtkSpinButton *nx_spin, *ny_spin, *nz_spin, *held_out_spin, *tolerance_spin, *snapshot_spin;
    GtkSwitch *accelerated_switch, *measure_switch, *positivity_switch, *mask_switch;
    AdwActionRow *mask_row;
    GtkImage *memory_icon;
    GtkLabel *memory_label;
    GtkWidget *run_button, *more_button, *pause_button;
    LacReconResults *results;
    LacSession *session;
    guint memory_source;
    gboolean is_filling; // values come from a preset, not from the user
};

G_DEFINE_FINAL_TYPE(LacVolumePanel, lac_volume_panel, GTK_TYPE_WIDGET)

// --- parameters

static void
set_params(LacVolumePanel *self, const LacReconParams *params)
{
    self->is_filling = TRUE;
    gtk_spin_button_set_value(self->iterations_spin, params->n_iterations);
    gtk_switch_set_active(self->accelerated_switch, params->accelerated);
    gtk_spin_button_set_value(self->step_spin, params->step);
    gtk_switch_set_active(self->measure_switch, params->blob_sigma < 0.0);
    if (params->blob_sigma >= 0.0)
        gtk_spin_button_set_value(self->blob_spin, params->blob_sigma);
    gtk_spin_button_set_value(self->alpha_spin, params->weight_alpha);
    gtk_spin_button_set_value(self->cap_spin, params->weight_cap);
    gtk_switch_set_active(self->positivity_switch, params->positivity);
    gtk_spin_button_set_value(self->held_out_spin, params->held_out_every);
    gtk_spin_button_set_value(self->tolerance_spin, 100.0 * params->tolerance);
    gtk_spin_button_set_value(self->snapshot_spin, params->snapshot_every);
    self->is_filling = FALSE;
}

static gsize
get_size(GtkSpinButton *spin)
{
    return (gsize) gtk_spin_button_get_value_as_int(spin);
}

static void
get_params(LacVolumePanel *self, LacReconParams *params)
{
    lac_recon_params_init(params, (LacReconPreset) adw_combo_row_get_selected(self->preset_row));
    params->method = (LacReconMethod) adw_combo_row_get_selected(self->method_row);
    params->n_iterations = (guint) get_size(self->iterations_spin);
    params->accelerated = gtk_switch_get_active(self->accelerated_switch);
    params->step = gtk_spin_button_get_value(self->step_spin);
    params->blob_sigma = gtk_switch_get_active(self->measure_switch)
        ? -LAC_RECON_BLOB_SHARE
        : gtk_spin_button_get_value(self->blob_spin);
    params->weight_alpha = gtk_spin_button_get_value(self->alpha_spin);
    params->weight_cap = gtk_spin_button_get_value(self->cap_spin);
    params->positivity = gtk_switch_get_active(self->positivity_switch);
    params->nx = get_size(self->nx_spin);
    params->ny = get_size(self->ny_spin);
    params->nz = get_size(self->nz_spin);
    params->held_out_every = (guint) get_size(self->held_out_spin);
    params->tolerance = gtk_spin_button_get_value(self->tolerance_spin) / 100.0;
    params->snapshot_every = (guint) get_size(self->snapshot_spin);
}

static void
preset_cb(LacVolumePanel *self)
{
    LacReconParams params;
    lac_recon_params_init(&params, (LacReconPreset) adw_combo_row_get_selected(self->preset_row));
    set_params(self, &params);
}

// What a method has no use for is greyed out, and says so.
static void
update_sensitivity(LacVolumePanel *self)
{
    LacReconMethod method = (LacReconMethod) adw_combo_row_get_selected(self->method_row);
    gboolean resire = method == LAC_RECON_RESIRE, iterates = method != LAC_RECON_WBP;
    gboolean has_mask = self->session != NULL && lac_session_get_mask(self->session) != NULL;
    gboolean accelerated = gtk_switch_get_active(self->accelerated_switch);
    gboolean measured = gtk_switch_get_active(self->measure_switch);
    static const char *const only_resire = "Only RESIRE uses it";
    static const char *const only_iterating = "WBP does not iterate";
    const struct {
        gpointer control;
        gboolean used;
        const char *why_not;
    } uses[] = {
        { self->iterations_spin, iterates, only_iterating },
        { self->accelerated_switch, resire, only_resire },
        { self->step_spin, resire && !accelerated,
            resire ? "Accelerated runs measure the step" : only_resire },
        { self->measure_switch, resire, only_resire },
        { self->blob_spin, resire && !measured,
            resire ? "The width is measured: switch that off to type one" : only_resire },
        { self->alpha_spin, resire, only_resire },
        { self->cap_spin, resire, only_resire },
        { self->positivity_switch, iterates, only_iterating },
        { self->mask_switch, iterates && has_mask, NULL },
        { self->held_out_spin, iterates, only_iterating },
        { self->tolerance_spin, iterates, only_iterating },
        { self->snapshot_spin, iterates, only_iterating },
    };
    for (guint i = 0; i < G_N_ELEMENTS(uses); i++) {
        gtk_widget_set_sensitive(uses[i].control, uses[i].used);
        // Without one of its own the control shows that of its row.
        gtk_widget_set_tooltip_text(uses[i].control, uses[i].used ? NULL : uses[i].why_not);
    }
    gtk_widget_set_sensitive(GTK_WIDGET(self->preset_row), resire);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->mask_row),
        has_mask ? "Keep the density zero outside the mask that was opened with the projections"
                 : "No mask is open: open one together with the projections");
}

// --- memory

static gboolean
update_memory(gpointer data)
{
    LacVolumePanel *self = data;
    LacSeries *series = lac_session_get_series(self->session);
    if (series == NULL) {
        gtk_label_set_text(self->memory_label, "");
        return G_SOURCE_CONTINUE;
    }
    LacReconParams params;
    get_params(self, &params);
    guint64 needed = lac_recon_estimate_memory(series, &params);
    guint64 available = lac_memory_available();
    g_autofree char *needs = lac_format_bytes(needed), *has = lac_format_bytes(available);
    gboolean fits = available == 0 || needed <= available;
    g_autofree char *text = available == 0 ? g_strdup_printf("Needs %s of memory", needs)
        : fits
        ? g_strdup_printf("Needs %s of memory, %s are free", needs, has)
        : g_strdup_printf("Needs %s of memory, but only %s are free: choose a smaller volume",
              needs, has);
    gtk_label_set_text(self->memory_label, text);
    gtk_image_set_from_icon_name(self->memory_icon,
        fits ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
    if (fits)
        gtk_widget_remove_css_class(GTK_WIDGET(self->memory_icon), "warning");
    else
        gtk_widget_add_css_class(GTK_WIDGET(self->memory_icon), "warning");
    return G_SOURCE_CONTINUE;
}

static void
changed_cb(LacVolumePanel *self)
{
    if (self->is_filling || self->session == NULL)
        return;
    update_sensitivity(self);
    update_memory(self);
}

// --- running

/**
 * lac_volume_panel_run:
 * @self: a panel with a session
 * @resume: go on from the volume that is shown
 *
 * Starts a reconstruction with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_volume_panel_run(LacVolumePanel *self, gboolean resume)
{
    g_return_val_if_fail(LAC_IS_VOLUME_PANEL(self) && self->session != NULL, FALSE);

    LacReconParams params;
    get_params(self, &params);
    return lac_session_reconstruct(self->session, &params, resume && params.method != LAC_RECON_WBP,
        gtk_switch_get_active(self->mask_switch));
}

static void
run_cb(LacVolumePanel *self)
{
    lac_volume_panel_run(self, FALSE);
}

static void
more_cb(LacVolumePanel *self)
{
    lac_volume_panel_run(self, TRUE);
}

static void
update_buttons(LacVolumePanel *self)
{
    LacJob *job = lac_session_get_job(self->session);
    gboolean running = lac_session_is_reconstructing(self->session);
    gboolean has_series = lac_session_get_series(self->session) != NULL;
    gboolean has_volume = has_series && lac_session_get_recon(self->session) != NULL;
    gboolean stale = lac_session_is_volume_stale(self->session);
    gtk_widget_set_visible(self->run_button, !running);
    gtk_widget_set_visible(self->more_button, !running && has_volume);
    gtk_widget_set_visible(self->pause_button, running);
    gtk_widget_set_sensitive(GTK_WIDGET(self->settings_group), !running);
    gtk_widget_set_sensitive(self->run_button, has_series && job == NULL);
    gtk_widget_set_sensitive(self->more_button, !stale && job == NULL);
    gtk_widget_set_tooltip_text(self->run_button,
        !has_series       ? "Open a tilt series first"
            : job != NULL ? "Other work is running: see the bar below"
                          : "Reconstruct from the included projections (Ctrl+R)");
    gtk_widget_set_tooltip_text(self->more_button,
        stale ? "The projections changed since this volume was made: run again"
              : "Go on from the volume that is shown");
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->settings_group),
        running ? "Parameters can be changed once the run has ended" : NULL);
    gtk_button_set_label(GTK_BUTTON(self->run_button), has_volume ? "_Run Again" : "_Run");
}

static void
job_progressed_cb(LacVolumePanel *self, LacJob *job)
{
    gboolean paused = lac_job_get_state(job) == LAC_JOB_PAUSED;
    gtk_button_set_label(GTK_BUTTON(self->pause_button), paused ? "_Resume" : "_Pause");
}

static void
job_changed_cb(LacVolumePanel *self)
{
    LacJob *job = lac_session_get_job(self->session);
    if (job != NULL)
        g_signal_connect_object(job, "progressed", G_CALLBACK(job_progressed_cb), self,
            G_CONNECT_SWAPPED);
    gtk_button_set_label(GTK_BUTTON(self->pause_button), "_Pause");
    update_buttons(self);
}

static void
series_changed_cb(LacVolumePanel *self)
{
    gboolean has_mask = lac_session_get_mask(self->session) != NULL;
    if (has_mask != gtk_widget_get_sensitive(GTK_WIDGET(self->mask_switch)))
        gtk_switch_set_active(self->mask_switch, has_mask);
    changed_cb(self);
    update_buttons(self);
}

static void
lac_volume_panel_map(GtkWidget *widget)
{
    LacVolumePanel *self = LAC_VOLUME_PANEL(widget);
    GTK_WIDGET_CLASS(lac_volume_panel_parent_class)->map(widget);
    if (self->session == NULL)
        return;
    update_memory(self);
    self->memory_source = g_timeout_add_seconds(MEMORY_INTERVAL_S, update_memory, self);
}

static void
lac_volume_panel_unmap(GtkWidget *widget)
{
    LacVolumePanel *self = LAC_VOLUME_PANEL(widget);
    g_clear_handle_id(&self->memory_source, g_source_remove);
    GTK_WIDGET_CLASS(lac_volume_panel_parent_class)->unmap(widget);
}

static void
lac_volume_panel_dispose(GObject *object)
{
    LacVolumePanel *self = LAC_VOLUME_PANEL(object);
    g_clear_handle_id(&self->memory_source, g_source_remove);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_volume_panel_parent_class)->dispose(object);
}

static void
bind_children(GtkWidgetClass *widget_class)
{
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, box);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, settings_group);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, method_row);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, preset_row);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, advanced_row);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, iterations_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, step_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, blob_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, alpha_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, cap_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, nx_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, ny_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, nz_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, held_out_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, tolerance_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, snapshot_spin);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, accelerated_switch);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, measure_switch);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, positivity_switch);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, mask_switch);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, mask_row);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, memory_icon);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, memory_label);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, run_button);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, more_button);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, pause_button);
    gtk_widget_class_bind_template_child(widget_class, LacVolumePanel, results);
}

static void
lac_volume_panel_class_init(LacVolumePanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_volume_panel_dispose;
    widget_class->map = lac_volume_panel_map;
    widget_class->unmap = lac_volume_panel_unmap;
    g_type_ensure(LAC_TYPE_RECON_RESULTS);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/volume-panel.ui");
    bind_children(widget_class);
}

static void
lac_volume_panel_init(LacVolumePanel *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    preset_cb(self);
    update_sensitivity(self);
    g_signal_connect_swapped(self->preset_row, "notify::selected", G_CALLBACK(preset_cb), self);
    GtkSpinButton *const spins[] = { self->nx_spin, self->ny_spin, self->nz_spin, self->blob_spin,
        self->iterations_spin, self->snapshot_spin };
    GtkSwitch *const switches[] = { self->accelerated_switch, self->measure_switch };
    for (guint i = 0; i < G_N_ELEMENTS(spins); i++)
        g_signal_connect_swapped(spins[i], "value-changed", G_CALLBACK(changed_cb), self);
    for (guint i = 0; i < G_N_ELEMENTS(switches); i++)
        g_signal_connect_swapped(switches[i], "notify::active", G_CALLBACK(changed_cb), self);
    g_signal_connect_swapped(self->method_row, "notify::selected", G_CALLBACK(changed_cb), self);
    g_signal_connect_swapped(self->run_button, "clicked", G_CALLBACK(run_cb), self);
    g_signal_connect_swapped(self->more_button, "clicked", G_CALLBACK(more_cb), self);
}

/**
 * lac_volume_panel_set_session:
 * @self: a panel
 * @session: what it reconstructs; once
 */
void
lac_volume_panel_set_session(LacVolumePanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_VOLUME_PANEL(self) && self->session == NULL);

    self->session = g_object_ref(session);
    lac_recon_results_set_session(self->results, session);
    g_signal_connect_swapped(session, "series-changed", G_CALLBACK(series_changed_cb), self);
    g_signal_connect_swapped(session, "job-changed", G_CALLBACK(job_changed_cb), self);
    g_signal_connect_swapped(session, "recon-changed", G_CALLBACK(update_buttons), self);
    series_changed_cb(self);
}
