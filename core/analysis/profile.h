// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles against a signed distance: density by kernels, means in bins, and the width of a step.
#pragma once

#include <glib.h>

// A kernel over places: density(s) = sum over atoms / volume of the places.
typedef struct {
    double low, high, step; // [Å] where the profile is made
    double kernel;          // [Å] sigma of the Gaussian
    double least_volume;    // [Å^3] places with less around them are blank
} LacKernelParams;

typedef struct {
    gsize n;
    double *s;       // [Å]
    double *density; // [Å^-3] NaN where it is blank
    double *error;   // [Å^-3] one standard deviation
    double *volume;  // [Å^3] that contributes
} LacKernelProfile;

typedef struct {
    gsize n;
    double *s;             // [Å] middles of the bins
    double *mean, *spread; // NaN for fewer than three atoms; sample standard deviation
    double *error;         // of the mean, by the bootstrap
    gsize *count;          // atoms
} LacBinProfile;

// y(s) = low + (high - low) / 2 (1 + erf((s - position) / (sqrt(2) sigma)))
typedef struct {
    double low, high, position, sigma;
    double low_error, high_error, position_error, sigma_error; // one standard deviation
    double rms;                                                // of what is left
} LacStepFit;

// 10 to 90 % and 5 to 95 % of a step, in sigmas.
#define LAC_STEP_WIDTH_10_90 2.5631
#define LAC_STEP_WIDTH_5_95  3.2897

LacKernelProfile *lac_kernel_profile_new(const double *atoms, gsize n_atoms, const double *places,
    gsize n_places, double place_volume, const LacKernelParams *params);
void lac_kernel_profile_free(LacKernelProfile *self);
LacBinProfile *lac_bin_profile_new(const double *s, const double *values, gsize n, double low,
    double high, double width, guint n_resamples);
void lac_bin_profile_free(LacBinProfile *self);
gboolean
lac_step_fit(const double *s, const double *y, const double *error, gsize n, LacStepFit *fit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacKernelProfile, lac_kernel_profile_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacBinProfile, lac_bin_profile_free)
