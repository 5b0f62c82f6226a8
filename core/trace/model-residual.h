// SPDX-License-Identifier: GPL-3.0-or-later
// What the projections have and the model has not.
#pragma once

#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/progress.h"

typedef struct {
    double sigma;   // [Å] to start from; 0: from the distances between the atoms
    gboolean each;  // heights per atom; otherwise per species
    guint n_rounds; // of fitting widths and heights of the species
    guint n_each;   // of fitting the heights of the atoms
} LacModelResidualParams;

// Immutable. The measured series is described by the model up to what is left in @residual.
typedef struct {
    gatomicrefcount ref_count;
    gsize n_atoms, n_species;
    double *sigma;          // [Å] per species
    double *species_height; // per species, of the Gaussian in the volume
    double *height;         // per atom; 0 for those that are no part of the model
    double background;      // per pixel
    double r1;              // sum |measured - simulated| / sum |measured|
    LacSeries *simulated;   // background included
    LacSeries *residual;    // measured minus simulated; 0 where not measured
} LacModelResidual;

void lac_model_residual_params_init(LacModelResidualParams *params);
LacModelResidual *lac_model_residual_new(const LacAtoms *atoms, const LacSeries *series,
    const LacModelResidualParams *params, LacProgress *progress, GError **error);
LacModelResidual *lac_model_residual_ref(LacModelResidual *self);
void lac_model_residual_unref(LacModelResidual *self);
LacVolume *lac_model_residual_back_project(const LacModelResidual *self, const LacVolume *like,
    LacProgress *progress, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacModelResidual, lac_model_residual_unref)
