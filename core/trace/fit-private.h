// SPDX-License-Identifier: GPL-3.0-or-later
// Between the fits in voxels and the peaks in Å.
#pragma once

#include "core/trace/fit.h"
#include "core/trace/quartic.h"

LacPeak lac_fit_to_peak(const LacVolume *volume, const LacVoxelPeak *found);
double lac_fit_get_step(double width);
