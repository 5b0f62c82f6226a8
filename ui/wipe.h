// SPDX-License-Identifier: GPL-3.0-or-later
// Two states of an image on the two sides of a divider, and the outline of a mask.
#pragma once

#include "ui/image-view.h"

LacBuffer *lac_wipe_make(const float *before, const float *after, gsize nv, gsize nu, gsize at);
void lac_wipe_draw(LacImageView *image, cairo_t *cr, int height, gsize at, const char *before,
    const char *after);
void lac_mask_draw(LacImageView *image, cairo_t *cr, const guint8 *mask, gsize nv, gsize nu);
