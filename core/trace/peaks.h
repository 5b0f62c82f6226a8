// SPDX-License-Identifier: GPL-3.0-or-later
// Traces a volume: from voxels to a list of peaks.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "core/progress.h"
#include "core/trace/fit.h"

typedef struct {
    LacFitMethod method;
    double min_distance; // [Å] between accepted peaks; 0: from the peaks themselves
    double threshold;    // share of a typical atom's height; the value itself when absolute
    gboolean absolute;
    double radius;    // [Å] of the ball that is fitted; 0: from the width of the peaks
    double smoothing; // [Å] width of a Gaussian, against noise; 0: none; < 0: from the noise itself
    gsize max_peaks;  // the brightest seeds that are fitted
} LacTraceParams;

void lac_trace_params_init(LacTraceParams *params, LacFitMethod method);
LacAtoms *lac_trace(const LacVolume *volume, const LacVolume *mask, const LacTraceParams *params,
    LacProgress *progress, GError **error);
gboolean lac_trace_apply_distance(const double *x, const double *y, const double *z, guint8 *flag,
    gsize n, double min_distance, GError **error);
