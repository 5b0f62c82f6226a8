// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/truth-folder.h"

#include "core/io/bytes.h"
#include "core/io/format.h"
#include "core/io/text.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/**
 * lac_truth_folder_is:
 * @folder: a path
 *
 * Returns: whether it is a folder with the description of a labelled particle
 */
gboolean
lac_truth_folder_is(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "truth.json", NULL);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

// Numbers of a table with a line of headings, row after row.
static GArray *
read_table(const char *folder, const char *name, guint n_columns, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(LacInput) input = lac_input_open(path, error);
    g_autofree char *text = input != NULL ? lac_input_read_text(input, error) : NULL;
    if (text == NULL)
        return NULL;
    LacLines lines;
    lac_lines_start(&lines, text);
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    lac_lines_next(&lines);
    for (char *line; (line = lac_lines_next(&lines)) != NULL;) {
        if (*line == '\0')
            continue;
        for (guint c = 0; c < n_columns; c++) {
            double value;
            const char *word = lac_text_next_word(&line, ", \t");
            if (word == NULL || !lac_text_parse_number(word, &value) || !isfinite(value)) {
                lac_io_set_error(error, LAC_ERROR_FORMAT, path,
                    "line %" G_GSIZE_FORMAT " has no number in column %u", lines.number, c + 1);
                return NULL;
            }
            g_array_append_val(values, value);
        }
    }
    return g_steal_pointer(&values);
}

// Rows of arrays of truth.npz side by side: positions first, then one number from each further one.
static GArray *
read_arrays(const char *folder, const char *const *names, guint n_columns, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "truth.npz", NULL);
    g_autoptr(GArray) values = g_array_new(FALSE, TRUE, sizeof(double));
    gsize n = 0;
    for (guint k = 0; names[k] != NULL; k++) {
        guint width = k == 0 ? 3 : 1, at = k == 0 ? 0 : k + 2;
        g_autofree char *item = g_strconcat(path, ":", names[k], NULL);
        g_autoptr(LacArray) array = lac_read_array(item, NULL, NULL, error);
        if (array == NULL)
            return NULL;
        if (k == 0) {
            n = array->buffer->n / 3;
            g_array_set_size(values, (guint) (n * n_columns));
        }
        if (array->buffer->n != n * width) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, path,
                "%s has %" G_GSIZE_FORMAT " values, not %" G_GSIZE_FORMAT, names[k],
                array->buffer->n, n * width);
            return NULL;
        }
        for (gsize i = 0; i < n; i++)
            for (guint c = 0; c < width; c++)
                g_array_index(values, double, n_columns *i + at + c) =
                    (double) array->buffer->data[width * i + c];
    }
    return g_steal_pointer(&values);
}

// From the table if it is there, else from truth.npz.
static GArray *
read_rows(const char *folder, const char *table, const char *const *names, guint n_columns,
    GError **error)
{
    g_autofree char *path = g_build_filename(folder, table, NULL);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? read_table(folder, table, n_columns, error)
                                                     : read_arrays(folder, names, n_columns, error);
}

static LacAtoms *
read_atoms(const char *folder, GError **error)
{
    static const char *const names[] = { "true_pos", "true_lab", NULL };
    g_autoptr(GArray) table = read_rows(folder, "true_atoms.csv", names, 4, error);
    if (table == NULL)
        return NULL;
    gsize n = table->len / 4;
    LacAtoms *atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "Zr");
    double *phase = lac_atoms_add_column(atoms, LAC_COLUMN_PHASE);
    double *grain = lac_atoms_add_column(atoms, LAC_COLUMN_GRAIN);
    for (gsize i = 0; i < n; i++) {
        const double *row = &g_array_index(table, double, 4 * i);
        atoms->x[i] = row[0];
        atoms->y[i] = row[1];
        atoms->z[i] = row[2];
        phase[i] = row[3];
        grain[i] = row[3] >= 1.0 && row[3] <= 3.0 ? row[3] - 1.0 : -1.0;
    }
    return atoms;
}

// Members of an object of the file; what is missing or no number makes the file bad.
typedef struct {
    const char *path;
    JsonObject *object;
    gboolean failed;
    GError **error;
} Members;

static void
fail(Members *self, const char *name)
{
    if (!self->failed)
        lac_io_set_error(self->error, LAC_ERROR_FORMAT, self->path, "%s is missing or no number",
            name);
    self->failed = TRUE;
}

static double
get_number(Members *self, const char *name)
{
    JsonNode *node = json_object_get_member(self->object, name);
    if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
        (json_node_get_value_type(node) == G_TYPE_DOUBLE ||
            json_node_get_value_type(node) == G_TYPE_INT64))
        return json_node_get_double(node);
    fail(self, name);
    return 0.0;
}

static gboolean
read_row(JsonNode *node, double out[3])
{
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return FALSE;
    JsonArray *array = json_node_get_array(node);
    if (json_array_get_length(array) != 3)
        return FALSE;
    for (guint i = 0; i < 3; i++) {
        JsonNode *value = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_VALUE(value))
            return FALSE;
        out[i] = json_node_get_double(value);
    }
    return TRUE;
}

static LacVec3
get_vector(Members *self, const char *name)
{
    double row[3] = { 0.0, 0.0, 0.0 };
    if (!read_row(json_object_get_member(self->object, name), row))
        fail(self, name);
    return (LacVec3){ row[0], row[1], row[2] };
}

static LacMat3
get_matrix(Members *self, const char *name)
{
    LacMat3 matrix = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
    JsonNode *node = json_object_get_member(self->object, name);
    gboolean good = node != NULL && JSON_NODE_HOLDS_ARRAY(node) &&
        json_array_get_length(json_node_get_array(node)) == 3;
    for (guint i = 0; good && i < 3; i++)
        good = read_row(json_array_get_element(json_node_get_array(node), i), matrix.m[i]);
    if (!good)
        fail(self, name);
    return matrix;
}

static JsonObject *
get_object(JsonObject *parent, const char *name)
{
    JsonNode *node = json_object_get_member(parent, name);
    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

// Axes of an hcp core: close-packed planes on the facet.
static LacMat3
hexagonal_axes(LacVec3 x, LacVec3 z)
{
    LacVec3 y = { z.y * x.z - z.z * x.y, z.z * x.x - z.x * x.z, z.x * x.y - z.y * x.x };
    return (LacMat3){ { { x.x, y.x, z.x }, { x.y, y.y, z.y }, { x.z, y.z, z.z } } };
}

static void
add_grains(LacTruth *truth, Members *spec, Members *facts)
{
    const char *core = json_object_get_string_member_with_default(spec->object, "core", "fcc");
    gboolean is_hcp = g_str_equal(core, "hcp");
    double a_m = get_number(spec, "a_m"), a_o = get_number(spec, "a_o");
    LacTruthGrain metal = { .phase = LAC_TRUTH_METAL,
        .lattice = LAC_LATTICE_FCC,
        .a = a_m,
        .orientation = get_matrix(facts, "U_m") };
    if (is_hcp) {
        metal.lattice = LAC_LATTICE_HCP;
        metal.a = get_number(spec, "a_hcp");
        metal.c = get_number(spec, "c_hcp");
        metal.orientation = hexagonal_axes(get_vector(facts, "ax110"), get_vector(facts, "n1"));
    }
    metal.density = is_hcp ? 4.0 / (sqrt(3.0) * metal.a * metal.a * metal.c) : 4.0 / pow(a_m, 3.0);
    LacTruthGrain oxide = { .phase = LAC_TRUTH_SEMICOHERENT,
        .lattice = LAC_LATTICE_FCC,
        .a = a_o,
        .density = 4.0 / pow(a_o, 3.0),
        .orientation = get_matrix(facts, "U_o1"),
        .axis = get_vector(facts, "n1"),
        .cone_deg = get_number(spec, "cone1") };
    g_array_append_val(truth->grains, metal);
    g_array_append_val(truth->grains, oxide);
    oxide.phase = LAC_TRUTH_INCOHERENT;
    oxide.orientation = get_matrix(facts, "U_o2");
    oxide.axis = get_vector(facts, "n2");
    oxide.cone_deg = get_number(spec, "cone2");
    g_array_append_val(truth->grains, oxide);
    LacTruthGrain amorphous = { .phase = LAC_TRUTH_AMORPHOUS,
        .density = get_number(spec, "rho_a"),
        .orientation = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } } };
    g_array_append_val(truth->grains, amorphous);
}

static void
add_interface(LacTruth *truth, Members *spec, Members *facts)
{
    LacTruthInterface *interface = &truth->interface;
    interface->core.radius = get_number(spec, "R_core");
    interface->normals[0] = get_vector(facts, "n1");
    interface->normals[1] = get_vector(facts, "n2");
    lac_body_add_plane(&interface->core, interface->normals[0], get_number(spec, "h1"));
    lac_body_add_plane(&interface->core, interface->normals[1], get_number(spec, "h2"));
    interface->bend_deg = get_number(spec, "bend_total");
    interface->kink_deg = get_number(spec, "bend_metal");
    interface->kink_width = get_number(spec, "bend_width");
    interface->twist_deg = get_number(spec, "twist");
    truth->has_interface = TRUE;
    truth->surface.radius = get_number(spec, "R_out");
}

static gboolean
add_pores(LacTruth *truth, Members *root, GError **error)
{
    JsonNode *node = json_object_get_member(root->object, "pores");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, root->path, "it has no list of pores");
        return FALSE;
    }
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_OBJECT(element))
            continue;
        Members members = { root->path, json_node_get_object(element), FALSE, error };
        LacVec3 axes = get_vector(&members, "ax");
        LacTruthPore pore = { .centre = get_vector(&members, "centre"),
            .axes = { axes.x, axes.y, axes.z },
            .frame = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } },
            .volume = get_number(&members, "volume") };
        pore.is_open = get_number(&members, "depth") < fmin(fmin(axes.x, axes.y), axes.z);
        if (members.failed)
            return FALSE;
        g_array_append_val(truth->pores, pore);
    }
    return TRUE;
}

static gboolean
add_vacancies(LacTruth *truth, const char *folder, GError **error)
{
    static const char *const names[] = { "vac_pos", "vac_phase", "vac_cluster", NULL };
    g_autoptr(GArray) table = read_rows(folder, "vacancies.csv", names, 5, error);
    if (table == NULL)
        return FALSE;
    for (gsize i = 0; i < table->len / 5; i++) {
        const double *row = &g_array_index(table, double, 5 * i);
        gboolean is_known = row[3] >= 1.0 && row[3] <= 3.0;
        LacTruthVacancy vacancy = { .position = { row[0], row[1], row[2] },
            .phase = is_known ? (LacTruthPhase) row[3] : LAC_TRUTH_OTHER,
            .grain = is_known ? (gint) row[3] - 1 : -1,
            .cluster = (guint) CLAMP(row[4], 0.0, (double) G_MAXINT) };
        g_array_append_val(truth->vacancies, vacancy);
    }
    return TRUE;
}

// The arrays of volume.npz are indexed (x, y, z).
static LacVolume *
turn_axes(const LacVolume *in, double voxel_size, GError **error)
{
    LacVolume *out = lac_volume_new(in->nx, in->ny, in->nz, voxel_size, error);
    if (out == NULL)
        return NULL;
    for (gsize z = 0; z < out->nz; z++)
        for (gsize y = 0; y < out->ny; y++)
            for (gsize x = 0; x < out->nx; x++)
                out->data[(z * out->ny + y) * out->nx + x] =
                    in->data[(x * in->ny + y) * in->nx + z];
    return out;
}

static gboolean
add_volume(LacTruth *truth, const char *folder, LacProgress *progress, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "volume.npz", NULL);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    g_autofree char *values = g_strconcat(path, ":vol", NULL);
    g_autofree char *corner = g_strconcat(path, ":origin", NULL);
    g_autoptr(LacVolume) stored = lac_read_volume(values, NULL, progress, error);
    g_autoptr(LacArray) origin = stored != NULL ? lac_read_array(corner, NULL, NULL, error) : NULL;
    if (origin == NULL)
        return FALSE;
    double first = origin->buffer->n == 3 ? -(double) origin->buffer->data[0] : 0.0;
    double voxel_size = first / (double) (stored->nz / 2);
    if (!(voxel_size > 0.0 && voxel_size < 100.0)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "its origin is not that of a centred grid");
        return FALSE;
    }
    truth->volume = turn_axes(stored, voxel_size, error);
    return truth->volume != NULL;
}

static gboolean
fill(LacTruth *truth, const char *folder, const char *path, JsonObject *root, GError **error)
{
    JsonObject *spec_object = get_object(root, "spec"), *facts_object = get_object(root, "truth");
    if (spec_object == NULL || facts_object == NULL) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it has no objects \"spec\" and \"truth\"");
        return FALSE;
    }
    Members spec = { path, spec_object, FALSE, error };
    Members facts = { path, facts_object, FALSE, error };
    Members all = { path, root, FALSE, error };
    add_grains(truth, &spec, &facts);
    if (spec.failed || facts.failed)
        return FALSE;
    add_interface(truth, &spec, &facts);
    return !spec.failed && !facts.failed && add_pores(truth, &all, error) &&
        add_vacancies(truth, folder, error);
}

/**
 * lac_truth_folder_read:
 * @folder: with truth.json, with true_atoms.csv and vacancies.csv or truth.npz, and perhaps with
 *   volume.npz
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Reads the description of a labelled metal particle in its oxide.
 *
 * Returns: (transfer full): what is known, or %NULL with @error set
 */
LacTruth *
lac_truth_folder_read(const char *folder, LacProgress *progress, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "truth.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) problem = NULL;
    if (!json_parser_load_from_file(parser, path, &problem)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "%s", problem->message);
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is no JSON object");
        return NULL;
    }
    g_autoptr(LacAtoms) atoms = read_atoms(folder, error);
    if (atoms == NULL)
        return NULL;
    g_autoptr(LacTruth) truth = lac_truth_new(atoms);
    if (!fill(truth, folder, path, json_node_get_object(root), error) ||
        !add_volume(truth, folder, progress, error))
        return NULL;
    return g_steal_pointer(&truth);
}
