// SPDX-License-Identifier: GPL-3.0-or-later
// The queue on published models before and after their correction by hand.
#include "core/data/cells.h"
#include "core/io/bytes.h"
#include "core/io/mat5.h"
#include "core/trace/suspicion.h"

#include <math.h>
#include <string.h>

#define VOXEL 0.347 // [Å]

// Positions of a model stored as 3 x n voxels counted from 1, in a frame of 300 voxels.
static LacAtoms *
read_model(const char *name, const char *variable, double padding)
{
    const char *folder = g_getenv("LACUNA_TEST_DATA");
    g_autofree char *path =
        folder != NULL ? g_build_filename(folder, "metallic-glass", name, NULL) : NULL;
    if (path == NULL || !g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacInput) input = lac_input_open(path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) variables = lac_mat_list(input, path, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < variables->len; i++) {
        const LacMatVariable *v = variables->pdata[i];
        if (!g_str_equal(v->name, variable))
            continue;
        g_autofree double *values = g_new(double, v->n);
        g_assert_true(lac_mat_read_doubles(input, path, v, values, &error));
        g_assert_no_error(error);
        LacAtoms *atoms = lac_atoms_new(v->n / 3);
        for (gsize k = 0; k < atoms->n; k++) {
            atoms->x[k] = VOXEL * (values[3 * k] - 151.0 - padding);
            atoms->y[k] = VOXEL * (values[3 * k + 1] - 151.0 - padding);
            atoms->z[k] = VOXEL * (values[3 * k + 2] - 151.0 - padding);
        }
        return atoms;
    }
    g_assert_not_reached();
}

typedef struct {
    gsize n_removed;
    gsize found[3]; // in the first 100, 500 and 2 000 of the queue
} Ranking;

static const gsize firsts[3] = { 100, 500, 2000 };

static Ranking
rank(LacAtoms *before, const LacAtoms *after)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacCells) cells =
        lac_cells_new(after->x, after->y, after->z, NULL, after->n, 1.0, &error);
    g_assert_no_error(error);
    g_autofree guint8 *removed = g_new0(guint8, before->n);
    Ranking ranking = { 0 };
    for (gsize i = 0; i < before->n; i++) {
        LacVec3 p = { before->x[i], before->y[i], before->z[i] };
        removed[i] = lac_cells_count(cells, p, 0.01, G_MAXSIZE) == 0;
        ranking.n_removed += removed[i];
    }
    LacReviewContext context;
    lac_review_context_init(&context);
    g_autoptr(GPtrArray) items = lac_review_list(before, &context, 2000, NULL, &error);
    g_assert_no_error(error);
    for (guint k = 0; k < items->len; k++) {
        const LacReviewItem *item = items->pdata[k];
        for (guint t = 0; t < 3; t++)
            ranking.found[t] += removed[item->index] && k < firsts[t];
        if (k % 250 == 0)
            g_test_message("%u: %.4f %s", k, item->score, item->text);
    }
    g_test_message("%" G_GSIZE_FORMAT " removed; among the first 100: %" G_GSIZE_FORMAT
                   ", 500: %" G_GSIZE_FORMAT ", 2000: %" G_GSIZE_FORMAT,
        ranking.n_removed, ranking.found[0], ranking.found[1], ranking.found[2]);
    return ranking;
}

// The measured particle: halo atoms were removed.
static void
test_experiment(void)
{
    g_autoptr(LacAtoms) before = read_model("initial_traced_model.mat", "temp_pos_arr2", 0.0);
    g_autoptr(LacAtoms) after = read_model("traced_model_inPixel.mat", "traced_model_inPixel", 0.0);
    if (before == NULL || after == NULL) {
        g_test_skip("the published models are absent");
        return;
    }
    Ranking ranking = rank(before, after);
    g_assert_cmpuint(ranking.n_removed, ==, 84);
    g_assert_cmpuint(ranking.found[1], >=, 50);
}

// The simulated one: peaks between atoms were removed; their brightness is not stored.
static void
test_simulation(void)
{
    g_autoptr(LacAtoms) before = read_model("post_initC_MG_multislice.mat", "temp_pos_arr2", 0.0);
    g_autoptr(LacAtoms) after = read_model("finalmodel_MG_multislice.mat", "newmodel", 20.0);
    if (before == NULL || after == NULL) {
        g_test_skip("the published models are absent");
        return;
    }
    Ranking ranking = rank(before, after);
    g_assert_cmpuint(ranking.n_removed, ==, 2127);
    g_assert_cmpuint(ranking.found[1], >=, 150);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ranking/experiment", test_experiment);
    g_test_add_func("/ranking/simulation", test_simulation);
    return g_test_run();
}
