// SPDX-License-Identifier: GPL-3.0-or-later
// One measured projection beside the same one calculated from a volume.
#pragma once

#include "core/data/series.h"
#include "core/data/volume.h"

// Images have shape (nv, nu); the difference is measured minus calculated.
typedef struct {
    LacSeries *series; // which projection k of
    guint k;
    LacBuffer *calculated, *difference;
    double r1, r2;       // sum|d| / sum|m| and ||d|| / ||m||; NaN where nothing was measured
    double black, white; // a good range of the measured image
    double limit;        // the difference is shown from -limit to limit; above 0
} LacResidual;

LacResidual *lac_residual_new(LacSeries *series, guint k, const LacVolume *volume, GError **error);
void lac_residual_free(LacResidual *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacResidual, lac_residual_free)
