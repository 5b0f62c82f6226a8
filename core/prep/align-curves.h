// SPDX-License-Identifier: GPL-3.0-or-later
// What shows at a glance whether a series is aligned: common lines and centres of mass.
#pragma once

#include "core/data/series.h"

// Of each projection as it is aligned now. Immutable.
typedef struct {
    gsize n, n_line;
    double *lines;   // (n, n_line): sums across the tilt axis, each of sum 1; the place of sample s
                     // is s - n_line / 2 [pixel] along the axis from the rotation centre
    double *along;   // n: centre of mass along the axis from the rotation centre [pixel], or NaN
    double *across;  // n: and across it
    double *mass;    // n: sum of what counts as the object, as a share of the median of all
    gboolean *blank; // n: there is nothing in it
} LacAlignCurves;

LacAlignCurves *lac_align_curves_new(const LacSeries *series, GError **error);
void lac_align_curves_free(LacAlignCurves *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAlignCurves, lac_align_curves_free)
