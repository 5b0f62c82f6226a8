// SPDX-License-Identifier: GPL-3.0-or-later
// All steps on a series: how much the methods gain, laws, threads, bad input.
#include "core/error.h"
#include "core/parallel.h"
#include "core/prep/denoise.h"
#include "core/rng.h"
#include "tests/core/prep/pictures.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define N_PROJECTIONS 3
#define NV            96
#define NU            100
#define N             (NV * NU)

// Counts of a detector, brighter from projection to projection.
static LacSeries *
make_series(double peak, float **clean)
{
    g_autoptr(GError) error = NULL;
    LacSeries *series = lac_series_new(N_PROJECTIONS, NV, NU, 0.5, &error);
    g_assert_no_error(error);
    float *truth = g_new(float, N_PROJECTIONS *N);
    for (gsize k = 0; k < N_PROJECTIONS; k++) {
        double scale = 1.0 + 0.15 * (double) k;
        g_autofree float *picture = test_atoms_picture(NV, NU, scale, scale * peak);
        g_autofree float *noisy = test_add_noise(picture, N, &(LacNoise){ .gain = 1.0 }, 20 + k);
        memcpy(truth + k * N, picture, N * sizeof *truth);
        memcpy(series->data + k * N, noisy, N * sizeof *truth);
        series->angles[k].theta = 3.0 * (double) k;
        series->shifts[k].du = 0.5;
    }
    series->excluded[1] = TRUE;
    if (clean != NULL)
        *clean = truth;
    else
        g_free(truth);
    return series;
}

static LacDenoised *
denoise(const LacSeries *series, const LacDenoiseParams *params)
{
    g_autoptr(GError) error = NULL;
    LacDenoised *result = lac_denoise_series(series, params, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    return result;
}

static double
gain_of(LacDenoiseMethod method, const LacSeries *series, const float *clean, double peak)
{
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    params.method = method;
    double best = 0.0;
    const double widths[] = { 0.7, 1.0, 1.4, 2.0 }; // the Gaussian as good as it gets
    for (gsize i = 0; i < (method == LAC_DENOISE_GAUSSIAN ? G_N_ELEMENTS(widths) : 1); i++) {
        params.width = widths[i];
        g_autoptr(LacDenoised) result = denoise(series, &params);
        best = fmax(best, test_psnr(result->series->data, clean, N_PROJECTIONS * N, peak));
    }
    return best - test_psnr(series->data, clean, N_PROJECTIONS * N, peak);
}

static void
test_gains(void)
{
    const double peaks[] = { 6.0, 40.0, 200.0 };
    for (gsize i = 0; i < G_N_ELEMENTS(peaks); i++) {
        float *clean;
        g_autoptr(LacSeries) series = make_series(peaks[i], &clean);
        double bm3d = gain_of(LAC_DENOISE_BM3D, series, clean, peaks[i]);
        double nlm = gain_of(LAC_DENOISE_NLM, series, clean, peaks[i]);
        double gaussian = gain_of(LAC_DENOISE_GAUSSIAN, series, clean, peaks[i]);
        g_test_message("%g counts at the peak: BM3D +%.2f dB, non-local means +%.2f dB, Gaussian "
                       "at its best +%.2f dB",
            peaks[i], bm3d, nlm, gaussian);
        g_assert_cmpfloat(bm3d, >, nlm);
        g_assert_cmpfloat(bm3d, >, gaussian);
        g_assert_cmpfloat(nlm, >, 1.0);
        g_assert_cmpfloat(gaussian, >, 1.0);
        g_free(clean);
    }
}

// The sum of a projection is its dose, which a filter should not change. Non-local means do a
// little: pixels with an unlikely value find few like themselves.
static void
test_unbiased(void)
{
    g_autoptr(LacSeries) series = make_series(4.0, NULL);
    for (guint method = LAC_DENOISE_NONE; method < LAC_N_DENOISE_METHODS; method++) {
        LacDenoiseParams params;
        lac_denoise_params_init(&params);
        params.method = (LacDenoiseMethod) method;
        params.estimate = FALSE;
        params.noise.gain = 1.0;
        g_autoptr(LacDenoised) result = denoise(series, &params);
        for (gsize k = 0; k < N_PROJECTIONS; k++) {
            double before = 0.0, after = 0.0;
            for (gsize i = 0; i < N; i++) {
                before += (double) series->data[k * N + i];
                after += (double) result->series->data[k * N + i];
            }
            g_test_message("%s: %g of %g", lac_denoise_method_get_id(params.method), after, before);
            g_assert_cmpfloat(fabs(after / before - 1.0), <,
                method == LAC_DENOISE_NLM ? 0.05 : 0.01);
        }
    }
}

static void
test_metadata(void)
{
    g_autoptr(LacSeries) series = make_series(40.0, NULL);
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    params.method = LAC_DENOISE_GAUSSIAN;
    g_autoptr(LacDenoised) result = denoise(series, &params);
    g_assert_cmpfloat(result->series->pixel_size, ==, 0.5);
    for (gsize k = 0; k < N_PROJECTIONS; k++) {
        g_assert_cmpfloat(result->series->angles[k].theta, ==, series->angles[k].theta);
        g_assert_cmpfloat(result->series->shifts[k].du, ==, series->shifts[k].du);
        g_assert_cmpint(result->series->excluded[k], ==, series->excluded[k]);
        g_assert_cmpfloat(result->info[k].factor, ==, 1.0);
        g_assert_cmpfloat(fabs(result->info[k].noise.gain - 1.0), <, 0.12);
    }
}

static void
test_background(void)
{
    float *clean;
    g_autoptr(LacSeries) series = make_series(80.0, &clean);
    for (gsize k = 0; k < N_PROJECTIONS; k++) // a slope behind the particle
        for (gsize i = 0; i < N; i++)
            series->data[k * N + i] += 10.0F + 0.1F * (float) (i % NU);
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    params.background = LAC_BEHIND_LAPLACE;
    params.normalise = TRUE;
    g_autoptr(LacDenoised) result = denoise(series, &params);
    for (gsize k = 0; k < N_PROJECTIONS; k++) {
        const LacDenoiseInfo *info = result->info + k;
        const float *image = result->series->data + k * N;
        double sum = 0.0, expected = 0.0;
        for (gsize i = 0; i < N; i++) {
            sum += (double) image[i];
            expected += (double) clean[k * N + i] - (1.0 + 0.15 * (double) k);
        }
        g_test_message("background %g, total %g of %g, mask of %" G_GSIZE_FORMAT, info->background,
            info->total, expected, info->n_mask);
        double behind = 11.0 + 0.15 * (double) k + 0.1 * (NU / 2);
        g_assert_cmpfloat(fabs(info->background - behind), <, 1.0);
        g_assert_cmpfloat(fabs(info->total / expected - 1.0), <, 0.04);
        g_assert_cmpfloat(fabs(sum / (info->factor * info->total) - 1.0), <, 1e-4);
        g_assert_cmpfloat(image[0], ==, 0.0F); // outside the mask
    }
    double first = result->info[0].total * result->info[0].factor;
    for (gsize k = 1; k < N_PROJECTIONS; k++)
        g_assert_cmpfloat(fabs(result->info[k].total * result->info[k].factor / first - 1.0), <,
            1e-9);
    g_assert_cmpfloat(fabs(0.5 * (result->info[0].total + result->info[2].total) / first - 1.0), <,
        1e-9); // the second is excluded
    params.background = LAC_BEHIND_CONSTANT;
    params.normalise = FALSE;
    g_autoptr(LacDenoised) constant = denoise(series, &params);
    double outside = 0.0;
    for (gsize i = 0; i < NU; i++)
        outside += (double) constant->series->data[i] / NU;
    g_assert_cmpfloat(fabs(outside), <, 1.0);
    g_free(clean);
}

static void
test_given_mask(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = make_series(40.0, NULL);
    g_autoptr(LacSeries) mask = lac_series_new(1, NV, NU, 0.5, &error);
    for (gsize i = 0; i < N; i++)
        mask->data[i] = i / NU > 20 && i / NU < 70 ? 1.0F : 0.0F;
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    params.method = LAC_DENOISE_NONE;
    params.background = LAC_BEHIND_LAPLACE;
    g_autoptr(LacDenoised) result = lac_denoise_series(series, &params, mask, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result->info[0].n_mask, ==, 49 * NU);
    for (gsize i = 0; i < N; i++)
        if (mask->data[i] < 0.5F)
            g_assert_cmpfloat(result->series->data[i], ==, 0.0F);
    g_autoptr(LacSeries) wrong = lac_series_new(2, NV, NU, 0.5, &error);
    g_assert_null(lac_denoise_series(series, &params, wrong, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
}

// What was drawn by hand is inside whatever is found, and what was erased outside.
static void
test_strokes(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = make_series(40.0, NULL);
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    params.method = LAC_DENOISE_NONE;
    params.background = LAC_BEHIND_LAPLACE;
    const double corner[2] = { 2.0, 2.0 }, all[2] = { 0.5 * NU, 0.5 * NV };
    g_autoptr(LacMaskStrokes) erased = lac_mask_strokes_append(NULL, 0, FALSE, NU + NV, all, 1);
    g_autoptr(LacMaskStrokes) drawn = lac_mask_strokes_append(erased, 0, TRUE, 2.0, corner, 1);
    g_autoptr(LacDenoised) result = lac_denoise_series(series, &params, NULL, drawn, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result->info[0].n_mask, ==, 12);
    g_autoptr(LacDenoised) found = lac_denoise_series(series, &params, NULL, NULL, NULL, &error);
    g_assert_cmpuint(found->info[0].n_mask, >, 100);
    for (gsize k = 1; k < series->n; k++) // of the others nothing was drawn
        g_assert_cmpuint(result->info[k].n_mask, ==, found->info[k].n_mask);
}

static void
test_threads(void)
{
    g_autoptr(LacSeries) series = make_series(10.0, NULL);
    const guint threads[] = { 1, 2, 3, 8 };
    guint before = lac_parallel_get_threads();
    for (guint method = LAC_DENOISE_BM3D; method < LAC_N_DENOISE_METHODS; method++) {
        g_autoptr(LacDenoised) first = NULL;
        for (gsize k = 0; k < G_N_ELEMENTS(threads); k++) {
            lac_parallel_set_threads(threads[k]);
            LacDenoiseParams params;
            lac_denoise_params_init(&params);
            params.method = (LacDenoiseMethod) method;
            params.background = LAC_BEHIND_LAPLACE;
            params.normalise = TRUE;
            g_autoptr(LacDenoised) result = denoise(series, &params);
            if (k == 0)
                first = g_steal_pointer(&result);
            else
                g_assert_true(memcmp(first->series->data, result->series->data,
                                  N_PROJECTIONS * N * sizeof(float)) == 0);
        }
    }
    lac_parallel_set_threads(before);
}

static void
test_odd(void)
{
    const gsize sizes[][2] = { { 1, 1 }, { 7, 7 }, { 8, 9 }, { 3, 60 } };
    for (guint method = LAC_DENOISE_NONE; method < LAC_N_DENOISE_METHODS; method++)
        for (gsize k = 0; k < G_N_ELEMENTS(sizes); k++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(LacSeries) series = lac_series_new(2, sizes[k][0], sizes[k][1], 0.0, &error);
            gsize n = 2 * sizes[k][0] * sizes[k][1];
            for (gsize i = 0; i < n; i++)
                series->data[i] = i % 31 == 7 ? NAN : (float) lac_rng_poisson(3, i, 20.0);
            LacDenoiseParams params;
            lac_denoise_params_init(&params);
            params.method = (LacDenoiseMethod) method;
            params.background = LAC_BEHIND_LAPLACE;
            params.estimate = FALSE;
            params.noise.gain = 1.0;
            g_autoptr(LacDenoised) result = denoise(series, &params);
            for (gsize i = 0; i < n; i++)
                g_assert_true(isfinite(result->series->data[i]));
        }
}

// Missing values are filled, and an image without noise stays as it is.
static void
test_missing(void)
{
    g_autoptr(LacSeries) series = make_series(40.0, NULL);
    for (gsize i = 0; i < 40; i++)
        series->data[N + 48 * NU + 30 + i] = i % 2 == 0 ? NAN : -INFINITY;
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    g_autoptr(LacDenoised) result = denoise(series, &params);
    g_assert_cmpuint(result->info[0].n_bad, ==, 0);
    g_assert_cmpuint(result->info[1].n_bad, ==, 40);
    for (gsize i = 0; i < N_PROJECTIONS * N; i++)
        g_assert_true(isfinite(result->series->data[i]));
    for (gsize i = 0; i < N_PROJECTIONS * N; i++)
        series->data[i] = 7.0F;
    g_autoptr(LacDenoised) flat = denoise(series, &params);
    for (gsize i = 0; i < N_PROJECTIONS * N; i++)
        g_assert_cmpfloat(flat->series->data[i], ==, 7.0F);
}

static void
test_errors(void)
{
    g_autoptr(LacSeries) series = make_series(40.0, NULL);
    g_autoptr(GError) error = NULL;
    LacDenoiseParams params;
    lac_denoise_params_init(&params);
    params.strength = 0.0;
    g_assert_null(lac_denoise_series(series, &params, NULL, NULL, NULL, &error));
    g_assert_cmpstr(error->message, ==, "The strength 0 is outside 0.01 to 100");
    g_clear_error(&error);
    lac_denoise_params_init(&params);
    params.estimate = FALSE;
    g_assert_null(lac_denoise_series(series, &params, NULL, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    lac_denoise_params_init(&params);
    params.method = LAC_DENOISE_NONE;
    params.mask.threshold = 1e9;
    params.normalise = TRUE;
    g_assert_null(lac_denoise_series(series, &params, NULL, NULL, NULL, &error));
    g_assert_true(g_str_has_prefix(error->message, "Projection 1 has no intensity"));
    g_clear_error(&error);
    LacDenoiseMethod method;
    g_assert_false(lac_denoise_method_from_id("best", &method, &error));
    g_assert_cmpstr(error->message, ==,
        "There is no method \"best\"; there are none, bm3d, nlm and gaussian");
}

static void
test_cancel(void)
{
    g_autoptr(LacSeries) series = make_series(40.0, NULL);
    for (guint at = 1; at <= N_PROJECTIONS; at++)
        for (guint method = LAC_DENOISE_BM3D; method < LAC_N_DENOISE_METHODS; method++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(LacProgress) progress = lac_progress_new();
            lac_progress_cancel_at(progress, at);
            LacDenoiseParams params;
            lac_denoise_params_init(&params);
            params.method = (LacDenoiseMethod) method;
            g_assert_null(lac_denoise_series(series, &params, NULL, NULL, progress, &error));
            g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/denoise/gains", test_gains);
    g_test_add_func("/denoise/unbiased", test_unbiased);
    g_test_add_func("/denoise/metadata", test_metadata);
    g_test_add_func("/denoise/background", test_background);
    g_test_add_func("/denoise/given-mask", test_given_mask);
    g_test_add_func("/denoise/strokes", test_strokes);
    g_test_add_func("/denoise/threads", test_threads);
    g_test_add_func("/denoise/odd", test_odd);
    g_test_add_func("/denoise/missing", test_missing);
    g_test_add_func("/denoise/errors", test_errors);
    g_test_add_func("/denoise/cancel", test_cancel);
    return g_test_run();
}
