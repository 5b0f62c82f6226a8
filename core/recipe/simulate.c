// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/simulate.h"

#include "core/io/io.h"
#include "core/recipe/progress-part.h"

/**
 * lac_simulate_params_init:
 * @params: (out caller-allocates): receives the defaults; lac_simulate_params_clear() when done
 * @kind: of particle
 */
void
lac_simulate_params_init(LacSimulateParams *params, LacModelKind kind)
{
    lac_model_params_init(&params->model, kind);
    lac_camera_params_init(&params->camera);
    params->keep_volume = FALSE;
}

/**
 * lac_simulate_params_copy:
 * @params: what to copy
 * @copy: (out caller-allocates): receives it; lac_simulate_params_clear() when done
 */
void
lac_simulate_params_copy(const LacSimulateParams *params, LacSimulateParams *copy)
{
    lac_model_params_copy(&params->model, &copy->model);
    lac_camera_params_copy(&params->camera, &copy->camera);
    copy->keep_volume = params->keep_volume;
}

/**
 * lac_simulate_params_clear:
 * @params: parameters; their texts are freed
 */
void
lac_simulate_params_clear(LacSimulateParams *params)
{
    lac_model_params_clear(&params->model);
    lac_camera_params_clear(&params->camera);
}

/**
 * lac_simulate_params_dup_text:
 * @params: parameters
 *
 * Returns: (transfer full): lines "key=value" of what matters for the kind of particle
 */
char *
lac_simulate_params_dup_text(const LacSimulateParams *params)
{
    GString *text = g_string_new(NULL);
    LacSettings model = lac_model_settings();
    for (gsize i = 0; i < model.n; i++) {
        const LacSetting *setting = &model.settings[i];
        if (!lac_model_uses((LacModelKind) params->model.kind, setting->key))
            continue;
        g_autofree char *value = lac_setting_dup_text(setting, &params->model);
        g_string_append_printf(text, "%s=%s\n", setting->key, value);
    }
    g_autofree char *camera = lac_settings_dup_text(lac_camera_settings(), &params->camera);
    g_string_append(text, camera);
    g_string_append_printf(text, "keep-volume=%s\n", params->keep_volume ? "yes" : "no");
    return g_string_free(text, FALSE);
}

static LacTruth *
make_particle(const LacSimulateParams *params, LacProgress *whole, GError **error)
{
    g_auto(LacProgressPart) part = { 0 };
    lac_progress_part_begin(&part, whole, 0.0, 0.5);
    g_autoptr(LacAtoms) atoms = NULL;
    if (params->model.kind == LAC_MODEL_FILE && params->model.file != NULL) {
        atoms = lac_read_atoms(params->model.file, part.progress, error);
        if (atoms == NULL)
            return NULL;
    }
    return lac_model_build(&params->model, atoms, part.progress, error);
}

static LacSeries *
take_images(const LacSimulateParams *params, const LacTruth *truth, LacTruth **known,
    LacProgress *whole, GError **error)
{
    g_auto(LacProgressPart) part = { 0 };
    g_autofree LacAngles *angles = NULL;
    LacCameraAngles given = { 0 };
    lac_progress_part_begin(&part, whole, 0.5, params->keep_volume ? 0.8 : 1.0);
    if (params->camera.angle_file != NULL) {
        angles = lac_read_angles(params->camera.angle_file, &given.n, error);
        if (angles == NULL)
            return NULL;
        given.angles = angles;
    }
    return lac_camera_take(truth, &params->camera, given, known, part.progress, error);
}

static gboolean
keep_volume(const LacSimulateParams *params, const LacSeries *series, LacTruth *truth,
    LacProgress *whole, GError **error)
{
    g_auto(LacProgressPart) part = { 0 };
    if (!params->keep_volume)
        return TRUE;
    lac_progress_part_begin(&part, whole, 0.8, 1.0);
    truth->volume = lac_camera_draw_volume(truth, &params->camera, series, part.progress, error);
    return truth->volume != NULL;
}

/**
 * lac_simulate:
 * @params: the particle and how it is imaged
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Makes a particle and takes its images. Reads the atoms and the angles from files where the
 * parameters name some.
 *
 * Returns: (transfer full): a project with the series, the truth and one step of provenance, or
 *   %NULL with @error set
 */
LacProject *
lac_simulate(const LacSimulateParams *params, LacProgress *progress, GError **error)
{
    g_autoptr(LacTruth) truth = make_particle(params, progress, error);
    if (truth == NULL)
        return NULL;
    g_autoptr(LacTruth) known = NULL;
    g_autoptr(LacSeries) series = take_images(params, truth, &known, progress, error);
    if (series == NULL || !keep_volume(params, series, known, progress, error) ||
        !lac_progress_update(progress, 1.0, error))
        return NULL;
    const LacModelInfo *info = lac_model_get_info((LacModelKind) params->model.kind);
    g_free(series->name);
    series->name = g_strdup_printf("Simulated: %s", info->title);
    LacProject *project = lac_project_new();
    project->series = g_steal_pointer(&series);
    project->truth = g_steal_pointer(&known);
    g_autofree char *parameters = lac_simulate_params_dup_text(params);
    lac_project_add_provenance(project, "simulate", parameters, "");
    return project;
}
