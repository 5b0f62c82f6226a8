// SPDX-License-Identifier: GPL-3.0-or-later
// Corrections from the command line: the same history as in the window.
#include "core/analysis/phases.h"
#include "core/io/io.h"
#include "core/project/project.h"
#include "tests/app/cli.h"
#include "tests/support/edits.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

static LacAtoms *
make_atoms(void)
{
    LacAtoms *atoms = lac_random_atoms(40, 3);
    memset(atoms->state, LAC_ATOM_AUTO, atoms->n);
    atoms->state[7] = LAC_ATOM_REJECTED;
    return atoms;
}

static void
check_done(const TestRun *run)
{
    if (run->status != 0)
        g_test_message("%s", run->err);
    g_assert_cmpint(run->status, ==, 0);
}

static gint64
get_int(const TestRun *run, const char *name)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    return json_object_get_int_member(test_run_get_json(run, parser), name);
}

static void
test_project(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "p.lacuna");
    g_autofree char *log = lac_scratch_path(scratch, "log.json");
    g_autofree char *csv = lac_scratch_path(scratch, "log.csv");
    g_autofree char *model = lac_scratch_path(scratch, "auto.xyz");
    g_autofree char *again = lac_scratch_path(scratch, "again.lacuna");
    g_autoptr(LacAtoms) base = make_atoms();
    g_autoptr(LacProject) project = lac_project_new();
    project->journal = lac_journal_new(base);
    g_assert_true(lac_project_save(project, path, NULL, &error));
    g_assert_true(lac_write_atoms(base, model, &error));
    g_autoptr(TestRun) run = test_cli("edit", path, "--delete", "4,6-7", "--reason", "too weak",
        "--add", "-1,2.5,3,Pt", "--restore", "8", "--move", "5,-1,-2,-3", "--json", NULL);
    check_done(run);
    g_assert_cmpint(get_int(run, "position"), ==, 4);
    g_assert_cmpint(get_int(run, "atoms"), ==, 38);
    g_autoptr(TestRun) where = test_cli("edit", path, "--where", "x < 0 and present", "--retype",
        "Hf", "--unsure", "--note", "9:look again", "--split", "10,0,0,0,1,1,1", "--merge", "11,12",
        "--undo", "--redo", "1", "--log", log, "--json", NULL);
    check_done(where);
    g_assert_cmpint(get_int(where, "position"), ==, 9);
    g_autoptr(LacProject) back = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    const LacAtoms *atoms = lac_journal_get_atoms(back->journal);
    g_assert_cmpint(atoms->state[3], ==, LAC_ATOM_DELETED);
    g_assert_cmpfloat(atoms->x[40], ==, -1);
    g_assert_cmpfloat(atoms->z[4], ==, -3);
    g_assert_cmpstr(atoms->species_names[atoms->species[40]], ==, "Hf");
    g_assert_cmpint(atoms->state[11], ==, LAC_ATOM_DELETED);
    g_assert_cmpstr(lac_journal_get_edit(back->journal, 0)->reason, ==, "too weak");
    // The log, replayed on the automatic model, gives the corrected one.
    g_autoptr(TestRun) replay =
        test_cli("edit", model, "--replay", log, "-o", again, "--log", csv, NULL);
    check_done(replay);
    g_autoptr(LacProject) replayed = lac_project_load(again, NULL, &error);
    g_assert_no_error(error);
    const LacAtoms *same = lac_journal_get_atoms(replayed->journal);
    g_assert_cmpuint(same->n, ==, atoms->n);
    g_assert_cmpint(memcmp(same->x, atoms->x, atoms->n * sizeof(double)), ==, 0);
    g_assert_cmpint(memcmp(same->state, atoms->state, atoms->n), ==, 0);
    for (gsize i = 0; i < atoms->n; i++)
        g_assert_cmpstr(same->species_names[same->species[i]], ==,
            atoms->species_names[atoms->species[i]]);
    g_autoptr(TestRun) history = test_cli("edit", path, "--undo", "9", "--history", NULL);
    check_done(history);
    g_assert_nonnull(strstr(history->out, "(undone) Delete 3 atoms: too weak"));
    g_autoptr(LacProject) undone = lac_project_load(path, NULL, &error);
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(undone->journal), base));
    g_assert_cmpuint(lac_journal_get_length(undone->journal), ==, 9);
}

// What a program that was killed left beside the project counts.
static void
test_left_behind(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "p.lacuna");
    g_autofree char *beside = lac_journal_dup_path(path);
    g_autoptr(LacAtoms) base = make_atoms();
    g_autoptr(LacProject) project = lac_project_new();
    project->journal = lac_journal_new(base);
    g_assert_true(lac_project_save(project, path, NULL, NULL));
    g_assert_true(lac_journal_attach(project->journal, beside, NULL, NULL));
    const gsize one = 1;
    lac_journal_apply(project->journal, lac_edit_delete(base, &one, 1, NULL, NULL), NULL);
    g_autoptr(TestRun) busy = test_cli("edit", path, "--delete", "3", NULL);
    g_assert_cmpint(busy->status, ==, 2);
    g_assert_nonnull(strstr(busy->err, "open in another window"));
    g_clear_pointer(&project, lac_project_free);
    g_autoptr(TestRun) bad = test_cli("edit", path, "--delete", "3", "--delete", "3", NULL);
    g_assert_cmpint(bad->status, ==, 2);
    g_assert_true(g_file_test(beside, G_FILE_TEST_EXISTS));
    g_autoptr(TestRun) run = test_cli("edit", path, "--delete", "3", "--json", NULL);
    check_done(run);
    g_assert_cmpint(get_int(run, "length"), ==, 2);
    g_assert_cmpint(get_int(run, "atoms"), ==, 37);
    g_assert_false(g_file_test(beside, G_FILE_TEST_EXISTS));
}

// Phases that a person tells are a column of the model, and a step of its history.
static void
test_phase(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "p.lacuna");
    g_autoptr(LacAtoms) base = make_atoms();
    g_autoptr(LacProject) project = lac_project_new();
    project->journal = lac_journal_new(base);
    g_assert_true(lac_project_save(project, path, NULL, NULL));
    g_autoptr(TestRun) run = test_cli("edit", path, "--phase", "2,4-5,amorphous", "--where",
        "atom == 4", "--phase", "automatic", "--history", NULL);
    check_done(run);
    g_assert_nonnull(strstr(run->out, "Label 3 atoms"));
    g_autoptr(LacProject) back = lac_project_load(path, NULL, NULL);
    const double *phase =
        lac_atoms_get_column(lac_journal_get_atoms(back->journal), LAC_COLUMN_PHASE_BY_HAND);
    g_assert_nonnull(phase);
    g_assert_cmpfloat(phase[1], ==, LAC_PHASE_AMORPHOUS);
    g_assert_cmpfloat(phase[4], ==, LAC_PHASE_AMORPHOUS);
    g_assert_true(isnan(phase[3]) && isnan(phase[0]));
    g_autoptr(TestRun) wrong = test_cli("edit", path, "--phase", "2,steam", NULL);
    g_assert_cmpint(wrong->status, ==, 2);
    g_assert_nonnull(strstr(wrong->err, "metal, oxide, amorphous"));
}

static void
test_bad(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *model = lac_scratch_path(scratch, "m.xyz");
    g_autofree char *out = lac_scratch_path(scratch, "out.xyz");
    g_autoptr(LacAtoms) base = make_atoms();
    g_assert_true(lac_write_atoms(base, model, NULL));
    static const char *const cases[][3] = {
        { "--delete", "41", "no atom 41" },
        { "--delete", "0", "list of atoms" },
        { "--delete", "3-x", "list of atoms" },
        { "--delete", "3-99999999999", "list of atoms" },
        { "--delete", "8", "rejected" },
        { "--move", "3,1,2", "id,x,y,z" },
        { "--add", "1,2", "x,y,z" },
        { "--add", "1,nan,2", "no position" },
        { "--where", "cn <", "Character 5" },
        { "--undo", "1", "beyond the history" },
        { "--restore", "3", "part of the model" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(TestRun) run = test_cli("edit", model, cases[i][0], cases[i][1], "-o", out, NULL);
        g_test_message("%s", run->err);
        g_assert_cmpint(run->status, ==, 2);
        g_assert_nonnull(strstr(run->err, cases[i][2]));
        g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    }
    g_autoptr(TestRun) nowhere = test_cli("edit", model, "--delete", "3", NULL);
    g_assert_cmpint(nowhere->status, ==, 2);
    g_autoptr(TestRun) run = test_cli("edit", model, "--delete", "3", "-o", out, NULL);
    check_done(run);
    g_autoptr(LacAtoms) back = lac_read_atoms(out, NULL, NULL);
    g_assert_cmpuint(back->n, ==, 38);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    ADD("/cli-edit/project", test_project);
    ADD("/cli-edit/left-behind", test_left_behind);
    ADD("/cli-edit/bad", test_bad);
    g_test_add("/cli/edit/phase", LacScratch, NULL, lac_scratch_set_up, test_phase,
        lac_scratch_tear_down);
    return g_test_run();
}
