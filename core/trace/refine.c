// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/refine.h"

#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "core/trace/atom-image.h"
#include "core/trace/model-residual.h"

#include <math.h>
#include <string.h>

#define DAMPING       0.01 // of the blocks on the diagonal: atoms that hide each other stay calm
#define LARGEST_STEP  0.25 // [Å] of an atom in one round
#define MAX_HALVINGS  5
#define WORTH_A_ROUND 1e-4 // a relative gain of the sum of squares below this ends the rounds

// One round at fixed widths and heights.
typedef struct {
    LacAtoms *atoms;         // owned by the caller: as far as they are refined
    const LacSeries *series; // projections that are fitted are not excluded
    const LacModelResidual *fit;
    gsize n, n_pixels;
    double *sigma;            // per atom
    LacVec3 *products;        // per projection and atom
    LacMat3 *squares;         // per projection and atom
    LacMat3 *blocks;          // per atom: of the normal matrix
    LacMat3 *inverses;        // of the damped blocks
    float *drawn;             // per projection
    double *sums;             // per projection
    const float *seen;        // what the atoms look at
    const LacVec3 *direction; // along which they move
    gboolean with_squares;
} Round;

static void
clear_round(Round *round)
{
    g_free(round->sigma);
    g_free(round->products);
    g_free(round->squares);
    g_free(round->blocks);
    g_free(round->inverses);
    g_free(round->sums);
    lac_free(round->drawn);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Round, clear_round)

/**
 * lac_refine_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_refine_params_init(LacRefineParams *params)
{
    *params = (LacRefineParams){ .n_rounds = 8, .n_steps = 8, .max_shift = 1.0 };
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
    g_free(self);
}

static LacAtomImage
image_of(const Round *round)
{
    return (LacAtomImage){ round->atoms, round->sigma, round->fit->height };
}

static gboolean
open_round(Round *round, GError **error)
{
    gsize n = MAX(round->n, 1), n_parts = 0, n_bytes = 0;
    gboolean fits = g_size_checked_mul(&n_parts, n, round->series->n) &&
        g_size_checked_mul(&n_bytes, n_parts, sizeof(LacMat3)) && n_bytes <= G_MAXSSIZE;
    round->products = fits ? g_try_new(LacVec3, n_parts) : NULL;
    round->squares = fits ? g_try_new(LacMat3, n_parts) : NULL;
    if (round->products == NULL || round->squares == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for the positions of the atoms");
        return FALSE;
    }
    round->sigma = g_new0(double, n);
    round->blocks = g_new0(LacMat3, n);
    round->inverses = g_new0(LacMat3, n);
    round->sums = g_new0(double, round->series->n);
    round->drawn = lac_alloc_floats(round->series->n * round->n_pixels, error);
    return round->drawn != NULL;
}

static void
gather(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Round *round = data;
    LacAtomImage image = image_of(round);
    for (gsize k = begin; k < end; k++) {
        LacVec3 *product = round->products + k * round->n;
        LacMat3 *square = round->with_squares ? round->squares + k * round->n : NULL;
        memset(product, 0, round->n * sizeof *product);
        if (square != NULL)
            memset(square, 0, round->n * sizeof *square);
        if (!round->series->excluded[k])
            lac_atom_image_gather_moves(&image, round->series, k, round->seen + k * round->n_pixels,
                product, square);
    }
}

// What all atoms see of @seen in the projections, in the order of the projections.
static void
look(Round *round, const float *seen, LacVec3 *sum)
{
    round->seen = seen;
    lac_parallel_for(round->series->n, 1, gather, round);
    memset(sum, 0, round->n * sizeof *sum);
    for (gsize k = 0; k < round->series->n; k++)
        for (gsize i = 0; i < round->n; i++)
            sum[i] = lac_vec3_add_scaled(sum[i], 1.0, round->products[k * round->n + i]);
}

static void
draw_moves(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Round *round = data;
    LacAtomImage image = image_of(round);
    for (gsize k = begin; k < end; k++) {
        float *drawn = round->drawn + k * round->n_pixels;
        const float *measured = lac_series_get_projection(round->series, k);
        memset(drawn, 0, round->n_pixels * sizeof *drawn);
        if (round->series->excluded[k])
            continue;
        lac_atom_image_add_moves(&image, round->series, k, round->direction, drawn);
        for (gsize i = 0; i < round->n_pixels; i++)
            drawn[i] = isfinite(measured[i]) ? drawn[i] : 0.0f;
    }
}

static void
measure_squares(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Round *round = data;
    LacAtomImage image = image_of(round);
    for (gsize k = begin; k < end; k++) {
        float *drawn = round->drawn + k * round->n_pixels;
        const float *measured = lac_series_get_projection(round->series, k);
        round->sums[k] = 0.0;
        if (round->series->excluded[k])
            continue;
        for (gsize i = 0; i < round->n_pixels; i++)
            drawn[i] = (float) round->fit->background;
        lac_atom_image_add(&image, round->series, k, drawn);
        for (gsize i = 0; i < round->n_pixels; i++) {
            double d = isfinite(measured[i]) ? (double) (measured[i] - drawn[i]) : 0.0;
            round->sums[k] += d * d;
        }
    }
}

// The sum of squares that the atoms leave where they are now.
static double
measure(Round *round)
{
    double sum = 0.0;
    lac_parallel_for(round->series->n, 1, measure_squares, round);
    for (gsize k = 0; k < round->series->n; k++)
        sum += round->sums[k];
    return sum;
}

// Blocks of the normal matrix, and their damped inverses; an atom that no projection sees gets 0.
static void
sum_blocks(Round *round)
{
    for (gsize i = 0; i < round->n; i++) {
        LacMat3 sum = { 0 };
        for (gsize k = 0; k < round->series->n; k++)
            for (guint c = 0; c < 9; c++)
                sum.m[c / 3][c % 3] += round->squares[k * round->n + i].m[c / 3][c % 3];
        round->blocks[i] = sum;
        for (guint c = 0; c < 3; c++)
            sum.m[c][c] *= 1.0 + DAMPING;
        if (!lac_mat3_invert(&sum, &round->inverses[i]))
            round->inverses[i] = (LacMat3){ 0 };
    }
}

static double
dot(const LacVec3 *a, const LacVec3 *b, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += lac_vec3_dot(a[i], b[i]);
    return sum;
}

// The damped normal matrix times @direction.
static void
apply_normal(Round *round, const LacVec3 *direction, LacVec3 *out)
{
    round->direction = direction;
    lac_parallel_for(round->series->n, 1, draw_moves, round);
    look(round, round->drawn, out);
    for (gsize i = 0; i < round->n; i++) {
        const double(*m)[3] = (const double(*)[3]) round->blocks[i].m;
        out[i].x += DAMPING * m[0][0] * direction[i].x;
        out[i].y += DAMPING * m[1][1] * direction[i].y;
        out[i].z += DAMPING * m[2][2] * direction[i].z;
    }
}

// Gauss-Newton moves: conjugate gradients on the normal equations, each atom's block inverted.
static gboolean
solve_moves(Round *round, guint n_steps, LacVec3 *moves, LacProgress *progress, GError **error)
{
    gsize n = round->n;
    g_autofree LacVec3 *left = g_new0(LacVec3, MAX(n, 1)), *scaled = g_new0(LacVec3, MAX(n, 1)),
                       *direction = g_new0(LacVec3, MAX(n, 1)), *image = g_new0(LacVec3, MAX(n, 1));
    round->with_squares = TRUE;
    look(round, round->fit->residual->data, left);
    sum_blocks(round);
    round->with_squares = FALSE;
    memset(moves, 0, n * sizeof *moves);
    double before = 0.0;
    for (guint step = 0; step < n_steps; step++) {
        if (lac_progress_is_cancelled(progress))
            return lac_progress_update(progress, lac_progress_get_fraction(progress), error);
        for (gsize i = 0; i < n; i++)
            scaled[i] = lac_mat3_apply(&round->inverses[i], left[i]);
        double now = dot(left, scaled, n);
        if (!(now > 0.0))
            break;
        for (gsize i = 0; i < n; i++)
            direction[i] =
                lac_vec3_add_scaled(scaled[i], step > 0 ? now / before : 0.0, direction[i]);
        before = now;
        apply_normal(round, direction, image);
        double curvature = dot(direction, image, n);
        if (!(curvature > 0.0))
            break;
        for (gsize i = 0; i < n; i++) {
            moves[i] = lac_vec3_add_scaled(moves[i], now / curvature, direction[i]);
            left[i] = lac_vec3_add_scaled(left[i], -now / curvature, image[i]);
        }
    }
    return TRUE;
}

// The place of atom @i after a share of its move, not too far from where it was at first.
static LacVec3
place_after(const LacAtoms *first, gsize i, LacVec3 from, LacVec3 move, double share,
    double max_shift)
{
    double length = lac_vec3_norm(move);
    double factor = length > LARGEST_STEP ? share * LARGEST_STEP / length : share;
    LacVec3 start = { first->x[i], first->y[i], first->z[i] };
    LacVec3 away = lac_vec3_subtract(lac_vec3_add_scaled(from, factor, move), start);
    double shift = lac_vec3_norm(away);
    return lac_vec3_add_scaled(start, shift > max_shift ? max_shift / shift : 1.0, away);
}

// Moves the atoms; halves the moves as long as they make it worse. Returns the relative gain.
static double
take_moves(Round *round, const LacAtoms *first, const LacVec3 *moves, double max_shift)
{
    LacAtoms *atoms = round->atoms;
    g_autofree LacVec3 *from = g_new(LacVec3, MAX(round->n, 1));
    for (gsize i = 0; i < round->n; i++)
        from[i] = (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
    double before = measure(round), share = 1.0;
    for (guint k = 0; k <= MAX_HALVINGS; k++, share *= 0.5) {
        for (gsize i = 0; i < round->n; i++) {
            if (round->fit->height[i] == 0.0)
                continue;
            LacVec3 p = place_after(first, i, from[i], moves[i], share, max_shift);
            atoms->x[i] = p.x;
            atoms->y[i] = p.y;
            atoms->z[i] = p.z;
        }
        double after = measure(round);
        if (after < before)
            return 1.0 - after / before;
    }
    for (gsize i = 0; i < round->n; i++) {
        atoms->x[i] = from[i].x;
        atoms->y[i] = from[i].y;
        atoms->z[i] = from[i].z;
    }
    return 0.0;
}

// [Å] What the noise of the pixels alone lets each position err by. Neighbours that overlap in
// every projection err more.
static void
store_errors(Round *round, double sum_of_squares)
{
    double *errors = lac_atoms_ensure_column(round->atoms, LAC_COLUMN_POSITION_ERROR);
    gsize n_measured = 0;
    for (gsize k = 0; k < round->series->n; k++)
        for (gsize i = 0; i < round->n_pixels && !round->series->excluded[k]; i++)
            n_measured += isfinite(lac_series_get_projection(round->series, k)[i]) ? 1 : 0;
    double variance = n_measured > 0 ? sum_of_squares / (double) n_measured : 0.0;
    for (gsize i = 0; i < round->n; i++) {
        LacMat3 inverse;
        gboolean is_known =
            round->fit->height[i] > 0.0 && lac_mat3_invert(&round->blocks[i], &inverse);
        errors[i] = is_known
            ? sqrt(variance * (inverse.m[0][0] + inverse.m[1][1] + inverse.m[2][2]))
            : (double) NAN;
    }
}

// A whole refinement.
typedef struct {
    const LacAtoms *first;
    const LacSeries *series;
    const LacRefineParams *params;
    LacRefinement *out;
    LacAtoms *atoms;       // the newest
    LacModelResidual *fit; // of the newest
    LacProgress *progress;
} Work;

static void
clear_work(Work *work)
{
    lac_atoms_unref(work->atoms);
    lac_model_residual_unref(work->fit);
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

// One round from where the atoms are; @gain is relative, of the sum of squares.
static gboolean
refine_once(Work *work, double *gain, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(work->atoms, work->atoms->n);
    g_auto(Round) round = {
        .atoms = atoms,
        .series = work->series,
        .fit = work->fit,
        .n = atoms->n,
        .n_pixels = work->series->nv * work->series->nu,
    };
    if (!open_round(&round, error))
        return FALSE;
    for (gsize i = 0; i < round.n; i++)
        round.sigma[i] = work->fit->sigma[MIN(atoms->species[i], work->fit->n_species - 1)];
    g_autofree LacVec3 *moves = g_new(LacVec3, MAX(round.n, 1));
    if (!solve_moves(&round, work->params->n_steps, moves, work->progress, error))
        return FALSE;
    *gain = take_moves(&round, work->first, moves, work->params->max_shift);
    store_errors(&round, measure(&round));
    lac_atoms_unref(work->atoms);
    work->atoms = g_steal_pointer(&atoms);
    return describe(work, error);
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
 * which takes plain gradient steps. Records stay where they are. No projection is held out to judge:
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
        .series = series,
        .params = params,
        .out = out,
        .atoms = lac_atoms_copy(atoms, atoms->n),
        .progress = progress,
    };
    if (!lac_progress_update(progress, 0.0, error) || !describe(&work, error))
        return NULL;
    out->r1_before = work.fit->r1;
    if (!refine_while_better(&work, error))
        return NULL;
    sum_up(&work);
    if (!lac_progress_update(progress, 1.0, error))
        return NULL;
    out->atoms = g_steal_pointer(&work.atoms);
    return g_steal_pointer(&out);
}
