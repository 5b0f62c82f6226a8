// SPDX-License-Identifier: GPL-3.0-or-later
// The Fourier filter on a padded detector that makes a spline splat exact, adds the blob and weighs.
#pragma once

#include "core/data/series.h"

// The detector coordinates (a, b) in which a projection was splat: u = a + tau v, v = b + mu a.
typedef struct {
    double tau, mu;
} LacDetectorShear;

// Padded detector (n_u, n_v), v fastest.
typedef struct {
    gsize n_u, n_v;
    double blob_sigma;   // [pixel]
    double weight_alpha; // exponent of the ramp along fu
    double weight_cap;   // 0: no weight
    double ramp_floor;   // [cycles/pixel] where the ramp levels off, 1/n
    gboolean spline_v;   // the splat used a spline along v too
    gsize n_shears;      // 0: all projections were splat on (u, v) itself
    const LacDetectorShear *shears;
    gsize n_shifts; // 0: the model moves nothing
    const LacShift *shifts;
} LacDetectorFilterParams;

typedef enum {
    LAC_FILTER_MODEL,            // blob / splat spectrum, and the shift
    LAC_FILTER_MODEL_TRANSPOSED, // which shifts back
    LAC_FILTER_WEIGHT,           // of frequencies in the objective
} LacFilterGain;

typedef struct LacDetectorFilter LacDetectorFilter;

LacDetectorFilter *lac_detector_filter_new(const LacDetectorFilterParams *params, GError **error);
void lac_detector_filter_free(LacDetectorFilter *self);
gsize lac_detector_filter_get_spectrum_size(const LacDetectorFilter *self);
void lac_detector_filter_apply(const LacDetectorFilter *self, LacFilterGain gain, gsize k,
    float *image, float (*spectrum)[2]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacDetectorFilter, lac_detector_filter_free)
