// SPDX-License-Identifier: GPL-3.0-or-later
// Nanopores: empty balls inside the particle, joined where they overlap.
#pragma once

#include "core/analysis/delaunay.h"
#include "core/analysis/hull.h"
#include "core/analysis/interface.h"
#include "core/analysis/phases.h"
#include "core/data/mesh.h"

typedef struct {
    double open;        // [Å] radius of the smallest ball of a pore
    double nanopore;    // [Å] radius of the largest ball from which a void is a nanopore
    double delta;       // [d_NN] from the wall's atom centres to the Gibbs surface
    double atom_radius; // [Å] for the free volume
    double share_min;   // metal's share of the wall atoms from which a pore lies at the interface
    double share_max;   // and up to which
} LacPoreParams;

typedef enum {
    LAC_PORE_VOID,
    LAC_PORE_NANOPORE,
} LacPoreKind;

typedef struct {
    LacPoreKind kind;
    gboolean is_open;         // reaches the outside through balls of the open radius
    gboolean is_at_interface; // the wall has atoms of metal and of oxide
    LacPhase host;            // of most wall atoms
    LacVec3 centre;           // [Å] of the Gibbs volume
    double volume;            // [Å^3] Gibbs: as much as the missing atoms had
    double wall_volume;       // [Å^3] up to the atom centres of the wall
    double free_volume;       // [Å^3] outside the spheres of atoms
    double hull_volume;       // [Å^3] the part of the Gibbs volume inside the hull of the particle
    double delaunay_volume;   // [Å^3] of the cells between atoms; NaN: no such void
    double density;           // [1/Å^3] of atoms in the 6 Å around it
    double n_missing;         // volume * density
    double diameter;          // [Å] of a ball of the Gibbs volume
    double area;              // [Å^2] of the surface through the wall's atom centres
    double gibbs_area;        // [Å^2] of the Gibbs surface
    double sphericity;        // pi^(1/3) (6 V)^(2/3) / A of the surface through atom centres
    double semi_axes[3];      // [Å] of the ellipsoid with the moments of the Gibbs volume
    LacVec3 axes[3];          // their directions
    double radius;            // [Å] of the largest ball (r_LIS)
    LacVec3 ball;             // [Å] its centre
    double neck;              // [Å] radius of the largest ball that can leave; NaN: unknown
    double depth;             // [Å] of the centre below the envelope
    double interface_centre;  // [Å] signed distance of the centre to the interface; NaN: none
    double interface_wall;    // [Å] of the nearest point of the Gibbs surface; NaN: none
    double metal_share;       // of the wall atoms, 0 to 1; NaN without phases
    gsize n_wall;
    guint32 *wall; // points, ascending
    LacMesh *mesh; // the Gibbs surface; normals point out of the pore
} LacPore;

// Immutable. Largest first.
typedef struct {
    gatomicrefcount ref_count;
    LacPoreParams params;
    double delta; // [Å]
    gsize n;
    LacPore *pores;
    gsize n_nanopores;
    double volume;         // [Å^3] of all nanopores
    double porosity;       // of the envelope, 0 to 1
    double matrix_density; // [1/Å^3] atoms over the volume of the hull without pores
    gboolean has_necks;
} LacPores;

// What else is known; each may be NULL.
typedef struct {
    const LacDelaunay *delaunay;
    const guint8 *phases; // LacPhase of each point
    const LacInterface *interface;
} LacPoreContext;

void lac_pore_params_init(LacPoreParams *self);
LacPores *lac_pores_new(const LacPoints *points, const LacHull *hull, const LacPoreContext *context,
    const LacPoreParams *params, LacProgress *progress, GError **error);
LacPores *lac_pores_ref(LacPores *self);
void lac_pores_unref(LacPores *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPores, lac_pores_unref)
