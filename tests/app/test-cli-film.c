// SPDX-License-Identifier: GPL-3.0-or-later
// The verb film: how many pictures, the first as render draws it, and what it refuses.
#include "app/cli.h"
#include "tests/app/cli.h"
#include "tests/support/scratch.h"

#include <string.h>

static char *
write_atoms(const LacScratch *scratch)
{
    static const char text[] = "4\n\nAu 0 0 0\nAu 3 0 0\nAu 0 3 0\nO 0 0 3\n";
    return lac_scratch_write(scratch, "a.xyz", text, -1);
}

static void
test_pictures(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_atoms(scratch), *out = lac_scratch_path(scratch, "f.png");
    g_autofree char *still = lac_scratch_path(scratch, "still.png");
    g_autofree char *first = lac_scratch_path(scratch, "f-0001.png");
    g_autofree char *keys = lac_scratch_path(scratch, "film.txt");
    g_autoptr(TestRun) run = test_cli("film", in, "--turntable", "90", "--seconds", "0.5", "--fps",
        "10", "--size", "50x40", "--print-keys", keys, "--json", "-o", out, NULL);
    if (!test_run_is_drawn(run))
        return;
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *result = test_run_get_json(run, parser);
    g_assert_cmpint(json_object_get_int_member(result, "frames"), ==, 5);
    g_assert_cmpfloat(json_object_get_double_member(result, "duration"), ==, 0.5);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 1 + 1 + 5);
    g_autoptr(TestRun) render = test_cli("render", in, "--size", "50x40", "-o", still, NULL);
    g_assert_true(test_run_is_drawn(render));
    g_assert_true(lac_scratch_is_same(still, first));
    // The text of the film makes the same film.
    g_autoptr(TestRun) again =
        test_cli("film", in, "--keys", keys, "--size", "50x40", "--json", "-o", out, NULL);
    g_assert_true(test_run_is_drawn(again));
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 1 + 1 + 5 + 1);
}

static void
assert_refused(const char *in, const char *out, const char *option, const char *value,
    const char *why)
{
    g_autoptr(TestRun) run = test_cli("film", in, "-o", out, option, value, NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
    if (strstr(run->err, why) == NULL)
        g_error("\"%s\" is not in \"%s\"", why, run->err);
}

static void
test_refusals(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_atoms(scratch), *out = lac_scratch_path(scratch, "f.png");
    g_autofree char *gif = lac_scratch_path(scratch, "f.gif");
    g_autofree char *keys =
        lac_scratch_write(scratch, "film.txt", "lacuna-film = 1\nkey = 0\n\nturn = 1\n", -1);
    assert_refused(in, gif, "--fps", "20", "is no film that can be written");
    assert_refused(in, out, "--fps", "500", "outside 1 to 120");
    assert_refused(in, out, "--seconds", "0", "--seconds 0");
    assert_refused(in, out, "--seconds", "30000", "more than 36000");
    assert_refused(in, out, "--sweep", "w", "--sweep \"w\" is none of x, y, z");
    assert_refused(in, out, "--tilt", "--quiet", "there are no projections");
    assert_refused(in, out, "--keys", keys, "Line 4 of");
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli-film/pictures", LacScratch, NULL, lac_scratch_set_up, test_pictures,
        lac_scratch_tear_down);
    g_test_add("/cli-film/refusals", LacScratch, NULL, lac_scratch_set_up, test_refusals,
        lac_scratch_tear_down);
    return g_test_run();
}
