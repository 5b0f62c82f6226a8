// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "app/cli-poses.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/trace/refine.h"

#include <math.h>
#include <stdio.h>

// As --poses names them, in the order of LacRefinePoses.
static const char *const poses[] = { "none", "shifts", "all", NULL };

typedef struct {
    char *model, *projections, *angles, *output, *poses, *series_output;
    double voxel_size;
    LacRefineParams params;
} Options;

// What came out, and how far its poses are from the truth where that is known.
typedef struct {
    LacProject *project;
    LacRefinement *refinement;
    LacAlignDifference *before, *after;
} Outcome;

static void
clear_outcome(Outcome *outcome)
{
    lac_project_free(outcome->project);
    lac_refinement_free(outcome->refinement);
    lac_align_difference_free(outcome->before);
    lac_align_difference_free(outcome->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, clear_outcome)

static void
clear_options(Options *o)
{
    g_free(o->poses);
    g_free(o->series_output);
    g_free(o->model);
    g_free(o->projections);
    g_free(o->angles);
    g_free(o->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse_poses(Options *o, GError **error)
{
    for (gint i = 0; o->poses != NULL && poses[i] != NULL; i++)
        if (g_str_equal(o->poses, poses[i]))
            o->params.poses = i;
    if (o->poses != NULL && !g_str_equal(o->poses, poses[o->params.poses]))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--poses \"%s\" is not none, shifts or all", o->poses);
    else if (o->series_output != NULL && o->params.poses == LAC_REFINE_NO_POSES)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--series-output needs --poses shifts or --poses all");
    else
        return TRUE;
    return FALSE;
}

static gboolean
check(const Options *o, int rounds, int steps, GError **error)
{
    if (o->model == NULL || o->projections == NULL || o->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--model, --projections and --output are needed");
    else if (rounds < 1 || rounds > 1000)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--rounds %d is not 1 to 1000", rounds);
    else if (steps < 1 || steps > 1000)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--steps %d is not 1 to 1000", steps);
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error);
    return FALSE;
}

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    lac_refine_params_init(&o->params);
    int rounds = (int) o->params.n_rounds, steps = (int) o->params.n_steps;
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
        { "steps", 0, 0, G_OPTION_ARG_INT, &steps, "Of conjugate gradients in a round (8)", "N" },
        { "poses", 0, 0, G_OPTION_ARG_STRING, &o->poses,
            "Of the projections, refine with the atoms: none (default), shifts or all", "WHAT" },
        { "no-gains", 0, G_OPTION_FLAG_REVERSE, G_OPTION_ARG_NONE, &o->params.gains,
            "With the poses, take all projections for equally bright", NULL },
        { "series-output", 0, 0, G_OPTION_ARG_FILENAME, &o->series_output,
            "Project for the refined shifts and angles; the pixels stay as they are", "FILE" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "The refined atoms", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "- moves atoms to where the projections want them", entries, &argc,
            &argv, error))
        return FALSE;
    o->params.n_rounds = (guint) rounds;
    o->params.n_steps = (guint) steps;
    return check(o, rounds, steps, error) && parse_poses(o, error);
}

// What was found of every projection.
static void
print_poses(const Options *o, const LacRefinement *r)
{
    const LacSeries *s = r->series;
    printf("projection          phi  theta  psi [deg]     du     dv [px]     gain\n");
    for (gsize k = 0; k < s->n; k++)
        printf("%6" G_GSIZE_FORMAT "%4s %9.3f %9.3f %9.3f %8.3f %8.3f %8.4f\n", k + 1,
            s->excluded[k] ? "out" : "", s->angles[k].phi, s->angles[k].theta, s->angles[k].psi,
            s->shifts[k].du, s->shifts[k].dv, s->gains[k]);
    printf("projections moved by %.3f px and turned by %.3f° rms", r->rms_moved, r->rms_turned);
    if (o->params.gains)
        printf(", their gains changed by %.2f %% rms", 100.0 * r->rms_gain);
    putchar('\n');
}

static void
print_text(const Options *o, const Outcome *outcome)
{
    const LacRefinement *r = outcome->refinement;
    printf("%s: %" G_GSIZE_FORMAT " atoms, %u rounds; R1 %.3f %% -> %.3f %%\n", o->output,
        lac_atoms_count_present(r->atoms), r->n_rounds, 100.0 * r->r1_before, 100.0 * r->r1_after);
    printf("moved by %.1f pm on average, %.1f pm at most; error from noise %.1f pm\n",
        100.0 * r->mean_shift, 100.0 * r->max_shift, 100.0 * r->mean_error);
    if (r->series != NULL)
        print_poses(o, r);
    if (outcome->after != NULL) {
        lac_cli_print_poses("Before", outcome->before);
        lac_cli_print_poses("After ", outcome->after);
    }
}

static void
print_json(const Outcome *outcome)
{
    const LacRefinement *r = outcome->refinement;
    const gboolean with_poses = r->series != NULL;
    const struct {
        const char *key;
        double value;
    } numbers[] = { { "r1_before", r->r1_before }, { "r1_after", r->r1_after },
        { "mean_shift_pm", 100.0 * r->mean_shift }, { "max_shift_pm", 100.0 * r->max_shift },
        { "position_error_pm", 100.0 * r->mean_error },
        { "projections_moved_px", with_poses ? r->rms_moved : (double) NAN },
        { "projections_turned_deg", with_poses ? r->rms_turned : (double) NAN },
        { "gains_changed", with_poses ? r->rms_gain : (double) NAN } };
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
    if (with_poses) {
        json_builder_set_member_name(json, "gains");
        json_builder_begin_array(json);
        for (gsize k = 0; k < r->series->n; k++)
            json_builder_add_double_value(json, r->series->gains[k]);
        json_builder_end_array(json);
    }
    if (outcome->after != NULL) {
        json_builder_set_member_name(json, "truth");
        json_builder_begin_object(json);
        lac_cli_add_poses(json, "before", outcome->before);
        lac_cli_add_poses(json, "after", outcome->after);
        json_builder_end_object(json);
    }
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

// The refined poses go to the series as it is in the project, denoised or not.
static gboolean
write_series(LacCli *cli, const Options *o, const Outcome *outcome, GError **error)
{
    LacProject *project = outcome->project;
    const LacSeries *refined = outcome->refinement->series;
    if (o->series_output == NULL)
        return TRUE;
    g_autofree char *digests = lac_project_dup_digests(project);
    lac_project_take_refined(project, refined);
    g_clear_pointer(&project->recon, lac_recon_unref); // of other shifts and angles
    g_autofree char *parameters = g_strdup_printf("poses=%s\nmodel=%s\nrounds=%u\nsteps=%u\n",
        poses[o->params.poses], o->model, o->params.n_rounds, o->params.n_steps);
    lac_project_add_provenance(project, "refine", parameters, digests);
    return lac_project_save(project, o->series_output, cli->progress, error);
}

static gboolean
refine(LacCli *cli, const Options *o, Outcome *outcome, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_read_atoms(o->model, cli->progress, error);
    outcome->project = atoms != NULL
        ? lac_cli_read_project(o->projections, o->angles, o->voxel_size, cli->progress, error)
        : NULL;
    if (outcome->project == NULL)
        return FALSE;
    g_autoptr(LacSeries) measured = lac_project_dup_measured(outcome->project);
    LacRefinement *r = lac_refine(atoms, measured, &o->params, cli->progress, error);
    outcome->refinement = r;
    const LacTruth *truth = outcome->project->truth;
    return r != NULL &&
        (r->series == NULL ||
            (lac_cli_compare_poses(truth, measured, &outcome->before, error) &&
                lac_cli_compare_poses(truth, r->series, &outcome->after, error))) &&
        lac_write_atoms(r->atoms, o->output, error);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    g_auto(Outcome) outcome = { 0 };
    if (!parse(cli, &o, argc, argv, error) || !refine(cli, &o, &outcome, error) ||
        !write_series(cli, &o, &outcome, error))
        return FALSE;
    if (cli->json)
        print_json(&outcome);
    else
        print_text(&o, &outcome);
    return TRUE;
}

const LacCliVerb lac_cli_refine = {
    .name = "refine",
    .summary = "Atoms moved to where the measured projections want them",
    .run = run,
};
