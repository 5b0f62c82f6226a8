// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/bytes.h"
#include "core/io/io.h"
#include "core/io/source.h"

#include <math.h>

static LacArray *
source_read_array(const LacSource *source, const LacReadParams *params, LacItemTest fits,
    LacProgress *progress, GError **error)
{
    const LacReadParams defaults = { 0 };
    params = params != NULL ? params : &defaults;
    if (source->format->read_array == NULL) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, source->path,
            "no array is read from the format %s", source->format->name);
        return NULL;
    }
    g_autofree char *item = g_strdup(source->item);
    if (item == NULL && !lac_source_choose_item(source, params, fits, &item, error))
        return NULL;
    GError *failure = NULL;
    g_autoptr(LacArray) array =
        source->format->read_array(source->path, item, params, progress, &failure);
    if (array == NULL) {
        lac_io_propagate_named(error, failure, source->path);
        return NULL;
    }
    for (guint i = 0; i < 3 && params->spacing > 0.0; i++) {
        array->origin[i] *= array->spacing[i] > 0.0 ? params->spacing / array->spacing[i] : 0.0;
        array->spacing[i] = params->spacing;
    }
    return g_steal_pointer(&array);
}

/**
 * lac_read_array:
 * @file: a file, "file:item" or a folder
 * @params: (nullable): what the file itself does not say
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Reads numbers of any shape. Of several arrays the only one of three dimensions is taken.
 *
 * Returns: (transfer full): the numbers, or %NULL with @error set
 */
LacArray *
lac_read_array(const char *file, const LacReadParams *params, LacProgress *progress, GError **error)
{
    g_auto(LacSource) source = { 0 };
    if (!lac_source_open(&source, file, params, error))
        return NULL;
    return source_read_array(&source, params, lac_item_is_stack, progress, error);
}

/**
 * lac_read_volume:
 * @file: a file, "file:item" or a folder of images
 * @params: (nullable): what the file itself does not say
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Reads a volume (nz, ny, nx); an image becomes a single plane. Values become float32, and those
 * that are not finite are kept. Voxels must be cubic unless @params gives their size.
 *
 * Returns: (transfer full): the volume, or %NULL with @error set
 */
LacVolume *
lac_read_volume(const char *file, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacArray) array = lac_read_array(file, params, progress, error);
    return array != NULL ? lac_array_to_volume(array, file, error) : NULL;
}

/**
 * lac_read_series:
 * @file: a file, "file:item" or a folder of images, which are taken in natural order
 * @params: (nullable): what the file itself does not say
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Reads projections (n, nv, nu). Angles are filled when the file has them and are 0 otherwise.
 *
 * Returns: (transfer full): the series, or %NULL with @error set
 */
LacSeries *
lac_read_series(const char *file, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacArray) array = lac_read_array(file, params, progress, error);
    return array != NULL ? lac_array_to_series(array, file, error) : NULL;
}

/**
 * lac_read_atoms:
 * @file: a file or "file:item"
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the atoms, or %NULL with @error set
 */
LacAtoms *
lac_read_atoms(const char *file, LacProgress *progress, GError **error)
{
    g_auto(LacSource) source = { 0 };
    if (!lac_source_open(&source, file, NULL, error))
        return NULL;
    if (source.format->read_atoms == NULL) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, source.path,
            "no atoms are read from the format %s", source.format->name);
        return NULL;
    }
    GError *failure = NULL;
    LacAtoms *atoms = source.format->read_atoms(source.path, source.item, progress, &failure);
    if (atoms == NULL)
        lac_io_propagate_named(error, failure, source.path);
    return atoms;
}

// n x 1, 1 x n, n x 3 or 3 x n. Of 3 x 3 each row is a projection, except where the first index
// of the file's author is the fastest here.
static LacAngles *
angles_from_array(const LacArray *array, const LacSource *source, gsize *n, GError **error)
{
    gsize rows = array->shape[0], columns = array->n_dims > 1 ? array->shape[1] : 1;
    gboolean reversed = FALSE;
    if (columns != 1 && (rows == 1 || (rows == 3 && (columns != 3 || array->first_fastest)))) {
        reversed = TRUE;
        rows = columns;
        columns = array->shape[0];
    }
    if (array->n_dims > 2 || (columns != 1 && columns != 3)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, source->path,
            "a table of angles has 1 or 3 columns, not %" G_GSIZE_FORMAT, columns);
        return NULL;
    }
    LacAngles *angles = g_new0(LacAngles, rows);
    const float *data = array->buffer->data;
    for (gsize k = 0; k < rows; k++) {
        double row[3] = { 0.0 };
        for (gsize c = 0; c < columns; c++)
            row[c] = (double) data[reversed ? c * rows + k : k * columns + c];
        angles[k] = columns == 1 ? (LacAngles){ .theta = row[0] }
                                 : (LacAngles){ .phi = row[0], .theta = row[1], .psi = row[2] };
    }
    *n = rows;
    return angles;
}

static gboolean
check_angle(double angle, const char *name, gsize k, const char *path, GError **error)
{
    if (isfinite(angle) && fabs(angle) <= 360.0)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, path,
        "%s of projection %" G_GSIZE_FORMAT " is %g°, outside ±360°", name, k + 1, angle);
    return FALSE;
}

/**
 * lac_read_angles:
 * @file: a table of text, or any file or "file:item" with an array of n x 1 or n x 3
 * @n: (out): how many
 * @error: return location for a #GError
 *
 * Reads Euler angles [deg]: one column is theta, three are phi, theta, psi. Arrays that lie
 * across (1 x n, 3 x n) are turned. A series that brings its angles gives those.
 *
 * Returns: (transfer full) (array length=n): the angles, or %NULL with @error set when the file
 * holds none, or one is not finite or outside ±360°
 */
LacAngles *
lac_read_angles(const char *file, gsize *n, GError **error)
{
    g_auto(LacSource) source = { 0 };
    if (!lac_source_open(&source, file, NULL, error))
        return NULL;
    g_autoptr(LacArray) array = source_read_array(&source, NULL, lac_item_is_angles, NULL, error);
    if (array == NULL)
        return NULL;
    g_autofree LacAngles *angles = NULL;
    if (array->angles != NULL) {
        angles = g_steal_pointer(&array->angles);
        *n = array->n_angles;
    }
    else {
        angles = angles_from_array(array, &source, n, error);
    }
    for (gsize k = 0; angles != NULL && k < *n; k++)
        if (!check_angle(angles[k].phi, "phi", k, source.path, error) ||
            !check_angle(angles[k].theta, "theta", k, source.path, error) ||
            !check_angle(angles[k].psi, "psi", k, source.path, error))
            return NULL;
    return g_steal_pointer(&angles);
}
