// SPDX-License-Identifier: GPL-3.0-or-later
// A report as text, JSON and folders of tables.
#include "core/data/report.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>

#define WIDTH     98 // [characters] of a line of text
#define MOST_ROWS 60 // longer tables are told by their number of rows

// Breaks words at the end of a line; the width counts characters.
static void
append_wrapped(GString *out, const char *indent, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    glong used = 0;
    for (guint i = 0; words[i] != NULL; i++) {
        glong width = g_utf8_strlen(words[i], -1);
        if (used > 0 && used + 1 + width > WIDTH) {
            g_string_append_c(out, '\n');
            used = 0;
        }
        g_string_append(out, used == 0 ? indent : " ");
        g_string_append(out, words[i]);
        used += width + (used == 0 ? g_utf8_strlen(indent, -1) : 1);
    }
    g_string_append_c(out, '\n');
}

static void
append_padded(GString *out, const char *text, glong width, gboolean to_right)
{
    glong n = width - g_utf8_strlen(text, -1);
    if (!to_right)
        g_string_append(out, text);
    for (; n > 0; n--)
        g_string_append_c(out, ' ');
    if (to_right)
        g_string_append(out, text);
}

static void
append_items(GString *out, const GPtrArray *items, gboolean with_definition)
{
    glong width = 0;
    for (guint i = 0; i < items->len; i++) {
        const LacReportItem *item = items->pdata[i];
        width = MAX(width, g_utf8_strlen(item->title, -1));
    }
    for (guint i = 0; i < items->len; i++) {
        const LacReportItem *item = items->pdata[i];
        g_autofree char *value = lac_report_item_dup_text(item);
        g_string_append(out, "  ");
        append_padded(out, item->title, width + 2, FALSE);
        g_string_append_printf(out, "%s\n", value);
        if (with_definition && *item->definition != '\0')
            append_wrapped(out, "      ", item->definition);
    }
}

static char *
dup_heading(const LacTableColumn *column)
{
    return *column->unit != '\0' ? g_strdup_printf("%s [%s]", column->title, column->unit)
                                 : g_strdup(column->title);
}

static void
append_table(GString *out, const LacTable *table)
{
    guint n = table->columns->len;
    g_autofree glong *width = g_new0(glong, n + 1);
    for (guint c = 0; c < n; c++) {
        g_autofree char *heading = dup_heading(table->columns->pdata[c]);
        width[c] = g_utf8_strlen(heading, -1);
        for (gsize row = 0; row < table->n_rows; row++) {
            g_autofree char *cell = lac_table_dup_cell(table, c, row);
            width[c] = MAX(width[c], g_utf8_strlen(cell, -1));
        }
    }
    for (gsize line = 0; line <= table->n_rows; line++) {
        for (guint c = 0; c < n; c++) {
            const LacTableColumn *column = table->columns->pdata[c];
            g_autofree char *cell =
                line == 0 ? dup_heading(column) : lac_table_dup_cell(table, c, line - 1);
            g_string_append(out, "  ");
            append_padded(out, cell, width[c], column->texts == NULL);
        }
        g_string_append_c(out, '\n');
    }
}

static void
append_section(GString *out, const LacReportSection *section)
{
    g_string_append_printf(out, "\n%s", section->title);
    if (section->stale)
        g_string_append(out, " (older than the last edit)");
    g_string_append_c(out, '\n');
    for (glong i = g_utf8_strlen(section->title, -1); i > 0; i--)
        g_string_append(out, "─");
    g_string_append_c(out, '\n');
    append_wrapped(out, "  ", section->definition);
    if (section->problem != NULL) {
        g_autofree char *text = g_strconcat("Undefined: ", section->problem, NULL);
        append_wrapped(out, "  ", text);
        return;
    }
    if (section->parameters->len > 0) {
        g_string_append(out, "\n  Parameters\n");
        append_items(out, section->parameters, FALSE);
    }
    if (section->items->len > 0) {
        g_string_append(out, "\n  Results\n");
        append_items(out, section->items, TRUE);
    }
    for (guint i = 0; i < section->tables->len; i++) {
        const LacTable *table = section->tables->pdata[i];
        g_string_append_printf(out, "\n  %s\n", table->title);
        append_wrapped(out, "      ", table->definition);
        if (table->n_rows <= MOST_ROWS)
            append_table(out, table);
        else
            g_string_append_printf(out, "  %" G_GSIZE_FORMAT " rows, in %s-%s.csv\n", table->n_rows,
                section->id, table->id);
    }
}

/**
 * lac_report_dup_text:
 * @self: a report
 *
 * Writes every number with its unit and definition, and short tables, for people.
 *
 * Returns: (transfer full): the text
 */
char *
lac_report_dup_text(const LacReport *self)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < self->sections->len; i++)
        append_section(out, self->sections->pdata[i]);
    return g_string_free(out, FALSE);
}

static void
add_string(JsonBuilder *json, const char *name, const char *value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, value);
}

// JSON knows no NaN and no infinity.
static void
add_number(JsonBuilder *json, double value)
{
    if (isfinite(value))
        json_builder_add_double_value(json, value);
    else
        json_builder_add_null_value(json);
}

static void
add_items(JsonBuilder *json, const char *name, const GPtrArray *items)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
    for (guint i = 0; i < items->len; i++) {
        const LacReportItem *item = items->pdata[i];
        g_autofree char *text = lac_report_item_dup_text(item);
        json_builder_set_member_name(json, item->key);
        json_builder_begin_object(json);
        add_string(json, "title", item->title);
        json_builder_set_member_name(json, "value");
        add_number(json, item->value);
        if (!isnan(item->error)) {
            json_builder_set_member_name(json, "error");
            add_number(json, item->error);
        }
        add_string(json, "text", text);
        add_string(json, "unit", item->unit);
        add_string(json, "definition", item->definition);
        json_builder_end_object(json);
    }
    json_builder_end_object(json);
}

static void
add_column(JsonBuilder *json, const LacTable *table, const LacTableColumn *column)
{
    json_builder_begin_object(json);
    add_string(json, "name", column->name);
    add_string(json, "title", column->title);
    add_string(json, "unit", column->unit);
    json_builder_set_member_name(json, "values");
    json_builder_begin_array(json);
    for (gsize i = 0; i < table->n_rows; i++) {
        if (column->values != NULL)
            add_number(json, column->values[i]);
        else
            json_builder_add_string_value(json, column->texts[i] != NULL ? column->texts[i] : "");
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}

static void
add_tables(JsonBuilder *json, const GPtrArray *tables)
{
    json_builder_set_member_name(json, "tables");
    json_builder_begin_object(json);
    for (guint i = 0; i < tables->len; i++) {
        const LacTable *table = tables->pdata[i];
        json_builder_set_member_name(json, table->id);
        json_builder_begin_object(json);
        add_string(json, "title", table->title);
        add_string(json, "definition", table->definition);
        json_builder_set_member_name(json, "columns");
        json_builder_begin_array(json);
        for (guint c = 0; c < table->columns->len; c++)
            add_column(json, table, table->columns->pdata[c]);
        json_builder_end_array(json);
        json_builder_end_object(json);
    }
    json_builder_end_object(json);
}

/**
 * lac_report_add_json:
 * @self: a report
 * @builder: (type JsonBuilder): where a value is due
 *
 * Adds an object with one member per section.
 */
void
lac_report_add_json(const LacReport *self, gpointer builder)
{
    JsonBuilder *json = builder;
    json_builder_begin_object(json);
    for (guint i = 0; i < self->sections->len; i++) {
        const LacReportSection *section = self->sections->pdata[i];
        json_builder_set_member_name(json, section->id);
        json_builder_begin_object(json);
        add_string(json, "title", section->title);
        add_string(json, "definition", section->definition);
        if (section->problem != NULL)
            add_string(json, "undefined", section->problem);
        json_builder_set_member_name(json, "stale");
        json_builder_add_boolean_value(json, section->stale);
        add_items(json, "parameters", section->parameters);
        add_items(json, "results", section->items);
        add_tables(json, section->tables);
        json_builder_end_object(json);
    }
    json_builder_end_object(json);
}

/**
 * lac_report_dup_json:
 * @self: a report
 *
 * Returns: (transfer full): all of it as one JSON object, with one member per section
 */
char *
lac_report_dup_json(const LacReport *self)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();
    lac_report_add_json(self, json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    return json_generator_to_data(generator, NULL);
}

static gboolean
write_file(const char *folder, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return g_file_set_contents(path, text, -1, error);
}

// All numbers of all sections as one table.
static LacTable *
make_summary(const LacReport *self)
{
    gsize n = 0, row = 0;
    for (guint i = 0; i < self->sections->len; i++) {
        const LacReportSection *section = self->sections->pdata[i];
        n += section->parameters->len + section->items->len;
    }
    LacTable *table = lac_table_new("summary", "All numbers", "one number or word of a report", n);
    char **analysis = lac_table_add_texts(table, "analysis", "Analysis");
    char **kind = lac_table_add_texts(table, "kind", "Kind");
    char **key = lac_table_add_texts(table, "key", "Key");
    char **text = lac_table_add_texts(table, "value", "Value");
    char **unit = lac_table_add_texts(table, "unit", "Unit");
    char **definition = lac_table_add_texts(table, "definition", "Definition");
    for (guint i = 0; i < self->sections->len; i++) {
        const LacReportSection *section = self->sections->pdata[i];
        for (guint k = 0; k < section->parameters->len + section->items->len; k++, row++) {
            gboolean is_parameter = k < section->parameters->len;
            const LacReportItem *item = is_parameter
                ? section->parameters->pdata[k]
                : section->items->pdata[k - section->parameters->len];
            analysis[row] = g_strdup(section->id);
            kind[row] = g_strdup(is_parameter ? "parameter" : "result");
            key[row] = g_strdup(item->key);
            text[row] = lac_report_item_dup_text(item);
            unit[row] = g_strdup(item->unit);
            definition[row] = g_strdup(item->definition);
        }
    }
    return table;
}

/**
 * lac_report_write_csv:
 * @self: a report
 * @folder: made when it is not there
 * @error: return location for a #GError
 *
 * Writes summary.csv with all numbers and ANALYSIS-TABLE.csv for each table.
 *
 * Returns: %TRUE, or %FALSE with @error set; some files may have been written
 */
gboolean
lac_report_write_csv(const LacReport *self, const char *folder, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(folder);
    g_autoptr(GError) problem = NULL;
    if (!g_file_make_directory_with_parents(file, NULL, &problem) &&
        !g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    g_autoptr(LacTable) summary = make_summary(self);
    g_autofree char *text = lac_table_dup_csv(summary);
    if (!write_file(folder, "summary.csv", text, error))
        return FALSE;
    for (guint i = 0; i < self->sections->len; i++) {
        const LacReportSection *section = self->sections->pdata[i];
        for (guint t = 0; t < section->tables->len; t++) {
            const LacTable *table = section->tables->pdata[t];
            g_autofree char *name = g_strdup_printf("%s-%s.csv", section->id, table->id);
            g_autofree char *csv = lac_table_dup_csv(table);
            if (!write_file(folder, name, csv, error))
                return FALSE;
        }
    }
    return TRUE;
}
