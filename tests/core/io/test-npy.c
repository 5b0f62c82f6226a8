// SPDX-License-Identifier: GPL-3.0-or-later
// NPY files made byte by byte: versions, types, byte orders, Fortran order, damage.
#include "core/error.h"
#include "core/io/format.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <string.h>

static GByteArray *
make_npy(int version, const char *dictionary, gconstpointer values, gsize n_values)
{
    GByteArray *out = g_byte_array_new();
    gsize n = strlen(dictionary);
    const guint8 start[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', (guint8) version, 0, (guint8) n,
        (guint8) (n >> 8), 0, 0 };
    g_byte_array_append(out, start, version == 1 ? 10 : 12);
    g_byte_array_append(out, (const guint8 *) dictionary, (guint) n);
    g_byte_array_append(out, values, (guint) n_values);
    return out;
}

static LacArray *
read_npy(const LacScratch *scratch, int version, const char *dictionary, gconstpointer values,
    gsize n_values, GError **error)
{
    g_autoptr(GByteArray) bytes = make_npy(version, dictionary, values, n_values);
    g_autofree char *path = lac_scratch_write(scratch, "a.npy", bytes->data, bytes->len);
    return lac_read_array(path, NULL, NULL, error);
}

static void
test_types(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const struct {
        const char *descr;
        guint8 bytes[16];
        gsize n_bytes;
        float expected[2];
    } cases[] = {
        { "|b1", { 0, 1 }, 2, { 0.0f, 1.0f } },
        { "|u1", { 7, 255 }, 2, { 7.0f, 255.0f } },
        { "|i1", { 7, 255 }, 2, { 7.0f, -1.0f } },
        { "<u2", { 1, 2, 255, 255 }, 4, { 513.0f, 65535.0f } },
        { ">i2", { 1, 2, 255, 254 }, 4, { 258.0f, -2.0f } },
        { ">u4", { 0, 1, 0, 0, 0, 0, 0, 9 }, 8, { 65536.0f, 9.0f } },
        { "<i4", { 255, 255, 255, 255, 9, 0, 0, 0 }, 8, { -1.0f, 9.0f } },
        { "<i8", { 254, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 1, 0, 0, 0 }, 16,
            { -2.0f, 4294967297.0f } },
        { ">u8", { 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0 }, 16, { 5.0f, 4294967296.0f } },
        { "<f2", { 0x00, 0x3c, 0x01, 0x00 }, 4, { 1.0f, 0x1p-24f } },
        { ">f4", { 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0 }, 8, { 1.0f, -2.0f } },
        { "<f8", { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x04, 0xc0 }, 16,
            { 1.0f, -2.5f } },
        { ">f8", { 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0x04, 0, 0, 0, 0, 0, 0 }, 16,
            { 1.0f, -2.5f } },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *dictionary =
            g_strdup_printf("{'descr': '%s', 'fortran_order': False, 'shape': (2,), }\n",
                cases[i].descr);
        g_autoptr(LacArray) array = read_npy(scratch, (int) (i % 3) + 1, dictionary, cases[i].bytes,
            cases[i].n_bytes, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(array->n_dims, ==, 1);
        g_assert_cmpuint(array->shape[0], ==, 2);
        g_assert_cmpint(memcmp(array->buffer->data, cases[i].expected, 8), ==, 0);
    }
}

static void
test_fortran(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const guint8 values[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacArray) array =
        read_npy(scratch, 1, "{\"shape\":(1,3,4),\"fortran_order\":True,\"descr\":\"|u1\"}", values,
            sizeof values, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(array->n_dims, ==, 3);
    g_assert_cmpuint(array->shape[0], ==, 4);
    g_assert_cmpuint(array->shape[1], ==, 3);
    g_assert_cmpuint(array->shape[2], ==, 1);
    for (gsize i = 0; i < sizeof values; i++)
        g_assert_cmpfloat(array->buffer->data[i], ==, (float) i);
}

// A table of 3 x 3 angles means the same in either order.
static void
test_angles(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const guint8 rows[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, columns[] = { 1, 4, 7, 2, 5, 8, 3, 6, 9 };
    for (int fortran = 0; fortran < 2; fortran++) {
        g_autofree char *dictionary =
            g_strdup_printf("{'descr': '|u1', 'fortran_order': %s, 'shape': (3, 3), }",
                fortran ? "True" : "False");
        g_autoptr(GByteArray) bytes = make_npy(1, dictionary, fortran ? columns : rows, 9);
        g_autofree char *path = lac_scratch_write(scratch, "a.npy", bytes->data, bytes->len);
        gsize n;
        g_autoptr(GError) error = NULL;
        g_autofree LacAngles *angles = lac_read_angles(path, &n, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(n, ==, 3);
        g_assert_cmpfloat(angles[1].phi, ==, 4.0);
        g_assert_cmpfloat(angles[1].theta, ==, 5.0);
        g_assert_cmpfloat(angles[1].psi, ==, 6.0);
    }
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char *const bad[] = {
        "{'descr': '|u1', 'fortran_order': False, 'shape': (13,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 1), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|u1', 'fortran_order': 1, 'shape': (1,), }",
        "{'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1",
        "",
    };
    const guint8 values[12] = { 0 };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(read_npy(scratch, 1, bad[i], values, sizeof values, &error));
        g_assert_nonnull(error);
        g_assert_true(error->domain == LAC_ERROR);
        g_assert_nonnull(strstr(error->message, "a.npy"));
    }
}

static gboolean
read_array(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacArray) array = lac_read_array(path, NULL, NULL, error);
    return array != NULL;
}

static void
test_damaged(void)
{
    const guint8 values[64] = { 1, 2, 3 };
    g_autoptr(GByteArray) bytes = make_npy(1,
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 4, 2), }\n", values, sizeof values);
    LacMutateReport report =
        lac_mutate_check(bytes->data, bytes->len, "npy", 10000, 12, read_array, NULL);
    g_assert_cmpuint(report.n_refused, >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/npy/types", LacScratch, NULL, lac_scratch_set_up, test_types,
        lac_scratch_tear_down);
    g_test_add("/npy/fortran", LacScratch, NULL, lac_scratch_set_up, test_fortran,
        lac_scratch_tear_down);
    g_test_add("/npy/angles", LacScratch, NULL, lac_scratch_set_up, test_angles,
        lac_scratch_tear_down);
    g_test_add("/npy/refused", LacScratch, NULL, lac_scratch_set_up, test_refused,
        lac_scratch_tear_down);
    g_test_add_func("/npy/damaged", test_damaged);
    return g_test_run();
}
