// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/figure-presets.h"

#include "core/error.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/org/lacuna/figures/"
#define SUFFIX ".txt"

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/**
 * lac_figure_presets_list:
 *
 * Returns: (transfer full) (array zero-terminated=1): their names, sorted
 */
char **
lac_figure_presets_list(void)
{
    char **files = g_resources_enumerate_children(FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (files == NULL)
        return g_new0(char *, 1);
    for (guint i = 0; files[i] != NULL; i++) {
        char *suffix = strstr(files[i], SUFFIX);
        if (suffix != NULL)
            *suffix = '\0';
    }
    qsort(files, g_strv_length(files), sizeof *files, compare_names);
    return files;
}

/**
 * lac_figure_presets_dup:
 * @name: one of lac_figure_presets_list()
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the recipe, or %NULL with @error set if there is none of that name
 */
char *
lac_figure_presets_dup(const char *name, GError **error)
{
    g_autofree char *path = g_strconcat(FOLDER, name, SUFFIX, NULL);
    g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (bytes == NULL) {
        g_auto(GStrv) names = lac_figure_presets_list();
        g_autofree char *known = g_strjoinv(", ", names);
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "There is no file and no recipe of the program named \"%s\"; recipes are %s", name,
            known);
        return NULL;
    }
    gsize size;
    const char *text = g_bytes_get_data(bytes, &size);
    return g_strndup(text, size);
}

/**
 * lac_figure_presets_dup_title:
 * @name: one of lac_figure_presets_list()
 *
 * Returns: (transfer full): what it shows: the comment that the recipe begins with
 */
char *
lac_figure_presets_dup_title(const char *name)
{
    g_autofree char *text = lac_figure_presets_dup(name, NULL);
    if (text == NULL || text[0] != '#')
        return g_strdup(name);
    const char *end = strchr(text, '\n');
    g_autofree char *line = g_strndup(text + 1, end != NULL ? (gsize) (end - text) - 1 : 0);
    return g_strdup(g_strstrip(line));
}
