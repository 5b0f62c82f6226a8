// SPDX-License-Identifier: GPL-3.0-or-later
// What a trace needs to know about a volume before it fits: smoothing, minimum distance, threshold.
#pragma once

#include "core/trace/peaks.h"
#include "core/trace/seeds.h"

typedef struct {
    double smoothing; // [voxel] that was applied
    double distance;  // [voxel] between accepted peaks
    double lowest;    // height that a peak must exceed
} LacTracePlan;

GArray *lac_trace_prepare(LacSpline *spline, const LacVolume *volume, const LacVolume *mask,
    const LacTraceParams *params, LacProgress *progress, double fraction, LacTracePlan *plan,
    GError **error);
