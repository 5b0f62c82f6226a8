// SPDX-License-Identifier: GPL-3.0-or-later
// The text of a recipe: a first line with the version, then "key = value" lines and # comments.
#pragma once

#include <glib.h>

#define LAC_FIGURE_VERSION 1

// How the first line goes, and what may follow it.
typedef struct {
    const char *first_key; // whose value is the version
    const char *what;      // for messages, such as "recipe of a figure"
    guint version;         // the newest that can be read
    gboolean repeats;      // any key may stand again, as in lists of key frames
} LacKeyedFormat;

typedef struct {
    guint line; // of the text, from 1
    char *key, *value;
} LacKeyedEntry;

// Reads the text; a reader takes the entries one by one.
typedef struct {
    char *name;         // of the file, for messages
    GPtrArray *entries; // of LacKeyedEntry, as in the text
} LacKeyedText;

LacKeyedText *lac_keyed_text_parse(const char *text, const char *name, GError **error);
LacKeyedText *lac_keyed_text_parse_as(const char *text, const char *name,
    const LacKeyedFormat *format, GError **error);
void lac_keyed_text_free(LacKeyedText *self);

// What a value says; FALSE with an error that names the line.
gboolean lac_keyed_text_bad_value(const LacKeyedText *self, const LacKeyedEntry *entry,
    const char *expected, GError **error);
gboolean lac_keyed_text_get_numbers(const LacKeyedText *self, const LacKeyedEntry *entry, guint n,
    double lo, double hi, double *values, GError **error);
gboolean lac_keyed_text_get_flag(const LacKeyedText *self, const LacKeyedEntry *entry,
    gboolean *flag, GError **error);
gboolean lac_keyed_text_get_choice(const LacKeyedText *self, const LacKeyedEntry *entry,
    const char *const *names, int *choice, GError **error);
gboolean lac_keyed_text_get_color(const LacKeyedText *self, const LacKeyedEntry *entry,
    float rgb[3], GError **error);
gboolean lac_keyed_text_parse_color(const char *text, float rgb[3]);
void lac_keyed_text_append_color(GString *text, const float rgb[3]);
void lac_keyed_text_append_number(GString *text, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacKeyedText, lac_keyed_text_free)
