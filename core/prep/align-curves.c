// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/align-curves.h"

#include "core/error.h"
#include "core/parallel.h"
#include "core/prep/align-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMOOTH_SHARE 0.018 // of the image: half width of the box in which the object is looked for
#define MIN_SMOOTH   2     // [pixel]
#define LEVELS       256   // of the histogram that tells object from background
#define SHARE        0.4  // of the way from background to that threshold: rims belong to the object
#define RIM_SHARE    0.04 // of the image, by which the object's mask grows
#define MIN_RIM      4    // [pixel]

typedef struct {
    const LacAlignImages *images;
    LacAlignCurves *curves;
} CurveArgs;

// Means over boxes of 2 half + 1 pixels, from an integral image; @out may be @image.
static void
smooth(const float *image, gsize nv, gsize nu, gsize half, double *integral, float *out)
{
    gsize w = nu + 1;
    memset(integral, 0, w * sizeof *integral);
    for (gsize v = 0; v < nv; v++) {
        double row = 0.0;
        integral[(v + 1) * w] = 0.0;
        for (gsize u = 0; u < nu; u++) {
            row += (double) image[v * nu + u];
            integral[(v + 1) * w + u + 1] = integral[v * w + u + 1] + row;
        }
    }
    for (gsize v = 0; v < nv; v++) {
        gsize v0 = v > half ? v - half : 0, v1 = MIN(v + half + 1, nv);
        for (gsize u = 0; u < nu; u++) {
            gsize u0 = u > half ? u - half : 0, u1 = MIN(u + half + 1, nu);
            double sum = integral[v1 * w + u1] - integral[v0 * w + u1] - integral[v1 * w + u0] +
                integral[v0 * w + u0];
            out[v * nu + u] = (float) (sum / (double) ((v1 - v0) * (u1 - u0)));
        }
    }
}

// The level that parts a histogram into two classes of least spread (doi:10.1109/TSMC.1979.4310076).
static float
threshold_of(const float *values, gsize n)
{
    float low = values[0], high = values[0];
    for (gsize i = 1; i < n; i++) {
        low = MIN(low, values[i]);
        high = MAX(high, values[i]);
    }
    if (!(high > low))
        return high;
    gsize counts[LEVELS] = { 0 };
    float scale = (float) LEVELS / (high - low);
    for (gsize i = 0; i < n; i++)
        counts[MIN((gsize) ((values[i] - low) * scale), LEVELS - 1)]++;
    double total = 0.0, below = 0.0, n_below = 0.0, best = -1.0;
    for (gsize i = 0; i < LEVELS; i++)
        total += (double) counts[i] * (double) i;
    gsize at = 0;
    for (gsize i = 0; i + 1 < LEVELS; i++) {
        n_below += (double) counts[i];
        below += (double) counts[i] * (double) i;
        double n_above = (double) n - n_below;
        if (n_below == 0.0 || n_above == 0.0)
            continue;
        double apart = below / n_below - (total - below) / n_above;
        double between = n_below * n_above * apart * apart;
        if (between > best) {
            best = between;
            at = i;
        }
    }
    return low + (float) (at + 1) / scale;
}

// Grows a mask by a square of 2 rim + 1 pixels.
static void
grow(guint8 *mask, gsize nv, gsize nu, gsize rim, guint8 *scratch)
{
    for (gsize v = 0; v < nv; v++) {
        gsize last = G_MAXSIZE; // the newest pixel of the object at or before u + rim
        for (gsize u = 0; u < nu + rim; u++) {
            if (u < nu && mask[v * nu + u])
                last = u;
            if (u >= rim)
                scratch[v * nu + u - rim] = last != G_MAXSIZE && last + 2 * rim >= u;
        }
    }
    for (gsize u = 0; u < nu; u++) {
        gsize last = G_MAXSIZE;
        for (gsize v = 0; v < nv + rim; v++) {
            if (v < nv && scratch[v * nu + u])
                last = v;
            if (v >= rim)
                mask[(v - rim) * nu + u] = last != G_MAXSIZE && last + 2 * rim >= v;
        }
    }
}

// Leaves of a mask the connected part with the largest sum: noise is in many small ones.
static void
keep_largest(guint8 *mask, const float *image, gsize nv, gsize nu)
{
    g_autofree guint32 *label = g_new0(guint32, nv * nu);
    g_autofree gsize *stack = g_new(gsize, nv * nu);
    guint32 n_labels = 0, best = 0;
    double most = -HUGE_VAL;
    for (gsize start = 0; start < nv * nu; start++) {
        if (!mask[start] || label[start] != 0)
            continue;
        gsize n = 0;
        double sum = 0.0;
        label[start] = ++n_labels;
        stack[n++] = start;
        while (n > 0) {
            gsize i = stack[--n], v = i / nu, u = i % nu;
            sum += (double) image[i];
            const gsize near[] = { v > 0 ? i - nu : i, v + 1 < nv ? i + nu : i, u > 0 ? i - 1 : i,
                u + 1 < nu ? i + 1 : i };
            for (guint j = 0; j < G_N_ELEMENTS(near); j++)
                if (mask[near[j]] && label[near[j]] == 0) {
                    label[near[j]] = n_labels;
                    stack[n++] = near[j];
                }
        }
        if (sum > most) {
            most = sum;
            best = n_labels;
        }
    }
    for (gsize i = 0; i < nv * nu; i++)
        mask[i] = mask[i] && label[i] == best;
}

// Distributes value over the two samples about position s of the line.
static void
add_to_line(double *line, gsize n, double s, double value)
{
    double cell = floor(s), share = s - cell;
    if (cell >= 0.0 && cell < (double) n)
        line[(gsize) cell] += (1.0 - share) * value;
    if (cell >= -1.0 && cell + 1.0 < (double) n)
        line[(gsize) (cell + 1.0)] += share * value;
}

static void
measure_projection(const CurveArgs *args, gsize k)
{
    const LacSeries *series = args->images->series;
    LacAlignCurves *out = args->curves;
    const gsize nv = series->nv, nu = series->nu, n = nv * nu;
    const float *image = lac_series_get_projection(series, k);
    g_autofree double *integral = g_new(double, (nv + 1) * (nu + 1));
    g_autofree float *smoothed = g_new(float, n);
    g_autofree guint8 *mask = g_new(guint8, n);
    g_autofree guint8 *scratch = g_new(guint8, n);
    gsize half = MAX(MIN_SMOOTH, (gsize) (SMOOTH_SHARE * (double) MAX(nv, nu)));
    smooth(image, nv, nu, half, integral, smoothed);
    smooth(smoothed, nv, nu, half, integral, smoothed);
    // The images are without background but for a rest, which the frame tells again.
    float rest = lac_align_background(smoothed, NULL, nv, nu);
    float threshold = rest + (float) SHARE * (threshold_of(smoothed, n) - rest);
    for (gsize i = 0; i < n; i++)
        mask[i] = smoothed[i] > threshold;
    keep_largest(mask, smoothed, nv, nu);
    gsize rim = MAX(MIN_RIM, (gsize) (RIM_SHARE * (double) MAX(nv, nu)));
    grow(mask, nv, nu, rim, scratch);
    float background = lac_align_background(image, mask, nv, nu);
    LacShift axis = lac_align_axis_in_image(&series->angles[k]), shift = series->shifts[k];
    double sum = 0.0, along = 0.0, across = 0.0, line_sum = 0.0;
    double *line = out->lines + k * out->n_line;
    for (gsize v = 0; v < nv; v++) {
        double y = (double) v - (double) (nv / 2) - shift.dv;
        for (gsize u = 0; u < nu; u++) {
            double x = (double) u - (double) (nu / 2) - shift.du;
            double value = (double) (image[v * nu + u] - background);
            double s = axis.du * x + axis.dv * y;
            add_to_line(line, out->n_line, s + (double) (out->n_line / 2), value);
            line_sum += value;
            if (mask[v * nu + u]) {
                sum += value;
                along += s * value;
                across += (axis.dv * x - axis.du * y) * value;
            }
        }
    }
    out->blank[k] = args->images->blank[k] || !(sum > 0.0) || !(line_sum > 0.0);
    out->mass[k] = sum;
    out->along[k] = out->blank[k] ? (double) NAN : along / sum;
    out->across[k] = out->blank[k] ? (double) NAN : across / sum;
    for (gsize s = 0; s < out->n_line; s++)
        line[s] = out->blank[k] ? 0.0 : line[s] / line_sum;
}

static void
measure_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    for (gsize k = begin; k < end; k++)
        measure_projection(data, k);
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// Turns sums into shares of their median.
static void
scale_masses(LacAlignCurves *self)
{
    g_autofree double *sorted = g_new(double, self->n);
    gsize n = 0;
    for (gsize k = 0; k < self->n; k++)
        if (!self->blank[k])
            sorted[n++] = self->mass[k];
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    double median = n > 0 ? 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]) : 1.0;
    for (gsize k = 0; k < self->n; k++)
        self->mass[k] /= median;
}

/**
 * lac_align_curves_new:
 * @series: projections with their shifts
 * @error: return location for a #GError
 *
 * Takes the background off, that of what lies outside of the object; the object is what is
 * brighter, after smoothing, than a part of the threshold between the two classes of pixels, with a
 * rim. Sums each projection perpendicular to the tilt axis and finds the centre of mass of the
 * object, both as the shifts of the series place them.
 *
 * Returns: (transfer full): the curves, or %NULL with @error set when memory is short
 */
LacAlignCurves *
lac_align_curves_new(const LacSeries *series, GError **error)
{
    g_auto(LacAlignImages) images = { 0 };
    if (!lac_align_images_init(&images, series, 1, error))
        return NULL;
    LacAlignCurves *self = g_new0(LacAlignCurves, 1);
    self->n = series->n;
    // Room for a line along the diagonal.
    self->n_line = 2 * (gsize) ceil(0.5 * hypot((double) series->nv, (double) series->nu));
    if (lac_series_is_single_axis(series))
        self->n_line = series->nv;
    self->lines = g_new0(double, self->n * self->n_line);
    self->along = g_new0(double, self->n);
    self->across = g_new0(double, self->n);
    self->mass = g_new0(double, self->n);
    self->blank = g_new0(gboolean, self->n);
    CurveArgs args = { &images, self };
    lac_parallel_for(self->n, 1, measure_projections, &args);
    scale_masses(self);
    return self;
}

/**
 * lac_align_curves_free:
 * @self: (nullable) (transfer full): curves
 */
void
lac_align_curves_free(LacAlignCurves *self)
{
    if (self == NULL)
        return;
    g_free(self->lines);
    g_free(self->along);
    g_free(self->across);
    g_free(self->mass);
    g_free(self->blank);
    g_free(self);
}
