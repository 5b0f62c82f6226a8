// SPDX-License-Identifier: GPL-3.0-or-later
// lacuna-cli align, as a user runs it: a simulated series with its truth, to a project and to images.
#include "core/io/io.h"
#include "core/prep/align.h"
#include "core/recipe/simulate.h"
#include "tests/app/cli.h"
#include "tests/support/scratch.h"
#include "tests/support/tilted.h"

#include <math.h>
#include <string.h>

// A project of a series whose shifts are wrong, and that knows the right ones.
static char *
write_project(LacScratch *scratch)
{
    TiltedParams wrong = { .size = 48, .n = 15, .max_shift = 4.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProject) project = lac_project_new();
    g_autoptr(LacAtoms) none = lac_atoms_new(0);
    project->series = lac_series_ref(tilted.measured);
    project->truth = lac_truth_new(none);
    lac_truth_set_images(project->truth, tilted.truth->angles, tilted.truth->shifts, 15);
    char *path = lac_scratch_path(scratch, "raw.lacuna");
    g_assert_true(lac_project_save(project, path, NULL, &error));
    g_assert_no_error(error);
    return path;
}

static double
get_residual(JsonObject *root, const char *when, const char *name)
{
    JsonObject *truth = json_object_get_object_member(root, "truth");
    return json_object_get_double_member(json_object_get_object_member(truth, when), name);
}

static void
test_project(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *raw = write_project(scratch);
    g_autofree char *out = lac_scratch_path(scratch, "aligned.lacuna");
    g_autoptr(TestRun) run = test_cli("align", "-p", raw, "-o", out, "--method",
        "neighbours, common-line,com", "--max-shift", "10", "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = test_run_get_json(run, parser);
    g_assert_cmpfloat(get_residual(root, "before", "across_px"), >, 1.0);
    g_assert_cmpfloat(get_residual(root, "after", "across_px"), <, 0.05);
    g_assert_cmpfloat(get_residual(root, "after", "along_px"), <, 0.05);
    JsonArray *rows = json_object_get_array_member(root, "projections");
    g_assert_cmpuint(json_array_get_length(rows), ==, 15);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "steps")), ==, 3);

    g_autoptr(GError) error = NULL;
    g_autoptr(LacProject) before = lac_project_load(raw, NULL, &error);
    g_autoptr(LacProject) after = lac_project_load(out, NULL, &error);
    g_assert_no_error(error);
    const LacSeries *s = after->series;
    g_assert_true(memcmp(s->data, before->series->data, 15 * 48 * 48 * sizeof(float)) == 0);
    g_assert_true(lac_series_is_shifted(s));
    JsonObject *row = json_array_get_object_element(rows, 3);
    double du = json_object_get_double_member(json_object_get_object_member(row, "after"), "du_px");
    g_assert_cmpfloat_with_epsilon(du, s->shifts[3].du, 1e-9);
    const LacProvenance *step = after->provenance->pdata[after->provenance->len - 1];
    g_assert_cmpstr(step->name, ==, "align");
    g_assert_nonnull(strstr(step->parameters, "max-shift"));

    g_autoptr(TestRun) info = test_cli("info", out, NULL);
    g_assert_nonnull(strstr(info->out, "across the tilt axis"));
}

// What knows no shifts gets images in which there are none.
static void
test_images(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *raw = write_project(scratch);
    g_autofree char *out = lac_scratch_path(scratch, "aligned.mrc");
    g_autofree char *angles = lac_scratch_path(scratch, "angles.txt");
    g_autoptr(TestRun) run = test_cli("align", "-p", raw, "-o", out, "--angles-out", angles,
        "--method", "common-line,com", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_nonnull(strstr(run->out, "After"));
    g_autofree char *second = lac_scratch_path(scratch, "again.lacuna");
    g_autoptr(TestRun) again = test_cli("align", "-p", out, "-a", angles, "-o", second, "--method",
        "common-line,com", "--json", NULL);
    g_assert_cmpint(again->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *rows = json_object_get_array_member(test_run_get_json(again, parser), "projections");
    for (guint k = 0; k < json_array_get_length(rows); k++) {
        JsonObject *row = json_array_get_object_element(rows, k);
        JsonObject *after = json_object_get_object_member(row, "after");
        g_assert_cmpfloat(fabs(json_object_get_double_member(after, "du_px")), <, 0.05);
        g_assert_cmpfloat(fabs(json_object_get_double_member(after, "dv_px")), <, 0.05);
    }
}

// Atoms turn and move the projections with them; the project keeps its pixels and gets the poses.
static void
test_refine(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_auto(LacSimulateParams) params = { 0 };
    lac_simulate_params_init(&params, LAC_MODEL_FCC);
    params.model.n_atoms = 120;
    params.camera.pixel_size = 0.5;
    params.camera.n_tilts = 15;
    params.camera.dose = 4e6;
    params.camera.shift = 0.4;
    g_autoptr(LacProject) project = lac_simulate(&params, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *raw = lac_scratch_path(scratch, "raw.lacuna");
    g_autofree char *model = lac_scratch_path(scratch, "model.xyz");
    g_autofree char *atoms = lac_scratch_path(scratch, "atoms.xyz");
    g_autofree char *out = lac_scratch_path(scratch, "refined.lacuna");
    g_assert_true(lac_project_save(project, raw, NULL, &error));
    g_assert_true(lac_write_atoms(project->truth->atoms, model, &error));
    g_autoptr(TestRun) run = test_cli("refine", "--model", model, "-p", raw, "-o", atoms, "--poses",
        "all", "--rounds", "12", "--series-output", out, "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = test_run_get_json(run, parser);
    g_assert_cmpfloat(get_residual(root, "before", "across_px"), >, 0.2);
    g_assert_cmpfloat(get_residual(root, "after", "across_px"), <, 0.05);
    g_assert_cmpfloat(get_residual(root, "after", "theta_deg"), <,
        0.6 * get_residual(root, "before", "theta_deg"));
    g_autoptr(LacProject) after = lac_project_load(out, NULL, &error);
    g_assert_no_error(error);
    const LacSeries *s = after->series;
    g_assert_true(lac_series_is_shifted(s));
    g_assert_true(memcmp(s->data, project->series->data, s->n * s->nv * s->nu * 4) == 0);
    g_autoptr(TestRun) unknown =
        test_cli("refine", "--model", model, "-p", raw, "-o", atoms, "--poses", "some", NULL);
    g_assert_cmpint(unknown->status, !=, 0);
    g_assert_nonnull(strstr(unknown->err, "--poses \"some\""));
    g_autoptr(TestRun) useless =
        test_cli("refine", "--model", model, "-p", raw, "-o", atoms, "--series-output", out, NULL);
    g_assert_cmpint(useless->status, !=, 0);
}

static void
test_refusals(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *raw = write_project(scratch);
    g_autofree char *out = lac_scratch_path(scratch, "x.lacuna");
    g_autoptr(TestRun) method = test_cli("align", "-p", raw, "-o", out, "-m", "fiducials", NULL);
    g_assert_cmpint(method->status, ==, 2);
    g_assert_nonnull(strstr(method->err, "fiducials"));
    g_autoptr(TestRun) value = test_cli("align", "-p", raw, "-o", out, "--max-angle", "99", NULL);
    g_assert_cmpint(value->status, ==, 2);
    g_assert_nonnull(strstr(value->err, "max-angle"));
    g_autoptr(TestRun) truth =
        test_cli("align", "-p", raw, "-o", out, "-m", "com", "--truth", "nowhere.lacuna", NULL);
    g_assert_cmpint(truth->status, ==, 2);
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli-align/project", LacScratch, NULL, lac_scratch_set_up, test_project,
        lac_scratch_tear_down);
    g_test_add("/cli-align/images", LacScratch, NULL, lac_scratch_set_up, test_images,
        lac_scratch_tear_down);
    g_test_add("/cli-align/refine", LacScratch, NULL, lac_scratch_set_up, test_refine,
        lac_scratch_tear_down);
    g_test_add("/cli-align/refusals", LacScratch, NULL, lac_scratch_set_up, test_refusals,
        lac_scratch_tear_down);
    return g_test_run();
}
