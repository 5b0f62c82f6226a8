// SPDX-License-Identifier: GPL-3.0-or-later
// lacuna-cli residual and review: an atom that was left out is found, a double one is named.
#include "core/io/io.h"
#include "tests/app/cli.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

// The simulated atoms without the last one, and the first one twice.
static char *
write_model(const LacScratch *scratch, const char *truth_file, LacVec3 *missing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) truth = lac_read_atoms(truth_file, NULL, &error);
    g_assert_no_error(error);
    gsize last = truth->n - 1;
    g_autoptr(LacAtoms) model = lac_atoms_copy(truth, truth->n);
    *missing = (LacVec3){ truth->x[last], truth->y[last], truth->z[last] };
    model->x[last] = truth->x[0] + 0.8;
    model->y[last] = truth->y[0];
    model->z[last] = truth->z[0] + 0.7;
    model->species[last] = truth->species[0];
    char *file = lac_scratch_path(scratch, "model.xyz");
    g_assert_true(lac_write_atoms(model, file, &error));
    g_assert_no_error(error);
    return file;
}

static double
distance_to_nearest(const LacAtoms *atoms, LacVec3 p)
{
    double best = (double) INFINITY;
    for (gsize i = 0; i < atoms->n; i++)
        best = fmin(best, hypot(hypot(atoms->x[i] - p.x, atoms->y[i] - p.y), atoms->z[i] - p.z));
    return best;
}

static void
check_candidates(const char *file, LacVec3 missing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) found = lac_read_atoms(file, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found->n, >, 0);
    g_assert_cmpfloat(distance_to_nearest(found, missing), <, 0.4);
}

static void
test_chain(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *series = lac_scratch_path(scratch, "series.mrc");
    g_autofree char *angles = lac_scratch_path(scratch, "series.tlt");
    g_autofree char *truth = lac_scratch_path(scratch, "series.xyz");
    g_autofree char *volume = lac_scratch_path(scratch, "volume.mrc");
    g_autofree char *left = lac_scratch_path(scratch, "left.mrc");
    g_autofree char *peaks = lac_scratch_path(scratch, "peaks.xyz");
    g_autofree char *table = lac_scratch_path(scratch, "queue.csv");
    g_autoptr(TestRun) simulated = test_cli("simulate", "--atoms", "300", "--size", "72", "--tilts",
        "21", "--dose", "3000", "--volume", volume, "-o", series, NULL);
    g_assert_cmpint(simulated->status, ==, 0);
    LacVec3 missing;
    g_autofree char *model = write_model(scratch, truth, &missing);

    g_autoptr(TestRun) projected = test_cli("residual", "--model", model, "--projections", series,
        "--angles", angles, "-o", left, "--candidates", peaks, "--json", NULL);
    g_assert_cmpstr(projected->err, ==, "");
    g_assert_cmpint(projected->status, ==, 0);
    check_candidates(peaks, missing);
    g_autoptr(TestRun) subtracted = test_cli("residual", "--model", model, "--volume", volume, "-o",
        left, "--candidates", peaks, "--json", NULL);
    g_assert_cmpint(subtracted->status, ==, 0);
    check_candidates(peaks, missing);

    g_autoptr(TestRun) reviewed = test_cli("review", model, "--volume", volume, "--top", "10",
        "--csv", table, "--json", NULL);
    g_assert_cmpint(reviewed->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *items = json_object_get_array_member(test_run_get_json(reviewed, parser), "items");
    gboolean doubled = FALSE, candidate = FALSE;
    for (guint k = 0; k < json_array_get_length(items); k++) {
        JsonObject *item = json_array_get_object_element(items, k);
        const char *reasons = json_object_get_string_member(item, "reasons");
        doubled |= strstr(reasons, " Å from atom 1") != NULL;
        candidate |= g_str_equal(json_object_get_string_member(item, "kind"), "candidate");
    }
    g_assert_true(doubled);
    g_assert_true(candidate);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(table, &text, NULL, NULL));
    g_assert_true(g_str_has_prefix(text, "rank,kind,index,x,y,z,score,reasons\n1,"));
}

static void
test_refused(void)
{
    g_autoptr(TestRun) none = test_cli("review", NULL);
    g_assert_cmpint(none->status, ==, 2);
    g_assert_nonnull(strstr(none->err, "One model is needed"));
    g_autoptr(TestRun) both = test_cli("residual", "--model", "a", "-o", "b", "--volume", "c",
        "--projections", "d", NULL);
    g_assert_cmpint(both->status, ==, 2);
    g_assert_nonnull(strstr(both->err, "Either --volume or --projections"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli/review/chain", LacScratch, NULL, lac_scratch_set_up, test_chain,
        lac_scratch_tear_down);
    g_test_add_func("/cli/review/refused", test_refused);
    return g_test_run();
}
