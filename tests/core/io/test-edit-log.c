// SPDX-License-Identifier: GPL-3.0-or-later
// The log of corrections: replayed it gives the corrected model, damaged it is refused.
#include "core/error.h"
#include "core/io/edit-log.h"
#include "tests/support/edits.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <string.h>

static LacJournal *
make_journal(guint n)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(200, 3);
    LacJournal *journal = lac_journal_new(base);
    GRand *random = g_rand_new_with_seed(4);
    for (guint i = 0; i < n; i++)
        lac_journal_apply(journal, lac_random_edit(lac_journal_get_atoms(journal), random), NULL);
    g_rand_free(random);
    return journal;
}

static void
test_replay(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "log.json");
    g_autoptr(LacJournal) journal = make_journal(1000);
    lac_journal_go_to(journal, 900);
    gint64 start = g_get_monotonic_time();
    g_assert_true(lac_edit_log_write(journal, path, &error));
    g_assert_no_error(error);
    gint64 written = g_get_monotonic_time();
    LacAtoms *base = lac_journal_get_base(journal);
    g_autoptr(LacJournal) back = lac_edit_log_replay(base, path, NULL, &error);
    g_assert_no_error(error);
    g_test_message("900 edits: written in %.1f ms, replayed in %.1f ms",
        (double) (written - start) * 1e-3, (double) (g_get_monotonic_time() - written) * 1e-3);
    g_assert_cmpuint(lac_journal_get_length(back), ==, 900);
    g_assert_true(
        lac_atoms_are_identical(lac_journal_get_atoms(back), lac_journal_get_atoms(journal)));
    for (gsize i = 0; i < 900; i++) {
        const LacEdit *a = lac_journal_get_edit(journal, i), *b = lac_journal_get_edit(back, i);
        g_assert_cmpint(a->kind, ==, b->kind);
        g_assert_cmpint(a->time, ==, b->time);
        g_assert_cmpstr(a->reason, ==, b->reason);
    }
    lac_journal_go_to(back, 0);
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(back), base));
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    g_assert_null(lac_edit_log_replay(base, path, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

// Another model is refused, and one whose species are numbered otherwise is not.
static void
test_other_model(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "log.json");
    g_autoptr(LacAtoms) base = lac_random_atoms(50, 3);
    memset(base->state, LAC_ATOM_AUTO, base->n);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    const gsize some[] = { 4, 5, 6 };
    lac_journal_apply(journal, lac_edit_retype(base, some, 3, "O", "bright", NULL), NULL);
    g_assert_true(lac_edit_log_write(journal, path, &error));
    g_autoptr(LacAtoms) turned = lac_atoms_copy(base, base->n);
    char *first = turned->species_names[0];
    turned->species_names[0] = turned->species_names[1];
    turned->species_names[1] = first;
    for (gsize i = 0; i < turned->n; i++)
        turned->species[i] = (guint16) (1 - base->species[i]);
    g_autoptr(LacJournal) back = lac_edit_log_replay(turned, path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(lac_journal_get_atoms(back)->species[5], ==, 0);
    g_autoptr(LacAtoms) moved = lac_atoms_copy(base, base->n);
    moved->x[5] += 1e-12;
    g_assert_null(lac_edit_log_replay(moved, path, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_test_message("%s", error->message);
    g_clear_error(&error);
    g_autoptr(LacAtoms) more = lac_atoms_copy(base, base->n + 1);
    g_assert_null(lac_edit_log_replay(more, path, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_test_message("%s", error->message);
}

static void
test_csv(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "log.csv");
    g_autoptr(LacAtoms) base = lac_random_atoms(50, 3);
    memset(base->state, LAC_ATOM_AUTO, base->n);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    const gsize some[] = { 4, 5 };
    lac_journal_apply(journal, lac_edit_delete(base, some, 2, "say \"no\", twice", NULL), NULL);
    lac_journal_apply(journal,
        lac_edit_add(lac_journal_get_atoms(journal), (LacVec3){ 1, 0.1, -3 }, "Si", NULL, 0, NULL,
            NULL),
        NULL);
    g_assert_true(lac_edit_log_write(journal, path, &error));
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 5);
    g_assert_true(g_str_has_prefix(lines[0], "step,time,kind,atom,x_before"));
    g_assert_nonnull(strstr(lines[1], ",delete,5,"));
    g_assert_nonnull(strstr(lines[2], ",deleted,\"say \"\"no\"\", twice\""));
    g_assert_nonnull(strstr(lines[3], ",add,51,,,,,,1,0.1,-3,\"Si\",added,"));
    g_assert_false(lac_edit_log_write(journal, "log.txt", &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static gboolean
read_log(const char *path, gpointer data, GError **error)
{
    g_autoptr(LacJournal) journal = lac_edit_log_replay(data, path, NULL, error);
    return journal != NULL;
}

static void
test_damaged(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "log.json");
    g_autoptr(LacJournal) journal = make_journal(12);
    g_assert_true(lac_edit_log_write(journal, path, NULL));
    LacAtoms *base = lac_journal_get_base(journal);
    LacMutateReport report = lac_mutate_check_file(path, 5000, 5, read_log, base);
    g_assert_cmpuint(report.n_refused, >, 0);
    g_autoptr(GString) deep = g_string_new(NULL);
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(deep, '[');
    g_autofree char *bad = lac_scratch_write(scratch, "bad.json", deep->str, (gssize) deep->len);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_edit_log_replay(base, bad, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    ADD("/edit-log/replay", test_replay);
    ADD("/edit-log/other-model", test_other_model);
    ADD("/edit-log/csv", test_csv);
    ADD("/edit-log/damaged", test_damaged);
    return g_test_run();
}
