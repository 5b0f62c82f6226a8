// SPDX-License-Identifier: GPL-3.0-or-later
// Noise of a detector: estimated from a picture, made the same everywhere, and back.
#include "core/prep/anscombe.h"
#include "core/rng.h"
#include "tests/core/prep/pictures.h"

#include <math.h>

#define NV 180
#define NU 200
#define N  (NV * NU)

static void
check_estimate(const LacNoise *truth, double background, double peak, double tolerance)
{
    g_autofree float *clean = test_atoms_picture(NV, NU, background, peak);
    g_autofree float *noisy = test_add_noise(clean, N, truth, 3);
    LacNoise noise = lac_noise_estimate(noisy, NV, NU);
    g_test_message("gain %g of %g, offset %g of %g, read noise %g of %g", noise.gain, truth->gain,
        noise.offset, truth->offset, noise.read_noise, truth->read_noise);
    for (double part = 0.0; part <= 1.0; part += 0.125) {
        double mean = background + part * peak;
        double sigma = lac_noise_get_sigma(&noise, mean);
        double expected = lac_noise_get_sigma(truth, mean);
        g_test_message("at %g: sigma %g of %g", mean, sigma, expected);
        g_assert_cmpfloat(fabs(sigma / expected - 1.0), <, tolerance);
    }
}

static void
test_estimate_gaussian(void)
{
    check_estimate(&(LacNoise){ .read_noise = 4.0 }, 10.0, 100.0, 0.04);
    check_estimate(&(LacNoise){ .read_noise = 25.0 }, 10.0, 100.0, 0.04);
}

static void
test_estimate_poisson(void)
{
    check_estimate(&(LacNoise){ .gain = 1.0 }, 5.0, 100.0, 0.05);
    check_estimate(&(LacNoise){ .gain = 1.0 }, 1.0, 4.0, 0.06);
    check_estimate(&(LacNoise){ .gain = 7.5 }, 10.0, 900.0, 0.05);
}

static void
test_estimate_mixed(void)
{
    check_estimate(&(LacNoise){ .gain = 2.0, .read_noise = 6.0 }, 20.0, 300.0, 0.05);
    check_estimate(&(LacNoise){ .gain = 0.5, .offset = 30.0 }, 34.0, 80.0, 0.06);
}

static void
test_estimate_odd(void)
{
    float image[N] = { 0 };
    LacNoise noise = lac_noise_estimate(image, NV, NU); // nothing
    g_assert_cmpfloat(noise.gain, ==, 0.0);
    g_assert_cmpfloat(noise.read_noise, ==, 0.0);
    noise = lac_noise_estimate(image, 1, 1);
    g_assert_cmpfloat(noise.read_noise, ==, 0.0);
    for (gsize i = 0; i < N; i++)
        image[i] = (float) (3.0 * lac_rng_normal(1, i));
    noise = lac_noise_estimate(image, 7, 7); // too small for a guess
    g_assert_cmpfloat(noise.read_noise, ==, 0.0);
    noise = lac_noise_estimate(image, 20, 20);
    g_assert_cmpfloat(fabs(lac_noise_get_sigma(&noise, 0.0) / 3.0 - 1.0), <, 0.2);
    for (gsize i = 0; i < N; i += 97)
        image[i] = i % 2 == 0 ? NAN : INFINITY;
    noise = lac_noise_estimate(image, NV, NU);
    g_assert_cmpfloat(fabs(lac_noise_get_sigma(&noise, 0.0) / 3.0 - 1.0), <, 0.04);
    g_assert_cmpfloat(fabs(lac_noise_get_rms(&noise, image, N) / 3.0 - 1.0), <, 0.04);
    for (gsize i = 0; i < N; i++)
        image[i] = NAN;
    noise = lac_noise_estimate(image, NV, NU);
    g_assert_cmpfloat(noise.read_noise, ==, 0.0);
}

// Means and variances of transformed pixels of mean @mean [intensity], and the way back.
static void
check_transform(const LacNoise *noise, double mean, double variance_tolerance)
{
    const gsize n = 40000;
    g_autofree float *clean = g_new(float, n);
    for (gsize i = 0; i < n; i++)
        clean[i] = (float) mean;
    g_autofree float *noisy = test_add_noise(clean, n, noise, 11);
    g_autoptr(LacAnscombe) anscombe = lac_anscombe_new(noise);
    lac_anscombe_forward(anscombe, noisy, n, noisy);
    double sum = 0.0, squares = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += (double) noisy[i];
    float average = (float) (sum / (double) n), back;
    for (gsize i = 0; i < n; i++)
        squares += ((double) noisy[i] - sum / (double) n) * ((double) noisy[i] - sum / (double) n);
    g_assert_cmpfloat(fabs(squares / (double) n - 1.0), <, variance_tolerance);
    lac_anscombe_inverse(anscombe, &average, 1, &back);
    double error = 4.0 * lac_noise_get_sigma(noise, mean) / sqrt((double) n);
    g_test_message("mean %g: %g +- %g", mean, (double) back, error);
    g_assert_cmpfloat(fabs((double) back - mean), <=, error + 1e-6);
}

static void
test_transform(void)
{
    const LacNoise poisson = { .gain = 1.0 },
                   mixed = { .gain = 2.5, .offset = 10.0, .read_noise = 3.0 },
                   gaussian = { .offset = 4.0, .read_noise = 8.0 };
    const double means[] = { 2.0, 5.0, 20.0, 60.0, 70.0, 400.0, 1e4 };
    for (gsize i = 0; i < G_N_ELEMENTS(means); i++) {
        check_transform(&poisson, means[i], means[i] < 4.0 ? 0.15 : 0.05);
        check_transform(&mixed, 10.0 + 2.5 * means[i], means[i] < 4.0 ? 0.15 : 0.05);
        check_transform(&gaussian, means[i], 0.05);
    }
    check_transform(&poisson, 0.3, 1.0); // too few electrons to be made equal; no bias yet
    check_transform(&poisson, 0.0, 1.1);
    check_transform(&mixed, 10.0, 0.2);
}

// No step where the table ends, and values of nothing go on below it.
static void
test_inverse_shape(void)
{
    const LacNoise noises[] = { { .gain = 1.0 }, { .gain = 1.0, .read_noise = 2.0 },
        { .gain = 0.1, .read_noise = 3.0 } };
    for (gsize k = 0; k < G_N_ELEMENTS(noises); k++) {
        g_autoptr(LacAnscombe) anscombe = lac_anscombe_new(&noises[k]);
        float last = -1e9F, last_step = 0.0F;
        for (float d = 0.0F; d < 60.0F; d += 1.0F / 64.0F) {
            float x;
            lac_anscombe_inverse(anscombe, &d, 1, &x);
            g_assert_cmpfloat(x, >, last);
            if (d > 8.0F)
                g_assert_cmpfloat(fabsf((x - last) / last_step - 1.0F), <, 0.02F);
            last_step = x - last;
            last = x;
        }
    }
    g_autoptr(LacAnscombe) anscombe = lac_anscombe_new(&noises[0]);
    float values[2] = { NAN, 1.0F };
    lac_anscombe_forward(anscombe, values, 2, values);
    g_assert_true(isnan(values[0]));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/noise/estimate/gaussian", test_estimate_gaussian);
    g_test_add_func("/noise/estimate/poisson", test_estimate_poisson);
    g_test_add_func("/noise/estimate/mixed", test_estimate_mixed);
    g_test_add_func("/noise/estimate/odd", test_estimate_odd);
    g_test_add_func("/noise/transform", test_transform);
    g_test_add_func("/noise/inverse-shape", test_inverse_shape);
    return g_test_run();
}
