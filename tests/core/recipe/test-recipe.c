// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes: what is wrong is named with its line, what was done is kept, what changed is done again.
#include "core/error.h"
#include "core/recipe/run.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static const char *const small = "# A small particle\n"
                                 "recipe = 1\n"
                                 "\n"
                                 "[simulate]\n"
                                 "preset = fcc # comes first\n"
                                 "atoms = 300\n"
                                 "pixel-size = 0.5\n"
                                 "probe = 0.7\n"
                                 "shift = 0\n"
                                 "tilt-error = 0\n"
                                 "axis-error = 0\n"
                                 "[reconstruct]\n"
                                 "iterations = 20\n"
                                 "blob = 1.2\n"
                                 "[trace]\n"
                                 "[classify]\n"
                                 "species = Pt\n"
                                 "[compare]\n";

static LacRecipe *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    LacRecipe *recipe = lac_recipe_parse(text, "test.recipe", &error);
    g_assert_no_error(error);
    return recipe;
}

// The small recipe with one text in the place of another.
static LacRecipe *
parse_with(const char *old, const char *new)
{
    g_auto(GStrv) parts = g_strsplit(small, old, 2);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_autofree char *text = g_strjoinv(new, parts);
    return parse(text);
}

static void
test_parse(void)
{
    g_autoptr(LacRecipe) recipe = parse(small);
    g_assert_true(recipe->has[LAC_STEP_SIMULATE] && recipe->has[LAC_STEP_COMPARE]);
    g_assert_false(recipe->has[LAC_STEP_OPEN] || recipe->has[LAC_STEP_DENOISE]);
    g_assert_cmpint(recipe->simulate.model.kind, ==, LAC_MODEL_FCC);
    g_assert_cmpuint(recipe->simulate.model.n_atoms, ==, 300);
    g_assert_cmpfloat(recipe->simulate.model.a, ==, 3.924); // of the preset
    g_assert_cmpuint(recipe->reconstruct.params.n_iterations, ==, 20);
    g_assert_cmpfloat(recipe->reconstruct.params.blob_sigma, ==, 1.2);
    g_assert_cmpstr(recipe->classify.species, ==, "Pt");
    g_assert_cmpuint(recipe->lines[LAC_STEP_RECONSTRUCT], ==, 12);
    // What is printed reads back as the same.
    g_autofree char *text = lac_recipe_dup_text(recipe);
    g_autoptr(LacRecipe) again = parse(text);
    for (guint s = 0; s < LAC_N_STEPS; s++) {
        g_autofree char *a = lac_recipe_dup_parameters(recipe, (LacStep) s);
        g_autofree char *b = lac_recipe_dup_parameters(again, (LacStep) s);
        g_assert_cmpint(recipe->has[s], ==, again->has[s]);
        if (recipe->has[s])
            g_assert_cmpstr(a, ==, b);
    }
}

static void
test_refusals(void)
{
    static const struct {
        const char *text, *word;
    } cases[] = {
        { "", "no step" },
        { "[simulate]\n", "Line 1 of test.recipe: \"recipe = 1\" must come before" },
        { "recipe = 2\n", "newer" },
        { "recipe = one\n", "no version" },
        { "\natoms = 4\n", "Line 2 of test.recipe: \"atoms\" stands before" },
        { "recipe = 1\n[simulat]\n", "Line 2 of test.recipe: there is no step [simulat]" },
        { "recipe = 1\n[simulate]\nfoo = 3\n", "Line 3 of test.recipe: there is no key \"foo\"" },
        { "recipe = 1\n[simulate]\natoms = many\n", "Line 3 of test.recipe: atoms \"many\"" },
        { "recipe = 1\n[simulate]\natoms 7\n", "neither a [section] nor key = value" },
        { "recipe = 1\n[simulate]\natoms = 700\natoms = 800\n", "there twice" },
        { "recipe = 1\n[simulate]\natoms = 700\npreset = fcc\n", "must be the first key" },
        { "recipe = 1\n[simulate]\npreset = fcc\nskin = 3\n", "not for the preset fcc" },
        { "recipe = 1\n[simulate]\n[open]\nfile = a.mrc\n", "exclude each other" },
        { "recipe = 1\n[open]\n", "lacks a file" },
        { "recipe = 1\n[simulate]\n[trace]\n[reconstruct]\n", "cannot come after [trace]" },
        { "recipe = 1\n[simulate]\n[simulate]\n", "Line 3 of test.recipe: [simulate] is there" },
        { "recipe = 1\n[simulate]\n[trace]\n",
            "Line 3 of test.recipe: [trace] needs [reconstruct]" },
        { "recipe = 1\n[reconstruct]\n", "begins with" },
        { "recipe = 1\n[simulate]\n[reconstruct]\n[trace]\n[classify]\n[again]\n",
            "Line 6 of test.recipe: [again] needs [refine]" },
        { "recipe = 1\n[simulate]\n[again]\nrounds = 0\n", "rounds" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_recipe_parse(cases[i].text, "test.recipe", &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
        if (strstr(error->message, cases[i].word) == NULL)
            g_error("\"%s\" lacks \"%s\"", error->message, cases[i].word);
    }
}

static LacRecipeResult *
run(LacRecipe *recipe, const char *output, gboolean overwrite)
{
    g_autoptr(GError) error = NULL;
    const LacRecipeRun how = { .output = output, .overwrite = overwrite };
    LacRecipeResult *result = lac_recipe_run(recipe, &how, NULL, &error);
    g_assert_no_error(error);
    return result;
}

// Which steps were kept, as in "kkd": k kept, d done.
static void
assert_steps(const LacRecipeResult *result, const char *expected)
{
    g_assert_cmpuint(result->n_steps, ==, strlen(expected));
    for (guint i = 0; i < result->n_steps; i++)
        g_assert_cmpint(result->steps[i].is_kept ? 'k' : 'd', ==, expected[i]);
}

static void
test_run(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacRecipe) recipe = parse(small);
    g_autoptr(LacRecipeResult) first = run(recipe, path, FALSE);
    assert_steps(first, "ddddd");
    g_assert_cmpuint(first->score->n_truth, >, 250);
    g_assert_cmpfloat(first->score->recall, >, 0.99);
    g_assert_cmpfloat(first->score->precision, >, 0.99);
    g_assert_cmpfloat(first->score->rms, <, 25.0);
    g_assert_cmpuint(first->score->n_found + first->score->n_missed, ==, first->score->n_truth);
    g_assert_cmpuint(first->score->n_phases, ==, 1);
    g_assert_cmpint(first->score->phases[0].phase, ==, LAC_TRUTH_METAL);
    g_assert_cmpfloat_with_epsilon(first->score->phases[0].rms, first->score->rms, 1e-6);

    // Nothing changed: everything is kept, and the score is the same.
    g_autoptr(LacRecipeResult) second = run(recipe, path, FALSE);
    assert_steps(second, "kkkkd");
    g_assert_cmpfloat(second->score->rms, ==, first->score->rms);
    g_assert_cmpint(memcmp(second->project->recon->volume->data,
                        first->project->recon->volume->data,
                        lac_volume_get_size(first->project->recon->volume) * sizeof(float)),
        ==, 0);

    // Another species: only the last steps.
    g_autoptr(LacRecipe) named = parse_with("species = Pt", "species = Au");
    g_autoptr(LacRecipeResult) third = run(named, path, FALSE);
    assert_steps(third, "kkddd");
    g_autoptr(LacRecipe) longer = parse_with("iterations = 20", "iterations = 25");
    g_autoptr(LacRecipeResult) fourth = run(longer, path, FALSE);
    assert_steps(fourth, "kdddd");
    g_autoptr(LacRecipe) larger = parse_with("atoms = 300", "atoms = 400");
    g_autoptr(LacRecipeResult) fifth = run(larger, path, FALSE);
    assert_steps(fifth, "ddddd");
    g_assert_cmpuint(fifth->score->n_truth, >, first->score->n_truth);
    // Analyses come last, and the comparison before them does not make them old.
    g_autoptr(LacRecipe) analysed =
        parse_with("[compare]\n", "[compare]\n[analyse]\nanalyses = coordination\n");
    g_autoptr(LacRecipeResult) eighth = run(analysed, path, FALSE);
    assert_steps(eighth, "dddddd");
    g_autoptr(LacRecipeResult) ninth = run(analysed, path, FALSE);
    assert_steps(ninth, "kkkkdk");
    g_assert_nonnull(ninth->project->analyses);
    // Denoising starts from what was measured.
    g_autoptr(LacRecipe) denoised =
        parse_with("[reconstruct]\n", "[denoise]\nmethod = gaussian\n[reconstruct]\n");
    g_autoptr(LacRecipeResult) sixth = run(denoised, path, FALSE);
    assert_steps(sixth, "dddddd");
    g_autoptr(LacRecipeResult) seventh = run(denoised, path, FALSE);
    assert_steps(seventh, "kkkkkd");
    g_assert_cmpint(memcmp(seventh->project->raw_series->data, first->project->series->data,
                        first->project->series->buffer->n * sizeof(float)),
        ==, 0);
    g_assert_cmpint(memcmp(seventh->project->series->data, first->project->series->data,
                        first->project->series->buffer->n * sizeof(float)),
        !=, 0);
}

static const char *const twice = "recipe = 1\n[simulate]\npreset = fcc\natoms = 300\n"
                                 "pixel-size = 0.5\nprobe = 0.7\nshift = 0.3\n"
                                 "tilt-error = 0.3\naxis-error = 0\ndose = 1e8\n"
                                 "[reconstruct]\niterations = 20\nblob = 1.2\n[trace]\n"
                                 "[classify]\nspecies = Pt\n[refine]\nposes = all\nrounds = 6\n"
                                 "%s[compare]\nalign = rigid\n";

static LacRecipe *
parse_twice(const char *again)
{
    g_auto(GStrv) parts = g_strsplit(twice, "%s", 2);
    g_autofree char *text = g_strjoinv(again, parts);
    return parse(text);
}

static double
mean_r1(const LacProject *project)
{
    return project->recon->r1[project->recon->n_iterations - 1];
}

// A second round has the refined poses: its volume fits the images better, and pixels are not
// resampled. Without it, or with another, what it replaced is made again.
static void
test_again(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacRecipe) once = parse_twice("");
    g_autoptr(LacRecipe) again = parse_twice("[again]\n");
    g_autoptr(LacRecipe) volume = parse_twice("[again]\ntrace = no\n");
    g_autoptr(LacRecipeResult) first = run(once, path, FALSE);
    assert_steps(first, "dddddd");
    g_assert_true(isfinite(first->steps[4].r1) && first->steps[4].rms_moved > 0.05);
    g_autoptr(LacRecipeResult) second = run(again, path, FALSE);
    assert_steps(second, "kkkkkdd");
    g_test_message("R1 %.2f %%, then %.2f %%; RMSD %.2f pm, then %.2f pm",
        100.0 * mean_r1(first->project), 100.0 * mean_r1(second->project), first->score->rms,
        second->score->rms);
    g_assert_cmpfloat(mean_r1(second->project), <, 0.8 * mean_r1(first->project));
    g_assert_cmpfloat(second->score->recall, >=, first->score->recall);
    g_assert_cmpfloat(second->score->rms, <, 1.1 * first->score->rms);
    g_assert_cmpfloat(second->steps[5].rms_moved, <, 0.2 * first->steps[4].rms_moved);
    g_assert_cmpint(memcmp(second->project->series->data, first->project->series->data,
                        first->project->series->buffer->n * sizeof(float)),
        ==, 0);
    g_autoptr(LacRecipeResult) third = run(again, path, FALSE);
    assert_steps(third, "kkkkkkd");
    g_assert_cmpfloat(third->score->rms, ==, second->score->rms);
    // Only the volume: the atoms are those of the first round.
    g_autoptr(LacRecipeResult) fourth = run(volume, path, FALSE);
    assert_steps(fourth, "ddddddd");
    g_assert_cmpfloat(fourth->score->rms, ==, first->score->rms);
    g_assert_cmpfloat(mean_r1(fourth->project), ==, mean_r1(second->project));
    g_autoptr(LacRecipeResult) fifth = run(once, path, FALSE);
    assert_steps(fifth, "dddddd");
    g_assert_cmpfloat(fifth->score->rms, ==, first->score->rms);
}

// Corrections by hand survive a run that changes nothing before them, and are not lost silently.
static void
test_hand_edits(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacRecipe) recipe = parse(small);
    g_autoptr(LacRecipeResult) first = run(recipe, path, FALSE);
    g_autoptr(LacProject) project = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    const LacAtoms *atoms = lac_journal_get_atoms(project->journal);
    gsize gone = 0;
    while (!lac_atoms_is_present(atoms, gone))
        gone++;
    g_assert_true(
        lac_journal_apply(project->journal, lac_edit_delete(atoms, &gone, 1, NULL, NULL), &error));
    g_assert_no_error(error);
    g_assert_true(lac_project_save(project, path, NULL, &error));
    g_autoptr(LacRecipeResult) second = run(recipe, path, FALSE);
    assert_steps(second, "kkkkd");
    g_assert_cmpuint(second->score->n_missed, ==, first->score->n_missed + 1);
    g_autoptr(LacRecipe) longer = parse_with("iterations = 20", "iterations = 25");
    const LacRecipeRun how = { .output = path };
    g_assert_null(lac_recipe_run(longer, &how, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_nonnull(strstr(error->message, "corrections of atoms by hand"));
    g_autoptr(LacRecipeResult) third = run(longer, path, TRUE);
    assert_steps(third, "kdddd");
}

static void
test_open(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autofree char *other = lac_scratch_path(scratch, "b.lacuna");
    g_autofree char *file = lac_scratch_write(scratch, "open.recipe",
        "recipe = 1\n[open]\nfile = a.lacuna\n[reconstruct]\niterations = 20\nblob = 1.2\n"
        "[trace]\n[classify]\nspecies = Pt\n[compare]\n",
        -1);
    g_autoptr(LacRecipe) recipe = parse(small);
    g_autoptr(LacRecipeResult) made = run(recipe, path, FALSE);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRecipe) open = lac_recipe_load(file, &error);
    g_assert_no_error(error);
    g_autoptr(LacRecipeResult) result = run(open, other, FALSE);
    assert_steps(result, "ddddd");
    g_assert_cmpfloat(result->score->rms, ==, made->score->rms);
    g_autoptr(LacRecipeResult) again = run(open, other, FALSE);
    assert_steps(again, "kkkkd");
}

// Wherever it is cancelled, what the file holds can be continued.
static void
test_cancel(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(LacRecipe) recipe = parse(small);
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    guint n_cancelled = 0;
    for (guint at = 1;; at += 13) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        const LacRecipeRun how = { .output = path };
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacRecipeResult) result = lac_recipe_run(recipe, &how, progress, &error);
        if (result != NULL) {
            g_assert_cmpfloat(result->score->recall, >, 0.99);
            break;
        }
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        n_cancelled++;
    }
    g_assert_cmpuint(n_cancelled, >=, 3);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 1);
}

static void
test_score(void)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_new(1000);
    lac_atoms_add_species(atoms, "Zr");
    double *phase = lac_atoms_add_column(atoms, LAC_COLUMN_PHASE);
    for (gsize i = 0; i < 1000; i++) {
        atoms->x[i] = 3.0 * (double) (i % 10);
        atoms->y[i] = 3.0 * (double) (i / 10 % 10);
        atoms->z[i] = 3.0 * (double) (i / 100);
        phase[i] = i < 500 ? LAC_TRUTH_METAL : LAC_TRUTH_AMORPHOUS;
    }
    g_autoptr(LacTruth) truth = lac_truth_new(atoms);
    // Four corners are missed, one atom is 0.6 Å off, another 1 Å.
    g_autoptr(LacAtoms) model = lac_atoms_copy(atoms, 1000);
    static const gsize corners[] = { 0, 9, 90, 99 };
    for (guint k = 0; k < 4; k++)
        model->state[corners[k]] = LAC_ATOM_DELETED;
    model->x[555] += 0.6;
    model->y[666] += 1.0;
    LacMatchParams params;
    lac_match_params_init(&params);
    params.align = LAC_ALIGN_NONE;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacMatch) match = lac_match(model, atoms, &params, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacScore) score = lac_score_new(truth, model, match);
    g_assert_cmpuint(score->n_truth, ==, 1000);
    g_assert_cmpuint(score->n_missed, ==, 5);
    g_assert_cmpuint(score->n_extra, ==, 1);
    g_assert_cmpuint(score->n_displaced, ==, 1);
    g_assert_cmpuint(score->n_phases, ==, 2);
    g_assert_cmpint(score->phases[0].phase, ==, LAC_TRUTH_METAL);
    g_assert_cmpuint(score->phases[0].n_found, ==, 496);
    g_assert_cmpfloat(score->phases[0].rms, ==, 0.0);
    g_assert_cmpuint(score->phases[1].n_found, ==, 499);
    g_assert_cmpfloat_with_epsilon(score->phases[1].rms, 60.0 / sqrt(499.0), 1e-6);
    gboolean surface = FALSE, elsewhere = FALSE;
    for (guint f = 0; f < score->facts->len; f++) {
        const LacScoreFact *fact = &g_array_index(score->facts, LacScoreFact, f);
        if (g_str_equal(fact->title, "At the surface")) {
            surface = lac_score_fact_is_telling(score, fact);
            g_assert_cmpuint(fact->n_missed, ==, 4);
        }
        if (g_str_equal(fact->title, "Found elsewhere"))
            elsewhere = fact->n_missed == 1;
    }
    g_assert_true(surface && elsewhere);
    g_autofree char *text = lac_score_dup_text(score);
    g_assert_nonnull(strstr(text, "found 995 of 1000"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    g_test_add_func("/recipe/parse", test_parse);
    g_test_add_func("/recipe/refusals", test_refusals);
    g_test_add_func("/recipe/score", test_score);
    ADD("/recipe/run", test_run);
    ADD("/recipe/hand-edits", test_hand_edits);
    ADD("/recipe/again", test_again);
    ADD("/recipe/open", test_open);
    ADD("/recipe/cancel", test_cancel);
    return g_test_run();
}
