// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/array.h"

#include "core/io/bytes.h"
#include "core/io/format.h"

#include <math.h>
#include <string.h>

/**
 * lac_array_new:
 * @n_dims: 1 to 4
 * @shape: (array length=n_dims): extents, slowest first; each at least 1
 * @error: return location for a #GError
 *
 * Allocates zeros. Readers ask this only after they checked the shape against the file.
 *
 * Returns: (transfer full): an array of unknown spacing, or %NULL with @error set
 */
LacArray *
lac_array_new(guint n_dims, const gsize *shape, GError **error)
{
    g_return_val_if_fail(n_dims >= 1 && n_dims <= 4, NULL);

    gsize full[4] = { 1, 1, 1, 1 }, n_outer, n;
    for (guint i = 0; i < n_dims; i++)
        full[4 - n_dims + i] = shape[i];
    if (!g_size_checked_mul(&n_outer, full[0], full[1])) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "An array of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " planes is too large to address",
            full[0], full[1]);
        return NULL;
    }
    if (!lac_check_shape(n_outer, full[2], full[3], &n, error))
        return NULL;
    LacBuffer *buffer = lac_buffer_new(n, error);
    if (buffer == NULL)
        return NULL;
    LacArray *array = g_new0(LacArray, 1);
    array->buffer = buffer;
    array->n_dims = n_dims;
    memcpy(array->shape, shape, n_dims * sizeof *shape);
    return array;
}

/**
 * lac_array_new_from_buffer:
 * @buffer: as many values as @shape asks for; the array takes a reference of its own
 * @n_dims: 1 to 4
 * @shape: (array length=n_dims): extents, slowest first
 *
 * Returns: (transfer full): an array of unknown spacing that shares @buffer
 */
LacArray *
lac_array_new_from_buffer(LacBuffer *buffer, guint n_dims, const gsize *shape)
{
    g_return_val_if_fail(n_dims >= 1 && n_dims <= 4, NULL);

    LacArray *array = g_new0(LacArray, 1);
    array->buffer = lac_buffer_ref(buffer);
    array->n_dims = n_dims;
    memcpy(array->shape, shape, n_dims * sizeof *shape);
    return array;
}

/**
 * lac_array_free:
 * @array: (nullable) (transfer full): an array
 */
void
lac_array_free(LacArray *array)
{
    if (array == NULL)
        return;
    lac_buffer_unref(array->buffer);
    g_free(array->angles);
    g_free(array);
}

// Shape (planes, rows, columns) of an array of up to three dimensions worth the name.
static gboolean
get_stack_shape(const LacArray *array, const char *file, gsize shape[3], GError **error)
{
    guint skip = array->n_dims == 4 && array->shape[0] == 1 ? 1 : 0;
    guint n_dims = array->n_dims - skip;
    if (n_dims != 2 && n_dims != 3) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, file,
            "an array of %u dimensions is neither an image nor a stack", array->n_dims);
        return FALSE;
    }
    shape[0] = 1;
    for (guint i = 0; i < n_dims; i++)
        shape[3 - n_dims + i] = array->shape[skip + i];
    return TRUE;
}

static gboolean
is_same_length(double a, double b)
{
    return fabs(a - b) <= 1e-3 * MAX(fabs(a), fabs(b));
}

/**
 * lac_array_to_volume:
 * @array: numbers of two or three dimensions
 * @file: where they come from, for messages
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a volume that shares the values of @array, an image being a single
 * plane, or %NULL with @error set when the shape is another or the voxels are not cubic
 */
LacVolume *
lac_array_to_volume(const LacArray *array, const char *file, GError **error)
{
    gsize shape[3];
    if (!get_stack_shape(array, file, shape, error))
        return NULL;
    const double *spacing = array->spacing;
    if (!is_same_length(spacing[0], spacing[1]) ||
        (shape[0] > 1 && !is_same_length(spacing[0], spacing[2]))) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, file,
            "its voxels of %g x %g x %g Å are not cubic; a given voxel size overrides them",
            spacing[0], spacing[1], spacing[2]);
        return NULL;
    }
    LacVolume *volume =
        lac_volume_new_from_buffer(array->buffer, shape[0], shape[1], shape[2], spacing[0], error);
    if (volume != NULL)
        volume->origin = (LacVec3){ array->origin[0], array->origin[1], array->origin[2] };
    return volume;
}

/**
 * lac_array_to_series:
 * @array: numbers of two or three dimensions
 * @file: where they come from, for messages and as the name of the series
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a series that shares the values of @array and has its angles, zeros
 * if it has none, or %NULL with @error set when the shape is another
 */
LacSeries *
lac_array_to_series(const LacArray *array, const char *file, GError **error)
{
    gsize shape[3];
    if (!get_stack_shape(array, file, shape, error))
        return NULL;
    double pixel_size =
        is_same_length(array->spacing[0], array->spacing[1]) ? array->spacing[0] : 0.0;
    LacSeries *series =
        lac_series_new_from_buffer(array->buffer, shape[0], shape[1], shape[2], pixel_size, error);
    if (series == NULL)
        return NULL;
    if (array->angles != NULL && array->n_angles == series->n)
        memcpy(series->angles, array->angles, series->n * sizeof *array->angles);
    g_free(series->name);
    series->name = g_filename_display_basename(file);
    return series;
}
