// SPDX-License-Identifier: GPL-3.0-or-later
// MATLAB files: versions 5 and 7.3 give the same array, classes are told apart, damage is refused.
#include "core/error.h"
#include "core/io/format.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <matio.h>
#include <string.h>
#include <zlib.h>

// Size (A, B, C) = (4, 3, 2) in MATLAB, so shape (2, 3, 4) here; value = MATLAB's linear index.
#define N_X 4
#define N_Y 3
#define N_Z 2
#define N   (N_X * N_Y * N_Z)

static void
add_variable(mat_t *file, const char *name, enum matio_classes class, enum matio_types type,
    int rank, size_t *dims, void *values, int flags, enum matio_compression packing)
{
    matvar_t *variable = Mat_VarCreate(name, class, type, rank, dims, values, flags);
    g_assert_nonnull(variable);
    g_assert_cmpint(Mat_VarWrite(file, variable, packing), ==, 0);
    Mat_VarFree(variable);
}

static char *
make_cube(const LacScratch *scratch, const char *name, enum mat_ft version,
    enum matio_compression packing)
{
    char *path = lac_scratch_path(scratch, name);
    mat_t *file = Mat_CreateVer(path, NULL, version);
    g_assert_nonnull(file);
    size_t cube[] = { N_X, N_Y, N_Z }, table[] = { 5, 3 }, one[] = { 1, 1 };
    double values[N], angles[15], scalar = 0.347;
    for (int i = 0; i < N; i++)
        values[i] = i + 0.5;
    for (int i = 0; i < 15; i++)
        angles[i] = i / 7.0;
    add_variable(file, "cube", MAT_C_DOUBLE, MAT_T_DOUBLE, 3, cube, values, 0, packing);
    add_variable(file, "tilt", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, table, angles, 0, packing);
    add_variable(file, "res", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, one, &scalar, 0, packing);
    Mat_Close(file);
    return path;
}

static void
check_cube(const char *path, const char *format_name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(info->format_name, ==, format_name);
    g_assert_cmpuint(info->items->len, ==, 3);
    const LacFileItem *item = info->items->pdata[0];
    for (guint i = 0; i < 3; i++)
        if (g_str_equal(((LacFileItem *) info->items->pdata[i])->name, "cube"))
            item = info->items->pdata[i];
    g_assert_cmpstr(item->name, ==, "cube");
    g_assert_cmpstr(item->type, ==, "double");
    const gsize shape[] = { N_Z, N_Y, N_X };
    g_assert_cmpint(memcmp(item->shape, shape, 3 * sizeof(gsize)), ==, 0);

    g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(volume->nx, ==, N_X);
    g_assert_cmpuint(volume->nz, ==, N_Z);
    for (gsize i = 0; i < N; i++)
        g_assert_cmpfloat(volume->data[i], ==, (float) i + 0.5f);

    g_autofree char *table = g_strconcat(path, ":tilt", NULL);
    gsize n;
    g_autofree LacAngles *angles = lac_read_angles(table, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 5);
    for (gsize k = 0; k < n; k++) {
        g_assert_cmpfloat(angles[k].phi, ==, (double) k / 7.0);
        g_assert_cmpfloat(angles[k].theta, ==, (double) (k + 5) / 7.0);
        g_assert_cmpfloat(angles[k].psi, ==, (double) (k + 10) / 7.0);
    }
}

static void
test_versions(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const struct {
        const char *name;
        enum mat_ft version;
        enum matio_compression packing;
        const char *format_name;
    } cases[] = {
        { "5.mat", MAT_FT_MAT5, MAT_COMPRESSION_NONE, "MATLAB v5" },
        { "5z.mat", MAT_FT_MAT5, MAT_COMPRESSION_ZLIB, "MATLAB v5" },
        { "73.mat", MAT_FT_MAT73, MAT_COMPRESSION_NONE, "MATLAB v7.3" },
        { "73z.mat", MAT_FT_MAT73, MAT_COMPRESSION_ZLIB, "MATLAB v7.3" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path =
            make_cube(scratch, cases[i].name, cases[i].version, cases[i].packing);
        check_cube(path, cases[i].format_name);
    }
}

static void
test_version_4(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "4.mat");
    mat_t *file = Mat_CreateVer(path, NULL, MAT_FT_MAT4);
    size_t dims[] = { 3, 2 };
    double values[] = { 0, 1, 2, 3, 4, 5 };
    add_variable(file, "a", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, values, 0, MAT_COMPRESSION_NONE);
    Mat_Close(file);
    g_autoptr(LacArray) array = lac_read_array(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(array->shape[0], ==, 2);
    g_assert_cmpuint(array->shape[1], ==, 3);
    for (gsize i = 0; i < 6; i++)
        g_assert_cmpfloat(array->buffer->data[i], ==, (float) i);
}

static void
test_classes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const struct {
        enum matio_classes class;
        enum matio_types type;
        guint8 values[16];
        float expected[2];
    } cases[] = {
        { MAT_C_INT8, MAT_T_INT8, { 255, 7 }, { -1.0f, 7.0f } },
        { MAT_C_UINT8, MAT_T_UINT8, { 255, 7 }, { 255.0f, 7.0f } },
        { MAT_C_INT16, MAT_T_INT16, { 254, 255, 0, 1 }, { -2.0f, 256.0f } },
        { MAT_C_UINT16, MAT_T_UINT16, { 254, 255, 0, 1 }, { 65534.0f, 256.0f } },
        { MAT_C_INT32, MAT_T_INT32, { 254, 255, 255, 255, 0, 0, 1, 0 }, { -2.0f, 65536.0f } },
        { MAT_C_UINT32, MAT_T_UINT32, { 0, 0, 0, 128, 0, 0, 1, 0 }, { 0x1p31f, 65536.0f } },
        { MAT_C_INT64, MAT_T_INT64, { 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 1 },
            { -1.0f, 0x1p32f } },
        { MAT_C_UINT64, MAT_T_UINT64, { 0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0, 1 },
            { 0x1p63f, 0x1p32f } },
        { MAT_C_SINGLE, MAT_T_SINGLE, { 0, 0, 128, 63, 0, 0, 0, 192 }, { 1.0f, -2.0f } },
    };
    const enum mat_ft versions[] = { MAT_FT_MAT5, MAT_FT_MAT73 };
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = lac_scratch_path(scratch, "class.mat");
        mat_t *file = Mat_CreateVer(path, NULL, versions[i % 2]);
        size_t dims[] = { 1, 2 };
        guint8 values[16];
        memcpy(values, cases[i / 2].values, sizeof values);
        add_variable(file, "a", cases[i / 2].class, cases[i / 2].type, 2, dims, values, 0,
            MAT_COMPRESSION_ZLIB);
        Mat_Close(file);
        g_autoptr(LacArray) array = lac_read_array(path, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(array->shape[0], ==, 2);
        g_assert_cmpuint(array->shape[1], ==, 1);
        g_assert_cmpfloat(array->buffer->data[0], ==, cases[i / 2].expected[0]);
        g_assert_cmpfloat(array->buffer->data[1], ==, cases[i / 2].expected[1]);
    }
}

static void
refuse(const char *path, const char *variable, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_strdup_printf("%s:%s", path, variable);
    g_autoptr(LacArray) array = lac_read_array(file, NULL, NULL, &error);
    g_assert_null(array);
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, variable));
    g_assert_nonnull(strstr(error->message, reason));
}

static void
test_other_classes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const enum mat_ft versions[] = { MAT_FT_MAT5, MAT_FT_MAT73 };
    for (gsize i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autofree char *path = lac_scratch_path(scratch, i == 0 ? "o5.mat" : "o73.mat");
        mat_t *file = Mat_CreateVer(path, NULL, versions[i]);
        size_t dims[] = { 2, 2 }, one[] = { 1, 1 }, text_dims[] = { 1, 4 };
        double re[] = { 1, 2, 3, 4 }, im[] = { 5, 6, 7, 8 };
        mat_complex_split_t both = { re, im };
        char text[] = "text";
        add_variable(file, "wave", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, &both, MAT_F_COMPLEX,
            MAT_COMPRESSION_ZLIB);
        add_variable(file, "label", MAT_C_CHAR, MAT_T_UTF8, 2, text_dims, text, 0,
            MAT_COMPRESSION_ZLIB);
        matvar_t *fields[] = { Mat_VarCreate("x", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, one, re, 0),
            NULL };
        add_variable(file, "record", MAT_C_STRUCT, MAT_T_STRUCT, 2, one, fields, 0,
            MAT_COMPRESSION_ZLIB);
        matvar_t *cells[] = { Mat_VarCreate(NULL, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, one, re, 0),
            NULL };
        add_variable(file, "list", MAT_C_CELL, MAT_T_CELL, 2, one, cells, 0, MAT_COMPRESSION_ZLIB);
        Mat_Close(file);
        refuse(path, "wave", "complex");
        refuse(path, "label", "char");
        refuse(path, "record", "struct");
        refuse(path, "list", "cell");
        g_autoptr(GError) error = NULL;
        g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
        g_assert_no_error(error);
        for (guint k = 0; k < info->items->len; k++) {
            const LacFileItem *item = info->items->pdata[k];
            g_assert_cmpint(item->kind, ==, LAC_ITEM_OTHER);
            g_assert_nonnull(item->note);
        }
    }
}

static void
test_round_trip(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "series.mat");
    g_autoptr(LacSeries) series = lac_series_new(5, 3, 4, 0.347, NULL);
    for (gsize i = 0; i < 60; i++)
        series->data[i] = (float) i / 7.0f;
    for (gsize k = 0; k < 5; k++)
        series->angles[k] = (LacAngles){ 0.1 * (double) k, -70.0 + (double) k / 3.0, 1e-3 };
    g_assert_true(lac_write_series(series, path, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(LacSeries) back = lac_read_series(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(back->pixel_size, ==, 0.347);
    g_assert_cmpint(memcmp(back->data, series->data, 60 * sizeof(float)), ==, 0);
    g_assert_cmpint(memcmp(back->angles, series->angles, 5 * sizeof(LacAngles)), ==, 0);
}

// The published sample: 41 projections, and the result as an object that only MATLAB knows.
static void
test_sample(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *projections =
        lac_scratch_find_data("resire-sample/sample_projections_amorphous.mat");
    g_autofree char *result = lac_scratch_find_data("resire-sample/sample_amorphous_res.mat");
    if (projections == NULL || result == NULL)
        return;
    g_autofree char *named = g_strconcat(projections, ":Projs", NULL);
    g_autoptr(LacArray) array = lac_read_array(named, NULL, NULL, &error);
    g_assert_no_error(error);
    const gsize shape[] = { 41, 64, 64 };
    g_assert_cmpint(memcmp(array->shape, shape, sizeof shape), ==, 0);
    // Projs(31, 33, 1), Projs(40, 20, 21) and Projs(20, 40, 41) of MATLAB
    g_assert_cmpfloat_with_epsilon(array->buffer->data[(0 * 64 + 32) * 64 + 30], 13542.0803f,
        1e-2f);
    g_assert_cmpfloat_with_epsilon(array->buffer->data[(20 * 64 + 19) * 64 + 39], 10874.7092f,
        1e-2f);
    g_assert_cmpfloat_with_epsilon(array->buffer->data[(40 * 64 + 39) * 64 + 19], 19842.0454f,
        1e-2f);

    g_autoptr(LacFileInfo) info = lac_file_info_read(result, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacVolume) volume = lac_read_volume(result, NULL, NULL, &error);
    g_assert_null(volume);
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    g_assert_nonnull(strstr(error->message, "MATLAB class"));
    const LacFileItem *item = info->items->pdata[0];
    refuse(result, item->name, "class");
}

static void
list_folder(const char *folder, guint *n_files, guint *n_arrays)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            list_folder(path, n_files, n_arrays);
            continue;
        }
        if (!g_str_has_suffix(name, ".mat"))
            continue;
        g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(info->items->len, >, 0);
        (*n_files)++;
        for (guint i = 0; i < info->items->len; i++) {
            const LacFileItem *item = info->items->pdata[i];
            g_autofree char *named = g_strdup_printf("%s:%s", path, item->name);
            g_test_message("%s %s: %s %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
                           " %s",
                name, item->name, item->type, item->shape[0], item->shape[1], item->shape[2],
                item->note != NULL ? item->note : "");
            if (item->kind != LAC_ITEM_ARRAY)
                continue;
            g_autoptr(LacArray) array = lac_read_array(named, NULL, NULL, &error);
            g_assert_no_error(error);
            g_assert_cmpint(memcmp(array->shape, item->shape, sizeof array->shape), ==, 0);
            (*n_arrays)++;
        }
    }
}

static void
test_published(void)
{
    g_autofree char *folder = lac_scratch_find_data("resire-sample");
    if (folder == NULL)
        return;
    guint n_files = 0, n_arrays = 0;
    list_folder(g_getenv("LACUNA_TEST_DATA"), &n_files, &n_arrays);
    g_test_message("%u files, %u arrays", n_files, n_arrays);
    g_assert_cmpuint(n_arrays, >=, n_files - 1);
}

static gboolean
read_anything(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, error);
    if (info == NULL)
        return FALSE;
    for (guint i = 0; i < info->items->len; i++) {
        const LacFileItem *item = info->items->pdata[i];
        g_autofree char *named = g_strdup_printf("%s:%s", path, item->name);
        g_autoptr(LacArray) array =
            item->kind == LAC_ITEM_ARRAY ? lac_read_array(named, NULL, NULL, error) : NULL;
        if (item->kind == LAC_ITEM_ARRAY && array == NULL)
            return FALSE;
    }
    return TRUE;
}

static void
test_damaged(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *plain = make_cube(scratch, "5.mat", MAT_FT_MAT5, MAT_COMPRESSION_NONE);
    g_autofree char *packed = make_cube(scratch, "5z.mat", MAT_FT_MAT5, MAT_COMPRESSION_ZLIB);
    g_autofree char *hdf5 = make_cube(scratch, "73.mat", MAT_FT_MAT73, MAT_COMPRESSION_ZLIB);
    lac_mutate_check_file(plain, 10000, 1, read_anything, NULL);
    lac_mutate_check_file(packed, 10000, 2, read_anything, NULL);
    lac_mutate_check_file(hdf5, 10000, 3, read_anything, NULL);
}

// A packed variable that claims 2 GB and unpacks to nothing like it.
static void
test_bomb(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    guint8 inner[64] = { 0 };
    const guint32 words[] = { 14, 0x7ffffff0, 6, 8, 6, 0, 5, 8, 16384, 16384, 0x10001, 'a', 9,
        0x7fffff00 };
    memcpy(inner, words, sizeof words);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    char head[128];
    memset(head, ' ', sizeof head);
    memcpy(head, "MATLAB 5.0 MAT-file", 19);
    memcpy(head + 124, "\x00\x01IM", 4);
    g_byte_array_append(bytes, (guint8 *) head, sizeof head);
    guint8 packed[256];
    uLongf n_packed = sizeof packed;
    g_assert_cmpint(compress(packed, &n_packed, inner, sizeof inner), ==, Z_OK);
    const guint32 tag[] = { 15, (guint32) n_packed };
    g_byte_array_append(bytes, (const guint8 *) tag, sizeof tag);
    g_byte_array_append(bytes, packed, (guint) n_packed);
    g_autofree char *path = lac_scratch_write(scratch, "bomb.mat", bytes->data, bytes->len);
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    g_assert_null(info);
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    ADD("/mat/versions", test_versions);
    ADD("/mat/version-4", test_version_4);
    ADD("/mat/classes", test_classes);
    ADD("/mat/other-classes", test_other_classes);
    ADD("/mat/round-trip", test_round_trip);
    ADD("/mat/bomb", test_bomb);
    g_test_add_func("/mat/sample", test_sample);
    g_test_add_func("/mat/published", test_published);
    ADD("/mat/damaged", test_damaged);
    return g_test_run();
}
