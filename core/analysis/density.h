// SPDX-License-Identifier: GPL-3.0-or-later
// The local number density of atoms, and of the volume, without a fall-off at the surface.
#pragma once

#include "core/analysis/hull.h"
#include "core/data/volume.h"

// Immutable once published; on the grid of the hull that it was made with.
typedef struct {
    gatomicrefcount ref_count;
    LacGrid grid;
    double sigma;     // [Å] of the Gaussian
    float *density;   // [Å^-3] 0 where the particle is too far away
    gsize n;          // atoms
    double *at_atoms; // [Å^-3] at each atom
    float *volume;    // (nullable) the smoothed volume, in its own units
} LacDensity;

LacDensity *lac_density_new(const LacPoints *points, const LacHull *hull, const LacVolume *volume,
    double sigma, LacProgress *progress, GError **error);
LacDensity *lac_density_ref(LacDensity *self);
void lac_density_unref(LacDensity *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacDensity, lac_density_unref)
