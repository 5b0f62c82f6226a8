// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the structure check share.
#pragma once

#include "core/io/hdf5-private.h"

// A walk over a file's metadata. Addresses count from @base.
typedef struct {
    LacInput *input;
    const char *path;
    guint64 base, end; // [bytes] of the superblock in the file; of what the addresses can reach
    guint leaf_k, group_k, chunk_k; // half of the entries of tree nodes
    guint64 budget;                 // [bytes] of metadata that may still be read
    GHashTable *visited;            // addresses of what was checked
    GHashTable *heaps;              // collections of the global heap by address
    GArray *objects;                // of guint64: object headers to be checked
    GError **error;
} LacCheck;

// Bytes with a reading position; reading beyond the end fails.
typedef struct {
    const guint8 *at, *end;
} LacBytes;

gboolean lac_check_damaged(LacCheck *self, const char *what, guint64 address);
gboolean lac_check_fits(const LacCheck *self, guint64 address, guint64 n);
guint8 *lac_check_load(LacCheck *self, guint64 address, guint64 n, const char *what);
gboolean lac_check_first_visit(LacCheck *self, guint64 address);
void lac_check_add_object(LacCheck *self, guint64 address);

gboolean lac_check_group(LacCheck *self, guint64 tree, guint64 heap);
gboolean lac_check_chunk_tree(LacCheck *self, guint64 address, guint n_keys);
gboolean lac_check_local_heap(LacCheck *self, guint64 address, guint8 **data, guint64 *n);
gboolean lac_check_global_heap(LacCheck *self, guint64 address, guint index, guint64 n_bytes);

gboolean lac_check_message(LacCheck *self, guint type, guint flags, LacBytes body, guint64 address);
