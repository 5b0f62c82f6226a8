// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/settings.h"
#include "ui/session-private.h"

#include <string.h>

#define BURST (2 * G_USEC_PER_SEC) // between two changes of the same thing that are one step

/**
 * lac_session_state_free:
 * @data: a #LacSessionState
 */
void
lac_session_state_free(gpointer data)
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

/**
 * lac_session_state_new:
 * @project: (transfer full): what is open
 * @serial: equal serials are the same state
 *
 * Returns: (transfer full): a state with the parameters that @project says
 */
LacSessionState *
lac_session_state_new(LacProject *project, guint64 serial)
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

static const LacAtoms *
get_model(const LacProject *project)
{
    return project->journal != NULL ? lac_journal_get_atoms(project->journal) : NULL;
}

/**
 * lac_session_emit_differences:
 * @self: a session
 * @old_state: the state before
 * @new_state: that of the session
 *
 * Tells the views what differs between two states.
 */
void
lac_session_emit_differences(LacSession *self, const LacSessionState *old_state,
    const LacSessionState *new_state)
{
    const LacProject *old = old_state->project, *new = new_state->project;
    lac_session_fit_position(self);
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
        lac_session_emit_differences(self, last, self->state);
    }
    lac_session_state_free(last);
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
