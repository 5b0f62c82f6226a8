// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms as comma-separated values: a line of names, then an atom or record per line.
#include "core/io/bytes.h"
#include "core/io/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define MOST_COLUMNS 256
#define MOST_SPECIES 256

typedef enum {
    CELL_X,
    CELL_Y,
    CELL_Z,
    CELL_SPECIES,
    CELL_STATE,
    CELL_FLAG,
    CELL_NUMBER,
    CELL_IGNORED,
} Role;

typedef struct {
    const char *path;
    GArray *roles;    // of Role
    GPtrArray *names; // of each cell
    LacAtoms *atoms;
    double **values; // (nullable) of each cell
} Parser;

static const char *const suffixes[] = { "csv", NULL };

static void
parser_clear(Parser *self)
{
    g_clear_pointer(&self->roles, g_array_unref);
    g_clear_pointer(&self->names, g_ptr_array_unref);
    lac_atoms_unref(self->atoms);
    g_free(self->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parser, parser_clear)

// Takes the next cell of a line, without its quotation marks; %NULL after the last.
static char *
next_cell(char **cursor)
{
    if (*cursor == NULL)
        return NULL;
    char *in = *cursor;
    while (*in == ' ' || *in == '\t')
        in++;
    char *start = in, *out = in;
    if (*in == '"') {
        for (in++; *in != '\0' && (*in != '"' || in[1] == '"'); in++) {
            if (*in == '"')
                in++;
            *out++ = *in;
        }
        in += *in == '"' ? 1 : 0;
        in += strcspn(in, ",");
    }
    else {
        in += strcspn(in, ",");
        out = in;
    }
    *cursor = *in == ',' ? in + 1 : NULL;
    *out = '\0';
    return g_strchomp(start);
}

static Role
choose_role(const char *name)
{
    static const char *const roles[][CELL_IGNORED + 1] = { { "x", "y", "z", "species", "state",
        "flag" } };
    for (guint r = CELL_X; r <= CELL_FLAG; r++)
        if (g_ascii_strcasecmp(roles[0][r], name) == 0)
            return (Role) r;
    return g_str_equal(name, "atom") || g_str_equal(name, "") ? CELL_IGNORED : CELL_NUMBER;
}

static gboolean
has_role(const GArray *roles, Role role)
{
    for (guint i = 0; i < roles->len; i++)
        if (g_array_index(roles, Role, i) == role)
            return TRUE;
    return FALSE;
}

// Reads the line of names; FALSE if they are not those of atoms.
static gboolean
parse_names(Parser *self, char *line)
{
    char *cursor = line;
    self->roles = g_array_new(FALSE, FALSE, sizeof(Role));
    self->names = g_ptr_array_new_with_free_func(g_free);
    for (char *name = next_cell(&cursor); name != NULL; name = next_cell(&cursor)) {
        Role role = choose_role(name);
        gboolean is_known = g_ptr_array_find_with_equal_func(self->names, name, g_str_equal, NULL);
        if (is_known || self->roles->len >= MOST_COLUMNS)
            role = CELL_IGNORED;
        g_array_append_val(self->roles, role);
        g_ptr_array_add(self->names, g_strdup(name));
    }
    return has_role(self->roles, CELL_X) && has_role(self->roles, CELL_Y) &&
        has_role(self->roles, CELL_Z);
}

static gboolean
csv_sniff(const char *path, const guint8 *head, gsize n_head)
{
    g_auto(Parser) parser = { .path = path };
    g_autofree char *suffix = lac_io_dup_suffix(path);
    if (!g_str_equal(suffix, "csv") || memchr(head, 0, n_head) != NULL)
        return FALSE;
    g_autofree char *text = g_strndup((const char *) head, n_head);
    text[strcspn(text, "\r\n")] = '\0';
    return parse_names(&parser, text);
}

static gboolean
store(Parser *self, guint cell, gsize k, const char *word)
{
    LacAtoms *atoms = self->atoms;
    double *const positions[] = { atoms->x, atoms->y, atoms->z };
    Role role = g_array_index(self->roles, Role, cell);
    switch (role) {
    case CELL_X:
    case CELL_Y:
    case CELL_Z:
        return lac_text_parse_number(word, &positions[role - CELL_X][k]) &&
            isfinite(positions[role - CELL_X][k]);
    case CELL_SPECIES:
        if (word[0] != '\0')
            atoms->species[k] = lac_atoms_add_species(atoms, word);
        return g_strv_length(atoms->species_names) <= MOST_SPECIES;
    case CELL_STATE: atoms->state[k] = (guint8) lac_atom_state_from_name(word); return TRUE;
    case CELL_FLAG: atoms->flag[k] = (guint8) lac_peak_flag_from_name(word); return TRUE;
    case CELL_NUMBER: return word[0] == '\0' || lac_text_parse_number(word, &self->values[cell][k]);
    case CELL_IGNORED:
    default: return TRUE;
    }
}

static gboolean
parse_atom(Parser *self, char *line, gsize k, gsize number, GError **error)
{
    char *cursor = line;
    for (guint cell = 0; cell < self->roles->len; cell++) {
        const char *word = next_cell(&cursor);
        if (word == NULL) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
                "line %" G_GSIZE_FORMAT " has %u cells although there are %u names", number, cell,
                self->roles->len);
            return FALSE;
        }
        if (!store(self, cell, k, word)) {
            g_autofree char *shown = g_utf8_substring(word, 0, MIN(g_utf8_strlen(word, -1), 40));
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
                "line %" G_GSIZE_FORMAT ": \"%s\" is no %s", number, shown,
                (const char *) self->names->pdata[cell]);
            return FALSE;
        }
    }
    return TRUE;
}

static void
make_atoms(Parser *self, gsize n)
{
    self->atoms = lac_atoms_new(n);
    self->values = g_new0(double *, self->roles->len);
    for (guint cell = 0; cell < self->roles->len; cell++)
        if (g_array_index(self->roles, Role, cell) == CELL_NUMBER)
            self->values[cell] = lac_atoms_add_column(self->atoms, self->names->pdata[cell]);
}

static gsize
count_rows(const char *text, guint n_cells)
{
    gsize n = 0;
    for (const char *c = text; *c != '\0'; c += strcspn(c, "\n"), c += *c == '\n' ? 1 : 0)
        n += strcspn(c, "\n") + 1 >= n_cells ? 1 : 0; // a cell has a comma before it at least
    return n;
}

static gboolean
parse_rows(Parser *self, LacLines *lines, LacProgress *progress, GError **error)
{
    gsize k = 0, n = count_rows(lines->next != NULL ? lines->next : "", self->roles->len);
    make_atoms(self, n);
    for (char *line = lac_lines_next(lines); line != NULL; line = lac_lines_next(lines)) {
        if (line[0] == '\0')
            continue;
        if (k >= n) {
            lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
                "line %" G_GSIZE_FORMAT " is too short", lines->number);
            return FALSE;
        }
        if (!parse_atom(self, line, k++, lines->number, error) ||
            (k % 16384 == 0 && !lac_progress_update(progress, (double) k / (double) n, error)))
            return FALSE;
    }
    if (k == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "there are no atoms in it");
        return FALSE;
    }
    if (k < n) {
        LacAtoms *all = self->atoms;
        self->atoms = lac_atoms_copy(all, k);
        lac_atoms_unref(all);
    }
    return TRUE;
}

static gboolean
parse_file(Parser *self, const char *path, LacProgress *progress, GError **error)
{
    LacLines lines;
    self->path = path;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    g_autofree char *raw = input != NULL ? lac_input_read_text(input, error) : NULL;
    if (raw == NULL)
        return FALSE;
    g_autofree char *text = g_utf8_make_valid(raw, -1);
    lac_lines_start(&lines, text);
    char *line = lac_lines_next(&lines);
    if (line == NULL || !parse_names(self, line)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "its first line does not name x, y and z");
        return FALSE;
    }
    return parse_rows(self, &lines, progress, error);
}

static gboolean
csv_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_auto(Parser) parser = { 0 };
    if (!parse_file(&parser, path, NULL, error))
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ATOMS, "");
    item->n_atoms = parser.atoms->n;
    g_free(item->type);
    item->type = g_strdup("text");
    return TRUE;
}

static LacAtoms *
csv_read(const char *path, const char *item, LacProgress *progress, GError **error)
{
    g_auto(Parser) parser = { 0 };
    if (!lac_io_refuse_item(path, item, error) || !parse_file(&parser, path, progress, error))
        return NULL;
    return g_steal_pointer(&parser.atoms);
}

static gboolean
csv_write(const LacAtoms *atoms, const char *path, GError **error)
{
    guint n_names = g_strv_length(atoms->species_names);
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        lac_io_set_errno(error, path, "cannot be written", errno);
        return FALSE;
    }
    fputs("atom,species,x,y,z,state,flag", file);
    for (guint k = 0; k < atoms->columns->len; k++) {
        fputc(',', file);
        lac_text_write_quoted(file, g_array_index(atoms->columns, LacAtomColumn, k).name);
    }
    for (gsize i = 0; i < atoms->n; i++) {
        fprintf(file, "\n%" G_GSIZE_FORMAT ",", i + 1);
        lac_text_write_quoted(file,
            atoms->species[i] < n_names ? atoms->species_names[atoms->species[i]] : "");
        const double position[] = { atoms->x[i], atoms->y[i], atoms->z[i] };
        lac_text_write_numbers(file, ',', position, G_N_ELEMENTS(position));
        fprintf(file, ",%s,%s", lac_atom_state_get_name((LacAtomState) atoms->state[i]),
            lac_peak_flag_get_name((LacPeakFlag) atoms->flag[i]));
        for (guint k = 0; k < atoms->columns->len; k++)
            lac_text_write_numbers(file, ',',
                &g_array_index(atoms->columns, LacAtomColumn, k).values[i], 1);
    }
    fputc('\n', file);
    return lac_output_close(file, path, error);
}

const LacFormat lac_format_csv = {
    .id = "csv",
    .name = "CSV of atoms",
    .suffixes = suffixes,
    .sniff = csv_sniff,
    .info = csv_info,
    .read_atoms = csv_read,
    .write_atoms = csv_write,
};
