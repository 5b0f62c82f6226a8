// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/io/io.h"
#include "core/trace/box.h"
#include "ui/session-private.h"

#include <math.h>

#define WANT_INTERVAL_MS 150 // between two lists of peaks that are shown

static void
unref_atoms(gpointer atoms)
{
    lac_atoms_unref(atoms);
}

// --- tracing

typedef struct {
    LacVolume *volume, *mask;
    LacTraceParams params;
} TraceData;

static void
trace_data_free(gpointer pointer)
{
    TraceData *data = pointer;
    lac_volume_unref(data->volume);
    g_clear_pointer(&data->mask, lac_volume_unref);
    g_free(data);
}

// The intensities are what the classification starts with, so they belong to a traced peak.
static gpointer
trace_job(LacProgress *progress, gpointer pointer, GError **error)
{
    TraceData *data = pointer;
    lac_progress_message(progress, "Tracing atoms");
    g_autoptr(LacAtoms) atoms = lac_trace(data->volume, data->mask, &data->params, progress, error);
    if (atoms == NULL || !lac_box_intensities(data->volume, atoms, 0.0, NULL, error))
        return NULL;
    return g_steal_pointer(&atoms);
}

static void
trace_progressed_cb(LacJob *job, LacSession *self)
{
    LacAtoms *live = lac_progress_take_result(lac_job_get_progress(job));
    if (live == NULL)
        return;
    g_clear_pointer(&self->live_atoms, lac_atoms_unref);
    self->live_atoms = live;
    lac_session_atoms_changed(self, NULL);
    lac_session_want_result(self, WANT_INTERVAL_MS);
}

static void
trace_done(LacSession *self, gpointer result)
{
    g_autoptr(LacVolume) volume = g_steal_pointer(&self->job_volume);
    g_clear_handle_id(&self->want_source, g_source_remove);
    g_clear_pointer(&self->live_atoms, lac_atoms_unref);
    self->tracing = FALSE;
    if (result == NULL) {
        lac_session_atoms_changed(self, NULL);
        lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
        return;
    }
    const LacAtoms *atoms = result;
    gsize n = lac_atoms_count_present(atoms);
    g_clear_pointer(&self->classification, g_free);
    g_autofree char *label = g_strdup_printf("Trace %'" G_GSIZE_FORMAT " atoms", n);
    lac_session_store_model(self, result, volume, label);
    g_autofree char *found = n == 1 ? g_strdup("1 atom was traced")
                                    : g_strdup_printf("%'" G_GSIZE_FORMAT " atoms were traced", n);
    lac_session_offer(self, n > 0 ? found : "No atoms were found: lower the threshold",
        n > 0 ? "Classify" : NULL, n > 0 ? "win.classify" : NULL);
}

/**
 * lac_session_is_tracing:
 * @self: a session
 *
 * Returns: whether the active job traces atoms
 */
gboolean
lac_session_is_tracing(LacSession *self)
{
    return self->tracing;
}

/**
 * lac_session_trace:
 * @self: a session
 * @params: how
 * @use_mask: only look for atoms inside the mask, if there is one
 *
 * Traces the volume that is shown. Peaks are shown as they are found; when it is cancelled or
 * fails, the atoms that were there return.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_trace(LacSession *self, const LacTraceParams *params, gboolean use_mask)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    const LacProject *project = self->state->project;
    if (lac_session_refuse_if_busy(self))
        return FALSE;
    if (project->volume == NULL) {
        lac_session_say(self, "There is no volume to trace: reconstruct or open one first.");
        return FALSE;
    }
    TraceData *data = g_new0(TraceData, 1);
    data->volume = lac_volume_ref(project->volume);
    data->mask = use_mask && project->mask != NULL ? lac_volume_ref(project->mask) : NULL;
    data->params = *params;
    self->tracing = TRUE;
    self->job_volume = lac_volume_ref(project->volume);
    g_autoptr(LacJob) job = lac_job_new("Tracing", trace_job, data, trace_data_free, unref_atoms);
    g_signal_connect_object(job, "progressed", G_CALLBACK(trace_progressed_cb), self, 0);
    lac_progress_want_result(lac_job_get_progress(job));
    lac_session_start_job(self, job, trace_done, unref_atoms, "The tracing failed");
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    return TRUE;
}

/**
 * lac_session_replace_model:
 * @self: a session
 * @from: the atoms that the work started from
 * @to: what it made of them
 * @label: what the undo is called
 * @reason: what the work is called in the log of edits
 *
 * Before the first correction a result belongs to the automatic model; after it, it is an edit among
 * the others, so that no correction leaves the log.
 *
 * Returns: whether @to was taken; if not, a message said why
 */
gboolean
lac_session_replace_model(LacSession *self, LacAtoms *from, LacAtoms *to, const char *label,
    const char *reason)
{
    LacJournal *journal = lac_session_get_journal(self);
    g_autoptr(GError) error = NULL;
    if (journal == NULL || lac_journal_get_atoms(journal) != from) {
        lac_session_say(self, "The atoms were corrected meanwhile: run the %s again.", reason);
        return FALSE;
    }
    if (lac_journal_get_length(journal) == 0) {
        lac_session_store_model(self, to, self->state->atoms_volume, label);
        return TRUE;
    }
    LacEdit *edit = lac_edit_between(from, to, reason, &error);
    if (edit == NULL)
        lac_session_say(self, "The %s changed nothing.", reason);
    else
        lac_session_edit(self, edit);
    return TRUE;
}

// --- classification

typedef struct {
    LacAtoms *atoms;
    LacVolume *volume;
    LacClassifyParams params;
    char **species;
    double borders[LAC_CLASSIFY_MAX_SPECIES];
} ClassifyData;

typedef struct {
    LacAtoms *from, *to;
    LacClassifyReport report;
} ClassifyResult;

static void
classify_data_free(gpointer pointer)
{
    ClassifyData *data = pointer;
    lac_atoms_unref(data->atoms);
    lac_volume_unref(data->volume);
    g_strfreev(data->species);
    g_free(data);
}

static void
classify_result_free(gpointer pointer)
{
    ClassifyResult *result = pointer;
    lac_atoms_unref(result->from);
    lac_atoms_unref(result->to);
    g_free(result);
}

static gpointer
classify_job(LacProgress *progress, gpointer pointer, GError **error)
{
    ClassifyData *data = pointer;
    lac_progress_message(progress, "Classifying atoms");
    ClassifyResult *result = g_new0(ClassifyResult, 1);
    result->from = lac_atoms_ref(data->atoms);
    result->to =
        lac_classify(data->atoms, data->volume, &data->params, &result->report, progress, error);
    if (result->to != NULL)
        return result;
    classify_result_free(result);
    return NULL;
}

// Where the truth is known the score is one click away.
static void
offer_score(LacSession *self, const LacAtoms *atoms)
{
    if (lac_session_get_truth(self) == NULL || self->has_match_params)
        return;
    g_autofree char *text = g_strdup_printf("%'" G_GSIZE_FORMAT " atoms, and the truth is known",
        lac_atoms_count_present(atoms));
    lac_session_offer(self, text, "Score", "win.score");
}

static void
classify_done(LacSession *self, gpointer pointer)
{
    ClassifyResult *result = pointer;
    if (result == NULL ||
        !lac_session_replace_model(self, result->from, result->to, "Classify atoms",
            "classification"))
        return;
    g_free(self->classification);
    self->classification = g_memdup2(&result->report, sizeof result->report);
    offer_score(self, result->to);
    lac_session_emit(self, LAC_SESSION_ATOMS_CHANGED);
}

/**
 * lac_session_classify:
 * @self: a session with atoms
 * @params: how; copied
 *
 * Gives each peak its species, or none, from the volume that is shown. Can be undone.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_classify(LacSession *self, const LacClassifyParams *params)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    const LacProject *project = self->state->project;
    if (lac_session_refuse_if_busy(self))
        return FALSE;
    if (project->journal == NULL || project->volume == NULL) {
        lac_session_say(self,
            project->journal == NULL ? "There are no atoms to classify: trace first."
                                     : "Classification needs the volume that was traced.");
        return FALSE;
    }
    ClassifyData *data = g_new0(ClassifyData, 1);
    data->atoms = lac_atoms_ref(lac_journal_get_atoms(project->journal));
    data->volume = lac_volume_ref(project->volume);
    data->params = *params;
    g_autoptr(GStrvBuilder) species = g_strv_builder_new();
    for (const char *const *name = params->species; *name != NULL; name++)
        g_strv_builder_add(species, *name);
    data->species = g_strv_builder_end(species);
    data->params.species = (const char *const *) data->species;
    if (params->borders != NULL) {
        data->params.n_borders = MIN(params->n_borders, G_N_ELEMENTS(data->borders));
        data->params.borders = data->borders;
        for (gsize i = 0; i < data->params.n_borders; i++)
            data->borders[i] = params->borders[i];
    }
    g_autoptr(LacJob) job =
        lac_job_new("Classifying", classify_job, data, classify_data_free, classify_result_free);
    lac_session_start_job(self, job, classify_done, classify_result_free,
        "The classification failed");
    return TRUE;
}

/**
 * lac_session_get_classification:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): borders and counts of the newest classification
 */
const LacClassifyReport *
lac_session_get_classification(LacSession *self)
{
    return self->classification;
}

// --- comparison

typedef struct {
    LacAtoms *model;
    LacTruth *truth;
    LacMatchParams params;
} MatchData;

typedef struct {
    LacMatch *match;
    LacScore *score;
} Comparison;

static void
match_data_free(gpointer pointer)
{
    MatchData *data = pointer;
    lac_atoms_unref(data->model);
    lac_truth_unref(data->truth);
    g_free(data);
}

static gpointer
match_work(LacProgress *progress, gpointer pointer, GError **error)
{
    MatchData *data = pointer;
    LacMatch *match = lac_match(data->model, data->truth->atoms, &data->params, progress, error);
    if (match == NULL)
        return NULL;
    Comparison *result = g_new(Comparison, 1);
    *result = (Comparison){ match, lac_score_new(data->truth, data->model, match) };
    return result;
}

static void
comparison_free(gpointer pointer)
{
    Comparison *comparison = pointer;
    lac_match_free(comparison->match);
    lac_score_free(comparison->score);
    g_free(comparison);
}

static void
drop_match(LacSession *self)
{
    g_clear_pointer(&self->match, lac_match_free);
    g_clear_pointer(&self->score, lac_score_free);
}

static void
match_done(gpointer result, const GError *error, gpointer owner)
{
    LacSession *self = owner;
    if (error != NULL) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            lac_session_say(self, "Cannot compare: %s", error->message);
        return;
    }
    Comparison *comparison = result;
    drop_match(self);
    self->match = g_steal_pointer(&comparison->match);
    self->score = g_steal_pointer(&comparison->score);
    comparison_free(comparison);
    self->is_match_stale = FALSE;
    lac_session_emit(self, LAC_SESSION_MATCH_CHANGED);
}

/**
 * lac_session_init_match:
 * @self: a new session
 */
void
lac_session_init_match(LacSession *self)
{
    self->matcher = lac_latest_new(match_work, match_data_free, comparison_free, match_done, self);
}

/**
 * lac_session_request_match:
 * @self: a session
 * @delay_ms: how long to wait for further changes
 *
 * Compares again in the background if a comparison was asked for.
 */
void
lac_session_request_match(LacSession *self, guint delay_ms)
{
    LacJournal *journal = lac_session_get_journal(self);
    LacTruth *truth = lac_session_get_truth(self);
    if (!self->has_match_params)
        return;
    if (journal == NULL || truth == NULL) {
        lac_latest_drop(self->matcher);
        if (self->match != NULL) {
            drop_match(self);
            lac_session_emit(self, LAC_SESSION_MATCH_CHANGED);
        }
        return;
    }
    MatchData *data = g_new(MatchData, 1);
    *data = (MatchData){ .model = lac_atoms_ref(lac_journal_get_atoms(journal)),
        .truth = lac_truth_ref(truth),
        .params = self->match_params };
    lac_latest_request(self->matcher, data, delay_ms);
}

/**
 * lac_session_compare:
 * @self: a session
 * @params: (nullable): how; %NULL ends the comparison
 *
 * Compares the model with the known positions, now and after every change, in the background.
 */
void
lac_session_compare(LacSession *self, const LacMatchParams *params)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    self->has_match_params = params != NULL;
    if (params != NULL) {
        self->match_params = *params;
        lac_session_request_match(self, 0);
        return;
    }
    lac_latest_drop(self->matcher);
    drop_match(self);
    lac_session_emit(self, LAC_SESSION_MATCH_CHANGED);
}

/**
 * lac_session_get_match:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the newest comparison
 */
const LacMatch *
lac_session_get_match(LacSession *self)
{
    return self->match;
}

/**
 * lac_session_get_score:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what the newest comparison says
 */
const LacScore *
lac_session_get_score(LacSession *self)
{
    return self->score;
}

/**
 * lac_session_is_match_stale:
 * @self: a session
 *
 * Returns: whether the atoms changed since the comparison was made
 */
gboolean
lac_session_is_match_stale(LacSession *self)
{
    return self->match != NULL && self->is_match_stale;
}

static void
set_truth(LacSession *self, LacTruth *truth)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    LacProject *project = self->state->project;
    if (project->truth == truth)
        return;
    lac_session_push_undo(self, truth != NULL ? "Load known positions" : "Remove known positions");
    g_clear_pointer(&project->truth, lac_truth_unref);
    project->truth = truth != NULL ? lac_truth_ref(truth) : NULL;
    self->is_match_stale = self->match != NULL;
    lac_session_request_match(self, 0);
    lac_session_emit(self, LAC_SESSION_MATCH_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

// A project stands for its atoms, or else for its known ones.
static gpointer
truth_job(LacProgress *progress, gpointer data, GError **error)
{
    const char *path = data;
    lac_progress_message(progress, "Reading %s", path);
    if (!lac_project_is_project(path)) {
        g_autoptr(LacAtoms) atoms = lac_read_atoms(path, progress, error);
        return atoms != NULL ? lac_truth_new(atoms) : NULL;
    }
    g_autoptr(LacProject) project = lac_project_load(path, progress, error);
    if (project == NULL)
        return NULL;
    if (project->journal != NULL)
        return lac_truth_new(lac_journal_get_atoms(project->journal));
    if (project->truth != NULL)
        return lac_truth_ref(project->truth);
    g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s holds no atoms", path);
    return NULL;
}

static void
unref_truth(gpointer truth)
{
    lac_truth_unref(truth);
}

static gpointer
model_job(LacProgress *progress, gpointer data, GError **error)
{
    const char *path = data;
    lac_progress_message(progress, "Reading %s", path);
    return lac_read_atoms(path, progress, error);
}

static void
model_done(LacSession *self, gpointer result)
{
    if (result == NULL)
        return;
    gboolean was_empty = lac_session_is_empty(self);
    lac_session_store_model(self, result, self->state->project->volume, "Open model");
    if (was_empty)
        lac_session_emit(self, LAC_SESSION_OPENED);
}

/**
 * lac_session_open_model:
 * @self: a session
 * @path: a file of atoms
 *
 * Reads a model in the background and puts it beside what is open, in the place of the atoms. Can
 * be undone.
 */
void
lac_session_open_model(LacSession *self, const char *path)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    lac_session_start_reading(self, path, model_job, model_done, unref_atoms);
}

static void
truth_done(LacSession *self, gpointer result)
{
    if (result == NULL)
        return;
    set_truth(self, result);
    if (!self->has_match_params) {
        LacMatchParams params;
        lac_match_params_init(&params);
        lac_session_compare(self, &params);
    }
}

/**
 * lac_session_open_truth:
 * @self: a session
 * @path: a file of atoms, or a project
 *
 * Reads known positions in the background and compares the atoms with them. Can be undone.
 */
void
lac_session_open_truth(LacSession *self, const char *path)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    lac_session_start_reading(self, path, truth_job, truth_done, unref_truth);
}
