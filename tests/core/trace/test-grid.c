// SPDX-License-Identifier: GPL-3.0-or-later
// The index conventions of volumes and of published models.
#include "core/trace/grid.h"

static void
assert_position(const LacVolume *volume, LacVec3 voxel, double x, double y, double z)
{
    LacVec3 p = lac_grid_to_position(volume, voxel);
    g_assert_cmpfloat_with_epsilon(p.x, x, 1e-12);
    g_assert_cmpfloat_with_epsilon(p.y, y, 1e-12);
    g_assert_cmpfloat_with_epsilon(p.z, z, 1e-12);
    LacVec3 back = lac_grid_from_position(volume, p);
    g_assert_cmpfloat_with_epsilon(back.x, voxel.x, 1e-12);
    g_assert_cmpfloat_with_epsilon(back.y, voxel.y, 1e-12);
    g_assert_cmpfloat_with_epsilon(back.z, voxel.z, 1e-12);
}

// Voxel floor(n / 2) from 0 is the centre, for odd and even n.
static void
test_centre(void)
{
    g_autoptr(LacVolume) volume = lac_volume_new(10, 9, 8, 0.5, NULL);
    assert_position(volume, (LacVec3){ 4.0, 4.0, 5.0 }, 0.0, 0.0, 0.0);
    assert_position(volume, (LacVec3){ 0.0, 0.0, 0.0 }, -2.0, -2.0, -2.5);
    assert_position(volume, (LacVec3){ 4.25, 8.0, 9.0 }, 0.125, 2.0, 2.0);
    volume->origin = (LacVec3){ 10.0, -20.0, 30.0 };
    assert_position(volume, (LacVec3){ 4.0, 4.0, 5.0 }, 10.0, -20.0, 30.0);
}

static void
test_unknown_size(void)
{
    g_autoptr(LacVolume) volume = lac_volume_new(8, 8, 8, 0.0, NULL);
    assert_position(volume, (LacVec3){ 6.5, 4.0, 1.0 }, 2.5, 0.0, -3.0);
}

// The published metallic glass: 300 voxels of 0.347 Å, index i from 1 lies at 0.347 (i - 151) Å;
// its multislice model the same about 171 in a frame of 340.
static void
test_one_based(void)
{
    g_autoptr(LacVolume) volume = lac_volume_new(300, 8, 340, 0.347, NULL);
    for (double i = 1.0; i <= 300.0; i += 13.7) {
        double voxel = lac_grid_from_one_based(i);
        g_assert_cmpfloat_with_epsilon(lac_grid_to_one_based(voxel), i, 1e-12);
        LacVec3 p = lac_grid_to_position(volume, (LacVec3){ voxel, 0.0, voxel });
        g_assert_cmpfloat_with_epsilon(p.x, 0.347 * (i - 171.0), 1e-12);
        g_assert_cmpfloat_with_epsilon(p.z, 0.347 * (i - 151.0), 1e-12);
    }
}

// Padded fine index p from 1: i = p / 3 - 2 from 1; unpadded fine index m = p - 10: i = (m + 4) / 3.
static void
test_fine(void)
{
    for (double p = 1.0; p <= 900.0; p += 7.31) {
        double voxel = lac_grid_from_fine(p);
        g_assert_cmpfloat_with_epsilon(lac_grid_to_one_based(voxel), p / 3.0 - 2.0, 1e-12);
        g_assert_cmpfloat_with_epsilon(lac_grid_to_one_based(voxel), (p - 10.0 + 4.0) / 3.0, 1e-12);
        g_assert_cmpfloat_with_epsilon(lac_grid_to_fine(voxel), p, 1e-12);
    }
    // 128 voxels make 400 padded fine ones; voxel 65 from 1 is the centre.
    g_assert_cmpfloat_with_epsilon(lac_grid_to_fine(64.0), 201.0, 1e-12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/grid/centre", test_centre);
    g_test_add_func("/grid/unknown-size", test_unknown_size);
    g_test_add_func("/grid/one-based", test_one_based);
    g_test_add_func("/grid/fine", test_fine);
    return g_test_run();
}
