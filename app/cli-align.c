// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "app/cli-poses.h"
#include "app/cli-settings.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/prep/align.h"
#include "core/prep/resample-shifts.h"
#include "core/project/project.h"

#include <math.h>
#include <stdio.h>

#define DEFAULT_METHODS "common-line,com,reprojection,angles"

typedef struct {
    char *projections, *angles, *output, *methods, *truth, *angles_out;
    double voxel_size;
    LacCliSettings settings;
} Options;

// What came out, for the report.
typedef struct {
    GPtrArray *steps; // of LacAlignment
    double seconds;
    LacAlignDifference *before, *after; // (nullable) against the truth
} Outcome;

static void
clear_options(Options *o)
{
    char **strings[] = { &o->projections, &o->angles, &o->output, &o->methods, &o->truth,
        &o->angles_out };
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(*strings[i]);
    lac_cli_settings_clear(&o->settings);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static void
clear_outcome(Outcome *outcome)
{
    g_clear_pointer(&outcome->steps, g_ptr_array_unref);
    lac_align_difference_free(outcome->before);
    lac_align_difference_free(outcome->after);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, clear_outcome)

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    LacAlignParams defaults;
    lac_align_params_init(&defaults);
    lac_cli_settings_init(&o->settings, lac_align_settings(), &defaults);
    const GOptionEntry own[] = {
        { "projections", 'p', 0, G_OPTION_ARG_FILENAME, &o->projections,
            "Tilt series, such as series.mrc or file.mat:Projs, or a project", "FILE" },
        { "angles", 'a', 0, G_OPTION_ARG_FILENAME, &o->angles, "Angles [deg]", "FILE" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
            "A .lacuna project, whose pixels stay as they are; or a series, resampled once",
            "FILE" },
        { "method", 'm', 0, G_OPTION_ARG_STRING, &o->methods,
            "In the order of work, of neighbours, common-line, com, axis, reprojection and angles "
            "(" DEFAULT_METHODS ")",
            "M,..." },
        { "angles-out", 0, 0, G_OPTION_ARG_FILENAME, &o->angles_out,
            "Write phi, theta and psi [deg] as they are in the end", "FILE" },
        { "truth", 0, 0, G_OPTION_ARG_FILENAME, &o->truth,
            "Project that knows shifts and angles (default: the projections' own)", "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Pixel size, instead of what the file says", "Å" },
    };
    g_autoptr(GArray) entries = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    lac_cli_settings_add(&o->settings, entries);
    if (!lac_cli_parse(cli, "- finds shifts and angles of a tilt series",
            (const GOptionEntry *) (gpointer) entries->data, &argc, &argv, error))
        return FALSE;
    if (o->projections == NULL || o->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--projections and --output are needed");
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error);
    return FALSE;
}

// Compares with what is known, where anything is.
static gboolean
compare_with_truth(const LacCli *cli, const Options *o, const LacProject *project, Outcome *outcome,
    GError **error)
{
    g_autoptr(LacProject) other = NULL;
    const LacTruth *truth = project->truth;
    if (o->truth != NULL) {
        other = lac_project_load(o->truth, cli->progress, error);
        if (other == NULL)
            return FALSE;
        truth = other->truth;
    }
    if (truth == NULL || truth->n_projections == 0) {
        if (o->truth == NULL)
            return TRUE;
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s does not know how images were taken",
            o->truth);
        return FALSE;
    }
    const LacAlignment *first = outcome->steps->pdata[0];
    const LacAlignment *last = outcome->steps->pdata[outcome->steps->len - 1];
    return lac_cli_compare_poses(truth, first->before, &outcome->before, error) &&
        lac_cli_compare_poses(truth, last->after, &outcome->after, error);
}

static gboolean
write_angles(const Options *o, const LacSeries *series, GError **error)
{
    if (o->angles_out == NULL)
        return TRUE;
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize k = 0; k < series->n; k++)
        g_string_append_printf(text, "%11.5f %11.5f %11.5f\n", series->angles[k].phi,
            series->angles[k].theta, series->angles[k].psi);
    return g_file_set_contents(o->angles_out, text->str, (gssize) text->len, error);
}

static gboolean
write_result(LacCli *cli, const Options *o, const LacAlignParams *params, LacProject *project,
    const Outcome *outcome, GError **error)
{
    const LacAlignment *last = outcome->steps->pdata[outcome->steps->len - 1];
    if (!write_angles(o, last->after, error))
        return FALSE;
    if (!g_str_has_suffix(o->output, ".lacuna")) {
        g_autoptr(LacSeries) applied = lac_align_apply(last->after, cli->progress, error);
        return applied != NULL && lac_write_series(applied, o->output, cli->progress, error);
    }
    g_autofree char *digests = lac_project_dup_digests(project);
    lac_series_unref(project->series);
    project->series = lac_series_ref(last->after);
    g_clear_pointer(&project->recon, lac_recon_unref); // of other shifts
    g_autofree char *settings = lac_settings_dup_text(lac_align_settings(), params);
    g_autofree char *parameters = g_strdup_printf("method=%s\n%s",
        o->methods != NULL ? o->methods : DEFAULT_METHODS, settings);
    lac_project_add_provenance(project, "align", parameters, digests);
    return lac_project_save(project, o->output, cli->progress, error);
}

static double
mean_of(const double *values, const LacSeries *series)
{
    double sum = 0.0;
    gsize n = 0;
    for (gsize k = 0; k < series->n; k++) {
        if (series->excluded[k] || isnan(values[k]))
            continue;
        sum += values[k];
        n++;
    }
    return n > 0 ? sum / (double) n : (double) NAN;
}

static double
rms_change(const LacAlignment *step)
{
    double sum = 0.0;
    for (gsize k = 0; k < step->after->n; k++) {
        double du = step->after->shifts[k].du - step->before->shifts[k].du;
        double dv = step->after->shifts[k].dv - step->before->shifts[k].dv;
        sum += du * du + dv * dv;
    }
    return sqrt(sum / (double) step->after->n);
}

static void
print_text(const Options *o, const Outcome *outcome)
{
    const LacSeries *first = ((const LacAlignment *) outcome->steps->pdata[0])->before;
    const LacAlignment *last = outcome->steps->pdata[outcome->steps->len - 1];
    const LacSeries *after = last->after;
    printf("projection          phi  theta  psi [deg]     du     dv [px]  was     phi  theta  psi"
           "     du     dv   misfit %%\n");
    for (gsize k = 0; k < after->n; k++) {
        const LacAngles *a = &after->angles[k], *b = &first->angles[k];
        printf("%6" G_GSIZE_FORMAT "%4s %9.3f %9.3f %9.3f %8.3f %8.3f %9.3f %9.3f %9.3f %8.3f "
               "%8.3f %8.2f\n",
            k + 1, after->excluded[k] ? "out" : "", a->phi, a->theta, a->psi, after->shifts[k].du,
            after->shifts[k].dv, b->phi, b->theta, b->psi, first->shifts[k].du, first->shifts[k].dv,
            100.0 * last->misfit_after[k]);
    }
    for (guint i = 0; i < outcome->steps->len; i++) {
        const LacAlignment *step = outcome->steps->pdata[i];
        printf("%s: rms change %.3f px", lac_align_get_info(step->method)->title, rms_change(step));
        double misfit = mean_of(step->misfit_before, step->before);
        if (!isnan(misfit))
            printf(", misfit %.2f %% to %.2f %%", 100.0 * misfit,
                100.0 * mean_of(step->misfit_after, step->before));
        if (step->method == LAC_ALIGN_AXIS)
            printf(", offset %.2f px, rotation %.2f°", step->axis_offset, step->axis_rotation);
        putchar('\n');
    }
    if (outcome->after != NULL) {
        lac_cli_print_poses("Before", outcome->before);
        lac_cli_print_poses("After ", outcome->after);
    }
    printf("%s: aligned in %.1f s\n", o->output, outcome->seconds);
}

static void
add_geometry(JsonBuilder *json, const char *name, const LacSeries *series, gsize k)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
    lac_cli_add_number(json, "du_px", series->shifts[k].du);
    lac_cli_add_number(json, "dv_px", series->shifts[k].dv);
    lac_cli_add_number(json, "phi_deg", series->angles[k].phi);
    lac_cli_add_number(json, "theta_deg", series->angles[k].theta);
    lac_cli_add_number(json, "psi_deg", series->angles[k].psi);
    json_builder_end_object(json);
}

static void
add_steps(JsonBuilder *json, const Outcome *outcome)
{
    json_builder_set_member_name(json, "steps");
    json_builder_begin_array(json);
    for (guint i = 0; i < outcome->steps->len; i++) {
        const LacAlignment *step = outcome->steps->pdata[i];
        json_builder_begin_object(json);
        json_builder_set_member_name(json, "method");
        json_builder_add_string_value(json, lac_align_get_info(step->method)->id);
        json_builder_set_member_name(json, "iterations");
        json_builder_add_int_value(json, step->n_iterations);
        lac_cli_add_number(json, "rms_change_px", rms_change(step));
        lac_cli_add_number(json, "misfit_before", mean_of(step->misfit_before, step->before));
        lac_cli_add_number(json, "misfit_after", mean_of(step->misfit_after, step->before));
        if (step->method == LAC_ALIGN_AXIS) {
            lac_cli_add_number(json, "axis_offset_px", step->axis_offset);
            lac_cli_add_number(json, "axis_rotation_deg", step->axis_rotation);
        }
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void
print_json(const Options *o, const Outcome *outcome)
{
    const LacSeries *first = ((const LacAlignment *) outcome->steps->pdata[0])->before;
    const LacAlignment *last = outcome->steps->pdata[outcome->steps->len - 1];
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "output");
    json_builder_add_string_value(json, o->output);
    lac_cli_add_number(json, "seconds", outcome->seconds);
    add_steps(json, outcome);
    if (outcome->after != NULL) {
        json_builder_set_member_name(json, "truth");
        json_builder_begin_object(json);
        lac_cli_add_poses(json, "before", outcome->before);
        lac_cli_add_poses(json, "after", outcome->after);
        json_builder_end_object(json);
    }
    json_builder_set_member_name(json, "projections");
    json_builder_begin_array(json);
    for (gsize k = 0; k < first->n; k++) {
        json_builder_begin_object(json);
        json_builder_set_member_name(json, "projection");
        json_builder_add_int_value(json, (gint64) k + 1);
        json_builder_set_member_name(json, "excluded");
        json_builder_add_boolean_value(json, first->excluded[k]);
        add_geometry(json, "before", first, k);
        add_geometry(json, "after", last->after, k);
        lac_cli_add_number(json, "misfit", last->misfit_after[k]);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    g_auto(Outcome) outcome = { 0 };
    LacAlignParams params;
    LacAlignMethod methods[LAC_ALIGN_MAX_STEPS];
    guint n_methods;
    lac_align_params_init(&params);
    if (!parse(cli, &o, argc, argv, error) ||
        !lac_cli_settings_apply(&o.settings, &params, error) ||
        !lac_align_methods_parse(o.methods != NULL ? o.methods : DEFAULT_METHODS, methods,
            &n_methods, error))
        return FALSE;
    g_autoptr(LacProject) project =
        lac_cli_read_project(o.projections, o.angles, o.voxel_size, cli->progress, error);
    if (project == NULL)
        return FALSE;
    gint64 start = g_get_monotonic_time();
    outcome.steps =
        lac_align_run_all(project->series, methods, n_methods, &params, cli->progress, error);
    outcome.seconds = (double) (g_get_monotonic_time() - start) * 1e-6;
    if (outcome.steps == NULL || !compare_with_truth(cli, &o, project, &outcome, error) ||
        !write_result(cli, &o, &params, project, &outcome, error))
        return FALSE;
    if (cli->json)
        print_json(&o, &outcome);
    else
        print_text(&o, &outcome);
    return TRUE;
}

const LacCliVerb lac_cli_align = {
    .name = "align",
    .summary = "shifts and angles of a tilt series: common lines, centres of mass, reprojections",
    .run = run,
};
