// SPDX-License-Identifier: GPL-3.0-or-later
// What all formats share: file arguments, choosing an item, safe replacement, raw values.
#include "core/error.h"
#include "core/io/format.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_raw(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const guint8 bytes[] = { 0xaa, 0x00, 0x01, 0x00, 0x02, 0xff, 0xfe, 0x00, 0x04, 0x01, 0x05, 0x00,
        0x06 };
    const LacReadParams params = { .raw_shape = { 1, 2, 3 },
        .raw_type = "int16",
        .raw_offset = 1,
        .raw_big_endian = TRUE,
        .spacing = 0.5 };
    const float expected[] = { 1.0f, 2.0f, -2.0f, 4.0f, 261.0f, 6.0f };
    g_autofree char *path = lac_scratch_write(scratch, "a.raw", bytes, sizeof bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_read_volume(path, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(volume->nz, ==, 1);
    g_assert_cmpuint(volume->ny, ==, 2);
    g_assert_cmpuint(volume->nx, ==, 3);
    g_assert_cmpfloat(volume->voxel_size, ==, 0.5);
    for (gsize i = 0; i < 6; i++)
        g_assert_cmpfloat(volume->data[i], ==, expected[i]);

    LacReadParams larger = params;
    larger.raw_shape[0] = 2;
    g_assert_null(lac_read_volume(path, &larger, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    g_clear_error(&error);
    larger.raw_shape[0] = G_MAXSIZE / 2;
    g_assert_null(lac_read_volume(path, &larger, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MEMORY);
    g_clear_error(&error);
    g_assert_null(lac_read_volume(path, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_argument(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const LacReadParams params = { .raw_shape = { 1, 1, 4 }, .raw_type = "uint8" };
    g_autofree char *plain = lac_scratch_write(scratch, "a.raw", "abcd", 4);
    g_autofree char *odd = lac_scratch_write(scratch, "a.raw:b", "efgh", 4);
    g_autofree char *missing = g_strconcat(plain, ":c", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_read_volume(odd, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(volume->data[0], ==, 'e');
    g_assert_null(lac_read_volume(missing, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_nonnull(strstr(error->message, "\"c\""));
    g_clear_error(&error);
    g_assert_null(lac_read_volume("/nowhere/at/all.mrc", NULL, NULL, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "all.mrc"));
}

typedef struct {
    const char *text; // NULL: fail
    char *seen;       // the temporary path
} Write;

static gboolean
write_text(const char *path, gpointer data, GError **error)
{
    Write *write = data;
    g_free(write->seen);
    write->seen = g_strdup(path);
    if (!g_file_set_contents(path, write->text != NULL ? write->text : "half", -1, error))
        return FALSE;
    if (write->text == NULL)
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL, "%s: it broke", path);
    return write->text != NULL;
}

static void
test_atomic(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "result.mrc");
    g_autofree char *link = lac_scratch_path(scratch, "link.mrc");
    g_autofree char *contents = NULL;
    g_autoptr(GError) error = NULL;
    Write write = { .text = "first" };
    g_assert_true(lac_write_atomically(path, write_text, &write, &error));
    g_assert_true(g_str_has_suffix(write.seen, ".mrc"));
    g_assert_cmpint(g_chmod(path, 0640), ==, 0);

    write.text = NULL;
    g_assert_false(lac_write_atomically(path, write_text, &write, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_INTERNAL);
    g_assert_nonnull(strstr(error->message, "/result.mrc: it broke"));
    g_clear_error(&error);
    g_assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, "first");
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 1);

    g_assert_cmpint(symlink("result.mrc", link), ==, 0);
    write.text = "second";
    g_assert_true(lac_write_atomically(link, write_text, &write, &error));
    g_assert_no_error(error);
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_clear_pointer(&contents, g_free);
    g_assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, "second");
    GStatBuf status;
    g_assert_cmpint(g_stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 07777, ==, 0640);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 2);

    g_assert_false(lac_write_atomically(scratch->folder, write_text, &write, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(lac_write_atomically("/nowhere/x.mrc", write_text, &write, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_free(write.seen);
}

static gboolean
write_and_die(const char *path, gpointer data, GError **error)
{
    (void) data;
    (void) error;
    g_file_set_contents(path, "half", -1, NULL);
    raise(SIGKILL);
    return FALSE;
}

// What a killed writer leaves is removed by the next one to write that file, and nothing else is.
static void
test_killed(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "project.lacuna");
    g_autofree char *other = lac_scratch_path(scratch, "other.lacuna");
    g_free(lac_scratch_write(scratch, ".00000000-1-00000000.other", "a", 1));
    const char *targets[] = { path, path, other };
    for (guint i = 0; i < 3; i++) {
        pid_t child = fork();
        if (child == 0) {
            lac_write_atomically(targets[i], write_and_die, NULL, NULL);
            _exit(0);
        }
        int status;
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpuint(lac_scratch_count(scratch), ==,
            i < 2 ? 2 : 3); // the second removed the first
    }
    Write write = { .text = "whole" };
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_write_atomically(path, write_text, &write, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 3); // the leftover of the other file stays
    g_assert_true(lac_write_atomically(other, write_text, &write, &error));
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 3); // both files, and one of unknown origin
    g_free(write.seen);
}

static void
test_write_unknown(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "volume.docx");
    g_autoptr(LacVolume) volume = lac_volume_new(1, 2, 3, 1.0, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_false(lac_write_volume(volume, path, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "\"docx\""));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/io/raw", LacScratch, NULL, lac_scratch_set_up, test_raw, lac_scratch_tear_down);
    g_test_add("/io/argument", LacScratch, NULL, lac_scratch_set_up, test_argument,
        lac_scratch_tear_down);
    g_test_add("/io/atomic", LacScratch, NULL, lac_scratch_set_up, test_atomic,
        lac_scratch_tear_down);
    g_test_add("/io/killed", LacScratch, NULL, lac_scratch_set_up, test_killed,
        lac_scratch_tear_down);
    g_test_add("/io/write-unknown", LacScratch, NULL, lac_scratch_set_up, test_write_unknown,
        lac_scratch_tear_down);
    return g_test_run();
}
