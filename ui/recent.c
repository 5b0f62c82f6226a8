// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recent.h"

#include <gtk/gtk.h>

/**
 * lac_recent_add:
 * @path: a file that was opened or saved
 * @mime_type: its type, such as "application/x-lacuna"
 *
 * Puts it first in the desktop's list of recent files.
 */
void
lac_recent_add(const char *path, const char *mime_type)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autofree char *uri = g_file_get_uri(file);
    char app_name[] = "Lacuna", app_exec[] = "lacuna %f";
    g_autofree char *type = g_strdup(mime_type);
    GtkRecentData data = { .mime_type = type, .app_name = app_name, .app_exec = app_exec };
    gtk_recent_manager_add_full(gtk_recent_manager_get_default(), uri, &data);
}

static int
compare_newest_first(gconstpointer a, gconstpointer b)
{
    GDateTime *time_a = gtk_recent_info_get_modified((GtkRecentInfo *) (gsize) a);
    GDateTime *time_b = gtk_recent_info_get_modified((GtkRecentInfo *) (gsize) b);
    return g_date_time_compare(time_b, time_a);
}

static void
unref_info(gpointer info)
{
    gtk_recent_info_unref(info);
}

/**
 * lac_recent_list:
 * @n_max: how many at most
 *
 * Returns: (transfer full) (element-type filename): paths of files that this program opened and
 *   that still exist, newest first
 */
GPtrArray *
lac_recent_list(guint n_max)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    GList *items = gtk_recent_manager_get_items(gtk_recent_manager_get_default());
    items = g_list_sort(items, compare_newest_first);
    for (GList *item = items; item != NULL && paths->len < n_max; item = item->next) {
        if (!gtk_recent_info_has_application(item->data, "Lacuna"))
            continue;
        char *path = g_filename_from_uri(gtk_recent_info_get_uri(item->data), NULL, NULL);
        if (path != NULL && g_file_test(path, G_FILE_TEST_EXISTS))
            g_ptr_array_add(paths, path);
        else
            g_free(path);
    }
    g_list_free_full(items, unref_info);
    return paths;
}
