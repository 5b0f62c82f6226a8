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

typedef struct {
    const LacGrid *grid;
    const float *distance;
    const guint8 *mask; // (nullable)
    float *field;
    float least, most; // [Å]
    float shrinkage;   // [Å]
} RollArgs;

static void
set_weights(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const RollArgs *self = data;
    gsize nx = self->grid->nx;
    float least = self->least, most = self->most, shrinkage = self->shrinkage;
    for (gsize i = begin * nx; i < end * nx; i++) {
        float d = self->distance[i];
        float r = (d < most ? d : most) - shrinkage;
        gboolean is_centre = d >= least && (self->mask == NULL || self->mask[i]);
        self->field[i] = is_centre ? -r * r : LAC_FIELD_NOWHERE;
    }
}

// [Å] Balls deep in the open add nothing to those at its border.
static double
get_largest_ball(const LacHull *self, double radius)
{
    return radius + 2 * self->grid.step;
}

// [Å] How far distances are wanted at first.
static double
get_known(const LacHull *self, gboolean with_envelope)
{
    double largest = with_envelope ? fmax(self->alpha, self->params.envelope) : self->alpha;
    return get_largest_ball(self, largest);
}

// Sets field to the power distance to balls around all nodes with D >= radius (of which mask tells
// the wanted ones, if it is given), each as large as reaches its nearest atom less the shrinkage.
// So it is below 0 in the union of the balls, whose border is found between nodes too.
static gboolean
roll_ball(const LacHull *self, const guint8 *mask, double radius, double shrinkage, float *field,
    LacProgress *progress, GError **error)
{
    double most = get_largest_ball(self, radius);
    RollArgs args = { &self->grid, self->distance, mask, field, (float) radius, (float) most,
        (float) shrinkage };
    lac_parallel_for(self->grid.ny * self->grid.nz, 256, set_weights, &args);
    return lac_field_power_distance(&self->grid, field, most + self->grid.step, progress, error);
}

typedef struct {
    const LacGrid *grid;
    const float *field;
    double radius; // [Å]
    guint8 *inside;
    double *rows; // number of nodes of each row
} SettleArgs;

static void
settle_rows(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const SettleArgs *self = data;
    double radius = self->radius, step = self->grid->step;
    gsize nx = self->grid->nx;
    // Nodes farther from the border than half a step are wholly inside or outside.
    double in = radius > step / 2 ? radius - step / 2 : 0, out = radius + step / 2;
    float none = (float) (in * in - radius * radius), whole = (float) (out * out - radius * radius);
    for (gsize r = begin; r < end; r++) {
        const float *field = self->field + r * nx;
        guint8 *inside = self->inside + r * nx;
        double row = 0;
        gsize n_whole = 0;
        for (gsize i = 0; i < nx; i++) {
            inside[i] = field[i] > 0;
            n_whole += field[i] >= whole;
        }
        for (gsize i = 0; i < nx; i++) {
            if (field[i] >= whole || field[i] < none)
                continue;
            double square = (double) field[i] + radius * radius;
            double beyond = sqrt(square > 0 ? square : 0) - radius;
            row += CLAMP(beyond / step + 0.5, 0.0, 1.0);
        }
        self->rows[r] = row + (double) n_whole;
    }
}

// Tells the nodes where the power distance to balls of about this radius is above 0, and returns
// their volume with the shares of nodes at the border.
static double
settle(const LacGrid *grid, const float *field, double radius, guint8 *inside)
{
    double sum = 0;
    gsize n_rows = grid->ny * grid->nz;
    g_autofree double *rows = g_new(double, MAX(n_rows, 1));
    SettleArgs args = { grid, field, radius, inside, rows };
    lac_parallel_for(n_rows, 256, settle_rows, &args);
    for (gsize r = 0; r < n_rows; r++)
        sum += rows[r];
    return sum * grid->step * grid->step * grid->step;
}

static gboolean
find_hull(LacHull *self, float *field, LacProgress *progress, GError **error)
{
    if (!roll_ball(self, NULL, self->alpha, self->delta, field, progress, error))
        return FALSE;
    self->volume = settle(&self->grid, field, self->alpha - self->delta, self->inside);
    g_autoptr(LacFieldComponents) parts =
        lac_field_components_new(&self->grid, self->inside, TRUE, progress, error);
    if (parts == NULL)
        return FALSE;
    self->n_parts = parts->n_components;
    return TRUE;
}

static void
find_open(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    LacHull *self = data;
    for (gsize i = begin * self->grid.nx; i < end * self->grid.nx; i++)
        self->envelope[i] = (double) self->distance[i] >= self->params.envelope;
}

// What a ball coming from outside sweeps: the component of the open that holds the first node.
static gboolean
find_envelope(LacHull *self, const LacPoints *points, float *field, LacProgress *progress,
    GError **error)
{
    guint8 *open = self->envelope;
    lac_parallel_for(self->grid.ny * self->grid.nz, 256, find_open, self);
    g_autoptr(LacFieldComponents) parts =
        lac_field_components_new(&self->grid, open, FALSE, progress, error);
    if (parts == NULL)
        return FALSE;
    double deepest = 0;
    for (gsize i = 0; i < parts->n_runs; i++) {
        const LacFieldRun *run = &parts->runs[i];
        gsize row = ((gsize) run->z * self->grid.ny + run->y) * self->grid.nx;
        for (gsize x = run->begin; run->component != 0 && x < run->end; x++) {
            deepest = fmax(deepest, (double) self->distance[row + x]);
            open[row + x] = 0;
        }
    }
    // Cavities may be wider than distances are known.
    if (deepest > get_known(self, TRUE) &&
        !lac_field_distance_to_points(&self->grid, points, HUGE_VAL, self->distance, progress,
            error))
        return FALSE;
    if (!roll_ball(self, open, self->params.envelope, LID, field, progress, error))
        return FALSE;
    self->envelope_volume = settle(&self->grid, field, self->params.envelope - LID, self->envelope);
    return TRUE;
}

static void
lower_depth(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    LacHull *self = data;
    float half = (float) (self->grid.step / 2), *depth = self->depth;
    for (gsize i = begin * self->grid.nx; i < end * self->grid.nx; i++)
        depth[i] = depth[i] > half ? depth[i] - half : 0;
}

static gboolean
find_depth(LacHull *self, LacProgress *progress, GError **error)
{
    if (!lac_field_distance_to_mask(&self->grid, self->envelope, 0, self->depth, progress, error))
        return FALSE;
    // The border lies halfway between the last node inside and the first one outside.
    lac_parallel_for(self->grid.ny * self->grid.nz, 256, lower_depth, self);
    return TRUE;
}

static gboolean
allocate(LacHull *self, float **field, GError **error)
{
    gsize n = lac_grid_count(&self->grid);
    self->distance = lac_alloc_unset(n, sizeof(float), error);
    if (self->distance == NULL)
        return FALSE;
    self->depth = lac_alloc_unset(n, sizeof(float), error);
    if (self->depth == NULL)
        return FALSE;
    self->inside = lac_alloc_unset(n, 1, error);
    if (self->inside == NULL)
        return FALSE;
    self->envelope = lac_alloc_unset(n, 1, error);
    if (self->envelope == NULL)
        return FALSE;
    *field = self->depth;
    return TRUE;
}

// The grid with the distances that are wanted, and the hull; the depth still is the scratch field.
static LacHull *
make_inside(const LacPoints *points, const LacHullParams *params, gboolean with_envelope,
    float **field, LacProgress *progress, GError **error)
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
        !lac_field_distance_to_points(&self->grid, points, get_known(self, with_envelope),
            self->distance, progress, error) ||
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
    g_autoptr(LacHull) self = make_inside(points, params, TRUE, &field, progress, error);
    if (self == NULL || !find_envelope(self, points, field, progress, error) ||
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
    LacHull *self = make_inside(points, params, FALSE, &field, progress, error);
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
