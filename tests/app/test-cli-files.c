// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs info and convert: what they print, what they refuse.
#include "app/cli.h"
#include "core/io/io.h"
#include "core/project/project.h"
#include "tests/app/cli.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

static JsonObject *
parse_json(JsonParser *parser, const char *text)
{
    g_autoptr(GError) error = NULL;
    json_parser_load_from_data(parser, text, -1, &error);
    g_assert_no_error(error);
    return json_node_get_object(json_parser_get_root(parser));
}

static char *
write_volume(const LacScratch *scratch, const char *name)
{
    g_autoptr(LacVolume) volume = lac_volume_new(4, 6, 8, 0.5, NULL);
    for (gsize i = 0; i < 192; i++)
        volume->data[i] = (float) i;
    volume->data[7] = NAN;
    char *path = lac_scratch_path(scratch, name);
    g_assert_true(lac_write_volume(volume, path, NULL, NULL));
    return path;
}

static void
test_info(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = write_volume(scratch, "a.mrc");
    g_autoptr(TestRun) run = test_cli("info", "--json", path, NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = parse_json(parser, run->out);
    g_assert_cmpstr(json_object_get_string_member(root, "format"), ==, "MRC");
    g_assert_cmpint(json_object_get_int_member(root, "bytes"), ==, 1024 + 4 * 192);
    JsonArray *items = json_object_get_array_member(root, "items");
    g_assert_cmpuint(json_array_get_length(items), ==, 1);
    JsonObject *item = json_array_get_object_element(items, 0);
    g_assert_cmpstr(json_object_get_string_member(item, "kind"), ==, "array");
    g_assert_cmpstr(json_object_get_string_member(item, "type"), ==, "float32");
    JsonArray *shape = json_object_get_array_member(item, "shape");
    g_assert_cmpint(json_array_get_int_element(shape, 0), ==, 4);
    g_assert_cmpint(json_array_get_int_element(shape, 2), ==, 8);
    g_assert_cmpfloat(json_object_get_double_member(item, "max"), ==, 191.0);
    g_assert_cmpint(json_object_get_int_member(item, "bad_values"), ==, 1);
    g_autoptr(TestRun) text = test_cli("info", path, NULL);
    g_assert_nonnull(strstr(text->out, "4 x 6 x 8, float32, 0.5 Å per pixel"));
    g_assert_nonnull(strstr(text->out, "1 values are not finite"));
}

static void
test_info_of_tables(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *tilt = lac_scratch_write(scratch, "a.tlt", "-60\n0\n30\n", -1);
    g_autofree char *atoms = lac_scratch_write(scratch, "a.xyz", "2\n\nZr 1 2 3\nO 4 5 6\n", -1);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(TestRun) first = test_cli("info", "--json", tilt, NULL);
    JsonObject *item = json_array_get_object_element(
        json_object_get_array_member(parse_json(parser, first->out), "items"), 0);
    JsonObject *angles = json_object_get_object_member(item, "angles");
    JsonArray *theta = json_object_get_array_member(angles, "theta_deg");
    g_assert_cmpint(json_object_get_int_member(angles, "count"), ==, 3);
    g_assert_cmpfloat(json_array_get_double_element(theta, 0), ==, -60.0);
    g_assert_cmpfloat(json_array_get_double_element(theta, 1), ==, 30.0);
    g_autoptr(TestRun) second = test_cli("info", "--json", atoms, NULL);
    item = json_array_get_object_element(
        json_object_get_array_member(parse_json(parser, second->out), "items"), 0);
    g_assert_cmpint(json_object_get_int_member(item, "atoms"), ==, 2);
    g_assert_cmpint(json_object_get_int_member(json_object_get_object_member(item, "species"), "O"),
        ==, 1);
}

static void
test_info_of_project(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) project = lac_project_new();
    project->series = lac_series_new(3, 4, 5, 0.55, NULL);
    project->series->angles[0].theta = -40.0;
    project->series->excluded[1] = TRUE;
    g_autoptr(LacAtoms) known = lac_atoms_new(2);
    lac_atoms_add_species(known, "Zr");
    project->truth = lac_truth_new(known);
    g_autoptr(GError) error = NULL;
    lac_project_save(project, path, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(TestRun) run = test_cli("info", path, NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
    g_assert_nonnull(strstr(run->out, "Lacuna project"));
    g_assert_nonnull(strstr(run->out, "series: 3 x 4 x 5, float32, 0.55 Å per pixel"));
    g_assert_nonnull(strstr(run->out, "theta -40 to 0°"));
    g_assert_nonnull(strstr(run->out, "1 projections are excluded"));
    g_assert_nonnull(strstr(run->out, "2 atoms: Zr (2)"));
}

static void
test_convert(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_volume(scratch, "a.mrc");
    g_autofree char *out = lac_scratch_path(scratch, "b.tif");
    g_autoptr(TestRun) run = test_cli("convert", in, out, "--crop", "2,0,0,4,6,4", "--bin", "2",
        "--voxel-size", "0.25", "--json", NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = parse_json(parser, run->out);
    g_assert_cmpstr(json_object_get_string_member(root, "kind"), ==, "volume");
    g_assert_cmpfloat(json_object_get_double_member(root, "voxel_size"), ==, 0.5);
    g_autoptr(LacVolume) volume = lac_read_volume(out, NULL, NULL, NULL);
    g_assert_cmpuint(volume->nz, ==, 2);
    g_assert_cmpuint(volume->ny, ==, 3);
    g_assert_cmpuint(volume->nx, ==, 2);
    g_assert_cmpfloat(volume->voxel_size, ==, 0.5);
    // Mean of the block that begins at x = 2: 2.5 along x, 0.5 rows of 8, 0.5 planes of 48.
    g_assert_cmpfloat(volume->data[0], ==, 30.5f);
}

static void
test_convert_series(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_volume(scratch, "a.mrc");
    g_autofree char *angles = lac_scratch_write(scratch, "a.tlt", "-60\n-20\n0\n30.5\n", -1);
    g_autofree char *out = lac_scratch_path(scratch, "b.emd");
    g_autofree char *table = lac_scratch_path(scratch, "b.csv");
    g_autoptr(TestRun) run = test_cli("convert", in, out, "--angles", angles, "--bin", "2", NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
    g_autoptr(LacSeries) series = lac_read_series(out, NULL, NULL, NULL);
    g_assert_cmpuint(series->n, ==, 4);
    g_assert_cmpuint(series->nu, ==, 4);
    g_assert_cmpfloat_with_epsilon(series->pixel_size, 1.0, 1e-9);
    g_assert_cmpfloat(series->angles[3].theta, ==, 30.5);
    g_autoptr(TestRun) second = test_cli("convert", out, table, NULL);
    g_assert_cmpint(second->status, ==, LAC_EXIT_DONE);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(table, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "theta\n-60\n-20\n0\n30.5\n");
}

static void
test_convert_atoms(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = lac_scratch_write(scratch, "a.xyz", "1\n\nZr 1 -2 4\n", -1);
    g_autofree char *out = lac_scratch_path(scratch, "b.xyz");
    g_autoptr(TestRun) run = test_cli("convert", in, out, "--voxel-size", "0.5", NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
    g_autoptr(LacAtoms) atoms = lac_read_atoms(out, NULL, NULL);
    g_assert_cmpfloat(atoms->x[0], ==, 0.5);
    g_assert_cmpfloat(atoms->y[0], ==, -1.0);
}

static void
check_refused(const TestRun *run, const char *message)
{
    g_test_message("%s", run->err);
    g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
    g_assert_cmpstr(run->out, ==, "");
    g_assert_nonnull(strstr(run->err, message));
    // One sentence on one line.
    const char *end = strchr(run->err, '\n');
    g_assert_nonnull(end);
    g_assert_cmpstr(end + 1, ==, "");
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_volume(scratch, "a.mrc");
    g_autofree char *out = lac_scratch_path(scratch, "b.mrc");
    g_autofree char *dm = lac_scratch_write(scratch, "a.dm4", "\0\0\0\4abcd", 8);
    g_autofree char *angles = lac_scratch_write(scratch, "a.tlt", "1\n2\n", -1);
    g_autofree char *bytes = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(in, &bytes, &n, NULL));
    g_autofree char *cut = lac_scratch_write(scratch, "cut.mrc", bytes, (gssize) n - 1);
    g_autofree char *odd = lac_scratch_write(scratch, "a.odd", "hello", -1);

    g_autoptr(TestRun) missing = test_cli("info", "/nowhere/a.mrc", NULL);
    g_autoptr(TestRun) damaged = test_cli("info", cut, NULL);
    g_autoptr(TestRun) unknown = test_cli("info", odd, NULL);
    g_autoptr(TestRun) later = test_cli("info", dm, NULL);
    g_autoptr(TestRun) none = test_cli("info", NULL);
    check_refused(missing, "/nowhere/a.mrc");
    check_refused(damaged, "cut.mrc: 4 x 6 x 8 values of mode 2");
    check_refused(unknown, "a.odd: it is in none of the known formats");
    check_refused(later, "DigitalMicrograph");
    check_refused(none, "One file");

    g_autoptr(TestRun) no_raw = test_cli("info", cut, "--raw-shape", "1,2", NULL);
    g_autoptr(TestRun) no_crop = test_cli("convert", in, out, "--crop", "0,0,0,9,1,1", NULL);
    g_autoptr(TestRun) no_bin = test_cli("convert", in, out, "--bin", "5", NULL);
    g_autoptr(TestRun) no_kind = test_cli("convert", in, out, "--as", "sphere", NULL);
    g_autoptr(TestRun) no_match = test_cli("convert", in, out, "--angles", angles, NULL);
    g_autoptr(TestRun) no_suffix = test_cli("convert", in, "/nowhere/b.odd", NULL);
    g_autoptr(TestRun) no_folder = test_cli("convert", in, "/nowhere/b.mrc", NULL);
    check_refused(no_raw, "--raw-shape \"1,2\"");
    check_refused(no_crop, "9 from 0 on along axis 1");
    check_refused(no_bin, "A bin of 5");
    check_refused(no_kind, "--as \"sphere\"");
    check_refused(no_match, "4 projections but 2 angles");
    check_refused(no_suffix, "suffix \"odd\"");
    check_refused(no_folder, "/nowhere/b.mrc");
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

static void
test_mask_of_another_shape(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_volume(scratch, "a.mrc");
    g_autofree char *mask = lac_scratch_path(scratch, "mask.mrc");
    g_autofree char *angles = lac_scratch_write(scratch, "a.tlt", "-60\n-20\n0\n30.5\n", -1);
    g_autofree char *out = lac_scratch_path(scratch, "out.mrc");
    g_autoptr(LacVolume) small = lac_volume_new(3, 3, 3, 0.5, NULL);
    g_assert_true(lac_write_volume(small, mask, NULL, NULL));
    g_autoptr(TestRun) run =
        test_cli("reconstruct", "-p", in, "-a", angles, "--mask", mask, "-o", out, NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(run->err, "The mask mask.mrc has 3 × 3 × 3 voxels"));
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli/info", LacScratch, NULL, lac_scratch_set_up, test_info, lac_scratch_tear_down);
    g_test_add("/cli/info-of-tables", LacScratch, NULL, lac_scratch_set_up, test_info_of_tables,
        lac_scratch_tear_down);
    g_test_add("/cli/info-of-project", LacScratch, NULL, lac_scratch_set_up, test_info_of_project,
        lac_scratch_tear_down);
    g_test_add("/cli/convert", LacScratch, NULL, lac_scratch_set_up, test_convert,
        lac_scratch_tear_down);
    g_test_add("/cli/convert-series", LacScratch, NULL, lac_scratch_set_up, test_convert_series,
        lac_scratch_tear_down);
    g_test_add("/cli/convert-atoms", LacScratch, NULL, lac_scratch_set_up, test_convert_atoms,
        lac_scratch_tear_down);
    g_test_add("/cli/mask-of-another-shape", LacScratch, NULL, lac_scratch_set_up,
        test_mask_of_another_shape, lac_scratch_tear_down);
    g_test_add("/cli/refused", LacScratch, NULL, lac_scratch_set_up, test_refused,
        lac_scratch_tear_down);
    return g_test_run();
}
