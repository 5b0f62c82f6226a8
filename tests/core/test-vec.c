// SPDX-License-Identifier: GPL-3.0-or-later
// The angle convention, on points that no mirror image can imitate.
#include "core/rng.h"
#include "core/vec.h"

#include <math.h>

#define RADIAN (G_PI / 180.0)

static const LacVec3 POINTS[] = { { 1.0, 2.0, 3.0 }, { -0.5, 4.0, 1.5 }, { 2.5, -1.0, 0.25 },
    { 0.0, 0.0, 7.0 } };

static void
assert_vec(LacVec3 a, double x, double y, double z, double epsilon)
{
    g_assert_cmpfloat_with_epsilon(a.x, x, epsilon);
    g_assert_cmpfloat_with_epsilon(a.y, y, epsilon);
    g_assert_cmpfloat_with_epsilon(a.z, z, epsilon);
}

static double
random_angle(guint64 i)
{
    return 720.0 * lac_rng_uniform(11, i) - 360.0;
}

static void
test_tilt(void)
{
    for (double theta = -75.0; theta <= 75.0; theta += 12.5) {
        LacMat3 r = lac_rotation_from_euler_deg(0.0, theta, 0.0);
        double c = cos(theta * RADIAN), s = sin(theta * RADIAN);
        for (guint i = 0; i < G_N_ELEMENTS(POINTS); i++) {
            LacVec3 p = POINTS[i];
            // u = x cos - z sin and v = y: the axis is y; the beam w follows from handedness.
            assert_vec(lac_mat3_apply(&r, p), p.x * c - p.z * s, p.y, p.x * s + p.z * c, 1e-12);
        }
    }
}

static void
test_single_angles(void)
{
    double c = cos(20.0 * RADIAN), s = sin(20.0 * RADIAN);
    LacVec3 p = POINTS[0];
    // R is the transpose of the active rotation: the object turns back.
    LacMat3 phi = lac_rotation_from_euler_deg(20.0, 0.0, 0.0);
    assert_vec(lac_mat3_apply(&phi, p), c * p.x + s * p.y, -s * p.x + c * p.y, p.z, 1e-12);
    LacMat3 psi = lac_rotation_from_euler_deg(0.0, 0.0, 20.0);
    assert_vec(lac_mat3_apply(&psi, p), p.x, c * p.y + s * p.z, -s * p.y + c * p.z, 1e-12);
}

static LacMat3
active_rotation(int axis, double angle_deg)
{
    double c = cos(angle_deg * RADIAN), s = sin(angle_deg * RADIAN);
    int i = (axis + 1) % 3, j = (axis + 2) % 3;
    LacMat3 m = { 0 };
    m.m[axis][axis] = 1.0;
    m.m[i][i] = m.m[j][j] = c;
    m.m[i][j] = -s;
    m.m[j][i] = s;
    return m;
}

static void
test_order_of_angles(void)
{
    for (guint64 n = 0; n < 50; n++) {
        double phi = random_angle(3 * n), theta = random_angle(3 * n + 1);
        double psi = random_angle(3 * n + 2);
        LacMat3 rz = active_rotation(2, phi), ry = active_rotation(1, theta);
        LacMat3 rx = active_rotation(0, psi), zy = lac_mat3_multiply(&rz, &ry);
        LacMat3 m = lac_mat3_multiply(&zy, &rx), expected = lac_mat3_transpose(&m);
        LacMat3 r = lac_rotation_from_euler_deg(phi, theta, psi);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                g_assert_cmpfloat_with_epsilon(r.m[i][j], expected.m[i][j], 1e-12);
    }
}

static double
determinant(const LacMat3 *a)
{
    const double(*m)[3] = a->m;
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
        m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
        m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

static void
test_orthonormal(void)
{
    for (guint64 n = 0; n < 200; n++) {
        LacMat3 r = lac_rotation_from_euler_deg(random_angle(3 * n), random_angle(3 * n + 1),
            random_angle(3 * n + 2));
        LacMat3 t = lac_mat3_transpose(&r), one = lac_mat3_multiply(&r, &t);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                g_assert_cmpfloat_with_epsilon(one.m[i][j], i == j ? 1.0 : 0.0, 1e-14);
        g_assert_cmpfloat_with_epsilon(determinant(&r), 1.0, 1e-14);
    }
}

static void
test_exact_quarters(void)
{
    const struct {
        double theta, u[3], w[3];
    } cases[] = {
        { 0.0, { 1, 0, 0 }, { 0, 0, 1 } },
        { 90.0, { 0, 0, -1 }, { 1, 0, 0 } },
        { 180.0, { -1, 0, 0 }, { 0, 0, -1 } },
        { 270.0, { 0, 0, 1 }, { -1, 0, 0 } },
        { -90.0, { 0, 0, 1 }, { -1, 0, 0 } },
        { -450.0, { 0, 0, 1 }, { -1, 0, 0 } },
        { 720.0, { 1, 0, 0 }, { 0, 0, 1 } },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        LacMat3 r = lac_rotation_from_euler_deg(0.0, cases[i].theta, 0.0);
        for (int k = 0; k < 3; k++) {
            g_assert_cmpfloat(r.m[0][k], ==, cases[i].u[k]);
            g_assert_cmpfloat(r.m[1][k], ==, k == 1 ? 1.0 : 0.0);
            g_assert_cmpfloat(r.m[2][k], ==, cases[i].w[k]);
        }
    }
}

static void
test_multiply(void)
{
    LacMat3 a = { { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 10 } } };
    LacMat3 b = { { { -1, 0, 2 }, { 3, 1, 0 }, { 0, 5, 1 } } };
    LacMat3 ab = lac_mat3_multiply(&a, &b), t = lac_mat3_transpose(&a);
    for (guint i = 0; i < G_N_ELEMENTS(POINTS); i++) {
        LacVec3 once = lac_mat3_apply(&ab, POINTS[i]);
        LacVec3 twice = lac_mat3_apply(&a, lac_mat3_apply(&b, POINTS[i]));
        assert_vec(once, twice.x, twice.y, twice.z, 1e-12);
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            g_assert_cmpfloat(t.m[i][j], ==, a.m[j][i]);
}

static void
test_euler(void)
{
    static const LacVec3 cases[] = { { 0, 0, 0 }, { 1, -60, 2 }, { -30, 89.9, 40 }, { 5, 120, -7 },
        { 0, 90, 3 }, { 12, -90, 3 }, { 170, 10, -175 } };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        LacVec3 c = cases[i], near = { c.x + 360.5, c.y - 0.4, c.z };
        LacMat3 r = lac_rotation_from_euler_deg(c.x, c.y, c.z);
        LacVec3 e = lac_rotation_to_euler_deg(&r, near);
        assert_vec(e, c.x + 360.0, c.y, c.z, 1e-6);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vec/tilt", test_tilt);
    g_test_add_func("/vec/single-angles", test_single_angles);
    g_test_add_func("/vec/order-of-angles", test_order_of_angles);
    g_test_add_func("/vec/orthonormal", test_orthonormal);
    g_test_add_func("/vec/exact-quarters", test_exact_quarters);
    g_test_add_func("/vec/multiply", test_multiply);
    g_test_add_func("/vec/euler", test_euler);
    return g_test_run();
}
