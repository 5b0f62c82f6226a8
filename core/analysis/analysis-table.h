// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the table, one per core/analysis/node-NAME.c, and what the driver's files share.
#pragma once

#include "core/analysis/analysis.h"
#include "core/analysis/update.h"

#define LAC_ANALYSIS_NODE(NAME, name, Type) extern const LacAnalysisInfo lac_node_##name;
#include "core/analysis/nodes.inc"
#undef LAC_ANALYSIS_NODE

// The members of a row that handle the result: a member of LacAnalysis with _ref and _unref.
#define LAC_NODE_RESULT(member, function)                          \
    .result = G_STRUCT_OFFSET(LacAnalysis, member),                \
    .ref = (gpointer(*)(gpointer))(void (*)(void)) function##_ref, \
    .unref = (void (*)(gpointer))(void (*)(void)) function##_unref

// One number of LacAnalysisParams: the columns of a row of LacParamInfo from its type on.
#define LAC_NODE_DOUBLE(member, low, high) \
    LAC_PARAM_DOUBLE, G_STRUCT_OFFSET(LacAnalysisParams, member), low, high, NULL, NULL

// Likewise; 0 means what @zero says.
#define LAC_NODE_AUTO(member, low, high, zero) \
    LAC_PARAM_DOUBLE, G_STRUCT_OFFSET(LacAnalysisParams, member), low, high, zero, NULL
#define LAC_NODE_UINT(member, low, high) \
    LAC_PARAM_UINT, G_STRUCT_OFFSET(LacAnalysisParams, member), low, high, NULL, NULL
#define LAC_NODE_BOOLEAN(member) \
    LAC_PARAM_BOOLEAN, G_STRUCT_OFFSET(LacAnalysisParams, member), 0.0, 1.0, NULL, NULL
#define LAC_NODE_CHOICE(member, n, choices) \
    LAC_PARAM_CHOICE, G_STRUCT_OFFSET(LacAnalysisParams, member), 0.0, (n) -1.0, NULL, choices

// The node whose lists of neighbours the final coordination and order are made from.
#define LAC_NODE_NEIGHBOURS LAC_ANALYSIS_BIT(LAC_ANALYSIS_SHELLS)

// Where the strain of atoms comes from.
#define LAC_NODE_STRAIN LAC_ANALYSIS_BIT(LAC_ANALYSIS_STRAIN)

const double *lac_node_get_volumetric_strain(const LacAnalysis *analysis);
const LacNeighbours *lac_node_get_neighbours(const LacAnalysis *analysis);
LacTable *lac_node_lattice_table(const char *id, const char *title, const char *definition,
    LacLattice *const *lattices, gsize n);
void lac_node_report_shell(const LacRdfShell *shell, LacReportSection *section);
gboolean lac_analysis_fits_all(LacAnalysisNode node);
gpointer lac_analysis_view_new(LacAnalysisNode node, gconstpointer result, const LacPointsMap *map);
void lac_analysis_view_unref(LacAnalysisNode node, gpointer view);
LacAnalysis *
lac_analysis_new(LacPoints *points, LacVolume *volume, const LacAnalysisParams *params);
void lac_analysis_share(LacAnalysis *self, const LacAnalysis *from, const LacAnalysisInfo *info);
LacAnalysis *lac_analysis_copy(const LacAnalysis *self, LacPoints *points);
void
lac_analysis_set_result(LacAnalysis *self, LacAnalysisNode node, gpointer result, gboolean stale);
