// SPDX-License-Identifier: GPL-3.0-or-later
// Small vectors and rotations, and the one place that knows the angle convention.
#pragma once

#include <glib.h>
#include <math.h>

typedef struct {
    double x, y, z;
} LacVec3;

// Row-major 3 x 3 matrix: m[row][column].
typedef struct {
    double m[3][3];
} LacMat3;

LacMat3 lac_mat3_multiply(const LacMat3 *a, const LacMat3 *b);
LacMat3 lac_mat3_transpose(const LacMat3 *a);
LacMat3 lac_rotation_from_euler_deg(double phi, double theta, double psi);
LacVec3 lac_rotation_to_euler_deg(const LacMat3 *r, LacVec3 near);

// These stand in innermost loops, where a call costs more than the arithmetic.

/**
 * lac_vec3_dot:
 * @a: a vector
 * @b: a vector
 *
 * Returns: their scalar product
 */
static inline double
lac_vec3_dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

/**
 * lac_vec3_cross:
 * @a: a vector
 * @b: a vector
 *
 * Returns: their right-handed vector product
 */
static inline LacVec3
lac_vec3_cross(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

/**
 * lac_vec3_norm:
 * @a: a vector
 *
 * Returns: its length
 */
static inline double
lac_vec3_norm(LacVec3 a)
{
    return sqrt(lac_vec3_dot(a, a));
}

/**
 * lac_vec3_subtract:
 * @a: a vector
 * @b: a vector
 *
 * Returns: a - b
 */
static inline LacVec3
lac_vec3_subtract(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.x - b.x, a.y - b.y, a.z - b.z };
}

/**
 * lac_vec3_add_scaled:
 * @a: a vector
 * @factor: of @b
 * @b: a vector
 *
 * Returns: a + factor b
 */
static inline LacVec3
lac_vec3_add_scaled(LacVec3 a, double factor, LacVec3 b)
{
    return (LacVec3){ a.x + factor * b.x, a.y + factor * b.y, a.z + factor * b.z };
}

/**
 * lac_mat3_apply:
 * @a: a matrix
 * @v: a vector
 *
 * Returns: the product a v
 */
static inline LacVec3
lac_mat3_apply(const LacMat3 *a, LacVec3 v)
{
    const double(*m)[3] = a->m;
    return (LacVec3){ m[0][0] * v.x + m[0][1] * v.y + m[0][2] * v.z,
        m[1][0] * v.x + m[1][1] * v.y + m[1][2] * v.z,
        m[2][0] * v.x + m[2][1] * v.y + m[2][2] * v.z };
}
