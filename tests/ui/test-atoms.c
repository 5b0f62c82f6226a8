// SPDX-License-Identifier: GPL-3.0-or-later
// A person at the Atoms stage of the real window: traces, classifies, compares, corrects, goes back.
#include "tests/support/desk.h"
#include "ui/atom-table.h"
#include "ui/history-list.h"
#include "ui/ortho-view.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <time.h>

#define N_ITERATIONS 40
#define N_MANY       20000
#define SLOW_MACHINE 5 // a sanitizer, or a busy machine

static gboolean
has_series(gpointer data)
{
    return lac_session_get_series(((Desk *) data)->session) != NULL && desk_is_idle(data);
}

static gboolean
has_atoms(gpointer data)
{
    return lac_session_get_journal(((Desk *) data)->session) != NULL && desk_is_idle(data);
}

static gboolean
is_classified(gpointer data)
{
    return lac_session_get_classification(((Desk *) data)->session) != NULL && desk_is_idle(data);
}

static gboolean
has_match(gpointer data)
{
    Desk *desk = data;
    return lac_session_get_match(desk->session) != NULL &&
        !lac_session_is_match_stale(desk->session);
}

static gboolean
is_settled(gpointer data)
{
    LacViewport *viewport = ((Desk *) data)->viewport;
    return !gtk_widget_get_mapped(GTK_WIDGET(viewport)) || lac_viewport_is_settled(viewport);
}

static void
shoot(Desk *desk, const char *name)
{
    desk_wait_for(desk, is_settled, 10000);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), name);
}

static gsize
count(Desk *desk)
{
    return lac_atoms_count_present(lac_session_get_atoms(desk->session));
}

// The example particle, reconstructed and traced, in the Atoms stage.
static void
trace_example(Desk *desk)
{
    lac_driver_click(desk->driver, desk_find(desk, "example_button"));
    desk_wait_for(desk, has_series, 10000);
    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    params.n_iterations = N_ITERATIONS;
    g_assert_true(lac_session_reconstruct(desk->session, &params, FALSE, FALSE));
    desk_wait_for(desk, desk_is_idle, 20000);
    lac_driver_key(desk->driver, "alt+4");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    lac_driver_settle(desk->driver, GTK_WIDGET(desk->viewport));
    lac_driver_click(desk->driver, desk_find(desk, "run_button"));
    desk_wait_for(desk, has_atoms, 20000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    lac_driver_settle(desk->driver, GTK_WIDGET(desk->viewport));
}

static void
classify(Desk *desk)
{
    lac_driver_key(desk->driver, "ctrl+k");
    desk_wait_for(desk, is_classified, 10000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
}

static LacSliceView *
get_slice(Desk *desk, LacAxis axis)
{
    GtkWidget *ortho = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ORTHO_VIEW);
    return lac_ortho_view_get_slice(LAC_ORTHO_VIEW(ortho), axis);
}

// An atom of the model that lies far inside, with the crosshair on it and nothing selected.
static gsize
go_to_inner_atom(Desk *desk)
{
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    gsize best = G_MAXSIZE;
    double nearest = G_MAXDOUBLE;
    for (gsize i = 0; i < atoms->n; i++) {
        double r =
            atoms->x[i] * atoms->x[i] + atoms->y[i] * atoms->y[i] + atoms->z[i] * atoms->z[i];
        if (lac_atoms_is_present(atoms, i) && r < nearest) {
            nearest = r;
            best = i;
        }
    }
    g_assert_cmpuint(best, !=, G_MAXSIZE);
    lac_session_go_to_position(desk->session,
        (LacVec3){ atoms->x[best], atoms->y[best], atoms->z[best] });
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    return best;
}

static void
locate(Desk *desk, gsize index, double *x, double *y)
{
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    const double xyz[3] = { atoms->x[index], atoms->y[index], atoms->z[index] };
    lac_slice_view_locate_position(get_slice(desk, LAC_AXIS_Z), xyz, x, y);
}

static void
click_slice(Desk *desk, gsize index)
{
    double x, y;
    locate(desk, index, &x, &y);
    lac_driver_click_at(desk->driver, GTK_WIDGET(get_slice(desk, LAC_AXIS_Z)), x, y, 1);
}

// --- tests

static void
test_trace(Desk *desk, gconstpointer data)
{
    (void) data;
    trace_example(desk);
    g_test_message("%" G_GSIZE_FORMAT " atoms of %" G_GSIZE_FORMAT " peaks", count(desk),
        lac_session_get_atoms(desk->session)->n);
    g_assert_cmpuint(count(desk), >, 100);
    g_assert_true(lac_session_is_modified(desk->session));
    shoot(desk, "atoms-traced");
    classify(desk);
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    const LacAtoms *truth = lac_session_get_known_atoms(desk->session);
    g_assert_cmpuint(g_strv_length(atoms->species_names), ==, g_strv_length(truth->species_names));
    shoot(desk, "atoms-classified");
    lac_driver_key(desk->driver, "ctrl+z");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_null(lac_session_get_atoms(desk->session));
    lac_driver_key(desk->driver, "ctrl+y");
    lac_driver_key(desk->driver, "ctrl+shift+z");
    g_assert_true(lac_session_get_atoms(desk->session) == atoms);
}

// By mouse and keys: an atom is selected, deleted, brought back, moved off and snapped again.
static void
test_correct(Desk *desk, gconstpointer data)
{
    (void) data;
    trace_example(desk);
    classify(desk);
    gsize n = count(desk), index = go_to_inner_atom(desk), n_selected;
    click_slice(desk, index);
    g_autofree gsize *selected = lac_session_dup_selected(desk->session, &n_selected);
    g_assert_cmpuint(n_selected, ==, 1);
    g_assert_cmpuint(selected[0], ==, index);
    g_assert_cmpuint(lac_session_get_current_atom(desk->session), ==, index);
    lac_driver_pause(desk->driver, 500);
    shoot(desk, "atoms-selected");

    lac_driver_key(desk->driver, "Delete");
    g_assert_cmpuint(count(desk), ==, n - 1);
    g_assert_cmpint(lac_session_get_atoms(desk->session)->state[index], ==, LAC_ATOM_DELETED);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpuint(count(desk), ==, n);
    g_assert_cmpuint(lac_session_count_selected(desk->session), ==, 1);
    lac_driver_key(desk->driver, "BackSpace");
    g_assert_cmpuint(count(desk), ==, n - 1);

    // At the same crosshair the peak is found again, with its numbers and a species.
    lac_driver_key(desk->driver, "a");
    g_assert_cmpuint(count(desk), ==, n);
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    gsize added = lac_session_get_current_atom(desk->session);
    g_assert_cmpint(atoms->state[added], ==, LAC_ATOM_ADDED);
    g_assert_cmpint(atoms->species[added], ==, atoms->species[index]);
    g_assert_cmpfloat(fabs(atoms->x[added] - atoms->x[index]), <, 0.02);
    g_assert_true(isfinite(lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY)[added]));

    // A tenth of a voxel by key, then back onto the peak.
    double x = atoms->x[added], voxel = lac_session_get_volume(desk->session)->voxel_size;
    lac_driver_key(desk->driver, "alt+Right");
    atoms = lac_session_get_atoms(desk->session);
    g_assert_cmpfloat_with_epsilon(atoms->x[added], x + 0.1 * voxel, 1e-9);
    lac_driver_key(desk->driver, "s");
    atoms = lac_session_get_atoms(desk->session);
    g_assert_cmpfloat_with_epsilon(atoms->x[added], x, 0.005);
    lac_driver_key(desk->driver, "1");
    g_assert_cmpint(lac_session_get_atoms(desk->session)->species[added], ==, 0);
    lac_driver_key(desk->driver, "u");
    g_assert_cmpint(lac_session_get_atoms(desk->session)->state[added], ==, LAC_ATOM_UNSURE);
    lac_driver_key(desk->driver, "space");
    g_assert_cmpint(lac_session_get_atoms(desk->session)->state[added], ==, LAC_ATOM_CONFIRMED);
}

// A drag in a slice goes to the nearest peak; with Ctrl, where it is let go.
static void
test_drag(Desk *desk, gconstpointer data)
{
    (void) data;
    trace_example(desk);
    lac_driver_key(desk->driver, "2");
    gsize index = go_to_inner_atom(desk);
    GtkWidget *slice = GTK_WIDGET(get_slice(desk, LAC_AXIS_Z));
    lac_driver_settle(desk->driver, slice);
    double from[2], voxel[2];
    const gsize zero[3] = { 0, 0, 0 }, one[3] = { 1, 0, 0 };
    lac_slice_view_locate(LAC_SLICE_VIEW(slice), zero, &voxel[0], &voxel[1]);
    double left = voxel[0];
    lac_slice_view_locate(LAC_SLICE_VIEW(slice), one, &voxel[0], &voxel[1]);
    locate(desk, index, &from[0], &from[1]);
    const double to[2] = { from[0] + (voxel[0] - left), from[1] };
    LacVec3 before = { lac_session_get_atoms(desk->session)->x[index],
        lac_session_get_atoms(desk->session)->y[index], 0.0 };
    lac_driver_drag(desk->driver, slice, from, to, 1);
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    g_assert_cmpint(atoms->state[index], ==, LAC_ATOM_MOVED);
    g_assert_cmpfloat_with_epsilon(atoms->x[index], before.x, 0.02);
    g_assert_cmpfloat_with_epsilon(atoms->y[index], before.y, 0.02);
    shoot(desk, "atoms-slice");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpint(lac_session_get_atoms(desk->session)->state[index], ==, LAC_ATOM_AUTO);
}

// What is seen in the table is what is selected in the views, and the other way round.
static void
test_table(Desk *desk, gconstpointer data)
{
    (void) data;
    trace_example(desk);
    classify(desk);
    lac_driver_key(desk->driver, "5");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    GtkWidget *table = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ATOM_TABLE);
    lac_driver_settle(desk->driver, table);
    lac_driver_click(desk->driver, lac_driver_find(table, "Intensity"));
    lac_driver_frames(desk->driver, table, 3);
    GtkWidget *first = lac_driver_find(table, "auto");
    lac_driver_click(desk->driver, first);
    gsize n;
    g_autofree gsize *selected = lac_session_dup_selected(desk->session, &n);
    g_assert_cmpuint(n, ==, 1);
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    const double *intensity = lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY);
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i))
            g_assert_cmpfloat(intensity[i], >=, intensity[selected[0]]);
    shoot(desk, "atoms-table");
    lac_driver_key(desk->driver, "5");
    g_assert_cmpuint(count(desk), ==, lac_atoms_count_present(atoms)); // 5 retypes no atom here
}

// A reason is typed into its cell: Enter keeps it, Escape goes back to what was kept.
static void
write_reason(Desk *desk, GtkWidget *label, guint step)
{
    GtkWidget *cells = gtk_widget_get_parent(gtk_widget_get_parent(label));
    GtkWidget *cell = lac_driver_find_type(cells, GTK_TYPE_TEXT);
    lac_driver_click(desk->driver, cell);
    lac_driver_key(desk->driver, "o");
    lac_driver_key(desk->driver, "k");
    lac_driver_key(desk->driver, "Return");
    g_assert_cmpstr(lac_session_get_step_edit(desk->session, step)->reason, ==, "ok");
    lac_driver_key(desk->driver, "a");
    lac_driver_key(desk->driver, "Escape");
    g_assert_cmpstr(gtk_editable_get_text(GTK_EDITABLE(cell)), ==, "ok");
}

// Steps of the history are gone back to by a click.
static void
test_history(Desk *desk, gconstpointer data)
{
    (void) data;
    trace_example(desk);
    classify(desk);
    gsize n = count(desk), index = go_to_inner_atom(desk);
    click_slice(desk, index);
    lac_driver_key(desk->driver, "Delete");
    lac_driver_key(desk->driver, "a");
    lac_driver_key(desk->driver, "u");
    guint n_steps = lac_session_get_n_steps(desk->session);
    g_action_group_activate_action(G_ACTION_GROUP(desk->window), "page",
        g_variant_new_string("history"));
    lac_session_set_selection(desk->session, NULL, 0); // with atoms selected 5 is a species
    lac_driver_key(desk->driver, "5");                 // all steps are in view
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    GtkWidget *list = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_HISTORY_LIST);
    lac_driver_settle(desk->driver, list);
    shoot(desk, "atoms-history");
    lac_driver_pause(desk->driver, 200); // the newest step is scrolled to
    GtkWidget *row = lac_driver_find(list, lac_session_get_step_label(desk->session, n_steps - 3));
    lac_driver_settle(desk->driver, row);
    lac_driver_click(desk->driver, row);
    g_assert_cmpuint(lac_session_get_step(desk->session), ==, n_steps - 2);
    g_assert_cmpuint(count(desk), ==, n - 1);
    write_reason(desk, row, n_steps - 3);
    lac_session_go_to_step(desk->session, n_steps);
    g_assert_cmpuint(count(desk), ==, n);
}

static void
test_compare(Desk *desk, gconstpointer data)
{
    (void) data;
    trace_example(desk);
    classify(desk);
    LacMatchParams params;
    lac_match_params_init(&params);
    lac_session_compare(desk->session, &params);
    desk_wait_for(desk, has_match, 5000);
    const LacMatch *match = lac_session_get_match(desk->session);
    g_test_message("recall %.2f %%, precision %.2f %%, %.2f pm", 100.0 * match->score.recall,
        100.0 * match->score.precision, match->errors.rms);
    g_assert_cmpfloat(match->score.f1, >, 0.8);
    GtkWidget *button = desk_find(desk, "Pair every atom");
    g_assert_nonnull(button);
    lac_driver_pause(desk->driver, 300);
    shoot(desk, "atoms-compared");
    gsize n_extra = match->n_extra, n_missed = match->n_missed, n = count(desk);
    click_slice(desk, go_to_inner_atom(desk));
    lac_driver_key(desk->driver, "Delete");
    g_assert_cmpuint(count(desk), ==, n - 1);
    desk_wait_for(desk, has_match, 5000); // by itself, soon after the edit
    g_assert_cmpuint(lac_session_get_match(desk->session)->n_missed, ==, n_missed + 1);
    g_assert_cmpuint(lac_session_get_match(desk->session)->n_extra, <=, n_extra);
}

// Saved, opened in another window: atoms, edits and what can be undone are there.
static void
test_save(Desk *desk, gconstpointer data)
{
    (void) data;
    trace_example(desk);
    classify(desk);
    click_slice(desk, go_to_inner_atom(desk));
    lac_driver_key(desk->driver, "Delete");
    gsize n = count(desk);
    g_autoptr(LacAtoms) atoms = lac_atoms_ref(lac_session_get_atoms(desk->session));
    g_autofree char *path = g_build_filename(desk->folder, "atoms.lacuna", NULL);
    g_assert_true(lac_session_save(desk->session, path));
    desk_wait_for(desk, desk_is_saved, 10000);
    desk_close_window(desk);

    desk_open_window(desk);
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, path);
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, has_atoms, 10000);
    g_assert_cmpuint(count(desk), ==, n);
    const LacAtoms *read = lac_session_get_atoms(desk->session);
    g_assert_cmpuint(read->n, ==, atoms->n);
    g_assert_true(memcmp(read->x, atoms->x, read->n * sizeof *read->x) == 0);
    g_assert_true(memcmp(read->state, atoms->state, read->n) == 0);
    g_assert_false(lac_session_is_modified(desk->session));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    shoot(desk, "atoms-reopened");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpuint(count(desk), ==, n + 1);
    g_assert_true(lac_session_is_modified(desk->session));
    lac_driver_key(desk->driver, "ctrl+y");
    g_assert_cmpuint(count(desk), ==, n);
    g_assert_false(lac_session_is_modified(desk->session));
}

// Every tab and page once in light and dark; for the eye, and nothing may fail to be drawn.
static void
test_pages(Desk *desk, gconstpointer data)
{
    (void) data;
    static const char *const tabs[] = { "Review", "View" };
    static const char *const pages[] = { "tilts", "history" };
    AdwStyleManager *style = adw_style_manager_get_default();
    trace_example(desk);
    classify(desk);
    click_slice(desk, go_to_inner_atom(desk));
    lac_driver_key(desk->driver, "Delete");
    lac_driver_key(desk->driver, "a");
    for (guint dark = 0; dark < 2; dark++) {
        adw_style_manager_set_color_scheme(style,
            dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
        for (guint i = 0; i < G_N_ELEMENTS(tabs); i++) {
            g_action_group_activate_action(G_ACTION_GROUP(desk->window), "page",
                g_variant_new_string(pages[i]));
            GtkWidget *tab = desk_find(desk, tabs[i]);
            lac_driver_settle(desk->driver, tab);
            lac_driver_click(desk->driver, tab);
            lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
            lac_driver_pause(desk->driver, 700);
            g_autofree char *name =
                g_strdup_printf("atoms-%s-%s", dark ? "dark" : "light", pages[i]);
            shoot(desk, name);
        }
    }
    adw_style_manager_set_color_scheme(style, ADW_COLOR_SCHEME_DEFAULT);
    g_assert_nonnull(desk_find(desk, "Colour by"));
}

// What this thread worked: other programs and the disk do not count.
static double
get_cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

// Twenty thousand atoms in all views: what the main loop does for one edit.
static void
test_many(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_volume_new(64, 64, 64, 1.0, &error);
    g_assert_no_error(error);
    memset(volume->data, 0, 64 * 64 * 64 * sizeof *volume->data);
    lac_session_set_volume(desk->session, volume);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(N_MANY);
    lac_atoms_add_species(atoms, "Zr");
    double *intensity = lac_atoms_add_column(atoms, LAC_COLUMN_INTENSITY);
    for (gsize i = 0; i < N_MANY; i++) {
        atoms->x[i] = -30.0 + 2.2 * (double) (i % 28);
        atoms->y[i] = -30.0 + 2.2 * (double) (i / 28 % 28);
        atoms->z[i] = -30.0 + 2.2 * (double) (i / 784);
        intensity[i] = (double) (i % 977);
    }
    lac_session_set_model(desk->session, atoms, "Open model");
    lac_driver_key(desk->driver, "alt+4");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 5);
    desk_wait_for(desk, is_settled, 10000);
    double worst = 0.0, sum = 0.0;
    for (gsize i = 0; i < 20; i++) {
        const gsize index = 500 * i;
        LacEdit *edit =
            lac_edit_delete(lac_session_get_atoms(desk->session), &index, 1, NULL, &error);
        double begin = get_cpu_ms();
        g_assert_true(lac_session_edit(desk->session, edit));
        double ms = get_cpu_ms() - begin;
        worst = MAX(worst, ms);
        sum += ms;
        lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    }
    g_test_message("%d atoms: an edit with all views takes %.1f ms, at most %.1f ms", N_MANY,
        sum / 20.0, worst);
    g_assert_cmpfloat(sum / 20.0, <, 16.0 * SLOW_MACHINE);
    shoot(desk, "atoms-many");
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/atoms/trace", test_trace },
        { "/atoms/correct", test_correct },
        { "/atoms/drag", test_drag },
        { "/atoms/table", test_table },
        { "/atoms/history", test_history },
        { "/atoms/compare", test_compare },
        { "/atoms/save", test_save },
        { "/atoms/pages", test_pages },
        { "/atoms/many", test_many },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
