// SPDX-License-Identifier: GPL-3.0-or-later
// Non-local means. Rows are independent; within one, offsets of the search window are gone through
// one by one, each for all pixels of the row at once.
#include "core/array.h"
#include "core/parallel.h"
#include "core/prep/mirror.h"
#include "core/prep/smooth.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define GREYS  255.0
#define SEARCH 10     // [pixel] to each side: a window of 21
#define GRAIN  4      // rows of one block of work
#define POWER  256.0F // as many as eight squarings make

// By strength of the noise, for a range of 255.
typedef struct {
    double sigma; // up to
    gsize patch;  // [pixel] to each side
    double decay; // [sigma]
} Strength;

static const Strength strengths[] = {
    { 15.0, 1, 0.40 },
    { 30.0, 2, 0.40 },
    { 45.0, 3, 0.35 },
    { 75.0, 4, 0.35 },
    { HUGE_VAL, 5, 0.30 },
};

typedef struct {
    const float *padded; // (nv + 2 margin, pitch), mirrored
    gsize nv, nu, margin, pitch, patch;
    float variance, scale; // twice that of the noise; of what is more to the exponent
    float *out;
    LacPrepSpan span;
    pthread_mutex_t lock; // that the thread sanitizer knows
    gsize n_done;
    GError *failure;
} Work;

// Mean squared differences between the patches of a row and those an offset away.
static void
compare_patches(const Work *w, gsize v, gssize offset, float *column, float *out)
{
    gsize edge = 2 * w->patch + 1, n = w->nu + edge - 1;
    memset(column, 0, n * sizeof *column);
    for (gsize r = 0; r < edge; r++) {
        const float *restrict a =
            w->padded + (v + w->margin - w->patch + r) * w->pitch + w->margin - w->patch;
        const float *restrict b = a + offset;
#pragma omp simd
        for (gsize u = 0; u < n; u++)
            column[u] += (a[u] - b[u]) * (a[u] - b[u]);
    }
    memset(out, 0, w->nu * sizeof *out);
    for (gsize k = 0; k < edge; k++) {
        const float *restrict from = column + k;
#pragma omp simd
        for (gsize u = 0; u < w->nu; u++)
            out[u] += from[u];
    }
}

// Adds pixels with weights exp(-x) of their squared differences, as the limit of (1 - x / n)^n.
static void
add_weighted(const Work *w, const float *restrict distance, const float *restrict pixels,
    float *restrict sum, float *restrict total, float *restrict largest)
{
    const float share = w->scale / POWER, variance = w->variance;
#pragma omp simd
    for (gsize u = 0; u < w->nu; u++) {
        float more = distance[u] - variance;
        float base = 1.0F - (more > 0.0F ? more : 0.0F) * share;
        float weight = base > 0.9F ? base : 0.0F; // 1e-12 at the end is none
        weight *= weight;                         // not a loop, which would not be vectorised
        weight *= weight;
        weight *= weight;
        weight *= weight;
        weight *= weight;
        weight *= weight;
        weight *= weight;
        weight *= weight;
        sum[u] += weight * pixels[u];
        total[u] += weight;
        largest[u] = weight > largest[u] ? weight : largest[u];
    }
}

static void
average_row(const Work *w, gsize v, float *column)
{
    float *distance = column + w->nu + 2 * w->margin, *total = distance + w->nu;
    float *largest = total + w->nu, *restrict out = w->out + v * w->nu;
    const float *own = w->padded + (v + w->margin) * w->pitch + w->margin;
    memset(total, 0, 2 * w->nu * sizeof *total);
    memset(out, 0, w->nu * sizeof *out);
    for (gssize dv = -SEARCH; dv <= SEARCH; dv++)
        for (gssize du = -SEARCH; du <= SEARCH; du++) {
            if (dv == 0 && du == 0)
                continue;
            gssize offset = dv * (gssize) w->pitch + du;
            compare_patches(w, v, offset, column, distance);
            add_weighted(w, distance, own + offset, out, total, largest);
        }
    for (gsize u = 0; u < w->nu; u++) {
        float self = largest[u] > 0.0F ? largest[u] : 1.0F; // else itself would outweigh all
        out[u] = (out[u] + self * own[u]) / (total[u] + self);
    }
}

static void
average_rows(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Work *w = data;
    g_autoptr(GError) error = NULL;
    float *scratch = lac_alloc_floats(4 * w->nu + 2 * w->margin, &error);
    for (gsize v = begin; v < end && scratch != NULL; v++)
        if (!lac_progress_is_cancelled(w->span.progress))
            average_row(w, v, scratch);
    lac_free(scratch);
    pthread_mutex_lock(&w->lock);
    w->n_done += end - begin;
    if (error == NULL && w->failure == NULL)
        lac_prep_span_update(w->span, (double) w->n_done / (double) w->nv, &error);
    if (error != NULL && w->failure == NULL)
        w->failure = g_steal_pointer(&error);
    pthread_mutex_unlock(&w->lock);
}

/**
 * lac_nlm:
 * @in: image (nv, nu) with white Gaussian noise; finite
 * @nv: rows
 * @nu: columns
 * @sigma: standard deviation of the noise, in the units of @in; above 0
 * @range: from black to white of the picture without noise; above 0
 * @out: (out caller-allocates): image (nv, nu), not @in itself; undefined on failure
 * @span: of the progress that is told the fraction done
 * @error: return location for a #GError
 *
 * Averages each pixel with those of a window whose surroundings look alike, weighted by
 * exp(-max(d^2 - 2 sigma^2, 0) / h^2) where d^2 is the mean squared difference of the
 * surroundings; doi:10.1109/CVPR.2005.38, with the sizes and h of doi:10.5201/ipol.2011.bcm_nlm.
 *
 * Returns: %TRUE, or %FALSE with @error set when memory is short or the work was cancelled
 */
gboolean
lac_nlm(const float *in, gsize nv, gsize nu, double sigma, double range, float *out,
    LacPrepSpan span, GError **error)
{
    g_return_val_if_fail(in != out && sigma > 0.0 && range > 0.0, FALSE);

    const Strength *s = strengths;
    while (sigma * GREYS / range > s->sigma)
        s++;
    gsize margin = s->patch + SEARCH, edge = 2 * s->patch + 1;
    double h2 = s->decay * s->decay * sigma * sigma, area = (double) (edge * edge);
    Work w = { .nv = nv,
        .nu = nu,
        .margin = margin,
        .pitch = nu + 2 * margin,
        .patch = s->patch,
        .variance = (float) (2.0 * sigma * sigma * area),
        .scale = (float) (1.0 / (h2 * area)),
        .out = out,
        .span = span };
    gsize n_padded;
    if (!lac_check_shape(1, nv + 2 * margin, w.pitch, &n_padded, error))
        return FALSE;
    float *padded = lac_alloc_floats(n_padded, error);
    if (padded == NULL)
        return FALSE;
    for (gsize v = 0; v < nv + 2 * margin; v++)
        for (gsize u = 0; u < w.pitch; u++)
            padded[v * w.pitch + u] = in[lac_mirror((gssize) v - (gssize) margin, nv) * nu +
                lac_mirror((gssize) u - (gssize) margin, nu)];
    w.padded = padded;
    pthread_mutex_init(&w.lock, NULL);
    lac_parallel_for(nv, GRAIN, average_rows, &w);
    pthread_mutex_destroy(&w.lock);
    lac_free(padded);
    if (w.failure != NULL)
        g_propagate_error(error, w.failure);
    return w.failure == NULL;
}
