// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers that a reconstruction of the published sample must reach (doi:10.1038/s41586-021-03354-0,
// doi:10.1038/s41598-023-31124-7): 41 projections of 64 x 64, noise-free, with the true volume.
#include "core/io/io.h"
#include "core/recon/blob.h"
#include "core/recon/projector.h"
#include "core/recon/recon.h"
#include "tests/support/metrics.h"

#include <math.h>
#include <string.h>

#define ATOM_THRESHOLD 300.0
#define MATCH_RADIUS   1.5

typedef struct {
    LacSeries *series;
    LacVolume *truth;
} Sample;

// FALSE when the data is not there: the test is skipped.
static gboolean
load_sample(Sample *sample)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_build_filename(g_getenv("LACUNA_TEST_DATA"), "resire-sample", NULL);
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        g_test_skip("the published sample is not there");
        return FALSE;
    }
    g_autofree char *projections =
        g_build_filename(folder, "sample_projections_amorphous.mat:Projs", NULL);
    g_autofree char *table = g_build_filename(folder, "sample_angles_amorphous.mat:angles", NULL);
    g_autofree char *volume = g_build_filename(folder, "ground_truth_amorphous_vol.mat:Vol", NULL);
    g_autoptr(LacSeries) series = lac_read_series(projections, NULL, NULL, &error);
    g_assert_no_error(error);
    gsize n;
    g_autofree LacAngles *angles = lac_read_angles(table, &n, &error);
    g_assert_no_error(error);
    sample->series = lac_series_with_angles(series, angles, n, &error);
    g_assert_no_error(error);
    sample->truth = lac_read_volume(volume, NULL, NULL, &error);
    g_assert_no_error(error);
    return TRUE;
}

static void
clear_sample(Sample *sample)
{
    g_clear_pointer(&sample->series, lac_series_unref);
    g_clear_pointer(&sample->truth, lac_volume_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sample, clear_sample)

typedef struct {
    const char *preset;
    double error_min, error_max, r1_min, r1_max, pearson;
    gsize n_atoms;
    double rmsd;
} Row;

// The published preset is held to within 5 % of relative error 0.2120, R1 0.00676 (an iteration
// later here: 0.00671), 391 atoms and 0.2129 voxel; the others to the goals.
static const Row rows[] = {
    { "clean", 0.0, 0.03, 0.0, 0.01, 0.999, 401, 0.05 },
    { "default", 0.0, 0.045, 0.0, 0.01, 0.999, 401, 0.05 },
    { "published", 0.2014, 0.2226, 0.0064, 0.0071, 0.97, 385, 0.2235 },
};

static void
test_preset(gconstpointer data)
{
    const Row *row = data;
    g_auto(Sample) sample = { 0 };
    if (!load_sample(&sample))
        return;
    LacReconPreset preset;
    LacReconParams params;
    g_assert_true(lac_recon_preset_from_id(row->preset, &preset, NULL));
    lac_recon_params_init(&params, preset);
    params.n_iterations = 100;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRecon) recon =
        lac_recon_run(sample.series, &params, NULL, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    gsize n = lac_volume_get_size(sample.truth);
    double relative = test_relative_error(recon->volume->data, sample.truth->data, n);
    double pearson = test_pearson(recon->volume->data, sample.truth->data, n);
    g_autoptr(TestPeaks) truth = test_peaks_find(sample.truth, ATOM_THRESHOLD);
    g_autoptr(TestPeaks) found = test_peaks_find(recon->volume, ATOM_THRESHOLD);
    TestMatch match = test_peaks_match(truth, found, MATCH_RADIUS);
    g_test_message("%s: blob %.3f, error %.4f, R1 %.5f, Pearson %.5f, %d of %d atoms, %.4f voxel",
        row->preset, recon->params.blob_sigma, relative, recon->r1[99], pearson,
        (int) match.n_matched, (int) truth->n, match.rmsd);
    g_assert_cmpuint(truth->n, ==, 406);
    g_assert_cmpfloat(relative, >=, row->error_min);
    g_assert_cmpfloat(relative, <=, row->error_max);
    g_assert_cmpfloat(recon->r1[99], >=, row->r1_min);
    g_assert_cmpfloat(recon->r1[99], <=, row->r1_max);
    g_assert_cmpfloat(pearson, >=, row->pearson);
    g_assert_cmpuint(match.n_matched, >=, row->n_atoms);
    g_assert_cmpfloat(match.rmsd, <=, row->rmsd);
}

// Mean over projections of sum |a - b| / sum |b|.
static double
mean_r1(const float *a, const float *b, gsize n, gsize n_pixels)
{
    double r1 = 0.0;
    for (gsize k = 0; k < n; k++) {
        double difference = 0.0, sum = 0.0;
        for (gsize i = k * n_pixels; i < (k + 1) * n_pixels; i++) {
            difference += fabs((double) a[i] - (double) b[i]);
            sum += fabs((double) b[i]);
        }
        r1 += difference / sum / (double) n;
    }
    return r1;
}

// Packed volume through a projector of the sample's geometry; (n, nv, nu).
static float *
project(const Sample *sample, const LacVolume *volume, double sigma, const LacAngles *angles)
{
    const LacSeries *s = sample->series;
    LacProjectorParams params = {
        .nx = volume->nx,
        .ny = volume->ny,
        .nz = volume->nz,
        .nu = s->nu,
        .nv = s->nv,
        .n = s->n,
        .angles = angles,
        .blob_sigma = sigma,
    };
    g_autoptr(LacProjector) projector = lac_projector_new(&params, NULL);
    gsize n_pixels = lac_projector_get_projections_size(projector);
    float *packed = lac_alloc_floats(lac_projector_get_volume_size(projector), NULL);
    float *projections = lac_alloc_floats(n_pixels, NULL), *out = lac_alloc_floats(n_pixels, NULL);
    lac_projector_pack_volume(projector, volume->data, packed);
    lac_projector_forward(projector, packed, projections);
    lac_projector_unpack_projections(projector, projections, out);
    lac_free(packed);
    lac_free(projections);
    return out;
}

// The measured projections, each convolved with a Gaussian.
static float *
blur_projections(const LacSeries *series, double sigma)
{
    gsize n_pixels = series->nu * series->nv;
    float *out = lac_alloc_floats(series->n * n_pixels, NULL);
    // A volume of a single plane also takes the factor of the kernel's centre along z.
    double kernel_sum = 0.0;
    for (int t = -5; t <= 5; t++)
        kernel_sum += exp(-0.5 * t * t / (sigma * sigma));
    for (gsize k = 0; k < series->n; k++) {
        g_autoptr(LacVolume) plane = lac_volume_new(1, series->nv, series->nu, 0.0, NULL);
        memcpy(plane->data, lac_series_get_projection(series, k), n_pixels * sizeof(float));
        g_assert_true(lac_blob_apply(plane, sigma, NULL));
        for (gsize i = 0; i < n_pixels; i++)
            out[k * n_pixels + i] = (float) kernel_sum * plane->data[i];
    }
    return out;
}

static void
test_operator(void)
{
    g_auto(Sample) sample = { 0 };
    if (!load_sample(&sample))
        return;
    const LacSeries *s = sample.series;
    gsize n_pixels = s->nu * s->nv;
    float *plain = project(&sample, sample.truth, 0.0, s->angles);
    double r1 = mean_r1(plain, s->data, s->n, n_pixels);

    // An isotropic Gaussian in the volume is the same Gaussian on every detector.
    float *on_detector = project(&sample, sample.truth, 1.0, s->angles);
    float *blurred = blur_projections(s, 1.0);
    double with_blob = mean_r1(on_detector, blurred, s->n, n_pixels);

    g_test_message("R1 of the true volume: %.5f plain, %.5f with the blob", r1, with_blob);
    g_assert_cmpfloat(r1, <=, 0.0012);
    g_assert_cmpfloat(with_blob, <=, 0.0005);
    lac_free(plain);
    lac_free(on_detector);
    lac_free(blurred);
}

// The wrong sense of tilt must not pass: this fixes axes, transposition and handedness at once.
static void
test_handedness(void)
{
    g_auto(Sample) sample = { 0 };
    if (!load_sample(&sample))
        return;
    const LacSeries *s = sample.series;
    g_autofree LacAngles *mirrored = g_new0(LacAngles, s->n);
    for (gsize k = 0; k < s->n; k++)
        mirrored[k].theta = -s->angles[k].theta;
    float *wrong = project(&sample, sample.truth, 0.0, mirrored);
    double r1 = mean_r1(wrong, s->data, s->n, s->nu * s->nv);
    g_test_message("R1 of the true volume with the tilt negated: %.2f", r1);
    g_assert_cmpfloat(r1, >, 0.3);
    lac_free(wrong);
}

// Projections of the true volume at angles that wobble about all three axes, reconstructed with
// them and as if there were one tilt axis.
static void
test_three_angles(void)
{
    g_auto(Sample) sample = { 0 };
    if (!load_sample(&sample))
        return;
    const LacSeries *s = sample.series;
    g_autoptr(LacSeries) wobbling = lac_series_new(s->n, s->nv, s->nu, 0.0, NULL);
    for (gsize k = 0; k < s->n; k++)
        wobbling->angles[k] =
            (LacAngles){ 2.0 * sin((double) k), s->angles[k].theta, 1.5 * cos(2.0 * (double) k) };
    float *data = project(&sample, sample.truth, 0.0, wobbling->angles);
    memcpy(wobbling->data, data, s->n * s->nu * s->nv * sizeof(float));
    lac_free(data);
    g_autoptr(LacSeries) straight = lac_series_copy(wobbling);
    memcpy(straight->angles, s->angles, s->n * sizeof *straight->angles);

    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_CLEAN);
    params.n_iterations = 60;
    params.blob_sigma = 1.0;
    g_autoptr(LacRecon) right = lac_recon_run(wobbling, &params, NULL, NULL, NULL, NULL, NULL);
    g_autoptr(LacRecon) wrong = lac_recon_run(straight, &params, NULL, NULL, NULL, NULL, NULL);
    gsize n = lac_volume_get_size(sample.truth);
    double error = test_relative_error(right->volume->data, sample.truth->data, n);
    double error_wrong = test_relative_error(wrong->volume->data, sample.truth->data, n);
    g_test_message("error %.4f, R1 %.5f; ignoring two angles %.4f, %.5f", error, right->r1[59],
        error_wrong, wrong->r1[59]);
    g_assert_cmpfloat(error, <, 0.06);
    g_assert_cmpfloat(error_wrong, >, 2.0 * error);
    g_assert_cmpfloat(wrong->r1[59], >, 2.0 * right->r1[59]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/recon/sample/", rows[i].preset, NULL);
        g_test_add_data_func(path, &rows[i], test_preset);
    }
    g_test_add_func("/recon/sample/operator", test_operator);
    g_test_add_func("/recon/sample/handedness", test_handedness);
    g_test_add_func("/recon/sample/three-angles", test_three_angles);
    return g_test_run();
}
