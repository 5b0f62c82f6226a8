// SPDX-License-Identifier: GPL-3.0-or-later
// Strain: prescribed deformations to rounding by the local map, to what it can by the field.
#include "core/analysis/strain.h"
#include "core/error.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

typedef struct {
    LacPoints *points;
    LacTemplates *templates;
    LacGrains *grains;
    LacLattices *lattices;
    LacStrain *strain;
} Found;

static Found
analyse(const LacAtoms *atoms, const LacStrainParams *params)
{
    g_autoptr(GError) error = NULL;
    LacTemplateParams template_params;
    LacGrainParams grain_params;
    LacLatticeParams lattice_params;
    lac_template_params_init(&template_params);
    lac_grain_params_init(&grain_params);
    lac_lattice_params_init(&lattice_params);
    Found found = { .points = lac_points_new(atoms, &error) };
    g_assert_no_error(error);
    found.templates = lac_templates_new(found.points, &template_params, NULL, &error);
    g_autoptr(LacNeighbours) lists =
        lac_neighbours_new(found.points, 1.25 * found.points->spacing, NULL, &error);
    found.grains = lac_grains_new(found.templates, lists, &grain_params, NULL, &error);
    found.lattices = lac_lattices_new(found.points, found.grains, &lattice_params, NULL, &error);
    found.strain =
        lac_strain_new(found.points, found.templates, found.lattices, params, NULL, &error);
    g_assert_no_error(error);
    return found;
}

static void
found_clear(Found *found)
{
    lac_points_unref(found->points);
    lac_templates_unref(found->templates);
    lac_grains_unref(found->grains);
    lac_lattices_unref(found->lattices);
    lac_strain_unref(found->strain);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static const LacMat3 stretch = { { { 1.012, 0.004, -0.003 }, { 0.004, 0.993, 0.006 },
    { -0.003, 0.006, 1.005 } } };

static LacMat3
green(const LacMat3 *f)
{
    LacMat3 t = lac_mat3_transpose(f), e = lac_mat3_multiply(&t, f);
    for (int k = 0; k < 9; k++)
        e.m[k / 3][k % 3] = 0.5 * (e.m[k / 3][k % 3] - (k % 4 == 0));
    return e;
}

// Voigt of the axes of a crystal that may be named differently: invariants alone.
static void
invariants(const double *s, double out[3])
{
    LacMat3 e = { { { s[0], s[5], s[4] }, { s[5], s[1], s[3] }, { s[4], s[3], s[2] } } }, v;
    lac_mat3_eigen(&e, out, &v);
}

static void
test_local(void)
{
    const TestCrystal kinds[] = { TEST_FCC, TEST_HCP, TEST_BCC, TEST_SC };
    const double ideal[] = { sqrt(2.0), sqrt(2.0), 0.75 * sqrt(3.0), 1.0 }; // density of spacing 1
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 1, 2, -0.4 }, 48.0);
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball(kinds[k], 3.0, 12.0);
        gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
        LacMat3 f = lac_mat3_multiply(&r, &stretch);
        test_atoms_transform(atoms, &f, (LacVec3){ 1, 2, 3 });
        LacStrainParams params;
        lac_strain_params_init(&params);
        params.a_reference = cbrt(4.0 / (ideal[k] / 27.0));
        g_auto(Found) found = analyse(atoms, &params);
        LacMat3 e = green(&f);
        const double want[] = { e.m[0][0], e.m[1][1], e.m[2][2], e.m[1][2], e.m[0][2], e.m[0][1] };
        double a[3], b[3];
        invariants(want, a);
        invariants(found.strain->local.strain[c], b);
        for (int m = 0; m < 3; m++)
            g_assert_cmpfloat_with_epsilon(a[m], b[m], 1e-13);
        g_assert_cmpfloat_with_epsilon(found.strain->local.volumetric[c], a[0] + a[1] + a[2],
            1e-13);
        double shear = sqrt(((a[0] - a[1]) * (a[0] - a[1]) + (a[1] - a[2]) * (a[1] - a[2]) +
                                (a[2] - a[0]) * (a[2] - a[0])) /
            6.0);
        g_assert_cmpfloat_with_epsilon(found.strain->local.shear[c], shear, 1e-13);
        g_assert_cmpfloat(found.strain->local.rotation[c], <, 1e-5);
        // In the axes of the sample: R E transpose(R), the same for every name of the crystal.
        params.sample_frame = TRUE;
        g_autoptr(LacStrain) sample =
            lac_strain_new(found.points, found.templates, found.lattices, &params, NULL, NULL);
        LacMat3 turned = lac_mat3_multiply(&r, &e), back = lac_mat3_transpose(&r);
        turned = lac_mat3_multiply(&turned, &back);
        const double *s = sample->local.strain[c];
        g_assert_cmpfloat_with_epsilon(s[LAC_STRAIN_XX], turned.m[0][0], 1e-10);
        g_assert_cmpfloat_with_epsilon(s[LAC_STRAIN_YZ], turned.m[1][2], 1e-10);
        g_assert_cmpfloat_with_epsilon(s[LAC_STRAIN_XY], turned.m[0][1], 1e-10);
        // Against its own cell a crystal of one strain has the strain of its shape alone.
        params = (LacStrainParams){ .sigma = 3.9, .step = 1.0, .least_density = 0.5 };
        g_autoptr(LacStrain) own =
            lac_strain_new(found.points, found.templates, found.lattices, &params, NULL, NULL);
        g_assert_cmpfloat(fabs(own->local.volumetric[c]), <, 0.01);
    }
}

// A rotation of one atom's neighbourhood against its grain, and hcp of any c / a without strain.
static void
test_grain_frame(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_HCP, 3.232, 14.0);
    LacMat3 squeeze = lac_mat3_identity();
    squeeze.m[2][2] = 5.147 / (3.232 * sqrt(8.0 / 3.0));
    test_atoms_transform(atoms, &squeeze, (LacVec3){ 0, 0, 0 });
    gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
    LacStrainParams params;
    lac_strain_params_init(&params);
    g_auto(Found) found = analyse(atoms, &params);
    for (int k = 0; k < LAC_N_STRAINS; k++)
        g_assert_cmpfloat(fabs(found.strain->local.strain[c][k]), <, 1e-13);
    g_assert_cmpfloat(fabs(found.strain->field.shear[c]), <, 1e-5);
}

// Errors of the field of a linear displacement, by the depth below the surface.
static void
test_field(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, 25.0);
    LacStrainParams params;
    lac_strain_params_init(&params);
    params.step = 0.75;
    params.sample_frame = TRUE;
    g_auto(Found) before = analyse(atoms, &params);
    const LacLattice *sites = before.lattices->lattices[0];
    LacMat3 f = { { { 1.010, 0.006, -0.002 }, { 0.002, 0.996, 0.005 }, { 0.0, 0.003, 1.015 } } };
    test_atoms_transform(atoms, &f, (LacVec3){ 0, 0, 0 });
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    g_autoptr(LacStrainField) field = lac_strain_field_new(points, sites, &params, NULL, NULL);
    const double want[] = { 0.010, -0.004, 0.015, 0.004, -0.001, 0.004 };
    const double turn[] = { 0.5 * (0.003 - 0.005), 0.5 * (-0.002 - 0.0), 0.5 * (0.002 - 0.006) };
    double sum[4] = { 0 }, n[4] = { 0 }, most_turn = 0.0;
    for (gsize k = 0; k < sites->n; k++) {
        LacVec3 site = lac_lattice_get_position(sites, sites->sites[k]);
        gsize depth = (gsize) ((25.0 - lac_vec3_norm(site)) / 3.9);
        for (int c = 0; c < LAC_N_STRAINS && depth < 4; c++) {
            double e = lac_grid_sample(&field->grid, field->strain[c], site);
            if (depth > 0)
                g_assert_true(isfinite(e));
            if (!isfinite(e))
                continue;
            sum[depth] += fabs(e - want[c]);
            n[depth]++;
        }
        for (int c = 0; c < 3 && depth >= 3; c++)
            most_turn = fmax(most_turn,
                fabs(lac_grid_sample(&field->grid, field->rotation[c], site) - turn[c]));
    }
    for (int d = 0; d < 4; d++)
        g_test_message("%d to %d sigma deep: mean error %.2e", d, d + 1, sum[d] / n[d]);
    g_assert_cmpfloat(sum[1] / n[1], <, 1.3e-3);
    g_assert_cmpfloat(sum[2] / n[2], <, 4e-4);
    g_assert_cmpfloat(sum[3] / n[3], <, 6e-5);
    g_assert_cmpfloat(most_turn, <, 2e-4);
}

// The field of atoms against a chosen cell has its isotropic part too.
static void
test_reference(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, 22.0);
    gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
    LacStrainParams params;
    lac_strain_params_init(&params);
    params.a_reference = 3.25 * sqrt(2.0) / 1.01;
    g_auto(Found) found = analyse(atoms, &params);
    g_assert_cmpfloat_with_epsilon(found.strain->field.volumetric[c], 0.03, 1e-4);
    g_assert_cmpfloat_with_epsilon(found.strain->local.volumetric[c], 1.5 * (1.01 * 1.01 - 1.0),
        1e-12);
    g_assert_cmpfloat_with_epsilon(found.strain->a[c], 3.25 * sqrt(2.0), 1e-12);
}

static void
test_few(void)
{
    for (gsize n = 0; n < 14; n += n < 2 ? 1 : 11) {
        g_autoptr(LacAtoms) atoms = test_random_atoms(n, 8.0, 1.0, 5);
        LacStrainParams params;
        lac_strain_params_init(&params);
        g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
        LacTemplateParams template_params;
        lac_template_params_init(&template_params);
        g_autoptr(LacTemplates) templates = lac_templates_new(points, &template_params, NULL, NULL);
        g_autoptr(LacNeighbours) lists = lac_neighbours_new(points, 4.0, NULL, NULL);
        LacGrainParams grain_params;
        lac_grain_params_init(&grain_params);
        g_autoptr(LacGrains) grains = lac_grains_new(templates, lists, &grain_params, NULL, NULL);
        LacLatticeParams lattice_params;
        lac_lattice_params_init(&lattice_params);
        g_autoptr(LacLattices) lattices =
            lac_lattices_new(points, grains, &lattice_params, NULL, NULL);
        g_autoptr(LacStrain) strain =
            lac_strain_new(points, templates, lattices, &params, NULL, NULL);
        for (gsize i = 0; i < n; i++)
            g_assert_true(isnan(strain->local.volumetric[i]) && isnan(strain->field.shear[i]));
    }
}

static void
test_refused(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 10.0);
    LacStrainParams params;
    lac_strain_params_init(&params);
    g_auto(Found) found = analyse(atoms, &params);
    double *const all[] = { &params.a_reference, &params.sigma, &params.step,
        &params.least_density };
    for (gsize k = 0; k < G_N_ELEMENTS(all); k++) {
        lac_strain_params_init(&params);
        *all[k] = (double) NAN;
        g_autoptr(GError) error = NULL;
        g_assert_null(
            lac_strain_new(found.points, found.templates, found.lattices, &params, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
    lac_strain_params_init(&params);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 2);
    g_autoptr(GError) error = NULL;
    g_assert_null(
        lac_strain_new(found.points, found.templates, found.lattices, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 14.0);
    test_atoms_shake(atoms, 0.08, 6);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) turned = test_atoms_permute(atoms, place, 4);
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 2, -1, 0.4 }, 66.0);
    test_atoms_transform(turned, &r, (LacVec3){ -30, 20, 10 });
    LacStrainParams params;
    lac_strain_params_init(&params);
    guint threads = lac_parallel_get_threads();
    g_auto(Found) a = analyse(atoms, &params);
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_auto(Found) same = analyse(atoms, &params);
    lac_parallel_set_threads(threads);
    g_auto(Found) b = analyse(turned, &params);
    g_assert_true(
        memcmp(a.strain->local.shear, same.strain->local.shear, a.points->n * sizeof(double)) == 0);
    g_assert_true(
        memcmp(a.strain->field.shear, same.strain->field.shear, a.points->n * sizeof(double)) == 0);
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++) {
        double p = a.strain->local.shear[i], q = b.strain->local.shear[place[i]];
        g_assert_true(isnan(p) == isnan(q));
        if (isnan(p))
            continue;
        n++;
        g_assert_cmpfloat_with_epsilon(p, q, 1e-10);
        g_assert_cmpfloat_with_epsilon(a.strain->local.rotation[i],
            b.strain->local.rotation[place[i]], 1e-8);
        double f = a.strain->field.volumetric[i], g = b.strain->field.volumetric[place[i]];
        if (!isnan(f) && !isnan(g))
            g_assert_cmpfloat_with_epsilon(f, g, 2e-3); // the grid does not turn
    }
    g_assert_cmpuint(n, >, atoms->n / 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/strain/local", test_local);
    g_test_add_func("/analysis/strain/grain-frame", test_grain_frame);
    g_test_add_func("/analysis/strain/field", test_field);
    g_test_add_func("/analysis/strain/reference", test_reference);
    g_test_add_func("/analysis/strain/few", test_few);
    g_test_add_func("/analysis/strain/refused", test_refused);
    g_test_add_func("/analysis/strain/invariance", test_invariance);
    return g_test_run();
}
