// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/io.h"

#include "core/io/bytes.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD_SIZE 4096

// Asked in this order: those whose first bytes leave no doubt come first.
static const LacFormat *const formats[] = {
    &lac_format_mat,
    &lac_format_hdf5,
    &lac_format_tiff,
    &lac_format_png,
    &lac_format_npy,
    &lac_format_dm,
    &lac_format_mrc,
    &lac_format_folder,
    &lac_format_xyz,
    &lac_format_table,
    &lac_format_raw,
};

// A file argument taken apart.
typedef struct {
    char *path;
    char *item; // (nullable)
    const LacFormat *format;
} Source;

static void
source_clear(Source *self)
{
    g_free(self->path);
    g_free(self->item);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Source, source_clear)

/**
 * lac_formats:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): every format, in the order in which a file is tried
 */
const LacFormat *const *
lac_formats(gsize *n)
{
    *n = G_N_ELEMENTS(formats);
    return formats;
}

static gboolean
has_suffix(const LacFormat *format, const char *suffix)
{
    return format->suffixes != NULL && g_strv_contains(format->suffixes, suffix);
}

static char *
list_formats(void)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", formats[i]->name);
    return g_string_free(text, FALSE);
}

// A folder has no head; raw files are known by the shape that the caller gives.
static const LacFormat *
find_format(const char *path, const LacReadParams *params, GError **error)
{
    guint8 head[HEAD_SIZE] = { 0 };
    gsize n_head = 0;
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_autoptr(LacInput) input = lac_input_open(path, error);
        if (input == NULL)
            return NULL;
        if (params != NULL && params->raw_shape[0] > 0)
            return &lac_format_raw;
        if (input->size == 0) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is empty");
            return NULL;
        }
        n_head = (gsize) MIN(input->size, HEAD_SIZE);
        if (!lac_input_read(input, 0, head, n_head, error))
            return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i]->sniff != NULL && formats[i]->sniff(path, head, n_head))
            return formats[i];
    g_autofree char *suffix = lac_io_dup_suffix(path);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (n_head > 0 && has_suffix(formats[i], suffix))
            return formats[i];
    g_autofree char *names = list_formats();
    lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path, "it is in none of the known formats (%s)",
        names);
    return NULL;
}

// "name:item" unless there is a file of that whole name; the longest existing path wins.
static void
split_argument(const char *file, char **path, char **item)
{
    for (gsize n = strlen(file); n > 0; n--) {
        if (file[n] != ':' && file[n] != '\0')
            continue;
        g_autofree char *candidate = g_strndup(file, n);
        if (g_file_test(candidate, G_FILE_TEST_EXISTS)) {
            *item = file[n] == ':' ? g_strdup(file + n + 1) : NULL;
            *path = g_steal_pointer(&candidate);
            return;
        }
    }
    *path = g_strdup(file);
    *item = NULL;
}

static gboolean
source_open(Source *self, const char *file, const LacReadParams *params, GError **error)
{
    split_argument(file, &self->path, &self->item);
    self->format = find_format(self->path, params, error);
    return self->format != NULL;
}

// Adds the file's name to a message, from array.c or a library, that lacks it.
static void
propagate_named(GError **error, GError *failure, const char *path)
{
    g_autofree char *name = g_filename_display_basename(path);
    if (failure->domain == LAC_ERROR && strstr(failure->message, name) == NULL)
        g_prefix_error(&failure, "%s: ", name);
    g_propagate_error(error, failure);
}

/**
 * lac_file_item_free:
 * @data: (transfer full): a #LacFileItem
 */
void
lac_file_item_free(gpointer data)
{
    LacFileItem *item = data;
    g_free(item->name);
    g_free(item->type);
    g_free(item->note);
    g_free(item);
}

/**
 * lac_file_info_add:
 * @info: what a format's info function fills
 * @kind: what the item is
 * @name: variable or path; "" when the file holds one thing
 *
 * Returns: (transfer none): a new last item; its strings belong to it and are freed with it
 */
LacFileItem *
lac_file_info_add(LacFileInfo *info, LacItemKind kind, const char *name)
{
    LacFileItem *item = g_new0(LacFileItem, 1);
    item->kind = kind;
    item->name = g_strdup(name);
    item->type = g_strdup("");
    g_ptr_array_add(info->items, item);
    return item;
}

static LacFileInfo *
source_get_info(const Source *source, const LacReadParams *params, GError **error)
{
    struct stat status;
    g_autoptr(LacFileInfo) info = g_new0(LacFileInfo, 1);
    info->path = g_strdup(source->path);
    info->format_name = g_strdup(source->format->name);
    info->items = g_ptr_array_new_with_free_func(lac_file_item_free);
    if (stat(source->path, &status) == 0 && S_ISREG(status.st_mode))
        info->file_size = (guint64) status.st_size;
    const LacReadParams defaults = { 0 };
    GError *failure = NULL;
    if (source->format->info(source->path, params != NULL ? params : &defaults, info, &failure))
        return g_steal_pointer(&info);
    propagate_named(error, failure, source->path);
    return NULL;
}

/**
 * lac_file_info_read:
 * @file: a file or folder; "file:item" lists that item alone
 * @params: (nullable): what the file itself does not say
 * @error: return location for a #GError
 *
 * Finds out what is inside a file from its headers, without reading the values.
 *
 * Returns: (transfer full): the contents, or %NULL with @error set
 */
LacFileInfo *
lac_file_info_read(const char *file, const LacReadParams *params, GError **error)
{
    g_auto(Source) source = { 0 };
    if (!source_open(&source, file, params, error))
        return NULL;
    g_autoptr(LacFileInfo) info = source_get_info(&source, params, error);
    if (info == NULL || source.item == NULL)
        return g_steal_pointer(&info);
    for (guint i = info->items->len; i > 0; i--) {
        const LacFileItem *item = g_ptr_array_index(info->items, i - 1);
        if (!g_str_equal(item->name, source.item))
            g_ptr_array_remove_index(info->items, i - 1);
    }
    if (info->items->len == 0) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, source.path, "there is no \"%s\" in it",
            source.item);
        return NULL;
    }
    return g_steal_pointer(&info);
}

/**
 * lac_file_info_free:
 * @info: (nullable) (transfer full): contents of a file
 */
void
lac_file_info_free(LacFileInfo *info)
{
    if (info == NULL)
        return;
    g_free(info->path);
    g_free(info->format_name);
    g_ptr_array_unref(info->items);
    g_free(info);
}

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

static void
append_item(GString *text, const LacFileItem *item)
{
    g_string_append_printf(text, "%s%s (", text->len > 0 ? ", " : "", item->name);
    for (guint i = 0; i < item->n_dims; i++)
        g_string_append_printf(text, "%s%" G_GSIZE_FORMAT, i > 0 ? " x " : "", item->shape[i]);
    g_string_append_c(text, ')');
}

static gboolean
item_is_angles(const LacFileItem *item)
{
    if (item->kind == LAC_ITEM_ANGLES)
        return TRUE;
    if (item->kind != LAC_ITEM_ARRAY)
        return FALSE;
    if (item->n_dims == 1)
        return TRUE;
    return item->n_dims == 2 &&
        (item->shape[0] == 1 || item->shape[0] == 3 || item->shape[1] == 1 || item->shape[1] == 3);
}

static gboolean
item_is_stack(const LacFileItem *item)
{
    return item->kind == LAC_ITEM_ARRAY && item->n_dims == 3;
}

static const char *
describe_kind(const LacFileItem *item)
{
    switch (item->kind) {
    case LAC_ITEM_ATOMS: return "atoms";
    case LAC_ITEM_ANGLES: return "angles";
    case LAC_ITEM_OTHER: return item->note != NULL ? item->note : "something else";
    case LAC_ITEM_ARRAY:
    default: return "an array";
    }
}

// Chooses what to read when a file holds several arrays and none is named: the only one that
// @fits. Gives NULL without an error when the file holds a single array.
static gboolean
choose_item(const Source *source, const LacReadParams *params,
    gboolean (*fits)(const LacFileItem *item), char **name, GError **error)
{
    g_autoptr(LacFileInfo) info = source_get_info(source, params, error);
    if (info == NULL)
        return FALSE;
    guint n_arrays = 0, n_fitting = 0;
    const char *instead = NULL;
    const LacFileItem *only = NULL, *fitting = NULL;
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < info->items->len; i++) {
        const LacFileItem *item = g_ptr_array_index(info->items, i);
        if (item->kind == LAC_ITEM_ATOMS || item->kind == LAC_ITEM_OTHER ||
            (item->kind == LAC_ITEM_ANGLES && fits == item_is_stack)) {
            instead = describe_kind(item);
            continue;
        }
        append_item(list, item);
        only = item;
        n_arrays++;
        if (fits(item)) {
            fitting = item;
            n_fitting++;
        }
    }
    if (n_fitting == 1 || n_arrays == 1) {
        const char *chosen = n_fitting == 1 ? fitting->name : only->name;
        *name = chosen[0] != '\0' ? g_strdup(chosen) : NULL;
        return TRUE;
    }
    if (n_arrays == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, source->path,
            "there is no array of numbers in it%s%s", instead != NULL ? " but " : "",
            instead != NULL ? instead : "");
        return FALSE;
    }
    lac_io_set_error(error, LAC_ERROR_ARGUMENT, source->path,
        "it holds several arrays, so name one as \"file:name\": %s", list->str);
    return FALSE;
}

static LacArray *
source_read_array(const Source *source, const LacReadParams *params,
    gboolean (*fits)(const LacFileItem *item), LacProgress *progress, GError **error)
{
    const LacReadParams defaults = { 0 };
    params = params != NULL ? params : &defaults;
    if (source->format->read_array == NULL) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, source->path,
            "no array is read from the format %s", source->format->name);
        return NULL;
    }
    g_autofree char *item = g_strdup(source->item);
    if (item == NULL && !choose_item(source, params, fits, &item, error))
        return NULL;
    GError *failure = NULL;
    g_autoptr(LacArray) array =
        source->format->read_array(source->path, item, params, progress, &failure);
    if (array == NULL) {
        propagate_named(error, failure, source->path);
        return NULL;
    }
    for (guint i = 0; i < 3 && params->spacing > 0.0; i++)
        array->spacing[i] = params->spacing;
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
    g_auto(Source) source = { 0 };
    if (!source_open(&source, file, params, error))
        return NULL;
    return source_read_array(&source, params, item_is_stack, progress, error);
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
    return lac_volume_new_from_buffer(array->buffer, shape[0], shape[1], shape[2], spacing[0],
        error);
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
    g_auto(Source) source = { 0 };
    if (!source_open(&source, file, NULL, error))
        return NULL;
    if (source.format->read_atoms == NULL) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, source.path,
            "no atoms are read from the format %s", source.format->name);
        return NULL;
    }
    GError *failure = NULL;
    LacAtoms *atoms = source.format->read_atoms(source.path, source.item, progress, &failure);
    if (atoms == NULL)
        propagate_named(error, failure, source.path);
    return atoms;
}

// n x 1, 1 x n, n x 3 or 3 x n. Of 3 x 3 each row is a projection, except where the first index
// of the file's author is the fastest here.
static LacAngles *
angles_from_array(const LacArray *array, const Source *source, gsize *n, GError **error)
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
    g_auto(Source) source = { 0 };
    if (!source_open(&source, file, NULL, error))
        return NULL;
    g_autoptr(LacArray) array = source_read_array(&source, NULL, item_is_angles, NULL, error);
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
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!can_write(formats[i]))
            continue;
        if (has_suffix(formats[i], suffix))
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
