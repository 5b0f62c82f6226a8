// SPDX-License-Identifier: GPL-3.0-or-later
// Writes PNG files row by row.
#pragma once

#include <glib.h>

typedef struct LacPngWriter LacPngWriter;

LacPngWriter *lac_png_writer_new(const char *path, guint width, guint height, gboolean has_alpha,
    const char *const *text, GError **error);
gboolean
lac_png_writer_add_rows(LacPngWriter *self, const guint8 *rgba, guint n_rows, GError **error);
gboolean lac_png_writer_finish(LacPngWriter *self, GError **error);
void lac_png_writer_free(LacPngWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPngWriter, lac_png_writer_free)
