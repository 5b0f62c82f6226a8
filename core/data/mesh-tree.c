// SPDX-License-Identifier: GPL-3.0-or-later
// Searching the tree.
#include "core/clones.h"
#include "core/data/mesh-tree-private.h"

#include <math.h>

#define LEAF      LAC_MESH_LEAF
#define WIDE      LAC_MESH_WIDE
#define MAX_STACK 128 // a quarter of 2^32 triangles, sixteen times, and three more on each level

// Squared distance to the segment along edge, of a point that lies at d from its start.
G_ALWAYS_INLINE static inline double
segment_distance2(LacVec3 edge, LacVec3 d)
{
    double length2 = lac_vec3_dot(edge, edge), along = lac_vec3_dot(d, edge);
    if (along <= 0 || length2 <= 0)
        return lac_vec3_dot(d, d);
    double t = along >= length2 ? 1 : along / length2;
    LacVec3 away = { d.x - t * edge.x, d.y - t * edge.y, d.z - t * edge.z };
    return lac_vec3_dot(away, away);
}

// Exact squared distance from a point to a triangle: to its plane if the point lies above it, else
// to its edges.
G_ALWAYS_INLINE static inline double
triangle_distance2(const LacVec3 corners[3], LacVec3 p)
{
    LacVec3 edge[3], from[3];
    for (int k = 0; k < 3; k++) {
        edge[k] = lac_vec3_subtract(corners[(k + 1) % 3], corners[k]);
        from[k] = lac_vec3_subtract(p, corners[k]);
    }
    LacVec3 normal = lac_vec3_cross(edge[0], edge[1]);
    double n2 = lac_vec3_dot(normal, normal);
    gboolean is_above = n2 > 0;
    for (int k = 0; k < 3 && is_above; k++)
        is_above = lac_vec3_dot(lac_vec3_cross(normal, edge[k]), from[k]) >= 0;
    if (is_above) {
        double height = lac_vec3_dot(normal, from[0]);
        return height * height / n2;
    }
    double best = segment_distance2(edge[0], from[0]);
    for (int k = 1; k < 3; k++) {
        double d2 = segment_distance2(edge[k], from[k]);
        best = d2 < best ? d2 : best;
    }
    return best;
}

// At most the squared distances of p to the triangles of a leaf, but for rounding.
G_ALWAYS_INLINE static inline void
bound_triangles(const LacMeshLeaf *restrict leaf, const float p[3], float *restrict bound2)
{
#pragma omp simd
    for (int i = 0; i < LEAF; i++) {
        float nearest = HUGE_VALF;
        for (int k = 0; k < 3; k++) {
            float dx = leaf->corners[k][0][i] - p[0], dy = leaf->corners[k][1][i] - p[1];
            float dz = leaf->corners[k][2][i] - p[2];
            float d2 = dx * dx + dy * dy + dz * dz;
            nearest = d2 < nearest ? d2 : nearest;
        }
        bound2[i] = nearest - leaf->radius2[i];
    }
}

// At most the squared distances of p to the parts of a piece, but for rounding.
G_ALWAYS_INLINE static inline void
bound_children(const LacMeshNode *restrict node, const float p[3], float *restrict bound2)
{
#pragma omp simd
    for (int c = 0; c < WIDE; c++) {
        float sum = 0, along = 0;
        for (int d = 0; d < 3; d++) {
            float below = node->low[d][c] - p[d], above = p[d] - node->high[d][c];
            float away = below > above ? below : above;
            away = away > 0 ? away : 0;
            sum += away * away;
            along += node->normal[d][c] * p[d];
        }
        float below = node->below[c] - along, above = along - node->above[c];
        float off = below > above ? below : above;
        off = off > 0 ? off * off : 0;
        bound2[c] = off > sum ? off : sum;
    }
}

typedef struct {
    double best;  // [Å^2]
    double limit; // [Å^2] of a bound, with room for rounding
    guint32 triangle;
    LacVec3 p;
    float at[3];
    double slack2; // [Å^2]
} Search;

typedef struct {
    guint32 child, n;
    float bound2;
} Open;

G_ALWAYS_INLINE static inline void
set_best(Search *search, double best)
{
    search->best = best;
    search->limit = best * (1 + 1e-4) + search->slack2;
}

G_ALWAYS_INLINE static inline void
search_leaf(const LacMeshTree *self, const Open *open, Search *search)
{
    const LacMeshLeaf *leaf = &g_array_index(self->leaves, LacMeshLeaf, open->child);
    float bound2[LEAF];
    bound_triangles(leaf, search->at, bound2);
    for (guint32 i = 0; i < open->n; i++) {
        if ((double) bound2[i] > search->limit)
            continue;
        LacVec3 corners[3];
        for (int k = 0; k < 3; k++)
            corners[k] = (LacVec3){ (double) leaf->corners[k][0][i],
                (double) leaf->corners[k][1][i], (double) leaf->corners[k][2][i] };
        double d2 = triangle_distance2(corners, search->p);
        guint32 triangle = leaf->triangle[i];
        if (d2 < search->best || (d2 == search->best && triangle < search->triangle)) {
            set_best(search, d2);
            search->triangle = triangle;
        }
    }
}

// Puts the children that may hold something nearer on the stack, the nearest one on top.
G_ALWAYS_INLINE static inline guint
open_node(const LacMeshNode *node, const Search *search, Open *stack, guint n)
{
    float bound2[WIDE];
    bound_children(node, search->at, bound2);
    guint first = n;
    for (guint c = 0; c < node->n_children; c++) {
        if ((double) bound2[c] > search->limit)
            continue;
        guint k = n++;
        for (; k > first && stack[k - 1].bound2 < bound2[c]; k--)
            stack[k] = stack[k - 1];
        stack[k] = (Open){ node->child[c], node->n[c], bound2[c] };
    }
    return n;
}

/**
 * lac_mesh_tree_find:
 * @self: a tree
 * @p: [Å]
 * @within: [Å] how far to look; HUGE_VAL for everywhere
 * @triangle: (out) (optional): the nearest triangle, where there is one; of several at the same
 *   distance the first one of the mesh
 *
 * Returns: [Å] exact distance to the surface, or HUGE_VAL if none of it is within @within
 */
LAC_CLONES double
lac_mesh_tree_find(const LacMeshTree *self, LacVec3 p, double within, guint32 *triangle)
{
    if (self->mesh->n_triangles == 0)
        return HUGE_VAL;
    // Floats are off by less than s in all: a part at d <= sqrt(B) gets a bound of at most
    // B + 4 s sqrt(B) + 4 s^2, which is below B (1 + 5e-5) + 1e5 s^2.
    double size = fmax(self->reach, fmax(fabs(p.x), fmax(fabs(p.y), fabs(p.z)))), s = 1e-6 * size;
    Search search = { .triangle = G_MAXUINT32,
        .p = p,
        .at = { (float) p.x, (float) p.y, (float) p.z },
        .slack2 = 1e5 * s * s };
    set_best(&search, within < 1e100 ? within * within * (1 + 1e-12) : HUGE_VAL);
    Open stack[MAX_STACK];
    stack[0] = (Open){ 0 };
    for (guint n = 1; n > 0;) {
        Open open = stack[--n];
        if ((double) open.bound2 > search.limit)
            continue;
        if (open.n > 0)
            search_leaf(self, &open, &search);
        else
            n = open_node(&g_array_index(self->nodes, LacMeshNode, open.child), &search, stack, n);
    }
    if (search.triangle == G_MAXUINT32)
        return HUGE_VAL;
    if (triangle != NULL)
        *triangle = search.triangle;
    return sqrt(search.best);
}
