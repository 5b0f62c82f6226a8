// SPDX-License-Identifier: GPL-3.0-or-later
// How often which values occur, what range to show, and a picture of it.
#pragma once

#include <cairo.h>
#include <glib.h>

#define LAC_HISTOGRAM_BINS 4096

typedef struct {
    double min, max; // of the finite values; max > min
    gsize n;         // finite values
    gsize bins[LAC_HISTOGRAM_BINS];
} LacHistogram;

// Where a histogram is drawn: values lo to hi over the rectangle.
typedef struct {
    double x, y, width, height;
    double lo, hi;
} LacHistogramFrame;

LacHistogram *lac_histogram_new(const float *data, gsize n);
double lac_histogram_get_percentile(const LacHistogram *self, double share);
void lac_histogram_get_auto_range(const LacHistogram *self, double *black, double *white);
void lac_histogram_trace(const gsize *bins, guint n_bins, double min, double max,
    const LacHistogramFrame *frame, cairo_t *cr);
