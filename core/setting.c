// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/setting.h"

#include "core/error.h"

#include <math.h>

/**
 * lac_settings_find:
 * @self: a table
 * @key: the key of a setting
 *
 * Returns: (transfer none) (nullable): the setting, or %NULL where the table has none of that key
 */
const LacSetting *
lac_settings_find(LacSettings self, const char *key)
{
    for (gsize i = 0; i < self.n; i++)
        if (g_str_equal(self.settings[i].key, key))
            return &self.settings[i];
    return NULL;
}

static gboolean
refuse(const LacSetting *self, const char *text, const char *what, GError **error)
{
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s \"%s\" %s", self->key, text, what);
    return FALSE;
}

static gboolean
parse_choice(const LacSetting *self, gint *value, const char *text, GError **error)
{
    g_autoptr(GString) names = g_string_new("is none of");
    for (guint i = 0; self->choices[i] != NULL; i++) {
        if (g_str_equal(self->choices[i], text)) {
            *value = (gint) i;
            return TRUE;
        }
        g_string_append_printf(names, "%s %s", i > 0 ? "," : "", self->choices[i]);
    }
    return refuse(self, text, names->str, error);
}

static gboolean
parse_boolean(const LacSetting *self, gboolean *value, const char *text, GError **error)
{
    gboolean yes = g_str_equal(text, "yes") || g_str_equal(text, "true") || g_str_equal(text, "1");
    gboolean no = g_str_equal(text, "no") || g_str_equal(text, "false") || g_str_equal(text, "0");
    *value = yes;
    return yes || no || refuse(self, text, "is neither yes nor no", error);
}

static gboolean
parse_whole(const LacSetting *self, const char *text, guint64 *value, GError **error)
{
    guint64 max = self->max >= 0x1p64 ? G_MAXUINT64 : (guint64) self->max;
    g_autoptr(GError) local = NULL;
    if (g_ascii_string_to_unsigned(text, 10, (guint64) self->min, max, value, &local))
        return TRUE;
    g_autofree char *what =
        g_strdup_printf("is no whole number from %g to %g", self->min, self->max);
    return refuse(self, text, what, error);
}

static gboolean
parse_double(const LacSetting *self, const char *text, double *value, GError **error)
{
    char *end;
    *value = g_ascii_strtod(text, &end);
    if (end != text && *end == '\0' && *value >= self->min && *value <= self->max)
        return TRUE;
    g_autofree char *what = g_strdup_printf("is no number from %g to %g%s%s", self->min, self->max,
        self->unit != NULL ? " " : "", self->unit != NULL ? self->unit : "");
    return refuse(self, text, what, error);
}

/**
 * lac_setting_parse:
 * @self: a setting
 * @params: the struct that it describes a member of; the member is set
 * @text: its value: a number, yes or no, one of the choices, or a text
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error naming key, value and what was expected
 */
gboolean
lac_setting_parse(const LacSetting *self, gpointer params, const char *text, GError **error)
{
    gpointer member = G_STRUCT_MEMBER_P(params, self->offset);
    guint64 whole;
    switch (self->type) {
    case LAC_SETTING_DOUBLE: return parse_double(self, text, member, error);
    case LAC_SETTING_UINT:
        if (!parse_whole(self, text, &whole, error))
            return FALSE;
        *(guint *) member = (guint) whole;
        return TRUE;
    case LAC_SETTING_UINT64: return parse_whole(self, text, member, error);
    case LAC_SETTING_BOOLEAN: return parse_boolean(self, member, text, error);
    case LAC_SETTING_CHOICE: return parse_choice(self, member, text, error);
    case LAC_SETTING_TEXT:
        g_free(*(char **) member);
        *(char **) member = *text != '\0' ? g_strdup(text) : NULL;
        return TRUE;
    default: g_return_val_if_reached(FALSE);
    }
}

static gboolean
check(const LacSetting *self, gconstpointer params, GError **error)
{
    gconstpointer member = (const guint8 *) params + self->offset;
    double value = self->min;
    switch (self->type) {
    case LAC_SETTING_DOUBLE: value = *(const double *) member; break;
    case LAC_SETTING_UINT: value = *(const guint *) member; break;
    case LAC_SETTING_UINT64: value = (double) *(const guint64 *) member; break;
    case LAC_SETTING_BOOLEAN:
    case LAC_SETTING_CHOICE:
    case LAC_SETTING_TEXT:
    default: break;
    }
    if (value >= self->min && value <= self->max)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s %g is outside %g to %g%s%s", self->key,
        value, self->min, self->max, self->unit != NULL ? " " : "",
        self->unit != NULL ? self->unit : "");
    return FALSE;
}

/**
 * lac_setting_dup_text:
 * @self: a setting
 * @params: the struct that it describes a member of
 *
 * Returns: (transfer full): the value as lac_setting_parse() reads it back, bit for bit
 */
char *
lac_setting_dup_text(const LacSetting *self, gconstpointer params)
{
    gconstpointer member = (const guint8 *) params + self->offset;
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    switch (self->type) {
    case LAC_SETTING_DOUBLE: {
        double value = *(const double *) member;
        g_ascii_formatd(buffer, sizeof buffer, "%.15g", value);
        return g_strdup(g_ascii_strtod(buffer, NULL) == value
                ? buffer
                : g_ascii_dtostr(buffer, sizeof buffer, value));
    }
    case LAC_SETTING_UINT: return g_strdup_printf("%u", *(const guint *) member);
    case LAC_SETTING_UINT64:
        return g_strdup_printf("%" G_GUINT64_FORMAT, *(const guint64 *) member);
    case LAC_SETTING_BOOLEAN: return g_strdup(*(const gboolean *) member ? "yes" : "no");
    case LAC_SETTING_CHOICE: return g_strdup(self->choices[*(const gint *) member]);
    case LAC_SETTING_TEXT: {
        const char *text = *(char *const *) member;
        return g_strdup(text != NULL ? text : "");
    }
    default: g_return_val_if_reached(NULL);
    }
}

/**
 * lac_settings_check:
 * @self: a table
 * @params: the struct that it describes
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error naming the first number outside its range
 */
gboolean
lac_settings_check(LacSettings self, gconstpointer params, GError **error)
{
    for (gsize i = 0; i < self.n; i++)
        if (!check(&self.settings[i], params, error))
            return FALSE;
    return TRUE;
}

/**
 * lac_settings_copy:
 * @self: a table
 * @from: the struct that it describes
 * @to: a struct of the same type that holds a bitwise copy of @from; its texts become its own
 */
void
lac_settings_copy(LacSettings self, gconstpointer from, gpointer to)
{
    for (gsize i = 0; i < self.n; i++) {
        gsize offset = self.settings[i].offset;
        gconstpointer member = (const guint8 *) from + offset;
        if (self.settings[i].type == LAC_SETTING_TEXT)
            *(char **) G_STRUCT_MEMBER_P(to, offset) = g_strdup(*(char *const *) member);
    }
}

/**
 * lac_settings_clear:
 * @self: a table
 * @params: the struct that it describes; its texts are freed
 */
void
lac_settings_clear(LacSettings self, gpointer params)
{
    for (gsize i = 0; i < self.n; i++)
        if (self.settings[i].type == LAC_SETTING_TEXT)
            g_clear_pointer((char **) G_STRUCT_MEMBER_P(params, self.settings[i].offset), g_free);
}

/**
 * lac_settings_dup_text:
 * @self: a table
 * @params: the struct that it describes
 *
 * Returns: (transfer full): a line "key=value" for each setting, as provenance holds them
 */
char *
lac_settings_dup_text(LacSettings self, gconstpointer params)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < self.n; i++) {
        g_autofree char *value = lac_setting_dup_text(&self.settings[i], params);
        g_string_append_printf(text, "%s=%s\n", self.settings[i].key, value);
    }
    return g_string_free(text, FALSE);
}
