// SPDX-License-Identifier: GPL-3.0-or-later
// A person at the Figure stage of the real window: what is exported is what the command line draws.
#include "core/figure/png.h"
#include "tests/support/desk.h"
#include "ui/figure-panel.h"
#include "ui/view-area.h"

#include <glib/gstdio.h>
#include <png.h>
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

static guint8 *
read_pixels(const char *path, gsize *n)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    g_assert_true(png_image_begin_read_from_file(&image, path));
    image.format = PNG_FORMAT_RGBA;
    *n = PNG_IMAGE_SIZE(image);
    guint8 *pixels = g_malloc(*n);
    g_assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    return pixels;
}

static void
draw_by_command_line(const char *data, const char *recipe_from, const char *out)
{
    const char *argv[] = { g_getenv("LACUNA_CLI"), "render", data, "-q", "--recipe-from",
        recipe_from, "-o", out, NULL };
    int status = 0;
    g_assert_true(g_spawn_sync(NULL, (char **) (guintptr) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
        NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
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
    draw_by_command_line(data, picture, again);
    gsize n_a, n_b;
    g_autofree guint8 *a = read_pixels(picture, &n_a), *b = read_pixels(again, &n_b);
    g_assert_cmpuint(n_a, ==, n_b);
    g_assert_true(memcmp(a, b, n_a) == 0);
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

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/figure/export", test_export },
        { "/figure/recipe", test_recipe },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
