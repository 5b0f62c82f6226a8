// SPDX-License-Identifier: GPL-3.0-or-later
// Float images to screen pixels: colour map, range, magnification. Pure arithmetic.
#pragma once

#include <glib.h>

#define LAC_RASTER_COLORS 1024

// A plane of a larger array: value (x, y) is data[x * step_x + y * step_y].
typedef struct {
    const float *data;
    gsize width, height;  // at least 1
    gsize step_x, step_y; // in values
} LacPlane;

// How the plane lies on the target: its left edge at x0, its upper edge at y0 [target pixel].
typedef struct {
    double scale_x, scale_y; // [target pixel] per image pixel, above 0
    double x0, y0;
    gboolean flip_y; // row 0 at the bottom
    gboolean smooth; // interpolate when magnified; else each image pixel is a block
} LacRasterView;

// Colours are 0xAARRGGBB, premultiplied.
typedef struct {
    const guint32 *colors; // LAC_RASTER_COLORS entries
    float black, white;    // values of the first and the last colour
    guint32 background;    // outside the image
} LacRasterColors;

void lac_raster_draw(const LacPlane *plane, const LacRasterView *view,
    const LacRasterColors *colors, gsize width, gsize height, guint32 *out);
