// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers in named columns with units, as results hand them on to windows and files.
#pragma once

#include <glib.h>

typedef struct {
    char *name;     // stable and lower case, for files: "r_mean"
    char *title;    // for people: "Mean radius"
    char *unit;     // "" for a pure number
    guint digits;   // significant digits that are shown; 0: a whole number
    double *values; // NaN where undefined; NULL when the column is text
    char **texts;   // NULL when the column is numbers
} LacTableColumn;

// Belongs to whoever makes it until it is published; immutable from then on.
typedef struct {
    char *id;         // stable: "profile"
    char *title;      // "Profile across the interface"
    char *definition; // what a row is, in words
    gsize n_rows;
    GPtrArray *columns; // of LacTableColumn
} LacTable;

LacTable *lac_table_new(const char *id, const char *title, const char *definition, gsize n_rows);
void lac_table_free(LacTable *self);
double *lac_table_add_numbers(LacTable *self, const char *name, const char *title, const char *unit,
    guint digits);
char **lac_table_add_texts(LacTable *self, const char *name, const char *title);
const LacTableColumn *lac_table_find(const LacTable *self, const char *name);
char *lac_table_dup_cell(const LacTable *self, guint column, gsize row);
char *lac_table_dup_csv(const LacTable *self);
char *lac_format_number(double value, guint digits);
char *lac_format_error(double value, double error, guint digits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacTable, lac_table_free)
