// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vec.h"

#include <math.h>

/**
 * lac_mat3_multiply:
 * @a: left factor
 * @b: right factor
 *
 * Returns: the product a b
 */
LacMat3
lac_mat3_multiply(const LacMat3 *a, const LacMat3 *b)
{
    LacMat3 c = { 0 };
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                c.m[i][j] += a->m[i][k] * b->m[k][j];
    return c;
}

/**
 * lac_mat3_transpose:
 * @a: a matrix
 *
 * Returns: the transpose, which for a rotation is its inverse
 */
LacMat3
lac_mat3_transpose(const LacMat3 *a)
{
    LacMat3 t;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            t.m[i][j] = a->m[j][i];
    return t;
}

// Exact at multiples of 90 degrees, so that a tilt of 90 is no different from an exchange of axes.
static void
cos_sin_deg(double angle_deg, double *c, double *s)
{
    double turns = fmod(angle_deg, 360.0);
    if (fmod(turns, 90.0) == 0.0) {
        static const double COS[] = { 1, 0, -1, 0 };
        int quarter = ((int) (turns / 90.0) + 4) % 4;
        *c = COS[quarter];
        *s = COS[(quarter + 3) % 4];
        return;
    }
    *c = cos(turns * G_PI / 180.0);
    *s = sin(turns * G_PI / 180.0);
}

/**
 * lac_rotation_from_euler_deg:
 * @phi: [deg] about z
 * @theta: [deg] about y, the nominal tilt
 * @psi: [deg] about x
 *
 * Computes R = transpose(Rz(phi) Ry(theta) Rx(psi)) from right-handed active rotations. An object
 * point r lands at (u, v, w) = R r; the beam runs along w. For phi = psi = 0:
 * u = x cos(theta) - z sin(theta), v = y.
 *
 * Returns: R
 */
LacMat3
lac_rotation_from_euler_deg(double phi, double theta, double psi)
{
    double c, s;
    cos_sin_deg(phi, &c, &s);
    LacMat3 rz = { { { c, -s, 0 }, { s, c, 0 }, { 0, 0, 1 } } };
    cos_sin_deg(theta, &c, &s);
    LacMat3 ry = { { { c, 0, s }, { 0, 1, 0 }, { -s, 0, c } } };
    cos_sin_deg(psi, &c, &s);
    LacMat3 rx = { { { 1, 0, 0 }, { 0, c, -s }, { 0, s, c } } };
    LacMat3 zy = lac_mat3_multiply(&rz, &ry);
    LacMat3 zyx = lac_mat3_multiply(&zy, &rx);
    return lac_mat3_transpose(&zyx);
}

static double
wrap_near_deg(double angle, double near)
{
    return angle - 360.0 * round((angle - near) / 360.0);
}

static LacVec3
wrap_euler(double phi, double theta, double psi, LacVec3 near)
{
    const double deg = 180.0 / G_PI;
    return (LacVec3){ wrap_near_deg(phi * deg, near.x), wrap_near_deg(theta * deg, near.y),
        wrap_near_deg(psi * deg, near.z) };
}

static double
distance(LacVec3 a, LacVec3 b)
{
    return fabs(a.x - b.x) + fabs(a.y - b.y) + fabs(a.z - b.z);
}

/**
 * lac_rotation_to_euler_deg:
 * @r: a rotation as of lac_rotation_from_euler_deg()
 * @near: (phi, theta, psi) [deg] about what is wanted
 *
 * Of the two triples of angles that make @r, each up to full turns, takes the one nearer to @near.
 * Where theta is +-90 degrees only phi -+ psi counts, and psi stays that of @near.
 *
 * Returns: (phi, theta, psi) [deg]
 */
LacVec3
lac_rotation_to_euler_deg(const LacMat3 *r, LacVec3 near)
{
    // M = transpose(R) = Rz(phi) Ry(theta) Rx(psi)
    const double(*m)[3] = r->m;
    double sine = CLAMP(-m[0][2], -1.0, 1.0), cosine = hypot(m[0][0], m[0][1]);
    if (cosine < 1e-9) {
        double sense = sine > 0.0 ? 1.0 : -1.0, psi = near.z * G_PI / 180.0;
        double sum = atan2(-m[1][0], m[1][1]); // phi - sense psi
        return wrap_euler(sum + sense * psi, sense * 0.5 * G_PI, psi, near);
    }
    double theta = atan2(sine, cosine);
    LacVec3 a = wrap_euler(atan2(m[0][1], m[0][0]), theta, atan2(m[1][2], m[2][2]), near);
    LacVec3 b =
        wrap_euler(atan2(-m[0][1], -m[0][0]), G_PI - theta, atan2(-m[1][2], -m[2][2]), near);
    return distance(a, near) <= distance(b, near) ? a : b;
}
