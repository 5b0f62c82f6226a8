// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/mesh-pick.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAF      8 // triangles
#define MAX_DEPTH 64

typedef struct {
    guint64 code; // place along a space-filling curve
    guint32 triangle;
} Key;

// Puts two zeros behind each of 21 bits.
static guint64
spread(guint64 x)
{
    x &= 0x1fffff;
    x = (x | x << 32) & 0x1f00000000ffffULL;
    x = (x | x << 16) & 0x1f0000ff0000ffULL;
    x = (x | x << 8) & 0x100f00f00f00f00fULL;
    x = (x | x << 4) & 0x10c30c30c30c30c3ULL;
    return (x | x << 2) & 0x1249249249249249ULL;
}

static int
compare_keys(const void *a, const void *b)
{
    const Key *x = a, *y = b;
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return (x->triangle > y->triangle) - (x->triangle < y->triangle);
}

static guint64
get_code(const LacMeshSet *set, gsize k)
{
    const double low[3] = { set->box.min.x, set->box.min.y, set->box.min.z };
    const double high[3] = { set->box.max.x, set->box.max.y, set->box.max.z };
    guint64 code = 0;
    for (int c = 0; c < 3; c++) {
        double sum = 0.0, width = MAX(high[c] - low[c], 1e-9);
        for (int i = 0; i < 3; i++)
            sum += (double) set->vertices[set->triangles[3 * k + (gsize) i]].position[c];
        double at = CLAMP((sum / 3.0 - low[c]) / width, 0.0, 1.0);
        code |= spread((guint64) (at * 2097151.0)) << c;
    }
    return code;
}

static void
grow_node(const LacMeshSet *set, LacMeshNode *node, guint32 triangle)
{
    for (int i = 0; i < 3; i++) {
        const float *p = set->vertices[set->triangles[3 * (gsize) triangle + (gsize) i]].position;
        for (int c = 0; c < 3; c++) {
            node->min[c] = MIN(node->min[c], p[c]);
            node->max[c] = MAX(node->max[c], p[c]);
        }
    }
}

// Returns the number of the node over places @first to @first + @n of the order.
static guint32
add_node(LacMeshSet *set, guint32 *n_nodes, guint32 first, guint32 n)
{
    guint32 number = (*n_nodes)++;
    LacMeshNode *node = &set->nodes[number];
    *node = (LacMeshNode){ .min = { G_MAXFLOAT, G_MAXFLOAT, G_MAXFLOAT },
        .max = { -G_MAXFLOAT, -G_MAXFLOAT, -G_MAXFLOAT },
        .first = first,
        .n = n };
    if (n <= LEAF) {
        for (guint32 i = first; i < first + n; i++)
            grow_node(set, node, set->order[i]);
        return number;
    }
    add_node(set, n_nodes, first, n / 2);
    node->second = add_node(set, n_nodes, first + n / 2, n - n / 2);
    for (int c = 0; c < 3; c++) {
        node->min[c] = MIN(set->nodes[number + 1].min[c], set->nodes[node->second].min[c]);
        node->max[c] = MAX(set->nodes[number + 1].max[c], set->nodes[node->second].max[c]);
    }
    return number;
}

/**
 * lac_mesh_set_build_tree:
 * @set: a set with its triangles, without its tree
 * @progress: (nullable): to cancel
 * @error: return location for a #GError
 *
 * Orders the triangles along a space-filling curve and halves that order down to a few triangles.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_mesh_set_build_tree(LacMeshSet *set, LacProgress *progress, GError **error)
{
    gsize n = set->n_triangles;
    g_autofree Key *keys = g_new(Key, MAX(n, 1));
    for (gsize k = 0; k < n; k++)
        keys[k] = (Key){ get_code(set, k), (guint32) k };
    if (!lac_progress_update(progress, 0.6, error))
        return FALSE;
    qsort(keys, n, sizeof *keys, compare_keys);
    if (!lac_progress_update(progress, 0.9, error))
        return FALSE;
    set->order = g_new(guint32, MAX(n, 1));
    for (gsize k = 0; k < n; k++)
        set->order[k] = keys[k].triangle;
    set->nodes = g_new(LacMeshNode, 2 * (n / (LEAF / 2) + 2));
    guint32 n_nodes = 0;
    if (n > 0)
        add_node(set, &n_nodes, 0, (guint32) n);
    return TRUE;
}

// ---- Rays ----

static gboolean
meets_box(const LacMeshNode *node, const LacRay *ray)
{
    const double o[3] = { ray->origin.x, ray->origin.y, ray->origin.z };
    const double d[3] = { ray->direction.x, ray->direction.y, ray->direction.z };
    double begin = -G_MAXDOUBLE, end = G_MAXDOUBLE;
    for (int c = 0; c < 3; c++) {
        double low = (double) node->min[c] - 1e-4, high = (double) node->max[c] + 1e-4;
        if (fabs(d[c]) < 1e-12) {
            if (o[c] < low || o[c] > high)
                return FALSE;
            continue;
        }
        double a = (low - o[c]) / d[c], b = (high - o[c]) / d[c];
        begin = MAX(begin, MIN(a, b));
        end = MIN(end, MAX(a, b));
    }
    return begin <= end;
}

static LacVec3
get_corner(const LacMeshSet *set, gsize triangle, int i)
{
    const float *p = set->vertices[set->triangles[3 * triangle + (gsize) i]].position;
    return (LacVec3){ (double) p[0], (double) p[1], (double) p[2] };
}

static LacVec3
subtract(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.x - b.x, a.y - b.y, a.z - b.z };
}

static LacVec3
cross(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

static double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

// Möller and Trumbore, doi:10.1080/10867651.1997.10487468.
static gboolean
meets_triangle(const LacMeshSet *set, gsize triangle, const LacRay *ray, double *distance)
{
    LacVec3 a = get_corner(set, triangle, 0);
    LacVec3 u = subtract(get_corner(set, triangle, 1), a);
    LacVec3 v = subtract(get_corner(set, triangle, 2), a);
    LacVec3 p = cross(ray->direction, v);
    double determinant = dot(u, p);
    if (fabs(determinant) < 1e-14)
        return FALSE;
    LacVec3 from = subtract(ray->origin, a);
    double s = dot(from, p) / determinant;
    if (s < 0.0 || s > 1.0)
        return FALSE;
    LacVec3 q = cross(from, u);
    double t = dot(ray->direction, q) / determinant;
    if (t < 0.0 || s + t > 1.0)
        return FALSE;
    *distance = dot(v, q) / determinant;
    return TRUE;
}

static const LacMeshPart *
find_part(const LacMeshSet *set, gsize triangle)
{
    gsize low = 0, high = set->n_parts;
    while (high - low > 1) {
        gsize middle = (low + high) / 2;
        if (set->parts[middle].first <= triangle)
            low = middle;
        else
            high = middle;
    }
    return &set->parts[low];
}

static int
compare_hits(gconstpointer a, gconstpointer b)
{
    const LacMeshHit *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->triangle > y->triangle) - (x->triangle < y->triangle);
}

/**
 * lac_mesh_set_find_hits:
 * @self: a set
 * @ray: a ray
 * @hits: (element-type LacMeshHit): receives each triangle on the line of the ray, nearest first;
 *     also those behind its origin, at negative distances
 */
void
lac_mesh_set_find_hits(const LacMeshSet *self, const LacRay *ray, GArray *hits)
{
    guint32 stack[MAX_DEPTH];
    guint n = 0;
    if (self->n_triangles > 0)
        stack[n++] = 0;
    while (n > 0) {
        guint32 number = stack[--n];
        const LacMeshNode *node = &self->nodes[number];
        if (!meets_box(node, ray))
            continue;
        if (node->second != 0) {
            stack[n++] = node->second;
            stack[n++] = number + 1;
            continue;
        }
        for (guint32 i = node->first; i < node->first + node->n; i++) {
            LacMeshHit hit = { .triangle = self->order[i] };
            if (!meets_triangle(self, hit.triangle, ray, &hit.distance))
                continue;
            const LacMeshPart *part = find_part(self, hit.triangle);
            hit.group = part->group;
            hit.tag = part->tag;
            hit.local = hit.triangle - part->first;
            g_array_append_val(hits, hit);
        }
    }
    g_array_sort(hits, compare_hits);
}
