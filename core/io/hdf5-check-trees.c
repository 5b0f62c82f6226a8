// SPDX-License-Identifier: GPL-3.0-or-later
// Groups, trees of chunks and heaps of the first version of the HDF5 format.
#include "core/io/hdf5-check.h"

#include <string.h>

#define MAX_LEVEL 24

// Entries of a symbol table, with the heap that holds their names.
typedef struct {
    const guint8 *heap;
    guint64 n_heap;
} Names;

static gboolean
is_name(const Names *names, guint64 offset)
{
    return offset < names->n_heap &&
        memchr(names->heap + offset, 0, names->n_heap - offset) != NULL;
}

static gboolean
check_free_list(const guint8 *data, guint64 n, guint64 first)
{
    guint64 at = first, n_blocks = 0;
    while (at != 1) { // which stands for none
        if (at % 8 != 0 || at > n || n - at < 16 || n_blocks++ > n / 16)
            return FALSE;
        guint64 size = lac_get_uint64(data + at + 8, FALSE);
        if (size < 16 || size > n - at)
            return FALSE;
        at = lac_get_uint64(data + at, FALSE);
    }
    return TRUE;
}

/**
 * lac_check_local_heap:
 * @self: a walk
 * @address: of a local heap
 * @data: (out) (transfer full): its bytes
 * @n: (out): how many
 *
 * Returns: %TRUE, or %FALSE with the error of the walk set
 */
gboolean
lac_check_local_heap(LacCheck *self, guint64 address, guint8 **data, guint64 *n)
{
    g_autofree guint8 *head = lac_check_load(self, address, 32, "heap");
    if (head == NULL)
        return FALSE;
    *n = lac_get_uint64(head + 8, FALSE);
    if (memcmp(head, "HEAP", 4) != 0 || head[4] != 0 || *n == 0)
        return lac_check_damaged(self, "heap", address);
    g_autofree guint8 *bytes = lac_check_load(self, lac_get_uint64(head + 24, FALSE), *n, "heap");
    if (bytes == NULL)
        return FALSE;
    guint64 first = lac_get_uint64(head + 16, FALSE);
    if (first != G_MAXUINT64 && !check_free_list(bytes, *n, first))
        return lac_check_damaged(self, "heap", address);
    *data = g_steal_pointer(&bytes);
    return TRUE;
}

static gboolean
check_symbols(LacCheck *self, guint64 address, const Names *names)
{
    guint64 n_bytes = 8 + 2 * (guint64) self->leaf_k * 40;
    g_autofree guint8 *node = lac_check_load(self, address, n_bytes, "symbol table");
    if (node == NULL)
        return FALSE;
    guint n = lac_get_uint16(node + 6, FALSE);
    if (memcmp(node, "SNOD", 4) != 0 || node[4] != 1 || n > 2 * self->leaf_k)
        return lac_check_damaged(self, "symbol table", address);
    for (guint i = 0; i < n; i++) {
        const guint8 *entry = node + 8 + 40 * i;
        guint32 cache = lac_get_uint32(entry + 16, FALSE);
        if (!is_name(names, lac_get_uint64(entry, FALSE)) || cache > 2)
            return lac_check_damaged(self, "symbol table", address);
        if (cache == 2) {
            if (!is_name(names, lac_get_uint32(entry + 24, FALSE)))
                return lac_check_damaged(self, "symbol table", address);
            continue; // a soft link has no object
        }
        lac_check_add_object(self, lac_get_uint64(entry + 8, FALSE));
        if (cache == 1 &&
            !lac_check_group(self, lac_get_uint64(entry + 24, FALSE),
                lac_get_uint64(entry + 32, FALSE)))
            return FALSE;
    }
    return TRUE;
}

// The head of a node of a tree, after its size was checked; @level is that of its parent less 1,
// or -1 for the root.
static guint8 *
load_node(LacCheck *self, guint64 address, guint type, guint k, gsize n_key, int level)
{
    guint64 n_bytes = 24 + 2 * (guint64) k * (n_key + 8) + n_key;
    if (!lac_check_first_visit(self, address)) {
        lac_check_damaged(self, "tree", address);
        return NULL;
    }
    g_autofree guint8 *node = lac_check_load(self, address, n_bytes, "tree");
    if (node == NULL)
        return NULL;
    guint n = lac_get_uint16(node + 6, FALSE);
    if (memcmp(node, "TREE", 4) != 0 || node[4] != type || n > 2 * k || node[5] > MAX_LEVEL ||
        (level >= 0 && node[5] != level)) {
        lac_check_damaged(self, "tree", address);
        return NULL;
    }
    return g_steal_pointer(&node);
}

static gboolean
check_group_tree(LacCheck *self, guint64 address, const Names *names, int level)
{
    g_autofree guint8 *node = load_node(self, address, 0, self->group_k, 8, level);
    if (node == NULL)
        return FALSE;
    guint n = lac_get_uint16(node + 6, FALSE);
    for (guint i = 0; i <= n; i++)
        if (n > 0 && !is_name(names, lac_get_uint64(node + 24 + 16 * i, FALSE)))
            return lac_check_damaged(self, "tree", address);
    for (guint i = 0; i < n; i++) {
        guint64 child = lac_get_uint64(node + 32 + 16 * i, FALSE);
        gboolean good = node[5] > 0 ? check_group_tree(self, child, names, node[5] - 1)
                                    : check_symbols(self, child, names);
        if (!good)
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_check_group:
 * @self: a walk
 * @tree: address of the tree of a group
 * @heap: address of its heap of names
 *
 * Checks a group, and notes its members' object headers. One that was visited is not entered again.
 *
 * Returns: %TRUE, or %FALSE with the error of the walk set
 */
gboolean
lac_check_group(LacCheck *self, guint64 tree, guint64 heap)
{
    if (!lac_check_first_visit(self, heap))
        return g_hash_table_contains(self->visited, &tree) ||
            lac_check_damaged(self, "group", tree);
    g_autofree guint8 *data = NULL;
    Names names = { 0 };
    if (!lac_check_local_heap(self, heap, &data, &names.n_heap))
        return FALSE;
    names.heap = data;
    return check_group_tree(self, tree, &names, -1);
}

static gboolean
check_chunk_node(LacCheck *self, guint64 address, guint n_keys, int level)
{
    gsize n_key = 8 + 8 * (gsize) n_keys;
    g_autofree guint8 *node = load_node(self, address, 1, self->chunk_k, n_key, level);
    if (node == NULL)
        return FALSE;
    guint n = lac_get_uint16(node + 6, FALSE);
    for (guint i = 0; i < n; i++) {
        const guint8 *key = node + 24 + i * (n_key + 8);
        guint64 child = lac_get_uint64(key + n_key, FALSE);
        if (node[5] == 0 && !lac_check_fits(self, child, lac_get_uint32(key, FALSE)))
            return lac_check_damaged(self, "tree of chunks", address);
        if (node[5] > 0 && !check_chunk_node(self, child, n_keys, node[5] - 1))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_check_chunk_tree:
 * @self: a walk
 * @address: of the tree of a dataset's chunks
 * @n_keys: dimensions of the dataset and one for its values
 *
 * Returns: %TRUE, or %FALSE with the error of the walk set
 */
gboolean
lac_check_chunk_tree(LacCheck *self, guint64 address, guint n_keys)
{
    return check_chunk_node(self, address, n_keys, -1);
}

// A collection of the global heap, kept since many texts lie in one.
static GBytes *
load_collection(LacCheck *self, guint64 address)
{
    GBytes *known = g_hash_table_lookup(self->heaps, &address);
    if (known != NULL)
        return known;
    g_autofree guint8 *head = lac_check_load(self, address, 16, "global heap");
    if (head == NULL)
        return NULL;
    guint64 n = lac_get_uint64(head + 8, FALSE);
    if (memcmp(head, "GCOL", 4) != 0 || head[4] != 1 || n < 16) {
        lac_check_damaged(self, "global heap", address);
        return NULL;
    }
    guint8 *bytes = lac_check_load(self, address, n, "global heap");
    if (bytes == NULL)
        return NULL;
    GBytes *collection = g_bytes_new_take(bytes, n);
    g_hash_table_insert(self->heaps, g_memdup2(&address, sizeof address), collection);
    return collection;
}

/**
 * lac_check_global_heap:
 * @self: a walk
 * @address: of a collection of the global heap
 * @index: of an object in it
 * @n_bytes: that the object must have
 *
 * Returns: %TRUE, or %FALSE with the error of the walk set
 */
gboolean
lac_check_global_heap(LacCheck *self, guint64 address, guint index, guint64 n_bytes)
{
    GBytes *collection = load_collection(self, address);
    if (collection == NULL)
        return FALSE;
    gsize n;
    const guint8 *bytes = g_bytes_get_data(collection, &n);
    gboolean found = FALSE;
    for (guint64 at = 16; n - at >= 16;) {
        guint64 size = lac_get_uint64(bytes + at + 8, FALSE);
        guint this = lac_get_uint16(bytes + at, FALSE);
        guint64 whole = this == 0 ? size : 16 + (MIN(size, n) + 7) / 8 * 8;
        if (size > n || whole < 16 || whole > n - at)
            return lac_check_damaged(self, "global heap", address);
        found = found || (this == index && size >= n_bytes);
        at += whole;
    }
    return found || lac_check_damaged(self, "global heap", address);
}
