// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/again.h"

#include "core/recipe/progress-part.h"
#include "core/trace/box.h"

#include <string.h>

// Shares of the time, about.
#define RECON_ENDS    0.55
#define TRACE_ENDS    0.65
#define CLASSIFY_ENDS 0.7

// Less than this no volume can tell, rms.
#define SETTLED_SHIFT 0.02 // [pixel]
#define SETTLED_TURN  0.05 // [deg]

typedef struct {
    const LacAgainParams *params;
    LacSeries *series, *measured; // with the newest poses
    LacAgain *out;
    LacProgress *progress;
    guint round;
} Work;

static void
clear_work(Work *work)
{
    lac_series_unref(work->series);
    lac_series_unref(work->measured);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, clear_work)

/**
 * lac_again_free:
 * @self: (nullable) (transfer full): a second round
 */
void
lac_again_free(LacAgain *self)
{
    if (self == NULL)
        return;
    lac_recon_unref(self->recon);
    lac_series_unref(self->series);
    lac_atoms_unref(self->atoms);
    lac_refinement_free(self->refinement);
    g_free(self);
}

static void
begin_part(const Work *work, LacProgressPart *part, double from, double to)
{
    const double n = (double) work->params->n_rounds, r = (double) work->round;
    lac_progress_part_begin(part, work->progress, (r + from) / n, (r + to) / n);
}

static gboolean
reconstruct(Work *work, GError **error)
{
    g_auto(LacProgressPart) part = { 0 };
    begin_part(work, &part, 0.0, work->params->trace != NULL ? RECON_ENDS : 1.0);
    LacRecon *recon = lac_recon_run(work->series, work->params->recon, work->params->mask, NULL,
        NULL, part.progress, error);
    if (recon == NULL)
        return FALSE;
    lac_recon_unref(work->out->recon);
    lac_series_unref(work->out->series);
    work->out->recon = recon;
    work->out->is_settled = TRUE;
    work->out->series = lac_series_ref(work->series);
    return TRUE;
}

static gboolean
take_atoms(Work *work, LacAtoms *atoms)
{
    if (atoms == NULL)
        return FALSE;
    lac_atoms_unref(work->out->atoms);
    work->out->atoms = atoms;
    return TRUE;
}

static gboolean
trace(Work *work, GError **error)
{
    const LacVolume *volume = work->out->recon->volume;
    g_auto(LacProgressPart) part = { 0 };
    begin_part(work, &part, RECON_ENDS, TRACE_ENDS);
    lac_progress_message(part.progress, "Tracing atoms");
    LacAtoms *atoms =
        lac_trace(volume, work->params->trace_mask, work->params->trace, part.progress, error);
    return take_atoms(work, atoms) &&
        lac_box_intensities(volume, work->out->atoms, 0.0, NULL, error);
}

static gboolean
classify(Work *work, GError **error)
{
    g_auto(LacProgressPart) part = { 0 };
    if (work->params->classify == NULL)
        return TRUE;
    begin_part(work, &part, TRACE_ENDS, CLASSIFY_ENDS);
    lac_progress_message(part.progress, "Classifying atoms");
    return take_atoms(work,
        lac_classify(work->out->atoms, work->out->recon->volume, work->params->classify,
            &work->out->report, part.progress, error));
}

static gboolean
refine(Work *work, GError **error)
{
    g_auto(LacProgressPart) part = { 0 };
    if (work->params->refine == NULL)
        return TRUE;
    begin_part(work, &part, CLASSIFY_ENDS, 1.0);
    LacRefinement *refined =
        lac_refine(work->out->atoms, work->measured, work->params->refine, part.progress, error);
    if (refined == NULL)
        return FALSE;
    lac_refinement_free(work->out->refinement);
    work->out->refinement = refined;
    work->out->is_settled =
        refined->rms_moved < SETTLED_SHIFT && refined->rms_turned < SETTLED_TURN;
    take_atoms(work, lac_atoms_ref(refined->atoms));
    if (refined->series == NULL)
        return TRUE;
    LacSeries *series = lac_series_with_refined(work->series, work->measured, refined->series);
    lac_series_unref(work->series);
    lac_series_unref(work->measured);
    work->series = series;
    work->measured = lac_series_ref(refined->series);
    return TRUE;
}

static gboolean
run_round(Work *work, GError **error)
{
    if (!reconstruct(work, error))
        return FALSE;
    return work->params->trace == NULL ||
        (trace(work, error) && classify(work, error) && refine(work, error));
}

/**
 * lac_again_run:
 * @series: projections as they are reconstructed, perhaps denoised, with refined poses
 * @measured: the same as they were measured, which the atoms are refined against
 * @params: the parameters of every step
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Reconstructs with the poses that the atoms have told, traces that volume, classifies and refines
 * again, as many rounds as wanted. Poses are numbers: what was measured is taken as it is in every
 * round and never resampled. The volume is that of the poses before the last refinement; how far
 * they moved after it is in the result, and whether that matters.
 *
 * Returns: (transfer full): what came out, or %NULL with @error set
 */
LacAgain *
lac_again_run(const LacSeries *series, const LacSeries *measured, const LacAgainParams *params,
    LacProgress *progress, GError **error)
{
    g_return_val_if_fail(params->n_rounds > 0 && params->recon != NULL, NULL);

    g_autoptr(LacAgain) out = g_new0(LacAgain, 1);
    g_auto(Work) work = {
        .params = params,
        .series = lac_series_copy(series),
        .measured = lac_series_with_poses(measured, series), // its own gains
        .out = out,
        .progress = progress,
    };
    for (work.round = 0; work.round < params->n_rounds; work.round++)
        if (!run_round(&work, error))
            return NULL;
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&out) : NULL;
}
