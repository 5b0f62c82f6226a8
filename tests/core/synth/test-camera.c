// SPDX-License-Identifier: GPL-3.0-or-later
// Images of known particles: profiles, totals, noise and places of atoms are the closed forms.
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/synth/camera.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacTruth *
make_atoms(const char *species, gsize n, const LacVec3 *positions)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, species);
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = positions[i].x;
        atoms->y[i] = positions[i].y;
        atoms->z[i] = positions[i].z;
    }
    return lac_truth_new(atoms);
}

static const LacVec3 one_place = { 3.1, -2.3, 5.7 };

// Perfect images.
static LacCameraParams
clean_params(void)
{
    LacCameraParams params;
    lac_camera_params_init(&params);
    params.size = 64;
    params.n_tilts = 5;
    params.dose = 0.0;
    params.background = LAC_CAMERA_NO_BACKGROUND;
    params.shift = params.tilt_error = params.axis_error = 0.0;
    return params;
}

static LacSeries *
take(const LacTruth *truth, const LacCameraParams *params, LacTruth **known)
{
    g_autoptr(GError) error = NULL;
    LacSeries *series = lac_camera_take(truth, params, (LacCameraAngles){ 0 }, known, NULL, &error);
    g_assert_no_error(error);
    return series;
}

static double
total_of(const LacSeries *series, gsize k)
{
    double sum = 0.0;
    const float *image = lac_series_get_projection(series, k);
    for (gsize i = 0; i < series->nu * series->nv; i++)
        sum += (double) image[i];
    return sum;
}

// [pixel] from the centre pixel.
static void
centre_of(const LacSeries *series, gsize k, double *u, double *v)
{
    double sum = 0.0, su = 0.0, sv = 0.0;
    const float *image = lac_series_get_projection(series, k);
    for (gsize j = 0; j < series->nv; j++)
        for (gsize i = 0; i < series->nu; i++) {
            double value = (double) image[j * series->nu + i];
            sum += value;
            su += value * ((double) i - (double) (series->nu / 2));
            sv += value * ((double) j - (double) (series->nv / 2));
        }
    *u = su / sum;
    *v = sv / sum;
}

static void
test_profile(void)
{
    LacCameraParams params = clean_params();
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &one_place);
    g_autoptr(LacSeries) series = take(truth, &params, NULL);
    double sigma = sqrt(0.493 * 0.493 + 0.085 * 0.085), p = params.pixel_size;
    for (gsize k = 0; k < series->n; k++) {
        double theta = series->angles[k].theta * G_PI / 180.0;
        double u = 3.1 * cos(theta) - 5.7 * sin(theta), v = -2.3;
        for (gsize j = 0; j < 64; j++)
            for (gsize i = 0; i < 64; i++) {
                double du = ((double) i - 32.0) * p - u, dv = ((double) j - 32.0) * p - v;
                double expected = p * p / (2.0 * G_PI * sigma * sigma) *
                    exp(-0.5 * (du * du + dv * dv) / (sigma * sigma));
                g_assert_cmpfloat_with_epsilon((double) series->data[(k * 64 + j) * 64 + i],
                    expected, 1e-6);
            }
        g_assert_cmpfloat_with_epsilon(total_of(series, k), 1.0, 1e-5);
    }
}

// The total goes with a power of the atomic number, and with the dose of the image.
static void
test_totals(void)
{
    static const struct {
        const char *species;
        double number;
    } cases[] = { { "O", 8.0 }, { "Zr", 40.0 }, { "Pt", 78.0 } };
    for (guint c = 0; c < G_N_ELEMENTS(cases); c++) {
        LacCameraParams params = clean_params();
        g_autoptr(LacTruth) truth = make_atoms(cases[c].species, 1, &one_place);
        g_autoptr(LacSeries) series = take(truth, &params, NULL);
        double weight = pow(cases[c].number / 40.0, 1.7);
        for (gsize k = 0; k < series->n; k++)
            g_assert_cmpfloat_with_epsilon(total_of(series, k), weight, 2e-5 * weight);
    }
    // 200 electrons of each image of 5e4 electrons/Å^2: their mean over many images.
    LacCameraParams params = clean_params();
    params.n_tilts = 400;
    params.dose = 400 * 5e4;
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &one_place);
    g_autoptr(LacSeries) series = take(truth, &params, NULL);
    double sum = 0.0;
    for (gsize k = 0; k < series->n; k++)
        sum += total_of(series, k);
    g_assert_cmpfloat_with_epsilon(sum / 400.0, 200.0, 5.0 * sqrt(200.0 / 400.0));
}

// The whole image goes with the current of the beam; nothing else changes.
static void
test_drift(void)
{
    g_auto(LacCameraParams) params = { 0 };
    lac_camera_params_init(&params);
    params.n_tilts = 40;
    params.size = 32;
    params.dose = params.shift = 0.0;
    const LacVec3 place = { 0.0, 0.0, 0.0 };
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &place);
    g_autoptr(LacSeries) steady = take(truth, &params, NULL);
    params.drift = 10.0;
    g_autoptr(LacSeries) drifting = take(truth, &params, NULL);
    double square = 0.0;
    for (gsize k = 0; k < 40; k++) {
        double gain = total_of(drifting, k) / total_of(steady, k);
        square += (gain - 1.0) * (gain - 1.0) / 40.0;
        for (gsize i = k * 32 * 32; i < (k + 1) * 32 * 32; i++)
            g_assert_cmpfloat_with_epsilon((double) drifting->data[i],
                gain * (double) steady->data[i], 1e-6);
    }
    g_assert_cmpfloat_with_epsilon(sqrt(square), 0.1, 0.035);
}

static void
test_noise(void)
{
    static const double levels[] = { 0.05, 1.0, 12.0, 80.0, 900.0 }; // electrons per pixel
    LacCameraParams params = clean_params();
    g_autoptr(LacTruth) nothing = make_atoms("Zr", 0, NULL);
    params.background = LAC_CAMERA_CONSTANT;
    params.background_level = 100.0;
    for (guint l = 0; l < G_N_ELEMENTS(levels); l++) {
        for (int read = 0; read < 2; read++) {
            double area = params.pixel_size * params.pixel_size;
            params.read_noise = read ? 3.0 : 0.0;
            params.dose = levels[l] / area * params.n_tilts;
            g_autoptr(LacSeries) series = take(nothing, &params, NULL);
            gsize n = series->buffer->n;
            double sum = 0.0, squares = 0.0;
            for (gsize i = 0; i < n; i++) {
                double value = (double) series->data[i];
                if (!read)
                    g_assert_cmpfloat(value, ==, rint(value));
                sum += value - levels[l];
                squares += (value - levels[l]) * (value - levels[l]);
            }
            double variance = levels[l] + (read ? 9.0 : 0.0);
            g_assert_cmpfloat_with_epsilon(sum / (double) n, 0.0,
                5.0 * sqrt(variance / (double) n));
            // The fourth moment of Poisson counts adds 1 / mean to the error of the variance.
            g_assert_cmpfloat_with_epsilon(squares / (double) n / variance, 1.0,
                6.0 * sqrt((2.0 + 1.0 / levels[l]) / (double) n));
        }
    }
    // Noise of an image and of its neighbour have nothing in common.
    params.read_noise = 0.0;
    g_autoptr(LacSeries) series = take(nothing, &params, NULL);
    double product = 0.0;
    gsize n = 64 * 64;
    for (gsize i = 0; i < n; i++)
        product += ((double) series->data[i] - 900.0) * ((double) series->data[n + i] - 900.0);
    g_assert_cmpfloat_with_epsilon(product / (double) n / 900.0, 0.0, 5.0 / 64.0);
}

static void
test_shifts_and_angles(void)
{
    LacCameraParams params = clean_params();
    params.n_tilts = 200;
    params.shift = 2.0;
    params.tilt_error = 0.5;
    params.axis_error = 0.25;
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &one_place);
    g_autoptr(LacTruth) known = NULL;
    g_autoptr(LacSeries) series = take(truth, &params, &known);
    g_assert_cmpuint(known->n_projections, ==, 200);
    double squares[4] = { 0 };
    for (gsize k = 0; k < 200; k++) {
        const LacAngles *a = &known->angles[k];
        LacMat3 rotation = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
        LacVec3 uvw = lac_mat3_apply(&rotation, one_place);
        double u, v;
        centre_of(series, k, &u, &v);
        g_assert_cmpfloat_with_epsilon(u, uvw.x / params.pixel_size + known->shifts[k].du, 1e-3);
        g_assert_cmpfloat_with_epsilon(v, uvw.y / params.pixel_size + known->shifts[k].dv, 1e-3);
        // What the series says is the nominal angle, and no shift.
        g_assert_cmpfloat(series->angles[k].phi, ==, 0.0);
        g_assert_cmpfloat(series->shifts[k].du, ==, 0.0);
        squares[0] += pow(known->shifts[k].du, 2.0);
        squares[1] += pow(known->shifts[k].dv, 2.0);
        squares[2] += pow(a->theta - series->angles[k].theta, 2.0);
        squares[3] += pow(a->phi, 2.0);
    }
    g_assert_cmpfloat_with_epsilon(sqrt(squares[0] / 200.0), 2.0, 0.4);
    g_assert_cmpfloat_with_epsilon(sqrt(squares[1] / 200.0), 2.0, 0.4);
    g_assert_cmpfloat_with_epsilon(sqrt(squares[2] / 200.0), 0.5, 0.1);
    g_assert_cmpfloat_with_epsilon(sqrt(squares[3] / 200.0), 0.25, 0.05);
}

static void
test_three_angles(void)
{
    static const LacAngles angles[] = { { 10.0, 20.0, -30.0 }, { 90.0, -45.0, 5.0 } };
    LacCameraParams params = clean_params();
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &one_place);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series =
        lac_camera_take(truth, &params, (LacCameraAngles){ angles, 2 }, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(series->n, ==, 2);
    for (gsize k = 0; k < 2; k++) {
        LacMat3 rotation =
            lac_rotation_from_euler_deg(angles[k].phi, angles[k].theta, angles[k].psi);
        LacVec3 uvw = lac_mat3_apply(&rotation, one_place);
        double u, v;
        centre_of(series, k, &u, &v);
        g_assert_cmpfloat(series->angles[k].psi, ==, angles[k].psi);
        g_assert_cmpfloat_with_epsilon(u, uvw.x / params.pixel_size, 1e-3);
        g_assert_cmpfloat_with_epsilon(v, uvw.y / params.pixel_size, 1e-3);
    }
}

static double
width_of(const LacSeries *series, gsize k, gboolean along_u)
{
    double u, v, sum = 0.0, square = 0.0;
    const float *image = lac_series_get_projection(series, k);
    centre_of(series, k, &u, &v);
    for (gsize j = 0; j < series->nv; j++)
        for (gsize i = 0; i < series->nu; i++) {
            double value = (double) image[j * series->nu + i];
            double d = along_u ? (double) i - (double) (series->nu / 2) - u
                               : (double) j - (double) (series->nv / 2) - v;
            sum += value;
            square += value * d * d;
        }
    return sqrt(square / sum) * series->pixel_size;
}

static void
test_widths(void)
{
    LacCameraParams params = clean_params();
    params.n_tilts = 1;
    params.size = 256;
    LacVec3 high = { 0.0, 0.0, 40.0 };
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &high);
    params.thermal_species = g_strdup("O=0.4, Zr=0.2");
    g_autoptr(LacSeries) vibrating = take(truth, &params, NULL);
    g_assert_cmpfloat_with_epsilon(width_of(vibrating, 0, TRUE), hypot(0.493, 0.2), 1e-3);
    lac_camera_params_clear(&params);
    // 40 Å out of focus at 20 mrad: a disc of radius 0.8 Å has a width of 0.4 Å.
    params.convergence = 20.0;
    g_autoptr(LacSeries) blurred = take(truth, &params, NULL);
    double sharp = hypot(0.493, 0.085);
    g_assert_cmpfloat_with_epsilon(width_of(blurred, 0, TRUE), hypot(sharp, 0.4), 1e-3);
    g_assert_cmpfloat_with_epsilon(total_of(blurred, 0), 1.0, 1e-4);
    // Rows that are displaced widen an atom along u only.
    params.convergence = 0.0;
    params.jitter = 1.0;
    params.n_tilts = 100;
    params.max_tilt = 0.0;
    g_autoptr(LacSeries) jittered = take(truth, &params, NULL);
    double u = 0.0, v = 0.0;
    for (gsize k = 0; k < 100; k++) {
        u += pow(width_of(jittered, k, TRUE), 2.0) / 100.0;
        v += pow(width_of(jittered, k, FALSE), 2.0) / 100.0;
        g_assert_cmpfloat_with_epsilon(total_of(jittered, k), 1.0, 1e-4);
    }
    g_assert_cmpfloat_with_epsilon(sqrt(v), sharp, 1e-3);
    g_assert_cmpfloat(sqrt(u), >, 1.05 * sharp);
}

static void
test_backgrounds(void)
{
    LacCameraParams params = clean_params();
    g_autoptr(LacTruth) nothing = make_atoms("Zr", 0, NULL);
    double level = 0.002 * params.pixel_size * params.pixel_size / params.cross_section;
    params.background = LAC_CAMERA_CONSTANT;
    g_autoptr(LacSeries) constant = take(nothing, &params, NULL);
    LacStats stats = lac_stats(constant->data, constant->buffer->n);
    g_assert_cmpfloat_with_epsilon((double) stats.min, level, 1e-6);
    g_assert_cmpfloat_with_epsilon((double) stats.max, level, 1e-6);
    params.background = LAC_CAMERA_SLOPE;
    g_autoptr(LacSeries) slope = take(nothing, &params, NULL);
    stats = lac_stats(slope->data, slope->buffer->n);
    g_assert_cmpfloat((double) stats.min, >, 0.0);
    g_assert_cmpfloat_with_epsilon(stats.mean, level, 0.05 * level);
    g_assert_cmpfloat((double) stats.max, >, 1.3 * level);
    // A film of 50 Å with 0.1 atoms/Å^3, each (6/40)^1.7 of a Zr atom; thicker under a tilt.
    params.background = LAC_CAMERA_FILM;
    params.n_tilts = 3;
    params.max_tilt = 60.0;
    g_autoptr(LacSeries) film = take(nothing, &params, NULL);
    double atoms = 0.1 * 50.0 * pow(64.0 * params.pixel_size, 2.0) * pow(6.0 / 40.0, 1.7);
    g_assert_cmpfloat_with_epsilon(total_of(film, 1) / atoms, 1.0, 0.1);
    g_assert_cmpfloat_with_epsilon(total_of(film, 0) / atoms, 2.0, 0.2);
    g_assert_cmpfloat_with_epsilon(total_of(film, 2) / atoms, 2.0, 0.2);
}

// The volume summed along the beam is the image.
static void
test_volume(void)
{
    LacCameraParams params = clean_params();
    params.n_tilts = 1;
    params.max_tilt = 0.0;
    LacVec3 places[30];
    for (guint i = 0; i < 30; i++)
        places[i] = (LacVec3){ 9.0 * lac_rng_uniform(1, 3 * i) - 4.5,
            9.0 * lac_rng_uniform(1, 3 * i + 1) - 4.5, 9.0 * lac_rng_uniform(1, 3 * i + 2) - 4.5 };
    g_autoptr(LacTruth) truth = make_atoms("Pt", 30, places);
    g_autoptr(LacSeries) series = take(truth, &params, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_camera_draw_volume(truth, &params, series, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(volume->nz, ==, 64);
    for (gsize i = 0; i < 64 * 64; i++) {
        double sum = 0.0;
        for (gsize z = 0; z < 64; z++)
            sum += (double) volume->data[z * 64 * 64 + i];
        g_assert_cmpfloat_with_epsilon(sum, (double) series->data[i], 1e-5);
    }
}

static void
test_deterministic(void)
{
    static const guint threads[] = { 2, 3, 8 };
    LacCameraParams params = clean_params();
    params.dose = 1e5;
    params.shift = 1.0;
    params.jitter = 0.3;
    params.read_noise = 1.0;
    params.background = LAC_CAMERA_FILM;
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &one_place);
    lac_parallel_set_threads(1);
    g_autoptr(LacSeries) series = take(truth, &params, NULL);
    for (guint k = 0; k < G_N_ELEMENTS(threads); k++) {
        lac_parallel_set_threads(threads[k]);
        g_autoptr(LacSeries) again = take(truth, &params, NULL);
        g_assert_cmpint(memcmp(again->data, series->data, series->buffer->n * sizeof(float)), ==,
            0);
    }
    lac_parallel_set_threads(0);
    params.seed++;
    g_autoptr(LacSeries) other = take(truth, &params, NULL);
    g_assert_cmpint(memcmp(other->data, series->data, series->buffer->n * sizeof(float)), !=, 0);
}

static void
test_frame(void)
{
    LacCameraParams params = clean_params();
    LacVec3 far = { 30.0, 0.0, 0.0 };
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &far);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_camera_take(truth, &params, (LacCameraAngles){ 0 }, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_nonnull(strstr(error->message, "does not fit images of 64 pixels"));
    g_clear_error(&error);
    params.size = 0;
    g_autoptr(LacSeries) series = take(truth, &params, NULL);
    g_assert_cmpuint(series->nu, ==,
        2 * (gsize) ceil((30.0 + 4.0 * hypot(0.493, 0.085)) / 0.35 + 1));
    params.probe = 0.1;
    g_assert_null(lac_camera_take(truth, &params, (LacCameraAngles){ 0 }, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "too narrow"));
    g_clear_error(&error);
    params.probe = 0.5;
    params.thermal_species = g_strdup("Zr:0.1");
    g_assert_null(lac_camera_take(truth, &params, (LacCameraAngles){ 0 }, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "Zr:0.1"));
    lac_camera_params_clear(&params);
}

static void
test_cancel(void)
{
    LacCameraParams params = clean_params();
    params.n_tilts = 60;
    g_autoptr(LacTruth) truth = make_atoms("Zr", 1, &one_place);
    for (guint at = 1; at < 4; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_assert_null(
            lac_camera_take(truth, &params, (LacCameraAngles){ 0 }, NULL, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/camera/profile", test_profile);
    g_test_add_func("/camera/totals", test_totals);
    g_test_add_func("/camera/drift", test_drift);
    g_test_add_func("/camera/noise", test_noise);
    g_test_add_func("/camera/shifts-and-angles", test_shifts_and_angles);
    g_test_add_func("/camera/three-angles", test_three_angles);
    g_test_add_func("/camera/widths", test_widths);
    g_test_add_func("/camera/backgrounds", test_backgrounds);
    g_test_add_func("/camera/volume", test_volume);
    g_test_add_func("/camera/deterministic", test_deterministic);
    g_test_add_func("/camera/frame", test_frame);
    g_test_add_func("/camera/cancel", test_cancel);
    return g_test_run();
}
