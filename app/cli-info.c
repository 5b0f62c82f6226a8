// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "app/cli.h"
#include "core/error.h"
#include "core/io/format.h"
#include "core/project/project.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// What one item turns out to hold once it is read.
typedef struct {
    LacStats stats;
    gboolean has_stats;
    LacAngles *angles; // (nullable)
    gsize n_angles;
    LacShift *shifts; // (nullable) n_angles, of a series that is aligned
    LacAtoms *atoms;  // (nullable)
    char *problem;    // (nullable) why it could not be read
} Contents;

#define N_PROJECT_PARTS 6

typedef struct {
    double min, max;
} Range;

static void
contents_clear(Contents *self)
{
    g_free(self->angles);
    g_free(self->shifts);
    lac_atoms_unref(self->atoms);
    g_free(self->problem);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Contents, contents_clear)

static const char *
get_kind_name(LacItemKind kind)
{
    static const char *const names[] = {
        [LAC_ITEM_ARRAY] = "array",
        [LAC_ITEM_ATOMS] = "atoms",
        [LAC_ITEM_ANGLES] = "angles",
        [LAC_ITEM_OTHER] = "other",
    };
    return names[kind];
}

// A series tells its angles; of other arrays the name must say that it is a table of them.
static gboolean
holds_angles(const LacFileItem *item)
{
    g_autofree char *name = g_ascii_strdown(item->name, -1);
    return item->n_dims > 2 || strstr(name, "ang") != NULL || strstr(name, "tilt") != NULL ||
        strstr(name, "theta") != NULL;
}

static gboolean
read_array(Contents *self, const char *file, const LacFileItem *item, const LacReadParams *params,
    LacProgress *progress, GError **error)
{
    g_autoptr(LacArray) array = lac_read_array(file, params, progress, error);
    if (array == NULL)
        return FALSE;
    self->stats = lac_stats(array->buffer->data, array->buffer->n);
    self->has_stats = TRUE;
    if (!holds_angles(item))
        return TRUE;
    self->angles = g_steal_pointer(&array->angles);
    self->n_angles = array->n_angles;
    return TRUE;
}

// Reads one item. An item that cannot be read is told, and is no failure when there are others.
static gboolean
read_contents(Contents *self, const LacFileInfo *info, const LacFileItem *item,
    const LacReadParams *params, LacProgress *progress, GError **error)
{
    g_autofree char *file = item->name[0] != '\0' ? g_strdup_printf("%s:%s", info->path, item->name)
                                                  : g_strdup(info->path);
    g_autoptr(GError) failure = NULL;
    gboolean done = TRUE;
    if (item->kind == LAC_ITEM_ARRAY) {
        done = read_array(self, file, item, params, progress, &failure);
    }
    else if (item->kind == LAC_ITEM_ANGLES) {
        self->angles = lac_read_angles(file, &self->n_angles, &failure);
        done = self->angles != NULL;
    }
    else if (item->kind == LAC_ITEM_ATOMS) {
        self->atoms = lac_read_atoms(file, progress, &failure);
        done = self->atoms != NULL;
    }
    if (done)
        return TRUE;
    if (info->items->len > 1 && failure->domain == LAC_ERROR) {
        self->problem = g_strdup(failure->message);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

static LacFileItem *
add_pixels(LacFileInfo *info, Contents *contents, const char *name, const LacBuffer *buffer,
    const gsize shape[3], double spacing)
{
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, name);
    item->n_dims = 3;
    memcpy(item->shape, shape, 3 * sizeof *shape);
    for (guint i = 0; i < 3; i++)
        item->spacing[i] = spacing;
    g_free(item->type);
    item->type = g_strdup("float32");
    contents->stats = lac_stats(buffer->data, shape[0] * shape[1] * shape[2]);
    contents->has_stats = TRUE;
    return item;
}

static LacFileItem *
add_volume(LacFileInfo *info, Contents *contents, const char *name, const LacVolume *volume)
{
    const gsize shape[3] = { volume->nz, volume->ny, volume->nx };
    return add_pixels(info, contents, name, volume->buffer, shape, volume->voxel_size);
}

static void
add_project_series(LacFileInfo *info, Contents *contents, const LacSeries *series)
{
    const gsize shape[3] = { series->n, series->nv, series->nu };
    LacFileItem *item =
        add_pixels(info, contents, "series", series->buffer, shape, series->pixel_size);
    gsize n_excluded = series->n - lac_series_count_included(series);
    contents->angles = g_new(LacAngles, series->n);
    contents->n_angles = series->n;
    memcpy(contents->angles, series->angles, series->n * sizeof *series->angles);
    if (lac_series_is_shifted(series))
        contents->shifts = g_memdup2(series->shifts, series->n * sizeof *series->shifts);
    if (n_excluded > 0)
        item->note = g_strdup_printf("%" G_GSIZE_FORMAT " projections are excluded", n_excluded);
}

static void
add_reconstruction(LacFileInfo *info, Contents *contents, const LacRecon *recon)
{
    LacFileItem *item = add_volume(info, contents, "reconstruction", recon->volume);
    item->note = recon->n_iterations > 0
        ? g_strdup_printf("%u iterations, R1 %.4g, R2 %.4g", recon->n_iterations,
              recon->r1[recon->n_iterations - 1], recon->r2[recon->n_iterations - 1])
        : g_strdup("without iterations");
}

// The parts of a project by the names that people know them by.
static LacFileInfo *
list_project(const char *path, Contents contents[N_PROJECT_PARTS], LacProgress *progress,
    GError **error)
{
    g_autoptr(LacProject) project = lac_project_load(path, progress, error);
    if (project == NULL)
        return NULL;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, error);
    if (info == NULL)
        return NULL;
    g_free(info->format_name);
    info->format_name = g_strdup("Lacuna project");
    g_ptr_array_set_size(info->items, 0);
    if (project->series != NULL)
        add_project_series(info, &contents[info->items->len], project->series);
    if (project->mask != NULL)
        add_volume(info, &contents[info->items->len], "mask", project->mask);
    if (project->recon != NULL)
        add_reconstruction(info, &contents[info->items->len], project->recon);
    if (project->volume != NULL)
        add_volume(info, &contents[info->items->len], "volume", project->volume);
    if (project->journal != NULL) {
        LacAtoms *model = lac_journal_get_atoms(project->journal);
        contents[info->items->len].atoms = lac_atoms_dup_present(model, NULL);
        LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ATOMS, "model");
        item->n_atoms = lac_atoms_count_present(model);
        item->note = g_strdup_printf("%" G_GSIZE_FORMAT " records, %" G_GSIZE_FORMAT " edits",
            model->n - item->n_atoms, lac_journal_get_position(project->journal));
    }
    if (project->truth != NULL) {
        contents[info->items->len].atoms = lac_atoms_ref(project->truth->atoms);
        lac_file_info_add(info, LAC_ITEM_ATOMS, "truth")->n_atoms = project->truth->atoms->n;
    }
    return g_steal_pointer(&info);
}

static Range
get_range(const double *values, gsize n)
{
    Range range = { .min = HUGE_VAL, .max = -HUGE_VAL };
    for (gsize i = 0; i < n; i++) {
        range.min = MIN(range.min, values[i]);
        range.max = MAX(range.max, values[i]);
    }
    return range;
}

static void
get_angle_ranges(const Contents *self, Range ranges[3])
{
    g_autofree double *values = g_new(double, 3 * self->n_angles);
    for (gsize k = 0; k < self->n_angles; k++) {
        values[k] = self->angles[k].phi;
        values[self->n_angles + k] = self->angles[k].theta;
        values[2 * self->n_angles + k] = self->angles[k].psi;
    }
    for (guint i = 0; i < 3; i++)
        ranges[i] = get_range(values + i * self->n_angles, self->n_angles);
}

static void
get_shift_ranges(const Contents *self, Range ranges[2])
{
    g_autofree double *values = g_new(double, 2 * self->n_angles);
    for (gsize k = 0; k < self->n_angles; k++) {
        values[k] = self->shifts[k].du;
        values[self->n_angles + k] = self->shifts[k].dv;
    }
    for (guint i = 0; i < 2; i++)
        ranges[i] = get_range(values + i * self->n_angles, self->n_angles);
}

static void
count_species(const LacAtoms *atoms, gsize *counts)
{
    for (gsize i = 0; i < atoms->n; i++)
        counts[atoms->species[i]]++;
}

static void
add_double(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_double_value(builder, value);
}

static void
add_int(JsonBuilder *builder, const char *name, guint64 value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, (gint64) value);
}

static void
add_string(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value);
}

static void
add_range(JsonBuilder *builder, const char *name, Range range)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    json_builder_add_double_value(builder, range.min);
    json_builder_add_double_value(builder, range.max);
    json_builder_end_array(builder);
}

static void
add_stats(JsonBuilder *builder, const LacStats *stats)
{
    add_double(builder, "min", (double) stats->min);
    add_double(builder, "max", (double) stats->max);
    add_double(builder, "mean", stats->mean);
    add_double(builder, "std", stats->std);
    add_int(builder, "bad_values", stats->n_bad);
}

static void
add_angles(JsonBuilder *builder, const Contents *contents)
{
    Range ranges[3];
    get_angle_ranges(contents, ranges);
    json_builder_set_member_name(builder, "angles");
    json_builder_begin_object(builder);
    add_int(builder, "count", contents->n_angles);
    add_range(builder, "phi_deg", ranges[0]);
    add_range(builder, "theta_deg", ranges[1]);
    add_range(builder, "psi_deg", ranges[2]);
    json_builder_end_object(builder);
}

static void
add_shifts(JsonBuilder *builder, const Contents *contents)
{
    Range ranges[2];
    get_shift_ranges(contents, ranges);
    json_builder_set_member_name(builder, "shifts");
    json_builder_begin_object(builder);
    add_range(builder, "du_px", ranges[0]);
    add_range(builder, "dv_px", ranges[1]);
    json_builder_end_object(builder);
}

static void
add_atoms(JsonBuilder *builder, const LacAtoms *atoms)
{
    guint n_species = g_strv_length(atoms->species_names);
    g_autofree gsize *counts = g_new0(gsize, MAX(n_species, 1));
    count_species(atoms, counts);
    add_int(builder, "atoms", atoms->n);
    json_builder_set_member_name(builder, "species");
    json_builder_begin_object(builder);
    for (guint i = 0; i < n_species; i++)
        add_int(builder, atoms->species_names[i], counts[i]);
    json_builder_end_object(builder);
    add_range(builder, "x", get_range(atoms->x, atoms->n));
    add_range(builder, "y", get_range(atoms->y, atoms->n));
    add_range(builder, "z", get_range(atoms->z, atoms->n));
    json_builder_set_member_name(builder, "columns");
    json_builder_begin_array(builder);
    for (guint i = 0; i < atoms->columns->len; i++)
        json_builder_add_string_value(builder,
            g_array_index(atoms->columns, LacAtomColumn, i).name);
    json_builder_end_array(builder);
}

static void
add_item(JsonBuilder *builder, const LacFileItem *item, const Contents *contents)
{
    json_builder_begin_object(builder);
    add_string(builder, "name", item->name);
    add_string(builder, "kind", get_kind_name(item->kind));
    add_string(builder, "type", item->type);
    json_builder_set_member_name(builder, "shape");
    json_builder_begin_array(builder);
    for (guint i = 0; i < item->n_dims; i++)
        json_builder_add_int_value(builder, (gint64) item->shape[i]);
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "spacing");
    json_builder_begin_array(builder);
    for (guint i = 0; i < 3 && item->kind == LAC_ITEM_ARRAY; i++)
        json_builder_add_double_value(builder, item->spacing[i]);
    json_builder_end_array(builder);
    if (contents->has_stats)
        add_stats(builder, &contents->stats);
    if (contents->angles != NULL)
        add_angles(builder, contents);
    if (contents->shifts != NULL)
        add_shifts(builder, contents);
    if (contents->atoms != NULL)
        add_atoms(builder, contents->atoms);
    if (item->note != NULL)
        add_string(builder, "note", item->note);
    if (contents->problem != NULL)
        add_string(builder, "problem", contents->problem);
    json_builder_end_object(builder);
}

static void
print_range(const char *name, Range range, const char *unit)
{
    printf("%s %g to %g%s", name, range.min, range.max, unit);
}

static void
print_angles(const Contents *contents)
{
    Range ranges[3];
    get_angle_ranges(contents, ranges);
    printf("    %" G_GSIZE_FORMAT " angles: ", contents->n_angles);
    print_range("theta", ranges[1], "°");
    if (ranges[0].min != 0.0 || ranges[0].max != 0.0 || ranges[2].min != 0.0 ||
        ranges[2].max != 0.0) {
        print_range(", phi", ranges[0], "°");
        print_range(", psi", ranges[2], "°");
    }
    putchar('\n');
}

static void
print_shifts(const Contents *contents)
{
    Range ranges[2];
    get_shift_ranges(contents, ranges);
    print_range("    shifts: across the tilt axis", ranges[0], " px, ");
    print_range("along it", ranges[1], " px\n");
}

static void
print_atoms(const LacAtoms *atoms)
{
    guint n_species = g_strv_length(atoms->species_names);
    g_autofree gsize *counts = g_new0(gsize, MAX(n_species, 1));
    count_species(atoms, counts);
    printf("    %" G_GSIZE_FORMAT " atoms:", atoms->n);
    for (guint i = 0; i < n_species; i++)
        printf("%s %s (%" G_GSIZE_FORMAT ")", i > 0 ? "," : "", atoms->species_names[i], counts[i]);
    putchar('\n');
    print_range("    x", get_range(atoms->x, atoms->n), ", ");
    print_range("y", get_range(atoms->y, atoms->n), ", ");
    print_range("z", get_range(atoms->z, atoms->n), "\n");
    for (guint i = 0; i < atoms->columns->len; i++)
        printf("%s%s%s", i == 0 ? "    columns: " : ", ",
            g_array_index(atoms->columns, LacAtomColumn, i).name,
            i + 1 == atoms->columns->len ? "\n" : "");
}

static void
print_spacing(const LacFileItem *item)
{
    const double *s = item->spacing;
    if (s[0] <= 0.0)
        printf(", pixel size unknown");
    else if (s[0] == s[1] && (s[2] == s[0] || s[2] == 0.0))
        printf(", %g Å per pixel", s[0]);
    else
        printf(", %g x %g x %g Å per voxel", s[0], s[1], s[2]);
}

static void
print_item(const LacFileItem *item, const Contents *contents)
{
    printf("  %s%s", item->name, item->name[0] != '\0' ? ": " : "");
    if (item->kind != LAC_ITEM_ARRAY || item->n_dims == 0)
        printf("%s", get_kind_name(item->kind));
    for (guint i = 0; i < item->n_dims; i++)
        printf("%s%" G_GSIZE_FORMAT,
            i > 0                              ? " x "
                : item->kind == LAC_ITEM_ARRAY ? ""
                                               : ", ",
            item->shape[i]);
    if (item->type[0] != '\0')
        printf(", %s", item->type);
    if (item->kind == LAC_ITEM_ARRAY)
        print_spacing(item);
    putchar('\n');
    if (contents->has_stats)
        printf("    from %g to %g, mean %g, standard deviation %g\n", (double) contents->stats.min,
            (double) contents->stats.max, contents->stats.mean, contents->stats.std);
    if (contents->has_stats && contents->stats.n_bad > 0)
        printf("    %" G_GSIZE_FORMAT " values are not finite\n", contents->stats.n_bad);
    if (contents->angles != NULL)
        print_angles(contents);
    if (contents->shifts != NULL)
        print_shifts(contents);
    if (contents->atoms != NULL)
        print_atoms(contents->atoms);
    if (item->note != NULL)
        printf("    note: %s\n", item->note);
    if (contents->problem != NULL)
        printf("    problem: %s\n", contents->problem);
}

static void
print_json(const LacFileInfo *info, const Contents *contents)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_string(builder, "file", info->path);
    add_string(builder, "format", info->format_name);
    add_int(builder, "bytes", info->file_size);
    json_builder_set_member_name(builder, "items");
    json_builder_begin_array(builder);
    for (guint i = 0; i < info->items->len; i++)
        add_item(builder, g_ptr_array_index(info->items, i), &contents[i]);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    lac_cli_print_json(builder);
}

static void
print_info(const LacCli *cli, const LacFileInfo *info, const Contents *contents)
{
    if (cli->json) {
        print_json(info, contents);
        return;
    }
    printf("%s: %s, %" G_GUINT64_FORMAT " bytes\n", info->path, info->format_name, info->file_size);
    for (guint i = 0; i < info->items->len; i++)
        print_item(g_ptr_array_index(info->items, i), &contents[i]);
}

static gboolean
tell_project(LacCli *cli, const char *path, GError **error)
{
    Contents contents[N_PROJECT_PARTS] = { { .n_angles = 0 } };
    g_autoptr(LacFileInfo) info = list_project(path, contents, cli->progress, error);
    if (info != NULL)
        print_info(cli, info, contents);
    for (guint i = 0; i < N_PROJECT_PARTS; i++)
        contents_clear(&contents[i]);
    return info != NULL;
}

static gboolean
tell_file(LacCli *cli, const char *file, const LacReadParams *params, gboolean headers_only,
    GError **error)
{
    g_autoptr(LacFileInfo) info = lac_file_info_read(file, params, error);
    if (info == NULL)
        return FALSE;
    g_autofree Contents *contents = g_new0(Contents, MAX(info->items->len, 1));
    gboolean done = TRUE;
    for (guint i = 0; i < info->items->len && done && !headers_only; i++)
        done = read_contents(&contents[i], info, g_ptr_array_index(info->items, i), params,
            cli->progress, error);
    if (done)
        print_info(cli, info, contents);
    for (guint i = 0; i < info->items->len; i++)
        contents_clear(&contents[i]);
    return done;
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    gboolean headers_only = FALSE;
    g_auto(LacCliInput) input = { 0 };
    LacReadParams params;
    const GOptionEntry own[] = {
        { "headers", 0, 0, G_OPTION_ARG_NONE, &headers_only, "Do not read the values", NULL },
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *entries = lac_cli_input_entries(&input, own);
    if (!lac_cli_parse(cli, "FILE - tell what is inside a file", entries, &argc, &argv, error) ||
        !lac_cli_input_get_params(&input, &params, error))
        return FALSE;
    if (argc != 2) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "One file is needed, not %d", argc - 1);
        return FALSE;
    }
    return lac_project_is_project(argv[1]) ? tell_project(cli, argv[1], error)
                                           : tell_file(cli, argv[1], &params, headers_only, error);
}

const LacCliVerb lac_cli_info = {
    .name = "info",
    .summary = "Tell what is inside a file",
    .run = run,
};
