// SPDX-License-Identifier: GPL-3.0-or-later
// lacuna-cli analyse: what it prints is what the table says, and its refusals are clear.
#include "tests/app/cli.h"
#include "tests/support/scratch.h"

#include <string.h>

// A cube of 3 x 3 x 3 atoms, this far apart.
static char *
write_cube(const LacScratch *scratch, double spacing)
{
    g_autoptr(GString) text = g_string_new("27\ncube\n");
    for (int i = 0; i < 27; i++)
        g_string_append_printf(text, "Zr %.4f %.4f %.4f\n", spacing * (i % 3),
            spacing * (i / 3 % 3), spacing * (i / 9));
    return lac_scratch_write(scratch, "cube.xyz", text->str, (gssize) text->len);
}

static void
test_undefined(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *model = write_cube(scratch, 3.2);
    g_autoptr(TestRun) run = test_cli("analyse", model, "--analysis", "audit", "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = test_run_get_json(run, parser);
    g_assert_cmpint(json_object_get_int_member(root, "atoms"), ==, 27);
    JsonObject *audit =
        json_object_get_object_member(json_object_get_object_member(root, "analyses"), "audit");
    g_assert_nonnull(json_object_get_string_member(audit, "undefined"));
}

static void
test_refusals(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *good = write_cube(scratch, 3.2);
    g_autoptr(TestRun) name = test_cli("analyse", good, "--analysis", "nothing", NULL);
    g_assert_cmpint(name->status, ==, 2);
    g_assert_nonnull(strstr(name->err, "audit"));
    g_autoptr(TestRun) key = test_cli("analyse", good, "--set", "audit.low", NULL);
    g_assert_cmpint(key->status, ==, 2);
    g_autoptr(TestRun) range = test_cli("analyse", good, "--set", "audit.low=7", NULL);
    g_assert_cmpint(range->status, ==, 2);
    g_assert_nonnull(strstr(range->err, "audit.low"));
    g_autofree char *coarse = write_cube(scratch, 8.0); // in voxels, probably
    g_autoptr(TestRun) unit = test_cli("analyse", coarse, "--analysis", "audit", NULL);
    g_assert_cmpint(unit->status, ==, 2);
    g_assert_nonnull(strstr(unit->err, "--unit"));
}

// A line and two regions are sections of the report, with tables.
static void
test_chosen(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *model = write_cube(scratch, 3.2);
    g_autoptr(TestRun) run = test_cli("analyse", model, "--analysis", "coordination", "--line",
        "0,0,0,6.4,0,0,2", "--line", "0,0,0,6.4,6.4,6.4", "--region-a", "x < 1", "--region-b",
        "x > 5 and cn > 2", "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *sections =
        json_object_get_object_member(test_run_get_json(run, parser), "analyses");
    JsonObject *line = json_object_get_object_member(sections, "line");
    g_assert_true(json_object_has_member(sections, "line-2"));
    JsonObject *length =
        json_object_get_object_member(json_object_get_object_member(line, "results"), "length");
    g_assert_cmpfloat_with_epsilon(json_object_get_double_member(length, "value"), 6.4, 1e-12);
    JsonObject *regions = json_object_get_object_member(sections, "regions");
    JsonObject *n_a =
        json_object_get_object_member(json_object_get_object_member(regions, "results"), "n_a");
    g_assert_cmpfloat(json_object_get_double_member(n_a, "value"), ==, 9.0);
    g_autoptr(TestRun) alone = test_cli("analyse", model, "--region-a", "x < 1", NULL);
    g_assert_cmpint(alone->status, ==, 2);
    g_autoptr(TestRun) wrong =
        test_cli("analyse", model, "--region-a", "x <", "--region-b", "x > 1", NULL);
    g_assert_cmpint(wrong->status, ==, 2);
    g_assert_nonnull(strstr(wrong->err, "--region-a"));
    g_autoptr(TestRun) point = test_cli("analyse", model, "--line", "1,1,1,1,1,1", NULL);
    g_assert_cmpint(point->status, ==, 2);
    g_assert_nonnull(strstr(point->err, "--line"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli/analyse/undefined", LacScratch, NULL, lac_scratch_set_up, test_undefined,
        lac_scratch_tear_down);
    g_test_add("/cli/analyse/refusals", LacScratch, NULL, lac_scratch_set_up, test_refusals,
        lac_scratch_tear_down);
    g_test_add("/cli/analyse/chosen", LacScratch, NULL, lac_scratch_set_up, test_chosen,
        lac_scratch_tear_down);
    return g_test_run();
}
