// SPDX-License-Identifier: GPL-3.0-or-later
// Replays a log of corrections on a model. Species and columns are known by name, so that they may
// have other numbers than in the model that the log was made of.
#include "core/data/edit-private.h"
#include "core/io/bytes.h"
#include "core/io/edit-log-private.h"
#include "core/io/edit-log.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define MOST_DEEP 32 // brackets within brackets

typedef struct {
    const char *path;
    const LacAtoms *atoms; // the model now
    gsize step;            // of the log
} Reader;

static gboolean
fail(const Reader *self, const char *what, GError **error)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "step %" G_GSIZE_FORMAT " of it %s",
        self->step, what);
    return FALSE;
}

static void
prefix_place(const Reader *self, GError **error)
{
    g_autofree char *name = g_filename_display_basename(self->path);
    g_prefix_error(error, "%s, step %" G_GSIZE_FORMAT ": ", name, self->step);
}

// The parser of the library calls itself for each level.
static gboolean
is_shallow(const char *text)
{
    guint depth = 0;
    gboolean in_text = FALSE;
    for (const char *c = text; *c != '\0'; c++) {
        if (in_text && *c == '\\' && c[1] != '\0')
            c++;
        else if (*c == '"')
            in_text = !in_text;
        else if (!in_text && (*c == '[' || *c == '{') && ++depth > MOST_DEEP)
            return FALSE;
        else if (!in_text && (*c == ']' || *c == '}') && depth > 0)
            depth--;
    }
    return TRUE;
}

static JsonNode *
get_member(JsonObject *object, const char *name, JsonNodeType type)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && json_node_get_node_type(node) == type ? node : NULL;
}

static const char *
get_text(JsonObject *object, const char *name)
{
    JsonNode *node = get_member(object, name, JSON_NODE_VALUE);
    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
        ? json_node_get_string(node)
        : NULL;
}

static gboolean
get_count(JsonObject *object, const char *name, gsize *count)
{
    JsonNode *node = get_member(object, name, JSON_NODE_VALUE);
    if (node == NULL || json_node_get_value_type(node) != G_TYPE_INT64 ||
        json_node_get_int(node) < 0)
        return FALSE;
    *count = (gsize) json_node_get_int(node);
    return TRUE;
}

static gboolean
get_number(JsonNode *node, double *value)
{
    if (json_node_get_node_type(node) == JSON_NODE_NULL) {
        *value = (double) NAN;
        return TRUE;
    }
    if (json_node_get_node_type(node) != JSON_NODE_VALUE)
        return FALSE;
    GType type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING) {
        const char *text = json_node_get_string(node);
        guint64 bits;
        if (!g_str_has_prefix(text, LAC_LOG_BITS) ||
            !g_ascii_string_to_unsigned(text + strlen(LAC_LOG_BITS), 16, 0, G_MAXUINT64, &bits,
                NULL))
            return FALSE;
        memcpy(value, &bits, sizeof bits);
        return TRUE;
    }
    *value = json_node_get_double(node);
    return type == G_TYPE_DOUBLE || type == G_TYPE_INT64;
}

static gboolean
get_index(char *const *names, guint n_known, char *const *new_names, const char *name, guint *index)
{
    for (guint i = 0; i < n_known; i++)
        if (g_str_equal(names[i], name)) {
            *index = i;
            return TRUE;
        }
    for (guint i = 0; new_names[i] != NULL; i++)
        if (g_str_equal(new_names[i], name)) {
            *index = n_known + i;
            return TRUE;
        }
    return FALSE;
}

static gboolean
read_species(const Reader *self, const LacEdit *edit, JsonObject *object, guint16 *species)
{
    gsize number;
    guint index;
    const char *name = get_text(object, "species");
    if (name == NULL) {
        *species = get_count(object, "species", &number) ? (guint16) MIN(number, G_MAXUINT16) : 0;
        return TRUE;
    }
    if (!get_index(self->atoms->species_names, edit->n_species, edit->new_species, name, &index))
        return FALSE;
    *species = (guint16) index;
    return TRUE;
}

static gboolean
read_row(const Reader *self, const LacEdit *edit, JsonObject *atom, const char *which,
    LacAtomRow *row, GError **error)
{
    JsonNode *node = json_object_get_member(atom, which);
    if (node != NULL && json_node_get_node_type(node) == JSON_NODE_NULL) {
        *row = (LacAtomRow){ .state = LAC_ATOM_ABSENT };
        return TRUE;
    }
    if (node == NULL || json_node_get_node_type(node) != JSON_NODE_OBJECT)
        return fail(self, "lacks an atom before or after", error);
    JsonObject *object = json_node_get_object(node);
    JsonNode *position = get_member(object, "position", JSON_NODE_ARRAY);
    const char *state = get_text(object, "state"), *flag = get_text(object, "flag");
    double xyz[3];
    if (position == NULL || json_array_get_length(json_node_get_array(position)) != 3 ||
        state == NULL || flag == NULL)
        return fail(self, "has an atom without position, state or flag", error);
    for (guint i = 0; i < 3; i++)
        if (!get_number(json_array_get_element(json_node_get_array(position), i), &xyz[i]))
            return fail(self, "has a position that is no number", error);
    row->x = xyz[0];
    row->y = xyz[1];
    row->z = xyz[2];
    row->state = (guint8) lac_atom_state_from_name(state);
    row->flag = (guint8) lac_peak_flag_from_name(flag);
    return read_species(self, edit, object, &row->species) ||
        fail(self, "has an atom of a species that the model does not have", error);
}

static gboolean
find_column(const Reader *self, const LacEdit *edit, const char *name, guint *column)
{
    for (guint k = 0; k < edit->n_columns; k++)
        if (g_str_equal(g_array_index(self->atoms->columns, LacAtomColumn, k).name, name)) {
            *column = k;
            return TRUE;
        }
    return get_index(NULL, 0, edit->new_columns, name, column) &&
        (*column += edit->n_columns, TRUE);
}

// The columns of the first atom; every atom has the same.
static gboolean
start_columns(const Reader *self, LacEdit *edit, JsonObject *columns, GError **error)
{
    JsonObjectIter iter;
    const char *name;
    guint n = columns != NULL ? json_object_get_size(columns) : 0, k = 0;
    edit->changed = g_new0(guint, n);
    edit->values_before = g_new0(double, edit->n *n);
    edit->values_after = g_new0(double, edit->n *n);
    edit->n_changed = n;
    if (n == 0)
        return TRUE;
    json_object_iter_init_ordered(&iter, columns);
    while (json_object_iter_next_ordered(&iter, &name, NULL))
        if (!find_column(self, edit, name, &edit->changed[k++]))
            return fail(self, "has a column that the model does not have", error);
    return TRUE;
}

static gboolean
read_values(const Reader *self, LacEdit *edit, gsize i, JsonObject *columns, GError **error)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    guint n = columns != NULL ? json_object_get_size(columns) : 0, column, k = 0;
    if (n != edit->n_changed)
        return fail(self, "has atoms with different columns", error);
    if (n == 0)
        return TRUE;
    json_object_iter_init_ordered(&iter, columns);
    for (; json_object_iter_next_ordered(&iter, &name, &node); k++) {
        JsonArray *pair =
            json_node_get_node_type(node) == JSON_NODE_ARRAY ? json_node_get_array(node) : NULL;
        if (!find_column(self, edit, name, &column) || column != edit->changed[k])
            return fail(self, "has atoms with different columns", error);
        if (pair == NULL || json_array_get_length(pair) != 2 ||
            !get_number(json_array_get_element(pair, 0), &edit->values_before[i * n + k]) ||
            !get_number(json_array_get_element(pair, 1), &edit->values_after[i * n + k]))
            return fail(self, "has a column that is no number", error);
    }
    return TRUE;
}

static gboolean
read_atom(const Reader *self, LacEdit *edit, gsize i, JsonNode *node, GError **error)
{
    if (json_node_get_node_type(node) != JSON_NODE_OBJECT)
        return fail(self, "has an atom that is no object", error);
    JsonObject *atom = json_node_get_object(node);
    JsonNode *columns_node = get_member(atom, "columns", JSON_NODE_OBJECT);
    JsonObject *columns = columns_node != NULL ? json_node_get_object(columns_node) : NULL;
    if (!get_count(atom, "atom", &edit->index[i]) || edit->index[i]-- == 0)
        return fail(self, "has an atom without its number", error);
    if (edit->index[i] >= self->atoms->n)
        edit->n_after++;
    return (i > 0 || start_columns(self, edit, columns, error)) &&
        read_row(self, edit, atom, "before", &edit->before[i], error) &&
        read_row(self, edit, atom, "after", &edit->after[i], error) &&
        read_values(self, edit, i, columns, error);
}

// Names of the log that the model does not have yet.
static void
take_names(JsonObject *object, const char *key, char *const *known, guint n_known, char ***out)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    JsonNode *node = get_member(object, key, JSON_NODE_ARRAY);
    JsonArray *array = node != NULL ? json_node_get_array(node) : NULL;
    guint n = array != NULL ? json_array_get_length(array) : 0, index;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    char *const none[] = { NULL };
    for (guint i = 0; i < n; i++) {
        JsonNode *element = json_array_get_element(array, i);
        const char *name = json_node_get_node_type(element) == JSON_NODE_VALUE
            ? json_node_get_string(element)
            : NULL;
        if (name != NULL && !get_index(known, n_known, none, name, &index) &&
            g_hash_table_add(seen, (gpointer) (guintptr) name))
            g_strv_builder_add(builder, name);
    }
    g_strfreev(*out);
    *out = g_strv_builder_end(builder);
}

static void
take_all_names(const Reader *self, LacEdit *edit, JsonObject *object)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    edit->n_before = edit->n_after = self->atoms->n;
    edit->n_species = g_strv_length(self->atoms->species_names);
    edit->n_columns = self->atoms->columns->len;
    for (guint k = 0; k < edit->n_columns; k++)
        g_ptr_array_add(columns, g_array_index(self->atoms->columns, LacAtomColumn, k).name);
    take_names(object, "new_species", self->atoms->species_names, edit->n_species,
        &edit->new_species);
    take_names(object, "new_columns", (char *const *) columns->pdata, edit->n_columns,
        &edit->new_columns);
}

static gboolean
find_kind(const char *name, LacEditKind *kind)
{
    for (guint i = 0; name != NULL && i < LAC_N_EDITS; i++)
        if (g_str_equal(lac_edit_kind_get_name((LacEditKind) i), name)) {
            *kind = (LacEditKind) i;
            return TRUE;
        }
    return FALSE;
}

static LacEdit *
read_edit(const Reader *self, JsonNode *node, GError **error)
{
    LacEditKind kind;
    JsonObject *object =
        json_node_get_node_type(node) == JSON_NODE_OBJECT ? json_node_get_object(node) : NULL;
    JsonNode *atoms = object != NULL ? get_member(object, "atoms", JSON_NODE_ARRAY) : NULL;
    if (atoms == NULL || !find_kind(get_text(object, "kind"), &kind)) {
        fail(self, "has no atoms or an unknown kind", error);
        return NULL;
    }
    JsonArray *array = json_node_get_array(atoms);
    g_autoptr(LacEdit) edit = lac_edit_new(kind, json_array_get_length(array));
    JsonNode *time = get_member(object, "time_us", JSON_NODE_VALUE);
    if (time != NULL && json_node_get_value_type(time) == G_TYPE_INT64)
        edit->time = json_node_get_int(time);
    edit->reason = g_strdup(get_text(object, "reason"));
    take_all_names(self, edit, object);
    for (gsize i = 0; i < edit->n; i++)
        if (!read_atom(self, edit, i, json_array_get_element(array, (guint) i), error))
            return NULL;
    if (!lac_edit_check(edit, error)) {
        prefix_place(self, error);
        return NULL;
    }
    return g_steal_pointer(&edit);
}

static JsonArray *
get_edits(JsonParser *parser, const char *path, gsize n_atoms, GError **error)
{
    JsonNode *root = json_parser_get_root(parser);
    JsonObject *object = root != NULL && json_node_get_node_type(root) == JSON_NODE_OBJECT
        ? json_node_get_object(root)
        : NULL;
    JsonNode *edits = object != NULL ? get_member(object, "edits", JSON_NODE_ARRAY) : NULL;
    gsize version, n;
    if (edits == NULL || !get_count(object, LAC_LOG_KEY, &version) ||
        !get_count(object, "atoms", &n)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is no log of corrections");
        return NULL;
    }
    if (version > LAC_LOG_VERSION) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "it was written by a newer Lacuna (version %" G_GSIZE_FORMAT " of logs)", version);
        return NULL;
    }
    if (n != n_atoms) {
        lac_io_set_error(error, LAC_ERROR_MISMATCH, path,
            "it begins with %" G_GSIZE_FORMAT
            " atoms and records, but the model has %" G_GSIZE_FORMAT,
            n, n_atoms);
        return NULL;
    }
    return json_node_get_array(edits);
}

static gboolean
replay(LacJournal *journal, JsonArray *edits, const char *path, LacProgress *progress,
    GError **error)
{
    guint n = json_array_get_length(edits);
    for (guint k = 0; k < n; k++) {
        Reader reader = { .path = path, .atoms = lac_journal_get_atoms(journal), .step = k + 1 };
        LacEdit *edit = read_edit(&reader, json_array_get_element(edits, k), error);
        if (edit == NULL)
            return FALSE;
        if (!lac_journal_apply(journal, edit, error)) {
            prefix_place(&reader, error);
            return FALSE;
        }
        if (k % 256 == 0 && !lac_progress_update(progress, (double) k / n, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_edit_log_replay:
 * @base: the automatic model that the log was made of
 * @path: a log in JSON
 * @progress: (nullable): may cancel
 * @error: return location for a #GError
 *
 * Does every edit of a log again, after a check that each atom is what it was then.
 *
 * Returns: (transfer full): the model with its edits, or %NULL with @error set if the log is damaged
 *   or does not belong to the model
 */
LacJournal *
lac_edit_log_replay(LacAtoms *base, const char *path, LacProgress *progress, GError **error)
{
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL)
        return NULL;
    g_autofree char *text = lac_input_read_text(input, error);
    if (text == NULL)
        return NULL;
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!is_shallow(text) || !g_utf8_validate(text, -1, NULL)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is no log of corrections");
        return NULL;
    }
    if (!json_parser_load_from_data(parser, text, -1, NULL)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is damaged in line %u",
            json_parser_get_current_line(parser));
        return NULL;
    }
    JsonArray *edits = get_edits(parser, path, base->n, error);
    g_autoptr(LacJournal) journal = edits != NULL ? lac_journal_new(base) : NULL;
    return journal != NULL && replay(journal, edits, path, progress, error)
        ? g_steal_pointer(&journal)
        : NULL;
}
