// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/settings.h"
#include "ui/session-private.h"

#include <string.h>

#define BURST (2 * G_USEC_PER_SEC) // between two changes of the same thing that are one step

static guint signals[LAC_SESSION_N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacSession, lac_session, G_TYPE_OBJECT)

static void
state_free(gpointer data)
{
    LacSessionState *state = data;
    lac_project_free(state->project);
    g_clear_pointer(&state->recon_series, lac_series_unref);
    g_clear_pointer(&state->edit, lac_edit_unref);
    g_clear_pointer(&state->atoms_volume, lac_volume_unref);
    g_free(state->figures);
    lac_chosen_unref(state->chosen);
    g_free(state->label);
    g_free(state);
}

static LacSessionState *
state_new(LacProject *project, guint64 serial)
{
    LacSessionState *state = g_new0(LacSessionState, 1);
    state->project = project;
    state->serial = serial;
    lac_analysis_params_init(&state->params);
    if (project->settings != NULL)
        lac_analysis_settings_read(&state->params, project->settings);
    else if (project->analyses != NULL)
        lac_analysis_read_params(project->analyses, &state->params);
    if (project->recon != NULL && project->series != NULL)
        state->recon_series = lac_series_ref(project->series);
    return state;
}

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
    g_clear_pointer(&self->state, state_free);
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
    self->state = state_new(lac_project_new(), 0);
    self->undo = g_ptr_array_new_with_free_func(state_free);
    self->redo = g_ptr_array_new_with_free_func(state_free);
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

// Clamps what is shown to what there is.
static void
fit_position(LacSession *self)
{
    LacSeries *series = lac_session_get_series(self);
    LacVolume *volume = lac_session_get_volume(self);
    if (series != NULL && self->projection >= series->n) {
        self->projection = (guint) series->n - 1;
        lac_session_emit(self, LAC_SESSION_PROJECTION_CHANGED);
    }
    if (volume == NULL)
        return;
    gsize xyz[3] = { MIN(self->crosshair[0], volume->nx - 1),
        MIN(self->crosshair[1], volume->ny - 1), MIN(self->crosshair[2], volume->nz - 1) };
    lac_session_set_crosshair(self, xyz);
}

/**
 * lac_session_center_crosshair:
 * @self: a session
 *
 * Puts the crosshair on the rotation centre of the volume that is shown.
 */
void
lac_session_center_crosshair(LacSession *self)
{
    LacVolume *volume = lac_session_get_volume(self);
    if (volume == NULL)
        return;
    const gsize xyz[3] = { volume->nx / 2, volume->ny / 2, volume->nz / 2 };
    lac_session_set_crosshair(self, xyz);
}

static const LacAtoms *
get_model(const LacProject *project)
{
    return project->journal != NULL ? lac_journal_get_atoms(project->journal) : NULL;
}

// Tells what differs between two states.
static void
emit_differences(LacSession *self, const LacSessionState *old_state,
    const LacSessionState *new_state)
{
    const LacProject *old = old_state->project, *new = new_state->project;
    fit_position(self);
    if (old->series != new->series || old->mask != new->mask || old->strokes != new->strokes)
        lac_session_emit(self, LAC_SESSION_SERIES_CHANGED);
    if (old->volume != new->volume)
        lac_session_emit(self, LAC_SESSION_VOLUME_CHANGED);
    // Also for another series: the volume may be stale now.
    if (old->recon != new->recon || old->series != new->series)
        lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    if (get_model(old) != get_model(new) || old->truth != new->truth || old->volume != new->volume)
        lac_session_atoms_changed(self, NULL);
    if (memcmp(&old_state->params, &new_state->params, sizeof old_state->params) != 0)
        lac_session_analysis_params_changed(self);
    if (g_strcmp0(old_state->figures, new_state->figures) != 0)
        lac_session_emit(self, LAC_SESSION_FIGURES_CHANGED);
    if (old_state->chosen != new_state->chosen)
        lac_session_emit(self, LAC_SESSION_CHOSEN_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

static LacSessionState *
state_copy(const LacSessionState *state, const char *label)
{
    LacSessionState *copy = g_new0(LacSessionState, 1);
    copy->project = lac_project_copy(state->project);
    copy->recon_series = state->recon_series != NULL ? lac_series_ref(state->recon_series) : NULL;
    copy->atoms_volume = state->atoms_volume != NULL ? lac_volume_ref(state->atoms_volume) : NULL;
    copy->figures = g_strdup(state->figures);
    copy->chosen = state->chosen != NULL ? lac_chosen_ref(state->chosen) : NULL;
    copy->serial = state->serial;
    copy->params = state->params;
    copy->label = g_strdup(label);
    return copy;
}

/**
 * lac_session_push_undo:
 * @self: a session
 * @label: what the change that follows is called, such as "Exclude projection 4"
 *
 * Remembers the present state; the change that follows makes a new one.
 */
void
lac_session_push_undo(LacSession *self, const char *label)
{
    g_ptr_array_add(self->undo, state_copy(self->state, label));
    g_ptr_array_set_size(self->redo, 0);
    self->state->serial = ++self->last_serial;
}

/**
 * lac_session_push_burst:
 * @self: a session
 * @label: what the change that follows is called
 *
 * As lac_session_push_undo(), but changes of the same name in quick succession, as by a slider or a
 * key that is held, are one step.
 */
void
lac_session_push_burst(LacSession *self, const char *label)
{
    gint64 now = g_get_monotonic_time();
    gboolean goes_on = self->burst_serial == self->state->serial && self->redo->len == 0 &&
        now - self->burst_time < BURST && g_strcmp0(lac_session_get_undo_label(self), label) == 0;
    if (goes_on)
        self->state->serial = ++self->last_serial;
    else
        lac_session_push_undo(self, label);
    self->burst_serial = self->state->serial;
    self->burst_time = now;
}

// Gives the present state to the one list and takes another from the other; says nothing yet.
static void
step_in_history(LacSession *self, gboolean forward)
{
    GPtrArray *from = forward ? self->redo : self->undo, *to = forward ? self->undo : self->redo;
    LacSessionState *next = g_ptr_array_steal_index(from, from->len - 1);
    LacSessionState *last = self->state;
    if (next->edit != NULL) {
        lac_session_step_edit(self, next, forward);
        g_ptr_array_add(to, next);
        return;
    }
    lac_session_move_journal_file(self, last->project->journal, next->project->journal);
    last->label = g_steal_pointer(&next->label);
    g_ptr_array_add(to, last);
    self->state = next;
}

static gboolean
refuse_to_step(LacSession *self)
{
    if (!self->reconstructing && !self->tracing)
        return FALSE;
    lac_session_say(self, "%s is running: cancel or finish it first.",
        lac_job_get_title(self->job));
    return TRUE;
}

/**
 * lac_session_go_to_step:
 * @self: a session
 * @step: how many steps of the history are in effect afterwards; the last if there are fewer
 *
 * Undoes or does again as many steps as lie between.
 */
void
lac_session_go_to_step(LacSession *self, guint step)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    step = MIN(step, lac_session_get_n_steps(self));
    if (step == self->undo->len || refuse_to_step(self))
        return;
    gboolean forward = step > self->undo->len, only_edits = TRUE;
    LacSessionState *last = state_copy(self->state, NULL);
    const LacEdit *edit = NULL;
    while (self->undo->len != step) {
        GPtrArray *from = forward ? self->redo : self->undo;
        const LacSessionState *next = g_ptr_array_index(from, from->len - 1);
        edit = next->edit;
        only_edits = only_edits && edit != NULL;
        step_in_history(self, forward);
    }
    if (only_edits) {
        lac_session_atoms_changed(self, edit);
        lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    }
    else {
        emit_differences(self, last, self->state);
    }
    state_free(last);
}

/**
 * lac_session_undo:
 * @self: a session
 *
 * Goes one step back; does nothing when there is none.
 */
void
lac_session_undo(LacSession *self)
{
    if (self->undo->len > 0)
        lac_session_go_to_step(self, self->undo->len - 1);
}

/**
 * lac_session_redo:
 * @self: a session
 *
 * Does again what was undone last; does nothing when there is nothing.
 */
void
lac_session_redo(LacSession *self)
{
    if (self->redo->len > 0)
        lac_session_go_to_step(self, self->undo->len + 1);
}

/**
 * lac_session_get_n_steps:
 * @self: a session
 *
 * Returns: the number of steps of the history, done and undone
 */
guint
lac_session_get_n_steps(LacSession *self)
{
    return self->undo->len + self->redo->len;
}

/**
 * lac_session_get_step:
 * @self: a session
 *
 * Returns: how many steps of the history are in effect
 */
guint
lac_session_get_step(LacSession *self)
{
    return self->undo->len;
}

/**
 * lac_session_get_state:
 * @self: a session
 * @i: index of a step
 *
 * Returns: (transfer none): the step
 */
LacSessionState *
lac_session_get_state(LacSession *self, guint i)
{
    return i < self->undo->len
        ? g_ptr_array_index(self->undo, i)
        : g_ptr_array_index(self->redo, self->redo->len - 1 - (i - self->undo->len));
}

/**
 * lac_session_get_step_label:
 * @self: a session
 * @i: index of a step
 *
 * Returns: (transfer none): what the step is called
 */
const char *
lac_session_get_step_label(LacSession *self, guint i)
{
    g_return_val_if_fail(LAC_IS_SESSION(self) && i < lac_session_get_n_steps(self), NULL);

    return lac_session_get_state(self, i)->label;
}

/**
 * lac_session_get_step_edit:
 * @self: a session
 * @i: index of a step
 *
 * Returns: (transfer none) (nullable): the edit by hand that the step is
 */
const LacEdit *
lac_session_get_step_edit(LacSession *self, guint i)
{
    g_return_val_if_fail(LAC_IS_SESSION(self) && i < lac_session_get_n_steps(self), NULL);

    return lac_session_get_state(self, i)->edit;
}

static const char *
last_label(const GPtrArray *list)
{
    if (list->len == 0)
        return NULL;
    return ((LacSessionState *) list->pdata[list->len - 1])->label;
}

/**
 * lac_session_can_undo:
 * @self: a session
 *
 * Returns: whether there is a step to undo
 */
gboolean
lac_session_can_undo(LacSession *self)
{
    return self->undo->len > 0 && !self->reconstructing && !self->tracing;
}

/**
 * lac_session_can_redo:
 * @self: a session
 *
 * Returns: whether there is an undone step
 */
gboolean
lac_session_can_redo(LacSession *self)
{
    return self->redo->len > 0 && !self->reconstructing && !self->tracing;
}

/**
 * lac_session_get_undo_label:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what undo would take back
 */
const char *
lac_session_get_undo_label(LacSession *self)
{
    return last_label(self->undo);
}

/**
 * lac_session_get_redo_label:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what redo would do again
 */
const char *
lac_session_get_redo_label(LacSession *self)
{
    return last_label(self->redo);
}

/**
 * lac_session_get_series:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the tilt series
 */
LacSeries *
lac_session_get_series(LacSession *self)
{
    return self->state->project->series;
}

// Says what a change of the series is called.
static char *
name_series_change(const LacSeries *old, const LacSeries *new)
{
    if (new == NULL)
        return g_strdup("Remove projections");
    if (old == NULL || old->buffer != new->buffer || old->n != new->n)
        return g_strdup("Load projections");
    if (memcmp(old->angles, new->angles, new->n * sizeof *new->angles) != 0)
        return g_strdup("Change angles");
    gsize n_moved = 0, n_changed = 0, last = 0;
    for (gsize k = 0; k < new->n; k++)
        if (memcmp(&old->shifts[k], &new->shifts[k], sizeof *new->shifts) != 0) {
            n_moved++;
            last = k;
        }
    if (n_moved == 1)
        return g_strdup_printf("Shift projection %" G_GSIZE_FORMAT, last + 1);
    if (n_moved > 1)
        return g_strdup_printf("Shift %" G_GSIZE_FORMAT " projections", n_moved);
    for (gsize k = 0; k < new->n; k++)
        if (!old->excluded[k] != !new->excluded[k]) {
            n_changed++;
            last = k;
        }
    if (n_changed == 1)
        return g_strdup_printf("%s projection %" G_GSIZE_FORMAT,
            new->excluded[last] ? "Exclude" : "Include", last + 1);
    if (n_changed > 1)
        return g_strdup_printf("Exclude or include %" G_GSIZE_FORMAT " projections", n_changed);
    return g_strdup(
        old->pixel_size != new->pixel_size ? "Change pixel size" : "Change projections");
}

static void
put_series(LacSession *self, LacSeries *series)
{
    LacProject *project = self->state->project;
    g_autoptr(LacSeries) old = project->series;
    project->series = series != NULL ? lac_series_ref(series) : NULL;
    if (series == NULL || old == NULL || series->buffer != old->buffer) { // of other pixels
        g_clear_pointer(&project->raw_series, lac_series_unref);
        g_clear_pointer(&project->strokes, lac_mask_strokes_unref);
    }
    fit_position(self);
    lac_session_emit(self, LAC_SESSION_SERIES_CHANGED);
    lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

/**
 * lac_session_store_series:
 * @self: a session
 * @series: (nullable): a tilt series; the session takes a reference
 * @label: what the step is called in the history
 *
 * Makes it the series, as one step.
 */
void
lac_session_store_series(LacSession *self, LacSeries *series, const char *label)
{
    lac_session_push_undo(self, label);
    put_series(self, series);
}

/**
 * lac_session_nudge_series:
 * @self: a session with projections
 * @series: the same with another shift or angle; the session takes a reference
 *
 * As lac_session_set_series(), but presses of a key in quick succession that change the same thing
 * are one step of the history.
 */
void
lac_session_nudge_series(LacSession *self, LacSeries *series)
{
    g_return_if_fail(LAC_IS_SESSION(self) && series != NULL);

    g_autofree char *label = name_series_change(self->state->project->series, series);
    lac_session_push_burst(self, label);
    put_series(self, series);
}

/**
 * lac_session_set_series:
 * @self: a session
 * @series: (nullable): a tilt series; the session takes a reference
 *
 * Can be undone.
 */
void
lac_session_set_series(LacSession *self, LacSeries *series)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    if (self->state->project->series == series)
        return;
    g_autofree char *label = name_series_change(self->state->project->series, series);
    lac_session_store_series(self, series, label);
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
    fit_position(self);
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
    self->state = state_new(project, old->serial);
    emit_differences(self, old, self->state);
    state_free(old);
    lac_session_set_projection(self, 0);
    lac_session_emit(self, LAC_SESSION_OPENED);
    lac_session_offer_run(self);
}

/**
 * lac_session_store_position:
 * @self: a session
 *
 * Writes crosshair, projection and staleness into what the views keep.
 */
void
lac_session_store_position(LacSession *self)
{
    JsonArray *crosshair = json_array_sized_new(3);
    for (guint i = 0; i < 3; i++)
        json_array_add_int_element(crosshair, (gint64) self->crosshair[i]);
    json_object_set_array_member(self->views, "crosshair", crosshair);
    json_object_set_int_member(self->views, "projection", self->projection);
    json_object_set_boolean_member(self->views, "volume-stale", lac_session_is_volume_stale(self));
    json_object_set_boolean_member(self->views, "atoms-stale", lac_session_are_atoms_stale(self));
}

// The opposite; what is missing or wrong becomes the centre and the first projection.
static void
restore_position(LacSession *self)
{
    JsonNode *stale = json_object_get_member(self->views, "volume-stale");
    if (stale != NULL && JSON_NODE_HOLDS_VALUE(stale) && json_node_get_boolean(stale))
        g_clear_pointer(&self->state->recon_series, lac_series_unref);
    JsonNode *crosshair = json_object_get_member(self->views, "crosshair");
    JsonNode *projection = json_object_get_member(self->views, "projection");
    self->projection = 0;
    if (projection != NULL && JSON_NODE_HOLDS_VALUE(projection))
        self->projection = (guint) CLAMP(json_node_get_int(projection), 0, G_MAXINT);
    lac_session_center_crosshair(self);
    if (crosshair == NULL || !JSON_NODE_HOLDS_ARRAY(crosshair) ||
        json_array_get_length(json_node_get_array(crosshair)) != 3)
        return;
    gsize xyz[3];
    for (guint i = 0; i < 3; i++) {
        JsonNode *node = json_array_get_element(json_node_get_array(crosshair), i);
        gint64 index = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
        xyz[i] = (gsize) MAX(index, 0);
    }
    lac_session_set_crosshair(self, xyz);
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
    self->state = state_new(project, ++self->last_serial);
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
    restore_position(self);
    lac_session_open_journal(self);
    const LacAtoms *atoms = lac_session_get_atoms(self);
    self->state->chosen = lac_chosen_read_views(project->views, atoms != NULL ? atoms->n : 0);
    emit_differences(self, old, self->state);
    lac_session_emit(self, LAC_SESSION_PROJECTION_CHANGED);
    lac_session_emit(self, LAC_SESSION_OPENED);
    state_free(old);
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
 * lac_session_get_projection:
 * @self: a session
 *
 * Returns: index of the projection that is shown
 */
guint
lac_session_get_projection(LacSession *self)
{
    return self->projection;
}

/**
 * lac_session_set_projection:
 * @self: a session
 * @k: index of a projection; the last one if there are fewer
 */
void
lac_session_set_projection(LacSession *self, guint k)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    LacSeries *series = lac_session_get_series(self);
    if (series != NULL)
        k = MIN(k, (guint) series->n - 1);
    if (k == self->projection)
        return;
    self->projection = k;
    lac_session_emit(self, LAC_SESSION_PROJECTION_CHANGED);
}

/**
 * lac_session_get_crosshair:
 * @self: a session
 * @xyz: (out caller-allocates) (array fixed-size=3): voxel indices
 */
void
lac_session_get_crosshair(LacSession *self, gsize xyz[3])
{
    memcpy(xyz, self->crosshair, sizeof self->crosshair);
}

/**
 * lac_session_set_crosshair:
 * @self: a session
 * @xyz: (array fixed-size=3): voxel indices; clamped to the volume
 */
void
lac_session_set_crosshair(LacSession *self, const gsize xyz[3])
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacVolume *volume = lac_session_get_volume(self);
    gsize clamped[3] = { xyz[0], xyz[1], xyz[2] };
    if (volume != NULL) {
        clamped[0] = MIN(xyz[0], volume->nx - 1);
        clamped[1] = MIN(xyz[1], volume->ny - 1);
        clamped[2] = MIN(xyz[2], volume->nz - 1);
    }
    if (memcmp(clamped, self->crosshair, sizeof clamped) == 0)
        return;
    memcpy(self->crosshair, clamped, sizeof clamped);
    lac_session_emit(self, LAC_SESSION_CROSSHAIR_CHANGED);
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
