// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/bytes.h"

#include <string.h>

static const char *const suffixes[] = { "raw", "bin", "dat", NULL };

// Opens the file and checks that the values that the caller describes lie inside.
static LacInput *
open_checked(const char *path, const LacReadParams *params, LacValueType *type, GError **error)
{
    const gsize *shape = params->raw_shape;
    gsize n;
    if (shape[0] == 0) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path,
            "a raw file does not tell its shape and type; give them");
        return NULL;
    }
    *type = LAC_VALUE_FLOAT32;
    if (params->raw_type[0] != '\0' && !lac_value_parse(params->raw_type, type)) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path,
            "\"%s\" is not a type of value such as float32 or uint16", params->raw_type);
        return NULL;
    }
    if (!lac_check_shape(shape[0], shape[1], shape[2], &n, error))
        return NULL;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL)
        return NULL;
    gsize size = lac_value_get_size(*type);
    if (!lac_input_holds(input, params->raw_offset, n, size)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "%" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
            " values of %s after %" G_GSIZE_FORMAT " bytes do not fit its %" G_GUINT64_FORMAT
            " bytes",
            shape[0], shape[1], shape[2], lac_value_get_name(*type), params->raw_offset,
            input->size);
        return NULL;
    }
    return g_steal_pointer(&input);
}

static gboolean
raw_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    LacValueType type;
    g_autoptr(LacInput) input = open_checked(path, params, &type, error);
    if (input == NULL)
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, "");
    item->n_dims = 3;
    memcpy(item->shape, params->raw_shape, sizeof params->raw_shape);
    g_free(item->type);
    item->type = g_strdup_printf("%s%s", lac_value_get_name(type),
        params->raw_big_endian ? ", big-endian" : "");
    for (guint i = 0; i < 3; i++)
        item->spacing[i] = params->spacing;
    return TRUE;
}

static LacArray *
raw_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    LacValueType type;
    if (!lac_io_refuse_item(path, item, error))
        return NULL;
    g_autoptr(LacInput) input = open_checked(path, params, &type, error);
    if (input == NULL)
        return NULL;
    g_autoptr(LacArray) array = lac_array_new(3, params->raw_shape, error);
    if (array == NULL ||
        !lac_input_read_floats(input, params->raw_offset, type, params->raw_big_endian,
            array->buffer->n, array->buffer->data, progress, error))
        return NULL;
    return g_steal_pointer(&array);
}

const LacFormat lac_format_raw = {
    .id = "raw",
    .name = "raw",
    .suffixes = suffixes,
    .info = raw_info,
    .read_array = raw_read,
};
