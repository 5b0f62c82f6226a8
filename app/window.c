// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"
#include "app/window-private.h"
#include "ui/projections-view.h"

G_DEFINE_FINAL_TYPE(LacWindow, lac_window, ADW_TYPE_APPLICATION_WINDOW)

static void
set_enabled(LacWindow *self, const char *name, gboolean enabled)
{
    GAction *action = g_action_map_lookup_action(G_ACTION_MAP(self), name);
    g_simple_action_set_enabled(G_SIMPLE_ACTION(action), enabled);
}

// --- what the header bar says

static char *
describe_series(const LacSeries *series)
{
    gsize n = lac_series_count_included(series);
    g_autofree char *count = n == series->n
        ? g_strdup_printf("%" G_GSIZE_FORMAT, n)
        : g_strdup_printf("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT, n, series->n);
    return g_strdup_printf("%s projections of %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT, count,
        series->nu, series->nv);
}

static char *
describe_size(const LacVolume *volume)
{
    if (volume->voxel_size <= 0.0)
        return g_strdup_printf("volume %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT
                               " × %" G_GSIZE_FORMAT,
            volume->nx, volume->ny, volume->nz);
    double nm = volume->voxel_size / 10.0;
    return g_strdup_printf("volume %.1f × %.1f × %.1f nm", (double) volume->nx * nm,
        (double) volume->ny * nm, (double) volume->nz * nm);
}

static void
update_title(LacWindow *self)
{
    LacSeries *series = lac_session_get_series(self->session);
    LacVolume *volume = lac_session_get_volume(self->session);
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    g_autofree char *name = lac_session_dup_title(self->session);
    gboolean modified = lac_session_is_modified(self->session);
    g_autofree char *title = g_strdup_printf(modified ? "%s *" : "%s", name);
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    if (series != NULL)
        g_ptr_array_add(parts, describe_series(series));
    if (volume != NULL)
        g_ptr_array_add(parts, describe_size(volume));
    if (atoms != NULL)
        g_ptr_array_add(parts,
            g_strdup_printf("%'" G_GSIZE_FORMAT " atoms", lac_atoms_count_present(atoms)));
    double pixel = series != NULL ? series->pixel_size : volume != NULL ? volume->voxel_size : 0.0;
    if (pixel > 0.0)
        g_ptr_array_add(parts, g_strdup_printf("%.4g Å per pixel", pixel));
    g_ptr_array_add(parts, NULL);
    g_autofree char *subtitle = g_strjoinv(" · ", (char **) parts->pdata);
    adw_window_title_set_title(self->title, title);
    adw_window_title_set_subtitle(self->title, subtitle);
    gtk_window_set_title(GTK_WINDOW(self), title);
}

static void
update_step(GtkButton *button, const char *verb, const char *label, const char *keys)
{
    g_autofree char *tooltip = label != NULL
        ? g_strdup_printf("%s: %s (%s)", verb, label, keys)
        : g_strdup_printf("Nothing to %s (%s)", g_str_equal(verb, "Undo") ? "undo" : "redo", keys);
    gtk_widget_set_tooltip_text(GTK_WIDGET(button), tooltip);
}

/**
 * lac_window_show_page:
 * @self: a window
 *
 * Shows the import page, what is open, or the start page.
 */
void
lac_window_show_page(LacWindow *self)
{
    gboolean empty = lac_session_is_empty(self->session);
    gtk_stack_set_visible_child_name(self->pages,
        self->is_importing ? "import"
            : empty        ? "start"
                           : "work");
}

static void
file_changed_cb(LacWindow *self)
{
    LacSession *session = self->session;
    gboolean empty = lac_session_is_empty(session);
    update_title(self);
    set_enabled(self, "save", !empty);
    set_enabled(self, "save-as", !empty);
    set_enabled(self, "export-volume", lac_session_get_volume(session) != NULL);
    set_enabled(self, "run",
        lac_session_get_series(session) != NULL && lac_session_get_job(session) == NULL);
    set_enabled(self, "undo", lac_session_can_undo(session));
    set_enabled(self, "redo", lac_session_can_redo(session));
    update_step(self->undo_button, "Undo", lac_session_get_undo_label(session), "Ctrl+Z");
    update_step(self->redo_button, "Redo", lac_session_get_redo_label(session), "Ctrl+Shift+Z");
    lac_window_update_atoms(self);
    lac_window_show_page(self);
}

/**
 * lac_window_set_stage:
 * @self: a window
 * @stage: one that is there
 */
void
lac_window_set_stage(LacWindow *self, LacStage stage)
{
    gboolean changed = stage != self->stage, is_atoms = stage == LAC_STAGE_ATOMS;
    gboolean is_analysis = stage == LAC_STAGE_ANALYSIS, is_figure = stage == LAC_STAGE_FIGURE;
    gboolean has_views = stage != LAC_STAGE_PROJECTIONS && stage != LAC_STAGE_ALIGNMENT;
    self->stage = stage;
    gtk_stack_set_visible_child_name(self->stages,
        stage == LAC_STAGE_PROJECTIONS     ? "projections"
            : stage == LAC_STAGE_ALIGNMENT ? "alignment"
                                           : "volume");
    lac_stage_list_set_stage(self->stage_list, stage);
    gtk_widget_set_visible(self->layers_box, has_views);
    lac_window_show_figure(self, is_figure);
    if (!changed || !has_views)
        return;
    gtk_stack_page_set_visible(self->atoms_tab, is_atoms);
    gtk_stack_page_set_visible(self->review_tab, is_atoms);
    gtk_stack_page_set_visible(self->analysis_tab, is_analysis);
    gtk_stack_page_set_visible(self->figure_tab, is_figure);
    gtk_stack_page_set_visible(self->reconstruct_tab, stage == LAC_STAGE_VOLUME);
    gtk_stack_set_visible_child_name(self->tabs,
        is_atoms          ? "atoms"
            : is_analysis ? "analysis"
            : is_figure   ? "figure"
                          : "reconstruct");
    gtk_widget_set_visible(self->selection_box, is_atoms || is_analysis);
    lac_selection_panel_set_analysing(self->selection_panel, is_analysis);
    lac_look_inside_set_is_stage(self->look_inside, is_analysis || is_figure);
    lac_view_area_show_page(self->view_area,
        is_atoms          ? "atoms"
            : is_analysis ? "results"
                          : "plots");
    if (is_analysis)
        lac_window_enter_analysis(self);
}

static void
opened_cb(LacWindow *self)
{
    gboolean has_volume = lac_session_get_volume(self->session) != NULL;
    gboolean has_atoms = lac_session_get_atoms(self->session) != NULL;
    lac_window_set_stage(self,
        has_atoms        ? LAC_STAGE_ATOMS
            : has_volume ? LAC_STAGE_VOLUME
                         : LAC_STAGE_PROJECTIONS);
}

// --- messages

static void
message_cb(LacWindow *self, const char *text, const char *label, const char *action)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    AdwToast *toast = adw_toast_new(escaped);
    if (label != NULL && action != NULL) {
        // Corrections follow each other quickly: only the newest is worth a way back.
        if (self->offer != NULL)
            adw_toast_dismiss(self->offer);

        adw_toast_set_button_label(toast, label);
        adw_toast_set_detailed_action_name(toast, action);
        g_set_weak_pointer(&self->offer, toast);
    }
    adw_toast_overlay_add_toast(self->toasts, toast);
    gint64 seconds = (g_get_monotonic_time() - self->job_started_us) / G_USEC_PER_SEC;
    GApplication *app = G_APPLICATION(gtk_window_get_application(GTK_WINDOW(self)));
    if (self->job_started_us != 0 && seconds >= LAC_LONG_WORK_S && app != NULL &&
        !gtk_window_is_active(GTK_WINDOW(self))) {
        g_autoptr(GNotification) notification = g_notification_new("Lacuna");
        g_notification_set_body(notification, text);
        g_application_send_notification(app, "work", notification);
    }
}

// --- jobs

static void
job_progressed_cb(LacWindow *self)
{
    LacJob *job = lac_session_get_job(self->session);
    LacJobState state = job != NULL ? lac_job_get_state(job) : LAC_JOB_DONE;
    gboolean iterates = lac_session_is_reconstructing(self->session);
    gboolean stoppable = state == LAC_JOB_RUNNING || state == LAC_JOB_PAUSED;
    set_enabled(self, "job-pause", iterates && stoppable);
    set_enabled(self, "job-finish", iterates && stoppable);
    set_enabled(self, "job-cancel", stoppable);
}

static void
job_changed_cb(LacWindow *self)
{
    LacJob *job = lac_session_get_job(self->session);
    job_progressed_cb(self);
    file_changed_cb(self);
    if (job != NULL) {
        if (self->offer != NULL)
            adw_toast_dismiss(self->offer);
        self->job_started_us = g_get_monotonic_time();
        g_signal_connect_object(job, "progressed", G_CALLBACK(job_progressed_cb), self,
            G_CONNECT_SWAPPED);
        return;
    }
    self->job_started_us = 0;
    lac_window_after_job(self);
}

static void
pause_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacJob *job = lac_session_get_job(LAC_WINDOW(data)->session);
    if (job != NULL)
        lac_job_set_paused(job, lac_job_get_state(job) == LAC_JOB_RUNNING);
}

static void
finish_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacJob *job = lac_session_get_job(LAC_WINDOW(data)->session);
    if (job != NULL)
        lac_job_finish_now(job);
}

static void
cancel_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacJob *job = lac_session_get_job(LAC_WINDOW(data)->session);
    if (job != NULL)
        lac_job_cancel(job);
}

// --- other actions

static void
undo_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    lac_session_undo(LAC_WINDOW(data)->session);
}

static void
redo_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    lac_session_redo(LAC_WINDOW(data)->session);
}

static void
stage_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    LacWindow *self = data;
    if (!lac_session_is_empty(self->session))
        lac_window_set_stage(self, (LacStage) g_variant_get_int32(parameter));
}

static void
panels_action(GSimpleAction *action, GVariant *value, gpointer data)
{
    LacWindow *self = data;
    g_simple_action_set_state(action, value);
    gtk_widget_set_visible(self->left_panel, g_variant_get_boolean(value));
    gtk_widget_set_visible(self->right_panel, g_variant_get_boolean(value));
}

static void
fullscreen_action(GSimpleAction *action, GVariant *value, gpointer data)
{
    g_simple_action_set_state(action, value);
    if (g_variant_get_boolean(value))
        gtk_window_fullscreen(data);
    else
        gtk_window_unfullscreen(data);
}

static void
run_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (self->stage == LAC_STAGE_ALIGNMENT)
        lac_align_panel_run(lac_align_view_get_panel(self->align_view));
    else if (lac_volume_panel_run(self->volume_panel, FALSE))
        lac_window_set_stage(self, LAC_STAGE_VOLUME);
}

static void
view_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    LacWindow *self = data;
    int digit = g_variant_get_int32(parameter);
    if (lac_window_retype(self, (guint) digit))
        return;
    gboolean has_views = self->stage != LAC_STAGE_PROJECTIONS && self->stage != LAC_STAGE_ALIGNMENT;
    if (has_views && digit <= LAC_VIEW_PLOTS)
        lac_view_area_toggle(self->view_area, (LacView) digit);
}

static void
statistics_action(GSimpleAction *action, GVariant *value, gpointer data)
{
    LacWindow *self = data;
    g_simple_action_set_state(action, value);
    lac_viewport_set_show_stats(lac_view_area_get_viewport(self->view_area),
        g_variant_get_boolean(value));
}

static const GActionEntry actions[] = {
    { .name = "run", .activate = run_action },
    { .name = "view", .activate = view_action, .parameter_type = "i" },
    { .name = "frame-statistics", .state = "false", .change_state = statistics_action },
    { .name = "undo", .activate = undo_action },
    { .name = "redo", .activate = redo_action },
    { .name = "job-pause", .activate = pause_action },
    { .name = "job-finish", .activate = finish_action },
    { .name = "job-cancel", .activate = cancel_action },
    { .name = "stage", .activate = stage_action, .parameter_type = "i" },
    { .name = "panels", .state = "true", .change_state = panels_action },
    { .name = "fullscreen", .state = "false", .change_state = fullscreen_action },
};

static void
stage_chosen_cb(LacWindow *self, int stage)
{
    lac_window_set_stage(self, (LacStage) stage);
}

static void
connect_session(LacWindow *self)
{
    static const struct {
        const char *signal;
        GCallback callback;
    } handlers[] = {
        { "file-changed", G_CALLBACK(file_changed_cb) },
        { "series-changed", G_CALLBACK(update_title) },
        { "volume-changed", G_CALLBACK(update_title) },
        { "atoms-changed", G_CALLBACK(update_title) },
        { "opened", G_CALLBACK(opened_cb) },
        { "job-changed", G_CALLBACK(job_changed_cb) },
        { "message", G_CALLBACK(message_cb) },
    };
    for (guint i = 0; i < G_N_ELEMENTS(handlers); i++)
        g_signal_connect_object(self->session, handlers[i].signal, handlers[i].callback, self,
            G_CONNECT_SWAPPED);
}

static void
lac_window_unmap(GtkWidget *widget)
{
    LacWindowSettings settings = { .maximized = gtk_window_is_maximized(GTK_WINDOW(widget)) };
    gtk_window_get_default_size(GTK_WINDOW(widget), &settings.width, &settings.height);
    lac_settings_save(&settings);
    GTK_WIDGET_CLASS(lac_window_parent_class)->unmap(widget);
}

static void
lac_window_dispose(GObject *object)
{
    LacWindow *self = LAC_WINDOW(object);
    g_clear_weak_pointer(&self->offer);
    lac_window_dispose_files(self);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_window_parent_class)->dispose(object);
}

static void
lac_window_class_init(LacWindowClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_window_dispose;
    widget_class->unmap = lac_window_unmap;
    GTK_WINDOW_CLASS(klass)->close_request = lac_window_close_request;
    g_type_ensure(LAC_TYPE_START_PAGE);
    g_type_ensure(LAC_TYPE_STAGE_LIST);
    g_type_ensure(LAC_TYPE_IMPORT_DIALOG);
    g_type_ensure(LAC_TYPE_JOB_BAR);
    g_type_ensure(LAC_TYPE_LAYERS_PANEL);
    g_type_ensure(LAC_TYPE_VOLUME_PANEL);
    g_type_ensure(LAC_TYPE_VIEW_PANEL);
    g_type_ensure(LAC_TYPE_ANALYSIS_PANEL);
    g_type_ensure(LAC_TYPE_FIGURE_PANEL);
    g_type_ensure(LAC_TYPE_ATOMS_PANEL);
    g_type_ensure(LAC_TYPE_REVIEW_PANEL);
    g_type_ensure(LAC_TYPE_SELECTION_PANEL);
    // Plain digits reach the window only when no entry has the focus.
    for (guint digit = 1; digit <= 9; digit++) {
        gtk_widget_class_add_binding_action(widget_class, (guint) GDK_KEY_0 + digit, 0, "win.view",
            "i", (int) digit);
        gtk_widget_class_add_binding_action(widget_class, (guint) GDK_KEY_KP_0 + digit, 0,
            "win.view", "i", (int) digit);
    }
    lac_window_bind_atom_keys(widget_class);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/Lacuna/window.ui");
    gtk_widget_class_bind_template_child(widget_class, LacWindow, toasts);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, title);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, open_button);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, save_button);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, undo_button);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, redo_button);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, pages);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, stages);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, left_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, start_page);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, import_dialog);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, layers_box);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, right_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, volume_page);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, tabs);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, reconstruct_tab);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, atoms_tab);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, review_tab);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, review_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, analysis_tab);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, analysis_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, figure_tab);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, figure_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, atoms_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, selection_box);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, selection_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, layers_list);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, layers_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, volume_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, view_panel);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, stage_list);
    gtk_widget_class_bind_template_child(widget_class, LacWindow, job_bar);
}

static void
lac_window_init(LacWindow *self)
{
    self->session = lac_session_new();
    gtk_widget_init_template(GTK_WIDGET(self));
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    lac_window_init_files(self);
    lac_job_bar_set_session(self->job_bar, self->session);
    lac_stage_list_set_session(self->stage_list, self->session);
    g_signal_connect_object(self->stage_list, "stage-chosen", G_CALLBACK(stage_chosen_cb), self,
        G_CONNECT_SWAPPED);
    lac_import_dialog_set_session(self->import_dialog, self->session);
    gtk_stack_add_named(self->stages, lac_projections_view_new(self->session), "projections");
    self->align_view = LAC_ALIGN_VIEW(lac_align_view_new(self->session));
    gtk_stack_add_named(self->stages, GTK_WIDGET(self->align_view), "alignment");
    self->view_area = LAC_VIEW_AREA(lac_view_area_new(self->session));
    gtk_widget_set_hexpand(GTK_WIDGET(self->view_area), TRUE);
    gtk_box_prepend(self->volume_page, GTK_WIDGET(self->view_area));
    lac_volume_panel_set_session(self->volume_panel, self->session);
    lac_view_panel_set_viewport(self->view_panel, lac_view_area_get_viewport(self->view_area));
    lac_view_panel_set_slices(self->view_panel, lac_view_area_get_slices(self->view_area));
    lac_layers_panel_set_viewport(self->layers_panel, lac_view_area_get_viewport(self->view_area));
    lac_window_init_atoms(self);
    lac_window_init_analysis(self);
    lac_window_init_figure(self);
    connect_session(self);
    lac_session_offer_recovery(self->session);
    job_progressed_cb(self);
    file_changed_cb(self);
}

/**
 * lac_window_new:
 * @app: the program
 *
 * Returns: (transfer none): a window with nothing open; GTK owns it until it is closed
 */
LacWindow *
lac_window_new(AdwApplication *app)
{
    LacWindowSettings settings;
    lac_settings_load(&settings);
    LacWindow *self = g_object_new(LAC_TYPE_WINDOW, "application", app, "default-width",
        settings.width, "default-height", settings.height, NULL);
    if (settings.maximized)
        gtk_window_maximize(GTK_WINDOW(self));
    return self;
}

/**
 * lac_window_get_session:
 * @self: a window
 *
 * Returns: (transfer none): what is open in it
 */
LacSession *
lac_window_get_session(LacWindow *self)
{
    return self->session;
}
