// SPDX-License-Identifier: GPL-3.0-or-later
// How far peaks stand above what surrounds them.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "core/progress.h"

#define LAC_COLUMN_EXCESS "excess" // height above the background, of a Gaussian of typical width
#define LAC_COLUMN_MISFIT "misfit" // rms of what that Gaussian leaves, divided by the excess

double lac_contrast_get_width(const LacVolume *volume, const LacAtoms *atoms);
gboolean lac_contrast_measure(const LacVolume *volume, LacAtoms *atoms, double width,
    LacProgress *progress, GError **error);
