// SPDX-License-Identifier: GPL-3.0-or-later
// Walks the metadata of an HDF5 file before the library does. Structures of the first version have
// no checksums, and on damaged ones the library takes gigabytes, runs in circles or crashes; those of
// later versions it verifies itself. Named after the HDF5 File Format Specification, version 3.0.
#include "core/io/hdf5-check.h"

#include <string.h>

#define MAX_HEADER (64 * 1048576) // [bytes] of one block of an object header
#define UNDEFINED  G_MAXUINT64

static const guint8 signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };

/**
 * lac_check_damaged:
 * @self: a walk
 * @what: the structure at fault
 * @address: where it is
 *
 * Returns: %FALSE with the error of the walk set
 */
gboolean
lac_check_damaged(LacCheck *self, const char *what, guint64 address)
{
    if (self->error == NULL || *self->error == NULL)
        lac_io_set_error(self->error, LAC_ERROR_FORMAT, self->path,
            "it is damaged: the %s at byte %" G_GUINT64_FORMAT " is not valid", what,
            self->base + address);
    return FALSE;
}

/**
 * lac_check_fits:
 * @self: a walk
 * @address: from the superblock on
 * @n: [bytes]
 *
 * Returns: %TRUE when the file has all of them
 */
gboolean
lac_check_fits(const LacCheck *self, guint64 address, guint64 n)
{
    return address <= self->end && n <= self->end - address;
}

/**
 * lac_check_load:
 * @self: a walk
 * @address: from the superblock on
 * @n: [bytes]
 * @what: the structure that is there
 *
 * Returns: (transfer full): the bytes, or %NULL with the error of the walk set when they are not
 * all in the file, or when so much was read that structures must overlap
 */
guint8 *
lac_check_load(LacCheck *self, guint64 address, guint64 n, const char *what)
{
    if (!lac_check_fits(self, address, n) || n > self->budget) {
        lac_check_damaged(self, what, address);
        return NULL;
    }
    self->budget -= n;
    g_autofree guint8 *bytes = g_try_malloc(n + 1);
    if (bytes == NULL) {
        lac_check_damaged(self, what, address);
        return NULL;
    }
    if (!lac_input_read(self->input, self->base + address, bytes, n, self->error))
        return NULL;
    bytes[n] = 0;
    return g_steal_pointer(&bytes);
}

/**
 * lac_check_first_visit:
 * @self: a walk
 * @address: of a structure
 *
 * Returns: %FALSE when it was visited before
 */
gboolean
lac_check_first_visit(LacCheck *self, guint64 address)
{
    return g_hash_table_add(self->visited, g_memdup2(&address, sizeof address));
}

/**
 * lac_check_add_object:
 * @self: a walk
 * @address: of an object header, to be checked later
 */
void
lac_check_add_object(LacCheck *self, guint64 address)
{
    g_array_append_val(self->objects, address);
}

typedef struct {
    guint64 address, n; // of a block of messages
} Block;

static gboolean
add_continuation(LacCheck *self, GArray *blocks, LacBytes body, guint64 address)
{
    Block block = { 0 };
    if (body.end - body.at < 16)
        return lac_check_damaged(self, "continuation of an object header", address);
    block.address = lac_get_uint64(body.at, FALSE);
    block.n = lac_get_uint64(body.at + 8, FALSE);
    if (!lac_check_fits(self, block.address, block.n) || block.n > MAX_HEADER || block.n < 8)
        return lac_check_damaged(self, "continuation of an object header", address);
    g_array_append_val(blocks, block);
    return TRUE;
}

// @n_head: bytes before the body of a message; 8 in version 1, 4 or 6 in version 2.
static gboolean
check_messages(LacCheck *self, LacBytes bytes, gsize n_head, GArray *blocks, guint64 address)
{
    while ((gsize) (bytes.end - bytes.at) >= n_head) {
        const guint8 *p = bytes.at;
        guint type = n_head == 8 ? lac_get_uint16(p, FALSE) : p[0];
        gsize n = n_head == 8 ? lac_get_uint16(p + 2, FALSE) : lac_get_uint16(p + 1, FALSE);
        guint flags = n_head == 8 ? p[4] : p[3];
        bytes.at += n_head;
        if (n > (gsize) (bytes.end - bytes.at))
            return lac_check_damaged(self, "object header", address);
        LacBytes body = { bytes.at, bytes.at + n };
        bytes.at += n;
        if (!lac_check_message(self, type, flags, body, address) ||
            (type == 0x10 && !add_continuation(self, blocks, body, address)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_blocks(LacCheck *self, GArray *blocks, gsize n_head, gboolean signed_blocks, guint64 address)
{
    for (guint i = 0; i < blocks->len; i++) {
        Block block = g_array_index(blocks, Block, i);
        if (i > 0 && !lac_check_first_visit(self, block.address))
            return lac_check_damaged(self, "object header", address);
        g_autofree guint8 *bytes = lac_check_load(self, block.address, block.n, "object header");
        if (bytes == NULL)
            return FALSE;
        LacBytes messages = { bytes, bytes + block.n };
        if (signed_blocks && i > 0) {
            if (memcmp(bytes, "OCHK", 4) != 0)
                return lac_check_damaged(self, "object header", address);
            messages.at += 4;
            messages.end -= 4; // the checksum
        }
        if (!check_messages(self, messages, n_head, blocks, address))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_object_1(LacCheck *self, guint64 address, const guint8 *prefix)
{
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(Block));
    Block first = { address + 16, lac_get_uint32(prefix + 8, FALSE) };
    if (prefix[0] != 1 || first.n > MAX_HEADER || !lac_check_fits(self, first.address, first.n))
        return lac_check_damaged(self, "object header", address);
    g_array_append_val(blocks, first);
    return check_blocks(self, blocks, 8, FALSE, address);
}

static gboolean
check_object_2(LacCheck *self, guint64 address, const guint8 *prefix)
{
    guint flags = prefix[5];
    gsize width = (gsize) 1 << (flags & 3);
    gsize at = 6u + (flags & 0x20 ? 16u : 0u) + (flags & 0x10 ? 4u : 0u);
    guint64 n = 0;
    for (gsize i = width; i > 0; i--)
        n = n << 8 | prefix[at + i - 1];
    at += width;
    if (prefix[4] != 2 || n > MAX_HEADER || !lac_check_fits(self, address + at, n + 4))
        return lac_check_damaged(self, "object header", address);
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(Block));
    Block first = { address + at, n };
    g_array_append_val(blocks, first);
    return check_blocks(self, blocks, flags & 4 ? 6 : 4, TRUE, address);
}

static gboolean
check_object(LacCheck *self, guint64 address)
{
    if (!lac_check_first_visit(self, address))
        return TRUE;
    guint8 prefix[40] = { 0 };
    gsize n = (gsize) MIN(sizeof prefix, self->end - MIN(address, self->end));
    if (n < 16)
        return lac_check_damaged(self, "object header", address);
    if (!lac_input_read(self->input, self->base + address, prefix, n, self->error))
        return FALSE;
    return memcmp(prefix, "OHDR", 4) == 0 ? check_object_2(self, address, prefix)
                                          : check_object_1(self, address, prefix);
}

static gboolean
check_all_objects(LacCheck *self)
{
    while (self->objects->len > 0) {
        guint64 address = g_array_index(self->objects, guint64, self->objects->len - 1);
        g_array_set_size(self->objects, self->objects->len - 1);
        if (!check_object(self, address))
            return FALSE;
    }
    return TRUE;
}

// The superblock counts the end from the start of the file, unlike all other addresses.
static gboolean
set_end(LacCheck *self, guint64 end)
{
    if (end > self->input->size) {
        lac_io_set_error(self->error, LAC_ERROR_FORMAT, self->path,
            "it is cut off: it should have %" G_GUINT64_FORMAT " bytes and has %" G_GUINT64_FORMAT,
            end, self->input->size);
        return FALSE;
    }
    if (end < self->base)
        return lac_check_damaged(self, "superblock", 0);
    self->end = end - self->base;
    return TRUE;
}

static gboolean
read_superblock_0(LacCheck *self, const guint8 *block)
{
    gsize at = block[8] == 1 ? 28 : 24;
    if (block[13] != 8 || block[14] != 8)
        return lac_check_damaged(self, "superblock", 0);
    self->leaf_k = lac_get_uint16(block + 16, FALSE);
    self->group_k = lac_get_uint16(block + 18, FALSE);
    self->chunk_k = block[8] == 1 ? lac_get_uint16(block + 24, FALSE) : 32;
    // base, free space, end of file, driver, then the entry of the root group
    if (lac_get_uint64(block + at + 24, FALSE) != UNDEFINED || self->leaf_k == 0 ||
        self->group_k == 0 || self->chunk_k == 0)
        return lac_check_damaged(self, "superblock", 0);
    if (!set_end(self, lac_get_uint64(block + at + 16, FALSE)))
        return FALSE;
    const guint8 *root = block + at + 32;
    lac_check_add_object(self, lac_get_uint64(root + 8, FALSE));
    return lac_get_uint32(root + 16, FALSE) != 1 ||
        lac_check_group(self, lac_get_uint64(root + 24, FALSE), lac_get_uint64(root + 32, FALSE));
}

static gboolean
read_superblock_2(LacCheck *self, const guint8 *block)
{
    if (block[9] != 8 || block[10] != 8)
        return lac_check_damaged(self, "superblock", 0);
    self->leaf_k = 4;
    self->group_k = 16;
    self->chunk_k = 32;
    guint64 extension = lac_get_uint64(block + 20, FALSE);
    if (!set_end(self, lac_get_uint64(block + 28, FALSE)))
        return FALSE;
    if (extension != UNDEFINED)
        lac_check_add_object(self, extension);
    lac_check_add_object(self, lac_get_uint64(block + 36, FALSE));
    return TRUE;
}

static gboolean
check_file(LacCheck *self)
{
    guint8 block[112] = { 0 };
    gsize n = (gsize) MIN(sizeof block, self->input->size - self->base);
    if (!lac_input_read(self->input, self->base, block, n, self->error))
        return FALSE;
    gboolean good = FALSE;
    if (block[8] <= 1 && n >= 96)
        good = read_superblock_0(self, block);
    else if (block[8] >= 2 && block[8] <= 3 && n >= 48)
        good = read_superblock_2(self, block);
    else
        return lac_check_damaged(self, "superblock", 0);
    return good && check_all_objects(self);
}

static gboolean
find_superblock(LacInput *input, guint64 *base)
{
    guint8 head[8];
    for (*base = 0; lac_input_holds(input, *base, sizeof head, 1);
         *base = *base == 0 ? 512 : *base * 2)
        if (lac_input_read(input, *base, head, sizeof head, NULL) &&
            memcmp(head, signature, sizeof signature) == 0)
            return TRUE;
    return FALSE;
}

/**
 * lac_h5_check_structure:
 * @input: a file
 * @path: its name for messages
 * @error: return location for a #GError
 *
 * Makes sure that what the library will follow stays inside the file and comes to an end: object
 * headers and their messages, groups, trees of chunks, heaps.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_check_structure(LacInput *input, const char *path, GError **error)
{
    guint64 base;
    if (!find_superblock(input, &base)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is not an HDF5 file");
        return FALSE;
    }
    g_autoptr(GHashTable) visited =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) heaps =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_bytes_unref);
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(guint64));
    GError *failure = NULL;
    LacCheck check = { .input = input,
        .path = path,
        .base = base,
        .budget = 2 * input->size + 1048576,
        .visited = visited,
        .heaps = heaps,
        .objects = objects,
        .error = &failure };
    if (check_file(&check))
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
