// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/parallel.h"
#include "core/recon/recon.h"
#include "core/rng.h"
#include "core/synth/synth.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

enum {
    SIZE = 24,
    N_TILTS = 13,
    N_ATOMS = 12,
    TILE = SIZE * SIZE
};

typedef struct {
    double x, y, z;
} Atom;

// Gaussian atoms of 1.3 voxels, at least a few voxels inside the box.
static void
make_atoms(Atom *atoms)
{
    for (gsize i = 0; i < N_ATOMS; i++)
        atoms[i] = (Atom){ 14.0 * (lac_rng_uniform(1, i) - 0.5),
            14.0 * (lac_rng_uniform(2, i) - 0.5), 14.0 * (lac_rng_uniform(3, i) - 0.5) };
}

#define WIDTH 1.3

static LacVolume *
make_truth(gsize n)
{
    Atom atoms[N_ATOMS];
    make_atoms(atoms);
    LacVolume *volume = lac_volume_new(n, n, n, 0.5, NULL);
    for (gsize z = 0; z < n; z++)
        for (gsize y = 0; y < n; y++)
            for (gsize x = 0; x < n; x++) {
                double sum = 0.0;
                for (gsize i = 0; i < N_ATOMS; i++) {
                    double dx = (double) x - (double) (n / 2) - atoms[i].x;
                    double dy = (double) y - (double) (n / 2) - atoms[i].y;
                    double dz = (double) z - (double) (n / 2) - atoms[i].z;
                    sum += exp(-(dx * dx + dy * dy + dz * dz) / (2.0 * WIDTH * WIDTH));
                }
                volume->data[(z * n + y) * n + x] = (float) (100.0 * sum);
            }
    return volume;
}

// The exact projections of the same atoms, with up to @phi [deg] about the beam.
static LacSeries *
make_series(double phi)
{
    Atom atoms[N_ATOMS];
    make_atoms(atoms);
    LacSeries *series = lac_series_new(N_TILTS, SIZE, SIZE, 0.5, NULL);
    for (gsize k = 0; k < N_TILTS; k++) {
        double wobble = phi * cos(1.7 * (double) k);
        series->angles[k] = (LacAngles){ wobble, -72.0 + 12.0 * (double) k, 0.0 };
        LacMat3 r = lac_rotation_from_euler_deg(wobble, series->angles[k].theta, 0.0);
        for (gsize i = 0; i < N_ATOMS; i++) {
            LacVec3 q = lac_mat3_apply(&r, (LacVec3){ atoms[i].x, atoms[i].y, atoms[i].z });
            for (gsize v = 0; v < SIZE; v++)
                for (gsize u = 0; u < SIZE; u++) {
                    double du = (double) u - SIZE / 2 - q.x, dv = (double) v - SIZE / 2 - q.y;
                    series->data[(k * SIZE + v) * SIZE + u] += (float) (100.0 * WIDTH *
                        sqrt(2.0 * G_PI) * exp(-(du * du + dv * dv) / (2.0 * WIDTH * WIDTH)));
                }
        }
    }
    return series;
}

static LacReconParams
make_params(guint n_iterations)
{
    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    params.n_iterations = n_iterations;
    params.blob_sigma = 1.0;
    return params;
}

static double
relative_error(const LacVolume *a, const LacVolume *truth)
{
    double difference = 0.0, square = 0.0;
    for (gsize i = 0; i < lac_volume_get_size(truth); i++) {
        double d = (double) a->data[i] - (double) truth->data[i];
        difference += d * d;
        square += (double) truth->data[i] * (double) truth->data[i];
    }
    return sqrt(difference / square);
}

static LacRecon *
reconstruct(const LacSeries *series, const LacReconParams *params)
{
    g_autoptr(GError) error = NULL;
    LacRecon *recon = lac_recon_run(series, params, NULL, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(recon);
    return recon;
}

static gboolean
same_volume(const LacVolume *a, const LacVolume *b)
{
    return a->nx == b->nx && a->ny == b->ny && a->nz == b->nz &&
        memcmp(a->data, b->data, lac_volume_get_size(a) * sizeof(float)) == 0;
}

static void
check_methods(double phi)
{
    g_autoptr(LacVolume) truth = make_truth(SIZE);
    g_autoptr(LacSeries) series = make_series(phi);
    static const struct {
        LacReconMethod method;
        guint n_iterations;
        double error, r1;
    } rows[] = {
        { LAC_RECON_RESIRE, 60, 0.15, 0.02 },
        { LAC_RECON_SIRT, 100, 0.45, 0.08 },
        { LAC_RECON_WBP, 1, 0.60, 0.45 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        LacReconParams params = make_params(rows[i].n_iterations);
        params.method = rows[i].method;
        g_autoptr(LacRecon) recon = reconstruct(series, &params);
        double error = relative_error(recon->volume, truth);
        double r1 = recon->r1[recon->n_iterations - 1];
        g_test_message("%s, phi %g: error %.4f, R1 %.4f", lac_recon_method_get_id(rows[i].method),
            phi, error, r1);
        g_assert_cmpuint(recon->n_iterations, ==, rows[i].n_iterations);
        g_assert_cmpfloat(error, <, rows[i].error);
        g_assert_cmpfloat(r1, <, rows[i].r1);
        g_assert_cmpfloat(recon->volume->voxel_size, ==, 0.5);
    }
}

static void
test_methods(void)
{
    check_methods(0.0);
}

// Two degrees of phi that are left out must show in the fit.
static void
test_three_angles(void)
{
    check_methods(2.0);
    g_autoptr(LacSeries) series = make_series(2.0);
    g_autoptr(LacSeries) wrong = lac_series_copy(series);
    for (gsize k = 0; k < N_TILTS; k++)
        wrong->angles[k].phi = 0.0;
    LacReconParams params = make_params(40);
    g_autoptr(LacRecon) right = reconstruct(series, &params);
    g_autoptr(LacRecon) bad = reconstruct(wrong, &params);
    g_assert_cmpfloat(bad->r1[39], >, 1.5 * right->r1[39]);
}

// Noise must be seen to be noise, and what positivity makes of it must not widen the atoms.
static void
test_measured_width_in_noise(void)
{
    const double doses[] = { 0.0, 300.0, 100.0 }; // counts in the brightest pixel
    for (gsize i = 0; i < G_N_ELEMENTS(doses); i++) {
        LacSynthParams params;
        lac_synth_params_init(&params);
        params.n_atoms = 300;
        params.size = 96;
        params.n_tilts = 40;
        params.sigma = 0.8;
        params.voxel_size = 0.4;
        params.dose = doses[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(LacAtoms) atoms = lac_synth_particle(&params, &error);
        g_assert_no_error(error);
        g_autoptr(LacSeries) series = lac_synth_series(atoms, &params, NULL, &error);
        g_assert_no_error(error);
        double width = 0.0;
        g_assert_true(lac_recon_measure_atom_width(series, NULL, &width, &error));
        g_assert_no_error(error);
        g_test_message("%g counts: atom width %.3f voxels, made with 2", doses[i], width);
        g_assert_cmpfloat_with_epsilon(width, 2.0, 0.4);
    }
}

static void
test_measured_width(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    double width = 0.0;
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_recon_measure_atom_width(series, NULL, &width, &error));
    g_assert_no_error(error);
    g_test_message("atom width %.3f voxels, made with %.3f", width, WIDTH);
    g_assert_cmpfloat_with_epsilon(width, WIDTH, 0.25);

    g_autoptr(LacSeries) flat = lac_series_new(N_TILTS, SIZE, SIZE, 0.5, NULL);
    for (gsize k = 0; k < N_TILTS; k++)
        flat->angles[k] = series->angles[k];
    for (gsize i = 0; i < N_TILTS * TILE; i++)
        flat->data[i] = 1.0f;
    g_assert_false(lac_recon_measure_atom_width(flat, NULL, &width, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_resume(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    LacReconParams params = make_params(17);
    g_autoptr(LacRecon) whole = reconstruct(series, &params);
    params.n_iterations = 6;
    g_autoptr(LacRecon) first = reconstruct(series, &params);
    params.n_iterations = 11;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRecon) second = lac_recon_run(series, &params, NULL, NULL, first, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(second->n_iterations, ==, 17);
    g_assert_true(same_volume(whole->volume, second->volume));
    g_assert_true(memcmp(whole->r1, second->r1, 17 * sizeof(double)) == 0);

    // Loaded from a file there is no solver to go on, but the coefficients are.
    g_autoptr(LacRecon) loaded = lac_recon_new(N_TILTS, 17, FALSE);
    memcpy(loaded->r1, whole->r1, 17 * sizeof(double));
    memcpy(loaded->r2, whole->r2, 17 * sizeof(double));
    loaded->params = whole->params;
    loaded->volume = lac_volume_ref(whole->volume);
    loaded->coefficients = lac_volume_ref(whole->coefficients);
    params.n_iterations = 1;
    g_autoptr(LacRecon) more = lac_recon_run(series, &params, NULL, NULL, loaded, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(more->r1[17], <, 1.1 * whole->r1[16]);
    params.n_iterations = 11;

    // With other weights it starts from the coefficients too, and the curve goes on.
    params.weight_alpha = 0.0;
    params.weight_cap = 0.0;
    g_autoptr(LacRecon) third = lac_recon_run(series, &params, NULL, NULL, second, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(third->n_iterations, ==, 28);
    g_assert_cmpfloat(third->r1[27], <, third->r1[17]);
}

static void
test_threads(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    LacReconParams params = make_params(8);
    g_autoptr(LacRecon) first = NULL;
    const guint counts[] = { 1, 2, 3, 8 };
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        lac_parallel_set_threads(counts[i]);
        g_autoptr(LacRecon) recon = reconstruct(series, &params);
        if (first == NULL)
            first = g_steal_pointer(&recon);
        else
            g_assert_true(same_volume(first->volume, recon->volume));
    }
    lac_parallel_set_threads(0);
}

static void
test_excluded(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    g_autoptr(LacSeries) without = lac_series_with_excluded(series, 3, TRUE);
    // Spoiled pixels of an excluded projection must not matter.
    g_autoptr(LacSeries) spoiled = lac_series_new(N_TILTS, SIZE, SIZE, 0.5, NULL);
    memcpy(spoiled->data, series->data, N_TILTS * TILE * sizeof(float));
    memcpy(spoiled->angles, series->angles, N_TILTS * sizeof *spoiled->angles);
    spoiled->excluded[3] = TRUE;
    for (gsize i = 0; i < TILE; i++)
        spoiled->data[3 * TILE + i] = NAN;
    LacReconParams params = make_params(5);
    g_autoptr(LacRecon) a = reconstruct(without, &params), b = reconstruct(spoiled, &params);
    g_assert_true(same_volume(a->volume, b->volume));
    g_assert_true(isnan(a->projection_r1[3]));
    g_assert_false(isnan(a->projection_r1[2]));
    g_assert_cmpuint(a->n_projections, ==, N_TILTS);
}

static void
test_unmeasured_pixels(void)
{
    g_autoptr(LacVolume) truth = make_truth(SIZE);
    g_autoptr(LacSeries) series = make_series(0.0);
    for (gsize i = 0; i < N_TILTS * TILE; i++)
        if (lac_rng_uniform(9, i) < 0.05)
            series->data[i] = i % 2 == 0 ? NAN : INFINITY;
    LacReconParams params = make_params(40);
    g_autoptr(LacRecon) recon = reconstruct(series, &params);
    LacStats stats = lac_stats(recon->volume->data, lac_volume_get_size(recon->volume));
    g_assert_cmpuint(stats.n_bad, ==, 0);
    g_assert_cmpfloat(relative_error(recon->volume, truth), <, 0.25);

    for (gsize i = 0; i < N_TILTS * TILE; i++)
        series->data[i] = NAN;
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_recon_run(series, &params, NULL, NULL, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_mask_and_positivity(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    g_autoptr(LacVolume) mask = lac_volume_new(SIZE, SIZE, SIZE, 0.5, NULL);
    for (gsize z = 4; z < SIZE; z++)
        for (gsize i = 0; i < TILE; i++)
            mask->data[z * TILE + i] = 1.0f;
    LacReconParams params = make_params(5);
    params.blob_sigma = 0.0;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRecon) recon = lac_recon_run(series, &params, mask, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < lac_volume_get_size(mask); i++) {
        g_assert_cmpfloat(recon->volume->data[i], >=, 0.0);
        if (mask->data[i] == 0.0f)
            g_assert_cmpfloat(recon->volume->data[i], ==, 0.0);
    }
    params.positivity = FALSE;
    g_autoptr(LacRecon) free_sign = reconstruct(series, &params);
    g_assert_cmpfloat(
        lac_stats(free_sign->volume->data, lac_volume_get_size(free_sign->volume)).min, <, 0.0);

    g_autoptr(LacVolume) small = lac_volume_new(4, 4, 4, 0.5, NULL);
    g_assert_null(lac_recon_run(series, &params, small, NULL, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_clear_error(&error);
    g_autoptr(LacVolume) empty = lac_volume_new(SIZE, SIZE, SIZE, 0.5, NULL);
    g_assert_null(lac_recon_run(series, &params, empty, NULL, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

// An object wider than the detector: the volume is given margin, or the rim piles up at its edge.
static void
test_extended_object(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    g_autoptr(LacSeries) cut = lac_series_new(N_TILTS, SIZE, SIZE - 10, 0.5, NULL);
    memcpy(cut->angles, series->angles, N_TILTS * sizeof *cut->angles);
    for (gsize k = 0; k < N_TILTS; k++)
        for (gsize v = 0; v < SIZE; v++)
            memcpy(cut->data + (k * SIZE + v) * (SIZE - 10),
                series->data + (k * SIZE + v) * SIZE + 5, (SIZE - 10) * sizeof(float));
    LacReconParams params = make_params(40);
    g_autoptr(LacRecon) narrow = reconstruct(cut, &params);
    params.nx = params.ny = params.nz = SIZE;
    g_autoptr(LacRecon) wide = reconstruct(cut, &params);
    g_assert_cmpuint(narrow->volume->nx, ==, SIZE - 10);
    g_assert_cmpuint(wide->volume->nx, ==, SIZE);
    g_test_message("R1 without margin %.4f, with %.4f", narrow->r1[39], wide->r1[39]);
    g_assert_cmpfloat(wide->r1[39], <, 0.5 * narrow->r1[39]);
}

static void
test_curves(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    LacReconParams params = make_params(60);
    params.held_out_every = 4;
    params.snapshot_every = 5;
    params.tolerance = 0.5;
    g_autoptr(LacRecon) recon = reconstruct(series, &params);
    g_assert_cmpuint(recon->n_iterations, <, 60);
    g_assert_cmpuint(recon->snapshots->len, >=, recon->n_iterations / 5 - 1);
    const LacReconSnapshot *snapshot = g_ptr_array_index(recon->snapshots, 0);
    g_assert_cmpuint(snapshot->iteration, ==, 5);
    g_assert_nonnull(recon->r_free);
    guint last = recon->n_iterations - 1;
    g_assert_cmpfloat(recon->r_free[last], >, recon->r1[last]);
    g_assert_cmpfloat(recon->r_free[last], <, 0.5);

    params.n_iterations = snapshot->iteration;
    params.tolerance = 0.0;
    g_autoptr(LacRecon) again = reconstruct(series, &params);
    g_assert_true(same_volume(again->volume, snapshot->volume));
    for (gsize k = 0; k < N_TILTS; k++)
        g_assert_cmpfloat(again->projection_r1[k], ==, snapshot->projection_r1[k]);
}

static void
test_cancel_everywhere(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    g_autofree float *before = g_memdup2(series->data, N_TILTS * TILE * sizeof(float));
    LacReconParams params = make_params(3);
    params.blob_sigma = -0.85;
    guint n_cancelled = 0;
    for (guint i = 1;; i++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(LacRecon) recon =
            lac_recon_run(series, &params, NULL, NULL, NULL, progress, &error);
        if (recon != NULL)
            break;
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        n_cancelled++;
    }
    g_assert_cmpuint(n_cancelled, >, 20);
    g_assert_true(memcmp(before, series->data, N_TILTS * TILE * sizeof(float)) == 0);
}

static void
test_finish_and_publish(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    LacReconParams params = make_params(1000);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_want_result(progress);
    lac_progress_finish(progress);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRecon) recon = lac_recon_run(series, &params, NULL, NULL, NULL, progress, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(recon->n_iterations, ==, 1);
    g_autoptr(LacRecon) published = lac_progress_take_result(progress);
    g_assert_nonnull(published);
    g_assert_true(same_volume(published->volume, recon->volume));
    g_assert_cmpuint(published->n_iterations, ==, 1);
}

static void
test_projections_of_a_volume(void)
{
    g_autoptr(LacVolume) truth = make_truth(SIZE);
    g_autoptr(LacSeries) series = make_series(0.0);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) calculated = lac_recon_project(truth, series, &error);
    g_assert_no_error(error);
    double difference = 0.0, sum = 0.0;
    for (gsize i = 0; i < N_TILTS * TILE; i++) {
        difference += fabs((double) calculated->data[i] - (double) series->data[i]);
        sum += fabs((double) series->data[i]);
    }
    g_test_message("R1 of the true volume %.5f", difference / sum);
    g_assert_cmpfloat(difference / sum, <, 0.01);
}

static void
test_bad_parameters(void)
{
    g_autoptr(LacSeries) series = make_series(0.0);
    const LacReconParams good = make_params(3);
    LacReconParams bad[7];
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        bad[i] = good;
    bad[0].n_iterations = 0;
    bad[1].step = (double) NAN;
    bad[2].blob_sigma = 1000.0;
    bad[3].weight_cap = -1.0;
    bad[4].nx = (gsize) 1 << 40;
    bad[5].held_out_every = 1;
    bad[6].tolerance = 2.0;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_recon_run(series, &bad[i], NULL, NULL, NULL, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
    LacReconPreset preset;
    g_autoptr(GError) error = NULL;
    g_assert_false(lac_recon_preset_from_id("best", &preset, &error));
    g_assert_nonnull(error);
    for (int i = 0; i <= LAC_RECON_PUBLISHED; i++) {
        g_assert_true(
            lac_recon_preset_from_id(lac_recon_preset_get_id((LacReconPreset) i), &preset, NULL));
        g_assert_cmpint(preset, ==, i);
    }
}

static void
test_memory_estimate(void)
{
    g_autoptr(LacSeries) series = lac_series_new(50, 256, 256, 0.5, NULL);
    for (gsize k = 0; k < 50; k++)
        series->angles[k].theta = -70.0 + 2.8 * (double) k;
    LacReconParams params = make_params(3);
    double mib = (double) lac_recon_estimate_memory(series, &params) / 1048576.0;
    g_test_message("256 x 256 x 256 from 50 projections: %.0f MiB", mib);
    g_assert_cmpfloat(mib, >, 300.0);
    g_assert_cmpfloat(mib, <, 763.0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/recon/methods", test_methods);
    g_test_add_func("/recon/three-angles", test_three_angles);
    g_test_add_func("/recon/measured-width", test_measured_width);
    g_test_add_func("/recon/measured-width-in-noise", test_measured_width_in_noise);
    g_test_add_func("/recon/resume", test_resume);
    g_test_add_func("/recon/threads", test_threads);
    g_test_add_func("/recon/excluded", test_excluded);
    g_test_add_func("/recon/unmeasured-pixels", test_unmeasured_pixels);
    g_test_add_func("/recon/mask-and-positivity", test_mask_and_positivity);
    g_test_add_func("/recon/extended-object", test_extended_object);
    g_test_add_func("/recon/curves", test_curves);
    g_test_add_func("/recon/cancel-everywhere", test_cancel_everywhere);
    g_test_add_func("/recon/finish-and-publish", test_finish_and_publish);
    g_test_add_func("/recon/projections-of-a-volume", test_projections_of_a_volume);
    g_test_add_func("/recon/bad-parameters", test_bad_parameters);
    g_test_add_func("/recon/memory-estimate", test_memory_estimate);
    return g_test_run();
}
