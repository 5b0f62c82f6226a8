// SPDX-License-Identifier: GPL-3.0-or-later
// Strokes of a brush by which masks of projections were corrected by hand.
#pragma once

#include <glib.h>

#define LAC_MASK_RADIUS_MAX 1e4 // [pixel]

// One place of a stroke; places of one stroke follow each other and agree in all but u and v.
typedef struct {
    double u, v;        // [pixel] the centre of pixel (i, j) is at (i + 0.5, j + 0.5)
    double radius;      // [pixel] of the brush
    guint32 stroke;     // ascending
    guint32 projection; // from 0
    gboolean inside;    // adds to the mask; otherwise takes away
} LacMaskPoint;

// Immutable.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    LacMaskPoint *points;
} LacMaskStrokes;

LacMaskStrokes *lac_mask_strokes_new(const LacMaskPoint *points, gsize n);
LacMaskStrokes *lac_mask_strokes_ref(LacMaskStrokes *self);
void lac_mask_strokes_unref(LacMaskStrokes *self);
LacMaskStrokes *lac_mask_strokes_append(const LacMaskStrokes *self, guint projection,
    gboolean inside, double radius, const double *places, gsize n);
LacMaskStrokes *lac_mask_strokes_remove(const LacMaskStrokes *self, guint projection);
gsize lac_mask_strokes_count(const LacMaskStrokes *self, guint projection);
void lac_mask_strokes_draw(const LacMaskStrokes *self, guint projection, guint8 *mask, gsize nv,
    gsize nu);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacMaskStrokes, lac_mask_strokes_unref)
