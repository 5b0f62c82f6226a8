// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/histogram.h"

#include "core/data/volume.h"

#include <math.h>

#define AUTO_LOW  0.002 // share of the values below the automatic black point
#define AUTO_HIGH 0.002 // and above the white point

/**
 * lac_histogram_new:
 * @data: values; NaN and infinite ones are left out
 * @n: how many
 *
 * Returns: (transfer full): the histogram over the whole range, to be freed with g_free(); if all
 * values are equal, the range is widened about them
 */
LacHistogram *
lac_histogram_new(const float *data, gsize n)
{
    LacHistogram *self = g_new0(LacHistogram, 1);
    LacStats stats = lac_stats(data, n);
    self->n = n - stats.n_bad;
    float min = stats.min, max = stats.max;
    if (!(max > min)) {
        float half = MAX(fabsf(min), 1.0f) * 0.5f;
        min -= half;
        max += half;
    }
    self->min = (double) min;
    self->max = (double) max;
    if (self->n == n)
        lac_histogram(data, n, min, max, LAC_HISTOGRAM_BINS, self->bins);
    else
        for (gsize i = 0; i < n; i++)
            if (isfinite(data[i])) {
                double bin = (double) (data[i] - min) / (double) (max - min) * LAC_HISTOGRAM_BINS;
                self->bins[(gsize) CLAMP(bin, 0.0, LAC_HISTOGRAM_BINS - 1.0)]++;
            }
    return self;
}

/**
 * lac_histogram_get_percentile:
 * @self: a histogram
 * @share: 0 to 1
 *
 * Returns: the value below which @share of the values lie, to a fraction of a bin
 */
double
lac_histogram_get_percentile(const LacHistogram *self, double share)
{
    double target = CLAMP(share, 0.0, 1.0) * (double) self->n, sum = 0.0;
    double width = (self->max - self->min) / LAC_HISTOGRAM_BINS;
    for (guint i = 0; i < LAC_HISTOGRAM_BINS; i++) {
        double count = (double) self->bins[i];
        if (count > 0.0 && sum + count >= target)
            return self->min + width * (i + (target - sum) / count);
        sum += count;
    }
    return self->max;
}

/**
 * lac_histogram_get_auto_range:
 * @self: a histogram
 * @black: (out): a good black point
 * @white: (out): a good white point, above @black
 *
 * Leaves out the few extreme values at either end.
 */
void
lac_histogram_get_auto_range(const LacHistogram *self, double *black, double *white)
{
    *black = lac_histogram_get_percentile(self, AUTO_LOW);
    *white = lac_histogram_get_percentile(self, 1.0 - AUTO_HIGH);
    // Vacuum that is empty but for rounding.
    if (fabs(*black) < 1e-3 * (*white - *black))
        *black = 0.0;
    // Almost everything is one value, such as the vacuum about a tiny particle.
    if (!(*white - *black > 1e-3 * (self->max - self->min))) {
        *black = self->min;
        *white = self->max;
    }
}

/**
 * lac_histogram_trace:
 * @bins: counts
 * @n_bins: how many bins
 * @min: lower edge of the first bin
 * @max: upper edge of the last bin
 * @frame: where it is drawn
 * @cr: receives the path
 *
 * Appends the closed outline of the logarithm of the counts, one column per unit, the fullest
 * column as high as the frame.
 */
void
lac_histogram_trace(const gsize *bins, guint n_bins, double min, double max,
    const LacHistogramFrame *frame, cairo_t *cr)
{
    gsize n_columns = (gsize) MAX(frame->width, 1.0);
    g_autofree double *columns = g_new0(double, n_columns);
    double per_column = (frame->hi - frame->lo) / (double) n_columns;
    double per_bin = (max - min) / n_bins;
    double largest = 0.0;
    for (gsize i = 0; i < n_columns; i++) {
        double first = (frame->lo + (double) i * per_column - min) / per_bin;
        double last = first + per_column / per_bin;
        // A column narrower than a bin shows the density of that bin.
        double begin = MAX(floor(first), 0.0);
        double end = MIN(MAX(floor(last), begin + 1.0), (double) n_bins);
        if (last <= 0.0 || first >= n_bins)
            continue;
        double sum = 0.0;
        for (guint k = (guint) begin; k < (guint) end; k++)
            sum += (double) bins[k];
        columns[i] = log1p(sum / MAX(end - begin, 1.0) * MAX(per_column / per_bin, 1.0));
        largest = MAX(largest, columns[i]);
    }
    double bottom = frame->y + frame->height;
    cairo_move_to(cr, frame->x, bottom);
    for (gsize i = 0; i < n_columns; i++) {
        double y = largest > 0.0 ? bottom - frame->height * columns[i] / largest : bottom;
        cairo_line_to(cr, frame->x + (double) i, y);
        cairo_line_to(cr, frame->x + (double) i + 1.0, y);
    }
    cairo_line_to(cr, frame->x + (double) n_columns, bottom);
    cairo_close_path(cr);
}
