// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/resample.h"
#include "core/error.h"
#include "core/prep/align-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FRAME 3 // [pixel] width of the border that is background
#define SIDE  6 // parts of the background along an edge
#define PARTS (SIDE * SIDE)

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/**
 * lac_align_background:
 * @image: (nv, nu)
 * @outside: (nullable): (nv, nu), 0 for pixels that are background; %NULL: the outermost ones are
 * @nv: rows
 * @nu: columns
 *
 * Takes the median of the means of parts of the background: a mean, since the median of few counts
 * is off by up to one, but one that a part of the object or a hot pixel does not move.
 *
 * Returns: the background; 0 when there is none
 */
float
lac_align_background(const float *image, const guint8 *outside, gsize nv, gsize nu)
{
    double sum[PARTS] = { 0 }, mean[PARTS];
    gsize count[PARTS] = { 0 }, n = 0;
    for (gsize v = 0; v < nv; v++)
        for (gsize u = 0; u < nu; u++) {
            gboolean inner = v >= FRAME && v + FRAME < nv && u >= FRAME && u + FRAME < nu;
            if (outside != NULL ? outside[v * nu + u] != 0 : inner)
                continue;
            if (!isfinite(image[v * nu + u]))
                continue;
            gsize row = v * SIDE / nv, column = u * SIDE / nu;
            gsize part = row * SIDE + column;
            sum[part] += (double) image[v * nu + u];
            count[part]++;
        }
    for (gsize i = 0; i < PARTS; i++)
        if (count[i] > 0)
            mean[n++] = sum[i] / (double) count[i];
    if (n == 0)
        return 0.0f;
    qsort(mean, n, sizeof *mean, compare_doubles);
    return (float) (0.5 * (mean[(n - 1) / 2] + mean[n / 2]));
}

/**
 * lac_align_images_init:
 * @self: (out caller-allocates): images; clear them in both cases
 * @series: projections as measured
 * @factor: pixels along an edge that become one
 * @error: return location for a #GError
 *
 * Takes the background off each projection, that of its outermost pixels, and divides by its gain;
 * pixels that are not
 * finite become background. A projection whose rest sums to nothing is blank.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_images_init(LacAlignImages *self, const LacSeries *series, gsize factor, GError **error)
{
    *self = (LacAlignImages){ .factor = factor };
    gsize n = series->nv * series->nu;
    self->blank = g_new0(gboolean, series->n);
    g_autoptr(LacSeries) clean = lac_series_copy(series);
    g_autoptr(LacBuffer) buffer = lac_buffer_new(series->n * n, error);
    if (buffer == NULL)
        return FALSE;
    lac_buffer_unref(clean->buffer);
    clean->buffer = lac_buffer_ref(buffer);
    clean->data = buffer->data;
    for (gsize k = 0; k < series->n; k++) {
        const float *image = lac_series_get_projection(series, k);
        float *out = clean->data + k * n,
              background = lac_align_background(image, NULL, series->nv, series->nu);
        const float scale = (float) (1.0 / series->gains[k]);
        double sum = 0.0;
        for (gsize i = 0; i < n; i++) {
            out[i] = isfinite(image[i]) ? scale * (image[i] - background) : 0.0f;
            sum += (double) out[i];
        }
        self->blank[k] = !(sum > 0.0);
    }
    for (gsize k = 0; k < series->n; k++)
        clean->shifts[k] = (LacShift){ 0.0, 0.0 };
    self->series = lac_series_bin(clean, factor, error);
    if (self->series == NULL)
        return FALSE;
    self->offset_u = self->series->shifts[0].du;
    self->offset_v = self->series->shifts[0].dv;
    for (gsize k = 0; k < series->n; k++)
        self->series->shifts[k] = lac_align_images_to_binned(self, series->shifts[k]);
    return TRUE;
}

/**
 * lac_align_images_clear:
 * @self: images, also those that failed
 */
void
lac_align_images_clear(LacAlignImages *self)
{
    g_clear_pointer(&self->series, lac_series_unref);
    g_clear_pointer(&self->blank, g_free);
}

/**
 * lac_align_images_to_binned:
 * @self: images
 * @shift: [pixel] of the series
 *
 * Returns: the same shift in pixels of the images
 */
LacShift
lac_align_images_to_binned(const LacAlignImages *self, LacShift shift)
{
    double f = (double) self->factor;
    return (LacShift){ shift.du / f + self->offset_u, shift.dv / f + self->offset_v };
}

/**
 * lac_align_rotation:
 * @angles: of a projection
 *
 * Returns: the rotation that takes the object into the frame (u, v, w) of the projection
 */
LacMat3
lac_align_rotation(const LacAngles *angles)
{
    return lac_rotation_from_euler_deg(angles->phi, angles->theta, angles->psi);
}

/**
 * lac_align_angles:
 * @rotation: of a projection
 * @near: angles about what is wanted
 *
 * Returns: the angles of @rotation
 */
LacAngles
lac_align_angles(const LacMat3 *rotation, LacAngles near)
{
    LacVec3 e = lac_rotation_to_euler_deg(rotation, (LacVec3){ near.phi, near.theta, near.psi });
    return (LacAngles){ e.x, e.y, e.z };
}

/**
 * lac_align_axis_in_image:
 * @angles: of a projection
 *
 * Returns: the unit vector along the object's y axis, as the projection shows it
 */
LacShift
lac_align_axis_in_image(const LacAngles *angles)
{
    LacMat3 r = lac_align_rotation(angles);
    double size = hypot(r.m[0][1], r.m[1][1]);
    return size > 1e-6 ? (LacShift){ r.m[0][1] / size, r.m[1][1] / size } : (LacShift){ 0.0, 1.0 };
}

// Solves a x = b for a symmetric matrix that may be singular: what is not determined stays 0.
static LacVec3
solve_3x3(const double a[3][3], const double b[3])
{
    double m[3][4], trace = a[0][0] + a[1][1] + a[2][2];
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            m[i][j] = a[i][j] + (i == j ? 1e-9 * trace : 0.0);
        m[i][3] = b[i];
    }
    for (int i = 0; i < 3; i++) {
        if (!(fabs(m[i][i]) > 0.0))
            return (LacVec3){ 0.0, 0.0, 0.0 };
        for (int l = i + 1; l < 3; l++) {
            double factor = m[l][i] / m[i][i];
            for (int j = i; j < 4; j++)
                m[l][j] -= factor * m[i][j];
        }
    }
    double x[3];
    for (int i = 2; i >= 0; i--) {
        x[i] = m[i][3];
        for (int j = i + 1; j < 3; j++)
            x[i] -= m[i][j] * x[j];
        x[i] /= m[i][i];
    }
    return (LacVec3){ x[0], x[1], x[2] };
}

/**
 * lac_align_fit_translation:
 * @angles: (array length=n): of the projections
 * @shifts: (array length=n): [pixel]
 * @counts: (array length=n): which of them count
 * @n: how many
 *
 * Returns: the translation of the object [pixel] that explains most of the shifts
 */
LacVec3
lac_align_fit_translation(const LacAngles *angles, const LacShift *shifts, const gboolean *counts,
    gsize n)
{
    double a[3][3] = { { 0 } }, b[3] = { 0 };
    for (gsize k = 0; k < n; k++) {
        if (!counts[k])
            continue;
        LacMat3 r = lac_align_rotation(&angles[k]);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++)
                a[i][j] += r.m[0][i] * r.m[0][j] + r.m[1][i] * r.m[1][j];
            b[i] += r.m[0][i] * shifts[k].du + r.m[1][i] * shifts[k].dv;
        }
    }
    return solve_3x3((const double(*)[3]) a, b);
}
