// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/transfer.h"

#include <math.h>
#include <string.h>

/**
 * lac_transfer_default:
 * @lo: value at the lower end of the colour map
 * @hi: value at the upper end, above @lo
 *
 * Returns: viridis with an opacity that rises from nothing at a quarter of the range
 */
LacTransfer
lac_transfer_default(double lo, double hi)
{
    return (LacTransfer){
        .lo = lo,
        .hi = hi,
        .colormap = LAC_COLORMAP_VIRIDIS,
        .n_points = 3,
        .points = { { 0.25, 0.0 }, { 0.5, 0.12 }, { 1.0, 0.8 } },
    };
}

// The lower edge of the part of the histogram that holds the @fraction largest values.
static double
upper_quantile(const gsize *bins, guint n_bins, double total, double fraction)
{
    double above = 0.0;
    for (guint i = n_bins; i-- > 1;) {
        above += (double) bins[i];
        if (above >= fraction * total)
            return (double) i / n_bins;
    }
    return 0.0;
}

// Otsu's threshold between two classes, doi:10.1109/TSMC.1979.4310076; a bin.
static guint
split_in_two(const gsize *bins, guint n_bins)
{
    double total = 0.0, moment = 0.0, below = 0.0, moment_below = 0.0, best = -1.0;
    guint split = n_bins / 2;
    for (guint i = 0; i < n_bins; i++) {
        total += (double) bins[i];
        moment += (double) bins[i] * (i + 0.5);
    }
    for (guint i = 0; i + 1 < n_bins; i++) {
        below += (double) bins[i];
        moment_below += (double) bins[i] * (i + 0.5);
        double above = total - below;
        if (below == 0.0 || above == 0.0)
            continue;
        double gap = moment_below / below - (moment - moment_below) / above;
        double between = below * above * gap * gap;
        if (between > best) {
            best = between;
            split = i + 1;
        }
    }
    return split;
}

/**
 * lac_transfer_from_histogram:
 * @bins: (array length=n_bins): counts of equal bins between @min and @max
 * @n_bins: at least 2
 * @min: lower edge of the first bin
 * @max: upper edge of the last bin, above @min
 *
 * Guesses a transfer function that leaves the background away and shows atoms: the range ends where
 * only one voxel in 1000 is brighter, and opacity starts between the two classes of the histogram.
 *
 * Returns: the guess
 */
LacTransfer
lac_transfer_from_histogram(const gsize *bins, guint n_bins, double min, double max)
{
    g_return_val_if_fail(n_bins >= 2 && max > min, lac_transfer_default(0.0, 1.0));

    double total = 0.0;
    for (guint i = 0; i < n_bins; i++)
        total += (double) bins[i];
    // Bright atoms pull the threshold up. What lies below is split again, so that the light ones
    // are not taken for background.
    guint upper = split_in_two(bins, n_bins), lower = split_in_two(bins, MAX(upper, 2));
    double split = 0.5 * (upper + lower) / n_bins;
    double top = upper_quantile(bins, n_bins, total, 1.0 / 1000.0);
    top = CLAMP(top, MIN(split + 4.0 / n_bins, 1.0), 1.0);
    // Negative values are artefacts of the reconstruction: colours start at zero.
    double lo = min < 0.0 && max > 0.0 ? 0.0 : min;
    LacTransfer self = lac_transfer_default(lo, min + top * (max - min));
    double start = lac_transfer_get_position(&self, min + split * (max - min));
    start = CLAMP(start, 0.05, 0.7);
    self.n_points = 4;
    self.points[0] = (LacTransferPoint){ start, 0.0 };
    self.points[1] = (LacTransferPoint){ start + 0.15 * (1.0 - start), 0.08 };
    self.points[2] = (LacTransferPoint){ start + 0.35 * (1.0 - start), 0.60 };
    self.points[3] = (LacTransferPoint){ 1.0, 0.98 };
    return self;
}

/**
 * lac_transfer_is_equal:
 * @a: a transfer function
 * @b: another
 *
 * Returns: %TRUE if they draw the same
 */
gboolean
lac_transfer_is_equal(const LacTransfer *a, const LacTransfer *b)
{
    if (a->lo != b->lo || a->hi != b->hi || a->colormap != b->colormap ||
        !a->reversed != !b->reversed || a->n_points != b->n_points)
        return FALSE;
    for (guint i = 0; i < a->n_points; i++)
        if (a->points[i].x != b->points[i].x || a->points[i].opacity != b->points[i].opacity)
            return FALSE;
    return TRUE;
}

/**
 * lac_transfer_get_position:
 * @self: a transfer function
 * @value: a value of the volume
 *
 * Returns: where it lies in the range, 0 at lo and 1 at hi; not clamped
 */
double
lac_transfer_get_position(const LacTransfer *self, double value)
{
    double width = self->hi - self->lo;
    return width != 0.0 ? (value - self->lo) / width : 0.0;
}

/**
 * lac_transfer_get_value:
 * @self: a transfer function
 * @x: position in the range
 *
 * Returns: the value of the volume there
 */
double
lac_transfer_get_value(const LacTransfer *self, double x)
{
    return self->lo + x * (self->hi - self->lo);
}

/**
 * lac_transfer_get_opacity:
 * @self: a transfer function
 * @x: position in the range
 *
 * Returns: the opacity of a layer one voxel thick, 0 to 1
 */
double
lac_transfer_get_opacity(const LacTransfer *self, double x)
{
    g_return_val_if_fail(self->n_points > 0, 0.0);

    const LacTransferPoint *p = self->points;
    guint last = self->n_points - 1;
    if (x <= p[0].x)
        return p[0].opacity;
    if (x >= p[last].x)
        return p[last].opacity;
    guint i = 1;
    while (p[i].x < x)
        i++;
    double width = p[i].x - p[i - 1].x;
    double f = width > 0.0 ? (x - p[i - 1].x) / width : 1.0;
    return p[i - 1].opacity + f * (p[i].opacity - p[i - 1].opacity);
}

/**
 * lac_transfer_get_color:
 * @self: a transfer function
 * @x: position in the range; clamped
 * @rgb: (out caller-allocates): sRGB, 0 to 1
 *
 * Looks up the colour.
 */
void
lac_transfer_get_color(const LacTransfer *self, double x, float rgb[3])
{
    lac_colormap_lookup(self->colormap, self->reversed ? 1.0 - CLAMP(x, 0.0, 1.0) : x, rgb);
}

/**
 * lac_transfer_add_point:
 * @self: a transfer function
 * @x: position in the range, clamped to 0 to 1
 * @opacity: clamped to 0 to 1
 *
 * Adds a control point in its place.
 *
 * Returns: its index, or -1 if there is no room for more
 */
int
lac_transfer_add_point(LacTransfer *self, double x, double opacity)
{
    if (self->n_points >= LAC_TRANSFER_MAX_POINTS)
        return -1;
    guint i = self->n_points;
    x = CLAMP(x, 0.0, 1.0);
    for (; i > 0 && self->points[i - 1].x > x; i--)
        self->points[i] = self->points[i - 1];
    self->points[i] = (LacTransferPoint){ x, CLAMP(opacity, 0.0, 1.0) };
    self->n_points++;
    return (int) i;
}

/**
 * lac_transfer_remove_point:
 * @self: a transfer function
 * @index: which control point
 *
 * Removes a control point. The last two stay.
 *
 * Returns: %TRUE if it was removed
 */
gboolean
lac_transfer_remove_point(LacTransfer *self, guint index)
{
    if (self->n_points <= 2 || index >= self->n_points)
        return FALSE;
    memmove(&self->points[index], &self->points[index + 1],
        (self->n_points - index - 1) * sizeof self->points[0]);
    self->n_points--;
    return TRUE;
}

/**
 * lac_transfer_move_point:
 * @self: a transfer function
 * @index: which control point
 * @x: new position in the range; kept between its neighbours
 * @opacity: new opacity, clamped to 0 to 1
 *
 * Moves a control point.
 */
void
lac_transfer_move_point(LacTransfer *self, guint index, double x, double opacity)
{
    g_return_if_fail(index < self->n_points);

    double low = index > 0 ? self->points[index - 1].x : 0.0;
    double high = index + 1 < self->n_points ? self->points[index + 1].x : 1.0;
    self->points[index] =
        (LacTransferPoint){ CLAMP(x, low, MAX(low, high)), CLAMP(opacity, 0.0, 1.0) };
}

/**
 * lac_transfer_fill_table:
 * @self: a transfer function
 * @step: [voxel] distance of the samples along the ray, above 0
 * @n: number of entries, at least 2
 * @rgba: (out caller-allocates) (array): 4 @n values, premultiplied sRGB
 *
 * Fills a table over the range, first entry at lo, last at hi. The opacity of a step is that of
 * @step layers, 1 - (1 - opacity)^step.
 */
void
lac_transfer_fill_table(const LacTransfer *self, double step, guint n, float *rgba)
{
    g_return_if_fail(n >= 2);

    for (guint i = 0; i < n; i++) {
        double x = (double) i / (n - 1);
        float rgb[3];
        lac_transfer_get_color(self, x, rgb);
        float alpha = (float) (1.0 - pow(1.0 - lac_transfer_get_opacity(self, x), step));
        for (guint c = 0; c < 3; c++)
            rgba[4 * i + c] = rgb[c] * alpha;
        rgba[4 * i + 3] = alpha;
    }
}
