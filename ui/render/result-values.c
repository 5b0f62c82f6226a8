// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/result-values.h"

#include <math.h>

#define MOST_WORDS 1000.0 // of numbers that tell things apart

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

static char **
dup_names(const char *const *names)
{
    guint n = 0;
    while (names[n] != NULL)
        n++;
    char **copy = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++)
        copy[i] = g_strdup(names[i]);
    return copy;
}

/**
 * lac_result_dup_words:
 * @column: a number per atom
 * @values: (array length=n): of the atoms
 * @n: their number
 *
 * Returns: (transfer full) (nullable): what the values 0, 1, … are called: the words of the column,
 *     or "grain 1" … where the numbers only tell things apart; %NULL for other numbers
 */
char **
lac_result_dup_words(const LacAnalysisColumn *column, const double *values, gsize n)
{
    static const char *const THINGS[] = { "grain", "lattice", NULL };
    if (column->names != NULL)
        return dup_names(column->names);
    if (!g_strv_contains(THINGS, column->name))
        return NULL;
    double most = 0.0;
    for (gsize i = 0; i < n; i++)
        if (isfinite(values[i]))
            most = fmax(most, values[i]);
    guint n_words = (guint) fmin(most, MOST_WORDS) + 1;
    char **words = g_new0(char *, n_words + 1);
    words[0] = g_strdup("none");
    for (guint k = 1; k < n_words; k++)
        words[k] = g_strdup_printf("%s %u", column->name, k);
    return words;
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
