// SPDX-License-Identifier: GPL-3.0-or-later
// What a fresh tilt series may need before a reconstruction: checks and first repairs.
#pragma once

#include "core/data/series.h"
#include "core/progress.h"

typedef struct {
    float min, max;     // of the finite values
    double border_mean; // mean of the outermost pixels of all projections
    gsize n_values, n_negative;
    gsize n_bad; // NaN and infinite
} LacInputCheck;

typedef struct {
    gboolean subtract_background; // each projection loses the mean of its own border
    gboolean replace_bad;         // NaN and infinite values become the mean of the border
    gboolean turn;                // by 90 degrees: a horizontal tilt axis becomes vertical
    double pixel_size;            // [Å] of the result; 0: as it was
} LacInputParams;

LacInputCheck lac_input_check(const LacSeries *series);
LacSeries *lac_input_prepare(const LacSeries *series, const LacInputParams *params,
    LacProgress *progress, GError **error);
