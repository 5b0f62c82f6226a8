// SPDX-License-Identifier: GPL-3.0-or-later
// XYZ files: tidy, untidy, extended, published, damaged.
#include "core/error.h"
#include "core/io/format.h"
#include "core/rng.h"
#include "tests/support/edits.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

static const char untidy[] = "2 \r\n  \r\nPt \t-89.09427 \t18.28521 \t34.29812 \t \r\n"
                             "Pd \t1e1 \t-.5 \t+3 \t \r\n\r\n\r\n";

static const char extended[] =
    "2\nLattice=\"1 0 0 0 1 0 0 0 1\" Properties=id:I:1:species:S:1:pos:R:3:v:R:2:flag:L:1:tag:S:1 "
    "comment=\"a \\\"fine\\\" one\"\n"
    "7 Zr 1 2 3 0.5 0.25 T one\n8 O -1 -2 -3 nan 1e-3 F two\n";

static void
test_untidy(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_write(scratch, "a.xyz", untidy, -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(atoms->n, ==, 2);
    g_assert_cmpuint(atoms->columns->len, ==, 0);
    g_assert_cmpstr(atoms->species_names[atoms->species[0]], ==, "Pt");
    g_assert_cmpstr(atoms->species_names[atoms->species[1]], ==, "Pd");
    g_assert_cmpfloat(atoms->x[0], ==, -89.09427);
    g_assert_cmpfloat(atoms->x[1], ==, 10.0);
    g_assert_cmpfloat(atoms->y[1], ==, -0.5);
    g_assert_cmpfloat(atoms->z[1], ==, 3.0);
}

static void
test_extended(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_write(scratch, "a.extxyz", extended, -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(atoms->comment, ==, "a \"fine\" one");
    g_assert_cmpuint(atoms->columns->len, ==, 4);
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "id")[1], ==, 8.0);
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "v_2")[0], ==, 0.25);
    g_assert_true(isnan(lac_atoms_get_column(atoms, "v_1")[1]));
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "flag")[0], ==, 1.0);
    g_assert_cmpfloat(atoms->y[1], ==, -2.0);
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    g_assert_no_error(error);
    const LacFileItem *item = g_ptr_array_index(info->items, 0);
    g_assert_cmpuint(item->n_atoms, ==, 2);
    g_assert_nonnull(strstr(item->note, "lattice"));
}

static void
test_bare(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char text[] =
        "% 2\n% Properties=species:S:1:pos:R:3 pbc=\"F F F\"\n1  0.18172587  3.74  -4.8\n2 1 2 3";
    g_autofree char *path = lac_scratch_write(scratch, "a.txt", text, -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(atoms->n, ==, 2);
    g_assert_cmpstr(atoms->species_names[0], ==, "1");
    g_assert_cmpfloat(atoms->x[0], ==, 0.18172587);
}

static void
test_extra_columns(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char text[] =
        "2\nx\nZr 1 2 3 0.5 a\nZr 1 2 3\n2\nnext frame\nZr 0 0 0\nZr 0 0 0\n";
    g_autofree char *path = lac_scratch_write(scratch, "a.xyz", text, -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(atoms->columns->len, ==, 1);
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "column_5")[0], ==, 0.5);
    g_assert_true(isnan(lac_atoms_get_column(atoms, "column_5")[1]));
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const struct {
        const char *text, *message;
    } bad[] = {
        { "3\n\nZr 1.00000 2.00000 3.00000\nZr 1 2 3\n", "ends after 2 of 3" },
        { "99999999999\n\nZr 1 2 3\n", "do not fit" },
        { "0\n\n", "no atoms" },
        { "1\n\nZr 1 2\n", "line 3 has 3 columns" },
        { "1\n\nZr 1 2 nan\n", "line 3: \"nan\"" },
        { "2\n\nZr 1 2 3\nZr 1 2 1e999\n", "line 4: \"1e999\"" },
        { "1\n\nZr 1 2 3\nZr 4 5 6\n", "line 4 comes after the 1 atoms" },
        { "1\nProperties=species:S:1\nZr 1 2 3\n", "\"pos\" 0 times" },
        { "1\nProperties=species:S:1:pos:R:3:w:R:99999\nZr 1 2 3\n", "\"w\"" },
        { "1\nProperties=species:S:1:pos:R:3:w:R:2\nZr 1 2 3 4\n", "line 3 has 5 columns" },
        { "hello\nworld\n", "neither" },
        { "", "empty" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = lac_scratch_write(scratch, "bad.xyz", bad[i].text, -1);
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_read_atoms(path, NULL, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
        g_assert_nonnull(strstr(error->message, bad[i].message));
    }
}

// Every double comes back with the same bits.
static void
test_round_trip(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    gsize n = 500;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(n);
    double *width = lac_atoms_add_column(atoms, "width");
    lac_atoms_add_species(atoms, "Zr");
    lac_atoms_add_species(atoms, "O");
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = lac_rng_normal(1, i) * exp(20.0 * lac_rng_normal(2, i));
        atoms->y[i] = (double) (float) lac_rng_normal(3, i);
        atoms->z[i] = i == 0 ? -0.0 : (double) i / 8.0;
        atoms->species[i] = i % 3 == 0;
        width[i] = i % 7 == 0 ? (double) NAN : lac_rng_uniform(4, i);
    }
    g_free(atoms->comment);
    atoms->comment = g_strdup("a \"quoted\" \\ comment");
    g_autofree char *path = lac_scratch_path(scratch, "a.xyz");
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_write_atoms(atoms, path, &error));
    g_autoptr(LacAtoms) back = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(back->n, ==, n);
    g_assert_cmpstr(back->comment, ==, atoms->comment);
    g_assert_cmpint(memcmp(back->x, atoms->x, n * sizeof(double)), ==, 0);
    g_assert_cmpint(memcmp(back->y, atoms->y, n * sizeof(double)), ==, 0);
    g_assert_cmpint(memcmp(back->z, atoms->z, n * sizeof(double)), ==, 0);
    const double *width_back = lac_atoms_get_column(back, "width");
    for (gsize i = 0; i < n; i++) {
        g_assert_true(width_back[i] == width[i] || (isnan(width_back[i]) && isnan(width[i])));
        g_assert_cmpstr(back->species_names[back->species[i]], ==, i % 3 == 0 ? "O" : "Zr");
    }
}

static void
test_published(void)
{
    static const struct {
        const char *name;
        gsize n, n_species;
        double x, y, z; // of the first atom
    } published[] = {
        { "pdpt-pb/PB.xyz", 12038, 2, -89.09427, 18.28521, 34.29812 },
        { "zr-zro2/clean/traced.xyz", 7434, 1, 0.81910, -17.43705, -13.00077 },
        { "zr-zro2/exp/traced.xyz", 7382, 1, 0.88372, -17.23134, -13.11863 },
        { "zr-zro2/hcp/traced.xyz", 7479, 1, 1.25134, -21.15952, 5.66670 },
        { "asi-208/aSi_208atoms_GT.txt", 208, 1, 0.18172587, 3.74419136, -4.80474900 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(published); i++) {
        g_autofree char *path = lac_scratch_find_data(published[i].name);
        if (path == NULL)
            return;
        g_autoptr(GError) error = NULL;
        g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(atoms->n, ==, published[i].n);
        g_assert_cmpuint(g_strv_length(atoms->species_names), ==, published[i].n_species);
        g_assert_cmpfloat(atoms->x[0], ==, published[i].x);
        g_assert_cmpfloat(atoms->y[0], ==, published[i].y);
        g_assert_cmpfloat(atoms->z[0], ==, published[i].z);
    }
}

static gboolean
read_atoms(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, error);
    return atoms != NULL;
}

static void
test_damaged(void)
{
    lac_mutate_check((const guint8 *) untidy, strlen(untidy), "xyz", 5000, 21, read_atoms, NULL);
    lac_mutate_check((const guint8 *) extended, strlen(extended), "xyz", 5000, 22, read_atoms,
        NULL);
}

// Records and unknown numbers come back too, to the last bit, from every format.
static void
test_states(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char *const names[] = { "states.xyz", "states.csv", "states.h5", "states.mat" };
    g_autoptr(LacAtoms) atoms = lac_random_atoms(300, 7);
    atoms->species[0] = 0; // so that the species are met in their order
    atoms->species[1] = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = lac_scratch_path(scratch, names[i]);
        g_assert_true(lac_write_atoms(atoms, path, &error));
        g_assert_no_error(error);
        g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
        g_assert_no_error(error);
        if (!g_str_has_suffix(path, ".mat")) {
            g_assert_cmpuint(info->items->len, ==, 1);
            g_assert_cmpuint(((const LacFileItem *) info->items->pdata[0])->n_atoms, ==, 300);
        }
        g_autoptr(LacAtoms) back = lac_read_atoms(path, NULL, &error);
        g_assert_no_error(error);
        if (i == 1 || i == 3) { // has no comment
            g_free(back->comment);
            back->comment = g_strdup(atoms->comment);
        }
        g_assert_true(lac_atoms_are_identical(atoms, back));
    }
}

static void
test_csv(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char *const bad[] = { "x,y,z\n1,2\n", "x,y,z\n1,2,a\n", "x,y,z\n", "x,y,z",
        "x,y,z,w\n1,2,nan,4\n" };
    g_autoptr(GError) error = NULL;
    static const char text[] = "Species, X ,\"Y\",Z,weight,weight,\"a \"\"b\"\"\"\r\n"
                               "\"Zr\",1,2,3,,5,nan\r\n\r\n O ,-1e3,0.5,.25,4,5,6\n";
    g_autofree char *path = lac_scratch_write(scratch, "a.csv", text, -1);
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(atoms->n, ==, 2);
    g_assert_cmpstr(atoms->species_names[1], ==, "O");
    g_assert_cmpfloat(atoms->x[1], ==, -1000);
    g_assert_cmpuint(atoms->columns->len, ==, 2);
    g_assert_true(isnan(lac_atoms_get_column(atoms, "weight")[0]));
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "a \"b\"")[1], ==, 6);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *wrong = lac_scratch_write(scratch, "bad.csv", bad[i], -1);
        g_assert_null(lac_read_atoms(wrong, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
        g_test_message("%s", error->message);
        g_clear_error(&error);
    }
}

static void
test_damaged_states(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char *const names[] = { "s.xyz", "s.csv", "s.h5", "s.mat" };
    g_autoptr(LacAtoms) atoms = lac_random_atoms(30, 7);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = lac_scratch_path(scratch, names[i]);
        g_assert_true(lac_write_atoms(atoms, path, NULL));
        LacMutateReport report = lac_mutate_check_file(path, 3000, 5, read_atoms, NULL);
        g_assert_cmpuint(report.n_refused, >, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/xyz/untidy", LacScratch, NULL, lac_scratch_set_up, test_untidy,
        lac_scratch_tear_down);
    g_test_add("/xyz/extended", LacScratch, NULL, lac_scratch_set_up, test_extended,
        lac_scratch_tear_down);
    g_test_add("/xyz/bare", LacScratch, NULL, lac_scratch_set_up, test_bare, lac_scratch_tear_down);
    g_test_add("/xyz/extra-columns", LacScratch, NULL, lac_scratch_set_up, test_extra_columns,
        lac_scratch_tear_down);
    g_test_add("/xyz/refused", LacScratch, NULL, lac_scratch_set_up, test_refused,
        lac_scratch_tear_down);
    g_test_add("/xyz/round-trip", LacScratch, NULL, lac_scratch_set_up, test_round_trip,
        lac_scratch_tear_down);
    g_test_add("/xyz/csv", LacScratch, NULL, lac_scratch_set_up, test_csv, lac_scratch_tear_down);
    g_test_add("/xyz/damaged-states", LacScratch, NULL, lac_scratch_set_up, test_damaged_states,
        lac_scratch_tear_down);
    g_test_add("/xyz/states", LacScratch, NULL, lac_scratch_set_up, test_states,
        lac_scratch_tear_down);
    g_test_add_func("/xyz/published", test_published);
    g_test_add_func("/xyz/damaged", test_damaged);
    return g_test_run();
}
