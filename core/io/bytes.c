// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_VALUES 262144

static const struct {
    const char *name;
    gsize size;
} value_types[LAC_N_VALUES] = {
    [LAC_VALUE_UINT8] = { "uint8", 1 },
    [LAC_VALUE_INT8] = { "int8", 1 },
    [LAC_VALUE_UINT16] = { "uint16", 2 },
    [LAC_VALUE_INT16] = { "int16", 2 },
    [LAC_VALUE_UINT32] = { "uint32", 4 },
    [LAC_VALUE_INT32] = { "int32", 4 },
    [LAC_VALUE_UINT64] = { "uint64", 8 },
    [LAC_VALUE_INT64] = { "int64", 8 },
    [LAC_VALUE_FLOAT16] = { "float16", 2 },
    [LAC_VALUE_FLOAT32] = { "float32", 4 },
    [LAC_VALUE_FLOAT64] = { "float64", 8 },
};

/**
 * lac_value_get_name:
 * @type: a type of stored value
 *
 * Returns: (transfer none): its name, such as "float32"
 */
const char *
lac_value_get_name(LacValueType type)
{
    return value_types[type].name;
}

/**
 * lac_value_get_size:
 * @type: a type of stored value
 *
 * Returns: bytes per value
 */
gsize
lac_value_get_size(LacValueType type)
{
    return value_types[type].size;
}

/**
 * lac_value_parse:
 * @name: a name such as "float32"
 * @type: (out): the type; unchanged on failure
 *
 * Returns: %TRUE if there is a type of that name
 */
gboolean
lac_value_parse(const char *name, LacValueType *type)
{
    for (guint i = 0; i < LAC_N_VALUES; i++) {
        if (g_str_equal(name, value_types[i].name)) {
            *type = (LacValueType) i;
            return TRUE;
        }
    }
    return FALSE;
}

/**
 * lac_get_uint16:
 * @bytes: two bytes
 * @big_endian: their order
 *
 * Returns: their value
 */
guint16
lac_get_uint16(const guint8 *bytes, gboolean big_endian)
{
    guint16 v;
    memcpy(&v, bytes, sizeof v);
    return (guint16) (big_endian ? GUINT16_FROM_BE(v) : GUINT16_FROM_LE(v));
}

/**
 * lac_get_uint32:
 * @bytes: four bytes
 * @big_endian: their order
 *
 * Returns: their value
 */
guint32
lac_get_uint32(const guint8 *bytes, gboolean big_endian)
{
    guint32 v;
    memcpy(&v, bytes, sizeof v);
    return big_endian ? GUINT32_FROM_BE(v) : GUINT32_FROM_LE(v);
}

/**
 * lac_get_uint64:
 * @bytes: eight bytes, of any alignment
 * @big_endian: their order
 *
 * Returns: the number
 */
guint64
lac_get_uint64(const guint8 *bytes, gboolean big_endian)
{
    guint64 v;
    memcpy(&v, bytes, sizeof v);
    return big_endian ? GUINT64_FROM_BE(v) : GUINT64_FROM_LE(v);
}

/**
 * lac_get_float:
 * @bytes: four bytes
 * @big_endian: their order
 *
 * Returns: their value as an IEEE 754 single
 */
float
lac_get_float(const guint8 *bytes, gboolean big_endian)
{
    guint32 bits = lac_get_uint32(bytes, big_endian);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static double
get_double(const guint8 *bytes, gboolean big_endian)
{
    guint64 bits = lac_get_uint64(bytes, big_endian);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

// The value of an IEEE 754 half, exactly.
static float
float_from_half(guint16 half)
{
    guint exponent = (half >> 10) & 0x1f, mantissa = half & 0x3ff;
    float sign = (half & 0x8000) != 0 ? -1.0f : 1.0f;
    if (exponent == 0x1f)
        return mantissa != 0 ? NAN : sign * INFINITY;
    if (exponent == 0)
        return sign * ldexpf((float) mantissa, -24);
    return sign * ldexpf((float) (mantissa | 0x400), (int) exponent - 25);
}

static gboolean
is_native_float(LacValueType type, gboolean big_endian)
{
    return type == LAC_VALUE_FLOAT32 && big_endian == (G_BYTE_ORDER == G_BIG_ENDIAN);
}

/**
 * lac_values_to_floats:
 * @type: type of the stored values
 * @big_endian: their byte order
 * @in: @n values, not necessarily aligned
 * @n: how many
 * @out: (out caller-allocates) (array length=n): the values as float32, rounded to nearest
 */
void
lac_values_to_floats(LacValueType type, gboolean big_endian, const guint8 *in, gsize n, float *out)
{
    if (is_native_float(type, big_endian)) {
        memcpy(out, in, n * sizeof *out);
        return;
    }
    switch (type) {
    case LAC_VALUE_UINT8:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) in[i];
        break;
    case LAC_VALUE_INT8:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) (gint8) in[i];
        break;
    case LAC_VALUE_UINT16:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) lac_get_uint16(in + 2 * i, big_endian);
        break;
    case LAC_VALUE_INT16:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) (gint16) lac_get_uint16(in + 2 * i, big_endian);
        break;
    case LAC_VALUE_UINT32:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) lac_get_uint32(in + 4 * i, big_endian);
        break;
    case LAC_VALUE_INT32:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) (gint32) lac_get_uint32(in + 4 * i, big_endian);
        break;
    case LAC_VALUE_UINT64:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) lac_get_uint64(in + 8 * i, big_endian);
        break;
    case LAC_VALUE_INT64:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) (gint64) lac_get_uint64(in + 8 * i, big_endian);
        break;
    case LAC_VALUE_FLOAT16:
        for (gsize i = 0; i < n; i++)
            out[i] = float_from_half(lac_get_uint16(in + 2 * i, big_endian));
        break;
    case LAC_VALUE_FLOAT32:
        for (gsize i = 0; i < n; i++)
            out[i] = lac_get_float(in + 4 * i, big_endian);
        break;
    case LAC_VALUE_FLOAT64:
        for (gsize i = 0; i < n; i++)
            out[i] = (float) get_double(in + 8 * i, big_endian);
        break;
    case LAC_N_VALUES:
    default: g_assert_not_reached();
    }
}

static double
get_value(LacValueType type, gboolean big_endian, const guint8 *in)
{
    switch (type) {
    case LAC_VALUE_UINT8: return *in;
    case LAC_VALUE_INT8: return (gint8) *in;
    case LAC_VALUE_UINT16: return lac_get_uint16(in, big_endian);
    case LAC_VALUE_INT16: return (gint16) lac_get_uint16(in, big_endian);
    case LAC_VALUE_UINT32: return lac_get_uint32(in, big_endian);
    case LAC_VALUE_INT32: return (gint32) lac_get_uint32(in, big_endian);
    case LAC_VALUE_UINT64: return (double) lac_get_uint64(in, big_endian);
    case LAC_VALUE_INT64: return (double) (gint64) lac_get_uint64(in, big_endian);
    case LAC_VALUE_FLOAT16: return (double) float_from_half(lac_get_uint16(in, big_endian));
    case LAC_VALUE_FLOAT32: return (double) lac_get_float(in, big_endian);
    case LAC_VALUE_FLOAT64: return get_double(in, big_endian);
    case LAC_N_VALUES:
    default: g_assert_not_reached();
    }
}

/**
 * lac_values_to_doubles:
 * @type: the stored type
 * @big_endian: its byte order
 * @in: @n stored values, of any alignment
 * @n: how many
 * @out: (out caller-allocates) (array length=n): the values
 *
 * Converts stored numbers; 64-bit integers beyond 2^53 are rounded.
 */
void
lac_values_to_doubles(LacValueType type, gboolean big_endian, const guint8 *in, gsize n,
    double *out)
{
    gsize size = lac_value_get_size(type);
    for (gsize i = 0; i < n; i++)
        out[i] = get_value(type, big_endian, in + i * size);
}

/**
 * lac_io_set_error:
 * @error: return location for a #GError
 * @code: what went wrong
 * @path: the file at fault; its name without folders opens the message
 * @format: rest of the sentence, without the final stop
 * @...: its arguments
 */
void
lac_io_set_error(GError **error, LacErrorCode code, const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *name = g_filename_display_basename(path);
    g_set_error(error, LAC_ERROR, (gint) code, "%s: %s", name, text);
}

/**
 * lac_io_set_errno:
 * @error: return location for a #GError, of the domain #G_IO_ERROR
 * @path: the file at fault
 * @what: what failed, such as "cannot be read"
 * @number: value of errno
 */
void
lac_io_set_errno(GError **error, const char *path, const char *what, int number)
{
    g_autofree char *name = g_filename_display_name(path);
    g_set_error(error, G_IO_ERROR, (gint) g_io_error_from_errno(number), "%s %s: %s", name, what,
        g_strerror(number));
}

/**
 * lac_io_refuse_item:
 * @path: a file of a format that holds one thing without a name
 * @item: (nullable): the name that was asked for
 * @error: return location for a #GError
 *
 * Returns: %TRUE if @item is %NULL or empty, else %FALSE with @error set
 */
gboolean
lac_io_refuse_item(const char *path, const char *item, GError **error)
{
    if (item == NULL || item[0] == '\0')
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_ARGUMENT, path,
        "it holds a single item, so \"%s\" cannot be chosen from it", item);
    return FALSE;
}

/**
 * lac_io_get_budget:
 * @file_size: [bytes]
 *
 * Returns: [bytes] how much a reader may allocate on the word of a file of that size, before
 * it has seen the data
 */
guint64
lac_io_get_budget(guint64 file_size)
{
    return file_size < G_MAXUINT64 / 8 ? 4 * file_size + (G_GUINT64_CONSTANT(32) << 20)
                                       : G_MAXUINT64 / 2;
}

/**
 * lac_io_dup_suffix:
 * @path: a file
 *
 * Returns: (transfer full): what follows the last dot of its name, in lower case; "" if nothing
 */
char *
lac_io_dup_suffix(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    const char *dot = strrchr(name, '.');
    return g_ascii_strdown(dot != NULL ? dot + 1 : "", -1);
}

/**
 * lac_input_open:
 * @path: a regular file
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the open file, or %NULL with @error set
 */
LacInput *
lac_input_open(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        lac_io_set_errno(error, path, "cannot be opened", errno);
        return NULL;
    }
    return lac_input_new_from_fd(fd, path, error);
}

/**
 * lac_input_new_from_fd:
 * @fd: (transfer full): an open file, which is closed on failure too
 * @path: where it comes from, for messages
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the open file, or %NULL with @error set
 */
LacInput *
lac_input_new_from_fd(int fd, const char *path, GError **error)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        lac_io_set_errno(error, path, "cannot be opened", errno);
        close(fd);
        return NULL;
    }
    if (!S_ISREG(info.st_mode)) {
        close(fd);
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is not a regular file");
        return NULL;
    }
    LacInput *self = g_new0(LacInput, 1);
    self->fd = fd;
    self->size = (guint64) info.st_size;
    self->name = g_filename_display_basename(path);
    return self;
}

/**
 * lac_input_free:
 * @self: (nullable) (transfer full): an open file
 */
void
lac_input_free(LacInput *self)
{
    if (self == NULL)
        return;
    close(self->fd);
    g_free(self->name);
    g_free(self);
}

/**
 * lac_input_holds:
 * @self: an open file
 * @offset: [bytes]
 * @n: number of values
 * @size: [bytes] per value
 *
 * Returns: %TRUE if @n values from @offset on lie inside the file
 */
gboolean
lac_input_holds(const LacInput *self, guint64 offset, guint64 n, guint64 size)
{
    guint64 bytes, end;
    return g_uint64_checked_mul(&bytes, n, size) && g_uint64_checked_add(&end, bytes, offset) &&
        end <= self->size;
}

/**
 * lac_input_read:
 * @self: an open file
 * @offset: [bytes]
 * @out: (out caller-allocates): @n bytes
 * @n: how many
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @out undefined
 */
gboolean
lac_input_read(LacInput *self, guint64 offset, gpointer out, gsize n, GError **error)
{
    guint8 *bytes = out;
    for (gsize done = 0; done < n;) {
        ssize_t got = pread(self->fd, bytes + done, n - done, (off_t) (offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            lac_io_set_errno(error, self->name, "cannot be read", errno);
            return FALSE;
        }
        if (got == 0) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->name,
                "it ends at byte %" G_GUINT64_FORMAT " although byte %" G_GUINT64_FORMAT
                " is needed",
                offset + done, offset + n);
            return FALSE;
        }
        done += (gsize) got;
    }
    return TRUE;
}

/**
 * lac_input_read_floats:
 * @self: an open file
 * @offset: [bytes]
 * @type: type of the stored values
 * @big_endian: their byte order
 * @n: how many; lac_input_holds() must have been asked
 * @out: (out caller-allocates) (array length=n): the values
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @out undefined
 */
gboolean
lac_input_read_floats(LacInput *self, guint64 offset, LacValueType type, gboolean big_endian,
    gsize n, float *out, LacProgress *progress, GError **error)
{
    gsize size = lac_value_get_size(type);
    gboolean is_native = is_native_float(type, big_endian);
    g_autofree guint8 *chunk = is_native ? NULL : g_malloc(MIN(n, CHUNK_VALUES) * size);
    for (gsize done = 0; done < n;) {
        gsize count = MIN(n - done, CHUNK_VALUES);
        gpointer to = is_native ? (gpointer) (out + done) : chunk;
        if (!lac_input_read(self, offset + done * size, to, count * size, error))
            return FALSE;
        if (!is_native)
            lac_values_to_floats(type, big_endian, chunk, count, out + done);
        done += count;
        if (!lac_progress_update(progress, (double) done / (double) n, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_input_read_text:
 * @self: an open file of text, below 2 GiB
 * @error: return location for a #GError
 *
 * Reads the whole file; bytes of zero, which text has not, are an error.
 *
 * Returns: (transfer full): the text, or %NULL with @error set
 */
char *
lac_input_read_text(LacInput *self, GError **error)
{
    if (self->size > G_MAXINT32) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->name,
            "it has %" G_GUINT64_FORMAT " bytes, too many for a text file", self->size);
        return NULL;
    }
    gsize n = (gsize) self->size;
    g_autofree char *text = g_try_malloc(n + 1);
    if (text == NULL) {
        lac_io_set_error(error, LAC_ERROR_MEMORY, self->name, "not enough memory for its text");
        return NULL;
    }
    if (!lac_input_read(self, 0, text, n, error))
        return NULL;
    text[n] = '\0';
    if (memchr(text, 0, n) != NULL) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->name, "it is not a text file");
        return NULL;
    }
    return g_steal_pointer(&text);
}

/**
 * lac_output_write_floats:
 * @file: an open file
 * @data: (array length=n): values
 * @n: how many
 * @path: its name, for messages
 * @progress: (nullable): told the fraction written
 * @error: return location for a #GError
 *
 * Writes little-endian float32.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_output_write_floats(FILE *file, const float *data, gsize n, const char *path,
    LacProgress *progress, GError **error)
{
    g_autofree guint32 *chunk = g_new(guint32, MIN(n, CHUNK_VALUES));
    for (gsize done = 0; done < n;) {
        gsize count = MIN(n - done, CHUNK_VALUES);
        memcpy(chunk, data + done, count * sizeof *chunk);
        for (gsize i = 0; i < count; i++)
            chunk[i] = GUINT32_TO_LE(chunk[i]);
        if (fwrite(chunk, sizeof *chunk, count, file) != count) {
            lac_io_set_errno(error, path, "cannot be written", errno);
            return FALSE;
        }
        done += count;
        if (!lac_progress_update(progress, (double) done / (double) n, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_output_close:
 * @file: (transfer full): an open file
 * @path: its name, for messages
 * @error: return location for a #GError
 *
 * Returns: %TRUE if everything written to @file reached the system, else %FALSE with @error set
 */
gboolean
lac_output_close(FILE *file, const char *path, GError **error)
{
    gboolean failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed) {
        lac_io_set_errno(error, path, "cannot be written", errno != 0 ? errno : EIO);
        return FALSE;
    }
    return TRUE;
}
