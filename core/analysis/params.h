// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of all analyses in one struct.
#pragma once

#include "core/analysis/across.h"
#include "core/analysis/audit.h"
#include "core/analysis/cna.h"
#include "core/analysis/coherency.h"
#include "core/analysis/composition.h"
#include "core/analysis/coordination.h"
#include "core/analysis/crystals.h"
#include "core/analysis/grains.h"
#include "core/analysis/hull.h"
#include "core/analysis/interface.h"
#include "core/analysis/junction.h"
#include "core/analysis/lattice.h"
#include "core/analysis/neighbours.h"
#include "core/analysis/order.h"
#include "core/analysis/phases.h"
#include "core/analysis/pores.h"
#include "core/analysis/rdf.h"
#include "core/analysis/shells.h"
#include "core/analysis/spread.h"
#include "core/analysis/strain.h"
#include "core/analysis/surface.h"
#include "core/analysis/templates.h"
#include "core/analysis/vacancies.h"
#include "core/analysis/voronoi.h"

typedef struct {
    double cutoff; // [Å] 0: from g(r)
} LacNeighbourParams;

typedef struct {
    double skin; // [Å] atoms less deep are left out of averages
} LacCoordinationParams;

typedef struct {
    LacOrderParams harmonics;
    double disordered; // below this scaled order
} LacAnalysisOrderParams;

typedef struct {
    LacAuditParams audit;
    LacHullParams hull;
    LacRdfParams rdf;
    LacNeighbourParams neighbours;
    LacTemplateParams templates;
    LacGrainParams grains;
    LacLatticeParams lattices;
    LacPhaseParams phases;
    LacShellParams shells;
    LacCoordinationParams coordination;
    double density_sigma; // [Å]
    LacInterfaceParams interface;
    LacCrystalParams crystals;
    LacAcrossParams across;
    LacCoherencyParams coherency;
    LacVacancyParams vacancies;
    LacPoreParams pores;
    LacSurfaceParams surface;
    LacVoronoiParams voronoi;
    LacCompositionParams composition;
    LacAnalysisOrderParams order;
    LacStrainParams strain;
    LacSpreadParams spread;
} LacAnalysisParams;

void lac_analysis_params_init(LacAnalysisParams *self);
gboolean
lac_analysis_params_set(LacAnalysisParams *self, const char *key, const char *text, GError **error);
