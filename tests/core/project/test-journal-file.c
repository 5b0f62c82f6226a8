// SPDX-License-Identifier: GPL-3.0-or-later
// The journal beside a project: killed at any moment, saved in between, damaged, locked, full disk.
#include "core/data/edit-code.h"
#include "core/data/journal.h"
#include "core/error.h"
#include "core/project/project.h"
#include "tests/support/edits.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_KILLS 200
#define N_ATOMS 300

// What a user does at step @i: the same on every run.
static void
do_step(LacJournal *journal, guint32 i)
{
    GRand *random = g_rand_new_with_seed(i + 17);
    gsize n = lac_journal_get_length(journal);
    int what = g_rand_int_range(random, 0, 20);
    if (what == 0 && n > 0)
        lac_journal_go_to(journal, (gsize) g_rand_int_range(random, 0, (gint32) n + 1));
    else if (what <= 3)
        lac_journal_undo(journal);
    else if (what <= 5)
        lac_journal_redo(journal);
    else if (what == 6 && n > 0)
        lac_journal_set_reason(journal, n - 1, "because");
    else
        lac_journal_apply(journal, lac_random_edit(lac_journal_get_atoms(journal), random), NULL);
    g_rand_free(random);
}

// As the window does it: a copy is saved, the journal file goes.
static gboolean
save(LacProject *project, const char *path)
{
    g_autoptr(LacProject) copy = lac_project_copy(project);
    g_autofree char *journal_path = lac_journal_dup_path(path);
    if (!lac_project_save(copy, path, NULL, NULL))
        return FALSE;
    lac_journal_mark_saved(project->journal, copy->journal, journal_path);
    return TRUE;
}

static LacProject *
open_project(const char *path, LacJournalRecovery *recovery)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *journal_path = lac_journal_dup_path(path);
    LacProject *project = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    lac_journal_attach(project->journal, journal_path, recovery, &error);
    g_assert_no_error(error);
    return project;
}

// Two numbers that parent and child share: steps done, and whether the child is at work.
static volatile guint32 *
map_counter(const char *path)
{
    g_autofree char *name = g_strconcat(path, ".count", NULL);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    g_assert_cmpint(ftruncate(fd, 8), ==, 0);
    volatile guint32 *counter = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    g_assert_true(counter != MAP_FAILED);
    close(fd);
    return counter;
}

// Corrects and saves until it is killed.
static void
edit_forever(const char *path)
{
    volatile guint32 *counter = map_counter(path);
    counter[1] = 1;
    LacProject *project = open_project(path, NULL);
    for (;;) {
        do_step(project->journal, *counter);
        *counter = *counter + 1;
        if (*counter % 41 == 0 && !save(project, path))
            _exit(1);
        g_usleep(200);
    }
}

static gboolean
is_same(const LacJournal *a, const LacJournal *b)
{
    return lac_journal_get_length(a) == lac_journal_get_length(b) &&
        lac_journal_get_position(a) == lac_journal_get_position(b) &&
        lac_atoms_are_identical(lac_journal_get_atoms(a), lac_journal_get_atoms(b));
}

static LacProject *
make_project(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) base = lac_random_atoms(N_ATOMS, 5);
    LacProject *project = lac_project_new();
    project->journal = lac_journal_new(base);
    lac_project_save(project, path, NULL, &error);
    g_assert_no_error(error);
    return project;
}

static void
kill_child(const char *path, volatile guint32 *counter, gulong after_us)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    char flag[] = "--edit-forever";
    g_autofree char *argument = g_strdup(path);
    char *arguments[] = { program, flag, argument, NULL };
    GPid child;
    int status;
    counter[1] = 0;
    g_assert_true(g_spawn_async(NULL, arguments, NULL,
        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &child, &error));
    for (guint i = 0; i < 60000 && counter[1] == 0; i++)
        g_usleep(1000);
    g_usleep(after_us);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    g_assert_true(WIFSIGNALED(status));
}

static void
test_kill(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autofree char *journal_path = lac_journal_dup_path(path);
    g_autoptr(LacProject) first = make_project(path);
    g_autoptr(LacJournal) expected = lac_journal_copy(first->journal);
    volatile guint32 *counter = map_counter(path);
    guint32 n_done = 0;
    guint n_replayed = 0, n_ahead = 0, n_beside = 0;
    GRand *random = g_rand_new_with_seed(3);
    for (guint i = 0; i < N_KILLS; i++) {
        kill_child(path, counter, (gulong) g_rand_int_range(random, 0, 80000));
        n_beside += g_file_test(journal_path, G_FILE_TEST_EXISTS) ? 1 : 0;
        for (; n_done < *counter; n_done++)
            do_step(expected, n_done);
        g_auto(LacJournalRecovery) recovery = { 0 };
        g_autoptr(LacProject) project = open_project(path, &recovery);
        n_replayed += recovery.n_records > 0 ? 1 : 0;
        g_assert_null(recovery.kept);
        if (!is_same(project->journal, expected)) { // killed between the record and the counter
            do_step(expected, n_done++);
            *counter = n_done;
            n_ahead++;
        }
        g_assert_true(is_same(project->journal, expected));
        if (i == N_KILLS - 1) {
            lac_journal_go_to(project->journal, 0);
            g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(project->journal),
                lac_journal_get_base(first->journal)));
        }
    }
    g_rand_free(random);
    g_test_message("%u steps, %d kills: %u times a journal was replayed, %u times one lay beside "
                   "the project, %u times the step under the pointer was kept",
        n_done, N_KILLS, n_replayed, n_beside, n_ahead);
    g_assert_cmpuint(n_done, >, 50);
    g_assert_cmpuint(n_replayed, >, N_KILLS / 10);
    munmap((void *) (guintptr) counter, 8);
}

// Killed when the project is on the disk and its journal not yet removed; edits while it was saved.
static void
test_saved_twice(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autofree char *journal_path = lac_journal_dup_path(path);
    g_autoptr(LacProject) project = make_project(path);
    g_assert_true(lac_journal_attach(project->journal, journal_path, NULL, NULL));
    g_assert_false(g_file_test(journal_path, G_FILE_TEST_EXISTS));
    for (guint32 i = 0; i < 30; i++)
        do_step(project->journal, i);
    g_autoptr(LacProject) copy = lac_project_copy(project);
    for (guint32 i = 30; i < 40; i++)
        do_step(project->journal, i);
    g_assert_true(lac_project_save(copy, path, NULL, NULL));
    g_autoptr(LacJournal) expected = lac_journal_copy(project->journal);
    for (guint stage = 0; stage < 3; stage++) {
        if (stage == 1) { // edits since the copy: the file must stay
            lac_journal_mark_saved(project->journal, copy->journal, journal_path);
            g_assert_true(g_file_test(journal_path, G_FILE_TEST_EXISTS));
        }
        else if (stage == 2) {
            g_assert_true(save(project, path));
            g_assert_false(g_file_test(journal_path, G_FILE_TEST_EXISTS));
        }
        // A program that was killed here left these files.
        g_autofree char *killed = lac_scratch_path(scratch, "b.lacuna");
        g_autofree char *killed_journal = lac_journal_dup_path(killed);
        const char *const pairs[][2] = { { path, killed }, { journal_path, killed_journal } };
        for (guint k = 0; k < 2; k++) {
            g_autoptr(GFile) from = g_file_new_for_path(pairs[k][0]);
            g_autoptr(GFile) to = g_file_new_for_path(pairs[k][1]);
            g_unlink(pairs[k][1]);
            g_file_copy(from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL);
        }
        g_autoptr(LacProject) back = open_project(killed, NULL);
        g_assert_true(is_same(back->journal, expected));
        lac_journal_detach(back->journal);
    }
}

static void
test_never_saved(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "deeper/x.journal");
    g_autoptr(LacAtoms) base = lac_random_atoms(40, 8), other = lac_random_atoms(30, 9);
    g_autoptr(LacAtoms) nothing = lac_atoms_new(0);
    LacJournal *journal = lac_journal_new(base);
    g_assert_true(lac_journal_attach(journal, path, NULL, NULL));
    g_assert_null(lac_journal_get_problem(journal));
    for (guint32 i = 0; i < 20; i++)
        do_step(journal, i);
    g_autoptr(LacJournal) expected = lac_journal_copy(journal);
    // Another program cannot have it meanwhile.
    g_autoptr(GError) error = NULL;
    g_autoptr(LacJournal) back = lac_journal_new(nothing);
    g_assert_false(lac_journal_attach(back, path, NULL, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_BUSY);
    lac_journal_free(journal);
    g_assert_true(lac_journal_attach(back, path, NULL, NULL));
    g_assert_true(is_same(back, expected));
    g_assert_true(
        lac_atoms_are_identical(lac_journal_get_base(back), lac_journal_get_base(expected)));
    // A new tracing takes the place of the model.
    LacJournal *traced = lac_journal_new(other);
    lac_journal_take_file(traced, back);
    do_step(traced, 77);
    g_autoptr(LacJournal) retraced = lac_journal_copy(traced);
    lac_journal_free(traced);
    g_autoptr(LacJournal) again = lac_journal_new(nothing);
    g_assert_true(lac_journal_attach(again, path, NULL, NULL));
    g_assert_true(is_same(again, retraced));
    // Saved under a name: the journal moves there.
    g_autofree char *saved = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) project = lac_project_new();
    project->journal = g_steal_pointer(&again);
    g_assert_true(save(project, saved));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    do_step(project->journal, 78);
    g_autofree char *beside = lac_journal_dup_path(saved);
    g_assert_true(g_file_test(beside, G_FILE_TEST_EXISTS));
    g_autoptr(LacJournal) last = lac_journal_copy(project->journal);
    lac_project_free(g_steal_pointer(&project));
    project = open_project(saved, NULL);
    g_assert_true(is_same(project->journal, last));
}

// The model is undone as a whole and redone; another one is traced where a crash left a file.
static void
test_taken_away(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autofree char *journal_path = lac_journal_dup_path(path);
    g_autoptr(LacProject) project = make_project(path);
    g_assert_true(lac_journal_attach(project->journal, journal_path, NULL, NULL));
    for (guint32 i = 0; i < 20; i++)
        do_step(project->journal, i);
    lac_journal_detach(project->journal);
    g_assert_false(g_file_test(journal_path, G_FILE_TEST_EXISTS));
    g_assert_true(lac_journal_attach(project->journal, journal_path, NULL, NULL));
    do_step(project->journal, 20);
    g_autoptr(LacJournal) expected = lac_journal_copy(project->journal);
    g_clear_pointer(&project, lac_project_free);
    project = open_project(path, NULL);
    g_assert_true(is_same(project->journal, expected));
    lac_journal_detach(project->journal);
    g_autoptr(LacAtoms) base = lac_random_atoms(30, 2), other = lac_random_atoms(20, 3);
    g_autofree char *unsaved = lac_scratch_path(scratch, "u.journal");
    LacJournal *left = lac_journal_new(base);
    g_assert_true(lac_journal_attach(left, unsaved, NULL, NULL));
    g_autoptr(LacJournal) second = lac_journal_new(other);
    g_autoptr(GError) error = NULL;
    g_assert_false(lac_journal_attach(second, unsaved, NULL, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_BUSY);
    lac_journal_free(left);
    g_assert_true(lac_journal_attach(second, unsaved, NULL, NULL));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(second), other));
    g_autofree char *aside = g_strconcat(unsaved, ".1", NULL);
    g_assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
}

static void
test_foreign(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autofree char *journal_path = lac_journal_dup_path(path);
    g_autoptr(LacProject) project = make_project(path);
    g_assert_true(lac_journal_attach(project->journal, journal_path, NULL, NULL));
    do_step(project->journal, 7);
    g_clear_pointer(&project, lac_project_free);
    lac_project_free(make_project(path));
    g_autoptr(LacProject) back = lac_project_load(path, NULL, NULL);
    g_assert_false(lac_journal_attach(back->journal, journal_path, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_test_message("%s", error->message);
    g_autofree char *aside = lac_journal_put_aside(journal_path, NULL);
    g_assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
    g_assert_true(lac_journal_attach(back->journal, journal_path, NULL, NULL));
    do_step(back->journal, 7);
    g_assert_true(g_file_test(journal_path, G_FILE_TEST_EXISTS));
}

// 50 times there and back, with an edit each time: whatever was not touched is the same.
static void
test_rounds(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) project = make_project(path);
    g_autoptr(LacAtoms) base = lac_atoms_ref(lac_journal_get_base(project->journal));
    for (gsize i = 0; i < 50; i++) {
        const LacAtoms *atoms = lac_journal_get_atoms(project->journal);
        LacEdit *edit = lac_edit_note(atoms, &i, 1, "seen", NULL);
        if (lac_atoms_is_present(atoms, i) && i != 3)
            edit = (lac_edit_unref(edit), lac_edit_delete(atoms, &i, 1, NULL, NULL));
        g_assert_true(lac_journal_apply(project->journal, edit, NULL));
        g_assert_true(lac_project_save(project, path, NULL, NULL));
        g_clear_pointer(&project, lac_project_free);
        project = open_project(path, NULL);
        g_assert_cmpuint(lac_journal_get_length(project->journal), ==, i + 1);
    }
    const LacAtoms *atoms = lac_journal_get_atoms(project->journal);
    g_autoptr(LacAtoms) states = lac_atoms_copy(atoms, atoms->n);
    memcpy(states->state, base->state, 50);
    g_assert_true(lac_atoms_are_identical(states, base));
    lac_journal_go_to(project->journal, 0);
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(project->journal), base));
}

typedef struct {
    LacAtoms *base;
    GHashTable *states; // digests of every model that the whole journal goes through
    guint n_replayed;
} Damage;

static gpointer
digest_of(LacJournal *journal)
{
    return GUINT_TO_POINTER(lac_atoms_digest(lac_journal_get_atoms(journal)));
}

static gboolean
read_journal(const char *path, gpointer data, GError **error)
{
    Damage *damage = data;
    g_autoptr(LacJournal) journal = lac_journal_new(damage->base);
    static const LacJournalMark mark = { .save = { 1 } };
    lac_journal_set_mark(journal, &mark);
    g_auto(LacJournalRecovery) recovery = { 0 };
    gboolean done = lac_journal_attach(journal, path, &recovery, error);
    damage->n_replayed += (guint) recovery.n_records;
    if (done) {
        g_assert_true(g_hash_table_contains(damage->states, digest_of(journal)));
        GRand *random = g_rand_new_with_seed(1);
        g_assert_true(lac_journal_apply(journal,
            lac_random_edit(lac_journal_get_atoms(journal), random), NULL));
        g_assert_null(lac_journal_get_problem(journal));
        lac_journal_go_to(journal, 0);
        g_rand_free(random);
    }
    if (recovery.kept != NULL)
        g_unlink(recovery.kept);
    return done;
}

static void
test_damaged(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "x.journal");
    g_autoptr(LacAtoms) base = lac_random_atoms(60, 11), other = lac_random_atoms(20, 12);
    g_autoptr(GHashTable) states = g_hash_table_new(NULL, NULL);
    Damage damage = { .base = base, .states = states };
    LacJournal *journal = lac_journal_new(base);
    const LacJournalMark mark = { .save = { 1 } };
    lac_journal_set_mark(journal, &mark);
    g_assert_true(lac_journal_attach(journal, path, NULL, NULL));
    g_hash_table_add(states, digest_of(journal));
    for (guint32 i = 0; i < 60; i++) {
        do_step(journal, i);
        g_hash_table_add(states, digest_of(journal));
    }
    LacJournal *traced = lac_journal_new(other);
    lac_journal_take_file(traced, journal);
    g_hash_table_add(states, digest_of(traced));
    for (guint32 i = 0; i < 10; i++) {
        do_step(traced, i);
        g_hash_table_add(states, digest_of(traced));
    }
    lac_journal_free(journal);
    lac_journal_free(traced);
    g_autofree char *bytes = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    g_autofree char *whole = lac_scratch_write(scratch, "whole.journal", bytes, (gssize) n);
    g_assert_true(read_journal(whole, &damage, NULL));
    guint n_whole = damage.n_replayed;
    g_assert_cmpuint(n_whole, >, 50);
    LacMutateReport report = lac_mutate_check_file(path, 10000, 5, read_journal, &damage);
    g_test_message("%u records; %u copies read, %u refused, %.1f records left of each", n_whole,
        report.n_read, report.n_refused, (double) damage.n_replayed / report.n_read);
    g_assert_cmpuint(report.n_read, >, 1000);
}

// Cut at every byte: what is whole is kept.
static void
test_truncated(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "x.journal");
    g_autoptr(LacAtoms) base = lac_random_atoms(60, 11);
    LacJournal *journal = lac_journal_new(base);
    const LacJournalMark mark = { .save = { 1 } };
    lac_journal_set_mark(journal, &mark);
    g_assert_true(lac_journal_attach(journal, path, NULL, NULL));
    for (guint32 i = 0; i < 20; i++)
        do_step(journal, i);
    lac_journal_free(journal);
    g_autofree char *bytes = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    guint64 before = 0;
    for (gsize cut = 0; cut <= n; cut++) {
        g_autofree char *part = lac_scratch_write(scratch, "part.journal", bytes, (gssize) cut);
        g_autoptr(LacJournal) back = lac_journal_new(base);
        lac_journal_set_mark(back, &mark);
        g_auto(LacJournalRecovery) recovery = { 0 };
        g_assert_true(lac_journal_attach(back, part, &recovery, NULL));
        g_assert_null(lac_journal_get_problem(back));
        g_assert_null(recovery.kept);
        g_assert_true(cut >= 52 || !g_file_test(part, G_FILE_TEST_EXISTS));
        g_assert_cmpuint(recovery.n_records, >=, before);
        g_assert_cmpuint(recovery.n_records, <=, before + 1);
        before = recovery.n_records;
    }
    g_assert_cmpuint(before, >, 10);
}

// When a record cannot be written the next one writes everything.
static void
test_full_disk(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    struct rlimit old, small;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autofree char *journal_path = lac_journal_dup_path(path);
    g_autoptr(LacProject) project = make_project(path);
    g_assert_true(lac_journal_attach(project->journal, journal_path, NULL, NULL));
    do_step(project->journal, 1);
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &old), ==, 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){ .rlim_cur = 400, .rlim_max = old.rlim_max };
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    for (guint32 i = 2; i < 20; i++)
        do_step(project->journal, i);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &old), ==, 0);
    g_assert_nonnull(lac_journal_get_problem(project->journal));
    g_test_message("%s", lac_journal_get_problem(project->journal));
    do_step(project->journal, 20);
    g_assert_null(lac_journal_get_problem(project->journal));
    g_autoptr(LacJournal) expected = lac_journal_copy(project->journal);
    g_clear_pointer(&project, lac_project_free);
    project = open_project(path, NULL);
    g_assert_true(is_same(project->journal, expected));
}

static void
test_speed(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "x.journal");
    g_autoptr(LacAtoms) base = lac_random_atoms(20000, 13);
    g_autoptr(LacJournal) journal = lac_journal_new(base);
    const LacJournalMark mark = { .save = { 1 } };
    lac_journal_set_mark(journal, &mark);
    g_assert_true(lac_journal_attach(journal, path, NULL, NULL));
    GRand *random = g_rand_new_with_seed(4);
    double slowest = 0.0, sum = 0.0;
    const guint n = 2000;
    for (guint i = 0; i < n; i++) {
        LacEdit *edit = lac_random_edit(lac_journal_get_atoms(journal), random);
        gint64 start = g_get_monotonic_time();
        g_assert_true(lac_journal_apply(journal, edit, NULL));
        double time = (double) (g_get_monotonic_time() - start) * 1e-3;
        slowest = MAX(slowest, time);
        sum += time;
    }
    g_rand_free(random);
    g_autoptr(LacJournal) expected = lac_journal_copy(journal);
    g_clear_pointer(&journal, lac_journal_free);
    journal = lac_journal_new(base);
    lac_journal_set_mark(journal, &mark);
    gint64 start = g_get_monotonic_time();
    g_assert_true(lac_journal_attach(journal, path, NULL, NULL));
    g_assert_true(is_same(journal, expected));
    g_test_message(
        "20 000 atoms: an edit with its record takes %.2f ms, the slowest %.2f ms; %u are "
        "replayed in %.2f s",
        sum / n, slowest, n, (double) (g_get_monotonic_time() - start) * 1e-6);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], "--edit-forever"))
        edit_forever(argv[2]);
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    ADD("/journal-file/saved-twice", test_saved_twice);
    ADD("/journal-file/never-saved", test_never_saved);
    ADD("/journal-file/taken-away", test_taken_away);
    ADD("/journal-file/foreign", test_foreign);
    ADD("/journal-file/rounds", test_rounds);
    ADD("/journal-file/truncated", test_truncated);
    ADD("/journal-file/full-disk", test_full_disk);
    ADD("/journal-file/speed", test_speed);
    ADD("/journal-file/kill", test_kill);
    ADD("/journal-file/damaged", test_damaged);
    return g_test_run();
}
