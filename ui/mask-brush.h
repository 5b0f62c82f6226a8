// SPDX-License-Identifier: GPL-3.0-or-later
// The stroke of a brush while it is drawn over an image.
#pragma once

#include "ui/image-view.h"

typedef struct LacMaskBrush LacMaskBrush;

LacMaskBrush *lac_mask_brush_new(void);
void lac_mask_brush_free(LacMaskBrush *self);
void lac_mask_brush_begin(LacMaskBrush *self, gboolean inside, double radius, double u, double v);
void lac_mask_brush_move(LacMaskBrush *self, double u, double v);
gboolean lac_mask_brush_is_down(const LacMaskBrush *self);
const double *lac_mask_brush_end(LacMaskBrush *self, gboolean *inside, double *radius, gsize *n);
void lac_mask_brush_draw(const LacMaskBrush *self, LacImageView *image, cairo_t *cr);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacMaskBrush, lac_mask_brush_free)
