// SPDX-License-Identifier: GPL-3.0-or-later
// Writes PNG files row by row, and reads the texts in them.
#pragma once

#include <glib.h>

#define LAC_FIGURE_RECIPE_KEY "Lacuna recipe" // of the text that makes a figure again

typedef struct LacPngWriter LacPngWriter;

LacPngWriter *lac_png_writer_new(const char *path, guint width, guint height, gboolean has_alpha,
    double dpi, const char *const *text, GError **error);
gboolean
lac_png_writer_add_rows(LacPngWriter *self, const guint8 *rgba, guint n_rows, GError **error);
gboolean lac_png_writer_finish(LacPngWriter *self, GError **error);
void lac_png_writer_free(LacPngWriter *self);
char *lac_png_read_text(const char *path, const char *key, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPngWriter, lac_png_writer_free)
