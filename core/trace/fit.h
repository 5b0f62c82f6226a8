// SPDX-License-Identifier: GPL-3.0-or-later
// The position of a peak below the voxel, from a fit around it.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"

typedef enum {
    LAC_FIT_POLYNOMIAL, // quartic polynomial in a ball about the current estimate
    LAC_FIT_GAUSSIAN,   // then a Gaussian on a constant background
    LAC_FIT_PUBLISHED,  // quartic polynomial in a ball about the seed, its weights moved
} LacFitMethod;

typedef struct {
    LacVec3 position;  // [Å]
    double height;     // fitted value at the peak
    double residual;   // weighted rms of the fit, divided by the height
    double width;      // [Å] Gaussian sigma from the curvature; NaN where there is no maximum
    double elongation; // sqrt of smallest over largest curvature, 0..1, 1: round
    LacPeakFlag flag;
} LacPeak;

gboolean lac_fit_peak(const LacVolume *volume, LacVec3 start, LacPeak *peak, GError **error);
