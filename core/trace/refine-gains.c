// SPDX-License-Identifier: GPL-3.0-or-later
// How bright each projection is, told by the atoms that all of them show.
#include "core/error.h"
#include "core/parallel.h"
#include "core/trace/refine-private.h"

#include <math.h>
#include <string.h>

#define LEAST_GAIN 0.1 // by which one round may change a projection
#define MOST_GAIN  10.0

typedef struct {
    LacSeries *series;
    LacModelResidual *fit;
    double *ratios, *left, *sums; // per projection
} Args;

/**
 * lac_refine_open_pixels:
 * @series: measured projections
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a series of its own pixels, divided by their gains, which are 1 then; or
 * %NULL with @error set when memory is short
 */
LacSeries *
lac_refine_open_pixels(const LacSeries *series, GError **error)
{
    g_autoptr(LacSeries) equal = lac_series_equalise(series, error);
    if (equal == NULL || equal->buffer != series->buffer)
        return g_steal_pointer(&equal);
    const gsize n = series->n * series->nv * series->nu;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(n, error);
    if (buffer == NULL)
        return NULL;
    memcpy(buffer->data, series->data, n * sizeof(float));
    return lac_series_with_buffer(equal, buffer, error);
}

static void
measure_ratios(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Args *args = data;
    const gsize n = args->series->nv * args->series->nu;
    for (gsize k = begin; k < end; k++) {
        const float *measured = lac_series_get_projection(args->series, k);
        const float *simulated = lac_series_get_projection(args->fit->simulated, k);
        double both = 0.0, square = 0.0;
        args->ratios[k] = 1.0;
        if (args->series->excluded[k])
            continue;
        for (gsize i = 0; i < n; i++) {
            if (!isfinite(measured[i]))
                continue;
            both += (double) measured[i] * (double) simulated[i];
            square += (double) simulated[i] * (double) simulated[i];
        }
        if (square > 0.0)
            args->ratios[k] = CLAMP(both / square, LEAST_GAIN, MOST_GAIN);
    }
}

static void
scale_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Args *args = data;
    const gsize n = args->series->nv * args->series->nu;
    for (gsize k = begin; k < end; k++) {
        const float scale = (float) (1.0 / args->ratios[k]);
        float *measured = args->series->data + k * n;
        float *residual = args->fit->residual->data + k * n;
        const float *simulated = lac_series_get_projection(args->fit->simulated, k);
        args->left[k] = args->sums[k] = 0.0;
        for (gsize i = 0; i < n; i++) {
            measured[i] *= scale;
            if (!isfinite(measured[i]))
                continue;
            residual[i] = measured[i] - simulated[i];
            args->left[k] += fabs((double) residual[i]);
            args->sums[k] += fabs((double) measured[i]);
        }
    }
}

/**
 * lac_refine_fit_gains:
 * @series: of lac_refine_open_pixels(), whose pixels change
 * @fit: of these pixels, whose residual and R1 follow
 * @gains: (inout) (array): per projection, multiplied by what is found
 *
 * The gain of a projection is the factor by which the model describes it best, sum(p m) / sum(m m)
 * for measured p and model m with its background, since what drifts is the current of the beam.
 * Their mean stays what it was: no projection can tell a bright beam from bright atoms.
 */
void
lac_refine_fit_gains(LacSeries *series, LacModelResidual *fit, double *gains)
{
    g_autofree double *ratios = g_new(double, series->n), *left = g_new(double, series->n),
                      *sums = g_new(double, series->n);
    Args args = { series, fit, ratios, left, sums };
    double before = 0.0, after = 0.0, difference = 0.0, sum = 0.0;
    lac_parallel_for(series->n, 1, measure_ratios, &args);
    for (gsize k = 0; k < series->n; k++) {
        before += series->excluded[k] ? 0.0 : gains[k];
        after += series->excluded[k] ? 0.0 : gains[k] * ratios[k];
    }
    for (gsize k = 0; k < series->n; k++) {
        ratios[k] *= series->excluded[k] ? 1.0 : before / after;
        gains[k] *= ratios[k];
    }
    lac_parallel_for(series->n, 1, scale_projections, &args);
    for (gsize k = 0; k < series->n; k++) {
        difference += series->excluded[k] ? 0.0 : left[k];
        sum += series->excluded[k] ? 0.0 : sums[k];
    }
    fit->r1 = sum > 0.0 ? difference / sum : 0.0;
}
