// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/bytes.h"
#include "core/io/format.h"

static gboolean
can_write_array(const LacFormat *format)
{
    return format->write_array != NULL;
}

static gboolean
can_write_atoms(const LacFormat *format)
{
    return format->write_atoms != NULL;
}

static const LacFormat *
find_writer(const char *file, gboolean (*can_write)(const LacFormat *format), GError **error)
{
    g_autofree char *suffix = lac_io_dup_suffix(file);
    g_autoptr(GString) known = g_string_new(NULL);
    gsize n;
    const LacFormat *const *formats = lac_formats(&n);
    for (gsize i = 0; i < n; i++) {
        if (!can_write(formats[i]))
            continue;
        if (g_strv_contains(formats[i]->suffixes, suffix))
            return formats[i];
        g_string_append_printf(known, "%s.%s", known->len > 0 ? ", " : "", formats[i]->suffixes[0]);
    }
    lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, file,
        "this cannot be written to the suffix \"%s\", only to %s", suffix, known->str);
    return NULL;
}

typedef struct {
    const LacFormat *format;
    const LacArray *array;
    const LacAtoms *atoms;
    LacProgress *progress;
} WriteArgs;

static gboolean
write_array(const char *temporary_path, gpointer data, GError **error)
{
    const WriteArgs *args = data;
    return args->format->write_array(args->array, temporary_path, args->progress, error);
}

static gboolean
write_atoms(const char *temporary_path, gpointer data, GError **error)
{
    const WriteArgs *args = data;
    return args->format->write_atoms(args->atoms, temporary_path, error);
}

/**
 * lac_write_array:
 * @array: numbers with their spacing [Å] and angles
 * @file: where to; its suffix chooses the format
 * @progress: (nullable): told the fraction written
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and an old file left as it was
 */
gboolean
lac_write_array(const LacArray *array, const char *file, LacProgress *progress, GError **error)
{
    WriteArgs args = { .array = array, .progress = progress };
    args.format = find_writer(file, can_write_array, error);
    return args.format != NULL && lac_write_atomically(file, write_array, &args, error);
}

/**
 * lac_write_dup_loss:
 * @volume: what is to be written or was
 * @file: where to; its suffix chooses the format
 *
 * Tells what the file will not say of @volume.
 *
 * Returns: (transfer full) (nullable): a sentence, or %NULL when nothing is lost
 */
char *
lac_write_dup_loss(const LacVolume *volume, const char *file)
{
    LacVec3 origin = volume->origin;
    const LacFormat *format = find_writer(file, can_write_array, NULL);
    if (format == NULL || format->keeps_origin ||
        (origin.x == 0.0 && origin.y == 0.0 && origin.z == 0.0))
        return NULL;
    return g_strdup_printf("%s files keep no position: that the centre lies at %.6g, %.6g, %.6g Å "
                           "is lost",
        format->name, origin.x, origin.y, origin.z);
}

/**
 * lac_write_volume:
 * @volume: what to write
 * @file: where to; its suffix chooses the format
 * @progress: (nullable): told the fraction written
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and an old file left as it was
 */
gboolean
lac_write_volume(const LacVolume *volume, const char *file, LacProgress *progress, GError **error)
{
    const LacArray array = {
        .buffer = volume->buffer,
        .n_dims = 3,
        .shape = { volume->nz, volume->ny, volume->nx },
        .spacing = { volume->voxel_size, volume->voxel_size, volume->voxel_size },
        .origin = { volume->origin.x, volume->origin.y, volume->origin.z },
    };
    return lac_write_array(&array, file, progress, error);
}

/**
 * lac_write_series:
 * @series: what to write
 * @file: where to; its suffix chooses the format
 * @progress: (nullable): told the fraction written
 * @error: return location for a #GError
 *
 * Writes all projections, excluded ones too, with their angles where the format has room for them.
 *
 * Returns: %TRUE, or %FALSE with @error set and an old file left as it was
 */
gboolean
lac_write_series(const LacSeries *series, const char *file, LacProgress *progress, GError **error)
{
    const LacArray array = {
        .buffer = series->buffer,
        .n_dims = 3,
        .shape = { series->n, series->nv, series->nu },
        .spacing = { series->pixel_size, series->pixel_size, 0.0 },
        .angles = series->angles,
        .n_angles = series->n,
    };
    return lac_write_array(&array, file, progress, error);
}

/**
 * lac_write_atoms:
 * @atoms: what to write
 * @file: where to; its suffix chooses the format
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and an old file left as it was
 */
gboolean
lac_write_atoms(const LacAtoms *atoms, const char *file, GError **error)
{
    WriteArgs args = { .atoms = atoms };
    args.format = find_writer(file, can_write_atoms, error);
    return args.format != NULL && lac_write_atomically(file, write_atoms, &args, error);
}
