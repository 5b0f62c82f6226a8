// SPDX-License-Identifier: GPL-3.0-or-later
// What a tree over the triangles of a surface is made of.
#pragma once

#include "core/data/mesh-tree.h"

#define LAC_MESH_LEAF 8 // triangles
#define LAC_MESH_WIDE 4 // children

// What bounds the four parts of a piece of the surface, side by side, so that all are measured at
// once: boxes along the axes, and slabs along their mean normals. From afar boxes of oblique pieces
// look nearer than they are, slabs do not.
typedef struct {
    float low[3][LAC_MESH_WIDE], high[3][LAC_MESH_WIDE]; // [Å]
    float normal[3][LAC_MESH_WIDE];                      // a little shorter than 1; 0: no slab
    float below[LAC_MESH_WIDE], above[LAC_MESH_WIDE];    // [Å] along it
    guint32 child[LAC_MESH_WIDE];
    guint32 n[LAC_MESH_WIDE]; // triangles of a leaf; 0: a node
    guint32 n_children;
} LacMeshNode;

// A triangle lies no nearer than its nearest corner by more than the radius of a ball around it:
// d^2 >= min |p - corner|^2 - radius^2, which from afar is next to nothing. Places behind the last
// triangle repeat the first one.
typedef struct {
    float corners[3][3][LAC_MESH_LEAF]; // [Å] of corner, axis, triangle
    float radius2[LAC_MESH_LEAF];       // [Å^2]
    guint32 triangle[LAC_MESH_LEAF];    // of the mesh
} LacMeshLeaf;

struct LacMeshTree {
    LacMesh *mesh;
    GArray *nodes;  // of LacMeshNode, the first one holds all; empty for no triangles
    GArray *leaves; // of LacMeshLeaf
    double reach;   // [Å] the largest coordinate
};
