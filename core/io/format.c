// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/format.h"

#include "core/io/bytes.h"
#include "core/io/source.h"

#include <string.h>

#define HEAD_SIZE 4096

// Asked in this order: those whose first bytes leave no doubt come first.
static const LacFormat *const formats[] = {
    &lac_format_mat,
    &lac_format_hdf5,
    &lac_format_tiff,
    &lac_format_png,
    &lac_format_npy,
    &lac_format_npz,
    &lac_format_dm,
    &lac_format_mrc,
    &lac_format_folder,
    &lac_format_xyz,
    &lac_format_table,
    &lac_format_csv,
    &lac_format_raw,
};

/**
 * lac_formats:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): every format, in the order in which a file is tried
 */
const LacFormat *const *
lac_formats(gsize *n)
{
    *n = G_N_ELEMENTS(formats);
    return formats;
}

static gboolean
has_suffix(const LacFormat *format, const char *suffix)
{
    return format->suffixes != NULL && g_strv_contains(format->suffixes, suffix);
}

static char *
list_formats(void)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", formats[i]->name);
    return g_string_free(text, FALSE);
}

// A folder has no head; raw files are known by the shape that the caller gives.
static const LacFormat *
find_format(const char *path, const LacReadParams *params, GError **error)
{
    guint8 head[HEAD_SIZE] = { 0 };
    gsize n_head = 0;
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_autoptr(LacInput) input = lac_input_open(path, error);
        if (input == NULL)
            return NULL;
        if (params != NULL && params->raw_shape[0] > 0)
            return &lac_format_raw;
        if (input->size == 0) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is empty");
            return NULL;
        }
        n_head = (gsize) MIN(input->size, HEAD_SIZE);
        if (!lac_input_read(input, 0, head, n_head, error))
            return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i]->sniff != NULL && formats[i]->sniff(path, head, n_head))
            return formats[i];
    g_autofree char *suffix = lac_io_dup_suffix(path);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (n_head > 0 && has_suffix(formats[i], suffix))
            return formats[i];
    g_autofree char *names = list_formats();
    lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path, "it is in none of the known formats (%s)",
        names);
    return NULL;
}

// "name:item" unless there is a file of that whole name; the longest existing path wins.
static void
split_argument(const char *file, char **path, char **item)
{
    for (gsize n = strlen(file); n > 0; n--) {
        if (file[n] != ':' && file[n] != '\0')
            continue;
        g_autofree char *candidate = g_strndup(file, n);
        if (g_file_test(candidate, G_FILE_TEST_EXISTS)) {
            *item = file[n] == ':' ? g_strdup(file + n + 1) : NULL;
            *path = g_steal_pointer(&candidate);
            return;
        }
    }
    *path = g_strdup(file);
    *item = NULL;
}

/**
 * lac_source_clear:
 * @self: what lac_source_open() filled, or zeros
 */
void
lac_source_clear(LacSource *self)
{
    g_free(self->path);
    g_free(self->item);
}

/**
 * lac_source_open:
 * @self: (out caller-allocates): zeros; to be cleared also on failure
 * @file: a file, a folder or "file:item"; an existing file of the whole name wins
 * @params: (nullable): what the file itself does not say
 * @error: return location for a #GError
 *
 * Takes a file argument apart and finds the format by the first bytes, then by the suffix.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_source_open(LacSource *self, const char *file, const LacReadParams *params, GError **error)
{
    split_argument(file, &self->path, &self->item);
    self->format = find_format(self->path, params, error);
    return self->format != NULL;
}
