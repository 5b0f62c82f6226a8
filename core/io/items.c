// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/bytes.h"
#include "core/io/source.h"

#define BEFORE "/series/raw" // in a project: what /series/data was before it was denoised

static void
append_item(GString *text, const LacFileItem *item)
{
    g_string_append_printf(text, "%s%s (", text->len > 0 ? ", " : "", item->name);
    for (guint i = 0; i < item->n_dims; i++)
        g_string_append_printf(text, "%s%" G_GSIZE_FORMAT, i > 0 ? " x " : "", item->shape[i]);
    g_string_append_c(text, ')');
}

/**
 * lac_item_is_angles:
 * @item: one thing inside a file
 *
 * Returns: whether it may be a table of angles, n x 1 or n x 3 either way round
 */
gboolean
lac_item_is_angles(const LacFileItem *item)
{
    if (item->kind == LAC_ITEM_ANGLES)
        return TRUE;
    if (item->kind != LAC_ITEM_ARRAY)
        return FALSE;
    if (item->n_dims == 1)
        return TRUE;
    return item->n_dims == 2 &&
        (item->shape[0] == 1 || item->shape[0] == 3 || item->shape[1] == 1 || item->shape[1] == 3);
}

/**
 * lac_item_is_stack:
 * @item: one thing inside a file
 *
 * Returns: whether it may be a volume or a series
 */
gboolean
lac_item_is_stack(const LacFileItem *item)
{
    return item->kind == LAC_ITEM_ARRAY && item->n_dims == 3;
}

static const char *
describe_kind(const LacFileItem *item)
{
    switch (item->kind) {
    case LAC_ITEM_ATOMS: return "atoms";
    case LAC_ITEM_ANGLES: return "angles";
    case LAC_ITEM_OTHER: return item->note != NULL ? item->note : "something else";
    case LAC_ITEM_ARRAY:
    default: return "an array";
    }
}

/**
 * lac_source_choose_item:
 * @source: an open file argument that names nothing inside
 * @params: (nullable): what the file itself does not say
 * @fits: tells what is looked for
 * @name: (out) (transfer full) (nullable): what to read; %NULL when the file holds one thing
 * @error: return location for a #GError
 *
 * Chooses what to read: the only array, or of several the only one that @fits. The measured pixels
 * that a project keeps beside denoised ones are read by name only.
 *
 * Returns: %TRUE, or %FALSE with @error set, which lists the choices
 */
gboolean
lac_source_choose_item(const LacSource *source, const LacReadParams *params, LacItemTest fits,
    char **name, GError **error)
{
    g_autoptr(LacFileInfo) info = lac_source_get_info(source, params, error);
    if (info == NULL)
        return FALSE;
    guint n_arrays = 0, n_fitting = 0;
    const char *instead = NULL;
    const LacFileItem *only = NULL, *fitting = NULL;
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < info->items->len; i++) {
        const LacFileItem *item = g_ptr_array_index(info->items, i);
        if (item->kind == LAC_ITEM_ATOMS || item->kind == LAC_ITEM_OTHER ||
            (item->kind == LAC_ITEM_ANGLES && fits == lac_item_is_stack)) {
            instead = describe_kind(item);
            continue;
        }
        append_item(list, item);
        only = item;
        n_arrays++;
        if (fits(item) && !g_str_equal(item->name, BEFORE)) {
            fitting = item;
            n_fitting++;
        }
    }
    if (n_fitting == 1 || n_arrays == 1) {
        const char *chosen = n_fitting == 1 ? fitting->name : only->name;
        *name = chosen[0] != '\0' ? g_strdup(chosen) : NULL;
        return TRUE;
    }
    if (n_arrays == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, source->path,
            "there is no array of numbers in it%s%s", instead != NULL ? " but " : "",
            instead != NULL ? instead : "");
        return FALSE;
    }
    lac_io_set_error(error, LAC_ERROR_ARGUMENT, source->path,
        "it holds several arrays, so name one as \"file:name\": %s", list->str);
    return FALSE;
}
