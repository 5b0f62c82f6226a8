// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the table, one per core/analysis/node-NAME.c, and what the driver's files share.
#pragma once

#include "core/analysis/analysis.h"

#define LAC_ANALYSIS_NODE(NAME, name, Type) extern const LacAnalysisInfo lac_node_##name;
#include "core/analysis/nodes.h"
#undef LAC_ANALYSIS_NODE

// The members of a row that handle the result: a member of LacAnalysis with _ref and _unref.
#define LAC_NODE_RESULT(member, function)                          \
    .result = G_STRUCT_OFFSET(LacAnalysis, member),                \
    .ref = (gpointer(*)(gpointer))(void (*)(void)) function##_ref, \
    .unref = (void (*)(gpointer))(void (*)(void)) function##_unref

// One number of LacAnalysisParams: the columns of a row of LacParamInfo from its type on.
#define LAC_NODE_DOUBLE(member, low, high) \
    LAC_PARAM_DOUBLE, G_STRUCT_OFFSET(LacAnalysisParams, member), low, high, NULL, NULL

LacAnalysis *lac_analysis_copy(const LacAnalysis *self, LacPoints *points);
void
lac_analysis_set_result(LacAnalysis *self, LacAnalysisNode node, gpointer result, gboolean stale);
