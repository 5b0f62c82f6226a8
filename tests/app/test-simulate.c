// SPDX-License-Identifier: GPL-3.0-or-later
// lacuna-cli simulate: what it writes is what the core makes.
#include "core/io/io.h"
#include "core/project/project.h"
#include "core/synth/synth.h"
#include "tests/app/cli.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

// A folder that is gone with everything in it at the end of a test.
typedef struct {
    char *path;
} Folder;

static void
set_up(Folder *folder, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    folder->path = g_dir_make_tmp("lacuna-XXXXXX", &error);
    g_assert_no_error(error);
}

static void
tear_down(Folder *folder, gconstpointer data)
{
    (void) data;
    g_autoptr(GDir) dir = g_dir_open(folder->path, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder->path, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder->path), ==, 0);
    g_free(folder->path);
}

static LacSynthParams
small_params(void)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    params.n_atoms = 300;
    params.size = 72;
    params.n_tilts = 7;
    params.dose = 100.0;
    params.seed = 5;
    return params;
}

static TestRun *
simulate(const char *output)
{
    return test_cli("simulate", "--preset", "example", "--atoms", "300", "--size", "72", "--tilts",
        "7", "--dose", "100", "--seed", "5", "--json", "-o", output, NULL);
}

static void
assert_same_atoms(const LacAtoms *a, const LacAtoms *b)
{
    g_assert_cmpuint(a->n, ==, b->n);
    g_assert_cmpint(memcmp(a->x, b->x, a->n * sizeof(double)), ==, 0);
    g_assert_cmpint(memcmp(a->y, b->y, a->n * sizeof(double)), ==, 0);
    g_assert_cmpint(memcmp(a->z, b->z, a->n * sizeof(double)), ==, 0);
    const double *phase_a = lac_atoms_get_column(a, "phase");
    const double *phase_b = lac_atoms_get_column(b, "phase");
    g_assert_nonnull(phase_a);
    g_assert_nonnull(phase_b);
    g_assert_cmpint(memcmp(phase_a, phase_b, a->n * sizeof(double)), ==, 0);
}

static void
assert_same_series(const LacSeries *a, const LacSeries *b)
{
    g_assert_cmpuint(a->n, ==, b->n);
    g_assert_cmpuint(a->nv, ==, b->nv);
    g_assert_cmpuint(a->nu, ==, b->nu);
    g_assert_cmpint(memcmp(a->data, b->data, a->n * a->nv * a->nu * sizeof(float)), ==, 0);
}

static void
test_project(Folder *folder, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder->path, "a.lacuna", NULL);
    g_autoptr(TestRun) run = simulate(path);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(LacProject) project = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    LacSynthParams params = small_params();
    g_autoptr(LacAtoms) atoms = lac_synth_particle(&params, NULL);
    g_autoptr(LacSeries) series = lac_synth_series(atoms, &params, NULL, NULL);
    assert_same_atoms(project->truth->atoms, atoms);
    assert_same_series(project->series, series);
    for (gsize k = 0; k < series->n; k++)
        g_assert_cmpfloat(project->series->angles[k].theta, ==, series->angles[k].theta);
    g_assert_cmpuint(project->provenance->len, ==, 1);
    const LacProvenance *step = g_ptr_array_index(project->provenance, 0);
    g_assert_cmpstr(step->name, ==, "simulate");
    g_assert_nonnull(strstr(step->parameters, "seed=5\n"));

    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object = test_run_get_json(run, parser);
    g_assert_cmpint(json_object_get_int_member(object, "atoms"), ==, (gint64) atoms->n);
    g_assert_cmpint(json_object_get_int_member(object, "size"), ==, 72);
    g_assert_cmpfloat(json_object_get_double_member(object, "dose"), ==, 100.0);
}

static void
test_files(Folder *folder, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder->path, "a.b.mrc", NULL);
    g_autofree char *tilts = g_build_filename(folder->path, "a.b.tlt", NULL);
    g_autofree char *model = g_build_filename(folder->path, "a.b.xyz", NULL);
    g_autoptr(TestRun) run = simulate(path);
    g_assert_cmpint(run->status, ==, 0);
    LacSynthParams params = small_params();
    g_autoptr(LacAtoms) atoms = lac_synth_particle(&params, NULL);
    g_autoptr(LacSeries) series = lac_synth_series(atoms, &params, NULL, NULL);
    g_autoptr(LacSeries) read = lac_read_series(path, NULL, NULL, &error);
    g_assert_no_error(error);
    assert_same_series(read, series);
    g_assert_cmpfloat_with_epsilon(read->pixel_size, 0.55, 1e-6);
    g_autoptr(LacAtoms) truth = lac_read_atoms(model, NULL, &error);
    g_assert_no_error(error);
    assert_same_atoms(truth, atoms);
    gsize n = 0;
    g_autofree LacAngles *angles = lac_read_angles(tilts, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 7);
    for (gsize k = 0; k < n; k++)
        g_assert_cmpfloat_with_epsilon(angles[k].theta, series->angles[k].theta, 1e-4);
}

static void
test_frame_grows_with_the_particle(Folder *folder, gconstpointer data)
{
    (void) data;
    g_autofree char *path = g_build_filename(folder->path, "a.lacuna", NULL);
    g_autoptr(TestRun) run =
        test_cli("simulate", "--atoms", "4000", "--tilts", "2", "--json", "-o", path, NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object = test_run_get_json(run, parser);
    g_assert_cmpint(json_object_get_int_member(object, "size"), ==, 154);
}

static void
test_refusals(Folder *folder, gconstpointer data)
{
    (void) data;
    const struct {
        const char *option, *value, *word;
    } cases[] = {
        { "--preset", "gold", "zr-zro2" },
        { "--atoms", "7", "number of atoms" },
        { "--size", "20", "does not fit" },
        { "--dose", "-1", "dose" },
        { "--seed", "-1", "--seed" },
        { "--probe", "0.5", "not for the example" },
    };
    g_autofree char *path = g_build_filename(folder->path, "a.lacuna", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(TestRun) run =
            test_cli("simulate", cases[i].option, cases[i].value, "-o", path, NULL);
        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_nonnull(strstr(run->err, cases[i].word));
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    }
    g_autoptr(TestRun) nowhere = test_cli("simulate", NULL);
    g_assert_cmpint(nowhere->status, ==, 2);
    g_assert_nonnull(strstr(nowhere->err, "-o FILE is missing"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/simulate/project", Folder, NULL, set_up, test_project, tear_down);
    g_test_add("/simulate/files", Folder, NULL, set_up, test_files, tear_down);
    g_test_add("/simulate/frame", Folder, NULL, set_up, test_frame_grows_with_the_particle,
        tear_down);
    g_test_add("/simulate/refusals", Folder, NULL, set_up, test_refusals, tear_down);
    return g_test_run();
}
