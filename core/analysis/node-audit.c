// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

static const LacParamInfo params[] = {
    { "audit.radius", "Ball around an atom", "Å", "The volume is averaged in a ball of this radius",
        LAC_NODE_DOUBLE(audit.radius, 0.1, 5.0) },
    { "audit.low", "False below", "",
        "An atom is suspicious when its level is below this part of the median",
        LAC_NODE_DOUBLE(audit.low, 0.0, 1.0) },
    { "audit.high", "Missing above", "",
        "A maximum is an untraced atom when its level is above this part of the median",
        LAC_NODE_DOUBLE(audit.high, 0.0, 2.0) },
    { "audit.blur", "Blur", "Å", "Sigma of the Gaussian before maxima are looked for",
        LAC_NODE_DOUBLE(audit.blur, 0.05, 3.0) },
    { "audit.separation", "Distance to atoms", "Å",
        "A maximum nearer than this to a kept atom belongs to that atom",
        LAC_NODE_DOUBLE(audit.separation, 0.0, 10.0) },
    { "audit.merge", "Distance of maxima", "Å", "Maxima nearer than this are one",
        LAC_NODE_DOUBLE(audit.merge, 0.0, 10.0) },
};

static double
get_level(const LacAnalysis *analysis, gsize point)
{
    return analysis->audit->level[point];
}

static double
get_verdict(const LacAnalysis *analysis, gsize point)
{
    return analysis->audit->is_false[point];
}

static const char *const VERDICTS[] = { "kept", "false", NULL };

static const LacAnalysisColumn columns[] = {
    { "audit_level", "Level in the volume", "",
        "Mean of the volume in the ball, in units of the "
        "median over all atoms",
        4, NULL, get_level },
    { "audit_verdict", "Audit", "", "Whether the volume shows the atom", 0, VERDICTS, get_verdict },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_audit_new(analysis->points, analysis->volume, &analysis->params.audit, progress,
        error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacAudit *audit = analysis->audit;
    lac_report_add(section, "false", "Suspicious atoms", (double) audit->n_false, 0, "",
        "Atoms whose level is below the threshold: false atoms, probably");
    lac_report_add(section, "missing", "Untraced atoms", (double) audit->n_missing, 0, "",
        "Maxima of the blurred volume above the threshold and far from every kept atom");
    lac_report_add(section, "median", "Median of the atoms", audit->median, 5, "",
        "Median over all atoms of the mean of the volume in the ball, in units of the volume");
    lac_report_add(section, "lowest_kept", "Weakest kept atom", audit->lowest_kept, 4, "",
        "Level of the weakest atom that is not suspicious, in units of the median");
    lac_report_add(section, "highest_false", "Strongest suspicious atom", audit->highest_false, 4,
        "", "Level of the strongest suspicious atom, in units of the median");
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacAudit *audit = analysis->audit;
    const LacPoints *points = analysis->points;
    LacTable *table = lac_table_new("false", "Suspicious atoms",
        "an atom that the volume does not show, with its level", audit->n_false);
    double *number = lac_table_add_numbers(table, "atom", "Atom", "", 0);
    double *x = lac_table_add_numbers(table, "x", "x", "Å", 6);
    double *y = lac_table_add_numbers(table, "y", "y", "Å", 6);
    double *z = lac_table_add_numbers(table, "z", "z", "Å", 6);
    double *level = lac_table_add_numbers(table, "level", "Level", "", 4);
    for (gsize i = 0, row = 0; i < audit->n; i++)
        if (audit->is_false[i]) {
            number[row] = points->index[i] + 1.0;
            x[row] = points->x[i];
            y[row] = points->y[i];
            z[row] = points->z[i];
            level[row++] = audit->level[i];
        }
    g_ptr_array_add(out, table);
    table = lac_table_new("missing", "Untraced atoms",
        "a maximum of the volume where no atom is, with its level", audit->n_missing);
    x = lac_table_add_numbers(table, "x", "x", "Å", 6);
    y = lac_table_add_numbers(table, "y", "y", "Å", 6);
    z = lac_table_add_numbers(table, "z", "z", "Å", 6);
    level = lac_table_add_numbers(table, "level", "Level", "", 4);
    for (gsize k = 0; k < audit->n_missing; k++) {
        x[k] = audit->missing[k].position.x;
        y[k] = audit->missing[k].position.y;
        z[k] = audit->missing[k].position.z;
        level[k] = audit->missing[k].level;
    }
    g_ptr_array_add(out, table);
}

const LacAnalysisInfo lac_node_audit = {
    .node = LAC_ANALYSIS_AUDIT,
    .id = "audit",
    .title = "Audit against the volume",
    .definition = "The level of an atom is the mean of the volume in a ball around it, divided by "
                  "the median over all atoms. Atoms of a low level are probably false; bright "
                  "maxima of the blurred volume far from every atom were probably missed. Both are "
                  "proposals: nothing is changed by itself.",
    .volume = LAC_ANALYSIS_NEEDS_VOLUME,
    .weight = 0.5,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(audit, lac_audit),
    .report = report,
    .tables = tables,
};
