// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/io/io.h"
#include "core/recipe/simulate.h"
#include "core/synth/synth.h"
#include "ui/session-private.h"
#include "ui/system.h"

#include <math.h>

#define WANT_INTERVAL_MS 120 // between two iterates that are shown

// What is done on the main loop once a job is over.
typedef struct {
    GWeakRef session;
    LacSessionFinish done;
    GDestroyNotify free_result;
    char *failure; // "Cannot open x.mrc"
} Watch;

static void
watch_free(gpointer data, GClosure *closure)
{
    (void) closure;
    Watch *watch = data;
    g_weak_ref_clear(&watch->session);
    g_free(watch->failure);
    g_free(watch);
}

static void
update_job(LacSession *self, LacJob *job)
{
    if (g_set_object(&self->job, job))
        lac_session_emit(self, LAC_SESSION_JOB_CHANGED);
}

static void
job_finished_cb(LacJob *job, Watch *watch)
{
    g_autoptr(LacSession) self = g_weak_ref_get(&watch->session);
    if (self == NULL)
        return;
    g_autoptr(GError) error = NULL;
    gpointer result = lac_job_steal_result(job, &error);
    watch->done(self, result);
    update_job(self, NULL);
    if (error != NULL && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        lac_session_say(self, "%s: %s", watch->failure, error->message);
    if (result != NULL && watch->free_result != NULL)
        watch->free_result(result);
}

/**
 * lac_session_start_job:
 * @self: a session without a job
 * @job: not started yet
 * @done: (scope async): gets the result on the main loop, %NULL if it failed or was cancelled
 * @free_result: (nullable): frees the result afterwards
 * @failure: what a message about an error begins with
 */
void
lac_session_start_job(LacSession *self, LacJob *job, LacSessionFinish done,
    GDestroyNotify free_result, const char *failure)
{
    Watch *watch = g_new0(Watch, 1);
    g_weak_ref_init(&watch->session, self);
    watch->done = done;
    watch->free_result = free_result;
    watch->failure = g_strdup(failure);
    g_signal_connect_data(job, "finished", G_CALLBACK(job_finished_cb), watch, watch_free, 0);
    lac_job_start(job);
    update_job(self, job);
}

/**
 * lac_session_refuse_if_busy:
 * @self: a session
 *
 * Returns: whether work is running; then a message said so
 */
gboolean
lac_session_refuse_if_busy(LacSession *self)
{
    if (self->job == NULL)
        return FALSE;
    lac_session_say(self, "%s is still running: finish or cancel it first.",
        lac_job_get_title(self->job));
    return TRUE;
}

/**
 * lac_session_get_job:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the active job
 */
LacJob *
lac_session_get_job(LacSession *self)
{
    return self->job;
}

/**
 * lac_session_is_reconstructing:
 * @self: a session
 *
 * Returns: whether the active job is a reconstruction
 */
gboolean
lac_session_is_reconstructing(LacSession *self)
{
    return self->reconstructing;
}

/**
 * lac_session_is_saving:
 * @self: a session
 *
 * Returns: whether the active job writes the project
 */
gboolean
lac_session_is_saving(LacSession *self)
{
    return self->saving;
}

static void
say_result(LacSession *self, gpointer result)
{
    if (result != NULL)
        lac_session_say(self, "%s", (const char *) result);
}

/**
 * lac_session_run_job:
 * @self: a session
 * @job: not started yet; its result is a text for the user, freed by g_free()
 * @failure: what a message about an error begins with, such as "Cannot export the volume"
 *
 * Runs work that does not change what is open.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_run_job(LacSession *self, LacJob *job, const char *failure)
{
    if (lac_session_refuse_if_busy(self))
        return FALSE;
    lac_session_start_job(self, job, say_result, g_free, failure);
    return TRUE;
}

// --- reconstruction

typedef struct {
    LacSeries *series;
    LacVolume *mask, *initial;
    LacRecon *resume;
    LacReconParams params;
} ReconData;

typedef struct {
    LacRecon *recon;
    char *digests; // of what it is made from
} ReconResult;

static void
recon_data_free(gpointer pointer)
{
    ReconData *data = pointer;
    lac_series_unref(data->series);
    g_clear_pointer(&data->mask, lac_volume_unref);
    g_clear_pointer(&data->initial, lac_volume_unref);
    g_clear_pointer(&data->resume, lac_recon_unref);
    g_free(data);
}

static void
recon_result_free(gpointer pointer)
{
    ReconResult *result = pointer;
    lac_recon_unref(result->recon);
    g_free(result->digests);
    g_free(result);
}

static gpointer
recon_job(LacProgress *progress, gpointer pointer, GError **error)
{
    ReconData *data = pointer;
    LacRecon *recon = lac_recon_run(data->series, &data->params, data->mask, data->initial,
        data->resume, progress, error);
    if (recon == NULL)
        return NULL;
    const LacProject inputs = { .series = data->series, .mask = data->mask };
    ReconResult *result = g_new(ReconResult, 1);
    *result = (ReconResult){ .recon = recon, .digests = lac_project_dup_digests(&inputs) };
    return result;
}

static gboolean
want_result(gpointer data)
{
    LacSession *self = data;
    self->want_source = 0;
    if (self->job != NULL)
        lac_progress_want_result(lac_job_get_progress(self->job));
    return G_SOURCE_REMOVE;
}

/**
 * lac_session_want_result:
 * @self: a session with a job
 * @delay_ms: how long the result that is shown stays
 *
 * Asks the job for what it has so far, later.
 */
void
lac_session_want_result(LacSession *self, guint delay_ms)
{
    if (self->want_source == 0)
        self->want_source = g_timeout_add(delay_ms, want_result, self);
}

static void
recon_progressed_cb(LacJob *job, LacSession *self)
{
    LacRecon *live = lac_progress_take_result(lac_job_get_progress(job));
    if (live == NULL)
        return;
    gboolean first = self->live == NULL;
    g_clear_pointer(&self->live, lac_recon_unref);
    self->live = live;
    if (first && self->state->project->volume == NULL)
        lac_session_center_crosshair(self);
    lac_session_emit(self, LAC_SESSION_VOLUME_CHANGED);
    lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    lac_session_want_result(self, WANT_INTERVAL_MS);
}

static const char *
method_name(LacReconMethod method)
{
    static const char *const names[] = { "RESIRE", "SIRT", "WBP" };
    return names[method];
}

static void
store_recon(LacSession *self, const ReconResult *result)
{
    LacRecon *recon = result->recon;
    g_autofree char *label = g_strdup_printf("%s, %u iterations", method_name(recon->params.method),
        recon->n_iterations);
    lac_session_push_undo(self, label);
    LacProject *project = self->state->project;
    g_clear_pointer(&project->recon, lac_recon_unref);
    g_clear_pointer(&project->volume, lac_volume_unref);
    g_clear_pointer(&self->state->recon_series, lac_series_unref);
    project->recon = lac_recon_ref(recon);
    project->volume = lac_volume_ref(recon->volume);
    self->state->recon_series = lac_series_ref(self->job_series);
    const LacReconParams *p = &recon->params;
    g_autofree char *parameters = g_strdup_printf(
        "method=%s\niterations=%u\naccelerated=%d\nstep=%g\nblob_sigma=%g\nweight_alpha=%g\n"
        "weight_cap=%g\npositivity=%d\nheld_out_every=%u\ntolerance=%g\n",
        method_name(p->method), recon->n_iterations, p->accelerated, p->step, p->blob_sigma,
        p->weight_alpha, p->weight_cap, p->positivity, p->held_out_every, p->tolerance);
    lac_project_add_provenance(project, "reconstruct", parameters, result->digests);
}

static void
announce_recon(LacSession *self, const LacRecon *recon)
{
    g_autofree char *took = lac_format_duration(recon->seconds);
    if (recon->n_iterations > 0 && recon->r1 != NULL)
        lac_session_say(self, "%s finished: %u iterations, R1 %.2f %%, %s",
            method_name(recon->params.method), recon->n_iterations,
            100.0 * recon->r1[recon->n_iterations - 1], took);
    else
        lac_session_say(self, "%s finished in %s", method_name(recon->params.method), took);
}

static void
recon_done(LacSession *self, gpointer result)
{
    g_clear_handle_id(&self->want_source, g_source_remove);
    g_clear_pointer(&self->live, lac_recon_unref);
    self->reconstructing = FALSE;
    if (result != NULL)
        store_recon(self, result);
    g_clear_pointer(&self->job_series, lac_series_unref);
    lac_session_set_crosshair(self, self->crosshair); // clamps it to the volume
    lac_session_emit(self, LAC_SESSION_VOLUME_CHANGED);
    lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    if (result != NULL)
        announce_recon(self, ((const ReconResult *) result)->recon);
}

static gboolean
refuse_for_memory(LacSession *self, const LacReconParams *params)
{
    guint64 needed = lac_recon_estimate_memory(lac_session_get_series(self), params);
    guint64 available = lac_memory_available();
    if (available == 0 || needed <= available)
        return FALSE;
    g_autofree char *needs = lac_format_bytes(needed), *has = lac_format_bytes(available);
    lac_session_say(self,
        "This reconstruction needs %s of memory and %s are free: bin the projections or choose a "
        "smaller volume.",
        needs, has);
    return TRUE;
}

/**
 * lac_session_reconstruct:
 * @self: a session
 * @params: how; n_iterations is the number to do now
 * @resume: go on from the volume that is shown instead of starting anew
 * @use_mask: keep the density zero outside the mask, if there is one
 *
 * Starts a reconstruction of the included projections. Its iterates are shown as they come; when
 * it is cancelled or fails, what was shown before returns.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_reconstruct(LacSession *self, const LacReconParams *params, gboolean resume,
    gboolean use_mask)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    LacProject *project = self->state->project;
    if (lac_session_refuse_if_busy(self))
        return FALSE;
    if (project->series == NULL || lac_series_count_included(project->series) == 0) {
        lac_session_say(self, "There are no projections to reconstruct from.");
        return FALSE;
    }
    if (refuse_for_memory(self, params))
        return FALSE;
    ReconData *data = g_new0(ReconData, 1);
    data->series = lac_series_ref(project->series);
    data->params = *params;
    data->mask = use_mask && project->mask != NULL ? lac_volume_ref(project->mask) : NULL;
    gboolean is_own = project->recon != NULL && project->recon->volume == project->volume &&
        !lac_session_is_volume_stale(self);
    if (resume && is_own)
        data->resume = lac_recon_ref(project->recon);
    else if (resume && project->volume != NULL)
        data->initial = lac_volume_ref(project->volume);
    self->reconstructing = TRUE;
    self->job_series = lac_series_ref(project->series);
    g_autoptr(LacJob) job = lac_job_new(method_name(params->method), recon_job, data,
        recon_data_free, recon_result_free);
    g_signal_connect_object(job, "progressed", G_CALLBACK(recon_progressed_cb), self, 0);
    lac_progress_want_result(lac_job_get_progress(job));
    lac_session_start_job(self, job, recon_done, recon_result_free, "The reconstruction failed");
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    return TRUE;
}

// A result as it was at a snapshot; older projects did not keep the factors per projection.
static LacRecon *
recon_at_snapshot(const LacRecon *recon, const LacReconSnapshot *snapshot)
{
    guint n = MIN(snapshot->iteration, recon->n_iterations);
    LacRecon *earlier = lac_recon_new(recon->n_projections, n, recon->r_free != NULL);
    earlier->volume = lac_volume_ref(snapshot->volume);
    earlier->params = recon->params;
    for (guint i = 0; i < n; i++) {
        earlier->r1[i] = recon->r1[i];
        earlier->r2[i] = recon->r2[i];
        if (recon->r_free != NULL)
            earlier->r_free[i] = recon->r_free[i];
    }
    for (gsize k = 0; k < recon->n_projections; k++) {
        earlier->projection_r1[k] =
            snapshot->projection_r1 != NULL ? snapshot->projection_r1[k] : (double) NAN;
        earlier->projection_r2[k] =
            snapshot->projection_r2 != NULL ? snapshot->projection_r2[k] : (double) NAN;
    }
    if (recon->n_iterations > 0)
        earlier->seconds = recon->seconds * n / recon->n_iterations;
    for (guint i = 0; i < recon->snapshots->len; i++) {
        const LacReconSnapshot *kept = g_ptr_array_index(recon->snapshots, i);
        if (kept->iteration <= n)
            lac_recon_add_snapshot(earlier, kept->iteration, kept->volume, kept->projection_r1,
                kept->projection_r2);
    }
    return earlier;
}

/**
 * lac_session_revert_to_snapshot:
 * @self: a session
 * @index: of the snapshots of the finished reconstruction
 *
 * Goes back to an earlier iterate; more iterations go on from there. Can be undone.
 */
void
lac_session_revert_to_snapshot(LacSession *self, guint index)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    LacProject *project = self->state->project;
    if (lac_session_refuse_if_busy(self))
        return;
    g_return_if_fail(project->recon != NULL && index < project->recon->snapshots->len);
    const LacReconSnapshot *snapshot = g_ptr_array_index(project->recon->snapshots, index);
    LacRecon *earlier = recon_at_snapshot(project->recon, snapshot);
    g_autofree char *label = g_strdup_printf("Revert to iteration %u", snapshot->iteration);
    lac_session_push_undo(self, label);
    g_clear_pointer(&project->recon, lac_recon_unref);
    g_clear_pointer(&project->volume, lac_volume_unref);
    project->recon = earlier;
    project->volume = lac_volume_ref(earlier->volume);
    lac_session_emit(self, LAC_SESSION_VOLUME_CHANGED);
    lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

// --- opening and saving

static void
free_project(gpointer project)
{
    lac_project_free(project);
}

static gpointer
open_job(LacProgress *progress, gpointer data, GError **error)
{
    const char *path = data;
    lac_progress_message(progress, "Reading %s", path);
    if (lac_project_is_project(path))
        return lac_project_load(path, progress, error);
    LacVolume *volume = lac_read_volume(path, NULL, progress, error);
    if (volume == NULL)
        return NULL;
    LacProject *project = lac_project_new();
    project->volume = volume;
    g_autofree char *parameters = g_strdup_printf("file=%s\n", path);
    lac_project_add_provenance(project, "import", parameters, NULL);
    return project;
}

static void
open_done(LacSession *self, gpointer result)
{
    if (result == NULL)
        return;
    const char *path = g_object_get_data(G_OBJECT(self->job), "project-path");
    LacProject *project = lac_project_copy(result);
    lac_session_replace_all(self, project, path,
        g_object_get_data(G_OBJECT(self->job), "source-path"));
    if (project->series != NULL && project->volume == NULL)
        lac_session_offer_run(self);
}

/**
 * lac_session_start_reading:
 * @self: a session
 * @path: of a file
 * @read: reads it; gets @path as its data
 * @done: gets what was read
 * @free_result: frees what was read
 *
 * Reads a file in the background, unless other work runs. The job keeps @path as "source-path", and
 * that of a project as "project-path".
 */
void
lac_session_start_reading(LacSession *self, const char *path, LacJobFunc read,
    LacSessionFinish done, GDestroyNotify free_result)
{
    if (lac_session_refuse_if_busy(self))
        return;
    g_autofree char *name = g_filename_display_basename(path);
    g_autofree char *title = g_strdup_printf("Opening %s", name);
    g_autofree char *failure = g_strdup_printf("Cannot open %s", name);
    g_autoptr(LacJob) job = lac_job_new(title, read, g_strdup(path), g_free, free_result);
    if (lac_project_is_project(path))
        g_object_set_data_full(G_OBJECT(job), "project-path", g_strdup(path), g_free);
    g_object_set_data_full(G_OBJECT(job), "source-path", g_strdup(path), g_free);
    lac_session_start_job(self, job, done, free_result, failure);
}

/**
 * lac_session_open:
 * @self: a session
 * @path: a project or a volume in any readable format
 *
 * Reads it in the background, then puts it in the place of everything that is open.
 */
void
lac_session_open(LacSession *self, const char *path)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    lac_session_start_reading(self, path, open_job, open_done, free_project);
}

static gpointer
example_job(LacProgress *progress, gpointer data, GError **error)
{
    LacSynthParams *params = data;
    lac_progress_message(progress, "Building the example particle");
    g_autoptr(LacAtoms) atoms = lac_synth_particle(params, error);
    if (atoms == NULL)
        return NULL;
    LacSeries *series = lac_synth_series(atoms, params, progress, error);
    if (series == NULL)
        return NULL;
    LacProject *project = lac_project_new();
    project->series = series;
    project->truth = lac_truth_new(atoms);
    g_autofree char *parameters =
        g_strdup_printf("atoms=%u\nsize=%" G_GSIZE_FORMAT
                        "\ntilts=%u\nmax_tilt=%g\nvoxel_size=%g\nsigma=%g\n"
                        "dose=%g\nseed=%" G_GUINT64_FORMAT "\n",
            params->n_atoms, params->size, params->n_tilts, params->max_tilt, params->voxel_size,
            params->sigma, params->dose, params->seed);
    g_autofree char *digests = lac_project_dup_digests(project);
    lac_project_add_provenance(project, "simulate", parameters, digests);
    return project;
}

/**
 * lac_session_open_example:
 * @self: a session
 *
 * Simulates the built-in particle in the background and opens its projections.
 */
void
lac_session_open_example(LacSession *self)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    if (lac_session_refuse_if_busy(self))
        return;
    LacSynthParams *params = g_new0(LacSynthParams, 1);
    lac_synth_params_init(params);
    g_autoptr(LacJob) job =
        lac_job_new("Example particle", example_job, params, g_free, free_project);
    lac_session_start_job(self, job, open_done, free_project, "Cannot build the example");
}

static gpointer
simulate_job(LacProgress *progress, gpointer data, GError **error)
{
    return lac_simulate(data, progress, error);
}

static void
free_simulate_params(gpointer data)
{
    lac_simulate_params_clear(data);
    g_free(data);
}

/**
 * lac_session_simulate:
 * @self: a session
 * @params: the particle and its images
 *
 * Simulates a particle in the background and puts its projections, and what is known of it, in the
 * place of everything that is open.
 */
void
lac_session_simulate(LacSession *self, const LacSimulateParams *params)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    if (lac_session_refuse_if_busy(self))
        return;
    LacSimulateParams *own = g_new0(LacSimulateParams, 1);
    lac_simulate_params_copy(params, own);
    g_autoptr(LacJob) job =
        lac_job_new("Simulating a particle", simulate_job, own, free_simulate_params, free_project);
    lac_session_start_job(self, job, open_done, free_project, "Cannot simulate the particle");
}

typedef struct {
    LacProject *project;
    char *path;
    LacAnalysis *analysis; // (nullable) results that are of what is saved
} SaveData;

static void
save_data_free(gpointer pointer)
{
    SaveData *data = pointer;
    lac_project_free(data->project);
    g_clear_pointer(&data->analysis, lac_analysis_unref);
    g_free(data->path);
    g_free(data);
}

// Returns what was saved and where.
static gpointer
save_job(LacProgress *progress, gpointer pointer, GError **error)
{
    SaveData *data = pointer;
    g_autofree char *name = g_filename_display_basename(data->path);
    lac_progress_message(progress, "Writing %s", name);
    if (data->analysis != NULL) {
        g_clear_pointer(&data->project->analyses, lac_report_unref);
        data->project->analyses = lac_analysis_report(data->analysis, LAC_ANALYSIS_ALL, TRUE);
        lac_analysis_add_digests(data->analysis, data->project->analyses);
    }
    if (!lac_project_save(data->project, data->path, progress, error))
        return NULL;
    SaveData *saved = g_new(SaveData, 1);
    *saved = (SaveData){ .project = lac_project_copy(data->project), .path = g_strdup(data->path) };
    return saved;
}

// The edits that the project holds now need no file of their own any more.
static void
mark_journal_saved(LacSession *self, const SaveData *saved)
{
    LacJournal *journal = self->state->project->journal;
    g_autofree char *path = lac_journal_dup_path(saved->path);
    if (journal != NULL && saved->project->journal != NULL &&
        lac_journal_get_base(journal) == lac_journal_get_base(saved->project->journal))
        lac_journal_mark_saved(journal, saved->project->journal, path);
}

static void
save_done(LacSession *self, gpointer result)
{
    const SaveData *saved = result;
    self->saving = FALSE;
    if (saved == NULL)
        return;
    mark_journal_saved(self, saved);
    g_free(self->path);
    self->path = g_strdup(saved->path);
    self->saved_serial = self->save_serial;
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    g_autofree char *name = g_filename_display_basename(self->path);
    lac_session_say(self, "Saved %s", name);
}

/**
 * lac_session_save:
 * @self: a session
 * @path: (nullable): a project file to write; %NULL for where it came from
 *
 * Writes what is open now in the background; it may change meanwhile.
 *
 * Returns: whether saving was started; if not, a message said why
 */
gboolean
lac_session_save(LacSession *self, const char *path)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    if (lac_session_refuse_if_busy(self))
        return FALSE;
    g_return_val_if_fail(path != NULL || self->path != NULL, FALSE);
    lac_session_emit(self, LAC_SESSION_SAVE_VIEWS);
    lac_session_store_position(self);
    lac_session_store_chosen(self);
    lac_session_store_figures(self);
    SaveData *data = g_new0(SaveData, 1);
    data->project = lac_project_copy(self->state->project);
    // The volume of a reconstruction is stored with it; the other is for opened ones.
    if (data->project->recon != NULL && data->project->volume == data->project->recon->volume)
        g_clear_pointer(&data->project->volume, lac_volume_unref);
    data->path = g_strdup(path != NULL ? path : self->path);
    g_autoptr(JsonNode) views = json_node_alloc();
    json_node_init_object(views, self->views);
    g_free(data->project->views);
    data->project->views = json_to_string(views, FALSE);
    if (self->analysis != NULL && !lac_session_is_analysis_stale(self))
        data->analysis = lac_analysis_ref(self->analysis);
    self->save_serial = self->state->serial;
    g_autofree char *name = g_filename_display_basename(data->path);
    g_autofree char *title = g_strdup_printf("Saving %s", name);
    g_autofree char *failure = g_strdup_printf("Cannot save %s", name);
    g_autoptr(LacJob) job = lac_job_new(title, save_job, data, save_data_free, save_data_free);
    self->saving = TRUE;
    lac_session_start_job(self, job, save_done, save_data_free, failure);
    return TRUE;
}
