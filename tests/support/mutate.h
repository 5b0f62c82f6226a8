// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds damaged copies of a small file to a reader: no crash, no hang, no greed, clear errors.
#pragma once

#include <glib.h>

// Reads @path and frees what it got; gives TRUE, or FALSE with @error set.
typedef gboolean (*LacMutateRead)(const char *path, gpointer data, GError **error);

// What the copies did; printed as a test message too.
typedef struct {
    guint n_read, n_refused;
    double slowest_s;
    gsize largest; // [bytes] most that one copy made the reader hold; 0 under a sanitizer
} LacMutateReport;

void
lac_mutate_bytes(GByteArray *bytes, const guint8 *original, gsize n, guint64 seed, guint64 copy);
LacMutateReport lac_mutate_check(const guint8 *original, gsize n, const char *suffix,
    guint n_copies, guint64 seed, LacMutateRead read, gpointer data);
LacMutateReport lac_mutate_check_file(const char *path, guint n_copies, guint64 seed,
    LacMutateRead read, gpointer data);
