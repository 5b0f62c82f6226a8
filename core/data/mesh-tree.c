// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/mesh-tree.h"

#include "core/clones.h"

#include <math.h>
#include <string.h>

#define LEAF      8   // triangles
#define WIDE      4   // children
#define MAX_STACK 128 // a quarter of 2^32 triangles, sixteen times, and three more on each level
#define FLAT      512 // triangles: pieces of fewer are bounded by a slab too

#define SMALL 1e-5f // of a radius or a normal, more than the rounding of float

// What bounds the four parts of a piece of the surface, side by side, so that all are measured at
// once: boxes along the axes, and slabs along their mean normals. From afar boxes of oblique pieces
// look nearer than they are, slabs do not.
typedef struct {
    float low[3][WIDE], high[3][WIDE]; // [Å]
    float normal[3][WIDE];             // a little shorter than 1; 0: no slab
    float below[WIDE], above[WIDE];    // [Å] along it
    guint32 child[WIDE], begin[WIDE],
        n[WIDE]; // n triangles of a leaf from begin on in order; 0: a node
    guint32 n_children;
} Node;

// A triangle lies no nearer than its nearest corner by more than the radius of a ball around it:
// d^2 >= min |p - corner|^2 - radius^2, which from afar is next to nothing.
typedef struct {
    float corners[3][3][LEAF]; // [Å] of corner, axis, triangle
    float radius2[LEAF];       // [Å^2]
} Leaf;

struct LacMeshTree {
    LacMesh *mesh;
    guint32 *order; // triangles
    GArray *nodes;  // of Node, the first one holds all
    GArray *leaves; // of Leaf
    double reach;   // [Å] the largest coordinate
};

typedef struct {
    const LacMesh *mesh;
    guint32 *order;
    float *centres; // (n_triangles, 3), sums of three corners [Å]
    GArray *nodes, *leaves;
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

static const float *
get_corner(const Builder *b, guint32 i, guint32 k)
{
    return b->mesh->positions + 3 * (gsize) b->mesh->triangles[3 * (gsize) b->order[i] + k];
}

// A triangle of longest edge l fits into a ball of radius l / sqrt(3).
static float
get_radius2(const float *v[3])
{
    float longest2 = 0;
    for (guint k = 0; k < 3; k++) {
        float sum = 0;
        for (guint d = 0; d < 3; d++) {
            float edge = v[(k + 1) % 3][d] - v[k][d];
            sum += edge * edge;
        }
        longest2 = sum > longest2 ? sum : longest2;
    }
    return longest2 / 3 * (1 + SMALL);
}

static guint32
add_leaf(const Builder *b, guint32 begin, guint32 end)
{
    Leaf leaf = { 0 };
    for (guint32 i = begin; i < end; i++) {
        const float *v[3] = { get_corner(b, i, 0), get_corner(b, i, 1), get_corner(b, i, 2) };
        leaf.radius2[i - begin] = get_radius2(v);
        for (guint k = 0; k < 3; k++)
            for (guint d = 0; d < 3; d++)
                leaf.corners[k][d][i - begin] = v[k][d];
    }
    g_array_append_val(b->leaves, leaf);
    return b->leaves->len - 1;
}

static void
bound_box(const Builder *b, Node *node, guint c, guint32 begin, guint32 end)
{
    float low[3] = { HUGE_VALF, HUGE_VALF, HUGE_VALF };
    float high[3] = { -HUGE_VALF, -HUGE_VALF, -HUGE_VALF };
    for (guint32 i = begin; i < end; i++)
        for (guint32 k = 0; k < 3; k++) {
            const float *v = get_corner(b, i, k);
            for (guint d = 0; d < 3; d++) {
                low[d] = v[d] < low[d] ? v[d] : low[d];
                high[d] = v[d] > high[d] ? v[d] : high[d];
            }
        }
    for (guint d = 0; d < 3; d++) {
        node->low[d][c] = low[d];
        node->high[d][c] = high[d];
    }
}

// The slab along the mean normal of a piece, weighted by area.
static void
bound_slab(const Builder *b, Node *node, guint c, guint32 begin, guint32 end)
{
    float sum[3] = { 0 };
    for (guint32 i = begin; i < end; i++) {
        const float *v[3] = { get_corner(b, i, 0), get_corner(b, i, 1), get_corner(b, i, 2) };
        for (guint d = 0; d < 3; d++) {
            guint e = (d + 1) % 3, f = (d + 2) % 3;
            sum[d] += (v[1][e] - v[0][e]) * (v[2][f] - v[0][f]) -
                (v[1][f] - v[0][f]) * (v[2][e] - v[0][e]);
        }
    }
    float length = sqrtf(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    if (!(length > 0.0f && length < 1e30f))
        return;
    float normal[3], below = HUGE_VALF, above = -HUGE_VALF;
    for (guint d = 0; d < 3; d++)
        node->normal[d][c] = normal[d] = sum[d] / length * (1 - SMALL);
    for (guint32 i = begin; i < end; i++)
        for (guint32 k = 0; k < 3; k++) {
            const float *v = get_corner(b, i, k);
            float along = normal[0] * v[0] + normal[1] * v[1] + normal[2] * v[2];
            below = along < below ? along : below;
            above = along > above ? along : above;
        }
    node->below[c] = below;
    node->above[c] = above;
}

// The axis along which the centres of a piece reach farthest.
static guint
find_axis(const Builder *b, guint32 begin, guint32 end)
{
    float low[3] = { HUGE_VALF, HUGE_VALF, HUGE_VALF };
    float high[3] = { -HUGE_VALF, -HUGE_VALF, -HUGE_VALF };
    for (guint32 i = begin; i < end; i++) {
        const float *c = b->centres + 3 * (gsize) b->order[i];
        for (guint d = 0; d < 3; d++) {
            low[d] = c[d] < low[d] ? c[d] : low[d];
            high[d] = c[d] > high[d] ? c[d] : high[d];
        }
    }
    guint axis = 0;
    for (guint d = 1; d < 3; d++)
        if (high[d] - low[d] > high[axis] - low[axis])
            axis = d;
    return axis;
}

static guint32
split(const Builder *b, guint32 begin, guint32 end)
{
    select_middle(b, begin, end, find_axis(b, begin, end));
    return begin + (end - begin) / 2;
}

// Adds a node for a range of triangles: half of its halves, as far as they are no leaves.
static guint32
build(const Builder *b, guint32 begin, guint32 end)
{
    guint32 ends[WIDE] = { end }, at = b->nodes->len;
    guint n = 1;
    for (guint round = 0; round < 2; round++)
        for (guint c = n; c-- > 0;) {
            guint32 from = c > 0 ? ends[c - 1] : begin;
            if (ends[c] - from <= LEAF)
                continue;
            for (guint k = n++; k > c; k--)
                ends[k] = ends[k - 1];
            ends[c] = split(b, from, ends[c]);
        }
    Node node = { .n_children = n };
    g_array_append_val(b->nodes, node);
    for (guint c = 0; c < n; c++) {
        guint32 from = c > 0 ? ends[c - 1] : begin;
        bound_box(b, &node, c, from, ends[c]);
        if (ends[c] - from <= FLAT)
            bound_slab(b, &node, c, from, ends[c]);
        gboolean is_leaf = ends[c] - from <= LEAF;
        node.begin[c] = from;
        node.n[c] = is_leaf ? ends[c] - from : 0;
        node.child[c] = is_leaf ? add_leaf(b, from, ends[c]) : build(b, from, ends[c]);
    }
    g_array_index(b->nodes, Node, at) = node;
    return at;
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
    self->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    self->leaves = g_array_new(FALSE, FALSE, sizeof(Leaf));
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
        .nodes = self->nodes,
        .leaves = self->leaves };
    if (mesh->n_triangles > 0)
        build(&builder, 0, (guint32) mesh->n_triangles);
    for (gsize i = 0; i < 3 * mesh->n_vertices; i++)
        self->reach = fmax(self->reach, fabs((double) mesh->positions[i]));
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
    g_array_unref(self->nodes);
    g_array_unref(self->leaves);
    g_free(self);
}

// Here and not in core/matrix, so that the compiler can put them in place.
G_ALWAYS_INLINE static inline double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

G_ALWAYS_INLINE static inline LacVec3
cross(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

// Squared distance to the segment along edge, of a point that lies at d from its start.
G_ALWAYS_INLINE static inline double
segment_distance2(LacVec3 edge, LacVec3 d)
{
    double length2 = dot(edge, edge), along = dot(d, edge);
    if (along <= 0 || length2 <= 0)
        return dot(d, d);
    double t = along >= length2 ? 1 : along / length2;
    LacVec3 away = { d.x - t * edge.x, d.y - t * edge.y, d.z - t * edge.z };
    return dot(away, away);
}

// Exact squared distance from a point to a triangle, given where it lies from the corners: to its
// plane if the point lies above it, else to its edges.
G_ALWAYS_INLINE static inline double
triangle_distance2(const LacVec3 from[3])
{
    LacVec3 edge[3];
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

// At most the squared distances of p to the triangles of a leaf, but for rounding.
G_ALWAYS_INLINE static inline void
bound_triangles(const Leaf *restrict leaf, const float p[3], float *restrict bound2)
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
bound_children(const Node *restrict node, const float p[3], float *restrict bound2)
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
    guint32 child, begin, n;
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
    const Leaf *leaf = &g_array_index(self->leaves, Leaf, open->child);
    float bound2[LEAF];
    bound_triangles(leaf, search->at, bound2);
    for (guint32 i = 0; i < open->n; i++) {
        if ((double) bound2[i] > search->limit)
            continue;
        LacVec3 from[3];
        for (int k = 0; k < 3; k++)
            from[k] = (LacVec3){ search->p.x - (double) leaf->corners[k][0][i],
                search->p.y - (double) leaf->corners[k][1][i],
                search->p.z - (double) leaf->corners[k][2][i] };
        double d2 = triangle_distance2(from);
        guint32 triangle = self->order[open->begin + i];
        if (d2 < search->best || (d2 == search->best && triangle < search->triangle)) {
            set_best(search, d2);
            search->triangle = triangle;
        }
    }
}

// Puts the children that may hold something nearer on the stack, the nearest one on top.
G_ALWAYS_INLINE static inline guint
open_node(const Node *node, const Search *search, Open *stack, guint n)
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
        stack[k] = (Open){ node->child[c], node->begin[c], node->n[c], bound2[c] };
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
            n = open_node(&g_array_index(self->nodes, Node, open.child), &search, stack, n);
    }
    if (search.triangle == G_MAXUINT32)
        return HUGE_VAL;
    if (triangle != NULL)
        *triangle = search.triangle;
    return sqrt(search.best);
}

/**
 * lac_mesh_tree_get_distance:
 * @self: a tree
 * @p: [Å]
 * @triangle: one of the surface
 *
 * For neighbouring points the nearest triangle of one is near the other too, and tells
 * lac_mesh_tree_find() how far to look.
 *
 * Returns: [Å] exact distance to that triangle
 */
double
lac_mesh_tree_get_distance(const LacMeshTree *self, LacVec3 p, guint32 triangle)
{
    g_return_val_if_fail(triangle < self->mesh->n_triangles, HUGE_VAL);

    LacVec3 from[3];
    for (int k = 0; k < 3; k++) {
        const float *v = self->mesh->positions +
            3 * (gsize) self->mesh->triangles[3 * (gsize) triangle + (gsize) k];
        from[k] = (LacVec3){ p.x - (double) v[0], p.y - (double) v[1], p.z - (double) v[2] };
    }
    return sqrt(triangle_distance2(from));
}
