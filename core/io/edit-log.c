// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the log of corrections. Numbers are written with as many digits as give the same bits.
#include "core/io/edit-log.h"

#include "core/io/bytes.h"
#include "core/io/edit-log-private.h"
#include "core/io/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef struct {
    const LacJournal *journal;
    FILE *file;
} Writer;

// The names of the model after all edits: those of the model at any time are their beginning.
typedef struct {
    char **species;
    guint n_species;
    const LacAtoms *atoms;
} Names;

static char *
format_time(gint64 time)
{
    g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);
    if (seconds == NULL)
        return g_strdup("");
    g_autofree char *text = g_date_time_format(seconds, "%Y-%m-%dT%H:%M:%S");
    return g_strdup_printf("%s.%06dZ", text, (int) (ABS(time) % G_USEC_PER_SEC));
}

static const char *
get_species(const Names *names, const LacAtomRow *row)
{
    return row->species < names->n_species ? names->species[row->species] : "";
}

static void
write_row_csv(FILE *file, const Names *names, const LacAtomRow *row)
{
    const double position[] = { row->x, row->y, row->z };
    if (row->state == LAC_ATOM_ABSENT) {
        fputs(",,,,,", file);
        return;
    }
    lac_text_write_numbers(file, ',', position, G_N_ELEMENTS(position));
    fputc(',', file);
    lac_text_write_quoted(file, get_species(names, row));
    fprintf(file, ",%s", lac_atom_state_get_name((LacAtomState) row->state));
}

static void
write_csv(const Writer *self, const Names *names)
{
    FILE *file = self->file;
    fputs("step,time,kind,atom,x_before,y_before,z_before,species_before,state_before,x_after,"
          "y_after,z_after,species_after,state_after,reason\n",
        file);
    gsize n = lac_journal_get_position(self->journal);
    for (gsize k = 0; k < n; k++) {
        const LacEdit *edit = lac_journal_get_edit(self->journal, k);
        g_autofree char *time = format_time(edit->time);
        for (gsize i = 0; i < edit->n; i++) {
            fprintf(file, "%" G_GSIZE_FORMAT ",%s,%s,%" G_GSIZE_FORMAT, k + 1, time,
                lac_edit_kind_get_name(edit->kind), edit->index[i] + 1);
            write_row_csv(file, names, &edit->before[i]);
            write_row_csv(file, names, &edit->after[i]);
            fputc(',', file);
            if (edit->reason != NULL)
                lac_text_write_quoted(file, edit->reason);
            fputc('\n', file);
        }
    }
}

static void
write_text_json(FILE *file, const char *text)
{
    if (text == NULL) {
        fputs("null", file);
        return;
    }
    fputc('"', file);
    for (const guchar *c = (const guchar *) text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(file, "\\u%04x", *c);
        else
            fputc(*c, file);
    }
    fputc('"', file);
}

// A number; the usual NaN is null, and what JSON has no word for is a text with its bits.
static void
write_number_json(FILE *file, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    const double usual = (double) NAN;
    guint64 bits;
    memcpy(&bits, &value, sizeof bits);
    if (memcmp(&value, &usual, sizeof value) == 0)
        fputs("null", file);
    else if (!isfinite(value))
        fprintf(file, "\"" LAC_LOG_BITS "%016" G_GINT64_MODIFIER "x\"", bits);
    else {
        fputs(lac_text_format_number(value, text), file);
        fputs(strpbrk(text, ".eE") == NULL ? ".0" : "", file);
    }
}

static void
write_row_json(FILE *file, const Names *names, const LacAtomRow *row)
{
    if (row->state == LAC_ATOM_ABSENT) {
        fputs("null", file);
        return;
    }
    const double position[] = { row->x, row->y, row->z };
    fputs("{\"position\": [", file);
    for (guint i = 0; i < 3; i++) {
        fputs(i > 0 ? ", " : "", file);
        write_number_json(file, position[i]);
    }
    fputs("], \"species\": ", file);
    if (row->species < names->n_species)
        write_text_json(file, names->species[row->species]);
    else
        fprintf(file, "%u", row->species);
    fprintf(file, ", \"state\": \"%s\", \"flag\": \"%s\"}",
        lac_atom_state_get_name((LacAtomState) row->state),
        lac_peak_flag_get_name((LacPeakFlag) row->flag));
}

static void
write_values_json(FILE *file, const Names *names, const LacEdit *edit, gsize i)
{
    fputs(", \"columns\": {", file);
    for (guint k = 0; k < edit->n_changed; k++) {
        gsize at = i * edit->n_changed + k;
        fputs(k > 0 ? ", " : "", file);
        write_text_json(file,
            g_array_index(names->atoms->columns, LacAtomColumn, edit->changed[k]).name);
        fputs(": [", file);
        write_number_json(file, edit->values_before[at]);
        fputs(", ", file);
        write_number_json(file, edit->values_after[at]);
        fputs("]", file);
    }
    fputs("}", file);
}

static void
write_names_json(FILE *file, const char *key, char *const *names)
{
    if (names[0] == NULL)
        return;
    fprintf(file, "     \"%s\": [", key);
    for (guint i = 0; names[i] != NULL; i++) {
        fputs(i > 0 ? ", " : "", file);
        write_text_json(file, names[i]);
    }
    fputs("],\n", file);
}

static void
write_edit_json(FILE *file, const Names *names, const LacEdit *edit, gsize step)
{
    g_autofree char *time = format_time(edit->time);
    fprintf(file,
        "    {\"step\": %" G_GSIZE_FORMAT ", \"kind\": \"%s\", \"time\": \"%s\", "
        "\"time_us\": %" G_GINT64_FORMAT ",\n     \"reason\": ",
        step, lac_edit_kind_get_name(edit->kind), time, edit->time);
    write_text_json(file, edit->reason);
    fputs(",\n", file);
    write_names_json(file, "new_species", edit->new_species);
    write_names_json(file, "new_columns", edit->new_columns);
    fputs("     \"atoms\": [", file);
    for (gsize i = 0; i < edit->n; i++) {
        fprintf(file, "%s\n      {\"atom\": %" G_GSIZE_FORMAT ", \"before\": ", i > 0 ? "," : "",
            edit->index[i] + 1);
        write_row_json(file, names, &edit->before[i]);
        fputs(", \"after\": ", file);
        write_row_json(file, names, &edit->after[i]);
        if (edit->n_changed > 0)
            write_values_json(file, names, edit, i);
        fputs("}", file);
    }
    fputs("]}", file);
}

static void
write_json(const Writer *self, const Names *names)
{
    gsize n = lac_journal_get_position(self->journal);
    fprintf(self->file,
        "{\n  \"" LAC_LOG_KEY "\": %d,\n  \"lacuna_version\": \"%s\",\n  \"units\": \"Å\",\n"
        "  \"atoms\": %" G_GSIZE_FORMAT ",\n  \"edits\": [",
        LAC_LOG_VERSION, LAC_VERSION, lac_journal_get_base(self->journal)->n);
    for (gsize k = 0; k < n; k++) {
        fputs(k > 0 ? ",\n" : "\n", self->file);
        write_edit_json(self->file, names, lac_journal_get_edit(self->journal, k), k + 1);
    }
    fputs("\n  ]\n}\n", self->file);
}

static gboolean
write_log(const char *path, gpointer data, GError **error)
{
    Writer *self = data;
    g_autofree char *suffix = lac_io_dup_suffix(path);
    const LacAtoms *atoms = lac_journal_get_atoms(self->journal);
    Names names = { .species = atoms->species_names,
        .n_species = g_strv_length(atoms->species_names),
        .atoms = atoms };
    self->file = fopen(path, "wbe");
    if (self->file == NULL) {
        lac_io_set_errno(error, path, "cannot be written", errno);
        return FALSE;
    }
    if (g_str_equal(suffix, "json"))
        write_json(self, &names);
    else
        write_csv(self, &names);
    return lac_output_close(self->file, path, error);
}

/**
 * lac_edit_log_write:
 * @journal: a model with its edits
 * @path: a file ending in .csv or .json; replaced when the new one is on the disk
 * @error: return location for a #GError
 *
 * Writes every edit that led to the model as it is now: time, kind, atom, what it was before and
 * after, and why. Only the JSON file has all columns and can be replayed.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_edit_log_write(const LacJournal *journal, const char *path, GError **error)
{
    g_autofree char *suffix = lac_io_dup_suffix(path);
    Writer writer = { .journal = journal };
    if (!g_str_equal(suffix, "json") && !g_str_equal(suffix, "csv")) {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path, "a log ends in .csv or .json, not in .%s",
            suffix);
        return FALSE;
    }
    return lac_write_atomically(path, write_log, &writer, error);
}
