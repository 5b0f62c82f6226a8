// SPDX-License-Identifier: GPL-3.0-or-later
// Undoes the shear of a splat's detector, makes the spline splat exact and adds the blob.
#pragma once

#include <glib.h>

// The detector coordinates (a, b) in which a projection was splat: u = a + tau v, v = b + mu a.
typedef struct {
    double tau, mu;
} LacDetectorShear;

// Padded detector (n_u, n_v), v fastest, both even.
typedef struct {
    gsize n_u, n_v;
    gsize centre_u, centre_v; // pixel hit by the origin
    double blob_sigma;        // [pixel]
    gsize n;                  // projections
    const LacDetectorShear *shears;
} LacShearFilterParams;

typedef struct LacShearFilter LacShearFilter;

LacShearFilter *lac_shear_filter_new(const LacShearFilterParams *params, GError **error);
void lac_shear_filter_free(LacShearFilter *self);
gsize lac_shear_filter_get_scratch_size(const LacShearFilter *self);
void lac_shear_filter_forward(const LacShearFilter *self, gsize k, float *image, float *scratch);
void lac_shear_filter_adjoint(const LacShearFilter *self, gsize k, float *image, float *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacShearFilter, lac_shear_filter_free)
