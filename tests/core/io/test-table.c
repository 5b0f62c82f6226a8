// SPDX-License-Identifier: GPL-3.0-or-later
// Angle tables as people write them, and as they should not.
#include "core/error.h"
#include "core/io/format.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <string.h>

typedef struct {
    const char *name, *text;
    gsize n;
    LacAngles second; // angles of the second projection
} Good;

static const Good good[] = {
    { "a.tlt", "-60\n-57.5\n0\n", 3, { 0.0, -57.5, 0.0 } },
    { "a.rawtlt", "  -60.00 \r\n  -57.50\r\n\r\n", 2, { 0.0, -57.5, 0.0 } },
    { "a.txt", "\xef\xbb\xbf# phi theta psi\n1 2 3\n\t4\t5\t6\t\n", 2, { 4.0, 5.0, 6.0 } },
    { "a.csv", "phi,theta,psi\n1,2,3\n4,5,6\n7,8,9\n", 3, { 4.0, 5.0, 6.0 } },
    { "a.csv", "\"psi (deg)\",\"Tilt (deg)\"\n1,2\n4,5\n", 2, { 0.0, 5.0, 4.0 } },
    { "a.csv", "1,-70.1\n2,-68\n3,-66\n", 3, { 0.0, -68.0, 0.0 } },
    { "a.csv", "theta;name;phi\n-70,5;1;2\n-68,25;1;3\n", 2, { 3.0, -68.25, 0.0 } },
    { "a.txt", "% comment\n0 1 2 3\n1 4 5 6\n", 2, { 4.0, 5.0, 6.0 } },
    { "a.txt", "-10 -5 0 5 10\n", 5, { 0.0, -5.0, 0.0 } },
    { "a.txt", "1 2 3 4 5\n10 20 30 40 50\n6 7 8 9 9\n", 5, { 2.0, 20.0, 7.0 } },
    { "a.txt", "1e1\n+2.5E-1", 2, { 0.0, 0.25, 0.0 } },
};

static void
test_good(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        gsize n;
        g_autofree char *path = lac_scratch_write(scratch, good[i].name, good[i].text, -1);
        g_autoptr(GError) error = NULL;
        g_autofree LacAngles *angles = lac_read_angles(path, &n, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(n, ==, good[i].n);
        g_assert_cmpfloat(angles[1].phi, ==, good[i].second.phi);
        g_assert_cmpfloat(angles[1].theta, ==, good[i].second.theta);
        g_assert_cmpfloat(angles[1].psi, ==, good[i].second.psi);
    }
}

static void
test_bad(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const struct {
        const char *text, *message;
    } bad[] = {
        { "# nothing\n\n", "no numbers" },
        { "10\n20\n361\n", "line 3: the angle 361°" },
        { "10\n\n# c\nnan\n", "line 4: the angle nan°" },
        { "10\n1e999\n", "line 2: the angle inf°" },
        { "1 2 3\n4 5\n", "line 2 has 2 columns" },
        { "1 2\n5 6\n", "not 2" },
        { "10\nten\n", "line 2 is not a row of numbers: \"ten\"" },
        { "theta,phi\n10\n20\n", "header names 2 columns" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        gsize n;
        g_autofree char *path = lac_scratch_write(scratch, "bad.txt", bad[i].text, -1);
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_read_angles(path, &n, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, "bad.txt: "));
        g_assert_nonnull(strstr(error->message, bad[i].message));
    }
}

static void
test_not_a_volume(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_write(scratch, "a.tlt", "1\n2\n", -1);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_read_volume(path, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    g_assert_nonnull(strstr(error->message, "angles"));
}

static void
test_written(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char *const names[] = { "a.txt", "a.csv", "a.tlt" };
    g_autoptr(LacSeries) series = lac_series_new(3, 2, 2, 0.0, NULL);
    for (gsize k = 0; k < 3; k++)
        series->angles[k].theta = -50.0 / 3.0 * (double) k;
    for (int with_phi = 0; with_phi < 2; with_phi++) {
        series->angles[2].phi = with_phi ? 0.1 : 0.0;
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
            gsize n;
            g_autoptr(GError) error = NULL;
            g_autofree char *path = lac_scratch_path(scratch, names[i]);
            gboolean done = lac_write_series(series, path, NULL, &error);
            if (with_phi && i == 2) {
                g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
                continue;
            }
            g_assert_no_error(error);
            g_assert_true(done);
            g_autofree LacAngles *angles = lac_read_angles(path, &n, &error);
            g_assert_no_error(error);
            g_assert_cmpuint(n, ==, 3);
            g_assert_cmpint(memcmp(angles, series->angles, 3 * sizeof *angles), ==, 0);
        }
    }
    g_autoptr(LacVolume) volume = lac_volume_new(2, 2, 2, 0.0, NULL);
    g_autofree char *path = lac_scratch_path(scratch, "v.txt");
    g_autoptr(GError) error = NULL;
    g_assert_false(lac_write_volume(volume, path, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 3);
}

static gboolean
read_angles(const char *path, gpointer data, GError **error)
{
    (void) data;
    gsize n;
    g_autofree LacAngles *angles = lac_read_angles(path, &n, error);
    return angles != NULL;
}

static void
test_damaged(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        const char *suffix = strchr(good[i].name, '.') + 1;
        lac_mutate_check((const guint8 *) good[i].text, strlen(good[i].text), suffix, 1000, 13 + i,
            read_angles, NULL);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/table/good", LacScratch, NULL, lac_scratch_set_up, test_good,
        lac_scratch_tear_down);
    g_test_add("/table/bad", LacScratch, NULL, lac_scratch_set_up, test_bad, lac_scratch_tear_down);
    g_test_add("/table/not-a-volume", LacScratch, NULL, lac_scratch_set_up, test_not_a_volume,
        lac_scratch_tear_down);
    g_test_add("/table/written", LacScratch, NULL, lac_scratch_set_up, test_written,
        lac_scratch_tear_down);
    g_test_add_func("/table/damaged", test_damaged);
    return g_test_run();
}
