// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session-private.h"

#include <string.h>

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
    lac_session_fit_position(self);
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
