// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/array.h"
#include "core/error.h"
#include "core/prep/background.h"
#include "core/prep/smooth.h"

#include <math.h>
#include <string.h>

#define N_BINS     256
#define MAX_RADIUS 1000.0 // [pixel]
#define FAR        1e12   // squared distance to nothing [pixel^2]
#define AWAY       8.0    // [pixel] from what is surely particle, there is background
#define LEAST      0.02   // share of the image that must be background to be measured
#define RISE       0.08   // of the contrast, and
#define DEVIATIONS 4.0    // of the background: where the particle begins

/**
 * lac_mask_params_init:
 * @params: (out): set to the defaults
 */
void
lac_mask_params_init(LacMaskParams *params)
{
    *params = (LacMaskParams){
        .threshold = (double) NAN,
        .smoothing = 3.0,
        .opening = 3.0,
        .closing = 6.0,
        .growth = 8.0,
    };
}

/**
 * lac_mask_params_check:
 * @params: parameters
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when a length is out of its range
 */
gboolean
lac_mask_params_check(const LacMaskParams *params, GError **error)
{
    const struct {
        const char *name;
        double value, max;
    } lengths[] = { { "smoothing", params->smoothing, 100.0 },
        { "opening", params->opening, MAX_RADIUS }, { "closing", params->closing, MAX_RADIUS },
        { "growth", params->growth, MAX_RADIUS } };
    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++)
        if (!(lengths[i].value >= 0.0 && lengths[i].value <= lengths[i].max)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "The %s of the mask is %g pixels, outside 0 to %g", lengths[i].name,
                lengths[i].value, lengths[i].max);
            return FALSE;
        }
    return TRUE;
}

// The threshold that splits the values into two classes of the least variance.
static double
find_otsu(const float *image, gsize n)
{
    float low = HUGE_VALF, high = -HUGE_VALF;
    for (gsize i = 0; i < n; i++) {
        low = fminf(low, image[i]);
        high = fmaxf(high, image[i]);
    }
    if (!(high > low))
        return (double) high;
    gsize counts[N_BINS] = { 0 };
    double scale = N_BINS / ((double) high - (double) low), total = 0.0, sum = 0.0;
    for (gsize i = 0; i < n; i++) {
        gsize bin = MIN((gsize) (((double) image[i] - (double) low) * scale), N_BINS - 1);
        counts[bin]++;
        total += (double) bin;
    }
    double best = -1.0, below = 0.0, n_total = (double) n;
    gsize first = 0, last = 0; // of the bins that are equally good
    for (gsize b = 0; b + 1 < N_BINS; b++) {
        below += (double) counts[b];
        sum += (double) counts[b] * (double) b;
        if (below <= 0.0 || below >= n_total)
            continue;
        double difference = sum / below - (total - sum) / (n_total - below);
        double between = below * (n_total - below) * difference * difference;
        if (between > best) {
            best = between;
            first = b;
        }
        if (between >= best)
            last = b;
    }
    return (double) low + (0.5 * (double) (first + last) + 1.0) / scale;
}

// --- distances

// Squared distances along one line: the lower envelope of the parabolas over the values @f.
static void
envelope(const double *f, gsize n, gsize *at, double *from, double *out)
{
    gsize k = 0;
    at[0] = 0;
    from[0] = -HUGE_VAL;
    for (gsize q = 1; q < n; q++) {
        double cross, x = (double) q;
        for (;; k--) {
            double p = (double) at[k];
            cross = ((f[q] + x * x) - (f[at[k]] + p * p)) / (2.0 * (x - p));
            if (cross > from[k])
                break; // at the latest for the first
        }
        at[++k] = q;
        from[k] = cross;
    }
    gsize n_parts = k + 1;
    k = 0;
    for (gsize q = 0; q < n; q++) {
        while (k + 1 < n_parts && from[k + 1] < (double) q)
            k++;
        double d = (double) q - (double) at[k];
        out[q] = d * d + f[at[k]];
    }
}

// Squared distance [pixel^2] of each pixel from the next one whose mask is @value.
static gboolean
find_distances(const guint8 *mask, gsize nv, gsize nu, guint8 value, double *out, GError **error)
{
    gsize n = MAX(nv, nu);
    double *lines = lac_alloc(3 * n, sizeof *lines, error);
    gsize *at = lines != NULL ? lac_alloc(n, sizeof *at, error) : NULL;
    if (at == NULL) {
        lac_free(lines);
        return FALSE;
    }
    double *line = lines, *result = lines + n, *from = lines + 2 * n;
    for (gsize u = 0; u < nu; u++) {
        for (gsize v = 0; v < nv; v++)
            line[v] = mask[v * nu + u] == value ? 0.0 : FAR;
        envelope(line, nv, at, from, result);
        for (gsize v = 0; v < nv; v++)
            out[v * nu + u] = result[v];
    }
    for (gsize v = 0; v < nv; v++) {
        memcpy(line, out + v * nu, nu * sizeof *line);
        envelope(line, nu, at, from, out + v * nu);
    }
    lac_free(lines);
    lac_free(at);
    return TRUE;
}

/**
 * lac_mask_grow:
 * @mask: (nv, nu): 0 or 1
 * @nv: rows
 * @nu: columns
 * @radius: [pixel] of the disc; a negative one shrinks the mask, but not from the image's edge
 * @out: (out caller-allocates): (nv, nu); may be @mask
 * @error: return location for a #GError
 *
 * Dilates or erodes a mask by a disc.
 *
 * Returns: %TRUE, or %FALSE with @error set when memory is short
 */
gboolean
lac_mask_grow(const guint8 *mask, gsize nv, gsize nu, double radius, guint8 *out, GError **error)
{
    double *distances = lac_alloc(nv * nu, sizeof *distances, error);
    gboolean good =
        distances != NULL && find_distances(mask, nv, nu, radius >= 0.0 ? 1 : 0, distances, error);
    for (gsize i = 0; good && i < nv * nu; i++) {
        gboolean is_near = distances[i] <= radius * radius;
        out[i] = is_near == (radius >= 0.0) ? 1 : 0;
    }
    lac_free(distances);
    return good;
}

// --- connected parts

// Marks all pixels of @mask that hang together with @start (8 neighbours) as @label in @labels.
static gsize
flood(const guint8 *mask, gsize nv, gsize nu, gsize start, guint32 label, guint32 *labels,
    gsize *stack)
{
    gsize n_stack = 1, n = 0;
    stack[0] = start;
    labels[start] = label;
    while (n_stack > 0) {
        gsize pixel = stack[--n_stack], v = pixel / nu, u = pixel % nu;
        n++;
        for (gsize y = v - MIN(v, 1); y <= MIN(v + 1, nv - 1); y++)
            for (gsize x = u - MIN(u, 1); x <= MIN(u + 1, nu - 1); x++) {
                gsize other = y * nu + x;
                if (mask[other] && labels[other] == 0) {
                    labels[other] = label;
                    stack[n_stack++] = other;
                }
            }
    }
    return n;
}

// Keeps the largest connected part of the mask.
static void
keep_largest(guint8 *mask, gsize nv, gsize nu, guint32 *labels, gsize *stack)
{
    memset(labels, 0, nv * nu * sizeof *labels);
    guint32 n_labels = 0, best = 0;
    gsize largest = 0;
    for (gsize i = 0; i < nv * nu; i++) {
        if (!mask[i] || labels[i] != 0)
            continue;
        gsize size = flood(mask, nv, nu, i, ++n_labels, labels, stack);
        if (size > largest) {
            largest = size;
            best = n_labels;
        }
    }
    for (gsize i = 0; i < nv * nu; i++)
        mask[i] = mask[i] && labels[i] == best;
}

// Fills what the edge of the image does not reach.
static void
fill_holes(guint8 *mask, gsize nv, gsize nu, guint32 *labels, gsize *stack)
{
    memset(labels, 0, nv * nu * sizeof *labels);
    for (gsize i = 0; i < nv * nu; i++)
        mask[i] = !mask[i];
    for (gsize i = 0; i < nv * nu; i++) {
        gsize v = i / nu, u = i % nu;
        gboolean edge = v == 0 || u == 0 || v + 1 == nv || u + 1 == nu;
        if (edge && mask[i] && labels[i] == 0)
            flood(mask, nv, nu, i, 1, labels, stack);
    }
    for (gsize i = 0; i < nv * nu; i++)
        mask[i] = labels[i] == 0;
}

static gboolean
clean(guint8 *mask, gsize nv, gsize nu, const LacMaskParams *params, GError **error)
{
    if (!lac_mask_grow(mask, nv, nu, -params->opening, mask, error) ||
        !lac_mask_grow(mask, nv, nu, params->opening, mask, error) ||
        !lac_mask_grow(mask, nv, nu, params->closing, mask, error) ||
        !lac_mask_grow(mask, nv, nu, -params->closing, mask, error))
        return FALSE;
    guint32 *labels = lac_alloc(nv * nu, sizeof *labels, error);
    gsize *stack = labels != NULL ? lac_alloc(nv * nu, sizeof *stack, error) : NULL;
    if (stack != NULL) {
        keep_largest(mask, nv, nu, labels, stack);
        fill_holes(mask, nv, nu, labels, stack);
    }
    lac_free(labels);
    lac_free(stack);
    return stack != NULL && lac_mask_grow(mask, nv, nu, params->growth, mask, error);
}

// Otsu's threshold splits a particle halfway up and cuts its thin rim off. What is well away from
// the pixels above it is background: the particle begins where the image rises out of that.
static gboolean
find_threshold(const float *smooth, gsize nv, gsize nu, guint8 *spare, double *threshold,
    GError **error)
{
    gsize n = nv * nu;
    double otsu = find_otsu(smooth, n), sums[2] = { 0.0 }, squares = 0.0, counts[2] = { 0.0 };
    *threshold = otsu;
    for (gsize i = 0; i < n; i++)
        spare[i] = (double) smooth[i] > otsu;
    for (gsize i = 0; i < n; i++)
        if (spare[i]) {
            sums[1] += (double) smooth[i];
            counts[1] += 1.0;
        }
    if (!lac_mask_grow(spare, nv, nu, AWAY, spare, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        if (!spare[i]) {
            sums[0] += (double) smooth[i];
            squares += (double) smooth[i] * (double) smooth[i];
            counts[0] += 1.0;
        }
    if (counts[1] < 1.0 || counts[0] < fmax(LEAST * (double) n, 2.0))
        return TRUE;
    double mean = sums[0] / counts[0], contrast = sums[1] / counts[1] - mean;
    double deviation = sqrt(fmax(squares / counts[0] - mean * mean, 0.0));
    *threshold = fmin(otsu, mean + fmax(DEVIATIONS * deviation, RISE * contrast));
    return TRUE;
}

/**
 * lac_mask_find:
 * @image: projection (nv, nu), brighter where the particle is; finite
 * @nv: rows
 * @nu: columns
 * @params: how; checked by lac_mask_params_check()
 * @threshold: (out) (optional): the intensity that was used
 * @error: return location for a #GError
 *
 * Finds the particle in a projection: smooths, applies a threshold (where the image rises out of
 * what is well away from the pixels above Otsu's threshold, doi:10.1109/TSMC.1979.4310076), removes
 * what is smaller than a disc (opening), fills gaps (closing), keeps the largest connected part,
 * fills its holes and grows it.
 *
 * Returns: (transfer full): (nv, nu), 1 inside, to be freed with lac_free(), or %NULL with @error
 *   set when memory is short
 */
guint8 *
lac_mask_find(const float *image, gsize nv, gsize nu, const LacMaskParams *params,
    double *threshold, GError **error)
{
    gsize n = nv * nu;
    float *smooth = lac_alloc_floats(n, error);
    guint8 *mask = smooth != NULL ? lac_alloc(n, 1, error) : NULL;
    gboolean good = mask != NULL && lac_gaussian(image, nv, nu, params->smoothing, smooth, error);
    if (good) {
        double limit = params->threshold;
        good = !isnan(limit) || find_threshold(smooth, nv, nu, mask, &limit, error);
        for (gsize i = 0; i < n; i++)
            mask[i] = (double) smooth[i] > limit;
        if (threshold != NULL)
            *threshold = limit;
        good = good && clean(mask, nv, nu, params, error);
    }
    lac_free(smooth);
    if (good)
        return mask;
    lac_free(mask);
    return NULL;
}
