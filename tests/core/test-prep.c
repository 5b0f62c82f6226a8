// SPDX-License-Identifier: GPL-3.0-or-later
// Checks and first repairs of a tilt series.
#include "core/prep/input.h"

#include <gio/gio.h>
#include <math.h>

#define NU 37
#define NV 24
#define N  3

// Pixel (u, v) of projection k is 10 (k + 1) at the border and more inside.
static LacSeries *
make_series(void)
{
    g_autoptr(GError) error = NULL;
    LacSeries *series = lac_series_new(N, NV, NU, 0.5, &error);
    g_assert_no_error(error);
    for (gsize k = 0; k < N; k++) {
        series->angles[k].theta = 30.0 * (double) k;
        for (gsize v = 0; v < NV; v++)
            for (gsize u = 0; u < NU; u++) {
                gboolean border = u == 0 || v == 0 || u == NU - 1 || v == NV - 1;
                float inside = border ? 0.0F : (float) (u + NU * v);
                series->data[(k * NV + v) * NU + u] = 10.0F * (float) (k + 1) + inside;
            }
    }
    series->excluded[1] = TRUE;
    return series;
}

static void
test_check(void)
{
    g_autoptr(LacSeries) series = make_series();
    series->data[5 * NU + 7] = -2.0F;
    series->data[6 * NU + 7] = NAN;
    series->data[7 * NU + 7] = INFINITY;
    LacInputCheck check = lac_input_check(series);
    g_assert_cmpfloat_with_epsilon(check.border_mean, 20.0, 1e-9);
    g_assert_cmpuint(check.n_values, ==, N * NU * NV);
    g_assert_cmpuint(check.n_negative, ==, 1);
    g_assert_cmpuint(check.n_bad, ==, 2);
    g_assert_cmpfloat(check.min, ==, -2.0F);
    g_assert_cmpfloat(check.max, ==, 30.0F + (float) (NU - 2 + NU * (NV - 2)));
}

static void
test_nothing_finite(void)
{
    g_autoptr(LacSeries) series = make_series();
    for (gsize i = 0; i < N * NU * NV; i++)
        series->data[i] = NAN;
    LacInputCheck check = lac_input_check(series);
    g_assert_cmpuint(check.n_bad, ==, check.n_values);
    g_assert_cmpfloat(check.min, ==, 0.0F);
    g_assert_cmpfloat(check.max, ==, 0.0F);
    g_assert_cmpfloat(check.border_mean, ==, 0.0);
}

static void
test_background(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = make_series();
    const LacInputParams params = { .subtract_background = TRUE, .pixel_size = 0.25 };
    g_autoptr(LacSeries) out = lac_input_prepare(series, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(out->pixel_size, ==, 0.25);
    for (gsize k = 0; k < N; k++) {
        g_assert_cmpfloat(out->angles[k].theta, ==, series->angles[k].theta);
        g_assert_cmpint(out->excluded[k], ==, series->excluded[k]);
        for (gsize i = 0; i < NU * NV; i++)
            g_assert_cmpfloat_with_epsilon(out->data[k * NU * NV + i],
                series->data[k * NU * NV + i] - 10.0F * (float) (k + 1), 1e-4F);
    }
    g_assert_cmpfloat_with_epsilon(lac_input_check(out).border_mean, 0.0, 1e-5);
}

static void
test_bad_values(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = make_series();
    series->data[NU * NV + 5 * NU + 7] = NAN;
    const LacInputParams params = { .replace_bad = TRUE };
    g_autoptr(LacSeries) out = lac_input_prepare(series, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat_with_epsilon(out->data[NU * NV + 5 * NU + 7], 20.0F, 1e-4F);
    g_assert_cmpuint(lac_input_check(out).n_bad, ==, 0);
    g_assert_true(isnan(series->data[NU * NV + 5 * NU + 7]));
}

// Four quarter turns are none, and a turn is no mirror.
static void
test_turn(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = make_series();
    const LacInputParams params = { .turn = TRUE };
    g_autoptr(LacSeries) once = lac_input_prepare(series, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(once->nu, ==, NV);
    g_assert_cmpuint(once->nv, ==, NU);
    g_assert_cmpfloat(once->data[7 * NV + (NV - 1 - 5)], ==, series->data[5 * NU + 7]);
    g_autoptr(LacSeries) twice = lac_input_prepare(once, &params, NULL, &error);
    g_autoptr(LacSeries) thrice = lac_input_prepare(twice, &params, NULL, &error);
    g_autoptr(LacSeries) back = lac_input_prepare(thrice, &params, NULL, &error);
    for (gsize i = 0; i < N * NU * NV; i++)
        g_assert_cmpfloat(back->data[i], ==, series->data[i]);
    // The rotation centre, pixel (NU/2, NV/2), turns with the pixels.
    g_assert_cmpfloat(once->shifts[0].du, ==, (double) (NV - 1 - NV / 2) - (double) (NV / 2));
    g_assert_cmpfloat(once->shifts[0].dv, ==, 0.0);
    g_assert_false(lac_series_is_shifted(back));
}

static void
test_shared(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = make_series();
    const LacInputParams params = { .pixel_size = 2.0 };
    g_autoptr(LacSeries) out = lac_input_prepare(series, &params, NULL, &error);
    g_assert_true(out->buffer == series->buffer);
    g_assert_cmpfloat(out->pixel_size, ==, 2.0);
    g_assert_cmpfloat(series->pixel_size, ==, 0.5);
}

static void
test_cancel(void)
{
    g_autoptr(LacSeries) series = make_series();
    const LacInputParams params = { .subtract_background = TRUE };
    for (guint at = 1; at <= N; at++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, at);
        g_assert_null(lac_input_prepare(series, &params, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prep/check", test_check);
    g_test_add_func("/prep/nothing-finite", test_nothing_finite);
    g_test_add_func("/prep/background", test_background);
    g_test_add_func("/prep/bad-values", test_bad_values);
    g_test_add_func("/prep/turn", test_turn);
    g_test_add_func("/prep/shared", test_shared);
    g_test_add_func("/prep/cancel", test_cancel);
    return g_test_run();
}
