// SPDX-License-Identifier: GPL-3.0-or-later
// The surface between metal and oxide, and how far everything is from it.
#pragma once

#include "core/analysis/phases.h"
#include "core/data/mesh-tree.h"
#include "core/data/mesh.h"

typedef struct {
    guint inside;       // bits 1 << LacPhase of the phases inside; the others are outside
    double sigma;       // [Å] of the Gaussians that stand for atoms
    double thickness;   // [d_NN] interface atoms lie nearer than half of it
    gboolean by_bonds;  // instead: interface atoms have an atom of the other side in their shell
    double shell;       // [d_NN] radius of that shell
    gboolean all_parts; // every separate piece counts, not the largest alone
} LacInterfaceParams;

// The part of the interface that faces one grain, or the amorphous phase.
typedef struct {
    LacPhase phase;
    guint32 grain;         // LAC_PHASE_NO_GRAIN: none
    double area;           // [Å^2]
    LacVec3 normal;        // mean, of length 1, out of the inside
    double mean_curvature; // [1/Å] median over its area
    double plane_rms;      // [Å] distance of its vertices from their best plane
    double sphere_radius;  // [Å] of their best sphere; negative where it is hollow
    double sphere_rms;     // [Å] distance from it
    gsize n_atoms;         // interface atoms of this phase and grain
} LacInterfaceType;

// Immutable. Signed distances are negative inside.
typedef struct {
    gatomicrefcount ref_count;
    LacInterfaceParams params;
    LacMesh *mesh; // normals point outwards; values: mean curvature [1/Å]
    LacMeshTree *tree;
    float *gaussian;  // [1/Å^2] curvature of vertices
    guint32 *type_of; // of each triangle
    gsize n_types;
    LacInterfaceType *types; // largest first
    gboolean is_closed;      // the surface does not end at that of the particle
    double area;             // [Å^2]
    double volume;           // [Å^3] inside
    double mean_curvature;   // [1/Å] median over the area
    gsize n_parts;           // separate pieces of the inside
    gsize n;                 // points
    double *distance;        // [Å] of each point; NaN: no interface
    guint32 *nearest;        // the triangle nearest to each point; G_MAXUINT32: none
    guint8 *is_interface;    // of each point
    gsize n_interface;
    LacGrid grid;
    float *indicator; // share of the inside phases in the volume, 0 to 1
} LacInterface;

void lac_interface_params_init(LacInterfaceParams *self);
LacInterface *
lac_interface_new(const LacPoints *points, const LacHull *hull, const LacPhases *phases,
    const LacInterfaceParams *params, LacProgress *progress, GError **error);
LacInterface *
lac_interface_new_surface(const LacPoints *points, const LacHull *hull, const LacPhases *phases,
    const LacInterfaceParams *params, LacProgress *progress, GError **error);
LacInterface *lac_interface_ref(LacInterface *self);
void lac_interface_unref(LacInterface *self);
double lac_interface_distance_at(const LacInterface *self, LacVec3 p);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacInterface, lac_interface_unref)
