// SPDX-License-Identifier: GPL-3.0-or-later
// Template matching: every structure, its orientation, its deformation; noise; published counts.
#include "core/analysis/templates.h"
#include "core/error.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacTemplates *
match(const LacAtoms *atoms, const LacTemplateParams *params)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    LacTemplates *found = lac_templates_new(points, params, NULL, &error);
    g_assert_no_error(error);
    return found;
}

static LacTemplates *
match_usual(const LacAtoms *atoms)
{
    LacTemplateParams params;
    lac_template_params_init(&params);
    return match(atoms, &params);
}

static const LacStructure expected[] = { LAC_STRUCTURE_FCC, LAC_STRUCTURE_HCP, LAC_STRUCTURE_BCC,
    LAC_STRUCTURE_SC, LAC_STRUCTURE_ICOSAHEDRON };

// How many of the shape's vertices an orientation takes to atoms.
static guint
count_hits(const LacAtoms *atoms, gsize centre, LacStructure structure, const LacMat3 *orientation,
    double scale)
{
    LacShape shape;
    lac_shape_init(&shape, structure);
    guint n = 0;
    for (guint k = 0; k < shape.k; k++) {
        LacVec3 v = lac_mat3_apply(orientation, shape.vertex[k]);
        LacVec3 p = { atoms->x[centre] + scale * v.x, atoms->y[centre] + scale * v.y,
            atoms->z[centre] + scale * v.z };
        gsize i = test_atoms_nearest(atoms, p);
        n += hypot(hypot(atoms->x[i] - p.x, atoms->y[i] - p.y), atoms->z[i] - p.z) < 1e-6;
    }
    return n;
}

static void
test_structures(void)
{
    const guint k_of[] = { 12, 12, 14, 6, 12 };
    for (gsize s = 0; s < G_N_ELEMENTS(expected); s++)
        for (guint turn = 0; turn < 8; turn++) {
            g_autoptr(LacAtoms) atoms = test_crystal_ball((TestCrystal) s, 3.0, 7.5);
            gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
            LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 1, turn, -0.7 }, 23.0 * turn);
            test_atoms_transform(atoms, &r, (LacVec3){ 5, -4, 100 });
            g_autoptr(LacTemplates) found = match_usual(atoms);
            g_assert_cmpuint(found->type[c], ==, expected[s]);
            g_assert_cmpfloat(found->rmsd[c], <, 1e-13);
            double mean = s == 2 ? 3.0 * (8.0 + 6.0 * 2.0 / sqrt(3.0)) / 14.0 : 3.0;
            g_assert_cmpfloat_with_epsilon(found->spacing[c], mean, 1e-12);
            g_assert_cmpfloat_with_epsilon(lac_mat3_determinant(&found->orientation[c]), 1.0,
                1e-12);
            g_assert_cmpuint(count_hits(atoms, c, expected[s], &found->orientation[c],
                                 found->spacing[c]),
                ==, k_of[s]);
            if (s != 4) {
                const double a[] = { 3.0 * sqrt(2.0), 3.0 * sqrt(2.0), 6.0 / sqrt(3.0), 3.0 };
                g_assert_cmpfloat_with_epsilon(lac_templates_get_lattice_constant(found, c), a[s],
                    1e-12);
            }
        }
}

// The rms differences between perfect structures.
static void
test_between(void)
{
    const struct {
        TestCrystal kind;
        LacStructure other;
        double rmsd;
    } all[] = {
        { TEST_FCC, LAC_STRUCTURE_HCP, 0.271 },
        { TEST_FCC, LAC_STRUCTURE_ICOSAHEDRON, 0.227 },
        { TEST_FCC, LAC_STRUCTURE_BCC, 0.272 },
        { TEST_BCC, LAC_STRUCTURE_FCC, 0.317 },
        { TEST_HCP, LAC_STRUCTURE_ICOSAHEDRON, 0.252 },
    };
    for (gsize k = 0; k < G_N_ELEMENTS(all); k++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball(all[k].kind, 3.0, 7.5);
        gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
        LacTemplateParams params;
        lac_template_params_init(&params);
        params.structures = 1u << all[k].other;
        g_autoptr(LacTemplates) found = match(atoms, &params);
        g_assert_cmpuint(found->type[c], ==, LAC_STRUCTURE_OTHER);
        g_test_message("%zu: %.3f, %.3f", k, found->rmsd[c], all[k].rmsd);
        g_assert_cmpfloat(found->rmsd[c], >, 0.15);
        g_assert_cmpfloat(found->rmsd[c], <, all[k].rmsd + 2e-3);
    }
}

// The deformation that was applied is found, whatever the orientation.
static void
test_gradient(void)
{
    LacMat3 f = { { { 1.02, 0.015, -0.01 }, { 0.0, 0.99, 0.02 }, { 0.005, -0.012, 1.01 } } };
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 1, 2, 3 }, 40.0);
    for (gsize s = 0; s < 4; s++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball((TestCrystal) s, 3.0, 7.5);
        gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
        g_autoptr(LacTemplates) before = match_usual(atoms);
        LacMat3 fr = lac_mat3_multiply(&r, &f);
        test_atoms_transform(atoms, &fr, (LacVec3){ 1, 2, 3 });
        g_autoptr(LacTemplates) after = match_usual(atoms);
        g_assert_cmpuint(after->type[c], ==, expected[s]);
        // F of the deformed crystal: the applied one times that of the perfect crystal, up to a
        // symmetry of the shape: F^T F has the same invariants.
        LacMat3 want = lac_mat3_multiply(&fr, &before->gradient[c]);
        LacMat3 u, v;
        double a[3], b[3];
        lac_mat3_svd(&want, &u, a, &v);
        lac_mat3_svd(&after->gradient[c], &u, b, &v);
        for (int k = 0; k < 3; k++)
            g_assert_cmpfloat_with_epsilon(a[k] / 3.0, b[k] / 3.0, 1e-14);
    }
}

// Shares of fcc at a noise of sigma per coordinate, as the reference program finds them.
static void
test_noise(void)
{
    const struct {
        double sigma, least, least_012;
    } rows[] = { { 0.10, 1.0, 1.0 }, { 0.15, 0.995, 0.995 }, { 0.20, 0.94, 0.92 },
        { 0.25, 0.78, 0.44 } };
    for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 4.60 / sqrt(2.0), 20.0);
        g_autofree guint8 *bulk = g_new(guint8, atoms->n);
        for (gsize i = 0; i < atoms->n; i++)
            bulk[i] = hypot(hypot(atoms->x[i], atoms->y[i]), atoms->z[i]) < 15.0;
        test_atoms_shake(atoms, rows[k].sigma, 77);
        g_autoptr(LacTemplates) found = match_usual(atoms);
        double n = 0.0, fcc = 0.0, fcc_012 = 0.0;
        for (gsize i = 0; i < atoms->n; i++) {
            n += bulk[i];
            gboolean is = bulk[i] && found->type[i] == LAC_STRUCTURE_FCC;
            fcc += is;
            fcc_012 += is && found->rmsd[i] < 0.12;
        }
        g_test_message("sigma %.2f: %.3f, %.3f below 0.12", rows[k].sigma, fcc / n, fcc_012 / n);
        g_assert_cmpfloat(fcc / n, >=, rows[k].least);
        g_assert_cmpfloat(fcc_012 / n, >=, rows[k].least_012);
    }
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_HCP, 3.2, 12.0);
    test_atoms_shake(atoms, 0.15, 3);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) turned = test_atoms_permute(atoms, place, 4);
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 2, -1, 0.4 }, 66.0);
    test_atoms_transform(turned, &r, (LacVec3){ -30, 20, 10 });
    g_autoptr(LacTemplates) a = match_usual(atoms);
    guint threads = lac_parallel_get_threads();
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_autoptr(LacTemplates) same = match_usual(atoms);
    g_autoptr(LacTemplates) b = match_usual(turned);
    lac_parallel_set_threads(threads);
    g_assert_true(memcmp(a->rmsd, same->rmsd, a->n * sizeof *a->rmsd) == 0);
    g_assert_true(memcmp(a->gradient, same->gradient, a->n * sizeof *a->gradient) == 0);
    g_assert_cmpuint(a->counts[LAC_STRUCTURE_HCP], >, a->n / 3);
    for (gsize i = 0; i < atoms->n; i++) {
        g_assert_cmpuint(a->type[i], ==, b->type[place[i]]);
        g_assert_true(isnan(a->rmsd[i]) == isnan(b->rmsd[place[i]]));
        if (!isnan(a->rmsd[i]))
            g_assert_cmpfloat_with_epsilon(a->rmsd[i], b->rmsd[place[i]], 1e-12);
    }
}

static void
test_few(void)
{
    for (gsize n = 0; n < 14; n++) {
        g_autoptr(LacAtoms) atoms = test_random_atoms(n, 10.0, 1.0, 5);
        g_autoptr(LacTemplates) found = match_usual(atoms);
        g_assert_cmpuint(found->n, ==, n);
        for (gsize i = 0; i < MIN(n, 6); i++)
            if (n < 7) {
                g_assert_true(isnan(found->rmsd[i]) && isnan(found->spacing[i]));
                g_assert_cmpuint(found->type[i], ==, LAC_STRUCTURE_OTHER);
                g_assert_true(isnan(lac_templates_get_lattice_constant(found, i)));
            }
    }
    // Atoms on one line, in one plane.
    g_autoptr(LacAtoms) flat = lac_atoms_new(100);
    lac_atoms_add_species(flat, "Zr");
    for (gsize i = 0; i < 100; i++)
        flat->x[i] = 3.0 * (double) i;
    g_autoptr(LacTemplates) line = match_usual(flat);
    g_assert_cmpuint(line->counts[LAC_STRUCTURE_OTHER], ==, 100);
    for (gsize i = 0; i < 100; i++) {
        flat->x[i] = 3.0 * (double) (i % 10);
        flat->y[i] = 3.0 * (double) (i / 10);
    }
    g_autoptr(LacTemplates) plane = match_usual(flat);
    g_assert_cmpuint(plane->counts[LAC_STRUCTURE_OTHER], ==, 100);
}

static void
test_refused(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(20, 10.0, 1.0, 5);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    LacTemplateParams params;
    lac_template_params_init(&params);
    params.rmsd_max = (double) NAN;
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_templates_new(points, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    lac_template_params_init(&params);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 2);
    g_assert_null(lac_templates_new(points, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

// Published particle: counts of the reference program.
static void
test_published(void)
{
    g_autoptr(LacAtoms) atoms = lac_scratch_read_published("pdpt-pb/PB.xyz", 0.3434);
    if (atoms == NULL)
        return;
    LacTemplateParams params;
    lac_template_params_init(&params);
    params.rmsd_max = 0.12;
    g_autoptr(LacTemplates) found = match(atoms, &params);
    g_test_message("fcc %zu, hcp %zu, bcc %zu, ico %zu, sc %zu", found->counts[1], found->counts[2],
        found->counts[3], found->counts[4], found->counts[5]);
    g_assert_cmpfloat_with_epsilon((double) found->counts[LAC_STRUCTURE_FCC], 8043.0, 80.0);
    g_assert_cmpfloat_with_epsilon((double) found->counts[LAC_STRUCTURE_HCP], 923.0, 9.3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/templates/structures", test_structures);
    g_test_add_func("/analysis/templates/between", test_between);
    g_test_add_func("/analysis/templates/gradient", test_gradient);
    g_test_add_func("/analysis/templates/noise", test_noise);
    g_test_add_func("/analysis/templates/invariance", test_invariance);
    g_test_add_func("/analysis/templates/few", test_few);
    g_test_add_func("/analysis/templates/refused", test_refused);
    g_test_add_func("/analysis/templates/published", test_published);
    return g_test_run();
}
