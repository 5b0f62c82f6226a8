// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of sites that become a particle: lattices, neighbours, vacancies, random packings.
#pragma once

#include "core/data/cells.h"
#include "core/matrix.h"
#include "core/synth/model.h"

typedef struct {
    LacVec3 r; // [Å]
    gint grain;
    guint16 species;
    guint8 phase; // LacTruthPhase
} LacSite;

// Whether a place may hold an atom.
typedef gboolean (*LacSiteFilter)(LacVec3 r, gpointer data);

// Numbers of the streams of a seed: each use has its own.
typedef enum {
    LAC_STREAM_SHAPE = 1,
    LAC_STREAM_ROUGHNESS,
    LAC_STREAM_VOLUME,
    LAC_STREAM_START,
    LAC_STREAM_OXYGEN,
    LAC_STREAM_DISPLACEMENTS,
    LAC_STREAM_MIXING,
    LAC_STREAM_VACANCIES, // and the next ones, one per grain
} LacStream;

guint64 lac_stream_seed(guint64 seed, LacStream stream);

GArray *lac_sites_new(void);
LacCells *lac_sites_make_cells(const GArray *sites, double edge);
LacVec3 lac_site_position(const GArray *sites, guint i);
void lac_sites_fill_lattice(GArray *sites, const LacTruthGrain *grain, gint index, double radius,
    LacSiteFilter filter, gpointer data);
void lac_sites_keep_away(GArray *sites, const GArray *others, double distance);
void lac_sites_keep(GArray *sites, LacSiteFilter filter, gpointer data);
double lac_lattice_get_spacing(const LacTruthGrain *grain);
double lac_lattice_get_density(const LacTruthGrain *grain);

// How many vacancies a grain gets.
typedef struct {
    double share;     // of the sites that have all neighbours and pass the filter, 0..1
    guint n_pairs;    // clusters of two among them
    guint n_triplets; // clusters of three
    guint64 seed;
    LacSiteFilter filter; // (nullable)
    gpointer data;
} LacVacancyPlan;

void lac_sites_take_vacancies(GArray *sites, const LacTruthGrain *grain, gint index,
    const LacVacancyPlan *plan, GArray *vacancies);

LacAtoms *lac_sites_make_atoms(const GArray *sites, const LacModelParams *params);
LacAtoms *lac_sites_make_oxygen(const GArray *sites);
LacTruth *lac_crystal_build(const LacModelParams *params, GError **error);
LacTruth *lac_amorphous_build(const LacModelParams *params, LacProgress *progress, GError **error);

// Random dense packing.
typedef struct {
    LacSiteFilter inside;                      // where atoms may start
    LacVec3 (*push)(LacVec3 r, gpointer data); // [Å] back inside for what is outside, else 0
    gpointer data;
    LacVec3 low, high;    // [Å] box around all that is inside
    double contact;       // [Å] atoms closer than this push each other
    double fixed_start;   // [Å] no atom starts closer to a fixed one
    double fixed_contact; // [Å]
    guint64 seed;
} LacPacking;

GArray *lac_sites_pack(const LacPacking *packing, const GArray *fixed, gsize n,
    LacProgress *progress, GError **error);
double lac_sites_measure_volume(const LacPacking *packing, const GArray *fixed, double distance);
