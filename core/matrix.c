// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/matrix.h"

#include <float.h>
#include <math.h>

#define MAX_SWEEPS 60

/**
 * lac_mat3_identity:
 *
 * Returns: the unit matrix
 */
LacMat3
lac_mat3_identity(void)
{
    return (LacMat3){ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
}

/**
 * lac_mat3_scale:
 * @a: a matrix
 * @factor: of all elements
 *
 * Returns: factor a
 */
LacMat3
lac_mat3_scale(const LacMat3 *a, double factor)
{
    LacMat3 scaled;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            scaled.m[i][j] = factor * a->m[i][j];
    return scaled;
}

static LacVec3
get_column(const LacMat3 *a, int j)
{
    return (LacVec3){ a->m[0][j], a->m[1][j], a->m[2][j] };
}

static void
set_column(LacMat3 *a, int j, LacVec3 v)
{
    a->m[0][j] = v.x;
    a->m[1][j] = v.y;
    a->m[2][j] = v.z;
}

/**
 * lac_mat3_determinant:
 * @a: a matrix
 *
 * Returns: its determinant
 */
double
lac_mat3_determinant(const LacMat3 *a)
{
    return lac_vec3_dot(get_column(a, 0), lac_vec3_cross(get_column(a, 1), get_column(a, 2)));
}

/**
 * lac_mat3_invert:
 * @a: a matrix
 * @inverse: (out caller-allocates): its inverse; undefined on failure
 *
 * Returns: %FALSE if the matrix is singular: its determinant is below 1e-12 of the product of the
 *   lengths of its columns, or is no number
 */
gboolean
lac_mat3_invert(const LacMat3 *a, LacMat3 *inverse)
{
    LacVec3 c0 = get_column(a, 0), c1 = get_column(a, 1), c2 = get_column(a, 2);
    double det = lac_mat3_determinant(a);
    double size = lac_vec3_norm(c0) * lac_vec3_norm(c1) * lac_vec3_norm(c2);
    if (!(fabs(det) > 1e-12 * size) || !isfinite(det))
        return FALSE;
    const LacVec3 rows[3] = { lac_vec3_cross(c1, c2), lac_vec3_cross(c2, c0),
        lac_vec3_cross(c0, c1) };
    for (int i = 0; i < 3; i++) {
        inverse->m[i][0] = rows[i].x / det;
        inverse->m[i][1] = rows[i].y / det;
        inverse->m[i][2] = rows[i].z / det;
    }
    return TRUE;
}

// Rotates columns p and q of @a and @v so that those of @a become orthogonal. FALSE: they are.
static gboolean
rotate_columns(LacMat3 *a, LacMat3 *v, int p, int q)
{
    LacVec3 x = get_column(a, p), y = get_column(a, q);
    double xx = lac_vec3_dot(x, x), yy = lac_vec3_dot(y, y), xy = lac_vec3_dot(x, y);
    if (!(fabs(xy) > 0.5 * DBL_EPSILON * sqrt(xx * yy)))
        return FALSE;
    double zeta = (yy - xx) / (2.0 * xy);
    double t = copysign(1.0, zeta) / (fabs(zeta) + hypot(1.0, zeta));
    double c = 1.0 / hypot(1.0, t), s = c * t;
    LacMat3 *const both[2] = { a, v };
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 3; i++) {
            double u = both[k]->m[i][p], w = both[k]->m[i][q];
            both[k]->m[i][p] = c * u - s * w;
            both[k]->m[i][q] = s * u + c * w;
        }
    return TRUE;
}

static void
swap_columns(LacMat3 *a, int p, int q)
{
    LacVec3 kept = get_column(a, p);
    set_column(a, p, get_column(a, q));
    set_column(a, q, kept);
}

// A unit vector at right angles to @a, which is one.
static LacVec3
any_perpendicular(LacVec3 a)
{
    LacVec3 axis = fabs(a.x) < 0.6 ? (LacVec3){ 1, 0, 0 } : (LacVec3){ 0, 1, 0 };
    LacVec3 b = lac_vec3_cross(a, axis);
    double length = lac_vec3_norm(b);
    return (LacVec3){ b.x / length, b.y / length, b.z / length };
}

/**
 * lac_mat3_svd:
 * @a: a matrix of finite elements
 * @u: (out caller-allocates): orthogonal
 * @singular: (out caller-allocates): not negative, descending
 * @v: (out caller-allocates): orthogonal
 *
 * Computes a = u diag(singular) transpose(v) by one-sided Jacobi rotations.
 */
void
lac_mat3_svd(const LacMat3 *a, LacMat3 *u, double singular[3], LacMat3 *v)
{
    *u = *a;
    *v = lac_mat3_identity();
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        gboolean changed = rotate_columns(u, v, 0, 1);
        changed |= rotate_columns(u, v, 0, 2);
        changed |= rotate_columns(u, v, 1, 2);
        if (!changed)
            break;
    }
    for (int j = 0; j < 3; j++)
        singular[j] = lac_vec3_norm(get_column(u, j));
    const int pairs[3][2] = { { 0, 1 }, { 1, 2 }, { 0, 1 } };
    for (int k = 0; k < 3; k++) {
        int p = pairs[k][0], q = pairs[k][1];
        if (singular[p] >= singular[q])
            continue;
        double kept = singular[p];
        singular[p] = singular[q];
        singular[q] = kept;
        swap_columns(u, p, q);
        swap_columns(v, p, q);
    }
    // Columns without length follow from the others.
    double least = singular[0] * DBL_EPSILON;
    for (int j = 0; j < 3; j++) {
        LacVec3 c = get_column(u, j);
        if (singular[j] > least && singular[j] > 0.0)
            c = (LacVec3){ c.x / singular[j], c.y / singular[j], c.z / singular[j] };
        else if (j == 0)
            c = (LacVec3){ 1, 0, 0 };
        else if (j == 1)
            c = any_perpendicular(get_column(u, 0));
        else
            c = lac_vec3_cross(get_column(u, 0), get_column(u, 1));
        set_column(u, j, c);
    }
}

/**
 * lac_mat3_eigen:
 * @symmetric: a symmetric matrix of finite elements
 * @values: (out caller-allocates): eigenvalues, descending
 * @vectors: (out caller-allocates): the unit eigenvectors are its columns, right-handed
 */
void
lac_mat3_eigen(const LacMat3 *symmetric, double values[3], LacMat3 *vectors)
{
    LacMat3 a = *symmetric;
    *vectors = lac_mat3_identity();
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        gboolean changed = FALSE;
        for (int p = 0; p < 2; p++)
            for (int q = p + 1; q < 3; q++) {
                double off = a.m[p][q];
                if (!(fabs(off) > 0.1 * DBL_EPSILON * (fabs(a.m[p][p]) + fabs(a.m[q][q]))) ||
                    fabs(off) < DBL_MIN)
                    continue;
                changed = TRUE;
                double zeta = (a.m[q][q] - a.m[p][p]) / (2.0 * off);
                double t = copysign(1.0, zeta) / (fabs(zeta) + hypot(1.0, zeta));
                double c = 1.0 / hypot(1.0, t), s = c * t;
                LacMat3 g = lac_mat3_identity();
                g.m[p][p] = g.m[q][q] = c;
                g.m[p][q] = s;
                g.m[q][p] = -s;
                LacMat3 gt = lac_mat3_transpose(&g), ag = lac_mat3_multiply(&a, &g);
                a = lac_mat3_multiply(&gt, &ag);
                a.m[p][q] = a.m[q][p] = 0.0;
                *vectors = lac_mat3_multiply(vectors, &g);
            }
        if (!changed)
            break;
    }
    for (int j = 0; j < 3; j++)
        values[j] = a.m[j][j];
    const int pairs[3][2] = { { 0, 1 }, { 1, 2 }, { 0, 1 } };
    for (int k = 0; k < 3; k++) {
        int p = pairs[k][0], q = pairs[k][1];
        if (values[p] >= values[q])
            continue;
        double kept = values[p];
        values[p] = values[q];
        values[q] = kept;
        swap_columns(vectors, p, q);
    }
    set_column(vectors, 2, lac_vec3_cross(get_column(vectors, 0), get_column(vectors, 1)));
}

/**
 * lac_mat3_nearest_rotation:
 * @a: a matrix of finite elements
 *
 * Finds the proper rotation R that maximises trace(transpose(R) a): the rotation of the polar
 * decomposition if the determinant of @a is positive. DOI 10.1107/S0567739476001873
 *
 * Returns: the rotation
 */
LacMat3
lac_mat3_nearest_rotation(const LacMat3 *a)
{
    LacMat3 u, v;
    double singular[3];
    lac_mat3_svd(a, &u, singular, &v);
    if (lac_mat3_determinant(&u) * lac_mat3_determinant(&v) < 0.0)
        for (int i = 0; i < 3; i++)
            u.m[i][2] = -u.m[i][2];
    LacMat3 vt = lac_mat3_transpose(&v);
    return lac_mat3_multiply(&u, &vt);
}

/**
 * lac_rotation_get_angle_deg:
 * @rotation: a proper rotation
 * @axis: (out caller-allocates) (optional): unit vector of its axis, right-handed; (0, 0, 1) for
 *   the identity
 *
 * Returns: [deg] its angle, 0 to 180
 */
double
lac_rotation_get_angle_deg(const LacMat3 *rotation, LacVec3 *axis)
{
    const double(*m)[3] = rotation->m;
    LacVec3 v = { m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1] }; // 2 sin(angle) axis
    double twice_sin = lac_vec3_norm(v), twice_cos = m[0][0] + m[1][1] + m[2][2] - 1.0;
    double angle = atan2(twice_sin, twice_cos);
    if (axis != NULL) {
        if (angle < 1e-12)
            v = (LacVec3){ 0, 0, 1 };
        else if (G_PI - angle < 1e-4) { // R + 1 = 2 axis axis^T at half a turn
            int k = m[0][0] > m[1][1] ? 0 : 1;
            k = m[2][2] > m[k][k] ? 2 : k;
            LacVec3 w = { m[0][k] + m[k][0], m[1][k] + m[k][1], m[2][k] + m[k][2] };
            double *diagonal = k == 0 ? &w.x : k == 1 ? &w.y : &w.z;
            *diagonal += 2.0;
            v = lac_vec3_dot(w, v) < 0.0 ? (LacVec3){ -w.x, -w.y, -w.z } : w;
        }
        double length = lac_vec3_norm(v);
        *axis = (LacVec3){ v.x / length, v.y / length, v.z / length };
    }
    return angle * 180.0 / G_PI;
}

/**
 * lac_rotation_from_axis_deg:
 * @axis: of any length above 0
 * @angle_deg: [deg] right-handed about @axis
 *
 * Returns: the rotation
 */
LacMat3
lac_rotation_from_axis_deg(LacVec3 axis, double angle_deg)
{
    double length = lac_vec3_norm(axis);
    double x = axis.x / length, y = axis.y / length, z = axis.z / length;
    double c = cos(angle_deg * G_PI / 180.0), s = sin(angle_deg * G_PI / 180.0), d = 1.0 - c;
    return (LacMat3){ { { c + x * x * d, x * y * d - z * s, x * z * d + y * s },
        { y * x * d + z * s, c + y * y * d, y * z * d - x * s },
        { z * x * d - y * s, z * y * d + x * s, c + z * z * d } } };
}

/**
 * lac_rotation_from_vector_deg:
 * @w: axis times angle [deg]; 0: none
 *
 * Returns: the right-handed rotation about @w
 */
LacMat3
lac_rotation_from_vector_deg(LacVec3 w)
{
    double angle = lac_vec3_norm(w);
    return angle > 0.0 ? lac_rotation_from_axis_deg(w, angle) : lac_mat3_identity();
}

/**
 * lac_rotation_to_vector_deg:
 * @rotation: a proper rotation
 *
 * Returns: its axis times its angle [deg]
 */
LacVec3
lac_rotation_to_vector_deg(const LacMat3 *rotation)
{
    LacVec3 axis;
    double angle = lac_rotation_get_angle_deg(rotation, &axis);
    return (LacVec3){ angle * axis.x, angle * axis.y, angle * axis.z };
}
