// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "app/cli-score.h"
#include "core/error.h"
#include "core/io/format.h"
#include "core/project/project.h"
#include "core/trace/match.h"
#include "core/trace/units.h"

#include <math.h>
#include <stdio.h>

#define POOR 0.5 // recall below which other orders of the axes are tried

// One of the two models, as given and as read.
typedef struct {
    char *file, *types, *unit_name;
    LacUnit unit;
    LacAtoms *atoms;
    LacTruth *known; // (nullable) of a simulated particle
} Input;

typedef struct {
    Input model, truth;
    char *align, *axes, *swap;
    double cutoff, published_cutoff, voxel_size;
    int size;
    gboolean no_centre;
    LacAxes order;
    LacMatchParams params;
} Options;

static void
clear_input(Input *input)
{
    g_free(input->file);
    g_free(input->types);
    g_free(input->unit_name);
    g_clear_pointer(&input->atoms, lac_atoms_unref);
    g_clear_pointer(&input->known, lac_truth_unref);
}

static void
clear_options(Options *o)
{
    clear_input(&o->model);
    clear_input(&o->truth);
    g_free(o->align);
    g_free(o->axes);
    g_free(o->swap);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse_align(Options *o, GError **error)
{
    static const char *const names[] = { "none", "translation", "rigid" };
    for (guint a = 0; a < G_N_ELEMENTS(names); a++) {
        if (o->align != NULL && !g_str_equal(o->align, names[a]))
            continue;
        o->params.align = o->align != NULL ? (LacAlign) a : LAC_ALIGN_TRANSLATION;
        return TRUE;
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "--align %s is neither none, translation nor rigid", o->align);
    return FALSE;
}

static gboolean
parse_axes(Options *o, GError **error)
{
    static const struct {
        const char *swap, *axes;
    } swaps[] = { { "xy", "yxz" }, { "xz", "zyx" }, { "yz", "xzy" } };
    if (o->axes != NULL && o->swap != NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--axes and --swap exclude each other");
        return FALSE;
    }
    if (o->swap == NULL)
        return lac_axes_parse(o->axes != NULL ? o->axes : "xyz", &o->order, error);
    for (guint s = 0; s < G_N_ELEMENTS(swaps); s++)
        if (g_str_equal(o->swap, swaps[s].swap))
            return lac_axes_parse(swaps[s].axes, &o->order, error);
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--swap %s is neither xy, xz nor yz",
        o->swap);
    return FALSE;
}

static gboolean
check_options(Options *o, GError **error)
{
    if (o->model.file == NULL || o->truth.file == NULL)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--model and --truth are needed");
    else if (o->size < 0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--size %d is negative", o->size);
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error) &&
            (o->model.unit_name == NULL ||
                lac_unit_parse(o->model.unit_name, &o->model.unit, error)) &&
            (o->truth.unit_name == NULL ||
                lac_unit_parse(o->truth.unit_name, &o->truth.unit, error)) &&
            parse_align(o, error) && parse_axes(o, error);
    return FALSE;
}

static gboolean
parse(LacCli *cli, Options *o, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model.file, "Atoms to be judged, or a project",
            "FILE" },
        { "truth", 0, 0, G_OPTION_ARG_FILENAME, &o->truth.file,
            "Known atoms, or the project of a simulated particle", "FILE" },
        { "cutoff", 0, 0, G_OPTION_ARG_DOUBLE, &o->cutoff,
            "Of a pair; 0: the smaller of 0.8 Å and 0.35 bond lengths (default)", "Å" },
        { "align", 0, 0, G_OPTION_ARG_STRING, &o->align,
            "How the model may move: none, translation (default) or rigid", "HOW" },
        { "axes", 0, 0, G_OPTION_ARG_STRING, &o->axes,
            "Axes of the truth in the model's order, such as yxz or xy-z", "AXES" },
        { "swap", 0, 0, G_OPTION_ARG_STRING, &o->swap, "Exchange two axes of the truth: xy, ...",
            "AXES" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Of positions that are stored in voxels", "Å" },
        { "size", 0, 0, G_OPTION_ARG_INT, &o->size,
            "Edge of the volume whose centre voxel is the origin of such positions", "N" },
        { "model-unit", 0, 0, G_OPTION_ARG_STRING, &o->model.unit_name,
            "guess (default), angstrom, voxel (from 1), voxel0, or fine: the published padded grid",
            "UNIT" },
        { "truth-unit", 0, 0, G_OPTION_ARG_STRING, &o->truth.unit_name, "Likewise", "UNIT" },
        { "model-types", 0, 0, G_OPTION_ARG_FILENAME, &o->model.types,
            "Types of the model, where they are in a file of their own", "FILE" },
        { "truth-types", 0, 0, G_OPTION_ARG_FILENAME, &o->truth.types, "Likewise", "FILE" },
        { "published-cutoff", 0, 0, G_OPTION_ARG_DOUBLE, &o->published_cutoff,
            "Of the published rule (default: the same)", "Å" },
        { "no-centre", 0, 0, G_OPTION_ARG_NONE, &o->no_centre,
            "The published rule starts where the model is, not with both centroids together",
            NULL },
        G_OPTION_ENTRY_NULL,
    };
    lac_match_params_init(&o->params);
    if (!lac_cli_parse(cli, "- compares a model with known atoms", entries, &argc, &argv, error) ||
        !check_options(o, error))
        return FALSE;
    o->params.cutoff = o->cutoff;
    o->params.published_cutoff = o->published_cutoff;
    o->params.centre = !o->no_centre;
    return TRUE;
}

// Types from a file of their own become species named by their numbers.
static gboolean
read_types(Input *input, LacAtoms *atoms, LacProgress *progress, GError **error)
{
    g_autoptr(LacArray) types = lac_read_array(input->types, NULL, progress, error);
    if (types == NULL)
        return FALSE;
    if (types->buffer->n != atoms->n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "%s has %" G_GSIZE_FORMAT " types for %" G_GSIZE_FORMAT " atoms", input->types,
            types->buffer->n, atoms->n);
        return FALSE;
    }
    g_strfreev(atoms->species_names);
    atoms->species_names = g_new0(char *, 1);
    for (gsize i = 0; i < atoms->n; i++) {
        double type = (double) types->buffer->data[i];
        if (!(type >= 0.0 && type < 256.0 && type == floor(type))) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
                "Type %" G_GSIZE_FORMAT " in %s is %g, not a whole number below 256", i + 1,
                input->types, type);
            return FALSE;
        }
        g_autofree char *name = g_strdup_printf("%g", type);
        atoms->species[i] = lac_atoms_add_species(atoms, name);
    }
    return TRUE;
}

// A project stands for its model, or as the truth for what is known of the particle.
static LacAtoms *
read_project(Input *input, gboolean is_truth, LacProgress *progress, GError **error)
{
    g_autoptr(LacProject) project = lac_project_load(input->file, progress, error);
    if (project == NULL)
        return NULL;
    if (is_truth && project->truth != NULL) {
        input->known = lac_truth_ref(project->truth);
        return lac_atoms_ref(project->truth->atoms);
    }
    if (project->journal != NULL)
        return lac_atoms_ref(lac_journal_get_atoms(project->journal));
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s holds no %s", input->file,
        is_truth ? "known atoms" : "traced atoms");
    return NULL;
}

static gboolean
read_input(Input *input, const Options *o, LacProgress *progress, GError **error)
{
    g_autoptr(LacAtoms) read = lac_project_is_project(input->file)
        ? read_project(input, input == &o->truth, progress, error)
        : lac_read_atoms(input->file, progress, error);
    if (read == NULL)
        return FALSE;
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(read, read->n);
    if (input->types != NULL && !read_types(input, atoms, progress, error))
        return FALSE;
    input->atoms =
        lac_atoms_to_angstrom(atoms, &input->unit, o->voxel_size, (gsize) o->size, error);
    if (input->atoms == NULL)
        g_prefix_error(error, "%s: ", input->file);
    return input->atoms != NULL;
}

static void
print_errors(const char *name, const LacMatchErrors *errors)
{
    printf("%s rms %.3f pm (x %.2f, y %.2f, z %.2f), median %.2f pm, 95 %% within %.2f pm\n", name,
        errors->rms, errors->axis_rms[0], errors->axis_rms[1], errors->axis_rms[2], errors->median,
        errors->p95);
}

static void
print_score(const LacMatchScore *score)
{
    printf("  within %.3f Å  recall %6.2f %%  precision %6.2f %%  F1 %6.2f %%  rms %.3f pm\n",
        score->cutoff, 100.0 * score->recall, 100.0 * score->precision, 100.0 * score->f1,
        score->rms);
}

static void
print_confusion(const LacMatch *match)
{
    gsize width = match->n_model_species + 1;
    printf("%10s", "");
    for (guint c = 0; c < match->n_model_species; c++)
        printf(" %9s", match->model_species[c]);
    printf(" %9s\n", "missed");
    for (guint r = 0; r <= match->n_species; r++) {
        printf("%10s", r < match->n_species ? match->species[r].name : "extra");
        for (guint c = 0; c + (r == match->n_species ? 1 : 0) < width; c++)
            printf(" %9" G_GSIZE_FORMAT, match->confusion[r * width + c]);
        printf("\n");
    }
}

static void
print_text(const Options *o, const LacMatch *match, const LacScore *score)
{
    printf("%s: %" G_GSIZE_FORMAT " atoms, unit %s; truth %s: %" G_GSIZE_FORMAT
           " atoms, unit %s, bond %.3f Å\n",
        o->model.file, match->n_model, lac_unit_get_name(o->model.unit), o->truth.file,
        match->n_truth, lac_unit_get_name(o->truth.unit), match->bond);
    printf("One to one: %" G_GSIZE_FORMAT " pairs, %" G_GSIZE_FORMAT " missed, %" G_GSIZE_FORMAT
           " extra; the model moved by (%.3f, %.3f, %.3f) Å\n",
        match->n_pairs, match->n_missed, match->n_extra, match->shift.x, match->shift.y,
        match->shift.z);
    print_score(&match->score);
    print_score(&match->half);
    print_errors("  errors:", &match->errors);
    for (guint s = 0; s < match->n_species && match->n_species > 1; s++) {
        const LacMatchSpecies *species = &match->species[s];
        printf("  %s: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT, species->name, species->n_matched,
            species->n_truth);
        print_errors(",", &species->errors);
    }
    if (!isnan(match->type_accuracy) && match->n_species > 1)
        printf("  species right: %.2f %% of pairs, %.2f %% of the truth%s\n",
            100.0 * match->type_accuracy, 100.0 * match->identified,
            match->by_order ? " (names differ: compared by their order)" : "");
    if (match->n_species > 1 || match->n_model_species > 1)
        print_confusion(match);
    printf("Published rule within %.3f Å: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
           " (%.2f %%; a displaced model gets %.1f %%), RMSD %.3f pm\n",
        match->published.cutoff, match->published.n_kept, match->n_truth,
        100.0 * match->published.share, 100.0 * match->published.chance, match->published.rmsd);
    if (score != NULL) {
        g_autofree char *text = lac_score_dup_text(score);
        fputs(text, stdout);
    }
}

static void
add_errors(JsonBuilder *json, const LacMatchErrors *errors)
{
    static const char *const axes[] = { "rms_x_pm", "rms_y_pm", "rms_z_pm" };
    lac_cli_add_number(json, "rms_pm", errors->rms);
    lac_cli_add_number(json, "median_pm", errors->median);
    lac_cli_add_number(json, "p95_pm", errors->p95);
    for (int a = 0; a < 3; a++)
        lac_cli_add_number(json, axes[a], errors->axis_rms[a]);
}

static void
add_score(JsonBuilder *json, const char *name, const LacMatchScore *score)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
    lac_cli_add_number(json, "cutoff", score->cutoff);
    lac_cli_add_count(json, "pairs", score->n_pairs);
    lac_cli_add_number(json, "recall", score->recall);
    lac_cli_add_number(json, "precision", score->precision);
    lac_cli_add_number(json, "f1", score->f1);
    lac_cli_add_number(json, "rms_pm", score->rms);
    json_builder_end_object(json);
}

static void
add_species(JsonBuilder *json, const LacMatch *match)
{
    gsize width = match->n_model_species + 1;
    json_builder_set_member_name(json, "species");
    json_builder_begin_array(json);
    for (guint s = 0; s < match->n_species; s++) {
        json_builder_begin_object(json);
        lac_cli_add_text(json, "name", match->species[s].name);
        lac_cli_add_count(json, "truth", match->species[s].n_truth);
        lac_cli_add_count(json, "model", match->species[s].n_model);
        lac_cli_add_count(json, "matched", match->species[s].n_matched);
        lac_cli_add_count(json, "correct", match->species[s].n_correct);
        add_errors(json, &match->species[s].errors);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_set_member_name(json, "model_species");
    json_builder_begin_array(json);
    for (guint c = 0; c < match->n_model_species; c++)
        json_builder_add_string_value(json, match->model_species[c]);
    json_builder_end_array(json);
    json_builder_set_member_name(json, "confusion");
    json_builder_begin_array(json);
    for (guint r = 0; r <= match->n_species; r++) {
        json_builder_begin_array(json);
        for (gsize c = 0; c < width; c++)
            json_builder_add_int_value(json, (gint64) match->confusion[r * width + c]);
        json_builder_end_array(json);
    }
    json_builder_end_array(json);
}

static void
print_json(const Options *o, const LacMatch *match, const LacScore *score)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    lac_cli_add_text(json, "model", o->model.file);
    lac_cli_add_text(json, "model_unit", lac_unit_get_name(o->model.unit));
    lac_cli_add_count(json, "model_atoms", match->n_model);
    lac_cli_add_text(json, "truth", o->truth.file);
    lac_cli_add_text(json, "truth_unit", lac_unit_get_name(o->truth.unit));
    lac_cli_add_count(json, "truth_atoms", match->n_truth);
    lac_cli_add_number(json, "bond", match->bond);
    lac_cli_add_count(json, "missed", match->n_missed);
    lac_cli_add_count(json, "extra", match->n_extra);
    lac_cli_add_number(json, "shift_x", match->shift.x);
    lac_cli_add_number(json, "shift_y", match->shift.y);
    lac_cli_add_number(json, "shift_z", match->shift.z);
    add_score(json, "one_to_one", &match->score);
    add_score(json, "half_angstrom", &match->half);
    json_builder_set_member_name(json, "errors");
    json_builder_begin_object(json);
    add_errors(json, &match->errors);
    json_builder_end_object(json);
    lac_cli_add_number(json, "type_accuracy", match->type_accuracy);
    lac_cli_add_number(json, "identified", match->identified);
    add_species(json, match);
    json_builder_set_member_name(json, "published");
    json_builder_begin_object(json);
    lac_cli_add_number(json, "cutoff", match->published.cutoff);
    lac_cli_add_count(json, "kept", match->published.n_kept);
    lac_cli_add_number(json, "share", match->published.share);
    lac_cli_add_number(json, "chance", match->published.chance);
    lac_cli_add_number(json, "rmsd_pm", match->published.rmsd);
    json_builder_end_object(json);
    if (score != NULL)
        lac_cli_add_score(json, score);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

// Published truths have their axes in another order than the models.
static gboolean
suggest_axes(const Options *o, const LacMatch *match, LacProgress *progress, GError **error)
{
    LacAxes axes;
    gsize n_pairs;
    if (!lac_axes_find(o->model.atoms, o->truth.atoms, match->score.cutoff, &axes, &n_pairs,
            progress, error))
        return FALSE;
    if (n_pairs < 2 * match->n_pairs || (double) n_pairs < POOR * (double) match->n_truth)
        return TRUE;
    g_autofree char *text = lac_axes_to_text(&axes);
    printf("Are the axes in another order? With --axes %s there are %" G_GSIZE_FORMAT
           " pairs. Look whether that mirrors the particle.\n",
        text, n_pairs);
    return TRUE;
}

// Labels of the truth go with its own axes.
static LacScore *
make_score(const Options *o, const LacMatch *match)
{
    return o->truth.known != NULL && o->axes == NULL && o->swap == NULL
        ? lac_score_new(o->truth.known, o->model.atoms, match)
        : NULL;
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { 0 };
    if (!parse(cli, &o, argc, argv, error) || !read_input(&o.model, &o, cli->progress, error) ||
        !read_input(&o.truth, &o, cli->progress, error))
        return FALSE;
    g_autoptr(LacAtoms) truth = lac_atoms_reorder(o.truth.atoms, &o.order);
    g_autoptr(LacMatch) match = lac_match(o.model.atoms, truth, &o.params, cli->progress, error);
    if (match == NULL)
        return FALSE;
    g_autoptr(LacScore) score = make_score(&o, match);
    if (cli->json)
        print_json(&o, match, score);
    else
        print_text(&o, match, score);
    return cli->json || match->score.recall >= POOR ||
        suggest_axes(&o, match, cli->progress, error);
}

const LacCliVerb lac_cli_compare = {
    .name = "compare",
    .summary = "Compare a model with known atoms",
    .run = run,
};
