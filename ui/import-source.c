// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/import-source.h"

#include "core/error.h"
#include "core/io/natural.h"
#include "core/recon/recon.h"

#include <string.h>

#define MAX_CANDIDATES 64 // files beside the projections that are tried for angles

/**
 * lac_import_request_new:
 * @projections: a file argument
 *
 * Returns: (transfer full): a request for these projections, with angles to be looked for
 */
LacImportRequest *
lac_import_request_new(const char *projections)
{
    LacImportRequest *request = g_new0(LacImportRequest, 1);
    request->projections = g_strdup(projections);
    return request;
}

/**
 * lac_import_request_free:
 * @request: (nullable) (transfer full): a #LacImportRequest
 */
void
lac_import_request_free(gpointer request)
{
    LacImportRequest *self = request;
    if (self == NULL)
        return;
    g_free(self->projections);
    g_free(self->item);
    g_free(self->angles);
    g_free(self->mask);
    g_clear_pointer(&self->known, lac_series_unref);
    g_free(self);
}

/**
 * lac_import_free:
 * @import: (nullable) (transfer full): a #LacImport
 */
void
lac_import_free(gpointer import)
{
    LacImport *self = import;
    if (self == NULL)
        return;
    lac_file_info_free(self->info);
    g_clear_pointer(&self->stacks, g_ptr_array_unref);
    g_strfreev(self->names);
    g_clear_pointer(&self->series, lac_series_unref);
    g_clear_pointer(&self->mask, lac_volume_unref);
    g_clear_error(&self->angles_error);
    g_clear_error(&self->mask_error);
    g_free(self->angles_source);
    g_free(self);
}

// --- telling files apart

static gboolean
name_has(const char *path, const char *part)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return strstr(lower, part) != NULL;
}

static gboolean
name_ends(const char *path, const char *const *suffixes)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    for (; *suffixes != NULL; suffixes++)
        if (g_str_has_suffix(lower, *suffixes))
            return TRUE;
    return FALSE;
}

/**
 * lac_import_is_angles:
 * @path: a file
 *
 * Returns: whether its name is that of a table of angles
 */
gboolean
lac_import_is_angles(const char *path)
{
    static const char *const suffixes[] = { ".tlt", ".rawtlt", ".txt", ".csv", ".ang", NULL };
    return name_has(path, "angle") || name_ends(path, suffixes);
}

/**
 * lac_import_sort_files:
 * @paths: (element-type filename): what was chosen or dropped together
 * @projections: (out): the file with the projections
 * @angles: (out) (nullable): the one with the angles
 * @mask: (out) (nullable): the one with the mask
 *
 * Tells by their names which file is what.
 *
 * Returns: whether there are projections among them
 */
gboolean
lac_import_sort_files(GPtrArray *paths, char **projections, char **angles, char **mask)
{
    *projections = *angles = *mask = NULL;
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        char **kind = paths->len > 1 && lac_import_is_angles(path) ? angles
            : paths->len > 1 && name_has(path, "mask")             ? mask
                                                                   : projections;
        if (*kind == NULL)
            *kind = g_strdup(path);
    }
    return *projections != NULL;
}

// A stack of about as many planes as it is high and wide, or one named so, is no tilt series.
static gboolean
looks_like_volume(const char *path, const LacFileItem *item, gboolean has_angles)
{
    static const char *const series_suffixes[] = { ".st", ".ali", ".tlt", ".mrcs", NULL };
    static const char *const volume_suffixes[] = { ".rec", ".map", NULL };
    if (has_angles || item == NULL || item->n_dims != 3 || name_ends(path, series_suffixes) ||
        name_has(path, "proj"))
        return FALSE;
    if (name_ends(path, volume_suffixes) || name_has(path, "vol") || name_has(path, "rec"))
        return TRUE;
    double n = (double) item->shape[0], edge = (double) MAX(item->shape[1], item->shape[2]);
    return n >= 0.5 * edge && n <= 2.0 * edge;
}

// --- angles

static gboolean
series_has_angles(const LacSeries *series)
{
    for (gsize k = 0; k < series->n; k++)
        if (series->angles[k].phi != 0.0 || series->angles[k].theta != 0.0 ||
            series->angles[k].psi != 0.0)
            return TRUE;
    return FALSE;
}

// Gives the series the angles of a file.
static gboolean
apply_angles(LacImport *self, const char *file, GError **error)
{
    gsize n;
    g_autofree LacAngles *angles = lac_read_angles(file, &n, error);
    if (angles == NULL)
        return FALSE;
    g_autofree char *name = g_filename_display_basename(file);
    if (n != self->series->n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "%s has %" G_GSIZE_FORMAT " angles, but there are %" G_GSIZE_FORMAT " projections",
            name, n, self->series->n);
        return FALSE;
    }
    LacSeries *with = lac_series_with_angles(self->series, angles, n, error);
    if (with == NULL)
        return FALSE;
    lac_series_unref(self->series);
    self->series = with;
    self->has_angles = TRUE;
    self->angles_source = g_steal_pointer(&name);
    return TRUE;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

// Tries the files beside the projections whose names speak of angles; the same stem comes first.
static void
look_for_angles(LacImport *self, const char *projections)
{
    g_autofree char *folder = g_path_get_dirname(projections);
    g_autofree char *name = g_path_get_basename(projections);
    gsize n_stem = strcspn(name, ".");
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    const char *entry;
    while (dir != NULL && (entry = g_dir_read_name(dir)) != NULL) {
        if (!lac_import_is_angles(entry) || g_str_equal(entry, name))
            continue;
        GPtrArray *list = strncmp(entry, name, n_stem) == 0 ? first : others;
        if (list->len < MAX_CANDIDATES)
            g_ptr_array_add(list, g_build_filename(folder, entry, NULL));
    }
    g_ptr_array_sort(first, compare_names);
    g_ptr_array_sort(others, compare_names);
    for (guint i = 0; i < first->len && !self->has_angles; i++)
        apply_angles(self, g_ptr_array_index(first, i), NULL);
    for (guint i = 0; i < others->len && !self->has_angles; i++)
        if (name_has(g_ptr_array_index(others, i), "angle"))
            apply_angles(self, g_ptr_array_index(others, i), NULL);
}

static void
find_angles(LacImport *self, const LacImportRequest *request)
{
    if (request->angles != NULL) {
        apply_angles(self, request->angles, &self->angles_error);
        return;
    }
    if (series_has_angles(self->series)) {
        self->has_angles = TRUE;
        self->angles_source = g_strdup("from the file itself");
        return;
    }
    look_for_angles(self, request->projections);
}

// --- reading

// Lists what could be projections and chooses the one that was asked for, or that is named so.
static void
choose_item(LacImport *self, const char *name)
{
    self->stacks = g_ptr_array_new();
    for (guint i = 0; i < self->info->items->len; i++) {
        LacFileItem *item = g_ptr_array_index(self->info->items, i);
        if (item->kind != LAC_ITEM_ARRAY || item->n_dims != 3)
            continue;
        g_ptr_array_add(self->stacks, item);
        gboolean fits = name != NULL ? g_str_equal(item->name, name) : name_has(item->name, "proj");
        if (fits && (self->item == NULL || name != NULL))
            self->item = item;
    }
    if (self->item == NULL && self->stacks->len > 0)
        self->item = g_ptr_array_index(self->stacks, 0);
}

static int
compare_naturally(gconstpointer a, gconstpointer b)
{
    return lac_natural_compare(*(const char *const *) a, *(const char *const *) b);
}

// The names of the images of a folder, if there is one for each projection.
static void
list_names(LacImport *self, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (name[0] != '.' && !lac_import_is_angles(name))
            g_ptr_array_add(names, g_strdup(name));
    if (names->len != self->series->n)
        return;
    g_ptr_array_sort(names, compare_naturally);
    g_ptr_array_add(names, NULL);
    self->names = (char **) g_ptr_array_steal(names, NULL);
}

static gboolean
read_series(LacImport *self, const LacImportRequest *what, LacProgress *progress, GError **error)
{
    g_autofree char *file = self->item != NULL && self->item->name[0] != '\0'
        ? g_strdup_printf("%s:%s", self->info->path, self->item->name)
        : g_strdup(what->projections);
    self->series = what->known != NULL ? lac_series_ref(what->known)
                                       : lac_read_series(file, &what->read, progress, error);
    if (self->series != NULL && g_file_test(what->projections, G_FILE_TEST_IS_DIR))
        list_names(self, what->projections);
    return self->series != NULL;
}

// A mask of another shape than the volume that is reconstructed by default is refused at once.
static void
read_mask(LacImport *self, const char *file, LacProgress *progress)
{
    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    self->mask = lac_read_volume(file, NULL, progress, &self->mask_error);
    if (self->mask != NULL &&
        !lac_recon_check_mask(self->mask, self->series, &params, file, &self->mask_error))
        g_clear_pointer(&self->mask, lac_volume_unref);
}

/**
 * lac_import_read:
 * @progress: (nullable): told the fraction read
 * @request: a #LacImportRequest
 * @error: return location for a #GError
 *
 * Reads projections, finds their angles, reads the mask and checks the values.
 *
 * Returns: (transfer full): a #LacImport, or %NULL with @error set when there are no projections
 */
gpointer
lac_import_read(LacProgress *progress, gpointer request, GError **error)
{
    const LacImportRequest *what = request;
    LacImport *self = g_new0(LacImport, 1);
    self->info = lac_file_info_read(what->projections, &what->read, error);
    if (self->info != NULL)
        choose_item(self, what->item);
    if (self->info == NULL || !read_series(self, what, progress, error)) {
        lac_import_free(self);
        return NULL;
    }
    find_angles(self, what);
    self->looks_like_volume = looks_like_volume(what->projections, self->item, self->has_angles);
    if (what->mask != NULL)
        read_mask(self, what->mask, progress);
    self->check = lac_input_check(self->series);
    return self;
}
