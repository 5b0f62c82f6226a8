// SPDX-License-Identifier: GPL-3.0-or-later
// The nearest point of a surface: a tree of boxes over its triangles.
#pragma once

#include "core/data/mesh.h"

typedef struct LacMeshTree LacMeshTree;

LacMeshTree *lac_mesh_tree_new(LacMesh *mesh);
void lac_mesh_tree_free(LacMeshTree *self);
double lac_mesh_tree_find(const LacMeshTree *self, LacVec3 p, double within, guint32 *triangle);
void lac_mesh_tree_find_all(const LacMeshTree *self, const LacVec3 *points, gsize n, double within,
    double *distance, guint32 *triangle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacMeshTree, lac_mesh_tree_free)
