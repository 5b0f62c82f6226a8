// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/recipe.h"

#include "core/error.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define MAX_BYTES (1 << 20)

static const char *const recon_presets[] = { "default", "clean", "low-dose", "published", NULL };
static const char *const recon_methods[] = { "resire", "sirt", "wbp", NULL };
static const char *const fit_methods[] = { "polynomial", "gaussian", "published", NULL };
static const char *const aligns[] = { "none", "translation", "rigid", NULL };

static const char *const refine_poses[] = { "none", "shifts", "all", NULL };
static const char *const denoise_methods[] = { "none", "bm3d", "nlm", "gaussian", NULL };
static const char *const backgrounds[] = { "none", "constant", "laplace", NULL };

#define SIMULATE(member) G_STRUCT_OFFSET(LacSimulateParams, member)
#define OPEN(member)     G_STRUCT_OFFSET(LacOpenParams, member)
#define DENOISE(member)  G_STRUCT_OFFSET(LacDenoiseParams, member)
#define ALIGN(member)    G_STRUCT_OFFSET(LacAlignStep, member)
#define REFINE(member)   G_STRUCT_OFFSET(LacRefineParams, member)
#define RECON(member)    G_STRUCT_OFFSET(LacReconstructStep, member)
#define TRACE(member)    G_STRUCT_OFFSET(LacTraceStep, member)
#define CLASSIFY(member) G_STRUCT_OFFSET(LacClassifyStep, member)
#define ANALYSE(member)  G_STRUCT_OFFSET(LacAnalyseStep, member)
#define AGAIN(member)    G_STRUCT_OFFSET(LacAgainStep, member)
#define COMPARE(member)  G_STRUCT_OFFSET(LacCompareStep, member)

static const LacSetting simulate_settings[] = {
    { "keep-volume", "Keep the perfect volume", NULL, "With what else is known",
        LAC_SETTING_BOOLEAN, 0, 0, SIMULATE(keep_volume), NULL },
};

static const LacSetting open_settings[] = {
    { "file", "Projections", NULL, "A series, or a project", LAC_SETTING_TEXT, 0, 0, OPEN(file),
        NULL },
    { "angles", "Angles", NULL, "One or three columns", LAC_SETTING_TEXT, 0, 0, OPEN(angles),
        NULL },
    { "pixel-size", "Pixel", "Å", "0: as the file says", LAC_SETTING_DOUBLE, 0, 1e4,
        OPEN(pixel_size), NULL },
};

static const LacSetting denoise_settings[] = {
    { "method", "Method", NULL, "BM3D, non-local means or Gaussian", LAC_SETTING_CHOICE, 0, 0,
        DENOISE(method), denoise_methods },
    { "strength", "Strength", NULL, "Times the noise that is in the image", LAC_SETTING_DOUBLE, 0.1,
        10, DENOISE(strength), NULL },
    { "width", "Width of the Gaussian", "pixel", "Of the method gaussian only", LAC_SETTING_DOUBLE,
        0.1, 20, DENOISE(width), NULL },
    { "estimate-noise", "Estimate the noise", NULL, "Of each projection by itself",
        LAC_SETTING_BOOLEAN, 0, 0, DENOISE(estimate), NULL },
    { "gain", "Gain", NULL, "Intensity per electron, where the noise is not estimated",
        LAC_SETTING_DOUBLE, 0, 1e9, DENOISE(noise.gain), NULL },
    { "offset", "Offset", NULL, "Intensity without any electron", LAC_SETTING_DOUBLE, -1e9, 1e9,
        DENOISE(noise.offset), NULL },
    { "read-noise", "Noise of the detector", NULL, "Standard deviation without any electron",
        LAC_SETTING_DOUBLE, 0, 1e9, DENOISE(noise.read_noise), NULL },
    { "background", "Background", NULL, "What is subtracted", LAC_SETTING_CHOICE, 0, 0,
        DENOISE(background), backgrounds },
    { "mask-smoothing", "Smoothing of the mask", "pixel", "Before the threshold",
        LAC_SETTING_DOUBLE, 0, 100, DENOISE(mask.smoothing), NULL },
    { "mask-growth", "Growth of the mask", "pixel", "Wider than the particle", LAC_SETTING_DOUBLE,
        0, 1000, DENOISE(mask.growth), NULL },
    { "normalise", "Normalise", NULL, "To a common sum inside the mask", LAC_SETTING_BOOLEAN, 0, 0,
        DENOISE(normalise), NULL },
};

static const LacSetting align_settings[] = {
    { "methods", "Methods", NULL, "One after the other, separated by commas", LAC_SETTING_TEXT, 0,
        0, ALIGN(methods), NULL },
};

static const LacSetting reconstruct_settings[] = {
    { "preset", "Preset", NULL, "What the other keys start from", LAC_SETTING_CHOICE, 0, 0,
        RECON(preset), recon_presets },
    { "method", "Method", NULL, "RESIRE, SIRT or WBP", LAC_SETTING_CHOICE, 0, 0,
        RECON(params.method), recon_methods },
    { "iterations", "Iterations", NULL, "How many", LAC_SETTING_UINT, 1, 100000,
        RECON(params.n_iterations), NULL },
    { "accelerated", "Accelerated", NULL, "Else plain gradient steps", LAC_SETTING_BOOLEAN, 0, 0,
        RECON(params.accelerated), NULL },
    { "step", "Step", NULL, "Of plain gradient; 0: from power iteration", LAC_SETTING_DOUBLE, 0,
        1e3, RECON(params.step), NULL },
    { "blob", "Blob", "voxel", "Width of the basis; 0: none; below 0: of the width of an atom",
        LAC_SETTING_DOUBLE, -2, 16, RECON(params.blob_sigma), NULL },
    { "weight-alpha", "Ramp", NULL, "Exponent of the weight", LAC_SETTING_DOUBLE, 0, 2,
        RECON(params.weight_alpha), NULL },
    { "weight-cap", "Cap of the weight", NULL, "0: no weight", LAC_SETTING_DOUBLE, 0, 1e6,
        RECON(params.weight_cap), NULL },
    { "positivity", "Positivity", NULL, "No voxel below 0", LAC_SETTING_BOOLEAN, 0, 0,
        RECON(params.positivity), NULL },
    { "held-out", "Held out", NULL, "Every n-th projection; 0: none", LAC_SETTING_UINT, 0, 10000,
        RECON(params.held_out_every), NULL },
    { "tolerance", "Tolerance", NULL, "Of R1 in 5 iterations; 0: all iterations",
        LAC_SETTING_DOUBLE, 0, 1, RECON(params.tolerance), NULL },
};

static const LacSetting trace_settings[] = {
    { "method", "Method", NULL, "What is fitted to a peak", LAC_SETTING_CHOICE, 0, 0, TRACE(method),
        fit_methods },
    { "min-distance", "Minimum distance", "Å", "0: from the peaks", LAC_SETTING_DOUBLE, 0, 100,
        TRACE(params.min_distance), NULL },
    { "threshold", "Threshold", NULL, "Share of a typical atom's height", LAC_SETTING_DOUBLE, 0,
        1e9, TRACE(params.threshold), NULL },
    { "radius", "Radius of the fit", "Å", "0: from the width of the peaks", LAC_SETTING_DOUBLE, 0,
        100, TRACE(params.radius), NULL },
    { "smoothing", "Smoothing", "Å", "Below 0: from the noise itself", LAC_SETTING_DOUBLE, -1, 100,
        TRACE(params.smoothing), NULL },
};

static const LacSetting classify_settings[] = {
    { "species", "Species", NULL, "The dimmest first, separated by commas", LAC_SETTING_TEXT, 0, 0,
        CLASSIFY(species), NULL },
    { "radius", "Integration radius", "Å", "0: 7/6 voxel", LAC_SETTING_DOUBLE, 0, 100,
        CLASSIFY(radius), NULL },
    { "drop-non-atoms", "Drop what is no atom", NULL, "Else every peak is an atom",
        LAC_SETTING_BOOLEAN, 0, 0, CLASSIFY(drop_non_atoms), NULL },
    { "local", "Compare with neighbours", NULL, "After the first classification",
        LAC_SETTING_BOOLEAN, 0, 0, CLASSIFY(local), NULL },
    { "local-radius", "Of the neighbours", "Å", "How far to look", LAC_SETTING_DOUBLE, 1, 1000,
        CLASSIFY(local_radius), NULL },
};

static const LacSetting refine_settings[] = {
    { "rounds", "Rounds", NULL, "At most: widths and heights, then positions", LAC_SETTING_UINT, 1,
        100, REFINE(n_rounds), NULL },
    { "steps", "Steps", NULL, "For the positions of a round", LAC_SETTING_UINT, 1, 1000,
        REFINE(n_steps), NULL },
    { "max-shift", "Largest shift", "Å", "That an atom may move in all", LAC_SETTING_DOUBLE, 0, 10,
        REFINE(max_shift), NULL },
    { "each", "Heights of each atom", NULL, "Else of each species", LAC_SETTING_BOOLEAN, 0, 0,
        REFINE(each), NULL },
    { "poses", "Of the projections", NULL, "What is refined together with the atoms",
        LAC_SETTING_CHOICE, 0, 0, REFINE(poses), refine_poses },
    { "max-turn", "Largest turn", "deg", "That a projection may turn in all", LAC_SETTING_DOUBLE, 0,
        45, REFINE(max_turn), NULL },
    { "gains", "Gains", NULL, "With the poses also how bright each projection is",
        LAC_SETTING_BOOLEAN, 0, 0, REFINE(gains), NULL },
};

static const LacSetting again_settings[] = {
    { "rounds", "Rounds", NULL, "From the reconstruction on, with the refined poses",
        LAC_SETTING_UINT, 1, 10, AGAIN(n_rounds), NULL },
    { "trace", "Trace", NULL, "Trace, classify and refine again; else only the volume",
        LAC_SETTING_BOOLEAN, 0, 0, AGAIN(trace), NULL },
};

static const LacSetting compare_settings[] = {
    { "truth", "Known atoms", NULL, "A file; without it those of the project", LAC_SETTING_TEXT, 0,
        0, COMPARE(truth), NULL },
    { "cutoff", "Cutoff", "Å", "0: from the bond length", LAC_SETTING_DOUBLE, 0, 1000,
        COMPARE(cutoff), NULL },
    { "align", "Alignment", NULL, "How the model may move", LAC_SETTING_CHOICE, 0, 0,
        COMPARE(align), aligns },
};

static const LacSetting analyse_settings[] = {
    { "analyses", "Analyses", NULL, "Names separated by commas, or all", LAC_SETTING_TEXT, 0, 0,
        ANALYSE(names), NULL },
};

static const struct {
    const char *id, *title;
} steps[LAC_N_STEPS] = {
    [LAC_STEP_SIMULATE] = { "simulate", "Simulate" },
    [LAC_STEP_OPEN] = { "open", "Open" },
    [LAC_STEP_DENOISE] = { "denoise", "Denoise" },
    [LAC_STEP_ALIGN] = { "align", "Align" },
    [LAC_STEP_RECONSTRUCT] = { "reconstruct", "Reconstruct" },
    [LAC_STEP_TRACE] = { "trace", "Trace" },
    [LAC_STEP_CLASSIFY] = { "classify", "Classify" },
    [LAC_STEP_REFINE] = { "refine", "Refine" },
    [LAC_STEP_AGAIN] = { "again", "Again" },
    [LAC_STEP_COMPARE] = { "compare", "Compare" },
    [LAC_STEP_ANALYSE] = { "analyse", "Analyse" },
};

/**
 * lac_step_get_id:
 * @step: a step
 *
 * Returns: the name of its section
 */
const char *
lac_step_get_id(LacStep step)
{
    g_return_val_if_fail(step < LAC_N_STEPS, "");
    return steps[step].id;
}

/**
 * lac_step_get_title:
 * @step: a step
 *
 * Returns: what a person calls it
 */
const char *
lac_step_get_title(LacStep step)
{
    g_return_val_if_fail(step < LAC_N_STEPS, "");
    return steps[step].title;
}

/**
 * lac_recipe_get_parts:
 * @self: a recipe
 * @step: a step
 * @parts: (out caller-allocates): room for LAC_RECIPE_MAX_PARTS
 *
 * Returns: how many tables make up the section
 */
guint
lac_recipe_get_parts(LacRecipe *self, LacStep step, LacRecipePart parts[])
{
    switch (step) {
    case LAC_STEP_SIMULATE:
        parts[0] = (LacRecipePart){ lac_model_settings(), &self->simulate.model };
        parts[1] = (LacRecipePart){ lac_camera_settings(), &self->simulate.camera };
        parts[2] = (LacRecipePart){ { simulate_settings, G_N_ELEMENTS(simulate_settings) },
            &self->simulate };
        return 3;
    case LAC_STEP_OPEN:
        parts[0] = (LacRecipePart){ { open_settings, G_N_ELEMENTS(open_settings) }, &self->open };
        return 1;
    case LAC_STEP_DENOISE:
        parts[0] =
            (LacRecipePart){ { denoise_settings, G_N_ELEMENTS(denoise_settings) }, &self->denoise };
        return 1;
    case LAC_STEP_ALIGN:
        parts[0] =
            (LacRecipePart){ { align_settings, G_N_ELEMENTS(align_settings) }, &self->align };
        parts[1] = (LacRecipePart){ lac_align_settings(), &self->align.params };
        return 2;
    case LAC_STEP_RECONSTRUCT:
        parts[0] = (LacRecipePart){ { reconstruct_settings, G_N_ELEMENTS(reconstruct_settings) },
            &self->reconstruct };
        return 1;
    case LAC_STEP_TRACE:
        parts[0] =
            (LacRecipePart){ { trace_settings, G_N_ELEMENTS(trace_settings) }, &self->trace };
        return 1;
    case LAC_STEP_CLASSIFY:
        parts[0] = (LacRecipePart){ { classify_settings, G_N_ELEMENTS(classify_settings) },
            &self->classify };
        return 1;
    case LAC_STEP_REFINE:
        parts[0] =
            (LacRecipePart){ { refine_settings, G_N_ELEMENTS(refine_settings) }, &self->refine };
        return 1;
    case LAC_STEP_AGAIN:
        parts[0] =
            (LacRecipePart){ { again_settings, G_N_ELEMENTS(again_settings) }, &self->again };
        return 1;
    case LAC_STEP_COMPARE:
        parts[0] =
            (LacRecipePart){ { compare_settings, G_N_ELEMENTS(compare_settings) }, &self->compare };
        return 1;
    case LAC_STEP_ANALYSE:
        parts[0] =
            (LacRecipePart){ { analyse_settings, G_N_ELEMENTS(analyse_settings) }, &self->analyse };
        return 1;
    case LAC_N_STEPS:
    default: g_return_val_if_reached(0);
    }
}

static LacRecipe *
recipe_new(const char *name)
{
    LacRecipe *self = g_new0(LacRecipe, 1);
    self->name = g_strdup(name);
    lac_simulate_params_init(&self->simulate, LAC_MODEL_ZR_ZRO2);
    lac_denoise_params_init(&self->denoise);
    lac_align_params_init(&self->align.params);
    self->align.methods = g_strdup("common-line,com,reprojection,angles");
    lac_refine_params_init(&self->refine);
    self->again = (LacAgainStep){ .n_rounds = 1, .trace = TRUE };
    lac_recon_params_init(&self->reconstruct.params, LAC_RECON_DEFAULT);
    lac_trace_params_init(&self->trace.params, LAC_FIT_POLYNOMIAL);
    self->classify =
        (LacClassifyStep){ .species = g_strdup("1"), .drop_non_atoms = TRUE, .local_radius = 10.0 };
    self->compare.align = LAC_ALIGN_TRANSLATION;
    self->analyse.names = g_strdup("all");
    return self;
}

/**
 * lac_recipe_free:
 * @self: (nullable) (transfer full): a recipe
 */
void
lac_recipe_free(LacRecipe *self)
{
    if (self == NULL)
        return;
    for (guint s = 0; s < LAC_N_STEPS; s++) {
        LacRecipePart parts[LAC_RECIPE_MAX_PARTS];
        guint n = lac_recipe_get_parts(self, (LacStep) s, parts);
        for (guint p = 0; p < n; p++)
            lac_settings_clear(parts[p].settings, parts[p].params);
    }
    g_free(self->name);
    g_free(self->folder);
    g_free(self);
}

/**
 * lac_recipe_dup_path:
 * @self: a recipe
 * @file: as it stands in the recipe, perhaps with what is inside: "series.mat:Projs"
 *
 * Returns: (transfer full): the file, relative ones in the folder of the recipe
 */
char *
lac_recipe_dup_path(const LacRecipe *self, const char *file)
{
    return self->folder == NULL || g_path_is_absolute(file)
        ? g_strdup(file)
        : g_build_filename(self->folder, file, NULL);
}

/**
 * lac_recipe_dup_parameters:
 * @self: a recipe
 * @step: one of its steps
 *
 * Returns: (transfer full): a line "key=value" for each parameter, as provenance holds them
 */
char *
lac_recipe_dup_parameters(LacRecipe *self, LacStep step)
{
    if (step == LAC_STEP_SIMULATE)
        return lac_simulate_params_dup_text(&self->simulate);
    LacRecipePart parts[LAC_RECIPE_MAX_PARTS];
    GString *text = g_string_new(NULL);
    guint n = lac_recipe_get_parts(self, step, parts);
    for (guint p = 0; p < n; p++) {
        g_autofree char *lines = lac_settings_dup_text(parts[p].settings, parts[p].params);
        g_string_append(text, lines);
    }
    return g_string_free(text, FALSE);
}

static void
append_part(const LacRecipe *self, LacStep step, const LacRecipePart *part, GString *text)
{
    for (gsize i = 0; i < part->settings.n; i++) {
        const LacSetting *setting = &part->settings.settings[i];
        if (step == LAC_STEP_SIMULATE && part->params == &self->simulate.model &&
            !lac_model_uses((LacModelKind) self->simulate.model.kind, setting->key))
            continue;
        g_autofree char *value = lac_setting_dup_text(setting, part->params);
        g_autofree char *line = g_strdup_printf("%s = %s", setting->key, value);
        g_string_append_printf(text, "%-32s # %s%s%s%s: %s\n", line, setting->title,
            setting->unit != NULL ? " [" : "", setting->unit != NULL ? setting->unit : "",
            setting->unit != NULL ? "]" : "", setting->help);
    }
}

/**
 * lac_recipe_dup_text:
 * @self: a recipe
 *
 * Returns: (transfer full): the recipe with every key of its steps and what each means, which
 *   lac_recipe_parse() reads back
 */
char *
lac_recipe_dup_text(LacRecipe *self)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "recipe = %d\n", LAC_RECIPE_VERSION);
    for (guint s = 0; s < LAC_N_STEPS; s++) {
        LacRecipePart parts[LAC_RECIPE_MAX_PARTS];
        guint n = self->has[s] ? lac_recipe_get_parts(self, (LacStep) s, parts) : 0;
        if (n > 0)
            g_string_append_printf(text, "\n[%s]\n", steps[s].id);
        for (guint p = 0; p < n; p++)
            append_part(self, (LacStep) s, &parts[p], text);
    }
    return g_string_free(text, FALSE);
}

typedef struct {
    LacRecipe *recipe;
    guint line;   // from 1
    gint step;    // section; -1 before the first
    guint n_keys; // in the section so far
    gboolean has_version;
    GHashTable *seen; // keys of the section
} Parser;

static gboolean
fail(const Parser *self, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean
fail(const Parser *self, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "Line %u of %s: %s", self->line,
        self->recipe->name, what);
    return FALSE;
}

static gboolean
parse_section(Parser *self, const char *name, GError **error)
{
    gint step = 0;
    while (step < LAC_N_STEPS && !g_str_equal(steps[step].id, name))
        step++;
    if (!self->has_version)
        return fail(self, error, "\"recipe = %d\" must come before the first section",
            LAC_RECIPE_VERSION);
    if (step == LAC_N_STEPS)
        return fail(self, error, "there is no step [%s]", name);
    if (self->recipe->has[step])
        return fail(self, error, "[%s] is there twice", name);
    if (step < self->step)
        return fail(self, error, "[%s] cannot come after [%s]", name, steps[self->step].id);
    if (step == LAC_STEP_OPEN && self->recipe->has[LAC_STEP_SIMULATE])
        return fail(self, error, "[open] and [simulate] exclude each other");
    self->step = step;
    self->n_keys = 0;
    self->recipe->has[step] = TRUE;
    self->recipe->lines[step] = self->line;
    g_hash_table_remove_all(self->seen);
    return TRUE;
}

static gboolean
parse_version(Parser *self, const char *key, const char *value, GError **error)
{
    guint64 version;
    if (!g_str_equal(key, "recipe"))
        return fail(self, error, "\"%s\" stands before the first section", key);
    if (!g_ascii_string_to_unsigned(value, 10, 1, G_MAXUINT, &version, NULL))
        return fail(self, error, "\"%s\" is no version of a recipe", value);
    if (version > LAC_RECIPE_VERSION)
        return fail(self, error,
            "version %" G_GUINT64_FORMAT " is newer than this program, which knows version %d",
            version, LAC_RECIPE_VERSION);
    self->has_version = TRUE;
    return TRUE;
}

// Presets set all other keys, so they come first.
static gboolean
apply_preset(Parser *self, const char *key, GError **error)
{
    LacRecipe *recipe = self->recipe;
    gboolean is_trace = self->step == LAC_STEP_TRACE && g_str_equal(key, "method");
    gboolean is_preset = g_str_equal(key, "preset") || is_trace;
    if (self->step == LAC_STEP_SIMULATE && g_str_equal(key, "preset")) {
        LacModelKind kind = (LacModelKind) recipe->simulate.model.kind;
        lac_model_params_clear(&recipe->simulate.model);
        lac_model_params_init(&recipe->simulate.model, kind);
    }
    else if (self->step == LAC_STEP_RECONSTRUCT && g_str_equal(key, "preset"))
        lac_recon_params_init(&recipe->reconstruct.params,
            (LacReconPreset) recipe->reconstruct.preset);
    else if (is_trace)
        lac_trace_params_init(&recipe->trace.params, (LacFitMethod) recipe->trace.method);
    return !is_preset || self->n_keys == 0 ||
        fail(self, error, "\"%s\" must be the first key of [%s]", key, steps[self->step].id);
}

static gboolean
parse_key(Parser *self, const char *key, const char *value, GError **error)
{
    LacRecipePart parts[LAC_RECIPE_MAX_PARTS];
    guint n = lac_recipe_get_parts(self->recipe, (LacStep) self->step, parts);
    if (!g_hash_table_add(self->seen, g_strdup(key)))
        return fail(self, error, "\"%s\" is there twice in [%s]", key, steps[self->step].id);
    for (guint p = 0; p < n; p++) {
        const LacSetting *setting = lac_settings_find(parts[p].settings, key);
        g_autoptr(GError) local = NULL;
        if (setting == NULL)
            continue;
        if (!lac_setting_parse(setting, parts[p].params, value, &local))
            return fail(self, error, "%s", local->message);
        if (self->step == LAC_STEP_SIMULATE && p == 0 &&
            !lac_model_uses((LacModelKind) self->recipe->simulate.model.kind, key))
            return fail(self, error, "\"%s\" is not for the preset %s", key,
                lac_model_get_info((LacModelKind) self->recipe->simulate.model.kind)->id);
        if (!apply_preset(self, key, error))
            return FALSE;
        self->n_keys++;
        return TRUE;
    }
    return fail(self, error, "there is no key \"%s\" in [%s]", key, steps[self->step].id);
}

static gboolean
parse_line(Parser *self, char *line, GError **error)
{
    char *comment = strchr(line, '#');
    if (comment != NULL)
        *comment = '\0';
    g_strstrip(line);
    gsize length = strlen(line);
    if (length == 0)
        return TRUE;
    if (line[0] == '[' && line[length - 1] == ']') {
        line[length - 1] = '\0';
        return parse_section(self, g_strstrip(line + 1), error);
    }
    char *equals = strchr(line, '=');
    if (equals == NULL)
        return fail(self, error, "\"%s\" is neither a [section] nor key = value", line);
    *equals = '\0';
    g_strstrip(line);
    char *value = g_strstrip(equals + 1);
    return self->step < 0 ? parse_version(self, line, value, error)
                          : parse_key(self, line, value, error);
}

// What a step needs from the steps before it.
static gboolean
check_order(Parser *self, GError **error)
{
    const gboolean *has = self->recipe->has;
    guint first = 0;
    while (first < LAC_N_STEPS && !has[first])
        first++;
    if (first == LAC_N_STEPS)
        return fail(self, error, "the recipe has no step");
    self->line = self->recipe->lines[first];
    if (first > LAC_STEP_OPEN)
        return fail(self, error, "a recipe begins with [simulate] or [open]");
    if (has[LAC_STEP_OPEN] && self->recipe->open.file == NULL)
        return fail(self, error, "[open] lacks a file");
    static const struct {
        LacStep step, needs;
    } needs[] = { { LAC_STEP_TRACE, LAC_STEP_RECONSTRUCT }, { LAC_STEP_CLASSIFY, LAC_STEP_TRACE },
        { LAC_STEP_REFINE, LAC_STEP_CLASSIFY }, { LAC_STEP_AGAIN, LAC_STEP_REFINE },
        { LAC_STEP_COMPARE, LAC_STEP_TRACE }, { LAC_STEP_ANALYSE, LAC_STEP_TRACE } };
    for (guint i = 0; i < G_N_ELEMENTS(needs); i++) {
        self->line = self->recipe->lines[needs[i].step];
        if (has[needs[i].step] && !has[needs[i].needs])
            return fail(self, error, "[%s] needs [%s] before it", steps[needs[i].step].id,
                steps[needs[i].needs].id);
    }
    return TRUE;
}

/**
 * lac_recipe_parse:
 * @text: a recipe
 * @name: what to call it in messages
 * @error: return location for a #GError
 *
 * Reads lines "key = value" in sections [step]; what follows a # is a comment. The first line that
 * is neither empty nor a comment is "recipe = 1". What is not known is an error that names the
 * line.
 *
 * Returns: (transfer full): the recipe, or %NULL with @error set
 */
LacRecipe *
lac_recipe_parse(const char *text, const char *name, GError **error)
{
    g_autoptr(LacRecipe) self = recipe_new(name);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Parser parser = { .recipe = self, .step = -1, .seen = seen };
    for (char **line = lines; *line != NULL; line++) {
        parser.line++;
        if (!parse_line(&parser, *line, error))
            return NULL;
    }
    return check_order(&parser, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_recipe_load:
 * @path: a file
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the recipe in it, or %NULL with @error set
 */
LacRecipe *
lac_recipe_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    if (length > MAX_BYTES || memchr(text, '\0', length) != NULL ||
        !g_utf8_validate(text, (gssize) length, NULL)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s is no text of a recipe", path);
        return NULL;
    }
    g_autofree char *name = g_path_get_basename(path);
    LacRecipe *self = lac_recipe_parse(text, name, error);
    if (self != NULL)
        self->folder = g_path_get_dirname(path);
    return self;
}
