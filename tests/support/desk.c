// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/desk.h"

#include "ui/view-area.h"

#include <adwaita.h>
#include <glib/gstdio.h>

gboolean
desk_is_ready(gpointer data)
{
    Desk *desk = data;
    return gtk_widget_get_mapped(GTK_WIDGET(desk->window)) &&
        gtk_window_is_active(GTK_WINDOW(desk->window));
}

gboolean
desk_is_idle(gpointer data)
{
    return lac_session_get_job(((Desk *) data)->session) == NULL;
}

gboolean
desk_has_atoms(gpointer data)
{
    return lac_session_get_journal(((Desk *) data)->session) != NULL && desk_is_idle(data);
}

gboolean
desk_is_analysed(gpointer data)
{
    Desk *desk = data;
    return lac_session_get_analysis(desk->session) != NULL &&
        lac_session_get_analyser(desk->session) == NULL &&
        !lac_session_is_analysis_stale(desk->session);
}

gboolean
desk_is_gone(gpointer data)
{
    return ((Desk *) data)->window == NULL;
}

gboolean
desk_is_saved(gpointer data)
{
    Desk *desk = data;
    return lac_session_get_path(desk->session) != NULL && !lac_session_is_modified(desk->session) &&
        desk_is_idle(data);
}

void
desk_wait_for(Desk *desk, LacDriverCondition condition, guint limit_ms)
{
    g_assert_true(lac_driver_wait(desk->driver, condition, desk, limit_ms));
}

void
desk_open_window(Desk *desk)
{
    desk->window = lac_window_new(ADW_APPLICATION(desk->app));
    g_object_add_weak_pointer(G_OBJECT(desk->window), (gpointer *) &desk->window);
    desk->session = g_object_ref(lac_window_get_session(desk->window));
    GtkWidget *area = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_VIEW_AREA);
    desk->viewport = lac_view_area_get_viewport(LAC_VIEW_AREA(area));
    gtk_window_present(GTK_WINDOW(desk->window));
    desk_wait_for(desk, desk_is_ready, 5000);
    lac_driver_settle(desk->driver, GTK_WIDGET(desk->window));
}

void
desk_close_window(Desk *desk)
{
    if (desk->window != NULL)
        gtk_window_destroy(GTK_WINDOW(desk->window));
    desk_wait_for(desk, desk_is_gone, 2000);
    desk_wait_for(desk, desk_is_idle, 5000);
    g_clear_object(&desk->session);
}

void
desk_set_up(Desk *desk, gconstpointer data)
{
    const Bench *bench = data;
    g_autoptr(GError) error = NULL;
    desk->app = bench->app;
    desk->driver = bench->driver;
    desk->folder = g_dir_make_tmp("lacuna-XXXXXX", &error);
    g_assert_no_error(error);
    desk_open_window(desk);
}

void
desk_tear_down(Desk *desk, gconstpointer data)
{
    (void) data;
    desk_close_window(desk);
    g_autoptr(GDir) dir = g_dir_open(desk->folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(desk->folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(desk->folder);
    g_free(desk->folder);
}

GtkWidget *
desk_find(Desk *desk, const char *what)
{
    return lac_driver_find(GTK_WIDGET(desk->window), what);
}

// The first row of a title.
GtkWidget *
desk_find_row(GtkWidget *root, const char *title)
{
    if (ADW_IS_PREFERENCES_ROW(root) &&
        g_strcmp0(adw_preferences_row_get_title(ADW_PREFERENCES_ROW(root)), title) == 0)
        return root;
    GtkWidget *child = gtk_widget_get_first_child(root);
    for (; child != NULL; child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = desk_find_row(child, title);
        if (found != NULL)
            return found;
    }
    return NULL;
}

// A file of the particle of which everything is known; without it the test is skipped.
char *
desk_dup_particle(const char *name)
{
    const char *data = g_getenv("LACUNA_TEST_DATA");
    char *path = data != NULL ? g_build_filename(data, "zr-zro2", "clean", name, NULL) : NULL;
    if (path != NULL && g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_free(path);
    g_test_skip("the labelled particle is not there");
    return NULL;
}

int
desk_main(int argc, char **argv, const DeskTest *tests, gsize n_tests)
{
    gtk_test_init(&argc, &argv, NULL);
    g_autoptr(LacApplication) app = lac_application_new();
    g_autoptr(LacDriver) driver = lac_driver_new();
    g_autoptr(GError) error = NULL;
    const Bench bench = { .app = app, .driver = driver };
    g_application_register(G_APPLICATION(app), NULL, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < n_tests; i++)
        g_test_add(tests[i].path, Desk, &bench, desk_set_up, tests[i].test, desk_tear_down);
    return g_test_run();
}
