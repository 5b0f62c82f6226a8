// SPDX-License-Identifier: GPL-3.0-or-later
// Refinement of positions on a simulated particle: what is displaced comes back.
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "core/prep/align.h"
#include "core/rng.h"
#include "core/synth/synth.h"
#include "core/trace/atom-image.h"
#include "core/trace/refine-private.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define DISPLACED 0.12 // [Å] along each axis, at most

typedef struct {
    LacAtoms *truth, *model; // the model is displaced
    LacSeries *series;
} Particle;

static void
set_up(Particle *p, gconstpointer noisy)
{
    g_autoptr(GError) error = NULL;
    LacSynthParams params;
    lac_synth_params_init(&params);
    params.n_atoms = 150;
    params.size = 64;
    params.n_tilts = 21;
    params.dose = noisy != NULL ? 2000.0 : 0.0;
    params.seed = 5;
    p->truth = lac_synth_particle(&params, &error);
    g_assert_no_error(error);
    p->series = lac_synth_series(p->truth, &params, NULL, &error);
    g_assert_no_error(error);
    p->model = lac_atoms_copy(p->truth, p->truth->n);
    for (gsize i = 0; i < p->model->n; i++) {
        p->model->x[i] += DISPLACED * sin(12.9898 * (double) (i + 1));
        p->model->y[i] += DISPLACED * sin(78.233 * (double) (i + 1));
        p->model->z[i] += DISPLACED * sin(37.719 * (double) (i + 1));
    }
}

static void
tear_down(Particle *p, gconstpointer noisy)
{
    (void) noisy;
    lac_atoms_unref(p->truth);
    lac_atoms_unref(p->model);
    lac_series_unref(p->series);
}

// [pm] Root mean square distance of atoms of the same number.
static double
measure_rms(const LacAtoms *a, const LacAtoms *b)
{
    double sum = 0.0;
    for (gsize i = 0; i < a->n; i++) {
        double dx = a->x[i] - b->x[i], dy = a->y[i] - b->y[i], dz = a->z[i] - b->z[i];
        sum += dx * dx + dy * dy + dz * dz;
    }
    return 100.0 * sqrt(sum / (double) a->n);
}

static LacRefinement *
refine(const Particle *p, gboolean each)
{
    g_autoptr(GError) error = NULL;
    LacRefineParams params;
    lac_refine_params_init(&params);
    params.each = each;
    LacRefinement *out = lac_refine(p->model, p->series, &params, NULL, &error);
    g_assert_no_error(error);
    return out;
}

// The image of moved atoms is that of the atoms plus the derivative, up to second order.
static void
test_derivative(Particle *p, gconstpointer data)
{
    (void) data;
    gsize n = p->truth->n, n_pixels = p->series->nv * p->series->nu;
    g_autofree double *sigma = g_new(double, n), *height = g_new(double, n);
    g_autofree LacVec3 *moves = g_new(LacVec3, n);
    g_autoptr(LacAtoms) moved = lac_atoms_copy(p->truth, n);
    for (gsize i = 0; i < n; i++) {
        sigma[i] = 0.8;
        height[i] = 1.0 + 0.01 * (double) (i % 7);
        moves[i] = (LacVec3){ 1e-3 * cos((double) i), 1e-3 * sin((double) i), -5e-4 };
        moved->x[i] += moves[i].x;
        moved->y[i] += moves[i].y;
        moved->z[i] += moves[i].z;
    }
    const LacAtomImage at = { p->truth, sigma, height }, then = { moved, sigma, height };
    g_autofree float *before = g_new0(float, n_pixels), *after = g_new0(float, n_pixels),
                     *change = g_new0(float, n_pixels);
    lac_atom_image_add(&at, p->series, 3, before);
    lac_atom_image_add(&then, p->series, 3, after);
    lac_atom_image_add_moves(&at, p->series, 3, moves, change);
    double wrong = 0.0, norm = 0.0;
    for (gsize i = 0; i < n_pixels; i++) {
        wrong += pow((double) (after[i] - before[i] - change[i]), 2.0);
        norm += pow((double) change[i], 2.0);
    }
    g_assert_cmpfloat(sqrt(wrong / norm), <, 5e-3);
}

static void
test_adjoint(Particle *p, gconstpointer data)
{
    (void) data;
    gsize n = p->truth->n, n_pixels = p->series->nv * p->series->nu;
    g_autofree double *sigma = g_new(double, n), *height = g_new(double, n);
    g_autofree LacVec3 *moves = g_new(LacVec3, n), *product = g_new0(LacVec3, n);
    g_autofree float *image = g_new(float, n_pixels), *drawn = g_new0(float, n_pixels);
    for (gsize i = 0; i < n; i++) {
        sigma[i] = 0.8;
        height[i] = 1.0;
        moves[i] = (LacVec3){ cos(3.0 * (double) i), sin((double) i), cos((double) i) };
    }
    for (gsize i = 0; i < n_pixels; i++)
        image[i] = (float) sin(0.7 * (double) i);
    const LacAtomImage at = { p->truth, sigma, height };
    lac_atom_image_add_moves(&at, p->series, 7, moves, drawn);
    lac_atom_image_gather_moves(&at, p->series, 7, image, product, NULL);
    double left = 0.0, right = 0.0, norm_a = 0.0, norm_b = 0.0;
    for (gsize i = 0; i < n_pixels; i++) {
        left += (double) drawn[i] * (double) image[i];
        norm_a += (double) drawn[i] * (double) drawn[i];
        norm_b += (double) image[i] * (double) image[i];
    }
    for (gsize i = 0; i < n; i++)
        right += lac_vec3_dot(product[i], moves[i]);
    g_assert_cmpfloat(fabs(left - right) / sqrt(norm_a * norm_b), <, 1e-5);
}

static void
test_clean(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(LacRefinement) out = refine(p, FALSE);
    double before = measure_rms(p->model, p->truth), after = measure_rms(out->atoms, p->truth);
    g_test_message("without noise: %.2f pm -> %.3f pm, R1 %.4f -> %.5f", before, after,
        out->r1_before, out->r1_after);
    g_assert_cmpfloat(before, >, 10.0);
    g_assert_cmpfloat(after, <, 0.3);
    g_assert_cmpfloat(out->r1_after, <, 0.1 * out->r1_before);
}

// The error that is told is that of an atom alone: the true one is larger, but not by much.
static void
test_noisy(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(LacRefinement) out = refine(p, FALSE);
    double before = measure_rms(p->model, p->truth), after = measure_rms(out->atoms, p->truth);
    g_test_message("with noise: %.2f pm -> %.2f pm, told %.2f pm", before, after,
        100.0 * out->mean_error);
    g_assert_cmpfloat(after, <, 0.3 * before);
    g_assert_cmpfloat(100.0 * out->mean_error, <, 1.2 * after);
    g_assert_cmpfloat(100.0 * out->mean_error, >, 0.3 * after);
    g_autoptr(LacRefinement) each = refine(p, TRUE);
    g_assert_cmpfloat(measure_rms(each->atoms, p->truth), <, 0.4 * before);
}

// Records keep their places, and so does everything that is no position.
static void
test_records(Particle *p, gconstpointer data)
{
    (void) data;
    p->model->state[4] = LAC_ATOM_DELETED;
    p->model->state[9] = LAC_ATOM_REJECTED;
    p->model->state[11] = LAC_ATOM_CONFIRMED;
    g_autoptr(LacRefinement) out = refine(p, FALSE);
    g_assert_cmpfloat(out->atoms->x[4], ==, p->model->x[4]);
    g_assert_cmpfloat(out->atoms->z[9], ==, p->model->z[9]);
    g_assert_cmpfloat(out->atoms->x[11], !=, p->model->x[11]);
    g_assert_true(memcmp(out->atoms->state, p->model->state, p->model->n) == 0);
    g_assert_true(
        memcmp(out->atoms->species, p->model->species, p->model->n * sizeof(guint16)) == 0);
    const double *errors = lac_atoms_get_column(out->atoms, LAC_COLUMN_POSITION_ERROR);
    g_assert_true(isnan(errors[4]) && isfinite(errors[0]));
}

// A step of a pose changes the image as the moves that stand for it do, and what the image says of the
// pose is the adjoint of that.
static void
test_pose(Particle *p, gconstpointer data)
{
    (void) data;
    const gsize k = 3, n = p->truth->n, n_pixels = p->series->nv * p->series->nu;
    const LacPose step = { { 1e-3, -2e-3, 1e-4, -2e-4, 1.5e-4 } };
    g_autofree double *sigma = g_new(double, n), *height = g_new(double, n);
    g_autofree LacVec3 *moves = g_new0(LacVec3, n), *product = g_new0(LacVec3, n);
    for (gsize i = 0; i < n; i++) {
        sigma[i] = 0.8;
        height[i] = 1.0;
    }
    const LacAtomImage at = { p->truth, sigma, height };
    g_autofree float *before = g_new0(float, n_pixels), *after = g_new0(float, n_pixels),
                     *change = g_new0(float, n_pixels);
    g_autoptr(LacSeries) stepped = lac_series_copy(p->series);
    lac_pose_take(stepped, k, p->series, p->series, &step, 1.0, 3.0);
    lac_pose_to_moves(p->truth, p->series, k, &step, moves);
    lac_atom_image_add(&at, p->series, k, before);
    lac_atom_image_add(&at, stepped, k, after);
    lac_atom_image_add_moves(&at, p->series, k, moves, change);
    double wrong = 0.0, norm = 0.0, left = 0.0, right = 0.0;
    for (gsize i = 0; i < n_pixels; i++) {
        wrong += pow((double) (after[i] - before[i] - change[i]), 2.0);
        norm += pow((double) change[i], 2.0);
        left += (double) change[i] * (double) before[i] * sin(0.3 * (double) i);
        before[i] *= (float) sin(0.3 * (double) i);
    }
    g_assert_cmpfloat(sqrt(wrong / norm), <, 1e-2);
    LacPose seen;
    lac_atom_image_gather_moves(&at, p->series, k, before, product, NULL);
    lac_pose_from_products(p->truth, p->series, k, product, &seen);
    for (guint c = 0; c < LAC_POSE_SIZE; c++)
        right += step.x[c] * seen.x[c];
    g_assert_cmpfloat_with_epsilon(left, right, 1e-4 * fabs(left) + 1e-9);
}

static void
test_pose_matrix(void)
{
    LacPoseMatrix a = { { { 0.0 } } }, inverse;
    const LacPose x = { { 1.0, -2.0, 0.0, 3.0, 0.5 } };
    for (guint i = 0; i < LAC_POSE_SIZE; i++)
        for (guint j = 0; j < LAC_POSE_SIZE; j++)
            a.m[i][j] = i == 2 || j == 2 ? 0.0 : (i == j ? 2.0 : 0.3);
    LacPose y = lac_pose_matrix_apply(&a, &x);
    g_assert_true(lac_pose_matrix_invert(&a, &inverse));
    LacPose z = lac_pose_matrix_apply(&inverse, &y);
    for (guint i = 0; i < LAC_POSE_SIZE; i++)
        g_assert_cmpfloat_with_epsilon(z.x[i], x.x[i], 1e-12);
    a.m[1][1] = -1.0;
    g_assert_false(lac_pose_matrix_invert(&a, &inverse));
    g_assert_cmpfloat(inverse.m[0][0], ==, 0.0);
}

// The series with poses that are wrong by up to half a pixel and, if @turned, a degree.
static LacSeries *
disturb(const LacSeries *truth, gboolean turned)
{
    LacSeries *out = lac_series_copy(truth);
    for (gsize k = 0; k < out->n; k++) {
        LacAngles *a = &out->angles[k];
        out->shifts[k].du += lac_rng_uniform(71, k) - 0.5;
        out->shifts[k].dv += lac_rng_uniform(72, k) - 0.5;
        a->phi += turned ? 2.0 * lac_rng_uniform(73, k) - 1.0 : 0.0;
        a->theta += turned ? 2.0 * lac_rng_uniform(74, k) - 1.0 : 0.0;
        a->psi += turned ? 2.0 * lac_rng_uniform(75, k) - 1.0 : 0.0;
    }
    return out;
}

// Displaced atoms and wrong poses come back together, and the model stays where it was.
static void
test_poses(Particle *p, gconstpointer data)
{
    (void) data;
    for (gint poses = LAC_REFINE_SHIFTS; poses <= LAC_REFINE_ALL_POSES; poses++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacSeries) wrong = disturb(p->series, poses == LAC_REFINE_ALL_POSES);
        wrong->excluded[5] = TRUE;
        LacRefineParams params;
        lac_refine_params_init(&params);
        params.poses = poses;
        params.n_rounds = 20;
        params.n_steps = 20;
        g_autoptr(LacRefinement) out = lac_refine(p->model, wrong, &params, NULL, &error);
        g_assert_no_error(error);
        g_autoptr(LacAlignDifference) d = lac_align_compare(out->series, p->series, &error);
        g_assert_no_error(error);
        g_test_message("poses %d: %.4f %.4f px; %.4f %.4f %.4f deg; R1 %.4f -> %.5f", poses,
            d->rms_across, d->rms_along, d->rms_phi, d->rms_theta, d->rms_psi, out->r1_before,
            out->r1_after);
        g_assert_true(out->series->buffer == p->series->buffer);
        g_assert_cmpfloat(MAX(d->rms_across, d->rms_along), <, 0.01);
        g_assert_cmpfloat(MAX(d->rms_phi, MAX(d->rms_theta, d->rms_psi)), <, 0.05);
        g_assert_cmpfloat(out->rms_moved, >, 0.2);
        if (poses == LAC_REFINE_SHIFTS)
            g_assert_cmpfloat(out->rms_turned, <, 1e-6);
        LacVec3 drift = { 0.0, 0.0, 0.0 };
        for (gsize i = 0; i < p->model->n; i++) {
            drift.x += (out->atoms->x[i] - p->model->x[i]) / (double) p->model->n;
            drift.y += (out->atoms->y[i] - p->model->y[i]) / (double) p->model->n;
            drift.z += (out->atoms->z[i] - p->model->z[i]) / (double) p->model->n;
        }
        g_assert_cmpfloat(lac_vec3_norm(drift), <, 1e-3);
    }
}

static double
rms_gain_error(const LacSeries *found, const double *gains)
{
    double sum = 0.0;
    for (gsize k = 0; k < found->n; k++)
        sum += pow(found->gains[k] / gains[k] - 1.0, 2.0) / (double) found->n;
    return sqrt(sum);
}

static double
rms_distance(const LacAtoms *a, const LacAtoms *b)
{
    double sum = 0.0;
    for (gsize i = 0; i < a->n; i++)
        sum +=
            pow(a->x[i] - b->x[i], 2.0) + pow(a->y[i] - b->y[i], 2.0) + pow(a->z[i] - b->z[i], 2.0);
    return sqrt(sum / (double) a->n);
}

// A beam that drifts by 10 % does to atoms, poses and R1 what a steady one does; its pixels stay as
// they are. What was found once is where the next refinement and a reconstruction begin.
static void
test_gains(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    const gsize n = p->series->nv * p->series->nu;
    g_autofree double *gains = g_new(double, p->series->n);
    double mean = 0.0;
    for (gsize k = 0; k < p->series->n; k++) {
        gains[k] = 0.9 + 0.2 * lac_rng_uniform(81, k);
        mean += gains[k] / (double) p->series->n;
    }
    g_autoptr(LacBuffer) buffer = lac_buffer_new(p->series->n * n, &error);
    g_assert_no_error(error);
    for (gsize k = 0; k < p->series->n; k++) {
        gains[k] /= mean;
        for (gsize i = k * n; i < (k + 1) * n; i++)
            buffer->data[i] = (float) (gains[k] * (double) p->series->data[i]);
    }
    g_autoptr(LacSeries) wrong = disturb(p->series, TRUE);
    g_autoptr(LacSeries) drifting = lac_series_with_buffer(wrong, buffer, &error);
    LacRefineParams params;
    lac_refine_params_init(&params);
    params.poses = LAC_REFINE_ALL_POSES;
    params.n_rounds = params.n_steps = 20;
    g_autoptr(LacRefinement) steady = lac_refine(p->model, wrong, &params, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacRefinement) out = lac_refine(p->model, drifting, &params, NULL, &error);
    g_assert_no_error(error);
    params.gains = FALSE;
    g_autoptr(LacRefinement) without = lac_refine(p->model, drifting, &params, NULL, &error);
    g_assert_no_error(error);
    g_test_message(
        "gains to %.4f, R1 %.4f, of a steady beam %.4f, without gains %.4f; atoms %.4f Å "
        "from the steady ones, without gains %.4f Å",
        rms_gain_error(out->series, gains), out->r1_after, steady->r1_after, without->r1_after,
        rms_distance(out->atoms, steady->atoms), rms_distance(without->atoms, steady->atoms));
    g_assert_true(out->series->buffer == buffer);
    g_assert_cmpfloat(rms_gain_error(out->series, gains), <, 0.003);
    g_assert_cmpfloat_with_epsilon(out->rms_gain, 0.058, 0.02);
    g_assert_cmpfloat(out->r1_after, <, 1.1 * steady->r1_after + 0.002);
    g_assert_cmpfloat(out->r1_after, <, 0.5 * without->r1_after);
    g_assert_cmpfloat(rms_distance(out->atoms, steady->atoms), <, 0.01);
    g_assert_cmpfloat(lac_series_has_gains(without->series), ==, FALSE);
    params.gains = TRUE;
    g_autoptr(LacRefinement) again = lac_refine(out->atoms, out->series, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(again->rms_gain, <, 0.002);
    g_assert_cmpfloat_with_epsilon(again->r1_before, out->r1_after, 0.002);
    g_autoptr(LacSeries) equal = lac_series_equalise(out->series, &error);
    g_assert_no_error(error);
    g_assert_false(lac_series_has_gains(equal));
    for (gsize i = 0; i < p->series->n * n; i += 97)
        g_assert_cmpfloat_with_epsilon(equal->data[i], p->series->data[i],
            0.01 * fabs((double) p->series->data[i]) + 1e-6);
}

static void
test_threads(Particle *p, gconstpointer data)
{
    (void) data;
    guint threads = lac_parallel_get_threads();
    lac_parallel_set_threads(1);
    g_autoptr(LacRefinement) one = refine(p, TRUE);
    lac_parallel_set_threads(3);
    g_autoptr(LacRefinement) three = refine(p, TRUE);
    lac_parallel_set_threads(threads);
    gsize n_bytes = one->atoms->n * sizeof(double);
    g_assert_true(memcmp(one->atoms->x, three->atoms->x, n_bytes) == 0);
    g_assert_true(memcmp(one->atoms->z, three->atoms->z, n_bytes) == 0);
}

// A bound is a bound, unmeasured pixels say nothing, and cancelling gives nothing.
static void
test_limits(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    LacRefineParams params;
    lac_refine_params_init(&params);
    params.max_shift = 0.02;
    for (gsize i = 0; i < p->series->nu; i++)
        p->series->data[i] = NAN;
    g_autoptr(LacRefinement) out = lac_refine(p->model, p->series, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(out->max_shift, <, 0.02 + 1e-9);
    g_assert_cmpfloat(out->mean_shift, >, 0.005);
    params.max_shift = 0.0;
    g_assert_null(lac_refine(p->model, p->series, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    params.max_shift = 1.0;
    for (guint at = 1; at < 4; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, at);
        g_assert_null(lac_refine(p->model, p->series, &params, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_clear_error(&error);
    }
    memset(p->model->state, LAC_ATOM_DELETED, p->model->n);
    g_assert_null(lac_refine(p->model, p->series, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/refine/derivative", Particle, NULL, set_up, test_derivative, tear_down);
    g_test_add("/refine/adjoint", Particle, NULL, set_up, test_adjoint, tear_down);
    g_test_add("/refine/clean", Particle, NULL, set_up, test_clean, tear_down);
    g_test_add("/refine/noisy", Particle, "noisy", set_up, test_noisy, tear_down);
    g_test_add("/refine/pose", Particle, NULL, set_up, test_pose, tear_down);
    g_test_add_func("/refine/pose-matrix", test_pose_matrix);
    g_test_add("/refine/poses", Particle, NULL, set_up, test_poses, tear_down);
    g_test_add("/refine/gains", Particle, NULL, set_up, test_gains, tear_down);
    g_test_add("/refine/records", Particle, NULL, set_up, test_records, tear_down);
    g_test_add("/refine/threads", Particle, "noisy", set_up, test_threads, tear_down);
    g_test_add("/refine/limits", Particle, NULL, set_up, test_limits, tear_down);
    return g_test_run();
}
