// SPDX-License-Identifier: GPL-3.0-or-later
// Where vacancies and pores are: against the surface, the interface and the middle, and whether
// vacancies sit at random.
#pragma once

#include "core/analysis/distributions.h"
#include "core/analysis/pores.h"
#include "core/analysis/vacancies.h"

typedef struct {
    double bin;     // [Å]
    guint n_trials; // random choices of sites
} LacSpreadParams;

typedef enum {
    LAC_SPREAD_DEPTH,
    LAC_SPREAD_INTERFACE,
    LAC_SPREAD_RADIUS, // from the middle of the particle
    LAC_N_SPREADS,
} LacSpreadKind;

// Immutable once published. What was not asked for or is unknown is NULL.
typedef struct {
    gatomicrefcount ref_count;
    LacRates *vacancies[LAC_N_SPREADS]; // per interior lattice site
    LacRates *pores[LAC_N_SPREADS];     // nanopores per volume [Å^3]
    LacSizes *diameters;                // [Å] of nanopores
    LacClustering clustering;           // of vacancies
} LacSpread;

// What is counted, and where it could be; each may be NULL.
typedef struct {
    const LacVacancies *vacancies;
    const LacPores *pores;
    const LacInterface *interface;
} LacSpreadInput;

void lac_spread_params_init(LacSpreadParams *params);
LacSpread *lac_spread_new(const LacPoints *points, const LacHull *hull, const LacSpreadInput *input,
    const LacSpreadParams *params, LacProgress *progress, GError **error);
LacSpread *lac_spread_ref(LacSpread *self);
void lac_spread_unref(LacSpread *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSpread, lac_spread_unref)
