// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-score.h"
#include "app/cli.h"
#include "core/error.h"
#include "core/recipe/run.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BUILT_IN "/org/lacuna/recipes"
#define DEFAULT  "zr-zro2"

typedef struct {
    char *output;
    gboolean overwrite, print, list;
} Options;

static void
clear_options(Options *o)
{
    g_free(o->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static LacRecipe *
load_recipe(const char *name, GError **error)
{
    if (g_file_test(name, G_FILE_TEST_EXISTS))
        return lac_recipe_load(name, error);
    g_autofree char *path = g_strdup_printf("%s/%s%s", BUILT_IN, name, LAC_RECIPE_SUFFIX);
    g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (bytes == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s is neither a file nor a built-in recipe: --list tells those", name);
        return NULL;
    }
    gsize n;
    const char *data = g_bytes_get_data(bytes, &n);
    g_autofree char *text = g_strndup(data, n);
    return lac_recipe_parse(text, name, error);
}

static void
list_recipes(void)
{
    g_auto(GStrv) names =
        g_resources_enumerate_children(BUILT_IN, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    for (char **name = names; name != NULL && *name != NULL; name++)
        if (g_str_has_suffix(*name, LAC_RECIPE_SUFFIX))
            printf("%.*s\n", (int) (strlen(*name) - strlen(LAC_RECIPE_SUFFIX)), *name);
}

static void
print_reconstruction(const LacProject *project)
{
    const LacRecon *recon = project->recon;
    if (recon->n_iterations > 0)
        printf("  R1 %.2f %% after %u iterations", 100.0 * recon->r1[recon->n_iterations - 1],
            recon->n_iterations);
}

static void
print_refinement(const LacStepReport *report, const LacProject *project)
{
    printf("  %" G_GSIZE_FORMAT " atoms",
        lac_atoms_count_present(lac_journal_get_atoms(project->journal)));
    if (!isnan(report->r1))
        printf(", R1 of the model %.2f %%", 100.0 * report->r1);
    if (!isnan(report->rms_moved))
        printf(", projections moved by %.3f px and turned by %.3f° rms", report->rms_moved,
            report->rms_turned);
    if (!isnan(report->rms_gain) && report->rms_gain > 0.0)
        printf(", gains by %.2f %%", 100.0 * report->rms_gain);
}

static void
print_step(const LacStepReport *report, const LacRecipeResult *so_far, gpointer data)
{
    const LacCli *cli = data;
    const LacProject *project = so_far->project;
    if (cli->json)
        return;
    printf("%-12s %-5s %7.2f s", lac_step_get_title(report->step),
        report->is_kept ? "kept" : "done", report->seconds);
    switch (report->step) {
    case LAC_STEP_SIMULATE:
    case LAC_STEP_OPEN:
        printf("  %" G_GSIZE_FORMAT " projections of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
               " pixels",
            project->series->n, project->series->nv, project->series->nu);
        if (project->truth != NULL)
            printf(", %" G_GSIZE_FORMAT " known atoms", project->truth->atoms->n);
        break;
    case LAC_STEP_RECONSTRUCT: print_reconstruction(project); break;
    case LAC_STEP_TRACE:
    case LAC_STEP_CLASSIFY:
        printf("  %" G_GSIZE_FORMAT " atoms",
            lac_atoms_count_present(lac_journal_get_atoms(project->journal)));
        break;
    case LAC_STEP_REFINE: print_refinement(report, project); break;
    case LAC_STEP_AGAIN:
        print_reconstruction(project);
        print_refinement(report, project);
        break;
    case LAC_STEP_DENOISE:
    case LAC_STEP_ALIGN:
    case LAC_STEP_COMPARE:
    case LAC_STEP_ANALYSE:
    case LAC_N_STEPS:
    default: break;
    }
    printf("\n");
    if (report->step == LAC_STEP_COMPARE && so_far->score != NULL) {
        g_autofree char *text = lac_score_dup_text(so_far->score);
        fputs(text, stdout);
    }
    if (report->step == LAC_STEP_ANALYSE && project->analyses != NULL) {
        g_autofree char *text = lac_report_dup_text(project->analyses);
        fputs(text, stdout);
    }
    fflush(stdout);
}

static void
add_steps(JsonBuilder *json, const LacRecipeResult *result)
{
    json_builder_set_member_name(json, "steps");
    json_builder_begin_array(json);
    for (guint i = 0; i < result->n_steps; i++) {
        json_builder_begin_object(json);
        lac_cli_add_text(json, "step", lac_step_get_id(result->steps[i].step));
        json_builder_set_member_name(json, "kept");
        json_builder_add_boolean_value(json, result->steps[i].is_kept);
        lac_cli_add_number(json, "seconds", result->steps[i].seconds);
        if (!isnan(result->steps[i].r1))
            lac_cli_add_number(json, "r1_model", result->steps[i].r1);
        if (!isnan(result->steps[i].rms_moved)) {
            lac_cli_add_number(json, "rms_moved_px", result->steps[i].rms_moved);
            lac_cli_add_number(json, "rms_turned_deg", result->steps[i].rms_turned);
            lac_cli_add_number(json, "rms_gain", result->steps[i].rms_gain);
        }
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void
print_json(const char *output, const LacRecipeResult *result)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    lac_cli_add_text(json, "output", output);
    add_steps(json, result);
    if (result->score != NULL)
        lac_cli_add_score(json, result->score);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static char *
default_output(const char *name)
{
    g_autofree char *base = g_path_get_basename(name);
    if (g_str_has_suffix(base, LAC_RECIPE_SUFFIX))
        base[strlen(base) - strlen(LAC_RECIPE_SUFFIX)] = '\0';
    return g_strconcat(base, ".lacuna", NULL);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output,
            "Project: continued where it is there (default: RECIPE.lacuna)", "FILE" },
        { "overwrite", 0, 0, G_OPTION_ARG_NONE, &o.overwrite, "Corrections by hand may be replaced",
            NULL },
        { "list", 0, 0, G_OPTION_ARG_NONE, &o.list, "Tell the built-in recipes", NULL },
        { "print", 0, 0, G_OPTION_ARG_NONE, &o.print,
            "Print the recipe with every key, and do nothing", NULL },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "[RECIPE] - does the steps of a recipe, those that are new", entries,
            &argc, &argv, error))
        return FALSE;
    if (argc > 2) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "\"%s\" is one argument too many",
            argv[2]);
        return FALSE;
    }
    if (o.list) {
        list_recipes();
        return TRUE;
    }
    const char *name = argc > 1 ? argv[1] : DEFAULT;
    g_autoptr(LacRecipe) recipe = load_recipe(name, error);
    if (recipe == NULL)
        return FALSE;
    if (o.print) {
        g_autofree char *text = lac_recipe_dup_text(recipe);
        fputs(text, stdout);
        return TRUE;
    }
    if (o.output == NULL)
        o.output = default_output(name);
    const LacRecipeRun how = { .output = o.output,
        .overwrite = o.overwrite,
        .notify = print_step,
        .data = cli };
    g_autoptr(LacRecipeResult) result = lac_recipe_run(recipe, &how, cli->progress, error);
    if (result == NULL)
        return FALSE;
    if (cli->json)
        print_json(o.output, result);
    return TRUE;
}

const LacCliVerb lac_cli_run = {
    .name = "run",
    .summary = "Do the steps of a recipe, from raw projections to a scored model",
    .run = run,
};
