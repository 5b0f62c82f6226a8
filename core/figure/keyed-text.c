// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/keyed-text.h"

#include "core/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const LacKeyedFormat figure_format = { "lacuna-figure", "recipe of a figure",
    LAC_FIGURE_VERSION, FALSE };

static void
entry_free(gpointer data)
{
    LacKeyedEntry *entry = data;
    g_free(entry->key);
    g_free(entry->value);
    g_free(entry);
}

// Keys that may stand more than once begin a list.
static gboolean
may_repeat(const LacKeyedFormat *format, const char *key)
{
    return format->repeats || g_str_equal(key, "label") || g_str_equal(key, "arrow");
}

static gboolean
add_line(LacKeyedText *self, const LacKeyedFormat *format, guint number, const char *line,
    GError **error)
{
    const char *equals = strchr(line, '=');
    if (equals == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
            "Line %u of %s is not \"key = value\": %.60s", number, self->name, line);
        return FALSE;
    }
    LacKeyedEntry *entry = g_new0(LacKeyedEntry, 1);
    entry->line = number;
    entry->key = g_strndup(line, (gsize) (equals - line));
    entry->value = g_strdup(equals + 1);
    g_strstrip(entry->key);
    g_strstrip(entry->value);
    for (guint i = 0; i < self->entries->len && !may_repeat(format, entry->key); i++) {
        const LacKeyedEntry *other = g_ptr_array_index(self->entries, i);
        if (!g_str_equal(other->key, entry->key))
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
            "Line %u of %s says \"%s\" again, after line %u", number, self->name, entry->key,
            other->line);
        entry_free(entry);
        return FALSE;
    }
    g_ptr_array_add(self->entries, entry);
    return TRUE;
}

// The first entry tells the version, and is taken away.
static gboolean
take_version(LacKeyedText *self, const LacKeyedFormat *format, GError **error)
{
    const LacKeyedEntry *first =
        self->entries->len > 0 ? g_ptr_array_index(self->entries, 0) : NULL;
    if (first == NULL || !g_str_equal(first->key, format->first_key)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
            "%s is no %s: it does not begin with \"%s = %u\"", self->name, format->what,
            format->first_key, format->version);
        return FALSE;
    }
    guint64 version = 0;
    if (!g_ascii_string_to_unsigned(first->value, 10, 1, 1000000, &version, NULL))
        return lac_keyed_text_bad_value(self, first, "a version", error);
    if (version > format->version) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "%s is a %s of version %d, and this program reads up to %u", self->name, format->what,
            (int) version, format->version);
        return FALSE;
    }
    g_ptr_array_remove_index(self->entries, 0);
    return TRUE;
}

/**
 * lac_keyed_text_parse:
 * @text: a recipe
 * @name: where it came from, for messages
 * @error: return location for a #GError
 *
 * Splits a recipe into entries. What the keys mean is up to their reader.
 *
 * Returns: (transfer full): the entries, or %NULL with @error set
 */
LacKeyedText *
lac_keyed_text_parse(const char *text, const char *name, GError **error)
{
    return lac_keyed_text_parse_as(text, name, &figure_format, error);
}

/**
 * lac_keyed_text_parse_as:
 * @text: keyed lines
 * @name: where they came from, for messages
 * @format: how the first line goes
 * @error: return location for a #GError
 *
 * Does lac_keyed_text_parse() for texts of another kind.
 *
 * Returns: (transfer full): the entries, or %NULL with @error set
 */
LacKeyedText *
lac_keyed_text_parse_as(const char *text, const char *name, const LacKeyedFormat *format,
    GError **error)
{
    g_autoptr(LacKeyedText) self = g_new0(LacKeyedText, 1);
    self->name = g_strdup(name);
    self->entries = g_ptr_array_new_with_free_func(entry_free);
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s is not text in UTF-8", name);
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_strstrip(lines[i]);
        if (lines[i][0] != '\0' && lines[i][0] != '#' &&
            !add_line(self, format, i + 1, lines[i], error))
            return NULL;
    }
    return take_version(self, format, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_keyed_text_free:
 * @self: (nullable) (transfer full): a recipe
 */
void
lac_keyed_text_free(LacKeyedText *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_clear_pointer(&self->entries, g_ptr_array_unref);
    g_free(self);
}

/**
 * lac_keyed_text_bad_value:
 * @self: a recipe
 * @entry: one of its entries
 * @expected: what its value is not, such as "a number"
 * @error: return location for a #GError
 *
 * Returns: %FALSE, with @error naming the line
 */
gboolean
lac_keyed_text_bad_value(const LacKeyedText *self, const LacKeyedEntry *entry, const char *expected,
    GError **error)
{
    g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "Line %u of %s: %s = \"%.60s\" is not %s",
        entry->line, self->name, entry->key, entry->value, expected);
    return FALSE;
}

/**
 * lac_keyed_text_get_numbers:
 * @self: a recipe
 * @entry: one of its entries
 * @n: how many numbers, separated by spaces
 * @lo: smallest value allowed
 * @hi: largest value allowed
 * @values: (out caller-allocates) (array length=n): the numbers; undefined on failure
 * @error: return location for a #GError
 *
 * The word "auto" in place of a number gives NaN.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_keyed_text_get_numbers(const LacKeyedText *self, const LacKeyedEntry *entry, guint n, double lo,
    double hi, double *values, GError **error)
{
    const char *at = entry->value;
    gboolean good = TRUE;
    for (guint i = 0; i < n && good; i++) {
        at += strspn(at, " \t");
        char *end = NULL;
        if (g_str_has_prefix(at, "auto")) {
            values[i] = (double) NAN;
            end = (char *) (guintptr) at + 4;
        }
        else {
            values[i] = g_ascii_strtod(at, &end);
            good = end != at && values[i] >= lo && values[i] <= hi;
        }
        good = good && (*end == '\0' || *end == ' ' || *end == '\t');
        at = end;
    }
    if (good && at[strspn(at, " \t")] == '\0')
        return TRUE;
    g_autofree char *expected = fabs(lo) < 1e300 || fabs(hi) < 1e300
        ? g_strdup_printf("%u number%s from %g to %g", n, n > 1 ? "s" : "", lo, hi)
        : g_strdup_printf("%u number%s", n, n > 1 ? "s" : "");
    return lac_keyed_text_bad_value(self, entry, expected, error);
}

/**
 * lac_keyed_text_get_flag:
 * @self: a recipe
 * @entry: one of its entries
 * @flag: (out): whether its value is "yes"; untouched on failure
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if the value is neither "yes" nor "no"
 */
gboolean
lac_keyed_text_get_flag(const LacKeyedText *self, const LacKeyedEntry *entry, gboolean *flag,
    GError **error)
{
    static const char *const names[] = { "no", "yes", NULL };
    return lac_keyed_text_get_choice(self, entry, names, flag, error);
}

/**
 * lac_keyed_text_get_choice:
 * @self: a recipe
 * @entry: one of its entries
 * @names: (array zero-terminated): what there is to choose from
 * @choice: (out): which of them the value is; untouched on failure
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_keyed_text_get_choice(const LacKeyedText *self, const LacKeyedEntry *entry,
    const char *const *names, int *choice, GError **error)
{
    for (int i = 0; names[i] != NULL; i++)
        if (g_str_equal(entry->value, names[i])) {
            *choice = i;
            return TRUE;
        }
    g_autofree char *known = g_strjoinv(", ", (char **) (guintptr) names);
    g_autofree char *expected = g_strdup_printf("one of %s", known);
    return lac_keyed_text_bad_value(self, entry, expected, error);
}

/**
 * lac_keyed_text_parse_color:
 * @text: "#rrggbb"
 * @rgb: (out) (array fixed-size=3): sRGB, 0 to 1; untouched on failure
 *
 * Returns: whether @text is a colour
 */
gboolean
lac_keyed_text_parse_color(const char *text, float rgb[3])
{
    guint r, g, b;
    char rest;
    if (strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6 ||
        sscanf(text, "#%2x%2x%2x%c", &r, &g, &b, &rest) != 3)
        return FALSE;
    rgb[0] = (float) r / 255.0f;
    rgb[1] = (float) g / 255.0f;
    rgb[2] = (float) b / 255.0f;
    return TRUE;
}

/**
 * lac_keyed_text_get_color:
 * @self: a recipe
 * @entry: one of its entries
 * @rgb: (out) (array fixed-size=3): sRGB, 0 to 1; untouched on failure
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if the value is no "#rrggbb"
 */
gboolean
lac_keyed_text_get_color(const LacKeyedText *self, const LacKeyedEntry *entry, float rgb[3],
    GError **error)
{
    return lac_keyed_text_parse_color(entry->value, rgb) ||
        lac_keyed_text_bad_value(self, entry, "a colour such as #1f77b4", error);
}

/**
 * lac_keyed_text_append_color:
 * @text: a recipe that is being written
 * @rgb: sRGB, 0 to 1
 */
void
lac_keyed_text_append_color(GString *text, const float rgb[3])
{
    int value[3];
    for (int i = 0; i < 3; i++)
        value[i] = (int) (255.0f * CLAMP(rgb[i], 0.0f, 1.0f) + 0.5f);
    g_string_append_printf(text, "#%02x%02x%02x", (guint) value[0], (guint) value[1],
        (guint) value[2]);
}

/**
 * lac_keyed_text_append_number:
 * @text: a recipe that is being written
 * @value: NaN is written as "auto"
 *
 * Writes the shortest text that reads back as the same number.
 */
void
lac_keyed_text_append_number(GString *text, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    if (isnan(value)) {
        g_string_append(text, "auto");
        return;
    }
    for (int digits = 6; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, sizeof buffer, format, value);
        if (g_ascii_strtod(buffer, NULL) == value)
            break;
    }
    g_string_append(text, buffer);
}
