// SPDX-License-Identifier: GPL-3.0-or-later
// A person at the Figure stage of the real window: what is exported is what the command line draws.
#include "core/figure/png.h"
#include "tests/app/cli.h"
#include "tests/support/desk.h"
#include "tests/support/picture.h"
#include "ui/figure-film.h"
#include "ui/figure-labels.h"
#include "ui/flat-export.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

static gboolean
has_atoms(gpointer data)
{
    return lac_session_get_journal(((Desk *) data)->session) != NULL && desk_is_idle(data);
}

static gboolean
is_settled(gpointer data)
{
    return lac_viewport_is_settled(((Desk *) data)->viewport);
}

// A few atoms on a grid, opened, with the stage of figures shown.
static LacFigurePanel *
open_figure(Desk *desk)
{
    g_autofree char *path = g_build_filename(desk->folder, "grid.xyz", NULL);
    g_autoptr(GString) text = g_string_new("125\n\n");
    for (int i = 0; i < 125; i++)
        g_string_append_printf(text, "%s %g %g %g\n", i % 3 == 0 ? "O" : "Zr", 3.0 * (i % 5) - 6.0,
            3.0 * (i / 5 % 5) - 6.0, 3.0 * (i / 25) - 6.0);
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, path);
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, has_atoms, 20000);
    lac_driver_key(desk->driver, "alt+6");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    GtkWidget *panel = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_FIGURE_PANEL);
    g_assert_nonnull(panel);
    g_assert_true(gtk_widget_get_mapped(panel));
    return LAC_FIGURE_PANEL(panel);
}

static gboolean
is_opened_again(gpointer data)
{
    Desk *desk = data;
    return lac_session_get_n_steps(desk->session) == 0 && has_atoms(data);
}

static void
draw_by_command_line(const char *data, const char *option, const char *recipe, const char *out)
{
    g_autoptr(TestRun) run = test_cli("render", data, "-q", option, recipe, "-o", out, NULL);
    g_assert_cmpint(run->status, ==, 0);
}

static void
test_export(Desk *desk, gconstpointer bench)
{
    (void) bench;
    LacFigurePanel *panel = open_figure(desk);
    lac_driver_click(desk->driver, desk_find(desk, "tripod_switch"));
    lac_driver_click(desk->driver, desk_find(desk, "legend_switch"));
    desk_wait_for(desk, is_settled, 20000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), "figure-stage");
    g_autofree char *picture = g_build_filename(desk->folder, "a.png", NULL);
    g_autofree char *data = g_build_filename(desk->folder, "grid.xyz", NULL);
    g_autofree char *again = g_build_filename(desk->folder, "b.png", NULL);
    g_assert_true(lac_figure_panel_export_to(panel, picture));
    desk_wait_for(desk, desk_is_idle, 60000);
    g_autofree char *recipe = lac_png_read_text(picture, LAC_FIGURE_RECIPE_KEY, NULL);
    g_assert_nonnull(strstr(recipe, "\ntripod = yes\n"));
    g_assert_nonnull(strstr(recipe, "\nwidth = 89\n"));
    draw_by_command_line(data, "--recipe-from", picture, again);
    lac_picture_assert_same(picture, again);
    g_unlink(again);
    g_unlink(picture);
    g_unlink(data);
}

// A recipe that is kept shows the same figure again.
static void
test_recipe(Desk *desk, gconstpointer bench)
{
    (void) bench;
    LacFigurePanel *panel = open_figure(desk);
    g_autofree char *data = g_build_filename(desk->folder, "grid.xyz", NULL);
    lac_viewport_set_axis(desk->viewport, LAC_AXIS_X, FALSE);
    lac_viewport_set_show_bonds(desk->viewport, TRUE);
    g_autoptr(LacFigure) before = lac_figure_panel_dup_figure(panel);
    g_autofree char *kept = lac_figure_dup_recipe(before);
    g_signal_emit_by_name(lac_driver_find(GTK_WIDGET(panel), "keep_button"), "clicked");
    lac_viewport_set_axis(desk->viewport, LAC_AXIS_Z, TRUE);
    lac_viewport_set_show_bonds(desk->viewport, FALSE);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    g_signal_emit_by_name(lac_driver_find(GTK_WIDGET(panel), "apply_button"), "clicked");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    g_autoptr(LacFigure) after = lac_figure_panel_dup_figure(panel);
    // The height went through the shape of the view and back.
    g_assert_cmpfloat_with_epsilon(after->scene.camera.height, before->scene.camera.height, 1e-9);
    after->scene.camera.height = before->scene.camera.height;
    g_autofree char *applied = lac_figure_dup_recipe(after);
    g_assert_cmpstr(kept, ==, applied);
    g_unlink(data);
}

static void
press(LacFigurePanel *panel, const char *button)
{
    g_signal_emit_by_name(lac_driver_find(GTK_WIDGET(panel), button), "clicked");
}

static void
scroll_to(Desk *desk, LacFigurePanel *panel, double share, const char *picture)
{
    GtkWidget *scroller = lac_driver_find(GTK_WIDGET(panel), "scroller");
    GtkAdjustment *at = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroller));
    gtk_adjustment_set_value(at,
        share * (gtk_adjustment_get_upper(at) - gtk_adjustment_get_page_size(at)));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), picture);
}

// What is kept of figures is part of the project: it is a change, and it can be undone.
static void
test_kept(Desk *desk, gconstpointer bench)
{
    (void) bench;
    LacFigurePanel *panel = open_figure(desk);
    g_autofree char *data = g_build_filename(desk->folder, "grid.xyz", NULL);
    LacFigureLabels *labels =
        LAC_FIGURE_LABELS(lac_driver_find_type(GTK_WIDGET(panel), LAC_TYPE_FIGURE_LABELS));
    guint steps = lac_session_get_step(desk->session);
    press(panel, "keep_button");
    g_assert_cmpuint(lac_session_get_step(desk->session), ==, steps + 1);
    g_assert_true(lac_session_is_modified(desk->session));
    // A label goes to the atom that is looked at, and is part of the figure.
    lac_session_set_current_atom(desk->session, 62);
    gtk_editable_set_text(GTK_EDITABLE(lac_driver_find(GTK_WIDGET(labels), "text_entry")),
        "the middle");
    g_signal_emit_by_name(lac_driver_find(GTK_WIDGET(labels), "add_button"), "clicked");
    g_autoptr(LacFigure) with = lac_figure_panel_dup_figure(panel);
    g_assert_cmpuint(with->labels->len, ==, 1);
    const LacFigureLabel *label = &g_array_index(with->labels, LacFigureLabel, 0);
    g_assert_cmpstr(label->text, ==, "the middle");
    g_assert_cmpfloat_with_epsilon(label->at.x, 0.0, 1e-9);
    g_assert_cmpuint(lac_session_get_step(desk->session), ==, steps + 2);
    scroll_to(desk, panel, 0.55, "figure-labels");
    lac_session_undo(desk->session);
    g_autoptr(LacFigure) without = lac_figure_panel_dup_figure(panel);
    g_assert_cmpuint(without->labels->len, ==, 0);
    lac_session_redo(desk->session);
    g_autoptr(LacFigure) again = lac_figure_panel_dup_figure(panel);
    g_assert_cmpuint(again->labels->len, ==, 1);
    // All of it is in the file.
    g_autofree char *project = g_build_filename(desk->folder, "kept.lacuna", NULL);
    g_assert_true(lac_session_save(desk->session, project));
    desk_wait_for(desk, desk_is_saved, 20000);
    g_autoptr(LacProject) saved = lac_project_load(project, NULL, NULL);
    g_assert_nonnull(strstr(saved->views, "the middle"));
    g_assert_nonnull(strstr(saved->views, "lacuna-figure = 1"));
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, project);
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, is_opened_again, 20000);
    g_autoptr(LacFigure) opened = lac_figure_panel_dup_figure(panel);
    g_assert_cmpuint(opened->labels->len, ==, 1);
    g_autoptr(JsonObject) figures = lac_session_dup_figures(desk->session);
    g_assert_true(json_object_has_member(figures, "recipes"));
    g_unlink(project);
    g_unlink(data);
}

// A film plays in the view, which then is as it was; its pictures come as files.
static void
test_film(Desk *desk, gconstpointer bench)
{
    (void) bench;
    LacFigurePanel *panel = open_figure(desk);
    g_autofree char *data = g_build_filename(desk->folder, "grid.xyz", NULL);
    LacFigureFilm *film =
        LAC_FIGURE_FILM(lac_driver_find_type(GTK_WIDGET(panel), LAC_TYPE_FIGURE_FILM));
    GtkWidget *play = lac_driver_find(GTK_WIDGET(film), "play_button");
    LacCamera before, during, after;
    lac_viewport_get_camera(desk->viewport, &before);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(play), TRUE);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 12);
    g_assert_true(lac_figure_film_is_playing(film));
    lac_viewport_get_camera(desk->viewport, &during);
    g_assert_false(lac_camera_is_equal(&before, &during));
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(play), FALSE);
    g_assert_false(lac_figure_film_is_playing(film));
    lac_viewport_get_camera(desk->viewport, &after);
    g_assert_cmpfloat_with_epsilon(after.height, before.height, 1e-9);
    for (int i = 0; i < 4; i++)
        g_assert_cmpfloat(after.rotation[i], ==, before.rotation[i]);
    // Key frames are kept with the project.
    adw_combo_row_set_selected(ADW_COMBO_ROW(lac_driver_find(GTK_WIDGET(film), "kind_row")),
        LAC_ANIMATION_KEYS);
    g_signal_emit_by_name(lac_driver_find(GTK_WIDGET(film), "add_button"), "clicked");
    lac_viewport_set_axis(desk->viewport, LAC_AXIS_X, FALSE);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(lac_driver_find(GTK_WIDGET(film), "time_spin")), 0.2);
    g_signal_emit_by_name(lac_driver_find(GTK_WIDGET(film), "add_button"), "clicked");
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(lac_driver_find(GTK_WIDGET(film), "fps_spin")), 10.0);
    g_autoptr(LacAnimation) keys = lac_figure_film_dup_animation(film);
    g_assert_cmpuint(keys->keys->len, ==, 2);
    g_assert_cmpint(lac_animation_get_n_frames(keys), ==, 3);
    scroll_to(desk, panel, 1.0, "figure-film");
    g_autofree char *path = g_build_filename(desk->folder, "film.png", NULL);
    g_assert_true(lac_figure_film_export_to(film, path));
    desk_wait_for(desk, desk_is_idle, 60000);
    for (int i = 1; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("film-%04d.png", i);
        g_autofree char *picture = g_build_filename(desk->folder, name, NULL);
        g_assert_cmpint(g_file_test(picture, G_FILE_TEST_EXISTS), ==, i <= 3);
        g_unlink(picture);
    }
    lac_session_undo(desk->session);
    g_autoptr(LacAnimation) one = lac_figure_film_dup_animation(film);
    g_assert_cmpuint(one->keys->len, ==, 1);
    g_unlink(data);
}

static gboolean
has_surface(gpointer data)
{
    Desk *desk = data;
    const LacAnalysis *analysis = lac_session_get_analysis(desk->session);
    return analysis != NULL && analysis->surface != NULL && analysis->coordination != NULL &&
        lac_viewport_get_scene(desk->viewport)->meshes.set != NULL && desk_is_idle(desk);
}

// A recipe brings what it shows of analyses, and the command line draws the same.
static void
test_results(Desk *desk, gconstpointer bench)
{
    (void) bench;
    LacFigurePanel *panel = open_figure(desk);
    g_autofree char *picture = g_build_filename(desk->folder, "a.png", NULL);
    g_autofree char *data = g_build_filename(desk->folder, "grid.xyz", NULL);
    g_autofree char *again = g_build_filename(desk->folder, "b.png", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFigure) figure = lac_figure_from_recipe(
        "lacuna-figure = 1\nwidth = 40\nheight = 30\ncolor-by = column\ncolor-column = cn\n"
        "surface = yes\nsurface-opacity = 0.5\nlegend = yes\ncolor-bar = yes\n",
        "r", &error);
    g_assert_no_error(error);
    lac_figure_panel_show(panel, figure);
    desk_wait_for(desk, has_surface, 60000);
    desk_wait_for(desk, is_settled, 20000);
    g_assert_true(lac_figure_panel_export_to(panel, picture));
    desk_wait_for(desk, desk_is_idle, 60000);
    g_autofree char *recipe = lac_png_read_text(picture, LAC_FIGURE_RECIPE_KEY, NULL);
    g_assert_nonnull(strstr(recipe, "\nsurface = yes\n"));
    g_assert_nonnull(strstr(recipe, "\nsurface-opacity = 0.5\n"));
    g_assert_nonnull(strstr(recipe, "\ninterface = no\n"));
    draw_by_command_line(data, "--recipe-from", picture, again);
    lac_picture_assert_same(picture, again);
    g_unlink(again);
    g_unlink(picture);
    g_unlink(data);
}

static char *
read_text(const char *path)
{
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

// A page is written by the window as by the command line; a plot also by itself.
static void
test_page(Desk *desk, gconstpointer bench)
{
    (void) bench;
    LacFigurePanel *panel = open_figure(desk);
    static const char *const recipe = "lacuna-figure = 1\nwidth = 89\nheight = 40\ndpi = 100\n"
                                      "columns = 2\n[panel a]\nlegend = yes\n[panel b]\n"
                                      "kind = plot\nplot = rdf\n";
    g_autofree char *path = g_build_filename(desk->folder, "a.svg", NULL);
    g_autofree char *file = g_build_filename(desk->folder, "r.txt", NULL);
    g_autofree char *data = g_build_filename(desk->folder, "grid.xyz", NULL);
    g_autofree char *again = g_build_filename(desk->folder, "b.svg", NULL);
    g_autoptr(GError) error = NULL;
    LacSheet *sheet = lac_sheet_from_recipe(recipe, "r", &error);
    g_assert_no_error(error);
    g_assert_true(
        lac_page_export(desk->session, sheet, lac_figure_panel_take_snapshot(panel), path));
    desk_wait_for(desk, desk_is_idle, 60000);
    g_assert_true(g_file_set_contents(file, recipe, -1, NULL));
    draw_by_command_line(data, "--recipe", file, again);
    g_autofree char *a = read_text(path), *b = read_text(again);
    g_assert_cmpstr(a, ==, b);
    // The menu of a plot.
    const double x[] = { 0.0, 1.0, 2.0 }, y[] = { 1.0, 100.0, 10.0 };
    g_autoptr(LacChart) chart = lac_chart_new("r", "Residual", "Iteration", "R (%)");
    chart->log_y = TRUE;
    lac_chart_add(chart, "R1", LAC_CHART_LINE, x, y, NULL, 3);
    g_assert_true(lac_chart_export(chart, path, &error));
    g_autofree char *plot = read_text(path);
    g_assert_nonnull(strstr(plot, ">Iteration</text>"));
    g_assert_false(lac_chart_export(chart, "plot.bmp", &error));
    g_assert_nonnull(strstr(error->message, "plot.bmp"));
    g_unlink(path);
    g_unlink(again);
    g_unlink(file);
    g_unlink(data);
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/figure/export", test_export },
        { "/figure/recipe", test_recipe },
        { "/figure/kept", test_kept },
        { "/figure/film", test_film },
        { "/figure/results", test_results },
        { "/figure/page", test_page },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
