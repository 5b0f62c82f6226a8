// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session-private.h"

static guint signals[LAC_SESSION_N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacSession, lac_session, G_TYPE_OBJECT)

static void
lac_session_dispose(GObject *object)
{
    LacSession *self = LAC_SESSION(object);
    g_clear_handle_id(&self->want_source, g_source_remove);
    if (self->job != NULL) {
        g_signal_handlers_disconnect_by_data(self->job, self);
        lac_job_cancel(self->job);
    }
    g_clear_object(&self->job);
    g_clear_pointer(&self->matcher, lac_latest_free);
    lac_session_clear_analysis(self);
    G_OBJECT_CLASS(lac_session_parent_class)->dispose(object);
}

static void
lac_session_finalize(GObject *object)
{
    LacSession *self = LAC_SESSION(object);
    // Whoever closes a session has saved it or does not want to: only a crash leaves the file.
    if (lac_session_get_journal(self) != NULL)
        lac_journal_detach(lac_session_get_journal(self));
    g_clear_pointer(&self->state, lac_session_state_free);
    g_clear_pointer(&self->undo, g_ptr_array_unref);
    g_clear_pointer(&self->redo, g_ptr_array_unref);
    g_clear_pointer(&self->views, json_object_unref);
    g_clear_pointer(&self->live, lac_recon_unref);
    g_clear_pointer(&self->job_series, lac_series_unref);
    g_clear_pointer(&self->alignments, g_ptr_array_unref);
    lac_session_clear_atoms(self);
    g_free(self->path);
    g_free(self->source);
    G_OBJECT_CLASS(lac_session_parent_class)->finalize(object);
}

static void
lac_session_class_init(LacSessionClass *klass)
{
    static const char *const names[] = { "series-changed", "volume-changed", "recon-changed",
        "crosshair-changed", "projection-changed", "job-changed", "file-changed", "opened",
        "save-views", "atoms-changed", "selection-changed", "current-atom-changed", "match-changed",
        "analysis-changed", "analysis-progressed", "picked-changed", "chosen-changed",
        "figures-changed" };
    G_OBJECT_CLASS(klass)->dispose = lac_session_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_session_finalize;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        signals[i] = g_signal_new(names[i], LAC_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
            NULL, G_TYPE_NONE, 0);
    signals[LAC_SESSION_MESSAGE] = g_signal_new("message", LAC_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
lac_session_init(LacSession *self)
{
    self->state = lac_session_state_new(lac_project_new(), 0);
    self->undo = g_ptr_array_new_with_free_func(lac_session_state_free);
    self->redo = g_ptr_array_new_with_free_func(lac_session_state_free);
    self->views = json_object_new();
    lac_session_init_atoms(self);
}

/**
 * lac_session_new:
 *
 * Returns: (transfer full): a session with nothing open
 */
LacSession *
lac_session_new(void)
{
    return g_object_new(LAC_TYPE_SESSION, NULL);
}

/**
 * lac_session_emit:
 * @self: a session
 * @signal: one of the session's signals that have no argument
 */
void
lac_session_emit(LacSession *self, guint signal)
{
    g_signal_emit(self, signals[signal], 0);
}

/**
 * lac_session_say:
 * @self: a session
 * @format: printf format of one sentence
 * @...: its arguments
 *
 * Asks the window to show a toast.
 */
void
lac_session_say(LacSession *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_signal_emit(self, signals[LAC_SESSION_MESSAGE], 0, text, NULL, NULL);
}

/**
 * lac_session_offer:
 * @self: a session
 * @text: one sentence
 * @label: (nullable): what the button of the toast says
 * @action: (nullable): detailed name of the action that it does
 *
 * Asks the window to show a toast.
 */
void
lac_session_offer(LacSession *self, const char *text, const char *label, const char *action)
{
    g_signal_emit(self, signals[LAC_SESSION_MESSAGE], 0, text, label, action);
}

/**
 * lac_session_offer_run:
 * @self: a session with projections
 *
 * Says that they are open and that they can be reconstructed.
 */
void
lac_session_offer_run(LacSession *self)
{
    g_autofree char *text = g_strdup_printf("%" G_GSIZE_FORMAT " projections are open",
        lac_session_get_series(self)->n);
    lac_session_offer(self, text, "Reconstruct", "win.run");
}

/**
 * lac_session_get_mask:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the support that a reconstruction stays inside
 */
LacVolume *
lac_session_get_mask(LacSession *self)
{
    return self->state->project->mask;
}

/**
 * lac_session_get_truth:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what is known of the particle
 */
LacTruth *
lac_session_get_truth(LacSession *self)
{
    return self->state->project->truth;
}

/**
 * lac_session_get_known_atoms:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the atoms of lac_session_get_truth()
 */
LacAtoms *
lac_session_get_known_atoms(LacSession *self)
{
    const LacTruth *truth = lac_session_get_truth(self);
    return truth != NULL ? truth->atoms : NULL;
}

/**
 * lac_session_get_volume:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what the views show; while a reconstruction runs, its
 *   newest iterate
 */
LacVolume *
lac_session_get_volume(LacSession *self)
{
    return self->live != NULL ? self->live->volume : self->state->project->volume;
}

/**
 * lac_session_set_volume:
 * @self: a session
 * @volume: (nullable): a volume; the session takes a reference
 *
 * Can be undone.
 */
void
lac_session_set_volume(LacSession *self, LacVolume *volume)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    LacProject *project = self->state->project;
    if (project->volume == volume)
        return;
    gboolean first = project->volume == NULL;
    lac_session_push_undo(self, volume != NULL ? "Load volume" : "Remove volume");
    g_clear_pointer(&project->volume, lac_volume_unref);
    project->volume = volume != NULL ? lac_volume_ref(volume) : NULL;
    if (first)
        lac_session_center_crosshair(self);
    lac_session_fit_position(self);
    lac_session_emit(self, LAC_SESSION_VOLUME_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

/**
 * lac_session_get_recon:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the newest reconstruction, published or finished
 */
LacRecon *
lac_session_get_recon(LacSession *self)
{
    return self->live != NULL ? self->live : self->state->project->recon;
}

/**
 * lac_session_import:
 * @self: a session
 * @series: a tilt series; the session takes a reference
 * @mask: (nullable): its support; the session takes a reference
 * @source: where it came from
 * @digests: (nullable): of both, as of lac_project_dup_digests(), taken by a worker
 *
 * Puts a tilt series in the place of everything that is open. Can be undone.
 */
void
lac_session_import(LacSession *self, LacSeries *series, LacVolume *mask, const char *source,
    const char *digests)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    LacProject *project = lac_project_new();
    project->series = lac_series_ref(series);
    project->mask = mask != NULL ? lac_volume_ref(mask) : NULL;
    g_autofree char *parameters =
        g_strdup_printf("file=%s\nprojections=%" G_GSIZE_FORMAT "\nshape=%" G_GSIZE_FORMAT
                        " x %" G_GSIZE_FORMAT "\npixel_size=%g\n",
            source, series->n, series->nv, series->nu, series->pixel_size);
    lac_project_add_provenance(project, "import", parameters, digests);
    lac_session_push_undo(self, "Load projections");
    LacSessionState *old = self->state;
    lac_session_move_journal_file(self, old->project->journal, NULL);
    self->state = lac_session_state_new(project, old->serial);
    lac_session_emit_differences(self, old, self->state);
    lac_session_state_free(old);
    lac_session_set_projection(self, 0);
    lac_session_emit(self, LAC_SESSION_OPENED);
    lac_session_offer_run(self);
}

/**
 * lac_session_replace_all:
 * @self: a session
 * @project: (transfer full): what is open from now on
 * @path: (nullable): its project file
 * @source: (nullable): the file that it was read from
 *
 * Opens another document: the history starts anew.
 */
void
lac_session_replace_all(LacSession *self, LacProject *project, const char *path, const char *source)
{
    if (project->volume == NULL && project->recon != NULL)
        project->volume = lac_volume_ref(project->recon->volume);
    g_ptr_array_set_size(self->undo, 0);
    g_ptr_array_set_size(self->redo, 0);
    LacSessionState *old = self->state;
    if (old->project->journal != NULL)
        lac_journal_detach(old->project->journal);
    self->state = lac_session_state_new(project, ++self->last_serial);
    self->saved_serial = self->last_serial;
    g_free(self->path);
    self->path = g_strdup(path);
    g_free(self->source);
    self->source = g_strdup(source);
    json_object_unref(self->views);
    g_autoptr(JsonNode) views =
        project->views != NULL ? json_from_string(project->views, NULL) : NULL;
    self->views = views != NULL && JSON_NODE_HOLDS_OBJECT(views) ? json_node_dup_object(views)
                                                                 : json_object_new();
    lac_session_load_figures(self);
    lac_session_restore_position(self);
    lac_session_open_journal(self);
    const LacAtoms *atoms = lac_session_get_atoms(self);
    self->state->chosen = lac_chosen_read_views(project->views, atoms != NULL ? atoms->n : 0);
    lac_session_emit_differences(self, old, self->state);
    lac_session_emit(self, LAC_SESSION_PROJECTION_CHANGED);
    lac_session_emit(self, LAC_SESSION_OPENED);
    lac_session_state_free(old);
}

/**
 * lac_session_is_empty:
 * @self: a session
 *
 * Returns: whether neither projections nor a volume nor atoms are open
 */
gboolean
lac_session_is_empty(LacSession *self)
{
    const LacProject *project = self->state->project;
    return project->series == NULL && project->volume == NULL && project->journal == NULL;
}

/**
 * lac_session_is_volume_stale:
 * @self: a session
 *
 * Returns: whether the projections changed since the volume was made from them
 */
gboolean
lac_session_is_volume_stale(LacSession *self)
{
    return !self->reconstructing && self->state->project->recon != NULL &&
        self->state->recon_series != self->state->project->series;
}

/**
 * lac_session_get_views:
 * @self: a session
 *
 * Returns: (transfer none): what the views keep in the project; one member per view
 */
JsonObject *
lac_session_get_views(LacSession *self)
{
    return self->views;
}

/**
 * lac_session_get_path:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the project file, or %NULL while it was never saved
 */
const char *
lac_session_get_path(LacSession *self)
{
    return self->path;
}

/**
 * lac_session_dup_title:
 * @self: a session
 *
 * Returns: (transfer full): name of the file or of the projections, without a mark for changes
 */
char *
lac_session_dup_title(LacSession *self)
{
    const LacSeries *series = lac_session_get_series(self);
    if (self->path != NULL)
        return g_filename_display_basename(self->path);
    if (series != NULL && series->name[0] != '\0')
        return g_strdup(series->name);
    if (series == NULL && self->source != NULL && !lac_session_is_empty(self))
        return g_filename_display_basename(self->source);
    return g_strdup(lac_session_is_empty(self) ? "Lacuna" : "Untitled");
}

/**
 * lac_session_is_modified:
 * @self: a session
 *
 * Returns: whether there is something that the project file does not have
 */
gboolean
lac_session_is_modified(LacSession *self)
{
    return self->state->serial != self->saved_serial;
}
