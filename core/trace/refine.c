// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/refine.h"

#include "core/error.h"
#include "core/matrix.h"
#include "core/trace/model-residual.h"
#include "core/trace/refine-private.h"

#include <math.h>

#define WORTH_A_ROUND 1e-4 // a relative gain of the sum of squares below this ends the rounds

/**
 * lac_refine_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_refine_params_init(LacRefineParams *params)
{
    *params = (LacRefineParams){ .n_rounds = 8,
        .n_steps = 8,
        .max_shift = 1.0,
        .max_turn = 3.0,
        .gains = TRUE };
}

/**
 * lac_refinement_free:
 * @self: (nullable) (transfer full): a refinement
 */
void
lac_refinement_free(LacRefinement *self)
{
    if (self == NULL)
        return;
    lac_atoms_unref(self->atoms);
    lac_series_unref(self->series);
    g_free(self);
}

// A whole refinement.
typedef struct {
    const LacAtoms *first;
    const LacSeries *first_series;
    const LacRefineParams *params;
    LacRefinement *out;
    LacAtoms *atoms;       // the newest
    LacSeries *series;     // with the newest poses; pixels of its own, divided by the gains
    double *gains;         // found so far
    LacModelResidual *fit; // of the newest
    LacProgress *progress;
} Work;

static void
clear_work(Work *work)
{
    lac_atoms_unref(work->atoms);
    lac_series_unref(work->series);
    lac_model_residual_unref(work->fit);
    g_free(work->gains);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, clear_work)

static gboolean
describe(Work *work, GError **error)
{
    LacModelResidualParams params;
    lac_model_residual_params_init(&params);
    params.each = work->params->each;
    if (work->fit != NULL && work->fit->n_species == 1)
        params.sigma = work->fit->sigma[0];
    g_autoptr(LacModelResidual) fit =
        lac_model_residual_new(work->atoms, work->series, &params, NULL, error);
    if (fit == NULL)
        return FALSE;
    lac_model_residual_unref(work->fit);
    work->fit = g_steal_pointer(&fit);
    return TRUE;
}

static void
fit_gains(Work *work)
{
    if (work->params->gains && work->params->poses != LAC_REFINE_NO_POSES)
        lac_refine_fit_gains(work->series, work->fit, work->gains);
}

// One round from where the atoms are; @gain is relative, of the sum of squares.
static gboolean
refine_once(Work *work, double *gain, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(work->atoms, work->atoms->n);
    g_autoptr(LacSeries) series = lac_series_copy(work->series);
    g_auto(LacRefineRound) round = {
        .params = work->params,
        .atoms = atoms,
        .series = series,
        .fit = work->fit,
        .n = atoms->n,
        .n_pixels = series->nv * series->nu,
    };
    if (!lac_refine_round_open(&round, error))
        return FALSE;
    g_autofree LacVec3 *moves = g_new(LacVec3, MAX(round.n, 1));
    g_autofree LacPose *poses = g_new(LacPose, series->n);
    if (!lac_refine_round_solve(&round, moves, poses, work->progress, error))
        return FALSE;
    *gain = lac_refine_round_take(&round, work->first, work->first_series, moves, poses);
    lac_refine_round_store_errors(&round);
    lac_atoms_unref(work->atoms);
    lac_series_unref(work->series);
    work->atoms = g_steal_pointer(&atoms);
    work->series = g_steal_pointer(&series);
    if (!describe(work, error))
        return FALSE;
    fit_gains(work);
    return TRUE;
}

// Rounds, as long as each is worth it.
static gboolean
refine_while_better(Work *work, GError **error)
{
    for (guint r = 0; r < work->params->n_rounds; r++) {
        double gain = 0.0;
        lac_progress_message(work->progress, "Refining positions, round %u", r + 1);
        if (!lac_progress_update(work->progress, (double) r / (double) work->params->n_rounds,
                error) ||
            !refine_once(work, &gain, error))
            return FALSE;
        if (gain > 0.0)
            work->out->n_rounds++;
        if (gain < WORTH_A_ROUND)
            break;
    }
    return TRUE;
}

static void
sum_up(const Work *work)
{
    LacRefinement *out = work->out;
    const LacAtoms *from = work->first, *to = work->atoms;
    const double *errors = lac_atoms_get_column(to, LAC_COLUMN_POSITION_ERROR);
    gsize n = 0;
    double shifts = 0.0, all_errors = 0.0;
    for (gsize i = 0; i < to->n; i++) {
        if (!lac_atoms_is_present(to, i))
            continue;
        LacVec3 d = { to->x[i] - from->x[i], to->y[i] - from->y[i], to->z[i] - from->z[i] };
        double shift = lac_vec3_norm(d);
        shifts += shift;
        out->max_shift = MAX(out->max_shift, shift);
        all_errors += errors != NULL && isfinite(errors[i]) ? errors[i] : 0.0;
        n++;
    }
    out->mean_shift = n > 0 ? shifts / (double) n : 0.0;
    out->mean_error = n > 0 && errors != NULL ? all_errors / (double) n : (double) NAN;
    out->r1_after = work->fit->r1;
}

// The pixels as they were measured, with what was found.
static LacSeries *
make_series(const Work *work)
{
    LacSeries *out = lac_series_with_poses(work->first_series, work->series);
    for (gsize k = 0; k < out->n; k++)
        out->gains[k] = CLAMP(out->gains[k] * work->gains[k], LAC_GAIN_MIN, LAC_GAIN_MAX);
    return out;
}

// What the poses have changed by, once what the object has done as a whole is taken out.
static void
sum_up_poses(const Work *work)
{
    const LacSeries *from = work->first_series, *to = work->series;
    double moved = 0.0, turned = 0.0, brighter = 0.0, n = 0.0;
    for (gsize k = 0; k < to->n; k++) {
        if (to->excluded[k])
            continue;
        const LacAngles *a = &from->angles[k], *b = &to->angles[k];
        LacMat3 then = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
        LacMat3 now = lac_rotation_from_euler_deg(b->phi, b->theta, b->psi);
        LacMat3 back = lac_mat3_transpose(&then), change = lac_mat3_multiply(&now, &back);
        double turn = lac_rotation_get_angle_deg(&change, NULL);
        moved += 0.5 * pow(to->shifts[k].du - from->shifts[k].du, 2.0) +
            0.5 * pow(to->shifts[k].dv - from->shifts[k].dv, 2.0);
        turned += turn * turn;
        brighter += pow(work->gains[k] - 1.0, 2.0);
        n += 1.0;
    }
    work->out->rms_moved = sqrt(moved / MAX(n, 1.0));
    work->out->rms_turned = sqrt(turned / MAX(n, 1.0));
    work->out->rms_gain = sqrt(brighter / MAX(n, 1.0));
}

static gboolean
check(const LacSeries *series, const LacRefineParams *params, GError **error)
{
    if (lac_series_count_included(series) < 3)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A refinement needs at least 3 projections, %" G_GSIZE_FORMAT " are not excluded",
            lac_series_count_included(series));
    else if (!(params->max_shift > 0.0 && isfinite(params->max_shift)))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The largest shift of %g Å is not a positive length", params->max_shift);
    else
        return TRUE;
    return FALSE;
}

/**
 * lac_refine:
 * @atoms: the model; positions [Å]
 * @series: measured projections with their angles and shifts
 * @params: how
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Moves the atoms so that one Gaussian per atom describes the projections best, in the sense of
 * least squares. Each round fits widths and heights, then takes a Gauss-Newton step for all
 * positions together, solved by conjugate gradients, with the exact derivative. The idea is that of
 * the published refinement (Yang et al., Nature 592, 60 (2021), doi:10.1038/s41586-021-03354-0),
 * which takes plain gradient steps. Where poses are refined too, all of them and all positions take
 * their step together, and between the steps each projection gets the gain that describes it best;
 * what the model then has moved and turned as a whole is taken out, so that it stays where its
 * volume is. Records stay where they are. No projection is held out to judge:
 * the atoms were traced in a reconstruction of all of them, so that none is a stranger to them.
 *
 * Returns: (transfer full): the refined model and how it compares, or %NULL with @error set
 */
LacRefinement *
lac_refine(const LacAtoms *atoms, const LacSeries *series, const LacRefineParams *params,
    LacProgress *progress, GError **error)
{
    if (!check(series, params, error))
        return NULL;
    g_autoptr(LacRefinement) out = g_new0(LacRefinement, 1);
    g_auto(Work) work = {
        .first = atoms,
        .first_series = series,
        .params = params,
        .out = out,
        .atoms = lac_atoms_copy(atoms, atoms->n),
        .series = lac_refine_open_pixels(series, error),
        .gains = g_new(double, series->n),
        .progress = progress,
    };
    for (gsize k = 0; k < series->n; k++)
        work.gains[k] = 1.0;
    if (work.series == NULL || !lac_progress_update(progress, 0.0, error) ||
        !describe(&work, error))
        return NULL;
    out->r1_before = work.fit->r1;
    fit_gains(&work);
    if (!refine_while_better(&work, error))
        return NULL;
    if (params->poses != LAC_REFINE_NO_POSES) {
        lac_poses_keep_atoms(work.series, work.atoms, atoms, params->poses == LAC_REFINE_ALL_POSES);
        sum_up_poses(&work);
    }
    sum_up(&work);
    if (!lac_progress_update(progress, 1.0, error))
        return NULL;
    out->atoms = g_steal_pointer(&work.atoms);
    if (params->poses != LAC_REFINE_NO_POSES)
        out->series = make_series(&work);
    return g_steal_pointer(&out);
}
