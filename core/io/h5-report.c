// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/h5-report.h"

#include "core/io/bytes.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define FACTS       "facts" // dataset of each analysis: its JSON
#define ORDER       "order" // attribute of the whole: names of the analyses, separated by commas
#define MOST_DIGITS 17
#define MOST_ROWS   ((gsize) G_MAXUINT32)

// Positions of atoms are those of the model; the tables of atoms are kept without them.
static gboolean
is_position(const LacTable *table, const LacTableColumn *column)
{
    return g_str_equal(table->id, "atoms") &&
        (g_str_equal(column->name, "x") || g_str_equal(column->name, "y") ||
            g_str_equal(column->name, "z"));
}

static void
add_string(JsonBuilder *json, const char *name, const char *value)
{
    json_builder_set_member_name(json, name);
    if (value != NULL)
        json_builder_add_string_value(json, value);
    else
        json_builder_add_null_value(json);
}

// JSON has no NaN and no infinity, so numbers are strings of all their digits.
static void
add_number(JsonBuilder *json, const char *name, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    add_string(json, name, g_ascii_dtostr(text, sizeof text, value));
}

static void
add_items(JsonBuilder *json, const char *name, const GPtrArray *items)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
    for (guint i = 0; i < items->len; i++) {
        const LacReportItem *item = items->pdata[i];
        json_builder_begin_object(json);
        add_string(json, "key", item->key);
        add_string(json, "title", item->title);
        add_string(json, "unit", item->unit);
        add_string(json, "definition", item->definition);
        add_number(json, "value", item->value);
        add_number(json, "error", item->error);
        add_number(json, "digits", item->digits);
        add_string(json, "text", item->text);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

// The different words of a column in the order in which they come, and for each row which it is.
static GPtrArray *
list_words(const LacTable *table, const LacTableColumn *column, double *which)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < table->n_rows; i++) {
        const char *word = column->texts[i] != NULL ? column->texts[i] : "";
        gpointer number = g_hash_table_lookup(numbers, word);
        if (number == NULL) {
            char *copy = g_strdup(word);
            g_ptr_array_add(words, copy);
            number = GUINT_TO_POINTER(words->len);
            g_hash_table_insert(numbers, copy, number);
        }
        if (which != NULL)
            which[i] = GPOINTER_TO_UINT(number) - 1.0;
    }
    return words;
}

static void
add_column(JsonBuilder *json, const LacTable *table, const LacTableColumn *column)
{
    json_builder_begin_object(json);
    add_string(json, "name", column->name);
    add_string(json, "title", column->title);
    add_string(json, "unit", column->unit);
    add_number(json, "digits", column->digits);
    if (column->texts != NULL) {
        g_autoptr(GPtrArray) words = list_words(table, column, NULL);
        json_builder_set_member_name(json, "words");
        json_builder_begin_array(json);
        for (guint i = 0; i < words->len; i++)
            json_builder_add_string_value(json, words->pdata[i]);
        json_builder_end_array(json);
    }
    json_builder_end_object(json);
}

static void
add_tables(JsonBuilder *json, const GPtrArray *tables)
{
    json_builder_set_member_name(json, "tables");
    json_builder_begin_array(json);
    for (guint t = 0; t < tables->len; t++) {
        const LacTable *table = tables->pdata[t];
        json_builder_begin_object(json);
        add_string(json, "id", table->id);
        add_string(json, "title", table->title);
        add_string(json, "definition", table->definition);
        add_number(json, "rows", (double) table->n_rows);
        json_builder_set_member_name(json, "columns");
        json_builder_begin_array(json);
        for (guint c = 0; c < table->columns->len; c++)
            if (!is_position(table, table->columns->pdata[c]))
                add_column(json, table, table->columns->pdata[c]);
        json_builder_end_array(json);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static char *
dup_facts(const LacReportSection *section)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_builder_begin_object(json);
    add_string(json, "title", section->title);
    add_string(json, "definition", section->definition);
    add_string(json, "problem", section->problem);
    add_string(json, "digest", section->digest);
    add_number(json, "seconds", section->seconds);
    add_number(json, "stale", section->stale ? 1.0 : 0.0);
    add_items(json, "parameters", section->parameters);
    add_items(json, "results", section->items);
    add_tables(json, section->tables);
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    return json_generator_to_data(generator, NULL);
}

static gboolean
write_table(LacH5 *file, const char *group, const LacTable *table, GError **error)
{
    g_autofree char *path = g_strconcat(group, "/", table->id, NULL);
    if (!lac_h5_make_group(file, path, error) ||
        !lac_h5_set_string(file, path, "title", table->title, error) ||
        !lac_h5_set_string(file, path, "axes", "row", error))
        return FALSE;
    for (guint c = 0; table->n_rows > 0 && c < table->columns->len; c++) {
        const LacTableColumn *column = table->columns->pdata[c];
        if (is_position(table, column))
            continue;
        g_autofree double *which = NULL;
        if (column->texts != NULL) {
            which = g_new(double, table->n_rows);
            g_ptr_array_unref(list_words(table, column, which));
        }
        g_autofree char *name = g_strconcat(path, "/", column->name, NULL);
        LacH5Array array = { .type = LAC_VALUE_FLOAT64,
            .n_dims = 1,
            .shape = { table->n_rows },
            .data = which != NULL ? which : column->values };
        if (!lac_h5_write_array(file, name, &array, (LacH5Span){ 0 }, error) ||
            !lac_h5_set_string(file, name, "units", column->unit, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_h5_write_report:
 * @file: a file that is being written
 * @path: of the group to be made
 * @report: a report
 * @error: return location for a #GError
 *
 * Writes a group per analysis: the dataset "facts" has all numbers, words, definitions and
 * parameters as JSON, and each table is a group with a dataset per column,
 * numbers bit for bit and words as their number in the list of the column's words.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_write_report(LacH5 *file, const char *path, const LacReport *report, GError **error)
{
    g_autoptr(GString) order = g_string_new(NULL);
    if (!lac_h5_make_group(file, path, error))
        return FALSE;
    for (guint i = 0; i < report->sections->len; i++) {
        const LacReportSection *section = report->sections->pdata[i];
        g_autofree char *group = g_strconcat(path, "/", section->id, NULL);
        g_autofree char *facts = g_strconcat(group, "/" FACTS, NULL);
        g_autofree char *json = dup_facts(section);
        g_string_append_printf(order, "%s%s", i > 0 ? "," : "", section->id);
        if (!lac_h5_make_group(file, group, error) ||
            !lac_h5_set_string(file, group, "title", section->title, error) ||
            !lac_h5_write_text(file, facts, json, error))
            return FALSE;
        for (guint t = 0; t < section->tables->len; t++)
            if (!write_table(file, group, section->tables->pdata[t], error))
                return FALSE;
    }
    return lac_h5_set_string(file, path, ORDER, order->str, error);
}

// Where a fault is, for the sentence about it.
typedef struct {
    LacH5 *file;
    const char *group;
    GError **error;
} Reader;

static gboolean
fail(const Reader *self, const char *what)
{
    lac_io_set_error(self->error, LAC_ERROR_FORMAT, lac_h5_get_path(self->file),
        "it is damaged: %s %s", self->group, what);
    return FALSE;
}

static const char *
get_string(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
            json_node_get_value_type(node) == G_TYPE_STRING
        ? json_node_get_string(node)
        : NULL;
}

static gboolean
get_number(JsonObject *object, const char *name, double *value)
{
    const char *text = get_string(object, name);
    char *end = NULL;
    if (text == NULL || *text == '\0')
        return FALSE;
    *value = g_ascii_strtod(text, &end);
    return *end == '\0';
}

static gboolean
get_whole(JsonObject *object, const char *name, double most, gsize *value)
{
    double number;
    if (!get_number(object, name, &number) || !(number >= 0.0 && number <= most) ||
        number != floor(number))
        return FALSE;
    *value = (gsize) number;
    return TRUE;
}

static JsonArray *
get_array(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static JsonObject *
get_object(JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element(array, i);
    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

// A name that may become part of a path or of a file's name.
static gboolean
is_name(const char *name)
{
    return name != NULL && *name != '\0' && strlen(name) < 64 &&
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
        strlen(name);
}

static gboolean
read_items(const Reader *self, JsonObject *facts, LacReportSection *section, gboolean parameters)
{
    JsonArray *array = get_array(facts, parameters ? "parameters" : "results");
    if (array == NULL)
        return fail(self, "has no list of numbers");
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonObject *object = get_object(array, i);
        const char *key = object != NULL ? get_string(object, "key") : NULL;
        const char *title = object != NULL ? get_string(object, "title") : NULL;
        const char *unit = object != NULL ? get_string(object, "unit") : NULL;
        const char *definition = object != NULL ? get_string(object, "definition") : NULL;
        double value, spread;
        gsize digits;
        if (key == NULL || title == NULL || unit == NULL || definition == NULL ||
            !get_number(object, "value", &value) || !get_number(object, "error", &spread) ||
            !get_whole(object, "digits", MOST_DIGITS, &digits))
            return fail(self, "has a number without its title, unit or definition");
        const char *text = get_string(object, "text");
        LacReportItem *item = parameters
            ? lac_report_add_parameter(section, key, title, value, text, unit, definition)
            : lac_report_add(section, key, title, value, (guint) digits, unit, definition);
        item->digits = (guint) digits;
        item->error = spread;
        if (item->text == NULL)
            item->text = g_strdup(text);
    }
    return TRUE;
}

static gboolean
fill_words(const Reader *self, JsonArray *words, const double *which, char **cells, gsize n_rows)
{
    guint n = json_array_get_length(words);
    for (gsize i = 0; i < n_rows; i++) {
        if (!(which[i] >= 0.0 && which[i] < n))
            return fail(self, "has a row whose word is not in the list");
        JsonNode *node = json_array_get_element(words, (guint) which[i]);
        const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        cells[i] = g_strdup(text != NULL ? text : "");
    }
    return TRUE;
}

static gboolean
read_column(const Reader *self, JsonObject *object, LacTable *table)
{
    const char *name = get_string(object, "name"), *title = get_string(object, "title");
    const char *unit = get_string(object, "unit");
    gsize digits;
    if (!is_name(name) || title == NULL || unit == NULL ||
        !get_whole(object, "digits", MOST_DIGITS, &digits))
        return fail(self, "has a column without its name, title or unit");
    g_autofree double *values = NULL;
    if (table->n_rows > 0) {
        // Read before memory is taken for as many rows, so that their number is known to be true.
        g_autofree char *path = g_strconcat(self->group, "/", table->id, "/", name, NULL);
        gsize n;
        values = lac_h5_read_doubles(self->file, path, &n, self->error);
        if (values == NULL)
            return FALSE;
        if (n != table->n_rows)
            return fail(self, "has a column of another length than its table");
    }
    JsonArray *words = get_array(object, "words");
    if (words != NULL)
        return fill_words(self, words, values, lac_table_add_texts(table, name, title),
            table->n_rows);
    double *out = lac_table_add_numbers(table, name, title, unit, (guint) digits);
    if (table->n_rows > 0)
        memcpy(out, values, table->n_rows * sizeof *out);
    return TRUE;
}

static gboolean
read_tables(const Reader *self, JsonObject *facts, LacReportSection *section)
{
    JsonArray *array = get_array(facts, "tables");
    if (array == NULL)
        return fail(self, "has no list of tables");
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonObject *object = get_object(array, i);
        const char *id = object != NULL ? get_string(object, "id") : NULL;
        const char *title = object != NULL ? get_string(object, "title") : NULL;
        const char *definition = object != NULL ? get_string(object, "definition") : NULL;
        JsonArray *columns = object != NULL ? get_array(object, "columns") : NULL;
        gsize n_rows;
        if (!is_name(id) || title == NULL || definition == NULL || columns == NULL ||
            !get_whole(object, "rows", (double) MOST_ROWS, &n_rows))
            return fail(self, "has a table without its name, title or columns");
        LacTable *table = lac_table_new(id, title, definition, n_rows);
        g_ptr_array_add(section->tables, table);
        for (guint c = 0; c < json_array_get_length(columns); c++) {
            JsonObject *column = get_object(columns, c);
            if (column == NULL)
                return fail(self, "has a column that is none");
            if (!read_column(self, column, table))
                return FALSE;
        }
        if (columns == NULL || table->columns->len == 0)
            table->n_rows = 0;
    }
    return TRUE;
}

static gboolean
read_section(Reader *self, const char *id, LacReport *report)
{
    g_autofree char *path = g_strconcat(self->group, "/" FACTS, NULL);
    g_autofree char *text = lac_h5_read_text(self->file, path, self->error);
    if (text == NULL)
        return FALSE;
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root =
        json_parser_load_from_data(parser, text, -1, NULL) ? json_parser_get_root(parser) : NULL;
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return fail(self, "has no facts");
    JsonObject *facts = json_node_get_object(root);
    const char *title = get_string(facts, "title"), *definition = get_string(facts, "definition");
    const char *digest = get_string(facts, "digest");
    double stale;
    if (title == NULL || definition == NULL || digest == NULL ||
        !get_number(facts, "stale", &stale))
        return fail(self, "has no title, definition or digest");
    LacReportSection *section = lac_report_add_section(report, id, title, definition);
    section->problem = g_strdup(get_string(facts, "problem"));
    g_free(section->digest);
    section->digest = g_strdup(digest);
    section->stale = stale != 0.0;
    if (!get_number(facts, "seconds", &section->seconds))
        return fail(self, "has no time");
    return read_items(self, facts, section, TRUE) && read_items(self, facts, section, FALSE) &&
        read_tables(self, facts, section);
}

/**
 * lac_h5_read_report:
 * @file: a file
 * @path: of the group
 * @error: return location for a #GError
 *
 * Reads what lac_h5_write_report() wrote and believes nothing of it. Tables of atoms come without
 * positions.
 *
 * Returns: (transfer full): the report, or %NULL with @error set
 */
LacReport *
lac_h5_read_report(LacH5 *file, const char *path, GError **error)
{
    g_autofree char *order = lac_h5_dup_string(file, path, ORDER);
    Reader reader = { file, path, error };
    if (order == NULL) {
        fail(&reader, "has no list of analyses");
        return NULL;
    }
    g_autoptr(LacReport) report = lac_report_new();
    g_auto(GStrv) ids = g_strsplit(order, ",", -1);
    for (guint i = 0; *order != '\0' && ids[i] != NULL; i++) {
        if (!is_name(ids[i]) || lac_report_find(report, ids[i]) != NULL) {
            fail(&reader, "has a bad list of analyses");
            return NULL;
        }
        g_autofree char *group = g_strconcat(path, "/", ids[i], NULL);
        Reader inner = { file, group, error };
        if (!read_section(&inner, ids[i], report))
            return NULL;
    }
    return g_steal_pointer(&report);
}
