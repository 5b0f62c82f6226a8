// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mask-brush.h"

#include <math.h>

#define STEP 0.25 // of the radius: nearer places are left out

struct LacMaskBrush {
    GArray *places; // of double: u, v [pixel]
    double radius;
    gboolean inside, is_down;
};

/**
 * lac_mask_brush_new:
 *
 * Returns: (transfer full): a brush that is not down
 */
LacMaskBrush *
lac_mask_brush_new(void)
{
    LacMaskBrush *self = g_new0(LacMaskBrush, 1);
    self->places = g_array_new(FALSE, FALSE, 2 * sizeof(double));
    return self;
}

/**
 * lac_mask_brush_free:
 * @self: (nullable) (transfer full): a brush
 */
void
lac_mask_brush_free(LacMaskBrush *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->places);
    g_free(self);
}

/**
 * lac_mask_brush_begin:
 * @self: a brush
 * @inside: whether it adds to the mask
 * @radius: how thick it is [pixel]
 * @u: where it comes down [pixel]
 * @v: likewise
 */
void
lac_mask_brush_begin(LacMaskBrush *self, gboolean inside, double radius, double u, double v)
{
    const double place[2] = { u, v };
    g_array_set_size(self->places, 0);
    g_array_append_val(self->places, place);
    self->inside = inside;
    self->radius = radius;
    self->is_down = TRUE;
}

/**
 * lac_mask_brush_move:
 * @self: a brush that is down
 * @u: where it goes [pixel]
 * @v: likewise
 */
void
lac_mask_brush_move(LacMaskBrush *self, double u, double v)
{
    g_return_if_fail(self->is_down);

    const double place[2] = { u, v };
    const double *last =
        (const double *) (gconstpointer) self->places->data + 2 * (gsize) (self->places->len - 1);
    if (hypot(u - last[0], v - last[1]) >= STEP * self->radius)
        g_array_append_val(self->places, place);
}

/**
 * lac_mask_brush_is_down:
 * @self: a brush
 *
 * Returns: whether a stroke is being drawn
 */
gboolean
lac_mask_brush_is_down(const LacMaskBrush *self)
{
    return self->is_down;
}

/**
 * lac_mask_brush_end:
 * @self: a brush that is down
 * @inside: (out): whether it adds to the mask
 * @radius: (out): how thick it is [pixel]
 * @n: (out): how many places
 *
 * Returns: (transfer none) (array): u, v of the places of the stroke, until the next begins
 */
const double *
lac_mask_brush_end(LacMaskBrush *self, gboolean *inside, double *radius, gsize *n)
{
    self->is_down = FALSE;
    *inside = self->inside;
    *radius = self->radius;
    *n = self->places->len;
    return (const double *) (gconstpointer) self->places->data;
}

/**
 * lac_mask_brush_draw:
 * @self: a brush
 * @image: what it goes over
 * @cr: in widget units
 *
 * Draws the stroke as far as it has come, blue where it adds and red where it takes away.
 */
void
lac_mask_brush_draw(const LacMaskBrush *self, LacImageView *image, cairo_t *cr)
{
    if (!self->is_down)
        return;
    const double *places = (const double *) (gconstpointer) self->places->data;
    for (guint i = 0; i < self->places->len; i++) {
        double x, y;
        lac_image_view_to_widget(image, places[2 * i], places[2 * i + 1], &x, &y);
        if (i == 0)
            cairo_move_to(cr, x, y);
        cairo_line_to(cr, x, y);
    }
    cairo_save(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(cr, 2.0 * self->radius * lac_image_view_get_zoom(image));
    if (self->inside)
        cairo_set_source_rgba(cr, 0.25, 0.8, 0.95, 0.45);
    else
        cairo_set_source_rgba(cr, 0.95, 0.35, 0.3, 0.45);
    cairo_stroke(cr);
    cairo_restore(cr);
}
