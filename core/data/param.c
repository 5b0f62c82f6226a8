// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/param.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

/**
 * lac_param_get:
 * @info: a parameter
 * @params: the struct that it is a member of
 *
 * Returns: its value; of a choice its number, of a boolean 0 or 1
 */
double
lac_param_get(const LacParamInfo *info, gconstpointer params)
{
    gconstpointer at = (const guint8 *) params + info->offset;
    switch (info->type) {
    case LAC_PARAM_DOUBLE: return *(const double *) at;
    case LAC_PARAM_BOOLEAN: return *(const gboolean *) at != FALSE;
    case LAC_PARAM_UINT:
    case LAC_PARAM_CHOICE:
    default: return *(const guint *) at;
    }
}

/**
 * lac_param_set:
 * @info: a parameter
 * @params: the struct that it is a member of
 * @value: of a choice its number, of a boolean 0 or 1
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @params as it was when @value is out of its range
 */
gboolean
lac_param_set(const LacParamInfo *info, gpointer params, double value, GError **error)
{
    gpointer at = (guint8 *) params + info->offset;
    gboolean is_good = value >= info->min && value <= info->max;
    if (info->type != LAC_PARAM_DOUBLE)
        is_good = is_good && value == floor(value);
    if (!is_good && !(info->zero != NULL && value == 0.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s is %g, outside %g to %g", info->key,
            value, info->min, info->max);
        return FALSE;
    }
    switch (info->type) {
    case LAC_PARAM_DOUBLE: *(double *) at = value; break;
    case LAC_PARAM_BOOLEAN: *(gboolean *) at = value != 0.0; break;
    case LAC_PARAM_UINT:
    case LAC_PARAM_CHOICE:
    default: *(guint *) at = (guint) value; break;
    }
    return TRUE;
}

static gboolean
find_choice(const LacParamInfo *info, const char *text, double *value, GError **error)
{
    for (guint i = 0; info->choices[i] != NULL; i++)
        if (g_str_equal(info->choices[i], text)) {
            *value = i;
            return TRUE;
        }
    g_autoptr(GString) all = g_string_new(info->choices[0]);
    for (guint i = 1; info->choices[i] != NULL; i++)
        g_string_append_printf(all, ", %s", info->choices[i]);
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s is \"%s\", not one of %s", info->key,
        text, all->str);
    return FALSE;
}

/**
 * lac_param_parse:
 * @info: a parameter
 * @params: the struct that it is a member of
 * @text: a number; "yes" or "no" of a boolean; the word of a choice; what 0 means
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @params as it was
 */
gboolean
lac_param_parse(const LacParamInfo *info, gpointer params, const char *text, GError **error)
{
    double value;
    char *end;
    if (info->zero != NULL && g_str_equal(text, info->zero)) {
        value = 0.0;
    }
    else if (info->type == LAC_PARAM_CHOICE) {
        if (!find_choice(info, text, &value, error))
            return FALSE;
    }
    else if (info->type == LAC_PARAM_BOOLEAN &&
        (g_str_equal(text, "yes") || g_str_equal(text, "no"))) {
        value = g_str_equal(text, "yes");
    }
    else {
        value = g_ascii_strtod(text, &end);
        if (end == text || *end != '\0' || !isfinite(value)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s is \"%s\", not a number",
                info->key, text);
            return FALSE;
        }
    }
    return lac_param_set(info, params, value, error);
}

/**
 * lac_param_dup_text:
 * @info: a parameter
 * @params: the struct that it is a member of
 *
 * Returns: (transfer full): its value in words, without its unit; lac_param_parse() reads it
 */
char *
lac_param_dup_text(const LacParamInfo *info, gconstpointer params)
{
    double value = lac_param_get(info, params);
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    if (info->zero != NULL && value == 0.0)
        return g_strdup(info->zero);
    if (info->type == LAC_PARAM_CHOICE)
        return g_strdup(info->choices[(guint) value]);
    if (info->type == LAC_PARAM_BOOLEAN)
        return g_strdup(value != 0.0 ? "yes" : "no");
    g_ascii_formatd(text, sizeof text, "%.9g", value);
    return g_strdup(text);
}
