// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/mesh-tree.h"

#include <math.h>
#include <string.h>

#define LEAF      4  // triangles
#define MAX_DEPTH 64 // halving 2^32 triangles takes half of it

typedef struct {
    double low[3], high[3]; // [Å]
    guint32 begin, end;     // of order
    guint32 right;          // the other child; the first one follows its parent; 0: a leaf
} Box;

struct LacMeshTree {
    LacMesh *mesh;
    guint32 *order; // triangles
    float *corners; // (n_triangles, 3, 3) of them in this order [Å]
    GArray *boxes;  // of Box
};

typedef struct {
    const LacMesh *mesh;
    guint32 *order;
    float *centres; // (n_triangles, 3), sums of three corners [Å]
    GArray *boxes;
} Builder;

// Partially sorts a range, so that its middle element stands where sorting would put it.
static void
select_middle(const Builder *b, guint32 begin, guint32 end, guint axis)
{
    guint32 middle = begin + (end - begin) / 2;
    while (end - begin > 1) {
        float pivot = b->centres[3 * (gsize) b->order[begin + (end - begin - 1) / 2] + axis];
        guint32 i = begin, j = end - 1;
        for (;;) {
            while (b->centres[3 * (gsize) b->order[i] + axis] < pivot)
                i++;
            while (b->centres[3 * (gsize) b->order[j] + axis] > pivot)
                j--;
            if (i >= j)
                break;
            guint32 swap = b->order[i];
            b->order[i++] = b->order[j];
            b->order[j--] = swap;
        }
        // The pivot is not the last one, so j is not either and the range shrinks: up to j none is above the pivot, from j + 1 on none is below it.
        if (middle <= j)
            end = j + 1;
        else
            begin = j + 1;
    }
}

static Box
get_bounds(const Builder *b, guint32 begin, guint32 end)
{
    Box box = { .begin = begin,
        .end = end,
        .low = { HUGE_VAL, HUGE_VAL, HUGE_VAL },
        .high = { -HUGE_VAL, -HUGE_VAL, -HUGE_VAL } };
    for (guint32 i = begin; i < end; i++)
        for (gsize k = 0; k < 3; k++) {
            gsize vertex = b->mesh->triangles[3 * (gsize) b->order[i] + k];
            for (gsize d = 0; d < 3; d++) {
                double v = (double) b->mesh->positions[3 * vertex + d];
                box.low[d] = v < box.low[d] ? v : box.low[d];
                box.high[d] = v > box.high[d] ? v : box.high[d];
            }
        }
    return box;
}

static void
build(Builder *b, guint32 begin, guint32 end)
{
    guint at = b->boxes->len;
    Box box = get_bounds(b, begin, end);
    g_array_append_val(b->boxes, box);
    if (end - begin <= LEAF)
        return;
    guint axis = 0;
    for (guint d = 1; d < 3; d++)
        if (box.high[d] - box.low[d] > box.high[axis] - box.low[axis])
            axis = d;
    guint32 middle = begin + (end - begin) / 2;
    select_middle(b, begin, end, axis);
    build(b, begin, middle);
    guint32 right = b->boxes->len;
    g_array_index(b->boxes, Box, at).right = right;
    build(b, middle, end);
}

/**
 * lac_mesh_tree_new:
 * @mesh: a surface; the tree keeps a reference
 *
 * Returns: (transfer full): a tree over its triangles, which any thread may search
 */
LacMeshTree *
lac_mesh_tree_new(LacMesh *mesh)
{
    LacMeshTree *self = g_new0(LacMeshTree, 1);
    self->mesh = lac_mesh_ref(mesh);
    self->order = g_new(guint32, mesh->n_triangles + 1);
    self->boxes = g_array_new(FALSE, TRUE, sizeof(Box));
    g_autofree float *centres = g_new(float, 3 * mesh->n_triangles + 1);
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        self->order[t] = (guint32) t;
        for (gsize d = 0; d < 3; d++) {
            float sum = 0;
            for (gsize k = 0; k < 3; k++)
                sum += mesh->positions[3 * (gsize) mesh->triangles[3 * t + k] + d];
            centres[3 * t + d] = sum;
        }
    }
    Builder builder = { .mesh = mesh,
        .order = self->order,
        .centres = centres,
        .boxes = self->boxes };
    if (mesh->n_triangles > 0)
        build(&builder, 0, (guint32) mesh->n_triangles);
    self->corners = g_new(float, 9 * mesh->n_triangles + 1);
    for (gsize i = 0; i < mesh->n_triangles; i++)
        for (gsize k = 0; k < 3; k++) {
            gsize vertex = mesh->triangles[3 * (gsize) self->order[i] + k];
            memcpy(self->corners + 9 * i + 3 * k, mesh->positions + 3 * vertex, 3 * sizeof(float));
        }
    return self;
}

/**
 * lac_mesh_tree_free:
 * @self: (nullable) (transfer full): a tree
 */
void
lac_mesh_tree_free(LacMeshTree *self)
{
    if (self == NULL)
        return;
    lac_mesh_unref(self->mesh);
    g_free(self->order);
    g_free(self->corners);
    g_array_unref(self->boxes);
    g_free(self);
}

// Here and not in core/matrix, so that the compiler can put them in place.
static inline double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline LacVec3
cross(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

static inline LacVec3
between(const float *from, LacVec3 to)
{
    return (LacVec3){ to.x - (double) from[0], to.y - (double) from[1], to.z - (double) from[2] };
}

// Squared distance to the segment along edge, of a point that lies at d from its start.
static inline double
segment_distance2(LacVec3 edge, LacVec3 d)
{
    double length2 = dot(edge, edge), along = dot(d, edge);
    if (along <= 0 || length2 <= 0)
        return dot(d, d);
    double t = along >= length2 ? 1 : along / length2;
    LacVec3 away = { d.x - t * edge.x, d.y - t * edge.y, d.z - t * edge.z };
    return dot(away, away);
}

// Exact squared distance from p to a triangle: to its plane if p lies above it, else to its edges.
static double
triangle_distance2(const float *corners, LacVec3 p)
{
    LacVec3 edge[3], from[3];
    for (int k = 0; k < 3; k++)
        from[k] = between(corners + 3 * k, p);
    for (int k = 0; k < 3; k++) {
        const LacVec3 *a = &from[k], *b = &from[(k + 1) % 3];
        edge[k] = (LacVec3){ a->x - b->x, a->y - b->y, a->z - b->z };
    }
    LacVec3 normal = cross(edge[0], edge[1]);
    double n2 = dot(normal, normal);
    gboolean is_above = n2 > 0;
    for (int k = 0; k < 3 && is_above; k++)
        is_above = dot(cross(normal, edge[k]), from[k]) >= 0;
    if (is_above) {
        double height = dot(normal, from[0]);
        return height * height / n2;
    }
    double best = segment_distance2(edge[0], from[0]);
    for (int k = 1; k < 3; k++) {
        double d2 = segment_distance2(edge[k], from[k]);
        best = d2 < best ? d2 : best;
    }
    return best;
}

static inline double
box_distance2(const Box *box, const double p[3])
{
    double sum = 0;
    for (int d = 0; d < 3; d++) {
        double below = box->low[d] - p[d], above = p[d] - box->high[d];
        double away = below > 0 ? below : above > 0 ? above : 0;
        sum += away * away;
    }
    return sum;
}

/**
 * lac_mesh_tree_find:
 * @self: a tree
 * @p: [Å]
 * @within: [Å] how far to look; HUGE_VAL for everywhere
 * @triangle: (out) (optional): the nearest triangle, where there is one
 *
 * Returns: [Å] exact distance to the surface, or HUGE_VAL if none of it is within @within
 */
double
lac_mesh_tree_find(const LacMeshTree *self, LacVec3 p, double within, guint32 *triangle)
{
    if (self->mesh->n_triangles == 0)
        return HUGE_VAL;
    const double at[3] = { p.x, p.y, p.z };
    double best = within < 1e100 ? within * within * (1 + 1e-12) : HUGE_VAL;
    gboolean is_found = FALSE;
    guint32 stack[MAX_DEPTH];
    guint n = 0;
    stack[n++] = 0;
    while (n > 0) {
        guint32 index = stack[--n];
        const Box *box = &g_array_index(self->boxes, Box, index);
        if (box_distance2(box, at) > best)
            continue;
        if (box->right == 0) {
            for (guint32 i = box->begin; i < box->end; i++) {
                double d2 = triangle_distance2(self->corners + 9 * (gsize) i, p);
                gboolean is_better = is_found
                    ? d2 < best || (d2 == best && triangle != NULL && self->order[i] < *triangle)
                    : d2 <= best;
                if (!is_better)
                    continue;
                is_found = TRUE;
                best = d2;
                if (triangle != NULL)
                    *triangle = self->order[i];
            }
            continue;
        }
        double left = box_distance2(&g_array_index(self->boxes, Box, index + 1), at);
        double right = box_distance2(&g_array_index(self->boxes, Box, box->right), at);
        stack[n++] = left <= right ? box->right : index + 1;
        stack[n++] = left <= right ? index + 1 : box->right;
    }
    return is_found ? sqrt(best) : HUGE_VAL;
}
