// SPDX-License-Identifier: GPL-3.0-or-later
// How two crystals are joined: which planes go on, by how much they are bent and turned, and whether
// the first layer of one sits in register with the other.
#pragma once

#include "core/matrix.h"
#include "core/progress.h"

typedef enum {
    LAC_COHERENCY_COHERENT,
    LAC_COHERENCY_SEMICOHERENT,
    LAC_COHERENCY_INCOHERENT,
    LAC_N_COHERENCIES,
} LacCoherencyClass;

typedef enum {
    LAC_COHERENCY_BY_REGISTRY, // spacing of misfit dislocations and local order
    LAC_COHERENCY_BY_MISFIT,   // below 5 % and 25 %, as in textbooks
} LacCoherencyRule;

typedef struct {
    guint rule;            // LacCoherencyRule
    double angle;          // [deg] between the normals of planes that go on, at most
    double misfit;         // of their spacings, at most
    double crossing;       // [deg] from the interface's normal: nearer planes do not cross it
    double layer;          // [Å] atoms of the first layer are this near to the other crystal
    double ball;           // [Å] in which the local order is measured
    double coherent;       // [d_NN] least spacing of misfit dislocations
    double coherent_order; // least local order
    double semicoherent;   // [d_NN] likewise
    double semicoherent_order;
    double slab; // [Å] of the bending profile
} LacCoherencyParams;

// A crystal without its atoms.
typedef struct {
    LacMat3 cell;    // [Å] columns: vectors of the conventional cell
    gboolean is_hcp; // two atoms at 1/3 of each other; else fcc
    double spacing;  // [Å] of nearest neighbours
} LacCoherencyCrystal;

// Planes of the metal that go on as planes of the oxide.
typedef struct {
    int metal[3], oxide[3];  // indices
    double d_metal, d_oxide; // [Å]
    double misfit;           // 2 (d_o - d_m) / (d_o + d_m)
    double trace_misfit;     // the same of the traces in the interface
    double angle, bending,
        twisting;   // [deg] between normals; towards the interface; about its normal
    double spacing; // [Å] of misfit dislocations, 1 / |t_m - t_o|; infinite: none
    double cost;    // of the pair, smaller is better
} LacPlaneMatch;

// How well the first layer sits in register with planes of the metal.
typedef struct {
    int metal[3];
    LacVec3 trace; // [1/Å] in the interface
    double local;  // 0..1, in balls, made up for the noise of positions
    double global; // 0..1, over the patch
    double noise;  // the same order inside the metal, that it was divided by
} LacPlaneOrder;

typedef struct {
    LacVec3 normal;  // of length 1, from metal to oxide
    gsize n_layer;   // atoms of the first layer
    GArray *matches; // of LacPlaneMatch, best first
    GArray *orders;  // of LacPlaneOrder, best first
    double spacing;  // [Å] of misfit dislocations of the second-best independent planes; NaN: none
    double local, global; // of the best two independent planes; NaN: too few atoms
    LacCoherencyClass word;
} LacCoherencyPatch;

// One slab of a bending profile.
typedef struct {
    double s;       // [Å] middle
    double angle;   // [deg] from the planes inside the metal; NaN: too few atoms
    double spacing; // [Å] of the planes
    double order;   // 0..1
    gsize n;
} LacBendingSlab;

void lac_coherency_params_init(LacCoherencyParams *params);
LacCoherencyPatch *lac_coherency_patch_new(const LacCoherencyCrystal *metal,
    const LacCoherencyCrystal *oxide, LacVec3 normal, const LacVec3 *layer, gsize n_layer,
    const LacVec3 *interior, gsize n_interior, const LacCoherencyParams *params, GError **error);
void lac_coherency_patch_free(LacCoherencyPatch *self);
LacVec3 lac_coherency_plane(const LacCoherencyCrystal *crystal, const int index[3]);
GArray *lac_bending_profile(const LacVec3 *atoms, const double *s, gsize n, LacVec3 plane,
    double low, double high, double slab);
const char *lac_coherency_get_word(LacCoherencyClass word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacCoherencyPatch, lac_coherency_patch_free)
