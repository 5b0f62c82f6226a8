// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/align-check.h"

#include "core/prep/align-reference.h"
#include "core/prep/resample-shifts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EDGE       64 // [pixel] about, of the images that are looked at
#define ITERATIONS 15

// With rows and columns exchanged: what a tilt axis along u would make of the images.
static LacSeries *
turn(const LacSeries *series, GError **error)
{
    LacSeries *out = lac_series_new(series->n, series->nu, series->nv, series->pixel_size, error);
    if (out == NULL)
        return NULL;
    memcpy(out->angles, series->angles, series->n * sizeof *out->angles);
    memcpy(out->excluded, series->excluded, series->n * sizeof *out->excluded);
    for (gsize k = 0; k < series->n; k++) {
        const float *in = lac_series_get_projection(series, k);
        float *image = out->data + k * series->nv * series->nu;
        for (gsize v = 0; v < series->nv; v++)
            for (gsize u = 0; u < series->nu; u++)
                image[u * series->nv + (series->nv - 1 - v)] = in[v * series->nu + u];
    }
    return out;
}

// Reprojects, and tells the mean misfit of the projections that are not excluded.
static gboolean
reproject(const LacSeries *series, float *calculated, double *misfit, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacAlignReference) reference = lac_align_reference_new(series, error);
    if (reference == NULL ||
        !lac_align_reference_calculate(reference, series->data, series->excluded, ITERATIONS,
            calculated, NULL, progress, error))
        return FALSE;
    double total = 0.0;
    gsize n = series->nv * series->nu, n_used = 0;
    for (gsize k = 0; k < series->n; k++) {
        double difference = 0.0, sum = 0.0;
        for (gsize i = k * n; i < (k + 1) * n; i++) {
            difference += fabs((double) calculated[i] - (double) series->data[i]);
            sum += fabs((double) series->data[i]);
        }
        if (series->excluded[k] || !(sum > 0.0))
            continue;
        total += difference / sum;
        n_used++;
    }
    *misfit = n_used > 0 ? total / (double) n_used : (double) NAN;
    return TRUE;
}

static gsize
brightest_row(const LacSeries *series)
{
    gsize best = 0;
    double most = -HUGE_VAL;
    for (gsize v = 0; v < series->nv; v++) {
        double sum = 0.0;
        for (gsize k = 0; k < series->n; k++)
            for (gsize u = 0; u < series->nu; u++)
                sum += (double) lac_series_get_projection(series, k)[v * series->nu + u];
        if (sum > most) {
            most = sum;
            best = v;
        }
    }
    return best;
}

static int
compare_tilts(gconstpointer a, gconstpointer b, gpointer data)
{
    const LacAngles *angles = data;
    gsize i = *(const gsize *) a, j = *(const gsize *) b;
    if (angles[i].theta != angles[j].theta)
        return angles[i].theta < angles[j].theta ? -1 : 1;
    return i < j ? -1 : i > j;
}

static void
cut_row(const LacAlignCheck *self, const float *images, const gsize *order, gsize nv, float *out)
{
    for (gsize i = 0; i < self->n; i++)
        memcpy(out + i * self->nu, images + (order[i] * nv + self->row) * self->nu,
            self->nu * sizeof(float));
}

static gboolean
fill(LacAlignCheck *self, const LacSeries *aligned, LacProgress *progress, GError **error)
{
    gsize n = aligned->n * aligned->nv * aligned->nu;
    g_autoptr(LacBuffer) calculated = lac_buffer_new(n, error);
    g_autoptr(LacSeries) turned = calculated != NULL ? turn(aligned, error) : NULL;
    if (turned == NULL ||
        !reproject(turned, calculated->data, &self->misfit_turned, progress, error) ||
        !lac_progress_update(progress, 0.5, error) ||
        !reproject(aligned, calculated->data, &self->misfit, progress, error))
        return FALSE;
    self->n = aligned->n;
    self->nu = aligned->nu;
    self->row = brightest_row(aligned);
    self->measured = lac_buffer_new(self->n * self->nu, error);
    self->calculated = self->measured != NULL ? lac_buffer_new(self->n * self->nu, error) : NULL;
    if (self->calculated == NULL)
        return FALSE;
    g_autofree gsize *order = g_new(gsize, self->n);
    for (gsize k = 0; k < self->n; k++)
        order[k] = k;
    g_qsort_with_data(order, (gint) self->n, sizeof *order, compare_tilts, aligned->angles);
    cut_row(self, aligned->data, order, aligned->nv, self->measured->data);
    cut_row(self, calculated->data, order, aligned->nv, self->calculated->data);
    return lac_progress_update(progress, 1.0, error);
}

/**
 * lac_align_check_new:
 * @series: projections with their shifts and angles
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Reconstructs images of about 64 pixels, once as they are and once as if the tilt axis were
 * horizontal, and keeps the brightest row of all projections, measured and calculated. Where the
 * axis is beside the middle or turned, the two sinograms differ.
 *
 * Returns: (transfer full): the look, or %NULL with @error set
 */
LacAlignCheck *
lac_align_check_new(const LacSeries *series, LacProgress *progress, GError **error)
{
    g_auto(LacAlignImages) images = { 0 };
    gsize factor = MAX(1, (MAX(series->nu, series->nv) + EDGE / 2) / EDGE);
    factor = MIN(factor, MIN(series->nu, series->nv));
    lac_progress_message(progress, "Looking at the tilt axis");
    if (!lac_align_images_init(&images, series, factor, error))
        return NULL;
    g_autoptr(LacSeries) aligned = lac_align_apply(images.series, NULL, error);
    g_autoptr(LacAlignCheck) self = g_new0(LacAlignCheck, 1);
    self->factor = factor;
    if (aligned == NULL || !fill(self, aligned, progress, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_align_check_free:
 * @self: (nullable) (transfer full): a look
 */
void
lac_align_check_free(LacAlignCheck *self)
{
    if (self == NULL)
        return;
    lac_buffer_unref(self->measured);
    lac_buffer_unref(self->calculated);
    g_free(self);
}
