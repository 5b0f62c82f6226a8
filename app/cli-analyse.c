// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/analysis/chosen.h"
#include "core/analysis/score.h"
#include "core/analysis/settings.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/io/truth-folder.h"
#include "core/project/project.h"
#include "core/trace/units.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *names, *volume, *csv, *truth, *output, *unit_name;
    char *region_a, *region_b;
    char **settings, **lines;
    double voxel_size, line_step;
    gboolean apply_audit, require, whole_line;
    LacUnit unit;
    guint64 wanted;
} Options;

static void
clear_options(Options *o)
{
    g_free(o->names);
    g_free(o->volume);
    g_free(o->csv);
    g_free(o->truth);
    g_free(o->output);
    g_free(o->unit_name);
    g_strfreev(o->settings);
    g_strfreev(o->lines);
    g_free(o->region_a);
    g_free(o->region_b);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

// What is analysed and what with.
typedef struct {
    LacProject *project;
    LacAtoms *atoms;
    LacVolume *volume; // (nullable)
    LacTruth *truth;   // (nullable)
} Work;

static void
clear_work(Work *work)
{
    g_clear_pointer(&work->project, lac_project_free);
    g_clear_pointer(&work->atoms, lac_atoms_unref);
    g_clear_pointer(&work->volume, lac_volume_unref);
    g_clear_pointer(&work->truth, lac_truth_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, clear_work)

static char *
dup_usage(void)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    GString *usage = g_string_new("FILE - interface, oxidation, vacancies, pores and structure of "
                                  "a model: a project, or a file of atoms\n\nAnalyses:");
    for (gsize i = 0; i < n; i++)
        g_string_append_printf(usage, "\n  %-14s %s", table[i]->id, table[i]->title);
    g_string_append(usage, "\n\nParameters for --set:");
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    for (gsize i = 0; i < n; i++)
        for (guint p = 0; p < table[i]->n_params; p++) {
            const LacParamInfo *info = &table[i]->params[p];
            g_autofree char *value = lac_param_dup_text(info, &params);
            g_autofree char *setting = g_strdup_printf("%s=%s", info->key, value);
            g_string_append_printf(usage, "\n  %-30s %s%s%s%s", setting, info->title,
                *info->unit != '\0' ? " [" : "", info->unit, *info->unit != '\0' ? "]" : "");
        }
    return g_string_free(usage, FALSE);
}

static gboolean
parse(LacCli *cli, Options *o, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "analysis", 0, 0, G_OPTION_ARG_STRING, &o->names,
            "Which, separated by commas (default: all)", "NAME,…" },
        { "volume", 0, 0, G_OPTION_ARG_FILENAME, &o->volume,
            "The volume that was traced (default: the project's)", "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Of the volume, and of positions that are stored in voxels", "Å" },
        { "unit", 0, 0, G_OPTION_ARG_STRING, &o->unit_name,
            "Of the positions: angstrom, voxel (from 1), voxel0, fine or guess", "UNIT" },
        { "apply-audit", 0, 0, G_OPTION_ARG_NONE, &o->apply_audit,
            "Take out false atoms and put in untraced ones first, as one undoable step", NULL },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->settings,
            "Set a parameter; may be repeated. Others are as the project has them", "KEY=VALUE" },
        { "line", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->lines,
            "Profile along a line, in a cylinder of this radius (6 Å); may be repeated",
            "X,Y,Z,X,Y,Z[,RADIUS]" },
        { "line-step", 0, 0, G_OPTION_ARG_DOUBLE, &o->line_step, "Bins of line profiles (2 Å)",
            "Å" },
        { "line-whole", 0, 0, G_OPTION_ARG_NONE, &o->whole_line,
            "Prolong lines to both ends of the particle", NULL },
        { "region-a", 0, 0, G_OPTION_ARG_STRING, &o->region_a,
            "Compare these atoms, chosen as by edit --where or by any number of the analyses, such "
            "as \"interface_distance < -3\" …",
            "EXPR" },
        { "region-b", 0, 0, G_OPTION_ARG_STRING, &o->region_b, "… with these", "EXPR" },
        { "csv", 0, 0, G_OPTION_ARG_FILENAME, &o->csv, "Write all tables there", "FOLDER" },
        { "truth", 0, 0, G_OPTION_ARG_FILENAME, &o->truth,
            "Score against a labelled particle: a folder with truth.json, or a project",
            "FOLDER|PROJECT" },
        { "require", 0, 0, G_OPTION_ARG_NONE, &o->require,
            "Exit with 1 when a row of the scores fails", NULL },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
            "Keep model and results in a project", "PROJECT" },
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *usage = dup_usage();
    if (!lac_cli_parse(cli, usage, entries, argc, argv, error))
        return FALSE;
    if (*argc != 2)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "One model is needed: a project, or a file of atoms");
    else if ((o->region_a != NULL) != (o->region_b != NULL))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--region-%s stands alone: two regions are compared", o->region_a != NULL ? "a" : "b");
    else if (!(o->line_step >= 0.0 && o->line_step < 1e4))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--line-step %g is not a positive length in Å", o->line_step);
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error) &&
            (o->unit_name == NULL || lac_unit_parse(o->unit_name, &o->unit, error)) &&
            lac_analysis_parse(o->names != NULL ? o->names : "all", &o->wanted, error);
    return FALSE;
}

static gboolean
read_settings(const Options *o, const LacProject *project, LacAnalysisParams *params,
    GError **error)
{
    lac_analysis_params_init(params);
    lac_analysis_settings_read(params, project->settings);
    for (guint i = 0; o->settings != NULL && o->settings[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(o->settings[i], "=", 2);
        if (g_strv_length(parts) != 2) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--set %s is not KEY=VALUE",
                o->settings[i]);
            return FALSE;
        }
        if (!lac_analysis_params_set(params, parts[0], parts[1], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
open_project(Work *work, const char *file, LacProgress *progress, GError **error)
{
    work->project = lac_project_load(file, progress, error);
    if (work->project == NULL)
        return FALSE;
    LacProject *project = work->project;
    if (project->journal == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s holds no atoms", file);
        return FALSE;
    }
    work->atoms = lac_atoms_ref(lac_journal_get_atoms(project->journal));
    LacVolume *volume = project->recon != NULL ? project->recon->volume : project->volume;
    work->volume = volume != NULL ? lac_volume_ref(volume) : NULL;
    return TRUE;
}

static gboolean
open_atoms(Work *work, Options *o, const char *file, LacProgress *progress, GError **error)
{
    work->atoms = lac_read_atoms(file, progress, error);
    if (work->atoms == NULL)
        return FALSE;
    if (o->unit_name != NULL) {
        LacAtoms *converted = lac_atoms_to_angstrom(work->atoms, &o->unit, o->voxel_size, 0, error);
        if (converted == NULL) {
            g_prefix_error(error, "%s: ", file);
            return FALSE;
        }
        lac_atoms_unref(work->atoms);
        work->atoms = converted;
    }
    work->project = lac_project_new();
    work->project->journal = lac_journal_new(work->atoms);
    return TRUE;
}

static gboolean
open_truth(Work *work, const char *file, LacProgress *progress, GError **error)
{
    if (lac_truth_folder_is(file)) {
        work->truth = lac_truth_folder_read(file, progress, error);
        return work->truth != NULL;
    }
    g_autoptr(LacProject) project = lac_project_load(file, progress, error);
    if (project == NULL)
        return FALSE;
    if (project->truth == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s knows nothing of a true particle",
            file);
        return FALSE;
    }
    work->truth = lac_truth_ref(project->truth);
    return TRUE;
}

static gboolean
open_work(Work *work, Options *o, const char *file, LacProgress *progress, GError **error)
{
    gboolean done = lac_project_is_project(file) ? open_project(work, file, progress, error)
                                                 : open_atoms(work, o, file, progress, error);
    if (!done || (o->truth != NULL && !open_truth(work, o->truth, progress, error)))
        return FALSE;
    if (o->volume != NULL) {
        g_clear_pointer(&work->volume, lac_volume_unref);
        work->volume = lac_cli_read_volume(o->volume, o->voxel_size, progress, error);
        return work->volume != NULL;
    }
    if (work->volume == NULL && work->truth != NULL && work->truth->volume != NULL)
        work->volume = lac_volume_ref(work->truth->volume);
    return TRUE;
}

// Positions that are hardly in Å are refused, unless the unit was said.
static gboolean
check_unit(const Options *o, const LacPoints *points, const char *file, GError **error)
{
    if (o->unit_name != NULL || isnan(points->spacing) ||
        (points->spacing >= LAC_POINTS_SPACING_MIN && points->spacing <= LAC_POINTS_SPACING_MAX))
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "%s: atoms are %.3g apart, outside %g to %g Å, so positions are hardly in Å; say --unit, "
        "and --voxel-size if they are in voxels",
        file, points->spacing, LAC_POINTS_SPACING_MIN, LAC_POINTS_SPACING_MAX);
    return FALSE;
}

// Corrects the model by what the audit found; the project keeps it as one step.
static gboolean
apply_audit(Work *work, const LacAnalysisParams *params, LacProgress *progress, GError **error)
{
    g_autoptr(LacAnalysis) audit = lac_analysis_run(work->atoms, work->volume, params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT), NULL, progress, error);
    if (audit == NULL)
        return FALSE;
    if (audit->audit == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "No audit is possible: %s",
            audit->why[LAC_ANALYSIS_AUDIT]);
        return FALSE;
    }
    if (audit->audit->n_false + audit->audit->n_missing == 0)
        return TRUE;
    LacEdit *edit = lac_audit_make_edit(audit->audit, audit->points, NULL, NULL, NULL, error);
    if (edit == NULL || !lac_journal_apply(work->project->journal, edit, error))
        return FALSE;
    lac_atoms_unref(work->atoms);
    work->atoms = lac_atoms_ref(lac_journal_get_atoms(work->project->journal));
    return TRUE;
}

static void
print_results(const LacCli *cli, const char *file, const LacAnalysis *analysis,
    const LacReport *report)
{
    if (cli->json) {
        g_autoptr(JsonBuilder) json = json_builder_new();
        json_builder_begin_object(json);
        json_builder_set_member_name(json, "file");
        json_builder_add_string_value(json, file);
        json_builder_set_member_name(json, "atoms");
        json_builder_add_int_value(json, (gint64) analysis->points->n);
        json_builder_set_member_name(json, "analyses");
        lac_report_add_json(report, json);
        json_builder_end_object(json);
        lac_cli_print_json(json);
        return;
    }
    g_autofree char *text = lac_report_dup_text(report);
    printf("%s: %" G_GSIZE_FORMAT " atoms%s\n%s", file, analysis->points->n,
        analysis->volume != NULL ? ", with a volume" : "", text);
}

// The project gets the model, with the audit as a step of its history, and all results.
static gboolean
save(Work *work, const Options *o, const LacAnalysis *analysis, LacProgress *progress,
    GError **error)
{
    LacProject *project = work->project;
    g_autoptr(GString) settings = g_string_new(NULL);
    g_autofree char *inputs = lac_project_dup_digests(project);
    for (guint i = 0; o->settings != NULL && o->settings[i] != NULL; i++)
        g_string_append_printf(settings, "%s\n", o->settings[i]);
    g_clear_pointer(&project->analyses, lac_report_unref);
    project->analyses = lac_analysis_report(analysis, o->wanted, TRUE);
    lac_analysis_add_digests(analysis, project->analyses);
    g_free(project->settings);
    project->settings = lac_analysis_settings_dup_text(&analysis->params);
    if (project->recon == NULL && project->volume == NULL && work->volume != NULL)
        project->volume = lac_volume_ref(work->volume);
    lac_project_add_provenance(project, "analyse", settings->str, inputs);
    return lac_project_save(project, o->output, progress, error);
}

// What the project keeps, as the report of the window has it; a line or regions that the command
// line names take the place of its own.
static gboolean
add_kept(const Options *o, const Work *work, const LacAnalysis *analysis, LacReport *report,
    GError **error)
{
    g_autoptr(LacChosen) chosen =
        o->names == NULL ? lac_chosen_read_views(work->project->views, work->atoms->n) : NULL;
    if (chosen == NULL)
        return TRUE;
    if (o->lines != NULL)
        lac_chosen_set_line(chosen, NULL);
    for (guint k = 0; o->region_a != NULL && k < LAC_N_REGIONS; k++)
        lac_chosen_set_region(chosen, k, NULL, 0);
    return lac_chosen_add_sections(chosen, analysis, report, error);
}

// What was chosen on the command line: lines, and regions to compare.
static gboolean
add_chosen(const Options *o, const LacAnalysis *analysis, LacReport *report, GError **error)
{
    for (guint i = 0; o->lines != NULL && o->lines[i] != NULL; i++) {
        LacLineParams line;
        lac_line_params_init(&line);
        line.whole = o->whole_line;
        line.step = o->line_step > 0.0 ? o->line_step : line.step;
        if (!lac_line_params_parse(&line, o->lines[i], error) ||
            lac_line_add_section(analysis, &line, report, error) == NULL) {
            g_prefix_error(error, "--line: ");
            return FALSE;
        }
    }
    if (o->region_a == NULL)
        return TRUE;
    g_autoptr(LacRegion) a = lac_region_parse(analysis, o->region_a, error);
    g_autoptr(LacRegion) b = a != NULL ? lac_region_parse(analysis, o->region_b, error) : NULL;
    if (b == NULL) {
        g_prefix_error(error, "--region-%s: ", a == NULL ? "a" : "b");
        return FALSE;
    }
    lac_regions_add_section(analysis, a, b, report);
    return TRUE;
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    g_auto(Work) work = { 0 };
    LacAnalysisParams params;
    if (!parse(cli, &o, &argc, &argv, error) ||
        !open_work(&work, &o, argv[1], cli->progress, error) ||
        !read_settings(&o, work.project, &params, error) ||
        (o.apply_audit && !apply_audit(&work, &params, cli->progress, error)))
        return FALSE;
    guint64 needed = o.wanted | (work.truth != NULL ? lac_analysis_score_get_needs() : 0);
    g_autoptr(LacAnalysis) analysis =
        lac_analysis_run(work.atoms, work.volume, &params, needed, NULL, cli->progress, error);
    if (analysis == NULL || !check_unit(&o, analysis->points, argv[1], error))
        return FALSE;
    g_autoptr(LacReport) report = lac_analysis_report(analysis, o.wanted, o.csv != NULL);
    g_autoptr(GPtrArray) rows = NULL;
    if (work.truth != NULL) {
        rows = lac_analysis_score_run(analysis, work.truth, cli->progress, error);
        if (rows == NULL)
            return FALSE;
        lac_analysis_score_add_section(rows, report);
    }
    if (!add_kept(&o, &work, analysis, report, error) || !add_chosen(&o, analysis, report, error))
        return FALSE;
    if (o.csv != NULL && !lac_report_write_csv(report, o.csv, error))
        return FALSE;
    print_results(cli, argv[1], analysis, report);
    if (o.output != NULL && !save(&work, &o, analysis, cli->progress, error))
        return FALSE;
    guint n_missed =
        o.require && rows != NULL ? lac_analysis_score_count(rows, LAC_ANALYSIS_SCORE_MISSED) : 0;
    if (n_missed > 0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL, "%u scores miss their limits", n_missed);
    return n_missed == 0;
}

const LacCliVerb lac_cli_analyse = {
    .name = "analyse",
    .summary = "interface, oxidation, vacancies, pores and structure of a model",
    .run = run,
};
