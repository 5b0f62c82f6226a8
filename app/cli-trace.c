// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/trace/peaks.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *volume, *mask, *output;
    double voxel_size, min_distance, threshold, radius, smoothing;
    int max_peaks;
    gboolean published, gaussian, absolute, accepted_only;
} Options;

static void
clear_options(Options *o)
{
    g_free(o->volume);
    g_free(o->mask);
    g_free(o->output);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    o->min_distance = o->threshold = o->smoothing = (double) NAN;
    const GOptionEntry entries[] = {
        { "volume", 0, 0, G_OPTION_ARG_FILENAME, &o->volume,
            "Volume to trace, or a project with one", "FILE" },
        { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask, "Where atoms can be", "FILE" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
            "Peaks (.xyz, .csv, …), or a .lacuna project", "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Voxel size, instead of what the file says", "Å" },
        { "min-distance", 0, 0, G_OPTION_ARG_DOUBLE, &o->min_distance,
            "Between atoms; 0: from the peaks (default)", "Å" },
        { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &o->threshold,
            "Least height, as a share of a typical atom's (0.05)", "S" },
        { "absolute", 0, 0, G_OPTION_ARG_NONE, &o->absolute,
            "The threshold is a value of the volume", NULL },
        { "radius", 0, 0, G_OPTION_ARG_DOUBLE, &o->radius,
            "Of the ball that is fitted; 0: from the width of the peaks (default)", "Å" },
        { "smooth", 0, 0, G_OPTION_ARG_DOUBLE, &o->smoothing,
            "Width of a Gaussian against noise; 0: none; default: from the noise itself", "Å" },
        { "max-peaks", 0, 0, G_OPTION_ARG_INT, &o->max_peaks, "Fit so many seeds at most", "N" },
        { "published", 0, 0, G_OPTION_ARG_NONE, &o->published,
            "The published tracer, exactly solved: slower", NULL },
        { "gaussian", 0, 0, G_OPTION_ARG_NONE, &o->gaussian, "Fit a Gaussian at the end", NULL },
        { "accepted", 0, 0, G_OPTION_ARG_NONE, &o->accepted_only,
            "Leave the rejected peaks out of the output", NULL },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "- finds the atoms of a volume", entries, &argc, &argv, error))
        return FALSE;
    if (o->volume == NULL || o->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--volume and --output are needed");
    else if (o->published && o->gaussian)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--published and --gaussian exclude each other");
    else if (o->max_peaks < 0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--max-peaks %d is negative",
            o->max_peaks);
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error);
    return FALSE;
}

static void
make_params(const Options *o, LacTraceParams *params)
{
    LacFitMethod method = o->published ? LAC_FIT_PUBLISHED
        : o->gaussian                  ? LAC_FIT_GAUSSIAN
                                       : LAC_FIT_POLYNOMIAL;
    lac_trace_params_init(params, method);
    if (!isnan(o->min_distance))
        params->min_distance = o->min_distance;
    if (!isnan(o->threshold))
        params->threshold = o->threshold;
    if (!isnan(o->smoothing))
        params->smoothing = o->smoothing;
    if (o->absolute)
        params->absolute = TRUE;
    if (o->max_peaks > 0)
        params->max_peaks = (gsize) o->max_peaks;
    params->radius = o->radius;
}

static void
print_result(const LacCli *cli, const Options *o, const LacAtoms *atoms, double seconds)
{
    gsize n_flags[LAC_N_PEAK_FLAGS] = { 0 }, n_present = lac_atoms_count_present(atoms);
    for (gsize i = 0; i < atoms->n; i++)
        n_flags[atoms->flag[i]]++;
    if (!cli->json) {
        printf("%s: %" G_GSIZE_FORMAT " peaks accepted of %" G_GSIZE_FORMAT " in %.2f s\n%s\n",
            o->output, n_present, atoms->n, seconds, atoms->comment);
        for (guint f = LAC_PEAK_OK + 1; f < LAC_N_PEAK_FLAGS; f++)
            if (n_flags[f] > 0)
                printf("  %-14s %" G_GSIZE_FORMAT "\n", lac_peak_flag_get_name(f), n_flags[f]);
        return;
    }
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "output");
    json_builder_add_string_value(json, o->output);
    json_builder_set_member_name(json, "peaks");
    json_builder_add_int_value(json, (gint64) atoms->n);
    json_builder_set_member_name(json, "accepted");
    json_builder_add_int_value(json, (gint64) n_present);
    json_builder_set_member_name(json, "flags");
    json_builder_begin_object(json);
    for (guint f = 0; f < LAC_N_PEAK_FLAGS; f++) {
        json_builder_set_member_name(json, lac_peak_flag_get_name(f));
        json_builder_add_int_value(json, (gint64) n_flags[f]);
    }
    json_builder_end_object(json);
    json_builder_set_member_name(json, "chosen");
    json_builder_add_string_value(json, atoms->comment);
    json_builder_set_member_name(json, "seconds");
    json_builder_add_double_value(json, seconds);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    if (!parse(cli, &o, argc, argv, error))
        return FALSE;
    LacTraceParams params;
    make_params(&o, &params);
    g_autoptr(LacVolume) volume = lac_cli_read_volume(o.volume, o.voxel_size, cli->progress, error);
    if (volume == NULL)
        return FALSE;
    g_autoptr(LacVolume) mask = NULL;
    if (o.mask != NULL) {
        mask = lac_read_volume(o.mask, NULL, cli->progress, error);
        if (mask == NULL)
            return FALSE;
    }
    gint64 start = g_get_monotonic_time();
    g_autoptr(LacAtoms) atoms = lac_trace(volume, mask, &params, cli->progress, error);
    if (atoms == NULL)
        return FALSE;
    double seconds = (double) (g_get_monotonic_time() - start) * 1e-6;
    g_autoptr(LacAtoms) written =
        o.accepted_only ? lac_atoms_dup_present(atoms, NULL) : lac_atoms_ref(atoms);
    const char *const from[] = { o.volume, NULL };
    if (!lac_cli_write_model(written, o.output, from, "trace", cli->progress, error))
        return FALSE;
    print_result(cli, &o, atoms, seconds);
    return TRUE;
}

const LacCliVerb lac_cli_trace = {
    .name = "trace",
    .summary = "atoms of a volume: peaks below the voxel",
    .run = run,
};
