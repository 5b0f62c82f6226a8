// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/interface-private.h"
#include "core/analysis/isosurface.h"
#include "core/array.h"
#include "core/data/cells.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define BLOCK       256
#define FACET       0.375 // [sigma] edge of a cube that is cut, at most, but never less than a step
#define MOST_STRIDE 8
#define COARSE      0.4  // [sigma] between nodes, at most, but never less than those of the hull
#define EMPTY_PART  1e-3 // of the densest node: below it there is neither side

/**
 * lac_interface_params_init:
 * @self: (out caller-allocates): receives the defaults
 */
void
lac_interface_params_init(LacInterfaceParams *self)
{
    *self = (LacInterfaceParams){
        .inside = 1u << LAC_PHASE_METAL,
        .sigma = 2.0,
        .thickness = 1.0,
        .shell = 1.3,
    };
}

static gboolean
check_input(const LacPhases *phases, const LacInterfaceParams *params, GError **error)
{
    gsize n_inside = 0, n_outside = 0;
    for (guint p = LAC_PHASE_METAL; p < LAC_N_PHASES; p++) {
        if (params->inside >> p & 1)
            n_inside += phases->counts[p];
        else
            n_outside += phases->counts[p];
    }
    if (n_inside == 0 || n_outside == 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "There is no interface: %" G_GSIZE_FORMAT " atoms lie inside and %" G_GSIZE_FORMAT
            " outside",
            n_inside, n_outside);
        return FALSE;
    }
    const struct {
        const char *name, *unit;
        double value, min, max;
    } ranges[] = {
        { "smoothing of the interface", " Å", params->sigma, 0.5, 10.0 },
        { "thickness of the interface", " d_NN", params->thickness, 0.0, 20.0 },
        { "shell of bonds", " d_NN", params->shell, 0.8, 3.0 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (!(ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The %s is %g%s; it can be %g to %g",
                ranges[i].name, ranges[i].value, ranges[i].unit, ranges[i].min, ranges[i].max);
            return FALSE;
        }
    return TRUE;
}

static gboolean
spread(const LacInterface *self, const LacPoints *points, const LacPhases *phases, gboolean inside,
    float *field, LacProgress *progress, GError **error)
{
    for (gsize i = 0; i < points->n; i++) {
        guint8 p = phases->phase[i];
        if (p == LAC_PHASE_UNASSIGNED || (self->params.inside >> p & 1) != (inside ? 1 : 0))
            continue;
        // A phase of no volume that could be told has no density either.
        if (phases->densities[p] > 0)
            lac_field_splat(&self->grid, (LacVec3){ points->x[i], points->y[i], points->z[i] },
                (float) (1 / phases->densities[p]), field);
    }
    return lac_field_smooth(&self->grid, self->params.sigma, field, progress, error);
}

typedef struct {
    gsize n; // nodes of a plane
    float *inside;
    const float *outside;
    float *most; // of each plane: the largest sum of both
    float all;   // of these
} Shares;

static void
find_most(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Shares *self = data;
    for (gsize z = begin; z < end; z++) {
        float most = 0;
#pragma omp simd reduction(max : most)
        for (gsize i = z * self->n; i < (z + 1) * self->n; i++) {
            float sum = self->inside[i] + self->outside[i];
            most = sum > most ? sum : most;
        }
        self->most[z] = most;
    }
}

static void
divide_shares(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Shares *self = data;
    float least = (float) EMPTY_PART * self->all;
    for (gsize i = begin * self->n; i < end * self->n; i++) {
        float sum = self->inside[i] + self->outside[i];
        self->inside[i] = sum > least ? self->inside[i] / sum : 0;
    }
}

// Every atom stands for the volume that one of its phase has, so that the indicator is a share of
// volume and no denser side pushes the surface away.
static gboolean
find_indicator(LacInterface *self, const LacPoints *points, const LacPhases *phases,
    LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    self->indicator = lac_alloc_floats(n, error);
    float *outside = self->indicator != NULL ? lac_alloc_floats(n, error) : NULL;
    gboolean ok = outside != NULL &&
        spread(self, points, phases, TRUE, self->indicator, progress, error) &&
        spread(self, points, phases, FALSE, outside, progress, error);
    if (ok) {
        g_autofree float *most = g_new0(float, MAX(self->grid.nz, 1));
        Shares shares = { .n = self->grid.nx * self->grid.ny,
            .inside = self->indicator,
            .outside = outside,
            .most = most };
        lac_parallel_for(self->grid.nz, 4, find_most, &shares);
        for (gsize z = 0; z < self->grid.nz; z++)
            shares.all = fmaxf(shares.all, most[z]);
        lac_parallel_for(self->grid.nz, 4, divide_shares, &shares);
    }
    lac_free(outside);
    return ok;
}

// The nodes of the hull, or every other of them where the surface is smooth enough.
static LacGrid
choose_grid(const LacGrid *grid, double sigma, gsize *stride)
{
    double most = floor(COARSE * sigma / grid->step + 1e-6);
    gsize n = (gsize) CLAMP(most, 1, MOST_STRIDE);
    *stride = n;
    return (LacGrid){ .origin = grid->origin,
        .step = grid->step * (double) n,
        .nx = (grid->nx + n - 2) / n + 1,
        .ny = (grid->ny + n - 2) / n + 1,
        .nz = (grid->nz + n - 2) / n + 1 };
}

// The hull at the nodes; beyond its last ones lies nothing.
static guint8 *
find_inside(const LacGrid *grid, const LacHull *hull, gsize stride, GError **error)
{
    guint8 *inside = lac_alloc(lac_grid_count(grid), 1, error);
    for (gsize z = 0; z < grid->nz && inside != NULL; z++)
        for (gsize y = 0; y < grid->ny; y++)
            for (gsize x = 0; x < grid->nx; x++) {
                gsize at[3] = { x * stride, y * stride, z * stride };
                if (at[0] < hull->grid.nx && at[1] < hull->grid.ny && at[2] < hull->grid.nz)
                    inside[(z * grid->ny + y) * grid->nx + x] =
                        hull->inside[(at[2] * hull->grid.ny + at[1]) * hull->grid.nx + at[0]];
            }
    return inside;
}

typedef struct {
    const float *indicator;
    const guint8 *is_here;
    guint8 *mask;
} Mask;

static void
fill_mask(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Mask *self = data;
    for (gsize i = begin; i < end; i++)
        self->mask[i] = self->indicator[i] > 0.5f ? self->is_here[i] : 0;
}

// Keeps the largest piece, or all of them.
static gboolean
find_parts(LacInterface *self, const guint8 *inside, LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    guint8 *mask = lac_alloc_unset(n, 1, error);
    if (mask == NULL)
        return FALSE;
    Mask args = { self->indicator, inside, mask };
    lac_parallel_for(n, 65536, fill_mask, &args);
    g_autoptr(LacFieldComponents) parts =
        lac_field_components_new(&self->grid, mask, FALSE, progress, error);
    lac_free(mask);
    if (parts == NULL)
        return FALSE;
    self->n_parts = parts->n_components;
    gsize largest = 0;
    for (gsize c = 1; c < parts->n_components; c++)
        if (parts->sizes[c] > parts->sizes[largest])
            largest = c;
    for (gsize r = 0; r < parts->n_runs && !self->params.all_parts; r++) {
        const LacFieldRun *run = &parts->runs[r];
        gsize row = ((gsize) run->z * self->grid.ny + run->y) * self->grid.nx;
        if (run->component != largest)
            memset(self->indicator + row + run->begin, 0, (run->end - run->begin) * sizeof(float));
    }
    return TRUE;
}

typedef struct {
    const LacMesh *mesh;
    const LacHull *hull;
    float *side; // of each vertex: above 0 inside the hull
} Sides;

static void
find_sides(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Sides *self = data;
    double half = self->hull->grid.step / 2;
    for (gsize i = begin; i < end; i++) {
        LacVec3 p = lac_mesh_get_vertex(self->mesh, i);
        double share = 0;
        for (int k = 0; k < 8; k++) {
            LacVec3 q = { p.x + (k & 1 ? half : -half), p.y + (k & 2 ? half : -half),
                p.z + (k & 4 ? half : -half) };
            share += lac_hull_contains(self->hull, q) ? 0.125 : 0;
        }
        self->side[i] = (float) (share - 0.49);
    }
}

// Cuts off what lies outside the particle: there the indicator compares nothing with nothing.
static gboolean
clip_mesh(LacInterface *self, const LacHull *hull, GError **error)
{
    gsize n = self->mesh->n_vertices;
    g_autofree float *side = g_new(float, n + 1);
    Sides sides = { self->mesh, hull, side };
    lac_parallel_for(n, 1024, find_sides, &sides);
    self->is_closed = TRUE;
    for (gsize i = 0; i < n && self->is_closed; i++)
        self->is_closed = side[i] > 0;
    if (self->is_closed)
        return TRUE;
    LacMesh *cut = lac_mesh_cut(self->mesh, side, error);
    if (cut == NULL)
        return FALSE;
    lac_mesh_unref(self->mesh);
    self->mesh = cut;
    return TRUE;
}

// Where the surface ends at that of the particle, nodes are counted, each with the share that a
// plane along the gradient leaves inside.
static double
count_volume(const LacInterface *self, const guint8 *inside)
{
    const LacGrid *grid = &self->grid;
    double sum = 0;
    for (gsize z = 1; z + 1 < grid->nz; z++)
        for (gsize y = 1; y + 1 < grid->ny; y++)
            for (gsize x = 1; x + 1 < grid->nx; x++) {
                gsize row = grid->nx, slice = row * grid->ny, i = z * slice + y * row + x;
                const float *f = self->indicator + i;
                if (!inside[i])
                    continue;
                double gx = (double) (f[1] - *(f - 1)), gy = (double) (f[row] - *(f - row));
                double gz = (double) (f[slice] - *(f - slice));
                double change = 0.5 * sqrt(gx * gx + gy * gy + gz * gz); // over one step
                double over = (double) f[0] - 0.5;
                if (change > 0)
                    sum += CLAMP(over / change + 0.5, 0.0, 1.0);
                else
                    sum += over > 0 ? 1 : 0;
            }
    return sum * grid->step * grid->step * grid->step;
}

static gboolean
make_surface(LacInterface *self, const LacHull *hull, const guint8 *inside, LacProgress *progress,
    GError **error)
{
    // A surface as smooth as sigma makes it is straight within a fraction of sigma.
    double stride = floor(FACET * self->params.sigma / self->grid.step + 1e-6);
    self->mesh = lac_isosurface_new_coarse(&self->grid, self->indicator, 0.5,
        (gsize) CLAMP(stride, 1, MOST_STRIDE), progress, error);
    if (self->mesh == NULL || !clip_mesh(self, hull, error))
        return FALSE;
    self->volume = self->is_closed ? lac_mesh_get_volume(self->mesh) : count_volume(self, inside);
    self->area = lac_mesh_get_area(self->mesh);
    self->tree = lac_mesh_tree_new(self->mesh);
    return TRUE;
}

typedef struct {
    const LacInterface *self;
    const LacVec3 *places;
    double *distance; // of places
} FillArgs;

static void
fill_curvatures(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const LacInterface *self = ((FillArgs *) data)->self;
    for (gsize i = begin; i < end; i++) {
        LacVec3 p = lac_mesh_get_vertex(self->mesh, i);
        LacCurvature c = lac_isosurface_curvature(&self->grid, self->indicator, p);
        self->mesh->values[i] = (float) c.mean;
        self->gaussian[i] = (float) c.gaussian;
    }
}

static gboolean
find_curvatures(LacInterface *self, GError **error)
{
    gsize n = self->mesh->n_vertices;
    self->gaussian = g_new0(float, n + 1);
    self->mesh->values = lac_alloc_floats(n, error);
    if (self->mesh->values == NULL)
        return FALSE;
    FillArgs args = { .self = self };
    lac_parallel_for(n, BLOCK, fill_curvatures, &args);
    g_autofree LacWeighted *all = g_new0(LacWeighted, n + 1);
    for (gsize i = 0; i < n; i++)
        all[i].value = (double) self->mesh->values[i];
    for (gsize t = 0; t < self->mesh->n_triangles; t++) {
        double area = lac_mesh_get_triangle_area(self->mesh, t);
        for (gsize k = 0; k < 3; k++)
            all[self->mesh->triangles[3 * t + k]].weight += area;
    }
    self->mean_curvature = lac_interface_get_median(all, n);
    return TRUE;
}

// NaN where there is no surface.
static double
sign_distance(const LacInterface *self, LacVec3 p, double distance)
{
    if (!isfinite(distance))
        return (double) NAN;
    return lac_grid_sample(&self->grid, self->indicator, p) > 0.5 ? -distance : distance;
}

static void
sign_distances(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const FillArgs *args = data;
    for (gsize i = begin; i < end; i++)
        args->distance[i] = sign_distance(args->self, args->places[i], args->distance[i]);
}

static gboolean
has_other_side(const LacInterface *self, const LacPoints *points, const LacPhases *phases,
    const LacCells *cells, gsize i, GArray *found)
{
    g_array_set_size(found, 0);
    LacVec3 p = { points->x[i], points->y[i], points->z[i] };
    lac_cells_find(cells, p, self->params.shell * points->spacing, found);
    guint side = self->params.inside >> phases->phase[i] & 1;
    for (guint k = 0; k < found->len; k++) {
        guint8 other = phases->phase[g_array_index(found, gsize, k)];
        if (other != LAC_PHASE_UNASSIGNED && (self->params.inside >> other & 1) != side)
            return TRUE;
    }
    return FALSE;
}

static gboolean
find_atoms(LacInterface *self, const LacPoints *points, const LacPhases *phases, GError **error)
{
    self->distance = g_new0(double, points->n + 1);
    self->nearest = g_new0(guint32, points->n + 1);
    self->is_interface = g_new0(guint8, points->n + 1);
    g_autofree LacVec3 *places = g_new(LacVec3, points->n + 1);
    for (gsize i = 0; i < points->n; i++)
        places[i] = (LacVec3){ points->x[i], points->y[i], points->z[i] };
    lac_mesh_tree_find_all(self->tree, places, points->n, HUGE_VAL, self->distance, self->nearest);
    FillArgs args = { .self = self, .places = places, .distance = self->distance };
    lac_parallel_for(points->n, 4 * BLOCK, sign_distances, &args);
    g_autoptr(LacCells) cells = lac_cells_new(points->x, points->y, points->z, NULL, points->n,
        self->params.shell * points->spacing, error);
    if (cells == NULL)
        return FALSE;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    double half = 0.5 * self->params.thickness * points->spacing;
    for (gsize i = 0; i < points->n; i++) {
        if (self->params.by_bonds)
            self->is_interface[i] = phases->phase[i] != LAC_PHASE_UNASSIGNED &&
                has_other_side(self, points, phases, cells, i, found);
        else
            self->is_interface[i] = fabs(self->distance[i]) < half;
        self->n_interface += self->is_interface[i];
    }
    return TRUE;
}

/**
 * lac_interface_new_surface:
 * @points: the atoms
 * @hull: where the particle is
 * @phases: of the atoms
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * What lac_interface_new() makes without the atoms, types and curvatures: surface and indicator,
 * which lac_interface_distance_at() takes.
 *
 * Returns: (transfer full): the interface, or %NULL with @error set if one side has no atoms, a
 *   parameter is out of range, memory is short, or when cancelled
 */
LacInterface *
lac_interface_new_surface(const LacPoints *points, const LacHull *hull, const LacPhases *phases,
    const LacInterfaceParams *params, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(phases->n == points->n, NULL);

    if (!check_input(phases, params, error))
        return NULL;
    g_autoptr(LacInterface) self = g_new0(LacInterface, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->params = *params;
    gsize stride;
    self->grid = choose_grid(&hull->grid, params->sigma, &stride);
    guint8 *thinned = stride > 1 ? find_inside(&self->grid, hull, stride, error) : NULL;
    const guint8 *inside = stride > 1 ? thinned : hull->inside;
    gboolean ok = inside != NULL && find_indicator(self, points, phases, progress, error) &&
        find_parts(self, inside, progress, error) &&
        make_surface(self, hull, inside, progress, error);
    lac_free(thinned);
    if (!ok)
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_interface_new:
 * @points: the atoms
 * @hull: where the particle is
 * @phases: of the atoms
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * The surface where the inside phases fill half of the volume: atoms are Gaussians of width sigma
 * divided by the density of their phase, phi = A / (A + B), and the surface is phi = 1/2, cut at
 * the hull. Widths that are measured from it depend on sigma: a surface that follows atoms too
 * closely makes every interface look sharp.
 *
 * Returns: (transfer full): the interface, or %NULL with @error set if one side has no atoms, a
 *   parameter is out of range, memory is short, or when cancelled
 */
LacInterface *
lac_interface_new(const LacPoints *points, const LacHull *hull, const LacPhases *phases,
    const LacInterfaceParams *params, LacProgress *progress, GError **error)
{
    g_autoptr(LacInterface) self =
        lac_interface_new_surface(points, hull, phases, params, progress, error);
    if (self == NULL)
        return NULL;
    self->n = points->n;
    if (!find_curvatures(self, error) || !find_atoms(self, points, phases, error) ||
        !lac_interface_find_types(self, points, phases, error) ||
        !lac_progress_update(progress, 1, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_interface_ref:
 * @self: an interface
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacInterface *
lac_interface_ref(LacInterface *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_interface_unref:
 * @self: (nullable) (transfer full): an interface; freed with its last reference; any thread
 */
void
lac_interface_unref(LacInterface *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_mesh_unref(self->mesh);
    lac_mesh_tree_free(self->tree);
    g_free(self->gaussian);
    g_free(self->type_of);
    g_free(self->types);
    g_free(self->distance);
    g_free(self->nearest);
    g_free(self->is_interface);
    lac_free(self->indicator);
    g_free(self);
}

/**
 * lac_interface_distance_at:
 * @self: an interface
 * @p: [Å]
 *
 * Returns: [Å] exact distance to the triangles of the interface, negative inside (phi above 1/2);
 *   NaN if it has none
 */
double
lac_interface_distance_at(const LacInterface *self, LacVec3 p)
{
    return sign_distance(self, p, lac_mesh_tree_find(self->tree, p, HUGE_VAL, NULL));
}
