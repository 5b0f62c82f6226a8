// SPDX-License-Identifier: GPL-3.0-or-later
// Nice numbers for axes and scale bars: steps of 1, 2 and 5 times a power of ten.
#pragma once

#include <glib.h>

#define LAC_TICKS_MAX 40

typedef struct {
    guint n;
    double step; // between linear ticks; 0 for logarithmic ones
    double values[LAC_TICKS_MAX];
} LacTicks;

double lac_nice_step(double span, guint n_max);
double lac_nice_floor(double value);
LacTicks lac_ticks_linear(double lo, double hi, guint n_max);
LacTicks lac_ticks_log(double lo, double hi, guint n_max);
char *lac_ticks_dup_label(const LacTicks *self, guint i);
char *lac_format_length(double length);
