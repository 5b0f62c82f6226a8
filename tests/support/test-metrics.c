// SPDX-License-Identifier: GPL-3.0-or-later
// The measures that judge a reconstruction, on volumes whose answer is known.
#include "core/rng.h"
#include "core/synth/synth.h"
#include "tests/support/metrics.h"

#include <math.h>

static LacSynthParams
lone_atoms_params(void)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    params.size = 40;
    params.voxel_size = 1.0;
    params.sigma = 1.3;
    return params;
}

// Eight atoms far apart, at uneven places.
static LacAtoms *
lone_atoms(void)
{
    LacAtoms *atoms = lac_atoms_new(8);
    for (guint i = 0; i < 8; i++) {
        atoms->x[i] = (i & 1 ? 8.0 : -8.0) + lac_rng_uniform(3, 3 * i) - 0.5;
        atoms->y[i] = (i & 2 ? 8.0 : -8.0) + lac_rng_uniform(3, 3 * i + 1) - 0.5;
        atoms->z[i] = (i & 4 ? 8.0 : -8.0) + lac_rng_uniform(3, 3 * i + 2) - 0.5;
    }
    return atoms;
}

static void
test_peaks(void)
{
    LacSynthParams params = lone_atoms_params();
    g_autoptr(LacAtoms) atoms = lone_atoms();
    g_autoptr(LacVolume) volume = lac_synth_volume(atoms, &params, NULL, NULL);
    g_autoptr(TestPeaks) peaks = test_peaks_find(volume, 0.3);
    g_assert_cmpuint(peaks->n, ==, 8);
    // Far apart, the log parabola is exact for a Gaussian, and the peaks come in order z, y, x.
    for (guint i = 0; i < 8; i++) {
        g_assert_cmpfloat_with_epsilon(peaks->position[i].x, atoms->x[i] + 20.0, 1e-4);
        g_assert_cmpfloat_with_epsilon(peaks->position[i].y, atoms->y[i] + 20.0, 1e-4);
        g_assert_cmpfloat_with_epsilon(peaks->position[i].z, atoms->z[i] + 20.0, 1e-4);
    }
    g_autoptr(TestPeaks) none = test_peaks_find(volume, 1.1);
    g_assert_cmpuint(none->n, ==, 0);
}

static void
test_border_and_plateau(void)
{
    g_autoptr(LacVolume) volume = lac_volume_new(5, 6, 7, 1.0, NULL);
    volume->data[0] = 9.0f;
    volume->data[(2 * 6 + 3) * 7 + 2] = 5.0f;
    volume->data[(2 * 6 + 3) * 7 + 3] = 5.0f; // as high: both count
    g_autoptr(TestPeaks) peaks = test_peaks_find(volume, 1.0);
    g_assert_cmpuint(peaks->n, ==, 2);
    g_assert_cmpfloat_with_epsilon(peaks->position[0].x, 2.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(peaks->position[1].x, 2.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(peaks->position[0].y, 3.0, 1e-9);
}

static void
test_matching(void)
{
    LacVec3 a[] = { { 0, 0, 0 }, { 5, 0, 0 }, { 0, 5, 0 }, { 0, 0, 9 } };
    LacVec3 b[] = { { 0.3, 0, 0 }, { 5.5, 0, 0 }, { 0.1, 6.9, 0 }, { 0.3, 0.4, 9 },
        { 0.3, 0.9, 9 } };
    TestPeaks truth = { .n = 4, .position = a }, found = { .n = 5, .position = b };
    TestMatch match = test_peaks_match(&truth, &found, 1.5);
    g_assert_cmpuint(match.n_matched, ==, 3);
    // Offsets (0.3 0 0), (0.5 0 0), (0.3 0.4 0): the mean is (1.1/3, 0.4/3, 0).
    g_assert_cmpfloat_with_epsilon(match.mean_shift.x, 1.1 / 3.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(match.mean_shift.y, 0.4 / 3.0, 1e-12);
    double squares = (0.09 + 0.25 + 0.25) / 3.0 - (1.21 + 0.16) / 9.0;
    g_assert_cmpfloat_with_epsilon(match.rmsd, sqrt(squares), 1e-12);

    TestPeaks empty = { .n = 0, .position = NULL };
    match = test_peaks_match(&truth, &empty, 1.5);
    g_assert_cmpuint(match.n_matched, ==, 0);
    g_assert_true(isnan(match.rmsd));
}

static void
test_errors(void)
{
    const float truth[] = { 3.0f, 4.0f, 0.0f, 0.0f }, values[] = { 3.0f, 4.0f, 0.0f, 0.5f };
    g_assert_cmpfloat_with_epsilon(test_relative_error(values, truth, 4), 0.1, 1e-12);
    g_assert_cmpfloat(test_relative_error(truth, truth, 4), ==, 0.0);
    const float up[] = { 1.0f, 2.0f, 3.0f, 4.0f }, down[] = { -2.0f, -4.0f, -6.0f, -8.0f };
    g_assert_cmpfloat_with_epsilon(test_pearson(up, up, 4), 1.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(test_pearson(up, down, 4), -1.0, 1e-12);
    const float bump[] = { 1.0f, 0.0f, 0.0f, 1.0f };
    g_assert_cmpfloat_with_epsilon(test_pearson(up, bump, 4), 0.0, 1e-12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/metrics/peaks", test_peaks);
    g_test_add_func("/metrics/border-and-plateau", test_border_and_plateau);
    g_test_add_func("/metrics/matching", test_matching);
    g_test_add_func("/metrics/errors", test_errors);
    return g_test_run();
}
