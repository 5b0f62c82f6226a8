// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/table.h"

#include <math.h>
#include <string.h>

#define SMALLEST_PLAIN 1e-4 // written without an exponent from here
#define ROUNDING       1e-9 // what differs by less does not differ
#define MOST_DECIMALS  7
#define LARGEST_PLAIN  1e9 // to here

static void
free_column(gpointer data)
{
    LacTableColumn *column = data;
    g_free(column->name);
    g_free(column->title);
    g_free(column->unit);
    g_free(column->values);
    g_strfreev(column->texts);
    g_free(column);
}

/**
 * lac_table_new:
 * @id: stable name, for files
 * @title: for people
 * @definition: what a row is
 * @n_rows: number of rows
 *
 * Returns: (transfer full): a table without columns
 */
LacTable *
lac_table_new(const char *id, const char *title, const char *definition, gsize n_rows)
{
    LacTable *self = g_new0(LacTable, 1);
    self->id = g_strdup(id);
    self->title = g_strdup(title);
    self->definition = g_strdup(definition);
    self->n_rows = n_rows;
    self->columns = g_ptr_array_new_with_free_func(free_column);
    return self;
}

/**
 * lac_table_free:
 * @self: (nullable) (transfer full): a table
 */
void
lac_table_free(LacTable *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_free(self->title);
    g_free(self->definition);
    g_ptr_array_unref(self->columns);
    g_free(self);
}

static LacTableColumn *
add_column(LacTable *self, const char *name, const char *title, const char *unit)
{
    LacTableColumn *column = g_new0(LacTableColumn, 1);
    column->name = g_strdup(name);
    column->title = g_strdup(title);
    column->unit = g_strdup(unit);
    g_ptr_array_add(self->columns, column);
    return column;
}

/**
 * lac_table_add_numbers:
 * @self: a table
 * @name: stable name of the column
 * @title: for people
 * @unit: of the values, "" for pure numbers
 * @digits: significant digits that are shown; 0: whole numbers
 *
 * Returns: (transfer none) (array): its values, NaN, to be filled in
 */
double *
lac_table_add_numbers(LacTable *self, const char *name, const char *title, const char *unit,
    guint digits)
{
    LacTableColumn *column = add_column(self, name, title, unit);
    column->digits = digits;
    column->values = g_new(double, MAX(self->n_rows, 1));
    for (gsize i = 0; i < self->n_rows; i++)
        column->values[i] = (double) NAN;
    return column->values;
}

/**
 * lac_table_add_texts:
 * @self: a table
 * @name: stable name of the column
 * @title: for people
 *
 * Returns: (transfer none) (array): its cells, each to be set to a string of its own; a cell that
 *   stays %NULL ends the column
 */
char **
lac_table_add_texts(LacTable *self, const char *name, const char *title)
{
    LacTableColumn *column = add_column(self, name, title, "");
    column->texts = g_new0(char *, self->n_rows + 1);
    return column->texts;
}

/**
 * lac_table_find:
 * @self: a table
 * @name: of a column
 *
 * Returns: (transfer none) (nullable): the column
 */
const LacTableColumn *
lac_table_find(const LacTable *self, const char *name)
{
    for (guint i = 0; i < self->columns->len; i++) {
        const LacTableColumn *column = self->columns->pdata[i];
        if (g_str_equal(column->name, name))
            return column;
    }
    return NULL;
}

/**
 * lac_format_number:
 * @value: a number
 * @digits: significant digits; 0: a whole number
 *
 * Writes a number the way it is shown everywhere, with a point and "–" for NaN.
 *
 * Returns: (transfer full): the text
 */
char *
lac_format_number(double value, guint digits)
{
    char format[16], text[64];
    if (isnan(value))
        return g_strdup("–");
    if (isinf(value))
        return g_strdup(value > 0.0 ? "∞" : "−∞");
    double size = fabs(value);
    if (digits == 0 && size < 1e15)
        return g_strdup(g_ascii_formatd(text, sizeof text, "%.0f", value + 0.0));
    if (size != 0.0 && !(size >= SMALLEST_PLAIN && size < LARGEST_PLAIN)) {
        g_snprintf(format, sizeof format, "%%.%ue", MAX(digits, 1) - 1);
        return g_strdup(g_ascii_formatd(text, sizeof text, format, value));
    }
    int exponent = size > 0.0 ? (int) floor(log10(size)) : 0;
    g_snprintf(format, sizeof format, "%%.%df", MAX((int) digits - 1 - exponent, 0));
    return g_strdup(g_ascii_formatd(text, sizeof text, format, value));
}

/**
 * lac_format_error:
 * @value: a number
 * @error: its error, or its spread; NaN or 0: none
 * @digits: significant digits of a number without
 *
 * Writes "3.28 ± 0.06": two digits of the error, and as many decimals of the number. Of what
 * differs by rounding alone no error is written.
 *
 * Returns: (transfer full): the text
 */
char *
lac_format_error(double value, double error, guint digits)
{
    char format[16], text[64], text_error[64];
    if (!(fabs(error) > ROUNDING * fmax(fabs(value), 1.0)) || !isfinite(error))
        return lac_format_number(fabs(value) < ROUNDING ? 0.0 : value, digits);
    int decimals = MAX(1 - (int) floor(log10(fabs(error))), 0);
    g_snprintf(format, sizeof format, "%%.%d%c", decimals > MOST_DECIMALS ? 1 : decimals,
        decimals > MOST_DECIMALS ? 'e' : 'f');
    gboolean is_zero = fabs(value) < 0.5 * pow(10.0, -decimals); // else it may be -0.00
    g_ascii_formatd(text, sizeof text, format, is_zero ? 0.0 : value);
    g_ascii_formatd(text_error, sizeof text_error, format, fabs(error));
    return g_strdup_printf("%s ± %s", text, text_error);
}

/**
 * lac_table_dup_cell:
 * @self: a table
 * @column: number of the column
 * @row: number of the row
 *
 * Returns: (transfer full): the cell as it is shown
 */
char *
lac_table_dup_cell(const LacTable *self, guint column, gsize row)
{
    const LacTableColumn *c = self->columns->pdata[column];
    if (c->texts != NULL)
        return g_strdup(c->texts[row] != NULL ? c->texts[row] : "");
    return lac_format_number(c->values[row], c->digits);
}

static void
append_quoted(GString *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(out, text);
        return;
    }
    g_autofree char *quoted = g_strdup(text);
    g_string_append_c(out, '"');
    for (const char *p = quoted; *p != '\0'; p++) {
        if (*p == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

static void
append_heading(GString *out, const LacTableColumn *column)
{
    g_autofree char *heading =
        *column->unit != '\0' ? g_strdup_printf("%s [%s]", column->name, column->unit) : NULL;
    append_quoted(out, heading != NULL ? heading : column->name);
}

/**
 * lac_table_dup_csv:
 * @self: a table
 *
 * Writes the table with a line of headings, "name [unit]", and the numbers as they are shown; what
 * is undefined is an empty cell.
 *
 * Returns: (transfer full): the text
 */
char *
lac_table_dup_csv(const LacTable *self)
{
    GString *out = g_string_new(NULL);
    for (guint c = 0; c < self->columns->len; c++) {
        if (c > 0)
            g_string_append_c(out, ',');
        append_heading(out, self->columns->pdata[c]);
    }
    g_string_append_c(out, '\n');
    for (gsize row = 0; row < self->n_rows; row++) {
        for (guint c = 0; c < self->columns->len; c++) {
            const LacTableColumn *column = self->columns->pdata[c];
            if (c > 0)
                g_string_append_c(out, ',');
            if (column->values != NULL && isnan(column->values[row]))
                continue;
            g_autofree char *cell = lac_table_dup_cell(self, c, row);
            append_quoted(out, cell);
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
