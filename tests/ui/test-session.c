// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms of a session: one history for all steps, selection, what is said of it.
#include "core/synth/synth.h"
#include "ui/session.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static LacAtoms *
make_atoms(gsize n)
{
    LacAtoms *atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "O");
    lac_atoms_add_species(atoms, "Zr");
    double *intensity = lac_atoms_add_column(atoms, LAC_COLUMN_INTENSITY);
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = 3.0 * (double) i;
        intensity[i] = (double) (i % 2) + 1.0;
        atoms->species[i] = (guint16) (i % 2);
    }
    return atoms;
}

static LacSession *
make_session(gsize n)
{
    LacSession *session = lac_session_new();
    g_autoptr(LacAtoms) atoms = make_atoms(n);
    lac_session_set_model(session, atoms, "Trace");
    return session;
}

static LacVolume *
make_volume(void)
{
    g_autoptr(GError) error = NULL;
    LacVolume *volume = lac_volume_new(32, 32, 32, 0.5, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < 32 * 32 * 32; i++)
        volume->data[i] = 0.0F;
    return volume;
}

static void
delete_one(LacSession *session, gsize index)
{
    g_autoptr(GError) error = NULL;
    LacEdit *edit = lac_edit_delete(lac_session_get_atoms(session), &index, 1, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(lac_session_edit(session, edit));
}

static gsize
count(LacSession *session)
{
    LacAtoms *atoms = lac_session_get_atoms(session);
    return atoms != NULL ? lac_atoms_count_present(atoms) : 0;
}

// Edits and other changes come back in the order in which they were done.
static void
test_one_history(void)
{
    g_autoptr(LacSession) session = make_session(10);
    g_autoptr(LacVolume) volume = make_volume();
    delete_one(session, 2);
    lac_session_set_volume(session, volume);
    delete_one(session, 3);
    g_assert_cmpuint(count(session), ==, 8);
    g_assert_cmpuint(lac_session_get_n_steps(session), ==, 4);
    lac_session_undo(session);
    g_assert_cmpuint(count(session), ==, 9);
    g_assert_true(lac_session_get_volume(session) == volume);
    lac_session_undo(session);
    g_assert_null(lac_session_get_volume(session));
    g_assert_cmpuint(count(session), ==, 9);
    lac_session_undo(session);
    g_assert_cmpuint(count(session), ==, 10);
    lac_session_undo(session);
    g_assert_null(lac_session_get_atoms(session));
    g_assert_false(lac_session_can_undo(session));
    g_assert_false(lac_session_is_modified(session));
    lac_session_go_to_step(session, 4);
    g_assert_cmpuint(count(session), ==, 8);
    g_assert_true(lac_session_get_volume(session) == volume);
    lac_session_go_to_step(session, 1);
    g_assert_cmpuint(count(session), ==, 10);
    delete_one(session, 9);
    g_assert_cmpuint(lac_session_get_n_steps(session), ==, 2);
    g_assert_false(lac_session_can_redo(session));
    g_assert_null(lac_session_get_step_edit(session, 0));
    g_assert_cmpint(lac_session_get_step_edit(session, 1)->kind, ==, LAC_EDIT_DELETE);
}

// Another model does not lose the edits of the one before: undo brings them back.
static void
test_models(void)
{
    g_autoptr(LacSession) session = make_session(10);
    delete_one(session, 0);
    g_autoptr(LacAtoms) kept = lac_atoms_ref(lac_session_get_atoms(session));
    g_autoptr(LacAtoms) other = make_atoms(5);
    lac_session_set_model(session, other, "Trace again");
    g_assert_cmpuint(count(session), ==, 5);
    g_assert_cmpuint(lac_journal_get_length(lac_session_get_journal(session)), ==, 0);
    delete_one(session, 1);
    lac_session_undo(session);
    lac_session_undo(session);
    g_assert_true(lac_session_get_atoms(session) == kept);
    g_assert_cmpuint(lac_journal_get_length(lac_session_get_journal(session)), ==, 1);
    lac_session_undo(session);
    g_assert_cmpuint(count(session), ==, 10);
    lac_session_go_to_step(session, 4);
    g_assert_cmpuint(count(session), ==, 4);
}

static void
count_signal(guint *n)
{
    ++*n;
}

static void
test_selection(void)
{
    g_autoptr(LacSession) session = make_session(10);
    guint n_signals = 0;
    g_signal_connect_swapped(session, "selection-changed", G_CALLBACK(count_signal), &n_signals);
    g_assert_null(lac_session_get_selection(session));
    const gsize wanted[] = { 7, 3, 7, 100 };
    lac_session_set_selection(session, wanted, G_N_ELEMENTS(wanted));
    lac_session_set_selection(session, wanted, G_N_ELEMENTS(wanted));
    g_assert_cmpuint(n_signals, ==, 1);
    gsize n;
    g_autofree gsize *selected = lac_session_dup_selected(session, &n);
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpuint(selected[0], ==, 3);
    g_assert_cmpuint(selected[1], ==, 7);
    lac_session_set_current_atom(session, 7);
    g_assert_cmpuint(lac_session_get_current_atom(session), ==, 7);
    // What was deleted is no longer selected; what comes back is.
    delete_one(session, 7);
    g_assert_cmpuint(lac_session_count_selected(session), ==, 0);
    lac_session_undo(session);
    g_assert_cmpuint(lac_session_count_selected(session), ==, 1);
    g_assert_cmpuint(lac_session_get_selection(session)[7], ==, 1);
    g_assert_cmpuint(lac_session_get_current_atom(session), ==, 7);
    g_autoptr(LacAtoms) other = make_atoms(3);
    lac_session_set_model(session, other, "Open model");
    g_assert_null(lac_session_get_selection(session));
    g_assert_cmpuint(lac_session_get_current_atom(session), ==, G_MAXSIZE);
}

// The crosshair goes to the voxel of the current atom.
static void
test_current(void)
{
    g_autoptr(LacSession) session = lac_session_new();
    g_autoptr(LacVolume) volume = make_volume();
    lac_session_set_volume(session, volume);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(2);
    atoms->x[1] = 1.2; // 2.4 voxels: the nearest is 2
    atoms->y[1] = -0.8;
    atoms->z[1] = 1e6;
    lac_session_set_model(session, atoms, "Open model");
    lac_session_set_current_atom(session, 1);
    gsize xyz[3];
    lac_session_get_crosshair(session, xyz);
    g_assert_cmpuint(xyz[0], ==, 18);
    g_assert_cmpuint(xyz[1], ==, 14);
    g_assert_cmpuint(xyz[2], ==, 31);
    g_assert_false(lac_session_are_atoms_stale(session));
    g_autoptr(LacVolume) other = make_volume();
    lac_session_set_volume(session, other);
    g_assert_true(lac_session_are_atoms_stale(session));
    lac_session_undo(session);
    g_assert_false(lac_session_are_atoms_stale(session));
}

static void
test_reason(void)
{
    g_autoptr(LacSession) session = make_session(4);
    delete_one(session, 1);
    lac_session_set_step_reason(session, 1, "beside the particle");
    g_assert_cmpstr(lac_session_get_step_edit(session, 1)->reason, ==, "beside the particle");
    LacJournal *journal = lac_session_get_journal(session);
    g_assert_cmpstr(lac_journal_get_edit(journal, 0)->reason, ==, "beside the particle");
    lac_session_undo(session);
    lac_session_redo(session);
    g_assert_cmpuint(count(session), ==, 3);
}

static void
wait_idle(LacSession *session)
{
    while (lac_session_get_job(session) != NULL)
        g_main_context_iteration(NULL, TRUE);
}

static void
keep_message(LacSession *session, const char *text, const char *label, const char *action,
    char **kept)
{
    (void) session;
    (void) label;
    (void) action;
    g_free(*kept);
    *kept = g_strdup(text);
}

static LacSession *
open_project(const char *path, char **message)
{
    LacSession *session = lac_session_new();
    g_signal_connect(session, "message", G_CALLBACK(keep_message), message);
    lac_session_open(session, path);
    wait_idle(session);
    return session;
}

// What a killed program leaves is the journal beside the project: it is put there again after an
// orderly end has removed it.
static void
test_crash(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", &error);
    g_autofree char *path = g_build_filename(folder, "a.lacuna", NULL);
    g_autofree char *journal = lac_journal_dup_path(path);
    g_autofree char *left = NULL, *message = NULL;
    gsize n_left;
    LacSession *session = make_session(50);
    g_autoptr(LacVolume) volume = make_volume();
    lac_session_set_volume(session, volume);
    delete_one(session, 1);
    g_assert_true(lac_session_save(session, path));
    wait_idle(session);
    g_assert_false(lac_session_is_modified(session));
    g_assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));
    delete_one(session, 2);
    delete_one(session, 3);
    lac_session_undo(session);
    delete_one(session, 4);
    g_assert_true(g_file_get_contents(journal, &left, &n_left, &error));
    g_clear_object(&session);
    g_assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_set_contents(journal, left, (gssize) n_left, &error));

    session = open_project(path, &message);
    g_assert_cmpuint(count(session), ==, 47);
    g_assert_true(lac_session_is_modified(session));
    g_assert_nonnull(message);
    g_assert_nonnull(strstr(message, "4 unsaved edits were recovered"));
    lac_session_undo(session);
    g_assert_cmpuint(count(session), ==, 48);
    lac_session_undo(session);
    g_assert_cmpuint(count(session), ==, 49);
    lac_session_go_to_step(session, lac_session_get_n_steps(session));
    g_assert_cmpuint(count(session), ==, 47);
    g_assert_true(lac_session_save(session, NULL));
    wait_idle(session);
    g_clear_object(&session);
    session = open_project(path, &message);
    g_assert_cmpuint(count(session), ==, 47);
    g_assert_false(lac_session_is_modified(session));
    g_clear_object(&session);
    g_remove(path);
    g_remove(journal);
    g_rmdir(folder);
}

// Traced and corrected, never saved, killed: the next program finds it.
static void
test_recover(void)
{
    g_autoptr(GError) error = NULL;
    LacSession *session = make_session(30);
    delete_one(session, 5);
    g_auto(GStrv) paths = lac_journal_find_unsaved();
    g_assert_nonnull(paths[0]);
    g_autofree char *left = NULL, *message = NULL;
    gsize n_left;
    g_assert_true(g_file_get_contents(paths[0], &left, &n_left, &error));
    g_clear_object(&session);
    session = lac_session_new();
    g_signal_connect(session, "message", G_CALLBACK(keep_message), &message);
    lac_session_offer_recovery(session);
    g_assert_null(message);
    g_assert_false(lac_session_recover(session));
    g_assert_true(g_file_set_contents(paths[0], left, (gssize) n_left, &error));
    lac_session_offer_recovery(session);
    g_assert_nonnull(message);
    g_assert_true(lac_session_recover(session));
    g_assert_cmpuint(count(session), ==, 29);
    g_assert_true(lac_session_is_modified(session));
    lac_session_undo(session);
    g_assert_cmpuint(count(session), ==, 30);
    g_clear_object(&session);
    g_assert_false(g_file_test(paths[0], G_FILE_TEST_EXISTS));
}

// A refinement replaces the automatic model; after a correction it is an edit among the others.
static void
test_refine(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSession) session = lac_session_new();
    LacRefineParams params;
    LacSynthParams synth;
    lac_refine_params_init(&params);
    lac_synth_params_init(&synth);
    synth.n_atoms = 100;
    synth.size = 64;
    synth.n_tilts = 9;
    g_autoptr(LacAtoms) atoms = lac_synth_particle(&synth, &error);
    g_assert_no_error(error);
    g_autoptr(LacSeries) series = lac_synth_series(atoms, &synth, NULL, &error);
    g_assert_no_error(error);
    g_assert_false(lac_session_refine(session, &params));
    lac_session_set_series(session, series);
    g_autoptr(LacAtoms) moved = lac_atoms_copy(atoms, atoms->n);
    moved->x[7] += 0.2;
    lac_session_set_model(session, moved, "Trace");
    g_assert_true(lac_session_refine(session, &params));
    wait_idle(session);
    const LacRefinement *refinement = lac_session_get_refinement(session);
    g_assert_nonnull(refinement);
    g_assert_cmpfloat(refinement->r1_after, <, refinement->r1_before);
    g_assert_cmpfloat(fabs(lac_session_get_atoms(session)->x[7] - atoms->x[7]), <, 0.05);
    g_assert_cmpuint(lac_journal_get_length(lac_session_get_journal(session)), ==, 0);
    lac_session_undo(session);
    g_assert_cmpfloat(lac_session_get_atoms(session)->x[7], ==, moved->x[7]);
    g_assert_null(lac_session_get_refinement(session));
    // Projections that are refined too are a step of their own, and share their pixels.
    params.poses = LAC_REFINE_ALL_POSES;
    g_autoptr(LacSeries) wrong = lac_series_copy(series);
    wrong->shifts[3].du += 0.4;
    lac_session_set_series(session, wrong);
    g_assert_true(lac_session_refine(session, &params));
    wait_idle(session);
    LacSeries *refined = lac_session_get_series(session);
    g_assert_true(refined != wrong && refined->buffer == wrong->buffer);
    g_assert_cmpfloat(fabs(refined->shifts[3].du - series->shifts[3].du), <, 0.1);
    lac_session_undo(session);
    g_assert_true(lac_session_get_series(session) == refined);
    g_assert_cmpfloat(lac_session_get_atoms(session)->x[7], ==, moved->x[7]);
    lac_session_undo(session);
    g_assert_true(lac_session_get_series(session) == wrong);
    params.poses = LAC_REFINE_NO_POSES;
    delete_one(session, 1);
    g_assert_true(lac_session_refine(session, &params));
    wait_idle(session);
    g_assert_cmpuint(lac_journal_get_length(lac_session_get_journal(session)), ==, 2);
    lac_session_undo(session);
    g_assert_cmpfloat(lac_session_get_atoms(session)->x[7], ==, moved->x[7]);
    g_assert_cmpuint(count(session), ==, atoms->n - 1);
}

static gboolean
cancel_job(gpointer data)
{
    LacSession *session = data;
    if (lac_session_get_job(session) != NULL)
        lac_job_cancel(lac_session_get_job(session));
    return G_SOURCE_REMOVE;
}

// A second round makes volume, poses and atoms anew as one step; cancelled it leaves nothing.
static void
test_again(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSession) session = lac_session_new();
    g_auto(LacSimulateParams) simulate = { 0 };
    LacReconParams recon;
    LacTraceParams trace;
    LacRefineParams refine;
    lac_simulate_params_init(&simulate, LAC_MODEL_FCC);
    simulate.model.n_atoms = 150;
    simulate.camera.pixel_size = 0.5;
    simulate.camera.n_tilts = 25;
    simulate.camera.shift = 0.4;
    simulate.camera.tilt_error = simulate.camera.axis_error = 0.0;
    simulate.camera.dose = 1e8;
    lac_recon_params_init(&recon, LAC_RECON_DEFAULT);
    recon.n_iterations = 12;
    recon.blob_sigma = 1.2;
    lac_trace_params_init(&trace, LAC_FIT_POLYNOMIAL);
    static const char *const species[] = { "Pt", NULL };
    LacClassifyParams classify;
    lac_classify_params_init(&classify);
    classify.species = species;
    classify.drop_non_atoms = TRUE;
    lac_refine_params_init(&refine);
    refine.poses = LAC_REFINE_SHIFTS;
    const LacAgainParams params = { .n_rounds = 1,
        .trace = &trace,
        .classify = &classify,
        .refine = &refine };
    g_assert_false(lac_session_again(session, &params));
    g_autoptr(LacProject) project = lac_simulate(&simulate, NULL, &error);
    g_assert_no_error(error);
    LacSeries *series = project->series;
    lac_session_set_series(session, series);
    g_assert_true(lac_session_reconstruct(session, &recon, FALSE, FALSE));
    wait_idle(session);
    g_assert_true(lac_session_trace(session, &trace, FALSE));
    wait_idle(session);
    g_assert_true(lac_session_classify(session, &classify));
    wait_idle(session);
    g_assert_true(lac_session_refine(session, &refine));
    wait_idle(session);
    g_assert_true(lac_session_is_volume_stale(session));
    LacVolume *volume = lac_session_get_volume(session);
    LacSeries *poses = lac_session_get_series(session);
    LacAtoms *model = lac_session_get_atoms(session);
    double r1 = lac_session_get_recon(session)->r1[11];
    double moved = lac_session_get_refinement(session)->rms_moved;
    guint n_steps = lac_session_get_n_steps(session);
    g_assert_true(lac_session_again(session, &params));
    cancel_job(session);
    wait_idle(session);
    g_assert_true(lac_session_get_volume(session) == volume);
    g_assert_true(lac_session_get_series(session) == poses);
    g_assert_cmpuint(lac_session_get_n_steps(session), ==, n_steps);
    g_assert_true(lac_session_again(session, &params));
    wait_idle(session);
    g_assert_cmpuint(lac_session_get_n_steps(session), ==, n_steps + 1);
    g_assert_false(lac_session_are_atoms_stale(session));
    g_assert_true(lac_session_get_series(session)->buffer == series->buffer);
    const LacRefinement *again = lac_session_get_refinement(session);
    g_assert_nonnull(again);
    g_test_message("R1 %.2f %%, then %.2f %%; moved %.3f px, then %.3f px, turned %.3f degrees",
        100.0 * r1, 100.0 * lac_session_get_recon(session)->r1[11], moved, again->rms_moved,
        again->rms_turned);
    g_assert_cmpfloat(lac_session_get_recon(session)->r1[11], <, 0.98 * r1);
    g_assert_cmpfloat(again->rms_moved, <, 0.2 * moved);
    // The volume is older than poses that still moved.
    g_assert_cmpint(lac_session_is_volume_stale(session), ==,
        again->rms_moved >= 0.02 || again->rms_turned >= 0.05);
    lac_session_undo(session);
    g_assert_true(lac_session_get_volume(session) == volume);
    g_assert_true(lac_session_get_series(session) == poses);
    g_assert_true(lac_session_get_atoms(session) == model);
}

// A hundred edits of many atoms, and none.
static void
test_many(void)
{
    g_autoptr(LacSession) session = make_session(20000);
    for (gsize i = 0; i < 100; i++)
        delete_one(session, 10 * i);
    g_assert_cmpuint(count(session), ==, 19900);
    for (gsize i = 0; i < 100; i++)
        lac_session_undo(session);
    g_assert_cmpuint(count(session), ==, 20000);
}

int
main(int argc, char **argv)
{
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", NULL);
    g_setenv("XDG_DATA_HOME", folder, TRUE); // where edits of what has no file are kept
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/one-history", test_one_history);
    g_test_add_func("/session/models", test_models);
    g_test_add_func("/session/selection", test_selection);
    g_test_add_func("/session/current", test_current);
    g_test_add_func("/session/reason", test_reason);
    g_test_add_func("/session/crash", test_crash);
    g_test_add_func("/session/recover", test_recover);
    g_test_add_func("/session/refine", test_refine);
    g_test_add_func("/session/again", test_again);
    g_test_add_func("/session/many", test_many);
    int status = g_test_run();
    g_autofree char *own = g_build_filename(folder, "lacuna", NULL);
    g_autofree char *unsaved = g_build_filename(own, "unsaved", NULL);
    g_rmdir(unsaved);
    g_rmdir(own);
    g_rmdir(folder);
    return status;
}
