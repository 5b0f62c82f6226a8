// SPDX-License-Identifier: GPL-3.0-or-later
// The second round, from the reconstruction on with refined poses, as one piece of work.
#include "ui/session-private.h"

#include <string.h>

typedef struct {
    LacSeries *series, *measured;
    LacAtoms *atoms; // as they were
    LacVolume *mask;
    LacReconParams recon;
    LacTraceParams trace;
    LacClassifyParams classify;
    LacRefineParams refine;
    char **species;
    double borders[LAC_CLASSIFY_MAX_SPECIES];
    LacAgainParams params;
} AgainData;

typedef struct {
    LacAgain *again;
    LacSeries *from; // the projections that it started from
    LacAtoms *atoms; // likewise
    guint n_rounds;
    char *digests;
} AgainResult;

static void
again_data_free(gpointer pointer)
{
    AgainData *data = pointer;
    lac_series_unref(data->series);
    lac_series_unref(data->measured);
    lac_atoms_unref(data->atoms);
    g_clear_pointer(&data->mask, lac_volume_unref);
    g_strfreev(data->species);
    g_free(data);
}

static void
again_result_free(gpointer pointer)
{
    AgainResult *result = pointer;
    lac_again_free(result->again);
    lac_series_unref(result->from);
    lac_atoms_unref(result->atoms);
    g_free(result->digests);
    g_free(result);
}

static gpointer
again_job(LacProgress *progress, gpointer pointer, GError **error)
{
    AgainData *data = pointer;
    LacAgain *again = lac_again_run(data->series, data->measured, &data->params, progress, error);
    if (again == NULL)
        return NULL;
    const LacProject inputs = { .series = data->series, .mask = data->mask };
    AgainResult *result = g_new(AgainResult, 1);
    *result = (AgainResult){ .again = again,
        .from = lac_series_ref(data->series),
        .atoms = lac_atoms_ref(data->atoms),
        .n_rounds = data->params.n_rounds,
        .digests = lac_project_dup_digests(&inputs) };
    return result;
}

// Volume, poses and atoms are one step of the history.
static void
store(LacSession *self, const AgainResult *result)
{
    const LacAgain *again = result->again;
    lac_session_push_undo(self, "Second round");
    LacSessionState *state = self->state;
    LacProject *project = state->project;
    if (again->refinement != NULL && again->refinement->series != NULL)
        lac_project_take_refined(project, again->refinement->series);
    g_clear_pointer(&project->recon, lac_recon_unref);
    g_clear_pointer(&project->volume, lac_volume_unref);
    g_clear_pointer(&state->recon_series, lac_series_unref);
    project->recon = lac_recon_ref(again->recon);
    project->volume = lac_volume_ref(again->recon->volume);
    // Poses that no longer move are those of the volume.
    state->recon_series = lac_series_ref(again->is_settled ? project->series : again->series);
    LacJournal *old = project->journal;
    project->journal = lac_journal_new(again->atoms);
    lac_session_move_journal_file(self, old, project->journal);
    lac_journal_free(old);
    g_clear_pointer(&state->atoms_volume, lac_volume_unref);
    state->atoms_volume = lac_volume_ref(project->volume);
    g_autofree char *params = g_strdup_printf("rounds=%u\n", result->n_rounds);
    lac_project_add_provenance(project, "second round", params, result->digests);
}

static void
announce(LacSession *self, const AgainResult *result, const LacRecon *before)
{
    const LacAgain *again = result->again;
    g_autoptr(GString) text = g_string_new("Second round: ");
    if (before != NULL && before->n_iterations > 0 && again->recon->n_iterations > 0)
        g_string_append_printf(text, "R1 of the volume %.2f → %.2f %%, ",
            100.0 * before->r1[before->n_iterations - 1],
            100.0 * again->recon->r1[again->recon->n_iterations - 1]);
    g_string_append_printf(text, "%'" G_GSIZE_FORMAT " → %'" G_GSIZE_FORMAT " atoms%s",
        lac_atoms_count_present(result->atoms), lac_atoms_count_present(again->atoms),
        again->is_settled ? "" : "; the projections still moved");
    lac_session_offer(self, text->str, "Undo", "win.undo");
}

static void
again_done(LacSession *self, gpointer pointer)
{
    AgainResult *result = pointer;
    const LacProject *project = self->state->project;
    if (result == NULL)
        return;
    if (project->series != result->from || project->journal == NULL ||
        lac_journal_get_atoms(project->journal) != result->atoms) {
        lac_session_say(self,
            "Projections or atoms changed during the second round: nothing was kept.");
        return;
    }
    g_autoptr(LacRecon) before = project->recon != NULL ? lac_recon_ref(project->recon) : NULL;
    store(self, result);
    g_clear_pointer(&self->classification, g_free);
    if (result->again->report.n_species > 0)
        self->classification = g_memdup2(&result->again->report, sizeof result->again->report);
    g_clear_pointer(&self->refinement, lac_refinement_free);
    self->refinement = g_steal_pointer(&result->again->refinement);
    self->current_atom = G_MAXSIZE;
    lac_session_set_crosshair(self, self->crosshair); // clamps it to the volume
    lac_session_emit(self, LAC_SESSION_SERIES_CHANGED);
    lac_session_emit(self, LAC_SESSION_VOLUME_CHANGED);
    lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    lac_session_atoms_changed(self, NULL);
    lac_session_emit(self, LAC_SESSION_CURRENT_ATOM_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    announce(self, result, before);
}

// What the volume that is shown was made with makes the next one too.
static AgainData *
make_data(LacSession *self, const LacAgainParams *params)
{
    const LacProject *project = self->state->project;
    AgainData *data = g_new0(AgainData, 1);
    data->series = lac_series_ref(project->series);
    data->measured = lac_project_dup_measured(project);
    data->atoms = lac_atoms_ref(lac_journal_get_atoms(project->journal));
    data->mask = project->mask != NULL ? lac_volume_ref(project->mask) : NULL;
    data->recon = project->recon->params;
    data->recon.n_iterations = MAX(project->recon->n_iterations, 1);
    data->trace = *params->trace;
    data->params = (LacAgainParams){ .n_rounds = params->n_rounds,
        .recon = &data->recon,
        .mask = data->mask,
        .trace = &data->trace,
        .trace_mask = params->trace_mask != NULL ? data->mask : NULL };
    if (params->refine != NULL) {
        data->refine = *params->refine;
        data->params.refine = &data->refine;
    }
    if (params->classify != NULL) {
        g_autoptr(GStrvBuilder) species = g_strv_builder_new();
        for (const char *const *name = params->classify->species; *name != NULL; name++)
            g_strv_builder_add(species, *name);
        data->species = g_strv_builder_end(species);
        data->classify = *params->classify;
        data->classify.species = (const char *const *) data->species;
        data->classify.n_borders = MIN(params->classify->n_borders, G_N_ELEMENTS(data->borders));
        if (params->classify->borders != NULL) {
            memcpy(data->borders, params->classify->borders,
                data->classify.n_borders * sizeof *data->borders);
            data->classify.borders = data->borders;
        }
        data->params.classify = &data->classify;
    }
    return data;
}

/**
 * lac_session_again:
 * @self: a session with a reconstruction and atoms
 * @params: how to trace, classify and refine; copied. The reconstruction is done as the one that is
 *   shown was, with the session's mask where there is one
 *
 * Reconstructs with the poses as they are now, traces that volume, classifies and refines: one piece
 * of work and one step of the history. When it is cancelled or fails, nothing changes.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_again(LacSession *self, const LacAgainParams *params)
{
    g_return_val_if_fail(LAC_IS_SESSION(self) && params->trace != NULL, FALSE);

    const LacProject *project = self->state->project;
    if (lac_session_refuse_if_busy(self))
        return FALSE;
    if (project->series == NULL || project->recon == NULL || project->journal == NULL) {
        lac_session_say(self, "A second round needs projections, their reconstruction and atoms.");
        return FALSE;
    }
    g_autoptr(LacJob) job = lac_job_new("Second round", again_job, make_data(self, params),
        again_data_free, again_result_free);
    lac_session_start_job(self, job, again_done, again_result_free, "The second round failed");
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    return TRUE;
}
