// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session-private.h"

#include <string.h>

typedef struct {
    LacSeries *series;
    LacAlignMethod methods[LAC_ALIGN_MAX_STEPS];
    guint n_methods;
    LacAlignParams params;
} AlignData;

static void
align_data_free(gpointer pointer)
{
    AlignData *data = pointer;
    lac_series_unref(data->series);
    g_free(data);
}

static void
unref_steps(gpointer steps)
{
    g_ptr_array_unref(steps);
}

static gpointer
align_job(LacProgress *progress, gpointer pointer, GError **error)
{
    AlignData *data = pointer;
    lac_progress_message(progress, "Aligning %" G_GSIZE_FORMAT " projections", data->series->n);
    return lac_align_run_all(data->series, data->methods, data->n_methods, &data->params, progress,
        error);
}

// "Align: Common line, Centre of mass"
static char *
name_steps(const GPtrArray *steps)
{
    g_autoptr(GString) text = g_string_new("Align");
    for (guint i = 0; i < steps->len; i++) {
        const LacAlignment *step = steps->pdata[i];
        g_string_append_printf(text, "%s%s", i == 0 ? ": " : ", ",
            lac_align_get_info(step->method)->title);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

// Exclusions may have changed while it ran; pixels may not.
static LacSeries *
take_over(const LacSeries *now, const LacSeries *aligned)
{
    return lac_series_with_poses(now, aligned);
}

static void
align_done(LacSession *self, gpointer result)
{
    self->aligning = FALSE;
    GPtrArray *steps = result;
    LacSeries *now = lac_session_get_series(self);
    const LacAlignment *last = steps != NULL ? steps->pdata[steps->len - 1] : NULL;
    if (last != NULL && now != NULL && now->n == last->after->n &&
        now->buffer == last->after->buffer) {
        g_autofree char *label = name_steps(steps);
        g_autoptr(LacSeries) series = take_over(now, last->after);
        g_clear_pointer(&self->alignments, g_ptr_array_unref);
        self->alignments = g_ptr_array_ref(steps);
        self->alignments_serial = self->last_serial + 1; // of the state that this makes
        lac_session_store_series(self, series, label);
        lac_session_offer(self, "The projections are aligned", "Undo", "win.undo");
    }
    else if (last != NULL) {
        lac_session_say(self, "The projections changed while they were aligned: nothing was kept.");
    }
    lac_session_emit(self, LAC_SESSION_SERIES_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

/**
 * lac_session_is_aligning:
 * @self: a session
 *
 * Returns: whether the active job aligns the projections
 */
gboolean
lac_session_is_aligning(LacSession *self)
{
    return self->aligning;
}

// Is the newest alignment part of the history as it is now, not undone?
static gboolean
is_in_effect(LacSession *self)
{
    if (self->alignments == NULL)
        return FALSE;
    if (self->state->serial == self->alignments_serial)
        return TRUE;
    for (guint i = 0; i < self->undo->len; i++) {
        const LacSessionState *state = self->undo->pdata[i];
        if (state->edit == NULL && state->serial == self->alignments_serial)
            return TRUE;
    }
    return FALSE;
}

/**
 * lac_session_get_alignments:
 * @self: a session
 *
 * Returns: (transfer none) (nullable) (element-type LacAlignment): what the newest alignment changed,
 * step by step; %NULL while it is undone and of other projections
 */
GPtrArray *
lac_session_get_alignments(LacSession *self)
{
    const LacSeries *series = lac_session_get_series(self);
    const LacAlignment *first = self->alignments != NULL ? self->alignments->pdata[0] : NULL;
    return series != NULL && is_in_effect(self) && first->after->n == series->n &&
            first->after->buffer == series->buffer
        ? self->alignments
        : NULL;
}

/**
 * lac_session_is_alignment_stale:
 * @self: a session
 *
 * Returns: whether the projections have got other pixels since they were aligned, as by denoising
 */
gboolean
lac_session_is_alignment_stale(LacSession *self)
{
    const LacSeries *series = lac_session_get_series(self);
    const LacAlignment *first = self->alignments != NULL ? self->alignments->pdata[0] : NULL;
    return series != NULL && is_in_effect(self) && first->after->n == series->n &&
        first->after->buffer != series->buffer && lac_series_is_shifted(series);
}

/**
 * lac_session_align:
 * @self: a session
 * @methods: (array length=n): in the order of work
 * @n: how many, 1 to LAC_ALIGN_MAX_STEPS
 * @params: of all of them
 *
 * Aligns the projections in the background; all methods together are one step of the history.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_session_align(LacSession *self, const LacAlignMethod *methods, guint n,
    const LacAlignParams *params)
{
    g_return_val_if_fail(LAC_IS_SESSION(self) && n > 0 && n <= LAC_ALIGN_MAX_STEPS, FALSE);

    LacSeries *series = lac_session_get_series(self);
    if (lac_session_refuse_if_busy(self))
        return FALSE;
    if (series == NULL) {
        lac_session_say(self, "There are no projections to align: open some first.");
        return FALSE;
    }
    AlignData *data = g_new0(AlignData, 1);
    data->series = lac_series_ref(series);
    memcpy(data->methods, methods, n * sizeof *methods);
    data->n_methods = n;
    data->params = *params;
    self->aligning = TRUE;
    g_autoptr(LacJob) job = lac_job_new("Alignment", align_job, data, align_data_free, unref_steps);
    lac_session_start_job(self, job, align_done, unref_steps, "The alignment failed");
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    return TRUE;
}
