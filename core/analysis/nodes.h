// SPDX-License-Identifier: GPL-3.0-or-later
// The nodes of an analysis in the order of computation: constant, member, type of the result.
// Included where LAC_ANALYSIS_NODE is defined; hence without a guard.
LAC_ANALYSIS_NODE(AUDIT, audit, LacAudit)
LAC_ANALYSIS_NODE(HULL, hull, LacHull)
LAC_ANALYSIS_NODE(RDF, rdf, LacRdf)
LAC_ANALYSIS_NODE(NEIGHBOURS, neighbours, LacNeighbours)
LAC_ANALYSIS_NODE(CNA, cna, LacCna)
LAC_ANALYSIS_NODE(TEMPLATES, templates, LacTemplates)
LAC_ANALYSIS_NODE(GRAINS, grains, LacGrains)
LAC_ANALYSIS_NODE(LATTICES, lattices, LacLattices)
LAC_ANALYSIS_NODE(COORDINATION, coordination, LacCoordination)
LAC_ANALYSIS_NODE(ORDER, order, LacOrder)
LAC_ANALYSIS_NODE(COMPOSITION, composition, LacComposition)
LAC_ANALYSIS_NODE(STRAIN, strain, LacStrain)
