// SPDX-License-Identifier: GPL-3.0-or-later
// Fits of a quartic polynomial to the samples of a window, for fit.c and peaks.c.
#pragma once

#include "core/data/atoms.h"
#include "core/trace/spline.h"

#define LAC_QUARTIC_TERMS  35  // of total degree up to 4 in three variables
#define LAC_QUARTIC_POINTS 179 // samples no farther than 3.5 steps from the centre
#define LAC_QUARTIC_RADIUS 3   // [step]

// A fitted peak in voxels.
typedef struct {
    LacVec3 voxel;
    double height, residual, width, elongation;
    LacPeakFlag flag;
    guint n_passes;
} LacVoxelPeak;

typedef struct LacQuartic LacQuartic;

LacQuartic *lac_quartic_new(void);
void lac_quartic_free(LacQuartic *self);
LacVoxelPeak
lac_quartic_fit(const LacQuartic *self, const LacSpline *spline, LacVec3 seed, double step);
void lac_quartic_measure(const LacQuartic *self, const LacSpline *spline, double step,
    LacVoxelPeak *peak);
LacVoxelPeak
lac_quartic_fit_published(const LacQuartic *self, const LacSpline *spline, const gsize fine[3]);
void lac_gaussian_fit(const LacQuartic *quartic, const LacSpline *spline, LacVoxelPeak *peak);
double lac_quartic_solve(const LacQuartic *self, const double samples[LAC_QUARTIC_POINTS],
    const double shift[3], double coefficients[LAC_QUARTIC_TERMS]);

// Eigenvalues, ascending, and unit eigenvectors as columns.
void lac_symmetric_eigen(const LacMat3 *a, double values[3], LacMat3 *vectors);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacQuartic, lac_quartic_free)
