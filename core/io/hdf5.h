// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 files behind one lock: what this program reads of them and writes to them. Paths inside a
// file are absolute ("/data/tomography"); only hard links are followed.
#pragma once

#include "core/io/bytes.h"

#define LAC_H5_MAX_DIMS 32

typedef struct LacH5 LacH5;

typedef enum {
    LAC_H5_GROUP,
    LAC_H5_NUMBERS, // a dataset of integers or floating point numbers
    LAC_H5_TEXT,    // a dataset of strings
    LAC_H5_OTHER,   // compounds, references, links, ...; named in type
} LacH5Kind;

typedef struct {
    char *path;
    LacH5Kind kind;
    guint n_dims;                 // of a dataset; 0 for a scalar
    gsize shape[LAC_H5_MAX_DIMS]; // slowest first
    LacValueType number;          // of LAC_H5_NUMBERS
    char *type;                   // "uint16, big-endian", "compound", "soft link", ...
} LacH5Node;

// The part of a job's progress that one array takes.
typedef struct {
    LacProgress *progress; // (nullable)
    double from, to;
} LacH5Span;

// Numbers to be written, C order.
typedef struct {
    LacValueType type;
    guint n_dims;
    gsize shape[4]; // slowest first
    gconstpointer data;
} LacH5Array;

typedef enum {
    LAC_H5_COMPATIBLE,  // readable by HDF5 1.6 and later
    LAC_H5_CHECKSUMMED, // HDF5 1.10 and later; damage to the structure is noticed
} LacH5Style;

LacH5 *lac_h5_open(const char *path, GError **error);
LacH5 *lac_h5_create(const char *path, LacH5Style style, GError **error);
gboolean lac_h5_close(LacH5 *self, GError **error);
void lac_h5_free(LacH5 *self);
const char *lac_h5_get_path(const LacH5 *self);

GPtrArray *lac_h5_list(LacH5 *self, GError **error);
LacH5Node *lac_h5_get_node(LacH5 *self, const char *path, GError **error);
gboolean lac_h5_exists(LacH5 *self, const char *path);
void lac_h5_node_free(LacH5Node *node);
gsize lac_h5_node_get_size(const LacH5Node *node);

gboolean lac_h5_get_number(LacH5 *self, const char *path, const char *name, double *value);
double *lac_h5_dup_numbers(LacH5 *self, const char *path, const char *name, gsize *n);
char *lac_h5_dup_string(LacH5 *self, const char *path, const char *name);

LacBuffer *lac_h5_read_floats(LacH5 *self, const char *path, LacH5Span span, GError **error);
double *lac_h5_read_doubles(LacH5 *self, const char *path, gsize *n, GError **error);
char *lac_h5_read_text(LacH5 *self, const char *path, GError **error);

gboolean lac_h5_make_group(LacH5 *self, const char *path, GError **error);
gboolean
lac_h5_set_number(LacH5 *self, const char *path, const char *name, double value, GError **error);
gboolean
lac_h5_set_integer(LacH5 *self, const char *path, const char *name, gint64 value, GError **error);
gboolean lac_h5_set_string(LacH5 *self, const char *path, const char *name, const char *value,
    GError **error);
gboolean lac_h5_write_array(LacH5 *self, const char *path, const LacH5Array *array, LacH5Span span,
    GError **error);
gboolean lac_h5_write_text(LacH5 *self, const char *path, const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacH5, lac_h5_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacH5Node, lac_h5_node_free)
