// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/bytes.h"
#include "core/io/source.h"

#include <string.h>
#include <sys/stat.h>

/**
 * lac_io_propagate_named:
 * @error: (nullable): return location for a #GError
 * @failure: (transfer full): from a library or from a function that knows no file
 * @path: the file at fault
 *
 * Passes an error on with the name of the file where the message lacks it.
 */
void
lac_io_propagate_named(GError **error, GError *failure, const char *path)
{
    g_autofree char *name = g_filename_display_basename(path);
    if (failure->domain == LAC_ERROR && strstr(failure->message, name) == NULL)
        g_prefix_error(&failure, "%s: ", name);
    g_propagate_error(error, failure);
}

/**
 * lac_file_item_free:
 * @data: (transfer full): a #LacFileItem
 */
void
lac_file_item_free(gpointer data)
{
    LacFileItem *item = data;
    g_free(item->name);
    g_free(item->type);
    g_free(item->note);
    g_free(item);
}

/**
 * lac_file_info_add:
 * @info: what a format's info function fills
 * @kind: what the item is
 * @name: variable or path; "" when the file holds one thing
 *
 * Returns: (transfer none): a new last item; its strings belong to it and are freed with it
 */
LacFileItem *
lac_file_info_add(LacFileInfo *info, LacItemKind kind, const char *name)
{
    LacFileItem *item = g_new0(LacFileItem, 1);
    item->kind = kind;
    item->name = g_strdup(name);
    item->type = g_strdup("");
    g_ptr_array_add(info->items, item);
    return item;
}

/**
 * lac_source_get_info:
 * @source: an open file argument
 * @params: (nullable): what the file itself does not say
 * @error: return location for a #GError
 *
 * Returns: (transfer full): everything that is in the file, or %NULL with @error set
 */
LacFileInfo *
lac_source_get_info(const LacSource *source, const LacReadParams *params, GError **error)
{
    struct stat status;
    g_autoptr(LacFileInfo) info = g_new0(LacFileInfo, 1);
    info->path = g_strdup(source->path);
    info->format_name = g_strdup(source->format->name);
    info->items = g_ptr_array_new_with_free_func(lac_file_item_free);
    if (stat(source->path, &status) == 0 && S_ISREG(status.st_mode))
        info->file_size = (guint64) status.st_size;
    const LacReadParams defaults = { 0 };
    GError *failure = NULL;
    if (source->format->info(source->path, params != NULL ? params : &defaults, info, &failure))
        return g_steal_pointer(&info);
    lac_io_propagate_named(error, failure, source->path);
    return NULL;
}

/**
 * lac_file_info_read:
 * @file: a file or folder; "file:item" lists that item alone
 * @params: (nullable): what the file itself does not say
 * @error: return location for a #GError
 *
 * Finds out what is inside a file from its headers, without reading the values.
 *
 * Returns: (transfer full): the contents, or %NULL with @error set
 */
LacFileInfo *
lac_file_info_read(const char *file, const LacReadParams *params, GError **error)
{
    g_auto(LacSource) source = { 0 };
    if (!lac_source_open(&source, file, params, error))
        return NULL;
    g_autoptr(LacFileInfo) info = lac_source_get_info(&source, params, error);
    if (info == NULL || source.item == NULL)
        return g_steal_pointer(&info);
    for (guint i = info->items->len; i > 0; i--) {
        const LacFileItem *item = g_ptr_array_index(info->items, i - 1);
        if (!g_str_equal(item->name, source.item))
            g_ptr_array_remove_index(info->items, i - 1);
    }
    if (info->items->len == 0) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, source.path, "there is no \"%s\" in it",
            source.item);
        return NULL;
    }
    return g_steal_pointer(&info);
}

/**
 * lac_file_info_free:
 * @info: (nullable) (transfer full): contents of a file
 */
void
lac_file_info_free(LacFileInfo *info)
{
    if (info == NULL)
        return;
    g_free(info->path);
    g_free(info->format_name);
    g_ptr_array_unref(info->items);
    g_free(info);
}
