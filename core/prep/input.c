// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/input.h"

#include <math.h>

#define BORDER_SHARE 32 // the border is this part of the shorter side wide, at least one pixel

static gsize
border_width(const LacSeries *series)
{
    return MAX(MIN(series->nu, series->nv) / BORDER_SHARE, 1);
}

// Mean of the finite values near the edge of one projection; 0 without any.
static double
projection_border_mean(const LacSeries *series, gsize k)
{
    const float *data = lac_series_get_projection(series, k);
    gsize nu = series->nu, nv = series->nv, width = border_width(series), n = 0;
    double sum = 0.0;
    for (gsize v = 0; v < nv; v++) {
        gboolean whole_row = v < width || v + width >= nv;
        for (gsize u = 0; u < nu; u++) {
            if (!whole_row && u == width && nu > 2 * width)
                u = nu - width; // the inner part is none of the border
            if (isfinite(data[v * nu + u])) {
                sum += (double) data[v * nu + u];
                n++;
            }
        }
    }
    return n > 0 ? sum / (double) n : 0.0;
}

/**
 * lac_input_check:
 * @series: a tilt series
 *
 * Looks for what spoils a reconstruction: a background, negative and missing values.
 *
 * Returns: what was found
 */
LacInputCheck
lac_input_check(const LacSeries *series)
{
    LacInputCheck check = { .n_values = series->n * series->nv * series->nu };
    float min = INFINITY, max = -INFINITY;
    for (gsize i = 0; i < check.n_values; i++) {
        float value = series->data[i];
        if (!isfinite(value)) {
            check.n_bad++;
            continue;
        }
        check.n_negative += value < 0.0F;
        min = MIN(min, value);
        max = MAX(max, value);
    }
    if (check.n_bad < check.n_values) {
        check.min = min;
        check.max = max;
    }
    for (gsize k = 0; k < series->n; k++)
        check.border_mean += projection_border_mean(series, k) / (double) series->n;
    return check;
}

// Copies one projection; a turned one by 90 degrees, so that the handedness stays.
static void
copy_projection(const LacSeries *in, gsize k, const LacInputParams *params, LacSeries *out)
{
    const float *source = lac_series_get_projection(in, k);
    float *target = out->data + k * out->nv * out->nu;
    gboolean needs_border = params->subtract_background || params->replace_bad;
    float border = needs_border ? (float) projection_border_mean(in, k) : 0.0F;
    float offset = params->subtract_background ? border : 0.0F;
    for (gsize v = 0; v < in->nv; v++)
        for (gsize u = 0; u < in->nu; u++) {
            float value = source[v * in->nu + u];
            if (params->replace_bad && !isfinite(value))
                value = border;
            gsize to = params->turn ? u * out->nu + (in->nv - 1 - v) : v * out->nu + u;
            target[to] = value - offset;
        }
}

// The turned pixel of the rotation centre, from the new central one.
static LacShift
turn_shift(const LacSeries *in, const LacSeries *out, gsize k)
{
    double u = (double) (in->nu / 2) + in->shifts[k].du;
    double v = (double) (in->nv / 2) + in->shifts[k].dv;
    double off_centre = (double) (in->nv - 1) - v - (double) (out->nu / 2);
    return (LacShift){ off_centre, u - (double) (out->nv / 2) };
}

/**
 * lac_input_prepare:
 * @series: a tilt series
 * @params: what is done to it
 * @progress: (nullable): told the fraction done
 * @error: return location for a #GError
 *
 * Makes a tilt series ready for a reconstruction. Angles, exclusions and name stay; a turn by 90
 * degrees takes pixel (u, v) to (nv - 1 - v, u). Without anything to do to the pixels they are
 * shared.
 *
 * Returns: (transfer full): the new series, or %NULL with @error set when memory is short or the
 *   work was cancelled
 */
LacSeries *
lac_input_prepare(const LacSeries *series, const LacInputParams *params, LacProgress *progress,
    GError **error)
{
    double pixel_size = params->pixel_size > 0.0 ? params->pixel_size : series->pixel_size;
    if (!params->subtract_background && !params->replace_bad && !params->turn) {
        LacSeries *copy = lac_series_copy(series);
        copy->pixel_size = pixel_size;
        return copy;
    }
    gsize nv = params->turn ? series->nu : series->nv, nu = params->turn ? series->nv : series->nu;
    g_autoptr(LacSeries) out = lac_series_new(series->n, nv, nu, pixel_size, error);
    if (out == NULL)
        return NULL;
    for (gsize k = 0; k < series->n; k++) {
        copy_projection(series, k, params, out);
        out->angles[k] = series->angles[k];
        out->excluded[k] = series->excluded[k];
        out->gains[k] = series->gains[k];
        out->shifts[k] = params->turn ? turn_shift(series, out, k) : series->shifts[k];
        if (!lac_progress_update(progress, (double) (k + 1) / (double) series->n, error))
            return NULL;
    }
    g_free(out->name);
    out->name = g_strdup(series->name);
    return g_steal_pointer(&out);
}
