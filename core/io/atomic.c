// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Temporary files are called .MACHINE-PROCESS-RANDOM.NAME, NAME being that of the target with its
// suffix, which some libraries look at.
static char *
dup_prefix(void)
{
    return g_strdup_printf(".%08x-", g_str_hash(g_get_host_name()));
}

// Removes what processes of this machine left that were killed while they wrote @name.
static void
remove_leftovers(const char *folder, const char *name)
{
    g_autofree char *prefix = dup_prefix();
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *entry;
    while (dir != NULL && (entry = g_dir_read_name(dir)) != NULL) {
        int process, n = 0;
        if (!g_str_has_prefix(entry, prefix) ||
            sscanf(entry + strlen(prefix), "%d-%*8x.%n", &process, &n) != 1 || n == 0 ||
            !g_str_equal(entry + strlen(prefix) + n, name) || process <= 0)
            continue;
        if (kill(process, 0) != 0 && errno == ESRCH) {
            g_autofree char *path = g_build_filename(folder, entry, NULL);
            unlink(path);
        }
    }
}

// Makes an empty file beside @target with the rights of a new file.
static char *
create_beside(const char *target, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(target);
    g_autofree char *name = g_path_get_basename(target);
    g_autofree char *prefix = dup_prefix();
    remove_leftovers(folder, name);
    for (guint attempt = 0; attempt < 100; attempt++) {
        g_autofree char *hidden =
            g_strdup_printf("%s%d-%08x.%s", prefix, (int) getpid(), g_random_int(), name);
        g_autofree char *path = g_build_filename(folder, hidden, NULL);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            close(fd);
            return g_steal_pointer(&path);
        }
        if (errno != EEXIST)
            break;
    }
    lac_io_set_errno(error, target, "cannot be written", errno);
    return NULL;
}

static gboolean
flush_to_disk(const char *path, int flags, const char *target, GError **error)
{
    int fd = open(path, flags | O_CLOEXEC);
    gboolean done = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL || errno == EROFS);
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (!done)
        lac_io_set_errno(error, target, "cannot be flushed to disk", number);
    return done;
}

static gboolean
check_old_file(const char *target, const struct stat *old, GError **error)
{
    if (!S_ISREG(old->st_mode)) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, target,
            "it exists and is not a regular file, so it is not replaced");
        return FALSE;
    }
    if (access(target, W_OK) != 0) {
        lac_io_set_errno(error, target, "cannot be replaced", errno);
        return FALSE;
    }
    return TRUE;
}

// Messages of the writer name the temporary file, which nobody knows.
static void
rename_in_message(GError *error, const char *temporary, const char *target)
{
    g_autofree char *from = g_path_get_basename(temporary);
    g_autofree char *to = g_path_get_basename(target);
    GString *message = g_string_new(error->message);
    g_string_replace(message, from, to, 0);
    g_free(error->message);
    error->message = g_string_free(message, FALSE);
}

static gboolean
write_and_replace(const char *temporary, const char *target, LacWriteFunc write, gpointer data,
    GError **error)
{
    struct stat old;
    gboolean exists = stat(target, &old) == 0;
    g_autofree char *folder = g_path_get_dirname(target);
    if (exists && !check_old_file(target, &old, error))
        return FALSE;
    if (!write(temporary, data, error))
        return FALSE;
    if (exists && chmod(temporary, old.st_mode & 07777) != 0) {
        lac_io_set_errno(error, target, "cannot be given the rights of the old file", errno);
        return FALSE;
    }
    if (!flush_to_disk(temporary, O_RDONLY, target, error))
        return FALSE;
    if (rename(temporary, target) != 0) {
        lac_io_set_errno(error, target, "cannot be replaced", errno);
        return FALSE;
    }
    return flush_to_disk(folder, O_RDONLY | O_DIRECTORY, target, error);
}

/**
 * lac_write_atomically:
 * @path: the file to make or replace; of a symbolic link, what it points to
 * @write: writes the whole file under the name that it is given, which has the suffix of @path
 * @data: for @write
 * @error: return location for a #GError
 *
 * Writes beside @path, flushes to disk and renames, so that at any moment, even of a crash, @path
 * is either the old file or the new one. The rights of the old file are kept. What a killed process
 * left beside @path is removed.
 *
 * Returns: %TRUE, or %FALSE with @error set, nothing left behind and the old file as it was
 */
gboolean
lac_write_atomically(const char *path, LacWriteFunc write, gpointer data, GError **error)
{
    char *resolved = realpath(path, NULL);
    g_autofree char *target = g_strdup(resolved != NULL ? resolved : path);
    free(resolved);
    g_autofree char *temporary = create_beside(target, error);
    if (temporary == NULL)
        return FALSE;
    GError *failure = NULL;
    if (write_and_replace(temporary, target, write, data, &failure))
        return TRUE;
    unlink(temporary);
    rename_in_message(failure, temporary, target);
    g_propagate_error(error, failure);
    return FALSE;
}
