// SPDX-License-Identifier: GPL-3.0-or-later
// Reports of an analysis: every number from the table, none from elsewhere.
#include "core/analysis/analysis-table.h"

#include <math.h>

#define POSITION_DIGITS 6

static void
add_parameters(const LacAnalysis *self, const LacAnalysisInfo *info, LacReportSection *section)
{
    for (guint p = 0; p < info->n_params; p++) {
        const LacParamInfo *param = &info->params[p];
        g_autofree char *text = lac_param_dup_text(param, &self->params);
        double value = lac_param_get(param, &self->params);
        gboolean is_word = param->zero != NULL && value == 0.0;
        lac_report_add_parameter(section, param->key, param->title, value, text,
            is_word ? "" : param->unit, param->definition);
    }
}

static void
fill_words(const LacAnalysis *self, const LacAnalysisColumn *column, char **cells)
{
    guint n = 0;
    while (column->names[n] != NULL)
        n++;
    for (gsize i = 0; i < self->points->n; i++) {
        double value = column->get(self, i);
        cells[i] = g_strdup(value >= 0.0 && value < n ? column->names[(guint) value] : "");
    }
}

/**
 * lac_analysis_dup_atoms:
 * @self: an analysis
 * @node: one of its nodes, which has a result
 *
 * Returns: (transfer full): the columns of this analysis, one row per atom
 */
LacTable *
lac_analysis_dup_atoms(const LacAnalysis *self, LacAnalysisNode node)
{
    gsize n_infos;
    const LacAnalysisInfo *info = lac_analysis_table(&n_infos)[node];
    const LacPoints *points = self->points;
    LacTable *table = lac_table_new("atoms", "Atoms", "one atom of the model", points->n);
    double *number = lac_table_add_numbers(table, "atom", "Atom", "", 0);
    double *x = lac_table_add_numbers(table, "x", "x", "Å", POSITION_DIGITS);
    double *y = lac_table_add_numbers(table, "y", "y", "Å", POSITION_DIGITS);
    double *z = lac_table_add_numbers(table, "z", "z", "Å", POSITION_DIGITS);
    for (gsize i = 0; i < points->n; i++) {
        number[i] = points->index[i] + 1.0;
        x[i] = points->x[i];
        y[i] = points->y[i];
        z[i] = points->z[i];
    }
    for (guint c = 0; c < info->n_columns; c++) {
        const LacAnalysisColumn *column = &info->columns[c];
        if (column->names != NULL) {
            fill_words(self, column, lac_table_add_texts(table, column->name, column->title));
            continue;
        }
        double *values =
            lac_table_add_numbers(table, column->name, column->title, column->unit, column->digits);
        for (gsize i = 0; i < points->n; i++)
            values[i] = column->get(self, i);
    }
    return table;
}

static void
add_section(const LacAnalysis *self, const LacAnalysisInfo *info, gboolean with_atoms,
    LacReport *report)
{
    LacReportSection *section =
        lac_report_add_section(report, info->id, info->title, info->definition);
    section->seconds = self->seconds[info->node];
    section->stale = (self->stale & LAC_ANALYSIS_BIT(info->node)) != 0;
    section->problem = g_strdup(self->why[info->node]);
    add_parameters(self, info, section);
    if (lac_analysis_get(self, info->node) == NULL)
        return;
    if (info->report != NULL)
        info->report(self, section);
    if (info->tables != NULL)
        info->tables(self, section->tables);
    if (with_atoms && info->n_columns > 0)
        g_ptr_array_add(section->tables, lac_analysis_dup_atoms(self, info->node));
}

/**
 * lac_analysis_report:
 * @self: an analysis
 * @which: bits of nodes; those that were not computed are left out
 * @with_atoms: whether the tables of atoms are part of it
 *
 * Gathers every number with its definition and parameters.
 *
 * Returns: (transfer full): the report
 */
LacReport *
lac_analysis_report(const LacAnalysis *self, guint64 which, gboolean with_atoms)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    LacReport *report = lac_report_new();
    for (gsize i = 0; i < n; i++)
        if (which & self->done & LAC_ANALYSIS_BIT(i))
            add_section(self, table[i], with_atoms, report);
    return report;
}

static void
free_chart(gpointer data)
{
    lac_chart_free(data);
}

/**
 * lac_analysis_charts:
 * @self: an analysis
 * @node: which one
 *
 * Returns: (transfer full) (element-type LacChart): what to draw of it; empty without a result
 */
GPtrArray *
lac_analysis_charts(const LacAnalysis *self, LacAnalysisNode node)
{
    gsize n;
    const LacAnalysisInfo *info = lac_analysis_table(&n)[node];
    GPtrArray *charts = g_ptr_array_new_with_free_func(free_chart);
    if (info->charts != NULL && lac_analysis_get(self, node) != NULL)
        info->charts(self, charts);
    return charts;
}
