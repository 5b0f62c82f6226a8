// SPDX-License-Identifier: GPL-3.0-or-later
// All analyses of the labelled particle against what is known of it: every row of the scores.
#include "core/analysis/score.h"
#include "core/io/io.h"
#include "core/io/truth-folder.h"
#include "core/rng.h"
#include "core/synth/synth.h"
#include "tests/support/scratch.h"

#include <math.h>

#define VOXEL 0.4  // [Å]
#define SIGMA 0.6  // [Å] of an atom
#define NOISE 0.06 // of its peak

// What the scores are, in their order, where a truth has everything and the model is noisy or not.
static const char *const ALWAYS[] = { "Phase labels, share correct", "Metal, recall",
    "Crystalline oxide, recall", "Interface, rms distance to the true one",
    "Interface, mean distance to the true one", "Interface area over the true one",
    "Volume of the metal over the true one", "Density of the metal over the true one",
    "Density of the amorphous oxide over the true one", "Vacancies, recall",
    "Closed pores, mean volume over the true one", "Nanopores too many" };

static gboolean
has_row(const GPtrArray *rows, const char *item)
{
    for (guint i = 0; i < rows->len; i++)
        if (g_str_equal(((const LacAnalysisScoreRow *) rows->pdata[i])->item, item))
            return TRUE;
    return FALSE;
}

static void
check_rows(const GPtrArray *rows)
{
    for (guint i = 0; i < G_N_ELEMENTS(ALWAYS); i++)
        if (!has_row(rows, ALWAYS[i])) {
            g_test_message("there is no row \"%s\"", ALWAYS[i]);
            g_test_fail();
        }
    for (guint i = 0; i < rows->len; i++) {
        const LacAnalysisScoreRow *row = rows->pdata[i];
        g_test_message("%s: %.4g %s (%.4g to %.4g)", row->item, row->value, row->unit, row->low,
            row->high);
        if (row->verdict != LAC_ANALYSIS_SCORE_MET) {
            g_test_message("MISSED: \"%s\" is %.6g %s; it should be %.4g to %.4g%s%s", row->item,
                row->value, row->unit, row->low, row->high, row->why != NULL ? ": " : "",
                row->why != NULL ? row->why : "");
            g_test_fail();
        }
    }
}

// What a perfect reconstruction with noise shows: all true atoms, those that were not traced too.
static LacVolume *
render(const LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    double far = 0.0;
    for (gsize i = 0; i < atoms->n; i++)
        far = fmax(far, fmax(fabs(atoms->x[i]), fmax(fabs(atoms->y[i]), fabs(atoms->z[i]))));
    LacSynthParams params;
    lac_synth_params_init(&params);
    params.size = 2 * (gsize) ceil((far + 4.0) / VOXEL);
    params.voxel_size = VOXEL;
    params.sigma = SIGMA;
    LacVolume *volume = lac_synth_volume(atoms, &params, NULL, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < params.size * params.size * params.size; i++)
        volume->data[i] += (float) (NOISE * lac_rng_normal(21, i));
    return volume;
}

static void
test_particle(gconstpointer data)
{
    const char *variant = data;
    g_autofree char *name = g_strdup_printf("zr-zro2/%s/traced.xyz", variant);
    g_autofree char *file = lac_scratch_find_data(name);
    if (file == NULL) {
        g_test_skip("the labelled particle is not here");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_path_get_dirname(file);
    g_autoptr(LacAtoms) atoms = lac_read_atoms(file, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacTruth) truth = lac_truth_folder_read(folder, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacVolume) volume = render(truth->atoms);
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAnalysis) analysis = lac_analysis_run(atoms, volume, &params,
        lac_analysis_score_get_needs(), NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) rows = lac_analysis_score_run(analysis, truth, NULL, &error);
    g_assert_no_error(error);
    check_rows(rows);
}

// The driver's own defaults find what is published of the glass.
static void
test_glass(void)
{
    g_autoptr(LacAtoms) atoms =
        lac_scratch_read_published("metallic-glass/final_atom_coord_inA.mat", 1.0);
    if (atoms == NULL)
        return;
    g_autoptr(GError) error = NULL;
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAnalysis) analysis = lac_analysis_run(atoms, NULL, &params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_RDF), NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(analysis->points->n, ==, 18356);
    g_assert_cmpfloat_with_epsilon(analysis->rdf->shell.peak, 2.743, 0.01);
    g_assert_cmpfloat_with_epsilon(analysis->rdf->shell.minimum, 3.776, 0.02);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/score/clean", "clean", test_particle);
    g_test_add_data_func("/score/exp", "exp", test_particle);
    g_test_add_data_func("/score/hcp", "hcp", test_particle);
    g_test_add_func("/score/glass", test_glass);
    return g_test_run();
}
