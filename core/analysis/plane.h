// SPDX-License-Identifier: GPL-3.0-or-later
// The plane that lies best among places, and the angle between two of them.
#pragma once

#include "core/analysis/measure.h"

typedef struct {
    gsize n;
    LacVec3 centre;   // [Å]
    LacVec3 normal;   // of length 1; its largest component is positive
    double rms;       // [Å] distance of the places from it
    double error_deg; // [deg] standard error of the normal; NaN for three places
} LacPlaneFit;

gboolean lac_plane_fit(const LacVec3 *places, gsize n, LacPlaneFit *fit);
LacMeasure lac_plane_angle(const LacPlaneFit *a, const LacPlaneFit *b);
