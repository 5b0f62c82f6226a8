// SPDX-License-Identifier: GPL-3.0-or-later
// Alignment: what is known must come out, from any start, with any number of threads.
#include "core/data/volume.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "core/prep/align-curves.h"
#include "core/prep/align.h"
#include "core/prep/resample-shifts.h"
#include "tests/support/tilted.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacSeries *
align(const LacSeries *series, LacAlignMethod method, const LacAlignParams *params)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAlignment) alignment = lac_align_run(series, method, params, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(alignment->after->buffer == series->buffer);
    g_assert_true(alignment->before->buffer == series->buffer);
    return lac_series_ref(alignment->after);
}

// Aligns by methods in turn, until LAC_ALIGN_N_METHODS.
static LacSeries *
align_by(const LacSeries *series, const LacAlignMethod *list, const LacAlignParams *params)
{
    LacSeries *at = lac_series_copy(series);
    for (; *list != LAC_ALIGN_N_METHODS; list++) {
        LacSeries *next = align(at, *list, params);
        lac_series_unref(at);
        at = next;
    }
    return at;
}

static LacAlignDifference *
compare(const LacSeries *series, const LacSeries *truth)
{
    LacAlignDifference *d = lac_align_compare(series, truth, NULL);
    g_test_message("across %.4f along %.4f px; phi %.3f theta %.3f psi %.3f degrees", d->rms_across,
        d->rms_along, d->rms_phi, d->rms_theta, d->rms_psi);
    return d;
}

// Without noise, lines and centres of mass tell shifts to a fraction of a pixel.
static void
check_exact(gboolean three_angles)
{
    static const LacAlignMethod first[] = { LAC_ALIGN_NEIGHBOURS, LAC_ALIGN_COMMON_LINE,
        LAC_ALIGN_CENTRE_OF_MASS, LAC_ALIGN_N_METHODS };
    TiltedParams wrong = { .size = 64, .n = 30, .three_angles = three_angles, .max_shift = 8.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    LacAlignParams params;
    lac_align_params_init(&params);
    g_autoptr(LacSeries) aligned = align_by(tilted.measured, first, &params);
    g_autoptr(LacAlignDifference) d = compare(aligned, tilted.truth);
    g_assert_cmpfloat(d->rms_across, <, 0.02);
    // Three angles have no line in common: the sums across the axis are only nearly alike.
    g_assert_cmpfloat(d->rms_along, <, three_angles ? 0.1 : 0.02);
    g_autoptr(LacSeries) refined = align(aligned, LAC_ALIGN_REPROJECTION, &params);
    g_autoptr(LacAlignDifference) e = compare(refined, tilted.truth);
    g_assert_cmpfloat(e->rms_across, <, 0.02);
    g_assert_cmpfloat(e->rms_along, <, 0.02);
}

static void
test_single_axis(void)
{
    check_exact(FALSE);
}

static void
test_three_angles(void)
{
    check_exact(TRUE);
}

static void
test_noise(void)
{
    static const LacAlignMethod all[] = { LAC_ALIGN_COMMON_LINE, LAC_ALIGN_CENTRE_OF_MASS,
        LAC_ALIGN_REPROJECTION, LAC_ALIGN_N_METHODS };
    TiltedParams wrong = { .size = 64, .n = 30, .max_shift = 8.0, .counts = 30.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    LacAlignParams params;
    lac_align_params_init(&params);
    g_autoptr(LacSeries) aligned = align_by(tilted.measured, all, &params);
    g_autoptr(LacAlignDifference) d = compare(aligned, tilted.truth);
    g_assert_cmpfloat(d->rms_across, <, 0.1);
    g_assert_cmpfloat(d->rms_along, <, 0.1);
}

// Angles that are off by half a degree come nearer, and shifts do not suffer.
static void
test_angles(void)
{
    TiltedParams wrong = { .size = 64, .n = 24, .max_shift = 0.5, .angle_error = 0.5 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    g_autoptr(LacAlignDifference) start = compare(tilted.measured, tilted.truth);
    LacAlignParams params;
    lac_align_params_init(&params);
    params.iterations = 8;
    g_autoptr(LacSeries) aligned = align(tilted.measured, LAC_ALIGN_ANGLES, &params);
    g_autoptr(LacAlignDifference) d = compare(aligned, tilted.truth);
    g_assert_cmpfloat(d->rms_across, <, 0.06);
    g_assert_cmpfloat(d->rms_along, <, 0.06);
    g_assert_cmpfloat(d->rms_phi, <, 0.4 * start->rms_phi);
    g_assert_cmpfloat(d->rms_theta, <, 0.7 * start->rms_theta);
    g_assert_cmpfloat(d->rms_psi, <, 0.4 * start->rms_psi);
}

// A tilt axis that is beside the middle and turned in the images.
static void
test_axis(void)
{
    TiltedParams wrong = { .size = 64, .n = 16 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) beside = lac_series_copy(tilted.measured);
    LacMat3 turn = lac_rotation_from_vector_deg((LacVec3){ 0.0, 0.0, 2.5 });
    LacMat3 back = lac_mat3_transpose(&turn);
    for (gsize k = 0; k < beside->n; k++) {
        LacAngles *a = &beside->angles[k];
        LacMat3 r = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
        LacMat3 turned = lac_mat3_multiply(&turn, &r), both = lac_mat3_multiply(&turned, &back);
        LacVec3 e = lac_rotation_to_euler_deg(&both, (LacVec3){ a->phi, a->theta, a->psi });
        *a = (LacAngles){ e.x, e.y, e.z };
        beside->shifts[k].du = -3.2;
    }
    LacAlignParams params;
    lac_align_params_init(&params);
    params.max_offset = 8.0;
    params.recon_iterations = 4;
    g_autoptr(LacAlignment) alignment =
        lac_align_run(beside, LAC_ALIGN_AXIS, &params, NULL, &error);
    g_assert_no_error(error);
    g_test_message("offset %.3f px, rotation %.3f degrees", alignment->axis_offset,
        alignment->axis_rotation);
    g_assert_cmpfloat_with_epsilon(alignment->axis_offset, 3.2, 0.35);
    g_assert_cmpfloat_with_epsilon(alignment->axis_rotation, -2.5, 0.1);
    g_autoptr(LacAlignDifference) d = compare(alignment->after, tilted.truth);
    g_assert_cmpfloat(d->rms_across, <, 0.15);
    g_assert_cmpfloat(MAX(d->rms_phi, d->rms_psi), <, 0.1);
}

// An object that is turned and displaced as a whole is as well aligned as before.
static void
test_gauge(void)
{
    TiltedParams wrong = { .size = 32, .n = 9, .three_angles = TRUE, .max_shift = 2.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    g_autoptr(LacSeries) other = lac_series_copy(tilted.truth);
    LacMat3 turn = lac_rotation_from_vector_deg((LacVec3){ 3.0, -5.0, 4.0 });
    const LacVec3 t = { 1.5, -2.0, 0.7 };
    for (gsize k = 0; k < other->n; k++) {
        LacAngles *a = &other->angles[k];
        LacMat3 r = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
        LacMat3 turned = lac_mat3_multiply(&r, &turn);
        LacVec3 e = lac_rotation_to_euler_deg(&turned, (LacVec3){ a->phi, a->theta, a->psi });
        *a = (LacAngles){ e.x, e.y, e.z };
        LacVec3 d = lac_mat3_apply(&r, t);
        other->shifts[k].du += d.x;
        other->shifts[k].dv += d.y;
    }
    g_autoptr(LacAlignDifference) d = compare(other, tilted.truth);
    g_assert_cmpfloat(d->max_shift, <, 1e-6);
    g_assert_cmpfloat(d->max_angle, <, 1e-6);
    g_assert_cmpfloat_with_epsilon(d->rotation, sqrt(50.0), 1e-6);
    g_assert_cmpfloat_with_epsilon(d->translation.y, -2.0, 1e-5);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) few = lac_series_new(4, 32, 32, 1.0, NULL);
    g_assert_null(lac_align_compare(few, tilted.truth, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
}

// Two alignments are one resampling: applied, the images are those of the sum of both.
static void
test_apply(void)
{
    TiltedParams wrong = { .size = 48, .n = 3, .max_shift = 4.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    TiltedParams right = { .size = 48, .n = 3 };
    g_auto(Tilted) centred = tilted_new(&right);
    g_autoptr(GError) error = NULL;
    LacShift half[3];
    for (gsize k = 0; k < 3; k++)
        half[k] = (LacShift){ 0.5 * tilted.truth->shifts[k].du, 0.5 * tilted.truth->shifts[k].dv };
    g_autoptr(LacSeries) first = lac_series_with_shifts(tilted.measured, half, 3, &error);
    g_autoptr(LacSeries) second = lac_series_with_shifts(first, tilted.truth->shifts, 3, &error);
    g_assert_true(second->buffer == tilted.measured->buffer);
    g_autoptr(LacSeries) applied = lac_align_apply(second, NULL, &error);
    g_assert_no_error(error);
    g_assert_false(lac_series_is_shifted(applied));
    double worst = 0.0, peak = (double) lac_stats(centred.truth->data, 3 * 48 * 48).max;
    for (gsize i = 0; i < 3 * 48 * 48; i++)
        worst = MAX(worst, fabs((double) applied->data[i] - (double) centred.truth->data[i]));
    g_test_message("largest difference %.2e of the peak", worst / peak);
    g_assert_cmpfloat(worst, <, 5e-3 * peak);
    g_autoptr(LacSeries) twice = lac_align_apply(applied, NULL, &error);
    g_assert_true(twice->buffer == applied->buffer);
    second->data[48 * 20 + 20] = NAN;
    g_autoptr(LacSeries) holed = lac_align_apply(second, NULL, &error);
    gsize n_bad = 0;
    for (gsize i = 0; i < 3 * 48 * 48; i++)
        n_bad += isfinite(holed->data[i]) ? 0 : 1;
    g_assert_cmpuint(n_bad, ==, 1);
}

// Pixels that are finer than atoms are binned, but not where few would be left; a number is obeyed.
static void
test_finest(void)
{
    static const struct {
        gsize size;
        double pixel_size;
        guint equals;
    } cases[] = { { 200, 0.35, 2 }, { 200, 0.4, 1 }, { 200, 0.0, 1 }, { 128, 0.35, 1 } };
    LacAlignParams params;
    lac_align_params_init(&params);
    params.iterations = params.recon_iterations = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        TiltedParams wrong = { .size = cases[i].size, .n = 5, .max_shift = 2.0 };
        g_auto(Tilted) tilted = tilted_new(&wrong);
        g_autoptr(LacSeries) series = lac_series_copy(tilted.measured);
        series->pixel_size = cases[i].pixel_size;
        params.finest_bin = 0;
        g_autoptr(LacSeries) automatic = align(series, LAC_ALIGN_REPROJECTION, &params);
        params.finest_bin = cases[i].equals;
        g_autoptr(LacSeries) same = align(series, LAC_ALIGN_REPROJECTION, &params);
        params.finest_bin = 3 - cases[i].equals;
        g_autoptr(LacSeries) other = align(series, LAC_ALIGN_REPROJECTION, &params);
        gsize n_bytes = 5 * sizeof *same->shifts;
        g_assert_cmpint(memcmp(automatic->shifts, same->shifts, n_bytes), ==, 0);
        g_assert_cmpint(memcmp(automatic->shifts, other->shifts, n_bytes), !=, 0);
    }
}

static void
test_threads(void)
{
    static const guint counts[] = { 1, 2, 5 };
    TiltedParams wrong = { .size = 32,
        .n = 8,
        .max_shift = 2.0,
        .angle_error = 0.3,
        .counts = 100.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    LacAlignParams params;
    lac_align_params_init(&params);
    params.iterations = 2;
    for (guint method = 0; method < LAC_ALIGN_N_METHODS; method++) {
        g_autoptr(LacSeries) expected = NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
            lac_parallel_set_threads(counts[i]);
            g_autoptr(LacSeries) aligned = align(tilted.measured, method, &params);
            if (expected == NULL)
                expected = lac_series_ref(aligned);
            g_assert_true(
                memcmp(expected->shifts, aligned->shifts, 8 * sizeof *aligned->shifts) == 0);
            g_assert_true(
                memcmp(expected->angles, aligned->angles, 8 * sizeof *aligned->angles) == 0);
        }
    }
    lac_parallel_set_threads(0);
}

// Cancelled at any of its reports, a method leaves an error and the series as it was.
static void
test_cancel(void)
{
    TiltedParams wrong = { .size = 32, .n = 6, .max_shift = 2.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    LacAlignParams params;
    lac_align_params_init(&params);
    params.iterations = 2;
    for (guint method = 0; method < LAC_ALIGN_N_METHODS; method++) {
        gboolean done = FALSE;
        guint at = 1;
        for (; !done && at < 200; at += at < 4 ? 1 : 9) {
            g_autoptr(LacProgress) progress = lac_progress_new();
            lac_progress_cancel_at(progress, at);
            g_autoptr(GError) error = NULL;
            g_autoptr(LacAlignment) alignment =
                lac_align_run(tilted.measured, method, &params, progress, &error);
            done = alignment != NULL;
            if (!done)
                g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
            g_assert_false(lac_series_is_shifted(tilted.measured));
        }
        g_assert_cmpuint(at, >, 1);
        g_assert_true(done);
    }
}

static void
check_finite(const LacSeries *series)
{
    for (gsize k = 0; k < series->n; k++) {
        g_assert_true(isfinite(series->shifts[k].du) && isfinite(series->shifts[k].dv));
        g_assert_true(isfinite(series->angles[k].phi) && isfinite(series->angles[k].theta) &&
            isfinite(series->angles[k].psi));
    }
}

// A blank projection stays where it is, dead pixels and an excluded projection do no harm.
static void
test_bad_projections(void)
{
    TiltedParams wrong = { .size = 48, .n = 12, .max_shift = 3.0 };
    g_auto(Tilted) tilted = tilted_new(&wrong);
    gsize n = 48 * 48;
    g_autoptr(LacSeries) bad = lac_series_copy(tilted.measured);
    memset(bad->data + 4 * n, 0, n * sizeof(float));
    for (gsize i = 0; i < n; i++)
        bad->data[7 * n + i] = i % 2 == 0 ? NAN : INFINITY;
    bad->data[20] = NAN;
    bad->data[9 * n + 47 * 48] = NAN;
    for (gsize i = 0; i < n; i++)
        bad->data[10 * n + i] = (float) (i * 7919 % 97);
    bad->excluded[10] = TRUE;
    LacAlignParams params;
    lac_align_params_init(&params);
    params.iterations = 3;
    for (guint method = 0; method < LAC_ALIGN_N_METHODS; method++) {
        g_autoptr(LacSeries) aligned = align(bad, method, &params);
        check_finite(aligned);
    }
    static const LacAlignMethod both[] = { LAC_ALIGN_COMMON_LINE, LAC_ALIGN_CENTRE_OF_MASS,
        LAC_ALIGN_N_METHODS };
    g_autoptr(LacSeries) aligned = align_by(bad, both, &params);
    aligned->excluded[4] = aligned->excluded[7] = TRUE;
    g_autoptr(LacAlignDifference) d = compare(aligned, tilted.truth);
    g_assert_cmpuint(d->n, ==, 9);
    g_assert_cmpfloat(d->rms_across, <, 0.05);
    g_assert_cmpfloat(d->rms_along, <, 0.05);
}

static void
test_degenerate(void)
{
    LacAlignParams params;
    lac_align_params_init(&params);
    params.iterations = 2;
    TiltedParams wrong = { .size = 32, .n = 1, .max_shift = 2.0 };
    g_auto(Tilted) one = tilted_new(&wrong);
    g_autoptr(LacSeries) tiny = lac_series_new(2, 3, 4, 1.0, NULL);
    tiny->data[6] = 1.0f;
    tiny->data[19] = 1.0f;
    g_autoptr(LacSeries) blank = lac_series_new(3, 20, 20, 1.0, NULL);
    const LacSeries *const inputs[] = { one.measured, tiny, blank };
    for (gsize i = 0; i < G_N_ELEMENTS(inputs); i++)
        for (guint method = 0; method < LAC_ALIGN_N_METHODS; method++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(LacAlignment) alignment =
                lac_align_run(inputs[i], method, &params, NULL, &error);
            if (alignment != NULL)
                check_finite(alignment->after);
            else
                g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
        }
    g_autoptr(GError) error = NULL;
    blank->excluded[0] = blank->excluded[1] = blank->excluded[2] = TRUE;
    g_assert_null(lac_align_run(blank, LAC_ALIGN_COMMON_LINE, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    params.max_angle = (double) NAN;
    g_assert_null(lac_align_run(tiny, LAC_ALIGN_COMMON_LINE, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_ids(void)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < LAC_ALIGN_N_METHODS; i++) {
        LacAlignMethod method = LAC_ALIGN_N_METHODS;
        g_assert_true(lac_align_method_from_id(lac_align_get_info(i)->id, &method, &error));
        g_assert_cmpuint(method, ==, i);
    }
    LacAlignMethod method;
    g_assert_false(lac_align_method_from_id("fiducials", &method, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/align/single-axis", test_single_axis);
    g_test_add_func("/align/three-angles", test_three_angles);
    g_test_add_func("/align/noise", test_noise);
    g_test_add_func("/align/angles", test_angles);
    g_test_add_func("/align/axis", test_axis);
    g_test_add_func("/align/gauge", test_gauge);
    g_test_add_func("/align/apply", test_apply);
    g_test_add_func("/align/finest", test_finest);
    g_test_add_func("/align/threads", test_threads);
    g_test_add_func("/align/cancel", test_cancel);
    g_test_add_func("/align/bad-projections", test_bad_projections);
    g_test_add_func("/align/degenerate", test_degenerate);
    g_test_add_func("/align/ids", test_ids);
    return g_test_run();
}
