// SPDX-License-Identifier: GPL-3.0-or-later
// A small particle in a tilt series whose shifts and angles are known and wrong.
#pragma once

#include "core/data/series.h"

typedef struct {
    gsize size, n;         // [pixel], projections
    gboolean three_angles; // the known ones too
    double max_shift;      // [pixel]
    double angle_error;    // [deg] of each angle
    double counts;         // in the brightest pixel; 0: no noise
} TiltedParams;

// The series that was measured, with nominal angles and no shifts, and the truth about it.
typedef struct {
    LacSeries *measured, *truth;
} Tilted;

Tilted tilted_new(const TiltedParams *params);
void tilted_clear(Tilted *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tilted, tilted_clear)
