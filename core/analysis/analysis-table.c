// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include "core/error.h"

#include <math.h>

#define LAC_ANALYSIS_NODE(NAME, name, Type) [LAC_ANALYSIS_##NAME] = &lac_node_##name,
static const LacAnalysisInfo *const table[LAC_N_ANALYSES] = {
#include "core/analysis/nodes.inc"
};
#undef LAC_ANALYSIS_NODE

/**
 * lac_analysis_table:
 * @n: (out): number of analyses
 *
 * Returns: (transfer none) (array length=n): what each node is, in the order of #LacAnalysisNode
 */
const LacAnalysisInfo *const *
lac_analysis_table(gsize *n)
{
    *n = LAC_N_ANALYSES;
    return table;
}

/**
 * lac_analysis_find:
 * @id: the name of an analysis
 *
 * Returns: (transfer none) (nullable): what it is
 */
const LacAnalysisInfo *
lac_analysis_find(const char *id)
{
    for (gsize i = 0; i < LAC_N_ANALYSES; i++)
        if (g_str_equal(table[i]->id, id))
            return table[i];
    return NULL;
}

/**
 * lac_analysis_parse:
 * @names: names of analyses, separated by commas, or "all"
 * @wanted: (out): their bits
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set, which lists the names there are
 */
gboolean
lac_analysis_parse(const char *names, guint64 *wanted, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(names, ",", -1);
    *wanted = 0;
    for (guint k = 0; parts[k] != NULL; k++) {
        const LacAnalysisInfo *info = lac_analysis_find(g_strstrip(parts[k]));
        if (info != NULL) {
            *wanted |= LAC_ANALYSIS_BIT(info->node);
        }
        else if (g_str_equal(parts[k], "all")) {
            *wanted |= LAC_ANALYSIS_ALL;
        }
        else {
            g_autoptr(GString) all = g_string_new("all");
            for (gsize i = 0; i < LAC_N_ANALYSES; i++)
                g_string_append_printf(all, ", %s", table[i]->id);
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "There is no analysis \"%s\"; there are %s", parts[k], all->str);
            return FALSE;
        }
    }
    return TRUE;
}

/**
 * lac_analysis_params_set:
 * @self: parameters
 * @key: such as "audit.low"
 * @text: the value
 * @error: return location for a #GError
 *
 * Sets one parameter by its name.
 *
 * Returns: %TRUE, or %FALSE with @error set and @self as it was
 */
gboolean
lac_analysis_params_set(LacAnalysisParams *self, const char *key, const char *text, GError **error)
{
    for (gsize i = 0; i < LAC_N_ANALYSES; i++)
        for (guint p = 0; p < table[i]->n_params; p++)
            if (g_str_equal(table[i]->params[p].key, key))
                return lac_param_parse(&table[i]->params[p], self, text, error);
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "No analysis has a parameter \"%s\"", key);
    return FALSE;
}

/**
 * lac_analysis_find_column:
 * @name: such as "cn"
 * @node: (out) (optional): the analysis that it is of
 *
 * Returns: (transfer none) (nullable): the column of atoms of that name
 */
const LacAnalysisColumn *
lac_analysis_find_column(const char *name, LacAnalysisNode *node)
{
    for (gsize i = 0; i < LAC_N_ANALYSES; i++)
        for (guint c = 0; c < table[i]->n_columns; c++)
            if (g_str_equal(table[i]->columns[c].name, name)) {
                if (node != NULL)
                    *node = (LacAnalysisNode) i;
                return &table[i]->columns[c];
            }
    return NULL;
}

/**
 * lac_analysis_get_value:
 * @self: an analysis
 * @node: which one
 * @column: a column of it
 * @point: number of a point
 *
 * Returns: the value for this atom; NaN when it is undefined or was not computed
 */
double
lac_analysis_get_value(const LacAnalysis *self, LacAnalysisNode node,
    const LacAnalysisColumn *column, gsize point)
{
    return lac_analysis_get(self, node) != NULL && point < self->points->n
        ? column->get(self, point)
        : (double) NAN;
}
