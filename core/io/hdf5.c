// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 is not thread-safe as Debian builds it: every call of the library is made here or in the
// sibling files of this layer, under one lock.
#include "core/io/hdf5-private.h"

#include <pthread.h>
#include <string.h>

#define MAX_DEPTH 32    // of groups in groups
#define MAX_NODES 20000 // listed per file

static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

/**
 * lac_h5_lock:
 *
 * Waits for the library and silences its printing of errors.
 *
 * Returns: what lac_h5_unlock() takes
 */
LacH5Lock
lac_h5_lock(void)
{
    pthread_mutex_lock(&library_lock);
    H5dont_atexit(); // an exit handler would race with a job that still writes
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0); // a file must not choose code to run
    return 1;
}

/**
 * lac_h5_unlock:
 * @lock: what lac_h5_lock() returned
 */
void
lac_h5_unlock(LacH5Lock lock)
{
    g_assert(lock == 1);
    pthread_mutex_unlock(&library_lock);
}

/**
 * lac_hid_close:
 * @id: an id of any kind, or a negative number
 *
 * Gives up one reference of an id; call under the lock.
 */
void
lac_hid_close(LacHid id)
{
    if (id >= 0)
        H5Idec_ref(id);
}

static herr_t
keep_innermost(unsigned n, const H5E_error2_t *entry, void *data)
{
    char **text = data;
    if (n == 0 && entry->desc != NULL)
        *text = g_strdup(entry->desc);
    return 1;
}

/**
 * lac_h5_take_message:
 *
 * Takes the library's latest failure off its stack; call under the lock.
 *
 * Returns: (transfer full) (nullable): its innermost message
 */
char *
lac_h5_take_message(void)
{
    char *text = NULL;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &text);
    H5Eclear2(H5E_DEFAULT);
    return text;
}

/**
 * lac_h5_fail:
 * @self: a file
 * @path: (nullable): the object at fault, or %NULL for the file
 * @what: what is wrong, such as "cannot be read"
 * @error: return location for a #GError
 *
 * Sets @error to one sentence that ends with the innermost message of the library; call under
 * the lock.
 */
void
lac_h5_fail(const LacH5 *self, const char *path, const char *what, GError **error)
{
    g_autofree char *text = lac_h5_take_message();
    lac_io_set_error(error, self->input != NULL ? LAC_ERROR_FORMAT : LAC_ERROR_INTERNAL, self->path,
        "%s %s%s%s%s", path != NULL ? path : "it", what, text != NULL ? " (" : "",
        text != NULL ? text : "", text != NULL ? ")" : "");
}

static LacH5 *
new_file(const char *path)
{
    LacH5 *self = g_new0(LacH5, 1);
    self->file = H5I_INVALID_HID;
    self->path = g_strdup(path);
    return self;
}

/**
 * lac_h5_open:
 * @path: a file
 * @error: return location for a #GError
 *
 * Opens a file for reading, after its structure was checked against its size.
 *
 * Returns: (transfer full): the file, or %NULL with @error set
 */
LacH5 *
lac_h5_open(const char *path, GError **error)
{
    g_autoptr(LacH5) self = new_file(path);
    self->input = lac_input_open(path, error);
    if (self->input == NULL || !lac_h5_check_structure(self->input, path, error))
        return NULL;

    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_auto(LacHid) access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    H5Pset_file_locking(access, FALSE, TRUE);
    self->file = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (self->file < 0) {
        lac_h5_fail(self, NULL, "is damaged or is not an HDF5 file", error);
        return NULL;
    }
    return g_steal_pointer(&self);
}

/**
 * lac_h5_create:
 * @path: a file; an old one is overwritten
 * @style: what may read it
 * @error: return location for a #GError
 *
 * Returns: (transfer full): an empty file for writing, or %NULL with @error set
 */
LacH5 *
lac_h5_create(const char *path, LacH5Style style, GError **error)
{
    g_autoptr(LacH5) self = new_file(path);
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_auto(LacHid) access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    H5Pset_file_locking(access, FALSE, TRUE);
    if (style == LAC_H5_CHECKSUMMED)
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
    self->file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (self->file < 0) {
        lac_h5_fail(self, NULL, "cannot be created", error);
        return NULL;
    }
    return g_steal_pointer(&self);
}

/**
 * lac_h5_close:
 * @self: a file
 * @error: return location for a #GError
 *
 * Writes what is still in memory and closes the file; @self stays to be freed.
 *
 * Returns: %TRUE, or %FALSE with @error set when not everything reached the file
 */
gboolean
lac_h5_close(LacH5 *self, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    gboolean good = H5Fflush(self->file, H5F_SCOPE_GLOBAL) >= 0;
    good = H5Fclose(self->file) >= 0 && good;
    self->file = H5I_INVALID_HID;
    if (!good)
        lac_h5_fail(self, NULL, "cannot be written", error);
    return good;
}

/**
 * lac_h5_free:
 * @self: (nullable) (transfer full): a file, closed or not
 */
void
lac_h5_free(LacH5 *self)
{
    if (self == NULL)
        return;
    if (self->file >= 0) {
        g_auto(LacH5Lock) lock = lac_h5_lock();
        (void) lock;
        H5Fclose(self->file);
    }
    lac_input_free(self->input);
    g_free(self->path);
    g_free(self);
}

/**
 * lac_h5_get_path:
 * @self: a file
 *
 * Returns: (transfer none): where it is
 */
const char *
lac_h5_get_path(const LacH5 *self)
{
    return self->path;
}

/**
 * lac_h5_number_to_type:
 * @number: a number type
 *
 * Returns: the little-endian HDF5 type of it, not to be closed; negative for float16
 */
hid_t
lac_h5_number_to_type(LacValueType number)
{
    switch (number) {
    case LAC_VALUE_INT8: return H5T_STD_I8LE;
    case LAC_VALUE_UINT8: return H5T_STD_U8LE;
    case LAC_VALUE_INT16: return H5T_STD_I16LE;
    case LAC_VALUE_UINT16: return H5T_STD_U16LE;
    case LAC_VALUE_INT32: return H5T_STD_I32LE;
    case LAC_VALUE_UINT32: return H5T_STD_U32LE;
    case LAC_VALUE_INT64: return H5T_STD_I64LE;
    case LAC_VALUE_UINT64: return H5T_STD_U64LE;
    case LAC_VALUE_FLOAT16: return H5I_INVALID_HID;
    case LAC_VALUE_FLOAT32: return H5T_IEEE_F32LE;
    case LAC_VALUE_FLOAT64: return H5T_IEEE_F64LE;
    case LAC_N_VALUES:
    default: g_assert_not_reached();
    }
}

static gboolean
is_half(hid_t type)
{
    size_t sign, exponent, exponent_size, mantissa, mantissa_size;
    return H5Tget_size(type) == 2 &&
        H5Tget_fields(type, &sign, &exponent, &exponent_size, &mantissa, &mantissa_size) >= 0 &&
        sign == 15 && exponent == 10 && exponent_size == 5 && mantissa == 0 && mantissa_size == 10;
}

/**
 * lac_h5_get_number_type:
 * @type: an HDF5 type
 * @number: (out): what it is
 * @big_endian: (out): its byte order
 *
 * Returns: %TRUE when it is an integer or a number of IEEE 754 that fills its bytes
 */
gboolean
lac_h5_get_number_type(hid_t type, LacValueType *number, gboolean *big_endian)
{
    H5T_class_t class = H5Tget_class(type);
    if (class != H5T_INTEGER && class != H5T_FLOAT)
        return FALSE;
    H5T_order_t order = H5Tget_order(type);
    if (order != H5T_ORDER_LE && order != H5T_ORDER_BE)
        return FALSE;
    *big_endian = order == H5T_ORDER_BE;
    g_auto(LacHid) little = H5Tcopy(type);
    if (little < 0 || H5Tset_order(little, H5T_ORDER_LE) < 0)
        return FALSE;
    for (int i = 0; i < LAC_N_VALUES; i++) {
        hid_t known = lac_h5_number_to_type((LacValueType) i);
        if (known >= 0 ? H5Tequal(little, known) > 0 : class == H5T_FLOAT && is_half(little)) {
            *number = (LacValueType) i;
            return TRUE;
        }
    }
    return FALSE;
}

static const char *
name_class(H5T_class_t class)
{
    switch (class) {
    case H5T_COMPOUND: return "compound";
    case H5T_REFERENCE: return "references";
    case H5T_VLEN: return "lists of varying length";
    case H5T_OPAQUE: return "opaque";
    case H5T_ARRAY: return "small arrays";
    case H5T_BITFIELD: return "bit field";
    case H5T_ENUM: return "enumeration";
    case H5T_TIME: return "time";
    case H5T_NO_CLASS:
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_STRING:
    case H5T_NCLASSES:
    default: return "numbers of an unusual layout";
    }
}

/**
 * lac_h5_node_free:
 * @node: (nullable) (transfer full): a node
 */
void
lac_h5_node_free(LacH5Node *node)
{
    if (node == NULL)
        return;
    g_free(node->path);
    g_free(node->type);
    g_free(node);
}

/**
 * lac_h5_node_get_size:
 * @node: a dataset
 *
 * Returns: its number of values; %G_MAXSIZE when that overflows
 */
gsize
lac_h5_node_get_size(const LacH5Node *node)
{
    gsize n = 1;
    for (guint i = 0; i < node->n_dims; i++)
        if (!g_size_checked_mul(&n, n, node->shape[i]))
            return G_MAXSIZE;
    return n;
}

static LacH5Node *
new_node(const char *path, LacH5Kind kind, const char *type)
{
    LacH5Node *node = g_new0(LacH5Node, 1);
    node->path = g_strdup(path);
    node->kind = kind;
    node->type = g_strdup(type);
    return node;
}

static gboolean
describe_space(hid_t space, LacH5Node *node)
{
    H5S_class_t class = H5Sget_simple_extent_type(space);
    int n_dims = H5Sget_simple_extent_ndims(space);
    hsize_t dims[LAC_H5_MAX_DIMS] = { 0 };
    if (n_dims < 0 || n_dims > LAC_H5_MAX_DIMS || (class != H5S_SCALAR && class != H5S_SIMPLE))
        return FALSE;
    if (n_dims > 0 && H5Sget_simple_extent_dims(space, dims, NULL) < 0)
        return FALSE;
    node->n_dims = (guint) n_dims;
    for (int i = 0; i < n_dims; i++)
        node->shape[i] = dims[i];
    return TRUE;
}

static LacH5Node *
describe_object(hid_t object, const char *path)
{
    H5I_type_t what = H5Iget_type(object);
    if (what == H5I_GROUP)
        return new_node(path, LAC_H5_GROUP, "group");
    if (what != H5I_DATASET)
        return new_node(path, LAC_H5_OTHER, "named type");
    g_auto(LacHid) type = H5Dget_type(object);
    g_auto(LacHid) space = H5Dget_space(object);
    LacH5Node *node = new_node(path, LAC_H5_OTHER, "damaged");
    if (type < 0 || space < 0 || !describe_space(space, node))
        return node;
    gboolean big_endian;
    g_free(node->type);
    if (lac_h5_get_number_type(type, &node->number, &big_endian)) {
        node->kind = LAC_H5_NUMBERS;
        node->type =
            g_strconcat(lac_value_get_name(node->number), big_endian ? ", big-endian" : NULL, NULL);
    }
    else if (H5Tget_class(type) == H5T_STRING) {
        node->kind = LAC_H5_TEXT;
        node->type = g_strdup("text");
    }
    else {
        node->type = g_strdup(name_class(H5Tget_class(type)));
    }
    return node;
}

// Follows one hard link; soft and external links are refused, so that no file leads to another.
static hid_t
open_child(LacH5 *self, hid_t parent, const char *name, const char *path, GError **error)
{
    H5L_info_t info;
    if (H5Lexists(parent, name, H5P_DEFAULT) <= 0 ||
        H5Lget_info(parent, name, &info, H5P_DEFAULT) < 0) {
        H5Eclear2(H5E_DEFAULT);
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, self->path, "there is no %s in it", path);
        return H5I_INVALID_HID;
    }
    if (info.type != H5L_TYPE_HARD) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->path,
            "%s is a link to another place, which is not followed", path);
        return H5I_INVALID_HID;
    }
    hid_t child = H5Oopen(parent, name, H5P_DEFAULT);
    if (child < 0)
        lac_h5_fail(self, path, "cannot be opened", error);
    return child;
}

/**
 * lac_h5_open_object:
 * @self: a file
 * @path: an object inside it
 * @error: return location for a #GError
 *
 * Call under the lock.
 *
 * Returns: an id to be closed, or a negative number with @error set
 */
hid_t
lac_h5_open_object(LacH5 *self, const char *path, GError **error)
{
    hid_t object = H5Oopen(self->file, "/", H5P_DEFAULT);
    if (object < 0) {
        lac_h5_fail(self, "/", "cannot be opened", error);
        return object;
    }
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    for (char **name = names; *name != NULL; name++) {
        if (**name == '\0')
            continue;
        if (H5Iget_type(object) != H5I_GROUP || g_str_equal(*name, ".")) {
            lac_hid_close(object);
            lac_io_set_error(error, LAC_ERROR_ARGUMENT, self->path, "there is no %s in it", path);
            return H5I_INVALID_HID;
        }
        hid_t child = open_child(self, object, *name, path, error);
        lac_hid_close(object);
        if (child < 0)
            return child;
        object = child;
    }
    return object;
}

/**
 * lac_h5_get_node:
 * @self: a file
 * @path: an object inside it
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what it is, or %NULL with @error set when there is none
 */
LacH5Node *
lac_h5_get_node(LacH5 *self, const char *path, GError **error)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_auto(LacHid) object = lac_h5_open_object(self, path, error);
    return object >= 0 ? describe_object(object, path) : NULL;
}

/**
 * lac_h5_exists:
 * @self: a file
 * @path: an object inside it
 *
 * Returns: %TRUE when there is something of that name, also when it is damaged
 */
gboolean
lac_h5_exists(LacH5 *self, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_autoptr(GError) error = NULL;
    g_auto(LacHid) parent = lac_h5_open_object(self, folder, &error);
    if (parent < 0)
        return !g_error_matches(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    htri_t found = H5Iget_type(parent) == H5I_GROUP ? H5Lexists(parent, name, H5P_DEFAULT) : 0;
    H5Eclear2(H5E_DEFAULT);
    return found != 0;
}

typedef struct {
    LacH5 *file;
    GPtrArray *nodes;    // of LacH5Node
    GHashTable *visited; // addresses of groups
} Listing;

static herr_t
collect_name(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    (void) group;
    (void) info;
    GPtrArray *names = data;
    if (names->len >= MAX_NODES)
        return 1;
    g_ptr_array_add(names, g_strdup(name));
    return 0;
}

static gboolean list_group(Listing *listing, hid_t group, const char *path, guint depth);

static gboolean
list_child(Listing *listing, hid_t group, const char *parent, const char *name, guint depth)
{
    g_autofree char *path = g_strconcat(parent, "/", name, NULL);
    H5L_info_t link;
    if (!g_utf8_validate(name, -1, NULL) || H5Lget_info(group, name, &link, H5P_DEFAULT) < 0) {
        g_autofree char *valid = g_utf8_make_valid(path, -1);
        g_ptr_array_add(listing->nodes, new_node(valid, LAC_H5_OTHER, "damaged link"));
        return TRUE;
    }
    if (link.type != H5L_TYPE_HARD) {
        const char *type = link.type == H5L_TYPE_SOFT ? "soft link" : "link to another file";
        g_ptr_array_add(listing->nodes, new_node(path, LAC_H5_OTHER, type));
        return TRUE;
    }
    g_auto(LacHid) object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0) {
        H5Eclear2(H5E_DEFAULT);
        g_ptr_array_add(listing->nodes, new_node(path, LAC_H5_OTHER, "damaged"));
        return TRUE;
    }
    LacH5Node *node = describe_object(object, path);
    g_ptr_array_add(listing->nodes, node);
    return node->kind != LAC_H5_GROUP || list_group(listing, object, path, depth + 1);
}

static gboolean
list_group(Listing *listing, hid_t group, const char *path, guint depth)
{
    H5O_info_t info;
    if (depth > MAX_DEPTH || H5Oget_info2(group, &info, H5O_INFO_BASIC) < 0)
        return TRUE;
    gint64 address = (gint64) info.addr;
    if (!g_hash_table_add(listing->visited, g_memdup2(&address, sizeof address)))
        return TRUE;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, collect_name, names) < 0)
        return FALSE;
    for (guint i = 0; i < names->len && listing->nodes->len < MAX_NODES; i++)
        if (!list_child(listing, group, path, names->pdata[i], depth))
            return FALSE;
    return TRUE;
}

/**
 * lac_h5_list:
 * @self: a file
 * @error: return location for a #GError
 *
 * Lists what can be reached from the root by hard links, each group once, up to 32 groups deep.
 *
 * Returns: (transfer full) (element-type LacH5Node): the objects, a group before its members, or
 * %NULL with @error set
 */
GPtrArray *
lac_h5_list(LacH5 *self, GError **error)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func((GDestroyNotify) lac_h5_node_free);
    g_autoptr(GHashTable) visited =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    g_auto(LacHid) root = lac_h5_open_object(self, "/", error);
    if (root < 0)
        return NULL;
    Listing listing = { .file = self, .nodes = nodes, .visited = visited };
    if (!list_group(&listing, root, "", 0)) {
        lac_h5_fail(self, NULL, "is damaged: a group cannot be listed", error);
        return NULL;
    }
    return g_steal_pointer(&nodes);
}
