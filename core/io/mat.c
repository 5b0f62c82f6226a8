// SPDX-License-Identifier: GPL-3.0-or-later
// MATLAB files. MATLAB's first index is the fastest here: an array of size (A, B, C) has the shape
// (C, B, A). Files of version 7.3 are HDF5 and show the shape in that order already.
#include "core/io/atom-tables.h"
#include "core/io/emd.h"
#include "core/io/mat5.h"

#include <matio.h>
#include <string.h>

#define VOXEL_SIZE "voxel_size" // a scalar [Å] that this program writes beside an array
#define ANGLES     "angles"     // n x 3 (phi, theta, psi) beside projections

static const char *const suffixes[] = { "mat", NULL };

static gboolean
has_signature_4(const guint8 *head, gsize n_head)
{
    if (n_head < 20)
        return FALSE;
    for (int order = 0; order < 2; order++) {
        guint32 type = lac_get_uint32(head, order == 1);
        guint32 n_name = lac_get_uint32(head + 16, order == 1);
        if (type <= 1052 && type / 1000 == (guint32) order && type / 100 % 10 == 0 &&
            type / 10 % 10 <= 5 && type % 10 <= 2 && n_name >= 2 && n_name <= 256)
            return TRUE;
    }
    return FALSE;
}

static gboolean
mat_sniff(const char *path, const guint8 *head, gsize n_head)
{
    if (n_head >= 6 && memcmp(head, "MATLAB", 6) == 0)
        return TRUE;
    g_autofree char *suffix = lac_io_dup_suffix(path);
    return g_str_equal(suffix, "mat") && has_signature_4(head, n_head);
}

static gboolean
is_version_73(LacInput *input)
{
    static const guint8 signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };
    guint8 head[8];
    for (guint64 base = 0; base <= 2048; base = base == 0 ? 512 : base * 2)
        if (lac_input_holds(input, base, sizeof head, 1) &&
            lac_input_read(input, base, head, sizeof head, NULL) &&
            memcmp(head, signature, sizeof head) == 0)
            return TRUE;
    return FALSE;
}

// Leading extents of 1 beyond what an array here can have carry nothing.
static gboolean
shorten(const gsize *shape, guint *n_dims, const gsize **first)
{
    *first = shape;
    while (*n_dims > 2 && **first == 1) {
        (*first)++;
        (*n_dims)--;
    }
    return *n_dims <= 4;
}

static void
describe(LacFileInfo *info, const char *name, const char *type, gboolean numeric,
    const char *class_name, const gsize *shape, guint n_dims)
{
    const gsize *first = shape;
    gboolean readable = numeric && shorten(shape, &n_dims, &first);
    gsize n = 1;
    for (guint i = 0; readable && i < n_dims; i++)
        n = first[i] != 0 && n > G_MAXSIZE / first[i] ? G_MAXSIZE : n * first[i];
    LacFileItem *item =
        lac_file_info_add(info, readable && n > 1 ? LAC_ITEM_ARRAY : LAC_ITEM_OTHER, name);
    g_free(item->type);
    item->type = g_strdup(type);
    if (item->kind == LAC_ITEM_ARRAY) {
        item->n_dims = n_dims;
        memcpy(item->shape, first, n_dims * sizeof *first);
    }
    else if (readable) {
        item->note = g_strdup(n == 0 ? "It has no values" : "A single number");
    }
    else if (numeric) {
        item->note = g_strdup_printf("An array of %u dimensions", n_dims);
    }
    else if (class_name != NULL) {
        item->note = g_strdup_printf("An instance of the MATLAB class %s, which only MATLAB can "
                                     "open; save its arrays as plain variables",
            class_name);
    }
    else {
        item->note = g_strdup_printf("%s, not an array of real numbers", type);
    }
}

static gboolean
info_old(LacInput *input, const char *path, LacFileInfo *info, GError **error)
{
    g_autoptr(GPtrArray) variables = lac_mat_list(input, path, error);
    if (variables == NULL)
        return FALSE;
    for (guint i = 0; i < variables->len; i++) {
        const LacMatVariable *variable = variables->pdata[i];
        describe(info, variable->name, variable->what, variable->numeric, variable->class_name,
            variable->shape, variable->n_dims);
    }
    return TRUE;
}

// What MATLAB says of a variable in an HDF5 file.
typedef struct {
    char *class_name;
    gboolean numeric, opaque;
    const char *what;
} Class73;

static void
clear_class(Class73 *self)
{
    g_free(self->class_name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Class73, clear_class)

static void
get_class(Class73 *self, LacH5 *file, const LacH5Node *node)
{
    static const char *const numbers[] = { "double", "single", "int8", "uint8", "int16", "uint16",
        "int32", "uint32", "int64", "uint64", "logical", NULL };
    double decode = 0.0, empty = 0.0;
    self->class_name = lac_h5_dup_string(file, node->path, "MATLAB_class");
    if (self->class_name == NULL)
        self->class_name = g_strdup(node->kind == LAC_H5_NUMBERS ? node->type : "nothing known");
    gboolean known =
        g_strv_contains(numbers, self->class_name) || g_str_equal(self->class_name, node->type);
    self->what = self->class_name;
    if (lac_h5_get_number(file, node->path, "MATLAB_empty", &empty) && empty != 0.0)
        self->what = "empty array";
    else if (lac_h5_get_number(file, node->path, "MATLAB_object_decode", &decode) && decode == 3.0)
        self->opaque = TRUE;
    else if (node->kind == LAC_H5_GROUP && known)
        self->what = "sparse matrix";
    else if (node->kind == LAC_H5_OTHER && known)
        self->what = "complex numbers";
    else
        self->numeric = known && node->kind == LAC_H5_NUMBERS;
    if (self->opaque)
        self->what = "class instance";
}

static gboolean
info_73(const char *path, LacFileInfo *info, GError **error)
{
    g_free(info->format_name);
    info->format_name = g_strdup("MATLAB v7.3");
    g_autoptr(LacH5) file = lac_h5_open(path, error);
    g_autoptr(GPtrArray) nodes = file != NULL ? lac_h5_list(file, error) : NULL;
    if (nodes == NULL)
        return FALSE;
    for (guint i = 0; i < nodes->len; i++) {
        const LacH5Node *node = nodes->pdata[i];
        const char *name = node->path + 1;
        if (strchr(name, '/') != NULL || name[0] == '#')
            continue;
        g_auto(Class73) class = { 0 };
        get_class(&class, file, node);
        describe(info, name, class.what, class.numeric, class.opaque ? class.class_name : NULL,
            node->shape, node->n_dims);
    }
    return TRUE;
}

static gboolean
mat_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL)
        return FALSE;
    if (is_version_73(input))
        return info_73(path, info, error);
    return info_old(input, path, info, error);
}

static void
refuse(const char *path, const char *name, const char *what, const char *class_name, GError **error)
{
    if (class_name != NULL)
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "%s is an instance of the MATLAB class %s, which only MATLAB can open; save its arrays "
            "as plain variables",
            name, class_name);
    else
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "%s is not an array of real numbers but %s", name, what);
}

static gboolean
check_shape(const char *path, const char *name, const gsize *shape, guint *n_dims,
    const gsize **first, GError **error)
{
    gboolean empty = FALSE;
    for (guint i = 0; i < *n_dims; i++)
        empty = empty || shape[i] == 0;
    if (!empty && shorten(shape, n_dims, first))
        return TRUE;
    if (empty)
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "%s has no values", name);
    else
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "%s has %u dimensions; arrays of up to four are read", name, *n_dims);
    return FALSE;
}

static gboolean
is_angle_table(const LacArray *array)
{
    return array->n_dims == 2 &&
        (array->shape[0] == 1 || array->shape[0] == 3 || array->shape[1] == 1 ||
            array->shape[1] == 3);
}

// Gives a small table its values as angles too, in double precision. MATLAB's n x 3 comes as three
// runs of n, 3 x n as n runs of 3; of 3 x 3 each row of MATLAB is a projection.
static void
set_table_angles(LacArray *array, const double *values)
{
    gsize slow = array->shape[0], fast = array->shape[1];
    gboolean by_rows = slow == 1 || slow == 3;
    gsize columns = by_rows ? slow : fast, n = by_rows ? fast : slow;
    array->n_angles = n;
    array->angles = g_new0(LacAngles, n);
    for (gsize k = 0; k < n; k++) {
        double row[3] = { 0.0 };
        for (gsize c = 0; c < columns; c++)
            row[c] = by_rows ? values[c * fast + k] : values[k * fast + c];
        array->angles[k] = columns == 1
            ? (LacAngles){ .theta = row[0] }
            : (LacAngles){ .phi = row[0], .theta = row[1], .psi = row[2] };
    }
}

static const LacMatVariable *
find_variable(const GPtrArray *variables, const char *name)
{
    for (guint i = 0; i < variables->len; i++) {
        const LacMatVariable *variable = variables->pdata[i];
        if (g_str_equal(variable->name, name))
            return variable;
    }
    return NULL;
}

static gboolean
read_companions(LacArray *array, LacInput *input, const char *path, const GPtrArray *variables,
    GError **error)
{
    const LacMatVariable *size = find_variable(variables, VOXEL_SIZE);
    double spacing = 0.0;
    if (array->n_dims == 3 && size != NULL && size->numeric && size->n == 1) {
        if (!lac_mat_read_doubles(input, path, size, &spacing, error))
            return FALSE;
        for (guint i = 0; i < 3; i++)
            array->spacing[i] = spacing > 0.0 && spacing < 1e9 ? spacing : 0.0;
    }
    const LacMatVariable *angles = find_variable(variables, ANGLES);
    if (array->n_dims != 3 || angles == NULL || !angles->numeric || angles->n_dims != 2 ||
        angles->shape[0] != 3 || angles->shape[1] != array->shape[0])
        return TRUE;
    g_autofree double *values = g_new(double, angles->n);
    if (!lac_mat_read_doubles(input, path, angles, values, error))
        return FALSE;
    const gsize shape[2] = { 3, array->shape[0] };
    LacArray table = { .n_dims = 2, .shape = { shape[0], shape[1] } };
    set_table_angles(&table, values);
    array->angles = table.angles;
    array->n_angles = table.n_angles;
    return TRUE;
}

static LacArray *
read_old(LacInput *input, const char *path, const char *name, LacProgress *progress, GError **error)
{
    g_autoptr(GPtrArray) variables = lac_mat_list(input, path, error);
    if (variables == NULL)
        return NULL;
    const LacMatVariable *variable = find_variable(variables, name);
    if (variable == NULL) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path, "there is no variable %s in it", name);
        return NULL;
    }
    if (!variable->numeric) {
        refuse(path, name, variable->what, variable->class_name, error);
        return NULL;
    }
    guint n_dims = variable->n_dims;
    const gsize *shape;
    if (!check_shape(path, name, variable->shape, &n_dims, &shape, error) ||
        !lac_mat_check(input, path, variable, error))
        return NULL;
    g_autoptr(LacArray) array = lac_array_new(n_dims, shape, error);
    if (array == NULL ||
        !lac_mat_read_floats(input, path, variable, array->buffer->data, progress, error))
        return NULL;
    array->first_fastest = TRUE;
    if (is_angle_table(array)) {
        g_autofree double *values = g_new(double, variable->n);
        if (!lac_mat_read_doubles(input, path, variable, values, error))
            return NULL;
        set_table_angles(array, values);
    }
    return read_companions(array, input, path, variables, error) ? g_steal_pointer(&array) : NULL;
}

static LacArray *
read_73(const char *path, const char *name, LacProgress *progress, GError **error)
{
    g_autofree char *full = g_strconcat("/", name, NULL);
    g_autoptr(LacH5) file = lac_h5_open(path, error);
    g_autoptr(LacH5Node) node = file != NULL ? lac_h5_get_node(file, full, error) : NULL;
    if (node == NULL)
        return NULL;
    g_auto(Class73) class = { 0 };
    get_class(&class, file, node);
    if (!class.numeric) {
        refuse(path, name, class.what, class.opaque ? class.class_name : NULL, error);
        return NULL;
    }
    guint n_dims = node->n_dims;
    const gsize *shape;
    if (n_dims == 0 || !check_shape(path, name, node->shape, &n_dims, &shape, error)) {
        if (n_dims == 0)
            lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path, "%s is a single number", name);
        return NULL;
    }
    LacH5Span span = { .progress = progress, .to = 1.0 };
    g_autoptr(LacBuffer) buffer = lac_h5_read_floats(file, full, span, error);
    if (buffer == NULL)
        return NULL;
    g_autoptr(LacArray) array = lac_array_new_from_buffer(buffer, n_dims, shape);
    array->first_fastest = TRUE;
    if (is_angle_table(array)) {
        gsize n;
        g_autofree double *values = lac_h5_read_doubles(file, full, &n, error);
        if (values == NULL)
            return NULL;
        set_table_angles(array, values);
    }
    return g_steal_pointer(&array);
}

static LacArray *
mat_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) params;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL)
        return NULL;
    if (item == NULL || item[0] == '\0') {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path,
            "name the variable to be read, as in \"file.mat:Projs\"");
        return NULL;
    }
    return is_version_73(input) ? read_73(path, item, progress, error)
                                : read_old(input, path, item, progress, error);
}

typedef struct {
    const char *path;
    LacInput *input;      // of an old file
    GPtrArray *variables; // likewise
    LacH5 *h5;            // of version 7.3
} MatTables;

static double *
read_table(gpointer file, const char *name, gsize n, GError **error)
{
    const MatTables *tables = file;
    if (tables->h5 != NULL) {
        gsize n_read;
        g_autofree char *full = g_strconcat("/", name, NULL);
        g_autofree double *values = lac_h5_read_doubles(tables->h5, full, &n_read, error);
        if (values != NULL && n_read != n) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, tables->path,
                "%s has %" G_GSIZE_FORMAT " values instead of %" G_GSIZE_FORMAT, name, n_read, n);
            return NULL;
        }
        return g_steal_pointer(&values);
    }
    const LacMatVariable *variable = find_variable(tables->variables, name);
    if (variable == NULL || variable->n != n) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, tables->path,
            "%s has %" G_GSIZE_FORMAT " values instead of %" G_GSIZE_FORMAT, name,
            variable != NULL ? variable->n : 0, n);
        return NULL;
    }
    if (!lac_mat_check(tables->input, tables->path, variable, error))
        return NULL;
    g_autofree double *values = g_new(double, n);
    if (!lac_mat_read_doubles(tables->input, tables->path, variable, values, error))
        return NULL;
    return g_steal_pointer(&values);
}

static LacAtoms *
mat_read_atoms(const char *path, const char *item, LacProgress *progress, GError **error)
{
    (void) progress;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, error);
    g_autoptr(LacInput) input = info != NULL ? lac_input_open(path, error) : NULL;
    if (input == NULL)
        return NULL;
    gboolean is_new = is_version_73(input);
    g_autoptr(LacH5) file = is_new ? lac_h5_open(path, error) : NULL;
    g_autoptr(GPtrArray) variables = is_new ? NULL : lac_mat_list(input, path, error);
    if (file == NULL && variables == NULL)
        return NULL;
    MatTables tables = { .path = path, .input = input, .h5 = file, .variables = variables };
    g_autoptr(LacAtoms) atoms = lac_atoms_from_tables(info, item, read_table, &tables, error);
    return atoms != NULL && lac_atoms_take_extras(atoms, info, read_table, &tables, error)
        ? g_steal_pointer(&atoms)
        : NULL;
}

static void
close_mat(mat_t *file)
{
    Mat_Close(file);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(mat_t, close_mat)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(matvar_t, Mat_VarFree)

static gboolean
write_variable(mat_t *file, const char *name, enum matio_classes class, enum matio_types type,
    guint n_dims, const gsize *shape, gpointer data, GError **error)
{
    size_t dims[4];
    for (guint i = 0; i < n_dims; i++)
        dims[i] = shape[n_dims - 1 - i];
    g_autoptr(matvar_t) variable =
        Mat_VarCreate(name, class, type, (int) n_dims, dims, data, MAT_F_DONT_COPY_DATA);
    if (variable == NULL || Mat_VarWrite(file, variable, MAT_COMPRESSION_NONE) != 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL,
            "Variable %s cannot be written to the MATLAB file", name);
        return FALSE;
    }
    return TRUE;
}

static gboolean
write_companions(mat_t *file, const LacArray *array, GError **error)
{
    const gsize one[2] = { 1, 1 };
    double voxel_size = array->spacing[0];
    if (voxel_size > 0.0 &&
        !write_variable(file, VOXEL_SIZE, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, one, &voxel_size, error))
        return FALSE;
    if (array->angles == NULL || array->n_dims != 3 || array->n_angles != array->shape[0])
        return TRUE;
    gsize n = array->n_angles;
    const gsize shape[2] = { 3, n };
    g_autofree double *values = g_new(double, 3 * n);
    for (gsize k = 0; k < n; k++) {
        values[k] = array->angles[k].phi;
        values[n + k] = array->angles[k].theta;
        values[2 * n + k] = array->angles[k].psi;
    }
    return write_variable(file, ANGLES, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, shape, values, error);
}

static gboolean
mat_write(const LacArray *array, const char *path, LacProgress *progress, GError **error)
{
    gsize shape[4] = { 1, 1, 1, 1 };
    guint n_dims = MAX(array->n_dims, 2);
    memcpy(shape + n_dims - array->n_dims, array->shape, array->n_dims * sizeof *shape);
    if (array->buffer->n > G_MAXINT32 / sizeof(float)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "A MATLAB v5 file holds up to 2 GiB per variable, not %.1f; choose HDF5",
            (double) array->buffer->n * 4.0 / 1073741824.0);
        return FALSE;
    }
    if (!lac_progress_update(progress, 0.0, error))
        return FALSE;
    g_autoptr(mat_t) file = Mat_CreateVer(path, NULL, MAT_FT_MAT5);
    if (file == NULL) {
        lac_io_set_error(error, LAC_ERROR_INTERNAL, path, "it cannot be created");
        return FALSE;
    }
    gboolean series = array->angles != NULL && array->n_dims == 3;
    const char *name = series ? "projections" : array->n_dims == 3 ? "volume" : "data";
    if (!write_variable(file, name, MAT_C_SINGLE, MAT_T_SINGLE, n_dims, shape, array->buffer->data,
            error) ||
        !write_companions(file, array, error))
        return FALSE;
    Mat_Close(g_steal_pointer(&file));
    g_autoptr(LacInput) written = lac_input_open(path, error);
    if (written == NULL)
        return FALSE;
    if (written->size < array->buffer->n * sizeof(float)) {
        lac_io_set_error(error, LAC_ERROR_INTERNAL, path, "it is incomplete; is the disk full?");
        return FALSE;
    }
    return lac_progress_update(progress, 1.0, error);
}

static gboolean
write_names(mat_t *file, const char *name, char **names, GError **error)
{
    g_autofree char *text = g_strjoinv("\n", names);
    const gsize shape[2] = { strlen(text), 1 };
    return shape[0] < 2 ||
        write_variable(file, name, MAT_C_UINT8, MAT_T_UINT8, 2, shape, text, error);
}

static gboolean
write_columns(mat_t *file, const LacAtoms *atoms, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    gsize n = atoms->columns->len;
    const gsize shape[2] = { n, atoms->n };
    g_autofree double *values = g_new(double, n * atoms->n);
    for (gsize k = 0; k < n; k++) {
        const LacAtomColumn *column = &g_array_index(atoms->columns, LacAtomColumn, k);
        memcpy(values + k * atoms->n, column->values, atoms->n * sizeof *values);
        g_ptr_array_add(names, column->name);
    }
    g_ptr_array_add(names, NULL);
    return n == 0 ||
        (write_variable(file, LAC_TABLE_COLUMNS, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, shape, values,
             error) &&
            write_names(file, LAC_TABLE_COLUMN_NAMES, (char **) names->pdata, error));
}

// Positions as MATLAB's 3 x n in Å, from the rotation centre.
static gboolean
mat_write_atoms(const LacAtoms *atoms, const char *path, GError **error)
{
    const gsize n = atoms->n, places[2] = { n, 3 }, list[2] = { n, 1 };
    g_autofree double *positions = g_new(double, 3 * n);
    g_autofree guint16 *types = g_new(guint16, n);
    for (gsize k = 0; k < n; k++) {
        positions[3 * k] = atoms->x[k];
        positions[3 * k + 1] = atoms->y[k];
        positions[3 * k + 2] = atoms->z[k];
        types[k] = (guint16) (atoms->species[k] + 1);
    }
    if (n == 0 || n > G_MAXINT32 / (sizeof(double) * MAX(atoms->columns->len, 3))) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "a MATLAB v5 file cannot hold %" G_GSIZE_FORMAT " atoms", n);
        return FALSE;
    }
    g_autoptr(mat_t) file = Mat_CreateVer(path, NULL, MAT_FT_MAT5);
    if (file == NULL) {
        lac_io_set_error(error, LAC_ERROR_INTERNAL, path, "it cannot be created");
        return FALSE;
    }
    if (!write_variable(file, LAC_TABLE_POSITIONS, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, places, positions,
            error) ||
        !write_variable(file, LAC_TABLE_TYPES, MAT_C_UINT16, MAT_T_UINT16, 2, list, types, error) ||
        !write_variable(file, LAC_TABLE_STATE, MAT_C_UINT8, MAT_T_UINT8, 2, list, atoms->state,
            error) ||
        !write_variable(file, LAC_TABLE_FLAG, MAT_C_UINT8, MAT_T_UINT8, 2, list, atoms->flag,
            error) ||
        !write_names(file, LAC_TABLE_SPECIES_NAMES, atoms->species_names, error) ||
        !write_columns(file, atoms, error))
        return FALSE;
    Mat_Close(g_steal_pointer(&file));
    g_autoptr(LacInput) written = lac_input_open(path, error);
    if (written == NULL)
        return FALSE;
    if (written->size >= n * (3 + atoms->columns->len) * sizeof(double))
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_INTERNAL, path, "it is incomplete; is the disk full?");
    return FALSE;
}

const LacFormat lac_format_mat = {
    .id = "mat",
    .name = "MATLAB v5",
    .suffixes = suffixes,
    .sniff = mat_sniff,
    .info = mat_info,
    .read_array = mat_read,
    .read_atoms = mat_read_atoms,
    .write_atoms = mat_write_atoms,
    .write_array = mat_write,
};
