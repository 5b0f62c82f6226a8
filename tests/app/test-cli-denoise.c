// SPDX-License-Identifier: GPL-3.0-or-later
// lacuna-cli denoise, as a user runs it.
#include "core/io/io.h"
#include "core/project/project.h"
#include "core/rng.h"
#include "tests/app/cli.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

static double
get_number(JsonObject *object, const char *name)
{
    g_assert_true(json_object_has_member(object, name));
    return json_object_get_double_member(object, name);
}

static JsonArray *
get_projections(JsonObject *root)
{
    return json_object_get_array_member(root, "projections");
}

// A project of five projections of 72 x 72 pixels with counts of a lattice in a disc.
static char *
make_particle(LacScratch *scratch)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProject) project = lac_project_new();
    project->series = lac_series_new(5, 72, 72, 0.5, &error);
    for (gsize i = 0; i < 5 * 72 * 72; i++) {
        double v = (double) (i / 72 % 72) - 36.0, u = (double) (i % 72) - 36.0;
        double inside = hypot(u, v) < 24.0 ? 10.0 + 8.0 * cos(0.8 * u) * cos(0.8 * v) : 0.0;
        double mean = (1.0 + inside) * (1.0 + 0.1 * (double) (i / (72 * 72)));
        project->series->data[i] = (float) lac_rng_poisson(5, i, mean);
    }
    project->series->angles[4].theta = 30.0;
    char *path = lac_scratch_path(scratch, "noisy.lacuna");
    lac_project_save(project, path, NULL, &error);
    g_assert_no_error(error);
    return path;
}

static void
test_project(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *noisy = make_particle(scratch);
    g_autofree char *clean = lac_scratch_path(scratch, "clean.lacuna");
    g_autofree char *again = lac_scratch_path(scratch, "again.lacuna");
    g_autoptr(TestRun) run = test_cli("denoise", "-p", noisy, "-o", clean, "--background",
        "laplace", "--normalise", "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *projections = get_projections(test_run_get_json(run, parser));
    g_assert_cmpuint(json_array_get_length(projections), ==, 5);
    double total = get_number(json_array_get_object_element(projections, 0), "total");
    for (guint k = 0; k < 5; k++) {
        JsonObject *one = json_array_get_object_element(projections, k);
        g_assert_cmpfloat(fabs(get_number(one, "gain") - 1.0), <, 0.2); // it counts electrons
        g_assert_cmpfloat(get_number(one, "removed"), >, 0.0);
        g_assert_cmpfloat(fabs(get_number(one, "total") / total - 1.0), <, 1e-9);
    }
    g_autoptr(LacProject) before = lac_project_load(noisy, NULL, &error);
    g_autoptr(LacProject) after = lac_project_load(clean, NULL, &error);
    g_assert_no_error(error);
    gsize n_bytes = before->series->n * before->series->nv * before->series->nu * sizeof(float);
    g_assert_null(before->raw_series);
    g_assert_true(memcmp(after->raw_series->data, before->series->data, n_bytes) == 0);
    g_assert_false(memcmp(after->series->data, before->series->data, n_bytes) == 0);
    const LacProvenance *step = after->provenance->pdata[after->provenance->len - 1];
    g_assert_cmpstr(step->name, ==, "denoise");
    g_assert_nonnull(strstr(step->parameters, "method=bm3d\nnoise=estimated\n"));
    // What is read from the project is denoised.
    g_autofree char *mrc = lac_scratch_path(scratch, "clean.mrc");
    g_autoptr(TestRun) convert = test_cli("convert", clean, mrc, NULL);
    g_assert_cmpint(convert->status, ==, 0);
    g_autoptr(LacSeries) converted = lac_read_series(mrc, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(memcmp(converted->data, after->series->data, n_bytes) == 0);
    // A second time starts from the measured images again.
    g_autoptr(TestRun) second = test_cli("denoise", "-p", clean, "-o", again, "--background",
        "laplace", "--normalise", NULL);
    g_assert_cmpint(second->status, ==, 0);
    g_autoptr(LacProject) same = lac_project_load(again, NULL, &error);
    g_assert_true(memcmp(same->series->data, after->series->data, n_bytes) == 0);
}

static void
test_file(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *noisy = make_particle(scratch);
    g_autofree char *out = lac_scratch_path(scratch, "out.mrc");
    g_autoptr(TestRun) run =
        test_cli("denoise", "-p", noisy, "-o", out, "--method", "gaussian", "--width", "1.5", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_nonnull(strstr(run->out, "5 projections, gaussian, background none"));
    g_autoptr(LacSeries) series = lac_read_series(out, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(series->n, ==, 5);
    g_assert_cmpuint(series->nu, ==, 72);
}

static void
check_refused(const char *noisy, const char *option, const char *value, const char *message)
{
    g_autoptr(TestRun) run =
        test_cli("denoise", "-p", noisy, "-o", "/nowhere/x.mrc", option, value, NULL);
    g_assert_cmpint(run->status, ==, 2);
    g_assert_nonnull(strstr(run->err, message));
}

static void
test_refusals(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *noisy = make_particle(scratch);
    check_refused(noisy, "--method", "best", "There is no method \"best\"; there are none, bm3d");
    check_refused(noisy, "--sigma", "much", "--sigma \"much\" is neither auto nor a positive");
    check_refused(noisy, "--strength", "0", "The strength 0 is outside 0.01 to 100");
    check_refused(noisy, "--grow", "-3", "The growth of the mask is -3 pixels");
    check_refused(noisy, "--gain", "-1", "The gain -1 is outside");
    check_refused(noisy, "--voxel-size", "-1", "--voxel-size -1 is not a positive length");
    check_refused(noisy, "--mask", "/nowhere.png", "/nowhere.png");
    g_autoptr(TestRun) none = test_cli("denoise", "-p", noisy, NULL);
    g_assert_cmpint(none->status, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli-denoise/project", LacScratch, NULL, lac_scratch_set_up, test_project,
        lac_scratch_tear_down);
    g_test_add("/cli-denoise/file", LacScratch, NULL, lac_scratch_set_up, test_file,
        lac_scratch_tear_down);
    g_test_add("/cli-denoise/refusals", LacScratch, NULL, lac_scratch_set_up, test_refusals,
        lac_scratch_tear_down);
    return g_test_run();
}
