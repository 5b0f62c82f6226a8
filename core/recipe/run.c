// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/run.h"

#include "core/analysis/analysis.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/recipe/again.h"
#include "core/recipe/progress-part.h"
#include "core/trace/classify.h"

#include <math.h>
#include <string.h>

#define KEY_PREFIX "recipe=sha256:"

typedef struct {
    LacRecipe *recipe;
    const LacRecipeRun *run;
    LacRecipeResult *result;
    LacProject *project;
    LacProgress *progress;   // of the step
    char *keys[LAC_N_STEPS]; // digest of everything that each step depends on
} Runner;

typedef struct {
    LacStep step;
    double share; // of the time, about
    gboolean (*is_there)(const LacProject *project);
    gboolean (*work)(Runner *self, GError **error);
} StepInfo;

static gboolean
has_series(const LacProject *project)
{
    return project->series != NULL;
}

static gboolean
has_denoised(const LacProject *project)
{
    return project->raw_series != NULL;
}

static gboolean
has_volume(const LacProject *project)
{
    return project->recon != NULL;
}

static gboolean
has_atoms(const LacProject *project)
{
    return project->journal != NULL;
}

static gboolean
has_analyses(const LacProject *project)
{
    return project->analyses != NULL;
}

static gboolean
is_never_there(const LacProject *project)
{
    (void) project;
    return FALSE;
}

static gboolean
simulate_step(Runner *self, GError **error)
{
    LacSimulateParams params;
    lac_simulate_params_copy(&self->recipe->simulate, &params);
    char **files[] = { &params.model.file, &params.camera.angle_file };
    for (guint f = 0; f < G_N_ELEMENTS(files); f++) {
        char *file = *files[f];
        *files[f] = file != NULL ? lac_recipe_dup_path(self->recipe, file) : NULL;
        g_free(file);
    }
    g_autoptr(LacProject) made = lac_simulate(&params, self->progress, error);
    lac_simulate_params_clear(&params);
    if (made == NULL)
        return FALSE;
    self->project->series = g_steal_pointer(&made->series);
    self->project->truth = g_steal_pointer(&made->truth);
    return TRUE;
}

// A series of a file with the angles and the pixel that the recipe names.
static LacSeries *
complete_series(const Runner *self, LacSeries *series, GError **error)
{
    const LacOpenParams *params = &self->recipe->open;
    g_autoptr(LacSeries) result = lac_series_ref(series);
    if (params->angles != NULL) {
        gsize n;
        g_autofree char *path = lac_recipe_dup_path(self->recipe, params->angles);
        g_autofree LacAngles *angles = lac_read_angles(path, &n, error);
        LacSeries *with = angles != NULL ? lac_series_with_angles(result, angles, n, error) : NULL;
        if (with == NULL)
            return NULL;
        lac_series_unref(result);
        result = with;
    }
    if (params->pixel_size > 0.0) {
        LacSeries *with = lac_series_copy(result);
        with->pixel_size = params->pixel_size;
        lac_series_unref(result);
        result = with;
    }
    return g_steal_pointer(&result);
}

static gboolean
open_step(Runner *self, GError **error)
{
    g_autofree char *path = lac_recipe_dup_path(self->recipe, self->recipe->open.file);
    g_autoptr(LacSeries) series = NULL;
    lac_progress_message(self->progress, "Reading %s", path);
    if (lac_project_is_project(path)) {
        g_autoptr(LacProject) other = lac_project_load(path, self->progress, error);
        if (other == NULL)
            return FALSE;
        if (other->series == NULL) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s holds no projections", path);
            return FALSE;
        }
        series = lac_series_ref(other->series);
        self->project->truth = g_steal_pointer(&other->truth);
    }
    else {
        series = lac_read_series(path, NULL, self->progress, error);
        if (series == NULL)
            return FALSE;
    }
    self->project->series = complete_series(self, series, error);
    return self->project->series != NULL;
}

static gboolean
denoise_step(Runner *self, GError **error)
{
    g_autoptr(LacSeries) measured = lac_project_dup_measured(self->project);
    g_autoptr(LacDenoised) denoised = lac_denoise_series(measured, &self->recipe->denoise, NULL,
        self->project->strokes, self->progress, error);
    if (denoised == NULL)
        return FALSE;
    g_autoptr(LacSeries) known = lac_denoised_dup_measured(denoised, measured);
    lac_project_set_denoised(self->project, known, denoised->series);
    return TRUE;
}

static gboolean
align_step(Runner *self, GError **error)
{
    LacAlignMethod methods[LAC_ALIGN_MAX_STEPS];
    guint n;
    const char *text = self->recipe->align.methods;
    if (!lac_align_methods_parse(text != NULL ? text : "", methods, &n, error))
        return FALSE;
    g_autoptr(GPtrArray) done = lac_align_run_all(self->project->series, methods, n,
        &self->recipe->align.params, self->progress, error);
    if (done == NULL)
        return FALSE;
    if (done->len > 0) {
        const LacAlignment *last = done->pdata[done->len - 1];
        lac_series_unref(self->project->series);
        self->project->series = lac_series_ref(last->after);
    }
    return TRUE;
}

static gboolean
reconstruct_step(Runner *self, GError **error)
{
    self->project->recon = lac_recon_run(self->project->series, &self->recipe->reconstruct.params,
        self->project->mask, NULL, NULL, self->progress, error);
    return self->project->recon != NULL;
}

static gboolean
keep_atoms(Runner *self, LacAtoms *atoms)
{
    if (atoms == NULL)
        return FALSE;
    g_clear_pointer(&self->project->journal, lac_journal_free);
    self->project->journal = lac_journal_new(atoms);
    return TRUE;
}

static gboolean
trace_step(Runner *self, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_trace(self->project->recon->volume, self->project->mask,
        &self->recipe->trace.params, self->progress, error);
    return keep_atoms(self, atoms);
}

static char **
split_species(const LacClassifyStep *step)
{
    char **species = g_strsplit(step->species != NULL ? step->species : "1", ",", -1);
    for (char **name = species; *name != NULL; name++)
        g_strstrip(*name);
    return species;
}

static void
set_classify_params(const LacClassifyStep *step, char **species, LacClassifyParams *params)
{
    lac_classify_params_init(params);
    params->species = (const char *const *) species;
    params->radius = step->radius;
    params->drop_non_atoms = step->drop_non_atoms;
    params->local = step->local;
    params->local_radius = step->local_radius;
}

static gboolean
classify_step(Runner *self, GError **error)
{
    g_auto(GStrv) species = split_species(&self->recipe->classify);
    LacClassifyParams params;
    LacClassifyReport report;
    set_classify_params(&self->recipe->classify, species, &params);
    g_autoptr(LacAtoms) peaks = lac_atoms_ref(lac_journal_get_atoms(self->project->journal));
    g_autoptr(LacAtoms) atoms =
        lac_classify(peaks, self->project->recon->volume, &params, &report, self->progress, error);
    return keep_atoms(self, atoms);
}

// Shifts and angles of the projections, where they were refined, and what the report tells.
static void
take_refinement(Runner *self, const LacRefinement *refined)
{
    LacStepReport *report = &self->result->steps[self->result->n_steps];
    report->r1 = refined->r1_after;
    if (refined->series == NULL)
        return;
    report->rms_moved = refined->rms_moved;
    report->rms_turned = refined->rms_turned;
    report->rms_gain = refined->rms_gain;
    lac_project_take_refined(self->project, refined->series);
}

static gboolean
refine_step(Runner *self, GError **error)
{
    g_autoptr(LacSeries) measured = lac_project_dup_measured(self->project);
    g_autoptr(LacRefinement) refined = lac_refine(lac_journal_get_atoms(self->project->journal),
        measured, &self->recipe->refine, self->progress, error);
    if (refined == NULL)
        return FALSE;
    take_refinement(self, refined);
    return keep_atoms(self, refined->atoms);
}

static gboolean
again_step(Runner *self, GError **error)
{
    LacRecipe *recipe = self->recipe;
    g_autoptr(LacSeries) measured = lac_project_dup_measured(self->project);
    g_auto(GStrv) species = split_species(&recipe->classify);
    LacClassifyParams classify;
    set_classify_params(&recipe->classify, species, &classify);
    const LacAgainParams params = {
        .n_rounds = recipe->again.n_rounds,
        .recon = &recipe->reconstruct.params,
        .mask = self->project->mask,
        .trace = recipe->again.trace ? &recipe->trace.params : NULL,
        .trace_mask = self->project->mask,
        .classify = &classify,
        .refine = &recipe->refine,
    };
    g_autoptr(LacAgain) again =
        lac_again_run(self->project->series, measured, &params, self->progress, error);
    if (again == NULL)
        return FALSE;
    lac_recon_unref(self->project->recon);
    self->project->recon = lac_recon_ref(again->recon);
    if (again->refinement != NULL)
        take_refinement(self, again->refinement);
    return again->atoms == NULL || keep_atoms(self, again->atoms);
}

static gboolean
compare_step(Runner *self, GError **error)
{
    const LacCompareStep *step = &self->recipe->compare;
    if (step->truth != NULL) {
        g_autofree char *path = lac_recipe_dup_path(self->recipe, step->truth);
        g_autoptr(LacAtoms) atoms = lac_read_atoms(path, self->progress, error);
        if (atoms == NULL)
            return FALSE;
        g_clear_pointer(&self->project->truth, lac_truth_unref);
        self->project->truth = lac_truth_new(atoms);
    }
    const LacTruth *truth = self->project->truth;
    if (truth == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Line %u of %s: [compare] has no known atoms: name a file with truth",
            self->recipe->lines[LAC_STEP_COMPARE], self->recipe->name);
        return FALSE;
    }
    LacMatchParams params;
    lac_match_params_init(&params);
    params.cutoff = step->cutoff;
    params.align = (LacAlign) step->align;
    LacAtoms *model = lac_journal_get_atoms(self->project->journal);
    self->result->match = lac_match(model, truth->atoms, &params, self->progress, error);
    if (self->result->match == NULL)
        return FALSE;
    self->result->score = lac_score_new(truth, model, self->result->match);
    return TRUE;
}

static gboolean
analyse_step(Runner *self, GError **error)
{
    guint64 wanted;
    LacAnalysisParams params;
    const char *names = self->recipe->analyse.names;
    lac_analysis_params_init(&params);
    if (!lac_analysis_parse(names != NULL ? names : "all", &wanted, error))
        return FALSE;
    g_autoptr(LacAnalysis) analysis =
        lac_analysis_run(lac_journal_get_atoms(self->project->journal),
            self->project->recon->volume, &params, wanted, NULL, self->progress, error);
    if (analysis == NULL)
        return FALSE;
    self->project->analyses = lac_analysis_report(analysis, wanted, TRUE);
    lac_analysis_add_digests(analysis, self->project->analyses);
    return TRUE;
}

// In the order of LacStep.
static const StepInfo infos[LAC_N_STEPS] = {
    { LAC_STEP_SIMULATE, 0.1, has_series, simulate_step },
    { LAC_STEP_OPEN, 0.1, has_series, open_step },
    { LAC_STEP_DENOISE, 0.4, has_denoised, denoise_step },
    { LAC_STEP_ALIGN, 2.0, has_series, align_step },
    { LAC_STEP_RECONSTRUCT, 0.7, has_volume, reconstruct_step },
    { LAC_STEP_TRACE, 0.15, has_atoms, trace_step },
    { LAC_STEP_CLASSIFY, 0.1, has_atoms, classify_step },
    { LAC_STEP_REFINE, 0.5, has_atoms, refine_step },
    { LAC_STEP_AGAIN, 1.4, has_atoms, again_step },
    { LAC_STEP_COMPARE, 0.05, is_never_there, compare_step },
    { LAC_STEP_ANALYSE, 0.3, has_analyses, analyse_step },
};

static gboolean
add_file(const Runner *self, GChecksum *checksum, const char *file, GError **error)
{
    g_autofree char *path = file != NULL ? lac_recipe_dup_path(self->recipe, file) : NULL;
    if (path == NULL)
        return TRUE;
    // What follows the last colon may name what is inside.
    char *colon = strrchr(path, ':');
    if (!g_file_test(path, G_FILE_TEST_EXISTS) && colon != NULL)
        *colon = '\0';
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return TRUE; // a folder of images: its name has to do
    g_autoptr(GMappedFile) mapped = g_mapped_file_new(path, FALSE, error);
    if (mapped == NULL)
        return FALSE;
    const guchar *bytes = (const guchar *) g_mapped_file_get_contents(mapped);
    gsize n = g_mapped_file_get_length(mapped);
    for (gsize at = 0; at < n; at += G_MAXINT32)
        g_checksum_update(checksum, bytes + at, (gssize) MIN(n - at, G_MAXINT32));
    return TRUE;
}

// The key of a step is a digest of the key before it, its parameters and the files it reads.
static char *
make_key(const Runner *self, LacStep step, const char *before, GError **error)
{
    LacRecipe *recipe = self->recipe;
    g_autofree char *parameters = lac_recipe_dup_parameters(recipe, step);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *const texts[] = { before, lac_step_get_id(step), LAC_VERSION, parameters };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_checksum_update(checksum, (const guchar *) texts[i], (gssize) strlen(texts[i]) + 1);
    const char *const files[] = { step == LAC_STEP_SIMULATE ? recipe->simulate.model.file : NULL,
        step == LAC_STEP_SIMULATE ? recipe->simulate.camera.angle_file : NULL,
        step == LAC_STEP_OPEN ? recipe->open.file : NULL,
        step == LAC_STEP_OPEN ? recipe->open.angles : NULL };
    for (guint f = 0; f < G_N_ELEMENTS(files); f++)
        if (!add_file(self, checksum, files[f], error))
            return NULL;
    return g_strdup(g_checksum_get_string(checksum));
}

static gboolean
make_keys(Runner *self, GError **error)
{
    const char *before = "";
    for (guint s = 0; s < LAC_N_STEPS; s++) {
        if (!self->recipe->has[s])
            continue;
        self->keys[s] = make_key(self, (LacStep) s, before, error);
        if (self->keys[s] == NULL)
            return FALSE;
        before = self->keys[s];
    }
    return TRUE;
}

// Was the newest step of this name done with this key?
static gboolean
was_done(const Runner *self, LacStep step)
{
    for (guint i = self->project->provenance->len; i-- > 0;) {
        const LacProvenance *done = self->project->provenance->pdata[i];
        if (!g_str_equal(done->name, lac_step_get_id(step)))
            continue;
        return g_str_has_prefix(done->inputs, KEY_PREFIX) &&
            g_str_has_prefix(done->inputs + strlen(KEY_PREFIX), self->keys[step]);
    }
    return FALSE;
}

// Are the projections in the project as the atoms have turned them?
static gboolean
has_refined_poses(const Runner *self)
{
    for (guint i = self->project->provenance->len; i-- > 0;) {
        const LacProvenance *done = self->project->provenance->pdata[i];
        if (g_str_equal(done->name, lac_step_get_id(LAC_STEP_REFINE)))
            return strstr(done->parameters, "poses=shifts") != NULL ||
                strstr(done->parameters, "poses=all") != NULL;
    }
    return FALSE;
}

// Has a second round that this recipe does not want, or wants otherwise, replaced what came before?
static gboolean
has_other_round(const Runner *self)
{
    for (guint i = self->project->provenance->len; i-- > 0;) {
        const LacProvenance *done = self->project->provenance->pdata[i];
        if (g_str_equal(done->name, lac_step_get_id(LAC_STEP_AGAIN)))
            return !self->recipe->has[LAC_STEP_AGAIN] || !was_done(self, LAC_STEP_AGAIN);
        if (g_str_equal(done->name, lac_step_get_id(LAC_STEP_REFINE)))
            return FALSE;
    }
    return FALSE;
}

// The first step that has to be done. What was measured, before it was denoised and aligned, is
// taken from the source again, and the peaks, before they were classified and refined, are traced.
static guint
find_first(const Runner *self)
{
    const gboolean *has = self->recipe->has;
    guint first = 0;
    while (first < LAC_N_STEPS &&
        (!has[first] || first == LAC_STEP_COMPARE ||
            (infos[first].is_there(self->project) && was_done(self, (LacStep) first))))
        first++;
    const gboolean is_turned =
        (first <= LAC_STEP_REFINE && has_refined_poses(self)) || has_other_round(self);
    if (first > LAC_STEP_OPEN && (first < LAC_STEP_RECONSTRUCT || is_turned))
        first = has[LAC_STEP_SIMULATE] ? LAC_STEP_SIMULATE : LAC_STEP_OPEN;
    else if (first > LAC_STEP_TRACE && first <= LAC_STEP_REFINE)
        first = LAC_STEP_TRACE;
    return first;
}

// What a step makes and those after it made goes.
static gboolean
forget(Runner *self, LacStep step, GError **error)
{
    LacProject *project = self->project;
    if (step <= LAC_STEP_AGAIN && project->journal != NULL &&
        lac_journal_get_length(project->journal) > 0 && !self->run->overwrite) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s holds corrections of atoms by hand, which [%s] would replace: name another file, "
            "or allow it with --overwrite",
            self->run->output, lac_step_get_id(step));
        return FALSE;
    }
    if (step == LAC_STEP_COMPARE)
        return TRUE;
    g_clear_pointer(&project->analyses, lac_report_unref);
    if (step <= LAC_STEP_OPEN) {
        g_clear_pointer(&project->series, lac_series_unref);
        g_clear_pointer(&project->raw_series, lac_series_unref);
        g_clear_pointer(&project->truth, lac_truth_unref);
        g_clear_pointer(&project->mask, lac_volume_unref);
    }
    if (step <= LAC_STEP_RECONSTRUCT)
        g_clear_pointer(&project->recon, lac_recon_unref);
    if (step <= LAC_STEP_TRACE)
        g_clear_pointer(&project->journal, lac_journal_free);
    return TRUE;
}

static gboolean
do_step(Runner *self, LacStep step, GError **error)
{
    if (!forget(self, step, error) || !infos[step].work(self, error))
        return FALSE;
    if (step == LAC_STEP_COMPARE)
        return TRUE;
    g_autofree char *digests = lac_project_dup_digests(self->project);
    g_autofree char *parameters = lac_recipe_dup_parameters(self->recipe, step);
    g_autofree char *inputs = g_strconcat(KEY_PREFIX, self->keys[step], "\n", digests, NULL);
    lac_project_add_provenance(self->project, lac_step_get_id(step), parameters, inputs);
    return lac_project_save(self->project, self->run->output, NULL, error);
}

static gboolean
run_step(Runner *self, LacStep step, gboolean is_kept, LacProgressPart *part, GError **error)
{
    LacStepReport *report = &self->result->steps[self->result->n_steps];
    gint64 start = g_get_monotonic_time();
    *report = (LacStepReport){ .step = step,
        .is_kept = is_kept,
        .r1 = (double) NAN,
        .rms_moved = (double) NAN,
        .rms_turned = (double) NAN,
        .rms_gain = (double) NAN };
    self->progress = part->progress;
    if (!is_kept && !do_step(self, step, error))
        return FALSE;
    report->seconds = (double) (g_get_monotonic_time() - start) * 1e-6;
    self->result->n_steps++;
    if (self->run->notify != NULL)
        self->run->notify(report, self->result, self->run->data);
    return lac_progress_update(part->progress, 1.0, error);
}

static LacProject *
open_project(const LacRecipeRun *run, GError **error)
{
    if (!g_file_test(run->output, G_FILE_TEST_EXISTS))
        return lac_project_new();
    if (lac_project_is_project(run->output))
        return lac_project_load(run->output, NULL, error);
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "%s is there and is no Lacuna project: name another file", run->output);
    return NULL;
}

/**
 * lac_recipe_run:
 * @recipe: what to do
 * @run: where to, and who is told
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Does the steps in their order and saves the project after each. A step that the project holds
 * already, made with the same parameters from the same inputs by the same version, is kept, and so
 * are the corrections made after it by hand; the first step that differs is done again, and all
 * after it. When cancelled the file holds the steps that were done.
 *
 * Returns: (transfer full): what came out, or %NULL with @error set
 */
LacRecipeResult *
lac_recipe_run(LacRecipe *recipe, const LacRecipeRun *run, LacProgress *progress, GError **error)
{
    double total = 0.0, done = 0.0;
    g_autoptr(LacRecipeResult) result = g_new0(LacRecipeResult, 1);
    result->project = open_project(run, error);
    if (result->project == NULL)
        return NULL;
    Runner self = { .recipe = recipe, .run = run, .result = result, .project = result->project };
    for (guint s = 0; s < LAC_N_STEPS; s++)
        total += recipe->has[s] ? infos[s].share : 0.0;
    gboolean good = make_keys(&self, error);
    guint first = good ? find_first(&self) : 0;
    for (guint s = 0; s < LAC_N_STEPS && good; s++) {
        g_auto(LacProgressPart) part = { 0 };
        if (!recipe->has[s])
            continue;
        lac_progress_part_begin(&part, progress, done / total, (done + infos[s].share) / total);
        good = run_step(&self, (LacStep) s, s < first && s != LAC_STEP_COMPARE, &part, error);
        done += infos[s].share;
    }
    for (guint s = 0; s < LAC_N_STEPS; s++)
        g_free(self.keys[s]);
    return good ? g_steal_pointer(&result) : NULL;
}

/**
 * lac_recipe_result_free:
 * @self: (nullable) (transfer full): a result
 */
void
lac_recipe_result_free(LacRecipeResult *self)
{
    if (self == NULL)
        return;
    lac_project_free(self->project);
    lac_match_free(self->match);
    lac_score_free(self->score);
    g_free(self);
}
