// SPDX-License-Identifier: GPL-3.0-or-later
// A convex polyhedron around the origin, cut down by planes.
#pragma once

#include "core/matrix.h"

#define LAC_POLYHEDRON_MAX_VERTICES 240
#define LAC_POLYHEDRON_MAX_FACES    120
#define LAC_FACE_MAX_CORNERS        60

typedef struct {
    guint32 plane; // that it lies on; as given to lac_polyhedron_cut()
    guint8 n;
    guint8 corner[LAC_FACE_MAX_CORNERS]; // vertices, counter-clockwise from outside
} LacFace;

typedef struct {
    guint n_vertices, n_faces;
    LacVec3 vertex[LAC_POLYHEDRON_MAX_VERTICES];
    LacFace face[LAC_POLYHEDRON_MAX_FACES];
    double radius;    // of the farthest vertex
    double tolerance; // a vertex nearer to a plane lies on it
} LacPolyhedron;

void lac_polyhedron_set_cube(LacPolyhedron *self, double half_edge, guint32 plane);
gboolean lac_polyhedron_cut(LacPolyhedron *self, LacVec3 normal, double offset, guint32 plane);
double lac_polyhedron_face_area(const LacPolyhedron *self, guint face);
double lac_polyhedron_face_volume(const LacPolyhedron *self, guint face);
