// SPDX-License-Identifier: GPL-3.0-or-later
// The Delaunay tetrahedra of atoms.
#pragma once

#include "core/analysis/points.h"
#include "core/progress.h"
#include "core/vec.h"

// More atoms than this take minutes that nothing can interrupt, and gigabytes.
#define LAC_DELAUNAY_MAX_ATOMS 1200000

#define LAC_DELAUNAY_OUTSIDE G_MAXUINT32

// Immutable. Facet k of a tetrahedron lies opposite its corner k.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint32 (*corners)[4];    // points; positively oriented
    guint32 (*neighbours)[4]; // tetrahedron across facet k, or LAC_DELAUNAY_OUTSIDE
    LacVec3 *centres;         // [Å] of the sphere through the corners
    double *radii;            // [Å] of it; HUGE_VAL for flat ones that belong to no larger cell
    double *volumes;          // [Å^3]
} LacDelaunay;

LacDelaunay *lac_delaunay_new(const LacPoints *points, LacProgress *progress, GError **error);
LacDelaunay *lac_delaunay_ref(LacDelaunay *self);
void lac_delaunay_unref(LacDelaunay *self);
void
lac_delaunay_get_facet(const LacDelaunay *self, gsize tetrahedron, guint facet, guint32 corners[3]);
double lac_delaunay_get_facet_area(const LacDelaunay *self, const LacPoints *points,
    gsize tetrahedron, guint facet);
double lac_delaunay_get_facet_radius(const LacDelaunay *self, const LacPoints *points,
    gsize tetrahedron, guint facet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacDelaunay, lac_delaunay_unref)
