// SPDX-License-Identifier: GPL-3.0-or-later
// Which peaks are atoms, and of which species.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "core/progress.h"

#define LAC_CLASSIFY_MAX_SPECIES 4
#define LAC_CLASSIFY_N_BINS      128

typedef struct {
    const char *const *species; // NULL-terminated, 1 to 4 names, the dimmest first
    double radius;              // [Å] of the integration ball; 0: 7/6 voxel
    gboolean drop_non_atoms;    // tell atoms from other peaks; else every peak is an atom
    gboolean local;             // then compare each atom with its neighbours
    double local_radius;        // [Å] of the neighbourhood
    guint max_rounds;           // of the local step
    const double *borders;      // (nullable) by hand, ascending, on the axis of the intensities
    gsize n_borders;            // the number of species, the first below the dimmest; or one less
} LacClassifyParams;

// What was found, for the histogram. Class 0 is the peaks that are no atoms.
typedef struct {
    guint n_species;
    double borders[LAC_CLASSIFY_MAX_SPECIES]; // [0] below the dimmest species; -inf: no such border
    gsize counts[LAC_CLASSIFY_MAX_SPECIES + 1]; // by class, after the local step
    double means[LAC_CLASSIFY_MAX_SPECIES];     // intensity of a species
    guint n_components; // of the mixture; 0: borders by hand or nothing to drop
    guint n_rounds;     // of the local step
    gsize n_moved;      // atoms whose species the local step changed
    gboolean cycled;    // it came back to labels that it had before, and stopped
    double low, high;   // of the histogram
    gsize bins[LAC_CLASSIFY_MAX_SPECIES + 1][LAC_CLASSIFY_N_BINS]; // by class; what is beyond
                                                                   // counts in the outer bins
} LacClassifyReport;

void lac_classify_params_init(LacClassifyParams *params);
LacAtoms *
lac_classify(const LacAtoms *peaks, const LacVolume *volume, const LacClassifyParams *params,
    LacClassifyReport *report, LacProgress *progress, GError **error);
