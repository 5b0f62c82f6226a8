// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/trace/refine.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *model, *projections, *angles, *output;
    double voxel_size;
    LacRefineParams params;
} Options;

static void
clear_options(Options *o)
{
    g_free(o->model);
    g_free(o->projections);
    g_free(o->angles);
    g_free(o->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
check(const Options *o, int rounds, GError **error)
{
    if (o->model == NULL || o->projections == NULL || o->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--model, --projections and --output are needed");
    else if (!(o->voxel_size >= 0.0 && o->voxel_size < 1e4))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--voxel-size %g is not a positive length in Å", o->voxel_size);
    else if (rounds < 1 || rounds > 1000)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--rounds %d is not 1 to 1000", rounds);
    else
        return TRUE;
    return FALSE;
}

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    lac_refine_params_init(&o->params);
    int rounds = (int) o->params.n_rounds;
    const GOptionEntry entries[] = {
        { "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model, "Atoms", "FILE" },
        { "projections", 'p', 0, G_OPTION_ARG_FILENAME, &o->projections, "The tilt series",
            "FILE" },
        { "angles", 'a', 0, G_OPTION_ARG_FILENAME, &o->angles, "Its angles", "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Pixel size, instead of what the file says", "Å" },
        { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "At most so many rounds (8)", "N" },
        { "max-shift", 0, 0, G_OPTION_ARG_DOUBLE, &o->params.max_shift,
            "What an atom may move in all (1)", "Å" },
        { "each", 0, 0, G_OPTION_ARG_NONE, &o->params.each,
            "A height for every atom instead of one per species", NULL },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "The refined atoms", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "- moves atoms to where the projections want them", entries, &argc,
            &argv, error))
        return FALSE;
    if (argc > 1) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "\"%s\" is not an option", argv[1]);
        return FALSE;
    }
    if (!check(o, rounds, error))
        return FALSE;
    o->params.n_rounds = (guint) rounds;
    return TRUE;
}

static void
print_result(const LacCli *cli, const Options *o, const LacRefinement *r)
{
    if (!cli->json) {
        printf("%s: %" G_GSIZE_FORMAT " atoms, %u rounds; R1 %.3f %% -> %.3f %%\n", o->output,
            lac_atoms_count_present(r->atoms), r->n_rounds, 100.0 * r->r1_before,
            100.0 * r->r1_after);
        printf("moved by %.1f pm on average, %.1f pm at most; error from noise %.1f pm\n",
            100.0 * r->mean_shift, 100.0 * r->max_shift, 100.0 * r->mean_error);
        return;
    }
    const struct {
        const char *key;
        double value;
    } numbers[] = { { "r1_before", r->r1_before }, { "r1_after", r->r1_after },
        { "mean_shift_pm", 100.0 * r->mean_shift }, { "max_shift_pm", 100.0 * r->max_shift },
        { "position_error_pm", 100.0 * r->mean_error } };
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "atoms");
    json_builder_add_int_value(json, (gint64) lac_atoms_count_present(r->atoms));
    json_builder_set_member_name(json, "rounds");
    json_builder_add_int_value(json, r->n_rounds);
    for (guint k = 0; k < G_N_ELEMENTS(numbers); k++) {
        if (isnan(numbers[k].value))
            continue;
        json_builder_set_member_name(json, numbers[k].key);
        json_builder_add_double_value(json, numbers[k].value);
    }
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    if (!parse(cli, &o, argc, argv, error))
        return FALSE;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(o.model, cli->progress, error);
    g_autoptr(LacSeries) series = atoms != NULL
        ? lac_cli_read_series(o.projections, o.angles, o.voxel_size, cli->progress, error)
        : NULL;
    g_autoptr(LacRefinement) refinement =
        series != NULL ? lac_refine(atoms, series, &o.params, cli->progress, error) : NULL;
    if (refinement == NULL || !lac_write_atoms(refinement->atoms, o.output, error))
        return FALSE;
    print_result(cli, &o, refinement);
    return TRUE;
}

const LacCliVerb lac_cli_refine = {
    .name = "refine",
    .summary = "Atoms moved to where the measured projections want them",
    .run = run,
};
