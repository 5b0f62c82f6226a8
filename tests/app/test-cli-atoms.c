// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs classify and compare, on published models and on a small particle.
#include "app/cli.h"
#include "core/io/io.h"
#include "tests/app/cli.h"
#include "tests/support/particle.h"
#include "tests/support/scratch.h"

#include <string.h>

static void
test_compare(LacScratch *scratch, gconstpointer data)
{
    (void) scratch;
    (void) data;
    g_autofree char *model =
        lac_scratch_find_data("asi-208/Model_aSi2nm_FoscCenter_Dose1p6e5_cov35pm_BM3D.mat");
    g_autofree char *truth = lac_scratch_find_data("asi-208/aSi_208atoms_GT.txt");
    if (model == NULL || truth == NULL)
        return;
    g_autoptr(TestRun) run = test_cli("compare", "--model", model, "--truth", truth, "--swap", "xy",
        "--voxel-size", "0.195", "--published-cutoff", "0.9", "--json", NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = test_run_get_json(run, parser);
    g_assert_cmpstr(json_object_get_string_member(root, "model_unit"), ==, "fine");
    g_assert_cmpstr(json_object_get_string_member(root, "truth_unit"), ==, "angstrom");
    JsonObject *score = json_object_get_object_member(root, "one_to_one");
    g_assert_cmpint(json_object_get_int_member(score, "pairs"), ==, 208);
    g_assert_cmpfloat(json_object_get_double_member(score, "cutoff"), ==, 0.8);
    JsonObject *published = json_object_get_object_member(root, "published");
    g_assert_cmpfloat_with_epsilon(json_object_get_double_member(published, "rmsd_pm"), 4.239,
        5e-4);
    g_autoptr(TestRun) text = test_cli("compare", "--model", model, "--truth", truth, "--axes",
        "yxz", "--voxel-size", "0.195", "--model-unit", "fine", "--align", "rigid", NULL);
    g_assert_cmpint(text->status, ==, LAC_EXIT_DONE);
    g_assert_nonnull(strstr(text->out, "208 pairs, 0 missed, 0 extra"));
    g_assert_nonnull(strstr(text->out, "a displaced model gets"));
}

static void
test_compare_refuses(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(2);
    lac_atoms_add_species(atoms, "Si");
    atoms->x[1] = 36.0; // in no unit without a voxel size
    g_autofree char *path = lac_scratch_path(scratch, "a.xyz");
    g_assert_true(lac_write_atoms(atoms, path, NULL));
    const struct {
        const char *option, *value, *expected;
    } cases[] = {
        { "--cutoff", "0", "voxel size" },
        { "--align", "affine", "--align affine" },
        { "--axes", "xxz", "\"xxz\"" },
        { "--swap", "yy", "--swap yy" },
        { "--model-unit", "inch", "\"inch\"" },
        { "--voxel-size", "-1", "--voxel-size -1" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(TestRun) run = test_cli("compare", "--model", path, "--truth", path,
            cases[i].option, cases[i].value, NULL);
        g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
        g_assert_nonnull(strstr(run->err, cases[i].expected));
        g_assert_cmpstr(run->out, ==, "");
    }
    g_autoptr(TestRun) run = test_cli("compare", "--model", path, NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
}

// A small cube of two species in turn.
static LacAtoms *
make_cube(void)
{
    LacAtoms *atoms = lac_atoms_new(125);
    lac_atoms_add_species(atoms, "Co");
    lac_atoms_add_species(atoms, "Pt");
    for (gsize i = 0; i < 125; i++) {
        atoms->x[i] = 2.6 * ((double) (i % 5) - 2.0);
        atoms->y[i] = 2.6 * ((double) (i / 5 % 5) - 2.0);
        atoms->z[i] = 2.6 * ((double) (i / 25) - 2.0);
        atoms->species[i] = (guint16) (i % 2);
    }
    return atoms;
}

static void
test_classify(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    LacParticleParams particle;
    lac_particle_params_init(&particle);
    particle.size = 64;
    g_autoptr(LacAtoms) truth = make_cube();
    g_autoptr(LacVolume) volume = lac_particle_volume(truth, &particle);
    g_autofree char *truth_path = lac_scratch_path(scratch, "truth.xyz");
    g_autofree char *volume_path = lac_scratch_path(scratch, "volume.mrc");
    g_autofree char *peaks = lac_scratch_path(scratch, "peaks.xyz");
    g_autofree char *model = lac_scratch_path(scratch, "model.xyz");
    g_assert_true(lac_write_atoms(truth, truth_path, NULL));
    g_assert_true(lac_write_volume(volume, volume_path, NULL, NULL));
    g_autoptr(TestRun) trace = test_cli("trace", "--volume", volume_path, "-o", peaks, NULL);
    g_assert_cmpint(trace->status, ==, LAC_EXIT_DONE);
    g_autoptr(TestRun) run = test_cli("classify", "--model", peaks, "--volume", volume_path,
        "--species", "Co, Pt", "--local", "-o", model, "--json", NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = test_run_get_json(run, parser);
    JsonArray *counts = json_object_get_array_member(root, "counts");
    g_assert_cmpint(json_object_get_int_member(root, "non_atoms"), ==, 0);
    g_assert_cmpint(json_array_get_int_element(counts, 0), ==, 63);
    g_assert_cmpint(json_array_get_int_element(counts, 1), ==, 62);
    g_autoptr(TestRun) compare =
        test_cli("compare", "--model", model, "--truth", truth_path, "--json", NULL);
    g_assert_cmpint(compare->status, ==, LAC_EXIT_DONE);
    g_autoptr(JsonParser) second = json_parser_new();
    JsonObject *match = test_run_get_json(compare, second);
    g_assert_cmpfloat(json_object_get_double_member(match, "type_accuracy"), ==, 1.0);
    g_assert_cmpint(json_object_get_int_member(match, "missed"), ==, 0);
    // The same again from the intensities alone, with borders by hand.
    JsonArray *borders = json_object_get_array_member(root, "borders");
    g_assert_true(json_array_get_null_element(borders, 0));
    g_autofree char *border = g_strdup_printf("%g", json_array_get_double_element(borders, 1));
    g_autoptr(TestRun) again = test_cli("classify", "--model", model, "--species", "Co,Pt",
        "--borders", border, "-o", peaks, NULL);
    g_assert_cmpint(again->status, ==, LAC_EXIT_DONE);
    g_assert_nonnull(strstr(again->out, "0 peaks are no atoms"));
    g_autoptr(LacAtoms) read = lac_read_atoms(peaks, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lac_atoms_count_present(read), ==, 125);
    g_autoptr(TestRun) wrong = test_cli("classify", "--model", model, "--species", "Co,Pt",
        "--borders", "3,x", "-o", peaks, NULL);
    g_assert_cmpint(wrong->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(wrong->err, "\"3,x\""));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli-atoms/compare", LacScratch, NULL, lac_scratch_set_up, test_compare,
        lac_scratch_tear_down);
    g_test_add("/cli-atoms/compare-refuses", LacScratch, NULL, lac_scratch_set_up,
        test_compare_refuses, lac_scratch_tear_down);
    g_test_add("/cli-atoms/classify", LacScratch, NULL, lac_scratch_set_up, test_classify,
        lac_scratch_tear_down);
    return g_test_run();
}
