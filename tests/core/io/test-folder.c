// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of images: natural order, angles in names, PNG, and what does not belong together.
#include "core/error.h"
#include "core/io/format.h"
#include "core/io/natural.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <glib/gstdio.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

static void
test_natural_order(void)
{
    static const char *const ordered[] = { "", "a", "a1", "a1b", "a2", "a02", "a10", "a10b2",
        "a10b10", "a99999999999999999999", "a100000000000000000000", "b" };
    for (gsize i = 0; i < G_N_ELEMENTS(ordered); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(ordered); j++) {
            int order = lac_natural_compare(ordered[i], ordered[j]);
            gboolean is_same_number = (i == 4 && j == 5) || (i == 5 && j == 4);
            if (is_same_number)
                g_assert_cmpint(order, !=, 0);
            else
                g_assert_cmpint(CLAMP(order, -1, 1), ==, i < j ? -1 : i > j ? 1 : 0);
        }
    }
}

static void
test_angles_in_names(void)
{
    static const struct {
        const char *names[3];
        gboolean found;
        double theta[2];
    } cases[] = {
        { { "tilt_-35.5deg.tif", "tilt_20deg.tif" }, TRUE, { -35.5, 20.0 } },
        { { "001_-35.5°.png", "002_+20.0°.png" }, TRUE, { -35.5, 20.0 } },
        { { "tilt_01_-3deg.tif", "tilt_02_0deg.tif" }, TRUE, { -3.0, 0.0 } },
        { { "tilt-35.tif", "tilt+20.tif" }, TRUE, { -35.0, 20.0 } },
        { { "Theta=-35.0.tif", "Theta=20.0.tif" }, TRUE, { -35.0, 20.0 } },
        { { "img-10deg.tif", "img-20deg.tif" }, TRUE, { 10.0, 20.0 } },
        { { "tilt_001.tif", "tilt_002.tif" }, FALSE, { 0.0, 0.0 } },
        { { "tilt-001.tif", "tilt-002.tif" }, FALSE, { 0.0, 0.0 } },
        { { "a_10deg.tif", "b.tif" }, FALSE, { 0.0, 0.0 } },
        { { "a_10deg.tif", "a_1000deg.tif" }, FALSE, { 0.0, 0.0 } },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree LacAngles *angles = lac_natural_find_angles(cases[i].names, 2);
        g_assert_cmpint(angles != NULL, ==, cases[i].found);
        for (gsize k = 0; k < 2 && angles != NULL; k++)
            g_assert_cmpfloat(angles[k].theta, ==, cases[i].theta[k]);
    }
}

static void
write_png(const char *path, guint width, guint height, int bits, int color, guint first)
{
    FILE *file = fopen(path, "wbe");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_set_IHDR(png, info, width, height, bits, color, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    g_autofree guint8 *row = g_malloc0(width * 8);
    for (guint y = 0; y < height; y++) {
        for (guint x = 0; x < width; x++) {
            guint v = first + y * width + x;
            if (bits == 16) {
                row[2 * x] = (guint8) (v >> 8);
                row[2 * x + 1] = (guint8) v;
            }
            else {
                row[x] = (guint8) v;
            }
        }
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    g_assert_cmpint(fclose(file), ==, 0);
}

static void
test_series(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    for (guint k = 1; k <= 11; k++) {
        g_autofree char *name = g_strdup_printf("s%u_tilt%+.1fdeg.png", k, -30.0 + 5.5 * k);
        g_autofree char *path = lac_scratch_path(scratch, name);
        write_png(path, 5, 3, k == 2 ? 8 : 16, PNG_COLOR_TYPE_GRAY, k * (k == 2 ? 1 : 100));
    }
    g_free(lac_scratch_write(scratch, "notes.txt", "hello", -1));
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = lac_read_series(scratch->folder, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(series->n, ==, 11);
    g_assert_cmpuint(series->nv, ==, 3);
    g_assert_cmpuint(series->nu, ==, 5);
    for (guint k = 0; k < 11; k++) {
        guint first = (k + 1) * (k == 1 ? 1 : 100);
        g_assert_cmpfloat(lac_series_get_projection(series, k)[14], ==, (float) (first + 14));
        g_assert_cmpfloat(series->angles[k].theta, ==, -30.0 + 5.5 * (k + 1));
    }
    gsize n;
    g_autofree LacAngles *angles = lac_read_angles(scratch->folder, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(angles[10].theta, ==, 30.5);
    g_assert_cmpuint(n, ==, 11);
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_read_series(scratch->folder, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    g_assert_nonnull(strstr(error->message, "no images"));
    g_clear_error(&error);

    g_autofree char *a = lac_scratch_path(scratch, "a.png");
    g_autofree char *b = lac_scratch_path(scratch, "b.png");
    write_png(a, 5, 3, 8, PNG_COLOR_TYPE_GRAY, 0);
    write_png(b, 5, 4, 8, PNG_COLOR_TYPE_GRAY, 0);
    g_assert_null(lac_read_series(scratch->folder, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    g_assert_nonnull(strstr(error->message, "b.png has 4 x 5 pixels"));
    g_clear_error(&error);

    write_png(b, 1, 1, 8, PNG_COLOR_TYPE_RGB, 0);
    g_assert_null(lac_read_volume(b, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    g_assert_nonnull(strstr(error->message, "only grey"));
    g_clear_error(&error);

    g_assert_cmpint(g_unlink(b), ==, 0);
    g_autoptr(LacVolume) stack = lac_volume_new(2, 3, 5, 0.0, NULL);
    g_autofree char *c = lac_scratch_path(scratch, "c.tif");
    g_assert_true(lac_write_volume(stack, c, NULL, NULL));
    g_assert_null(lac_read_series(scratch->folder, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "several formats"));
    g_clear_error(&error);
    g_assert_cmpint(g_unlink(a), ==, 0);
    g_assert_null(lac_read_series(scratch->folder, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "c.tif is a stack"));
}

static gboolean
read_volume(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, error);
    return volume != NULL;
}

static void
test_damaged_png(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.png");
    write_png(path, 40, 30, 16, PNG_COLOR_TYPE_GRAY, 0);
    LacMutateReport report = lac_mutate_check_file(path, 10000, 41, read_volume, NULL);
    g_assert_cmpuint(report.n_refused, >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/folder/natural-order", test_natural_order);
    g_test_add_func("/folder/angles-in-names", test_angles_in_names);
    g_test_add("/folder/series", LacScratch, NULL, lac_scratch_set_up, test_series,
        lac_scratch_tear_down);
    g_test_add("/folder/refused", LacScratch, NULL, lac_scratch_set_up, test_refused,
        lac_scratch_tear_down);
    g_test_add("/folder/damaged-png", LacScratch, NULL, lac_scratch_set_up, test_damaged_png,
        lac_scratch_tear_down);
    return g_test_run();
}
