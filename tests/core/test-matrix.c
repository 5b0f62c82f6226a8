// SPDX-License-Identifier: GPL-3.0-or-later
// Small algebra: decompositions put together again, rotations with known angles.
#include "core/matrix.h"
#include "core/rng.h"

#include <math.h>

static void
assert_near(const LacMat3 *a, const LacMat3 *b, double tolerance)
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            g_assert_cmpfloat(fabs(a->m[i][j] - b->m[i][j]), <=, tolerance);
}

static LacMat3
random_matrix(guint64 seed)
{
    LacMat3 a;
    for (guint k = 0; k < 9; k++)
        a.m[k / 3][k % 3] = lac_rng_normal(seed, k);
    return a;
}

static void
check_svd(const LacMat3 *a, double tolerance)
{
    LacMat3 u, v, one = lac_mat3_identity(), d = { 0 };
    double s[3];
    lac_mat3_svd(a, &u, s, &v);
    g_assert_true(s[0] >= s[1] && s[1] >= s[2] && s[2] >= 0.0);
    LacMat3 ut = lac_mat3_transpose(&u), vt = lac_mat3_transpose(&v);
    LacMat3 uu = lac_mat3_multiply(&u, &ut), vv = lac_mat3_multiply(&v, &vt);
    assert_near(&uu, &one, 1e-14);
    assert_near(&vv, &one, 1e-14);
    for (int k = 0; k < 3; k++)
        d.m[k][k] = s[k];
    LacMat3 us = lac_mat3_multiply(&u, &d), usv = lac_mat3_multiply(&us, &vt);
    assert_near(&usv, a, tolerance);
}

static void
test_svd(void)
{
    for (guint64 seed = 0; seed < 500; seed++) {
        LacMat3 a = random_matrix(seed);
        check_svd(&a, 1e-14);
        if (seed % 5 == 0) // of rank two, one, none
            for (int i = 0; i < 3; i++)
                a.m[i][2] = a.m[i][0] - 2.0 * a.m[i][1];
        check_svd(&a, 1e-14);
        for (int i = 0; i < 3; i++)
            a.m[i][1] = 0.5 * (a.m[i][2] = a.m[i][0]);
        check_svd(&a, 1e-14);
    }
    LacMat3 none = { 0 }, one = lac_mat3_identity();
    check_svd(&none, 0.0);
    check_svd(&one, 0.0);
    LacMat3 steep = { { { 1e8, 1, 0 }, { 0, 1e-8, 1 }, { 0, 0, 1 } } };
    check_svd(&steep, 1e-7);
}

static void
test_eigen(void)
{
    for (guint64 seed = 0; seed < 300; seed++) {
        LacMat3 a = random_matrix(seed), t = lac_mat3_transpose(&a), v;
        LacMat3 s = lac_mat3_multiply(&a, &t);
        double values[3];
        if (seed % 3 == 0)
            s.m[0][1] = s.m[1][0] = s.m[0][2] = s.m[2][0] = 0.0;
        lac_mat3_eigen(&s, values, &v);
        g_assert_cmpfloat_with_epsilon(lac_mat3_determinant(&v), 1.0, 1e-14);
        g_assert_true(values[0] >= values[1] && values[1] >= values[2]);
        for (int k = 0; k < 3; k++) {
            LacVec3 x = { v.m[0][k], v.m[1][k], v.m[2][k] }, y = lac_mat3_apply(&s, x);
            LacVec3 rest = lac_vec3_add_scaled(y, -values[k], x);
            g_assert_cmpfloat(lac_vec3_norm(rest), <, 1e-13 * fmax(1.0, values[0]));
        }
    }
}

static void
test_invert(void)
{
    LacMat3 one = lac_mat3_identity(), inverse;
    for (guint64 seed = 0; seed < 300; seed++) {
        LacMat3 a = random_matrix(seed);
        g_assert_true(lac_mat3_invert(&a, &inverse));
        LacMat3 product = lac_mat3_multiply(&a, &inverse);
        assert_near(&product, &one, 1e-9);
    }
    LacMat3 none = { 0 }, flat = { { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } } };
    LacMat3 nan = lac_mat3_scale(&one, (double) NAN);
    g_assert_false(lac_mat3_invert(&none, &inverse));
    g_assert_false(lac_mat3_invert(&flat, &inverse));
    g_assert_false(lac_mat3_invert(&nan, &inverse));
}

static void
test_rotations(void)
{
    const double angles[] = { 0.0, 1e-6, 5.0, 30.0, 60.0, 120.0, 179.9, 179.99999, 180.0 };
    for (guint64 seed = 0; seed < 50; seed++)
        for (gsize k = 0; k < G_N_ELEMENTS(angles); k++) {
            LacVec3 axis = { lac_rng_normal(seed, 0), lac_rng_normal(seed, 1),
                lac_rng_normal(seed, 2) },
                    found;
            LacMat3 r = lac_rotation_from_axis_deg(axis, angles[k]);
            g_assert_cmpfloat(fabs(lac_rotation_get_angle_deg(&r, &found) - angles[k]), <, 1e-10);
            g_assert_cmpfloat(fabs(lac_vec3_norm(found) - 1.0), <, 1e-12);
            double along = lac_vec3_dot(found, axis) / lac_vec3_norm(axis);
            if (angles[k] > 1.0)
                g_assert_cmpfloat(angles[k] == 180.0 ? fabs(along) : along, >, 1.0 - 1e-9);
            // The rotation of a stretched and rotated frame is found again.
            LacMat3 stretch = { { { 1.1, 0.02, 0.03 }, { 0.02, 0.9, -0.05 }, { 0.03, -0.05, 1 } } };
            LacMat3 f = lac_mat3_multiply(&r, &stretch), nearest = lac_mat3_nearest_rotation(&f);
            assert_near(&nearest, &r, 1e-14);
        }
    // Never a reflection.
    LacMat3 mirror = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, -0.5 } } };
    LacMat3 r = lac_mat3_nearest_rotation(&mirror);
    g_assert_cmpfloat_with_epsilon(lac_mat3_determinant(&r), 1.0, 1e-14);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matrix/svd", test_svd);
    g_test_add_func("/matrix/eigen", test_eigen);
    g_test_add_func("/matrix/invert", test_invert);
    g_test_add_func("/matrix/rotations", test_rotations);
    return g_test_run();
}
