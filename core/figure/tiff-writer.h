// SPDX-License-Identifier: GPL-3.0-or-later
// Writes pictures as TIFF files row by row.
#pragma once

#include <glib.h>

typedef struct {
    guint width, height;     // [pixel]
    guint bits;              // per value, 8 or 16
    gboolean has_alpha;      // FALSE to leave the alpha of the pixels away
    double dpi;              // 0: unknown
    const char *description; // (nullable)
} LacTiffParams;

typedef struct LacTiffWriter LacTiffWriter;

LacTiffWriter *lac_tiff_writer_new(const char *path, const LacTiffParams *params, GError **error);
gboolean
lac_tiff_writer_add_rows(LacTiffWriter *self, gconstpointer rgba, guint n_rows, GError **error);
gboolean lac_tiff_writer_finish(LacTiffWriter *self, GError **error);
void lac_tiff_writer_free(LacTiffWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacTiffWriter, lac_tiff_writer_free)
