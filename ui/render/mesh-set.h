// SPDX-License-Identifier: GPL-3.0-or-later
// Surfaces made ready to be drawn and to be picked.
#pragma once

#include "core/data/mesh.h"
#include "core/figure/colormap.h"
#include "core/progress.h"
#include "ui/render/camera.h"

#define LAC_MESH_MAX_GROUPS 8 // kinds of surfaces, each with its own switch and opacity

// One surface, and how it looks. The colour of a vertex is its own where colors are given, else that
// of its value, where the mesh has values and a colour map is asked for.
typedef struct {
    const LacMesh *mesh; // borrowed
    guint group;         // below LAC_MESH_MAX_GROUPS
    guint32 tag;         // what a pick tells; unique within the group
    float color[3];      // sRGB
    gboolean by_value;
    LacColormap colormap;
    double lo, hi;        // values at the ends of the colour map
    const guint8 *colors; // (nullable) (n_vertices, 3), sRGB; borrowed
    gboolean has_back;    // the side that normals point away from has a colour of its own
    float back[3];        // sRGB; else it is darker
} LacMeshSource;

// As it lies in the graphics memory.
typedef struct {
    float position[3]; // [Å]
    gint8 normal[4];   // of 127
    guint8 color[4];   // sRGB
    guint8 back[4];    // sRGB of the other side; the last one 0: it is darker
} LacMeshVertex;

typedef struct {
    guint group;
    guint32 tag;
    gsize first, n;               // triangles
    gsize coarse_first, n_coarse; // of the coarse ones
} LacMeshPart;

// What a colour of a group means.
typedef struct {
    guint group;
    char *word;
    float color[3]; // sRGB
} LacMeshWord;

// What the colour map of a group tells; lo = hi: it has none.
typedef struct {
    LacColormap colormap;
    double lo, hi;
} LacMeshRange;

// A node of the tree over the triangles: the next one is its first child.
typedef struct {
    float min[3], max[3]; // [Å]
    guint32 second;       // the other child; 0: a leaf
    guint32 first, n;     // places in the order of the triangles
} LacMeshNode;

// Immutable, reference counted.
typedef struct {
    gatomicrefcount ref_count;
    LacMeshVertex *vertices;
    gsize n_vertices;
    guint32 *triangles; // (n_triangles, 3)
    gsize n_triangles;
    guint32 *coarse; // (n_coarse, 3): fewer and larger ones, for quick pictures
    gsize n_coarse;
    LacMeshPart *parts; // by group
    gsize n_parts;
    LacMeshNode *nodes;
    guint32 *order; // of the triangles, in the tree
    LacBox box;     // [Å]; empty (min > max) without any
    LacMeshRange ranges[LAC_MESH_MAX_GROUPS];
    GArray *words; // of LacMeshWord, for legends
} LacMeshSet;

// A surface under the pointer.
typedef struct {
    double distance; // [Å] along the ray
    guint group;
    guint32 tag;
    gsize triangle; // of the set
    gsize local;    // the same, of its own mesh
} LacMeshHit;

LacMeshSet *
lac_mesh_set_new(const LacMeshSource *sources, gsize n, LacProgress *progress, GError **error);
void lac_mesh_set_add_word(LacMeshSet *self, guint group, const char *word, const float color[3]);
LacMeshSet *lac_mesh_set_ref(LacMeshSet *self);
void lac_mesh_set_unref(LacMeshSet *self);
void lac_mesh_set_find_hits(const LacMeshSet *self, const LacRay *ray, GArray *hits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacMeshSet, lac_mesh_set_unref)
