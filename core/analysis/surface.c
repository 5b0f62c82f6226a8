// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/sets.h"
#include "core/analysis/surface-private.h"
#include "core/array.h"
#include "core/error.h"
#include "core/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
    CELL_SOLID,
    CELL_CAVITY,
    CELL_OUTSIDE,
} CellSide;

// What is there while a surface is made.
typedef struct {
    const LacPoints *points;
    const LacDelaunay *delaunay;
    guint8 *side; // CellSide of each tetrahedron
} Shape;

/**
 * lac_surface_params_init:
 * @self: (out caller-allocates): receives the defaults
 */
void
lac_surface_params_init(LacSurfaceParams *self)
{
    *self = (LacSurfaceParams){
        .alpha = 1.25,
        .delta = 0.36,
        .facet_angle = 20.0,
        .facet_offset = 0.9,
        .facet_area = 30.0,
    };
}

static gboolean
check_params(const LacSurfaceParams *params, GError **error)
{
    const struct {
        const char *name, *unit;
        double value, min, max;
    } ranges[] = {
        { "alpha of the surface", " d_NN", params->alpha, 0.6, 100.0 },
        { "surface allowance", " d_NN", params->delta, 0.0, 0.7 },
        { "angle of facets", "°", params->facet_angle, 1.0, 60.0 },
        { "offset of facets", " Å", params->facet_offset, 0.01, 10.0 },
        { "area of facets", " Å²", params->facet_area, 0.0, 1e6 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (!(ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The %s is %g%s; it can be %g to %g",
                ranges[i].name, ranges[i].value, ranges[i].unit, ranges[i].min, ranges[i].max);
            return FALSE;
        }
    return TRUE;
}

// What is not solid and hangs together with the open belongs to it.
static void
flood_outside(const Shape *shape)
{
    const LacDelaunay *cells = shape->delaunay;
    g_autofree guint32 *stack = g_new(guint32, cells->n);
    gsize n = 0;
    for (gsize t = 0; t < cells->n; t++) {
        gboolean at_hull = FALSE;
        for (guint k = 0; k < 4; k++)
            at_hull |= cells->neighbours[t][k] == LAC_DELAUNAY_OUTSIDE;
        if (at_hull && shape->side[t] == CELL_CAVITY) {
            shape->side[t] = CELL_OUTSIDE;
            stack[n++] = (guint32) t;
        }
    }
    while (n > 0) {
        guint32 t = stack[--n];
        for (guint k = 0; k < 4; k++) {
            guint32 next = cells->neighbours[t][k];
            if (next != LAC_DELAUNAY_OUTSIDE && shape->side[next] == CELL_CAVITY) {
                shape->side[next] = CELL_OUTSIDE;
                stack[n++] = next;
            }
        }
    }
}

static CellSide
side_across(const Shape *shape, gsize t, guint k)
{
    guint32 next = shape->delaunay->neighbours[t][k];
    return next == LAC_DELAUNAY_OUTSIDE ? CELL_OUTSIDE : (CellSide) shape->side[next];
}

// Adds up volumes and areas, marks atoms; returns the number of triangles.
static gsize
measure(LacSurface *self, const Shape *shape)
{
    const LacDelaunay *cells = shape->delaunay;
    gsize n_triangles = 0;
    for (gsize t = 0; t < cells->n; t++) {
        self->hull_volume += cells->volumes[t];
        if (shape->side[t] == CELL_SOLID)
            self->volume += cells->volumes[t];
        for (guint k = 0; k < 4; k++) {
            gboolean is_hull = cells->neighbours[t][k] == LAC_DELAUNAY_OUTSIDE;
            CellSide across = side_across(shape, t, k);
            gboolean is_surface = shape->side[t] == CELL_SOLID && across != CELL_SOLID;
            if (!is_hull && !is_surface)
                continue;
            double area = lac_delaunay_get_facet_area(cells, shape->points, t, k);
            self->hull_area += is_hull ? area : 0;
            if (!is_surface)
                continue;
            if (across == CELL_OUTSIDE)
                self->area += area;
            else
                self->inner_area += area;
            guint32 c[3];
            lac_delaunay_get_facet(cells, t, k, c);
            for (guint i = 0; i < 3; i++)
                self->is_surface[c[i]] = 1;
            n_triangles++;
        }
    }
    return n_triangles;
}

static void
add_normal(LacMesh *mesh, guint32 vertex, LacVec3 normal)
{
    float *to = mesh->normals + 3 * (gsize) vertex;
    to[0] += (float) normal.x;
    to[1] += (float) normal.y;
    to[2] += (float) normal.z;
}

static void
normalise_normals(LacMesh *mesh)
{
    for (gsize i = 0; i < mesh->n_vertices; i++) {
        double length = lac_vec3_norm(lac_mesh_get_normal(mesh, i));
        float *normal = mesh->normals + 3 * i;
        if (length > 0)
            for (int k = 0; k < 3; k++)
                normal[k] = (float) ((double) normal[k] / length);
        else
            normal[2] = 1;
    }
}

static gboolean
make_mesh(LacSurface *self, const Shape *shape, gsize n_triangles, GError **error)
{
    const LacDelaunay *cells = shape->delaunay;
    const LacPoints *points = shape->points;
    g_autofree guint32 *vertex = g_new(guint32, points->n);
    for (gsize i = 0; i < points->n; i++)
        if (self->is_surface[i])
            vertex[i] = (guint32) self->n_surface++;
    self->mesh = lac_mesh_new(self->n_surface, n_triangles, FALSE, error);
    if (self->mesh == NULL)
        return FALSE;
    self->vertex_points = g_new(guint32, self->n_surface);
    for (gsize i = 0; i < points->n; i++) {
        if (!self->is_surface[i])
            continue;
        float *to = self->mesh->positions + 3 * (gsize) vertex[i];
        to[0] = (float) points->x[i];
        to[1] = (float) points->y[i];
        to[2] = (float) points->z[i];
        self->vertex_points[vertex[i]] = (guint32) i;
    }
    guint32 *next = self->mesh->triangles;
    for (gsize t = 0; t < cells->n; t++)
        for (guint k = 0; k < 4; k++) {
            if (shape->side[t] != CELL_SOLID || side_across(shape, t, k) == CELL_SOLID)
                continue;
            guint32 c[3];
            lac_delaunay_get_facet(cells, t, k, c);
            for (guint i = 0; i < 3; i++)
                *next++ = vertex[c[i]];
        }
    for (gsize t = 0; t < n_triangles; t++) {
        LacVec3 c[3];
        lac_mesh_get_corners(self->mesh, t, c);
        LacVec3 normal =
            lac_vec3_cross(lac_vec3_subtract(c[1], c[0]), lac_vec3_subtract(c[2], c[0]));
        for (guint i = 0; i < 3; i++)
            add_normal(self->mesh, self->mesh->triangles[3 * t + i], normal);
    }
    normalise_normals(self->mesh);
    return TRUE;
}

static gsize
count_parts(const Shape *shape)
{
    const LacDelaunay *cells = shape->delaunay;
    g_autoptr(LacSets) sets = lac_sets_new(cells->n);
    gsize n_parts = 0;
    for (gsize t = 0; t < cells->n; t++)
        n_parts += shape->side[t] == CELL_SOLID ? 1 : 0;
    for (gsize t = 0; t < cells->n; t++)
        for (guint k = 0; k < 4; k++) {
            guint32 next = cells->neighbours[t][k];
            if (shape->side[t] == CELL_SOLID && next != LAC_DELAUNAY_OUTSIDE && next > t &&
                shape->side[next] == CELL_SOLID)
                n_parts -= lac_sets_join(sets, (guint32) t, next) ? 1 : 0;
        }
    return n_parts;
}

static int
compare_radii(gconstpointer a, gconstpointer b, gpointer data)
{
    const double *radii = data;
    guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;
    if (radii[i] != radii[j])
        return radii[i] < radii[j] ? -1 : 1;
    return i < j ? -1 : i > j;
}

// Adds cells from small to large until every atom is a corner of one and all hang together.
static double
find_critical_alpha(const Shape *shape)
{
    const LacDelaunay *cells = shape->delaunay;
    g_autofree guint32 *order = g_new(guint32, cells->n);
    for (gsize t = 0; t < cells->n; t++)
        order[t] = (guint32) t;
    g_qsort_with_data(order, (int) cells->n, sizeof *order, compare_radii, cells->radii);
    g_autoptr(LacSets) sets = lac_sets_new(cells->n);
    g_autofree guint8 *is_in = g_new0(guint8, cells->n);
    g_autofree guint8 *is_covered = g_new0(guint8, shape->points->n);
    gsize n_parts = 0, n_covered = 0;
    for (gsize i = 0; i < cells->n; i++) {
        guint32 t = order[i];
        is_in[t] = 1;
        n_parts++;
        for (guint k = 0; k < 4; k++) {
            guint32 next = cells->neighbours[t][k], corner = cells->corners[t][k];
            if (next != LAC_DELAUNAY_OUTSIDE && is_in[next])
                n_parts -= lac_sets_join(sets, t, next) ? 1 : 0;
            n_covered += is_covered[corner] ? 0 : 1;
            is_covered[corner] = 1;
        }
        // Cells of one radius come together.
        gboolean is_last = i + 1 == cells->n || cells->radii[order[i + 1]] > cells->radii[t];
        if (is_last && n_parts == 1 && n_covered == shape->points->n)
            return cells->radii[t];
    }
    return HUGE_VAL;
}

/**
 * lac_surface_new:
 * @points: the atoms
 * @delaunay: the cells between them
 * @grains: (nullable): orientations, to name facets
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Takes the cells whose sphere is smaller than alpha for the particle (an alpha shape,
 * H. Edelsbrunner, E. P. Mücke, doi:10.1145/174462.156635); its boundary is the surface. Flat
 * pieces of the surface that grow from the flattest places are facets.
 *
 * Returns: (transfer full): the surface, or %NULL with @error set if a parameter is out of range,
 *   if no cell is smaller than alpha, or when cancelled
 */
LacSurface *
lac_surface_new(const LacPoints *points, const LacDelaunay *delaunay,
    const LacSurfaceGrains *grains, const LacSurfaceParams *params, LacProgress *progress,
    GError **error)
{
    if (!check_params(params, error))
        return NULL;
    g_autoptr(LacSurface) self = g_new0(LacSurface, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->params = *params;
    self->d_nn = points->spacing;
    self->alpha = params->alpha * self->d_nn;
    self->is_surface = g_new0(guint8, points->n);
    g_autofree guint8 *side = g_new(guint8, delaunay->n);
    Shape shape = { .points = points, .delaunay = delaunay, .side = side };
    for (gsize t = 0; t < delaunay->n; t++)
        side[t] = (guint8) (delaunay->radii[t] < self->alpha ? CELL_SOLID : CELL_CAVITY);
    flood_outside(&shape);
    gsize n_triangles = measure(self, &shape);
    if (n_triangles == 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "No four atoms lie on a sphere smaller than alpha, %.2f Å: it is too small for a surface",
            self->alpha);
        return NULL;
    }
    if (!lac_progress_update(progress, 0.3, error) || !make_mesh(self, &shape, n_triangles, error))
        return NULL;
    self->n_parts = count_parts(&shape);
    self->critical_alpha = find_critical_alpha(&shape);
    self->gibbs_volume = self->volume + params->delta * self->d_nn * self->area;
    self->solidity = self->volume / self->hull_volume;
    self->sphericity = cbrt(G_PI) * pow(6 * self->volume, 2.0 / 3) / self->area;
    if (!lac_progress_update(progress, 0.6, error) ||
        !lac_surface_find_facets(self, grains, progress, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_surface_ref:
 * @self: a surface
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacSurface *
lac_surface_ref(LacSurface *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_surface_unref:
 * @self: (nullable) (transfer full): a surface; freed with its last reference; any thread
 */
void
lac_surface_unref(LacSurface *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->is_surface);
    g_clear_pointer(&self->mesh, lac_mesh_unref);
    g_free(self->vertex_points);
    g_free(self->facet_of);
    g_free(self->facets);
    g_free(self);
}

/**
 * lac_surface_get_family_share:
 * @self: a surface
 * @h: first Miller index, the largest
 * @k: second
 * @l: third, the smallest
 *
 * Returns: the share of the facets' area that belongs to the family {hkl}, 0 to 1; NaN without
 *   facets
 */
double
lac_surface_get_family_share(const LacSurface *self, guint h, guint k, guint l)
{
    double area = 0;
    for (gsize i = 0; i < self->n_facets; i++) {
        const guint8 *indices = self->facets[i].indices;
        if (indices[0] == h && indices[1] == k && indices[2] == l)
            area += self->facets[i].area;
    }
    return self->facet_area > 0 ? area / self->facet_area : (double) NAN;
}
