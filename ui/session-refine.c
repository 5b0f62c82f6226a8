// SPDX-License-Identifier: GPL-3.0-or-later
// Positions of the atoms refined against the projections, as the session's work.
#include "ui/session-private.h"

#include <string.h>

typedef struct {
    LacAtoms *atoms;
    LacSeries *series;
    LacRefineParams params;
} RefineData;

typedef struct {
    LacAtoms *from;
    LacBuffer *buffer; // of the projections that were refined against
    LacRefinement *refinement;
} RefineResult;

static void
refine_data_free(gpointer pointer)
{
    RefineData *data = pointer;
    lac_atoms_unref(data->atoms);
    lac_series_unref(data->series);
    g_free(data);
}

static void
refine_result_free(gpointer pointer)
{
    RefineResult *result = pointer;
    lac_atoms_unref(result->from);
    lac_buffer_unref(result->buffer);
    lac_refinement_free(result->refinement);
    g_free(result);
}

static gpointer
refine_job(LacProgress *progress, gpointer pointer, GError **error)
{
    RefineData *data = pointer;
    LacRefinement *refinement =
        lac_refine(data->atoms, data->series, &data->params, progress, error);
    if (refinement == NULL)
        return NULL;
    RefineResult *result = g_new0(RefineResult, 1);
    result->from = lac_atoms_ref(data->atoms);
    result->buffer = lac_buffer_ref(data->series->buffer);
    result->refinement = refinement;
    return result;
}

// Refined shifts and angles are a step of the history of their own, before that of the atoms.
static void
take_poses(LacSession *self, const RefineResult *result)
{
    const LacSeries *refined = result->refinement->series;
    const LacProject *project = self->state->project;
    if (refined == NULL || project->series == NULL || project->series->n != refined->n ||
        (project->series->buffer != result->buffer &&
            (project->raw_series == NULL || project->raw_series->buffer != result->buffer)))
        return;
    lac_session_push_undo(self, "Refine shifts and angles");
    lac_project_take_refined(self->state->project, refined);
    lac_session_emit(self, LAC_SESSION_SERIES_CHANGED);
    lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

static void
refine_done(LacSession *self, gpointer pointer)
{
    RefineResult *result = pointer;
    if (result == NULL)
        return;
    if (lac_session_get_journal(self) != NULL &&
        lac_journal_get_atoms(lac_session_get_journal(self)) == result->from)
        take_poses(self, result);
    g_autofree char *label =
        g_strdup_printf("Refine %'" G_GSIZE_FORMAT " atoms", lac_atoms_count_present(result->from));
    if (!lac_session_replace_model(self, result->from, result->refinement->atoms, label,
            "refinement"))
        return;
    g_clear_pointer(&self->refinement, lac_refinement_free);
    self->refinement = g_steal_pointer(&result->refinement);
    lac_session_emit(self, LAC_SESSION_ATOMS_CHANGED);
}

// Noise that was smoothed away is no longer white: what was measured counts, where it is.
static LacSeries *
dup_measured(const LacProject *project)
{
    const LacSeries *series = project->series, *raw = project->raw_series;
    if (raw == NULL || raw->n != series->n || raw->nv != series->nv || raw->nu != series->nu)
        return lac_series_copy(series);
    LacSeries *copy = lac_series_copy(raw);
    copy->pixel_size = series->pixel_size;
    for (gsize k = 0; k < series->n; k++) {
        copy->angles[k] = series->angles[k];
        copy->shifts[k] = series->shifts[k];
        copy->excluded[k] = series->excluded[k];
    }
    return copy;
}

/**
 * lac_session_refine:
 * @self: a session with atoms and projections
 * @params: how; copied
 *
 * Moves the atoms to where the projections want them, and where asked the projections with them. Can
 * be undone.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_refine(LacSession *self, const LacRefineParams *params)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    const LacProject *project = self->state->project;
    if (lac_session_refuse_if_busy(self))
        return FALSE;
    if (project->journal == NULL || project->series == NULL) {
        lac_session_say(self,
            project->journal == NULL ? "There are no atoms to refine: trace first."
                                     : "A refinement needs the projections: open them first.");
        return FALSE;
    }
    RefineData *data = g_new0(RefineData, 1);
    data->atoms = lac_atoms_ref(lac_journal_get_atoms(project->journal));
    data->series = dup_measured(project);
    data->params = *params;
    g_autoptr(LacJob) job =
        lac_job_new("Refining", refine_job, data, refine_data_free, refine_result_free);
    lac_session_start_job(self, job, refine_done, refine_result_free, "The refinement failed");
    return TRUE;
}

/**
 * lac_session_get_refinement:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the newest refinement, if the atoms are still its own
 */
const LacRefinement *
lac_session_get_refinement(LacSession *self)
{
    const LacRefinement *refinement = self->refinement;
    const LacAtoms *atoms = lac_session_get_atoms(self);
    gboolean is_own = refinement != NULL && atoms != NULL && atoms->n == refinement->atoms->n &&
        (atoms->n == 0 || atoms->x == refinement->atoms->x ||
            memcmp(atoms->x, refinement->atoms->x, atoms->n * sizeof *atoms->x) == 0);
    return is_own ? refinement : NULL;
}
