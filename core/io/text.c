// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/text.h"

#include <string.h>

/**
 * lac_lines_start:
 * @self: (out caller-allocates): a walk that begins at the first line
 * @text: the text, which is cut into lines in place; a byte order mark is skipped
 */
void
lac_lines_start(LacLines *self, char *text)
{
    self->next = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
    self->number = 0;
}

/**
 * lac_lines_next:
 * @self: a walk
 *
 * Lines end in LF or CR LF.
 *
 * Returns: (transfer none) (nullable): the next line without white space at its ends, or %NULL
 * after the last
 */
char *
lac_lines_next(LacLines *self)
{
    char *line = self->next;
    if (line == NULL || *line == '\0')
        return NULL;
    char *end = strchr(line, '\n');
    self->next = end != NULL ? end + 1 : NULL;
    if (end != NULL)
        *end = '\0';
    self->number++;
    return g_strstrip(line);
}

/**
 * lac_text_next_word:
 * @cursor: (inout): where to look; moved behind the word
 * @separators: characters between words
 *
 * Returns: (transfer none) (nullable): the next word, ended in place, or %NULL if there is none
 */
char *
lac_text_next_word(char **cursor, const char *separators)
{
    char *word = *cursor + strspn(*cursor, separators);
    if (*word == '\0')
        return NULL;
    char *end = word + strcspn(word, separators);
    *cursor = *end != '\0' ? end + 1 : end;
    *end = '\0';
    return word;
}

/**
 * lac_text_parse_number:
 * @word: a word
 * @value: (out): its value, which may be infinite or NaN; unchanged on failure
 *
 * Returns: %TRUE if all of @word is a number
 */
gboolean
lac_text_parse_number(const char *word, double *value)
{
    char *end;
    double parsed = g_ascii_strtod(word, &end);
    if (end == word || *end != '\0')
        return FALSE;
    *value = parsed;
    return TRUE;
}

/**
 * lac_text_format_number:
 * @value: any number
 * @text: (out caller-allocates): receives it
 *
 * Writes as few digits as give the same bits when they are read.
 *
 * Returns: (transfer none): @text
 */
char *
lac_text_format_number(double value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
    static const char *const formats[] = { "%.6g", "%.15g", "%.16g", "%.17g" };
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, formats[i], value);
        if (g_ascii_strtod(text, NULL) == value)
            break;
    }
    return text;
}

/**
 * lac_text_write_quoted:
 * @file: to write to
 * @text: anything
 *
 * Writes one cell of a CSV table in quotation marks; ends of lines become blanks.
 */
void
lac_text_write_quoted(FILE *file, const char *text)
{
    fputc('"', file);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            fputc('"', file);
        fputc(*c == '\n' || *c == '\r' ? ' ' : *c, file);
    }
    fputc('"', file);
}

/**
 * lac_text_write_numbers:
 * @file: to write to
 * @separator: before each number
 * @values: (array length=n): numbers
 * @n: how many
 *
 * Writes each with as few digits as give the same bits when they are read.
 */
void
lac_text_write_numbers(FILE *file, char separator, const double *values, gsize n)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    for (gsize i = 0; i < n; i++)
        fprintf(file, "%c%s", separator, lac_text_format_number(values[i], text));
}
