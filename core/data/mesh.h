// SPDX-License-Identifier: GPL-3.0-or-later
// A surface of triangles.
#pragma once

#include "core/vec.h"

// Immutable once published. Vertices are shared by the triangles around them; seen from the side
// that normals point to, the corners of a triangle go counter-clockwise.
typedef struct {
    gatomicrefcount ref_count;
    gsize n_vertices, n_triangles;
    float *positions;   // (n_vertices, 3) [Å]
    float *normals;     // (n_vertices, 3), of length 1
    float *values;      // (nullable) (n_vertices), for colour
    guint32 *triangles; // (n_triangles, 3), indices of vertices
} LacMesh;

LacMesh *lac_mesh_new(gsize n_vertices, gsize n_triangles, gboolean has_values, GError **error);
LacMesh *lac_mesh_ref(LacMesh *self);
void lac_mesh_unref(LacMesh *self);
LacVec3 lac_mesh_get_vertex(const LacMesh *self, gsize i);
LacVec3 lac_mesh_get_normal(const LacMesh *self, gsize i);
void lac_mesh_get_corners(const LacMesh *self, gsize triangle, LacVec3 corners[3]);
LacVec3 lac_mesh_get_middle(const LacMesh *self, gsize triangle);
double lac_mesh_get_triangle_area(const LacMesh *self, gsize triangle);
double lac_mesh_get_area(const LacMesh *self);
double lac_mesh_get_volume(const LacMesh *self);
LacMesh *lac_mesh_cut(const LacMesh *self, const float *side, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacMesh, lac_mesh_unref)
