// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/scratch.h"

#include "core/io/io.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/**
 * lac_scratch_set_up:
 * @self: (out caller-allocates): the fixture of g_test_add()
 * @data: unused
 *
 * Makes an empty folder.
 */
void
lac_scratch_set_up(LacScratch *self, gconstpointer data)
{
    (void) data;
    self->folder = g_dir_make_tmp("lacuna-test-XXXXXX", NULL);
    g_assert_nonnull(self->folder);
}

static void
remove_folder(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            remove_folder(path);
        else
            g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_dir_close(dir);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/**
 * lac_scratch_tear_down:
 * @self: the fixture
 * @data: unused
 *
 * Removes the folder with everything in it.
 */
void
lac_scratch_tear_down(LacScratch *self, gconstpointer data)
{
    (void) data;
    remove_folder(self->folder);
    g_free(self->folder);
}

/**
 * lac_scratch_path:
 * @self: a scratch folder
 * @name: name of a file in it
 *
 * Returns: (transfer full): its path
 */
char *
lac_scratch_path(const LacScratch *self, const char *name)
{
    return g_build_filename(self->folder, name, NULL);
}

/**
 * lac_scratch_write:
 * @self: a scratch folder
 * @name: name of the file to write
 * @bytes: its contents
 * @n_bytes: their length; -1 for text
 *
 * Returns: (transfer full): the path of the new file
 */
char *
lac_scratch_write(const LacScratch *self, const char *name, gconstpointer bytes, gssize n_bytes)
{
    char *path = lac_scratch_path(self, name);
    g_autoptr(GError) error = NULL;
    g_file_set_contents(path, bytes, n_bytes, &error);
    g_assert_no_error(error);
    return path;
}

/**
 * lac_scratch_count:
 * @self: a scratch folder
 *
 * Returns: how many files and folders lie in it, hidden ones too
 */
guint
lac_scratch_count(const LacScratch *self)
{
    guint n = 0;
    GDir *dir = g_dir_open(self->folder, 0, NULL);
    while (g_dir_read_name(dir) != NULL)
        n++;
    g_dir_close(dir);
    return n;
}

/**
 * lac_scratch_is_same:
 * @a: path of a file; the test fails without it
 * @b: path of another one, likewise
 *
 * Returns: whether both hold the same bytes
 */
gboolean
lac_scratch_is_same(const char *a, const char *b)
{
    g_autofree char *left = NULL, *right = NULL;
    gsize n, m;
    g_assert_true(g_file_get_contents(a, &left, &n, NULL));
    g_assert_true(g_file_get_contents(b, &right, &m, NULL));
    return n == m && memcmp(left, right, n) == 0;
}

/**
 * lac_scratch_find_data:
 * @name: path inside the folder of published data
 *
 * Returns: (transfer full) (nullable): the path, or %NULL after g_test_skip() when it is absent
 */
char *
lac_scratch_find_data(const char *name)
{
    const char *folder = g_getenv("LACUNA_TEST_DATA");
    g_autofree char *path = g_build_filename(folder != NULL ? folder : "", name, NULL);
    if (folder != NULL && g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&path);
    g_autofree char *message = g_strdup_printf("the published data has no %s here", name);
    g_test_skip(message);
    return NULL;
}

/**
 * lac_scratch_read_published:
 * @name: path of a model inside the folder of published data
 * @scale: [Å] of one unit of its positions
 *
 * Returns: (transfer full) (nullable): its atoms, or %NULL after g_test_skip() when it is absent
 */
LacAtoms *
lac_scratch_read_published(const char *name, double scale)
{
    g_autofree char *path = lac_scratch_find_data(name);
    if (path == NULL)
        return NULL;
    g_autoptr(GError) error = NULL;
    LacAtoms *atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < atoms->n; i++) {
        atoms->x[i] *= scale;
        atoms->y[i] *= scale;
        atoms->z[i] *= scale;
    }
    return atoms;
}
