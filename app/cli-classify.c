// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/trace/classify.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *model, *volume, *output, *species_list, *border_list;
    double voxel_size, radius, local_radius;
    gboolean all_atoms, local, present_only;
    char **species;
    double borders[LAC_CLASSIFY_MAX_SPECIES];
    LacClassifyParams params;
} Options;

static void
clear_options(Options *o)
{
    g_free(o->model);
    g_free(o->volume);
    g_free(o->output);
    g_free(o->species_list);
    g_free(o->border_list);
    g_strfreev(o->species);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse_borders(Options *o, GError **error)
{
    g_auto(GStrv) words = g_strsplit(o->border_list, ",", -1);
    guint n = g_strv_length(words);
    gboolean is_good = n >= 1 && n <= LAC_CLASSIFY_MAX_SPECIES;
    for (guint b = 0; b < n && is_good; b++) {
        char *end;
        g_strstrip(words[b]);
        o->borders[b] = g_ascii_strtod(words[b], &end);
        is_good = end != words[b] && *end == '\0';
    }
    o->params.borders = o->borders;
    o->params.n_borders = n;
    if (!is_good)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--borders \"%s\" is no list of 1 to %d numbers separated by commas", o->border_list,
            LAC_CLASSIFY_MAX_SPECIES);
    return is_good;
}

static gboolean
check_options(Options *o, GError **error)
{
    if (o->model == NULL || o->output == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--model and --output are needed");
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error) &&
            (o->border_list == NULL || parse_borders(o, error));
    return FALSE;
}

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    lac_classify_params_init(&o->params);
    o->local_radius = o->params.local_radius;
    const GOptionEntry entries[] = {
        { "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model, "Peaks from tracing", "FILE" },
        { "volume", 0, 0, G_OPTION_ARG_FILENAME, &o->volume,
            "Where they were found, or a project with it (default: the intensities of the model)",
            "FILE" },
        { "species", 0, 0, G_OPTION_ARG_STRING, &o->species_list,
            "Names of 1 to 4 species, the dimmest first (1)", "A,B,…" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
            "The model (.xyz, .csv, …), or a .lacuna project", "FILE" },
        { "radius", 0, 0, G_OPTION_ARG_DOUBLE, &o->radius,
            "Of the ball that is integrated; 0: 7/6 voxel (default)", "Å" },
        { "borders", 0, 0, G_OPTION_ARG_STRING, &o->border_list,
            "Between the intensities of the species, before them the one of non-atoms", "I,I,…" },
        { "all-atoms", 0, 0, G_OPTION_ARG_NONE, &o->all_atoms, "Every accepted peak is an atom",
            NULL },
        { "local", 0, 0, G_OPTION_ARG_NONE, &o->local, "Then compare each atom with its neighbours",
            NULL },
        { "local-radius", 0, 0, G_OPTION_ARG_DOUBLE, &o->local_radius, "Of the neighbours (10)",
            "Å" },
        { "present", 0, 0, G_OPTION_ARG_NONE, &o->present_only,
            "Leave rejected peaks and non-atoms out of the output", NULL },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Of the volume, instead of what the file says", "Å" },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "- tells atoms from other peaks, and their species", entries, &argc,
            &argv, error) ||
        !check_options(o, error))
        return FALSE;
    o->species = g_strsplit(o->species_list != NULL ? o->species_list : "1", ",", -1);
    for (guint s = 0; o->species[s] != NULL; s++)
        g_strstrip(o->species[s]);
    o->params.species = (const char *const *) o->species;
    o->params.radius = o->radius;
    o->params.drop_non_atoms = !o->all_atoms;
    o->params.local = o->local;
    o->params.local_radius = o->local_radius;
    return TRUE;
}

static void
print_text(const Options *o, const LacClassifyReport *report)
{
    printf("%s: %" G_GSIZE_FORMAT " peaks are no atoms", o->output, report->counts[0]);
    if (isfinite(report->borders[0]))
        printf(", below %.6g", report->borders[0]);
    printf("\n");
    for (guint s = 0; s < report->n_species; s++) {
        printf("  %-4s %8" G_GSIZE_FORMAT " atoms of intensity %.6g", o->species[s],
            report->counts[s + 1], report->means[s]);
        if (s > 0)
            printf(", above %.6g", report->borders[s]);
        printf("\n");
    }
    if (report->n_components > 0)
        printf("  the intensities are a mixture of %u Gaussians\n", report->n_components);
    if (o->local)
        printf("  neighbours changed %" G_GSIZE_FORMAT " atoms in %u rounds%s\n", report->n_moved,
            report->n_rounds, report->cycled ? ", which then repeated themselves" : "");
}

static void
add_numbers(JsonBuilder *json, const char *name, const double *values, guint n)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
    for (guint i = 0; i < n; i++) {
        if (isfinite(values[i]))
            json_builder_add_double_value(json, values[i]);
        else
            json_builder_add_null_value(json);
    }
    json_builder_end_array(json);
}

static void
print_json(const Options *o, const LacClassifyReport *report)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "output");
    json_builder_add_string_value(json, o->output);
    json_builder_set_member_name(json, "species");
    json_builder_begin_array(json);
    for (guint s = 0; s < report->n_species; s++)
        json_builder_add_string_value(json, o->species[s]);
    json_builder_end_array(json);
    json_builder_set_member_name(json, "non_atoms");
    json_builder_add_int_value(json, (gint64) report->counts[0]);
    json_builder_set_member_name(json, "counts");
    json_builder_begin_array(json);
    for (guint s = 0; s < report->n_species; s++)
        json_builder_add_int_value(json, (gint64) report->counts[s + 1]);
    json_builder_end_array(json);
    add_numbers(json, "means", report->means, report->n_species);
    add_numbers(json, "borders", report->borders, report->n_species);
    json_builder_set_member_name(json, "components");
    json_builder_add_int_value(json, report->n_components);
    json_builder_set_member_name(json, "rounds");
    json_builder_add_int_value(json, report->n_rounds);
    json_builder_set_member_name(json, "changed_by_neighbours");
    json_builder_add_int_value(json, (gint64) report->n_moved);
    json_builder_set_member_name(json, "cycled");
    json_builder_add_boolean_value(json, report->cycled);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    if (!parse(cli, &o, argc, argv, error))
        return FALSE;
    g_autoptr(LacAtoms) peaks = lac_read_atoms(o.model, cli->progress, error);
    if (peaks == NULL)
        return FALSE;
    g_autoptr(LacVolume) volume = NULL;
    if (o.volume != NULL) {
        volume = lac_cli_read_volume(o.volume, o.voxel_size, cli->progress, error);
        if (volume == NULL)
            return FALSE;
    }
    LacClassifyReport report;
    g_autoptr(LacAtoms) atoms =
        lac_classify(peaks, volume, &o.params, &report, cli->progress, error);
    if (atoms == NULL)
        return FALSE;
    g_autoptr(LacAtoms) written =
        o.present_only ? lac_atoms_dup_present(atoms, NULL) : lac_atoms_ref(atoms);
    const char *const from[] = { o.model, o.volume, NULL };
    if (!lac_cli_write_model(written, o.output, from, "classify", cli->progress, error))
        return FALSE;
    if (cli->json)
        print_json(&o, &report);
    else
        print_text(&o, &report);
    return TRUE;
}

const LacCliVerb lac_cli_classify = {
    .name = "classify",
    .summary = "Tell atoms from other peaks, and their species",
    .run = run,
};
