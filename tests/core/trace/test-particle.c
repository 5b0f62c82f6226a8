// SPDX-License-Identifier: GPL-3.0-or-later
// Tracing and classification of the synthetic particle of 2721 atoms, one recipe for all cases.
#include "core/trace/classify.h"
#include "core/trace/match.h"
#include "core/trace/peaks.h"
#include "tests/support/particle.h"
#include "tests/support/scratch.h"

static const char *const species[] = { "1", "2", "3", NULL };

typedef struct {
    const char *name;
    double max_tilt, noise;
    double least_f1, largest_rms; // 0..1, [pm]
} Case;

// Published with hand-set distances and thresholds: F1 100, 99.6, 98.9, 98.2, 94.5 and 85.7.
static const Case cases[] = {
    { "clean", 0.0, 0.0, 1.0, 0.3 },
    { "wedge", 70.0, 0.0, 0.997, 10.7 },
    { "wedge-60", 60.0, 0.0, 0.993, 13.2 },
    { "noise-10", 70.0, 0.1, 0.987, 18.0 },
    { "noise-20", 70.0, 0.2, 0.95, 27.9 },
    { "noise-30", 70.0, 0.3, 0.86, 33.2 },
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_find_data("synthetic_particle.npz");
    if (path == NULL)
        return;
    LacParticleParams particle;
    LacTraceParams tracing;
    LacClassifyParams classes;
    LacClassifyReport report;
    LacMatchParams matching;
    lac_particle_params_init(&particle);
    lac_trace_params_init(&tracing, LAC_FIT_POLYNOMIAL);
    lac_classify_params_init(&classes);
    lac_match_params_init(&matching);
    particle.max_tilt = c->max_tilt;
    particle.noise = c->noise;
    classes.species = species;
    matching.cutoff = 0.8;
    matching.align = LAC_ALIGN_NONE;
    g_autoptr(LacAtoms) truth = lac_particle_read(path);
    g_autoptr(LacVolume) volume = lac_particle_volume(truth, &particle);
    g_autoptr(LacAtoms) peaks = lac_trace(volume, NULL, &tracing, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacMatch) traced = lac_match(peaks, truth, &matching, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacAtoms) atoms = lac_classify(peaks, volume, &classes, &report, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacMatch) match = lac_match(atoms, truth, &matching, NULL, &error);
    g_assert_no_error(error);
    g_test_message("%s: traced recall %.2f precision %.2f; %u components; recall %.2f precision "
                   "%.2f F1 %.2f, types %.2f %%, rms %.2f pm",
        c->name, 100.0 * traced->score.recall, 100.0 * traced->score.precision, report.n_components,
        100.0 * match->score.recall, 100.0 * match->score.precision, 100.0 * match->score.f1,
        100.0 * match->type_accuracy, match->errors.rms);
    g_assert_cmpfloat(match->score.f1, >=, c->least_f1);
    g_assert_cmpfloat(match->errors.rms, <=, c->largest_rms);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/particle/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
