// SPDX-License-Identifier: GPL-3.0-or-later
// Neighbours against the slow way, and filters against plain loops.
#include "core/data/bonds.h"
#include "core/data/elements.h"
#include "core/data/filter.h"
#include "core/error.h"
#include "tests/support/edits.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacAtoms *
make_cubic(gsize n, double edge, const char *name)
{
    LacAtoms *atoms = lac_atoms_new(n * n * n);
    lac_atoms_add_species(atoms, name);
    for (gsize i = 0; i < atoms->n; i++) {
        atoms->x[i] = edge * (double) (i % n);
        atoms->y[i] = edge * (double) (i / n % n);
        atoms->z[i] = edge * (double) (i / n / n);
    }
    return atoms;
}

static void
test_slow(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_random_atoms(1500, 2);
    LacBondParams params;
    lac_bond_params_init(&params);
    for (guint rule = 0; rule < 3; rule++) {
        params.rule = (LacBondRule) rule;
        params.cutoff = 5.5;
        g_autoptr(LacBonds) bonds = lac_bonds_find(atoms, &params, NULL, &error);
        g_assert_no_error(error);
        double radius[2] = { lac_element_get_radius(40), lac_element_get_radius(8) };
        gsize at = 0;
        for (gsize i = 0; i < atoms->n; i++) {
            guint n = 0;
            double nearest = (double) INFINITY;
            for (gsize j = 0; j < atoms->n; j++) {
                double dx = atoms->x[i] - atoms->x[j], dy = atoms->y[i] - atoms->y[j];
                double dz = atoms->z[i] - atoms->z[j], d = sqrt(dx * dx + dy * dy + dz * dz);
                double cutoff = rule == LAC_BONDS_RADII
                    ? 1.2 * (radius[atoms->species[i]] + radius[atoms->species[j]])
                    : rule == LAC_BONDS_CUTOFF ? 5.5
                                               : bonds->longest;
                if (i == j || !lac_atoms_is_present(atoms, j))
                    continue;
                nearest = MIN(nearest, d);
                n += d <= cutoff ? 1 : 0;
                if (d <= cutoff && j > i && lac_atoms_is_present(atoms, i)) {
                    g_assert_cmpuint(bonds->pairs[2 * at], ==, i);
                    g_assert_cmpuint(bonds->pairs[2 * at + 1], ==, j);
                    at++;
                }
            }
            g_assert_cmpuint(bonds->coordination[i], ==, n);
            g_assert_cmpfloat_with_epsilon(bonds->nearest[i], nearest, 1e-12);
        }
        g_assert_cmpuint(at, ==, bonds->n);
        g_assert_cmpuint(at, >, 20);
    }
}

static void
test_lattice(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = make_cubic(9, 2.7, "A");
    LacBondParams params;
    lac_bond_params_init(&params);
    g_autoptr(LacBonds) bonds = lac_bonds_find(atoms, &params, NULL, &error);
    g_assert_no_error(error);
    gsize middle = (4 * 9 + 4) * 9 + 4;
    g_assert_cmpuint(bonds->coordination[middle], ==, 6);
    g_assert_cmpuint(bonds->coordination[0], ==, 3);
    g_assert_cmpuint(bonds->n, ==, 3 * 9 * 9 * 8);
    g_assert_cmpfloat(bonds->longest, >, 2.75);
    g_assert_cmpfloat(bonds->longest, <, 3.8);
    g_autoptr(LacAtoms) with = lac_bonds_make_column(bonds, atoms);
    g_assert_cmpfloat(lac_atoms_get_column(with, "cn")[middle], ==, 6);
    g_autoptr(LacAtoms) again = lac_bonds_make_column(bonds, with);
    g_assert_cmpuint(again->columns->len, ==, 1);
    params.rule = LAC_BONDS_CUTOFF;
    params.cutoff = 20;
    g_assert_null(lac_bonds_find(atoms, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_test_message("%s", error->message);
    g_clear_error(&error);
    params.cutoff = -1;
    g_assert_null(lac_bonds_find(atoms, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    params.cutoff = 3;
    g_assert_null(lac_bonds_find(atoms, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_autoptr(LacAtoms) nothing = lac_atoms_new(0), one = lac_atoms_new(1);
    lac_bond_params_init(&params);
    g_autoptr(LacBonds) none = lac_bonds_find(nothing, &params, NULL, NULL);
    g_assert_cmpuint(none->n, ==, 0);
    g_autoptr(LacBonds) lonely = lac_bonds_find(one, &params, NULL, NULL);
    g_assert_cmpuint(lonely->coordination[0], ==, 0);
    g_assert_true(isinf(lonely->nearest[0]));
}

typedef struct {
    const char *text;
    gboolean (*is_chosen)(const LacAtoms *atoms, gsize i);
} Case;

static double
column(const LacAtoms *atoms, const char *name, gsize i)
{
    return lac_atoms_get_column(atoms, name)[i];
}

static gboolean
weak(const LacAtoms *a, gsize i)
{
    return column(a, "intensity", i) < 0.4 && column(a, "height", i) >= 0.25;
}

static gboolean
species(const LacAtoms *a, gsize i)
{
    return a->species[i] == 0 && !(a->z[i] > 0 || a->x[i] < -20);
}

static gboolean
state(const LacAtoms *a, gsize i)
{
    return a->state[i] == LAC_ATOM_NON_ATOM || a->flag[i] == LAC_PEAK_TOO_CLOSE;
}

static gboolean
arithmetic(const LacAtoms *a, gsize i)
{
    return fabs(a->x[i] + 2 * a->y[i] - a->z[i] / 4) < sqrt(400.0) - 1 &&
        !(MAX(a->x[i], a->y[i]) < 3 * -2);
}

static gboolean
indexed(G_GNUC_UNUSED const LacAtoms *a, gsize i)
{
    return i == 5 || i == 7 || (i >= 10 && i < 20 && i != 12);
}

static gboolean
inside(const LacAtoms *a, gsize i)
{
    return a->x[i] * a->x[i] + a->y[i] * a->y[i] + a->z[i] * a->z[i] < 400 &&
        lac_atoms_is_present(a, i);
}

static gboolean
known(const LacAtoms *a, gsize i)
{
    double h = column(a, "height", i);
    return !isnan(h) && h != 0.5;
}

static void
test_filter(void)
{
    static const Case cases[] = {
        { "intensity < 0.4 and height >= 0.25", weak },
        { " intensity<.4&&height≥2.5e-1 ", weak },
        { "not (not intensity < 0.4 or not height >= 0.25)", weak },
        { "species == Zr and not (z > 0 or x < -20)", species },
        { "species != O and !(z>0||x<-20)", species },
        { "species = \"Zr\" and not z > 0 and not x < -20", species },
        { "state == non-atom or flag == too-close", state },
        { "flag = 'too-close' OR state = non-atom", state },
        { "abs(x + 2*y - z/4) < sqrt(400) - 1 and not max(x, y) < 3*-2", arithmetic },
        { "atom == 6 or index == 7 or index >= 10 and index < 20 and index != 12", indexed },
        { "r < 20 and present", inside },
        { "height != 0.5", known },
        { "\"height\" <> 0.5", known },
    };
    g_autoptr(LacAtoms) atoms = lac_random_atoms(2000, 21);
    for (gsize k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacFilter) filter = lac_filter_new(cases[k].text, atoms, &error);
        g_assert_no_error(error);
        G_GNUC_UNUSED g_autofree guint8 *chosen = lac_filter_apply(filter, atoms, &error);
        gsize n = 0;
        for (gsize i = 0; i < atoms->n; i++) {
            g_assert_cmpint(chosen[i], ==, cases[k].is_chosen(atoms, i));
            n += chosen[i];
        }
        g_assert_cmpuint(n, >, 0);
        g_assert_cmpuint(n, <, atoms->n);
    }
}

static void
test_filter_bonds(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = make_cubic(9, 2.35, "Si");
    g_autoptr(LacFilter) filter =
        lac_filter_new("cn <= 4 and nn > 2.3 and nn < 2.4", atoms, &error);
    g_assert_no_error(error);
    g_autofree guint8 *chosen = lac_filter_apply(filter, atoms, &error);
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++)
        n += chosen[i];
    g_assert_cmpuint(n, ==, 8 + 12 * 7);
    G_GNUC_UNUSED g_autoptr(LacFilter) gone = lac_filter_new("present", atoms, NULL);
    g_autoptr(LacAtoms) with = lac_atoms_copy(atoms, atoms->n);
    lac_atoms_add_column(with, "new");
    g_autoptr(LacFilter) newer = lac_filter_new("new > 0", with, NULL);
    g_assert_null(lac_filter_apply(newer, atoms, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
}

// Each with the character that the message must name.
static void
test_filter_errors(void)
{
    static const struct {
        const char *text;
        guint character;
    } cases[] = {
        { "", 1 },
        { "cn", 3 },
        { "cn <", 5 },
        { "intesity < 3", 1 },
        { "cn < 3 and", 11 },
        { "cn < 3 and x", 12 },
        { "x and cn < 3", 1 },
        { "(cn < 3", 8 },
        { "cn < 3)", 7 },
        { "1 < cn < 3", 8 },
        { "species == Pt", 12 },
        { "species < Zr", 9 },
        { "state == tired", 10 },
        { "foo(x) < 1", 1 },
        { "abs x < 1", 1 },
        { "abs(x < 1", 1 },
        { "abs(x", 6 },
        { "max(x) < 1", 6 },
        { "3x < 1", 2 },
        { "x < 1e999", 5 },
        { "not x", 1 },
        { "-(x < 1) < 2", 1 },
        { "\"height < 1", 1 },
        { "x < 1 # 2", 7 },
        { "é < 1", 1 },
        { "x < é", 5 },
        { "(x < 1) + 2 < 3", 1 },
    };
    g_autoptr(LacAtoms) atoms = lac_random_atoms(10, 1);
    for (gsize k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacFilter) filter = lac_filter_new(cases[k].text, atoms, &error);
        g_assert_null(filter);
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
        g_autofree char *start = g_strdup_printf("Character %u:", cases[k].character);
        g_test_message("%s | %s", cases[k].text, error->message);
        g_assert_true(g_str_has_prefix(error->message, start));
    }
    g_autoptr(GString) deep = g_string_new(NULL);
    for (guint i = 0; i < 20000; i++)
        g_string_append(deep, i % 3 == 0 ? "(" : i % 3 == 1 ? "-" : "not ");
    g_assert_null(lac_filter_new(deep->str, atoms, NULL));
    g_string_assign(deep, "x < 1");
    for (guint i = 0; i < 5000; i++)
        g_string_append(deep, " or x < 1");
    g_assert_null(lac_filter_new(deep->str, atoms, NULL));
    g_assert_null(lac_filter_new("x < 1\xff", atoms, NULL));
}

// Random words never crash, and whatever is accepted can be applied.
static void
test_filter_random(void)
{
    static const char *const words[] = { "(", ")", "x", "cn", "abs(", "max(", ",", "<",
        ">=", "==", "and", "or", "not", "-", "+", "*", "/", "1", ".5", "species", "Zr", "state",
        "auto", "flag", "ok", "height", "\"", "présent", "≤", "!", "present", "r" };
    g_autoptr(LacAtoms) atoms = lac_random_atoms(60, 1);
    GRand *random = g_rand_new_with_seed(7);
    guint n_good = 0;
    for (guint i = 0; i < 200000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        guint n = (guint) g_rand_int_range(random, 1, 12);
        for (guint k = 0; k < n; k++) {
            g_string_append(text, words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
            g_string_append(text, " ");
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(LacFilter) filter = lac_filter_new(text->str, atoms, &error);
        g_assert_true((filter == NULL) == (error != NULL));
        if (filter == NULL)
            continue;
        G_GNUC_UNUSED g_autofree guint8 *chosen = lac_filter_apply(filter, atoms, &error);
        g_assert_no_error(error);
        n_good++;
    }
    g_rand_free(random);
    g_test_message("%u of 200 000 random expressions are good", n_good);
    g_assert_cmpuint(n_good, >, 20);
}

static void
test_filter_speed(void)
{
    g_autoptr(LacAtoms) atoms = lac_random_atoms(100000, 3);
    double best = (double) INFINITY;
    for (guint i = 0; i < 5; i++) {
        gint64 start = g_get_monotonic_time();
        g_autoptr(LacFilter) filter = lac_filter_new(
            "intensity < 0.4 and abs(x) < 20 and species == Zr and not r > 30 or height > 0.99",
            atoms, NULL);
        G_GNUC_UNUSED g_autofree guint8 *chosen = lac_filter_apply(filter, atoms, NULL);
        best = MIN(best, (double) (g_get_monotonic_time() - start) * 1e-3);
    }
    g_test_message("a filter with six terms over 100 000 atoms: %.2f ms", best);
    g_assert_cmpfloat(best, <, 100);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonds/slow", test_slow);
    g_test_add_func("/bonds/lattice", test_lattice);
    g_test_add_func("/filter/cases", test_filter);
    g_test_add_func("/filter/bonds", test_filter_bonds);
    g_test_add_func("/filter/errors", test_filter_errors);
    g_test_add_func("/filter/random", test_filter_random);
    g_test_add_func("/filter/speed", test_filter_speed);
    return g_test_run();
}
