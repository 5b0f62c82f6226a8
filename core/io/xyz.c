// SPDX-License-Identifier: GPL-3.0-or-later
// XYZ and extended XYZ, also the untidy kind, and bare tables of "type x y z".
#include "core/io/bytes.h"
#include "core/io/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define SEPARATORS   " \t\r,"
#define STATE        "state" // property with the name of a LacAtomState
#define FLAG         "flag"  // property with the name of a LacPeakFlag
#define SHORTEST_ROW 7       // [bytes] "X 0 0 0"
#define MOST_SPECIES 256
#define MOST_COLUMNS 256
#define LONGEST_HEAD 65536 // [bytes] of comments before the first atom

typedef enum {
    COLUMN_SPECIES,
    COLUMN_X,
    COLUMN_Y,
    COLUMN_Z,
    COLUMN_NUMBER,
    COLUMN_STATE,
    COLUMN_FLAG,
    COLUMN_IGNORED
} Role;

typedef struct {
    Role role;
    char *name;     // of a number
    double *values; // of a number, owned by the atoms
} Column;

typedef struct {
    const char *path;
    GArray *columns; // of Column
    gboolean is_extended;
    char *comment;
    GString *note;
    LacAtoms *atoms;
} Parser;

static const char *const suffixes[] = { "xyz", "extxyz", NULL };

static void
clear_column(gpointer data)
{
    Column *column = data;
    g_free(column->name);
}

static void
parser_clear(Parser *self)
{
    g_clear_pointer(&self->columns, g_array_unref);
    g_free(self->comment);
    if (self->note != NULL)
        g_string_free(self->note, TRUE);
    lac_atoms_unref(self->atoms);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parser, parser_clear)

static void
add_note(Parser *self, const char *text)
{
    g_string_append_printf(self->note, "%s%s", self->note->len > 0 ? "; " : "", text);
}

static gboolean
is_comment(const char *line)
{
    return line[0] == '#' || line[0] == '%' || line[0] == '!';
}

// The count that opens an XYZ file: one whole number alone on its line.
static gboolean
parse_count(const char *line, guint64 *n)
{
    char *end;
    if (!g_ascii_isdigit(line[0]))
        return FALSE;
    errno = 0;
    guint64 count = g_ascii_strtoull(line, &end, 10);
    if (errno != 0 || *end != '\0')
        return FALSE;
    *n = count;
    return TRUE;
}

static gboolean
looks_like_atom(const char *line)
{
    g_autofree char *copy = g_strdup(line);
    char *cursor = copy;
    double value;
    if (lac_text_next_word(&cursor, SEPARATORS) == NULL)
        return FALSE;
    for (guint i = 0; i < 3; i++) {
        const char *word = lac_text_next_word(&cursor, SEPARATORS);
        if (word == NULL || !lac_text_parse_number(word, &value))
            return FALSE;
    }
    return TRUE;
}

// Type numbers, as against numbers that merely count the rows of a table.
static gboolean
is_type_number(const char *line, double *previous)
{
    g_autofree char *copy = g_strdup(line);
    char *cursor = copy;
    double value = 0.0, before = *previous;
    guint n_words = 0;
    for (const char *word = lac_text_next_word(&cursor, SEPARATORS); word != NULL;
         word = lac_text_next_word(&cursor, SEPARATORS), n_words++)
        if (n_words == 0 && !lac_text_parse_number(word, &value))
            return TRUE;
    *previous = value;
    return n_words == 4 && value >= 1.0 && value == floor(value) && value != before + 1.0;
}

// A text file of atoms without a count; other text files are tables of angles.
static gboolean
xyz_sniff(const char *path, const guint8 *head, gsize n_head)
{
    g_autofree char *suffix = lac_io_dup_suffix(path);
    if (!g_str_equal(suffix, "txt") || memchr(head, 0, n_head) != NULL)
        return FALSE;
    g_autofree char *text = g_strndup((const char *) head, n_head);
    LacLines lines;
    guint n_rows = 0;
    double previous = -1.0;
    lac_lines_start(&lines, text);
    for (char *line = lac_lines_next(&lines); line != NULL && n_rows < 2;
         line = lac_lines_next(&lines)) {
        if (is_comment(line) && strstr(line, "Properties=") != NULL)
            return TRUE;
        if (line[0] == '\0' || is_comment(line))
            continue;
        if (!looks_like_atom(line) || !is_type_number(line, &previous))
            return FALSE;
        n_rows++;
    }
    return n_rows > 0;
}

static gboolean
has_column(const Parser *self, const char *name)
{
    for (guint i = 0; i < self->columns->len; i++) {
        const Column *column = &g_array_index(self->columns, Column, i);
        if (column->name != NULL && g_str_equal(column->name, name))
            return TRUE;
    }
    return FALSE;
}

static void
add_column(Parser *self, Role role, const char *name)
{
    Column column = { .role = role };
    if (role == COLUMN_NUMBER && has_column(self, name))
        column.role = COLUMN_IGNORED;
    else if (role == COLUMN_NUMBER)
        column.name = g_strdup(name);
    g_array_append_val(self->columns, column);
}

// One "name:type:count" of Properties.
static gboolean
add_property(Parser *self, const char *name, const char *type, guint64 count, GError **error)
{
    if (count == 0 || count + self->columns->len > MOST_COLUMNS ||
        strchr("SRIL", type[0]) == NULL || type[0] == '\0') {
        g_autofree char *valid = g_utf8_make_valid(name, -1);
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "the property \"%s\" has the type \"%.1s\" and %" G_GUINT64_FORMAT " columns", valid,
            g_ascii_isprint(type[0]) ? type : "?", count);
        return FALSE;
    }
    for (guint64 i = 0; i < count; i++) {
        g_autofree char *numbered =
            count > 1 ? g_strdup_printf("%s_%u", name, (guint) i + 1) : g_strdup(name);
        if (g_str_equal(name, "species") && count == 1)
            add_column(self, COLUMN_SPECIES, "");
        else if (g_str_equal(name, "pos") && count == 3 && type[0] == 'R')
            add_column(self, (Role) (COLUMN_X + i), "");
        else if (g_str_equal(name, STATE) && count == 1 && type[0] == 'S')
            add_column(self, COLUMN_STATE, "");
        else if (g_str_equal(name, FLAG) && count == 1 && type[0] == 'S')
            add_column(self, COLUMN_FLAG, "");
        else
            add_column(self, type[0] == 'S' ? COLUMN_IGNORED : COLUMN_NUMBER, numbered);
    }
    return TRUE;
}

static gboolean
check_roles(const Parser *self, GError **error)
{
    guint count[COLUMN_IGNORED + 1] = { 0 };
    for (guint i = 0; i < self->columns->len; i++)
        count[g_array_index(self->columns, Column, i).role]++;
    for (guint role = COLUMN_SPECIES; role <= COLUMN_Z; role++) {
        if (count[role] != 1) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
                "its Properties name \"%s\" %u times instead of once",
                role == COLUMN_SPECIES ? "species" : "pos", count[role]);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
parse_properties(Parser *self, const char *value, GError **error)
{
    g_auto(GStrv) fields = g_strsplit(value, ":", 3 * MOST_COLUMNS + 1);
    guint n = g_strv_length(fields);
    self->is_extended = TRUE;
    if (n == 0 || n % 3 != 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "its Properties have %u parts, which is not a multiple of three", n);
        return FALSE;
    }
    for (guint i = 0; i < n; i += 3) {
        guint64 count = g_ascii_strtoull(fields[i + 2], NULL, 10);
        if (!add_property(self, fields[i], fields[i + 1], MIN(count, MOST_COLUMNS + 1), error))
            return FALSE;
    }
    return check_roles(self, error);
}

// Takes the value of key=value or key="value" out of a comment; NULL if it is not there.
static char *
take_value(GString *comment, const char *key)
{
    const char *at = comment->str;
    gsize n_key = strlen(key);
    for (;; at++) {
        at = strstr(at, key);
        if (at == NULL)
            return NULL;
        if ((at == comment->str || g_ascii_isspace(at[-1])) && at[n_key] == '=')
            break;
    }
    const char *begin = at + n_key + 1, *end = begin;
    GString *value = g_string_new(NULL);
    if (*begin == '"') {
        for (end++; *end != '\0' && *end != '"'; end++) {
            if (*end == '\\' && end[1] != '\0')
                end++;
            g_string_append_c(value, *end);
        }
        end += *end == '"' ? 1 : 0;
    }
    else {
        end += strcspn(begin, " \t");
        g_string_append_len(value, begin, end - begin);
    }
    g_string_erase(comment, at - comment->str, end - at);
    return g_string_free(value, FALSE);
}

static gboolean
parse_comment(Parser *self, const char *line, GError **error)
{
    g_autoptr(GString) rest = g_string_new(line);
    g_autofree char *properties = take_value(rest, "Properties");
    if (properties != NULL) {
        g_autofree char *text = take_value(rest, "comment");
        g_autofree char *lattice = take_value(rest, "Lattice");
        if (lattice != NULL)
            add_note(self, "its lattice is not used");
        if (text != NULL)
            g_string_assign(rest, text);
        if (!parse_properties(self, properties, error))
            return FALSE;
    }
    g_free(self->comment);
    self->comment = g_strdup(g_strstrip(rest->str));
    return TRUE;
}

// Without Properties: species, x, y, z, then whatever numbers the first row has.
static void
choose_columns(Parser *self, const char *first_row)
{
    g_autofree char *copy = g_strdup(first_row);
    char *cursor = copy;
    guint n = 0;
    for (char *word = lac_text_next_word(&cursor, SEPARATORS); word != NULL && n < MOST_COLUMNS;
         word = lac_text_next_word(&cursor, SEPARATORS), n++) {
        double value;
        g_autofree char *name = g_strdup_printf("column_%u", n + 1);
        if (n <= COLUMN_Z)
            add_column(self, (Role) n, "");
        else
            add_column(self, lac_text_parse_number(word, &value) ? COLUMN_NUMBER : COLUMN_IGNORED,
                name);
    }
    for (; n <= COLUMN_Z; n++)
        add_column(self, (Role) n, "");
}

// Checks the number of atoms against the file before it makes room for them.
static gboolean
make_atoms(Parser *self, guint64 n, gsize n_text, GError **error)
{
    guint64 n_columns = MAX(self->columns->len, 4), least;
    if (n == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "there are no atoms in it");
        return FALSE;
    }
    if (!g_uint64_checked_mul(&least, n, SHORTEST_ROW + 1 + 2 * (n_columns - 4)) ||
        least > (guint64) n_text + 1) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "%" G_GUINT64_FORMAT " atoms do not fit its %" G_GSIZE_FORMAT " bytes", n, n_text);
        return FALSE;
    }
    self->atoms = lac_atoms_new((gsize) n);
    for (guint i = 0; i < self->columns->len; i++) {
        Column *column = &g_array_index(self->columns, Column, i);
        if (column->role == COLUMN_NUMBER)
            column->values = lac_atoms_add_column(self->atoms, column->name);
    }
    return TRUE;
}

static gboolean
parse_value(const char *word, double *value)
{
    if (lac_text_parse_number(word, value))
        return TRUE;
    if (!g_str_equal(word, "T") && !g_str_equal(word, "F"))
        return FALSE;
    *value = word[0] == 'T' ? 1.0 : 0.0;
    return TRUE;
}

static gboolean
store_word(Parser *self, const Column *column, gsize k, const char *word)
{
    LacAtoms *atoms = self->atoms;
    double *positions[] = { atoms->x, atoms->y, atoms->z }, value;
    switch (column->role) {
    case COLUMN_SPECIES: atoms->species[k] = lac_atoms_add_species(atoms, word); return TRUE;
    case COLUMN_X:
    case COLUMN_Y:
    case COLUMN_Z:
        if (!lac_text_parse_number(word, &value) || !isfinite(value))
            return FALSE;
        positions[column->role - COLUMN_X][k] = value;
        return TRUE;
    case COLUMN_NUMBER: return parse_value(word, &column->values[k]) || !self->is_extended;
    case COLUMN_STATE: atoms->state[k] = (guint8) lac_atom_state_from_name(word); return TRUE;
    case COLUMN_FLAG: atoms->flag[k] = (guint8) lac_peak_flag_from_name(word); return TRUE;
    case COLUMN_IGNORED:
    default: return TRUE;
    }
}

static gboolean
parse_atom(Parser *self, char *line, gsize k, gsize number, GError **error)
{
    char *cursor = line;
    for (guint i = 0; i < self->columns->len; i++) {
        const Column *column = &g_array_index(self->columns, Column, i);
        const char *word = lac_text_next_word(&cursor, SEPARATORS);
        gboolean is_needed = self->is_extended || i <= COLUMN_Z;
        if (word == NULL && !is_needed)
            break;
        if (word == NULL) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
                "line %" G_GSIZE_FORMAT " has %u columns although %u are needed", number, i,
                self->is_extended ? self->columns->len : 4);
            return FALSE;
        }
        if (!store_word(self, column, k, word)) {
            g_autofree char *shown = g_strndup(word, 40);
            g_autofree char *valid = g_utf8_make_valid(shown, -1);
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
                "line %" G_GSIZE_FORMAT ": \"%s\" is not a finite number", number, valid);
            return FALSE;
        }
    }
    if (g_strv_length(self->atoms->species_names) <= MOST_SPECIES)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
        "its first column has more than %d different species", MOST_SPECIES);
    return FALSE;
}

// The next line that may be an atom.
static char *
next_row(LacLines *lines)
{
    char *line = lac_lines_next(lines);
    while (line != NULL && (line[0] == '\0' || is_comment(line)))
        line = lac_lines_next(lines);
    return line;
}

static gboolean
parse_atoms(Parser *self, LacLines *lines, guint64 n, gsize n_text, LacProgress *progress,
    GError **error)
{
    char *line = next_row(lines);
    if (!self->is_extended && line != NULL)
        choose_columns(self, line);
    if (!make_atoms(self, n, n_text, error))
        return FALSE;
    for (guint64 k = 0; k < n; k++) {
        if (line == NULL) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
                "it ends after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " atoms", k, n);
            return FALSE;
        }
        if (!parse_atom(self, line, (gsize) k, lines->number, error))
            return FALSE;
        if (k % 16384 == 0 && !lac_progress_update(progress, (double) k / (double) n, error))
            return FALSE;
        line = next_row(lines);
    }
    if (line != NULL && !parse_count(line, &n)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "line %" G_GSIZE_FORMAT " comes after the %" G_GUINT64_FORMAT
            " atoms that it announces",
            lines->number, n);
        return FALSE;
    }
    if (line != NULL)
        add_note(self, "only the first of its frames is read");
    return TRUE;
}

// A table without a count: comments, then an atom per line.
static gboolean
parse_bare(Parser *self, char *text, gsize n_text, LacProgress *progress, GError **error)
{
    LacLines lines;
    guint64 n = 0;
    char *copy = g_strdup(text);
    gboolean is_good = TRUE;
    lac_lines_start(&lines, copy);
    for (char *line = lac_lines_next(&lines); line != NULL; line = lac_lines_next(&lines)) {
        n += line[0] != '\0' && !is_comment(line) ? 1 : 0;
        if (is_comment(line) && strstr(line, "Properties=") != NULL && !self->is_extended &&
            is_good)
            is_good = parse_comment(self, g_strchug(line + 1), error);
    }
    g_free(copy);
    if (!is_good)
        return FALSE;
    add_note(self, "a table without a count of atoms");
    lac_lines_start(&lines, text);
    return parse_atoms(self, &lines, n, n_text, progress, error);
}

static gboolean
parse_text(Parser *self, char *text, gsize n_text, LacProgress *progress, GError **error)
{
    LacLines lines;
    guint64 n = 0;
    char *start = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
    gsize n_first = strcspn(start, "\n");
    g_autofree char *first = g_strndup(start, n_first);
    if (!parse_count(g_strstrip(first), &n)) {
        g_autofree char *head = g_strndup(start, LONGEST_HEAD);
        lac_lines_start(&lines, head);
        const char *line = next_row(&lines);
        if (line != NULL && looks_like_atom(line))
            return parse_bare(self, text, n_text, progress, error);
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "its first line is neither a number of atoms nor an atom");
        return FALSE;
    }
    lac_lines_start(&lines, text);
    lac_lines_next(&lines);
    const char *comment = lac_lines_next(&lines);
    if (!parse_comment(self, comment != NULL ? comment : "", error))
        return FALSE;
    return parse_atoms(self, &lines, n, n_text, progress, error);
}

static gboolean
parse_file(Parser *self, const char *path, LacProgress *progress, GError **error)
{
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL)
        return FALSE;
    g_autofree char *raw = lac_input_read_text(input, error);
    if (raw == NULL)
        return FALSE;
    self->path = path;
    self->note = g_string_new(NULL);
    self->columns = g_array_new(FALSE, TRUE, sizeof(Column));
    g_array_set_clear_func(self->columns, clear_column);
    gsize n_text = strlen(raw);
    if (!g_utf8_validate(raw, (gssize) n_text, NULL)) {
        g_autofree char *valid = g_utf8_make_valid(raw, (gssize) n_text);
        return parse_text(self, valid, n_text, progress, error);
    }
    return parse_text(self, raw, n_text, progress, error);
}

static gboolean
xyz_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_auto(Parser) parser = { 0 };
    if (!parse_file(&parser, path, NULL, error))
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ATOMS, "");
    item->n_atoms = parser.atoms->n;
    g_free(item->type);
    item->type = g_strdup("text");
    item->note = parser.note->len > 0 ? g_strdup(parser.note->str) : NULL;
    return TRUE;
}

static LacAtoms *
xyz_read(const char *path, const char *item, LacProgress *progress, GError **error)
{
    g_auto(Parser) parser = { 0 };
    if (!lac_io_refuse_item(path, item, error) || !parse_file(&parser, path, progress, error))
        return NULL;
    g_free(parser.atoms->comment);
    parser.atoms->comment = g_steal_pointer(&parser.comment);
    if (parser.atoms->comment == NULL)
        parser.atoms->comment = g_strdup("");
    return g_steal_pointer(&parser.atoms);
}

// A name without characters that have a meaning in the file.
static char *
make_word(const char *name, const char *forbidden)
{
    char *word = g_strdup(name[0] != '\0' ? name : "X");
    return g_strdelimit(word, forbidden, '_');
}

// Whether there is more to say of them than that they are atoms.
static gboolean
has_states(const LacAtoms *atoms)
{
    for (gsize i = 0; i < atoms->n; i++)
        if (atoms->state[i] != LAC_ATOM_AUTO || atoms->flag[i] != LAC_PEAK_OK)
            return TRUE;
    return FALSE;
}

static void
write_comment(FILE *file, const LacAtoms *atoms, gboolean with_states)
{
    fprintf(file, "Properties=species:S:1:pos:R:3%s",
        with_states ? ":" STATE ":S:1:" FLAG ":S:1" : "");
    for (guint i = 0; i < atoms->columns->len; i++) {
        g_autofree char *name =
            make_word(g_array_index(atoms->columns, LacAtomColumn, i).name, " \t\r\n:\"=");
        fprintf(file, ":%s:R:1", name);
    }
    if (atoms->comment[0] != '\0') {
        fputs(" comment=\"", file);
        for (const char *c = atoms->comment; *c != '\0'; c++) {
            if (*c == '"' || *c == '\\')
                fputc('\\', file);
            fputc(*c == '\n' || *c == '\r' ? ' ' : *c, file);
        }
        fputc('"', file);
    }
    fputc('\n', file);
}

static gboolean
xyz_write(const LacAtoms *atoms, const char *path, GError **error)
{
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        lac_io_set_errno(error, path, "cannot be written", errno);
        return FALSE;
    }
    g_auto(GStrv) names = g_strdupv(atoms->species_names);
    guint n_names = g_strv_length(names);
    for (guint i = 0; i < n_names; i++) {
        char *name = names[i];
        names[i] = make_word(name, SEPARATORS "\n");
        g_free(name);
    }
    fprintf(file, "%" G_GSIZE_FORMAT "\n", atoms->n);
    gboolean with_states = has_states(atoms);
    write_comment(file, atoms, with_states);
    for (gsize k = 0; k < atoms->n; k++) {
        fputs(atoms->species[k] < n_names ? names[atoms->species[k]] : "X", file);
        const double position[] = { atoms->x[k], atoms->y[k], atoms->z[k] };
        lac_text_write_numbers(file, ' ', position, G_N_ELEMENTS(position));
        if (with_states)
            fprintf(file, " %s %s", lac_atom_state_get_name((LacAtomState) atoms->state[k]),
                lac_peak_flag_get_name((LacPeakFlag) atoms->flag[k]));
        for (guint i = 0; i < atoms->columns->len; i++)
            lac_text_write_numbers(file, ' ',
                &g_array_index(atoms->columns, LacAtomColumn, i).values[k], 1);
        fputc('\n', file);
    }
    return lac_output_close(file, path, error);
}

const LacFormat lac_format_xyz = {
    .id = "xyz",
    .name = "XYZ",
    .suffixes = suffixes,
    .sniff = xyz_sniff,
    .info = xyz_info,
    .read_atoms = xyz_read,
    .write_atoms = xyz_write,
};
