// SPDX-License-Identifier: GPL-3.0-or-later
// Common-neighbour analysis: perfect structures, noise that it cannot bear, published counts.
#include "core/analysis/cna.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacCna *
analyse(const LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    LacCna *cna = lac_cna_new(points, NULL, &error);
    g_assert_no_error(error);
    return cna;
}

static void
test_structures(void)
{
    const LacStructure expected[] = { LAC_STRUCTURE_FCC, LAC_STRUCTURE_HCP, LAC_STRUCTURE_BCC,
        LAC_STRUCTURE_OTHER, LAC_STRUCTURE_ICOSAHEDRON };
    LacMat3 f = { { { 1.01, 0.01, 0 }, { -0.02, 0.99, 0.03 }, { 0, -0.02, 1.02 } } };
    for (guint k = 0; k < G_N_ELEMENTS(expected); k++)
        for (guint strained = 0; strained < 2; strained++) {
            g_autoptr(LacAtoms) atoms = test_crystal_ball((TestCrystal) k, 3.0, 9.0);
            gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
            if (strained)
                test_atoms_transform(atoms, &f, (LacVec3){ 5, 6, 7 });
            g_autoptr(LacCna) cna = analyse(atoms);
            g_assert_cmpuint(cna->type[c], ==, expected[k]);
        }
}

// Shares of a noisy crystal that are still recognised, of 603 atoms.
static void
test_noise(void)
{
    const struct {
        double sigma, low, high;
    } rows[] = { { 0.10, 0.99, 1.0 }, { 0.15, 0.96, 1.0 }, { 0.20, 0.65, 0.82 },
        { 0.25, 0.28, 0.48 }, { 0.30, 0.04, 0.16 } };
    for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 4.60 / sqrt(2.0), 20.0);
        g_autofree guint8 *bulk = g_new(guint8, atoms->n);
        for (gsize i = 0; i < atoms->n; i++)
            bulk[i] = hypot(hypot(atoms->x[i], atoms->y[i]), atoms->z[i]) < 15.0;
        test_atoms_shake(atoms, rows[k].sigma, 12);
        g_autoptr(LacCna) cna = analyse(atoms);
        double n = 0.0, fcc = 0.0;
        for (gsize i = 0; i < atoms->n; i++) {
            n += bulk[i];
            fcc += bulk[i] && cna->type[i] == LAC_STRUCTURE_FCC;
        }
        g_test_message("sigma %.2f: %.3f", rows[k].sigma, fcc / n);
        g_assert_cmpfloat(fcc / n, >=, rows[k].low);
        g_assert_cmpfloat(fcc / n, <=, rows[k].high);
    }
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_BCC, 2.8, 14.0);
    test_atoms_shake(atoms, 0.1, 3);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) turned = test_atoms_permute(atoms, place, 4);
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 2, -1, 0.4 }, 66.0);
    test_atoms_transform(turned, &r, (LacVec3){ -30, 20, 10 });
    g_autoptr(LacCna) a = analyse(atoms);
    guint threads = lac_parallel_get_threads();
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_autoptr(LacCna) b = analyse(turned);
    lac_parallel_set_threads(threads);
    g_assert_cmpuint(a->counts[LAC_STRUCTURE_BCC], >, 100);
    for (gsize i = 0; i < atoms->n; i++)
        g_assert_cmpuint(a->type[i], ==, b->type[place[i]]);
}

static void
test_few(void)
{
    for (gsize n = 0; n < 15; n++) {
        g_autoptr(LacAtoms) atoms = test_random_atoms(n, 10.0, 1.0, 5);
        g_autoptr(LacCna) cna = analyse(atoms);
        g_assert_cmpuint(cna->counts[LAC_STRUCTURE_OTHER], ==, n);
    }
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 9.0);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 2);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_cna_new(points, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_published(void)
{
    g_autoptr(LacAtoms) atoms = lac_scratch_read_published("pdpt-pb/PB.xyz", 0.3434);
    if (atoms == NULL)
        return;
    g_autoptr(LacCna) cna = analyse(atoms);
    g_test_message("fcc %zu, hcp %zu", cna->counts[1], cna->counts[2]);
    g_assert_cmpuint(cna->counts[LAC_STRUCTURE_FCC], ==, 7829);
    g_assert_cmpuint(cna->counts[LAC_STRUCTURE_HCP], ==, 834);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/cna/structures", test_structures);
    g_test_add_func("/analysis/cna/noise", test_noise);
    g_test_add_func("/analysis/cna/invariance", test_invariance);
    g_test_add_func("/analysis/cna/few", test_few);
    g_test_add_func("/analysis/cna/published", test_published);
    return g_test_run();
}
