// SPDX-License-Identifier: GPL-3.0-or-later
// Aligned, reference-counted storage of float32 values, shared by volumes and series.
#pragma once

#include <glib.h>

// Immutable once published: whoever holds a reference may read without a lock.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;     // number of values
    float *data; // 64-byte aligned
} LacBuffer;

LacBuffer *lac_buffer_new(gsize n, GError **error);
LacBuffer *lac_buffer_ref(LacBuffer *self);
void lac_buffer_unref(LacBuffer *self);

gpointer lac_alloc(gsize n, gsize size, GError **error);
gpointer lac_alloc_unset(gsize n, gsize size, GError **error);
float *lac_alloc_floats(gsize n, GError **error);
void lac_free(gpointer data);
double lac_dot(const float *a, const float *b, gsize n);
gboolean lac_check_shape(gsize nz, gsize ny, gsize nx, gsize *n, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacBuffer, lac_buffer_unref)
