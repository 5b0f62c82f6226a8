// SPDX-License-Identifier: GPL-3.0-or-later
// A chain of steps as a text: sections in the order of work, keys with values, comments.
#pragma once

#include "core/prep/align.h"
#include "core/prep/denoise.h"
#include "core/recipe/simulate.h"
#include "core/trace/match.h"
#include "core/trace/peaks.h"
#include "core/trace/refine.h"

#define LAC_RECIPE_VERSION 1
#define LAC_RECIPE_SUFFIX  ".recipe"

// In the order in which they are done.
typedef enum {
    LAC_STEP_SIMULATE,
    LAC_STEP_OPEN,
    LAC_STEP_DENOISE,
    LAC_STEP_ALIGN,
    LAC_STEP_RECONSTRUCT,
    LAC_STEP_TRACE,
    LAC_STEP_CLASSIFY,
    LAC_STEP_REFINE,
    LAC_STEP_AGAIN,
    LAC_STEP_COMPARE,
    LAC_STEP_ANALYSE,
    LAC_N_STEPS,
} LacStep;

typedef struct {
    char *file, *angles; // of the series; angles NULL: as the file says
    double pixel_size;   // [Å]; 0: as the file says
} LacOpenParams;

typedef struct {
    char *methods; // one after the other, separated by commas
    LacAlignParams params;
} LacAlignStep;

typedef struct {
    gint preset; // LacReconPreset, from which params started
    LacReconParams params;
} LacReconstructStep;

typedef struct {
    gint method; // LacFitMethod
    LacTraceParams params;
} LacTraceStep;

typedef struct {
    char *species;           // the dimmest first, separated by commas
    double radius;           // [Å]; 0: 7/6 voxel
    gboolean drop_non_atoms; // else every peak is an atom
    gboolean local;          // compare with neighbours
    double local_radius;     // [Å]
} LacClassifyStep;

// Once more from the reconstruction on, with the poses that were refined.
typedef struct {
    guint n_rounds;
    gboolean trace; // else only the volume is made anew
} LacAgainStep;

typedef struct {
    char *truth;   // (nullable) file of known atoms; NULL: those of the project
    double cutoff; // [Å]; 0: from the bond length
    gint align;    // LacAlign
} LacCompareStep;

typedef struct {
    char *names; // of analyses, separated by commas, or all
} LacAnalyseStep;

typedef struct {
    gboolean has[LAC_N_STEPS];
    guint lines[LAC_N_STEPS]; // where each section begins, from 1
    char *name;               // of the file, for messages
    char *folder;             // (nullable) that files in it are relative to
    LacSimulateParams simulate;
    LacOpenParams open;
    LacDenoiseParams denoise;
    LacAlignStep align;
    LacReconstructStep reconstruct;
    LacTraceStep trace;
    LacClassifyStep classify;
    LacRefineParams refine;
    LacAgainStep again;
    LacCompareStep compare;
    LacAnalyseStep analyse;
} LacRecipe;

// What a section is made of: its tables and the structs they describe.
typedef struct {
    LacSettings settings;
    gpointer params;
} LacRecipePart;

#define LAC_RECIPE_MAX_PARTS 3

const char *lac_step_get_id(LacStep step);
const char *lac_step_get_title(LacStep step);
LacRecipe *lac_recipe_parse(const char *text, const char *name, GError **error);
LacRecipe *lac_recipe_load(const char *path, GError **error);
void lac_recipe_free(LacRecipe *self);
guint lac_recipe_get_parts(LacRecipe *self, LacStep step, LacRecipePart parts[]);
char *lac_recipe_dup_parameters(LacRecipe *self, LacStep step);
char *lac_recipe_dup_text(LacRecipe *self);
char *lac_recipe_dup_path(const LacRecipe *self, const char *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRecipe, lac_recipe_free)
