// SPDX-License-Identifier: GPL-3.0-or-later
// Lattice sites without an atom, and whether the volume agrees that they are empty.
#pragma once

#include "core/analysis/interface.h"
#include "core/analysis/lattice.h"
#include "core/analysis/phases.h"
#include "core/data/volume.h"

#define LAC_VACANCY_NO_CLUSTER G_MAXUINT32

typedef struct {
    guint support;        // of 12 neighbouring sites that must be occupied
    double spread;        // [d_NN] rms of where the neighbours expect it, at most
    double occupied;      // [d_NN] a site with an atom nearer than this has one
    double purity;        // share of the atoms around that belong to the grain, at least
    double purity_radius; // [d_NN]
    double depth;         // [d_NN] below the envelope, at least
    double ball;          // [Å] radius in which the volume is averaged
    double prior;         // of a vacancy, before the volume is looked at
    double surely;        // probability from which a site is a vacancy; 1 minus it: an atom
    double cluster;       // [d_NN] vacancies nearer than this belong together
    guint pore_size;      // vacancies of a cluster that are a pore
    double pore_radius;   // [Å] of the largest empty ball of one
} LacVacancyParams;

typedef enum {
    LAC_VACANCY_VACANT,
    LAC_VACANCY_UNTRACED,  // the volume shows an atom that the model has not
    LAC_VACANCY_AMBIGUOUS, // the volume does not tell
    LAC_VACANCY_GEOMETRIC, // vacant by geometry alone: there is no volume
    LAC_N_VACANCY_VERDICTS,
} LacVacancyVerdict;

typedef struct {
    LacVec3 position; // [Å]
    guint32 lattice;
    LacSite site;
    LacPhase phase;    // of the lattice
    guint support;     // occupied neighbouring sites
    double spread;     // [Å]
    double nearest;    // [Å] to the nearest atom
    double purity;     // 0 to 1
    double depth;      // [Å]
    double level;      // mean of the volume there; NaN without one
    double p_vacant;   // probability by the volume, NaN without one
    double confidence; // by geometry: (support / 12) (1 - spread / allowed)
    LacVacancyVerdict verdict;
    guint32 cluster;   // of vacant and geometric ones
    double interface;  // [Å] signed distance, NaN without one
    gboolean is_empty; // no atom has its nearest site here (Wigner-Seitz)
} LacVacancy;

typedef struct {
    gsize n;       // vacancies
    double radius; // [Å] of the largest empty ball on the grid of the hull
    gboolean is_pore;
} LacVacancyCluster;

// Immutable. By position of the lattice, then site.
typedef struct {
    gatomicrefcount ref_count;
    LacVacancyParams params;
    gsize n;
    LacVacancy *sites;
    gsize counts[LAC_N_VACANCY_VERDICTS];
    gsize n_clusters;
    LacVacancyCluster *clusters;
    gboolean has_volume;
    double occupied_level, occupied_spread; // of the volume at atoms: median, 1.4826 MAD
    double empty_level, empty_spread;       // at octahedral holes
    gsize n_occupied, n_empty;              // atoms and holes that were looked at
    gsize n_points;
    guint8 *is_interior;                // of each point: its site would be found if it were vacant
    gsize n_interior[LAC_N_PHASES];     // such atoms
    double concentration[LAC_N_PHASES]; // vacancies over interior sites; NaN without any
    gsize n_empty_sites;                // Wigner-Seitz: interior sites without an atom
    gsize n_interstitials;              // and atoms that share one
} LacVacancies;

// What else is known; each may be NULL.
typedef struct {
    const LacPhases *phases;
    const LacInterface *interface;
    const LacVolume *volume;
} LacVacancyContext;

void lac_vacancy_params_init(LacVacancyParams *self);
LacVacancies *lac_vacancies_new(const LacPoints *points, const LacHull *hull,
    const LacLattices *lattices, const LacVacancyContext *context, const LacVacancyParams *params,
    LacProgress *progress, GError **error);
LacVacancies *lac_vacancies_ref(LacVacancies *self);
void lac_vacancies_unref(LacVacancies *self);
const char *lac_vacancy_verdict_get_name(LacVacancyVerdict verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacVacancies, lac_vacancies_unref)
