// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"

#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/**
 * lac_cli_input_entries:
 * @self: receives what the options say; must outlive the parsing
 * @own: the verb's own options, ended by an empty one
 *
 * Returns: (transfer full): the verb's options followed by those of reading; g_free() it
 */
GOptionEntry *
lac_cli_input_entries(LacCliInput *self, const GOptionEntry *own)
{
    const GOptionEntry shared[] = {
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &self->voxel_size,
            "Size of a voxel or pixel, instead of what the file says", "Å" },
        { "raw-shape", 0, 0, G_OPTION_ARG_STRING, &self->raw_shape,
            "The file is raw values of this shape, slowest first", "NZ,NY,NX" },
        { "raw-type", 0, 0, G_OPTION_ARG_STRING, &self->raw_type,
            "Type of raw values: uint8, int16, uint16, float32 (default), float64, ...", "TYPE" },
        { "raw-offset", 0, 0, G_OPTION_ARG_INT64, &self->raw_offset,
            "Bytes before the first raw value", "BYTES" },
        { "raw-big-endian", 0, 0, G_OPTION_ARG_NONE, &self->raw_big_endian,
            "Raw values have their high byte first", NULL },
        { "mrc-bytes", 0, 0, G_OPTION_ARG_STRING, &self->mrc_bytes,
            "Bytes of an MRC file are signed or unsigned, whatever it says", "SIGN" },
        G_OPTION_ENTRY_NULL,
    };
    guint n = 0;
    while (own[n].long_name != NULL)
        n++;
    GOptionEntry *entries = g_new0(GOptionEntry, n + G_N_ELEMENTS(shared));
    memcpy(entries, own, n * sizeof *entries);
    memcpy(entries + n, shared, sizeof shared);
    return entries;
}

/**
 * lac_cli_parse_sizes:
 * @option: name of the option, for messages
 * @text: whole numbers separated by commas
 * @n: how many are needed
 * @out: (out caller-allocates) (array length=n): the numbers
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_cli_parse_sizes(const char *option, const char *text, guint n, gsize *out, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    gboolean is_good = g_strv_length(parts) == n;
    for (guint i = 0; is_good && i < n; i++) {
        guint64 value = 0;
        is_good = g_ascii_string_to_unsigned(parts[i], 10, 0, G_MAXSSIZE, &value, NULL);
        out[i] = (gsize) value;
    }
    if (!is_good)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s \"%s\" is not %u whole numbers separated by commas", option, text, n);
    return is_good;
}

/**
 * lac_cli_input_get_params:
 * @self: what the options say
 * @params: (out): the same for the readers
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when an option makes no sense
 */
gboolean
lac_cli_input_get_params(const LacCliInput *self, LacReadParams *params, GError **error)
{
    *params = (LacReadParams){ .raw_big_endian = self->raw_big_endian };
    if (!isfinite(self->voxel_size) || self->voxel_size < 0.0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--voxel-size %g is not a length in Å",
            self->voxel_size);
        return FALSE;
    }
    params->spacing = self->voxel_size;
    if (self->raw_offset < 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--raw-offset %" G_GINT64_FORMAT " is negative", self->raw_offset);
        return FALSE;
    }
    params->raw_offset = (gsize) self->raw_offset;
    if (self->raw_shape != NULL &&
        !lac_cli_parse_sizes("--raw-shape", self->raw_shape, 3, params->raw_shape, error))
        return FALSE;
    if (self->raw_type != NULL)
        g_strlcpy(params->raw_type, self->raw_type, sizeof params->raw_type);
    if (self->mrc_bytes == NULL)
        return TRUE;
    params->mrc_mode0 = g_str_equal(self->mrc_bytes, "signed") ? 1
        : g_str_equal(self->mrc_bytes, "unsigned")             ? 2
                                                               : 0;
    if (params->mrc_mode0 == 0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--mrc-bytes \"%s\" is neither signed nor unsigned", self->mrc_bytes);
    return params->mrc_mode0 != 0;
}

/**
 * lac_cli_check_length:
 * @option: its name
 * @length: [Å] as given; 0 or NaN: not given
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if it is negative or 1e4 Å or more
 */
gboolean
lac_cli_check_length(const char *option, double length, GError **error)
{
    if (isnan(length) || (length >= 0.0 && length < 1e4))
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s %g is not a positive length in Å", option,
        length);
    return FALSE;
}

// Turned and scaled as the options say; @series is the caller's no more.
static LacSeries *
dress(LacSeries *series, const char *angles_file, double pixel_size, GError **error)
{
    g_autoptr(LacSeries) dressed = series;
    if (angles_file != NULL) {
        gsize n;
        g_autofree LacAngles *angles = lac_read_angles(angles_file, &n, error);
        dressed = angles != NULL ? lac_series_with_angles(series, angles, n, error) : NULL;
        lac_series_unref(series);
    }
    if (dressed == NULL || !(pixel_size > 0.0))
        return g_steal_pointer(&dressed);
    LacSeries *scaled = lac_series_copy(dressed);
    scaled->pixel_size = pixel_size;
    return scaled;
}

/**
 * lac_cli_read_series:
 * @file: projections
 * @angles: (nullable): table of their angles, instead of what @file says
 * @pixel_size: [Å] instead of what @file says; 0 or NaN: as there
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the tilt series, or %NULL with @error set
 */
LacSeries *
lac_cli_read_series(const char *file, const char *angles, double pixel_size, LacProgress *progress,
    GError **error)
{
    const LacReadParams read = { .spacing = pixel_size > 0.0 ? pixel_size : 0.0 };
    LacSeries *series = lac_read_series(file, &read, progress, error);
    return series != NULL ? dress(series, angles, 0.0, error) : NULL;
}

/**
 * lac_cli_read_project:
 * @file: a project with projections, or projections
 * @angles: (nullable): table of their angles, instead of what @file says
 * @pixel_size: [Å] instead of what @file says; 0 or NaN: as there
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the project, or a new one around the series, or %NULL with @error set
 */
LacProject *
lac_cli_read_project(const char *file, const char *angles, double pixel_size, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacProject) project = NULL;
    if (lac_project_is_project(file)) {
        project = lac_project_load(file, progress, error);
        if (project == NULL)
            return NULL;
        if (project->series == NULL) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s holds no projections", file);
            return NULL;
        }
    }
    else {
        project = lac_project_new();
        project->series = lac_read_series(file, NULL, progress, error);
        if (project->series == NULL)
            return NULL;
    }
    project->series = dress(project->series, angles, pixel_size, error);
    return project->series != NULL ? g_steal_pointer(&project) : NULL;
}

/**
 * lac_cli_read_volume:
 * @file: a volume, or a project with one
 * @voxel_size: [Å] instead of what a volume says; 0 or NaN: as there
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Of a project, what it reconstructed; else the volume that was opened in it.
 *
 * Returns: (transfer full): the volume, or %NULL with @error set
 */
LacVolume *
lac_cli_read_volume(const char *file, double voxel_size, LacProgress *progress, GError **error)
{
    const LacReadParams read = { .spacing = voxel_size > 0.0 ? voxel_size : 0.0 };
    if (!lac_project_is_project(file))
        return lac_read_volume(file, &read, progress, error);
    g_autoptr(LacProject) project = lac_project_load(file, progress, error);
    if (project == NULL)
        return NULL;
    LacVolume *volume = project->recon != NULL ? project->recon->volume : project->volume;
    if (volume == NULL)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s holds no volume", file);
    return volume != NULL ? lac_volume_ref(volume) : NULL;
}

/**
 * lac_cli_write_model:
 * @atoms: what was found
 * @output: where to; a .lacuna project or a file of atoms
 * @from: (array zero-terminated=1): files that went into it, unknown ones left out; a project takes
 *   over what the first project among them holds
 * @verb: what made @atoms
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * In a project @atoms become the automatic model, with no edits.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_cli_write_model(LacAtoms *atoms, const char *output, const char *const *from, const char *verb,
    LacProgress *progress, GError **error)
{
    if (!g_str_has_suffix(output, ".lacuna"))
        return lac_write_atoms(atoms, output, error);
    g_autoptr(LacProject) project = NULL;
    for (; *from != NULL && project == NULL; from++)
        if (lac_project_is_project(*from)) {
            project = lac_project_load(*from, progress, error);
            if (project == NULL)
                return FALSE;
        }
    if (project == NULL)
        project = lac_project_new();
    g_autofree char *digests = lac_project_dup_digests(project);
    lac_journal_free(project->journal);
    project->journal = lac_journal_new(atoms);
    g_clear_pointer(&project->analyses, lac_report_unref); // of other atoms
    lac_project_add_provenance(project, verb, "", digests);
    return lac_project_save(project, output, progress, error);
}

/**
 * lac_cli_input_clear:
 * @self: what the options say; its strings are freed
 */
void
lac_cli_input_clear(LacCliInput *self)
{
    g_clear_pointer(&self->raw_shape, g_free);
    g_clear_pointer(&self->raw_type, g_free);
    g_clear_pointer(&self->mrc_bytes, g_free);
}
