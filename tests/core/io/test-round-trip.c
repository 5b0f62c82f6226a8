// SPDX-License-Identifier: GPL-3.0-or-later
// reader(writer(x)) = x for every format of the table that writes.
#include "core/data/resample.h"
#include "core/io/format.h"
#include "core/rng.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacVolume *
make_volume(gsize nz, gsize ny, gsize nx, double voxel_size)
{
    LacVolume *volume = lac_volume_new(nz, ny, nx, voxel_size, NULL);
    gsize n = lac_volume_get_size(volume);
    for (gsize i = 0; i < n; i++)
        volume->data[i] = (float) (lac_rng_normal(5, i) * exp(10.0 * lac_rng_normal(6, i)));
    volume->data[0] = -0.0f;
    volume->data[n - 1] = NAN;
    volume->data[n / 2] = INFINITY;
    return volume;
}

// Angle tables take no pixels.
static gboolean
writes_pixels(const LacFormat *format)
{
    return format->write_array != NULL && format != &lac_format_table;
}

static char *
make_path(const LacScratch *scratch, const LacFormat *format, gsize i)
{
    g_autofree char *name = g_strdup_printf("a.%s", format->suffixes[i]);
    return lac_scratch_path(scratch, name);
}

static void
check_volume(const LacScratch *scratch, const LacFormat *format, const LacVolume *volume)
{
    for (gsize i = 0; format->suffixes[i] != NULL; i++) {
        g_autofree char *path = make_path(scratch, format, i);
        g_autoptr(GError) error = NULL;
        g_assert_true(lac_write_volume(volume, path, NULL, &error));
        g_assert_no_error(error);
        g_autoptr(LacVolume) back = lac_read_volume(path, NULL, NULL, &error);
        g_assert_no_error(error);
        g_test_message("%s", path);
        g_assert_cmpuint(back->nz, ==, volume->nz);
        g_assert_cmpuint(back->ny, ==, volume->ny);
        g_assert_cmpuint(back->nx, ==, volume->nx);
        gsize n = lac_volume_get_size(volume);
        g_assert_cmpint(memcmp(back->data, volume->data, n * sizeof(float)), ==, 0);
        if (back->voxel_size != 0.0)
            g_assert_cmpfloat(back->voxel_size, ==, volume->voxel_size);
    }
}

static void
test_volumes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    gsize n;
    const LacFormat *const *formats = lac_formats(&n);
    g_autoptr(LacVolume) volume = make_volume(7, 6, 5, 0.347);
    g_autoptr(LacVolume) plane = make_volume(1, 33, 300, 0.0);
    guint n_written = 0;
    for (gsize i = 0; i < n; i++) {
        if (!writes_pixels(formats[i]))
            continue;
        check_volume(scratch, formats[i], volume);
        check_volume(scratch, formats[i], plane);
        n_written++;
    }
    g_assert_cmpuint(n_written, >=, 5); // MRC, TIFF, NPY, HDF5, MATLAB
    g_assert_cmpuint(lac_scratch_count(scratch), >=, n_written);
}

// A block cut out of a volume lies where it lay, or it is said that this is lost.
static void
test_origin(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    gsize n;
    const LacFormat *const *formats = lac_formats(&n);
    g_autoptr(LacVolume) whole = make_volume(17, 16, 15, 0.347);
    g_autoptr(LacVolume) block =
        lac_volume_crop(whole, (gsize[3]){ 1, 0, 7 }, (gsize[3]){ 4, 9, 10 }, NULL);
    g_autoptr(LacVolume) coarse = lac_volume_bin(block, 2, NULL);
    const LacVolume *volumes[] = { whole, block, coarse };
    guint n_kept = 0;
    for (gsize i = 0; i < n; i++) {
        for (guint k = 0; k < 3 && writes_pixels(formats[i]); k++) {
            const LacVolume *v = volumes[k];
            for (gsize j = 0; formats[i]->suffixes[j] != NULL; j++) {
                g_autofree char *path = make_path(scratch, formats[i], j);
                g_autoptr(GError) error = NULL;
                g_assert_true(lac_write_volume(v, path, NULL, &error));
                g_autoptr(LacVolume) back = lac_read_volume(path, NULL, NULL, &error);
                g_assert_no_error(error);
                g_autofree char *loss = lac_write_dup_loss(v, path);
                g_test_message("%s: %s", path, loss != NULL ? loss : "kept");
                LacVec3 expected = loss == NULL ? v->origin : (LacVec3){ 0 };
                g_assert_cmpfloat_with_epsilon(back->origin.x, expected.x, 1e-12);
                g_assert_cmpfloat_with_epsilon(back->origin.y, expected.y, 1e-12);
                g_assert_cmpfloat_with_epsilon(back->origin.z, expected.z, 1e-12);
                g_assert_true(v != whole || loss == NULL);
                n_kept += v != whole && loss == NULL ? 1 : 0;
                const LacReadParams twice = { .spacing = 2.0 * v->voxel_size };
                g_autoptr(LacVolume) scaled = lac_read_volume(path, &twice, NULL, &error);
                g_assert_no_error(error);
                g_assert_cmpfloat_with_epsilon(scaled->origin.z, 2.0 * expected.z, 1e-9);
            }
        }
    }
    g_assert_cmpuint(n_kept, ==, 2 * (7 + 4)); // MRC and HDF5 with all their suffixes
}

// A format may drop the angles, but what it gives back must be right.
static void
test_series(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    gsize n;
    const LacFormat *const *formats = lac_formats(&n);
    g_autoptr(LacVolume) pixels = make_volume(9, 8, 10, 0.0);
    g_autoptr(LacSeries) series = lac_series_new_from_buffer(pixels->buffer, 9, 8, 10, 0.347, NULL);
    guint n_with_angles = 0;
    for (gsize k = 0; k < 9; k++)
        series->angles[k] =
            (LacAngles){ .phi = 0.1, .theta = 15.3 * (double) k - 61.0, .psi = -0.2 };
    for (gsize i = 0; i < n; i++) {
        if (!writes_pixels(formats[i]))
            continue;
        g_autofree char *path = make_path(scratch, formats[i], 0);
        g_autoptr(GError) error = NULL;
        g_assert_true(lac_write_series(series, path, NULL, &error));
        g_assert_no_error(error);
        g_autoptr(LacSeries) back = lac_read_series(path, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(back->n, ==, 9);
        g_assert_cmpint(memcmp(back->data, series->data, 720 * sizeof(float)), ==, 0);
        if (back->angles[0].theta == 0.0)
            continue;
        n_with_angles++;
        g_assert_cmpint(memcmp(back->angles, series->angles, 9 * sizeof(LacAngles)), ==, 0);
    }
    g_assert_cmpuint(n_with_angles, >=, 1); // HDF5
}

// A cancelled writer leaves no file behind and keeps the old one.
static void
test_cancelled(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    gsize n;
    const LacFormat *const *formats = lac_formats(&n);
    g_autoptr(LacVolume) volume = make_volume(7, 6, 5, 0.347);
    for (gsize i = 0; i < n; i++) {
        if (!writes_pixels(formats[i]))
            continue;
        g_autofree char *path = make_path(scratch, formats[i], 0);
        g_autofree char *contents = NULL;
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(path, "old", 3, NULL));
        lac_progress_cancel(progress);
        g_assert_false(lac_write_volume(volume, path, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_assert_true(g_file_get_contents(path, &contents, NULL, NULL));
        g_assert_cmpstr(contents, ==, "old");
        g_clear_error(&error);
        g_assert_true(lac_write_volume(volume, path, NULL, NULL));
        g_assert_null(lac_read_volume(path, NULL, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
    guint n_written = 0;
    for (gsize i = 0; i < n; i++)
        n_written += writes_pixels(formats[i]) ? 1 : 0;
    g_assert_cmpuint(lac_scratch_count(scratch), ==, n_written);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/round-trip/volumes", LacScratch, NULL, lac_scratch_set_up, test_volumes,
        lac_scratch_tear_down);
    g_test_add("/round-trip/origin", LacScratch, NULL, lac_scratch_set_up, test_origin,
        lac_scratch_tear_down);
    g_test_add("/round-trip/series", LacScratch, NULL, lac_scratch_set_up, test_series,
        lac_scratch_tear_down);
    g_test_add("/round-trip/cancelled", LacScratch, NULL, lac_scratch_set_up, test_cancelled,
        lac_scratch_tear_down);
    return g_test_run();
}
