// SPDX-License-Identifier: GPL-3.0-or-later
// Distances and angles between picked places, with the error that positions hand on to them.
#pragma once

#include "core/data/volume.h"
#include "core/matrix.h"

// A number with one standard deviation.
typedef struct {
    double value, error;
} LacMeasure;

// A line through the volume.
typedef struct {
    gsize n;
    double *at;   // [Å] from the first end
    double *mean; // over the disc across the line
    double *max;
    LacMeasure whole; // mean over the line, with its standard error
    double peak;      // largest value
} LacLineProfile;

#define LAC_MEASURE_PRECISION 0.2 // [Å] of a position, per coordinate

LacMeasure lac_measure_distance(LacVec3 a, LacVec3 b, double precision);
LacMeasure lac_measure_angle(LacVec3 a, LacVec3 apex, LacVec3 b, double precision);
LacMeasure lac_measure_dihedral(LacVec3 a, LacVec3 b, LacVec3 c, LacVec3 d, double precision);
LacMeasure lac_measure_planes(const LacVec3 first[3], const LacVec3 second[3], double precision);
LacMeasure
lac_measure_lines(LacVec3 a, LacVec3 b, LacVec3 c, LacVec3 d, LacVec3 view, double precision);
LacVec3 lac_measure_direction(LacVec3 a, LacVec3 b, const LacMat3 *orientation);
void lac_measure_index_direction(LacVec3 direction, int index[3], double *off_deg);
LacLineProfile *lac_line_profile_new(const LacVolume *volume, LacVec3 a, LacVec3 b, double radius,
    double step, GError **error);
void lac_line_profile_free(LacLineProfile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacLineProfile, lac_line_profile_free)
