// SPDX-License-Identifier: GPL-3.0-or-later
// Cutting out and binning keep values where they are in space.
#include "core/data/resample.h"
#include "core/error.h"

static LacVolume *
make_ramp(gsize nz, gsize ny, gsize nx, double voxel_size)
{
    LacVolume *volume = lac_volume_new(nz, ny, nx, voxel_size, NULL);
    for (gsize z = 0; z < nz; z++)
        for (gsize y = 0; y < ny; y++)
            for (gsize x = 0; x < nx; x++)
                volume->data[(z * ny + y) * nx + x] = (float) (x + 100 * y + 10000 * z);
    return volume;
}

// Position along x [Å] of voxel @i.
static double
position_x(const LacVolume *volume, double i)
{
    return volume->origin.x + (i - (double) (volume->nx / 2)) * volume->voxel_size;
}

static void
test_crop(void)
{
    g_autoptr(LacVolume) volume = make_ramp(5, 6, 9, 0.4);
    const gsize begin[3] = { 2, 1, 3 }, size[3] = { 4, 5, 2 }, outside[3] = { 6, 5, 3 };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) block = lac_volume_crop(volume, begin, size, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(block->nx, ==, 4);
    g_assert_cmpuint(block->ny, ==, 5);
    g_assert_cmpuint(block->nz, ==, 2);
    g_assert_cmpfloat(lac_volume_get(block, 1, 2, 1), ==, 40303.0f);
    g_assert_cmpfloat_with_epsilon(position_x(block, 1.0), position_x(volume, 3.0), 1e-12);
    g_assert_null(lac_volume_crop(volume, begin, outside, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_bin(void)
{
    g_autoptr(LacVolume) volume = make_ramp(4, 5, 7, 0.4);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) coarse = lac_volume_bin(volume, 2, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(coarse->nx, ==, 3);
    g_assert_cmpuint(coarse->ny, ==, 2);
    g_assert_cmpuint(coarse->nz, ==, 2);
    g_assert_cmpfloat(coarse->voxel_size, ==, 0.8);
    g_assert_cmpfloat(lac_volume_get(coarse, 1, 0, 1), ==, 25052.5f);
    g_assert_cmpfloat_with_epsilon(position_x(coarse, 1.0), position_x(volume, 2.5), 1e-12);
    g_autoptr(LacVolume) same = lac_volume_bin(volume, 1, &error);
    g_assert_cmpfloat(lac_volume_get(same, 6, 4, 3), ==, 30406.0f);
    g_assert_null(lac_volume_bin(volume, 5, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_null(lac_volume_bin(volume, 0, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_series(void)
{
    g_autoptr(LacVolume) ramp = make_ramp(3, 4, 6, 0.0);
    g_autoptr(LacSeries) series = lac_series_new_from_buffer(ramp->buffer, 3, 4, 6, 0.4, NULL);
    for (gsize k = 0; k < 3; k++)
        series->angles[k].theta = 10.0 * (double) k;
    series->excluded[2] = TRUE;
    const gsize begin[3] = { 2, 0, 1 }, size[3] = { 4, 4, 2 };
    g_autoptr(LacSeries) block = lac_series_crop(series, begin, size, NULL);
    g_assert_cmpuint(block->n, ==, 2);
    g_assert_cmpfloat(block->angles[1].theta, ==, 20.0);
    g_assert_true(block->excluded[1]);
    g_assert_cmpfloat(block->data[0], ==, 10002.0f);
    g_assert_cmpfloat(block->shifts[1].du, ==, -1.0);
    g_assert_cmpfloat(block->shifts[1].dv, ==, 0.0);
    g_autoptr(LacSeries) coarse = lac_series_bin(block, 2, NULL);
    g_assert_cmpuint(coarse->n, ==, 2);
    g_assert_cmpuint(coarse->nv, ==, 2);
    g_assert_cmpuint(coarse->nu, ==, 2);
    g_assert_cmpfloat(coarse->pixel_size, ==, 0.8);
    g_assert_cmpfloat(coarse->data[0], ==, 10052.5f);
    g_assert_cmpfloat(coarse->angles[0].theta, ==, 10.0);
    // Pixel 1 of 4, where the centre is now along u, lies in the far half of coarse pixel 0.
    g_assert_cmpfloat(coarse->shifts[0].du, ==, 0.25 - 1.0);
    g_assert_cmpfloat(coarse->shifts[0].dv, ==, 0.75 - 1.0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/resample/crop", test_crop);
    g_test_add_func("/resample/bin", test_bin);
    g_test_add_func("/resample/series", test_series);
    return g_test_run();
}
