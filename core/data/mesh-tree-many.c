// SPDX-License-Identifier: GPL-3.0-or-later
// Searching the tree for many points: packs of neighbouring points go down it together.
#include "core/clones.h"
#include "core/data/mesh-tree-private.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define LEAF      LAC_MESH_LEAF
#define WIDE      LAC_MESH_WIDE
#define PACK      8    // points
#define BLOCK     1024 // points that one thread takes at a time
#define MAX_STACK 128  // as for one point
#define DIGIT     10   // bits of a coordinate in a place on the curve, and of a pass of sorting
#define N_DIGITS  (1u << DIGIT)

typedef struct {
    double at[3][PACK];     // [Å]
    float near[3][PACK];    // the same, rounded
    double best[PACK];      // [Å^2]
    float limit[PACK];      // [Å^2] of a bound, with room for rounding
    guint32 triangle[PACK]; // G_MAXUINT32: none yet
    double slack2;          // [Å^2]
} Pack;

// A piece that may hold something nearer to some of the points.
typedef struct {
    guint32 child, n;
    float bound2[PACK], least;
} Open;

// At most the squared distances of the points to a part of a piece, but for rounding.
G_ALWAYS_INLINE static inline void
bound_child(const LacMeshNode *restrict node, guint c, const Pack *restrict pack,
    float *restrict bound2)
{
#pragma omp simd
    for (int i = 0; i < PACK; i++) {
        float sum = 0, along = 0;
        for (int d = 0; d < 3; d++) {
            float below = node->low[d][c] - pack->near[d][i];
            float above = pack->near[d][i] - node->high[d][c];
            float away = below > above ? below : above;
            away = away > 0 ? away : 0;
            sum += away * away;
            along += node->normal[d][c] * pack->near[d][i];
        }
        float below = node->below[c] - along, above = along - node->above[c];
        float off = below > above ? below : above;
        off = off > 0 ? off * off : 0;
        bound2[i] = off > sum ? off : sum;
    }
}

G_ALWAYS_INLINE static inline gboolean
is_within(const Pack *restrict pack, const float *restrict bound2)
{
    int n = 0;
#pragma omp simd reduction(+ : n)
    for (int i = 0; i < PACK; i++)
        n += bound2[i] <= pack->limit[i] ? 1 : 0;
    return n > 0;
}

G_ALWAYS_INLINE static inline void
bound_triangle(const LacMeshLeaf *restrict leaf, guint t, const Pack *restrict pack,
    float *restrict bound2)
{
#pragma omp simd
    for (int i = 0; i < PACK; i++) {
        float nearest = HUGE_VALF;
        for (int k = 0; k < 3; k++) {
            float dx = leaf->corners[k][0][t] - pack->near[0][i];
            float dy = leaf->corners[k][1][t] - pack->near[1][i];
            float dz = leaf->corners[k][2][t] - pack->near[2][i];
            float d2 = dx * dx + dy * dy + dz * dz;
            nearest = d2 < nearest ? d2 : nearest;
        }
        bound2[i] = nearest - leaf->radius2[t];
    }
}

typedef struct {
    double x[3], y[3], z[3]; // [Å] corners
} Corners;

// Takes a triangle for the points that it is nearer to: in the order of lac_mesh_tree_find(), but
// without a branch, so that all points go at once.
G_ALWAYS_INLINE static inline void
try_triangle(const Corners *restrict c, guint32 triangle, Pack *restrict pack)
{
    double ex[3], ey[3], ez[3];
    for (int k = 0; k < 3; k++) {
        ex[k] = c->x[(k + 1) % 3] - c->x[k];
        ey[k] = c->y[(k + 1) % 3] - c->y[k];
        ez[k] = c->z[(k + 1) % 3] - c->z[k];
    }
    double nx = ey[0] * ez[1] - ez[0] * ey[1], ny = ez[0] * ex[1] - ex[0] * ez[1];
    double nz = ex[0] * ey[1] - ey[0] * ex[1], n2 = nx * nx + ny * ny + nz * nz;
    double d2[PACK];
#pragma omp simd
    for (int i = 0; i < PACK; i++) {
        double least = HUGE_VAL, inside = HUGE_VAL, height = 0;
        for (int k = 0; k < 3; k++) {
            double x = pack->at[0][i] - c->x[k], y = pack->at[1][i] - c->y[k];
            double z = pack->at[2][i] - c->z[k];
            double mx = ny * ez[k] - nz * ey[k], my = nz * ex[k] - nx * ez[k];
            double mz = nx * ey[k] - ny * ex[k], side = mx * x + my * y + mz * z;
            inside = side < inside ? side : inside;
            height = k == 0 ? nx * x + ny * y + nz * z : height;
            double length2 = ex[k] * ex[k] + ey[k] * ey[k] + ez[k] * ez[k];
            double along = x * ex[k] + y * ey[k] + z * ez[k], t = along / length2;
            t = along >= length2 ? 1 : t;
            t = along > 0 ? t : 0;
            double ax = x - t * ex[k], ay = y - t * ey[k], az = z - t * ez[k];
            double away = ax * ax + ay * ay + az * az;
            least = away < least ? away : least;
        }
        double above = height * height / n2;
        d2[i] = inside >= 0 && n2 > 0 ? above : least;
    }
#pragma omp simd
    for (int i = 0; i < PACK; i++) {
        gboolean is_nearer =
            d2[i] < pack->best[i] || (d2[i] == pack->best[i] && triangle < pack->triangle[i]);
        pack->best[i] = is_nearer ? d2[i] : pack->best[i];
        pack->triangle[i] = is_nearer ? triangle : pack->triangle[i];
        pack->limit[i] = (float) (pack->best[i] * (1 + 1e-4) + pack->slack2);
    }
}

G_ALWAYS_INLINE static inline void
search_leaf(const LacMeshLeaf *leaf, guint n, Pack *pack)
{
    for (guint t = 0; t < n; t++) {
        float bound2[PACK];
        bound_triangle(leaf, t, pack, bound2);
        if (!is_within(pack, bound2))
            continue;
        Corners corners;
        for (int k = 0; k < 3; k++) {
            corners.x[k] = (double) leaf->corners[k][0][t];
            corners.y[k] = (double) leaf->corners[k][1][t];
            corners.z[k] = (double) leaf->corners[k][2][t];
        }
        try_triangle(&corners, leaf->triangle[t], pack);
    }
}

// Puts the children that may hold something nearer on the stack, the nearest one on top.
G_ALWAYS_INLINE static inline guint
open_node(const LacMeshNode *node, const Pack *pack, Open *stack, guint n)
{
    guint first = n;
    for (guint c = 0; c < node->n_children; c++) {
        Open open = { .child = node->child[c], .n = node->n[c], .least = HUGE_VALF };
        bound_child(node, c, pack, open.bound2);
        if (!is_within(pack, open.bound2))
            continue;
        for (int i = 0; i < PACK; i++)
            open.least = open.bound2[i] < open.least ? open.bound2[i] : open.least;
        guint k = n++;
        for (; k > first && stack[k - 1].least < open.least; k--)
            stack[k] = stack[k - 1];
        stack[k] = open;
    }
    return n;
}

LAC_CLONES static void
search(const LacMeshTree *self, Pack *pack)
{
    const LacMeshNode *nodes = (const LacMeshNode *) (gconstpointer) self->nodes->data;
    const LacMeshLeaf *leaves = (const LacMeshLeaf *) (gconstpointer) self->leaves->data;
    Open stack[MAX_STACK];
    guint n = open_node(&nodes[0], pack, stack, 0);
    while (n > 0) {
        Open open = stack[--n];
        if (!is_within(pack, open.bound2))
            continue;
        if (open.n > 0)
            search_leaf(&leaves[open.child], open.n, pack);
        else
            n = open_node(&nodes[open.child], pack, stack, n);
    }
}

// What was nearest to the points before is near to these as well.
LAC_CLONES static void
try_triangles(const LacMeshTree *self, const guint32 *triangles, Pack *pack)
{
    for (int k = 0; k < PACK; k++) {
        LacVec3 v[3];
        if (triangles[k] == G_MAXUINT32 || (k > 0 && triangles[k] == triangles[k - 1]))
            continue;
        lac_mesh_get_corners(self->mesh, triangles[k], v);
        const Corners corners = { { v[0].x, v[1].x, v[2].x }, { v[0].y, v[1].y, v[2].y },
            { v[0].z, v[1].z, v[2].z } };
        try_triangle(&corners, triangles[k], pack);
    }
}

typedef struct {
    const LacMeshTree *tree;
    const LacVec3 *points;
    gsize n;
    const guint32 *order; // of the points along a curve that fills space
    double within;
    double *distance;
    guint32 *triangle;
} Search;

static void
fill_pack(const Search *search, gsize begin, gsize end, Pack *pack)
{
    double size = search->tree->reach;
    for (gsize i = 0; i < PACK; i++) {
        const LacVec3 *p = &search->points[search->order[MIN(begin + i, end - 1)]];
        const double at[3] = { p->x, p->y, p->z };
        for (gsize d = 0; d < 3; d++) {
            pack->at[d][i] = at[d];
            pack->near[d][i] = (float) at[d];
            size = fmax(size, fabs(at[d]));
        }
    }
    double within = search->within;
    pack->slack2 = 1e5 * 1e-12 * size * size; // as for one point
    for (gsize i = 0; i < PACK; i++) {
        pack->best[i] = within < 1e100 ? within * within * (1 + 1e-12) : HUGE_VAL;
        pack->limit[i] = (float) (pack->best[i] * (1 + 1e-4) + pack->slack2);
        pack->triangle[i] = G_MAXUINT32;
    }
}

static void
search_block(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Search *args = data;
    guint32 last[PACK];
    memset(last, 0xff, sizeof last);
    for (gsize first = begin; first < end; first += PACK) {
        Pack pack;
        fill_pack(args, first, end, &pack);
        try_triangles(args->tree, last, &pack);
        search(args->tree, &pack);
        memcpy(last, pack.triangle, sizeof last);
        for (gsize i = 0; i < PACK && first + i < end; i++) {
            gsize to = args->order[first + i];
            gboolean is_found = pack.triangle[i] != G_MAXUINT32 && pack.best[i] < HUGE_VAL;
            args->distance[to] = is_found ? sqrt(pack.best[i]) : HUGE_VAL;
            if (args->triangle != NULL)
                args->triangle[to] = is_found ? pack.triangle[i] : G_MAXUINT32;
        }
    }
}

// Two zeros before each bit.
static guint32
spread_bits(guint32 x)
{
    x = (x | x << 16) & 0x030000ff;
    x = (x | x << 8) & 0x0300f00f;
    x = (x | x << 4) & 0x030c30c3;
    return (x | x << 2) & 0x09249249;
}

// Places along a curve that fills space (Morton's): what is near on it is near in space.
static guint32 *
find_places(const LacVec3 *points, gsize n)
{
    double low[3] = { HUGE_VAL, HUGE_VAL, HUGE_VAL };
    double high[3] = { -HUGE_VAL, -HUGE_VAL, -HUGE_VAL };
    for (gsize i = 0; i < n; i++) {
        const double at[3] = { points[i].x, points[i].y, points[i].z };
        for (gsize d = 0; d < 3; d++) {
            low[d] = fmin(low[d], at[d]);
            high[d] = fmax(high[d], at[d]);
        }
    }
    double size = fmax(high[0] - low[0], fmax(high[1] - low[1], high[2] - low[2]));
    double scale = size > 0 && size < 1e100 ? (N_DIGITS - 1) / size : 0;
    guint32 *places = g_new(guint32, n);
    for (gsize i = 0; i < n; i++) {
        const double at[3] = { points[i].x, points[i].y, points[i].z };
        places[i] = 0;
        for (gsize d = 0; d < 3; d++) {
            double u = (at[d] - low[d]) * scale;
            if (u > 0) // and a number
                places[i] |= spread_bits((guint32) fmin(u, N_DIGITS - 1)) << d;
        }
    }
    return places;
}

// Sorts the numbers of the points by their places, digit by digit.
static guint32 *
sort_points(const LacVec3 *points, gsize n)
{
    g_autofree guint32 *places = find_places(points, n);
    guint32 *order = g_new(guint32, n), *sorted = g_new(guint32, n);
    for (gsize i = 0; i < n; i++)
        order[i] = (guint32) i;
    for (guint shift = 0; shift < 3 * DIGIT; shift += DIGIT) {
        gsize begin[N_DIGITS + 1] = { 0 };
        for (gsize i = 0; i < n; i++)
            begin[(places[i] >> shift) % N_DIGITS + 1]++;
        for (gsize k = 0; k < N_DIGITS; k++)
            begin[k + 1] += begin[k];
        for (gsize i = 0; i < n; i++)
            sorted[begin[(places[order[i]] >> shift) % N_DIGITS]++] = order[i];
        guint32 *swap = order;
        order = sorted;
        sorted = swap;
    }
    g_free(sorted);
    return order;
}

/**
 * lac_mesh_tree_find_all:
 * @self: a tree
 * @points: (array length=n): [Å]
 * @n: number of points, below 2^32
 * @within: [Å] how far to look; HUGE_VAL for everywhere
 * @distance: (out caller-allocates) (array length=n): [Å] receives the exact distance of each point
 *   to the surface; HUGE_VAL if none of it is within @within
 * @triangle: (out caller-allocates) (array length=n) (optional): receives the triangle nearest to
 *   each point, G_MAXUINT32 for none
 *
 * lac_mesh_tree_find() for many points, several times as fast where they lie close to each other,
 * in any order.
 */
void
lac_mesh_tree_find_all(const LacMeshTree *self, const LacVec3 *points, gsize n, double within,
    double *distance, guint32 *triangle)
{
    g_return_if_fail(n < G_MAXUINT32);

    for (gsize i = 0; i < n; i++)
        distance[i] = HUGE_VAL;
    for (gsize i = 0; i < n && triangle != NULL; i++)
        triangle[i] = G_MAXUINT32;
    if (n == 0 || self->mesh->n_triangles == 0)
        return;
    g_autofree guint32 *order = sort_points(points, n);
    Search search = { self, points, n, order, within, distance, triangle };
    lac_parallel_for(n, BLOCK, search_block, &search);
}
