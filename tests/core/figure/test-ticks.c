// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/ticks.h"

#include <math.h>

static void
test_step(void)
{
    g_assert_cmpfloat(lac_nice_step(10.0, 10), ==, 1.0);
    g_assert_cmpfloat(lac_nice_step(10.0, 9), ==, 2.0);
    g_assert_cmpfloat(lac_nice_step(10.0, 4), ==, 5.0);
    g_assert_cmpfloat(lac_nice_step(0.3, 3), ==, 0.1);
    g_assert_cmpfloat(lac_nice_step(1e-12, 1), ==, 1e-12);
    // Nonsense gives something harmless.
    g_assert_cmpfloat(lac_nice_step(0.0, 5), ==, 1.0);
    g_assert_cmpfloat(lac_nice_step((double) NAN, 5), ==, 1.0);
    g_assert_cmpfloat(lac_nice_step((double) INFINITY, 5), ==, 1.0);
}

// Every step is the smallest nice number that fits.
static void
test_step_law(void)
{
    for (int i = 0; i < 2000; i++) {
        double span = pow(10.0, g_test_rand_double_range(-9.0, 9.0));
        guint n = (guint) g_test_rand_int_range(1, 30);
        double step = lac_nice_step(span, n);
        double mantissa = step / pow(10.0, floor(log10(step) + 1e-9));
        g_assert_true(fabs(mantissa - 1.0) < 1e-6 || fabs(mantissa - 2.0) < 1e-6 ||
            fabs(mantissa - 5.0) < 1e-6);
        g_assert_cmpfloat(span / step, <=, n * (1.0 + 1e-6));
        g_assert_cmpfloat(span / step * 2.5, >=, n * (1.0 - 1e-6));
    }
}

static void
test_floor(void)
{
    g_assert_cmpfloat(lac_nice_floor(1.0), ==, 1.0);
    g_assert_cmpfloat(lac_nice_floor(1.99), ==, 1.0);
    g_assert_cmpfloat(lac_nice_floor(4.99), ==, 2.0);
    g_assert_cmpfloat(lac_nice_floor(99.0), ==, 50.0);
    g_assert_cmpfloat(lac_nice_floor(0.07), ==, 0.05);
    g_assert_cmpfloat(lac_nice_floor(0.0), ==, 0.0);
    g_assert_cmpfloat(lac_nice_floor(-3.0), ==, 0.0);
}

static void
test_linear(void)
{
    LacTicks ticks = lac_ticks_linear(-1.0, 1.0, 4);
    const double expected[] = { -1.0, -0.5, 0.0, 0.5, 1.0 };
    g_assert_cmpuint(ticks.n, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < ticks.n; i++)
        g_assert_cmpfloat(ticks.values[i], ==, expected[i]);
    // Ends that are a rounding error away still count.
    ticks = lac_ticks_linear(0.1 + 0.2, 0.9, 6);
    g_assert_cmpuint(ticks.n, ==, 7);
    g_assert_cmpuint(lac_ticks_linear(1.0, 1.0, 5).n, ==, 0);
    g_assert_cmpuint(lac_ticks_linear(2.0, 1.0, 5).n, ==, 0);
    g_assert_cmpuint(lac_ticks_linear(0.0, 1.0, 100000).n, <=, LAC_TICKS_MAX);
}

static void
assert_ticks(LacTicks ticks, const double *expected, guint n)
{
    g_assert_cmpuint(ticks.n, ==, n);
    for (guint i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(ticks.values[i], expected[i], 1e-9 * expected[i]);
}

static void
test_log(void)
{
    const double one_decade[] = { 0.05, 0.1, 0.2, 0.5 };
    assert_ticks(lac_ticks_log(0.03, 0.9, 8), one_decade, 4);
    const double decades[] = { 0.01, 0.1, 1.0, 10.0 };
    assert_ticks(lac_ticks_log(0.01, 10.0, 6), decades, 4);
    const double thinned[] = { 1e-6, 1e-3, 1.0, 1e3 };
    assert_ticks(lac_ticks_log(1e-7, 1e3, 4), thinned, 4);
    // Too narrow for 1-2-5: linear steps.
    LacTicks narrow = lac_ticks_log(0.21, 0.29, 5);
    g_assert_cmpuint(narrow.n, >=, 3);
    g_assert_cmpfloat(narrow.step, ==, 0.02);
    g_assert_cmpuint(lac_ticks_log(0.0, 1.0, 5).n, ==, 0);
    g_assert_cmpuint(lac_ticks_log(1e-300, 1e300, 5).n, <=, 5);
}

static void
assert_label(LacTicks ticks, guint i, const char *expected)
{
    g_autofree char *label = lac_ticks_dup_label(&ticks, i);
    g_assert_cmpstr(label, ==, expected);
}

static void
test_labels(void)
{
    assert_label(lac_ticks_linear(0.0, 1.0, 5), 1, "0.2");
    assert_label(lac_ticks_linear(0.0, 1.0, 5), 5, "1.0");
    assert_label(lac_ticks_linear(-20.0, 20.0, 4), 0, "−20");
    assert_label(lac_ticks_linear(0.0, 5e-5, 5), 2, "2·10⁻⁵");
    assert_label(lac_ticks_linear(0.0, 5e6, 5), 1, "10⁶");
    assert_label(lac_ticks_log(0.01, 1.0, 3), 0, "0.01");
    assert_label(lac_ticks_log(1e-5, 1.0, 3), 0, "10⁻⁴");
    assert_label(lac_ticks_log(1e-5, 1.0, 9), 0, "10⁻⁵");
}

static void
test_lengths(void)
{
    const struct {
        double length;
        const char *text;
    } cases[] = {
        { 0.5, "50 pm" },
        { 1.0, "1 Å" },
        { 5.0, "5 Å" },
        { 10.0, "1 nm" },
        { 20.0, "2 nm" },
        { 5000.0, "500 nm" },
        { 10000.0, "1 µm" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = lac_format_length(cases[i].length);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/figure/ticks/step", test_step);
    g_test_add_func("/figure/ticks/step-law", test_step_law);
    g_test_add_func("/figure/ticks/floor", test_floor);
    g_test_add_func("/figure/ticks/linear", test_linear);
    g_test_add_func("/figure/ticks/log", test_log);
    g_test_add_func("/figure/ticks/labels", test_labels);
    g_test_add_func("/figure/ticks/lengths", test_lengths);
    return g_test_run();
}
