// SPDX-License-Identifier: GPL-3.0-or-later
// A Gauss-Newton step of all positions, and of all poses with them, by conjugate gradients.
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "core/trace/refine-private.h"

#include <math.h>
#include <string.h>

#define DAMPING      0.01 // of the blocks on the diagonal: atoms that hide each other stay calm
#define LARGEST_STEP 0.25 // [Å] of an atom in one round
#define MAX_HALVINGS 5

static gboolean
with_poses(const LacRefineRound *round)
{
    return round->params->poses != LAC_REFINE_NO_POSES;
}

static gboolean
is_free(const LacRefineParams *params, guint component)
{
    return params->poses == LAC_REFINE_ALL_POSES ||
        (component < 2 && params->poses == LAC_REFINE_SHIFTS);
}

/**
 * lac_refine_round_clear:
 * @round: a round, also one that could not be opened
 */
void
lac_refine_round_clear(LacRefineRound *round)
{
    g_free(round->sigma);
    g_free(round->products);
    g_free(round->squares);
    g_free(round->blocks);
    g_free(round->inverses);
    g_free(round->pose_blocks);
    g_free(round->pose_inverses);
    g_free(round->pose_sums);
    g_free(round->sums);
    lac_free(round->drawn);
}

static LacAtomImage
image_of(const LacRefineRound *round)
{
    return (LacAtomImage){ round->atoms, round->sigma, round->fit->height };
}

/**
 * lac_refine_round_open:
 * @round: with its atoms, series, fit and parameters set
 * @error: return location for a #GError
 *
 * Returns: whether there is memory for it
 */
gboolean
lac_refine_round_open(LacRefineRound *round, GError **error)
{
    gsize n = MAX(round->n, 1), n_parts = 0, n_bytes = 0, n_series = round->series->n;
    gboolean fits = g_size_checked_mul(&n_parts, n, n_series) &&
        g_size_checked_mul(&n_bytes, n_parts, sizeof(LacMat3)) && n_bytes <= G_MAXSSIZE;
    round->products = fits ? g_try_new(LacVec3, n_parts) : NULL;
    round->squares = fits ? g_try_new(LacMat3, n_parts) : NULL;
    if (round->products == NULL || round->squares == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for the positions of the atoms");
        return FALSE;
    }
    round->sigma = g_new0(double, n);
    for (gsize i = 0; i < round->n; i++)
        round->sigma[i] =
            round->fit->sigma[MIN(round->atoms->species[i], round->fit->n_species - 1)];
    round->blocks = g_new0(LacMat3, n);
    round->inverses = g_new0(LacMat3, n);
    round->pose_blocks = g_new0(LacPoseMatrix, n_series);
    round->pose_inverses = g_new0(LacPoseMatrix, n_series);
    round->pose_sums = g_new0(LacPose, n_series);
    round->sums = g_new0(double, n_series);
    round->drawn = lac_alloc_floats(n_series * round->n_pixels, error);
    return round->drawn != NULL;
}

// --- atoms and poses look at images

static void
gather(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    LacRefineRound *round = data;
    LacAtomImage image = image_of(round);
    for (gsize k = begin; k < end; k++) {
        LacVec3 *product = round->products + k * round->n;
        LacMat3 *square = round->with_squares ? round->squares + k * round->n : NULL;
        memset(product, 0, round->n * sizeof *product);
        if (square != NULL)
            memset(square, 0, round->n * sizeof *square);
        round->pose_sums[k] = (LacPose){ { 0.0 } };
        if (round->series->excluded[k])
            continue;
        lac_atom_image_gather_moves(&image, round->series, k, round->seen + k * round->n_pixels,
            product, square);
        if (with_poses(round))
            lac_pose_from_products(round->atoms, round->series, k, product, &round->pose_sums[k]);
        for (guint c = 0; c < LAC_POSE_SIZE; c++)
            if (!is_free(round->params, c))
                round->pose_sums[k].x[c] = 0.0;
    }
}

// What all atoms see of @seen in the projections, in the order of the projections, and what each
// pose sees of it.
static void
look(LacRefineRound *round, const float *seen, LacVec3 *sum, LacPose *pose_sum)
{
    round->seen = seen;
    lac_parallel_for(round->series->n, 1, gather, round);
    memset(sum, 0, round->n * sizeof *sum);
    for (gsize k = 0; k < round->series->n; k++)
        for (gsize i = 0; i < round->n; i++)
            sum[i] = lac_vec3_add_scaled(sum[i], 1.0, round->products[k * round->n + i]);
    memcpy(pose_sum, round->pose_sums, round->series->n * sizeof *pose_sum);
}

static void
hide_unmeasured(const LacRefineRound *round, gsize k, float *image)
{
    const float *measured = lac_series_get_projection(round->series, k);
    for (gsize i = 0; i < round->n_pixels; i++)
        image[i] = isfinite(measured[i]) ? image[i] : 0.0f;
}

static void
draw_moves(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    LacRefineRound *round = data;
    LacAtomImage image = image_of(round);
    g_autofree LacVec3 *moves = g_new(LacVec3, MAX(round->n, 1));
    for (gsize k = begin; k < end; k++) {
        float *drawn = round->drawn + k * round->n_pixels;
        memset(drawn, 0, round->n_pixels * sizeof *drawn);
        if (round->series->excluded[k])
            continue;
        memcpy(moves, round->direction, round->n * sizeof *moves);
        if (with_poses(round))
            lac_pose_to_moves(round->atoms, round->series, k, &round->pose_direction[k], moves);
        lac_atom_image_add_moves(&image, round->series, k, moves, drawn);
        hide_unmeasured(round, k, drawn);
    }
}

static void
measure_squares(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    LacRefineRound *round = data;
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
measure(LacRefineRound *round)
{
    double sum = 0.0;
    lac_parallel_for(round->series->n, 1, measure_squares, round);
    for (gsize k = 0; k < round->series->n; k++)
        sum += round->sums[k];
    return sum;
}

// --- blocks of the normal matrix

// An atom that no projection sees gets 0.
static void
sum_blocks(LacRefineRound *round)
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
dot_pixels(const float *a, const float *b, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += (double) (a[i] * b[i]);
    return sum;
}

// The products of what the steps of a projection change in it.
static void
square_poses(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    LacRefineRound *round = data;
    LacAtomImage image = image_of(round);
    const gsize n = round->n_pixels;
    g_autofree LacVec3 *moves = g_new(LacVec3, MAX(round->n, 1));
    g_autofree float *steps = g_new(float, LAC_POSE_SIZE *n);
    for (gsize k = begin; k < end; k++) {
        LacPoseMatrix damped, *block = &round->pose_blocks[k];
        if (round->series->excluded[k])
            continue;
        memset(steps, 0, LAC_POSE_SIZE * n * sizeof *steps);
        for (guint c = 0; c < LAC_POSE_SIZE; c++) {
            LacPose unit = { { 0.0 } };
            if (!is_free(round->params, c))
                continue;
            unit.x[c] = 1.0;
            memset(moves, 0, round->n * sizeof *moves);
            lac_pose_to_moves(round->atoms, round->series, k, &unit, moves);
            lac_atom_image_add_moves(&image, round->series, k, moves, steps + c * n);
            hide_unmeasured(round, k, steps + c * n);
            for (guint d = 0; d <= c; d++)
                block->m[c][d] = block->m[d][c] = dot_pixels(steps + c * n, steps + d * n, n);
        }
        damped = *block;
        for (guint c = 0; c < LAC_POSE_SIZE; c++)
            damped.m[c][c] *= 1.0 + DAMPING;
        lac_pose_matrix_invert(&damped, &round->pose_inverses[k]);
    }
}

// --- conjugate gradients

// A vector of all unknowns.
typedef struct {
    LacVec3 *moves;
    LacPose *poses;
} Unknowns;

static Unknowns
new_unknowns(const LacRefineRound *round)
{
    return (Unknowns){ g_new0(LacVec3, MAX(round->n, 1)), g_new0(LacPose, round->series->n) };
}

static void
clear_unknowns(Unknowns *u)
{
    g_free(u->moves);
    g_free(u->poses);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Unknowns, clear_unknowns)

static double
dot(const LacRefineRound *round, const Unknowns *a, const Unknowns *b)
{
    double sum = 0.0;
    for (gsize i = 0; i < round->n; i++)
        sum += lac_vec3_dot(a->moves[i], b->moves[i]);
    for (gsize k = 0; k < round->series->n; k++)
        for (guint c = 0; c < LAC_POSE_SIZE; c++)
            sum += a->poses[k].x[c] * b->poses[k].x[c];
    return sum;
}

// out := a + factor b
static void
add_scaled(const LacRefineRound *round, const Unknowns *a, double factor, const Unknowns *b,
    Unknowns *out)
{
    for (gsize i = 0; i < round->n; i++)
        out->moves[i] = lac_vec3_add_scaled(a->moves[i], factor, b->moves[i]);
    for (gsize k = 0; k < round->series->n; k++)
        for (guint c = 0; c < LAC_POSE_SIZE; c++)
            out->poses[k].x[c] = a->poses[k].x[c] + factor * b->poses[k].x[c];
}

static void
precondition(const LacRefineRound *round, const Unknowns *from, Unknowns *to)
{
    for (gsize i = 0; i < round->n; i++)
        to->moves[i] = lac_mat3_apply(&round->inverses[i], from->moves[i]);
    for (gsize k = 0; k < round->series->n; k++)
        to->poses[k] = lac_pose_matrix_apply(&round->pose_inverses[k], &from->poses[k]);
}

// The damped normal matrix times @direction.
static void
apply_normal(LacRefineRound *round, const Unknowns *direction, Unknowns *out)
{
    round->direction = direction->moves;
    round->pose_direction = direction->poses;
    lac_parallel_for(round->series->n, 1, draw_moves, round);
    look(round, round->drawn, out->moves, out->poses);
    for (gsize i = 0; i < round->n; i++) {
        const double(*m)[3] = (const double(*)[3]) round->blocks[i].m;
        out->moves[i].x += DAMPING * m[0][0] * direction->moves[i].x;
        out->moves[i].y += DAMPING * m[1][1] * direction->moves[i].y;
        out->moves[i].z += DAMPING * m[2][2] * direction->moves[i].z;
    }
    for (gsize k = 0; k < round->series->n; k++)
        for (guint c = 0; c < LAC_POSE_SIZE; c++)
            out->poses[k].x[c] +=
                DAMPING * round->pose_blocks[k].m[c][c] * direction->poses[k].x[c];
}

/**
 * lac_refine_round_solve:
 * @round: an open round
 * @moves: (out caller-allocates): [Å] per atom
 * @poses: (out caller-allocates): per projection
 * @progress: (nullable): cancel
 * @error: return location for a #GError
 *
 * Gauss-Newton steps: conjugate gradients on the damped normal equations of all unknowns together,
 * the block of each atom and of each projection inverted.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_refine_round_solve(LacRefineRound *round, LacVec3 *moves, LacPose *poses, LacProgress *progress,
    GError **error)
{
    g_auto(Unknowns) left = new_unknowns(round), scaled = new_unknowns(round),
                     direction = new_unknowns(round), image = new_unknowns(round);
    Unknowns step = { moves, poses };
    round->with_squares = TRUE;
    look(round, round->fit->residual->data, left.moves, left.poses);
    sum_blocks(round);
    round->with_squares = FALSE;
    if (with_poses(round))
        lac_parallel_for(round->series->n, 1, square_poses, round);
    memset(moves, 0, round->n * sizeof *moves);
    memset(poses, 0, round->series->n * sizeof *poses);
    double before = 0.0;
    for (guint s = 0; s < round->params->n_steps; s++) {
        if (lac_progress_is_cancelled(progress))
            return lac_progress_update(progress, lac_progress_get_fraction(progress), error);
        precondition(round, &left, &scaled);
        double now = dot(round, &left, &scaled);
        if (!(now > 0.0))
            break;
        add_scaled(round, &scaled, s > 0 ? now / before : 0.0, &direction, &direction);
        before = now;
        apply_normal(round, &direction, &image);
        double curvature = dot(round, &direction, &image);
        if (!(curvature > 0.0))
            break;
        add_scaled(round, &step, now / curvature, &direction, &step);
        add_scaled(round, &left, -now / curvature, &image, &left);
    }
    return TRUE;
}

// --- taking the steps

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

static void
put(LacAtoms *atoms, gsize i, LacVec3 p)
{
    atoms->x[i] = p.x;
    atoms->y[i] = p.y;
    atoms->z[i] = p.z;
}

/**
 * lac_refine_round_take:
 * @round: an open round, whose atoms and series change
 * @first: the atoms as they were when the refinement began
 * @first_series: the poses likewise
 * @moves: (array): [Å] per atom
 * @poses: (array): per projection
 *
 * Moves atoms and poses; halves the steps as long as they make it worse.
 *
 * Returns: the relative gain of the sum of squares; 0: nothing has moved
 */
double
lac_refine_round_take(LacRefineRound *round, const LacAtoms *first, const LacSeries *first_series,
    const LacVec3 *moves, const LacPose *poses)
{
    const LacRefineParams *params = round->params;
    LacAtoms *atoms = round->atoms;
    g_autofree LacVec3 *from = g_new(LacVec3, MAX(round->n, 1));
    g_autoptr(LacSeries) from_series = lac_series_copy(round->series);
    for (gsize i = 0; i < round->n; i++)
        from[i] = (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
    double before = measure(round), share = 1.0;
    for (guint h = 0; h <= MAX_HALVINGS; h++, share *= 0.5) {
        for (gsize i = 0; i < round->n; i++)
            if (round->fit->height[i] != 0.0)
                put(atoms, i, place_after(first, i, from[i], moves[i], share, params->max_shift));
        for (gsize k = 0; k < round->series->n && with_poses(round); k++)
            lac_pose_take(round->series, k, from_series, first_series, &poses[k], share,
                params->max_turn);
        double after = measure(round);
        if (after < before)
            return 1.0 - after / before;
    }
    for (gsize i = 0; i < round->n; i++)
        put(atoms, i, from[i]);
    for (gsize k = 0; k < round->series->n; k++) {
        round->series->angles[k] = from_series->angles[k];
        round->series->shifts[k] = from_series->shifts[k];
    }
    return 0.0;
}

/**
 * lac_refine_round_store_errors:
 * @round: a round that was solved
 *
 * Gives each atom the length [Å] that the noise of the pixels alone lets its position err by.
 * Neighbours that overlap in every projection err more.
 */
void
lac_refine_round_store_errors(LacRefineRound *round)
{
    double *errors = lac_atoms_ensure_column(round->atoms, LAC_COLUMN_POSITION_ERROR);
    double sum_of_squares = measure(round);
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
