// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of images, one per projection, in the natural order of their names.
#include "core/io/bytes.h"
#include "core/io/natural.h"

#include <string.h>
#include <sys/stat.h>

#define MOST_IMAGES 65535

typedef struct {
    const LacFormat *format; // of every image
    GPtrArray *names;        // of char, in natural order
    guint64 file_size;       // [bytes] of all images
    gsize height, width;
    char *type;
    double spacing[3];
} Folder;

static const LacFormat *const image_formats[] = {
    &lac_format_tiff,
    &lac_format_png,
    &lac_format_mrc,
    &lac_format_npy,
};

static void
folder_clear(Folder *self)
{
    g_clear_pointer(&self->names, g_ptr_array_unref);
    g_free(self->type);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Folder, folder_clear)

static gboolean
folder_sniff(const char *path, const guint8 *head, gsize n_head)
{
    (void) head;
    return n_head == 0 && g_file_test(path, G_FILE_TEST_IS_DIR);
}

static const LacFormat *
find_image_format(const char *name)
{
    g_autofree char *suffix = lac_io_dup_suffix(name);
    for (gsize i = 0; i < G_N_ELEMENTS(image_formats); i++)
        if (name[0] != '.' && g_strv_contains(image_formats[i]->suffixes, suffix))
            return image_formats[i];
    return NULL;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return lac_natural_compare(*(const char *const *) a, *(const char *const *) b);
}

static gboolean
add_name(Folder *self, const char *path, const char *name, GError **error)
{
    struct stat status;
    const LacFormat *format = find_image_format(name);
    g_autofree char *full = g_build_filename(path, name, NULL);
    if (format == NULL || stat(full, &status) != 0 || !S_ISREG(status.st_mode))
        return TRUE;
    if (self->format != NULL && self->format != format) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "it holds images of several formats, %s and %s", self->format->name, format->name);
        return FALSE;
    }
    if (self->names->len == MOST_IMAGES) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path, "it holds more than %d images",
            MOST_IMAGES);
        return FALSE;
    }
    self->format = format;
    self->file_size += (guint64) status.st_size;
    g_ptr_array_add(self->names, g_strdup(name));
    return TRUE;
}

static gboolean
list_names(Folder *self, const char *path, GError **error)
{
    GDir *dir = g_dir_open(path, 0, error);
    if (dir == NULL)
        return FALSE;
    self->names = g_ptr_array_new_with_free_func(g_free);
    gboolean done = TRUE;
    for (const char *name = g_dir_read_name(dir); name != NULL && done; name = g_dir_read_name(dir))
        done = add_name(self, path, name, error);
    g_dir_close(dir);
    if (done && self->names->len == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "there are no images (TIFF, PNG, MRC, NPY) in this folder");
        done = FALSE;
    }
    g_ptr_array_sort(self->names, compare_names);
    return done;
}

static char *
get_path(const Folder *self, const char *path, guint k)
{
    return g_build_filename(path, g_ptr_array_index(self->names, k), NULL);
}

// Checks the shape of one image against that of the first.
static gboolean
check_image(Folder *self, const char *path, guint k, const gsize *shape, guint n_dims,
    GError **error)
{
    const char *name = g_ptr_array_index(self->names, k);
    if (n_dims < 2 || n_dims > 3 || (n_dims == 3 && shape[0] != 1)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "%s is a stack, and a folder of images needs a single one in each file", name);
        return FALSE;
    }
    gsize height = shape[n_dims - 2], width = shape[n_dims - 1];
    if (k == 0) {
        self->height = height;
        self->width = width;
    }
    if (height == self->height && width == self->width)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, path,
        "%s has %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
        " pixels, unlike the first image with %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT,
        name, height, width, self->height, self->width);
    return FALSE;
}

static gboolean
open_folder(Folder *self, const char *path, const LacReadParams *params, GError **error)
{
    if (!list_names(self, path, error))
        return FALSE;
    for (guint k = 0; k < self->names->len; k++) {
        g_autofree char *image = get_path(self, path, k);
        g_autoptr(LacFileInfo) info = g_new0(LacFileInfo, 1);
        info->items = g_ptr_array_new_with_free_func(lac_file_item_free);
        if (!self->format->info(image, params, info, error))
            return FALSE;
        const LacFileItem *item = g_ptr_array_index(info->items, 0);
        if (!check_image(self, path, k, item->shape, item->n_dims, error))
            return FALSE;
        if (k > 0)
            continue;
        self->type = g_strdup(item->type);
        memcpy(self->spacing, item->spacing, sizeof self->spacing);
    }
    return TRUE;
}

static LacAngles *
find_angles(const Folder *self)
{
    return lac_natural_find_angles((const char *const *) self->names->pdata, self->names->len);
}

static gboolean
folder_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    g_auto(Folder) folder = { 0 };
    if (!open_folder(&folder, path, params, error))
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, "");
    item->n_dims = 3;
    item->shape[0] = folder.names->len;
    item->shape[1] = folder.height;
    item->shape[2] = folder.width;
    memcpy(item->spacing, folder.spacing, sizeof folder.spacing);
    g_free(item->type);
    item->type = g_strdup_printf("%s, %s", folder.format->name, folder.type);
    g_autofree LacAngles *angles = find_angles(&folder);
    if (angles != NULL)
        item->note = g_strdup("the tilt angles are those in the names of the files");
    info->file_size = folder.file_size;
    return TRUE;
}

static LacArray *
read_image(Folder *self, const char *path, guint k, const LacReadParams *params, GError **error)
{
    g_autofree char *image = get_path(self, path, k);
    g_autoptr(LacArray) array = self->format->read_array(image, NULL, params, NULL, error);
    if (array == NULL || !check_image(self, path, k, array->shape, array->n_dims, error))
        return NULL;
    return g_steal_pointer(&array);
}

// Compressed images may promise more than they hold: reads each on its own before all are given
// room.
static gboolean
check_promises(Folder *self, const char *path, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    for (guint k = 0; k < self->names->len; k++) {
        g_autoptr(LacArray) array = read_image(self, path, k, params, error);
        if (array == NULL ||
            !lac_progress_update(progress, 0.5 * (k + 1) / self->names->len, error))
            return FALSE;
    }
    return TRUE;
}

static LacArray *
folder_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    g_auto(Folder) folder = { 0 };
    if (!lac_io_refuse_item(path, item, error) || !open_folder(&folder, path, params, error))
        return NULL;
    const gsize shape[3] = { folder.names->len, folder.height, folder.width };
    gsize n;
    if (!lac_check_shape(shape[0], shape[1], shape[2], &n, error))
        return NULL;
    if (n > lac_io_get_budget(folder.file_size) / sizeof(float) &&
        !check_promises(&folder, path, params, progress, error))
        return NULL;
    g_autoptr(LacArray) array = lac_array_new(3, shape, error);
    if (array == NULL)
        return NULL;
    gsize n_pixels = folder.height * folder.width;
    for (guint k = 0; k < folder.names->len; k++) {
        g_autoptr(LacArray) image = read_image(&folder, path, k, params, error);
        if (image == NULL)
            return NULL;
        memcpy(array->buffer->data + k * n_pixels, image->buffer->data, n_pixels * sizeof(float));
        if (!lac_progress_update(progress, (double) (k + 1) / (double) folder.names->len, error))
            return NULL;
    }
    memcpy(array->spacing, folder.spacing, sizeof folder.spacing);
    array->angles = find_angles(&folder);
    array->n_angles = array->angles != NULL ? folder.names->len : 0;
    return g_steal_pointer(&array);
}

const LacFormat lac_format_folder = {
    .id = "folder",
    .name = "folder of images",
    .sniff = folder_sniff,
    .info = folder_info,
    .read_array = folder_read,
};
