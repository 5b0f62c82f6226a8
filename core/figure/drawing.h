// SPDX-License-Identifier: GPL-3.0-or-later
// A short list of vector shapes over a picture, painted on pixels, on a PDF page or as SVG.
#pragma once

#include "core/figure/colormap.h"

#include <cairo.h>

typedef enum {
    LAC_DRAWING_LINE,     // from (x, y) to (x2, y2)
    LAC_DRAWING_RECT,     // (x, y) to (x2, y2), filled
    LAC_DRAWING_DISC,     // about (x, y), radius x2, filled
    LAC_DRAWING_TRIANGLE, // (x, y), (x2, y2), (x3, y3), filled
    LAC_DRAWING_RAMP,     // a colour map from the bottom to the top of (x, y) to (x2, y2)
    LAC_DRAWING_TEXT,     // at (x, y) on its baseline, size x2
} LacDrawingKind;

typedef enum {
    LAC_TEXT_START,
    LAC_TEXT_MIDDLE,
    LAC_TEXT_END,
} LacTextAnchor;

// Lengths in points (1/72 inch) from the top left.
typedef struct {
    LacDrawingKind kind;
    double x, y, x2, y2, x3, y3;
    double width;   // of a line, or of the halo around a text
    float color[3]; // sRGB
    float halo[3];
    LacTextAnchor anchor;
    gboolean is_bold;
    LacColormap colormap;
    gboolean is_reversed;
    char *text;
} LacDrawingShape;

typedef struct {
    double width, height; // [pt]
    char *font;           // family
    GArray *shapes;       // of LacDrawingShape
} LacDrawing;

LacDrawing *lac_drawing_new(double width, double height, const char *font);
void lac_drawing_free(LacDrawing *self);
void lac_drawing_add(LacDrawing *self, const LacDrawingShape *shape);
double lac_drawing_measure(const LacDrawing *self, const char *text, double size, gboolean is_bold);
void lac_drawing_paint(const LacDrawing *self, cairo_t *cr);
void lac_drawing_paint_rows(const LacDrawing *self, guint width, guint height, guint first,
    guint n_rows, guint bits, gpointer rgba);
void lac_drawing_append_svg(const LacDrawing *self, GString *svg);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacDrawing, lac_drawing_free)
