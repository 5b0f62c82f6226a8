// SPDX-License-Identifier: GPL-3.0-or-later
// The spline reproduces cubic polynomials, on its fine grid and between, and its parts agree.
#include "core/rng.h"
#include "core/trace/spline.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static double
cubic(double x, double y, double z)
{
    double u = 0.1 * x - 0.4, v = 0.1 * y - 0.5, w = 0.1 * z - 0.6;
    return 1.0 + u - 2.0 * v + 0.5 * w + u * u * u - v * v * w + 3.0 * u * v * w + w * w * w;
}

static LacVolume *
make_cubic(gsize nz, gsize ny, gsize nx)
{
    LacVolume *volume = lac_volume_new(nz, ny, nx, 1.0, NULL);
    for (gsize z = 0, i = 0; z < nz; z++)
        for (gsize y = 0; y < ny; y++)
            for (gsize x = 0; x < nx; x++, i++)
                volume->data[i] = (float) cubic((double) x, (double) y, (double) z);
    return volume;
}

static LacVolume *
make_noise(gsize n)
{
    LacVolume *volume = lac_volume_new(n, n + 1, n + 2, 1.0, NULL);
    for (gsize i = 0; i < lac_volume_get_size(volume); i++)
        volume->data[i] = (float) lac_rng_uniform(5, i);
    return volume;
}

static LacSpline *
make_spline(const LacVolume *volume)
{
    LacSpline *spline = lac_spline_load(volume, NULL, NULL);
    g_assert_nonnull(spline);
    g_assert_true(lac_spline_prefilter(spline, NULL, 0.0, 1.0, NULL));
    return spline;
}

// Not-a-knot ends keep every cubic, also beside the faces; edges odd and even.
static void
test_cubic(void)
{
    g_autoptr(LacVolume) volume = make_cubic(11, 8, 9);
    g_autoptr(LacSpline) spline = make_spline(volume);
    float window[LAC_WINDOW_SIZE];
    const LacVec3 centres[] = { { 1.0, 1.0, 1.0 }, { 4.3, 3.7, 5.9 }, { 7.0, 6.0, 9.0 } };
    for (gsize c = 0; c < G_N_ELEMENTS(centres); c++) {
        g_assert_true(lac_spline_sample(spline, centres[c], 1.0 / 3.0, window));
        for (int k = -3; k <= 3; k++)
            for (int j = -3; j <= 3; j++)
                for (int i = -3; i <= 3; i++)
                    g_assert_cmpfloat_with_epsilon((double)
                                                       window[((k + 3) * 7 + j + 3) * 8 + i + 3],
                        cubic(centres[c].x + i / 3.0, centres[c].y + j / 3.0,
                            centres[c].z + k / 3.0),
                        2e-5);
    }
    g_assert_false(lac_spline_sample(spline, (LacVec3){ 0.9, 4.0, 4.0 }, 1.0 / 3.0, window));
    g_assert_cmpfloat((double) window[(3 * 7 + 3) * 8], ==, 0.0);
    g_assert_false(lac_spline_sample(spline, (LacVec3){ 4.0, 4.0, 9.1 }, 1.0 / 3.0, window));
}

static void
test_fine_grid(void)
{
    g_autoptr(LacVolume) volume = make_cubic(11, 8, 9);
    g_autoptr(LacSpline) spline = make_spline(volume);
    gsize size[3];
    lac_spline_get_fine_size(spline, size);
    g_assert_cmpuint(size[0], ==, 23);
    g_assert_cmpuint(size[1], ==, 20);
    g_assert_cmpuint(size[2], ==, 29);
    g_autofree float *scratch = g_new(float, lac_spline_get_fine_scratch(spline));
    g_autofree float *plane = g_new(float, size[0] * size[1]);
    for (gsize z = 0; z < size[2]; z++) {
        lac_spline_sample_fine_plane(spline, z, scratch, plane);
        for (gsize y = 0; y < size[1]; y++)
            for (gsize x = 0; x < size[0]; x++)
                g_assert_cmpfloat_with_epsilon((double) plane[y * size[0] + x],
                    cubic((double) (x + 2) / 3.0, (double) (y + 2) / 3.0, (double) (z + 2) / 3.0),
                    2e-5);
    }
}

static void
test_part(void)
{
    g_autoptr(LacVolume) volume = make_noise(40);
    g_autoptr(LacSpline) whole = make_spline(volume);
    const gsize begin[3] = { 5, 6, 7 }, size[3] = { 30, 31, 30 };
    g_autoptr(LacSpline) part = lac_spline_load_part(volume, begin, size, NULL);
    g_assert_true(lac_spline_prefilter(part, NULL, 0.0, 1.0, NULL));
    float a[LAC_WINDOW_SIZE], b[LAC_WINDOW_SIZE];
    LacVec3 centre = { 19.6, 20.3, 21.1 };
    g_assert_true(lac_spline_sample(whole, centre, 1.0, a));
    g_assert_true(lac_spline_sample(part, centre, 1.0, b));
    for (gsize i = 0; i < LAC_WINDOW_SIZE; i++)
        g_assert_cmpfloat_with_epsilon((double) a[i], (double) b[i], 1e-5);
}

// A Gaussian widened by a Gaussian is one whose squared widths add.
static void
test_smooth(void)
{
    const double before = 1.5, sigma = 1.1;
    g_autoptr(LacVolume) volume = lac_volume_new(33, 32, 31, 1.0, NULL);
    for (gsize z = 0, i = 0; z < 33; z++)
        for (gsize y = 0; y < 32; y++)
            for (gsize x = 0; x < 31; x++, i++) {
                double dx = (double) x - 15, dy = (double) y - 16, dz = (double) z - 16;
                volume->data[i] =
                    (float) exp(-0.5 * (dx * dx + dy * dy + dz * dz) / (before * before));
            }
    g_autoptr(LacSpline) spline = lac_spline_load(volume, NULL, NULL);
    g_assert_true(lac_spline_smooth(spline, sigma, NULL, 0.0, NULL));
    LacGrid grid = lac_spline_get_grid(spline);
    double square = before * before + sigma * sigma;
    double height = pow(before * before / square, 1.5);
    for (gsize d = 0; d < 5; d++) {
        double expected = height * exp(-0.5 * (double) (d * d) / square);
        const float *centre = grid.data + 16 * grid.plane + 16 * grid.row + 15;
        g_assert_cmpfloat_with_epsilon((double) centre[d], expected, 2e-4);
        g_assert_cmpfloat_with_epsilon((double) centre[d * grid.row], expected, 2e-4);
        g_assert_cmpfloat_with_epsilon((double) centre[d * grid.plane], expected, 2e-4);
    }
}

static void
test_refused(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) thin = lac_volume_new(7, 20, 20, 1.0, NULL);
    g_assert_null(lac_spline_load(thin, NULL, &error));
    g_assert_nonnull(strstr(error->message, "7 voxels along z"));
    g_autoptr(LacVolume) volume = make_noise(12);
    g_autoptr(LacSpline) spline = lac_spline_load(volume, NULL, NULL);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    g_clear_error(&error);
    g_assert_false(lac_spline_prefilter(spline, progress, 0.0, 1.0, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spline/cubic", test_cubic);
    g_test_add_func("/spline/fine-grid", test_fine_grid);
    g_test_add_func("/spline/part", test_part);
    g_test_add_func("/spline/smooth", test_smooth);
    g_test_add_func("/spline/refused", test_refused);
    return g_test_run();
}
