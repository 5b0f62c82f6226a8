// SPDX-License-Identifier: GPL-3.0-or-later
// A short list of vector shapes over a picture, painted on pixels, on a PDF page or as SVG.
#pragma once

#include "core/figure/colormap.h"

#include <cairo.h>

// Helvetica, or what has its widths wherever it is missing: Nimbus Sans, Liberation Sans, Arial.
#define LAC_DRAWING_FONT "Helvetica, Arial, sans-serif"

typedef enum {
    LAC_DRAWING_LINE,     // from (x, y) to (x2, y2)
    LAC_DRAWING_RECT,     // (x, y) to (x2, y2), filled
    LAC_DRAWING_DISC,     // about (x, y), radius x2, filled
    LAC_DRAWING_TRIANGLE, // (x, y), (x2, y2), (x3, y3), filled
    LAC_DRAWING_RAMP,     // a colour map from the bottom to the top of (x, y) to (x2, y2)
    LAC_DRAWING_TEXT,     // at (x, y) on its baseline, size x2
    LAC_DRAWING_CIRCLE,   // about (x, y), radius x2, a line of the width
    LAC_DRAWING_CURVE,    // a line of the width through points, which are relative to (x, y)
    LAC_DRAWING_IMAGE,    // pixels, (x, y) to (x2, y2)
    LAC_DRAWING_CLIP,     // what follows is seen in (x, y) to (x2, y2) only; empty: everywhere
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
    double dash;    // of a line or a curve; 0: none
    double clear;   // 0 to 1: how much of what is below is seen
    double turn;    // [degree] of a text about (x, y), counter-clockwise
    float color[3]; // sRGB
    float halo[3];
    LacTextAnchor anchor;
    gboolean is_bold;
    LacColormap colormap;
    gboolean is_reversed;
    char *text;
    GBytes *points;         // (nullable) doubles, x and y in turn; NaN begins another curve
    cairo_surface_t *image; // (nullable)
} LacDrawingShape;

typedef struct {
    double width, height; // [pt]
    char *font;           // family
    GArray *shapes;       // of LacDrawingShape
} LacDrawing;

LacDrawing *lac_drawing_new(double width, double height, const char *font);
void lac_drawing_free(LacDrawing *self);
void lac_drawing_add(LacDrawing *self, const LacDrawingShape *shape);
void lac_drawing_append(LacDrawing *self, const LacDrawing *other, double dx, double dy);
cairo_surface_t *lac_drawing_image_new(const guint8 *rgba, guint width, guint height);
double lac_drawing_measure(const LacDrawing *self, const char *text, double size, gboolean is_bold);
void lac_drawing_paint(const LacDrawing *self, cairo_t *cr);
void lac_drawing_paint_rows(const LacDrawing *self, guint width, guint height, guint first,
    guint n_rows, guint bits, gpointer rgba);
void lac_drawing_append_svg(const LacDrawing *self, GString *svg);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacDrawing, lac_drawing_free)
