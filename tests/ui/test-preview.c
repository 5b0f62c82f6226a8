// SPDX-License-Identifier: GPL-3.0-or-later
// What widgets compute: histograms and ranges, numbers typed by hand, residuals, sinograms, and the
// worker that only does the newest request.
#include "core/recon/recon.h"
#include "ui/histogram.h"
#include "ui/latest.h"
#include "ui/number-entry.h"
#include "ui/projections-view.h"
#include "ui/residual.h"
#include "ui/tilt-table.h"

#include <math.h>

static void
test_percentiles(void)
{
    enum {
        N = 10001
    };
    g_autofree float *values = g_new(float, N);
    for (int i = 0; i < N; i++)
        values[i] = (float) ((i * 7919) % N); // every number once
    g_autofree LacHistogram *histogram = lac_histogram_new(values, N);
    g_assert_cmpfloat(histogram->min, ==, 0.0);
    g_assert_cmpfloat(histogram->max, ==, N - 1);
    g_assert_cmpuint(histogram->n, ==, N);
    double bin = (histogram->max - histogram->min) / LAC_HISTOGRAM_BINS;
    for (int i = 0; i <= 20; i++) {
        double share = i / 20.0;
        g_assert_cmpfloat(fabs(lac_histogram_get_percentile(histogram, share) - share * (N - 1)),
            <=, 1.5 * bin);
    }
    double black, white;
    lac_histogram_get_auto_range(histogram, &black, &white);
    g_assert_cmpfloat(fabs(black - 0.002 * N), <=, 2.0 * bin);
    g_assert_cmpfloat(fabs(white - 0.998 * N), <=, 2.0 * bin);
}

static void
test_odd_data(void)
{
    // Bad values count nowhere.
    float values[] = { NAN, 1.0f, INFINITY, 3.0f, -INFINITY, 2.0f };
    g_autofree LacHistogram *histogram = lac_histogram_new(values, G_N_ELEMENTS(values));
    g_assert_cmpuint(histogram->n, ==, 3);
    g_assert_cmpfloat(histogram->min, ==, 1.0);
    g_assert_cmpfloat(histogram->max, ==, 3.0);
    gsize n = 0;
    for (guint i = 0; i < LAC_HISTOGRAM_BINS; i++)
        n += histogram->bins[i];
    g_assert_cmpuint(n, ==, 3);
    // One value: a range about it; no value: a range nevertheless.
    float same[] = { 5.0f, 5.0f };
    g_autofree LacHistogram *flat = lac_histogram_new(same, 2);
    g_assert_cmpfloat(flat->max, >, 5.0);
    g_assert_cmpfloat(flat->min, <, 5.0);
    g_autofree LacHistogram *none = lac_histogram_new(values, 1);
    g_assert_cmpuint(none->n, ==, 0);
    double black, white;
    lac_histogram_get_auto_range(none, &black, &white);
    g_assert_cmpfloat(white, >, black);
    // A hot pixel does not decide the range; vacuum with a little in it shows all.
    enum {
        N = 100000
    };
    g_autofree float *image = g_new0(float, N);
    for (int i = 0; i < N; i++)
        image[i] = (float) (i % 100);
    image[17] = 1e4f;
    g_autofree LacHistogram *hot = lac_histogram_new(image, N);
    lac_histogram_get_auto_range(hot, &black, &white);
    g_assert_cmpfloat(white, <, 110.0);
    for (int i = 0; i < N; i++)
        image[i] = i < 20 ? 1.0f : 0.0f;
    g_autofree LacHistogram *vacuum = lac_histogram_new(image, N);
    lac_histogram_get_auto_range(vacuum, &black, &white);
    g_assert_cmpfloat(white, ==, 1.0);
}

static void
test_numbers(void)
{
    const struct {
        const char *text;
        double value;
    } good[] = {
        { "1.5", 1.5 },
        { " -2 ", -2.0 },
        { "−61,5°", -61.5 },
        { "1e-3", 1e-3 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        double value = 0.0;
        g_assert_true(lac_parse_number(good[i].text, &value));
        g_assert_cmpfloat(value, ==, good[i].value);
    }
    static const char *const bad[] = { "", " ", "abc", "1.5x", "1.2.3", "nan", "inf", "1e999" };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        double value = 42.0;
        g_assert_false(lac_parse_number(bad[i], &value));
        g_assert_cmpfloat(value, ==, 42.0);
    }
}

static void
test_angles(void)
{
    double angle = 1.0;
    g_autofree char *refusal = NULL;
    g_assert_true(lac_tilt_table_parse_angle("-70.5", &angle, &refusal));
    g_assert_cmpfloat(angle, ==, -70.5);
    g_assert_null(refusal);
    g_assert_false(lac_tilt_table_parse_angle("seven", &angle, &refusal));
    g_assert_cmpstr(refusal, ==, "“seven” is not an angle in degrees");
    g_clear_pointer(&refusal, g_free);
    g_assert_false(lac_tilt_table_parse_angle("400", &angle, &refusal));
    g_assert_cmpstr(refusal, ==, "400° is outside ±360°");
    g_assert_cmpfloat(angle, ==, -70.5);
}

static LacVolume *
make_blob(gsize n)
{
    LacVolume *volume = lac_volume_new(n, n, n, 1.0, NULL);
    for (gsize z = 0; z < n; z++)
        for (gsize y = 0; y < n; y++)
            for (gsize x = 0; x < n; x++) {
                double dx = (double) x - 9.0, dy = (double) y - 14.0, dz = (double) z - 11.0;
                volume->data[(z * n + y) * n + x] =
                    (float) exp(-(dx * dx + dy * dy + dz * dz) / 8.0);
            }
    return volume;
}

static LacSeries *
make_series(const LacVolume *volume)
{
    g_autoptr(LacSeries) geometry = lac_series_new(3, volume->ny, volume->nx, 1.0, NULL);
    geometry->angles[0].theta = 40.0;
    geometry->angles[1].theta = -30.0;
    geometry->angles[2].theta = 5.0;
    return lac_recon_project(volume, geometry, NULL);
}

static void
test_residual(void)
{
    g_autoptr(LacVolume) volume = make_blob(24);
    g_autoptr(LacSeries) series = make_series(volume);
    g_autoptr(GError) error = NULL;
    for (guint k = 0; k < 3; k++) {
        g_autoptr(LacResidual) same = lac_residual_new(series, k, volume, &error);
        g_assert_no_error(error);
        g_assert_cmpfloat(same->r1, <, 1e-6);
        g_assert_cmpfloat(same->r2, <, 1e-6);
        g_assert_cmpfloat(same->limit, >, 0.0);
        g_assert_cmpfloat(same->white, >, same->black);
    }
    // An empty volume explains nothing, a volume of half the density one half.
    g_autoptr(LacVolume) half = make_blob(24);
    for (gsize i = 0; i < lac_volume_get_size(half); i++)
        half->data[i] *= 0.5f;
    g_autoptr(LacResidual) r = lac_residual_new(series, 1, half, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat_with_epsilon(r->r1, 0.5, 1e-5);
    g_assert_cmpfloat_with_epsilon(r->r2, 0.5, 1e-5);
    const float *measured = lac_series_get_projection(series, 1);
    for (gsize i = 0; i < 24 * 24; i++)
        g_assert_cmpfloat(fabsf(measured[i] - r->calculated->data[i] - r->difference->data[i]), <=,
            1e-6f);
}

static void
test_sinogram(void)
{
    g_autoptr(LacVolume) volume = make_blob(24);
    g_autoptr(LacSeries) series = make_series(volume);
    const guint order[3] = { 1, 2, 0 };
    g_autoptr(LacBuffer) sinogram = lac_projections_make_sinogram(series, 14, order);
    for (gsize k = 0; k < 3; k++)
        for (gsize u = 0; u < 24; u++)
            g_assert_cmpfloat(sinogram->data[k * 24 + u], ==,
                lac_series_get_projection(series, order[k])[14 * 24 + u]);
}

typedef struct {
    GMutex lock;
    GCond turn;
    gboolean open;
    guint n_runs; // atomic
    guint n_results;
    int last;
    GMainLoop *loop;
    LacLatest *worker;
    gboolean frees; // the worker, on the first result
} Watch;

typedef struct {
    Watch *watch;
    int number;
} Ask;

static gpointer
ask_work(LacProgress *progress, gpointer data, GError **error)
{
    (void) progress;
    (void) error;
    Ask *ask = data;
    g_mutex_lock(&ask->watch->lock);
    while (!ask->watch->open)
        g_cond_wait(&ask->watch->turn, &ask->watch->lock);
    ask->watch->n_runs++;
    g_mutex_unlock(&ask->watch->lock);
    return g_memdup2(&ask->number, sizeof ask->number);
}

static void
ask_done(gpointer result, const GError *error, gpointer owner)
{
    Watch *watch = owner;
    g_autofree int *number = result;
    g_assert_no_error(error);
    watch->n_results++;
    watch->last = *number;
    if (watch->frees)
        g_clear_pointer(&watch->worker, lac_latest_free);
    if (watch->frees || *number == 9)
        g_main_loop_quit(watch->loop);
}

static void
ask(Watch *watch, int number, guint delay_ms)
{
    Ask *data = g_new(Ask, 1);
    *data = (Ask){ .watch = watch, .number = number };
    lac_latest_request(watch->worker, data, delay_ms);
}

static void
open_gate(Watch *watch)
{
    g_mutex_lock(&watch->lock);
    watch->open = TRUE;
    g_cond_broadcast(&watch->turn);
    g_mutex_unlock(&watch->lock);
}

static void
watch_init(Watch *watch)
{
    *watch = (Watch){ .loop = g_main_loop_new(NULL, FALSE) };
    g_mutex_init(&watch->lock);
    g_cond_init(&watch->turn);
    watch->worker = lac_latest_new(ask_work, g_free, g_free, ask_done, watch);
}

static void
watch_clear(Watch *watch)
{
    g_clear_pointer(&watch->worker, lac_latest_free);
    g_main_loop_unref(watch->loop);
    g_mutex_clear(&watch->lock);
    g_cond_clear(&watch->turn);
}

static gboolean
quit_cb(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

// The first and the last of ten requests run, all between are dropped.
static void
test_latest(void)
{
    Watch watch;
    watch_init(&watch);
    for (int i = 0; i < 10; i++)
        ask(&watch, i, 0);
    g_assert_true(lac_latest_is_busy(watch.worker));
    open_gate(&watch);
    g_main_loop_run(watch.loop);
    g_assert_cmpuint(watch.n_runs, ==, 2);
    g_assert_cmpuint(watch.n_results, ==, 2);
    g_assert_cmpint(watch.last, ==, 9);
    g_assert_false(lac_latest_is_busy(watch.worker));
    // With a delay only the last one runs.
    for (int i = 0; i < 10; i++)
        ask(&watch, i, 20);
    g_main_loop_run(watch.loop);
    g_assert_cmpuint(watch.n_runs, ==, 3);
    watch_clear(&watch);
}

// After it was freed nothing arrives, whatever was under way.
static void
test_latest_free(void)
{
    Watch watch;
    watch_init(&watch);
    ask(&watch, 1, 0);
    ask(&watch, 2, 0);
    ask(&watch, 3, 50);
    g_clear_pointer(&watch.worker, lac_latest_free);
    open_gate(&watch);
    g_timeout_add(120, quit_cb, watch.loop);
    g_main_loop_run(watch.loop);
    g_assert_cmpuint(watch.n_results, ==, 0);
    // The one that ran already ends without anyone listening.
    for (gboolean ended = FALSE; !ended; g_usleep(1000)) {
        g_mutex_lock(&watch.lock);
        ended = watch.n_runs > 0;
        g_mutex_unlock(&watch.lock);
    }
    watch_clear(&watch);
    // And it may be freed by the one who gets a result.
    watch_init(&watch);
    watch.frees = TRUE;
    ask(&watch, 1, 0);
    open_gate(&watch);
    g_main_loop_run(watch.loop);
    g_assert_null(watch.worker);
    g_assert_cmpuint(watch.n_results, ==, 1);
    watch_clear(&watch);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/preview/percentiles", test_percentiles);
    g_test_add_func("/ui/preview/odd-data", test_odd_data);
    g_test_add_func("/ui/preview/numbers", test_numbers);
    g_test_add_func("/ui/preview/angles", test_angles);
    g_test_add_func("/ui/preview/residual", test_residual);
    g_test_add_func("/ui/preview/sinogram", test_sinogram);
    g_test_add_func("/ui/preview/latest", test_latest);
    g_test_add_func("/ui/preview/latest-free", test_latest_free);
    return g_test_run();
}
