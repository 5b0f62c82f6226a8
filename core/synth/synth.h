// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated particles with known atoms, and their projections.
#pragma once

#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/progress.h"

typedef struct {
    guint n_atoms; // about how many atoms the particle has
    gsize size;    // [pixel] edge of projections and volume
    guint n_tilts;
    double max_tilt;   // [deg] tilts run from -max_tilt to max_tilt
    double voxel_size; // [Å]
    double sigma;      // [Å] Gaussian width of an atom
    double dose;       // expected counts in the brightest pixel; 0: no noise
    guint64 seed;
} LacSynthParams;

void lac_synth_params_init(LacSynthParams *params);
gboolean lac_synth_params_check(const LacSynthParams *params, GError **error);
LacAtoms *lac_synth_particle(const LacSynthParams *params, GError **error);
LacVolume *lac_synth_volume(const LacAtoms *atoms, const LacSynthParams *params,
    LacProgress *progress, GError **error);
LacSeries *lac_synth_series(const LacAtoms *atoms, const LacSynthParams *params,
    LacProgress *progress, GError **error);
