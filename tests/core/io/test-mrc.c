// SPDX-License-Identifier: GPL-3.0-or-later
// MRC files made byte by byte: modes, byte orders, axis orders, extended headers, damage.
#include "core/error.h"
#include "core/io/format.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

typedef struct {
    int mode;
    gboolean big_endian;
    int axes[3];
    int extended;     // [bytes]
    gboolean stamped; // by IMOD
    int imod_flags;
    float spacing;
} Recipe;

#define N_COLUMNS  3
#define N_ROWS     2
#define N_SECTIONS 4
#define N_VALUES   (N_COLUMNS * N_ROWS * N_SECTIONS)

static void
append_uint(GByteArray *out, guint64 v, guint n_bytes, gboolean big_endian)
{
    for (guint i = 0; i < n_bytes; i++) {
        guint8 byte = (guint8) (v >> 8 * (big_endian ? n_bytes - 1 - i : i));
        g_byte_array_append(out, &byte, 1);
    }
}

static void
append_int(GByteArray *out, int v, gboolean big_endian)
{
    append_uint(out, (guint32) v, 4, big_endian);
}

static void
append_float(GByteArray *out, float v, gboolean big_endian)
{
    guint32 bits;
    memcpy(&bits, &v, sizeof bits);
    append_uint(out, bits, 4, big_endian);
}

static void
put_uint(GByteArray *out, gsize at, guint32 v, gboolean big_endian)
{
    for (guint i = 0; i < 4; i++)
        out->data[at + i] = (guint8) (v >> 8 * (big_endian ? 3 - i : i));
}

// Value i of the file, in the order of storage.
static int
value(const Recipe *recipe, int i)
{
    switch (recipe->mode) {
    case 0: return i - 3;
    case 6: return 65535 - i;
    case 101: return i % 16;
    default: return 100 * i - 700;
    }
}

// Whole numbers up to 2048 are exact.
static guint16
half_from_int(int v)
{
    int exponent = 0, n = abs(v);
    if (n == 0)
        return 0;
    while (n >> (exponent + 1) != 0)
        exponent++;
    guint mantissa = (guint) n << (10 - exponent) & 0x3ff;
    return (guint16) ((v < 0 ? 0x8000u : 0u) | (guint) (exponent + 15) << 10 | mantissa);
}

static void
append_values(GByteArray *out, const Recipe *recipe)
{
    for (int i = 0; i < N_VALUES; i++) {
        int v = value(recipe, i);
        switch (recipe->mode) {
        case 0: append_uint(out, (guint8) v, 1, FALSE); break;
        case 1:
        case 6: append_uint(out, (guint16) v, 2, recipe->big_endian); break;
        case 12: append_uint(out, half_from_int(v), 2, recipe->big_endian); break;
        case 101: {
            guint byte = (guint) v;
            if (i % N_COLUMNS != N_COLUMNS - 1)
                byte |= (guint) value(recipe, ++i) << 4;
            append_uint(out, byte, 1, FALSE);
            break;
        }
        default: append_float(out, (float) v, recipe->big_endian); break;
        }
    }
}

static GByteArray *
make_mrc(const Recipe *recipe)
{
    gboolean big = recipe->big_endian;
    int size[3] = { N_COLUMNS, N_ROWS, N_SECTIONS }, grid[3];
    GByteArray *out = g_byte_array_new();
    for (int i = 0; i < 3; i++)
        append_int(out, size[i], big);
    append_int(out, recipe->mode, big);
    for (int i = 0; i < 3; i++)
        append_int(out, 0, big);
    for (int i = 0; i < 3; i++)
        grid[recipe->axes[i] - 1] = size[i];
    for (int i = 0; i < 3; i++)
        append_int(out, grid[i], big);
    for (int i = 0; i < 3; i++)
        append_float(out, recipe->spacing * (float) grid[i], big);
    for (int i = 0; i < 3; i++)
        append_float(out, 90.0f, big);
    for (int i = 0; i < 3; i++)
        append_int(out, recipe->axes[i], big);
    g_byte_array_set_size(out, 1024);
    memset(out->data + 76, 0, 1024 - 76);
    put_uint(out, 92, (guint32) recipe->extended, big);
    if (recipe->stamped) {
        put_uint(out, 152, 1146047817, big);
        put_uint(out, 156, (guint32) recipe->imod_flags, big);
    }
    memcpy(out->data + 208, "MAP ", 4);
    out->data[212] = out->data[213] = big ? 0x11 : 0x44;
    for (int i = 0; i < recipe->extended; i++)
        append_uint(out, 0xee, 1, FALSE);
    append_values(out, recipe);
    return out;
}

static void
check_values(const LacVolume *volume, const Recipe *recipe)
{
    int i = 0;
    for (int s = 0; s < N_SECTIONS; s++) {
        for (int r = 0; r < N_ROWS; r++) {
            for (int c = 0; c < N_COLUMNS; c++, i++) {
                int place[3], stored[3] = { c, r, s };
                for (int k = 0; k < 3; k++)
                    place[recipe->axes[k] - 1] = stored[k];
                int expected = value(recipe, i);
                if (recipe->mode == 0 && recipe->stamped && (recipe->imod_flags & 1) == 0)
                    expected &= 0xff;
                float v =
                    lac_volume_get(volume, (gsize) place[0], (gsize) place[1], (gsize) place[2]);
                g_assert_cmpfloat(v, ==, (float) expected);
            }
        }
    }
}

static void
check_recipe(const LacScratch *scratch, const Recipe *recipe)
{
    g_autoptr(GByteArray) bytes = make_mrc(recipe);
    g_autofree char *path = lac_scratch_write(scratch, "a.mrc", bytes->data, bytes->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat_with_epsilon(volume->voxel_size, (double) recipe->spacing, 1e-6);
    check_values(volume, recipe);
}

static void
test_modes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const int modes[] = { 0, 1, 2, 6, 12, 101 };
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
        for (int big = 0; big < 2; big++)
            check_recipe(scratch,
                &(Recipe){ .mode = modes[i], .big_endian = big, .axes = { 1, 2, 3 } });
}

static void
test_axes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const int orders[][3] = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 }, { 2, 3, 1 }, { 3, 1, 2 },
        { 3, 2, 1 } };
    for (gsize i = 0; i < G_N_ELEMENTS(orders); i++)
        for (int big = 0; big < 2; big++)
            check_recipe(scratch,
                &(Recipe){ .mode = 1 + big,
                    .big_endian = big,
                    .axes = { orders[i][0], orders[i][1], orders[i][2] },
                    .extended = 80 * big,
                    .spacing = 0.347f });
}

static void
test_bytes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    Recipe recipe = { .mode = 0, .axes = { 1, 2, 3 }, .stamped = TRUE };
    check_recipe(scratch, &recipe);
    recipe.imod_flags = 1;
    check_recipe(scratch, &recipe);

    g_autoptr(GByteArray) bytes = make_mrc(&recipe);
    g_autofree char *path = lac_scratch_write(scratch, "a.mrc", bytes->data, bytes->len);
    const LacReadParams params = { .mrc_mode0 = 2 };
    g_autoptr(LacVolume) volume = lac_read_volume(path, &params, NULL, NULL);
    g_assert_cmpfloat(volume->data[0], ==, 253.0f);
}

static void
test_odd_headers(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const Recipe recipe = { .mode = 2, .axes = { 1, 2, 3 }, .spacing = 0.5f };
    g_autoptr(GByteArray) bytes = make_mrc(&recipe);
    for (gsize i = 0; i < 3; i++)
        put_uint(bytes, 64 + 4 * i, 0, FALSE); // no axis order
    put_uint(bytes, 40, 0x7fc00000, FALSE);    // a cell of NaN
    g_autofree char *path = lac_scratch_write(scratch, "a.rec", bytes->data, bytes->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(volume->voxel_size, ==, 0.0);
    check_values(volume, &recipe);
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    g_assert_no_error(error);
    const LacFileItem *item = g_ptr_array_index(info->items, 0);
    g_assert_nonnull(strstr(item->note, "axes"));
    g_assert_nonnull(strstr(item->note, "cell"));

    put_uint(bytes, 40, 0x40400000, FALSE); // 3 Å for 3 columns, against 0.5 Å along y and z
    g_autofree char *flat = lac_scratch_write(scratch, "b.rec", bytes->data, bytes->len);
    g_assert_null(lac_read_volume(flat, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
    g_clear_error(&error);
    const LacReadParams params = { .spacing = 0.7 };
    g_autoptr(LacVolume) forced = lac_read_volume(flat, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(forced->voxel_size, ==, 0.7);
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const struct {
        gsize at;
        guint32 value;
        LacErrorCode code;
    } faults[] = {
        { 0, 0x7fffffff, LAC_ERROR_FORMAT },  // columns
        { 8, 5, LAC_ERROR_FORMAT },           // one section too many
        { 4, 0, LAC_ERROR_FORMAT },           // no rows
        { 12, 4, LAC_ERROR_UNSUPPORTED },     // complex
        { 12, 77, LAC_ERROR_FORMAT },         // no such mode
        { 92, 0xffffffff, LAC_ERROR_FORMAT }, // extended header
        { 92, 0x7fffffff, LAC_ERROR_FORMAT }, // the same
    };
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autoptr(GByteArray) bytes = make_mrc(&(Recipe){ .mode = 2, .axes = { 1, 2, 3 } });
        put_uint(bytes, faults[i].at, faults[i].value, FALSE);
        g_autofree char *path = lac_scratch_write(scratch, "bad.mrc", bytes->data, bytes->len);
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_read_volume(path, NULL, NULL, &error));
        g_assert_error(error, LAC_ERROR, (int) faults[i].code);
        g_assert_nonnull(strstr(error->message, "bad.mrc"));
    }
}

static void
test_written_header(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "out.mrc");
    g_autofree char *contents = NULL;
    gsize n;
    g_autoptr(LacVolume) volume = lac_volume_new(4, 3, 2, 0.347, NULL);
    volume->data[5] = 24.0f;
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_write_volume(volume, path, NULL, &error));
    g_assert_true(g_file_get_contents(path, &contents, &n, NULL));
    g_assert_cmpuint(n, ==, 1024 + 24 * 4);
    float floats[256];
    memcpy(floats, contents, sizeof floats);
    g_assert_cmpfloat(floats[10], ==, 2.0f * 0.347f); // cell
    g_assert_cmpfloat(floats[12], ==, 4.0f * 0.347f);
    g_assert_cmpfloat(floats[19], ==, 0.0f); // minimum, maximum, mean
    g_assert_cmpfloat(floats[20], ==, 24.0f);
    g_assert_cmpfloat(floats[21], ==, 1.0f);
    g_assert_cmpfloat(floats[51], ==, -2.0f * 0.347f); // origin along z
    g_assert_cmpint(memcmp(contents + 208, "MAP ", 4), ==, 0);
    g_assert_cmpint(memcmp(contents + 224, "Lacuna ", 7), ==, 0);
    g_autoptr(LacVolume) back = lac_read_volume(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(back->voxel_size, ==, 0.347);
}

static gboolean
read_volume(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, error);
    return volume != NULL;
}

static void
test_damaged(void)
{
    for (int i = 0; i < 2; i++) {
        g_autoptr(GByteArray) bytes = make_mrc(&(Recipe){ .mode = i == 0 ? 2 : 101,
            .big_endian = i,
            .axes = { 2, 1, 3 },
            .extended = 80 * i,
            .spacing = 0.347f });
        LacMutateReport report =
            lac_mutate_check(bytes->data, bytes->len, "mrc", 5000, 11, read_volume, NULL);
        g_assert_cmpuint(report.n_refused, >, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/mrc/modes", LacScratch, NULL, lac_scratch_set_up, test_modes,
        lac_scratch_tear_down);
    g_test_add("/mrc/axes", LacScratch, NULL, lac_scratch_set_up, test_axes, lac_scratch_tear_down);
    g_test_add("/mrc/bytes", LacScratch, NULL, lac_scratch_set_up, test_bytes,
        lac_scratch_tear_down);
    g_test_add("/mrc/odd-headers", LacScratch, NULL, lac_scratch_set_up, test_odd_headers,
        lac_scratch_tear_down);
    g_test_add("/mrc/refused", LacScratch, NULL, lac_scratch_set_up, test_refused,
        lac_scratch_tear_down);
    g_test_add("/mrc/written-header", LacScratch, NULL, lac_scratch_set_up, test_written_header,
        lac_scratch_tear_down);
    g_test_add_func("/mrc/damaged", test_damaged);
    return g_test_run();
}
