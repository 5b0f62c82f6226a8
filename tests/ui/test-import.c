// SPDX-License-Identifier: GPL-3.0-or-later
// What the import page finds in files.
#include "core/error.h"
#include "ui/import-source.h"

#include <glib/gstdio.h>

#define N  11
#define NV 20
#define NU 24

typedef struct {
    char *folder;
} Desk;

static void
set_up(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    desk->folder = g_dir_make_tmp("lacuna-XXXXXX", &error);
    g_assert_no_error(error);
}

static void
remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *entry = g_build_filename(path, name, NULL);
        if (g_file_test(entry, G_FILE_TEST_IS_DIR))
            remove_folder(entry);
        else
            g_remove(entry);
    }
    g_rmdir(path);
}

static void
tear_down(Desk *desk, gconstpointer data)
{
    (void) data;
    remove_folder(desk->folder);
    g_free(desk->folder);
}

// Every pixel of projection k is k.
static char *
write_series(Desk *desk, const char *name, gsize n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = lac_series_new(n, NV, NU, 0.4, &error);
    for (gsize i = 0; i < n * NV * NU; i++)
        series->data[i] = (float) (i / (NV * NU));
    char *path = g_build_filename(desk->folder, name, NULL);
    g_assert_true(lac_write_series(series, path, NULL, &error));
    g_assert_no_error(error);
    return path;
}

static char *
write_angles(Desk *desk, const char *name, gsize n)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize k = 0; k < n; k++)
        g_string_append_printf(text, "%g\n", -50.0 + 10.0 * (double) k);
    char *path = g_build_filename(desk->folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
    return path;
}

static LacImport *
read_import(const char *projections, const char *angles, GError **error)
{
    LacImportRequest *request = lac_import_request_new(projections);
    request->angles = g_strdup(angles);
    LacImport *import = lac_import_read(NULL, request, error);
    lac_import_request_free(request);
    return import;
}

// The angles beside the projections are found by the stem; those of another series do not fit.
static void
test_found(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = write_series(desk, "scan.mrc", N);
    g_free(write_angles(desk, "angles_other.txt", N + 3));
    g_free(write_angles(desk, "scan.tlt", N));
    LacImport *import = read_import(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(import->has_angles);
    g_assert_cmpstr(import->angles_source, ==, "scan.tlt");
    g_assert_cmpfloat(import->series->angles[3].theta, ==, -20.0);
    g_assert_cmpfloat(import->check.max, ==, N - 1);
    g_assert_false(import->looks_like_volume);
    lac_import_free(import);
}

static void
test_wrong_length(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = write_series(desk, "scan.mrc", N);
    g_autofree char *angles = write_angles(desk, "short.txt", N - 4);
    LacImport *import = read_import(path, angles, &error);
    g_assert_no_error(error);
    g_assert_false(import->has_angles);
    g_assert_error(import->angles_error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_assert_cmpstr(import->angles_error->message, ==,
        "short.txt has 7 angles, but there are 11 projections");
    lac_import_free(import);
}

// A mask is of the volume's shape, which is nu x nv x nu.
static void
test_mask(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = write_series(desk, "scan.mrc", N);
    g_autofree char *mask = g_build_filename(desk->folder, "mask.mrc", NULL);
    for (gsize nz = NU - 1; nz <= NU; nz++) {
        g_autoptr(LacVolume) volume = lac_volume_new(nz, NV, NU, 0.4, NULL);
        g_assert_true(lac_write_volume(volume, mask, NULL, &error));
        LacImportRequest *request = lac_import_request_new(path);
        request->mask = g_strdup(mask);
        LacImport *import = lac_import_read(NULL, request, &error);
        g_assert_no_error(error);
        g_assert_true((import->mask != NULL) == (nz == NU));
        g_autofree char *expected = g_strdup_printf(
            "The mask mask.mrc has %d × %d × %d voxels along x, y and z, but the volume will have "
            "%d × %d × %d",
            NU, NV, NU - 1, NU, NV, NU);
        if (nz != NU) {
            g_assert_error(import->mask_error, LAC_ERROR, LAC_ERROR_MISMATCH);
            g_assert_cmpstr(import->mask_error->message, ==, expected);
        }
        lac_import_free(import);
        lac_import_request_free(request);
    }
}

// Image 2 stands before image 10, and the names are those of the images.
static void
test_folder(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_build_filename(desk->folder, "tilts", NULL);
    g_mkdir(folder, 0700);
    for (gsize k = 0; k < N; k++) {
        g_autoptr(LacSeries) one = lac_series_new(1, NV, NU, 0.4, &error);
        for (gsize i = 0; i < NV * NU; i++)
            one->data[i] = (float) k;
        g_autofree char *name = g_strdup_printf("image_%u.tif", (guint) k);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_assert_true(lac_write_series(one, path, NULL, &error));
        g_assert_no_error(error);
    }
    LacImport *import = read_import(folder, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(import->series->n, ==, N);
    g_assert_cmpstr(import->names[2], ==, "image_2.tif");
    g_assert_cmpstr(import->names[10], ==, "image_10.tif");
    for (gsize k = 0; k < N; k++)
        g_assert_cmpfloat(lac_series_get_projection(import->series, k)[0], ==, (float) k);
    lac_import_free(import);
}

static void
test_volume(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = write_series(desk, "something.mrc", NU);
    LacImport *import = read_import(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(import->looks_like_volume);
    lac_import_free(import);
}

static void
test_damaged(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(desk->folder, "noise.mrc", NULL);
    g_file_set_contents(path, "this is no image", -1, NULL);
    g_assert_null(read_import(path, NULL, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "noise.mrc"));
}

static void
test_sort(void)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autofree char *projections = NULL;
    g_autofree char *angles = NULL;
    g_autofree char *mask = NULL;
    char in_mask[] = "/data/Mask_1.mat", in_angles[] = "/data/Si_Angle.mat";
    char in_projections[] = "/data/stack.mat";
    g_ptr_array_add(paths, in_mask);
    g_ptr_array_add(paths, in_angles);
    g_ptr_array_add(paths, in_projections);
    g_assert_true(lac_import_sort_files(paths, &projections, &angles, &mask));
    g_assert_cmpstr(projections, ==, in_projections);
    g_assert_cmpstr(angles, ==, in_angles);
    g_assert_cmpstr(mask, ==, in_mask);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/ui/import/found", Desk, NULL, set_up, test_found, tear_down);
    g_test_add("/ui/import/wrong-length", Desk, NULL, set_up, test_wrong_length, tear_down);
    g_test_add("/ui/import/mask", Desk, NULL, set_up, test_mask, tear_down);
    g_test_add("/ui/import/folder", Desk, NULL, set_up, test_folder, tear_down);
    g_test_add("/ui/import/volume", Desk, NULL, set_up, test_volume, tear_down);
    g_test_add("/ui/import/damaged", Desk, NULL, set_up, test_damaged, tear_down);
    g_test_add_func("/ui/import/sort", test_sort);
    return g_test_run();
}
