// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/residual.h"

#include "core/recon/recon.h"
#include "ui/histogram.h"

#include <math.h>
#include <string.h>

#define LIMIT_SHARE 0.998 // of the absolute differences that are not clipped

static LacSeries *
extract(const LacSeries *series, guint k, GError **error)
{
    LacSeries *one = lac_series_new(1, series->nv, series->nu, series->pixel_size, error);
    if (one == NULL)
        return NULL;
    memcpy(one->data, lac_series_get_projection(series, k),
        series->nv * series->nu * sizeof(float));
    one->angles[0] = series->angles[k];
    one->shifts[0] = series->shifts[k];
    return one;
}

// Fills the difference and what follows from it.
static gboolean
compare(LacResidual *self, const float *measured, gsize n, GError **error)
{
    g_autoptr(LacBuffer) sizes = lac_buffer_new(n, error);
    self->difference = sizes != NULL ? lac_buffer_new(n, error) : NULL;
    if (self->difference == NULL)
        return FALSE;
    float *size = sizes->data;
    const float *calculated = self->calculated->data;
    double sum = 0.0, sum_measured = 0.0, squares = 0.0, squares_measured = 0.0;
    for (gsize i = 0; i < n; i++) {
        float d = measured[i] - calculated[i];
        self->difference->data[i] = d;
        size[i] = fabsf(d);
        sum += (double) size[i];
        squares += (double) d * (double) d;
        sum_measured += fabs((double) measured[i]);
        squares_measured += (double) measured[i] * (double) measured[i];
    }
    self->r1 = sum_measured > 0.0 ? sum / sum_measured : (double) NAN;
    self->r2 = squares_measured > 0.0 ? sqrt(squares / squares_measured) : (double) NAN;
    g_autofree LacHistogram *histogram = lac_histogram_new(size, n);
    self->limit = lac_histogram_get_percentile(histogram, LIMIT_SHARE);
    if (!(self->limit > 0.0))
        self->limit = 1.0;
    return TRUE;
}

/**
 * lac_residual_new:
 * @series: measured projections (n, nv, nu); a reference is kept
 * @k: which of them, below n
 * @volume: what the calculated one is made from
 * @error: return location for a #GError
 *
 * Projects a volume as projection @k was taken and compares the two. Any thread.
 *
 * Returns: (transfer full): the comparison, or %NULL with @error set when the volume does not fit
 * the projections or memory is short
 */
LacResidual *
lac_residual_new(LacSeries *series, guint k, const LacVolume *volume, GError **error)
{
    g_return_val_if_fail(k < series->n, NULL);

    gsize n = series->nv * series->nu;
    g_autoptr(LacSeries) one = extract(series, k, error);
    g_autoptr(LacSeries) projected = one != NULL ? lac_recon_project(volume, one, error) : NULL;
    if (projected == NULL)
        return NULL;
    g_autoptr(LacResidual) self = g_new0(LacResidual, 1);
    self->series = lac_series_ref(series);
    self->k = k;
    self->calculated = lac_buffer_ref(projected->buffer);
    if (!compare(self, one->data, n, error))
        return NULL;
    g_autofree LacHistogram *histogram = lac_histogram_new(one->data, n);
    lac_histogram_get_auto_range(histogram, &self->black, &self->white);
    return g_steal_pointer(&self);
}

/**
 * lac_residual_free:
 * @self: (nullable) (transfer full): a comparison
 */
void
lac_residual_free(LacResidual *self)
{
    if (self == NULL)
        return;
    lac_series_unref(self->series);
    lac_buffer_unref(self->calculated);
    lac_buffer_unref(self->difference);
    g_free(self);
}
