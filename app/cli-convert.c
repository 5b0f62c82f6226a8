// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "app/cli.h"
#include "core/data/resample.h"
#include "core/error.h"
#include "core/io/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// As given on the command line; NULL or 0 where it was not.
typedef struct {
    LacCliInput input;
    LacReadParams params;
    char *crop, *angles, *as;
    gsize begin[3], size[3]; // of the crop
    int bin;
    const char *in, *out;
} Options;

static void
options_clear(Options *o)
{
    lac_cli_input_clear(&o->input);
    g_free(o->crop);
    g_free(o->angles);
    g_free(o->as);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
check_options(Options *o, int argc, char **argv, GError **error)
{
    gsize block[6];
    if (argc != 3) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A file to read and a file to write are needed, not %d files", argc - 1);
        return FALSE;
    }
    if (!lac_cli_input_get_params(&o->input, &o->params, error))
        return FALSE;
    if (o->crop != NULL) {
        if (!lac_cli_parse_sizes("--crop", o->crop, 6, block, error))
            return FALSE;
        memcpy(o->begin, block, sizeof o->begin);
        memcpy(o->size, block + 3, sizeof o->size);
    }
    if (o->bin < 1) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--bin %d is not at least 1", o->bin);
        return FALSE;
    }
    if (o->as != NULL && !g_str_equal(o->as, "volume") && !g_str_equal(o->as, "series")) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--as \"%s\" is neither volume nor series", o->as);
        return FALSE;
    }
    o->in = argv[1];
    o->out = argv[2];
    return TRUE;
}

static gboolean
parse_options(LacCli *cli, Options *o, int *argc, char ***argv, GError **error)
{
    const GOptionEntry own[] = {
        { "crop", 0, 0, G_OPTION_ARG_STRING, &o->crop,
            "Keep a block: its first voxel and its size (of a series: u, v and projections)",
            "X0,Y0,Z0,NX,NY,NZ" },
        { "bin", 0, 0, G_OPTION_ARG_INT, &o->bin, "Average N voxels along each axis (1)", "N" },
        { "angles", 0, 0, G_OPTION_ARG_FILENAME, &o->angles, "Angles of the projections", "FILE" },
        { "as", 0, 0, G_OPTION_ARG_STRING, &o->as,
            "What the numbers are; default series when there are angles, else volume",
            "volume|series" },
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *entries = lac_cli_input_entries(&o->input, own);
    return lac_cli_parse(cli,
               "IN OUT - write any readable file in the format of OUT's suffix; of atoms, "
               "--voxel-size multiplies the positions",
               entries, argc, argv, error) &&
        check_options(o, *argc, *argv, error);
}

static void
report(const LacCli *cli, const Options *o, const char *kind, guint n_dims, const gsize *shape,
    double voxel_size)
{
    if (!cli->json) {
        printf("%s: %s of ", o->out, kind);
        for (guint i = 0; i < n_dims; i++)
            printf("%s%" G_GSIZE_FORMAT, i > 0 ? " x " : "", shape[i]);
        putchar('\n');
        return;
    }
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "input");
    json_builder_add_string_value(builder, o->in);
    json_builder_set_member_name(builder, "output");
    json_builder_add_string_value(builder, o->out);
    json_builder_set_member_name(builder, "kind");
    json_builder_add_string_value(builder, kind);
    json_builder_set_member_name(builder, "shape");
    json_builder_begin_array(builder);
    for (guint i = 0; i < n_dims; i++)
        json_builder_add_int_value(builder, (gint64) shape[i]);
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "voxel_size");
    json_builder_add_double_value(builder, voxel_size);
    json_builder_end_object(builder);
    lac_cli_print_json(builder);
}

static gboolean
convert_volume(LacCli *cli, const Options *o, const LacArray *array, GError **error)
{
    g_autoptr(LacVolume) volume = lac_array_to_volume(array, o->in, error);
    if (volume != NULL && o->crop != NULL) {
        g_autoptr(LacVolume) whole = g_steal_pointer(&volume);
        volume = lac_volume_crop(whole, o->begin, o->size, error);
    }
    if (volume != NULL && o->bin > 1) {
        g_autoptr(LacVolume) fine = g_steal_pointer(&volume);
        volume = lac_volume_bin(fine, (gsize) o->bin, error);
    }
    if (volume == NULL || !lac_write_volume(volume, o->out, cli->progress, error))
        return FALSE;
    g_autofree char *loss = lac_write_dup_loss(volume, o->out);
    if (loss != NULL && !cli->quiet)
        fprintf(stderr, "%s\n", loss);
    const gsize shape[] = { volume->nz, volume->ny, volume->nx };
    report(cli, o, "volume", 3, shape, volume->voxel_size);
    return TRUE;
}

static LacSeries *
add_angles(const LacSeries *series, const char *file, GError **error)
{
    gsize n;
    g_autofree LacAngles *angles = lac_read_angles(file, &n, error);
    return angles != NULL ? lac_series_with_angles(series, angles, n, error) : NULL;
}

// An array in a file has its rotation centre at its central pixel.
static void
tell_lost_centre(const LacCli *cli, const Options *o, const LacSeries *series)
{
    const LacShift *shift = &series->shifts[0];
    if (!cli->quiet && (fabs(shift->du) > 0.5 || fabs(shift->dv) > 0.5))
        fprintf(stderr,
            "The rotation centre is now %g pixels across and %g pixels along the tilt axis from "
            "the central pixel, which %s does not tell\n",
            shift->du, shift->dv, o->out);
}

static gboolean
convert_series(LacCli *cli, const Options *o, const LacArray *array, GError **error)
{
    g_autoptr(LacSeries) series = lac_array_to_series(array, o->in, error);
    if (series != NULL && o->angles != NULL) {
        g_autoptr(LacSeries) plain = g_steal_pointer(&series);
        series = add_angles(plain, o->angles, error);
    }
    if (series != NULL && o->crop != NULL) {
        g_autoptr(LacSeries) whole = g_steal_pointer(&series);
        series = lac_series_crop(whole, o->begin, o->size, error);
    }
    if (series != NULL && o->bin > 1) {
        g_autoptr(LacSeries) fine = g_steal_pointer(&series);
        series = lac_series_bin(fine, (gsize) o->bin, error);
    }
    if (series == NULL || !lac_write_series(series, o->out, cli->progress, error))
        return FALSE;
    tell_lost_centre(cli, o, series);
    const gsize shape[] = { series->n, series->nv, series->nu };
    report(cli, o, "series", 3, shape, series->pixel_size);
    return TRUE;
}

static LacAtoms *
scale_atoms(const LacAtoms *atoms, double factor)
{
    LacAtoms *out = lac_atoms_new(atoms->n);
    for (guint i = 0; atoms->species_names[i] != NULL; i++)
        lac_atoms_add_species(out, atoms->species_names[i]);
    memcpy(out->species, atoms->species, atoms->n * sizeof *atoms->species);
    for (gsize i = 0; i < atoms->n; i++) {
        out->x[i] = atoms->x[i] * factor;
        out->y[i] = atoms->y[i] * factor;
        out->z[i] = atoms->z[i] * factor;
    }
    for (guint i = 0; i < atoms->columns->len; i++) {
        const LacAtomColumn *column = &g_array_index(atoms->columns, LacAtomColumn, i);
        memcpy(lac_atoms_add_column(out, column->name), column->values,
            atoms->n * sizeof *column->values);
    }
    g_free(out->comment);
    out->comment = g_strdup(atoms->comment);
    return out;
}

static gboolean
convert_atoms(LacCli *cli, const Options *o, GError **error)
{
    if (o->crop != NULL || o->bin > 1 || o->angles != NULL || o->as != NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s holds atoms, which --crop, --bin, --angles and --as do not apply to", o->in);
        return FALSE;
    }
    g_autoptr(LacAtoms) atoms = lac_read_atoms(o->in, cli->progress, error);
    if (atoms != NULL && o->params.spacing > 0.0) {
        g_autoptr(LacAtoms) plain = g_steal_pointer(&atoms);
        atoms = scale_atoms(plain, o->params.spacing);
    }
    if (atoms == NULL || !lac_write_atoms(atoms, o->out, error))
        return FALSE;
    report(cli, o, "atoms", 1, &atoms->n, o->params.spacing);
    return TRUE;
}

// Writes angles alone, as a series of single pixels.
static gboolean
convert_angles(LacCli *cli, const Options *o, GError **error)
{
    gsize n;
    g_autofree LacAngles *angles = lac_read_angles(o->in, &n, error);
    if (angles == NULL)
        return FALSE;
    const gsize shape[] = { n, 3 };
    g_autoptr(LacArray) array = lac_array_new(2, shape, error);
    if (array == NULL)
        return FALSE;
    for (gsize k = 0; k < n; k++) {
        array->buffer->data[3 * k] = (float) angles[k].phi;
        array->buffer->data[3 * k + 1] = (float) angles[k].theta;
        array->buffer->data[3 * k + 2] = (float) angles[k].psi;
    }
    array->angles = g_steal_pointer(&angles);
    array->n_angles = n;
    if (!lac_write_array(array, o->out, cli->progress, error))
        return FALSE;
    report(cli, o, "angles", 2, shape, 0.0);
    return TRUE;
}

static gboolean
is_series(const Options *o, const LacArray *array)
{
    static const char *const suffixes[] = { ".st", ".ali", ".preali", ".mrcs" };
    if (o->as != NULL)
        return g_str_equal(o->as, "series");
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(o->in, suffixes[i]) || g_str_has_suffix(o->out, suffixes[i]))
            return TRUE;
    return o->angles != NULL || array->angles != NULL;
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { .bin = 1 };
    if (!parse_options(cli, &o, &argc, &argv, error))
        return FALSE;
    g_autoptr(LacFileInfo) info = lac_file_info_read(o.in, &o.params, error);
    if (info == NULL)
        return FALSE;
    guint n[LAC_ITEM_OTHER + 1] = { 0 };
    for (guint i = 0; i < info->items->len; i++)
        n[((const LacFileItem *) g_ptr_array_index(info->items, i))->kind]++;
    if ((n[LAC_ITEM_ARRAY] == 0 && n[LAC_ITEM_ATOMS] > 0) || g_str_has_suffix(o.out, "xyz"))
        return convert_atoms(cli, &o, error);
    if (n[LAC_ITEM_ARRAY] == 0 && n[LAC_ITEM_ANGLES] > 0)
        return convert_angles(cli, &o, error);
    g_autoptr(LacArray) array = lac_read_array(o.in, &o.params, cli->progress, error);
    if (array == NULL)
        return FALSE;
    return is_series(&o, array) ? convert_series(cli, &o, array, error)
                                : convert_volume(cli, &o, array, error);
}

const LacCliVerb lac_cli_convert = {
    .name = "convert",
    .summary = "Write any readable file in another format",
    .run = run,
};
