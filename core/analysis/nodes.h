// SPDX-License-Identifier: GPL-3.0-or-later
// The nodes of an analysis in the order of computation: constant, member, type of the result.
// Included where LAC_ANALYSIS_NODE is defined; hence without a guard.
LAC_ANALYSIS_NODE(AUDIT, audit, LacAudit)
