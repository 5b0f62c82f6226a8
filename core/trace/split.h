// SPDX-License-Identifier: GPL-3.0-or-later
// One peak that is two atoms, and two that are one.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "core/vec.h"

typedef struct {
    LacVec3 a, b;              // [Å] the brighter one first
    double height_a, height_b; // in the volume
    double distance;           // [Å]
    double misfit_one;         // rms of a single Gaussian, divided by the height
    double misfit_two;         // rms of two
} LacSplit;

gboolean lac_split_peak(const LacVolume *volume, LacVec3 position, double sigma, LacSplit *split,
    GError **error);
gboolean lac_merge_place(const LacAtoms *atoms, const gsize *indices, gsize n, LacVec3 *place,
    GError **error);
