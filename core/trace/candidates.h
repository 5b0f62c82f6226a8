// SPDX-License-Identifier: GPL-3.0-or-later
// Places where an atom may be missing, from what is left of a volume without its model.
#pragma once

#include "core/progress.h"
#include "core/trace/suspicion.h"

typedef struct {
    double sigma;         // [Å] Gaussian width of an atom in the residual
    double light_height;  // of the lightest species in the volume, the unit of the heights
    double least_height;  // candidates are at least this share of it
    double distance;      // [Å] from the atoms of the model and from each other
    double farthest;      // [Å] from the nearest atom; 0: anywhere
    gsize max_candidates; // the highest of them
} LacCandidateParams;

void lac_candidate_params_init(LacCandidateParams *params);
GArray *lac_candidates_find(const LacVolume *residual, const LacAtoms *atoms, const LacVolume *mask,
    const LacCandidateParams *params, LacProgress *progress, GError **error);
