// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles: a step of known width is found again, layers of a lattice do not show.
#include "core/analysis/oxidation.h"
#include "core/analysis/profile.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define N_PLACES 200000
#define AREA     4000.0 // [Å^2] of every section
#define LENGTH   60.0   // [Å] -30 to 30

static double *
make_places(void)
{
    double *places = g_new(double, N_PLACES);
    for (gsize i = 0; i < N_PLACES; i++)
        places[i] = LENGTH * (((double) i + 0.5) / N_PLACES - 0.5);
    return places;
}

static double
place_volume(void)
{
    return AREA * LENGTH / N_PLACES;
}

static double
step(double s, double sigma)
{
    return 0.041 + (0.025 - 0.041) * 0.5 * (1.0 + erf(s / (G_SQRT2 * sigma)));
}

// Atoms evenly spread, as dense as a step of this sigma.
static double *
make_atoms(double sigma, gsize *n)
{
    double *atoms = g_new(double, (gsize) (0.042 * AREA * LENGTH));
    double due = 0.5;
    *n = 0;
    for (double s = -0.5 * LENGTH; s < 0.5 * LENGTH; s += 1e-4) {
        due += 1e-4 * AREA * step(s, sigma);
        if (due >= 1.0) {
            atoms[(*n)++] = s;
            due -= 1.0;
        }
    }
    return atoms;
}

static void
test_width(void)
{
    const LacKernelParams params = { -15.0, 15.0, 0.5, 1.3, 300.0 };
    const double sigmas[] = { 0.8, 1.5, 3.0 };
    g_autofree double *places = make_places();
    for (gsize k = 0; k < G_N_ELEMENTS(sigmas); k++) {
        gsize n;
        LacStepFit fit;
        g_autofree double *atoms = make_atoms(sigmas[k], &n);
        g_autoptr(LacKernelProfile) profile =
            lac_kernel_profile_new(atoms, n, places, N_PLACES, place_volume(), &params);
        g_assert_cmpuint(profile->n, ==, 61);
        g_assert_true(lac_step_fit(profile->s, profile->density, profile->error, profile->n, &fit));
        double sigma = sqrt(fit.sigma * fit.sigma - 1.3 * 1.3);
        g_test_message("sigma %g: %.3f ± %.3f at %.3f", sigmas[k], sigma, fit.sigma_error,
            fit.position);
        g_assert_cmpfloat(fabs(sigma - sigmas[k]), <, 0.02 * sigmas[k] + 0.02);
        // The kernel divides by the volume, not by the atoms, so a step stays where it is.
        g_assert_cmpfloat(fabs(fit.position), <, 0.02);
        g_assert_cmpfloat(fabs(fit.low - 0.041), <, 1e-4);
        g_assert_cmpfloat(fabs(fit.high - 0.025), <, 1e-4);
    }
}

static void
test_exact_step(void)
{
    double s[41], y[41];
    LacStepFit fit;
    for (gsize i = 0; i < 41; i++) {
        s[i] = 0.5 * (double) i - 10.0;
        y[i] = 1.0 - 0.7 * 0.5 * (1.0 + erf((s[i] - 1.25) / (G_SQRT2 * 2.2)));
    }
    y[3] = (double) NAN;
    g_assert_true(lac_step_fit(s, y, NULL, 41, &fit));
    g_assert_cmpfloat(fabs(fit.low - 1.0), <, 1e-6);
    g_assert_cmpfloat(fabs(fit.high - 0.3), <, 1e-6);
    g_assert_cmpfloat(fabs(fit.position - 1.25), <, 1e-6);
    g_assert_cmpfloat(fabs(fit.sigma - 2.2), <, 1e-6);
    g_assert_cmpfloat(fit.sigma_error, <, 1e-6);
    for (gsize i = 0; i < 41; i++)
        y[i] = -y[i];
    g_assert_true(lac_step_fit(s, y, NULL, 41, &fit));
    g_assert_cmpfloat(fabs(fit.position - 1.25), <, 1e-6);
}

static void
test_no_step(void)
{
    const double s[] = { 0, 1, 2, 3, 4, 5, 6, 7 }, flat[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    LacStepFit fit;
    g_assert_false(lac_step_fit(s, flat, NULL, 5, &fit)); // too few
    g_assert_true(isnan(fit.sigma));
    lac_step_fit(s, flat, NULL, 8, &fit); // whatever it says, it ends
    g_assert_false(lac_step_fit(s, flat, NULL, 0, &fit));
    const double blank[8] = { (double) NAN, (double) NAN, (double) NAN, 1, 1, 1, 1, 1 };
    g_assert_false(lac_step_fit(s, blank, NULL, 8, &fit));
}

// Planes of atoms 2.66 Å apart: bins of 1 Å show them, the kernel of 1.3 Å does not.
static void
test_layers(void)
{
    const LacKernelParams params = { -12.0, 12.0, 0.25, 1.3, 300.0 };
    g_autofree double *places = make_places();
    g_autofree double *atoms = g_new(double, 23 * 400);
    gsize n = 0;
    double bins[24] = { 0.0 }, most = 0.0, least = 1e9;
    for (int plane = -11; plane <= 11; plane++)
        for (int i = 0; i < 400; i++) {
            atoms[n] = 2.66 * plane + 0.05 * lac_rng_normal(7, n);
            double bin = floor(atoms[n++] + 12.0);
            if (bin >= 0.0 && bin < 24.0)
                bins[(gsize) bin] += 1.0;
        }
    for (gsize k = 0; k < 24; k++) {
        most = fmax(most, bins[k]);
        least = fmin(least, bins[k]);
    }
    g_assert_cmpfloat(most, >, 3.0 * fmax(least, 1.0));
    g_autoptr(LacKernelProfile) profile =
        lac_kernel_profile_new(atoms, n, places, N_PLACES, place_volume(), &params);
    double expected = 400.0 / (2.66 * AREA);
    for (gsize k = 0; k < profile->n; k++) {
        g_assert_cmpfloat(fabs(profile->density[k] / expected - 1.0), <, 0.02);
        g_assert_cmpfloat(profile->error[k], >, 0.0);
    }
}

static void
test_blank(void)
{
    const LacKernelParams params = { -5.0, 40.0, 1.0, 1.3, 300.0 };
    g_autofree double *places = make_places();
    const double atoms[] = { 0.0 };
    g_autoptr(LacKernelProfile) profile =
        lac_kernel_profile_new(atoms, 1, places, N_PLACES, place_volume(), &params);
    g_assert_false(isnan(profile->density[0]));
    g_assert_true(isnan(profile->density[profile->n - 1])); // beyond the places
    g_autoptr(LacKernelProfile) empty = lac_kernel_profile_new(NULL, 0, NULL, 0, 1.0, &params);
    for (gsize k = 0; k < empty->n; k++)
        g_assert_true(isnan(empty->density[k]));
}

static void
test_bins(void)
{
    enum {
        N = 3000
    };
    g_autofree double *s = g_new(double, N);
    g_autofree double *values = g_new(double, N);
    g_autofree double *s2 = g_new(double, N);
    g_autofree double *values2 = g_new(double, N);
    for (gsize i = 0; i < N; i++) {
        s[i] = 12.0 * lac_rng_uniform(3, i);
        values[i] = 2.0 + s[i] + 0.5 * lac_rng_normal(4, i);
        s2[N - 1 - i] = s[i];
        values2[N - 1 - i] = values[i];
    }
    g_autoptr(LacBinProfile) a = lac_bin_profile_new(s, values, N, -1.0, 13.0, 1.0, 200);
    g_autoptr(LacBinProfile) b = lac_bin_profile_new(s2, values2, N, -1.0, 13.0, 1.0, 200);
    g_assert_cmpuint(a->n, ==, 14);
    g_assert_true(isnan(a->mean[0]) && isnan(a->mean[13]));
    for (gsize k = 1; k < 13; k++) {
        double expected = sqrt((0.25 + 1.0 / 12.0) / (double) a->count[k]);
        g_assert_cmpfloat(fabs(a->mean[k] - 2.0 - a->s[k]), <, 5.0 * expected);
        g_assert_cmpfloat(fabs(a->spread[k] - sqrt(0.25 + 1.0 / 12.0)), <, 0.1);
        g_assert_cmpfloat(fabs(a->error[k] / expected - 1.0), <, 0.25);
    }
    // The order of atoms leaves no trace.
    g_assert_true(memcmp(a->mean + 1, b->mean + 1, 12 * sizeof(double)) == 0);
    g_assert_true(memcmp(a->error + 1, b->error + 1, 12 * sizeof(double)) == 0);
}

static void
test_threads(void)
{
    const LacKernelParams params = { -15.0, 15.0, 0.5, 1.3, 300.0 };
    g_autofree double *places = make_places();
    gsize n;
    g_autofree double *atoms = make_atoms(1.5, &n);
    g_autoptr(LacKernelProfile) first = NULL;
    for (guint threads = 1; threads <= 8; threads *= 2) {
        lac_parallel_set_threads(threads);
        LacKernelProfile *profile =
            lac_kernel_profile_new(atoms, n, places, N_PLACES, place_volume(), &params);
        if (first == NULL)
            first = profile;
        else {
            g_assert_true(memcmp(profile->density, first->density, first->n * sizeof(double)) == 0);
            lac_kernel_profile_free(profile);
        }
    }
    lac_parallel_set_threads(0);
}

static void
test_oxidation(void)
{
    const LacOxidationReference zr = { 0.0411, 0.0254 };
    g_assert_cmpfloat(lac_oxidation_fraction(&zr, 0.0411), ==, 0.0);
    g_assert_cmpfloat(lac_oxidation_fraction(&zr, 0.0254), ==, 1.0);
    g_assert_cmpfloat(lac_oxidation_fraction(&zr, 0.06), ==, 0.0);
    g_assert_cmpfloat(fabs(lac_oxidation_fraction(&zr, 0.03325) - 0.5), <, 1e-9);
    // Half of the volume is oxide, so fewer than half of the atoms are in it.
    g_assert_cmpfloat(fabs(lac_oxidation_share(&zr, 0.03325) - 0.5 * 0.0254 / 0.03325), <, 1e-9);
    g_assert_cmpfloat(lac_oxidation_share(&zr, 0.0254), ==, 1.0);
    g_assert_true(isnan(lac_oxidation_share(&zr, 0.0)) || lac_oxidation_share(&zr, 0.0) <= 1.0);
    // The signal of dioxide: 0.0254 (1 + 0.13) over 0.0411 of that of the metal.
    g_assert_cmpfloat(fabs(lac_oxidation_from_signal(&zr, 7.0, 7.0)), <, 1e-9);
    g_assert_cmpfloat(fabs(lac_oxidation_from_signal(&zr, 7.0 * 0.0254 * 1.13 / 0.0411, 7.0) - 1.0),
        <, 1e-9);
    const LacOxidationReference same = { 0.03, 0.03 };
    g_assert_true(isnan(lac_oxidation_fraction(&same, 0.03)));
    g_assert_true(isnan(lac_oxidation_from_signal(&zr, 1.0, 0.0)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/width", test_width);
    g_test_add_func("/profile/exact-step", test_exact_step);
    g_test_add_func("/profile/no-step", test_no_step);
    g_test_add_func("/profile/layers", test_layers);
    g_test_add_func("/profile/blank", test_blank);
    g_test_add_func("/profile/bins", test_bins);
    g_test_add_func("/profile/threads", test_threads);
    g_test_add_func("/profile/oxidation", test_oxidation);
    return g_test_run();
}
