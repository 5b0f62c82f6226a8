// SPDX-License-Identifier: GPL-3.0-or-later
// Making the tree: halves of halves along the longest axis, bounded from the leaves up.
#include "core/data/mesh-tree-private.h"
#include "core/parallel.h"

#include <math.h>

#define LEAF LAC_MESH_LEAF
#define WIDE LAC_MESH_WIDE
#define FLAT 512 // triangles: pieces of fewer are bounded by a slab too

#define SMALL 1e-5f // of a radius or a normal, more than the rounding of float

// A triangle that waits for its leaf.
typedef struct {
    float centre[3]; // sum of three corners [Å]
    guint32 triangle;
} Item;

typedef struct {
    const LacMesh *mesh;
    Item *items;
    GArray *nodes, *leaves;
} Builder;

// What a piece of the surface takes up.
typedef struct {
    float low[3], high[3]; // [Å]
    float area[3];         // [Å^2] sum of normals, twice as long as areas
    guint32 leaf, end;     // leaves
} Extent;

static void
start_extent(Extent *extent)
{
    *extent = (Extent){ .low = { HUGE_VALF, HUGE_VALF, HUGE_VALF },
        .high = { -HUGE_VALF, -HUGE_VALF, -HUGE_VALF } };
}

// Partially sorts a range, so that its middle element stands where sorting would put it.
static void
select_middle(Item *items, guint32 begin, guint32 end, guint axis)
{
    guint32 middle = begin + (end - begin) / 2;
    while (end - begin > 1) {
        float pivot = items[begin + (end - begin - 1) / 2].centre[axis];
        guint32 i = begin, j = end - 1;
        for (;;) {
            while (items[i].centre[axis] < pivot)
                i++;
            while (items[j].centre[axis] > pivot)
                j--;
            if (i >= j)
                break;
            Item swap = items[i];
            items[i++] = items[j];
            items[j--] = swap;
        }
        // The pivot is not the last one, so j is not either and the range shrinks: up to j none is
        // above the pivot, from j + 1 on none is below it.
        if (middle <= j)
            end = j + 1;
        else
            begin = j + 1;
    }
}

// The axis along which the centres of a piece reach farthest.
static guint
find_axis(const Item *items, guint32 begin, guint32 end)
{
    Extent extent;
    start_extent(&extent);
    for (guint32 i = begin; i < end; i++)
        for (guint d = 0; d < 3; d++) {
            float c = items[i].centre[d];
            extent.low[d] = c < extent.low[d] ? c : extent.low[d];
            extent.high[d] = c > extent.high[d] ? c : extent.high[d];
        }
    guint axis = 0;
    for (guint d = 1; d < 3; d++)
        if (extent.high[d] - extent.low[d] > extent.high[axis] - extent.low[axis])
            axis = d;
    return axis;
}

// Halves a range and its halves, as far as they are no leaves.
static guint
split(Item *items, guint32 begin, guint32 end, guint32 ends[WIDE])
{
    guint n = 1;
    ends[0] = end;
    for (guint round = 0; round < 2; round++)
        for (guint c = n; c-- > 0;) {
            guint32 from = c > 0 ? ends[c - 1] : begin, to = ends[c];
            if (to - from <= LEAF)
                continue;
            for (guint k = n++; k > c; k--)
                ends[k] = ends[k - 1];
            select_middle(items, from, to, find_axis(items, from, to));
            ends[c] = from + (to - from) / 2;
        }
    return n;
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

static void
add_triangle(Extent *extent, const float *v[3])
{
    for (guint d = 0; d < 3; d++) {
        guint e = (d + 1) % 3, f = (d + 2) % 3;
        for (guint k = 0; k < 3; k++) {
            extent->low[d] = v[k][d] < extent->low[d] ? v[k][d] : extent->low[d];
            extent->high[d] = v[k][d] > extent->high[d] ? v[k][d] : extent->high[d];
        }
        extent->area[d] +=
            (v[1][e] - v[0][e]) * (v[2][f] - v[0][f]) - (v[1][f] - v[0][f]) * (v[2][e] - v[0][e]);
    }
}

static guint32
add_leaf(const Builder *b, guint32 begin, guint32 end, Extent *extent)
{
    LacMeshLeaf leaf;
    start_extent(extent);
    for (guint32 i = 0; i < LEAF; i++) {
        guint32 t = b->items[begin + i < end ? begin + i : begin].triangle;
        const guint32 *corners = b->mesh->triangles + 3 * (gsize) t;
        const float *v[3];
        for (guint k = 0; k < 3; k++)
            v[k] = b->mesh->positions + 3 * (gsize) corners[k];
        leaf.triangle[i] = t;
        leaf.radius2[i] = get_radius2(v);
        for (guint k = 0; k < 3; k++)
            for (guint d = 0; d < 3; d++)
                leaf.corners[k][d][i] = v[k][d];
        if (begin + i < end)
            add_triangle(extent, v);
    }
    extent->leaf = b->leaves->len;
    extent->end = extent->leaf + 1;
    g_array_append_val(b->leaves, leaf);
    return extent->leaf;
}

static void
bound_leaf(const LacMeshLeaf *leaf, const float normal[3], float *below, float *above)
{
    float low[LEAF], high[LEAF];
    for (guint i = 0; i < LEAF; i++) {
        low[i] = HUGE_VALF;
        high[i] = -HUGE_VALF;
    }
    for (guint k = 0; k < 3; k++)
#pragma omp simd
        for (guint i = 0; i < LEAF; i++) {
            float along = normal[0] * leaf->corners[k][0][i] + normal[1] * leaf->corners[k][1][i] +
                normal[2] * leaf->corners[k][2][i];
            low[i] = along < low[i] ? along : low[i];
            high[i] = along > high[i] ? along : high[i];
        }
    for (guint i = 0; i < LEAF; i++) {
        *below = low[i] < *below ? low[i] : *below;
        *above = high[i] > *above ? high[i] : *above;
    }
}

// The slab along the mean normal of a piece, weighted by area.
static void
bound_slab(const GArray *leaves, LacMeshNode *node, guint c, const Extent *extent)
{
    const float *sum = extent->area;
    float length = sqrtf(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    if (!(length > 0.0f && length < 1e30f))
        return;
    float normal[3], below = HUGE_VALF, above = -HUGE_VALF;
    for (guint d = 0; d < 3; d++)
        node->normal[d][c] = normal[d] = sum[d] / length * (1 - SMALL);
    for (guint32 l = extent->leaf; l < extent->end; l++)
        bound_leaf(&g_array_index(leaves, LacMeshLeaf, l), normal, &below, &above);
    node->below[c] = below;
    node->above[c] = above;
}

static void
bound_child(const GArray *leaves, LacMeshNode *node, guint c, guint32 n, const Extent *extent)
{
    for (guint d = 0; d < 3; d++) {
        node->low[d][c] = extent->low[d];
        node->high[d][c] = extent->high[d];
    }
    if (n <= FLAT)
        bound_slab(leaves, node, c, extent);
    node->n[c] = n <= LEAF ? n : 0;
}

static void
add_extent(Extent *extent, const Extent *part)
{
    for (guint d = 0; d < 3; d++) {
        extent->low[d] = fminf(extent->low[d], part->low[d]);
        extent->high[d] = fmaxf(extent->high[d], part->high[d]);
        extent->area[d] += part->area[d];
    }
}

// Adds a leaf, or a node with all that is below it.
static guint32
build(const Builder *b, guint32 begin, guint32 end, Extent *extent)
{
    if (end - begin <= LEAF)
        return add_leaf(b, begin, end, extent);
    guint32 ends[WIDE], at = b->nodes->len, leaf = b->leaves->len;
    LacMeshNode node = { .n_children = split(b->items, begin, end, ends) };
    g_array_append_val(b->nodes, node);
    start_extent(extent);
    for (guint c = 0; c < node.n_children; c++) {
        guint32 from = c > 0 ? ends[c - 1] : begin;
        Extent part;
        node.child[c] = build(b, from, ends[c], &part);
        bound_child(b->leaves, &node, c, ends[c] - from, &part);
        add_extent(extent, &part);
    }
    extent->leaf = leaf;
    extent->end = b->leaves->len;
    g_array_index(b->nodes, LacMeshNode, at) = node;
    return at;
}

// A quarter of the tree.
typedef struct {
    Builder builder;
    guint32 begin, end;
    Extent extent;
} Part;

static void
build_parts(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    Part *parts = data;
    for (gsize p = begin; p < end; p++)
        build(&parts[p].builder, parts[p].begin, parts[p].end, &parts[p].extent);
}

// Moves the nodes and leaves of a part into the tree, as child of its first node.
static void
adopt(LacMeshTree *self, guint c, Part *part)
{
    guint32 n_nodes = self->nodes->len, n_leaves = self->leaves->len;
    const GArray *nodes = part->builder.nodes, *leaves = part->builder.leaves;
    for (guint i = 0; i < nodes->len; i++) {
        LacMeshNode *node = &g_array_index(nodes, LacMeshNode, i);
        for (guint k = 0; k < node->n_children; k++)
            node->child[k] += node->n[k] > 0 ? n_leaves : n_nodes;
    }
    g_array_append_vals(self->nodes, nodes->data, nodes->len);
    g_array_append_vals(self->leaves, leaves->data, leaves->len);
    part->extent.leaf += n_leaves;
    part->extent.end += n_leaves;
    LacMeshNode *root = &g_array_index(self->nodes, LacMeshNode, 0);
    root->child[c] = nodes->len > 0 ? n_nodes : n_leaves;
    bound_child(self->leaves, root, c, part->end - part->begin, &part->extent);
    for (guint d = 0; d < 3; d++) {
        double low = (double) part->extent.low[d], high = (double) part->extent.high[d];
        self->reach = fmax(self->reach, fmax(fabs(low), fabs(high)));
    }
}

static void
build_tree(LacMeshTree *self, Item *items, guint32 n)
{
    guint32 ends[WIDE];
    Part parts[WIDE] = { 0 };
    LacMeshNode root = { .n_children = split(items, 0, n, ends) };
    g_array_append_val(self->nodes, root);
    for (guint c = 0; c < root.n_children; c++) {
        Builder builder = { .mesh = self->mesh, .items = items };
        builder.nodes = g_array_new(FALSE, FALSE, sizeof(LacMeshNode));
        builder.leaves = g_array_new(FALSE, FALSE, sizeof(LacMeshLeaf));
        parts[c] = (Part){ .builder = builder, .begin = c > 0 ? ends[c - 1] : 0, .end = ends[c] };
    }
    lac_parallel_for(root.n_children, 1, build_parts, parts);
    for (guint c = 0; c < root.n_children; c++) {
        adopt(self, c, &parts[c]);
        g_array_unref(parts[c].builder.nodes);
        g_array_unref(parts[c].builder.leaves);
    }
}

typedef struct {
    const LacMesh *mesh;
    Item *items;
} FillArgs;

static void
fill_items(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const FillArgs *args = data;
    const LacMesh *mesh = args->mesh;
    for (gsize t = begin; t < end; t++) {
        Item *item = &args->items[t];
        *item = (Item){ .triangle = (guint32) t };
        for (gsize k = 0; k < 3; k++)
            for (gsize d = 0; d < 3; d++)
                item->centre[d] += mesh->positions[3 * (gsize) mesh->triangles[3 * t + k] + d];
    }
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
    self->nodes = g_array_new(FALSE, FALSE, sizeof(LacMeshNode));
    self->leaves = g_array_new(FALSE, FALSE, sizeof(LacMeshLeaf));
    if (mesh->n_triangles == 0)
        return self;
    g_autofree Item *items = g_new(Item, mesh->n_triangles);
    FillArgs args = { mesh, items };
    lac_parallel_for(mesh->n_triangles, 8192, fill_items, &args);
    build_tree(self, items, (guint32) mesh->n_triangles);
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
    g_array_unref(self->nodes);
    g_array_unref(self->leaves);
    g_free(self);
}
