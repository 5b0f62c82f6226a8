// SPDX-License-Identifier: GPL-3.0-or-later
// A picture with a drawing over it as one page: PDF, or SVG.
#pragma once

#include "core/figure/drawing.h"

// The pixels of the picture, on which the drawing lies.
typedef struct LacPage LacPage;

typedef struct {
    double width_pt, height_pt;
    const char *recipe;
    const char *data; // (nullable) digests of what is shown
} LacPageNotes;

LacPage *lac_page_new(guint width, guint height, gboolean has_alpha, GError **error);
void lac_page_free(LacPage *self);
void lac_page_add_rows(LacPage *self, const guint8 *rgba, guint n_rows);
gboolean lac_page_write_pdf(LacPage *self, const LacDrawing *drawing, const LacPageNotes *notes,
    const char *path, GError **error);
gboolean lac_page_write_svg(LacPage *self, const LacDrawing *drawing, const LacPageNotes *notes,
    const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPage, lac_page_free)
