// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/array.h"
#include "core/prep/mirror.h"
#include "core/prep/smooth.h"

#include <math.h>

#define REACH 4.0 // [width] where the weights end

// Rows of @in, mirrored at their ends, with @weights of 0 to @reach pixels away.
static void
filter_rows(const float *in, gsize nv, gsize nu, const float *weights, gsize reach, float *line,
    float *out)
{
    for (gsize v = 0; v < nv; v++) {
        const float *row = in + v * nu;
        for (gsize i = 0; i < nu + 2 * reach; i++)
            line[i] = row[lac_mirror((gssize) i - (gssize) reach, nu)];
        float *restrict to = out + v * nu;
        const float *restrict centre = line + reach;
        for (gsize u = 0; u < nu; u++)
            to[u] = weights[0] * centre[u];
        for (gsize k = 1; k <= reach; k++) {
            const float *restrict left = centre - k, *restrict right = centre + k;
#pragma omp simd
            for (gsize u = 0; u < nu; u++)
                to[u] += weights[k] * (left[u] + right[u]);
        }
    }
}

static void
filter_columns(const float *in, gsize nv, gsize nu, const float *weights, gsize reach, float *out)
{
    for (gsize v = 0; v < nv; v++) {
        float *restrict to = out + v * nu;
        for (gsize u = 0; u < nu; u++)
            to[u] = weights[0] * in[v * nu + u];
        for (gsize k = 1; k <= reach; k++) {
            const float *restrict above = in + lac_mirror((gssize) (v + k), nv) * nu;
            const float *restrict below = in + lac_mirror((gssize) v - (gssize) k, nv) * nu;
#pragma omp simd
            for (gsize u = 0; u < nu; u++)
                to[u] += weights[k] * (above[u] + below[u]);
        }
    }
}

/**
 * lac_gaussian:
 * @in: image (nv, nu); finite
 * @nv: rows
 * @nu: columns
 * @width: standard deviation of the Gaussian [pixel]; 0: a copy
 * @out: (out caller-allocates): image (nv, nu); may be @in
 * @error: return location for a #GError
 *
 * Blurs an image that is mirrored at its edges. The sum of all pixels stays.
 *
 * Returns: %TRUE, or %FALSE with @error set when memory is short
 */
gboolean
lac_gaussian(const float *in, gsize nv, gsize nu, double width, float *out, GError **error)
{
    g_return_val_if_fail(width >= 0.0 && width < 1e4, FALSE);

    gsize reach = (gsize) ceil(REACH * width);
    float *spare = lac_alloc_floats(nv * nu, error);
    float *line = spare != NULL ? lac_alloc_floats(nu + 2 * reach, error) : NULL;
    if (line == NULL) {
        lac_free(spare);
        return FALSE;
    }
    g_autofree float *weights = g_new(float, reach + 1);
    double sum = 0.0;
    for (gsize k = 0; k <= reach; k++)
        sum += (k > 0 ? 2.0 : 1.0) * exp(-0.5 * (double) (k * k) / fmax(width * width, 1e-12));
    for (gsize k = 0; k <= reach; k++)
        weights[k] = (float) (exp(-0.5 * (double) (k * k) / fmax(width * width, 1e-12)) / sum);
    filter_rows(in, nv, nu, weights, reach, line, spare);
    filter_columns(spare, nv, nu, weights, reach, out);
    lac_free(line);
    lac_free(spare);
    return TRUE;
}
