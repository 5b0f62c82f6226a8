// SPDX-License-Identifier: GPL-3.0-or-later
// Facets: flat pieces of a surface, grown triangle by triangle.
#include "core/analysis/surface-private.h"
#include "core/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_RECENT       60  // triangles whose median tells where the plane lies
#define INDEX_PENALTY  1.5 // [degrees] per unit of h + k + l
#define LARGEST_INDEX  3
#define N_FEWEST_EDGES 3

typedef struct {
    LacSurface *surface;
    LacVec3 *normals; // of triangles
    LacVec3 *centres; // [Å]
    double *areas;    // [Å^2]
    gsize *begin;     // of each triangle: its neighbours in next; one more at the end
    guint32 *next;
    guint32 *seen; // the last facet that looked at a triangle, counted from 1
} Growth;

static void
find_triangles(Growth *g)
{
    const LacMesh *mesh = g->surface->mesh;
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        LacVec3 c[3];
        lac_mesh_get_corners(mesh, t, c);
        LacVec3 n = lac_vec3_cross(lac_vec3_subtract(c[1], c[0]), lac_vec3_subtract(c[2], c[0]));
        double length = lac_vec3_norm(n);
        g->areas[t] = 0.5 * length;
        double f = length > 0 ? 1 / length : 0;
        g->normals[t] = (LacVec3){ f * n.x, f * n.y, f * n.z };
        g->centres[t] = lac_mesh_get_middle(mesh, t);
    }
}

typedef struct {
    guint64 vertices; // both, the lower one first
    guint32 triangle;
} HalfEdge;

static int
compare_edges(gconstpointer a, gconstpointer b)
{
    const HalfEdge *x = a, *y = b;
    if (x->vertices != y->vertices)
        return x->vertices < y->vertices ? -1 : 1;
    return x->triangle < y->triangle ? -1 : x->triangle > y->triangle;
}

static HalfEdge *
sort_edges(const LacMesh *mesh)
{
    HalfEdge *edges = g_new0(HalfEdge, 3 * mesh->n_triangles);
    for (gsize t = 0; t < mesh->n_triangles; t++)
        for (gsize k = 0; k < 3; k++) {
            guint64 a = mesh->triangles[3 * t + k], b = mesh->triangles[3 * t + (k + 1) % 3];
            edges[3 * t + k].vertices = MIN(a, b) << 32 | MAX(a, b);
            edges[3 * t + k].triangle = (guint32) t;
        }
    qsort(edges, 3 * mesh->n_triangles, sizeof *edges, compare_edges);
    return edges;
}

// Where pieces of the surface touch, an edge can have four triangles.
static void
find_neighbours(Growth *g)
{
    const LacMesh *mesh = g->surface->mesh;
    gsize n = 3 * mesh->n_triangles;
    g_autofree HalfEdge *edges = sort_edges(mesh);
    for (gsize first = 0, last; first < n; first = last) {
        for (last = first; last < n && edges[last].vertices == edges[first].vertices; last++)
            ;
        for (gsize i = first; i < last; i++)
            g->begin[edges[i].triangle + 1] += last - first - 1;
    }
    for (gsize t = 0; t < mesh->n_triangles; t++)
        g->begin[t + 1] += g->begin[t];
    g->next = g_new(guint32, g->begin[mesh->n_triangles]);
    g_autofree gsize *fill = g_memdup2(g->begin, mesh->n_triangles * sizeof *fill);
    for (gsize first = 0, last; first < n; first = last) {
        for (last = first; last < n && edges[last].vertices == edges[first].vertices; last++)
            ;
        for (gsize i = first; i < last; i++)
            for (gsize j = first; j < last; j++)
                if (j != i)
                    g->next[fill[edges[i].triangle]++] = edges[j].triangle;
    }
}

typedef struct {
    double flatness;
    guint32 triangle;
} Seed;

static int
compare_seeds(gconstpointer a, gconstpointer b)
{
    const Seed *x = a, *y = b;
    if (x->flatness != y->flatness)
        return x->flatness > y->flatness ? -1 : 1;
    return x->triangle < y->triangle ? -1 : x->triangle > y->triangle;
}

static Seed *
sort_seeds(const Growth *g)
{
    gsize n = g->surface->mesh->n_triangles;
    Seed *seeds = g_new0(Seed, n);
    for (gsize t = 0; t < n; t++) {
        double sum = 0;
        for (gsize i = g->begin[t]; i < g->begin[t + 1]; i++)
            sum += lac_vec3_dot(g->normals[t], g->normals[g->next[i]]);
        gsize n_next = g->begin[t + 1] - g->begin[t];
        seeds[t].flatness = n_next > 0 ? sum / (double) n_next : -1;
        seeds[t].triangle = (guint32) t;
    }
    qsort(seeds, n, sizeof *seeds, compare_seeds);
    return seeds;
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

// Where the plane lies along its normal: the median over the last triangles that joined.
static double
find_offset(const Growth *g, const GArray *members, LacVec3 normal)
{
    double along[N_RECENT];
    guint n = MIN(members->len, N_RECENT);
    for (guint i = 0; i < n; i++) {
        guint32 t = g_array_index(members, guint32, members->len - 1 - i);
        along[i] = lac_vec3_dot(g->centres[t], normal);
    }
    qsort(along, n, sizeof *along, compare_doubles);
    return n % 2 == 1 ? along[n / 2] : 0.5 * (along[n / 2 - 1] + along[n / 2]);
}

static LacVec3
normalise(LacVec3 v)
{
    double length = lac_vec3_norm(v);
    return length > 0 ? (LacVec3){ v.x / length, v.y / length, v.z / length } : v;
}

// Lets a facet grow from a seed; members receives its triangles.
static LacFacet
grow(const Growth *g, guint32 seed, guint32 mark, GArray *members)
{
    const LacSurfaceParams *params = &g->surface->params;
    double least = cos(params->facet_angle * G_PI / 180);
    g_array_set_size(members, 0);
    g_array_append_val(members, seed);
    g->seen[seed] = mark;
    LacVec3 sum = { 0, 0, 0 };
    sum = lac_vec3_add_scaled(sum, g->areas[seed], g->normals[seed]);
    for (guint i = 0; i < members->len; i++) {
        guint32 t = g_array_index(members, guint32, i);
        for (gsize k = g->begin[t]; k < g->begin[t + 1]; k++) {
            guint32 next = g->next[k];
            if (g->seen[next] == mark || g->surface->facet_of[next] != LAC_SURFACE_NO_FACET)
                continue;
            LacVec3 normal = normalise(sum);
            double offset = find_offset(g, members, normal);
            double away = lac_vec3_dot(g->centres[next], normal) - offset;
            if (lac_vec3_dot(g->normals[next], normal) <= least ||
                fabs(away) >= params->facet_offset)
                continue;
            g->seen[next] = mark;
            g_array_append_val(members, next);
            sum = lac_vec3_add_scaled(sum, g->areas[next], g->normals[next]);
        }
    }
    LacFacet facet = { .normal = normalise(sum),
        .n_triangles = members->len,
        .grain = G_MAXUINT32 };
    LacVec3 moment = { 0, 0, 0 };
    for (guint i = 0; i < members->len; i++) {
        guint32 t = g_array_index(members, guint32, i);
        facet.area += g->areas[t];
        moment = lac_vec3_add_scaled(moment, g->areas[t], g->centres[t]);
    }
    if (facet.area > 0)
        facet.centre =
            (LacVec3){ moment.x / facet.area, moment.y / facet.area, moment.z / facet.area };
    return facet;
}

static guint32
find_grain(const LacSurface *self, const LacSurfaceGrains *grains, const GArray *members)
{
    g_autofree gsize *votes = g_new0(gsize, grains->n);
    guint32 best = G_MAXUINT32;
    for (guint i = 0; i < members->len; i++)
        for (gsize k = 0; k < 3; k++) {
            gsize t = g_array_index(members, guint32, i);
            guint32 grain = grains->grain[self->vertex_points[self->mesh->triangles[3 * t + k]]];
            if (grain >= grains->n)
                continue;
            votes[grain]++;
            if (best == G_MAXUINT32 || votes[grain] > votes[best])
                best = grain;
        }
    return best;
}

static int
compare_descending(gconstpointer a, gconstpointer b)
{
    return -compare_doubles(a, b);
}

// Of the families {hkl} with small indices, the nearest, where larger indices must be nearer.
static void
name_facet(LacFacet *facet, const LacMat3 *orientation)
{
    LacMat3 back = lac_mat3_transpose(orientation);
    LacVec3 n = lac_mat3_apply(&back, facet->normal);
    double v[3] = { fabs(n.x), fabs(n.y), fabs(n.z) }, best = HUGE_VAL;
    qsort(v, 3, sizeof *v, compare_descending);
    for (guint h = 1; h <= LARGEST_INDEX; h++)
        for (guint k = 0; k <= h; k++)
            for (guint l = 0; l <= k; l++) {
                gboolean is_multiple = FALSE;
                for (guint d = 2; d <= LARGEST_INDEX; d++)
                    is_multiple |= h % d == 0 && k % d == 0 && l % d == 0;
                if (is_multiple)
                    continue;
                double length = sqrt((double) (h * h + k * k + l * l));
                double cosine = (h * v[0] + k * v[1] + l * v[2]) / length;
                double off = acos(CLAMP(cosine, -1.0, 1.0)) * 180 / G_PI;
                double cost = off + INDEX_PENALTY * (h + k + l);
                if (cost >= best)
                    continue;
                best = cost;
                facet->indices[0] = (guint8) h;
                facet->indices[1] = (guint8) k;
                facet->indices[2] = (guint8) l;
                facet->off_deg = off;
            }
}

typedef struct {
    LacFacet facet;
    guint32 number; // in the order of finding
} Found;

static int
compare_found(gconstpointer a, gconstpointer b)
{
    const Found *x = a, *y = b;
    if (x->facet.area != y->facet.area)
        return x->facet.area > y->facet.area ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void
sort_facets(LacSurface *self, GArray *found)
{
    g_autofree guint32 *place = g_new(guint32, found->len + 1);
    g_array_sort(found, compare_found);
    self->n_facets = found->len;
    self->facets = g_new0(LacFacet, found->len);
    for (guint i = 0; i < found->len; i++) {
        const Found *f = &g_array_index(found, Found, i);
        self->facets[i] = f->facet;
        self->facet_area += f->facet.area;
        place[f->number] = i;
    }
    for (gsize t = 0; t < self->mesh->n_triangles; t++)
        if (self->facet_of[t] != LAC_SURFACE_NO_FACET)
            self->facet_of[t] = place[self->facet_of[t]];
}

static gboolean
grow_all(Growth *g, const LacSurfaceGrains *grains, LacProgress *progress, GError **error)
{
    LacSurface *self = g->surface;
    gsize n = self->mesh->n_triangles;
    g_autofree Seed *seeds = sort_seeds(g);
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(Found));
    for (gsize i = 0; i < n; i++) {
        if (i % 256 == 0 &&
            !lac_progress_update(progress, 0.6 + 0.4 * (double) i / (double) n, error))
            return FALSE;
        guint32 seed = seeds[i].triangle;
        if (self->facet_of[seed] != LAC_SURFACE_NO_FACET)
            continue;
        Found one = { .facet = grow(g, seed, (guint32) i + 1, members), .number = found->len };
        if (one.facet.area < self->params.facet_area || members->len < N_FEWEST_EDGES)
            continue;
        if (grains != NULL)
            one.facet.grain = find_grain(self, grains, members);
        if (one.facet.grain != G_MAXUINT32)
            name_facet(&one.facet, &grains->orientations[one.facet.grain]);
        for (guint k = 0; k < members->len; k++)
            self->facet_of[g_array_index(members, guint32, k)] = one.number;
        g_array_append_val(found, one);
    }
    sort_facets(self, found);
    return TRUE;
}

/**
 * lac_surface_find_facets:
 * @self: (inout): a surface whose mesh is there; receives its facets
 * @grains: (nullable): orientations, to name facets
 * @progress: (nullable): told how far it is, from 0.6 on
 * @error: return location for a #GError
 *
 * A triangle joins a facet next to it when its normal is within an angle of the facet's, averaged
 * over area, and its centre near the facet's plane. Growth starts at the flattest places.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_surface_find_facets(LacSurface *self, const LacSurfaceGrains *grains, LacProgress *progress,
    GError **error)
{
    gsize n = self->mesh->n_triangles;
    g_autofree LacVec3 *normals = g_new(LacVec3, n);
    g_autofree LacVec3 *centres = g_new(LacVec3, n);
    g_autofree double *areas = g_new(double, n);
    g_autofree gsize *begin = g_new0(gsize, n + 1);
    g_autofree guint32 *seen = g_new0(guint32, n);
    Growth g = { .surface = self,
        .normals = normals,
        .centres = centres,
        .areas = areas,
        .begin = begin,
        .seen = seen };
    self->facet_of = g_new(guint32, n);
    for (gsize t = 0; t < n; t++)
        self->facet_of[t] = LAC_SURFACE_NO_FACET;
    find_triangles(&g);
    find_neighbours(&g);
    gboolean ok = grow_all(&g, grains, progress, error);
    g_free(g.next);
    return ok;
}
