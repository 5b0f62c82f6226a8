// SPDX-License-Identifier: GPL-3.0-or-later
// Cut-offs of neighbours for each phase: one for all would take the second shell of the densest.
#pragma once

#include "core/analysis/hull.h"
#include "core/analysis/neighbours.h"
#include "core/analysis/rdf.h"

#define LAC_CUTOFFS_MAX 8 // labels

typedef struct {
    double fixed[LAC_CUTOFFS_MAX]; // [Å] cut-off of a label; 0: the first minimum of its own g(r)
    double fallback;               // [Å] where that cannot be told
    guint least;                   // atoms that have a g(r) of their own
    LacRdfParams rdf;
    LacHullParams hull;
} LacCutoffParams;

// Immutable.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    double cutoff[LAC_CUTOFFS_MAX]; // [Å] of each label
    LacRdf *rdf[LAC_CUTOFFS_MAX];   // (nullable) that it was told from
    double *reach;                  // [Å] of each point: the cut-off of its label
    double longest;                 // [Å] of those that occur; 0 without points
} LacCutoffs;

void lac_cutoff_params_init(LacCutoffParams *params);
LacCutoffs *lac_cutoffs_new(const LacPoints *points, const guint8 *labels,
    const LacCutoffParams *params, LacProgress *progress, GError **error);
LacNeighbours *lac_cutoffs_find_neighbours(const LacCutoffs *self, const LacPoints *points,
    LacProgress *progress, GError **error);
LacCutoffs *lac_cutoffs_ref(LacCutoffs *self);
void lac_cutoffs_unref(LacCutoffs *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacCutoffs, lac_cutoffs_unref)
