// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/mesh-set.h"

#include "ui/render/mesh-pick.h"

#include <math.h>
#include <string.h>

#define COARSE_EDGE 1.6 // [Å] of a cell whose vertices become one in a quick picture

static int
compare_sources(gconstpointer a, gconstpointer b)
{
    const LacMeshSource *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->tag > y->tag) - (x->tag < y->tag);
}

static void
get_color(const LacMeshSource *source, gsize i, guint8 color[4])
{
    float rgb[3] = { source->color[0], source->color[1], source->color[2] };
    const float *values = source->mesh->values;
    if (source->colors != NULL) {
        memcpy(color, source->colors + 3 * i, 3);
        color[3] = 255;
        return;
    }
    if (source->by_value && values != NULL) {
        double width = source->hi - source->lo, v = (double) values[i];
        if (isnan(v))
            rgb[0] = rgb[1] = rgb[2] = 0.5f;
        else
            lac_colormap_lookup(source->colormap,
                width != 0.0 ? CLAMP((v - source->lo) / width, 0.0, 1.0) : 0.5, rgb);
    }
    for (int c = 0; c < 3; c++)
        color[c] = (guint8) lrintf(255.0f * CLAMP(rgb[c], 0.0f, 1.0f));
    color[3] = 255;
}

static void
get_back(const LacMeshSource *source, guint8 back[4])
{
    for (int c = 0; c < 3; c++)
        back[c] = (guint8) lrintf(255.0f * CLAMP(source->back[c], 0.0f, 1.0f));
    back[3] = source->has_back ? 255 : 0;
}

static void
grow_box(LacBox *box, const float p[3])
{
    double *low[3] = { &box->min.x, &box->min.y, &box->min.z };
    double *high[3] = { &box->max.x, &box->max.y, &box->max.z };
    for (int i = 0; i < 3; i++) {
        *low[i] = MIN(*low[i], (double) p[i]);
        *high[i] = MAX(*high[i], (double) p[i]);
    }
}

static void
add_vertices(LacMeshSet *self, const LacMeshSource *source)
{
    const LacMesh *mesh = source->mesh;
    for (gsize i = 0; i < mesh->n_vertices; i++) {
        LacMeshVertex *v = &self->vertices[self->n_vertices++];
        *v = (LacMeshVertex){ 0 };
        memcpy(v->position, mesh->positions + 3 * i, sizeof v->position);
        for (int c = 0; c < 3; c++)
            v->normal[c] =
                (gint8) lrintf(127.0f * CLAMP(mesh->normals[3 * i + (gsize) c], -1.0f, 1.0f));
        get_color(source, i, v->color);
        get_back(source, v->back);
        grow_box(&self->box, v->position);
    }
}

// The cell that a vertex lies in, as one number.
static guint64
get_cell(const LacMeshVertex *v)
{
    guint64 cell = 0;
    for (int c = 0; c < 3; c++) {
        double at = floor((double) v->position[c] / COARSE_EDGE) + (1 << 20);
        cell = cell << 21 | (guint64) CLAMP(at, 0.0, (double) ((1 << 21) - 1));
    }
    return cell;
}

// Triangles between cells: all vertices of a cell are drawn where its first one is.
static void
add_coarse(LacMeshSet *self, const LacMeshPart *part, gsize first_vertex)
{
    gsize n = self->n_vertices - first_vertex;
    g_autofree guint32 *first = g_new(guint32, n);
    g_autofree guint64 *cells = g_new(guint64, n);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (gsize i = 0; i < n; i++) {
        gpointer found;
        cells[i] = get_cell(&self->vertices[first_vertex + i]);
        if (!g_hash_table_lookup_extended(seen, &cells[i], NULL, &found)) {
            found = GSIZE_TO_POINTER(first_vertex + i);
            g_hash_table_insert(seen, &cells[i], found);
        }
        first[i] = (guint32) GPOINTER_TO_SIZE(found);
    }
    for (gsize k = part->first; k < part->first + part->n; k++) {
        guint32 t[3];
        for (int c = 0; c < 3; c++)
            t[c] = first[self->triangles[3 * k + (gsize) c] - first_vertex];
        if (t[0] != t[1] && t[1] != t[2] && t[2] != t[0])
            memcpy(self->coarse + 3 * self->n_coarse++, t, sizeof t);
    }
}

static void
clear_word(gpointer data)
{
    LacMeshWord *word = data;
    g_free(word->word);
}

static void
add_part(LacMeshSet *self, const LacMeshSource *source)
{
    const LacMesh *mesh = source->mesh;
    gsize first_vertex = self->n_vertices;
    LacMeshPart *part = &self->parts[self->n_parts++];
    *part = (LacMeshPart){ .group = source->group,
        .tag = source->tag,
        .first = self->n_triangles,
        .n = mesh->n_triangles,
        .coarse_first = self->n_coarse };
    if (source->colors != NULL || source->by_value)
        self->ranges[source->group] = (LacMeshRange){ source->colormap, source->lo, source->hi };
    add_vertices(self, source);
    for (gsize k = 0; k < 3 * mesh->n_triangles; k++)
        self->triangles[3 * self->n_triangles + k] = (guint32) first_vertex + mesh->triangles[k];
    self->n_triangles += mesh->n_triangles;
    add_coarse(self, part, first_vertex);
    part->n_coarse = self->n_coarse - part->coarse_first;
}

/**
 * lac_mesh_set_new:
 * @sources: (array length=n): surfaces; those of more than 2^32 vertices together are left out
 * @n: their number
 * @progress: (nullable): to cancel
 * @error: return location for a #GError
 *
 * Makes what is drawn and picked of surfaces, with fewer triangles beside for quick pictures.
 *
 * Returns: (transfer full): the set, or %NULL with @error set when cancelled; any thread
 */
LacMeshSet *
lac_mesh_set_new(const LacMeshSource *sources, gsize n, LacProgress *progress, GError **error)
{
    g_autoptr(LacMeshSet) self = g_new0(LacMeshSet, 1);
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(LacMeshSource));
    gsize n_vertices = 0, n_triangles = 0;
    g_atomic_ref_count_init(&self->ref_count);
    self->words = g_array_new(FALSE, FALSE, sizeof(LacMeshWord));
    g_array_set_clear_func(self->words, clear_word);
    self->box = (LacBox){ { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE },
        { -G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE } };
    for (gsize i = 0; i < n; i++) {
        const LacMesh *mesh = sources[i].mesh;
        g_return_val_if_fail(sources[i].group < LAC_MESH_MAX_GROUPS, NULL);
        if (mesh->n_vertices >= G_MAXUINT32 - n_vertices ||
            mesh->n_triangles >= G_MAXUINT32 - n_triangles)
            continue;
        n_vertices += mesh->n_vertices;
        n_triangles += mesh->n_triangles;
        g_array_append_val(sorted, sources[i]);
    }
    g_array_sort(sorted, compare_sources);
    self->vertices = g_new(LacMeshVertex, MAX(n_vertices, 1));
    self->triangles = g_new(guint32, MAX(3 * n_triangles, 1));
    self->coarse = g_new(guint32, MAX(3 * n_triangles, 1));
    self->parts = g_new(LacMeshPart, MAX(sorted->len, 1));
    for (guint i = 0; i < sorted->len; i++) {
        add_part(self, &g_array_index(sorted, LacMeshSource, i));
        if (!lac_progress_update(progress, 0.5 * (i + 1.0) / sorted->len, error))
            return NULL;
    }
    if (!lac_mesh_set_build_tree(self, progress, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_mesh_set_add_word:
 * @self: a set that nobody else knows yet
 * @group: of surfaces
 * @word: what it is
 * @color: (array fixed-size=3): sRGB, of its surfaces
 */
void
lac_mesh_set_add_word(LacMeshSet *self, guint group, const char *word, const float color[3])
{
    LacMeshWord entry = { .group = group, .word = g_strdup(word) };
    for (int c = 0; c < 3; c++)
        entry.color[c] = color[c];
    g_array_append_val(self->words, entry);
}

/**
 * lac_mesh_set_ref:
 * @self: a set
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacMeshSet *
lac_mesh_set_ref(LacMeshSet *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_mesh_set_unref:
 * @self: (nullable) (transfer full): a set; any thread
 */
void
lac_mesh_set_unref(LacMeshSet *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->vertices);
    g_free(self->triangles);
    g_free(self->coarse);
    g_free(self->parts);
    g_free(self->nodes);
    g_free(self->order);
    g_array_unref(self->words);
    g_free(self);
}
