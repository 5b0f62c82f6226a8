// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/hull.h"

#include "core/array.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define FEWEST_ATOMS 5
#define LID          0.3 // [Å] the envelope passes outside the outermost atom centres
#define MARGIN       3.0 // [Å] of grid beyond the largest ball and the surface

/**
 * lac_hull_params_init:
 * @self: (out caller-allocates): receives the defaults
 */
void
lac_hull_params_init(LacHullParams *self)
{
    *self = (LacHullParams){
        .step = 0.5,
        .alpha = 1.6,
        .delta = 0.42,
        .envelope = 8.0,
        .max_nodes = (gsize) 64 << 20,
    };
}

static gboolean
check_params(const LacPoints *points, const LacHullParams *params, GError **error)
{
    if (points->n < FEWEST_ATOMS) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "A particle of %" G_GSIZE_FORMAT " atoms has no hull; it takes %d", points->n,
            FEWEST_ATOMS);
        return FALSE;
    }
    const struct {
        const char *name, *unit;
        double value, min, max;
    } ranges[] = {
        { "grid step", " Å", params->step, 0.1, 4.0 },
        { "radius of the ball that rolls over the atoms", " d_NN", params->alpha, 0.8, 100.0 },
        { "surface allowance", " d_NN", params->delta, 0.0, 0.7 },
        { "radius of the envelope", " Å", params->envelope, 2.0, 100.0 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (!(ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The %s is %g%s; it can be %g to %g",
                ranges[i].name, ranges[i].value, ranges[i].unit, ranges[i].min, ranges[i].max);
            return FALSE;
        }
    return TRUE;
}

// Sets field to the power distance to balls around all nodes with D >= radius (of which mask tells
// the wanted ones, if it is given), each as large as reaches its nearest atom less the shrinkage.
// So it is below 0 in the union of the balls, whose border is found between nodes too.
static gboolean
roll_ball(const LacHull *self, const guint8 *mask, double radius, double shrinkage, float *field,
    LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    // Balls deep in the open add nothing to those at its border.
    float least = (float) radius, most = (float) (radius + 2 * self->grid.step);
    for (gsize i = 0; i < n; i++) {
        float d = self->distance[i];
        if (d >= least && (mask == NULL || mask[i])) {
            float r = (d < most ? d : most) - (float) shrinkage;
            field[i] = -r * r;
        }
        else
            field[i] = LAC_FIELD_NOWHERE;
    }
    return lac_field_power_distance(&self->grid, field, (double) most + self->grid.step, progress,
        error);
}

typedef struct {
    const LacGrid *grid;
    const float *field;
    double radius;
    double *rows;
} VolumeArgs;

static void
sum_rows(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const VolumeArgs *self = data;
    double radius = self->radius, step = self->grid->step;
    for (gsize r = begin; r < end; r++) {
        const float *field = self->field + r * self->grid->nx;
        double row = 0;
        for (gsize i = 0; i < self->grid->nx; i++) {
            double square = (double) field[i] + radius * radius;
            double out = sqrt(square > 0 ? square : 0) - radius;
            row += CLAMP(out / step + 0.5, 0.0, 1.0);
        }
        self->rows[r] = row;
    }
}

// The volume of all nodes where the power distance to balls of about this radius is above 0, with
// the shares of nodes at the border.
static double
get_volume(const LacGrid *grid, const float *field, double radius)
{
    double sum = 0;
    gsize n_rows = grid->ny * grid->nz;
    g_autofree double *rows = g_new(double, MAX(n_rows, 1));
    VolumeArgs args = { grid, field, radius, rows };
    lac_parallel_for(n_rows, 256, sum_rows, &args);
    for (gsize r = 0; r < n_rows; r++)
        sum += rows[r];
    return sum * grid->step * grid->step * grid->step;
}

static gboolean
find_hull(LacHull *self, float *field, LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    if (!roll_ball(self, NULL, self->alpha, self->delta, field, progress, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        self->inside[i] = field[i] > 0;
    self->volume = get_volume(&self->grid, field, self->alpha - self->delta);
    g_autoptr(LacFieldComponents) parts =
        lac_field_components_new(&self->grid, self->inside, TRUE, progress, error);
    if (parts == NULL)
        return FALSE;
    self->n_parts = parts->n_components;
    return TRUE;
}

// What a ball coming from outside sweeps: the component of the open that holds the first node.
static gboolean
find_envelope(LacHull *self, float *field, LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    guint8 *open = self->envelope;
    for (gsize i = 0; i < n; i++)
        open[i] = (double) self->distance[i] >= self->params.envelope;
    g_autoptr(LacFieldComponents) parts =
        lac_field_components_new(&self->grid, open, FALSE, progress, error);
    if (parts == NULL)
        return FALSE;
    memset(open, 0, n);
    for (gsize i = 0; i < parts->n_runs; i++) {
        const LacFieldRun *run = &parts->runs[i];
        gsize row = ((gsize) run->z * self->grid.ny + run->y) * self->grid.nx;
        if (run->component == 0)
            memset(open + row + run->begin, 1, run->end - run->begin);
    }
    if (!roll_ball(self, open, self->params.envelope, LID, field, progress, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        self->envelope[i] = field[i] > 0;
    self->envelope_volume = get_volume(&self->grid, field, self->params.envelope - LID);
    return TRUE;
}

static gboolean
find_depth(LacHull *self, LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    if (!lac_field_distance_to_mask(&self->grid, self->envelope, 0, self->depth, progress, error))
        return FALSE;
    // The border lies halfway between the last node inside and the first one outside.
    float half = (float) (self->grid.step / 2);
    for (gsize i = 0; i < n; i++)
        self->depth[i] = fmaxf(self->depth[i] - half, 0);
    return TRUE;
}

static gboolean
allocate(LacHull *self, float **field, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    self->distance = lac_alloc_floats(n, error);
    if (self->distance == NULL)
        return FALSE;
    self->depth = lac_alloc_floats(n, error);
    if (self->depth == NULL)
        return FALSE;
    self->inside = lac_alloc(n, 1, error);
    if (self->inside == NULL)
        return FALSE;
    self->envelope = lac_alloc(n, 1, error);
    if (self->envelope == NULL)
        return FALSE;
    *field = self->depth;
    return TRUE;
}

// The grid with distances and the hull; the depth still is the scratch field.
static LacHull *
make_inside(const LacPoints *points, const LacHullParams *params, float **field,
    LacProgress *progress, GError **error)
{
    if (!check_params(points, params, error))
        return NULL;
    g_autoptr(LacHull) self = g_new0(LacHull, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->params = *params;
    self->d_nn = points->spacing;
    self->alpha = params->alpha * self->d_nn;
    self->delta = params->delta * self->d_nn;
    double padding = fmax(params->envelope, self->alpha) + self->delta + MARGIN;
    if (!lac_grid_fit(&self->grid, points, params->step, padding, params->max_nodes, error) ||
        !allocate(self, field, error) ||
        !lac_field_distance_to_points(&self->grid, points, self->distance, progress, error) ||
        !find_hull(self, *field, progress, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_hull_new:
 * @points: the atoms, at least 5
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Lays a grid around the atoms and finds on it the distance to the nearest atom, the hull (the
 * complement of all balls of radius alpha without an atom centre, an alpha shape with curved faces
 * (H. Edelsbrunner, E. P. Mücke, doi:10.1145/174462.156635), grown by delta), the envelope and the
 * depth. Balls reach up to the atoms, not only to the next node, so borders lie between nodes.
 *
 * Returns: (transfer full): the hull, or %NULL with @error set if there are too few atoms, a
 *   parameter is out of range, memory is short, or when cancelled
 */
LacHull *
lac_hull_new(const LacPoints *points, const LacHullParams *params, LacProgress *progress,
    GError **error)
{
    float *field;
    g_autoptr(LacHull) self = make_inside(points, params, &field, progress, error);
    if (self == NULL || !find_envelope(self, field, progress, error) ||
        !find_depth(self, progress, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_hull_new_inside:
 * @points: the atoms, at least 5
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * What lac_hull_new() does, but for the envelope and the depth, which are %NULL: all that a mask of
 * the particle takes, in half the time.
 *
 * Returns: (transfer full): the hull, or %NULL with @error set as lac_hull_new() does
 */
LacHull *
lac_hull_new_inside(const LacPoints *points, const LacHullParams *params, LacProgress *progress,
    GError **error)
{
    float *field;
    LacHull *self = make_inside(points, params, &field, progress, error);
    if (self == NULL)
        return NULL;
    g_clear_pointer(&self->envelope, lac_free);
    g_clear_pointer(&self->depth, lac_free);
    return self;
}

/**
 * lac_hull_ref:
 * @self: a hull
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacHull *
lac_hull_ref(LacHull *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_hull_unref:
 * @self: (nullable) (transfer full): a hull; freed with its last reference; any thread
 */
void
lac_hull_unref(LacHull *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_free(self->distance);
    lac_free(self->inside);
    lac_free(self->envelope);
    lac_free(self->depth);
    g_free(self);
}

/**
 * lac_hull_depth_at:
 * @self: a hull
 * @p: [Å]
 *
 * Returns: [Å] how far @p lies below the envelope; 0 outside, good to half a step of the grid
 */
double
lac_hull_depth_at(const LacHull *self, LacVec3 p)
{
    return lac_grid_sample(&self->grid, self->depth, p);
}

/**
 * lac_hull_contains:
 * @self: a hull
 * @p: [Å]
 *
 * Returns: whether the node nearest to @p is inside the hull
 */
gboolean
lac_hull_contains(const LacHull *self, LacVec3 p)
{
    return self->inside[lac_grid_nearest(&self->grid, p)];
}
