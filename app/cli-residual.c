// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/trace/candidates.h"
#include "core/trace/model-residual.h"
#include "core/trace/volume-residual.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *model, *volume, *projections, *angles, *mask, *output, *candidates;
    double voxel_size;
} Options;

// What was found, for the table and the report.
typedef struct {
    LacVolume *residual;
    double sigma, light_height; // of an atom
    double r1;                  // NaN without projections
    GArray *peaks;              // (nullable)
} Outcome;

static void
clear_options(Options *o)
{
    g_free(o->model);
    g_free(o->volume);
    g_free(o->projections);
    g_free(o->angles);
    g_free(o->mask);
    g_free(o->output);
    g_free(o->candidates);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static void
clear_outcome(Outcome *outcome)
{
    lac_volume_unref(outcome->residual);
    if (outcome->peaks != NULL)
        g_array_unref(outcome->peaks);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, clear_outcome)

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model, "Atoms", "FILE" },
        { "volume", 0, 0, G_OPTION_ARG_FILENAME, &o->volume,
            "Take the model off this volume, or that of a project", "FILE" },
        { "projections", 0, 0, G_OPTION_ARG_FILENAME, &o->projections,
            "Or off these projections, and back project what is left", "FILE" },
        { "angles", 0, 0, G_OPTION_ARG_FILENAME, &o->angles, "Their angles", "FILE" },
        { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask, "Candidates lie inside", "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Voxel or pixel size, instead of what the file says", "Å" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "Measured minus model", "FILE" },
        { "candidates", 0, 0, G_OPTION_ARG_FILENAME, &o->candidates,
            "Write its peaks: atoms that may be missing", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "- what the measurement has and the model has not", entries, &argc,
            &argv, error))
        return FALSE;
    if (o->model == NULL || o->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--model and --output are needed");
    else if ((o->volume == NULL) == (o->projections == NULL))
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Either --volume or --projections is needed");
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error);
    return FALSE;
}

static gboolean
from_volume(const Options *o, LacAtoms *atoms, Outcome *outcome, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacVolume) volume = lac_cli_read_volume(o->volume, o->voxel_size, progress, error);
    g_autoptr(LacVolumeResidual) residual =
        volume != NULL ? lac_volume_residual_new(volume, atoms, progress, error) : NULL;
    if (residual == NULL)
        return FALSE;
    outcome->sigma = lac_volume_residual_get_width(residual);
    outcome->light_height = lac_volume_residual_get_light_height(residual);
    outcome->residual = lac_volume_residual_dup_volume(residual, error);
    return outcome->residual != NULL;
}

static gboolean
from_projections(const Options *o, LacAtoms *atoms, Outcome *outcome, LacProgress *progress,
    GError **error)
{
    LacModelResidualParams params;
    lac_model_residual_params_init(&params);
    g_autoptr(LacSeries) series =
        lac_cli_read_series(o->projections, o->angles, o->voxel_size, progress, error);
    g_autoptr(LacModelResidual) fit =
        series != NULL ? lac_model_residual_new(atoms, series, &params, progress, error) : NULL;
    if (fit == NULL)
        return FALSE;
    outcome->r1 = fit->r1;
    outcome->light_height = HUGE_VAL;
    for (gsize s = 0; s < fit->n_species; s++) {
        if (!(fit->species_height[s] > 0.0 && fit->species_height[s] < outcome->light_height))
            continue;
        outcome->light_height = fit->species_height[s];
        outcome->sigma = fit->sigma[s];
    }
    outcome->residual = lac_model_residual_back_project(fit, NULL, progress, error);
    return outcome->residual != NULL;
}

static gboolean
find_candidates(const Options *o, const LacAtoms *atoms, Outcome *outcome, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacVolume) mask = NULL;
    if (o->candidates == NULL)
        return TRUE;
    if (o->mask != NULL) {
        mask = lac_read_volume(o->mask, NULL, progress, error);
        if (mask == NULL)
            return FALSE;
    }
    LacCandidateParams search;
    lac_candidate_params_init(&search);
    search.sigma = outcome->sigma;
    search.light_height = outcome->light_height;
    outcome->peaks = lac_candidates_find(outcome->residual, atoms, mask, &search, progress, error);
    if (outcome->peaks == NULL)
        return FALSE;
    g_autoptr(LacAtoms) found = lac_atoms_new(outcome->peaks->len);
    lac_atoms_add_species(found, "X");
    double *height = lac_atoms_add_column(found, LAC_COLUMN_HEIGHT);
    for (gsize i = 0; i < found->n; i++) {
        const LacReviewPeak *peak = &g_array_index(outcome->peaks, LacReviewPeak, i);
        found->x[i] = peak->position.x;
        found->y[i] = peak->position.y;
        found->z[i] = peak->position.z;
        height[i] = peak->height;
    }
    return lac_write_atoms(found, o->candidates, error);
}

static void
print_result(const LacCli *cli, const Options *o, const Outcome *outcome)
{
    LacStats stats = lac_stats(outcome->residual->data, lac_volume_get_size(outcome->residual));
    if (!cli->json) {
        printf("%s: %.4g to %.4g, rms %.4g; an atom is %.2f Å wide and %.4g high\n", o->output,
            (double) stats.min, (double) stats.max, stats.std, outcome->sigma,
            outcome->light_height);
        if (!isnan(outcome->r1))
            printf("R1 of the model against the projections: %.2f %%\n", 100.0 * outcome->r1);
        if (outcome->peaks != NULL)
            printf("%s: %u candidates\n", o->candidates, outcome->peaks->len);
        return;
    }
    g_autoptr(JsonBuilder) json = json_builder_new();
    const struct {
        const char *key;
        double value;
    } numbers[] = { { "min", (double) stats.min }, { "max", (double) stats.max },
        { "rms", stats.std }, { "sigma", outcome->sigma },
        { "light_height", outcome->light_height }, { "r1", outcome->r1 } };
    json_builder_begin_object(json);
    for (guint k = 0; k < G_N_ELEMENTS(numbers); k++) {
        if (isnan(numbers[k].value))
            continue;
        json_builder_set_member_name(json, numbers[k].key);
        json_builder_add_double_value(json, numbers[k].value);
    }
    if (outcome->peaks != NULL) {
        json_builder_set_member_name(json, "candidates");
        json_builder_add_int_value(json, outcome->peaks->len);
    }
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    g_auto(Outcome) outcome = { .r1 = (double) NAN };
    if (!parse(cli, &o, argc, argv, error))
        return FALSE;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(o.model, cli->progress, error);
    if (atoms == NULL ||
        !(o.volume != NULL ? from_volume(&o, atoms, &outcome, cli->progress, error)
                           : from_projections(&o, atoms, &outcome, cli->progress, error)) ||
        !lac_write_volume(outcome.residual, o.output, cli->progress, error) ||
        !find_candidates(&o, atoms, &outcome, cli->progress, error))
        return FALSE;
    print_result(cli, &o, &outcome);
    return TRUE;
}

const LacCliVerb lac_cli_residual = {
    .name = "residual",
    .summary = "What the measurement has and a model has not",
    .run = run,
};
