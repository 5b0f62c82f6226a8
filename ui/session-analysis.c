// SPDX-License-Identifier: GPL-3.0-or-later
// Analyses of the atoms: in the background beside other work, node by node, again after each change.
#include "core/analysis/settings.h"
#include "core/error.h"
#include "ui/session-private.h"

#include <math.h>
#include <string.h>

#define EDIT_DELAY_MS  350 // after a correction, before all is computed again
#define PARAM_DELAY_MS 250 // after a parameter was changed

typedef struct {
    LacAtoms *atoms;
    LacVolume *volume;     // (nullable)
    LacAnalysis *previous; // (nullable)
    LacAnalysisParams params;
    guint64 wanted;
} AnalyseData;

static void
analyse_data_free(gpointer pointer)
{
    AnalyseData *data = pointer;
    lac_atoms_unref(data->atoms);
    g_clear_pointer(&data->volume, lac_volume_unref);
    g_clear_pointer(&data->previous, lac_analysis_unref);
    g_free(data);
}

static void
unref_analysis(gpointer analysis)
{
    lac_analysis_unref(analysis);
}

static gpointer
analyse_job(LacProgress *progress, gpointer pointer, GError **error)
{
    AnalyseData *data = pointer;
    return lac_analysis_run(data->atoms, data->volume, &data->params, data->wanted, data->previous,
        progress, error);
}

static LacVolume *
get_volume(LacSession *self)
{
    return self->state->atoms_volume != NULL ? self->state->atoms_volume
                                             : self->state->project->volume;
}

static void
take_analysis(LacSession *self, LacAnalysis *analysis)
{
    g_clear_pointer(&self->analysis, lac_analysis_unref);
    self->analysis = analysis;
}

// Lets go of what runs; it is told to stop and its results are not looked at.
static void
drop_analyser(LacSession *self)
{
    g_clear_handle_id(&self->analysis_source, g_source_remove);
    if (self->analyser == NULL)
        return;
    g_autoptr(LacJob) job = g_steal_pointer(&self->analyser);
    g_signal_handlers_disconnect_by_data(job, self);
    lac_job_cancel(job);
}

static void
progressed_cb(LacJob *job, LacSession *self)
{
    LacAnalysis *live = lac_progress_take_result(lac_job_get_progress(job));
    if (live != NULL) {
        take_analysis(self, live);
        lac_session_emit(self, LAC_SESSION_ANALYSIS_CHANGED);
    }
    lac_session_emit(self, LAC_SESSION_ANALYSIS_PROGRESSED);
}

static void
finished_cb(LacJob *job, LacSession *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacJob) done = g_steal_pointer(&self->analyser);
    g_signal_handlers_disconnect_by_data(done, self);
    LacAnalysis *result = lac_job_steal_result(job, &error);
    if (result != NULL)
        take_analysis(self, result);
    else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        lac_session_say(self, "The analysis stopped: %s", error->message);
    if (result == NULL)
        self->analysis_wanted = self->analysis != NULL ? self->analysis->done : 0;
    lac_session_emit(self, LAC_SESSION_ANALYSIS_CHANGED);
    lac_session_emit(self, LAC_SESSION_ANALYSIS_PROGRESSED);
}

static gboolean
start_cb(gpointer pointer)
{
    LacSession *self = pointer;
    LacJournal *journal = lac_session_get_journal(self);
    self->analysis_source = 0;
    drop_analyser(self);
    if (journal == NULL || self->tracing || self->analysis_wanted == 0)
        return G_SOURCE_REMOVE;
    LacVolume *volume = get_volume(self);
    AnalyseData *data = g_new(AnalyseData, 1);
    *data = (AnalyseData){ .atoms = lac_atoms_ref(lac_journal_get_atoms(journal)),
        .volume = volume != NULL ? lac_volume_ref(volume) : NULL,
        .previous = self->analysis != NULL ? lac_analysis_ref(self->analysis) : NULL,
        .params = self->state->params,
        .wanted = self->analysis_wanted };
    self->analyser = lac_job_new("Analysing", analyse_job, data, analyse_data_free, unref_analysis);
    g_signal_connect(self->analyser, "progressed", G_CALLBACK(progressed_cb), self);
    g_signal_connect(self->analyser, "finished", G_CALLBACK(finished_cb), self);
    lac_job_start(self->analyser);
    lac_session_emit(self, LAC_SESSION_ANALYSIS_CHANGED);
    lac_session_emit(self, LAC_SESSION_ANALYSIS_PROGRESSED);
    return G_SOURCE_REMOVE;
}

// The newest request counts: what runs for an older one is stopped, and so is a timer.
static void
request(LacSession *self, guint delay_ms)
{
    drop_analyser(self);
    if (self->analysis_wanted == 0)
        return;
    if (delay_ms == 0)
        start_cb(self);
    else
        self->analysis_source = g_timeout_add(delay_ms, start_cb, self);
    lac_session_emit(self, LAC_SESSION_ANALYSIS_CHANGED);
}

/**
 * lac_session_clear_analysis:
 * @self: a session that goes away, or gets other atoms
 */
void
lac_session_clear_analysis(LacSession *self)
{
    drop_analyser(self);
    g_clear_pointer(&self->analysis, lac_analysis_unref);
    self->picked = (LacPicked){ 0 };
}

/**
 * lac_session_analysis_atoms_changed:
 * @self: a session
 * @edit: (nullable): what changed the atoms, or was undone; %NULL for another model
 *
 * Keeps the analyses in step with the atoms: those of another model are dropped; after a correction
 * all that was there is computed again in the background.
 */
void
lac_session_analysis_atoms_changed(LacSession *self, const LacEdit *edit)
{
    gboolean had_picked = self->picked.kind != LAC_PICKED_NONE;
    if (self->analysis == NULL && self->analyser == NULL)
        return;
    self->picked = (LacPicked){ 0 };
    if (had_picked)
        lac_session_emit(self, LAC_SESSION_PICKED_CHANGED);
    if (edit == NULL) {
        lac_session_clear_analysis(self);
        self->analysis_wanted = 0;
        lac_session_emit(self, LAC_SESSION_ANALYSIS_CHANGED);
        lac_session_emit(self, LAC_SESSION_ANALYSIS_PROGRESSED);
        return;
    }
    LacJournal *journal = lac_session_get_journal(self);
    LacAnalysis *local = self->analysis != NULL && journal != NULL
        ? lac_analysis_update_local(self->analysis, lac_journal_get_atoms(journal), NULL)
        : NULL;
    if (local != NULL)
        take_analysis(self, local);
    request(self, EDIT_DELAY_MS);
}

/**
 * lac_session_analyse:
 * @self: a session
 * @wanted: bits of %LAC_ANALYSIS_BIT
 *
 * Computes analyses of the atoms, and what they need, in the background beside other work. Results
 * are shown one after the other as they come; from now on they follow each change.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_analyse(LacSession *self, guint64 wanted)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    if (lac_session_get_journal(self) == NULL || self->tracing) {
        lac_session_say(self,
            self->tracing ? "The atoms can be analysed once the tracing has ended."
                          : "There are no atoms to analyse: trace or open some first.");
        return FALSE;
    }
    self->analysis_wanted |= wanted;
    request(self, 0);
    return TRUE;
}

/**
 * lac_session_cancel_analysis:
 * @self: a session
 *
 * Stops; what is done stays.
 */
void
lac_session_cancel_analysis(LacSession *self)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    drop_analyser(self);
    self->analysis_wanted = self->analysis != NULL ? self->analysis->done : 0;
    lac_session_emit(self, LAC_SESSION_ANALYSIS_CHANGED);
    lac_session_emit(self, LAC_SESSION_ANALYSIS_PROGRESSED);
}

/**
 * lac_session_get_analysis:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what is known so far, also while more is computed and after
 *   the atoms changed
 */
LacAnalysis *
lac_session_get_analysis(LacSession *self)
{
    return self->analysis;
}

/**
 * lac_session_get_analysis_params:
 * @self: a session
 *
 * Returns: (transfer none): how analyses are made
 */
const LacAnalysisParams *
lac_session_get_analysis_params(LacSession *self)
{
    return &self->state->params;
}

/**
 * lac_session_set_analysis_params:
 * @self: a session
 * @params: how analyses are made; copied
 *
 * Computes again what depends on what changed, a moment later and in the background. It is a step
 * that can be undone; changes of the same parameter in quick succession are one step.
 */
void
lac_session_set_analysis_params(LacSession *self, const LacAnalysisParams *params)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    g_autofree char *label = lac_analysis_settings_dup_change(&self->state->params, params);
    if (label == NULL)
        return;
    lac_session_push_burst(self, label);
    self->state->params = *params;
    g_free(self->state->project->settings);
    self->state->project->settings = lac_analysis_settings_dup_text(params);
    lac_session_analysis_params_changed(self);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

/**
 * lac_session_analysis_params_changed:
 * @self: a session whose parameters of analyses are others now
 *
 * Computes again what depends on them.
 */
void
lac_session_analysis_params_changed(LacSession *self)
{
    request(self, PARAM_DELAY_MS);
    lac_session_emit(self, LAC_SESSION_ANALYSIS_CHANGED);
}

/**
 * lac_session_get_analyser:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the job that computes analyses now
 */
LacJob *
lac_session_get_analyser(LacSession *self)
{
    return self->analyser;
}

// Whether all results are of other atoms, another volume or other parameters.
static gboolean
is_outdated(LacSession *self)
{
    LacJournal *journal = lac_session_get_journal(self);
    const LacAnalysis *analysis = self->analysis;
    if (analysis == NULL || journal == NULL)
        return FALSE;
    return analysis->points->atoms != lac_journal_get_atoms(journal) ||
        analysis->volume != get_volume(self) ||
        memcmp(&analysis->params, &self->state->params, sizeof analysis->params) != 0;
}

/**
 * lac_session_is_analysis_stale:
 * @self: a session
 *
 * Returns: whether the atoms, their volume or a parameter changed since the newest results
 */
gboolean
lac_session_is_analysis_stale(LacSession *self)
{
    LacJournal *journal = lac_session_get_journal(self);
    const LacAnalysis *analysis = self->analysis;
    if (analysis == NULL || journal == NULL)
        return FALSE;
    return analysis->stale != 0 || is_outdated(self);
}

/**
 * lac_session_get_analysis_state:
 * @self: a session
 * @node: an analysis
 *
 * Returns: how far it is
 */
LacAnalysisState
lac_session_get_analysis_state(LacSession *self, LacAnalysisNode node)
{
    guint64 bit = LAC_ANALYSIS_BIT(node);
    const LacAnalysis *analysis = self->analysis;
    gboolean is_done = analysis != NULL && (analysis->done & bit) != 0;
    gboolean is_busy = self->analyser != NULL || self->analysis_source != 0;
    gboolean is_old = is_done && ((analysis->stale & bit) != 0 || is_outdated(self));
    if (is_old)
        return LAC_ANALYSIS_STATE_STALE;
    if (is_done)
        return analysis->why[node] != NULL ? LAC_ANALYSIS_STATE_UNDEFINED : LAC_ANALYSIS_STATE_DONE;
    return is_busy && (self->analysis_wanted & bit) != 0 ? LAC_ANALYSIS_STATE_RUNNING
                                                         : LAC_ANALYSIS_STATE_NOT_RUN;
}

// --- what was clicked that is no atom

/**
 * lac_session_get_picked:
 * @self: a session
 *
 * Returns: (transfer none): the pore, vacancy or place of the interface that is looked at
 */
const LacPicked *
lac_session_get_picked(LacSession *self)
{
    return &self->picked;
}

/**
 * lac_session_set_picked:
 * @self: a session
 * @picked: (nullable): what is looked at; %NULL: nothing
 *
 * Looks at a thing that is no atom: no atom is selected any more.
 */
void
lac_session_set_picked(LacSession *self, const LacPicked *picked)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacPicked none = { 0 };
    if (picked == NULL)
        picked = &none;
    if (self->picked.kind == LAC_PICKED_NONE && picked->kind == LAC_PICKED_NONE)
        return;
    self->picked = *picked;
    if (picked->kind != LAC_PICKED_NONE) {
        lac_session_set_selection(self, NULL, 0);
        lac_session_set_current_atom(self, G_MAXSIZE);
        lac_session_go_to_position(self, picked->position);
    }
    lac_session_emit(self, LAC_SESSION_PICKED_CHANGED);
}
