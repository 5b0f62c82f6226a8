// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/settings.h"

#include "core/analysis/analysis.h"

#include <string.h>

static gboolean
differs(const LacParamInfo *info, const LacAnalysisParams *a, const LacAnalysisParams *b)
{
    return lac_param_get(info, a) != lac_param_get(info, b);
}

/**
 * lac_analysis_settings_dup_text:
 * @params: how analyses are made
 *
 * Returns: (transfer full): lines of "key=value", only of those parameters that are not as usual;
 *   numbers have all their digits
 */
char *
lac_analysis_settings_dup_text(const LacAnalysisParams *params)
{
    LacAnalysisParams usual;
    g_autoptr(GString) text = g_string_new(NULL);
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    lac_analysis_params_init(&usual);
    for (gsize i = 0; i < n; i++)
        for (guint p = 0; p < table[i]->n_params; p++) {
            const LacParamInfo *info = &table[i]->params[p];
            char number[G_ASCII_DTOSTR_BUF_SIZE];
            if (differs(info, params, &usual))
                g_string_append_printf(text, "%s=%s\n", info->key,
                    g_ascii_dtostr(number, sizeof number, lac_param_get(info, params)));
        }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static const LacParamInfo *
find_param(const char *key)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; i < n; i++)
        for (guint p = 0; p < table[i]->n_params; p++)
            if (g_str_equal(table[i]->params[p].key, key))
                return &table[i]->params[p];
    return NULL;
}

/**
 * lac_analysis_settings_read:
 * @params: (inout): parameters, of which those in @text are set
 * @text: (nullable): of lac_analysis_settings_dup_text()
 *
 * Lines of another version of the program, or out of range, are left out.
 */
void
lac_analysis_settings_read(LacAnalysisParams *params, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        char *equals = strchr(lines[i], '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        const LacParamInfo *info = find_param(lines[i]);
        if (info != NULL)
            lac_param_set(info, params, g_ascii_strtod(equals + 1, NULL), NULL);
    }
}

/**
 * lac_analysis_settings_dup_change:
 * @before: parameters
 * @after: others
 *
 * Returns: (transfer full) (nullable): what the step from one to the other is called, such as
 *   "Change Rolling ball"; %NULL when nothing differs
 */
char *
lac_analysis_settings_dup_change(const LacAnalysisParams *before, const LacAnalysisParams *after)
{
    const char *title = NULL;
    guint n_changed = 0;
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; i < n; i++)
        for (guint p = 0; p < table[i]->n_params; p++)
            if (differs(&table[i]->params[p], before, after)) {
                title = table[i]->params[p].title;
                n_changed++;
            }
    if (n_changed == 0)
        return NULL;
    return n_changed == 1 ? g_strdup_printf("Change %s", title)
                          : g_strdup("Change parameters of analyses");
}
