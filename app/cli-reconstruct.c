// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/project/project.h"
#include "core/recon/recon.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

typedef struct {
    char *projections, *angles, *mask, *initial, *resume, *output;
    char *method, *preset, *backend;
    char *size;
    double voxel_size, step, blob, alpha, cap, background, tolerance;
    int iterations, held_out, snapshot_every;
    gboolean no_positivity;
} Options;

static void
clear_options(Options *o)
{
    char **strings[] = { &o->projections, &o->angles, &o->mask, &o->initial, &o->resume, &o->output,
        &o->method, &o->preset, &o->backend, &o->size };
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(*strings[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse(LacCli *cli, Options *o, int *argc, char ***argv, GError **error)
{
    // NAN marks what was not given, so that the preset's value stays.
    o->voxel_size = o->step = o->blob = o->alpha = o->cap = o->background = o->tolerance =
        (double) NAN;
    o->iterations = o->held_out = o->snapshot_every = -1;
    const GOptionEntry entries[] = {
        { "projections", 'p', 0, G_OPTION_ARG_FILENAME, &o->projections,
            "Tilt series, such as series.mrc or file.mat:Projs", "FILE" },
        { "angles", 'a', 0, G_OPTION_ARG_FILENAME, &o->angles,
            "Angles [deg], one or three columns; default: those in the series", "FILE" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
            "Volume, or a .lacuna project with everything", "FILE" },
        { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask, "Voxels that may be other than zero",
            "FILE" },
        { "initial", 0, 0, G_OPTION_ARG_FILENAME, &o->initial, "Volume to start from", "FILE" },
        { "resume", 0, 0, G_OPTION_ARG_FILENAME, &o->resume, "Project whose volume to go on from",
            "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size, "Pixel and voxel size", "Å" },
        { "method", 0, 0, G_OPTION_ARG_STRING, &o->method, "resire (default), sirt or wbp", "M" },
        { "preset", 0, 0, G_OPTION_ARG_STRING, &o->preset,
            "default, clean (noise-free), low-dose (raw counts) or published", "P" },
        { "iterations", 'n', 0, G_OPTION_ARG_INT, &o->iterations, "Number of iterations", "N" },
        { "step", 0, 0, G_OPTION_ARG_DOUBLE, &o->step,
            "Plain gradient steps of S/(n nz) as published; 0: accelerated", "S" },
        { "blob", 0, 0, G_OPTION_ARG_DOUBLE, &o->blob,
            "Width of the Gaussian basis in voxels; 0: none; -F: F times the measured atom width",
            "W" },
        { "weight-alpha", 0, 0, G_OPTION_ARG_DOUBLE, &o->alpha, "Exponent of the ramp weight",
            "A" },
        { "weight-cap", 0, 0, G_OPTION_ARG_DOUBLE, &o->cap, "Cap of the weight; 0: no weight",
            "C" },
        { "size", 0, 0, G_OPTION_ARG_STRING, &o->size,
            "Volume in voxels; wider than the detector for extended objects", "NX,NY,NZ" },
        { "background", 0, 0, G_OPTION_ARG_DOUBLE, &o->background,
            "Subtract this constant from the projections", "B" },
        { "held-out", 0, 0, G_OPTION_ARG_INT, &o->held_out,
            "Hold every N-th projection out and report R-free", "N" },
        { "tolerance", 0, 0, G_OPTION_ARG_DOUBLE, &o->tolerance,
            "Stop when R1 falls by less than this share in 5 iterations", "T" },
        { "snapshot-every", 0, 0, G_OPTION_ARG_INT, &o->snapshot_every,
            "Keep the iterate every N iterations (in a project)", "N" },
        { "no-positivity", 0, 0, G_OPTION_ARG_NONE, &o->no_positivity, "Allow negative voxels",
            NULL },
        { "backend", 0, 0, G_OPTION_ARG_STRING, &o->backend, "auto (default) or cpu", "B" },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "- reconstructs a volume from a tilt series", entries, argc, argv,
            error))
        return FALSE;
    if (o->output == NULL || (o->projections == NULL && o->resume == NULL)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--projections (or --resume) and --output are needed");
        return FALSE;
    }
    if (o->backend != NULL && !g_str_equal(o->backend, "auto") && !g_str_equal(o->backend, "cpu")) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "There is no backend \"%s\"; this version computes on the processor", o->backend);
        return FALSE;
    }
    return TRUE;
}

static gboolean
parse_size(const char *text, LacReconParams *params, GError **error)
{
    gsize size[3];
    if (!lac_cli_parse_sizes("--size", text, 3, size, error))
        return FALSE;
    params->nx = size[0];
    params->ny = size[1];
    params->nz = size[2];
    return TRUE;
}

static void
set_if_given(double *value, double given)
{
    if (!isnan(given))
        *value = given;
}

static gboolean
set_count(guint *value, const char *name, int given, GError **error)
{
    if (given < -1) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s %d is negative", name, given);
        return FALSE;
    }
    if (given >= 0)
        *value = (guint) given;
    return TRUE;
}

static gboolean
make_params(const Options *o, LacReconParams *params, GError **error)
{
    LacReconPreset preset = LAC_RECON_DEFAULT;
    if (o->preset != NULL && !lac_recon_preset_from_id(o->preset, &preset, error))
        return FALSE;
    lac_recon_params_init(params, preset);
    if (o->method != NULL && !lac_recon_method_from_id(o->method, &params->method, error))
        return FALSE;
    set_if_given(&params->step, o->step);
    if (!isnan(o->step))
        params->accelerated = o->step == 0.0;
    set_if_given(&params->blob_sigma, o->blob);
    set_if_given(&params->weight_alpha, o->alpha);
    set_if_given(&params->weight_cap, o->cap);
    set_if_given(&params->tolerance, o->tolerance);
    if (o->no_positivity)
        params->positivity = FALSE;
    if (o->size != NULL && !parse_size(o->size, params, error))
        return FALSE;
    return set_count(&params->n_iterations, "--iterations", o->iterations, error) &&
        set_count(&params->held_out_every, "--held-out", o->held_out, error) &&
        set_count(&params->snapshot_every, "--snapshot-every", o->snapshot_every, error);
}

// What was measured is kept beside.
static gboolean
subtract_background(LacProject *project, double background, GError **error)
{
    g_autoptr(LacSeries) measured = lac_project_dup_measured(project);
    const LacSeries *series = project->series;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(series->n * series->nv * series->nu, error);
    if (buffer == NULL)
        return FALSE;
    for (gsize i = 0; i < buffer->n; i++)
        buffer->data[i] = series->data[i] - (float) background;
    g_autoptr(LacSeries) out = lac_series_with_buffer(series, buffer, error);
    if (out == NULL)
        return FALSE;
    lac_project_set_denoised(project, measured, out);
    return TRUE;
}

static LacProject *
read_project(const LacCli *cli, const Options *o, GError **error)
{
    if (!lac_cli_check_length("--voxel-size", o->voxel_size, error))
        return NULL;
    g_autoptr(LacProject) project =
        lac_cli_read_project(o->projections, o->angles, o->voxel_size, cli->progress, error);
    if (project == NULL ||
        (!isnan(o->background) && !subtract_background(project, o->background, error)))
        return NULL;
    return g_steal_pointer(&project);
}

static gboolean
have_angles(const LacSeries *series, const Options *o, GError **error)
{
    for (gsize k = 0; k < series->n; k++)
        if (series->angles[k].theta != 0.0 || o->angles != NULL)
            return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "%s holds no tilt angles: name a table with --angles", o->projections);
    return FALSE;
}

static double
peak_memory_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_maxrss / 1024.0;
}

static void
add_curve(JsonBuilder *json, const char *name, const double *values, guint n)
{
    if (values == NULL)
        return;
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
    for (guint i = 0; i < n; i++)
        json_builder_add_double_value(json, values[i]);
    json_builder_end_array(json);
}

static void
add_number(JsonBuilder *json, const char *name, double value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_double_value(json, value);
}

static void
print_json(const LacRecon *recon, const char *output)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    guint n = recon->n_iterations;
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "output");
    json_builder_add_string_value(json, output);
    json_builder_set_member_name(json, "method");
    json_builder_add_string_value(json, lac_recon_method_get_id(recon->params.method));
    json_builder_set_member_name(json, "iterations");
    json_builder_add_int_value(json, n);
    json_builder_set_member_name(json, "shape");
    json_builder_begin_array(json);
    json_builder_add_int_value(json, (gint64) recon->volume->nz);
    json_builder_add_int_value(json, (gint64) recon->volume->ny);
    json_builder_add_int_value(json, (gint64) recon->volume->nx);
    json_builder_end_array(json);
    add_number(json, "blob_sigma", recon->params.blob_sigma);
    add_number(json, "seconds", recon->seconds);
    add_number(json, "iterations_per_second", (double) n / MAX(recon->seconds, 1e-9));
    add_number(json, "peak_memory_mib", peak_memory_mib());
    add_curve(json, "r1", recon->r1, n);
    add_curve(json, "r2", recon->r2, n);
    add_curve(json, "r_free", recon->r_free, n);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static void
print_text(const LacRecon *recon, const char *output)
{
    guint n = recon->n_iterations;
    printf("iteration        R1        R2%s\n", recon->r_free != NULL ? "    R-free" : "");
    for (guint i = 0; i < n; i++) {
        if ((i + 1) % 10 != 0 && i + 1 != n && i != 0)
            continue;
        printf("%9u %9.5f %9.5f", i + 1, recon->r1[i], recon->r2[i]);
        if (recon->r_free != NULL)
            printf(" %9.5f", recon->r_free[i]);
        printf("\n");
    }
    printf("%s: %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
           " voxels, blob %.3f voxel\n",
        output, recon->volume->nz, recon->volume->ny, recon->volume->nx, recon->params.blob_sigma);
    printf("%.2f s, %.2f iterations per second, peak memory %.0f MiB\n", recon->seconds,
        (double) n / MAX(recon->seconds, 1e-9), peak_memory_mib());
}

// A project keeps what the one of the projections held.
static gboolean
write_result(LacCli *cli, const Options *o, LacProject *project, LacVolume *mask, LacRecon *recon,
    GError **error)
{
    if (!g_str_has_suffix(o->output, ".lacuna"))
        return lac_write_volume(recon->volume, o->output, cli->progress, error);
    lac_volume_unref(project->mask);
    lac_recon_unref(project->recon);
    project->mask = mask != NULL ? lac_volume_ref(mask) : NULL;
    project->recon = lac_recon_ref(recon);
    g_autofree char *parameters = g_strdup_printf("method=%s\niterations=%u\nblob_sigma=%g\n"
                                                  "weight_alpha=%g\nweight_cap=%g\nstep=%g\n",
        lac_recon_method_get_id(recon->params.method), recon->n_iterations,
        recon->params.blob_sigma, recon->params.weight_alpha, recon->params.weight_cap,
        recon->params.step);
    g_autofree char *digests = lac_project_dup_digests(project);
    lac_project_add_provenance(project, "reconstruct", parameters, digests);
    return lac_project_save(project, o->output, cli->progress, error);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    LacReconParams params;
    if (!parse(cli, &o, &argc, &argv, error) || !make_params(&o, &params, error))
        return FALSE;
    g_autoptr(LacProject) earlier = NULL;
    if (o.resume != NULL) {
        earlier = lac_project_load(o.resume, cli->progress, error);
        if (earlier == NULL)
            return FALSE;
        if (earlier->recon == NULL) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s holds no reconstruction",
                o.resume);
            return FALSE;
        }
        if (o.projections == NULL)
            o.projections = g_strdup(o.resume);
    }
    g_autoptr(LacProject) project = read_project(cli, &o, error);
    if (project == NULL || !have_angles(project->series, &o, error))
        return FALSE;
    const LacSeries *series = project->series;
    g_autoptr(LacVolume) mask = NULL;
    if (o.mask != NULL) {
        mask = lac_read_volume(o.mask, NULL, cli->progress, error);
        if (mask == NULL || !lac_recon_check_mask(mask, series, &params, o.mask, error))
            return FALSE;
    }
    g_autoptr(LacVolume) initial = NULL;
    if (o.initial != NULL) {
        initial = lac_read_volume(o.initial, NULL, cli->progress, error);
        if (initial == NULL)
            return FALSE;
    }
    g_autoptr(LacRecon) recon = lac_recon_run(series, &params, mask, initial,
        earlier != NULL ? earlier->recon : NULL, cli->progress, error);
    if (recon == NULL || !write_result(cli, &o, project, mask, recon, error))
        return FALSE;
    if (cli->json)
        print_json(recon, o.output);
    else
        print_text(recon, o.output);
    return TRUE;
}

const LacCliVerb lac_cli_reconstruct = {
    .name = "reconstruct",
    .summary = "volume from a tilt series: RESIRE, SIRT or WBP",
    .run = run,
};
