// SPDX-License-Identifier: GPL-3.0-or-later
// Shared by the two fits of a quartic polynomial.
#pragma once

#include "core/trace/quartic.h"

#define LAC_QUARTIC_FILTERS 10
#define LAC_QUARTIC_ALPHA   1.0 // of the weights exp(-alpha d^2 / radius^2)

// Filters in this order: value, x, y, z, xx, yy, zz, xy, xz, yz. All lengths are in steps.
struct LacQuartic {
    gint8 offset[LAC_QUARTIC_POINTS][3];
    guint8 power[LAC_QUARTIC_TERMS][3];
    double scale[LAC_QUARTIC_TERMS];   // from units of the radius to steps
    guint column[LAC_QUARTIC_FILTERS]; // term that each filter reads
    double weight[LAC_QUARTIC_POINTS];
    double weight_sum; // of the squared weights
    double design[LAC_QUARTIC_POINTS][LAC_QUARTIC_TERMS];
    double solution[LAC_QUARTIC_TERMS][LAC_QUARTIC_POINTS]; // least squares: terms from samples
    float filter[LAC_QUARTIC_FILTERS][LAC_WINDOW_SIZE];
};

gsize lac_quartic_window_index(const gint8 offset[3]);
void lac_quartic_factorise(double a[LAC_QUARTIC_TERMS][LAC_QUARTIC_TERMS]);
void lac_quartic_solve_factorised(double a[LAC_QUARTIC_TERMS][LAC_QUARTIC_TERMS],
    double x[LAC_QUARTIC_TERMS]);
void lac_quartic_describe_shape(const double values[3], double step, LacVoxelPeak *peak);
