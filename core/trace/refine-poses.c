// SPDX-License-Identifier: GPL-3.0-or-later
// Poses of projections in a refinement: what they do to atoms, and what atoms say of them.
#include "core/matrix.h"
#include "core/trace/refine-private.h"

#include <math.h>

#define DEG           (G_PI / 180.0)
#define LARGEST_SHIFT 0.5 // [Å] of a projection in one round
#define LARGEST_TURN  0.5 // [deg] likewise

static LacMat3
rotation_of(const LacSeries *series, gsize k)
{
    const LacAngles *a = &series->angles[k];
    return lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
}

static void
set_rotation(LacSeries *series, gsize k, const LacMat3 *rotation)
{
    LacAngles *a = &series->angles[k];
    LacVec3 e = lac_rotation_to_euler_deg(rotation, (LacVec3){ a->phi, a->theta, a->psi });
    *a = (LacAngles){ e.x, e.y, e.z };
}

static LacVec3
position_of(const LacAtoms *atoms, gsize i)
{
    return (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
}

/**
 * lac_pose_to_moves:
 * @atoms: a model
 * @series: whose geometry counts
 * @k: a projection
 * @pose: a step of it
 * @moves: (inout) (array): [Å] per atom, added to
 *
 * A projection that is shifted by d and turned by w sees atom r as if it had moved by
 * transpose(R) (d + w x R r).
 */
void
lac_pose_to_moves(const LacAtoms *atoms, const LacSeries *series, gsize k, const LacPose *pose,
    LacVec3 *moves)
{
    LacMat3 r = rotation_of(series, k), back = lac_mat3_transpose(&r);
    const LacVec3 shift = { pose->x[0], pose->x[1], 0.0 };
    const LacVec3 turn = { pose->x[2], pose->x[3], pose->x[4] };
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 q = lac_mat3_apply(&r, position_of(atoms, i));
        LacVec3 move = lac_vec3_add_scaled(shift, 1.0, lac_vec3_cross(turn, q));
        moves[i] = lac_vec3_add_scaled(moves[i], 1.0, lac_mat3_apply(&back, move));
    }
}

/**
 * lac_pose_from_products:
 * @atoms: a model
 * @series: whose geometry counts
 * @k: a projection
 * @products: (array): per atom, of the projection
 * @pose: (out): their sum as the projection's step sees it
 *
 * The adjoint of lac_pose_to_moves().
 */
void
lac_pose_from_products(const LacAtoms *atoms, const LacSeries *series, gsize k,
    const LacVec3 *products, LacPose *pose)
{
    LacMat3 r = rotation_of(series, k);
    *pose = (LacPose){ { 0.0 } };
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 h = lac_mat3_apply(&r, products[i]);
        LacVec3 turn = lac_vec3_cross(lac_mat3_apply(&r, position_of(atoms, i)), h);
        const double add[LAC_POSE_SIZE] = { h.x, h.y, turn.x, turn.y, turn.z };
        for (guint c = 0; c < LAC_POSE_SIZE; c++)
            pose->x[c] += add[c];
    }
}

/**
 * lac_pose_matrix_invert:
 * @a: symmetric; rows and columns of what must not change are 0
 * @inverse: (out): the inverse of the rest, 0 elsewhere
 *
 * Returns: whether the rest is positive definite; @inverse is 0 if not
 */
gboolean
lac_pose_matrix_invert(const LacPoseMatrix *a, LacPoseMatrix *inverse)
{
    double w[LAC_POSE_SIZE][2 * LAC_POSE_SIZE] = { { 0.0 } };
    *inverse = (LacPoseMatrix){ { { 0.0 } } };
    for (guint i = 0; i < LAC_POSE_SIZE; i++) {
        for (guint j = 0; j < LAC_POSE_SIZE; j++)
            w[i][j] = a->m[i][j];
        if (a->m[i][i] == 0.0)
            w[i][i] = 1.0;
        w[i][LAC_POSE_SIZE + i] = 1.0;
    }
    for (guint i = 0; i < LAC_POSE_SIZE; i++) {
        const double pivot = w[i][i];
        if (!(pivot > 1e-12 * a->m[i][i]) || !(pivot > 0.0))
            return FALSE;
        for (guint j = 0; j < 2 * LAC_POSE_SIZE; j++)
            w[i][j] /= pivot;
        for (guint l = 0; l < LAC_POSE_SIZE; l++) {
            const double factor = l != i ? w[l][i] : 0.0;
            for (guint j = 0; j < 2 * LAC_POSE_SIZE && factor != 0.0; j++)
                w[l][j] -= factor * w[i][j];
        }
    }
    for (guint i = 0; i < LAC_POSE_SIZE; i++)
        for (guint j = 0; j < LAC_POSE_SIZE; j++)
            if (a->m[i][i] != 0.0 && a->m[j][j] != 0.0)
                inverse->m[i][j] = w[i][LAC_POSE_SIZE + j];
    return TRUE;
}

/**
 * lac_pose_matrix_apply:
 * @a: a matrix
 * @x: a step
 *
 * Returns: their product
 */
LacPose
lac_pose_matrix_apply(const LacPoseMatrix *a, const LacPose *x)
{
    LacPose y = { { 0.0 } };
    for (guint i = 0; i < LAC_POSE_SIZE; i++)
        for (guint j = 0; j < LAC_POSE_SIZE; j++)
            y.x[i] += a->m[i][j] * x->x[j];
    return y;
}

// The rotation next to @wanted that is no farther than @max_turn [deg] from @first.
static LacMat3
limit_turn(const LacMat3 *wanted, const LacMat3 *first, double max_turn)
{
    LacMat3 back = lac_mat3_transpose(first), change = lac_mat3_multiply(wanted, &back);
    LacVec3 w = lac_rotation_to_vector_deg(&change), zero = { 0.0, 0.0, 0.0 };
    double size = lac_vec3_norm(w);
    if (size <= max_turn)
        return *wanted;
    LacMat3 less = lac_rotation_from_vector_deg(lac_vec3_add_scaled(zero, max_turn / size, w));
    return lac_mat3_multiply(&less, first);
}

/**
 * lac_pose_take:
 * @series: whose projection takes the step
 * @k: the projection
 * @from: where it steps from
 * @first: where the refinement began
 * @pose: the step
 * @share: of it, 0 to 1
 * @max_turn: [deg] that a projection may turn in all
 *
 * A step that is too long is cut.
 */
void
lac_pose_take(LacSeries *series, gsize k, const LacSeries *from, const LacSeries *first,
    const LacPose *pose, double share, double max_turn)
{
    const double *x = pose->x, a = series->pixel_size > 0.0 ? series->pixel_size : 1.0;
    double shift = hypot(x[0], x[1]);
    double turn = sqrt(x[2] * x[2] + x[3] * x[3] + x[4] * x[4]) / DEG;
    double f = share / MAX(1.0, MAX(shift / LARGEST_SHIFT, turn / LARGEST_TURN));
    series->shifts[k] =
        (LacShift){ from->shifts[k].du + f * x[0] / a, from->shifts[k].dv + f * x[1] / a };
    LacMat3 step =
        lac_rotation_from_vector_deg((LacVec3){ f * x[2] / DEG, f * x[3] / DEG, f * x[4] / DEG });
    LacMat3 then = rotation_of(from, k), begin = rotation_of(first, k);
    LacMat3 wanted = lac_mat3_multiply(&step, &then);
    LacMat3 r = limit_turn(&wanted, &begin, max_turn);
    set_rotation(series, k, &r);
}

/**
 * lac_poses_keep_atoms:
 * @series: refined poses
 * @atoms: refined together with them
 * @first: the atoms as they were
 * @turns: whether angles were refined; if not, the model cannot have turned unseen
 *
 * Takes out the motion that the model has made as a whole, of atoms and poses alike: no projection
 * can tell it, and the volume that the atoms were traced in stays where it is.
 */
void
lac_poses_keep_atoms(LacSeries *series, LacAtoms *atoms, const LacAtoms *first, gboolean turns)
{
    LacVec3 now = { 0.0, 0.0, 0.0 }, then = { 0.0, 0.0, 0.0 };
    double n = (double) MAX(lac_atoms_count_present(atoms), 1);
    for (gsize i = 0; i < atoms->n; i++) {
        if (!lac_atoms_is_present(atoms, i))
            continue;
        now = lac_vec3_add_scaled(now, 1.0 / n, position_of(atoms, i));
        then = lac_vec3_add_scaled(then, 1.0 / n, position_of(first, i));
    }
    LacMat3 sum = { 0 };
    for (gsize i = 0; i < atoms->n; i++) {
        if (!lac_atoms_is_present(atoms, i))
            continue;
        LacVec3 p = lac_vec3_subtract(position_of(first, i), then);
        LacVec3 q = lac_vec3_subtract(position_of(atoms, i), now);
        const double a[3] = { q.x, q.y, q.z }, b[3] = { p.x, p.y, p.z };
        for (int c = 0; c < 9; c++)
            sum.m[c / 3][c % 3] += a[c / 3] * b[c % 3];
    }
    LacMat3 turn = turns ? lac_mat3_nearest_rotation(&sum) : lac_mat3_identity(),
            back = lac_mat3_transpose(&turn);
    LacVec3 move = lac_vec3_subtract(now, lac_mat3_apply(&turn, then));
    double pixel = series->pixel_size > 0.0 ? series->pixel_size : 1.0;
    for (gsize k = 0; k < series->n; k++) {
        LacMat3 r = rotation_of(series, k);
        LacVec3 shift = lac_mat3_apply(&r, move);
        series->shifts[k].du += shift.x / pixel;
        series->shifts[k].dv += shift.y / pixel;
        r = lac_mat3_multiply(&r, &turn);
        if (turns)
            set_rotation(series, k, &r);
    }
    for (gsize i = 0; i < atoms->n; i++) {
        if (!lac_atoms_is_present(atoms, i))
            continue;
        LacVec3 p = lac_mat3_apply(&back, lac_vec3_subtract(position_of(atoms, i), move));
        atoms->x[i] = p.x;
        atoms->y[i] = p.y;
        atoms->z[i] = p.z;
    }
}
