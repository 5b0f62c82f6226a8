// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/mesh.h"

#include <math.h>
#include <string.h>

// Grows while triangles are cut.
typedef struct {
    const LacMesh *mesh;
    const float *side;
    GArray *sources;     // of Source, one per new vertex
    guint32 *kept;       // of each old vertex: its new index, or G_MAXUINT32
    GHashTable *on_edge; // guint64 of both ends -> new index + 1
    GArray *triangles;   // guint32
} Cut;

// A new vertex lies between two old ones.
typedef struct {
    guint32 from, to;
    float t; // 0 at from
} Source;

static guint32
keep_vertex(Cut *cut, guint32 vertex)
{
    if (cut->kept[vertex] == G_MAXUINT32) {
        Source source = { .from = vertex, .to = vertex };
        cut->kept[vertex] = cut->sources->len;
        g_array_append_val(cut->sources, source);
    }
    return cut->kept[vertex];
}

static guint32
cut_edge(Cut *cut, guint32 a, guint32 b)
{
    guint32 low = MIN(a, b), high = MAX(a, b);
    guint64 key = (guint64) low << 32 | high;
    gpointer found = g_hash_table_lookup(cut->on_edge, &key);
    if (found != NULL)
        return GPOINTER_TO_UINT(found) - 1;
    Source source = { .from = low, .to = high };
    source.t = cut->side[low] / (cut->side[low] - cut->side[high]);
    g_array_append_val(cut->sources, source);
    g_hash_table_insert(cut->on_edge, g_memdup2(&key, sizeof key),
        GUINT_TO_POINTER(cut->sources->len));
    return cut->sources->len - 1;
}

static void
put(Cut *cut, guint32 a, guint32 b, guint32 c)
{
    const guint32 corners[3] = { a, b, c };
    g_array_append_vals(cut->triangles, corners, 3);
}

static void
cut_triangle(Cut *cut, const guint32 corners[3])
{
    guint n_in = 0, odd = 0;
    for (guint k = 0; k < 3; k++)
        n_in += cut->side[corners[k]] > 0 ? 1 : 0;
    if (n_in == 0)
        return;
    if (n_in == 3) {
        put(cut, keep_vertex(cut, corners[0]), keep_vertex(cut, corners[1]),
            keep_vertex(cut, corners[2]));
        return;
    }
    // The corner that is alone on its side comes first.
    for (guint k = 0; k < 3; k++)
        if ((cut->side[corners[k]] > 0) == (n_in == 1))
            odd = k;
    guint32 a = corners[odd], b = corners[(odd + 1) % 3], c = corners[(odd + 2) % 3];
    guint32 ab = cut_edge(cut, a, b), ac = cut_edge(cut, a, c);
    if (n_in == 1) {
        put(cut, keep_vertex(cut, a), ab, ac);
        return;
    }
    guint32 new_b = keep_vertex(cut, b), new_c = keep_vertex(cut, c);
    put(cut, ab, new_b, new_c);
    put(cut, ab, new_c, ac);
}

static void
fill_vertices(const Cut *cut, LacMesh *mesh)
{
    const LacMesh *old = cut->mesh;
    for (gsize i = 0; i < mesh->n_vertices; i++) {
        const Source *s = &g_array_index(cut->sources, Source, i);
        float length = 0;
        for (gsize d = 0; d < 3; d++) {
            const float *p = old->positions + d, *n = old->normals + d;
            gsize from = 3 * (gsize) s->from, to = 3 * (gsize) s->to;
            mesh->positions[3 * i + d] = p[from] + s->t * (p[to] - p[from]);
            mesh->normals[3 * i + d] = n[from] + s->t * (n[to] - n[from]);
            length += mesh->normals[3 * i + d] * mesh->normals[3 * i + d];
        }
        for (gsize d = 0; d < 3 && length > 0; d++)
            mesh->normals[3 * i + d] /= sqrtf(length);
        if (old->values != NULL)
            mesh->values[i] =
                old->values[s->from] + s->t * (old->values[s->to] - old->values[s->from]);
    }
}

/**
 * lac_mesh_cut:
 * @self: a mesh
 * @side: (array length=n_vertices): finite numbers, such as distances to another surface
 * @error: return location for a #GError
 *
 * Cuts triangles along the line where @side is 0 between its values at vertices.
 *
 * Returns: (transfer full): the part where @side is above 0, possibly nothing; or %NULL with @error
 *   set if memory is short
 */
LacMesh *
lac_mesh_cut(const LacMesh *self, const float *side, GError **error)
{
    g_autofree guint32 *kept = g_new(guint32, self->n_vertices + 1);
    for (gsize i = 0; i < self->n_vertices; i++)
        kept[i] = G_MAXUINT32;
    g_autoptr(GArray) sources = g_array_new(FALSE, TRUE, sizeof(Source));
    g_autoptr(GArray) triangles = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GHashTable) on_edge =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Cut cut = { .mesh = self,
        .side = side,
        .sources = sources,
        .kept = kept,
        .on_edge = on_edge,
        .triangles = triangles };
    for (gsize t = 0; t < self->n_triangles; t++)
        cut_triangle(&cut, self->triangles + 3 * t);
    LacMesh *mesh = lac_mesh_new(sources->len, triangles->len / 3, self->values != NULL, error);
    if (mesh == NULL)
        return NULL;
    fill_vertices(&cut, mesh);
    if (triangles->len > 0)
        memcpy(mesh->triangles, triangles->data, triangles->len * sizeof(guint32));
    return mesh;
}
