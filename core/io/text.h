// SPDX-License-Identifier: GPL-3.0-or-later
// Lines, words and numbers of untidy text files, in any locale.
#pragma once

#include <glib.h>
#include <stdio.h>

// Walks through a text, which it cuts into lines in place.
typedef struct {
    char *next;   // (nullable) start of the line to come
    gsize number; // of the line that was given last, from 1
} LacLines;

void lac_lines_start(LacLines *self, char *text);
char *lac_lines_next(LacLines *self);
char *lac_text_next_word(char **cursor, const char *separators);
gboolean lac_text_parse_number(const char *word, double *value);
char *lac_text_format_number(double value, char text[G_ASCII_DTOSTR_BUF_SIZE]);
void lac_text_write_quoted(FILE *file, const char *text);
void lac_text_write_numbers(FILE *file, char separator, const double *values, gsize n);
