// SPDX-License-Identifier: GPL-3.0-or-later
// Points and their neighbours: against brute force, awkward models, unit traps.
#include "core/analysis/neighbours.h"
#include "core/error.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacPoints *
make_points(const LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    LacPoints *points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    return points;
}

static double
distance_of(const LacPoints *p, gsize i, gsize j)
{
    double dx = p->x[j] - p->x[i], dy = p->y[j] - p->y[i], dz = p->z[j] - p->z[i];
    return sqrt(dx * dx + dy * dy + dz * dz);
}

static void
check_list(const LacPoints *points, const LacNeighbours *lists, gsize i, double cutoff)
{
    gsize n = 0;
    for (gsize j = 0; j < points->n; j++)
        if (j != i && distance_of(points, i, j) < cutoff)
            n++;
    g_assert_cmpuint(lac_neighbours_count(lists, i), ==, n);
    for (gsize m = lists->begin[i]; m < lists->begin[i + 1]; m++) {
        gsize j = lists->index[m];
        g_assert_cmpuint(j, !=, i);
        g_assert_cmpfloat(lists->distance[m], ==, distance_of(points, i, j));
        if (m > lists->begin[i])
            g_assert_true(lists->distance[m - 1] < lists->distance[m] ||
                (lists->distance[m - 1] == lists->distance[m] && lists->index[m - 1] < j));
    }
}

static void
test_brute_force(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(500, 30.0, 1.5, 3);
    g_autoptr(LacPoints) points = make_points(atoms);
    const double cutoffs[] = { 0.3, 2.9, 7.0, 60.0 };
    for (gsize c = 0; c < G_N_ELEMENTS(cutoffs); c++) {
        g_autoptr(LacNeighbours) lists = lac_neighbours_new(points, cutoffs[c], NULL, NULL);
        for (gsize i = 0; i < points->n; i++)
            check_list(points, lists, i, cutoffs[c]);
    }
    const guint ks[] = { 1, 12, 15, 40, 512 };
    for (gsize c = 0; c < G_N_ELEMENTS(ks); c++) {
        g_autoptr(LacNeighbours) lists = lac_neighbours_nearest(points, ks[c], NULL, NULL);
        for (gsize i = 0; i < points->n; i++) {
            g_assert_cmpuint(lac_neighbours_count(lists, i), ==, MIN(ks[c], 499));
            double last = lists->distance[lists->begin[i + 1] - 1];
            check_list(points, lists, i, nextafter(last, 100.0));
        }
    }
}

// The cut-off itself is outside: 12 and not 18 neighbours at the second shell of fcc.
static void
test_strict(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_SC, 2.5, 9.0);
    g_autoptr(LacPoints) points = make_points(atoms);
    gsize centre = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
    g_autoptr(LacNeighbours) at = lac_neighbours_new(points, 2.5, NULL, NULL);
    g_assert_cmpuint(lac_neighbours_count(at, centre), ==, 0);
    g_autoptr(LacNeighbours) above = lac_neighbours_new(points, nextafter(2.5, 3.0), NULL, NULL);
    g_assert_cmpuint(lac_neighbours_count(above, centre), ==, 6);
}

static void
test_threads(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 2.8, 25.0);
    test_atoms_shake(atoms, 0.2, 5);
    g_autoptr(LacPoints) points = make_points(atoms);
    guint threads = lac_parallel_get_threads();
    g_autoptr(LacNeighbours) a = lac_neighbours_new(points, 3.6, NULL, NULL);
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_autoptr(LacNeighbours) b = lac_neighbours_new(points, 3.6, NULL, NULL);
    lac_parallel_set_threads(threads);
    g_assert_true(memcmp(a->begin, b->begin, (a->n + 1) * sizeof *a->begin) == 0);
    gsize n = a->begin[a->n];
    g_assert_true(memcmp(a->index, b->index, n * sizeof *a->index) == 0);
    g_assert_true(memcmp(a->distance, b->distance, n * sizeof *a->distance) == 0);
}

static void
test_few(void)
{
    for (gsize n = 0; n < 3; n++) {
        g_autoptr(LacAtoms) atoms = test_random_atoms(n, 1.0, 0.6, 1);
        g_autoptr(LacPoints) points = make_points(atoms);
        g_assert_cmpuint(points->n, ==, n);
        g_assert_true(isnan(points->spacing) == (n < 2));
        g_autoptr(LacNeighbours) lists = lac_neighbours_new(points, 3.0, NULL, NULL);
        g_assert_cmpuint(lists->begin[n], ==, n * (n - (n > 0)));
        g_autoptr(LacNeighbours) nearest = lac_neighbours_nearest(points, 12, NULL, NULL);
        g_assert_cmpuint(nearest->begin[n], ==, n * (n - (n > 0)));
    }
    g_autoptr(LacAtoms) ico = test_crystal_ball(TEST_ICOSAHEDRON, 2.8, 0.0);
    g_autoptr(LacPoints) points = make_points(ico);
    g_assert_cmpfloat_with_epsilon(points->spacing, 2.8, 1e-12);
    // Two atoms a metre apart.
    g_autoptr(LacAtoms) far = lac_atoms_new(2);
    far->x[1] = 0.9e10;
    g_autoptr(LacPoints) apart = make_points(far);
    g_assert_cmpfloat(apart->spacing, ==, 0.9e10);
    g_autoptr(LacNeighbours) nearest = lac_neighbours_nearest(apart, 1, NULL, NULL);
    g_assert_cmpuint(nearest->index[nearest->begin[1]], ==, 0);
}

static void
test_records(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(20, 12.0, 1.0, 8);
    atoms->state[3] = LAC_ATOM_DELETED;
    atoms->state[19] = LAC_ATOM_REJECTED;
    atoms->x[3] = (double) NAN; // a record may be anywhere
    g_autoptr(LacPoints) points = make_points(atoms);
    g_assert_cmpuint(points->n, ==, 18);
    g_assert_cmpuint(points->rank[3], ==, G_MAXUINT32);
    g_assert_cmpuint(points->rank[4], ==, 3);
    for (gsize p = 0; p < points->n; p++) {
        g_assert_cmpuint(points->rank[points->index[p]], ==, p);
        g_assert_cmpfloat(points->x[p], ==, atoms->x[points->index[p]]);
    }
}

static void
assert_refused(const LacAtoms *atoms, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_points_new(atoms, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, part));
}

static void
test_refused(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(20, 12.0, 1.0, 8);
    atoms->y[6] = (double) NAN;
    assert_refused(atoms, "Atom 7 is at");
    atoms->y[6] = 1e30;
    assert_refused(atoms, "Atom 7 is at");
    atoms->x[6] = atoms->x[2];
    atoms->y[6] = atoms->y[2] + 0.4;
    atoms->z[6] = atoms->z[2];
    assert_refused(atoms,
        "2 atoms are closer than 0.5 Å to another and may be the same: 3 and 7 (0.40 Å)");
    for (gsize i = 0; i < 20; i++)
        atoms->x[i] = atoms->y[i] = atoms->z[i] = 1.0;
    assert_refused(atoms, "20 atoms are closer");
    g_autoptr(LacAtoms) good = test_random_atoms(20, 12.0, 1.0, 8);
    g_autoptr(LacPoints) points = make_points(good);
    const double bad[] = { 0.0, -1.0, (double) NAN, (double) INFINITY };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_neighbours_new(points, bad[i], NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
    g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_FCC, 1.0, 12.0);
    g_autoptr(LacPoints) dense = make_points(ball);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_neighbours_new(dense, 20.0, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(100, 20.0, 1.0, 8);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_neighbours_new(points, 3.0, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/neighbours/brute-force", test_brute_force);
    g_test_add_func("/analysis/neighbours/strict", test_strict);
    g_test_add_func("/analysis/neighbours/threads", test_threads);
    g_test_add_func("/analysis/neighbours/few", test_few);
    g_test_add_func("/analysis/neighbours/records", test_records);
    g_test_add_func("/analysis/neighbours/refused", test_refused);
    g_test_add_func("/analysis/neighbours/cancel", test_cancel);
    return g_test_run();
}
