// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/result-values.h"

#include <math.h>

/**
 * lac_result_dup_values:
 * @analysis: an analysis that has the result of the column
 * @column: a number per atom
 *
 * Returns: (transfer full): the number of each atom of the model, and of each record of one; NaN
 *     where it is undefined
 */
double *
lac_result_dup_values(const LacAnalysis *analysis, const LacAnalysisColumn *column)
{
    const LacPoints *points = analysis->points;
    const gsize n = points->atoms->n;
    double *values = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        values[i] =
            points->rank[i] != G_MAXUINT32 ? column->get(analysis, points->rank[i]) : (double) NAN;
    return values;
}

/**
 * lac_result_dup_title:
 * @column: name of a column of the atoms, or of an analysis
 *
 * Returns: (transfer full): what people call it, with its unit
 */
char *
lac_result_dup_title(const char *column)
{
    const LacAnalysisColumn *info = lac_analysis_find_column(column, NULL);
    if (info == NULL)
        return g_strdup(column);
    return *info->unit != '\0' ? g_strdup_printf("%s (%s)", info->title, info->unit)
                               : g_strdup(info->title);
}
