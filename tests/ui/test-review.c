// SPDX-License-Identifier: GPL-3.0-or-later
// The review by its keys: N, Space, Delete, A, S, digits and undo do what they say, the queue is
// scored again, and the views follow.
#include "app/application.h"
#include "app/window.h"
#include "core/synth/synth.h"
#include "tests/support/ui-driver.h"
#include "ui/atom-strip.h"
#include "ui/review-panel.h"

#include <adwaita.h>
#include <math.h>

#define LIMIT_MS 60000

typedef struct {
    LacDriver *driver;
    LacSession *session;
    GtkWidget *window, *viewport, *ortho, *panel, *strip;
    LacReviewQueue *queue;
    LacAtoms *truth;
    gsize missing, doubled, moved; // faults of the model
    char *message;
} Bench;

static void
message_cb(Bench *bench, const char *text)
{
    g_free(bench->message);
    bench->message = g_strdup(text);
}

// The truth with three faults: one atom left out, one twice, one beside its peak.
static LacAtoms *
make_model(Bench *bench)
{
    const LacAtoms *truth = bench->truth;
    gsize n = truth->n;
    LacAtoms *model = lac_atoms_copy(truth, n + 1);
    double *height = lac_atoms_add_column(model, LAC_COLUMN_HEIGHT);
    lac_atoms_add_species(model, "Hf");
    bench->missing = n / 2;
    bench->moved = n / 3;
    bench->doubled = n;
    for (gsize i = 0; i < n + 1; i++)
        height[i] = 1.0 + 0.01 * (double) (i % 7);
    model->x[n] = truth->x[n / 4] + 0.9;
    model->y[n] = truth->y[n / 4] + 0.5;
    model->z[n] = truth->z[n / 4];
    model->species[n] = truth->species[n / 4];
    height[n] = 0.3;
    model->x[n / 3] += 0.35;
    // The last place of the model takes over that of the atom that is left out.
    gsize last = n - 1;
    model->x[n / 2] = truth->x[last];
    model->y[n / 2] = truth->y[last];
    model->z[n / 2] = truth->z[last];
    model->species[n / 2] = truth->species[last];
    model->state[last] = LAC_ATOM_DELETED;
    return model;
}

static void
set_up(Bench *bench, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    LacSynthParams params;
    lac_synth_params_init(&params);
    params.n_atoms = 300;
    params.size = 64;
    params.n_tilts = 13;
    params.dose = 4000.0;
    bench->driver = lac_driver_new();
    bench->truth = lac_synth_particle(&params, &error);
    g_assert_no_error(error);
    g_autoptr(LacSeries) series = lac_synth_series(bench->truth, &params, NULL, &error);
    g_autoptr(LacVolume) volume = lac_synth_volume(bench->truth, &params, NULL, &error);
    g_assert_no_error(error);
    bench->session = lac_session_new();
    g_signal_connect_swapped(bench->session, "message", G_CALLBACK(message_cb), bench);
    lac_session_set_series(bench->session, series);
    lac_session_set_volume(bench->session, volume);
    g_autoptr(LacAtoms) model = make_model(bench);
    lac_session_set_model(bench->session, model, "Open model");

    bench->viewport = lac_viewport_new();
    bench->ortho = lac_ortho_view_new(bench->session);
    bench->panel = lac_review_panel_new();
    bench->strip = lac_atom_strip_new(bench->session);
    lac_viewport_set_volume(LAC_VIEWPORT(bench->viewport), volume);
    lac_viewport_set_atoms(LAC_VIEWPORT(bench->viewport), model);
    lac_review_panel_set_session(LAC_REVIEW_PANEL(bench->panel), bench->session);
    lac_review_panel_set_views(LAC_REVIEW_PANEL(bench->panel), LAC_VIEWPORT(bench->viewport),
        LAC_ORTHO_VIEW(bench->ortho));
    bench->queue = lac_review_panel_get_queue(LAC_REVIEW_PANEL(bench->panel));
    GtkWidget *grid = gtk_grid_new();
    gtk_widget_set_size_request(bench->viewport, 560, 340);
    gtk_widget_set_size_request(bench->ortho, 560, 250);
    gtk_widget_set_size_request(bench->strip, 560, 180);
    gtk_widget_set_size_request(bench->panel, 330, 770);
    gtk_grid_attach(GTK_GRID(grid), bench->viewport, 0, 0, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), bench->ortho, 0, 1, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), bench->strip, 0, 2, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), bench->panel, 1, 0, 1, 3);
    bench->window = gtk_window_new();
    gtk_window_set_child(GTK_WINDOW(bench->window), grid);
    gtk_window_present(GTK_WINDOW(bench->window));
    lac_driver_settle(bench->driver, bench->window);
}

static void
tear_down(Bench *bench, gconstpointer data)
{
    (void) data;
    gtk_window_destroy(GTK_WINDOW(bench->window));
    g_object_unref(bench->session);
    lac_atoms_unref(bench->truth);
    g_free(bench->message);
    lac_driver_free(bench->driver);
}

static gboolean
has_residual(gpointer data)
{
    Bench *bench = data;
    gboolean subtracting;
    return lac_review_queue_get_residual(bench->queue) != NULL &&
        !lac_review_queue_is_busy(bench->queue, &subtracting);
}

static const LacReviewItem *
current_item(Bench *bench)
{
    LacReviewEntry *entry = lac_review_queue_get_current(bench->queue);
    return entry != NULL ? lac_review_entry_get_item(entry) : NULL;
}

// Of what is looked at; something must be.
static gsize
current_index(Bench *bench)
{
    const LacReviewItem *item = current_item(bench);
    g_assert(item != NULL);
    return item->index;
}

// Presses N until the entry for @index, or for a candidate, is looked at.
static const LacReviewItem *
go_to(Bench *bench, gsize index, gboolean candidate)
{
    guint n_seen, n = lac_review_queue_count(bench->queue, &n_seen);
    for (guint k = 0; k < n; k++) {
        const LacReviewItem *item = current_item(bench);
        if (item != NULL && item->is_candidate == candidate && (candidate || item->index == index))
            return item;
        lac_driver_key(bench->driver, "n");
    }
    return NULL;
}

static double
distance_to(const LacAtoms *atoms, gsize i, const LacAtoms *truth, gsize j)
{
    double x = atoms->x[i] - truth->x[j], y = atoms->y[i] - truth->y[j];
    double z = atoms->z[i] - truth->z[j];
    return sqrt(x * x + y * y + z * z);
}

static void
open_review(Bench *bench)
{
    g_assert_true(lac_driver_wait(bench->driver, has_residual, bench, LIMIT_MS));
    guint n_seen, n = lac_review_queue_count(bench->queue, &n_seen);
    g_assert_cmpuint(n, >, 0);
    g_assert_cmpuint(n_seen, ==, 0);
}

static void
test_delete_and_undo(Bench *bench, gconstpointer data)
{
    (void) data;
    open_review(bench);
    lac_driver_key(bench->driver, "n");
    g_assert_nonnull(go_to(bench, bench->doubled, FALSE));
    g_assert_cmpuint(lac_session_get_current_atom(bench->session), ==, bench->doubled);
    lac_driver_screenshot(bench->driver, bench->window, "review-doubled");
    gsize n = lac_atoms_count_present(lac_session_get_atoms(bench->session));
    double before, after, missing;
    lac_review_queue_get_expected(bench->queue, &before, &missing);
    lac_driver_key(bench->driver, "Delete");
    const LacAtoms *atoms = lac_session_get_atoms(bench->session);
    g_assert_cmpuint(atoms->state[bench->doubled], ==, LAC_ATOM_DELETED);
    g_assert_cmpuint(lac_atoms_count_present(atoms), ==, n - 1);
    lac_review_queue_get_expected(bench->queue, &after, &missing);
    g_assert_cmpfloat(after, <, before);                   // scored again
    g_assert_true(current_index(bench) != bench->doubled); // and went on
    // The reason is in the journal.
    LacJournal *journal = lac_session_get_journal(bench->session);
    const LacEdit *edit = lac_journal_get_edit(journal, lac_journal_get_length(journal) - 1);
    g_assert_nonnull(edit->reason);
    g_assert_true(g_str_has_prefix(edit->reason, "review: "));
    lac_session_undo(bench->session);
    g_assert_cmpuint(lac_atoms_count_present(lac_session_get_atoms(bench->session)), ==, n);
    double again;
    lac_review_queue_get_expected(bench->queue, &again, &missing);
    g_assert_cmpfloat(fabs(again - before), <, 1e-9);
    lac_driver_key(bench->driver, "BackSpace");
    g_assert_cmpuint(lac_atoms_count_present(lac_session_get_atoms(bench->session)), ==, n - 1);
}

static void
test_add(Bench *bench, gconstpointer data)
{
    (void) data;
    open_review(bench);
    lac_driver_key(bench->driver, "n");
    g_assert_nonnull(go_to(bench, 0, TRUE));
    lac_driver_screenshot(bench->driver, bench->window, "review-missing");
    gsize n = lac_session_get_atoms(bench->session)->n;
    lac_driver_key(bench->driver, "a");
    const LacAtoms *atoms = lac_session_get_atoms(bench->session);
    g_assert_cmpuint(atoms->n, ==, n + 1);
    g_assert_cmpuint(atoms->state[n], ==, LAC_ATOM_ADDED);
    g_assert_cmpfloat(distance_to(atoms, n, bench->truth, bench->missing), <, 0.15);
    g_assert_cmpfloat(lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT)[n], >, 0.5);
    // A second one at the same place is refused with a word.
    lac_session_go_to_position(bench->session, (LacVec3){ atoms->x[n], atoms->y[n], atoms->z[n] });
    lac_review_queue_set_current(bench->queue, NULL);
    lac_driver_key(bench->driver, "a");
    g_assert_cmpuint(lac_session_get_atoms(bench->session)->n, ==, n + 1);
}

static void
test_snap_retype_accept(Bench *bench, gconstpointer data)
{
    (void) data;
    open_review(bench);
    gsize i = bench->moved;
    lac_session_set_current_atom(bench->session, i); // as a click in a view
    g_assert_cmpuint(current_index(bench), ==, i);
    lac_driver_key(bench->driver, "s");
    const LacAtoms *atoms = lac_session_get_atoms(bench->session);
    g_assert_cmpuint(atoms->state[i], ==, LAC_ATOM_MOVED);
    g_assert_cmpfloat(distance_to(atoms, i, bench->truth, i), <, 0.1);
    guint species = atoms->species[i] == 0 ? 1 : 0;
    g_assert_cmpuint(g_strv_length(atoms->species_names), >=, 2);
    lac_driver_key(bench->driver, species == 0 ? "1" : "2");
    g_assert_cmpuint(lac_session_get_atoms(bench->session)->species[i], ==, species);
    lac_driver_key(bench->driver, "9");
    g_assert_nonnull(strstr(bench->message, "no species 9"));
    // Accepting ticks off and goes on.
    guint before, after;
    lac_driver_key(bench->driver, "n");
    gsize accepted = current_index(bench);
    lac_review_queue_count(bench->queue, &before);
    lac_driver_key(bench->driver, "space");
    lac_review_queue_count(bench->queue, &after);
    g_assert_cmpuint(after, >, before);
    if (accepted != G_MAXSIZE)
        g_assert_cmpuint(lac_session_get_atoms(bench->session)->state[accepted], ==,
            LAC_ATOM_CONFIRMED);
    lac_driver_key(bench->driver, "p");
    g_assert_nonnull(current_item(bench));
}

static void
test_views(Bench *bench, gconstpointer data)
{
    (void) data;
    open_review(bench);
    LacViewport *viewport = LAC_VIEWPORT(bench->viewport);
    LacRenderMode mode = lac_viewport_get_scene(viewport)->mode;
    lac_driver_key(bench->driver, "n");
    const LacScene *scene = lac_viewport_get_scene(viewport);
    g_assert_cmpint(scene->mode, ==, LAC_RENDER_ISO);
    g_assert_cmpfloat(scene->crop[0][1] - scene->crop[0][0], <, 0.5);
    lac_review_panel_set_show_residual(LAC_REVIEW_PANEL(bench->panel), TRUE);
    lac_driver_settle(bench->driver, bench->window);
    g_assert_cmpint(scene->mode, ==, LAC_RENDER_DVR);
    g_assert_cmpint(scene->transfer.colormap, ==, LAC_COLORMAP_DIVERGING);
    g_assert_cmpfloat(scene->transfer.lo, ==, -scene->transfer.hi);
    lac_driver_screenshot(bench->driver, bench->window, "review-residual");
    lac_review_panel_set_show_residual(LAC_REVIEW_PANEL(bench->panel), FALSE);
    lac_review_panel_set_show_surface(LAC_REVIEW_PANEL(bench->panel), FALSE);
    g_assert_cmpint(scene->mode, ==, mode);
    g_assert_cmpfloat(scene->crop[0][1] - scene->crop[0][0], ==, 1.0);
}

static gboolean
is_strip_complete(gpointer data)
{
    return lac_atom_strip_is_complete(LAC_ATOM_STRIP(((Bench *) data)->strip));
}

static void
test_strip(Bench *bench, gconstpointer data)
{
    (void) data;
    open_review(bench);
    lac_driver_key(bench->driver, "n");
    g_assert_true(lac_driver_wait(bench->driver, is_strip_complete, bench, LIMIT_MS));
    lac_atom_strip_set_show_difference(LAC_ATOM_STRIP(bench->strip), TRUE);
    lac_driver_settle(bench->driver, bench->window);
    lac_driver_screenshot(bench->driver, bench->window, "review-strip");
    lac_driver_click_at(bench->driver, bench->strip, 86 + 2 * 69 + 30, 60, 1);
    g_assert_cmpuint(lac_session_get_projection(bench->session), ==, 2);
}

// Filters narrow the list; letters in an entry are letters.
static void
test_filter(Bench *bench, gconstpointer data)
{
    (void) data;
    open_review(bench);
    GListModel *model = lac_review_queue_get_model(bench->queue);
    guint all = g_list_model_get_n_items(model);
    lac_review_queue_set_filter(bench->queue, LAC_REVIEW_SHOW_MISSING, 0, NULL);
    guint missing = g_list_model_get_n_items(model);
    lac_review_queue_set_filter(bench->queue, LAC_REVIEW_SHOW_ATOMS, 0, NULL);
    g_assert_cmpuint(missing + g_list_model_get_n_items(model), ==, all);
    lac_review_queue_set_filter(bench->queue, LAC_REVIEW_SHOW_ALL, LAC_REASON_TOO_CLOSE, NULL);
    for (guint k = 0; k < g_list_model_get_n_items(model); k++) {
        g_autoptr(LacReviewEntry) entry = g_list_model_get_item(model, k);
        g_assert_true(lac_review_entry_get_item(entry)->reasons & LAC_REASON_TOO_CLOSE);
    }
}

static gboolean
has_review(gpointer data)
{
    GtkWidget *panel = lac_driver_find_type(data, LAC_TYPE_REVIEW_PANEL);
    gboolean subtracting;
    guint n_seen;
    LacReviewQueue *queue =
        panel != NULL ? lac_review_panel_get_queue(LAC_REVIEW_PANEL(panel)) : NULL;
    return queue != NULL && lac_review_queue_count(queue, &n_seen) > 0 &&
        !lac_review_queue_is_busy(queue, &subtracting);
}

// In the window of the program: from the stage to a deleted atom and back by keys alone.
static void
test_window(Bench *bench, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacApplication) app = lac_application_new();
    g_application_register(G_APPLICATION(app), NULL, &error);
    g_assert_no_error(error);
    LacWindow *window = lac_window_new(ADW_APPLICATION(app));
    LacSession *session = lac_window_get_session(window);
    gtk_window_set_default_size(GTK_WINDOW(window), 1500, 950);
    gtk_window_present(GTK_WINDOW(window));
    lac_session_set_series(session, lac_session_get_series(bench->session));
    lac_session_set_volume(session, lac_session_get_volume(bench->session));
    lac_session_set_model(session, lac_session_get_atoms(bench->session), "Open model");
    lac_driver_settle(bench->driver, GTK_WIDGET(window));
    lac_driver_key(bench->driver, "alt+4");
    lac_driver_settle(bench->driver, GTK_WIDGET(window));
    lac_driver_click(bench->driver, lac_driver_find(GTK_WIDGET(window), "Review"));
    g_assert_true(lac_driver_wait(bench->driver, has_review, window, LIMIT_MS));
    GtkWidget *strip = lac_driver_find_type(GTK_WIDGET(window), LAC_TYPE_ATOM_STRIP);
    g_assert_nonnull(strip);
    GtkWidget *pages = gtk_widget_get_ancestor(strip, GTK_TYPE_STACK);
    gtk_stack_set_visible_child_name(GTK_STACK(pages), "tilts");
    lac_driver_settle(bench->driver, GTK_WIDGET(window));
    g_assert_true(gtk_widget_get_mapped(strip));
    lac_driver_key(bench->driver, "n");
    lac_driver_settle(bench->driver, GTK_WIDGET(window));
    lac_driver_pause(bench->driver, 1500);
    lac_driver_screenshot(bench->driver, GTK_WIDGET(window), "review-window");
    gsize n = lac_atoms_count_present(lac_session_get_atoms(session));
    lac_driver_key(bench->driver, "Delete");
    g_assert_cmpuint(lac_atoms_count_present(lac_session_get_atoms(session)), ==, n - 1);
    lac_driver_settle(bench->driver, GTK_WIDGET(window));
    lac_driver_screenshot(bench->driver, GTK_WIDGET(window), "review-window-deleted");
    lac_driver_key(bench->driver, "ctrl+z");
    g_assert_cmpuint(lac_atoms_count_present(lac_session_get_atoms(session)), ==, n);
    gtk_window_destroy(GTK_WINDOW(window));
    lac_driver_pause(bench->driver, 50);
}

#define ADD(name, func) g_test_add(name, Bench, NULL, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    adw_init();
    ADD("/review/delete-and-undo", test_delete_and_undo);
    ADD("/review/add", test_add);
    ADD("/review/snap-retype-accept", test_snap_retype_accept);
    ADD("/review/views", test_views);
    ADD("/review/strip", test_strip);
    ADD("/review/filter", test_filter);
    ADD("/review/window", test_window);
    return g_test_run();
}
