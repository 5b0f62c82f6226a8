// SPDX-License-Identifier: GPL-3.0-or-later
// All analyses of one model: a table that says what each is, and a driver that computes those that
// are wanted in the order of their needs.
#pragma once

#include "core/analysis/params.h"
#include "core/analysis/points.h"
#include "core/data/chart.h"
#include "core/data/param.h"
#include "core/data/report.h"
#include "core/data/volume.h"
#include "core/progress.h"

// In the order of computation: a node needs only nodes above it.
typedef enum {
#define LAC_ANALYSIS_NODE(NAME, name, Type) LAC_ANALYSIS_##NAME,
#include "core/analysis/nodes.inc"
#undef LAC_ANALYSIS_NODE
    LAC_N_ANALYSES,
} LacAnalysisNode;

#define LAC_ANALYSIS_BIT(node) (G_GUINT64_CONSTANT(1) << (node))
#define LAC_ANALYSIS_ALL       (LAC_ANALYSIS_BIT(LAC_N_ANALYSES) - 1)

// Immutable once published. A result that was not asked for, or that is undefined for these atoms,
// is NULL; why[] then says the reason.
typedef struct LacAnalysis {
    gatomicrefcount ref_count;
    LacPoints *points;
    LacVolume *volume; // (nullable)
    LacAnalysisParams params;
#define LAC_ANALYSIS_NODE(NAME, name, Type) Type *name;
#include "core/analysis/nodes.inc"
#undef LAC_ANALYSIS_NODE
    guint64 done;  // bits of the nodes that were computed, with a result or a reason
    guint64 stale; // bits of those that are older than the atoms
    guint64 views; // bits of those that are older and have the values of atoms under new numbers
    struct LacAnalysis *before; // (nullable) that views share all else with
    double seconds[LAC_N_ANALYSES];
    char *why[LAC_N_ANALYSES]; // (nullable)
} LacAnalysis;

// One number per atom. NaN where it is undefined.
typedef struct {
    const char *name; // stable: "cn"
    const char *title, *unit, *definition;
    guint digits;             // significant; 0: whole numbers
    const char *const *names; // (nullable) words for the values 0, 1, ...; NULL-terminated
    double (*get)(const LacAnalysis *analysis, gsize point);
} LacAnalysisColumn;

typedef enum {
    LAC_ANALYSIS_NO_VOLUME,
    LAC_ANALYSIS_USES_VOLUME, // when there is one
    LAC_ANALYSIS_NEEDS_VOLUME,
} LacAnalysisVolume;

// One row of the table. Functions are called only when the result is there.
typedef struct {
    LacAnalysisNode node;
    const char *id, *title;
    const char *definition; // what it is, with its formula and source
    guint64 needs;          // bits of nodes; without one of them it is undefined
    guint64 uses;           // bits of nodes that it takes when they are there
    LacAnalysisVolume volume;
    double weight;              // about the seconds that it takes for 20 000 atoms
    const LacParamInfo *params; // offsets in LacAnalysisParams
    guint n_params;
    const LacAnalysisColumn *columns;
    guint n_columns;
    gsize result; // offset in LacAnalysis
    gpointer (*run)(const LacAnalysis *analysis, LacProgress *progress, GError **error);
    gpointer (*ref)(gpointer result);
    void (*unref)(gpointer result);
    void (*report)(const LacAnalysis *analysis, LacReportSection *section); // (nullable)
    void (*tables)(const LacAnalysis *analysis, GPtrArray *tables);         // (nullable) LacTable
    void (*charts)(const LacAnalysis *analysis, GPtrArray *charts);         // (nullable) LacChart
} LacAnalysisInfo;

const LacAnalysisInfo *const *lac_analysis_table(gsize *n);
const LacAnalysisInfo *lac_analysis_find(const char *id);
gboolean lac_analysis_parse(const char *names, guint64 *wanted, GError **error);
LacAnalysis *lac_analysis_run(LacAtoms *atoms, LacVolume *volume, const LacAnalysisParams *params,
    guint64 wanted, const LacAnalysis *previous, LacProgress *progress, GError **error);
LacAnalysis *lac_analysis_update_local(LacAnalysis *previous, LacAtoms *atoms, GError **error);
LacAnalysis *lac_analysis_ref(LacAnalysis *self);
void lac_analysis_unref(LacAnalysis *self);
gpointer lac_analysis_get(const LacAnalysis *self, LacAnalysisNode node);
const LacAnalysisColumn *lac_analysis_find_column(const char *name, LacAnalysisNode *node);
double lac_analysis_get_value(const LacAnalysis *self, LacAnalysisNode node,
    const LacAnalysisColumn *column, gsize point);
LacTable *lac_analysis_dup_atoms(const LacAnalysis *self, LacAnalysisNode node);
LacReport *lac_analysis_report(const LacAnalysis *self, guint64 which, gboolean with_atoms);
void lac_analysis_add_digests(const LacAnalysis *self, LacReport *report);
guint64 lac_analysis_find_stale(const LacReport *report, const LacPoints *points,
    const LacVolume *volume, const LacAnalysisParams *params);
void lac_analysis_read_params(const LacReport *report, LacAnalysisParams *params);
GPtrArray *lac_analysis_charts(const LacAnalysis *self, LacAnalysisNode node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAnalysis, lac_analysis_unref)
