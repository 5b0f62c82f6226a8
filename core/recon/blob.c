// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/blob.h"

#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define REACH          5.0 // widths after which the Gaussian is cut
#define PEAK_DISTANCE  2   // voxels to every side that a peak must exceed
#define MIN_PEAKS      8
#define FIRST_BLUR     0.4 // [voxel] of the widths that are tried
#define LAST_BLUR      3.5
#define BLUR_GROWTH    1.3
#define PLATEAU        1.2 // growth of the atom width from one blur to the next
#define PEAK_SHARE     0.3 // of the strongest peaks' median that a peak must reach
#define PROFILE_RADIUS 1.6 // widths of the profile that is fitted
#define MIN_RADIUS     2.3 // [voxel] of it: four distances at least
#define PROFILE_PASSES 3   // from radius to width and back
#define SEEN_NEAR      0.7 // of its width that a peak may move from one half to the other
#define SEEN_SHARE     0.6 // of the peaks that both halves must show

typedef struct {
    LacVolume *volume;
    const float *taps; // 2 reach + 1
    gsize reach;
    gboolean failed; // written as TRUE only
} BlurArgs;

// Convolves one line of n values @stride apart; @line is scratch of n + 2 reach values.
static void
blur_line(const BlurArgs *args, float *values, gsize stride, gsize n, float *line)
{
    const gsize reach = args->reach;
    memset(line, 0, (n + 2 * reach) * sizeof(float));
    for (gsize i = 0; i < n; i++)
        line[reach + i] = values[i * stride];
    for (gsize i = 0; i < n; i++)
        values[i * stride] = 0.0f;
    for (gsize t = 0; t <= 2 * reach; t++) {
        const float weight = args->taps[t];
        const float *from = line + t;
        for (gsize i = 0; i < n; i++)
            values[i * stride] += weight * from[i];
    }
}

static void
blur_x(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    BlurArgs *args = data;
    LacVolume *v = args->volume;
    float *line = lac_alloc_floats(v->nx + 2 * args->reach, NULL);
    if (line == NULL) {
        args->failed = TRUE;
        return;
    }
    for (gsize row = begin; row < end; row++)
        blur_line(args, v->data + row * v->nx, 1, v->nx, line);
    lac_free(line);
}

// Rows of @n_rows x nx values, @stride apart, convolved across the rows: contiguous in x.
static gboolean
blur_rows(const BlurArgs *args, float *values, gsize stride, gsize n_rows)
{
    const gsize nx = args->volume->nx, reach = args->reach;
    float *copy = lac_alloc_floats(n_rows * nx, NULL);
    if (copy == NULL)
        return FALSE;
    for (gsize i = 0; i < n_rows; i++)
        memcpy(copy + i * nx, values + i * stride, nx * sizeof(float));
    for (gsize i = 0; i < n_rows; i++) {
        float *out = values + i * stride;
        memset(out, 0, nx * sizeof(float));
        gsize first = i > reach ? i - reach : 0, last = MIN(i + reach, n_rows - 1);
        for (gsize j = first; j <= last; j++) {
            const float weight = args->taps[j + reach - i];
            const float *in = copy + j * nx;
            for (gsize x = 0; x < nx; x++)
                out[x] += weight * in[x];
        }
    }
    lac_free(copy);
    return TRUE;
}

static void
blur_y(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    BlurArgs *args = data;
    LacVolume *v = args->volume;
    for (gsize z = begin; z < end; z++)
        if (!blur_rows(args, v->data + z * v->ny * v->nx, v->nx, v->ny))
            args->failed = TRUE;
}

static void
blur_z(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    BlurArgs *args = data;
    LacVolume *v = args->volume;
    for (gsize y = begin; y < end; y++)
        if (!blur_rows(args, v->data + y * v->nx, v->ny * v->nx, v->nz))
            args->failed = TRUE;
}

/**
 * lac_blob_apply:
 * @volume: not published yet; convolved in place with zeros beyond its edge
 * @sigma: [voxel] width of the Gaussian, 0 to leave the volume as it is
 * @error: return location for a #GError
 *
 * Turns coefficients into the volume that they stand for, with a Gaussian of sum 1 cut after five
 * widths.
 *
 * Returns: %TRUE, or %FALSE with @error set and @volume undefined when memory is short
 */
gboolean
lac_blob_apply(LacVolume *volume, double sigma, GError **error)
{
    if (sigma <= 0.0)
        return TRUE;
    gsize reach = (gsize) ceil(REACH * sigma);
    g_autofree float *taps = g_new(float, 2 * reach + 1);
    double sum = 0.0;
    for (gsize t = 0; t <= 2 * reach; t++) {
        double d = ((double) t - (double) reach) / sigma;
        taps[t] = (float) exp(-0.5 * d * d);
        sum += (double) taps[t];
    }
    for (gsize t = 0; t <= 2 * reach; t++)
        taps[t] = (float) ((double) taps[t] / sum);
    BlurArgs args = { .volume = volume, .taps = taps, .reach = reach };
    lac_parallel_for(volume->nz * volume->ny, 256, blur_x, &args);
    lac_parallel_for(volume->nz, 1, blur_y, &args);
    lac_parallel_for(volume->ny, 1, blur_z, &args);
    if (args.failed)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY, "Not enough memory for a blur");
    return !args.failed;
}

typedef struct {
    float value;
    float width;   // [voxel]
    gsize x, y, z; // [voxel]
} Peak;

static gint
compare_value(gconstpointer a, gconstpointer b)
{
    float va = ((const Peak *) a)->value, vb = ((const Peak *) b)->value;
    return va < vb ? 1 : va > vb ? -1 : 0;
}

static gint
compare_width(gconstpointer a, gconstpointer b)
{
    float wa = ((const Peak *) a)->width, wb = ((const Peak *) b)->width;
    return wa < wb ? -1 : wa > wb ? 1 : 0;
}

static gboolean
is_peak(const LacVolume *v, gsize x, gsize y, gsize z)
{
    float centre = lac_volume_get(v, x, y, z);
    for (gsize k = z - PEAK_DISTANCE; k <= z + PEAK_DISTANCE; k++)
        for (gsize j = y - PEAK_DISTANCE; j <= y + PEAK_DISTANCE; j++)
            for (gsize i = x - PEAK_DISTANCE; i <= x + PEAK_DISTANCE; i++)
                if (lac_volume_get(v, i, j, k) > centre)
                    return FALSE;
    return TRUE;
}

// Width from the curvature of the logarithm along one axis; 0 if it is not that of a peak.
static double
width_along(const float *centre, gsize stride)
{
    float left = *(centre - stride), right = *(centre + stride);
    if (!(left > 0.0f && right > 0.0f && *centre > 0.0f))
        return 0.0;
    double curvature = 2.0 * log((double) *centre) - log((double) left) - log((double) right);
    return curvature > 1e-3 ? 1.0 / sqrt(curvature) : 0.0;
}

// The clear peaks of @v with the width that the curvature of log intensity gives along x and y (z is
// stretched by the missing wedge).
static GArray *
find_clear_peaks(const LacVolume *v)
{
    GArray *peaks = g_array_new(FALSE, FALSE, sizeof(Peak));
    if (v->nx < 7 || v->ny < 7 || v->nz < 7)
        return peaks;
    for (gsize z = PEAK_DISTANCE; z < v->nz - PEAK_DISTANCE; z++) {
        for (gsize y = PEAK_DISTANCE; y < v->ny - PEAK_DISTANCE; y++) {
            for (gsize x = PEAK_DISTANCE; x < v->nx - PEAK_DISTANCE; x++) {
                const float *centre = v->data + (z * v->ny + y) * v->nx + x;
                if (*centre <= *(centre - 1) || *centre <= *(centre + 1) || !is_peak(v, x, y, z))
                    continue;
                double wx = width_along(centre, 1), wy = width_along(centre, v->nx);
                if (wx > 0.0 && wy > 0.0) {
                    Peak peak = { *centre, (float) sqrt(wx * wy), x, y, z };
                    g_array_append_val(peaks, peak);
                }
            }
        }
    }
    if (peaks->len == 0)
        return peaks;
    g_array_sort(peaks, compare_value);
    float level = (float) PEAK_SHARE * g_array_index(peaks, Peak, peaks->len / 20).value;
    guint n = 0;
    while (n < peaks->len && g_array_index(peaks, Peak, n).value >= level)
        n++;
    g_array_set_size(peaks, n);
    return peaks;
}

static gboolean
has_peak_near(const LacVolume *v, const Peak *peak, double radius)
{
    gsize reach = (gsize) floor(radius), low = PEAK_DISTANCE;
    gsize x0 = MAX(peak->x, low + reach) - reach, x1 = MIN(peak->x + reach, v->nx - 1 - low);
    gsize y0 = MAX(peak->y, low + reach) - reach, y1 = MIN(peak->y + reach, v->ny - 1 - low);
    gsize z0 = MAX(peak->z, low + reach) - reach, z1 = MIN(peak->z + reach, v->nz - 1 - low);
    for (gsize z = z0; z <= z1; z++)
        for (gsize y = y0; y <= y1; y++)
            for (gsize x = x0; x <= x1; x++) {
                double dx = (double) x - (double) peak->x, dy = (double) y - (double) peak->y;
                double dz = (double) z - (double) peak->z;
                if (dx * dx + dy * dy + dz * dz <= radius * radius && is_peak(v, x, y, z))
                    return TRUE;
            }
    return FALSE;
}

// Peaks of noise are seen in one half of the projections, those of atoms in both.
static double
share_seen_twice(const GArray *peaks, const LacVolume *a, const LacVolume *b, double radius)
{
    guint n = 0;
    for (guint i = 0; i < peaks->len; i++) {
        const Peak *peak = &g_array_index(peaks, Peak, i);
        if (has_peak_near(a, peak, radius) && has_peak_near(b, peak, radius))
            n++;
    }
    return (double) n / (double) peaks->len;
}

// Sums over all peaks of the values at each squared distance below n_bins, and how many they are.
static void
sum_profile(const LacVolume *v, const GArray *peaks, gsize n_bins, double *sums, double *counts)
{
    gsize reach = (gsize) sqrt((double) n_bins);
    for (guint i = 0; i < peaks->len; i++) {
        const Peak *p = &g_array_index(peaks, Peak, i);
        if (MIN(MIN(p->x, p->y), p->z) < reach || p->x + reach >= v->nx || p->y + reach >= v->ny ||
            p->z + reach >= v->nz)
            continue;
        for (gsize y = p->y - reach; y <= p->y + reach; y++)
            for (gsize x = p->x - reach; x <= p->x + reach; x++) {
                double dx = (double) x - (double) p->x, dy = (double) y - (double) p->y;
                gsize bin = (gsize) (dx * dx + dy * dy);
                if (bin < n_bins) {
                    sums[bin] += (double) lac_volume_get(v, x, y, p->z);
                    counts[bin] += 1.0;
                }
            }
    }
}

// Sum of squares that the best a + b exp(-r^2 / 2 width^2) leaves of the mean profile.
static double
profile_misfit(const double *sums, const double *counts, gsize n_bins, double width)
{
    double n = 0, e = 0, ee = 0, p = 0, pp = 0, ep = 0;
    for (gsize bin = 0; bin < n_bins; bin++) {
        if (counts[bin] == 0.0)
            continue;
        double gauss = exp(-0.5 * (double) bin / (width * width));
        double mean = sums[bin] / counts[bin];
        n += 1.0;
        e += gauss;
        ee += gauss * gauss;
        p += mean;
        pp += mean * mean;
        ep += gauss * mean;
    }
    double vee = ee - e * e / n, vep = ep - e * p / n, vpp = pp - p * p / n;
    return vpp - vep * vep / vee;
}

// Width of the mean profile of the peaks in x and y. Its background is fitted along: what positivity
// makes of noise would widen the curvature. @width is a first guess.
static double
fit_profile_width(const LacVolume *v, const GArray *peaks, double width)
{
    for (int pass = 0; pass < PROFILE_PASSES; pass++) {
        double radius = fmax(PROFILE_RADIUS * width, MIN_RADIUS);
        gsize n_bins = (gsize) (radius * radius) + 1;
        g_autofree double *sums = g_new0(double, n_bins), *counts = g_new0(double, n_bins);
        sum_profile(v, peaks, n_bins, sums, counts);
        double best = G_MAXDOUBLE, found = width;
        for (double w = 0.25 * width; w < 2.0 * width; w *= 1.01) {
            double misfit = profile_misfit(sums, counts, n_bins, w);
            if (misfit < best) {
                best = misfit;
                found = w;
            }
        }
        width = found;
    }
    return width;
}

// Width of the clear peaks of both halves together; 0 when they are few or those of noise.
static double
measure_peak_width(const LacVolume *a, const LacVolume *b, GError **error)
{
    g_autoptr(LacVolume) sum = lac_volume_new(a->nz, a->ny, a->nx, a->voxel_size, error);
    if (sum == NULL)
        return 0.0;
    gsize n = lac_volume_get_size(sum);
    for (gsize i = 0; i < n; i++)
        sum->data[i] = a->data[i] + b->data[i];
    g_autoptr(GArray) peaks = find_clear_peaks(sum);
    if (peaks->len < MIN_PEAKS)
        return 0.0;
    g_array_sort(peaks, compare_width);
    double width = (double) g_array_index(peaks, Peak, peaks->len / 2).width;
    double share = share_seen_twice(peaks, a, b, fmax(SEEN_NEAR * width, 1.0));
    return share >= SEEN_SHARE ? fit_profile_width(sum, peaks, width) : 0.0;
}

/**
 * lac_blob_measure_atom_width:
 * @a: a first reconstruction of half the projections, not published; it is blurred
 * @b: likewise of the other half
 * @width: (out): [voxel] Gaussian width of an atom; 0 when there are too few clear peaks
 * @error: return location for a #GError
 *
 * Blurs more and more, and takes the blur's share off the width of the peaks. Where noise makes the
 * peaks they differ between the halves, and are not measured. Once it is suppressed, what is left is
 * the width of the atoms and stays the same: of the first two values that differ little the larger
 * is the answer, since what is left of noise makes peaks narrower.
 *
 * Returns: %TRUE, or %FALSE with @error set when memory is short
 */
gboolean
lac_blob_measure_atom_width(LacVolume *a, LacVolume *b, double *width, GError **error)
{
    double before = 0.0, blur = 0.0;
    *width = 0.0;
    for (double next = FIRST_BLUR; next < LAST_BLUR; next *= BLUR_GROWTH) {
        double more = sqrt(next * next - blur * blur);
        GError *failure = NULL;
        if (!lac_blob_apply(a, more, error) || !lac_blob_apply(b, more, error))
            return FALSE;
        blur = next;
        double peak = measure_peak_width(a, b, &failure), square = peak * peak - blur * blur;
        if (failure != NULL) {
            g_propagate_error(error, failure);
            return FALSE;
        }
        double now = square > 0.0 ? sqrt(square) : 0.0;
        if (before > 0.0 && now > 0.0 && now < PLATEAU * before) {
            *width = fmax(before, now);
            return TRUE;
        }
        before = now;
    }
    return TRUE;
}
