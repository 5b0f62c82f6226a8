// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's NPY, versions 1 to 3.
#include "core/io/npy.h"

#include <errno.h>
#include <string.h>

#define MAGIC          "\x93NUMPY"
#define N_MAGIC        6
#define LONGEST_HEADER (1u << 20) // [bytes]; real ones have a hundred
#define ALIGNMENT      64

typedef struct {
    LacValueType type;
    gboolean big_endian, is_fortran;
    guint n_dims;
    gsize shape[4]; // slowest first, in our order
    guint64 data_offset;
} Header;

static const char *const suffixes[] = { "npy", NULL };

static gboolean
npy_sniff(const char *path, const guint8 *head, gsize n_head)
{
    (void) path;
    return n_head >= N_MAGIC && memcmp(head, MAGIC, N_MAGIC) == 0;
}

// The text after 'key': in the dictionary, or NULL.
static const char *
find_value(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    if (at == NULL || at == text || (at[-1] != '\'' && at[-1] != '"'))
        return NULL;
    at += strlen(key);
    if (*at != '\'' && *at != '"')
        return NULL;
    at++;
    while (g_ascii_isspace(*at))
        at++;
    if (*at != ':')
        return NULL;
    at++;
    while (g_ascii_isspace(*at))
        at++;
    return at;
}

static gboolean
parse_type(Header *self, const char *text, const char *path, GError **error)
{
    static const struct {
        char code[3];
        LacValueType type;
    } codes[] = {
        { "b1", LAC_VALUE_UINT8 },
        { "u1", LAC_VALUE_UINT8 },
        { "i1", LAC_VALUE_INT8 },
        { "u2", LAC_VALUE_UINT16 },
        { "i2", LAC_VALUE_INT16 },
        { "u4", LAC_VALUE_UINT32 },
        { "i4", LAC_VALUE_INT32 },
        { "u8", LAC_VALUE_UINT64 },
        { "i8", LAC_VALUE_INT64 },
        { "f2", LAC_VALUE_FLOAT16 },
        { "f4", LAC_VALUE_FLOAT32 },
        { "f8", LAC_VALUE_FLOAT64 },
    };
    const char *value = find_value(text, "descr");
    if (value != NULL && (*value == '\'' || *value == '"') && strlen(value) > 5 &&
        value[4] == value[0]) {
        self->big_endian = value[1] == '>';
        for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
            if (strchr("<>|=", value[1]) != NULL && memcmp(value + 2, codes[i].code, 2) == 0) {
                self->type = codes[i].type;
                return TRUE;
            }
        }
    }
    int n = value != NULL ? (int) strcspn(value, "},\n") : 0;
    g_autofree char *shown = g_strndup(value != NULL ? value : "", (gsize) MIN(n, 40));
    g_autofree char *valid = g_utf8_make_valid(shown, -1);
    lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path, "its type of value (descr) is %s",
        n > 0 ? valid : "missing");
    return FALSE;
}

// A tuple such as (3, 4, 5) or (7,).
static gboolean
parse_shape(Header *self, const char *text, const char *path, GError **error)
{
    const char *at = find_value(text, "shape");
    gboolean is_good = at != NULL && *at == '(';
    for (at += is_good ? 1 : 0; is_good;) {
        while (g_ascii_isspace(*at) || *at == ',')
            at++;
        if (*at == ')')
            break;
        char *end;
        errno = 0;
        guint64 extent = g_ascii_strtoull(at, &end, 10);
        is_good = g_ascii_isdigit(*at) && errno == 0 && extent > 0 && extent <= G_MAXSSIZE;
        at = *end == 'L' ? end + 1 : end;
        if (is_good && self->n_dims == 4) {
            lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
                "it has more than four dimensions");
            return FALSE;
        }
        if (is_good)
            self->shape[self->n_dims++] = (gsize) extent;
    }
    if (is_good && self->n_dims > 0)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, path,
        "its shape is missing, empty or not made of positive numbers");
    return FALSE;
}

static void
reverse_shape(Header *self)
{
    for (guint i = 0; i < self->n_dims / 2; i++) {
        gsize extent = self->shape[i];
        self->shape[i] = self->shape[self->n_dims - 1 - i];
        self->shape[self->n_dims - 1 - i] = extent;
    }
}

// Checks the shape against the file: from here on it may be allocated.
static gboolean
check_size(const Header *self, const LacInput *input, const char *path, GError **error)
{
    gsize n = 1;
    gboolean fits = TRUE;
    for (guint i = 0; i < self->n_dims; i++)
        fits = fits && g_size_checked_mul(&n, n, self->shape[i]);
    if (fits && lac_input_holds(input, self->data_offset, n, lac_value_get_size(self->type)))
        return TRUE;
    g_autoptr(GString) shape = g_string_new(NULL);
    for (guint i = 0; i < self->n_dims; i++)
        g_string_append_printf(shape, "%s%" G_GSIZE_FORMAT, i > 0 ? " x " : "", self->shape[i]);
    lac_io_set_error(error, LAC_ERROR_FORMAT, path,
        "%s values of %s from byte %" G_GUINT64_FORMAT " on do not fit its %" G_GUINT64_FORMAT
        " bytes",
        shape->str, lac_value_get_name(self->type), self->data_offset, input->size);
    return FALSE;
}

static char *
read_dictionary(Header *self, LacInput *input, const char *path, GError **error)
{
    guint8 start[12] = { 0 };
    gsize n_start = (gsize) MIN(input->size, sizeof start);
    if (!lac_input_read(input, 0, start, n_start, error))
        return NULL;
    guint8 version = start[N_MAGIC];
    gsize n_length = version == 1 ? 2 : 4;
    guint32 length =
        version == 1 ? lac_get_uint16(start + 8, FALSE) : lac_get_uint32(start + 8, FALSE);
    if (n_start < sizeof start || memcmp(start, MAGIC, N_MAGIC) != 0 || version < 1 ||
        version > 3) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is not an NPY file of version 1 to 3");
        return NULL;
    }
    self->data_offset = 8 + n_length + length;
    if (length > LONGEST_HEADER || self->data_offset > input->size) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "its header of %u bytes does not fit its %" G_GUINT64_FORMAT " bytes", length,
            input->size);
        return NULL;
    }
    g_autofree char *text = g_malloc0((gsize) length + 1);
    if (!lac_input_read(input, 8 + n_length, text, length, error))
        return NULL;
    return g_steal_pointer(&text);
}

static gboolean
read_header(Header *self, LacInput *input, const char *path, GError **error)
{
    g_autofree char *text = read_dictionary(self, input, path, error);
    if (text == NULL || !parse_type(self, text, path, error) ||
        !parse_shape(self, text, path, error) || !check_size(self, input, path, error))
        return FALSE;
    const char *order = find_value(text, "fortran_order");
    if (order == NULL || (!g_str_has_prefix(order, "True") && !g_str_has_prefix(order, "False"))) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "its fortran_order is neither True nor False");
        return FALSE;
    }
    self->is_fortran = *order == 'T';
    if (self->is_fortran)
        reverse_shape(self);
    return TRUE;
}

/**
 * lac_npy_add_info:
 * @input: an NPY file
 * @path: for messages
 * @name: of the item
 * @info: receives an item
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @info as it was
 */
gboolean
lac_npy_add_info(LacInput *input, const char *path, const char *name, LacFileInfo *info,
    GError **error)
{
    Header header = { 0 };
    if (!read_header(&header, input, path, error))
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, name);
    item->n_dims = header.n_dims;
    memcpy(item->shape, header.shape, sizeof header.shape);
    g_free(item->type);
    item->type = g_strdup_printf("%s%s", lac_value_get_name(header.type),
        header.big_endian && lac_value_get_size(header.type) > 1 ? ", big-endian" : "");
    if (header.is_fortran && header.n_dims > 1)
        item->note = g_strdup("Fortran order: its first index is the fastest here");
    return TRUE;
}

static gboolean
npy_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    return input != NULL && lac_npy_add_info(input, path, "", info, error);
}

/**
 * lac_npy_read:
 * @input: an NPY file
 * @path: for messages
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Returns: (transfer full): its numbers, or %NULL with @error set
 */
LacArray *
lac_npy_read(LacInput *input, const char *path, LacProgress *progress, GError **error)
{
    Header header = { 0 };
    if (!read_header(&header, input, path, error))
        return NULL;
    g_autoptr(LacArray) array = lac_array_new(header.n_dims, header.shape, error);
    if (array == NULL ||
        !lac_input_read_floats(input, header.data_offset, header.type, header.big_endian,
            array->buffer->n, array->buffer->data, progress, error))
        return NULL;
    array->first_fastest = header.is_fortran;
    return g_steal_pointer(&array);
}

/**
 * lac_npy_read_doubles:
 * @input: an NPY file
 * @path: for messages
 * @n: (out): how many
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (array length=n): its numbers in double precision, slowest index first,
 *   or %NULL with @error set
 */
double *
lac_npy_read_doubles(LacInput *input, const char *path, gsize *n, GError **error)
{
    Header header = { 0 };
    if (!read_header(&header, input, path, error))
        return NULL;
    *n = 1;
    for (guint i = 0; i < header.n_dims; i++)
        *n *= header.shape[i];
    gsize n_bytes = *n * lac_value_get_size(header.type);
    g_autofree guint8 *bytes = g_malloc(n_bytes);
    if (!lac_input_read(input, header.data_offset, bytes, n_bytes, error))
        return NULL;
    double *values = g_new(double, *n);
    lac_values_to_doubles(header.type, header.big_endian, bytes, *n, values);
    return values;
}

static LacArray *
npy_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) params;
    if (!lac_io_refuse_item(path, item, error))
        return NULL;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    return input != NULL ? lac_npy_read(input, path, progress, error) : NULL;
}

// Version 1.0; the values begin at a multiple of 64 bytes, as NumPy itself writes them.
static char *
make_header(const LacArray *array, gsize *n)
{
    GString *text = g_string_new(NULL);
    g_string_append_len(text, MAGIC "\x01", N_MAGIC + 1);
    g_string_append_len(text, "\0\0\0", 3); // minor version, length
    g_string_append(text, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (guint i = 0; i < array->n_dims; i++)
        g_string_append_printf(text, "%" G_GSIZE_FORMAT ", ", array->shape[i]);
    if (array->n_dims > 1)
        g_string_truncate(text, text->len - 2);
    g_string_append(text, "), }");
    while ((text->len + 1) % ALIGNMENT != 0)
        g_string_append_c(text, ' ');
    g_string_append_c(text, '\n');
    text->str[8] = (char) ((text->len - 10) & 0xff);
    text->str[9] = (char) ((text->len - 10) >> 8);
    *n = text->len;
    return g_string_free(text, FALSE);
}

static gboolean
npy_write(const LacArray *array, const char *path, LacProgress *progress, GError **error)
{
    gsize n_header;
    g_autofree char *header = make_header(array, &n_header);
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        lac_io_set_errno(error, path, "cannot be written", errno);
        return FALSE;
    }
    gsize n = 1;
    for (guint i = 0; i < array->n_dims; i++)
        n *= array->shape[i];
    gboolean done = fwrite(header, n_header, 1, file) == 1;
    if (!done)
        lac_io_set_errno(error, path, "cannot be written", errno);
    if (!done || !lac_output_write_floats(file, array->buffer->data, n, path, progress, error)) {
        fclose(file);
        return FALSE;
    }
    return lac_output_close(file, path, error);
}

const LacFormat lac_format_npy = {
    .id = "npy",
    .name = "NPY",
    .suffixes = suffixes,
    .sniff = npy_sniff,
    .info = npy_info,
    .read_array = npy_read,
    .write_array = npy_write,
};
