// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/trace/candidates.h"
#include "core/trace/suspicion.h"
#include "core/trace/units.h"
#include "core/trace/volume-residual.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    char *volume, *mask, *csv, *unit_name;
    LacUnit unit;
    double voxel_size, bond;
    int top, size;
} Options;

static void
clear_options(Options *o)
{
    g_free(o->volume);
    g_free(o->mask);
    g_free(o->csv);
    g_free(o->unit_name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse(LacCli *cli, Options *o, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "volume", 0, 0, G_OPTION_ARG_FILENAME, &o->volume,
            "The volume that was traced, or a project with it: adds what it has more than the model",
            "FILE" },
        { "mask", 0, 0, G_OPTION_ARG_FILENAME, &o->mask, "Where atoms can be", "FILE" },
        { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->voxel_size,
            "Of the volume, and of positions that are stored in voxels", "Å" },
        { "unit", 0, 0, G_OPTION_ARG_STRING, &o->unit_name,
            "Of the positions: guess (default), angstrom, voxel (from 1), voxel0 or fine", "UNIT" },
        { "size", 0, 0, G_OPTION_ARG_INT, &o->size,
            "Edge of the volume whose centre voxel is the origin of positions in voxels", "N" },
        { "bond", 0, 0, G_OPTION_ARG_DOUBLE, &o->bond, "Typical bond (from the model)", "Å" },
        { "top", 0, 0, G_OPTION_ARG_INT, &o->top, "How many to list (50)", "N" },
        { "csv", 0, 0, G_OPTION_ARG_FILENAME, &o->csv, "Write the list as a table", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "MODEL - lists what to look at in a model, with the reasons", entries,
            argc, argv, error))
        return FALSE;
    if (*argc != 2)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "One model is needed");
    else if (o->top < 1)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--top %d is below 1", o->top);
    else if (!(o->bond >= 0.0 && o->bond < 100.0))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--bond %g is no length of a bond in Å",
            o->bond);
    else if (o->size < 0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--size %d is negative", o->size);
    else
        return lac_cli_check_length("--voxel-size", o->voxel_size, error) &&
            (o->unit_name == NULL || lac_unit_parse(o->unit_name, &o->unit, error));
    return FALSE;
}

// Residual of the volume and its peaks, for the context.
static gboolean
add_residual(const Options *o, LacAtoms *atoms, LacReviewContext *context, GArray **peaks,
    LacProgress *progress, GError **error)
{
    g_autoptr(LacVolume) volume = lac_cli_read_volume(o->volume, o->voxel_size, progress, error);
    g_autoptr(LacVolumeResidual) residual =
        volume != NULL ? lac_volume_residual_new(volume, atoms, progress, error) : NULL;
    if (residual == NULL)
        return FALSE;
    LacCandidateParams search;
    lac_candidate_params_init(&search);
    search.sigma = lac_volume_residual_get_width(residual);
    search.light_height = lac_volume_residual_get_light_height(residual);
    *peaks = lac_candidates_find(lac_volume_residual_get_volume(residual), atoms, context->mask,
        &search, progress, error);
    if (*peaks == NULL)
        return FALSE;
    context->residual = lac_volume_residual_dup_volume(residual, error);
    context->peaks = (const LacReviewPeak *) (gpointer) (*peaks)->data;
    context->n_peaks = (*peaks)->len;
    return context->residual != NULL;
}

static gboolean
write_csv(const char *path, const GPtrArray *items, GError **error)
{
    g_autoptr(GString) text = g_string_new("rank,kind,index,x,y,z,score,reasons\n");
    for (guint k = 0; k < items->len; k++) {
        const LacReviewItem *item = items->pdata[k];
        g_string_append_printf(text, "%u,%s,", k + 1, item->is_candidate ? "candidate" : "atom");
        if (item->index != G_MAXSIZE)
            g_string_append_printf(text, "%" G_GSIZE_FORMAT, item->index);
        g_string_append_printf(text, ",%.4f,%.4f,%.4f,%.6f,\"%s\"\n", item->position.x,
            item->position.y, item->position.z, item->score, item->text);
    }
    return g_file_set_contents(path, text->str, (gssize) text->len, error);
}

static void
print_json(const LacReview *review, const GPtrArray *items)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "bond");
    json_builder_add_double_value(json, lac_review_get_bond(review));
    json_builder_set_member_name(json, "expected_false");
    json_builder_add_double_value(json, lac_review_estimate_false(review));
    json_builder_set_member_name(json, "expected_missing");
    json_builder_add_double_value(json, lac_review_estimate_missing(review));
    json_builder_set_member_name(json, "items");
    json_builder_begin_array(json);
    for (guint k = 0; k < items->len; k++) {
        const LacReviewItem *item = items->pdata[k];
        json_builder_begin_object(json);
        json_builder_set_member_name(json, "kind");
        json_builder_add_string_value(json, item->is_candidate ? "candidate" : "atom");
        if (item->index != G_MAXSIZE) {
            json_builder_set_member_name(json, "index");
            json_builder_add_int_value(json, (gint64) item->index);
        }
        json_builder_set_member_name(json, "position");
        json_builder_begin_array(json);
        json_builder_add_double_value(json, item->position.x);
        json_builder_add_double_value(json, item->position.y);
        json_builder_add_double_value(json, item->position.z);
        json_builder_end_array(json);
        json_builder_set_member_name(json, "score");
        json_builder_add_double_value(json, item->score);
        json_builder_set_member_name(json, "reasons");
        json_builder_add_string_value(json, item->text);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    lac_cli_print_json(json);
}

static void
print_list(const LacAtoms *atoms, const LacReview *review, const GPtrArray *items)
{
    printf("%" G_GSIZE_FORMAT " atoms, bond %.2f Å; about %.0f false atoms and %.0f missing ones "
           "are expected\n",
        lac_atoms_count_present(atoms), lac_review_get_bond(review),
        lac_review_estimate_false(review), lac_review_estimate_missing(review));
    for (guint k = 0; k < items->len; k++) {
        const LacReviewItem *item = items->pdata[k];
        g_autofree char *name = item->index != G_MAXSIZE
            ? g_strdup_printf("%s %" G_GSIZE_FORMAT, item->is_candidate ? "peak" : "atom",
                  item->index + 1)
            : g_strdup("residual");
        printf("%5u  %5.1f %%  %-12s  %8.2f %8.2f %8.2f  %s\n", k + 1, 100.0 * item->score, name,
            item->position.x, item->position.y, item->position.z, item->text);
    }
}

static gboolean
review(const Options *o, const LacCli *cli, LacAtoms *atoms, LacReviewContext *context,
    GError **error)
{
    g_autoptr(GArray) peaks = NULL;
    if (o->mask != NULL) {
        context->mask = lac_read_volume(o->mask, NULL, cli->progress, error);
        if (context->mask == NULL)
            return FALSE;
    }
    if (o->volume != NULL && !add_residual(o, atoms, context, &peaks, cli->progress, error))
        return FALSE;
    g_autoptr(LacReview) scores = lac_review_new(atoms, context, cli->progress, error);
    if (scores == NULL)
        return FALSE;
    g_autoptr(GPtrArray) items = lac_review_get_items(scores, (gsize) o->top);
    if (o->csv != NULL && !write_csv(o->csv, items, error))
        return FALSE;
    if (cli->json)
        print_json(scores, items);
    else
        print_list(atoms, scores, items);
    return TRUE;
}

// Models are in ångström unless something says that they may not be.
static LacAtoms *
read_model(Options *o, const char *file, LacProgress *progress, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_read_atoms(file, progress, error);
    if (atoms == NULL || (o->unit_name == NULL && o->voxel_size <= 0.0))
        return g_steal_pointer(&atoms);
    LacAtoms *converted =
        lac_atoms_to_angstrom(atoms, &o->unit, o->voxel_size, (gsize) o->size, error);
    if (converted == NULL)
        g_prefix_error(error, "%s: ", file);
    return converted;
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { .top = 50 };
    if (!parse(cli, &o, &argc, &argv, error))
        return FALSE;
    g_autoptr(LacAtoms) atoms = read_model(&o, argv[1], cli->progress, error);
    if (atoms == NULL)
        return FALSE;
    LacReviewContext context;
    lac_review_context_init(&context);
    context.bond = o.bond;
    gboolean done = review(&o, cli, atoms, &context, error);
    lac_volume_unref(context.mask);
    lac_volume_unref(context.residual);
    return done;
}

const LacCliVerb lac_cli_review = {
    .name = "review",
    .summary = "What to look at in a model, and why",
    .run = run,
};
