// SPDX-License-Identifier: GPL-3.0-or-later
// Crystal lattices fitted to grains: every atom gets the indices of its site.
#pragma once

#include "core/analysis/grains.h"
#include "core/analysis/site-map.h"

#define LAC_LATTICE_MAX_BASIS 2
#define LAC_LATTICE_MAX_MOVES 18

typedef struct {
    double tolerance; // [spacing] a neighbour may be off its place by
    guint votes;      // indexed neighbours that must agree on a site
    guint sweeps;     // growths, each with the cell of the one before
    guint least;      // atoms of a lattice
} LacLatticeParams;

// From a site of one kind to a near one.
typedef struct {
    gint32 n[3];
    guint8 basis;     // of the other
    LacVec3 fraction; // difference in cell vectors
} LacLatticeMove;

// What is known of a kind of lattice before it is fitted.
typedef struct {
    LacStructure structure;
    LacMat3 cell; // primitive vectors are its columns, nearest neighbours at 1, axes of the shape
    guint n_basis;
    LacVec3 basis[LAC_LATTICE_MAX_BASIS]; // fractional
    LacMat3 conventional;                 // conventional vectors: cell times this
    double reach;                         // of the neighbours that moves lead to
    guint n_moves[LAC_LATTICE_MAX_BASIS];
    LacLatticeMove moves[LAC_LATTICE_MAX_BASIS][LAC_LATTICE_MAX_MOVES];
} LacLatticeKind;

// Immutable. A site (n, s) lies at origin + cell (n + basis_s).
typedef struct {
    gatomicrefcount ref_count;
    LacLatticeKind kind;
    gsize grain; // that it was grown from
    LacVec3 origin;
    LacMat3 cell; // [Å] primitive vectors are its columns
    gsize n;
    guint32 *points;           // ascending
    LacSite *sites;            // of each
    LacVec3 *displacement;     // [Å] position minus site
    LacSiteMap *map;           // place in points by site
    gboolean is_fitted;        // FALSE: too few atoms, the cell is that of the seed
    double a, b, c;            // [Å] conventional cell
    double alpha, beta, gamma; // [deg]
    double density;            // [Å^-3] of sites
    double a_fcc;              // [Å] edge of the fcc cell of this density
    double spacing;            // [Å] of neighbours in it
    LacMat3 orientation;       // from the axes of the shape to the sample
    double rms, median;        // [Å] of the lengths of the displacements
} LacLattice;

// Immutable. Largest lattice first; every atom belongs to one at most.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;        // points
    guint32 *owner; // lattice of each point; LAC_GRAIN_NONE: none
    gsize n_lattices;
    LacLattice **lattices;
} LacLattices;

void lac_lattice_params_init(LacLatticeParams *params);
gboolean lac_lattice_kind_init(LacLatticeKind *kind, LacStructure structure);
LacLattice *
lac_lattice_grow(const LacPoints *points, const LacNeighbours *neighbours, const LacGrain *grain,
    const guint8 *is_foreign, const LacLatticeParams *params, GError **error);
LacLattice *
lac_lattice_refit(const LacLattice *self, const LacPoints *points, const guint8 *inside);
LacLattice *lac_lattice_ref(LacLattice *self);
void lac_lattice_unref(LacLattice *self);
LacVec3 lac_lattice_get_position(const LacLattice *self, LacSite site);
gboolean lac_lattice_find_point(const LacLattice *self, guint32 point, gsize *k);
double lac_lattice_get_reach(LacStructure structure);

LacLattices *lac_lattices_new(const LacPoints *points, const LacGrains *grains,
    const LacLatticeParams *params, LacProgress *progress, GError **error);
LacLattices *lac_lattices_ref(LacLattices *self);
void lac_lattices_unref(LacLattices *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacLattice, lac_lattice_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacLattices, lac_lattices_unref)
