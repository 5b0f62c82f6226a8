// SPDX-License-Identifier: GPL-3.0-or-later
// Radial distribution g(r) of a finite particle, and what its first shell tells.
#pragma once

#include "core/analysis/points.h"
#include "core/progress.h"
#include "core/vec.h"

// Where the particle is: voxel (i, j, k) is centred at origin + step (i, j, k), and inside where
// its value is not 0; index (k * ny + j) * nx + i.
typedef struct {
    LacVec3 origin; // [Å]
    double step;    // [Å]
    gsize nx, ny, nz;
    const guint8 *inside;
} LacRdfMask;

typedef struct {
    double bin;       // [Å]
    double range;     // [Å]
    double smoothing; // [Å] sigma of a Gaussian; 0: none
    double peak_low;  // [Å] where the first peak is looked for
    double peak_high; // [Å]
} LacRdfParams;

// The first shell; NaN where there is none.
typedef struct {
    double peak;        // [Å] of the curve
    double peak_fit;    // [Å] centre of a Gaussian
    double peak_sigma;  // [Å]
    double minimum;     // [Å] the cut-off of neighbours
    double peak_value;  // g there
    double least_value; // g there
} LacRdfShell;

// Of atoms of species b around those of species a.
typedef struct {
    guint16 a, b;
    guint64 *pairs; // ordered, each counted twice when a = b
    double *g;      // smoothed
    LacRdfShell shell;
} LacRdfPartial;

// Immutable. All arrays have n_bins values; bin k is from k to k + 1 times bin.
typedef struct {
    gatomicrefcount ref_count;
    gsize n_bins;
    double bin;       // [Å]
    double *r;        // [Å] centres of the bins
    guint64 *pairs;   // ordered pairs, each counted twice
    double *fraction; // of a shell around an atom that is inside the particle, on average
    double *raw;      // g
    double *g;        // g, smoothed; NaN: undefined
    gsize n;          // atoms
    double volume;    // [Å^3]
    double density;   // [Å^-3]
    LacRdfShell shell;
    gsize n_partials; // 0 for a single species
    LacRdfPartial *partials;
} LacRdf;

void lac_rdf_params_init(LacRdfParams *params);
LacRdf *lac_rdf_new(const LacPoints *points, const guint8 *subset, const LacRdfMask *mask,
    const LacRdfParams *params, LacProgress *progress, GError **error);
LacRdf *lac_rdf_ref(LacRdf *self);
void lac_rdf_unref(LacRdf *self);
double lac_rdf_integrate(const LacRdf *self, double radius);
LacRdfShell
lac_rdf_find_shell(const double *g, gsize n, double bin, double peak_low, double peak_high);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRdf, lac_rdf_unref)
