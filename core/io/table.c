// SPDX-License-Identifier: GPL-3.0-or-later
// Angle tables of text: one angle per line, or phi, theta and psi; with or without a header.
#include "core/io/bytes.h"
#include "core/io/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define LARGEST_FILE (2u << 20) // [bytes]; 10^5 projections
#define MOST_COLUMNS 65536

typedef struct {
    GArray *values; // of double, row by row
    gsize n_rows, n_columns;
    int angle_columns[3]; // where the header names phi, theta and psi; -1: nowhere
    gboolean has_header;  // that names theta
    GArray *line_numbers; // of gsize, one per row
} Table;

static const char *const suffixes[] = { "txt", "tlt", "rawtlt", "csv", "tsv", NULL };

static void
table_clear(Table *self)
{
    g_clear_pointer(&self->values, g_array_unref);
    g_clear_pointer(&self->line_numbers, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Table, table_clear)

static double
get_value(const Table *self, gsize row, gsize column)
{
    return g_array_index(self->values, double, row * self->n_columns + column);
}

static gboolean
is_comment(const char *line)
{
    return line[0] == '\0' || strchr("#%;!", line[0]) != NULL || g_str_has_prefix(line, "//");
}

// With semicolons between the words commas are decimal points.
static const char *
choose_separators(char *line)
{
    if (strchr(line, ';') == NULL)
        return ", \t";
    for (char *comma = strchr(line, ','); comma != NULL; comma = strchr(comma, ','))
        *comma = '.';
    return "; \t";
}

static void
parse_header(Table *self, char *line)
{
    static const char *const names[3][6] = {
        { "phi", NULL },
        { "theta", "tilt", "angle", "tilt_angle", "alpha", NULL },
        { "psi", NULL },
    };
    const char *separators = strchr(line, ';') != NULL ? ";"
        : strchr(line, ',') != NULL                    ? ","
                                                       : " \t";
    int column = 0;
    for (char *word = lac_text_next_word(&line, separators); word != NULL;
         word = lac_text_next_word(&line, separators), column++) {
        g_autofree char *name = g_ascii_strdown(g_strstrip(word), -1);
        g_strdelimit(name, "\"'([", ' ');
        g_strstrip(name);
        name[strcspn(name, " ")] = '\0'; // without a unit
        for (guint i = 0; i < 3; i++)
            if (g_strv_contains(names[i], name) && self->angle_columns[i] < 0)
                self->angle_columns[i] = column;
    }
    self->has_header = self->angle_columns[1] >= 0;
}

// Gives FALSE without an error when a word is not a number.
static gboolean
parse_row(Table *self, char *line, gsize *n_words)
{
    const char *separators = choose_separators(line);
    guint before = self->values->len;
    *n_words = 0;
    for (char *word = lac_text_next_word(&line, separators); word != NULL;
         word = lac_text_next_word(&line, separators)) {
        double value;
        if (!lac_text_parse_number(word, &value) || *n_words == MOST_COLUMNS) {
            g_array_set_size(self->values, before);
            return FALSE;
        }
        g_array_append_val(self->values, value);
        (*n_words)++;
    }
    return *n_words > 0;
}

static gboolean
parse_lines(Table *self, char *text, const char *path, GError **error)
{
    LacLines lines;
    gboolean is_first = TRUE;
    lac_lines_start(&lines, text);
    for (char *line = lac_lines_next(&lines); line != NULL; line = lac_lines_next(&lines)) {
        gsize n_words;
        if (is_comment(line))
            continue;
        g_autofree char *shown = g_strndup(line, 40);
        g_autofree char *copy = is_first ? g_strdup(line) : NULL;
        gboolean is_row = parse_row(self, line, &n_words);
        if (!is_row && is_first) {
            parse_header(self, copy);
            is_first = FALSE;
            continue;
        }
        is_first = FALSE;
        if (!is_row) {
            g_autofree char *valid = g_utf8_make_valid(shown, -1);
            lac_io_set_error(error, LAC_ERROR_FORMAT, path,
                "line %" G_GSIZE_FORMAT " is not a row of numbers: \"%s\"", lines.number, valid);
            return FALSE;
        }
        if (self->n_rows > 0 && n_words != self->n_columns) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, path,
                "line %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT
                " columns although those above have %" G_GSIZE_FORMAT,
                lines.number, n_words, self->n_columns);
            return FALSE;
        }
        self->n_columns = n_words;
        self->n_rows++;
        g_array_append_val(self->line_numbers, lines.number);
    }
    return TRUE;
}

// Whether the first column merely counts the rows.
static gboolean
has_index(const Table *self)
{
    double first = get_value(self, 0, 0);
    if (first != 0.0 && first != 1.0)
        return FALSE;
    for (gsize k = 1; k < self->n_rows; k++)
        if (get_value(self, k, 0) != first + (double) k)
            return FALSE;
    return TRUE;
}

// Finds the columns of phi, theta and psi (-1: all zero).
static gboolean
choose_columns(const Table *self, int columns[3], const char *path, GError **error)
{
    gsize n = self->n_columns;
    int skip = (n == 2 || n == 4) && has_index(self) ? 1 : 0;
    if (self->has_header) {
        memcpy(columns, self->angle_columns, sizeof self->angle_columns);
    }
    else if (n == 1 || (n == 2 && skip == 1)) {
        columns[0] = columns[2] = -1;
        columns[1] = skip;
    }
    else if (n == 3 || (n == 4 && skip == 1)) {
        for (int i = 0; i < 3; i++)
            columns[i] = i + skip;
    }
    else {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "a table of angles has 1 column (theta) or 3 (phi, theta, psi), not %" G_GSIZE_FORMAT,
            n);
        return FALSE;
    }
    for (guint i = 0; i < 3; i++) {
        if (columns[i] >= 0 && (gsize) columns[i] >= n) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, path,
                "its header names %d columns although there are %" G_GSIZE_FORMAT, columns[i] + 1,
                n);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
check_angle(double angle, gsize line, const char *path, GError **error)
{
    if (isfinite(angle) && fabs(angle) <= 360.0)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, path,
        "line %" G_GSIZE_FORMAT ": the angle %g° is outside ±360°", line, angle);
    return FALSE;
}

// A table that lies across: one row of many angles, or rows of phi, theta and psi.
static gboolean
lies_across(const Table *self)
{
    return !self->has_header &&
        ((self->n_rows == 1 && self->n_columns != 3) || (self->n_rows == 3 && self->n_columns > 4));
}

static LacAngles *
get_angles(const Table *self, gsize *n, gboolean *is_single_axis, const char *path, GError **error)
{
    int columns[3] = { -1, -1, -1 };
    gboolean across = lies_across(self);
    if (!across && !choose_columns(self, columns, path, error))
        return NULL;
    for (int i = 0; i < 3 && across; i++)
        columns[i] = self->n_rows == 3 ? i : i == 1 ? 0 : -1;
    *n = across ? self->n_columns : self->n_rows;
    *is_single_axis = columns[0] < 0 && columns[2] < 0;
    g_autofree LacAngles *angles = g_new0(LacAngles, *n);
    for (gsize k = 0; k < *n; k++) {
        double row[3] = { 0.0 };
        for (guint i = 0; i < 3; i++) {
            if (columns[i] < 0)
                continue;
            gsize c = (gsize) columns[i], at = across ? c : k;
            row[i] = across ? get_value(self, c, k) : get_value(self, k, c);
            if (!check_angle(row[i], g_array_index(self->line_numbers, gsize, at), path, error))
                return NULL;
        }
        angles[k] = (LacAngles){ .phi = row[0], .theta = row[1], .psi = row[2] };
    }
    return g_steal_pointer(&angles);
}

static LacAngles *
read_angles(const char *path, gsize *n, gboolean *is_single_axis, GError **error)
{
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL)
        return NULL;
    if (input->size > LARGEST_FILE) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "its %" G_GUINT64_FORMAT " bytes are too many for a table of angles", input->size);
        return NULL;
    }
    g_autofree char *text = lac_input_read_text(input, error);
    if (text == NULL)
        return NULL;
    g_auto(Table) table = { .values = g_array_new(FALSE, FALSE, sizeof(double)),
        .line_numbers = g_array_new(FALSE, FALSE, sizeof(gsize)),
        .angle_columns = { -1, -1, -1 } };
    if (!parse_lines(&table, text, path, error))
        return NULL;
    if (table.n_rows == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "there are no numbers in it");
        return NULL;
    }
    return get_angles(&table, n, is_single_axis, path, error);
}

static gboolean
table_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    gsize n;
    gboolean is_single_axis;
    g_autofree LacAngles *angles = read_angles(path, &n, &is_single_axis, error);
    if (angles == NULL)
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ANGLES, "");
    item->n_dims = 2;
    item->shape[0] = n;
    item->shape[1] = is_single_axis ? 1 : 3;
    g_free(item->type);
    item->type = g_strdup("text");
    return TRUE;
}

static LacArray *
table_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) params;
    (void) progress;
    gsize n;
    gboolean is_single_axis;
    if (!lac_io_refuse_item(path, item, error))
        return NULL;
    g_autofree LacAngles *angles = read_angles(path, &n, &is_single_axis, error);
    if (angles == NULL)
        return NULL;
    const gsize shape[2] = { n, is_single_axis ? 1 : 3 };
    LacArray *array = lac_array_new(2, shape, error);
    if (array == NULL)
        return NULL;
    float *out = array->buffer->data;
    for (gsize k = 0; k < n; k++) {
        if (!is_single_axis)
            *out++ = (float) angles[k].phi;
        *out++ = (float) angles[k].theta;
        if (!is_single_axis)
            *out++ = (float) angles[k].psi;
    }
    array->angles = g_steal_pointer(&angles);
    array->n_angles = n;
    return array;
}

static void
write_rows(FILE *file, const LacArray *array, gboolean is_single_axis, const char *separator)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    for (gsize k = 0; k < array->n_angles; k++) {
        const LacAngles *angles = &array->angles[k];
        if (!is_single_axis)
            fprintf(file, "%s%s", lac_text_format_number(angles->phi, text), separator);
        fputs(lac_text_format_number(angles->theta, text), file);
        if (!is_single_axis)
            fprintf(file, "%s%s", separator, lac_text_format_number(angles->psi, text));
        fputc('\n', file);
    }
}

// Writes the angles of a series, not its pixels.
static gboolean
table_write(const LacArray *array, const char *path, LacProgress *progress, GError **error)
{
    (void) progress;
    g_autofree char *suffix = lac_io_dup_suffix(path);
    gboolean is_csv = g_str_equal(suffix, "csv"), is_single_axis = TRUE;
    gboolean is_tlt = g_str_has_suffix(suffix, "tlt");
    if (array->angles == NULL) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path,
            "a text file takes angles, and there are none to write");
        return FALSE;
    }
    for (gsize k = 0; k < array->n_angles; k++)
        is_single_axis =
            is_single_axis && array->angles[k].phi == 0.0 && array->angles[k].psi == 0.0;
    if (is_tlt && !is_single_axis) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "a file of this kind has one angle per projection, not phi, theta and psi");
        return FALSE;
    }
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        lac_io_set_errno(error, path, "cannot be written", errno);
        return FALSE;
    }
    if (!is_tlt)
        fprintf(file, "%s%s\n", is_csv ? "" : "# ",
            is_single_axis ? "theta"
                : is_csv   ? "phi,theta,psi"
                           : "phi theta psi");
    write_rows(file, array, is_single_axis, is_csv ? "," : " ");
    return lac_output_close(file, path, error);
}

const LacFormat lac_format_table = {
    .id = "table",
    .name = "angle table",
    .suffixes = suffixes,
    .info = table_info,
    .read_array = table_read,
    .write_array = table_write,
};
