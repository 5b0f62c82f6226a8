// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/prep/denoise.h"
#include "core/project/project.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *projections, *angles, *mask, *output;
    char *method, *sigma, *background;
    double voxel_size, gain, offset, read_noise, strength, width;
    double threshold, growth;
    gboolean normalise;
} Options;

static void
clear_options(Options *o)
{
    char **strings[] = { &o->projections, &o->angles, &o->mask, &o->output, &o->method, &o->sigma,
        &o->background };
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(*strings[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    // NAN marks what was not given.
    o->voxel_size = o->gain = o->offset = o->read_noise = o->strength = o->width = o->threshold =
        o->growth = (double) NAN;
    const GOptionEntry entries[] = {
        { "projections", 'p', 0, G_OPTION_ARG_FILENAME, &o->projections,
            "Tilt series, such as series.mrc or file.mat:Projs, or a project", "FILE" },
        { "angles", 'a', 0, G_OPTION_ARG_FILENAME, &o->angles,
            "Angles [deg], to be kept with the result", "FILE" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
            "Series, or a .lacuna project that keeps the measured images too", "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Pixel size, instead of what the file says", "Å" },
        { "method", 0, 0, G_OPTION_ARG_STRING, &o->method, "bm3d (default), nlm, gaussian or none",
            "M" },
        { "sigma", 0, 0, G_OPTION_ARG_STRING, &o->sigma,
            "auto: gain, offset and read noise from each image (default); or the standard "
            "deviation of noise that is the same everywhere",
            "auto|X" },
        { "gain", 0, 0, G_OPTION_ARG_DOUBLE, &o->gain, "Intensity per electron", "G" },
        { "offset", 0, 0, G_OPTION_ARG_DOUBLE, &o->offset, "Intensity without any electron (0)",
            "B" },
        { "read-noise", 0, 0, G_OPTION_ARG_DOUBLE, &o->read_noise,
            "Standard deviation without any electron (0)", "S" },
        { "strength", 0, 0, G_OPTION_ARG_DOUBLE, &o->strength,
            "Take the noise for so many times stronger (1)", "F" },
        { "width", 0, 0, G_OPTION_ARG_DOUBLE, &o->width, "Of the Gaussian (1)", "PX" },
        { "background", 0, 0, G_OPTION_ARG_STRING, &o->background,
            "none (default), constant or laplace: continued into the mask, 0 outside", "B" },
        { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask,
            "Where the particle is: one image, or one per projection; default: found, and corrected by what was drawn by hand in a project",
            "FILE" },
        { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &o->threshold,
            "Intensity of the mask; default: found", "T" },
        { "grow", 0, 0, G_OPTION_ARG_DOUBLE, &o->growth, "Make the mask wider by (8)", "PX" },
        { "normalise", 0, 0, G_OPTION_ARG_NONE, &o->normalise,
            "Give all projections the same sum inside the mask", NULL },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "- removes noise and background from a tilt series", entries, &argc,
            &argv, error))
        return FALSE;
    if (o->projections == NULL || o->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--projections and --output are needed");
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error);
    return FALSE;
}

static void
set_if_given(double *value, double given)
{
    if (!isnan(given))
        *value = given;
}

// --sigma X is noise without gain; --gain and the others are the noise of a detector.
static gboolean
make_noise(const Options *o, LacDenoiseParams *params, GError **error)
{
    gboolean is_given = !isnan(o->gain) || !isnan(o->offset) || !isnan(o->read_noise);
    gboolean is_auto = o->sigma == NULL || g_str_equal(o->sigma, "auto");
    if (is_given && o->sigma != NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--sigma and --gain, --offset or --read-noise exclude each other");
        return FALSE;
    }
    params->estimate = is_auto && !is_given;
    if (is_given) {
        set_if_given(&params->noise.gain, o->gain);
        set_if_given(&params->noise.offset, o->offset);
        set_if_given(&params->noise.read_noise, o->read_noise);
    }
    else if (!is_auto) {
        char *end;
        params->noise.read_noise = g_ascii_strtod(o->sigma, &end);
        if (end == o->sigma || *end != '\0' || !(params->noise.read_noise > 0.0)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "--sigma \"%s\" is neither auto nor a positive number", o->sigma);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
make_params(const Options *o, LacDenoiseParams *params, GError **error)
{
    lac_denoise_params_init(params);
    if (o->method != NULL && !lac_denoise_method_from_id(o->method, &params->method, error))
        return FALSE;
    if (o->background != NULL && !lac_behind_from_id(o->background, &params->background, error))
        return FALSE;
    set_if_given(&params->strength, o->strength);
    set_if_given(&params->width, o->width);
    set_if_given(&params->mask.threshold, o->threshold);
    set_if_given(&params->mask.growth, o->growth);
    params->normalise = o->normalise;
    return make_noise(o, params, error) && lac_denoise_params_check(params, error);
}

static void
print_text(const LacDenoised *result, const LacDenoiseParams *params, double seconds,
    const char *output)
{
    printf("projection   theta       gain     offset read noise      sigma    removed background"
           "      total\n");
    for (gsize k = 0; k < result->series->n; k++) {
        const LacDenoiseInfo *info = result->info + k;
        printf("%10" G_GSIZE_FORMAT " %7.2f %10.4g %10.4g %10.4g %10.4g %10.4g %10.4g %10.4g\n",
            k + 1, result->series->angles[k].theta, info->noise.gain, info->noise.offset,
            info->noise.read_noise, info->sigma, info->removed, info->background,
            info->total * info->factor);
    }
    printf("%s: %" G_GSIZE_FORMAT " projections, %s, background %s%s, in %.2f s\n", output,
        result->series->n, lac_denoise_method_get_id(params->method),
        lac_behind_get_id(params->background), params->normalise ? ", normalised" : "", seconds);
}

static void
add_projection(JsonBuilder *json, const LacSeries *series, gsize k, const LacDenoiseInfo *info)
{
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "projection");
    json_builder_add_int_value(json, (gint64) k + 1);
    lac_cli_add_number(json, "theta", series->angles[k].theta);
    lac_cli_add_number(json, "gain", info->noise.gain);
    lac_cli_add_number(json, "offset", info->noise.offset);
    lac_cli_add_number(json, "read_noise", info->noise.read_noise);
    lac_cli_add_number(json, "sigma", info->sigma);
    lac_cli_add_number(json, "removed", info->removed);
    lac_cli_add_number(json, "background", info->background);
    lac_cli_add_number(json, "threshold", info->threshold);
    lac_cli_add_number(json, "total_before", info->total);
    lac_cli_add_number(json, "total", info->total * info->factor);
    lac_cli_add_number(json, "factor", info->factor);
    json_builder_set_member_name(json, "mask_pixels");
    json_builder_add_int_value(json, (gint64) info->n_mask);
    json_builder_set_member_name(json, "filled_pixels");
    json_builder_add_int_value(json, (gint64) info->n_bad);
    json_builder_end_object(json);
}

static void
print_json(const LacDenoised *result, const LacDenoiseParams *params, double seconds,
    const char *output)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "output");
    json_builder_add_string_value(json, output);
    json_builder_set_member_name(json, "method");
    json_builder_add_string_value(json, lac_denoise_method_get_id(params->method));
    json_builder_set_member_name(json, "background");
    json_builder_add_string_value(json, lac_behind_get_id(params->background));
    json_builder_set_member_name(json, "normalised");
    json_builder_add_boolean_value(json, params->normalise);
    lac_cli_add_number(json, "seconds", seconds);
    json_builder_set_member_name(json, "projections");
    json_builder_begin_array(json);
    for (gsize k = 0; k < result->series->n; k++)
        add_projection(json, result->series, k, result->info + k);
    json_builder_end_array(json);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static gboolean
write_result(LacCli *cli, const Options *o, const LacDenoiseParams *params, LacProject *project,
    LacSeries *measured, LacSeries *series, GError **error)
{
    if (!g_str_has_suffix(o->output, ".lacuna"))
        return lac_write_series(series, o->output, cli->progress, error);
    g_autofree char *digests = lac_project_dup_digests(project);
    lac_project_set_denoised(project, measured, series);
    g_clear_pointer(&project->recon, lac_recon_unref); // of other projections
    g_autofree char *parameters = lac_denoise_params_dup_text(params);
    lac_project_add_provenance(project, "denoise", parameters, digests);
    return lac_project_save(project, o->output, cli->progress, error);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    LacDenoiseParams params;
    if (!parse(cli, &o, argc, argv, error) || !make_params(&o, &params, error))
        return FALSE;
    g_autoptr(LacProject) project =
        lac_cli_read_project(o.projections, o.angles, o.voxel_size, cli->progress, error);
    if (project == NULL)
        return FALSE;
    g_autoptr(LacSeries) masks = NULL;
    if (o.mask != NULL) {
        masks = lac_read_series(o.mask, NULL, cli->progress, error);
        if (masks == NULL)
            return FALSE;
    }
    g_autoptr(LacSeries) measured = lac_project_dup_measured(project);
    gint64 start = g_get_monotonic_time();
    g_autoptr(LacDenoised) result =
        lac_denoise_series(measured, &params, masks, project->strokes, cli->progress, error);
    if (result == NULL)
        return FALSE;
    double seconds = (double) (g_get_monotonic_time() - start) * 1e-6;
    g_autoptr(LacSeries) known = lac_denoised_dup_measured(result, measured);
    if (!write_result(cli, &o, &params, project, known, result->series, error))
        return FALSE;
    if (cli->json)
        print_json(result, &params, seconds, o.output);
    else
        print_text(result, &params, seconds, o.output);
    return TRUE;
}

const LacCliVerb lac_cli_denoise = {
    .name = "denoise",
    .summary = "noise and background of a tilt series: BM3D, non-local means, Gaussian",
    .run = run,
};
