// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mat5.h"

#include <string.h>
#include <zlib.h>

#define HEADER_SIZE   128
#define MAX_VARIABLES 65536
#define MAX_NAME      4096
#define BLOCK         65536
#define MAX_INFLATE   1040 // deflate cannot expand more than about 1032 times

// Data types of elements.
enum {
    MI_INT8 = 1,
    MI_UINT32 = 6,
    MI_INT32 = 5,
    MI_MATRIX = 14,
    MI_COMPRESSED = 15,
    MI_UTF8 = 16,
};

// Classes of arrays.
enum {
    MX_CELL = 1,
    MX_STRUCT,
    MX_OBJECT,
    MX_CHAR,
    MX_SPARSE,
    MX_DOUBLE,
    MX_UINT64 = 15,
    MX_FUNCTION,
    MX_OPAQUE,
};

static const char *const class_names[] = { "nothing", "cell", "struct", "class instance", "char",
    "sparse matrix", "double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32",
    "int64", "uint64", "function handle", "class instance" };

// Bytes of an element, packed or not, in order.
typedef struct {
    LacInput *input;
    const char *path;
    guint64 at, end; // of what is not taken from the file yet
    gboolean big_endian;
    gboolean packed;
    z_stream zlib;
    guint8 *block;  // of packed bytes
    gsize position; // bytes given out
} Stream;

static void
stream_clear(Stream *self)
{
    if (self->packed)
        inflateEnd(&self->zlib);
    g_free(self->block);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stream, stream_clear)

static gboolean
damaged(const Stream *self, GError **error)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
        "it is damaged: the variable before byte %" G_GUINT64_FORMAT " is not a valid MATLAB array",
        self->end);
    return FALSE;
}

static gboolean
stream_open(Stream *self, LacInput *input, const char *path, guint64 offset, guint64 n,
    gboolean big_endian, gboolean packed, GError **error)
{
    *self = (Stream){ .input = input,
        .path = path,
        .at = offset,
        .end = offset + n,
        .big_endian = big_endian };
    if (!packed)
        return TRUE;
    if (inflateInit(&self->zlib) != Z_OK) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY, "There is no memory to unpack");
        return FALSE;
    }
    self->packed = TRUE;
    self->block = g_malloc(BLOCK);
    return TRUE;
}

static gboolean
refill(Stream *self, GError **error)
{
    gsize n = (gsize) MIN(self->end - self->at, BLOCK);
    if (n == 0)
        return damaged(self, error);
    if (!lac_input_read(self->input, self->at, self->block, n, error))
        return FALSE;
    self->at += n;
    self->zlib.next_in = self->block;
    self->zlib.avail_in = (uInt) n;
    return TRUE;
}

static gboolean
stream_read(Stream *self, gpointer out, gsize n, GError **error)
{
    if (!self->packed) {
        if (n > self->end - self->at)
            return damaged(self, error);
        if (!lac_input_read(self->input, self->at, out, n, error))
            return FALSE;
        self->at += n;
        self->position += n;
        return TRUE;
    }
    guint8 *to = out;
    while (n > 0) {
        if (self->zlib.avail_in == 0 && !refill(self, error))
            return FALSE;
        uInt step = (uInt) MIN(n, BLOCK);
        self->zlib.next_out = to;
        self->zlib.avail_out = step;
        int status = inflate(&self->zlib, Z_NO_FLUSH);
        gsize done = step - self->zlib.avail_out;
        to += done;
        n -= done;
        self->position += done;
        if (status != Z_OK && status != Z_BUF_ERROR && !(status == Z_STREAM_END && n == 0))
            return damaged(self, error);
    }
    return TRUE;
}

static gboolean
stream_skip(Stream *self, gsize n, GError **error)
{
    if (!self->packed) {
        if (n > self->end - self->at)
            return damaged(self, error);
        self->at += n;
        self->position += n;
        return TRUE;
    }
    g_autofree guint8 *waste = g_malloc(MIN(n, BLOCK));
    while (n > 0) {
        gsize step = MIN(n, BLOCK);
        if (!stream_read(self, waste, step, error))
            return FALSE;
        n -= step;
    }
    return TRUE;
}

// The head of an element: its type and size, and its value when that is four bytes or less.
typedef struct {
    guint32 type;
    guint32 n;
    gboolean small; // the value came with the tag
    guint8 value[4];
} Tag;

static gboolean
read_tag(Stream *self, Tag *tag, GError **error)
{
    guint8 bytes[8];
    if (!stream_read(self, bytes, sizeof bytes, error))
        return FALSE;
    guint32 first = lac_get_uint32(bytes, self->big_endian);
    tag->small = first >> 16 != 0;
    tag->type = tag->small ? first & 0xffff : first;
    tag->n = tag->small ? first >> 16 : lac_get_uint32(bytes + 4, self->big_endian);
    memcpy(tag->value, bytes + 4, sizeof tag->value);
    return !tag->small || tag->n <= 4 || damaged(self, error);
}

// Reads the value of an element and what fills it up to eight bytes.
static gboolean
read_value(Stream *self, const Tag *tag, gpointer out, GError **error)
{
    if (tag->small) {
        memcpy(out, tag->value, MIN(tag->n, sizeof tag->value));
        return TRUE;
    }
    return stream_read(self, out, tag->n, error) && stream_skip(self, (8 - tag->n % 8) % 8, error);
}

static char *
read_text(Stream *self, GError **error)
{
    Tag tag;
    if (!read_tag(self, &tag, error))
        return NULL;
    if ((tag.type != MI_INT8 && tag.type != MI_UTF8) || tag.n > MAX_NAME) {
        damaged(self, error);
        return NULL;
    }
    g_autofree char *text = g_malloc0(tag.n + 1);
    return read_value(self, &tag, text, error) ? g_utf8_make_valid(text, -1) : NULL;
}

static gboolean
read_dims(Stream *self, LacMatVariable *variable, GError **error)
{
    Tag tag;
    guint8 bytes[4 * LAC_MAT_MAX_DIMS];
    if (!read_tag(self, &tag, error))
        return FALSE;
    if (tag.type != MI_INT32 || tag.n % 4 != 0 || tag.n < 8 || tag.n > sizeof bytes)
        return damaged(self, error);
    if (!read_value(self, &tag, bytes, error))
        return FALSE;
    variable->n_dims = tag.n / 4;
    variable->n = 1;
    for (guint i = 0; i < variable->n_dims; i++) {
        guint32 extent = lac_get_uint32(bytes + 4 * i, self->big_endian);
        variable->shape[variable->n_dims - 1 - i] = extent;
        if (extent > G_MAXINT32 || !g_size_checked_mul(&variable->n, variable->n, extent))
            return damaged(self, error);
    }
    return TRUE;
}

static gboolean
get_value_type(guint32 type, LacValueType *value)
{
    static const struct {
        guint32 type;
        LacValueType value;
    } known[] = { { 1, LAC_VALUE_INT8 }, { 2, LAC_VALUE_UINT8 }, { 3, LAC_VALUE_INT16 },
        { 4, LAC_VALUE_UINT16 }, { 5, LAC_VALUE_INT32 }, { 6, LAC_VALUE_UINT32 },
        { 7, LAC_VALUE_FLOAT32 }, { 9, LAC_VALUE_FLOAT64 }, { 12, LAC_VALUE_INT64 },
        { 13, LAC_VALUE_UINT64 } };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].type == type) {
            *value = known[i].value;
            return TRUE;
        }
    }
    return FALSE;
}

// Where the numbers are and whether there are as many as the dimensions say.
static gboolean
read_numbers_head(Stream *self, LacMatVariable *variable, GError **error)
{
    Tag tag;
    gsize n_bytes;
    if (!read_tag(self, &tag, error))
        return FALSE;
    if (!get_value_type(tag.type, &variable->stored) ||
        !g_size_checked_mul(&n_bytes, variable->n, lac_value_get_size(variable->stored)) ||
        n_bytes != tag.n)
        return damaged(self, error);
    variable->skip = self->position - (tag.small ? 4 : 0);
    gboolean fits = self->packed ? n_bytes / MAX_INFLATE <= variable->n_packed
                                 : tag.small || n_bytes <= self->end - self->at;
    if (!fits)
        return damaged(self, error);
    if (!self->packed)
        variable->offset = self->at - (tag.small ? 4 : 0);
    return TRUE;
}

static gboolean
read_head(Stream *self, LacMatVariable *variable, GError **error)
{
    Tag tag;
    guint8 flags[8];
    if (!read_tag(self, &tag, error))
        return FALSE;
    if (tag.type != MI_UINT32 || tag.n != 8 || tag.small)
        return damaged(self, error);
    if (!read_value(self, &tag, flags, error))
        return FALSE;
    guint32 word = lac_get_uint32(flags, self->big_endian);
    guint class = word & 0xff;
    if (class == 0 || class >= G_N_ELEMENTS(class_names))
        return damaged(self, error);
    variable->what = class_names[class];
    if (class == MX_OPAQUE) {
        g_autofree char *system = NULL;
        variable->name = read_text(self, error);
        system = variable->name != NULL ? read_text(self, error) : NULL;
        variable->class_name = system != NULL ? read_text(self, error) : NULL;
        return variable->class_name != NULL;
    }
    if (!read_dims(self, variable, error))
        return FALSE;
    variable->name = read_text(self, error);
    if (variable->name == NULL)
        return FALSE;
    if (class == MX_OBJECT) {
        variable->class_name = read_text(self, error);
        return variable->class_name != NULL;
    }
    if (class < MX_DOUBLE || class > MX_UINT64)
        return TRUE;
    if (word & 0x0800) {
        variable->what = "complex numbers";
        return TRUE;
    }
    variable->numeric = TRUE;
    if (word & 0x0200)
        variable->what = "logical";
    return read_numbers_head(self, variable, error);
}

static void
free_variable(gpointer data)
{
    LacMatVariable *variable = data;
    g_free(variable->name);
    g_free(variable->class_name);
    g_free(variable);
}

static gboolean
add_variable(GPtrArray *variables, LacInput *input, const char *path, guint64 offset,
    const Tag *tag, gboolean big_endian, GError **error)
{
    LacMatVariable *variable = g_new0(LacMatVariable, 1);
    g_ptr_array_add(variables, variable);
    gboolean packed = tag->type == MI_COMPRESSED;
    variable->big_endian = big_endian;
    g_auto(Stream) stream = { 0 };
    if (!stream_open(&stream, input, path, offset, tag->n, big_endian, packed, error))
        return FALSE;
    if (packed) {
        Tag inner;
        variable->offset = offset;
        variable->n_packed = tag->n;
        if (!read_tag(&stream, &inner, error))
            return FALSE;
        if (inner.type != MI_MATRIX || inner.small)
            return damaged(&stream, error);
    }
    if (tag->n == 0) { // an empty matrix has nothing in it, not even a name
        variable->what = class_names[0];
        variable->name = g_strdup("");
        return TRUE;
    }
    return read_head(&stream, variable, error);
}

static gboolean
list_version_5(GPtrArray *variables, LacInput *input, const char *path, gboolean big_endian,
    GError **error)
{
    guint64 at = HEADER_SIZE;
    while (input->size - at >= 8) {
        g_auto(Stream) stream = { 0 };
        Tag tag;
        if (!stream_open(&stream, input, path, at, 8, big_endian, FALSE, error) ||
            !read_tag(&stream, &tag, error))
            return FALSE;
        at += 8;
        if (tag.small || (tag.type != MI_MATRIX && tag.type != MI_COMPRESSED) ||
            tag.n > input->size - at || variables->len >= MAX_VARIABLES)
            return damaged(&stream, error);
        if (!add_variable(variables, input, path, at, &tag, big_endian, error))
            return FALSE;
        at += tag.n;
        if (tag.type == MI_MATRIX)
            at += MIN((8 - at % 8) % 8, input->size - at);
    }
    return TRUE;
}

// Version 4 has no signature: five 32-bit words whose values leave little room for chance.
static gboolean
read_version_4_head(LacInput *input, guint64 at, guint32 words[5], gboolean *big_endian)
{
    guint8 bytes[20];
    if (!lac_input_holds(input, at, sizeof bytes, 1) ||
        !lac_input_read(input, at, bytes, sizeof bytes, NULL))
        return FALSE;
    for (int order = 0; order < 2; order++) {
        for (int i = 0; i < 5; i++)
            words[i] = lac_get_uint32(bytes + 4 * i, order == 1);
        if (words[0] <= 1052 && words[0] / 1000 == (guint32) order && words[0] / 100 % 10 == 0 &&
            words[0] / 10 % 10 <= 5 && words[0] % 10 <= 2 && words[3] <= 1 && words[4] >= 2 &&
            words[4] <= 256) {
            *big_endian = order == 1;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
add_version_4(GPtrArray *variables, LacInput *input, const char *path, guint64 *at, GError **error)
{
    static const LacValueType types[] = { LAC_VALUE_FLOAT64, LAC_VALUE_FLOAT32, LAC_VALUE_INT32,
        LAC_VALUE_INT16, LAC_VALUE_UINT16, LAC_VALUE_UINT8 };
    guint32 words[5];
    gboolean big_endian = FALSE;
    char name[257] = "";
    if (!read_version_4_head(input, *at, words, &big_endian) ||
        !lac_input_holds(input, *at + 20, words[4], 1) ||
        !lac_input_read(input, *at + 20, name, words[4], NULL)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "it is damaged: there is no valid MATLAB array at byte %" G_GUINT64_FORMAT, *at);
        return FALSE;
    }
    LacMatVariable *variable = g_new0(LacMatVariable, 1);
    g_ptr_array_add(variables, variable);
    variable->name = g_utf8_make_valid(name, -1);
    variable->stored = types[words[0] / 10 % 10];
    variable->big_endian = big_endian;
    variable->n_dims = 2;
    variable->shape[0] = words[2];
    variable->shape[1] = words[1];
    variable->n = (gsize) words[1] * words[2];
    guint kind = words[0] % 10;
    variable->numeric = kind == 0 && words[3] == 0;
    variable->what = kind == 1 ? "char"
        : kind == 2            ? "sparse matrix"
        : words[3] != 0        ? "complex numbers"
                               : "double";
    *at += 20 + (guint64) words[4];
    variable->offset = *at;
    gsize size = lac_value_get_size(variable->stored) * (words[3] != 0 ? 2 : 1);
    if (!lac_input_holds(input, *at, variable->n, size)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "it is damaged: variable %s of %u x %u does not fit the file", variable->name, words[1],
            words[2]);
        return FALSE;
    }
    *at += (guint64) variable->n * size;
    return TRUE;
}

/**
 * lac_mat_list:
 * @input: a MATLAB file of version 4 or 5
 * @path: its name for messages
 * @error: return location for a #GError
 *
 * Reads the heads of all variables and checks their sizes against the file.
 *
 * Returns: (transfer full) (element-type LacMatVariable): the variables, nameless ones left out,
 * or %NULL with @error set when the file is damaged
 */
GPtrArray *
lac_mat_list(LacInput *input, const char *path, GError **error)
{
    g_autoptr(GPtrArray) variables = g_ptr_array_new_with_free_func(free_variable);
    guint8 head[HEADER_SIZE] = { 0 };
    gboolean is_5 = lac_input_holds(input, 0, sizeof head, 1);
    if (is_5 && !lac_input_read(input, 0, head, sizeof head, error))
        return NULL;
    is_5 = is_5 && memcmp(head, "MATLAB", 6) == 0;
    if (is_5 && memcmp(head + 126, "IM", 2) != 0 && memcmp(head + 126, "MI", 2) != 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "it is damaged: the header does not name a byte order");
        return NULL;
    }
    if (is_5) {
        if (!list_version_5(variables, input, path, head[126] == 'M', error))
            return NULL;
    }
    else {
        for (guint64 at = 0; at < input->size;)
            if (variables->len >= MAX_VARIABLES ||
                !add_version_4(variables, input, path, &at, error))
                return NULL;
    }
    for (guint i = variables->len; i > 0; i--)
        if (((LacMatVariable *) variables->pdata[i - 1])->name[0] == '\0')
            g_ptr_array_remove_index(variables, i - 1);
    return g_steal_pointer(&variables);
}

static gboolean
open_values(Stream *stream, LacInput *input, const char *path, const LacMatVariable *variable,
    GError **error)
{
    gboolean packed = variable->n_packed > 0;
    guint64 n = packed ? variable->n_packed : variable->n * lac_value_get_size(variable->stored);
    return stream_open(stream, input, path, variable->offset, n, variable->big_endian, packed,
               error) &&
        (!packed || stream_skip(stream, variable->skip, error));
}

/**
 * lac_mat_check:
 * @input: a MATLAB file
 * @path: its name for messages
 * @variable: one of its variables, numeric
 * @error: return location for a #GError
 *
 * Makes sure, before memory is taken for it, that a packed variable larger than the file's size
 * suggests is really there, by unpacking it once without keeping it.
 *
 * Returns: %TRUE, or %FALSE with @error set when it is damaged
 */
gboolean
lac_mat_check(LacInput *input, const char *path, const LacMatVariable *variable, GError **error)
{
    if (variable->n_packed == 0 || variable->n <= lac_io_get_budget(input->size) / sizeof(double))
        return TRUE;
    g_auto(Stream) stream = { 0 };
    return open_values(&stream, input, path, variable, error) &&
        stream_skip(&stream, variable->n * lac_value_get_size(variable->stored), error);
}

/**
 * lac_mat_read_floats:
 * @input: a MATLAB file
 * @path: its name for messages
 * @variable: one of its variables, numeric
 * @out: (out caller-allocates): its n values, in the order of the file
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @out undefined
 */
gboolean
lac_mat_read_floats(LacInput *input, const char *path, const LacMatVariable *variable, float *out,
    LacProgress *progress, GError **error)
{
    g_auto(Stream) stream = { 0 };
    if (!open_values(&stream, input, path, variable, error))
        return FALSE;
    gsize size = lac_value_get_size(variable->stored), step = 4 * 1048576 / size;
    g_autofree guint8 *raw = g_malloc(MIN(step, MAX(variable->n, 1)) * size);
    for (gsize i = 0; i < variable->n; i += step) {
        gsize n = MIN(step, variable->n - i);
        if (!lac_progress_update(progress, (double) i / (double) variable->n, error) ||
            !stream_read(&stream, raw, n * size, error))
            return FALSE;
        lac_values_to_floats(variable->stored, variable->big_endian, raw, n, out + i);
    }
    return lac_progress_update(progress, 1.0, error);
}

/**
 * lac_mat_read_doubles:
 * @input: a MATLAB file
 * @path: its name for messages
 * @variable: one of its variables, numeric and small
 * @out: (out caller-allocates): its n values, in the order of the file
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @out undefined
 */
gboolean
lac_mat_read_doubles(LacInput *input, const char *path, const LacMatVariable *variable, double *out,
    GError **error)
{
    g_auto(Stream) stream = { 0 };
    gsize n_bytes = variable->n * lac_value_get_size(variable->stored);
    g_autofree guint8 *raw = g_try_malloc(MAX(n_bytes, 1));
    if (raw == NULL || !open_values(&stream, input, path, variable, error) ||
        !stream_read(&stream, raw, n_bytes, error))
        return FALSE;
    lac_values_to_doubles(variable->stored, variable->big_endian, raw, variable->n, out);
    return TRUE;
}
