// SPDX-License-Identifier: GPL-3.0-or-later
// The verb trace on a simulated particle, from a volume and from a project.
#include "core/io/io.h"
#include "core/project/project.h"
#include "tests/app/cli.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *folder, *volume, *series, *model;
} Files;

static void
files_init(Files *files)
{
    g_autoptr(GError) error = NULL;
    files->folder = g_dir_make_tmp("lacuna-XXXXXX", &error);
    g_assert_no_error(error);
    files->volume = g_build_filename(files->folder, "volume.mrc", NULL);
    files->series = g_build_filename(files->folder, "series.lacuna", NULL);
    files->model = g_build_filename(files->folder, "model.xyz", NULL);
    g_autoptr(TestRun) simulate = test_cli("simulate", "--atoms", "300", "--size", "64", "--volume",
        files->volume, "-o", files->series, NULL);
    g_assert_cmpint(simulate->status, ==, 0);
}

static void
files_clear(Files *files)
{
    char **paths[] = { &files->volume, &files->series, &files->model };
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_unlink(*paths[i]);
        g_free(*paths[i]);
    }
    g_assert_cmpint(g_rmdir(files->folder), ==, 0);
    g_free(files->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static gint64
get_accepted(const TestRun *run, gint64 *n_peaks)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = test_run_get_json(run, parser);
    JsonObject *flags = json_object_get_object_member(root, "flags");
    gint64 sum = 0, accepted = json_object_get_int_member(root, "accepted");
    g_autoptr(GList) values = json_object_get_values(flags);
    for (GList *v = values; v != NULL; v = v->next)
        sum += json_node_get_int(v->data);
    *n_peaks = json_object_get_int_member(root, "peaks");
    g_assert_cmpint(sum, ==, *n_peaks);
    g_assert_cmpint(json_object_get_int_member(flags, "ok"), ==, accepted);
    g_assert_nonnull(strstr(json_object_get_string_member(root, "chosen"), "minimum distance"));
    g_assert_cmpfloat(json_object_get_double_member(root, "seconds"), >, 0.0);
    return accepted;
}

static void
test_volume(void)
{
    g_auto(Files) files = { 0 };
    files_init(&files);
    g_autoptr(LacVolume) volume = lac_read_volume(files.volume, NULL, NULL, NULL);
    g_assert_cmpfloat_with_epsilon(volume->voxel_size, 0.55, 1e-6);
    g_autoptr(TestRun) run =
        test_cli("trace", "--volume", files.volume, "--json", "-o", files.model, NULL);
    g_assert_cmpint(run->status, ==, 0);
    gint64 n_peaks, accepted = get_accepted(run, &n_peaks);
    g_autoptr(LacAtoms) atoms = lac_read_atoms(files.model, NULL, NULL);
    g_assert_cmpint((gint64) atoms->n, ==, n_peaks);
    g_assert_nonnull(lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT));
    g_autoptr(TestRun) published = test_cli("trace", "--volume", files.volume, "--published",
        "--threshold", "0.2", "--accepted", "--json", "-o", files.model, NULL);
    g_assert_cmpint(published->status, ==, 0);
    g_assert_cmpint(get_accepted(published, &n_peaks), ==, accepted);
    g_autoptr(LacAtoms) few = lac_read_atoms(files.model, NULL, NULL);
    g_assert_cmpint((gint64) few->n, ==, accepted);
    g_autoptr(TestRun) gaussian = test_cli("trace", "--volume", files.volume, "--gaussian",
        "--min-distance", "2", "-o", files.model, NULL);
    g_assert_cmpint(gaussian->status, ==, 0);
    g_assert_nonnull(strstr(gaussian->out, "minimum distance 2.000"));
}

// From project to project: what one holds, the next takes over.
static void
test_project(void)
{
    g_auto(Files) files = { 0 };
    files_init(&files);
    g_autoptr(TestRun) reconstruct =
        test_cli("reconstruct", "-p", files.series, "--iterations", "3", "-o", files.series, NULL);
    g_assert_cmpint(reconstruct->status, ==, 0);
    g_autoptr(TestRun) trace =
        test_cli("trace", "--volume", files.series, "-o", files.series, NULL);
    g_assert_cmpint(trace->status, ==, 0);
    g_autoptr(TestRun) classify = test_cli("classify", "--model", files.series, "--volume",
        files.series, "--species", "Zr", "-o", files.series, NULL);
    g_assert_cmpint(classify->status, ==, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProject) project = lac_project_load(files.series, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(project->series != NULL && project->recon != NULL && project->truth != NULL);
    const LacAtoms *atoms = lac_journal_get_atoms(project->journal);
    g_assert_cmpuint(atoms->n, >, 200);
    g_assert_nonnull(lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY));
    const LacProvenance *last = project->provenance->pdata[project->provenance->len - 1];
    g_assert_cmpstr(last->name, ==, "classify");
}

static void
test_refused(void)
{
    g_auto(Files) files = { 0 };
    files_init(&files);
    g_autoptr(TestRun) no_volume =
        test_cli("trace", "--volume", files.series, "-o", files.model, NULL);
    g_assert_cmpint(no_volume->status, ==, 2);
    g_assert_nonnull(strstr(no_volume->err, "holds no volume"));
    g_autoptr(TestRun) negative =
        test_cli("trace", "--volume", files.volume, "--threshold", "-1", "-o", files.model, NULL);
    g_assert_cmpint(negative->status, ==, 2);
    g_autoptr(TestRun) both = test_cli("trace", "--volume", files.volume, "--published",
        "--gaussian", "-o", files.model, NULL);
    g_assert_cmpint(both->status, ==, 2);
    g_autoptr(TestRun) nothing = test_cli("trace", "-o", files.model, NULL);
    g_assert_cmpint(nothing->status, ==, 2);
    g_assert_false(g_file_test(files.model, G_FILE_TEST_EXISTS));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/trace/volume", test_volume);
    g_test_add_func("/cli/trace/project", test_project);
    g_test_add_func("/cli/trace/refused", test_refused);
    return g_test_run();
}
