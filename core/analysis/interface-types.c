// SPDX-License-Identifier: GPL-3.0-or-later
// What lies on the other side of each piece of an interface.
#include "core/analysis/interface-private.h"
#include "core/data/cells.h"
#include "core/matrix.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare_weighted(gconstpointer a, gconstpointer b)
{
    const LacWeighted *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}

/**
 * lac_interface_get_median:
 * @values: (array length=n): sorted here
 * @n: number of values
 *
 * Returns: the value with half of the weight below it; NaN without any
 */
double
lac_interface_get_median(LacWeighted *values, gsize n)
{
    double total = 0, sum = 0;
    qsort(values, n, sizeof *values, compare_weighted);
    for (gsize i = 0; i < n; i++)
        total += values[i].weight;
    for (gsize i = 0; i < n; i++) {
        sum += values[i].weight;
        if (sum >= 0.5 * total)
            return values[i].value;
    }
    return (double) NAN;
}

static guint32
find_type(GArray *types, LacPhase phase, guint32 grain)
{
    for (guint i = 0; i < types->len; i++) {
        const LacInterfaceType *type = &g_array_index(types, LacInterfaceType, i);
        if (type->phase == phase && type->grain == grain)
            return i;
    }
    LacInterfaceType type = { .phase = phase, .grain = grain };
    g_array_append_val(types, type);
    return types->len - 1;
}

static gboolean
is_outside(const LacInterface *self, const LacPhases *phases, gsize i)
{
    return phases->phase[i] != LAC_PHASE_UNASSIGNED &&
        !(self->params.inside >> phases->phase[i] & 1);
}

typedef struct {
    const LacMesh *mesh;
    const LacCells *cells;
    gsize *nearest;
} Facing;

// The atom outside that is nearest to the middle of each triangle.
static void
find_nearest(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Facing *self = data;
    for (gsize t = begin; t < end; t++) {
        LacVec3 middle = lac_mesh_get_middle(self->mesh, t);
        self->nearest[t] = G_MAXSIZE;
        for (double radius = 4; radius < 1e6; radius *= 2)
            if (lac_cells_find_nearest(self->cells, middle, radius, G_MAXSIZE, &self->nearest[t],
                    NULL))
                break;
    }
}

typedef struct {
    guint32 old;
    LacInterfaceType type;
} Sorted;

static int
compare_types(gconstpointer a, gconstpointer b)
{
    const Sorted *x = a, *y = b;
    if (x->type.area != y->type.area)
        return x->type.area > y->type.area ? -1 : 1;
    return x->old < y->old ? -1 : x->old > y->old;
}

static void
sort_types(LacInterface *self, const GArray *types)
{
    g_autofree Sorted *sorted = g_new0(Sorted, types->len + 1);
    g_autofree guint32 *place = g_new0(guint32, types->len + 1);
    for (guint i = 0; i < types->len; i++)
        sorted[i] = (Sorted){ .old = i, .type = g_array_index(types, LacInterfaceType, i) };
    qsort(sorted, types->len, sizeof *sorted, compare_types);
    self->n_types = types->len;
    self->types = g_new0(LacInterfaceType, types->len + 1);
    for (guint i = 0; i < types->len; i++) {
        self->types[i] = sorted[i].type;
        place[sorted[i].old] = i;
    }
    for (gsize t = 0; t < self->mesh->n_triangles; t++)
        self->type_of[t] = place[self->type_of[t]];
}

// Sums over the corners of one type's triangles, weighted by area.
typedef struct {
    double weight;
    LacVec3 mean;
    double a[4][5]; // normal equations of |p|^2 = 2 c . p + d
} Fit;

static void
add_to_fit(Fit *fit, LacVec3 p, double weight)
{
    const double row[5] = { p.x, p.y, p.z, 1, lac_vec3_dot(p, p) };
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 5; j++)
            fit->a[i][j] += weight * row[i] * row[j];
    fit->weight += weight;
    fit->mean = lac_vec3_add_scaled(fit->mean, weight, p);
}

// Gauss with pivots; FALSE where the points do not tell a sphere.
static gboolean
solve(double a[4][5], double x[4])
{
    for (int k = 0; k < 4; k++) {
        int pivot = k;
        for (int i = k + 1; i < 4; i++)
            if (fabs(a[i][k]) > fabs(a[pivot][k]))
                pivot = i;
        if (fabs(a[pivot][k]) < 1e-12 * (1 + fabs(a[0][0])))
            return FALSE;
        for (int j = 0; j < 5; j++) {
            double swap = a[k][j];
            a[k][j] = a[pivot][j];
            a[pivot][j] = swap;
        }
        for (int i = 0; i < 4; i++) {
            double f = i == k ? 0 : a[i][k] / a[k][k];
            for (int j = k; j < 5; j++)
                a[i][j] -= f * a[k][j];
        }
    }
    for (int k = 0; k < 4; k++)
        x[k] = a[k][4] / a[k][k];
    return TRUE;
}

typedef struct {
    const LacInterface *self;
    gsize type;
    LacVec3 base; // a corner, so that sums stay small
} Patch;

typedef double (*PatchFunc)(const Patch *patch, LacVec3 p, gconstpointer data);

static double
get_rms(const Patch *patch, PatchFunc func, gconstpointer data)
{
    const LacMesh *mesh = patch->self->mesh;
    double sum = 0, weight = 0;
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        if (patch->self->type_of[t] != patch->type)
            continue;
        LacVec3 c[3];
        double area = lac_mesh_get_triangle_area(mesh, t);
        lac_mesh_get_corners(mesh, t, c);
        for (int k = 0; k < 3; k++) {
            double off = func(patch, lac_vec3_subtract(c[k], patch->base), data);
            sum += area * off * off;
            weight += area;
        }
    }
    return weight > 0 ? sqrt(sum / weight) : (double) NAN;
}

typedef struct {
    LacVec3 centre, normal;
    double radius;
} Shape;

static double
plane_distance(G_GNUC_UNUSED const Patch *patch, LacVec3 p, gconstpointer data)
{
    const Shape *plane = data;
    return lac_vec3_dot(lac_vec3_subtract(p, plane->centre), plane->normal);
}

static double
sphere_distance(G_GNUC_UNUSED const Patch *patch, LacVec3 p, gconstpointer data)
{
    const Shape *sphere = data;
    return lac_vec3_norm(lac_vec3_subtract(p, sphere->centre)) - sphere->radius;
}

static void
fit_plane(const Patch *patch, const Fit *fit, LacInterfaceType *type)
{
    LacVec3 m = { fit->mean.x / fit->weight, fit->mean.y / fit->weight, fit->mean.z / fit->weight };
    const double mean[3] = { m.x, m.y, m.z };
    LacMat3 moments;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            moments.m[i][j] = fit->a[i][j] / fit->weight - mean[i] * mean[j];
    double values[3];
    LacMat3 vectors;
    lac_mat3_eigen(&moments, values, &vectors);
    int thin = 0;
    for (int k = 1; k < 3; k++)
        if (values[k] < values[thin])
            thin = k;
    Shape plane = { .centre = m };
    plane.normal = (LacVec3){ vectors.m[0][thin], vectors.m[1][thin], vectors.m[2][thin] };
    type->plane_rms = get_rms(patch, plane_distance, &plane);
}

static void
fit_sphere(const Patch *patch, Fit *fit, LacInterfaceType *type)
{
    double x[4];
    type->sphere_radius = type->sphere_rms = (double) NAN;
    if (!solve(fit->a, x))
        return;
    Shape sphere = { .centre = { x[0] / 2, x[1] / 2, x[2] / 2 } };
    sphere.radius = sqrt(fmax(x[3] + lac_vec3_dot(sphere.centre, sphere.centre), 0));
    type->sphere_radius = type->mean_curvature < 0 ? -sphere.radius : sphere.radius;
    type->sphere_rms = get_rms(patch, sphere_distance, &sphere);
}

// Leaves out what weighs nothing.
static double
get_median_of_weighted(LacWeighted *values, gsize n)
{
    gsize n_kept = 0;
    for (gsize i = 0; i < n; i++)
        if (values[i].weight > 0)
            values[n_kept++] = values[i];
    return lac_interface_get_median(values, n_kept);
}

static void
describe_type(LacInterface *self, gsize index)
{
    const LacMesh *mesh = self->mesh;
    LacInterfaceType *type = &self->types[index];
    Patch patch = { .self = self, .type = index };
    Fit fit = { 0 };
    g_autofree LacWeighted *curvatures = g_new0(LacWeighted, mesh->n_vertices + 1);
    gboolean is_first = TRUE;
    LacVec3 sum = { 0, 0, 0 };
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        if (self->type_of[t] != index)
            continue;
        LacVec3 c[3];
        double area = lac_mesh_get_triangle_area(mesh, t);
        lac_mesh_get_corners(mesh, t, c);
        if (is_first)
            patch.base = c[0];
        is_first = FALSE;
        for (gsize k = 0; k < 3; k++) {
            gsize vertex = mesh->triangles[3 * t + k];
            sum = lac_vec3_add_scaled(sum, area, lac_mesh_get_normal(mesh, vertex));
            add_to_fit(&fit, lac_vec3_subtract(c[k], patch.base), area);
            curvatures[vertex].value = (double) mesh->values[vertex];
            curvatures[vertex].weight += area;
        }
    }
    type->mean_curvature = get_median_of_weighted(curvatures, mesh->n_vertices);
    double length = lac_vec3_norm(sum);
    if (length > 0)
        type->normal = (LacVec3){ sum.x / length, sum.y / length, sum.z / length };
    if (fit.weight > 0) {
        fit_plane(&patch, &fit, type);
        fit_sphere(&patch, &fit, type);
    }
}

/**
 * lac_interface_find_types:
 * @self: (inout): an interface whose mesh and interface atoms are there
 * @points: the atoms
 * @phases: of the atoms
 * @error: return location for a #GError
 *
 * Gives each triangle the phase and grain of the nearest atom outside, adds up areas and fits a
 * plane and a sphere (algebraic, weighted by area) to each type.
 *
 * Returns: %TRUE, or %FALSE with @error set if a position is unusable
 */
gboolean
lac_interface_find_types(LacInterface *self, const LacPoints *points, const LacPhases *phases,
    GError **error)
{
    const LacMesh *mesh = self->mesh;
    g_autofree guint8 *skip = g_new(guint8, points->n + 1);
    for (gsize i = 0; i < points->n; i++)
        skip[i] = is_outside(self, phases, i) ? 0 : 1;
    g_autoptr(LacCells) cells =
        lac_cells_new(points->x, points->y, points->z, skip, points->n, 4, error);
    if (cells == NULL)
        return FALSE;
    g_autoptr(GArray) types = g_array_new(FALSE, TRUE, sizeof(LacInterfaceType));
    self->type_of = g_new0(guint32, mesh->n_triangles + 1);
    g_autofree gsize *nearest = g_new(gsize, mesh->n_triangles + 1);
    Facing facing = { .mesh = mesh, .cells = cells, .nearest = nearest };
    lac_parallel_for(mesh->n_triangles, 1024, find_nearest, &facing);
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        gsize i = nearest[t];
        LacPhase phase = i < points->n ? (LacPhase) phases->phase[i] : LAC_PHASE_UNASSIGNED;
        self->type_of[t] =
            find_type(types, phase, i < points->n ? phases->grain[i] : LAC_PHASE_NO_GRAIN);
        g_array_index(types, LacInterfaceType, self->type_of[t]).area +=
            lac_mesh_get_triangle_area(mesh, t);
    }
    sort_types(self, types);
    for (gsize k = 0; k < self->n_types; k++) {
        LacInterfaceType *type = &self->types[k];
        for (gsize i = 0; i < points->n; i++)
            type->n_atoms += self->is_interface[i] && phases->phase[i] == type->phase &&
                phases->grain[i] == type->grain;
        describe_type(self, k);
    }
    return TRUE;
}
