// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz.h"

#include "core/io/format.h"
#include "core/project/project.h"

#include <fcntl.h>
#include <unistd.h>

const char *__lsan_default_suppressions(void);

// HDF5 1.10 forgets blocks of its own when it gives up on a damaged file.
const char *
__lsan_default_suppressions(void)
{
    return "leak:libhdf5\n";
}

// Gives the path of a file in memory with these contents.
static char *
make_file(const uint8_t *data, size_t size, const char *suffix)
{
    char *path = g_strdup_printf("/dev/shm/lacuna-fuzz-%d.%s", (int) getpid(), suffix);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, data, size), ==, (gssize) size);
    close(fd);
    return path;
}

static void
check_error(gboolean done, const GError *error)
{
    g_assert_true(done == (error == NULL));
    g_assert_true(done || error->message[0] != '\0');
}

static void
read_item(const char *path, const LacFileItem *item)
{
    g_autofree char *file =
        item->name[0] != '\0' ? g_strdup_printf("%s:%s", path, item->name) : g_strdup(path);
    if (item->kind == LAC_ITEM_ATOMS) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacAtoms) atoms = lac_read_atoms(file, NULL, &error);
        check_error(atoms != NULL, error);
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LacArray) array = lac_read_array(file, NULL, NULL, &error);
    check_error(array != NULL, error);
}

/**
 * lac_fuzz_file:
 * @data: (array length=size): contents of a file
 * @size: its length
 * @suffix: of its name
 *
 * Lists and reads everything in the file, as arrays, series and atoms.
 */
void
lac_fuzz_file(const uint8_t *data, size_t size, const char *suffix)
{
    g_autofree char *path = make_file(data, size, suffix);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    check_error(info != NULL, error);
    for (guint i = 0; info != NULL && i < info->items->len; i++)
        read_item(path, g_ptr_array_index(info->items, i));
    g_autoptr(GError) series_error = NULL;
    g_autoptr(LacSeries) series = lac_read_series(path, NULL, NULL, &series_error);
    check_error(series != NULL, series_error);
    unlink(path);
}

/**
 * lac_fuzz_angles:
 * @data: (array length=size): contents of a file
 * @size: its length
 * @suffix: of its name
 *
 * Reads the file as a table of angles.
 */
void
lac_fuzz_angles(const uint8_t *data, size_t size, const char *suffix)
{
    gsize n = 0;
    g_autofree char *path = make_file(data, size, suffix);
    g_autoptr(GError) error = NULL;
    g_autofree LacAngles *angles = lac_read_angles(path, &n, &error);
    check_error(angles != NULL, error);
    unlink(path);
}

/**
 * lac_fuzz_project:
 * @data: (array length=size): contents of a file
 * @size: its length
 *
 * Loads the file as a project.
 */
void
lac_fuzz_project(const uint8_t *data, size_t size)
{
    g_autofree char *path = make_file(data, size, "lacuna");
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProject) project = lac_project_load(path, NULL, &error);
    check_error(project != NULL, error);
    unlink(path);
}
