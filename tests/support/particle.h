// SPDX-License-Identifier: GPL-3.0-or-later
// Volumes of the synthetic particle of three species, as a tilt series with noise would give them.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"

typedef struct {
    gsize size;        // [voxel] edge
    double voxel_size; // [Å]
    double max_tilt;   // [deg] 0: nothing is missing
    double noise;      // rms, as a share of the peak of the dimmest atom
    double reach;      // [Å] of the support beyond the farthest atom
    guint64 seed;
} LacParticleParams;

void lac_particle_params_init(LacParticleParams *params);
LacAtoms *lac_particle_read(const char *path);
LacVolume *lac_particle_volume(const LacAtoms *atoms, const LacParticleParams *params);
