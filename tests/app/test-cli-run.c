// SPDX-License-Identifier: GPL-3.0-or-later
// lacuna-cli run and the presets of simulate, as a user runs them.
#include "core/project/project.h"
#include "tests/app/cli.h"
#include "tests/support/scratch.h"

#include <string.h>

static void
test_run(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *recipe = lac_scratch_write(scratch, "small.recipe",
        "recipe = 1\n[simulate]\npreset = hcp\natoms = 300\npixel-size = 0.5\nprobe = 0.7\n"
        "shift = 0\ntilt-error = 0\naxis-error = 0\n[reconstruct]\niterations = 20\nblob = 1.2\n"
        "[trace]\n[classify]\nspecies = Zr\n[compare]\n",
        -1);
    g_autofree char *output = lac_scratch_path(scratch, "small.lacuna");
    g_autoptr(TestRun) first = test_cli("run", recipe, "--json", "-o", output, NULL);
    g_assert_cmpstr(first->err, ==, "");
    g_assert_cmpint(first->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = test_run_get_json(first, parser);
    JsonObject *score = json_object_get_object_member(root, "score");
    g_assert_cmpfloat(json_object_get_double_member(score, "recall"), >, 0.99);
    g_assert_cmpfloat(json_object_get_double_member(score, "rms_pm"), <, 25.0);
    g_autoptr(TestRun) second = test_cli("run", recipe, "-o", output, NULL);
    g_assert_cmpint(second->status, ==, 0);
    g_assert_nonnull(strstr(second->out, "Reconstruct  kept"));
    g_assert_nonnull(strstr(second->out, "recall"));
    // The same score from the project alone.
    g_autoptr(TestRun) compare =
        test_cli("compare", "--model", output, "--truth", output, "--json", NULL);
    g_assert_cmpstr(compare->err, ==, "");
    g_autoptr(JsonParser) other = json_parser_new();
    JsonObject *same = json_object_get_object_member(test_run_get_json(compare, other), "score");
    g_assert_cmpint(json_object_get_int_member(same, "found"), ==,
        json_object_get_int_member(score, "found"));
    g_assert_cmpfloat(json_object_get_double_member(same, "rms_pm"), ==,
        json_object_get_double_member(score, "rms_pm"));
    g_autoptr(TestRun) project = test_cli("info", output, NULL);
    g_assert_nonnull(strstr(project->out, "truth"));
}

static void
test_recipes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(TestRun) list = test_cli("run", "--list", NULL);
    g_assert_nonnull(strstr(list->out, "zr-zro2\n"));
    g_autoptr(TestRun) print = test_cli("run", "--print", NULL);
    g_assert_cmpint(print->status, ==, 0);
    g_assert_nonnull(strstr(print->out, "preset = zr-zro2"));
    g_autoptr(TestRun) none = test_cli("run", "no-such", NULL);
    g_assert_cmpint(none->status, ==, 2);
    g_assert_nonnull(strstr(none->err, "no-such is neither a file nor a built-in recipe"));
    g_autofree char *bad = lac_scratch_write(scratch, "bad.recipe", "recipe = 1\n[fly]\n", -1);
    g_autoptr(TestRun) wrong = test_cli("run", bad, NULL);
    g_assert_cmpint(wrong->status, ==, 2);
    g_assert_nonnull(strstr(wrong->err, "Line 2 of bad.recipe: there is no step [fly]"));
}

static void
test_presets(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *output = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(TestRun) run = test_cli("simulate", "--preset", "icosahedron", "--atoms", "300",
        "--tilts", "3", "--shift", "2", "--keep-volume", "-o", output, NULL);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(LacProject) project = lac_project_load(output, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(project->truth->atoms->n, ==, 309);
    g_assert_cmpuint(project->truth->n_projections, ==, 3);
    g_assert_cmpfloat(project->truth->shifts[0].du, !=, 0.0);
    g_assert_cmpuint(project->truth->volume->nx, ==, project->series->nu);
    // Any file of atoms, and any table of angles.
    g_autofree char *model =
        lac_scratch_write(scratch, "model.xyz", "2\nmade by hand\nFe 0 0 0\nO 2.1 0 0\n", -1);
    g_autofree char *angles =
        lac_scratch_write(scratch, "angles.txt", "10 20 30\n40 50 60\n70 -80 90\n", -1);
    g_autofree char *second = lac_scratch_path(scratch, "b.lacuna");
    g_autoptr(TestRun) file =
        test_cli("simulate", "--model", model, "--angles", angles, "-o", second, NULL);
    g_assert_cmpstr(file->err, ==, "");
    g_autoptr(LacProject) made = lac_project_load(second, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(made->truth->atoms->n, ==, 2);
    g_assert_cmpuint(made->series->n, ==, 3);
    g_assert_cmpfloat(made->series->angles[2].psi, ==, 90.0);
    g_autoptr(TestRun) wrong =
        test_cli("simulate", "--preset", "fcc", "--skin", "2", "-o", second, NULL);
    g_assert_cmpint(wrong->status, ==, 2);
    g_assert_nonnull(strstr(wrong->err, "--skin is not for the preset fcc"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    ADD("/run/run", test_run);
    ADD("/run/recipes", test_recipes);
    ADD("/run/presets", test_presets);
    return g_test_run();
}
