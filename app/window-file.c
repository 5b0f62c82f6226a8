// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window-private.h"
#include "core/io/io.h"
#include "ui/file-dialog.h"
#include "ui/recent.h"
#include "ui/system.h"

#define MIME_PROJECT "application/x-lacuna"

// --- saving

static void
save_chosen(gpointer source, GPtrArray *paths)
{
    LacWindow *self = source;
    if (paths->len == 0 || !lac_session_save(self->session, g_ptr_array_index(paths, 0)))
        self->after = LAC_AFTER_NOTHING;
}

static void
ask_where_to_save(LacWindow *self)
{
    g_autofree char *title = lac_session_dup_title(self->session);
    g_autofree char *name =
        g_str_has_suffix(title, ".lacuna") ? g_strdup(title) : g_strconcat(title, ".lacuna", NULL);
    const LacFileDialog dialog = {
        .title = "Save Project",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = name,
        .suffix = ".lacuna",
    };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, save_chosen);
}

static void
save(LacWindow *self)
{
    if (lac_session_get_path(self->session) == NULL)
        ask_where_to_save(self);
    else if (!lac_session_save(self->session, NULL))
        self->after = LAC_AFTER_NOTHING;
}

static void
save_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    save(data);
}

static void
save_as_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    ask_where_to_save(data);
}

// --- unsaved work

static void
close_now(LacWindow *self)
{
    LacJob *job = lac_session_get_job(self->session);
    if (job == NULL) {
        gtk_window_destroy(GTK_WINDOW(self));
        return;
    }
    lac_job_cancel(job);
    self->is_closing = TRUE;
    gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
}

static void
do_after(LacWindow *self)
{
    LacAfter after = self->after;
    self->after = LAC_AFTER_NOTHING;
    switch (after) {
    case LAC_AFTER_NOTHING: break;
    case LAC_AFTER_CLOSE: close_now(self); break;
    case LAC_AFTER_OPEN: lac_session_open(self->session, self->pending_path); break;
    case LAC_AFTER_EXAMPLE: lac_session_open_example(self->session); break;
    case LAC_AFTER_SIMULATE:
        lac_session_simulate(self->session, lac_simulate_dialog_get_params(self->simulate_dialog));
        break;
    }
}

static void
unsaved_response_cb(LacWindow *self, const char *response)
{
    LacJob *job = lac_session_get_job(self->session);
    if (g_str_equal(response, "discard")) {
        do_after(self);
    }
    else if (!g_str_equal(response, "save")) {
        self->after = LAC_AFTER_NOTHING;
    }
    else if (job != NULL) {
        self->save_after_job = TRUE;
        lac_job_cancel(job);
    }
    else {
        save(self);
    }
}

// A run this long is work that would be lost, too. NULL if there is none.
static char *
describe_long_run(LacWindow *self)
{
    gint64 seconds = (g_get_monotonic_time() - self->job_started_us) / G_USEC_PER_SEC;
    if (!lac_session_is_reconstructing(self->session) || seconds < LAC_LONG_WORK_S)
        return NULL;
    g_autofree char *time = lac_format_duration((double) seconds);
    return g_strdup_printf("The reconstruction has run for %s; it would be stopped and lost.",
        time);
}

static void
ask_unsaved(LacWindow *self, const char *run)
{
    gboolean modified = lac_session_is_modified(self->session);
    g_autofree char *title = lac_session_dup_title(self->session);
    g_autofree char *changes =
        modified ? g_strdup_printf("\"%s\" has changes that are not saved.", title) : NULL;
    g_autofree char *body = g_strjoin(changes != NULL && run != NULL ? " " : "",
        changes != NULL ? changes : "", run != NULL ? run : "", NULL);
    GtkWidget *dialog = adw_message_dialog_new(GTK_WINDOW(self),
        modified ? "Save Changes?" : "Stop the Reconstruction?", body);
    adw_message_dialog_add_responses(ADW_MESSAGE_DIALOG(dialog), "cancel", "_Cancel", "discard",
        modified ? "_Discard" : "_Stop", NULL);
    adw_message_dialog_set_response_appearance(ADW_MESSAGE_DIALOG(dialog), "discard",
        ADW_RESPONSE_DESTRUCTIVE);
    if (modified) {
        adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "save", "_Save");
        adw_message_dialog_set_response_appearance(ADW_MESSAGE_DIALOG(dialog), "save",
            ADW_RESPONSE_SUGGESTED);
        adw_message_dialog_set_default_response(ADW_MESSAGE_DIALOG(dialog), "save");
    }
    g_signal_connect_object(dialog, "response", G_CALLBACK(unsaved_response_cb), self,
        G_CONNECT_SWAPPED);
    gtk_window_present(GTK_WINDOW(dialog));
}

// Goes on with @after at once, or asks first where unsaved work would be lost.
static void
do_unless_unsaved(LacWindow *self, LacAfter after, const char *path)
{
    g_autofree char *run = after == LAC_AFTER_CLOSE ? describe_long_run(self) : NULL;
    g_free(self->pending_path);
    self->pending_path = g_strdup(path);
    self->after = after;
    if (lac_session_is_modified(self->session) || run != NULL)
        ask_unsaved(self, run);
    else
        do_after(self);
}

/**
 * lac_window_close_request:
 * @window: the window
 *
 * Closes at once if nothing is lost; otherwise asks. With work under way the window hides and ends
 * when that work has unwound.
 *
 * Returns: %TRUE: the window destroys itself
 */
gboolean
lac_window_close_request(GtkWindow *window)
{
    LacWindow *self = LAC_WINDOW(window);
    if (self->is_closing)
        return TRUE;
    if (lac_session_is_saving(self->session))
        self->after = LAC_AFTER_CLOSE;
    else
        do_unless_unsaved(self, LAC_AFTER_CLOSE, NULL);
    return TRUE;
}

static gboolean
after_idle(gpointer data)
{
    LacWindow *self = data;
    self->after_source = 0;
    if (self->is_closing) {
        gtk_window_destroy(GTK_WINDOW(self));
    }
    else if (self->save_after_job) {
        self->save_after_job = FALSE;
        save(self);
    }
    else if (lac_session_is_modified(self->session)) {
        self->after = LAC_AFTER_NOTHING; // the save failed
    }
    else {
        do_after(self);
    }
    return G_SOURCE_REMOVE;
}

/**
 * lac_window_after_job:
 * @self: a window whose job has just ended
 *
 * Goes on with what waited for it: closing, or what was to follow a save.
 */
void
lac_window_after_job(LacWindow *self)
{
    const char *path = lac_session_get_path(self->session);
    if (path != NULL && !lac_session_is_modified(self->session))
        lac_recent_add(path, MIME_PROJECT);
    if (self->after_source == 0)
        self->after_source = g_idle_add(after_idle, self);
}

// --- opening

static gboolean
looks_like_project(const char *path)
{
    return g_str_has_suffix(path, ".lacuna") || lac_project_is_project(path);
}

// By suffixes that nobody uses for projections.
static gboolean
is_surely_volume(const char *path)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    return g_str_has_suffix(lower, ".rec") || g_str_has_suffix(lower, ".map");
}

static gboolean
is_surely_atoms(const char *path)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    return g_str_has_suffix(lower, ".xyz") || g_str_has_suffix(lower, ".extxyz");
}

/**
 * lac_window_open_files:
 * @self: a window
 * @paths: (element-type filename): a project; or projections, angles and a mask; a volume; atoms
 *
 * Opens a project or an evident volume at once, and atoms beside what is open; anything else is
 * looked at on the import page first.
 */
void
lac_window_open_files(LacWindow *self, GPtrArray *paths)
{
    if (paths->len == 0)
        return;
    const char *first = g_ptr_array_index(paths, 0);
    if (paths->len == 1 && is_surely_atoms(first)) {
        lac_session_open_model(self->session, first);
        return;
    }
    if (paths->len == 1 && (looks_like_project(first) || is_surely_volume(first))) {
        do_unless_unsaved(self, LAC_AFTER_OPEN, first);
        return;
    }
    self->is_importing = TRUE;
    lac_import_dialog_open(self->import_dialog, paths);
    lac_window_show_page(self);
}

// What was opened is a file to find again.
static void
remember(const char *path)
{
    g_autofree char *type = g_content_type_guess(path, NULL, 0, NULL);
    g_autofree char *mime = g_content_type_get_mime_type(type);
    lac_recent_add(path, mime != NULL ? mime : "application/octet-stream");
}

static void
import_closed_cb(LacWindow *self)
{
    self->is_importing = FALSE;
    lac_window_show_page(self);
}

static void
imported_cb(LacImportDialog *dialog, const char *path)
{
    (void) dialog;
    remember(path);
}

static void
volume_chosen_cb(LacWindow *self, const char *path)
{
    remember(path);
    do_unless_unsaved(self, LAC_AFTER_OPEN, path);
}

/**
 * lac_window_open_example:
 * @self: a window
 *
 * Opens the built-in particle.
 */
void
lac_window_open_example(LacWindow *self)
{
    do_unless_unsaved(self, LAC_AFTER_EXAMPLE, NULL);
}

static void
files_chosen(gpointer source, GPtrArray *paths)
{
    lac_window_open_files(source, paths);
}

static void
open_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    const LacFileDialog dialog = {
        .title = "Open Projections, a Volume or a Project",
        .action = GTK_FILE_CHOOSER_ACTION_OPEN,
        .many = TRUE,
        .readable = TRUE,
    };
    lac_file_dialog_show(&dialog, data, data, files_chosen);
}

static void
open_folder_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    const LacFileDialog dialog = {
        .title = "Open a Folder of Images",
        .action = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
    };
    lac_file_dialog_show(&dialog, data, data, files_chosen);
}

static void
open_path_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(paths, g_variant_dup_string(parameter, NULL));
    lac_window_open_files(data, paths);
}

static void
example_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    lac_window_open_example(data);
}

static void
simulate_cb(LacWindow *self)
{
    do_unless_unsaved(self, LAC_AFTER_SIMULATE, NULL);
}

static void
simulate_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (self->simulate_dialog == NULL) {
        self->simulate_dialog = LAC_SIMULATE_DIALOG(lac_simulate_dialog_new(GTK_WINDOW(self)));
        g_signal_connect_object(self->simulate_dialog, "simulate", G_CALLBACK(simulate_cb), self,
            G_CONNECT_SWAPPED);
    }
    gtk_window_present(GTK_WINDOW(self->simulate_dialog));
}

// --- exporting

typedef struct {
    LacVolume *volume;
    char *path;
} ExportData;

static void
export_data_free(gpointer pointer)
{
    ExportData *data = pointer;
    lac_volume_unref(data->volume);
    g_free(data->path);
    g_free(data);
}

static gpointer
export_job(LacProgress *progress, gpointer pointer, GError **error)
{
    ExportData *data = pointer;
    g_autofree char *name = g_filename_display_basename(data->path);
    lac_progress_message(progress, "Writing %s", name);
    if (!lac_write_volume(data->volume, data->path, progress, error))
        return NULL;
    g_autofree char *loss = lac_write_dup_loss(data->volume, data->path);
    return g_strdup_printf("Wrote %s%s%s", name, loss != NULL ? ". " : "",
        loss != NULL ? loss : "");
}

static void
export_chosen(gpointer source, GPtrArray *paths)
{
    LacWindow *self = source;
    LacVolume *volume = lac_session_get_volume(self->session);
    if (paths->len == 0 || volume == NULL)
        return;
    ExportData *data = g_new0(ExportData, 1);
    data->volume = lac_volume_ref(volume);
    data->path = g_strdup(g_ptr_array_index(paths, 0));
    g_autoptr(LacJob) job =
        lac_job_new("Exporting the volume", export_job, data, export_data_free, g_free);
    lac_session_run_job(self->session, job, "Cannot export the volume");
}

static void
export_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    const LacFileDialog dialog = {
        .title = "Export Volume (.mrc, .tif, .h5, .npy, .mat)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "volume.mrc",
    };
    lac_file_dialog_show(&dialog, data, data, export_chosen);
}

// --- dropping and recent files

static gboolean
drop_cb(LacWindow *self, const GValue *value)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (GSList *item = g_value_get_boxed(value); item != NULL; item = item->next) {
        char *path = g_file_get_path(item->data);
        if (path != NULL)
            g_ptr_array_add(paths, path);
    }
    lac_window_open_files(self, paths);
    return paths->len > 0;
}

static void
fill_recent_menu(LacWindow *self)
{
    g_autoptr(GPtrArray) paths = lac_recent_list(10);
    g_menu_remove_all(self->recent_menu);
    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *name = g_filename_display_basename(g_ptr_array_index(paths, i));
        g_autoptr(GMenuItem) item = g_menu_item_new(name, NULL);
        g_menu_item_set_action_and_target(item, "win.open-path", "s", g_ptr_array_index(paths, i));
        g_menu_append_item(self->recent_menu, item);
    }
    if (paths->len == 0)
        g_menu_append(self->recent_menu, "Nothing was opened yet", "win.none");
}

static const GActionEntry actions[] = {
    { .name = "open", .activate = open_action },
    { .name = "open-folder", .activate = open_folder_action },
    { .name = "open-path", .activate = open_path_action, .parameter_type = "s" },
    { .name = "example", .activate = example_action },
    { .name = "simulate", .activate = simulate_action },
    { .name = "save", .activate = save_action },
    { .name = "save-as", .activate = save_as_action },
    { .name = "export-volume", .activate = export_action },
};

/**
 * lac_window_init_files:
 * @self: a new window
 *
 * Adds the actions and the drop target for files.
 */
void
lac_window_init_files(LacWindow *self)
{
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    GtkDropTarget *target = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
    g_signal_connect_swapped(target, "drop", G_CALLBACK(drop_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(target));
    g_signal_connect_object(self->import_dialog, "closed", G_CALLBACK(import_closed_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect(self->import_dialog, "opened", G_CALLBACK(imported_cb), NULL);
    g_signal_connect_object(self->import_dialog, "volume-chosen", G_CALLBACK(volume_chosen_cb),
        self, G_CONNECT_SWAPPED);
    self->recent_menu = g_menu_new();
    adw_split_button_set_menu_model(self->open_button, G_MENU_MODEL(self->recent_menu));
    g_signal_connect_object(gtk_recent_manager_get_default(), "changed",
        G_CALLBACK(fill_recent_menu), self, G_CONNECT_SWAPPED);
    fill_recent_menu(self);
}

/**
 * lac_window_dispose_files:
 * @self: a window that goes away
 */
void
lac_window_dispose_files(LacWindow *self)
{
    g_clear_handle_id(&self->after_source, g_source_remove);
    g_clear_object(&self->recent_menu);
    g_clear_pointer(&self->pending_path, g_free);
}
