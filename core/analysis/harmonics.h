// SPDX-License-Identifier: GPL-3.0-or-later
// Spherical harmonics of directions, and the couplings of three of them.
#pragma once

#include <glib.h>

#define LAC_HARMONICS_MAX_L 12

// Factors of the recurrence over l, for one degree.
typedef struct {
    guint l;
    double first[LAC_HARMONICS_MAX_L + 1]; // of (m, m)
    double a[LAC_HARMONICS_MAX_L + 1][LAC_HARMONICS_MAX_L + 1];
    double b[LAC_HARMONICS_MAX_L + 1][LAC_HARMONICS_MAX_L + 1];
} LacHarmonics;

// One term of the third-order invariant: coefficient times the real part of q_m1 q_m2 q_m3.
typedef struct {
    int m1, m2, m3;
    double coefficient;
} LacCoupling;

void lac_harmonics_init(LacHarmonics *self, guint l);
void lac_harmonics_add(const LacHarmonics *self, double x, double y, double z, double (*sum)[2]);
GArray *lac_couplings_new(guint l);
