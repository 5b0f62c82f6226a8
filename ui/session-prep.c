// SPDX-License-Identifier: GPL-3.0-or-later
// Preparation of the projections: one job, one step of the history.
#include "ui/session-private.h"

typedef struct {
    LacProject *project; // before
    LacDenoiseParams params;
} DenoiseData;

typedef struct {
    LacSeries *measured;
    LacDenoised *denoised;
    LacDenoiseParams params;
    char *digests;
} DenoiseResult;

static void
data_free(gpointer pointer)
{
    DenoiseData *data = pointer;
    lac_project_free(data->project);
    g_free(data);
}

static void
result_free(gpointer pointer)
{
    DenoiseResult *result = pointer;
    lac_series_unref(result->measured);
    lac_denoised_free(result->denoised);
    g_free(result->digests);
    g_free(result);
}

static gpointer
denoise_job(LacProgress *progress, gpointer pointer, GError **error)
{
    const DenoiseData *data = pointer;
    g_autoptr(LacSeries) measured = lac_project_dup_measured(data->project);
    LacDenoised *denoised =
        lac_denoise_series(measured, &data->params, NULL, data->project->strokes, progress, error);
    if (denoised == NULL)
        return NULL;
    DenoiseResult *result = g_new0(DenoiseResult, 1);
    result->measured = lac_denoised_dup_measured(denoised, measured);
    result->denoised = denoised;
    result->params = data->params;
    result->digests = lac_project_dup_digests(data->project);
    return result;
}

static void
replace_series(LacSession *self, LacSeries *measured, LacSeries *denoised)
{
    lac_project_set_denoised(self->state->project, measured, denoised);
    lac_session_emit(self, LAC_SESSION_SERIES_CHANGED);
    lac_session_emit(self, LAC_SESSION_RECON_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

static const char *
name_method(LacDenoiseMethod method)
{
    switch (method) {
    case LAC_DENOISE_BM3D: return "BM3D";
    case LAC_DENOISE_NLM: return "non-local means";
    case LAC_DENOISE_GAUSSIAN: return "Gaussian";
    case LAC_DENOISE_NONE:
    case LAC_N_DENOISE_METHODS:
    default: return "background";
    }
}

// What was changed of angles and exclusions in the meantime stays.
static void
denoise_done(LacSession *self, gpointer pointer)
{
    const DenoiseResult *result = pointer;
    LacProject *project = self->state->project;
    if (result == NULL)
        return;
    const LacSeries *now = project->series, *measured = result->measured;
    if (now == NULL || now->n != measured->n || now->nv != measured->nv ||
        now->nu != measured->nu) {
        lac_session_say(self, "Other projections were opened: the denoised ones are dropped.");
        return;
    }
    g_autoptr(LacSeries) before = lac_series_with_buffer(now, measured->buffer, NULL);
    g_autoptr(LacSeries) after =
        lac_series_with_buffer(now, result->denoised->series->buffer, NULL);
    gboolean is_filtered = result->params.method != LAC_DENOISE_NONE;
    g_autofree char *label = is_filtered
        ? g_strdup_printf("Denoise projections (%s)", name_method(result->params.method))
        : g_strdup("Prepare projections");
    lac_session_push_undo(self, label);
    g_autofree char *parameters = lac_denoise_params_dup_text(&result->params);
    lac_project_add_provenance(project, "denoise", parameters, result->digests);
    replace_series(self, before, after);
    g_autofree char *said = g_strdup_printf("%" G_GSIZE_FORMAT " projections were %s", measured->n,
        is_filtered ? "denoised" : "prepared");
    lac_session_offer(self, said, "Undo", "win.undo");
}

/**
 * lac_session_denoise:
 * @self: a session
 * @params: how
 *
 * Denoises all projections as they were measured; the result can be undone in one step.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_denoise(LacSession *self, const LacDenoiseParams *params)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    if (lac_session_refuse_if_busy(self))
        return FALSE;
    if (self->state->project->series == NULL) {
        lac_session_say(self, "There are no projections to denoise: open some first.");
        return FALSE;
    }
    DenoiseData *data = g_new0(DenoiseData, 1);
    data->project = lac_project_new();
    data->project->series = lac_series_ref(self->state->project->series);
    if (self->state->project->raw_series != NULL)
        data->project->raw_series = lac_series_ref(self->state->project->raw_series);
    if (self->state->project->strokes != NULL)
        data->project->strokes = lac_mask_strokes_ref(self->state->project->strokes);
    data->params = *params;
    g_autoptr(LacJob) job = lac_job_new("Denoising", denoise_job, data, data_free, result_free);
    lac_session_start_job(self, job, denoise_done, result_free, "The projections stay as they are");
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    return TRUE;
}

/**
 * lac_session_get_measured:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the projections as they were measured; %NULL when those of
 *   lac_session_get_series() are
 */
LacSeries *
lac_session_get_measured(LacSession *self)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), NULL);

    return self->state->project->raw_series;
}

/**
 * lac_session_restore_measured:
 * @self: a session
 *
 * Goes back to the projections as they were measured. Can be undone.
 */
void
lac_session_restore_measured(LacSession *self)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    if (self->state->project->raw_series == NULL)
        return;
    g_autoptr(LacSeries) measured = lac_project_dup_measured(self->state->project);
    lac_session_push_undo(self, "Back to measured projections");
    replace_series(self, measured, NULL);
}

/**
 * lac_session_get_strokes:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): by which the masks of the projections are corrected
 */
LacMaskStrokes *
lac_session_get_strokes(LacSession *self)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), NULL);

    return self->state->project->strokes;
}

// Takes the reference.
static void
replace_strokes(LacSession *self, LacMaskStrokes *strokes, const char *what)
{
    g_autofree char *label =
        g_strdup_printf("%s of projection %u", what, lac_session_get_projection(self) + 1);
    lac_session_push_undo(self, label);
    LacProject *project = self->state->project;
    lac_mask_strokes_unref(project->strokes);
    project->strokes = strokes;
    lac_session_emit(self, LAC_SESSION_SERIES_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

/**
 * lac_session_add_stroke:
 * @self: a session with projections
 * @inside: whether the stroke adds to the mask of the projection that is shown
 * @radius: of the brush [pixel]
 * @places: (array length=n): u, v of where it went [pixel]
 * @n: how many, at least 1
 *
 * Can be undone.
 */
void
lac_session_add_stroke(LacSession *self, gboolean inside, double radius, const double *places,
    gsize n)
{
    g_return_if_fail(LAC_IS_SESSION(self) && n > 0);

    replace_strokes(self,
        lac_mask_strokes_append(self->state->project->strokes, lac_session_get_projection(self),
            inside, radius, places, n),
        inside ? "Draw mask" : "Erase mask");
}

/**
 * lac_session_remove_strokes:
 * @self: a session
 *
 * Removes the strokes from the projection that is shown. Can be undone.
 */
void
lac_session_remove_strokes(LacSession *self)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacMaskStrokes *strokes = self->state->project->strokes;
    guint k = lac_session_get_projection(self);
    if (lac_mask_strokes_count(strokes, k) > 0)
        replace_strokes(self, lac_mask_strokes_remove(strokes, k), "Clear drawn mask");
}
