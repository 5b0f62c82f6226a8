// SPDX-License-Identifier: GPL-3.0-or-later
// Archives of NPY arrays made byte by byte, and atoms from the tables of NPZ and MATLAB files.
#include "core/error.h"
#include "core/io/format.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <matio.h>
#include <string.h>
#include <zlib.h>

static void
put16(GByteArray *out, guint value)
{
    const guint8 bytes[] = { (guint8) value, (guint8) (value >> 8) };
    g_byte_array_append(out, bytes, 2);
}

static void
put32(GByteArray *out, gsize value)
{
    put16(out, (guint) (value & 0xffff));
    put16(out, (guint) (value >> 16 & 0xffff));
}

static GByteArray *
make_npy(const char *descr, const char *shape, gconstpointer values, gsize n_bytes)
{
    GByteArray *out = g_byte_array_new();
    g_autofree char *text =
        g_strdup_printf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape);
    g_byte_array_append(out, (const guint8 *) "\x93NUMPY\x01\x00", 8);
    put16(out, (guint) strlen(text));
    g_byte_array_append(out, (const guint8 *) text, (guint) strlen(text));
    g_byte_array_append(out, values, (guint) n_bytes);
    return out;
}

static GByteArray *
deflate_bytes(const GByteArray *in)
{
    z_stream stream = { 0 };
    GByteArray *out = g_byte_array_new();
    g_byte_array_set_size(out, (guint) compressBound(in->len) + 64);
    g_assert_cmpint(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), ==,
        Z_OK);
    stream.next_in = in->data;
    stream.avail_in = in->len;
    stream.next_out = out->data;
    stream.avail_out = out->len;
    g_assert_cmpint(deflate(&stream, Z_FINISH), ==, Z_STREAM_END);
    g_byte_array_set_size(out, (guint) stream.total_out);
    deflateEnd(&stream);
    return out;
}

// An archive as it grows: members, and the directory that comes after them.
typedef struct {
    GByteArray *members, *directory;
    guint n;
} Archive;

// The fields that local and central headers share.
static void
put_common(GByteArray *out, gboolean packed, gsize n_packed, gsize n_bytes, const char *name)
{
    put16(out, 20); // version needed
    put16(out, 0);
    put16(out, packed ? 8 : 0);
    put32(out, 0); // time and date
    put32(out, 0); // checksum
    put32(out, n_packed);
    put32(out, n_bytes);
    put16(out, (guint) strlen(name));
}

static void
archive_add(Archive *self, const char *name, gboolean packed, GByteArray *npy)
{
    g_autoptr(GByteArray) bytes = packed ? deflate_bytes(npy) : g_byte_array_ref(npy);
    gsize offset = self->members->len;
    g_byte_array_append(self->members, (const guint8 *) "PK\x03\x04", 4);
    put_common(self->members, packed, bytes->len, npy->len, name);
    put16(self->members, 5); // extra bytes that only the local header has, as NumPy writes them
    g_byte_array_append(self->members, (const guint8 *) name, (guint) strlen(name));
    g_byte_array_append(self->members, (const guint8 *) "extra", 5);
    g_byte_array_append(self->members, bytes->data, bytes->len);
    g_byte_array_append(self->directory, (const guint8 *) "PK\x01\x02\x14\x00", 6);
    put_common(self->directory, packed, bytes->len, npy->len, name);
    for (guint i = 0; i < 3; i++)
        put16(self->directory, 0);
    put16(self->directory, 0);
    put32(self->directory, 0);
    put32(self->directory, offset);
    g_byte_array_append(self->directory, (const guint8 *) name, (guint) strlen(name));
    self->n++;
    g_byte_array_unref(npy);
}

static GByteArray *
archive_end(Archive *self, const char *comment)
{
    gsize offset = self->members->len;
    GByteArray *out = self->members;
    g_byte_array_append(out, self->directory->data, self->directory->len);
    g_byte_array_append(out, (const guint8 *) "PK\x05\x06\0\0\0\0", 8);
    put16(out, self->n);
    put16(out, self->n);
    put32(out, self->directory->len);
    put32(out, offset);
    put16(out, (guint) strlen(comment));
    g_byte_array_append(out, (const guint8 *) comment, (guint) strlen(comment));
    g_byte_array_unref(self->directory);
    return out;
}

static GByteArray *
make_atoms(gboolean packed, const char *comment)
{
    static const double pos[] = { 0.5, -1.5, 2.0, 3.25, 0.0, 1.0 };
    static const guint8 typ[] = { 40, 8 };
    static const double size = 0.347;
    Archive archive = { g_byte_array_new(), g_byte_array_new(), 0 };
    archive_add(&archive, "pos.npy", packed, make_npy("<f8", "(2, 3)", pos, sizeof pos));
    archive_add(&archive, "typ.npy", !packed, make_npy("|u1", "(2,)", typ, sizeof typ));
    archive_add(&archive, "vox.npy", packed, make_npy("<f8", "()", &size, sizeof size));
    return archive_end(&archive, comment);
}

static void
check_atoms(const LacAtoms *atoms)
{
    g_assert_cmpuint(atoms->n, ==, 2);
    g_assert_cmpfloat(atoms->x[0], ==, 0.5);
    g_assert_cmpfloat(atoms->y[0], ==, -1.5);
    g_assert_cmpfloat(atoms->x[1], ==, 3.25);
    g_assert_cmpfloat(atoms->z[1], ==, 1.0);
    g_assert_cmpstr(atoms->species_names[atoms->species[0]], ==, "40");
    g_assert_cmpstr(atoms->species_names[0], ==, "8"); // ascending
}

static void
test_npz(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    for (guint i = 0; i < 4; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GByteArray) bytes =
            make_atoms(i % 2 == 0, i < 2 ? "" : "a comment, PK\x05 or so");
        g_autofree char *path = lac_scratch_write(scratch, "a.npz", bytes->data, bytes->len);
        g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(info->format_name, ==, "NPZ");
        g_assert_cmpuint(info->items->len, ==, 3);
        g_assert_cmpstr(((LacFileItem *) info->items->pdata[0])->name, ==, "pos");
        g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
        g_assert_no_error(error);
        check_atoms(atoms);
        g_autofree char *item = g_strconcat(path, ":typ", NULL);
        g_autoptr(LacArray) array = lac_read_array(item, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(array->buffer->n, ==, 2);
        g_assert_cmpfloat(array->buffer->data[0], ==, 40.0f);
        g_autofree char *absent = g_strconcat(path, ":nothing", NULL);
        g_assert_null(lac_read_array(absent, NULL, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
}

// What a member says of its size is no reason to make room for it.
static void
test_bomb(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const guint8 zeros[4096] = { 0 };
    const guint32 lies[] = { 10, 4000, 0x7fffffff, 0xfffffff0 };
    for (gsize i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GError) error = NULL;
        Archive archive = { g_byte_array_new(), g_byte_array_new(), 0 };
        archive_add(&archive, "a.npy", TRUE, make_npy("|u1", "(4096,)", zeros, sizeof zeros));
        const guint32 size = GUINT32_TO_LE(lies[i]);
        memcpy(archive.directory->data + 24, &size, sizeof size);
        g_autoptr(GByteArray) bytes = archive_end(&archive, "");
        g_autofree char *path = lac_scratch_write(scratch, "b.npz", bytes->data, bytes->len);
        g_autofree char *item = g_strconcat(path, ":a", NULL);
        g_assert_null(lac_read_array(item, NULL, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    }
}

static gboolean
read_and_free(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, error);
    return atoms != NULL;
}

static void
test_damaged(void)
{
    for (guint packed = 0; packed < 2; packed++) {
        g_autoptr(GByteArray) bytes = make_atoms(packed == 1, "");
        LacMutateReport report =
            lac_mutate_check(bytes->data, bytes->len, "npz", 1000, packed, read_and_free, NULL);
        g_assert_cmpuint(report.n_refused, >, 100);
    }
}

static void
add_variable(mat_t *file, const char *name, gsize rows, gsize columns, double *values)
{
    size_t dims[] = { rows, columns };
    matvar_t *variable = Mat_VarCreate(name, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, values, 0);
    g_assert_cmpint(Mat_VarWrite(file, variable, MAT_COMPRESSION_NONE), ==, 0);
    Mat_VarFree(variable);
}

static void
test_matlab(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    // MATLAB's first index runs fastest: 3 x 2 lies by atoms, 2 x 3 by axes.
    double by_atoms[] = { 0.5, -1.5, 2.0, 3.25, 0.0, 1.0 };
    double by_axes[] = { 0.5, 3.25, -1.5, 0.0, 2.0, 1.0 };
    double types[] = { 40.0, 8.0 };
    const enum mat_ft versions[] = { MAT_FT_MAT5, MAT_FT_MAT73 };
    for (guint i = 0; i < 4; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("%u.mat", i);
        g_autofree char *path = lac_scratch_path(scratch, name);
        mat_t *file = Mat_CreateVer(path, NULL, versions[i / 2]);
        if (i % 2 == 0)
            add_variable(file, "temp_model", 3, 2, by_atoms);
        else
            add_variable(file, "temp_model", 2, 3, by_axes);
        add_variable(file, "temp_atomtype", 1, 2, types);
        add_variable(file, "Orders", 3, 5, (double[15]){ 0 });
        Mat_Close(file);
        g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
        g_assert_no_error(error);
        check_atoms(atoms);
        g_assert_nonnull(strstr(atoms->comment, "temp_model"));
        g_autofree char *other = g_strconcat(path, ":Orders", NULL);
        g_autoptr(LacAtoms) chosen = lac_read_atoms(other, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(chosen->n, ==, 5);
        g_assert_cmpstr(chosen->species_names[0], ==, "X");
        g_autofree char *wrong = g_strconcat(path, ":temp_atomtype", NULL);
        g_assert_null(lac_read_atoms(wrong, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
}

static void
test_matlab_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    double values[] = { 0.5, -1.5, 2.0, 3.25, 0.0, 1.0 }, types[] = { 1.0, 1.5 };
    const struct {
        const char *first, *second;
        LacErrorCode code;
    } cases[] = {
        { "temp_model", "PosArr", LAC_ERROR_ARGUMENT }, // which one?
        { "temp_model", "atomtype", LAC_ERROR_FORMAT }, // types that are none
        { NULL, "atomtype", LAC_ERROR_FORMAT },         // no positions
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = lac_scratch_path(scratch, "r.mat");
        mat_t *file = Mat_CreateVer(path, NULL, MAT_FT_MAT5);
        if (cases[i].first != NULL)
            add_variable(file, cases[i].first, 3, 2, values);
        if (i == 0)
            add_variable(file, cases[i].second, 3, 2, values);
        else
            add_variable(file, cases[i].second, 2, 1, types);
        Mat_Close(file);
        g_assert_null(lac_read_atoms(path, NULL, &error));
        g_assert_error(error, LAC_ERROR, (int) cases[i].code);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/npz/read", LacScratch, NULL, lac_scratch_set_up, test_npz, lac_scratch_tear_down);
    g_test_add("/npz/bomb", LacScratch, NULL, lac_scratch_set_up, test_bomb, lac_scratch_tear_down);
    g_test_add_func("/npz/damaged", test_damaged);
    g_test_add("/npz/matlab", LacScratch, NULL, lac_scratch_set_up, test_matlab,
        lac_scratch_tear_down);
    g_test_add("/npz/matlab-refused", LacScratch, NULL, lac_scratch_set_up, test_matlab_refused,
        lac_scratch_tear_down);
    return g_test_run();
}
