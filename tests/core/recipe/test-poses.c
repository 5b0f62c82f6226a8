// SPDX-License-Identifier: GPL-3.0-or-later
// From wrong shifts and angles to right ones: align, reconstruct, trace, refine with the poses.
#include "core/error.h"
#include "core/prep/align.h"
#include "core/recipe/simulate.h"
#include "core/recon/recon.h"
#include "core/rng.h"
#include "core/trace/classify.h"
#include "core/trace/match.h"
#include "core/trace/peaks.h"
#include "core/trace/refine.h"

#include <glib/gstdio.h>

#define N_TILTS 36

static LacProject *
simulate(const char *angles)
{
    g_autoptr(GError) error = NULL;
    g_auto(LacSimulateParams) params = { 0 };
    lac_simulate_params_init(&params, LAC_MODEL_ZR_ZRO2);
    params.model.n_atoms = 800;
    params.model.seed = 7;
    params.camera.pixel_size = 0.5;
    params.camera.n_tilts = N_TILTS;
    params.camera.angle_file = g_strdup(angles);
    params.camera.dose = 4e5; // 31 electrons of each atom in each image
    params.camera.shift = 4.0;
    params.camera.tilt_error = 0.5;
    params.camera.axis_error = 0.5;
    LacProject *project = lac_simulate(&params, NULL, &error);
    g_assert_no_error(error);
    return project;
}

static LacAlignDifference *
compare(const char *when, const LacTruth *truth, const LacSeries *series)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) turned =
        lac_series_with_angles(series, truth->angles, truth->n_projections, &error);
    g_assert_no_error(error);
    g_autoptr(LacSeries) known =
        lac_series_with_shifts(turned, truth->shifts, truth->n_projections, &error);
    g_assert_no_error(error);
    LacAlignDifference *d = lac_align_compare(series, known, &error);
    g_assert_no_error(error);
    g_test_message("%s: %.3f px across, %.3f px along; %.3f, %.3f, %.3f degrees", when,
        d->rms_across, d->rms_along, d->rms_phi, d->rms_theta, d->rms_psi);
    return d;
}

static LacSeries *
align(const LacSeries *series)
{
    static const LacAlignMethod methods[] = { LAC_ALIGN_NEIGHBOURS, LAC_ALIGN_COMMON_LINE,
        LAC_ALIGN_CENTRE_OF_MASS, LAC_ALIGN_REPROJECTION };
    g_autoptr(GError) error = NULL;
    LacAlignParams params;
    lac_align_params_init(&params);
    params.iterations = 8;
    g_autoptr(GPtrArray) steps =
        lac_align_run_all(series, methods, G_N_ELEMENTS(methods), &params, NULL, &error);
    g_assert_no_error(error);
    const LacAlignment *last = steps->pdata[steps->len - 1];
    return lac_series_ref(last->after);
}

static LacAtoms *
trace(const LacSeries *series)
{
    static const char *const species[] = { "Zr", NULL };
    g_autoptr(GError) error = NULL;
    LacReconParams recon_params;
    LacTraceParams trace_params;
    LacClassifyParams classify_params;
    LacClassifyReport report;
    lac_recon_params_init(&recon_params, LAC_RECON_DEFAULT);
    lac_trace_params_init(&trace_params, LAC_FIT_POLYNOMIAL);
    lac_classify_params_init(&classify_params);
    recon_params.n_iterations = 20;
    classify_params.species = species;
    g_autoptr(LacRecon) recon =
        lac_recon_run(series, &recon_params, NULL, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacAtoms) peaks = lac_trace(recon->volume, NULL, &trace_params, NULL, &error);
    g_assert_no_error(error);
    LacAtoms *atoms = lac_classify(peaks, recon->volume, &classify_params, &report, NULL, &error);
    g_assert_no_error(error);
    return atoms;
}

static LacRefinement *
refine(const LacAtoms *atoms, const LacSeries *series, LacRefinePoses poses)
{
    g_autoptr(GError) error = NULL;
    LacRefineParams params;
    lac_refine_params_init(&params);
    params.poses = (gint) poses;
    params.n_rounds = 12;
    LacRefinement *out = lac_refine(atoms, series, &params, NULL, &error);
    g_assert_no_error(error);
    return out;
}

// [pm]
static double
measure_rms(const LacAtoms *atoms, const LacTruth *truth, double *recall)
{
    g_autoptr(GError) error = NULL;
    LacMatchParams params;
    lac_match_params_init(&params);
    params.align = LAC_ALIGN_RIGID;
    g_autoptr(LacMatch) match = lac_match(atoms, truth->atoms, &params, NULL, &error);
    g_assert_no_error(error);
    *recall = match->score.recall;
    return match->errors.rms;
}

// What is left is far below what is asked for, and model and misfit are as with perfect poses.
static void
check(const char *angles)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProject) project = simulate(angles);
    const LacTruth *truth = project->truth;
    g_autoptr(LacAlignDifference) start = compare("measured", truth, project->series);
    g_autoptr(LacSeries) aligned = align(project->series);
    g_autoptr(LacAlignDifference) half = compare("aligned ", truth, aligned);
    g_autoptr(LacAtoms) atoms = trace(aligned);
    g_autoptr(LacRefinement) out = refine(atoms, aligned, LAC_REFINE_ALL_POSES);
    g_autoptr(LacAlignDifference) d = compare("refined ", truth, out->series);
    g_autoptr(LacSeries) turned =
        lac_series_with_angles(project->series, truth->angles, truth->n_projections, &error);
    g_autoptr(LacSeries) perfect =
        lac_series_with_shifts(turned, truth->shifts, truth->n_projections, &error);
    g_assert_no_error(error);
    g_autoptr(LacAtoms) best_atoms = trace(perfect);
    g_autoptr(LacRefinement) best = refine(best_atoms, perfect, LAC_REFINE_NO_POSES);
    double recall, best_recall;
    double rms = measure_rms(out->atoms, truth, &recall);
    double best_rms = measure_rms(best->atoms, truth, &best_recall);
    g_test_message("recall %.2f %%, %.2f pm, R1 %.4f; with perfect poses %.2f %%, %.2f pm, %.4f",
        100.0 * recall, rms, out->r1_after, 100.0 * best_recall, best_rms, best->r1_after);
    g_assert_cmpfloat(start->rms_across, >, 2.0);
    g_assert_cmpfloat(start->rms_theta, >, 0.3);
    g_assert_cmpfloat(MAX(half->rms_across, half->rms_along), <, 0.15);
    g_assert_cmpfloat(MAX(d->rms_across, d->rms_along), <, 0.05);
    g_assert_cmpfloat(MAX(d->rms_phi, MAX(d->rms_theta, d->rms_psi)), <, 0.12);
    g_assert_cmpfloat(recall, >, 0.99);
    g_assert_cmpfloat(rms, <, 1.1 * best_rms);
    g_assert_cmpfloat(out->r1_after, <, 1.1 * best->r1_after);
}

static void
test_single_axis(void)
{
    check(NULL);
}

static void
test_three_angles(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint k = 0; k < N_TILTS; k++)
        g_string_append_printf(text, "%.3f %.3f %.3f\n", 4.0 * lac_rng_normal(81, k),
            144.0 * k / (N_TILTS - 1.0) - 72.0, 4.0 * lac_rng_normal(82, k));
    int file = g_file_open_tmp("lacuna-angles-XXXXXX.txt", &path, &error);
    g_assert_no_error(error);
    g_close(file, NULL);
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
    check(path);
    g_remove(path);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/poses/single-axis", test_single_axis);
    g_test_add_func("/poses/three-angles", test_three_angles);
    return g_test_run();
}
