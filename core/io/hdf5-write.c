// SPDX-License-Identifier: GPL-3.0-or-later
// Writes datasets and attributes. Chunks are shuffled and deflated here, on all cores, and handed
// to the library ready-made.
#include "core/io/hdf5-private.h"
#include "core/parallel.h"

#include <string.h>
#include <zlib.h>

#define CHUNK_BYTES   (512 * 1024)
#define BATCH_CHUNKS  16
#define DEFLATE_LEVEL 1 // higher ones gain 1 % on measured floats and take several times longer

/**
 * lac_h5_make_group:
 * @self: a file open for writing
 * @path: a group; those above it are made too
 * @error: return location for a #GError
 *
 * Returns: %TRUE, also when it is there already, or %FALSE with @error set
 */
gboolean
lac_h5_make_group(LacH5 *self, const char *path, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    g_autoptr(GString) so_far = g_string_new(NULL);
    for (char **name = names; *name != NULL; name++) {
        if (**name == '\0')
            continue;
        g_string_append_printf(so_far, "/%s", *name);
        if (H5Lexists(self->file, so_far->str, H5P_DEFAULT) > 0)
            continue;
        g_auto(LacHid) group =
            H5Gcreate2(self->file, so_far->str, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        if (group < 0) {
            lac_h5_fail(self, path, "cannot be written", error);
            return FALSE;
        }
    }
    return TRUE;
}

// Call under the lock.
static gboolean
set_attribute(LacH5 *self, const char *path, const char *name, hid_t type, gconstpointer value,
    GError **error)
{
    g_auto(LacHid) object = H5Oopen(self->file, path, H5P_DEFAULT);
    g_auto(LacHid) space = H5Screate(H5S_SCALAR);
    g_auto(LacHid) attribute = object >= 0
        ? H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT)
        : H5I_INVALID_HID;
    if (attribute < 0 || H5Awrite(attribute, type, value) < 0) {
        lac_h5_fail(self, path, "cannot be written", error);
        return FALSE;
    }
    return TRUE;
}

/**
 * lac_h5_set_number:
 * @self: a file open for writing
 * @path: an object in it
 * @name: a new attribute
 * @value: its value
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_set_number(LacH5 *self, const char *path, const char *name, double value, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    return set_attribute(self, path, name, H5T_NATIVE_DOUBLE, &value, error);
}

/**
 * lac_h5_set_integer:
 * @self: a file open for writing
 * @path: an object in it
 * @name: a new attribute
 * @value: its value
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_set_integer(LacH5 *self, const char *path, const char *name, gint64 value, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    return set_attribute(self, path, name, H5T_NATIVE_INT64, &value, error);
}

static hid_t
make_text_type(gsize size)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, MAX(size, 1));
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

// What could not be read again is not written.
static gboolean
check_text(LacH5 *self, const char *path, const char *text, gsize max, GError **error)
{
    gsize n = strlen(text);
    if (n <= max)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_ARGUMENT, self->path,
        "a text of %" G_GSIZE_FORMAT " bytes is too long for %s", n, path);
    return FALSE;
}

/**
 * lac_h5_set_string:
 * @self: a file open for writing
 * @path: an object in it
 * @name: a new attribute
 * @value: its text, up to 64 KiB
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_set_string(LacH5 *self, const char *path, const char *name, const char *value,
    GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    if (!check_text(self, path, value, LAC_H5_MAX_ATTRIBUTE, error))
        return FALSE;
    g_auto(LacHid) type = make_text_type(strlen(value));
    return set_attribute(self, path, name, type, value, error);
}

/**
 * lac_h5_write_text:
 * @self: a file open for writing
 * @path: a new dataset in a group that is there
 * @text: its text, up to 16 MiB
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_write_text(LacH5 *self, const char *path, const char *text, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    if (!check_text(self, path, text, LAC_H5_MAX_TEXT, error))
        return FALSE;
    g_auto(LacHid) type = make_text_type(strlen(text));
    g_auto(LacHid) space = H5Screate(H5S_SCALAR);
    g_auto(LacHid) dataset =
        H5Dcreate2(self->file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (dataset < 0 || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0) {
        lac_h5_fail(self, path, "cannot be written", error);
        return FALSE;
    }
    return TRUE;
}

typedef struct {
    const LacH5Array *array;
    gsize value_size;
    gsize chunk[4];
    gsize chunk_n;
    gsize across[4]; // chunks along each dimension
    gsize n_chunks;
    gsize first; // chunk of the batch
    guint8 *packed[BATCH_CHUNKS];
    gsize n_packed[BATCH_CHUNKS]; // 0: could not be packed
} Packing;

// Whole rows and planes as far as they fit into a chunk.
static void
plan_chunks(Packing *self, const LacH5Array *array)
{
    self->array = array;
    self->value_size = lac_value_get_size(array->type);
    gsize left = CHUNK_BYTES / self->value_size;
    self->chunk_n = self->n_chunks = 1;
    for (guint d = array->n_dims; d-- > 0;) {
        self->chunk[d] = CLAMP(array->shape[d], 1, MAX(left, 1));
        left /= self->chunk[d];
        self->chunk_n *= self->chunk[d];
        self->across[d] = (array->shape[d] + self->chunk[d] - 1) / self->chunk[d];
        self->n_chunks *= self->across[d];
    }
}

static void
locate_chunk(const Packing *self, gsize i, hsize_t *start)
{
    for (guint d = self->array->n_dims; d-- > 0;) {
        start[d] = i % self->across[d] * self->chunk[d];
        i /= self->across[d];
    }
}

// Copies a chunk's values; those beyond the shape stay 0.
static void
gather_chunk(const Packing *self, gsize i, guint8 *out)
{
    const LacH5Array *array = self->array;
    guint last = array->n_dims - 1;
    hsize_t start[4];
    locate_chunk(self, i, start);
    gsize row = MIN(self->chunk[last], array->shape[last] - start[last]);
    gsize n_rows = self->chunk_n / self->chunk[last];
    memset(out, 0, self->chunk_n * self->value_size);
    for (gsize r = 0; r < n_rows; r++) {
        gsize from = 0, rest = r, index[4] = { 0 };
        gboolean inside = TRUE;
        for (guint d = last; d-- > 0;) {
            index[d] = start[d] + rest % self->chunk[d];
            rest /= self->chunk[d];
            inside = inside && index[d] < array->shape[d];
        }
        if (!inside)
            continue;
        for (guint d = 0; d < last; d++)
            from = from * array->shape[d] + index[d];
        from = from * array->shape[last] + start[last];
        memcpy(out + r * self->chunk[last] * self->value_size,
            (const guint8 *) array->data + from * self->value_size, row * self->value_size);
    }
}

static void
shuffle(const guint8 *in, guint8 *out, gsize n, gsize size)
{
    for (gsize b = 0; b < size; b++)
        for (gsize i = 0; i < n; i++)
            out[b * n + i] = in[i * size + b];
}

// Of shuffled floats, runs of one byte are all that is worth looking for: as small as an ordinary
// search for matches and twice as fast. Gives the size, or 0 when it failed.
static gsize
deflate_runs(guint8 *in, gsize n_in, guint8 *out, gsize n_out)
{
    z_stream stream = { 0 };
    if (deflateInit2(&stream, DEFLATE_LEVEL, Z_DEFLATED, 15, 9, Z_RLE) != Z_OK)
        return 0;
    stream.next_in = in;
    stream.avail_in = (uInt) n_in;
    stream.next_out = out;
    stream.avail_out = (uInt) n_out;
    int status = deflate(&stream, Z_FINISH);
    gsize n = stream.total_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? n : 0;
}

static void
pack_chunks(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Packing *self = data;
    gsize n_bytes = self->chunk_n * self->value_size;
    g_autofree guint8 *plain = g_malloc(n_bytes);
    g_autofree guint8 *shuffled = g_malloc(n_bytes);
    for (gsize i = begin; i < end; i++) {
        gather_chunk(self, self->first + i, plain);
        shuffle(plain, shuffled, self->chunk_n, self->value_size);
        gsize size = compressBound(n_bytes) + 64;
        self->packed[i] = g_malloc(size);
        self->n_packed[i] = deflate_runs(shuffled, n_bytes, self->packed[i], size);
    }
}

static gboolean
store_chunks(LacH5 *self, hid_t dataset, const char *path, const Packing *packing, gsize n,
    GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    for (gsize i = 0; i < n; i++) {
        hsize_t start[4];
        locate_chunk(packing, packing->first + i, start);
        if (packing->n_packed[i] == 0 ||
            H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, start, packing->n_packed[i],
                packing->packed[i]) < 0) {
            lac_h5_fail(self, path, "cannot be written", error);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
write_chunks(LacH5 *self, hid_t dataset, const char *path, Packing *packing, LacH5Span span,
    GError **error)
{
    gboolean good = TRUE;
    for (gsize first = 0; good && first < packing->n_chunks; first += BATCH_CHUNKS) {
        double part = (double) first / (double) packing->n_chunks;
        if (!lac_progress_update(span.progress, span.from + (span.to - span.from) * part, error))
            return FALSE;
        gsize n = MIN(BATCH_CHUNKS, packing->n_chunks - first);
        packing->first = first;
        lac_parallel_for(n, 1, pack_chunks, packing);
        good = store_chunks(self, dataset, path, packing, n, error);
        for (gsize i = 0; i < n; i++)
            g_clear_pointer(&packing->packed[i], g_free);
    }
    return good && lac_progress_update(span.progress, span.to, error);
}

static hid_t
create_dataset(LacH5 *self, const char *path, const Packing *packing, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    const LacH5Array *array = packing->array;
    hsize_t shape[4], chunk[4];
    for (guint d = 0; d < array->n_dims; d++) {
        shape[d] = array->shape[d];
        chunk[d] = packing->chunk[d];
    }
    g_auto(LacHid) space = H5Screate_simple((int) array->n_dims, shape, NULL);
    g_auto(LacHid) list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, (int) array->n_dims, chunk);
    H5Pset_shuffle(list);
    H5Pset_deflate(list, DEFLATE_LEVEL);
    g_auto(LacHid) type = H5Tcopy(lac_h5_number_to_type(array->type));
    H5Tset_order(type, G_BYTE_ORDER == G_BIG_ENDIAN ? H5T_ORDER_BE : H5T_ORDER_LE);
    hid_t dataset = H5Dcreate2(self->file, path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    if (dataset < 0)
        lac_h5_fail(self, path, "cannot be written", error);
    return dataset;
}

/**
 * lac_h5_write_array:
 * @self: a file open for writing
 * @path: a new dataset in a group that is there
 * @array: numbers in the byte order of the machine, one to four dimensions, none of them 0
 * @span: the part of a progress that it takes; updated every few megabytes
 * @error: return location for a #GError
 *
 * Writes numbers in chunks, shuffled and deflated.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_write_array(LacH5 *self, const char *path, const LacH5Array *array, LacH5Span span,
    GError **error)
{
    g_return_val_if_fail(array->n_dims >= 1 && array->n_dims <= 4, FALSE);
    g_return_val_if_fail(array->type != LAC_VALUE_FLOAT16, FALSE);

    Packing packing = { 0 };
    plan_chunks(&packing, array);
    g_return_val_if_fail(packing.n_chunks > 0, FALSE);
    hid_t dataset = create_dataset(self, path, &packing, error);
    if (dataset < 0)
        return FALSE;
    gboolean good = write_chunks(self, dataset, path, &packing, span, error);
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    lac_hid_close(dataset);
    return good;
}
