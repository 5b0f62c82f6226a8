// SPDX-License-Identifier: GPL-3.0-or-later
// Published models against their truths: the numbers of the authors, to three decimals.
#include "core/io/io.h"
#include "core/trace/match.h"
#include "core/trace/units.h"
#include "tests/support/scratch.h"

#include <math.h>

static LacAtoms *
read_angstrom(const char *name, LacUnit expected, double voxel_size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_find_data(name);
    if (path == NULL)
        return NULL;
    g_autoptr(LacAtoms) stored = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    LacUnit unit = LAC_UNIT_GUESS;
    LacAtoms *atoms = lac_atoms_to_angstrom(stored, &unit, voxel_size, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(unit, ==, expected);
    return atoms;
}

static LacMatch *
compare(const LacAtoms *model, const LacAtoms *truth, double cutoff, gboolean centre)
{
    g_autoptr(GError) error = NULL;
    LacMatchParams params;
    lac_match_params_init(&params);
    params.cutoff = cutoff;
    params.centre = centre;
    LacMatch *match = lac_match(model, truth, &params, NULL, &error);
    g_assert_no_error(error);
    return match;
}

static void
test_silicon(void)
{
    static const struct {
        const char *name;
        double rmsd;
    } doses[] = {
        { "asi-208/Model_aSi2nm_FoscCenter_Dose1p6e4_cov35pm_BM3D.mat", 17.313 },
        { "asi-208/Model_aSi2nm_FoscCenter_Dose1p6e5_cov35pm_BM3D.mat", 4.239 },
    };
    g_autoptr(GError) error = NULL;
    LacAxes axes;
    g_assert_true(lac_axes_parse("yxz", &axes, &error));
    for (gsize d = 0; d < G_N_ELEMENTS(doses); d++) {
        g_autoptr(LacAtoms) stored =
            read_angstrom("asi-208/aSi_208atoms_GT.txt", LAC_UNIT_ANGSTROM, 0.195);
        g_autoptr(LacAtoms) model = read_angstrom(doses[d].name, LAC_UNIT_FINE, 0.195);
        if (stored == NULL || model == NULL)
            return;
        g_autoptr(LacAtoms) truth = lac_atoms_reorder(stored, &axes);
        g_autoptr(LacMatch) match = compare(model, truth, 0.9, TRUE);
        g_assert_cmpuint(match->published.n_kept, ==, 208);
        g_assert_cmpfloat_with_epsilon(match->published.rmsd, doses[d].rmsd, 5e-4);
        g_assert_cmpuint(match->n_pairs, ==, 208);
        g_assert_cmpfloat(match->score.precision, ==, 1.0);
        g_assert_cmpfloat(match->half.recall, ==, 1.0);
        // The mean counts with n, not with n - 1.
        g_assert_cmpfloat_with_epsilon(match->errors.rms, doses[d].rmsd * sqrt(207.0 / 208.0),
            5e-4);
        // Without the exchange of axes the model is mirrored.
        g_autoptr(LacMatch) mirrored = compare(model, stored, 0.0, TRUE);
        g_assert_cmpfloat(mirrored->score.recall, <, 0.5);
        LacAxes found;
        gsize n_pairs;
        g_assert_true(lac_axes_find(model, stored, 0.0, &found, &n_pairs, NULL, &error));
        g_autofree char *text = lac_axes_to_text(&found);
        g_assert_cmpstr(text, ==, "yxz");
        g_assert_cmpuint(n_pairs, ==, 208);
    }
}

static void
test_metallic_glass(void)
{
    g_autoptr(LacAtoms) truth =
        read_angstrom("metallic-glass/final_atom_coord_inA.mat", LAC_UNIT_ANGSTROM, 0.347);
    g_autoptr(LacAtoms) model =
        read_angstrom("metallic-glass/finalmodel_MG_multislice.mat", LAC_UNIT_VOXEL, 0.347);
    if (truth == NULL || model == NULL)
        return;
    g_assert_cmpuint(model->n, ==, 18481);
    // Stored with 20 voxels of padding about 300: the centre is index 171 from 1.
    for (gsize i = 0; i < model->n; i++) {
        model->x[i] -= 170 * 0.347;
        model->y[i] -= 170 * 0.347;
        model->z[i] -= 170 * 0.347;
    }
    g_autoptr(LacMatch) match = compare(model, truth, 1.5, TRUE);
    g_assert_cmpfloat_with_epsilon(100.0 * match->score.recall, 97.99, 0.005);
    g_assert_cmpfloat_with_epsilon(100.0 * match->score.precision, 97.33, 0.005);
    g_assert_cmpfloat_with_epsilon(100.0 * match->half.recall, 95.67, 0.005);
    g_assert_cmpfloat_with_epsilon(match->shift.x, 0.0, 0.3);
    // This one was scored the other way: each atom of the truth takes one of the model.
    g_autoptr(LacMatch) reversed = compare(truth, model, 1.5, FALSE);
    g_test_message("kept %" G_GSIZE_FORMAT ", rmsd %.4f pm, chance %.3f",
        reversed->published.n_kept, reversed->published.rmsd, match->published.chance);
    g_assert_cmpuint(reversed->published.n_kept, ==, 17990);
    g_assert_cmpfloat_with_epsilon(reversed->published.rmsd, 20.77, 0.005);
}

// A model displaced by 3 to 6 Å still scores by the published rule.
static void
test_chance(void)
{
    static const double expected[][2] = { { 1.5, 0.599 }, { 1.0, 0.183 }, { 0.8, 0.095 },
        { 0.5, 0.022 }, { 0.3, 0.005 } };
    g_autoptr(LacAtoms) truth =
        read_angstrom("metallic-glass/final_atom_coord_inA.mat", LAC_UNIT_ANGSTROM, 0.347);
    for (gsize c = 0; truth != NULL && c < G_N_ELEMENTS(expected); c++) {
        g_autoptr(LacMatch) match = compare(truth, truth, expected[c][0], TRUE);
        g_test_message("cutoff %.1f: chance %.4f", expected[c][0], match->published.chance);
        g_assert_cmpfloat(match->published.chance, >, 0.8 * expected[c][1]);
        g_assert_cmpfloat(match->published.chance, <, 1.25 * expected[c][1]);
        g_assert_cmpfloat(match->score.recall, ==, 1.0);
    }
}

static void
test_untidy(void)
{
    g_autoptr(LacAtoms) text = read_angstrom("pdpt-pb/PB.xyz", LAC_UNIT_VOXEL, 0.3434);
    g_autoptr(LacAtoms) matlab =
        read_angstrom("pdpt-pb/coordinates_PB.mat", LAC_UNIT_VOXEL, 0.3434);
    if (text == NULL || matlab == NULL)
        return;
    g_autoptr(LacMatch) match = compare(text, matlab, 0.0, TRUE);
    g_assert_cmpuint(match->n_pairs, ==, 12038);
    g_assert_cmpfloat(match->errors.rms, <, 0.1);
    g_assert_cmpfloat_with_epsilon(match->shift.x / 0.3434, 140.5, 0.6);
    g_assert_true(match->by_order); // "Pd", "Pt" and "1", "2"
    g_assert_cmpfloat(match->type_accuracy, ==, 1.0);
}

static void
test_axes(void)
{
    static const char *const bad[] = { "", "xy", "xyy", "xyzx", "xy-", "x--yz", "xyw" };
    LacAxes axes;
    g_assert_true(lac_axes_parse("z, -x,y", &axes, NULL));
    g_autoptr(LacAtoms) atoms = lac_atoms_new(1);
    atoms->x[0] = 1.0;
    atoms->y[0] = 2.0;
    atoms->z[0] = 3.0;
    g_autoptr(LacAtoms) turned = lac_atoms_reorder(atoms, &axes);
    g_assert_cmpfloat(turned->x[0], ==, 3.0);
    g_assert_cmpfloat(turned->y[0], ==, -1.0);
    g_assert_cmpfloat(turned->z[0], ==, 2.0);
    g_autofree char *text = lac_axes_to_text(&axes);
    g_assert_cmpstr(text, ==, "z-xy");
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(lac_axes_parse(bad[i], &axes, &error));
        g_assert_nonnull(error);
    }
}

static void
test_units(void)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_new(2);
    g_autoptr(GError) error = NULL;
    atoms->x[0] = 453.0; // the centre of 300 voxels on the fine grid
    atoms->x[1] = 453.0 + 3.0 * 2.5 / 0.347;
    LacUnit unit = LAC_UNIT_FINE;
    g_autoptr(LacAtoms) fine = lac_atoms_to_angstrom(atoms, &unit, 0.347, 300, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat_with_epsilon(fine->x[0], -2.0 * 0.347 + 0.347, 0.4);
    g_assert_cmpfloat_with_epsilon(fine->x[1] - fine->x[0], 2.5, 1e-9);
    unit = LAC_UNIT_VOXEL;
    atoms->x[0] = 151.0;
    g_autoptr(LacAtoms) voxel = lac_atoms_to_angstrom(atoms, &unit, 0.347, 300, &error);
    g_assert_cmpfloat(voxel->x[0], ==, 0.0);
    unit = LAC_UNIT_GUESS;
    g_assert_null(lac_atoms_to_angstrom(atoms, &unit, 0.0, 300, &error));
    g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/published/silicon", test_silicon);
    g_test_add_func("/published/metallic-glass", test_metallic_glass);
    g_test_add_func("/published/chance", test_chance);
    g_test_add_func("/published/untidy", test_untidy);
    g_test_add_func("/published/axes", test_axes);
    g_test_add_func("/published/units", test_units);
    return g_test_run();
}
