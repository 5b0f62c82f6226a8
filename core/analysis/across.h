// SPDX-License-Identifier: GPL-3.0-or-later
// What changes across the interface: density, degree of oxidation, neighbours, order.
#pragma once

#include "core/analysis/density.h"
#include "core/analysis/interface.h"
#include "core/analysis/oxidation.h"
#include "core/analysis/profile.h"

typedef struct {
    double reach;        // [Å] of the profiles to both sides
    double step;         // [Å] between values of the density profile
    double kernel;       // [Å] of the density profile
    double bin;          // [Å] of the profiles of other quantities
    double skin;         // [Å] atoms and places less deep are left out
    double plateau;      // [Å] from the interface, beyond which phases are pure
    double place;        // [Å] between places that stand for the volume
    double least_volume; // [Å^3] places with less around them are blank
    double metal, oxide; // [Å^-3] reference densities; 0: the plateaus of this particle
    double second_sigma; // [Å] of a second interface that is measured too; 0: none
    guint n_resamples;   // of the bootstrap
} LacAcrossParams;

// Quantities of atoms that are averaged against the distance.
typedef enum {
    LAC_ACROSS_CN,
    LAC_ACROSS_BOND,
    LAC_ACROSS_ORDER,
    LAC_ACROSS_STRAIN,
    LAC_N_ACROSS,
} LacAcrossQuantity;

// A part of the interface and what faces it.
typedef struct {
    char *name;   // "all", "amorphous", "grain 2"
    guint32 type; // of the interface; G_MAXUINT32: all
    gsize n_atoms;
    LacKernelProfile *density;
    double *fraction;                  // D1 along it
    double *share;                     // D2
    double *signal;                    // (nullable) D3
    LacBinProfile *bins[LAC_N_ACROSS]; // (nullable)
    LacStepFit fit;                    // of the density
    double sigma;           // [Å] of the step without the kernel; NaN: not wider than it
    double inside, outside; // [Å^-3] plateaus; NaN: none
} LacAcrossRegion;

// Immutable once published.
typedef struct {
    gatomicrefcount ref_count;
    LacOxidationReference reference; // that was used
    double metal_signal;             // of the smoothed volume inside the metal; NaN: no volume
    gsize n_regions;
    LacAcrossRegion *regions; // all first
    double second_sigma;      // [Å] of the second interface; NaN: none
    LacStepFit second_fit;
    double second_width; // [Å] sigma of the step, without the kernel
    gsize n;
    double *fraction, *share; // D1 and D2 of each atom, from the local density
} LacAcross;

// What the quantities are taken from; those that are NULL are left out.
typedef struct {
    const double *quantities[LAC_N_ACROSS]; // of each point
    const LacPhases *phases;
    const LacInterface *interface;
    const LacDensity *density;
} LacAcrossInput;

void lac_across_params_init(LacAcrossParams *params);
LacAcross *lac_across_new(const LacPoints *points, const LacHull *hull, const LacAcrossInput *input,
    const LacAcrossParams *params, LacProgress *progress, GError **error);
LacAcross *lac_across_ref(LacAcross *self);
void lac_across_unref(LacAcross *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAcross, lac_across_unref)
