// SPDX-License-Identifier: GPL-3.0-or-later
// How a reconstruction is judged against a known volume: errors and the atoms it shows.
#pragma once

#include "core/data/volume.h"

// A list of places in voxel indices, fractions allowed.
typedef struct {
    gsize n;
    LacVec3 *position;
} TestPeaks;

// Pairs of places of two lists that are each other's nearest.
typedef struct {
    gsize n_matched;
    double rmsd;        // [voxel] root mean square distance of the pairs, without the mean shift
    LacVec3 mean_shift; // [voxel] from the first list to the second
} TestMatch;

TestPeaks *test_peaks_find(const LacVolume *volume, double threshold);
void test_peaks_free(TestPeaks *self);
TestMatch test_peaks_match(const TestPeaks *truth, const TestPeaks *found, double radius);

double test_relative_error(const float *values, const float *truth, gsize n);
double test_pearson(const float *a, const float *b, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestPeaks, test_peaks_free)
