// SPDX-License-Identifier: GPL-3.0-or-later
// Reads datasets. The library says where the stored bytes are; unpacking is done here, bounded by
// the sizes that were checked, outside the lock and on all cores.
#include "core/io/hdf5-private.h"
#include "core/parallel.h"

#include <string.h>
#include <zlib.h>

#define BATCH_BYTES   (16 * 1048576) // unpacked at a time
#define MAX_BATCH     256            // chunks unpacked at a time
#define SPARSE_CHUNKS 4096           // of a small file, most of them not stored
#define MAX_FILTERS   8
#define MAX_INFLATE   1040 // deflate cannot expand more than about 1032 times

typedef struct {
    LacH5 *file;
    const char *path;
    hid_t dataset;
    LacValueType number;
    gboolean big_endian;
    gsize value_size;
    guint n_dims;
    gsize shape[LAC_H5_MAX_DIMS];
    gsize n; // values
    H5D_layout_t layout;
    guint64 offset;               // of contiguous data; G_MAXUINT64 when nothing is stored
    gsize chunk[LAC_H5_MAX_DIMS]; // of chunked data
    gsize chunk_n;                // values per chunk
    gsize n_chunks;               // in the grid that covers the shape
    guint n_filters;
    int filters[MAX_FILTERS];
    guint8 fill[8]; // one stored value
} Dataset;

static void
clear_dataset(Dataset *self)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    lac_hid_close(self->dataset);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Dataset, clear_dataset)

static gboolean
fail(const Dataset *self, GError **error, const char *text)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->file->path, "%s %s", self->path, text);
    return FALSE;
}

static gboolean
describe_filters(Dataset *self, hid_t list, GError **error)
{
    int n = H5Pget_nfilters(list);
    if (n < 0 || n > MAX_FILTERS)
        return fail(self, error, "is damaged: its list of filters cannot be read");
    for (int i = 0; i < n; i++) {
        unsigned flags, config;
        size_t n_values = 0;
        char name[64] = "";
        int filter =
            H5Pget_filter2(list, (unsigned) i, &flags, &n_values, NULL, sizeof name, name, &config);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
            filter != H5Z_FILTER_FLETCHER32) {
            g_autofree char *valid = g_utf8_make_valid(name, -1);
            lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->file->path,
                "%s is packed with filter %d %s, which this program does not read", self->path,
                filter, valid);
            return FALSE;
        }
        self->filters[i] = filter;
    }
    self->n_filters = (guint) n;
    return TRUE;
}

static gboolean
describe_chunks(Dataset *self, hid_t list, GError **error)
{
    hsize_t dims[LAC_H5_MAX_DIMS];
    if (H5Pget_chunk(list, LAC_H5_MAX_DIMS, dims) != (int) self->n_dims || self->n_dims == 0)
        return fail(self, error, "is damaged: its chunks do not have its number of dimensions");
    self->chunk_n = self->n_chunks = 1;
    gboolean good = TRUE;
    for (guint i = 0; i < self->n_dims; i++) {
        if (dims[i] == 0)
            return fail(self, error, "is damaged: it has chunks of size 0");
        self->chunk[i] = dims[i];
        gsize across = self->shape[i] / dims[i] + (self->shape[i] % dims[i] != 0);
        good = good && g_size_checked_mul(&self->chunk_n, self->chunk_n, dims[i]) &&
            g_size_checked_mul(&self->n_chunks, self->n_chunks, across);
    }
    if (!good || self->chunk_n > G_MAXUINT32)
        return fail(self, error, "is damaged: it has chunks of an absurd size");
    return describe_filters(self, list, error);
}

static gboolean
describe_layout(Dataset *self, GError **error)
{
    g_auto(LacHid) list = H5Dget_create_plist(self->dataset);
    g_auto(LacHid) type = H5Dget_type(self->dataset);
    if (list < 0 || type < 0) {
        lac_h5_fail(self->file, self->path, "cannot be read", error);
        return FALSE;
    }
    self->layout = H5Pget_layout(list);
    H5D_fill_value_t fill;
    if (H5Pfill_value_defined(list, &fill) >= 0 && fill == H5D_FILL_VALUE_USER_DEFINED)
        H5Pget_fill_value(list, type, self->fill);
    if (self->layout == H5D_CHUNKED)
        return describe_chunks(self, list, error);
    if (self->layout == H5D_CONTIGUOUS && H5Pget_external_count(list) == 0) {
        haddr_t offset = H5Dget_offset(self->dataset);
        self->offset = offset == HADDR_UNDEF ? G_MAXUINT64 : offset;
        return TRUE;
    }
    if (self->layout == H5D_COMPACT)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->file->path,
        "%s has its values in other files, which are not opened", self->path);
    return FALSE;
}

static gboolean
open_dataset(Dataset *self, LacH5 *file, const char *path, GError **error)
{
    *self = (Dataset){ .file = file, .path = path, .dataset = H5I_INVALID_HID };
    g_autoptr(LacH5Node) node = lac_h5_get_node(file, path, error);
    if (node == NULL)
        return FALSE;
    if (node->kind != LAC_H5_NUMBERS) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, file->path, "%s holds no numbers but %s",
            path, node->type);
        return FALSE;
    }
    self->n_dims = node->n_dims;
    self->n = lac_h5_node_get_size(node);
    memcpy(self->shape, node->shape, sizeof self->shape);
    if (self->n > G_MAXSSIZE / 8)
        return fail(self, error, "is damaged: its size overflows");

    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    self->dataset = lac_h5_open_object(file, path, error);
    if (self->dataset < 0)
        return FALSE;
    g_auto(LacHid) type = H5Dget_type(self->dataset);
    if (type < 0 || !lac_h5_get_number_type(type, &self->number, &self->big_endian))
        return fail(self, error, "is damaged: its type cannot be read");
    self->value_size = lac_value_get_size(self->number);
    return describe_layout(self, error);
}

// Where chunk number @i of the grid starts.
static void
locate_chunk(const Dataset *self, gsize i, hsize_t *start)
{
    for (guint d = self->n_dims; d-- > 0;) {
        gsize across = (self->shape[d] - 1) / self->chunk[d] + 1;
        start[d] = i % across * self->chunk[d];
        i /= across;
    }
}

// Gives 0 for a chunk that is not stored, which the library takes for a failure like any other.
static gboolean
get_stored_size(const Dataset *self, const hsize_t *start, gsize *size, GError **error)
{
    hsize_t stored = 0;
    if (H5Dget_chunk_storage_size(self->dataset, start, &stored) < 0) {
        g_autofree char *text = lac_h5_take_message();
        if (g_strcmp0(text, "chunk storage is not allocated") != 0) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->file->path, "%s is damaged (%s)",
                self->path, text != NULL ? text : "no chunk index");
            return FALSE;
        }
        stored = 0;
    }
    if (stored > self->file->input->size)
        return fail(self, error, "is damaged: a chunk is larger than the file");
    *size = stored;
    return TRUE;
}

// A large array must be covered by what the file stores before memory is taken for it.
static gboolean
check_chunks_cover(const Dataset *self, gsize chunk_bytes, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    guint64 total = 0;
    for (gsize i = 0; i < self->n_chunks; i++) {
        hsize_t start[LAC_H5_MAX_DIMS];
        gsize stored;
        locate_chunk(self, i, start);
        if (!get_stored_size(self, start, &stored, error))
            return FALSE;
        total += stored;
        if (stored < chunk_bytes / (self->n_filters > 0 ? MAX_INFLATE : 1))
            return fail(self, error, "is damaged: a part of it is missing");
    }
    if (total > self->file->input->size)
        return fail(self, error, "is damaged: its chunks are larger than the file");
    return TRUE;
}

static gboolean
check_size(const Dataset *self, gsize out_size, GError **error)
{
    gsize stored_bytes = self->n * self->value_size;
    if (self->layout == H5D_CONTIGUOUS) {
        if (self->offset != G_MAXUINT64 &&
            (self->offset > self->file->input->size ||
                stored_bytes > self->file->input->size - self->offset))
            return fail(self, error, "is damaged: it reaches beyond the end of the file");
        if (self->offset == G_MAXUINT64 &&
            self->n * out_size > lac_io_get_budget(self->file->input->size))
            return fail(self, error, "has no values stored");
        return TRUE;
    }
    if (self->layout == H5D_COMPACT)
        return stored_bytes <= 65536 || fail(self, error, "is damaged: it is too large");

    // Each chunk has an entry of its own in the file; a few may be missing.
    if (self->n_chunks > MAX(self->file->input->size / 8, SPARSE_CHUNKS))
        return fail(self, error, "is damaged: it has more chunks than the file can hold");
    gsize chunk_bytes = self->chunk_n * self->value_size;
    gsize needed = MAX(chunk_bytes, self->n * MAX(self->value_size, out_size));
    guint64 budget = lac_io_get_budget(self->file->input->size);
    if (needed <= budget)
        return TRUE;
    return check_chunks_cover(self, chunk_bytes, error);
}

// A checksum of HDF5's own kind over 16-bit words, the last odd byte in the high half.
static guint32
fletcher32(const guint8 *data, gsize n)
{
    guint32 a = 0, b = 0;
    for (gsize i = 0; i + 1 < n; i += 2) {
        a = (a + ((guint32) data[i] << 8 | data[i + 1])) % 65535;
        b = (b + a) % 65535;
    }
    if (n % 2 != 0) {
        a = (a + ((guint32) data[n - 1] << 8)) % 65535;
        b = (b + a) % 65535;
    }
    return b << 16 | a;
}

static gboolean
check_fletcher(const guint8 *data, gsize *n)
{
    if (*n < 4)
        return FALSE;
    *n -= 4;
    const guint8 *p = data + *n;
    guint32 stored =
        (guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
    guint32 sum = fletcher32(data, *n);
    // Old versions of the library wrote the bytes of each half in the other order.
    guint32 swapped = (sum & 0x00ff00ffu) << 8 | (sum & 0xff00ff00u) >> 8;
    return (stored == sum) || (stored == swapped) ||
        (stored % 65535 == sum % 65535 && stored >> 16 == sum >> 16);
}

static gboolean
inflate_exactly(guint8 *in, gsize n_in, guint8 *out, gsize n_out)
{
    z_stream stream = { 0 };
    if (n_in > G_MAXUINT32 || n_out > G_MAXUINT32 || inflateInit(&stream) != Z_OK)
        return FALSE;
    stream.next_in = in;
    stream.avail_in = (uInt) n_in;
    stream.next_out = out;
    stream.avail_out = (uInt) n_out;
    int status = inflate(&stream, Z_FINISH);
    gsize done = stream.total_out;
    inflateEnd(&stream);
    return status == Z_STREAM_END && done == n_out;
}

static void
unshuffle(const guint8 *in, guint8 *out, gsize n, gsize size)
{
    for (gsize b = 0; b < size; b++)
        for (gsize i = 0; i < n; i++)
            out[i * size + b] = in[b * n + i];
}

typedef struct {
    guint8 *stored;
    gsize n_stored;  // 0: the chunk is not there, its values are the fill value
    guint32 skipped; // filters left out for this chunk, one bit each
    hsize_t start[LAC_H5_MAX_DIMS];
    gboolean good;
} Chunk;

static void
clear_chunk(gpointer data)
{
    Chunk *chunk = data;
    g_free(chunk->stored);
}

typedef struct {
    const Dataset *dataset;
    Chunk *chunks;
    gboolean as_double;
    gpointer out;
} Unpacking;

// Undoes the filters, last first; @chunk->stored then holds the plain values.
static gboolean
unpack_chunk(const Dataset *self, Chunk *chunk)
{
    gsize n_bytes = self->chunk_n * self->value_size;
    for (guint i = self->n_filters; i-- > 0;) {
        if (chunk->skipped & 1u << i)
            continue;
        if (self->filters[i] == H5Z_FILTER_FLETCHER32) {
            if (!check_fletcher(chunk->stored, &chunk->n_stored))
                return FALSE;
            continue;
        }
        // A checksum before the packing adds four bytes to what was packed.
        gsize n_out = n_bytes;
        for (guint j = 0; j < i; j++)
            if (self->filters[j] == H5Z_FILTER_FLETCHER32 && !(chunk->skipped & 1u << j))
                n_out += 4;
        if (self->filters[i] == H5Z_FILTER_SHUFFLE &&
            (chunk->n_stored != n_bytes || self->value_size == 1)) {
            if (chunk->n_stored != n_bytes)
                return FALSE;
            continue;
        }
        guint8 *out = g_try_malloc(n_out);
        if (out == NULL)
            return FALSE;
        gboolean good = TRUE;
        if (self->filters[i] == H5Z_FILTER_DEFLATE)
            good = inflate_exactly(chunk->stored, chunk->n_stored, out, n_out);
        else
            unshuffle(chunk->stored, out, self->chunk_n, self->value_size);
        g_free(chunk->stored);
        chunk->stored = out;
        chunk->n_stored = n_out;
        if (!good)
            return FALSE;
    }
    return chunk->n_stored == n_bytes;
}

static void
convert(const Unpacking *args, const guint8 *in, gsize n, gsize to)
{
    const Dataset *self = args->dataset;
    if (args->as_double)
        lac_values_to_doubles(self->number, self->big_endian, in, n, (double *) args->out + to);
    else
        lac_values_to_floats(self->number, self->big_endian, in, n, (float *) args->out + to);
}

// Copies a chunk's rows (along the fastest dimension) to their places; parts beyond the shape are
// left out.
static void
scatter_chunk(const Unpacking *args, const Chunk *chunk)
{
    const Dataset *self = args->dataset;
    guint last = self->n_dims - 1;
    gsize row = MIN(self->chunk[last], self->shape[last] - chunk->start[last]);
    gsize n_rows = self->chunk_n / self->chunk[last];
    for (gsize r = 0; r < n_rows; r++) {
        gsize to = 0, rest = r, index[LAC_H5_MAX_DIMS];
        gboolean inside = TRUE;
        for (guint d = last; d-- > 0;) {
            index[d] = chunk->start[d] + rest % self->chunk[d];
            rest /= self->chunk[d];
            inside = inside && index[d] < self->shape[d];
        }
        if (!inside)
            continue;
        for (guint d = 0; d < last; d++)
            to = to * self->shape[d] + index[d];
        to = to * self->shape[last] + chunk->start[last];
        convert(args, chunk->stored + r * self->chunk[last] * self->value_size, row, to);
    }
}

static void
unpack_chunks(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Unpacking *args = data;
    for (gsize i = begin; i < end; i++) {
        Chunk *chunk = &args->chunks[i];
        if (chunk->n_stored == 0) {
            gsize n = args->dataset->chunk_n, size = args->dataset->value_size;
            chunk->stored = g_try_malloc_n(n, size);
            for (gsize j = 0; j < n && chunk->stored != NULL; j++)
                memcpy(chunk->stored + j * size, args->dataset->fill, size);
            chunk->good = chunk->stored != NULL;
        }
        else {
            chunk->good = unpack_chunk(args->dataset, chunk);
        }
        if (chunk->good)
            scatter_chunk(args, chunk);
        g_clear_pointer(&chunk->stored, g_free);
    }
}

static gboolean
load_chunk(const Dataset *self, gsize i, Chunk *chunk, GError **error)
{
    locate_chunk(self, i, chunk->start);
    if (!get_stored_size(self, chunk->start, &chunk->n_stored, error))
        return FALSE;
    if (chunk->n_stored == 0)
        return TRUE;
    chunk->stored = g_try_malloc(chunk->n_stored);
    if (chunk->stored == NULL)
        return fail(self, error, "needs more memory than there is");
    if (H5Dread_chunk(self->dataset, H5P_DEFAULT, chunk->start, &chunk->skipped, chunk->stored) <
        0) {
        lac_h5_fail(self->file, self->path, "cannot be read", error);
        return FALSE;
    }
    return TRUE;
}

static gboolean
read_batch(const Unpacking *args, gsize first, gsize n, GError **error)
{
    const Dataset *self = args->dataset;
    g_autoptr(GArray) chunks = g_array_sized_new(FALSE, TRUE, sizeof(Chunk), (guint) n);
    g_array_set_clear_func(chunks, clear_chunk);
    g_array_set_size(chunks, (guint) n);
    Unpacking batch = *args;
    batch.chunks = &g_array_index(chunks, Chunk, 0);
    {
        g_auto(LacH5Lock) lock = lac_h5_lock();
        (void) lock;
        for (gsize i = 0; i < n; i++)
            if (!load_chunk(self, first + i, &batch.chunks[i], error))
                return FALSE;
    }
    lac_parallel_for(n, 1, unpack_chunks, &batch);
    for (gsize i = 0; i < n; i++)
        if (!batch.chunks[i].good)
            return fail(self, error, "is damaged: a chunk cannot be unpacked");
    return TRUE;
}

static gboolean
update(LacH5Span span, double part, GError **error)
{
    return lac_progress_update(span.progress, span.from + (span.to - span.from) * part, error);
}

static gboolean
read_chunked(const Unpacking *args, LacH5Span span, GError **error)
{
    const Dataset *self = args->dataset;
    gsize batch = CLAMP(BATCH_BYTES / MAX(self->chunk_n * self->value_size, 1), 1, MAX_BATCH);
    for (gsize i = 0; i < self->n_chunks; i += batch) {
        if (!update(span, (double) i / (double) self->n_chunks, error) ||
            !read_batch(args, i, MIN(batch, self->n_chunks - i), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_contiguous(const Unpacking *args, LacH5Span span, GError **error)
{
    const Dataset *self = args->dataset;
    gsize step = 4 * 1048576 / self->value_size;
    g_autofree guint8 *raw = g_malloc(MIN(step, self->n) * self->value_size);
    for (gsize i = 0; i < self->n; i += step) {
        gsize n = MIN(step, self->n - i);
        if (!update(span, (double) i / (double) self->n, error))
            return FALSE;
        if (self->offset == G_MAXUINT64)
            for (gsize j = 0; j < n; j++)
                memcpy(raw + j * self->value_size, self->fill, self->value_size);
        else if (!lac_input_read(self->file->input, self->offset + i * self->value_size, raw,
                     n * self->value_size, error))
            return FALSE;
        convert(args, raw, n, i);
    }
    return TRUE;
}

static gboolean
read_compact(const Unpacking *args, GError **error)
{
    const Dataset *self = args->dataset;
    g_autofree guint8 *raw = g_malloc0(self->n * self->value_size);
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_auto(LacHid) type = H5Dget_type(self->dataset);
    if (H5Dread(self->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) < 0) {
        lac_h5_fail(self->file, self->path, "cannot be read", error);
        return FALSE;
    }
    convert(args, raw, self->n, 0);
    return TRUE;
}

static gboolean
read_values(const Unpacking *args, LacH5Span span, GError **error)
{
    gboolean good = TRUE;
    if (args->dataset->n > 0) {
        switch (args->dataset->layout) {
        case H5D_CHUNKED: good = read_chunked(args, span, error); break;
        case H5D_CONTIGUOUS: good = read_contiguous(args, span, error); break;
        case H5D_COMPACT: good = read_compact(args, error); break;
        case H5D_LAYOUT_ERROR:
        case H5D_VIRTUAL:
        case H5D_NLAYOUTS:
        default: g_assert_not_reached();
        }
    }
    return good && update(span, 1.0, error);
}

/**
 * lac_h5_read_floats:
 * @self: a file open for reading
 * @path: a dataset of numbers
 * @span: the part of a progress that it takes; updated every few megabytes
 * @error: return location for a #GError
 *
 * Reads a whole dataset as float32, after its size was checked against what the file stores.
 *
 * Returns: (transfer full): its values, C order, or %NULL with @error set
 */
LacBuffer *
lac_h5_read_floats(LacH5 *self, const char *path, LacH5Span span, GError **error)
{
    g_auto(Dataset) dataset = { .dataset = H5I_INVALID_HID };
    if (!open_dataset(&dataset, self, path, error) || !check_size(&dataset, sizeof(float), error))
        return NULL;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(dataset.n, error);
    if (buffer == NULL)
        return NULL;
    Unpacking args = { .dataset = &dataset, .out = buffer->data };
    return read_values(&args, span, error) ? g_steal_pointer(&buffer) : NULL;
}

/**
 * lac_h5_read_doubles:
 * @self: a file open for reading
 * @path: a dataset of numbers
 * @n: (out): how many values
 * @error: return location for a #GError
 *
 * Reads a whole dataset as double, for what needs more than float32 and is not large.
 *
 * Returns: (transfer full) (array length=n): its values, C order, to be freed with g_free(), or
 * %NULL with @error set
 */
double *
lac_h5_read_doubles(LacH5 *self, const char *path, gsize *n, GError **error)
{
    g_auto(Dataset) dataset = { .dataset = H5I_INVALID_HID };
    if (!open_dataset(&dataset, self, path, error) || !check_size(&dataset, sizeof(double), error))
        return NULL;
    g_autofree double *values = g_try_new0(double, dataset.n + 1);
    if (values == NULL) {
        lac_io_set_error(error, LAC_ERROR_MEMORY, self->path, "%s needs more memory than there is",
            path);
        return NULL;
    }
    Unpacking args = { .dataset = &dataset, .as_double = TRUE, .out = values };
    if (!read_values(&args, (LacH5Span){ 0 }, error))
        return NULL;
    *n = dataset.n;
    return g_steal_pointer(&values);
}

/**
 * lac_h5_read_text:
 * @self: a file open for reading
 * @path: a dataset that holds one string of fixed length, as lac_h5_write_text() makes it
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the text, which is valid UTF-8, or %NULL with @error set
 */
char *
lac_h5_read_text(LacH5 *self, const char *path, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_auto(LacHid) dataset = lac_h5_open_object(self, path, error);
    if (dataset < 0)
        return NULL;
    Dataset about = { .file = self, .path = path };
    g_auto(LacHid) type =
        H5Iget_type(dataset) == H5I_DATASET ? H5Dget_type(dataset) : H5I_INVALID_HID;
    g_auto(LacHid) space = type >= 0 ? H5Dget_space(dataset) : H5I_INVALID_HID;
    if (space < 0 || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 ||
        H5Sget_simple_extent_npoints(space) != 1) {
        fail(&about, error, "is not one text");
        return NULL;
    }
    gsize size = H5Tget_size(type);
    haddr_t offset = H5Dget_offset(dataset);
    if (size > LAC_H5_MAX_TEXT || offset == HADDR_UNDEF || offset > self->input->size ||
        size > self->input->size - offset) {
        fail(&about, error, "is damaged: the text reaches beyond the end of the file");
        return NULL;
    }
    g_autofree char *text = g_malloc0(size + 1);
    if (!lac_input_read(self->input, offset, text, size, error))
        return NULL;
    return g_utf8_make_valid(text, -1);
}
