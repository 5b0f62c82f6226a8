// SPDX-License-Identifier: GPL-3.0-or-later
// Where the particle is in a projection, and what the projection would be without it.
#pragma once

#include <glib.h>

typedef struct {
    double threshold; // [intensity]; NaN: found
    double smoothing; // [pixel] width of a Gaussian before the threshold is applied
    double opening;   // [pixel] radius: smaller things go
    double closing;   // [pixel] radius: smaller gaps are filled
    double growth;    // [pixel] that the mask is wider at last
} LacMaskParams;

void lac_mask_params_init(LacMaskParams *params);
gboolean lac_mask_params_check(const LacMaskParams *params, GError **error);
guint8 *lac_mask_find(const float *image, gsize nv, gsize nu, const LacMaskParams *params,
    double *threshold, GError **error);
gboolean
lac_mask_grow(const guint8 *mask, gsize nv, gsize nu, double radius, guint8 *out, GError **error);

gboolean lac_harmonic_fill(const float *image, const guint8 *mask, gsize nv, gsize nu, float *out,
    GError **error);
