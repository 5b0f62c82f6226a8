// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/mask-strokes.h"

#include <math.h>
#include <string.h>

/**
 * lac_mask_strokes_new:
 * @points: (array length=n): places of all strokes, in the order in which they were drawn
 * @n: how many
 *
 * Returns: (transfer full) (nullable): the strokes; %NULL when there are none
 */
LacMaskStrokes *
lac_mask_strokes_new(const LacMaskPoint *points, gsize n)
{
    if (n == 0)
        return NULL;
    LacMaskStrokes *self = g_new(LacMaskStrokes, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->points = g_memdup2(points, n * sizeof *points);
    return self;
}

/**
 * lac_mask_strokes_ref:
 * @self: strokes
 *
 * Returns: (transfer full): @self
 */
LacMaskStrokes *
lac_mask_strokes_ref(LacMaskStrokes *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_mask_strokes_unref:
 * @self: (nullable) (transfer full): strokes
 */
void
lac_mask_strokes_unref(LacMaskStrokes *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->points);
    g_free(self);
}

/**
 * lac_mask_strokes_append:
 * @self: (nullable): the strokes so far
 * @projection: of the new one
 * @inside: whether it adds to the mask
 * @radius: of the brush [pixel]
 * @places: (array length=n): u, v of where the brush went [pixel]
 * @n: how many, at least 1
 *
 * Returns: (transfer full): the strokes with one more
 */
LacMaskStrokes *
lac_mask_strokes_append(const LacMaskStrokes *self, guint projection, gboolean inside,
    double radius, const double *places, gsize n)
{
    gsize before = self != NULL ? self->n : 0;
    guint32 stroke = before > 0 ? self->points[before - 1].stroke + 1 : 0;
    g_autofree LacMaskPoint *points = g_new(LacMaskPoint, before + n);
    if (before > 0)
        memcpy(points, self->points, before * sizeof *points);
    for (gsize i = 0; i < n; i++)
        points[before + i] = (LacMaskPoint){ .u = places[2 * i],
            .v = places[2 * i + 1],
            .radius = radius,
            .stroke = stroke,
            .projection = projection,
            .inside = inside };
    return lac_mask_strokes_new(points, before + n);
}

/**
 * lac_mask_strokes_remove:
 * @self: (nullable): strokes
 * @projection: whose strokes go
 *
 * Returns: (transfer full) (nullable): those of the other projections; %NULL when there are none
 */
LacMaskStrokes *
lac_mask_strokes_remove(const LacMaskStrokes *self, guint projection)
{
    gsize n = 0, before = self != NULL ? self->n : 0;
    g_autofree LacMaskPoint *points = g_new(LacMaskPoint, before);
    for (gsize i = 0; i < before; i++)
        if (self->points[i].projection != projection)
            points[n++] = self->points[i];
    return lac_mask_strokes_new(points, n);
}

/**
 * lac_mask_strokes_count:
 * @self: (nullable): strokes
 * @projection: one of the projections
 *
 * Returns: how many strokes it has
 */
gsize
lac_mask_strokes_count(const LacMaskStrokes *self, guint projection)
{
    gsize n = 0;
    for (gsize i = 0; self != NULL && i < self->n; i++) {
        const LacMaskPoint *point = self->points + i;
        gboolean is_first = i == 0 || point[-1].stroke != point->stroke;
        n += is_first && point->projection == projection;
    }
    return n;
}

// Sets the pixels whose centres are within the radius of the segment between two places.
static void
draw_segment(const LacMaskPoint *a, const LacMaskPoint *b, guint8 *mask, gsize nv, gsize nu)
{
    double r = a->radius, du = b->u - a->u, dv = b->v - a->v, squared = du * du + dv * dv;
    double right = fmin(fmax(a->u, b->u) + r, (double) nu);
    double top = fmin(fmax(a->v, b->v) + r, (double) nv);
    double left = fmax(fmin(a->u, b->u) - r, 0.0), bottom = fmax(fmin(a->v, b->v) - r, 0.0);
    for (gsize v = (gsize) bottom; (double) v < top; v++)
        for (gsize u = (gsize) left; (double) u < right; u++) {
            double pu = (double) u + 0.5 - a->u, pv = (double) v + 0.5 - a->v;
            double t = squared > 0.0 ? CLAMP((pu * du + pv * dv) / squared, 0.0, 1.0) : 0.0;
            double eu = pu - t * du, ev = pv - t * dv;
            if (eu * eu + ev * ev <= r * r)
                mask[v * nu + u] = a->inside ? 1 : 0;
        }
}

/**
 * lac_mask_strokes_draw:
 * @self: (nullable): strokes
 * @projection: which projection the mask is of
 * @mask: (inout): (nv, nu): 1 inside; what the strokes say is set, later ones over earlier
 * @nv: rows
 * @nu: columns
 */
void
lac_mask_strokes_draw(const LacMaskStrokes *self, guint projection, guint8 *mask, gsize nv,
    gsize nu)
{
    for (gsize i = 0; self != NULL && i < self->n; i++) {
        const LacMaskPoint *point = self->points + i;
        gboolean goes_on = i + 1 < self->n && point[1].stroke == point->stroke;
        if (point->projection == projection)
            draw_segment(point, goes_on ? point + 1 : point, mask, nv, nu);
    }
}
