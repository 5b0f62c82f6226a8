// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/resample-shifts.h"

#include "core/parallel.h"
#include "core/prep/image-spectrum.h"

#include <math.h>
#include <string.h>

#define MARGIN 16 // [pixel] for the ripples of an edge to die out
#define BATCH  16 // projections between two looks at the progress

typedef struct {
    const LacSeries *in;
    LacSeries *out;
    LacImageSpectrum *spectrum;
    gsize first;
} ApplyArgs;

static float
finite_mean(const float *image, gsize n)
{
    double sum = 0.0;
    gsize n_finite = 0;
    for (gsize i = 0; i < n; i++) {
        if (isfinite(image[i])) {
            sum += (double) image[i];
            n_finite++;
        }
    }
    return n_finite > 0 ? (float) (sum / (double) n_finite) : 0.0f;
}

// What was not measured is not measured at its new place either.
static void
keep_holes(const LacSeries *in, const float *image, LacShift shift, float *out)
{
    for (gsize v = 0; v < in->nv; v++)
        for (gsize u = 0; u < in->nu; u++) {
            double from_v = CLAMP(rint((double) v + shift.dv), 0.0, (double) (in->nv - 1));
            double from_u = CLAMP(rint((double) u + shift.du), 0.0, (double) (in->nu - 1));
            if (!isfinite(image[(gsize) from_v * in->nu + (gsize) from_u]))
                out[v * in->nu + u] = NAN;
        }
}

// Beyond the size of an image there is nothing to be moved in.
static LacShift
limit_shift(const LacSeries *in, gsize k)
{
    double width = (double) in->nu, height = (double) in->nv;
    return (LacShift){ CLAMP(in->shifts[k].du, -width, width),
        CLAMP(in->shifts[k].dv, -height, height) };
}

static void
apply_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    const ApplyArgs *args = data;
    const LacSeries *in = args->in;
    gsize n = in->nv * in->nu;
    for (gsize k = args->first + begin; k < args->first + end; k++) {
        const float *image = lac_series_get_projection(in, k);
        float *out = args->out->data + k * n;
        LacShift shift = limit_shift(in, k);
        gboolean has_holes = FALSE;
        float mean = finite_mean(image, n);
        for (gsize i = 0; i < n; i++) {
            gboolean bad = !isfinite(image[i]);
            out[i] = bad ? mean : image[i];
            has_holes |= bad;
        }
        if (shift.du != 0.0 || shift.dv != 0.0)
            lac_image_spectrum_move(args->spectrum, worker, out, LAC_EDGE_NEAREST,
                (LacShift){ -shift.du, -shift.dv }, 0.0, out);
        if (has_holes)
            keep_holes(in, image, shift, out);
    }
}

/**
 * lac_align_apply:
 * @series: projections with shifts
 * @progress: (nullable): told the fraction done
 * @error: return location for a #GError
 *
 * Moves every projection so that the rotation centre lies on pixel (nu/2, nv/2), by a phase in
 * Fourier space and in one resampling however many alignments the shifts come from. Beyond an edge
 * an image goes on with its last pixel; pixels that are not finite stay so. A reconstruction does
 * not need it: it takes shifts into its own geometry.
 *
 * Returns: (transfer full): a series without shifts (sharing the pixels where @series has none), or
 * %NULL with @error set when memory is short or the work was cancelled
 */
LacSeries *
lac_align_apply(const LacSeries *series, LacProgress *progress, GError **error)
{
    g_autoptr(LacSeries) out = lac_series_copy(series);
    if (!lac_series_is_shifted(series))
        return g_steal_pointer(&out);
    g_autoptr(LacBuffer) buffer = lac_buffer_new(series->n * series->nv * series->nu, error);
    if (buffer == NULL)
        return NULL;
    lac_buffer_unref(out->buffer);
    out->buffer = lac_buffer_ref(buffer);
    out->data = buffer->data;
    double farthest = 0.0, size = (double) MAX(series->nv, series->nu);
    for (gsize k = 0; k < series->n; k++) {
        out->shifts[k] = (LacShift){ 0.0, 0.0 };
        farthest = MAX(farthest, MAX(fabs(series->shifts[k].du), fabs(series->shifts[k].dv)));
    }
    gsize margin = (gsize) ceil(MIN(farthest, size)) + MARGIN;
    g_autoptr(LacImageSpectrum) spectrum =
        lac_image_spectrum_new(series->nv, series->nu, margin, error);
    if (spectrum == NULL)
        return NULL;
    ApplyArgs args = { .in = series, .out = out, .spectrum = spectrum };
    for (; args.first < series->n; args.first += BATCH) {
        lac_parallel_for(MIN(BATCH, series->n - args.first), 1, apply_projections, &args);
        if (!lac_progress_update(progress,
                MIN(1.0, (double) (args.first + BATCH) / (double) series->n), error))
            return NULL;
    }
    return g_steal_pointer(&out);
}
