// SPDX-License-Identifier: GPL-3.0-or-later
// A person at the real window: opens the example, reconstructs, looks, saves, reopens, closes.
#include "core/io/io.h"
#include "tests/support/desk.h"
#include "ui/job-bar.h"
#include "ui/ortho-view.h"
#include "ui/plot.h"
#include "ui/recon-plots.h"
#include "ui/residual-view.h"
#include "ui/view-area.h"

#include <glib/gstdio.h>
#include <math.h>

#define LONG_RUN    3000 // iterations that no test waits for
#define N_DRAGS     3
#define VOLUME_EDGE 256

// --- conditions

static gboolean
has_series(gpointer data)
{
    return lac_session_get_series(((Desk *) data)->session) != NULL;
}

static gboolean
has_iterate(gpointer data)
{
    Desk *desk = data;
    const LacRecon *recon = lac_session_get_recon(desk->session);
    return lac_session_is_reconstructing(desk->session) && recon != NULL &&
        recon->n_iterations >= 3;
}

static gboolean
is_settled(gpointer data)
{
    return lac_viewport_is_settled(((Desk *) data)->viewport);
}

// --- a window and its end

// --- what a person does

static GtkWidget *
find_in_bar(Desk *desk, const char *what)
{
    return lac_driver_find(lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_JOB_BAR), what);
}

static void
shoot(Desk *desk, const char *name)
{
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), name);
}

static LacOrthoView *
get_slices(Desk *desk)
{
    return LAC_ORTHO_VIEW(lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ORTHO_VIEW));
}

static void
open_example(Desk *desk)
{
    lac_driver_click(desk->driver, desk_find(desk, "example_button"));
    desk_wait_for(desk, has_series, 10000);
    desk_wait_for(desk, desk_is_idle, 2000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
}

// More iterations than any machine does before the test ends the run.
static void
start_run(Desk *desk)
{
    lac_driver_key(desk->driver, "alt+3");
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(desk_find(desk, "iterations_spin")), LONG_RUN);
    lac_driver_key(desk->driver, "ctrl+r");
    g_assert_true(lac_session_is_reconstructing(desk->session));
    desk_wait_for(desk, has_iterate, 10000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3); // the job bar is there
}

static void
finish_run(Desk *desk)
{
    lac_driver_key(desk->driver, "ctrl+Return");
    desk_wait_for(desk, desk_is_idle, 10000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3); // the job bar is gone
}

static void
test_start_page(Desk *desk, gconstpointer data)
{
    (void) data;
    shoot(desk, "start");
    g_assert_true(gtk_widget_get_mapped(desk_find(desk, "start_page")));
    g_assert_nonnull(desk_find(desk, "example_button"));
    g_assert_false(gtk_widget_get_sensitive(desk_find(desk, "save_button")));
    g_assert_cmpstr(gtk_window_get_title(GTK_WINDOW(desk->window)), ==, "Lacuna");
}

// The example by mouse; pause, resume and finish by the buttons of the job bar.
static void
test_run(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    shoot(desk, "projections");
    start_run(desk);
    LacJob *job = lac_session_get_job(desk->session);
    lac_driver_click(desk->driver, find_in_bar(desk, "pause_button"));
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_PAUSED);
    GtkWidget *bar = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_JOB_BAR);
    g_assert_nonnull(strstr(lac_job_bar_get_text(LAC_JOB_BAR(bar)), "paused"));
    // What was under way comes to its end and is shown; nothing after it.
    guint n_paused = 0, n_same = 0;
    for (int i = 0; i < 20 && n_same < 3; i++) {
        guint n = lac_session_get_recon(desk->session)->n_iterations;
        n_same = n == n_paused ? n_same + 1 : 0;
        n_paused = n;
        lac_driver_pause(desk->driver, 700);
    }
    g_assert_cmpuint(n_same, ==, 3);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_PAUSED);
    desk_wait_for(desk, is_settled, 5000);
    shoot(desk, "paused");
    lac_driver_click(desk->driver, find_in_bar(desk, "pause_button"));
    g_assert_cmpint(lac_job_get_state(job), !=, LAC_JOB_PAUSED);
    finish_run(desk);
    const LacRecon *recon = lac_session_get_recon(desk->session);
    g_assert_nonnull(recon);
    g_assert_cmpuint(recon->n_iterations, >=, n_paused);
    g_assert_cmpfloat(recon->r1[recon->n_iterations - 1], <, recon->r1[0]);
    g_assert_true(lac_session_is_modified(desk->session));
    g_assert_true(g_str_has_suffix(gtk_window_get_title(GTK_WINDOW(desk->window)), " *"));
    desk_wait_for(desk, is_settled, 5000);
    shoot(desk, "volume");
}

// What was there before a cancelled run is there after it, and nothing can be undone.
static void
test_cancel(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    lac_driver_key(desk->driver, "ctrl+period");
    desk_wait_for(desk, desk_is_idle, 5000);
    g_assert_null(lac_session_get_volume(desk->session));
    g_assert_null(lac_session_get_recon(desk->session));
    g_assert_false(lac_session_can_undo(desk->session));
    g_assert_false(lac_session_is_modified(desk->session));
}

// Turning the view while the reconstruction goes on; says how long input takes to reach a frame.
static void
test_turn(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    GtkWidget *view = GTK_WIDGET(desk->viewport);
    double width = gtk_widget_get_width(view), height = gtk_widget_get_height(view);
    LacCamera before, after;
    lac_viewport_get_camera(desk->viewport, &before);
    lac_viewport_reset_stats(desk->viewport);
    for (int i = 0; i < N_DRAGS; i++) {
        const double from[2] = { 0.3 * width, 0.5 * height }, to[2] = { 0.7 * width, 0.6 * height };
        lac_driver_drag(desk->driver, view, from, to, 1);
    }
    lac_viewport_get_camera(desk->viewport, &after);
    g_assert_false(lac_camera_is_equal(&before, &after));
    for (int i = 0; i < 10; i++) {
        lac_driver_key(desk->driver, i % 2 == 0 ? "Left" : "Up");
        lac_driver_pause(desk->driver, 20);
    }
    g_assert_true(lac_session_is_reconstructing(desk->session));
    LacViewportStats stats;
    lac_viewport_get_stats(desk->viewport, &stats);
    g_test_message("input to frame while reconstructing: %" G_GUINT64_FORMAT
                   " inputs, mean %.1f ms, p95 %.1f ms, max %.1f ms",
        stats.n, stats.mean_ms, stats.p95_ms, stats.max_ms);
    shoot(desk, "turning");
    finish_run(desk);
    lac_driver_scroll(desk->driver, view, 0.5 * width, 0.5 * height, -2);
    lac_viewport_get_camera(desk->viewport, &before);
    g_assert_cmpfloat(before.height, <, after.height);
    lac_driver_key(desk->driver, "Home");
    desk_wait_for(desk, is_settled, 5000);
    shoot(desk, "turned");
}

static void
test_crosshair(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    finish_run(desk);
    gsize before[3], clicked[3], stepped[3];
    lac_session_get_crosshair(desk->session, before);
    const LacVolume *volume = lac_session_get_volume(desk->session);
    g_assert_cmpuint(before[0], ==, volume->nx / 2);
    g_assert_cmpuint(before[2], ==, volume->nz / 2);
    GtkWidget *ortho = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ORTHO_VIEW);
    LacSliceView *slice = lac_ortho_view_get_slice(LAC_ORTHO_VIEW(ortho), LAC_AXIS_Z);
    const gsize target[3] = { volume->nx / 2 + 10, volume->ny / 2 - 6, before[2] };
    double x, y;
    lac_driver_settle(desk->driver, GTK_WIDGET(slice)); // the job bar goes
    lac_slice_view_locate(slice, target, &x, &y);
    lac_driver_click_at(desk->driver, GTK_WIDGET(slice), x, y, 1);
    lac_session_get_crosshair(desk->session, clicked);
    g_assert_cmpuint(clicked[0], ==, target[0]);
    g_assert_cmpuint(clicked[1], ==, target[1]);
    g_assert_cmpuint(clicked[2], ==, before[2]);
    lac_driver_key(desk->driver, "Page_Up");
    lac_driver_key(desk->driver, "Right");
    lac_session_get_crosshair(desk->session, stepped);
    g_assert_cmpuint(stepped[2], ==, clicked[2] + 1);
    g_assert_cmpuint(stepped[0], ==, clicked[0] + 1);
    shoot(desk, "crosshair");
}

static void
test_exclude_undo(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    lac_driver_click(desk->driver, desk_find(desk, "image"));
    lac_driver_key(desk->driver, "Right");
    guint k = lac_session_get_projection(desk->session);
    g_assert_cmpuint(k, ==, 1);
    lac_driver_key(desk->driver, "x");
    g_assert_true(lac_session_get_series(desk->session)->excluded[k]);
    g_assert_cmpstr(lac_session_get_undo_label(desk->session), ==, "Exclude projection 2");
    g_assert_nonnull(desk_find(desk, "Undo: Exclude projection 2"));
    shoot(desk, "excluded");
    lac_driver_click(desk->driver, desk_find(desk, "undo_button"));
    g_assert_false(lac_session_get_series(desk->session)->excluded[k]);
    g_assert_false(lac_session_is_modified(desk->session));
    lac_driver_key(desk->driver, "ctrl+shift+z");
    g_assert_true(lac_session_get_series(desk->session)->excluded[k]);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_false(lac_session_get_series(desk->session)->excluded[k]);
}

// A volume whose projections changed says so, and goes back to fresh with undo.
static void
test_stale(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    finish_run(desk);
    g_assert_false(lac_session_is_volume_stale(desk->session));
    lac_driver_key(desk->driver, "alt+1");
    lac_driver_click(desk->driver, desk_find(desk, "image"));
    lac_driver_key(desk->driver, "x");
    g_assert_true(lac_session_is_volume_stale(desk->session));
    lac_driver_key(desk->driver, "alt+3");
    g_assert_false(gtk_widget_get_sensitive(desk_find(desk, "more_button")));
    shoot(desk, "stale");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_false(lac_session_is_volume_stale(desk->session));
    g_assert_true(gtk_widget_get_sensitive(desk_find(desk, "more_button")));
}

static gboolean
has_residual(gpointer residual)
{
    return g_str_has_prefix(lac_residual_view_get_summary(residual), "Projection 38 of");
}

static gboolean
has_no_toast(gpointer data)
{
    GType toast = g_type_from_name("AdwToastWidget");
    return toast == G_TYPE_INVALID ||
        lac_driver_find_type(GTK_WIDGET(((Desk *) data)->window), toast) == NULL;
}

// A bar brings up the residual of its projection.
static void
look_at_residual(Desk *desk)
{
    GtkWidget *plots = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_RECON_PLOTS);
    GtkWidget *bars = gtk_widget_get_last_child(gtk_widget_get_first_child(plots));
    double x, y;
    desk_wait_for(desk, has_no_toast, 20000); // it lies over the bars
    lac_driver_settle(desk->driver, bars);    // the job bar goes
    g_assert_true(lac_plot_locate(LAC_PLOT(bars), 38.0, 0.0, &x, &y));
    lac_driver_click_at(desk->driver, bars, x, y - 6.0, 1);
    g_assert_cmpuint(lac_session_get_projection(desk->session), ==, 37);
    GtkWidget *residual = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_RESIDUAL_VIEW);
    g_assert_nonnull(residual);
    g_assert_true(lac_driver_wait(desk->driver, has_residual, residual, 10000));
    lac_driver_frames(desk->driver, residual, 2);
    shoot(desk, "residual");
}

static void
test_more(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    finish_run(desk);
    look_at_residual(desk);
    guint n = lac_session_get_recon(desk->session)->n_iterations;
    lac_driver_click(desk->driver, desk_find(desk, "more_button"));
    g_assert_true(lac_session_is_reconstructing(desk->session));
    lac_driver_pause(desk->driver, 500);
    finish_run(desk);
    g_assert_cmpuint(lac_session_get_recon(desk->session)->n_iterations, >, n);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpuint(lac_session_get_recon(desk->session)->n_iterations, ==, n);
}

static void
test_views(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    finish_run(desk);
    GtkWidget *area = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_VIEW_AREA);
    GtkWidget *view = GTK_WIDGET(desk->viewport);
    int height = gtk_widget_get_height(view);
    lac_driver_key(desk->driver, "1");
    g_assert_cmpint(lac_view_area_get_maximized(LAC_VIEW_AREA(area)), ==, LAC_VIEW_3D);
    lac_driver_frames(desk->driver, view, 2);
    g_assert_cmpint(gtk_widget_get_height(view), >, height);
    desk_wait_for(desk, is_settled, 5000);
    shoot(desk, "only-3d");
    lac_driver_key(desk->driver, "3");
    g_assert_cmpint(lac_view_area_get_maximized(LAC_VIEW_AREA(area)), ==, LAC_VIEW_XZ);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    shoot(desk, "only-xz");
    lac_driver_key(desk->driver, "3");
    g_assert_cmpint(lac_view_area_get_maximized(LAC_VIEW_AREA(area)), ==, LAC_VIEW_ALL);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    GtkWidget *title = desk_find(desk, "3D");
    lac_driver_click_at(desk->driver, title, 4.0, 4.0, 2);
    g_assert_cmpint(lac_view_area_get_maximized(LAC_VIEW_AREA(area)), ==, LAC_VIEW_3D);
    lac_driver_frames(desk->driver, view, 2);
    lac_driver_key(desk->driver, "1");
    lac_driver_key(desk->driver, "F9");
    g_assert_null(desk_find(desk, "left_panel"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    shoot(desk, "no-panels");
    lac_driver_key(desk->driver, "F9");
    g_assert_nonnull(desk_find(desk, "left_panel"));
    lac_driver_click(desk->driver, desk_find(desk, "View"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    shoot(desk, "view-panel");
}

// A click of the second button, and what its menu is called in the picture.
static GtkWidget *
open_menu(Desk *desk, GtkWidget *widget, const double at[2], const char *name)
{
    lac_driver_drag(desk->driver, widget, at, at, 3);
    GtkWidget *menu = lac_driver_find_type(widget, GTK_TYPE_POPOVER_MENU);
    g_assert_nonnull(menu);
    g_assert_true(gtk_widget_get_mapped(menu));
    lac_driver_frames(desk->driver, menu, 2);
    lac_driver_screenshot(desk->driver, menu, name);
    return menu;
}

// The menus of the second button, and the colours of the slices from menu, key and panel.
static void
test_menus(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    finish_run(desk);
    desk_wait_for(desk, is_settled, 5000);
    GtkWidget *view = GTK_WIDGET(desk->viewport);
    lac_driver_settle(desk->driver, view);
    const double middle[2] = { gtk_widget_get_width(view) / 2.0,
        gtk_widget_get_height(view) / 2.0 };
    const LacScene *scene = lac_viewport_get_scene(desk->viewport);
    GtkWidget *menu = open_menu(desk, view, middle, "menu-3d");
    g_assert_true(scene->show_box);
    lac_driver_click(desk->driver, lac_driver_find(menu, "Box"));
    g_assert_false(scene->show_box);
    g_assert_false(gtk_check_button_get_active(
        GTK_CHECK_BUTTON(desk_find(desk, "Show the edges of the volume"))));
    lac_driver_click(desk->driver, desk_find(desk, "Show the edges of the volume"));
    g_assert_true(scene->show_box);
    const double away[2] = { middle[0] + 60.0, middle[1] };
    LacCamera before, after;
    lac_viewport_get_camera(desk->viewport, &before);
    lac_driver_drag(desk->driver, view, middle, away, 3);
    lac_viewport_get_camera(desk->viewport, &after);
    g_assert_false(before.target.x == after.target.x && before.target.y == after.target.y);
    g_assert_false(gtk_widget_get_mapped(lac_driver_find_type(view, GTK_TYPE_POPOVER_MENU)));

    LacOrthoView *slices = get_slices(desk);
    GtkWidget *slice = GTK_WIDGET(lac_ortho_view_get_slice(slices, LAC_AXIS_Z));
    const double place[2] = { gtk_widget_get_width(slice) / 2.0 + 20.0,
        gtk_widget_get_height(slice) / 2.0 };
    gsize then[3], now[3];
    lac_session_get_crosshair(desk->session, then);
    menu = open_menu(desk, slice, place, "menu-slice");
    lac_driver_click(desk->driver, lac_driver_find(menu, "Crosshair Here"));
    lac_session_get_crosshair(desk->session, now);
    g_assert_cmpuint(now[0], >, then[0]);
    g_assert_cmpint(lac_ortho_view_get_colormap(slices), ==, LAC_COLORMAP_GREY);
    lac_driver_click_at(desk->driver, slice, place[0], place[1], 1);
    lac_driver_key(desk->driver, "c");
    lac_driver_key(desk->driver, "c");
    g_assert_cmpint(lac_ortho_view_get_colormap(slices), ==, LAC_COLORMAP_VIRIDIS);
    gtk_widget_activate_action(slice, "slices.colormap", "s", "cividis");
    g_assert_cmpint(lac_ortho_view_get_colormap(slices), ==, LAC_COLORMAP_CIVIDIS);
    lac_driver_click(desk->driver, desk_find(desk, "View"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    GtkWidget *row = desk_find(desk, "slices_row");
    g_assert_cmpuint(adw_combo_row_get_selected(ADW_COMBO_ROW(row)), ==, LAC_COLORMAP_CIVIDIS);
    adw_combo_row_set_selected(ADW_COMBO_ROW(row), LAC_COLORMAP_MAGMA);
    g_assert_cmpint(lac_ortho_view_get_colormap(slices), ==, LAC_COLORMAP_MAGMA);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    shoot(desk, "slice-colours");
}

// A digit belongs to the field that has the focus, not to the views.
static void
test_digits(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    lac_driver_key(desk->driver, "alt+3");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    GtkWidget *area = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_VIEW_AREA);
    GtkWidget *spin = desk_find(desk, "iterations_spin");
    lac_driver_click_at(desk->driver, spin, 12.0, gtk_widget_get_height(spin) / 2.0, 1);
    lac_driver_key(desk->driver, "ctrl+a");
    lac_driver_type(desk->driver, "123");
    lac_driver_key(desk->driver, "Return");
    g_assert_cmpfloat(gtk_spin_button_get_value(GTK_SPIN_BUTTON(spin)), ==, 123.0);
    g_assert_cmpint(lac_view_area_get_maximized(LAC_VIEW_AREA(area)), ==, LAC_VIEW_ALL);
}

// Saved with the file dialog, by keys; opened again in another window.
static void
test_save(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    finish_run(desk);
    const gsize at[3] = { 20, 30, 40 };
    lac_session_set_crosshair(desk->session, at);
    lac_session_set_projection(desk->session, 7);
    lac_ortho_view_set_colormap(get_slices(desk), LAC_COLORMAP_MAGMA);
    guint n = lac_session_get_recon(desk->session)->n_iterations;
    g_autofree char *path = g_build_filename(desk->folder, "particle.lacuna", NULL);
    lac_driver_begin_foreign();
    lac_driver_key(desk->driver, "ctrl+s");
    lac_driver_pause(desk->driver, 1500);
    lac_driver_key(desk->driver, "ctrl+a");
    lac_driver_type(desk->driver, path);
    lac_driver_pause(desk->driver, 300);
    shoot(desk, "saving");
    lac_driver_key(desk->driver, "Return");
    desk_wait_for(desk, desk_is_saved, 5000);
    lac_driver_end_foreign();
    g_assert_cmpstr(lac_session_get_path(desk->session), ==, path);
    g_assert_cmpstr(gtk_window_get_title(GTK_WINDOW(desk->window)), ==, "particle.lacuna");
    lac_driver_pause(desk->driver, 100);
    desk_close_window(desk);

    desk_open_window(desk);
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, path);
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, has_series, 5000);
    desk_wait_for(desk, desk_is_idle, 5000);
    gsize got[3];
    lac_session_get_crosshair(desk->session, got);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(got[i], ==, at[i]);
    g_assert_cmpuint(lac_session_get_projection(desk->session), ==, 7);
    g_assert_cmpuint(lac_session_get_recon(desk->session)->n_iterations, ==, n);
    g_assert_nonnull(lac_session_get_volume(desk->session));
    g_assert_cmpint(lac_ortho_view_get_colormap(get_slices(desk)), ==, LAC_COLORMAP_MAGMA);
    g_assert_false(lac_session_is_modified(desk->session));
    desk_wait_for(desk, is_settled, 5000);
    shoot(desk, "reopened");
}

// Nothing would be lost, so nothing is asked, and the worker unwinds.
static void
test_close_in_run(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    start_run(desk);
    lac_driver_key(desk->driver, "ctrl+w");
    desk_wait_for(desk, desk_is_gone, 5000);
    g_assert_null(lac_session_get_job(desk->session));
    g_assert_null(lac_session_get_volume(desk->session));
}

// Unsaved work is asked about; after "Cancel" the window stays, after "Discard" it goes.
static void
test_close_unsaved(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    lac_driver_click(desk->driver, desk_find(desk, "image"));
    lac_driver_key(desk->driver, "x");
    lac_driver_key(desk->driver, "ctrl+w");
    lac_driver_pause(desk->driver, 300);
    GtkWindow *dialog = NULL;
    GListModel *windows = gtk_window_get_toplevels();
    for (guint i = 0; i < g_list_model_get_n_items(windows); i++) {
        g_autoptr(GtkWindow) window = g_list_model_get_item(windows, i);
        if (ADW_IS_MESSAGE_DIALOG(window))
            dialog = window;
    }
    g_assert_nonnull(dialog);
    adw_message_dialog_response(ADW_MESSAGE_DIALOG(dialog), "cancel");
    lac_driver_pause(desk->driver, 100);
    g_assert_nonnull(desk->window);
    g_assert_true(lac_session_is_modified(desk->session));
}

static gboolean
shows_volume(gpointer data)
{
    return lac_viewport_get_texture(((Desk *) data)->viewport) != NULL;
}

// A volume of a usual size; says how long it takes from the file to the picture.
static void
test_open_volume(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume =
        lac_volume_new(VOLUME_EDGE, VOLUME_EDGE, VOLUME_EDGE, 0.5, &error);
    g_assert_no_error(error);
    for (gsize z = 0, i = 0; z < VOLUME_EDGE; z++)
        for (gsize y = 0; y < VOLUME_EDGE; y++)
            for (gsize x = 0; x < VOLUME_EDGE; x++, i++)
                volume->data[i] = (float) ((x / 8 + y / 8 + z / 8) % 2 * (x % 8) * (y % 8));
    g_autofree char *path = g_build_filename(desk->folder, "particle.rec", NULL);
    g_autofree char *mrc = g_build_filename(desk->folder, "particle.mrc", NULL);
    g_assert_true(lac_write_volume(volume, mrc, NULL, &error));
    g_assert_cmpint(g_rename(mrc, path), ==, 0);
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, path);
    gint64 begin = g_get_monotonic_time();
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, shows_volume, 5000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->viewport), 1);
    g_test_message("volume of %d^3 from file to frame: %.2f s", VOLUME_EDGE,
        (double) (g_get_monotonic_time() - begin) * 1e-6);
    const LacVolume *opened = lac_session_get_volume(desk->session);
    g_assert_cmpuint(opened->nx, ==, VOLUME_EDGE);
    g_assert_cmpfloat_with_epsilon(opened->voxel_size, 0.5, 1e-6);
    g_assert_cmpstr(gtk_window_get_title(GTK_WINDOW(desk->window)), ==, "particle.rec");
    desk_wait_for(desk, is_settled, 10000);
    shoot(desk, "opened-volume");
}

// Snapshots are volumes to go back to; more iterations go on from there.
static void
test_revert(Desk *desk, gconstpointer data)
{
    (void) data;
    open_example(desk);
    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    params.n_iterations = 6;
    params.snapshot_every = 2;
    g_assert_true(lac_session_reconstruct(desk->session, &params, FALSE, FALSE));
    desk_wait_for(desk, desk_is_idle, 10000);
    const LacRecon *recon = lac_session_get_recon(desk->session);
    g_assert_cmpuint(recon->snapshots->len, >=, 2);
    const LacReconSnapshot *first = g_ptr_array_index(recon->snapshots, 0);
    double r1 = recon->r1[first->iteration - 1];
    guint iteration = first->iteration;
    lac_session_revert_to_snapshot(desk->session, 0);
    recon = lac_session_get_recon(desk->session);
    g_assert_cmpuint(recon->n_iterations, ==, iteration);
    g_assert_cmpfloat(recon->r1[iteration - 1], ==, r1);
    for (gsize k = 0; k < recon->n_projections; k++)
        g_assert_cmpfloat(recon->projection_r1[k], >, 0.0);
    g_assert_true(lac_session_get_volume(desk->session) == recon->volume);
    params.n_iterations = 2;
    g_assert_true(lac_session_reconstruct(desk->session, &params, TRUE, FALSE));
    desk_wait_for(desk, desk_is_idle, 10000);
    recon = lac_session_get_recon(desk->session);
    g_assert_cmpuint(recon->n_iterations, ==, iteration + 2);
    g_assert_cmpfloat(recon->r1[recon->n_iterations - 1], <, r1);
    lac_session_undo(desk->session);
    lac_session_undo(desk->session);
    g_assert_cmpuint(lac_session_get_recon(desk->session)->n_iterations, ==, 6);
}

// The tilt series of the measured sample: the angles are found beside it.
static void
test_import(Desk *desk, gconstpointer data)
{
    (void) data;
    const char *folder = g_getenv("LACUNA_TEST_DATA");
    g_autofree char *path = g_build_filename(folder != NULL ? folder : "", "resire-sample",
        "sample_projections_amorphous.mat", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_test_skip("there is no resire-sample in LACUNA_TEST_DATA");
        return;
    }
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, path);
    lac_window_open_files(desk->window, paths);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    lac_driver_pause(desk->driver, 700);
    shoot(desk, "import");
    lac_driver_click(desk->driver, desk_find(desk, "Open these projections"));
    desk_wait_for(desk, has_series, 5000);
    const LacSeries *series = lac_session_get_series(desk->session);
    g_assert_cmpuint(series->n, ==, 41);
    g_assert_cmpfloat_with_epsilon(series->angles[0].theta, -70.0, 1e-6);
    g_assert_true(lac_session_can_undo(desk->session));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    shoot(desk, "imported");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_null(lac_session_get_series(desk->session));
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/window/start-page", test_start_page },
        { "/window/run", test_run },
        { "/window/cancel", test_cancel },
        { "/window/turn", test_turn },
        { "/window/crosshair", test_crosshair },
        { "/window/exclude-undo", test_exclude_undo },
        { "/window/stale", test_stale },
        { "/window/more", test_more },
        { "/window/views", test_views },
        { "/window/menus", test_menus },
        { "/window/digits", test_digits },
        { "/window/save", test_save },
        { "/window/close-in-run", test_close_in_run },
        { "/window/close-unsaved", test_close_unsaved },
        { "/window/import", test_import },
        { "/window/open-volume", test_open_volume },
        { "/window/revert", test_revert },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
