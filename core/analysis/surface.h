// SPDX-License-Identifier: GPL-3.0-or-later
// The outer surface of a particle: an alpha shape, its facets, and how compact it is.
#pragma once

#include "core/analysis/delaunay.h"
#include "core/data/mesh.h"

#define LAC_SURFACE_NO_FACET G_MAXUINT32

typedef struct {
    double alpha;        // [d_NN] larger cells between atoms are outside
    double delta;        // [d_NN] from the outermost atom centres to the Gibbs surface
    double facet_angle;  // [degrees] from a triangle's normal to that of its facet, at most
    double facet_offset; // [Å] from a triangle's centre to the plane of its facet, at most
    double facet_area;   // [Å^2] of a facet, at least
} LacSurfaceParams;

// Orientations of grains, to tell which planes facets are.
typedef struct {
    const guint32 *grain;        // of each point; G_MAXUINT32: none
    const LacMat3 *orientations; // from a cubic crystal to the sample
    gsize n;
} LacSurfaceGrains;

typedef struct {
    LacVec3 normal; // of length 1, outwards
    LacVec3 centre; // [Å]
    double area;    // [Å^2]
    gsize n_triangles;
    guint32 grain;     // of most of its atoms; G_MAXUINT32: none
    guint8 indices[3]; // h >= k >= l of the nearest low-index family; 0 0 0 without a grain
    double off_deg;    // from it
} LacFacet;

// Immutable.
typedef struct {
    gatomicrefcount ref_count;
    LacSurfaceParams params;
    double d_nn;            // [Å]
    double alpha;           // [Å]
    double critical_alpha;  // [Å] smallest for which all atoms are in one piece
    double volume;          // [Å^3] between atom centres
    double area;            // [Å^2] of the outer surface
    double inner_area;      // [Å^2] of cavities
    double gibbs_volume;    // [Å^3] volume + delta * area
    double hull_volume;     // [Å^3] of the convex hull
    double hull_area;       // [Å^2]
    double solidity;        // volume / hull_volume
    double sphericity;      // pi^(1/3) (6 V)^(2/3) / A of the outer surface
    gsize n_parts;          // separate pieces
    gsize n_surface;        // atoms on the outer surface or a cavity
    guint8 *is_surface;     // of each point
    LacMesh *mesh;          // all of the surface; vertices are atoms
    guint32 *vertex_points; // of each vertex of mesh: its point
    guint32 *facet_of;      // of each triangle; LAC_SURFACE_NO_FACET: none
    gsize n_facets;
    LacFacet *facets;  // largest first
    double facet_area; // [Å^2] of all of them
} LacSurface;

void lac_surface_params_init(LacSurfaceParams *self);
LacSurface *lac_surface_new(const LacPoints *points, const LacDelaunay *delaunay,
    const LacSurfaceGrains *grains, const LacSurfaceParams *params, LacProgress *progress,
    GError **error);
LacSurface *lac_surface_ref(LacSurface *self);
void lac_surface_unref(LacSurface *self);
double lac_surface_get_family_share(const LacSurface *self, guint h, guint k, guint l);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSurface, lac_surface_unref)
