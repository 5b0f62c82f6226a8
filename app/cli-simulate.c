// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-settings.h"
#include "app/cli.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/recipe/simulate.h"
#include "core/synth/synth.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define EXAMPLE "example" // the preset that the window opens

// The options of the verb.
typedef struct {
    char *output, *volume_file;
    gboolean keep_volume;
    LacCliSettings model, camera;
    LacSimulateParams defaults;
} Options;

static void
clear_options(Options *options)
{
    g_free(options->output);
    g_free(options->volume_file);
    lac_cli_settings_clear(&options->model);
    lac_cli_settings_clear(&options->camera);
    lac_simulate_params_clear(&options->defaults);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse(LacCli *cli, Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry own[] = {
        { "volume", 0, 0, G_OPTION_ARG_FILENAME, &options->volume_file,
            "Also write the volume the images are made of", "FILE" },
        { "keep-volume", 0, 0, G_OPTION_ARG_NONE, &options->keep_volume,
            "Keep that volume in the project, with what else is known", NULL },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
            "Project (.lacuna), or images (.mrc, ...) with angles (.tlt) and atoms (.xyz) beside",
            "FILE" },
    };
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    lac_cli_settings_init(&options->model, lac_model_settings(), &options->defaults.model);
    lac_cli_settings_init(&options->camera, lac_camera_settings(), &options->defaults.camera);
    lac_cli_settings_add(&options->model, entries);
    lac_cli_settings_add(&options->camera, entries);
    if (!lac_cli_parse(cli,
            "-o FILE - simulates a particle and its tilt series\n\n"
            "Without --preset it makes the small built-in example, of which --atoms, --size, "
            "--tilts,\n--dose (counts in the brightest pixel) and --seed can be chosen.",
            (const GOptionEntry *) (gconstpointer) entries->data, &argc, &argv, error))
        return FALSE;
    if (options->output != NULL)
        return TRUE;
    g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "-o FILE is missing");
    return FALSE;
}

// What the example knows of the options.
typedef struct {
    guint n_atoms, size, n_tilts;
    double dose;
    guint64 seed;
} ExampleOptions;

#define AT(member) G_STRUCT_OFFSET(ExampleOptions, member)

static const LacSetting example_settings[] = {
    { "atoms", "Atoms", NULL, "", LAC_SETTING_UINT, 0, G_MAXINT, AT(n_atoms), NULL },
    { "size", "Size", "pixel", "", LAC_SETTING_UINT, 0, G_MAXINT, AT(size), NULL },
    { "tilts", "Tilts", NULL, "", LAC_SETTING_UINT, 0, G_MAXINT, AT(n_tilts), NULL },
    { "dose", "Dose", "counts", "", LAC_SETTING_DOUBLE, 0, 1e12, AT(dose), NULL },
    { "seed", "Seed", NULL, "", LAC_SETTING_UINT64, 0, 0x1p63, AT(seed), NULL },
};

static gboolean
read_example_options(const LacCliSettings *given, ExampleOptions *example, GError **error)
{
    LacSettings table = { example_settings, G_N_ELEMENTS(example_settings) };
    for (gsize i = 0; i < given->table.n; i++) {
        const char *key = given->table.settings[i].key;
        const LacSetting *setting = lac_settings_find(table, key);
        if (given->texts[i] == NULL || g_str_equal(key, "preset"))
            continue;
        if (setting == NULL) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "--%s is not for the example: choose a --preset, such as zr-zro2", key);
            return FALSE;
        }
        if (!lac_setting_parse(setting, example, given->texts[i], error)) {
            g_prefix_error(error, "--");
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
fill_example(const Options *options, LacSynthParams *params, GError **error)
{
    lac_synth_params_init(params);
    ExampleOptions example = { .dose = params->dose, .seed = params->seed };
    if (!read_example_options(&options->model, &example, error) ||
        !read_example_options(&options->camera, &example, error))
        return FALSE;
    if (example.n_atoms > 0) {
        // The example's frame, grown with the particle.
        double scale = cbrt((double) example.n_atoms / params->n_atoms);
        params->n_atoms = example.n_atoms;
        params->size = MAX(params->size, 2 * (gsize) ceil((double) params->size * scale / 2.0));
    }
    if (example.size > 0)
        params->size = example.size;
    if (example.n_tilts > 0)
        params->n_tilts = example.n_tilts;
    params->dose = example.dose;
    params->seed = example.seed;
    return TRUE;
}

static LacProject *
make_example(const LacSynthParams *params, LacProgress *progress, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_synth_particle(params, error);
    LacSeries *series = atoms != NULL ? lac_synth_series(atoms, params, progress, error) : NULL;
    if (series == NULL)
        return NULL;
    LacProject *project = lac_project_new();
    g_autofree char *parameters =
        g_strdup_printf("preset=" EXAMPLE "\natoms=%u\nsize=%" G_GSIZE_FORMAT
                        "\ntilts=%u\nmax_tilt=%g\n"
                        "voxel_size=%g\nsigma=%g\ndose=%g\nseed=%" G_GUINT64_FORMAT "\n",
            params->n_atoms, params->size, params->n_tilts, params->max_tilt, params->voxel_size,
            params->sigma, params->dose, params->seed);
    project->series = series;
    project->truth = lac_truth_new(atoms);
    lac_project_add_provenance(project, "simulate", parameters, "");
    return project;
}

static char *
file_beside(const char *path, const char *suffix)
{
    const char *name = strrchr(path, '/'), *dot = strrchr(name != NULL ? name : path, '.');
    gsize length = dot != NULL ? (gsize) (dot - path) : strlen(path);
    return g_strdup_printf("%.*s%s", (int) length, path, suffix);
}

static gboolean
write_angles(const LacSeries *series, const char *path, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean is_single = lac_series_is_single_axis(series);
    for (gsize k = 0; k < series->n; k++) {
        const LacAngles *a = &series->angles[k];
        if (is_single)
            g_string_append_printf(text, "%9.4f\n", a->theta);
        else
            g_string_append_printf(text, "%9.4f %9.4f %9.4f\n", a->phi, a->theta, a->psi);
    }
    return g_file_set_contents(path, text->str, (gssize) text->len, error);
}

static gboolean
write_files(const Options *options, const LacProject *project, LacProgress *progress,
    GError **error)
{
    g_autofree char *angles = file_beside(options->output, ".tlt");
    g_autofree char *model = file_beside(options->output, ".xyz");
    return lac_write_series(project->series, options->output, progress, error) &&
        write_angles(project->series, angles, error) &&
        lac_write_atoms(project->truth->atoms, model, error);
}

static gboolean
write_output(const Options *options, const LacProject *project, LacProgress *progress,
    GError **error)
{
    if (g_str_has_suffix(options->output, ".lacuna"))
        return lac_project_save(project, options->output, progress, error);
    return write_files(options, project, progress, error);
}

static void
add_integer(JsonBuilder *builder, const char *key, gsize value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_int_value(builder, (gint64) value);
}

static void
add_real(JsonBuilder *builder, const char *key, double value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_double_value(builder, value);
}

static void
print_result(const LacCli *cli, const Options *options, const LacProject *project, double dose,
    guint64 seed)
{
    const LacSeries *series = project->series;
    const LacTruth *truth = project->truth;
    if (!cli->json) {
        printf("%s: %" G_GSIZE_FORMAT " atoms, %u vacancies, %u pores; %" G_GSIZE_FORMAT
               " projections of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " pixels of %g Å\n",
            options->output, truth->atoms->n, truth->vacancies->len, truth->pores->len, series->n,
            series->nu, series->nv, series->pixel_size);
        return;
    }
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "output");
    json_builder_add_string_value(builder, options->output);
    add_integer(builder, "atoms", truth->atoms->n);
    add_integer(builder, "faint_atoms", truth->faint != NULL ? truth->faint->n : 0);
    add_integer(builder, "vacancies", truth->vacancies->len);
    add_integer(builder, "pores", truth->pores->len);
    add_integer(builder, "size", series->nu);
    add_integer(builder, "tilts", series->n);
    add_integer(builder, "seed", (gsize) seed);
    double max_tilt = 0.0;
    for (gsize k = 0; k < series->n; k++)
        max_tilt = MAX(max_tilt, fabs(series->angles[k].theta));
    add_real(builder, "max_tilt_deg", max_tilt);
    add_real(builder, "voxel_size", series->pixel_size);
    add_real(builder, "dose", dose);
    json_builder_end_object(builder);
    lac_cli_print_json(builder);
}

static gboolean
run_example(LacCli *cli, const Options *options, GError **error)
{
    LacSynthParams params;
    if (!fill_example(options, &params, error))
        return FALSE;
    g_autoptr(LacProject) project = make_example(&params, cli->progress, error);
    if (project == NULL)
        return FALSE;
    if (options->keep_volume || options->volume_file != NULL) {
        g_autoptr(LacVolume) volume =
            lac_synth_volume(project->truth->atoms, &params, cli->progress, error);
        if (volume == NULL ||
            (options->volume_file != NULL &&
                !lac_write_volume(volume, options->volume_file, cli->progress, error)))
            return FALSE;
        if (options->keep_volume)
            project->truth->volume = g_steal_pointer(&volume);
    }
    if (!write_output(options, project, cli->progress, error))
        return FALSE;
    print_result(cli, options, project, params.dose, params.seed);
    return TRUE;
}

static gboolean
fill_params(const Options *options, LacSimulateParams *params, GError **error)
{
    // A file of atoms needs no preset beside it.
    const char *preset = lac_cli_settings_get(&options->model, "preset");
    gboolean has_file = lac_cli_settings_get(&options->model, "model") != NULL;
    LacSettings table = lac_model_settings();
    if (preset != NULL &&
        !lac_setting_parse(lac_settings_find(table, "preset"), &params->model, preset, error)) {
        g_prefix_error(error, "--");
        return FALSE;
    }
    LacModelKind kind =
        has_file && preset == NULL ? LAC_MODEL_FILE : (LacModelKind) params->model.kind;
    lac_simulate_params_clear(params);
    lac_simulate_params_init(params, kind);
    params->keep_volume = options->keep_volume || options->volume_file != NULL;
    if (!lac_cli_settings_apply(&options->model, &params->model, error))
        return FALSE;
    params->camera.seed = params->model.seed;
    for (gsize i = 0; i < table.n; i++)
        if (options->model.texts[i] != NULL && !lac_model_uses(kind, table.settings[i].key)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--%s is not for the preset %s",
                table.settings[i].key, lac_model_get_info(kind)->id);
            return FALSE;
        }
    return lac_cli_settings_apply(&options->camera, &params->camera, error);
}

static gboolean
run_simulate(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) options = { 0 };
    lac_simulate_params_init(&options.defaults, LAC_MODEL_ZR_ZRO2);
    if (!parse(cli, &options, argc, argv, error))
        return FALSE;
    const char *preset = lac_cli_settings_get(&options.model, "preset");
    if (preset == NULL ? lac_cli_settings_get(&options.model, "model") == NULL
                       : g_str_equal(preset, EXAMPLE))
        return run_example(cli, &options, error);
    g_auto(LacSimulateParams) params = { 0 };
    lac_simulate_params_init(&params, LAC_MODEL_ZR_ZRO2);
    if (!fill_params(&options, &params, error))
        return FALSE;
    g_autoptr(LacProject) project = lac_simulate(&params, cli->progress, error);
    if (project == NULL)
        return FALSE;
    if (options.volume_file != NULL &&
        !lac_write_volume(project->truth->volume, options.volume_file, cli->progress, error))
        return FALSE;
    if (!options.keep_volume)
        g_clear_pointer(&project->truth->volume, lac_volume_unref);
    if (!write_output(&options, project, cli->progress, error))
        return FALSE;
    print_result(cli, &options, project, params.camera.dose, params.model.seed);
    return TRUE;
}

const LacCliVerb lac_cli_simulate = {
    .name = "simulate",
    .summary = "Simulate a particle of known atoms and its tilt series",
    .run = run_simulate,
};
