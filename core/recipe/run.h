// SPDX-License-Identifier: GPL-3.0-or-later
// Does the steps of a recipe, each kept in the project as soon as it is done.
#pragma once

#include "core/recipe/recipe.h"
#include "core/trace/score.h"

typedef struct {
    LacStep step;
    gboolean is_kept; // was done before with the same inputs and parameters
    double seconds;
    // Of the atoms, where they were refined now; else NaN.
    double r1;
    double rms_moved, rms_turned; // [pixel], [deg] of the projections
    double rms_gain;              // of what their gains changed by
} LacStepReport;

typedef struct {
    LacProject *project;
    guint n_steps;
    LacStepReport steps[LAC_N_STEPS];
    LacMatch *match; // (nullable) of the last step
    LacScore *score; // (nullable) likewise
} LacRecipeResult;

// Called after each step.
typedef void (
    *LacRecipeNotify)(const LacStepReport *report, const LacRecipeResult *so_far, gpointer data);

typedef struct {
    const char *output;     // the project file: continued if it is there
    gboolean overwrite;     // corrections by hand may be lost
    LacRecipeNotify notify; // (nullable)
    gpointer data;
} LacRecipeRun;

LacRecipeResult *
lac_recipe_run(LacRecipe *recipe, const LacRecipeRun *run, LacProgress *progress, GError **error);
void lac_recipe_result_free(LacRecipeResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRecipeResult, lac_recipe_result_free)
