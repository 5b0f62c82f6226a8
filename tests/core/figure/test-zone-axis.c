// SPDX-License-Identifier: GPL-3.0-or-later
// Zone axes: those of cubic and oblique cells, whatever their place in space.
#include "core/figure/zone-axis.h"
#include "core/vec.h"

#include <math.h>

static LacVec3
combine(const LacVec3 cell[3], int u, int v, int w)
{
    LacVec3 r = { u * cell[0].x + v * cell[1].x + w * cell[2].x,
        u * cell[0].y + v * cell[1].y + w * cell[2].y,
        u * cell[0].z + v * cell[1].z + w * cell[2].z };
    double length = lac_vec3_norm(r);
    return (LacVec3){ r.x / length, r.y / length, r.z / length };
}

static void
test_find(void)
{
    static const int wanted[][3] = { { 1, 0, 0 }, { 0, 0, -1 }, { 1, 1, 0 }, { 1, -1, 0 },
        { 1, 1, 1 }, { -1, 1, 2 }, { 0, 1, 3 } };
    LacMat3 turn = lac_rotation_from_euler_deg(17.0, 40.0, -65.0);
    LacVec3 oblique[3] = { { 3.2, 0.0, 0.0 }, { -1.6, 2.77, 0.0 }, { 0.1, 0.0, 5.15 } };
    for (guint i = 0; i < G_N_ELEMENTS(oblique); i++)
        oblique[i] = lac_mat3_apply(&turn, oblique[i]);
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        int uvw[3];
        LacVec3 along = combine(oblique, wanted[i][0], wanted[i][1], wanted[i][2]);
        g_assert_cmpfloat(lac_zone_axis_find(oblique, along, uvw), <, 1e-5);
        for (int k = 0; k < 3; k++)
            g_assert_cmpint(uvw[k], ==, wanted[i][k]);
    }
}

// A little off a simple direction it is still that one that is meant.
static void
test_near(void)
{
    const LacVec3 cubic[3] = { { 4.0, 0.0, 0.0 }, { 0.0, 4.0, 0.0 }, { 0.0, 0.0, 4.0 } };
    double angle = 2.0 * G_PI / 180.0;
    int uvw[3];
    double off = lac_zone_axis_find(cubic, (LacVec3){ sin(angle), 0.0, cos(angle) }, uvw);
    g_assert_cmpfloat_with_epsilon(off, 2.0, 1e-9);
    g_autofree char *name = lac_zone_axis_dup_name(uvw);
    g_assert_cmpstr(name, ==, "[001]");
    const int negative[] = { -1, 1, 0 };
    g_autofree char *barred = lac_zone_axis_dup_name(negative);
    g_assert_cmpstr(barred, ==,
        "[1\xcc\x84"
        "10]");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zone-axis/find", test_find);
    g_test_add_func("/zone-axis/near", test_near);
    return g_test_run();
}
