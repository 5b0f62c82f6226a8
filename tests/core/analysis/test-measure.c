// SPDX-License-Identifier: GPL-3.0-or-later
// Measurements of known places, and errors against a simulation of them.
#include "core/analysis/measure.h"
#include "core/analysis/sample.h"
#include "core/error.h"
#include "core/rng.h"

#include <math.h>

static LacVec3
shake(LacVec3 p, double sigma, guint64 *count)
{
    p.x += sigma * lac_rng_normal(21, (*count)++);
    p.y += sigma * lac_rng_normal(21, (*count)++);
    p.z += sigma * lac_rng_normal(21, (*count)++);
    return p;
}

static void
test_values(void)
{
    LacVec3 o = { 0, 0, 0 }, x = { 3, 0, 0 }, y = { 0, 4, 0 }, z = { 0, 0, 2 };
    LacMeasure m = lac_measure_distance(x, y, 0.2);
    g_assert_cmpfloat(fabs(m.value - 5.0), <, 1e-12);
    g_assert_cmpfloat(fabs(m.error - 0.2 * G_SQRT2), <, 1e-6);
    g_assert_cmpfloat(fabs(lac_measure_angle(x, o, y, 0.2).value - 90.0), <, 1e-9);
    // Seen along o-z, from z = 0 to z = 2, y lies a quarter turn from x.
    g_assert_cmpfloat(fabs(fabs(lac_measure_dihedral(x, o, z, (LacVec3){ 0, 1, 2 }, 0.2).value) -
                          90.0),
        <, 1e-9);
    g_assert_cmpfloat(lac_measure_dihedral(x, o, z, (LacVec3){ 0, 1, 2 }, 0.2).value, ==,
        -lac_measure_dihedral(x, o, z, (LacVec3){ 0, -1, 2 }, 0.2).value);
    const LacVec3 floor_plane[3] = { o, x, y }, wall[3] = { o, y, { 1, 0, 1 } };
    g_assert_cmpfloat(fabs(lac_measure_planes(floor_plane, wall, 0.2).value - 45.0), <, 1e-9);
    // Two lines that enclose 45 degrees when seen along z, however steep they are.
    LacMeasure seen = lac_measure_lines(o, (LacVec3){ 1, 0, 5 }, o, (LacVec3){ 1, 1, -3 },
        (LacVec3){ 0, 0, 1 }, 0.2);
    g_assert_cmpfloat(fabs(seen.value - 45.0), <, 1e-9);
}

static void
test_errors(void)
{
    enum {
        N = 20000
    };
    const double sigma = 0.05;
    LacVec3 a = { 3, 0.4, 0 }, b = { 0, 0, 0.3 }, c = { 0, 2.9, 1 }, d = { 2, 3, 3.4 };
    double sum[3] = { 0 }, squares[3] = { 0 };
    guint64 count = 0;
    LacMeasure m[3] = { lac_measure_distance(a, b, sigma), lac_measure_angle(a, b, c, sigma),
        lac_measure_dihedral(a, b, c, d, sigma) };
    for (int k = 0; k < N; k++) {
        LacVec3 p = shake(a, sigma, &count), q = shake(b, sigma, &count);
        LacVec3 r = shake(c, sigma, &count), s = shake(d, sigma, &count);
        double values[3] = { lac_measure_distance(p, q, 0).value,
            lac_measure_angle(p, q, r, 0).value, lac_measure_dihedral(p, q, r, s, 0).value };
        for (int i = 0; i < 3; i++) {
            sum[i] += values[i] - m[i].value;
            squares[i] += pow(values[i] - m[i].value, 2.0);
        }
    }
    for (int i = 0; i < 3; i++) {
        double spread = sqrt(squares[i] / N - pow(sum[i] / N, 2.0));
        g_test_message("%g ± %g, simulated %g", m[i].value, m[i].error, spread);
        g_assert_cmpfloat(fabs(m[i].error / spread - 1.0), <, 0.03);
    }
}

static void
test_degenerate(void)
{
    LacVec3 o = { 0, 0, 0 }, x = { 1, 0, 0 }, far = { 2, 0, 0 };
    g_assert_true(isnan(lac_measure_angle(o, o, x, 0.2).value));
    g_assert_true(isnan(lac_measure_dihedral(o, x, far, x, 0.2).value));
    const LacVec3 line[3] = { o, x, far }, plane[3] = { o, x, { 0, 1, 0 } };
    g_assert_true(isnan(lac_measure_planes(line, plane, 0.2).value));
    g_assert_cmpfloat(lac_measure_distance(o, o, 0.2).value, ==, 0.0);
}

static void
test_direction(void)
{
    LacMat3 turn = lac_rotation_from_euler_deg(27, 41, 63);
    LacVec3 a = { 1, 2, 3 };
    LacVec3 b = lac_vec3_add_scaled(a, 2.0, lac_mat3_apply(&turn, (LacVec3){ 1.02, -1, 2 }));
    int index[3];
    double off;
    lac_measure_index_direction(lac_measure_direction(a, b, &turn), index, &off);
    g_assert_cmpint(index[0], ==, 1);
    g_assert_cmpint(index[1], ==, -1);
    g_assert_cmpint(index[2], ==, 2);
    g_assert_cmpfloat(off, <, 1.0);
}

static void
test_line(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_volume_new(31, 33, 35, 0.5, &error);
    volume->origin = (LacVec3){ 0.3, -0.2, 0.1 };
    for (gsize z = 0; z < 31; z++) // a ramp along x
        for (gsize y = 0; y < 33; y++)
            for (gsize x = 0; x < 35; x++)
                volume->data[(z * 33 + y) * 35 + x] = (float) x;
    g_assert_cmpfloat(fabs(lac_sample_at(volume, volume->origin) - 17.0), <, 1e-6);
    g_assert_cmpfloat(fabs(lac_sample_ball(volume, volume->origin, 1.0) - 17.0), <, 0.02);
    LacVec3 a = { -4.7, -0.2, 0.1 }, b = { 5.3, -0.2, 0.1 };
    g_autoptr(LacLineProfile) line = lac_line_profile_new(volume, a, b, 1.0, 0.25, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(line->n, ==, 41);
    for (gsize i = 0; i < line->n; i++) {
        double expected = 17.0 + (line->at[i] - 5.0) / 0.5;
        g_assert_cmpfloat(fabs(line->mean[i] - expected), <, 1e-5);
        g_assert_cmpfloat(line->max[i], >=, line->mean[i] - 1e-9);
    }
    g_assert_cmpfloat(fabs(line->whole.value - 17.0), <, 1e-5);
    g_assert_null(lac_line_profile_new(volume, a, a, 1.0, 0.25, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/measure/values", test_values);
    g_test_add_func("/measure/errors", test_errors);
    g_test_add_func("/measure/degenerate", test_degenerate);
    g_test_add_func("/measure/direction", test_direction);
    g_test_add_func("/measure/line", test_line);
    return g_test_run();
}
