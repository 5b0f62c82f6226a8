// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated particles and their projections: structure, convention, noise, determinism.
#include "core/error.h"
#include "core/parallel.h"
#include "core/synth/synth.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static LacSynthParams
small_params(void)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    params.n_atoms = 300;
    params.size = 64;
    params.n_tilts = 19;
    return params;
}

static LacAtoms *
make_particle(const LacSynthParams *params)
{
    g_autoptr(GError) error = NULL;
    LacAtoms *atoms = lac_synth_particle(params, &error);
    g_assert_no_error(error);
    return atoms;
}

static LacSeries *
make_series(const LacAtoms *atoms, const LacSynthParams *params)
{
    g_autoptr(GError) error = NULL;
    LacSeries *series = lac_synth_series(atoms, params, NULL, &error);
    g_assert_no_error(error);
    return series;
}

static double
distance(const LacAtoms *atoms, gsize i, double x, double y, double z)
{
    return hypot(hypot(atoms->x[i] - x, atoms->y[i] - y), atoms->z[i] - z);
}

static double
nearest_neighbour(const LacAtoms *atoms, gsize i)
{
    double least = HUGE_VAL;
    for (gsize j = 0; j < atoms->n; j++)
        if (j != i)
            least = MIN(least, distance(atoms, i, atoms->x[j], atoms->y[j], atoms->z[j]));
    return least;
}

static void
test_structure(void)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    g_autoptr(LacAtoms) atoms = make_particle(&params);
    g_assert_cmpfloat_with_epsilon((double) atoms->n, params.n_atoms, 0.02 * params.n_atoms);
    g_assert_cmpstr(atoms->species_names[0], ==, "Zr");

    const double *phase = lac_atoms_get_column(atoms, "phase");
    g_assert_nonnull(phase);
    double mean[2] = { 0.0, 0.0 }, farthest = 0.0;
    gsize count[2] = { 0, 0 };
    for (gsize i = 0; i < atoms->n; i++) {
        double d = nearest_neighbour(atoms, i);
        gsize p = phase[i] > 1.5;
        g_assert_cmpfloat(d, >, 2.3);
        g_assert_cmpfloat(d, <, 4.3);
        mean[p] += d;
        count[p]++;
        farthest = MAX(farthest, distance(atoms, i, 0.0, 0.0, 0.0));
    }
    g_assert_cmpuint(count[0], >, 150);
    g_assert_cmpuint(count[1], >, 400);
    // hcp zirconium 3.2 Å, cations of zirconia 3.6 Å, both shortened by the random displacements
    g_assert_cmpfloat_with_epsilon(mean[0] / (double) count[0], 3.0, 0.15);
    g_assert_cmpfloat_with_epsilon(mean[1] / (double) count[1], 3.4, 0.2);
    double frame = (double) params.size * params.voxel_size;
    g_assert_cmpfloat(2.0 * farthest / frame, >, 0.6);
    g_assert_cmpfloat(2.0 * farthest / frame, <, 0.85);
}

static void
test_defects_are_where_the_comment_says(void)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    g_autoptr(LacAtoms) atoms = make_particle(&params);
    const char *pore = strstr(atoms->comment, "pore of radius"),
               *gone = strstr(atoms->comment, "at (");
    double radius, x, y, z;
    g_assert_nonnull(pore);
    g_assert_cmpint(sscanf(pore, "pore of radius %lf at (%lf, %lf, %lf)", &radius, &x, &y, &z), ==,
        4);
    gsize around = 0;
    for (gsize i = 0; i < atoms->n; i++) {
        double d = distance(atoms, i, x, y, z);
        g_assert_cmpfloat(d, >, radius - 0.25);
        around += d < radius + 3.0;
    }
    g_assert_cmpuint(around, >, 10);

    gone = strstr(atoms->comment, "vacancies at");
    g_assert_nonnull(gone);
    gone += strlen("vacancies at");
    for (int i = 0; i < 3; i++) {
        int length = 0;
        g_assert_cmpint(sscanf(gone, " (%lf, %lf, %lf)%n", &x, &y, &z, &length), ==, 3);
        gone += length + 1;
        gsize neighbours = 0;
        for (gsize j = 0; j < atoms->n; j++) {
            g_assert_cmpfloat(distance(atoms, j, x, y, z), >, 2.3);
            neighbours += distance(atoms, j, x, y, z) < 4.0;
        }
        g_assert_cmpuint(neighbours, >=, 8);
    }
}

static void
test_counts(void)
{
    const guint counts[] = { 100, 1500, 20000 };
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
        LacSynthParams params = small_params();
        params.n_atoms = counts[i];
        params.size = 512;
        g_autoptr(LacAtoms) atoms = make_particle(&params);
        g_assert_cmpfloat_with_epsilon((double) atoms->n, counts[i], MAX(0.01 * counts[i], 8.0));
    }
}

static void
assert_same_bytes(gconstpointer a, gconstpointer b, gsize n)
{
    g_assert_cmpint(memcmp(a, b, n), ==, 0);
}

static void
test_deterministic(void)
{
    LacSynthParams params = small_params();
    const guint threads[] = { 1, 2, 3, 8 };
    g_autoptr(LacAtoms) atoms = make_particle(&params);
    g_autoptr(LacSeries) series = make_series(atoms, &params);
    g_autoptr(LacVolume) volume = lac_synth_volume(atoms, &params, NULL, NULL);
    for (guint t = 0; t < G_N_ELEMENTS(threads); t++) {
        lac_parallel_set_threads(threads[t]);
        g_autoptr(LacAtoms) again = make_particle(&params);
        g_autoptr(LacSeries) series_again = make_series(again, &params);
        g_autoptr(LacVolume) volume_again = lac_synth_volume(again, &params, NULL, NULL);
        g_assert_cmpuint(again->n, ==, atoms->n);
        assert_same_bytes(again->x, atoms->x, atoms->n * sizeof(double));
        assert_same_bytes(series_again->data, series->data, series->buffer->n * sizeof(float));
        assert_same_bytes(volume_again->data, volume->data, volume->buffer->n * sizeof(float));
    }
    lac_parallel_set_threads(0);
    params.seed++;
    g_autoptr(LacAtoms) other = make_particle(&params);
    g_assert_true(
        other->n != atoms->n || memcmp(other->x, atoms->x, atoms->n * sizeof(double)) != 0);
}

// The largest difference between an image and the sum of the volume along z, over the brightest.
static void
test_projection_is_the_sum_of_the_volume(void)
{
    LacSynthParams params = small_params();
    params.n_tilts = 1;
    params.dose = 0.0;
    g_autoptr(LacAtoms) atoms = make_particle(&params);
    g_autoptr(LacSeries) series = make_series(atoms, &params);
    g_autoptr(LacVolume) volume = lac_synth_volume(atoms, &params, NULL, NULL);
    gsize n = params.size;
    float brightest = lac_stats(series->data, n * n).max;
    for (gsize i = 0; i < n * n; i++) {
        double sum = 0.0;
        for (gsize z = 0; z < n; z++)
            sum += (double) volume->data[z * n * n + i];
        g_assert_cmpfloat_with_epsilon(sum, (double) series->data[i], 1e-4 * (double) brightest);
    }
}

static void
test_one_atom_follows_the_convention(void)
{
    LacSynthParams params = small_params();
    params.dose = 0.0;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(1);
    atoms->x[0] = 3.1;
    atoms->y[0] = -2.3;
    atoms->z[0] = 5.7;
    g_autoptr(LacSeries) series = make_series(atoms, &params);
    g_assert_true(lac_series_is_single_axis(series));
    g_assert_cmpfloat(series->angles[0].theta, ==, -70.0);
    g_assert_cmpfloat(series->angles[series->n - 1].theta, ==, 70.0);
    for (gsize k = 0; k < series->n; k++) {
        const float *image = lac_series_get_projection(series, k);
        double mass = 0.0, u = 0.0, v = 0.0, theta = series->angles[k].theta * G_PI / 180.0;
        for (gsize j = 0; j < params.size; j++) {
            for (gsize i = 0; i < params.size; i++) {
                double value = (double) image[j * params.size + i];
                mass += value;
                u += value * ((double) i - (double) (params.size / 2));
                v += value * ((double) j - (double) (params.size / 2));
            }
        }
        g_assert_cmpfloat_with_epsilon(u / mass * params.voxel_size,
            3.1 * cos(theta) - 5.7 * sin(theta), 1e-4);
        g_assert_cmpfloat_with_epsilon(v / mass * params.voxel_size, -2.3, 1e-4);
        double expected = pow(2.0 * G_PI, 1.5) * pow(params.sigma / params.voxel_size, 3.0);
        g_assert_cmpfloat_with_epsilon(mass, expected, 1e-4 * expected);
    }
}

static void
test_noise(void)
{
    LacSynthParams params = small_params();
    params.dose = 500.0;
    g_autoptr(LacAtoms) atoms = make_particle(&params);
    g_autoptr(LacSeries) noisy = make_series(atoms, &params);
    params.dose = 0.0;
    g_autoptr(LacSeries) clean = make_series(atoms, &params);
    double scale = 500.0 / (double) lac_stats(clean->data, clean->buffer->n).max;
    double sum = 0.0, squares = 0.0;
    gsize n = 0;
    for (gsize i = 0; i < clean->buffer->n; i++) {
        double mean = scale * (double) clean->data[i], counts = scale * (double) noisy->data[i];
        g_assert_cmpfloat_with_epsilon(counts, rint(counts), 1e-3);
        if (mean < 1.0)
            continue;
        sum += (counts - mean) / sqrt(mean);
        squares += (counts - mean) * (counts - mean) / mean;
        n++;
    }
    g_assert_cmpuint(n, >, 10000);
    g_assert_cmpfloat_with_epsilon(sum / (double) n, 0.0, 5.0 / sqrt((double) n));
    g_assert_cmpfloat_with_epsilon(squares / (double) n, 1.0, 10.0 / sqrt((double) n));
}

static void
test_cancel(void)
{
    LacSynthParams params = small_params();
    g_autoptr(LacAtoms) atoms = make_particle(&params);
    guint n_volume = 0, n_series = 0;
    for (guint at = 1;; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacVolume) volume = lac_synth_volume(atoms, &params, progress, &error);
        if (volume != NULL)
            break;
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        n_volume++;
    }
    for (guint at = 1;; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacSeries) series = lac_synth_series(atoms, &params, progress, &error);
        if (series != NULL)
            break;
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        n_series++;
    }
    g_assert_cmpuint(n_volume, >=, 2);
    g_assert_cmpuint(n_series, >=, 3);
}

static void
assert_refused(const LacSynthParams *params, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_synth_particle(params, &error);
    g_assert_null(atoms);
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_nonnull(strstr(error->message, word));
}

static void
test_refusals(void)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    params.n_atoms = 3;
    assert_refused(&params, "number of atoms 3");
    lac_synth_params_init(&params);
    params.n_atoms = 8000;
    assert_refused(&params, "does not fit 96 pixels");
    lac_synth_params_init(&params);
    params.voxel_size = 0.0;
    assert_refused(&params, "voxel size");
    lac_synth_params_init(&params);
    params.sigma = 50.0;
    assert_refused(&params, "width of an atom");
    lac_synth_params_init(&params);
    params.dose = (double) NAN;
    assert_refused(&params, "dose");
    lac_synth_params_init(&params);
    params.max_tilt = 91.0;
    assert_refused(&params, "largest tilt");
}

static void
test_example_is_fast(void)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    g_test_timer_start();
    g_autoptr(LacAtoms) atoms = make_particle(&params);
    g_autoptr(LacSeries) series = make_series(atoms, &params);
    g_test_minimized_result(g_test_timer_elapsed(), "example of %" G_GSIZE_FORMAT " atoms [s]",
        atoms->n);
    g_assert_cmpuint(series->n, ==, 41);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/synth/structure", test_structure);
    g_test_add_func("/synth/defects", test_defects_are_where_the_comment_says);
    g_test_add_func("/synth/counts", test_counts);
    g_test_add_func("/synth/deterministic", test_deterministic);
    g_test_add_func("/synth/projection-is-sum", test_projection_is_the_sum_of_the_volume);
    g_test_add_func("/synth/convention", test_one_atom_follows_the_convention);
    g_test_add_func("/synth/noise", test_noise);
    g_test_add_func("/synth/cancel", test_cancel);
    g_test_add_func("/synth/refusals", test_refusals);
    g_test_add_func("/synth/example-is-fast", test_example_is_fast);
    return g_test_run();
}
