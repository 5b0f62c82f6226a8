// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/mutate.h"

#include "core/rng.h"
#include "tests/support/allocations.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_S     5.0
#define ALLOWED_BYTES ((gsize) 64 << 20)

// A stream of random numbers of one copy.
typedef struct {
    guint64 seed, counter;
} Dice;

static guint64
roll(Dice *dice, guint64 n)
{
    return lac_rng_bits(dice->seed, dice->counter++) % MAX(n, 1);
}

// Headers deserve most of the damage.
static gsize
roll_place(Dice *dice, gsize n)
{
    switch (roll(dice, 4)) {
    case 0: return roll(dice, n);
    case 1: return roll(dice, MIN(n, 32));
    case 2: return roll(dice, MIN(n, 256));
    default: return roll(dice, MIN(n, 1024));
    }
}

static void
flip_bits(GByteArray *bytes, Dice *dice)
{
    for (guint64 i = roll(dice, 8) + 1; i > 0; i--)
        bytes->data[roll_place(dice, bytes->len)] ^= (guint8) (1u << roll(dice, 8));
}

static void
write_absurd_number(GByteArray *bytes, Dice *dice)
{
    static const guint64 absurd[] = { 0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000,
        0x7fffffff, 0x80000000, 0xffffffff, G_GUINT64_CONSTANT(0x100000000),
        G_GUINT64_CONSTANT(0x4000000000000000), G_GUINT64_CONSTANT(0x7fffffffffffffff),
        G_GUINT64_CONSTANT(0x8000000000000000), G_GUINT64_CONSTANT(0xffffffffffffffff) };
    gsize size = (gsize) 1 << roll(dice, 4);
    if (bytes->len < size)
        return;
    guint64 value = absurd[roll(dice, G_N_ELEMENTS(absurd))];
    if (roll(dice, 3) == 0)
        value = lac_rng_bits(dice->seed, dice->counter++) >> roll(dice, 64);
    gsize place = roll_place(dice, bytes->len - size + 1);
    if (roll(dice, 2) == 0)
        place -= place % size;
    gboolean big_endian = roll(dice, 4) == 0;
    for (gsize i = 0; i < size; i++)
        bytes->data[place + i] = (guint8) (value >> 8 * (big_endian ? size - 1 - i : i));
}

static void
write_absurd_text(GByteArray *bytes, Dice *dice)
{
    static const char *const absurd[] = { "99999999999999999999", "-1", "0", "1e999", "nan", "-inf",
        "\n", "\r", "\t\t\t", ",", "\"", "%", "#", "{", "'", "4294967295", "18446744073709551615",
        "\xff\xfe" };
    const char *text = absurd[roll(dice, G_N_ELEMENTS(absurd))];
    gsize place = roll_place(dice, bytes->len), n = MIN(strlen(text), bytes->len - place);
    memcpy(bytes->data + place, text, n);
}

static void
move_block(GByteArray *bytes, Dice *dice)
{
    gsize n = roll(dice, MIN(bytes->len, 64)) + 1;
    gsize from = roll(dice, bytes->len - n + 1), to = roll_place(dice, bytes->len - n + 1);
    memmove(bytes->data + to, bytes->data + from, n);
}

static void
change_length(GByteArray *bytes, Dice *dice)
{
    if (roll(dice, 4) != 0) {
        g_byte_array_set_size(bytes, (guint) roll_place(dice, bytes->len));
        return;
    }
    guint old = bytes->len;
    g_byte_array_set_size(bytes, old + (guint) roll(dice, 64) + 1);
    for (guint i = old; i < bytes->len; i++)
        bytes->data[i] = (guint8) roll(dice, 256);
}

/**
 * lac_mutate_bytes:
 * @bytes: (out caller-allocates): receives the damaged copy
 * @original: (array length=n): a valid file
 * @n: its length, at least 1
 * @seed: names the stream of damage
 * @copy: which copy
 *
 * Makes damage number @copy: flipped bits, absurd numbers and words, moved blocks, cut or grown
 * ends. The same numbers make the same damage.
 */
void
lac_mutate_bytes(GByteArray *bytes, const guint8 *original, gsize n, guint64 seed, guint64 copy)
{
    Dice dice = { .seed = lac_rng_bits(seed, copy) };
    g_byte_array_set_size(bytes, 0);
    g_byte_array_append(bytes, original, (guint) n);
    for (guint64 i = roll(&dice, 3) + 1; i > 0 && bytes->len > 0; i--) {
        switch (roll(&dice, 8)) {
        case 0:
        case 1: flip_bits(bytes, &dice); break;
        case 2:
        case 3:
        case 4: write_absurd_number(bytes, &dice); break;
        case 5: write_absurd_text(bytes, &dice); break;
        case 6: move_block(bytes, &dice); break;
        default: change_length(bytes, &dice); break;
        }
    }
}

static void
on_hang(int number)
{
    static const char text[] = "Bail out! the reader hangs; the damaged file is left in place\n";
    (void) number;
    if (write(STDOUT_FILENO, text, sizeof text - 1) < 0)
        _exit(2);
    _exit(1);
}

static char *
make_scratch_path(const char *suffix)
{
    const char *folder = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir();
    g_autofree char *name = g_strdup_printf("lacuna-mutate-%d.%s", (int) getpid(), suffix);
    return g_build_filename(folder, name, NULL);
}

static void
write_scratch(const char *path, const GByteArray *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, bytes->data, bytes->len), ==, (gssize) bytes->len);
    close(fd);
}

static void
check_error(const GError *error, const char *path, guint64 seed, guint copy)
{
    g_autofree char *name = g_path_get_basename(path);
    if (error->message[0] != '\0' && strchr(error->message, '\n') == NULL &&
        g_utf8_validate(error->message, -1, NULL) && strstr(error->message, name) != NULL)
        return;
    g_test_message("copy %u of seed %" G_GUINT64_FORMAT ", left as %s: unclear error \"%s\"", copy,
        seed, path, error->message);
    g_test_fail();
}

/**
 * lac_mutate_check:
 * @original: (array length=n): a small valid file
 * @n: its length
 * @suffix: which the copies are to have, such as "mrc"
 * @n_copies: how many damaged copies to read
 * @seed: names the stream of damage
 * @read: the reader
 * @data: for @read
 *
 * Reads damaged copies and fails the test when a copy takes over 5 s, makes the reader hold more
 * than four times its size and 64 MiB, or is refused without one clear sentence that names it.
 * When a copy crashes or hangs the reader its file is left in /dev/shm.
 *
 * Returns: what happened
 */
LacMutateReport
lac_mutate_check(const guint8 *original, gsize n, const char *suffix, guint n_copies, guint64 seed,
    LacMutateRead read, gpointer data)
{
    LacMutateReport report = { 0 };
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree char *path = make_scratch_path(suffix);
    void (*old_handler)(int) = signal(SIGALRM, on_hang);
    gboolean failed = FALSE;
    for (guint copy = 0; copy < n_copies && !failed; copy++) {
        lac_mutate_bytes(bytes, original, n, seed, copy);
        write_scratch(path, bytes);
        g_autoptr(GError) error = NULL;
        alarm((guint) (4.0 * LONGEST_S));
        lac_allocations_reset();
        gint64 begin = g_get_monotonic_time();
        gboolean done = read(path, data, &error);
        double time_s = (double) (g_get_monotonic_time() - begin) / 1e6;
        gsize peak = lac_allocations_get_peak();
        alarm(0);
        report.n_read += done ? 1 : 0;
        report.n_refused += done ? 0 : 1;
        report.slowest_s = MAX(report.slowest_s, time_s);
        report.largest = MAX(report.largest, peak);
        if (done != (error == NULL) || time_s > LONGEST_S ||
            peak > 4 * (gsize) bytes->len + ALLOWED_BYTES) {
            g_test_message("copy %u of seed %" G_GUINT64_FORMAT ", left as %s: %s, %.2f s, %.1f "
                           "MiB, error \"%s\"",
                copy, seed, path, done ? "read" : "refused", time_s, (double) peak / 1048576.0,
                error != NULL ? error->message : "");
            g_test_fail();
        }
        else if (!done) {
            check_error(error, path, seed, copy);
        }
        failed = g_test_failed();
    }
    signal(SIGALRM, old_handler);
    if (!failed)
        unlink(path);
    g_test_message("%u copies read, %u refused; slowest %.3f s, largest %.0f KiB", report.n_read,
        report.n_refused, report.slowest_s, (double) report.largest / 1024.0);
    return report;
}

/**
 * lac_mutate_check_file:
 * @path: a small valid file, whose suffix the copies get
 * @n_copies: how many damaged copies to read
 * @seed: names the stream of damage
 * @read: the reader
 * @data: for @read
 *
 * Does lac_mutate_check() with the contents of a file.
 *
 * Returns: what happened
 */
LacMutateReport
lac_mutate_check_file(const char *path, guint n_copies, guint64 seed, LacMutateRead read,
    gpointer data)
{
    g_autofree char *contents = NULL;
    gsize n = 0;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &contents, &n, &error);
    g_assert_no_error(error);
    const char *dot = strrchr(path, '.');
    return lac_mutate_check((const guint8 *) contents, n, dot != NULL ? dot + 1 : "", n_copies,
        seed, read, data);
}
