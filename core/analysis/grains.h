// SPDX-License-Identifier: GPL-3.0-or-later
// Grains: atoms of one structure and nearly one orientation that hang together.
#pragma once

#include "core/analysis/misorientation.h"
#include "core/analysis/neighbours.h"
#include "core/analysis/templates.h"

#define LAC_GRAIN_NONE G_MAXUINT32

typedef struct {
    double misorientation_deg; // between neighbours of one grain, at most
    double spacing_tolerance;  // |ln(d_i / d_j)| of theirs, at most
    double rmsd_max;           // matches that are worse take no part
    guint least;               // atoms of a grain
    guint least_hcp;
} LacGrainParams;

typedef struct {
    LacStructure structure;
    gsize n;
    guint32 *points;     // ascending
    LacMat3 orientation; // mean, from the crystal to the sample
    double spacing;      // [Å] median
    double spread_deg;   // rms misorientation of its atoms to the mean
} LacGrain;

// Immutable. Largest grain first.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint32 *grain; // of each point; LAC_GRAIN_NONE: none
    gsize n_grains;
    LacGrain *grains;
} LacGrains;

void lac_grain_params_init(LacGrainParams *params);
LacGrains *lac_grains_new(const LacTemplates *templates, const LacNeighbours *neighbours,
    const LacGrainParams *params, LacProgress *progress, GError **error);
LacGrains *lac_grains_ref(LacGrains *self);
void lac_grains_unref(LacGrains *self);
LacMisorientation lac_grains_get_misorientation(const LacGrains *self, gsize first, gsize second);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacGrains, lac_grains_unref)
