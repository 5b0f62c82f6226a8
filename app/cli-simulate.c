// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/project/project.h"
#include "core/synth/synth.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// The options of the verb; 0 stands for "not given" where it is no value.
typedef struct {
    char *preset, *output, *volume_file;
    int n_atoms, size, n_tilts;
    double dose;
    gint64 seed;
} Options;

static void
clear_options(Options *options)
{
    g_free(options->preset);
    g_free(options->output);
    g_free(options->volume_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse(LacCli *cli, Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "preset", 0, 0, G_OPTION_ARG_STRING, &options->preset, "What to simulate: zr-zro2",
            "NAME" },
        { "atoms", 0, 0, G_OPTION_ARG_INT, &options->n_atoms, "About how many atoms (1000)", "N" },
        { "size", 0, 0, G_OPTION_ARG_INT, &options->size,
            "Edge of the images [pixel] (96, and more for more atoms)", "PX" },
        { "tilts", 0, 0, G_OPTION_ARG_INT, &options->n_tilts, "Number of tilts over ±70° (41)",
            "N" },
        { "dose", 0, 0, G_OPTION_ARG_DOUBLE, &options->dose,
            "Counts in the brightest pixel; 0: no noise (2000)", "D" },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "Another seed, another particle (1)",
            "S" },
        { "volume", 0, 0, G_OPTION_ARG_FILENAME, &options->volume_file,
            "Also write the volume the images are made of", "FILE" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
            "Project (.lacuna), or images (.mrc, ...) with angles (.tlt) and atoms (.xyz) beside",
            "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "-o FILE - simulates a particle and its tilt series", entries, &argc,
            &argv, error))
        return FALSE;
    if (argc > 1)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "\"%s\" is one argument too many",
            argv[1]);
    else if (options->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "-o FILE is missing");
    else if (options->preset != NULL && !g_str_equal(options->preset, "zr-zro2"))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--preset %s is not known; zr-zro2 is",
            options->preset);
    else if (options->n_atoms < 0 || options->size < 0 || options->n_tilts < 0 || options->seed < 0)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--atoms, --size, --tilts and --seed may not be negative");
    else
        return TRUE;
    return FALSE;
}

static void
fill_params(const Options *options, LacSynthParams *params)
{
    lac_synth_params_init(params);
    if (options->n_atoms > 0) {
        // The example's frame, grown with the particle.
        double scale = cbrt((double) options->n_atoms / params->n_atoms);
        params->n_atoms = (guint) options->n_atoms;
        params->size = MAX(params->size, 2 * (gsize) ceil((double) params->size * scale / 2.0));
    }
    if (options->size > 0)
        params->size = (gsize) options->size;
    if (options->n_tilts > 0)
        params->n_tilts = (guint) options->n_tilts;
    params->dose = options->dose;
    params->seed = (guint64) options->seed;
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
    for (gsize k = 0; k < series->n; k++)
        g_string_append_printf(text, "%9.4f\n", series->angles[k].theta);
    return g_file_set_contents(path, text->str, (gssize) text->len, error);
}

static gboolean
write_project(const Options *options, const LacSynthParams *params, LacAtoms *atoms,
    LacSeries *series, LacProgress *progress, GError **error)
{
    g_autoptr(LacProject) project = lac_project_new();
    g_autofree char *parameters =
        g_strdup_printf("preset=zr-zro2\natoms=%u\nsize=%" G_GSIZE_FORMAT
                        "\ntilts=%u\nmax_tilt=%g\n"
                        "voxel_size=%g\nsigma=%g\ndose=%g\nseed=%" G_GUINT64_FORMAT "\n",
            params->n_atoms, params->size, params->n_tilts, params->max_tilt, params->voxel_size,
            params->sigma, params->dose, params->seed);
    project->series = lac_series_ref(series);
    project->truth = lac_truth_new(atoms);
    lac_project_add_provenance(project, "simulate", parameters, "");
    return lac_project_save(project, options->output, progress, error);
}

static gboolean
write_files(const Options *options, const LacAtoms *atoms, const LacSeries *series,
    LacProgress *progress, GError **error)
{
    g_autofree char *angles = file_beside(options->output, ".tlt");
    g_autofree char *model = file_beside(options->output, ".xyz");
    return lac_write_series(series, options->output, progress, error) &&
        write_angles(series, angles, error) && lac_write_atoms(atoms, model, error);
}

static gboolean
write_output(const Options *options, const LacSynthParams *params, LacAtoms *atoms,
    LacSeries *series, LacProgress *progress, GError **error)
{
    if (g_str_has_suffix(options->output, ".lacuna"))
        return write_project(options, params, atoms, series, progress, error);
    return write_files(options, atoms, series, progress, error);
}

static gboolean
write_volume(const Options *options, const LacAtoms *atoms, const LacSynthParams *params,
    LacProgress *progress, GError **error)
{
    if (options->volume_file == NULL)
        return TRUE;
    g_autoptr(LacVolume) volume = lac_synth_volume(atoms, params, progress, error);
    return volume != NULL && lac_write_volume(volume, options->volume_file, progress, error);
}

static void
print_result(const LacCli *cli, const Options *options, const LacAtoms *atoms,
    const LacSynthParams *params)
{
    if (!cli->json) {
        printf("%s: %" G_GSIZE_FORMAT " atoms, %u projections of %" G_GSIZE_FORMAT
               " x %" G_GSIZE_FORMAT " pixels of %g Å\n",
            options->output, atoms->n, params->n_tilts, params->size, params->size,
            params->voxel_size);
        return;
    }
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "output");
    json_builder_add_string_value(builder, options->output);
    const struct {
        const char *key;
        double value;
    } reals[] = {
        { "max_tilt_deg", params->max_tilt },
        { "voxel_size", params->voxel_size },
        { "sigma", params->sigma },
        { "dose", params->dose },
    };
    const struct {
        const char *key;
        gint64 value;
    } integers[] = {
        { "atoms", (gint64) atoms->n },
        { "size", (gint64) params->size },
        { "tilts", (gint64) params->n_tilts },
        { "seed", (gint64) params->seed },
    };
    for (guint i = 0; i < G_N_ELEMENTS(integers); i++) {
        json_builder_set_member_name(builder, integers[i].key);
        json_builder_add_int_value(builder, integers[i].value);
    }
    for (guint i = 0; i < G_N_ELEMENTS(reals); i++) {
        json_builder_set_member_name(builder, reals[i].key);
        json_builder_add_double_value(builder, reals[i].value);
    }
    json_builder_end_object(builder);
    lac_cli_print_json(builder);
}

static gboolean
run_simulate(LacCli *cli, int argc, char **argv, GError **error)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    g_auto(Options) options = { .dose = params.dose, .seed = (gint64) params.seed };
    if (!parse(cli, &options, argc, argv, error))
        return FALSE;
    fill_params(&options, &params);
    g_autoptr(LacAtoms) atoms = lac_synth_particle(&params, error);
    if (atoms == NULL)
        return FALSE;
    g_autoptr(LacSeries) series = lac_synth_series(atoms, &params, cli->progress, error);
    if (series == NULL || !write_output(&options, &params, atoms, series, cli->progress, error) ||
        !write_volume(&options, atoms, &params, cli->progress, error))
        return FALSE;
    print_result(cli, &options, atoms, &params);
    return TRUE;
}

const LacCliVerb lac_cli_simulate = {
    .name = "simulate",
    .summary = "Simulate a particle of known atoms and its tilt series",
    .run = run_simulate,
};
