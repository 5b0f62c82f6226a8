// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 files: any dataset of numbers by its path, and the EMD files of NCEM and tomviz.
#include "core/io/emd.h"
#include "core/io/h5-atoms.h"

#include <math.h>
#include <string.h>

#define SPACING_NAMES                                            \
    {                                                            \
        "voxel_size", "pixel_size", "spacing", "element_size_um" \
    }

#define MODEL "/atoms/model" // in a project

static const char *const suffixes[] = { "h5", "hdf5", "emd", "hdf", NULL };
static const guint8 signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };

static gboolean
h5_sniff(const char *path, const guint8 *head, gsize n_head)
{
    (void) path;
    for (gsize base = 0; base + sizeof signature <= n_head; base = base == 0 ? 512 : base * 2)
        if (memcmp(head + base, signature, sizeof signature) == 0)
            return TRUE;
    return FALSE;
}

// Thermo Fisher Velox shares the suffix .emd and nothing else.
static gboolean
refuse_velox(LacH5 *file, const char *path, GError **error)
{
    if (!lac_h5_exists(file, "/Version") || !lac_h5_exists(file, "/Data/Image"))
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
        "it is a Velox EMD file, and reading those comes later; export it as MRC or TIFF");
    return FALSE;
}

// [Å] per sample along each stored dimension, from the attributes that programs use for it.
static gboolean
read_spacing_of(LacH5 *file, const char *owner, guint n_dims, double spacing[3])
{
    const char *const names[] = SPACING_NAMES;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize n = 0;
        g_autofree double *values = lac_h5_dup_numbers(file, owner, names[i], &n);
        if (values == NULL || (n != 1 && n != n_dims))
            continue;
        g_autofree char *units = lac_h5_dup_string(file, owner, "units");
        double scale = 1.0;
        if (g_str_has_suffix(names[i], "_um"))
            scale = 1e4;
        else if (units != NULL)
            scale = lac_emd_parse_length(units);
        for (guint d = 0; d < 3 && d < n_dims; d++) {
            double value = values[n == 1 ? 0 : n - 1 - d] * scale;
            spacing[d] = value > 0.0 && value < 1e9 ? value : 0.0;
        }
        return TRUE;
    }
    return FALSE;
}

// A project has the calibration of a stack at its group.
static void
read_spacing(LacH5 *file, const LacH5Node *node, double spacing[3])
{
    g_autofree char *folder = g_path_get_dirname(node->path);
    if (!read_spacing_of(file, node->path, node->n_dims, spacing) && node->n_dims == 3)
        read_spacing_of(file, folder, node->n_dims, spacing);
}

/**
 * lac_emd_read_origin:
 * @file: an HDF5 file
 * @owner: path of a dataset or group
 * @origin: (inout) (array fixed-size=3): [Å] position of the centre voxel; untouched without one
 *
 * Reads the attributes origin_x, origin_y and origin_z, which a project has at its groups.
 *
 * Returns: whether they are there and make sense
 */
gboolean
lac_emd_read_origin(LacH5 *file, const char *owner, double origin[3])
{
    static const char *const names[] = { "origin_x", "origin_y", "origin_z" };
    double values[3];
    for (guint i = 0; i < 3; i++)
        if (!lac_h5_get_number(file, owner, names[i], &values[i]) || !(fabs(values[i]) < 1e9))
            return FALSE;
    memcpy(origin, values, sizeof values);
    return TRUE;
}

/**
 * lac_emd_write_origin:
 * @file: an HDF5 file
 * @owner: path of a dataset
 * @array: its values; without a position about 0 nothing is written
 * @error: return location for a #GError
 *
 * Writes what lac_emd_read_origin() reads.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_emd_write_origin(LacH5 *file, const char *owner, const LacArray *array, GError **error)
{
    const double *origin = array->origin;
    return (origin[0] == 0.0 && origin[1] == 0.0 && origin[2] == 0.0) ||
        (lac_h5_set_number(file, owner, "origin_x", origin[0], error) &&
            lac_h5_set_number(file, owner, "origin_y", origin[1], error) &&
            lac_h5_set_number(file, owner, "origin_z", origin[2], error));
}

static void
read_origin(LacH5 *file, const LacH5Node *node, double origin[3])
{
    g_autofree char *folder = g_path_get_dirname(node->path);
    if (node->n_dims == 3 && !lac_emd_read_origin(file, node->path, origin))
        lac_emd_read_origin(file, folder, origin);
}

// A table "angles" beside a stack of as many planes.
static char *
find_angles(LacH5 *file, const LacH5Node *node)
{
    g_autofree char *folder = g_path_get_dirname(node->path);
    g_autofree char *path = g_strconcat(g_str_equal(folder, "/") ? "" : folder, "/angles", NULL);
    g_autoptr(LacH5Node) angles = lac_h5_get_node(file, path, NULL);
    if (angles == NULL || angles->kind != LAC_H5_NUMBERS || node->n_dims != 3 ||
        angles->n_dims < 1 || angles->n_dims > 2 || angles->shape[0] != node->shape[0])
        return NULL;
    gsize columns = angles->n_dims == 1 ? 1 : angles->shape[1];
    return columns == 1 || columns == 3 ? g_steal_pointer(&path) : NULL;
}

static gboolean
read_angles(LacH5 *file, const char *path, LacArray *array, GError **error)
{
    gsize n;
    g_autofree double *values = lac_h5_read_doubles(file, path, &n, error);
    if (values == NULL)
        return FALSE;
    lac_emd_set_angles(array, values, n);
    return TRUE;
}

static void
describe_plain(LacH5 *file, const LacH5Node *node, LacFileInfo *info)
{
    gboolean usable = node->kind == LAC_H5_NUMBERS && node->n_dims >= 1 && node->n_dims <= 4;
    gboolean empty = usable && lac_h5_node_get_size(node) == 0;
    LacFileItem *item =
        lac_file_info_add(info, usable && !empty ? LAC_ITEM_ARRAY : LAC_ITEM_OTHER, node->path);
    g_free(item->type);
    item->type = g_strdup(node->type);
    if (empty)
        item->note = g_strdup("It has no values");
    else if (!usable && node->kind == LAC_H5_NUMBERS)
        item->note = g_strdup_printf("An array of %u dimensions", node->n_dims);
    if (item->kind != LAC_ITEM_ARRAY)
        return;
    item->n_dims = node->n_dims;
    memcpy(item->shape, node->shape, node->n_dims * sizeof *item->shape);
    read_spacing(file, node, item->spacing);
    g_autofree char *angles = find_angles(file, node);
    if (angles != NULL)
        item->note = g_strdup_printf("Angles from %s", angles);
}

static void
describe_emd(const LacEmd *emd, LacFileInfo *info)
{
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, emd->data);
    g_free(item->type);
    item->type = g_strdup(emd->type);
    item->n_dims = emd->n_dims;
    memcpy(item->shape, emd->shape, sizeof emd->shape);
    memcpy(item->spacing, emd->spacing, sizeof emd->spacing);
    item->note = g_strdup(emd->note);
}

static gboolean
belongs_to_emd(const GPtrArray *groups, const char *path)
{
    for (guint i = 0; i < groups->len; i++) {
        const LacEmd *emd = groups->pdata[i];
        gsize n = strlen(emd->group);
        if (g_str_has_prefix(path, emd->group) && path[n] == '/')
            return TRUE;
    }
    return FALSE;
}

// Groups of atoms, of which some may lie in a project.
static GPtrArray *
find_atoms(LacH5 *file, const GPtrArray *nodes)
{
    gsize n;
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < nodes->len; i++) {
        const LacH5Node *node = nodes->pdata[i];
        if (node->kind == LAC_H5_GROUP && lac_h5_has_atoms(file, node->path, &n))
            g_ptr_array_add(paths, g_strdup(node->path));
    }
    return paths;
}

static gboolean
belongs_to_atoms(const GPtrArray *groups, const char *path)
{
    for (guint i = 0; i < groups->len; i++) {
        gsize n = strlen(groups->pdata[i]);
        if (g_str_has_prefix(path, groups->pdata[i]) && path[n] == '/')
            return TRUE;
    }
    return FALSE;
}

static void
describe_atoms(LacH5 *file, const GPtrArray *groups, LacFileInfo *info)
{
    for (guint i = 0; i < groups->len; i++) {
        LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ATOMS, groups->pdata[i]);
        lac_h5_has_atoms(file, groups->pdata[i], &item->n_atoms);
        g_free(item->type);
        item->type = g_strdup("float64");
    }
}

static gboolean
h5_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_autoptr(LacH5) file = lac_h5_open(path, error);
    if (file == NULL || !refuse_velox(file, path, error))
        return FALSE;
    g_autoptr(GPtrArray) nodes = lac_h5_list(file, error);
    if (nodes == NULL)
        return FALSE;
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify) lac_emd_free);
    for (guint i = 0; i < nodes->len; i++) {
        const LacH5Node *node = nodes->pdata[i];
        LacEmd *emd = node->kind == LAC_H5_GROUP ? lac_emd_new(file, node->path) : NULL;
        if (emd != NULL) {
            describe_emd(emd, info);
            g_ptr_array_add(groups, emd);
        }
    }
    g_autoptr(GPtrArray) atoms = find_atoms(file, nodes);
    describe_atoms(file, atoms, info);
    g_autofree char *version = lac_h5_dup_string(file, "/", "lacuna_version");
    if (groups->len > 0 || version != NULL) {
        g_free(info->format_name);
        info->format_name = g_strdup(version != NULL ? "Lacuna project" : "EMD (NCEM)");
    }
    for (guint i = 0; i < nodes->len; i++) {
        const LacH5Node *node = nodes->pdata[i];
        if (node->kind != LAC_H5_GROUP && !belongs_to_emd(groups, node->path) &&
            !belongs_to_atoms(atoms, node->path) &&
            !(node->kind == LAC_H5_NUMBERS && node->n_dims == 0) &&
            !(node->kind == LAC_H5_TEXT && version != NULL))
            describe_plain(file, node, info);
    }
    return TRUE;
}

static LacArray *
read_plain(LacH5 *file, const LacH5Node *node, LacProgress *progress, GError **error)
{
    if (node->n_dims < 1 || node->n_dims > 4) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, lac_h5_get_path(file),
            "%s has %u dimensions; arrays of one to four are read", node->path, node->n_dims);
        return NULL;
    }
    if (lac_h5_node_get_size(node) == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, lac_h5_get_path(file), "%s has no values",
            node->path);
        return NULL;
    }
    g_autoptr(LacBuffer) buffer =
        lac_h5_read_floats(file, node->path, (LacH5Span){ .progress = progress, .to = 1.0 }, error);
    if (buffer == NULL)
        return NULL;
    g_autoptr(LacArray) array = lac_array_new_from_buffer(buffer, node->n_dims, node->shape);
    read_spacing(file, node, array->spacing);
    read_origin(file, node, array->origin);
    g_autofree char *angles = find_angles(file, node);
    if (angles != NULL && !read_angles(file, angles, array, error))
        return NULL;
    return g_steal_pointer(&array);
}

static LacArray *
h5_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) params;
    g_autoptr(LacH5) file = lac_h5_open(path, error);
    if (file == NULL || !refuse_velox(file, path, error))
        return NULL;
    if (item == NULL || item[0] == '\0') {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path,
            "name the dataset to be read, as in \"file.h5:/data\"");
        return NULL;
    }
    g_autofree char *full = g_strconcat(item[0] == '/' ? "" : "/", item, NULL);
    g_autoptr(LacH5Node) node = lac_h5_get_node(file, full, error);
    if (node == NULL)
        return NULL;
    g_autofree char *parent = g_path_get_dirname(full);
    gboolean is_data = node->kind == LAC_H5_NUMBERS && g_str_has_suffix(full, "/data");
    g_autoptr(LacEmd) emd = NULL;
    if (node->kind == LAC_H5_GROUP)
        emd = lac_emd_new(file, full);
    else if (is_data)
        emd = lac_emd_new(file, parent);
    return emd != NULL ? lac_emd_read(emd, file, progress, error)
                       : read_plain(file, node, progress, error);
}

static gboolean
write_plain(LacH5 *file, const LacArray *array, LacProgress *progress, GError **error)
{
    LacH5Array data = { .type = LAC_VALUE_FLOAT32,
        .n_dims = array->n_dims,
        .data = array->buffer->data };
    memcpy(data.shape, array->shape, sizeof data.shape);
    if (!lac_h5_write_array(file, "/data", &data, (LacH5Span){ progress, 0.0, 1.0 }, error))
        return FALSE;
    if (array->spacing[0] > 0.0 &&
        (!lac_h5_set_number(file, "/data", "voxel_size", array->spacing[0], error) ||
            !lac_h5_set_string(file, "/data", "units", "Å", error)))
        return FALSE;
    if (!lac_emd_write_origin(file, "/data", array, error))
        return FALSE;
    if (array->angles == NULL || array->n_dims != 3 || array->n_angles != array->shape[0])
        return TRUE;
    LacH5Array angles = { .type = LAC_VALUE_FLOAT64,
        .n_dims = 2,
        .shape = { array->n_angles, 3 },
        .data = array->angles };
    return lac_h5_write_array(file, "/angles", &angles, (LacH5Span){ 0 }, error) &&
        lac_h5_set_string(file, "/angles", "columns", "phi,theta,psi", error) &&
        lac_h5_set_string(file, "/angles", "units", "deg", error);
}

static gboolean
h5_write(const LacArray *array, const char *path, LacProgress *progress, GError **error)
{
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_COMPATIBLE, error);
    if (file == NULL)
        return FALSE;
    g_autofree char *suffix = lac_io_dup_suffix(path);
    gboolean written = g_str_equal(suffix, "emd") ? lac_emd_write(file, array, progress, error)
                                                  : write_plain(file, array, progress, error);
    return written && lac_h5_close(file, error);
}

// Of a project, the model; else the only group of atoms.
static LacAtoms *
h5_read_atoms(const char *path, const char *item, LacProgress *progress, GError **error)
{
    g_autoptr(LacH5) file = lac_h5_open(path, error);
    g_autoptr(GPtrArray) nodes = file != NULL ? lac_h5_list(file, error) : NULL;
    if (nodes == NULL || !lac_progress_update(progress, 0.0, error))
        return NULL;
    g_autoptr(GPtrArray) groups = find_atoms(file, nodes);
    g_autofree char *wanted = item == NULL || item[0] == '\0'
        ? g_strdup(groups->len == 1 ? groups->pdata[0] : MODEL)
        : g_strconcat(item[0] == '/' ? "" : "/", item, NULL);
    if (g_ptr_array_find_with_equal_func(groups, wanted, g_str_equal, NULL))
        return lac_h5_read_atoms(file, wanted, error);
    lac_io_set_error(error, LAC_ERROR_ARGUMENT, path, "%s holds no atoms%s",
        item != NULL && item[0] != '\0' ? wanted : "it",
        groups->len > 0 ? "; name a group that does, as in \"file.h5:/atoms/truth\"" : "");
    return NULL;
}

static gboolean
h5_write_atoms(const LacAtoms *atoms, const char *path, GError **error)
{
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_COMPATIBLE, error);
    return file != NULL && lac_h5_write_atoms(file, "/atoms", atoms, error) &&
        lac_h5_close(file, error);
}

const LacFormat lac_format_hdf5 = {
    .id = "hdf5",
    .name = "HDF5",
    .suffixes = suffixes,
    .sniff = h5_sniff,
    .info = h5_info,
    .read_array = h5_read,
    .write_array = h5_write,
    .read_atoms = h5_read_atoms,
    .write_atoms = h5_write_atoms,
    .keeps_origin = TRUE,
};
