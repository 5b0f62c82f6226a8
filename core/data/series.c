// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/series.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

/**
 * lac_series_new:
 * @n: number of projections
 * @nv: rows, along the tilt axis
 * @nu: columns, across the tilt axis
 * @pixel_size: [Å]; 0 when unknown
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a series of zeros with all angles and shifts 0, or %NULL with @error set
 */
LacSeries *
lac_series_new(gsize n, gsize nv, gsize nu, double pixel_size, GError **error)
{
    gsize n_values;
    if (!lac_check_shape(n, nv, nu, &n_values, error))
        return NULL;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(n_values, error);
    return buffer != NULL ? lac_series_new_from_buffer(buffer, n, nv, nu, pixel_size, error) : NULL;
}

/**
 * lac_series_new_from_buffer:
 * @buffer: at least n nv nu values; the series takes a reference of its own
 * @n: number of projections
 * @nv: rows, along the tilt axis
 * @nu: columns, across the tilt axis
 * @pixel_size: [Å]; 0 when unknown
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a series that shares @buffer, or %NULL with @error set
 */
LacSeries *
lac_series_new_from_buffer(LacBuffer *buffer, gsize n, gsize nv, gsize nu, double pixel_size,
    GError **error)
{
    gsize n_values;
    if (!lac_check_shape(n, nv, nu, &n_values, error))
        return NULL;
    if (buffer->n < n_values) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "%" G_GSIZE_FORMAT " values do not fill a series of %" G_GSIZE_FORMAT, buffer->n,
            n_values);
        return NULL;
    }
    LacSeries *self = g_new0(LacSeries, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->nv = nv;
    self->nu = nu;
    self->pixel_size = pixel_size;
    self->buffer = lac_buffer_ref(buffer);
    self->data = buffer->data;
    self->angles = g_new0(LacAngles, n);
    self->shifts = g_new0(LacShift, n);
    self->excluded = g_new0(gboolean, n);
    self->gains = g_new(double, n);
    for (gsize k = 0; k < n; k++)
        self->gains[k] = 1.0;
    self->name = g_strdup("");
    return self;
}

/**
 * lac_series_with_buffer:
 * @self: a series
 * @buffer: other pixels, of the same shape; the series takes a reference of its own
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a new series, not published yet, that differs from @self in its pixels
 * alone, or %NULL with @error set when @buffer is too small
 */
LacSeries *
lac_series_with_buffer(const LacSeries *self, LacBuffer *buffer, GError **error)
{
    LacSeries *copy =
        lac_series_new_from_buffer(buffer, self->n, self->nv, self->nu, self->pixel_size, error);
    if (copy == NULL)
        return NULL;
    memcpy(copy->angles, self->angles, self->n * sizeof *copy->angles);
    memcpy(copy->shifts, self->shifts, self->n * sizeof *copy->shifts);
    memcpy(copy->excluded, self->excluded, self->n * sizeof *copy->excluded);
    memcpy(copy->gains, self->gains, self->n * sizeof *copy->gains);
    g_free(copy->name);
    copy->name = g_strdup(self->name);
    return copy;
}

/**
 * lac_series_copy:
 * @self: a series
 *
 * Returns: (transfer full): a new series, not published yet, that shares the pixels of @self
 */
LacSeries *
lac_series_copy(const LacSeries *self)
{
    return lac_series_with_buffer(self, self->buffer, NULL);
}

/**
 * lac_series_ref:
 * @self: a series
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacSeries *
lac_series_ref(LacSeries *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_series_unref:
 * @self: (nullable) (transfer full): a series; any thread
 */
void
lac_series_unref(LacSeries *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_buffer_unref(self->buffer);
    g_free(self->angles);
    g_free(self->shifts);
    g_free(self->excluded);
    g_free(self->gains);
    g_free(self->name);
    g_free(self);
}

/**
 * lac_series_get_projection:
 * @self: a series
 * @k: which projection, below n
 *
 * Returns: (transfer none): its pixels (nv, nu)
 */
const float *
lac_series_get_projection(const LacSeries *self, gsize k)
{
    return self->data + k * self->nv * self->nu;
}

/**
 * lac_series_count_included:
 * @self: a series
 *
 * Returns: how many projections are not excluded
 */
gsize
lac_series_count_included(const LacSeries *self)
{
    gsize n = 0;
    for (gsize k = 0; k < self->n; k++)
        n += !self->excluded[k];
    return n;
}

/**
 * lac_series_is_single_axis:
 * @self: a series
 *
 * Returns: %TRUE when phi and psi are exactly 0 for every projection
 */
gboolean
lac_series_is_single_axis(const LacSeries *self)
{
    for (gsize k = 0; k < self->n; k++)
        if (self->angles[k].phi != 0.0 || self->angles[k].psi != 0.0)
            return FALSE;
    return TRUE;
}

/**
 * lac_series_is_shifted:
 * @self: a series
 *
 * Returns: %TRUE when the shift of any projection is not exactly 0
 */
gboolean
lac_series_is_shifted(const LacSeries *self)
{
    for (gsize k = 0; k < self->n; k++)
        if (self->shifts[k].du != 0.0 || self->shifts[k].dv != 0.0)
            return TRUE;
    return FALSE;
}

/**
 * lac_series_with_angles:
 * @self: a series
 * @angles: (array length=n): one entry per projection [deg]
 * @n: how many
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a series with the pixels of @self and other angles, or %NULL with
 * @error set when the counts differ or an angle is not finite
 */
LacSeries *
lac_series_with_angles(const LacSeries *self, const LacAngles *angles, gsize n, GError **error)
{
    if (n != self->n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "There are %" G_GSIZE_FORMAT " projections but %" G_GSIZE_FORMAT " angles", self->n, n);
        return NULL;
    }
    for (gsize k = 0; k < n; k++) {
        if (!isfinite(angles[k].phi) || !isfinite(angles[k].theta) || !isfinite(angles[k].psi)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
                "Angle %" G_GSIZE_FORMAT " is not a finite number", k + 1);
            return NULL;
        }
    }
    LacSeries *copy = lac_series_copy(self);
    memcpy(copy->angles, angles, n * sizeof *angles);
    return copy;
}

/**
 * lac_series_with_shifts:
 * @self: a series
 * @shifts: (array length=n): where the object lies in each projection [pixel]
 * @n: how many
 * @error: return location for a #GError
 *
 * Shifts replace those of @self; nothing is resampled. Projecting and reconstructing put them into
 * their own geometry, so that however often a series is aligned its pixels stay as measured.
 *
 * Returns: (transfer full): a series with the pixels of @self and other shifts, or %NULL with
 * @error set when the counts differ or a shift is not within +-LAC_SHIFT_MAX
 */
LacSeries *
lac_series_with_shifts(const LacSeries *self, const LacShift *shifts, gsize n, GError **error)
{
    if (n != self->n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "There are %" G_GSIZE_FORMAT " projections but %" G_GSIZE_FORMAT " shifts", self->n, n);
        return NULL;
    }
    for (gsize k = 0; k < n; k++) {
        if (!(fabs(shifts[k].du) <= LAC_SHIFT_MAX && fabs(shifts[k].dv) <= LAC_SHIFT_MAX)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
                "The shift of projection %" G_GSIZE_FORMAT ", %g and %g pixels, is not within ±%g",
                k + 1, shifts[k].du, shifts[k].dv, LAC_SHIFT_MAX);
            return NULL;
        }
    }
    LacSeries *copy = lac_series_copy(self);
    memcpy(copy->shifts, shifts, n * sizeof *shifts);
    return copy;
}

/**
 * lac_series_with_poses:
 * @self: a series
 * @poses: as many projections, whose angles and shifts are taken
 *
 * Returns: (transfer full): a series with the pixels and exclusions of @self and the poses of @poses
 */
LacSeries *
lac_series_with_poses(const LacSeries *self, const LacSeries *poses)
{
    g_return_val_if_fail(self->n == poses->n, NULL);

    LacSeries *copy = lac_series_copy(self);
    memcpy(copy->angles, poses->angles, self->n * sizeof *copy->angles);
    memcpy(copy->shifts, poses->shifts, self->n * sizeof *copy->shifts);
    return copy;
}

/**
 * lac_series_with_refined:
 * @self: a series
 * @before: as many projections, perhaps with other pixels, as denoised ones have
 * @after: the same as @before with other angles, shifts and gains
 *
 * Its own gains may differ from those of @before, as when it was normalised: they change by the same
 * factors.
 *
 * Returns: (transfer full): a series with the pixels and exclusions of @self, moved and turned as
 * @after is
 */
LacSeries *
lac_series_with_refined(const LacSeries *self, const LacSeries *before, const LacSeries *after)
{
    g_return_val_if_fail(self->n == before->n && self->n == after->n, NULL);

    LacSeries *copy = lac_series_with_poses(self, after);
    for (gsize k = 0; k < self->n; k++)
        copy->gains[k] =
            CLAMP(self->gains[k] * after->gains[k] / before->gains[k], LAC_GAIN_MIN, LAC_GAIN_MAX);
    return copy;
}

/**
 * lac_series_has_gains:
 * @self: a series
 *
 * Returns: whether any projection has another gain than 1
 */
gboolean
lac_series_has_gains(const LacSeries *self)
{
    for (gsize k = 0; k < self->n; k++)
        if (self->gains[k] != 1.0)
            return TRUE;
    return FALSE;
}

/**
 * lac_series_equalise:
 * @self: a series
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the series with its pixels divided by their gains, which are 1 then
 * (sharing the pixels where they are already), or %NULL with @error set when memory is short
 */
LacSeries *
lac_series_equalise(const LacSeries *self, GError **error)
{
    if (!lac_series_has_gains(self))
        return lac_series_copy(self);
    const gsize n_pixels = self->nv * self->nu;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(self->n * n_pixels, error);
    if (buffer == NULL)
        return NULL;
    LacSeries *out = lac_series_with_buffer(self, buffer, error);
    for (gsize k = 0; k < self->n; k++) {
        const float scale = (float) (1.0 / self->gains[k]);
        for (gsize i = k * n_pixels; i < (k + 1) * n_pixels; i++)
            out->data[i] = scale * self->data[i];
        out->gains[k] = 1.0;
    }
    return out;
}

/**
 * lac_series_with_excluded:
 * @self: a series
 * @k: which projection, below n
 * @excluded: %TRUE to leave it out of a reconstruction
 *
 * Returns: (transfer full): a series with the pixels of @self
 */
LacSeries *
lac_series_with_excluded(const LacSeries *self, gsize k, gboolean excluded)
{
    g_return_val_if_fail(k < self->n, NULL);

    LacSeries *copy = lac_series_copy(self);
    copy->excluded[k] = excluded;
    return copy;
}

/**
 * lac_series_drop_excluded:
 * @self: a series
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the included projections alone (sharing the pixels of @self
 * when none is excluded), or %NULL with @error set when none is left or memory is short
 */
LacSeries *
lac_series_drop_excluded(const LacSeries *self, GError **error)
{
    gsize n_included = lac_series_count_included(self);
    if (n_included == self->n)
        return lac_series_copy(self);
    if (n_included == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "All projections are excluded");
        return NULL;
    }
    LacSeries *out = lac_series_new(n_included, self->nv, self->nu, self->pixel_size, error);
    if (out == NULL)
        return NULL;
    gsize n_pixels = self->nv * self->nu, j = 0;
    for (gsize k = 0; k < self->n; k++) {
        if (self->excluded[k])
            continue;
        memcpy(out->data + j * n_pixels, self->data + k * n_pixels, n_pixels * sizeof(float));
        out->shifts[j] = self->shifts[k];
        out->gains[j] = self->gains[k];
        out->angles[j++] = self->angles[k];
    }
    g_free(out->name);
    out->name = g_strdup(self->name);
    return out;
}
