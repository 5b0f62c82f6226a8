// SPDX-License-Identifier: GPL-3.0-or-later
// A glance at the tilt axis: a row of all projections beside what a reconstruction says of it.
#pragma once

#include "core/data/series.h"
#include "core/progress.h"

// Immutable. Sinograms are (n, nu), projections by ascending tilt from the bottom up.
typedef struct {
    gsize n, nu;
    gsize row;    // of the images that were looked at
    gsize factor; // by which these were binned
    LacBuffer *measured, *calculated;
    double misfit;        // mean of sum |calculated - measured| / sum |measured|
    double misfit_turned; // likewise if the tilt axis were horizontal
} LacAlignCheck;

LacAlignCheck *lac_align_check_new(const LacSeries *series, LacProgress *progress, GError **error);
void lac_align_check_free(LacAlignCheck *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAlignCheck, lac_align_check_free)
