// SPDX-License-Identifier: GPL-3.0-or-later
// Edits and their undoing, to the last bit.
#include "core/data/journal.h"
#include "core/error.h"
#include "tests/support/edits.h"

#include <math.h>
#include <string.h>

#define N_EDITS 10000

static void
apply(LacJournal *journal, LacEdit *edit)
{
    g_autoptr(GError) error = NULL;
    g_assert_nonnull(edit);
    lac_journal_apply(journal, edit, &error);
    g_assert_no_error(error);
}

static void
test_random(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(500, 1);
    g_autoptr(LacAtoms) untouched = lac_atoms_copy(base, base->n);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify) lac_atoms_unref);
    GRand *random = g_rand_new_with_seed(2);
    for (guint i = 0; i < N_EDITS; i++) {
        if (i % 1000 == 0)
            g_ptr_array_add(kept, lac_atoms_ref(lac_journal_get_atoms(journal)));
        apply(journal, lac_random_edit(lac_journal_get_atoms(journal), random));
    }
    g_assert_cmpuint(lac_journal_get_length(journal), ==, N_EDITS);
    LacAtoms *last = lac_journal_get_atoms(journal);
    g_autoptr(LacAtoms) edited = lac_atoms_copy(last, last->n);
    g_assert_false(lac_atoms_are_identical(edited, base));
    g_test_message("%" G_GSIZE_FORMAT " atoms after %d edits", edited->n, N_EDITS);
    for (guint i = N_EDITS; i-- > 0;) {
        g_assert_true(lac_journal_undo(journal));
        if (i % 1000 == 0)
            g_assert_true(
                lac_atoms_are_identical(lac_journal_get_atoms(journal), kept->pdata[i / 1000]));
    }
    g_assert_false(lac_journal_undo(journal));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(journal), untouched));
    for (guint i = 0; i < N_EDITS; i++)
        g_assert_true(lac_journal_redo(journal));
    g_assert_false(lac_journal_redo(journal));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(journal), edited));
    for (guint i = 0; i < 50; i++) {
        guint to = 1000 * (guint) g_rand_int_range(random, 0, 10);
        lac_journal_go_to(journal, to);
        g_assert_true(
            lac_atoms_are_identical(lac_journal_get_atoms(journal), kept->pdata[to / 1000]));
    }
    g_rand_free(random);
}

static void
test_branch(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(50, 3);
    memset(base->state, LAC_ATOM_AUTO, base->n);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    for (gsize i = 0; i < 5; i++)
        apply(journal, lac_edit_delete(lac_journal_get_atoms(journal), &i, 1, NULL, NULL));
    g_assert_true(lac_journal_go_to(journal, 2));
    g_assert_false(lac_journal_go_to(journal, 2));
    g_assert_false(lac_journal_go_to(journal, 6));
    g_assert_cmpuint(lac_atoms_count_present(lac_journal_get_atoms(journal)), ==, 48);
    const gsize other = 30;
    apply(journal, lac_edit_mark_unsure(lac_journal_get_atoms(journal), &other, 1, "", NULL));
    g_assert_cmpuint(lac_journal_get_length(journal), ==, 3);
    g_assert_false(lac_journal_redo(journal));
    g_assert_cmpint(lac_journal_get_edit(journal, 2)->kind, ==, LAC_EDIT_UNSURE);
    g_assert_null(lac_journal_get_edit(journal, 2)->reason);
}

static void
test_kinds(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(20, 4);
    memset(base->state, LAC_ATOM_AUTO, base->n);
    base->state[7] = LAC_ATOM_REJECTED;
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    const gsize some[] = { 9, 2, 9, 4 };
    const LacVec3 p = { 1, 2, 3 }, q = { 4, 5, 6 };
    const LacAtomValue values[] = { { "height", 0.5 }, { "new", 7 } };
    apply(journal, lac_edit_add(base, p, "Si", values, 2, "missed", NULL));
    LacAtoms *atoms = lac_journal_get_atoms(journal);
    g_assert_cmpuint(atoms->n, ==, 21);
    g_assert_cmpint(atoms->state[20], ==, LAC_ATOM_ADDED);
    g_assert_cmpstr(atoms->species_names[atoms->species[20]], ==, "Si");
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "height")[20], ==, 0.5);
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "new")[20], ==, 7);
    g_assert_true(isnan(lac_atoms_get_column(atoms, "new")[0]));
    g_assert_true(isnan(lac_atoms_get_column(atoms, "width")[20]));
    apply(journal, lac_edit_delete(atoms, some, 4, NULL, NULL));
    atoms = lac_journal_get_atoms(journal);
    g_assert_cmpuint(lac_atoms_count_present(atoms), ==, 17);
    g_assert_cmpint(atoms->state[9], ==, LAC_ATOM_DELETED);
    const gsize ghosts[] = { 7, 9 };
    apply(journal, lac_edit_restore(atoms, ghosts, 2, NULL, NULL));
    atoms = lac_journal_get_atoms(journal);
    g_assert_cmpint(atoms->state[7], ==, LAC_ATOM_CONFIRMED);
    apply(journal, lac_edit_split(atoms, 9, p, q, NULL, NULL));
    atoms = lac_journal_get_atoms(journal);
    g_assert_cmpuint(atoms->n, ==, 22);
    g_assert_cmpfloat(atoms->x[21], ==, 4);
    g_assert_cmpint(atoms->species[21], ==, atoms->species[9]);
    const gsize pair[] = { 21, 9 };
    apply(journal, lac_edit_merge(atoms, pair, 2, q, NULL, NULL));
    atoms = lac_journal_get_atoms(journal);
    g_assert_cmpint(atoms->state[21], ==, LAC_ATOM_MOVED);
    g_assert_cmpint(atoms->state[9], ==, LAC_ATOM_DELETED);
    g_autoptr(LacAtoms) merged = lac_atoms_ref(atoms);
    apply(journal, lac_edit_note(atoms, pair, 2, "twins", NULL));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(journal), merged));
    g_autofree char *title = lac_edit_dup_title(lac_journal_get_edit(journal, 1));
    g_assert_cmpstr(title, ==, "Delete 3 atoms");
    g_assert_true(lac_journal_go_to(journal, 0));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(journal), base));
}

// An array that an edit leaves alone is not copied, and one that it touches never written in place.
static void
test_sharing(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(100, 5);
    memset(base->state, LAC_ATOM_AUTO, base->n);
    g_autoptr(LacAtoms) before = lac_atoms_copy(base, base->n);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    const gsize i = 5;
    apply(journal, lac_edit_delete(base, &i, 1, NULL, NULL));
    LacAtoms *atoms = lac_journal_get_atoms(journal);
    g_assert_true(atoms->x == base->x);
    g_assert_true(lac_atoms_get_column(atoms, "width") == lac_atoms_get_column(base, "width"));
    g_assert_true(atoms->state != base->state);
    apply(journal, lac_edit_mark_unsure(atoms, (const gsize[]){ 6 }, 1, NULL, NULL));
    apply(journal,
        lac_edit_move(lac_journal_get_atoms(journal), 6, (LacVec3){ 1, 1, 1 }, NULL, 0, NULL,
            NULL));
    g_assert_true(lac_journal_get_atoms(journal)->x != base->x);
    g_assert_true(lac_atoms_are_identical(base, before));
}

#define ASSERT_REFUSED(call, code)           \
    G_STMT_START                             \
    {                                        \
        g_autoptr(GError) e = NULL;          \
        g_autoptr(LacEdit) refused = (call); \
        g_assert_null(refused);              \
        g_assert_error(e, LAC_ERROR, code);  \
        g_test_message("%s", e->message);    \
    }                                        \
    G_STMT_END

static void
test_refused(void)
{
    g_autoptr(LacAtoms) atoms = lac_random_atoms(10, 6);
    memset(atoms->state, LAC_ATOM_AUTO, atoms->n);
    atoms->state[3] = LAC_ATOM_DELETED;
    const gsize past[] = { 1, 10 }, deleted[] = { 1, 3 }, one[] = { 1 };
    const LacVec3 nowhere = { 0, (double) NAN, 0 }, p = { 0, 0, 0 };
    ASSERT_REFUSED(lac_edit_delete(atoms, past, 2, NULL, &e), LAC_ERROR_ARGUMENT);
    ASSERT_REFUSED(lac_edit_delete(atoms, past, 0, NULL, &e), LAC_ERROR_ARGUMENT);
    ASSERT_REFUSED(lac_edit_delete(atoms, deleted, 2, NULL, &e), LAC_ERROR_MISMATCH);
    ASSERT_REFUSED(lac_edit_restore(atoms, deleted, 2, NULL, &e), LAC_ERROR_MISMATCH);
    ASSERT_REFUSED(lac_edit_move(atoms, 3, p, NULL, 0, NULL, &e), LAC_ERROR_MISMATCH);
    ASSERT_REFUSED(lac_edit_move(atoms, 1, nowhere, NULL, 0, NULL, &e), LAC_ERROR_ARGUMENT);
    ASSERT_REFUSED(lac_edit_add(atoms, nowhere, NULL, NULL, 0, NULL, &e), LAC_ERROR_ARGUMENT);
    ASSERT_REFUSED(lac_edit_add(atoms, p, "", NULL, 0, NULL, &e), LAC_ERROR_ARGUMENT);
    ASSERT_REFUSED(lac_edit_merge(atoms, one, 1, p, NULL, &e), LAC_ERROR_ARGUMENT);
    ASSERT_REFUSED(lac_edit_note(atoms, one, 1, "", &e), LAC_ERROR_ARGUMENT);
    ASSERT_REFUSED(lac_edit_between(atoms, atoms, NULL, &e), LAC_ERROR_ARGUMENT);
    g_autoptr(LacAtoms) fewer = lac_atoms_copy(atoms, 5);
    ASSERT_REFUSED(lac_edit_between(atoms, fewer, NULL, &e), LAC_ERROR_MISMATCH);
}

// An edit that was made for another model changes nothing.
static void
test_misfit(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(10, 6);
    memset(base->state, LAC_ATOM_AUTO, base->n);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    const gsize i = 1;
    g_autoptr(LacEdit) twice = lac_edit_delete(base, &i, 1, NULL, NULL);
    apply(journal, lac_edit_ref(twice));
    g_autoptr(LacAtoms) after = lac_atoms_ref(lac_journal_get_atoms(journal));
    g_autoptr(GError) error = NULL;
    g_assert_false(lac_journal_apply(journal, lac_edit_ref(twice), &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_assert_true(lac_journal_get_atoms(journal) == after);
    g_assert_cmpuint(lac_journal_get_length(journal), ==, 1);
}

// A classification numbers its species as it likes.
static void
test_between(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(30, 8);
    g_autoptr(LacAtoms) edited = lac_atoms_new(31);
    double *width = lac_atoms_add_column(edited, "width");
    double *margin = lac_atoms_add_column(edited, "margin");
    double *height = lac_atoms_add_column(edited, "height");
    double *intensity = lac_atoms_add_column(edited, "intensity");
    lac_atoms_add_species(edited, "O");
    lac_atoms_add_species(edited, "Zr");
    for (gsize i = 0; i < 30; i++) {
        edited->x[i] = base->x[i];
        edited->y[i] = base->y[i];
        edited->z[i] = base->z[i];
        edited->species[i] = (guint16) (1 - base->species[i]);
        edited->state[i] = base->state[i];
        edited->flag[i] = base->flag[i];
        width[i] = lac_atoms_get_column(base, "width")[i];
        height[i] = lac_atoms_get_column(base, "height")[i];
        intensity[i] = lac_atoms_get_column(base, "intensity")[i];
    }
    margin[3] = 4;
    edited->species[5] = base->species[5];
    g_autoptr(LacEdit) edit = lac_edit_between(base, edited, NULL, NULL);
    g_assert_cmpuint(edit->n, ==, 3);
    g_assert_cmpuint(edit->index[0], ==, 3);
    g_assert_cmpuint(edit->index[1], ==, 5);
    g_assert_cmpuint(edit->index[2], ==, 30);
    g_assert_null(edit->new_species[0]);
    g_assert_cmpstr(edit->new_columns[0], ==, "margin");
    g_autoptr(LacAtoms) after = lac_edit_apply(&edit, 1, base, FALSE, NULL);
    g_assert_cmpfloat(lac_atoms_get_column(after, "margin")[3], ==, 4);
    g_assert_cmpint(after->species[5], ==, 1 - base->species[5]);
    g_autoptr(LacAtoms) back = lac_edit_apply(&edit, 1, after, TRUE, NULL);
    g_assert_true(lac_atoms_are_identical(back, base));
}

// The edit that has another reason does what the first did.
static void
test_reason(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(20, 11);
    memset(base->state, LAC_ATOM_AUTO, base->n);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    const gsize indices[] = { 3, 7 };
    apply(journal, lac_edit_delete(base, indices, 2, NULL, NULL));
    g_autoptr(LacAtoms) edited = lac_atoms_ref(lac_journal_get_atoms(journal));
    gint64 time = lac_journal_get_edit(journal, 0)->time;
    lac_journal_set_reason(journal, 0, "double");
    g_assert_cmpstr(lac_journal_get_edit(journal, 0)->reason, ==, "double");
    g_assert_cmpint(lac_journal_get_edit(journal, 0)->time, ==, time);
    g_assert_true(lac_journal_undo(journal));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(journal), base));
    g_assert_true(lac_journal_redo(journal));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(journal), edited));
    lac_journal_set_reason(journal, 0, "");
    g_assert_null(lac_journal_get_edit(journal, 0)->reason);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/journal/random", test_random);
    g_test_add_func("/journal/branch", test_branch);
    g_test_add_func("/journal/kinds", test_kinds);
    g_test_add_func("/journal/sharing", test_sharing);
    g_test_add_func("/journal/refused", test_refused);
    g_test_add_func("/journal/misfit", test_misfit);
    g_test_add_func("/journal/between", test_between);
    g_test_add_func("/journal/reason", test_reason);
    return g_test_run();
}
