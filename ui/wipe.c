// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/wipe.h"

#include "ui/overlay.h"

#include <math.h>
#include <string.h>

#define HANDLE 9.0  // radius, in widget units
#define GAP    8.0  // between the divider and the words
#define WORDS  34.0 // from the top, below what else is written there

/**
 * lac_wipe_make:
 * @before: image (nv, nu)
 * @after: image (nv, nu)
 * @nv: rows
 * @nu: columns
 * @at: the first column of @after
 *
 * Returns: (transfer full) (nullable): @before on the left and @after on the right; %NULL without
 *   memory
 */
LacBuffer *
lac_wipe_make(const float *before, const float *after, gsize nv, gsize nu, gsize at)
{
    LacBuffer *out = lac_buffer_new(nv * nu, NULL);
    at = MIN(at, nu);
    for (gsize v = 0; out != NULL && v < nv; v++) {
        memcpy(out->data + v * nu, before + v * nu, at * sizeof(float));
        memcpy(out->data + v * nu + at, after + v * nu + at, (nu - at) * sizeof(float));
    }
    return out;
}

/**
 * lac_wipe_draw:
 * @image: what it is drawn over
 * @cr: in widget units
 * @height: of the widget
 * @at: column of the divider
 * @before: what the left side is called
 * @after: and the right one
 *
 * Draws a divider with a handle, which shows that it can be dragged.
 */
void
lac_wipe_draw(LacImageView *image, cairo_t *cr, int height, gsize at, const char *before,
    const char *after)
{
    static const double rgb[3] = { 1.0, 1.0, 1.0 };
    double x, y, middle = 0.5 * height;
    lac_image_view_to_widget(image, (double) at, 0.0, &x, &y);
    x = floor(x) + 0.5;
    lac_overlay_line(cr, x, 0.0, x, height, rgb);
    cairo_arc(cr, x, middle, HANDLE, 0.0, 2.0 * G_PI);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.55);
    cairo_fill_preserve(cr);
    cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
    cairo_set_line_width(cr, 1.5);
    cairo_stroke(cr);
    for (int side = -1; side <= 1; side += 2) { // an arrow to each side
        cairo_move_to(cr, x + side * 2.5, middle - 3.5);
        cairo_line_to(cr, x + side * 5.5, middle);
        cairo_line_to(cr, x + side * 2.5, middle + 3.5);
        cairo_stroke(cr);
    }
    lac_overlay_text(GTK_WIDGET(image), cr, x - GAP, WORDS, LAC_ANCHOR_RIGHT, rgb, before);
    lac_overlay_text(GTK_WIDGET(image), cr, x + GAP, WORDS, LAC_ANCHOR_LEFT, rgb, after);
}

// From (u, v) to (u + du, v + dv), corners of pixels.
static void
add_edge(LacImageView *image, cairo_t *cr, gsize u, gsize v, gsize du, gsize dv)
{
    double x, y;
    lac_image_view_to_widget(image, (double) u, (double) v, &x, &y);
    cairo_move_to(cr, x, y);
    lac_image_view_to_widget(image, (double) (u + du), (double) (v + dv), &x, &y);
    cairo_line_to(cr, x, y);
}

/**
 * lac_mask_draw:
 * @image: what it is drawn over
 * @cr: in widget units
 * @mask: (nv, nu): not 0 inside
 * @nv: rows
 * @nu: columns
 *
 * Draws the edges between the pixels inside and those outside.
 */
void
lac_mask_draw(LacImageView *image, cairo_t *cr, const guint8 *mask, gsize nv, gsize nu)
{
    for (gsize v = 0; v < nv; v++)
        for (gsize u = 0; u < nu; u++) {
            gboolean inside = mask[v * nu + u] != 0;
            if (u + 1 < nu && inside != (mask[v * nu + u + 1] != 0))
                add_edge(image, cr, u + 1, v, 0, 1);
            if (v + 1 < nv && inside != (mask[(v + 1) * nu + u] != 0))
                add_edge(image, cr, u, v + 1, 1, 0);
        }
    cairo_set_source_rgb(cr, 0.25, 0.8, 0.95);
    cairo_set_line_width(cr, 1.5);
    cairo_stroke(cr);
}
