// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/density.h"

#include "core/analysis/sample.h"
#include "core/array.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

#define BLOCK      65536 // nodes
#define LEAST_PART 0.05f // of the kernel that must lie inside the particle

/**
 * lac_density_ref:
 * @self: a density
 *
 * Returns: (transfer full): @self with one more reference
 */
LacDensity *
lac_density_ref(LacDensity *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_density_unref:
 * @self: (nullable) (transfer full): a density
 */
void
lac_density_unref(LacDensity *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_free(self->density);
    lac_free(self->volume);
    g_free(self->at_atoms);
    g_free(self);
}

typedef struct {
    const LacHull *hull;
    const LacVolume *volume;
    float *out;
    gsize plane;
} Sampling;

// What the volume has at the nodes inside the particle; 0 outside, as the mask is.
static void
sample_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Sampling *self = data;
    for (gsize i = begin * self->plane; i < end * self->plane; i++)
        if (self->hull->inside[i])
            self->out[i] =
                (float) lac_sample_at(self->volume, lac_grid_node_at(&self->hull->grid, i));
}

typedef struct {
    const guint8 *inside;
    const float *mask;
    float *field;
    double scale;
} DivideArgs;

static void
fill_mask(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const DivideArgs *self = data;
    for (gsize i = begin; i < end; i++)
        self->field[i] = self->inside[i] ? 1.0f : 0.0f;
}

static void
divide_block(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const DivideArgs *self = data;
    for (gsize i = begin; i < end; i++) {
        float part = self->mask[i];
        double value =
            part > LEAST_PART ? (double) self->field[i] / ((double) part * self->scale) : 0.0;
        self->field[i] = (float) value;
    }
}

static void
divide(float *field, const float *mask, gsize n, double scale)
{
    DivideArgs args = { .field = field, .mask = mask, .scale = scale };
    lac_parallel_for(n, BLOCK, divide_block, &args);
}

static gboolean
smooth_volume(LacDensity *self, const LacHull *hull, const LacVolume *volume, const float *mask,
    gsize n, LacProgress *progress, GError **error)
{
    self->volume = lac_alloc_floats(n, error);
    if (self->volume == NULL)
        return FALSE;
    Sampling sampling = { hull, volume, self->volume, hull->grid.nx * hull->grid.ny };
    lac_parallel_for(hull->grid.nz, 1, sample_planes, &sampling);
    if (!lac_field_smooth(&hull->grid, self->sigma, self->volume, progress, error))
        return FALSE;
    divide(self->volume, mask, n, 1.0);
    return TRUE;
}

static gboolean
make_fields(LacDensity *self, const LacPoints *points, const LacHull *hull, const LacVolume *volume,
    float *mask, LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&hull->grid);
    double step = hull->grid.step;
    DivideArgs args = { .inside = hull->inside, .field = mask };
    lac_parallel_for(n, BLOCK, fill_mask, &args);
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        lac_field_splat(&hull->grid, p, 1.0f, self->density);
    }
    if (!lac_field_smooth(&hull->grid, self->sigma, mask, progress, error) ||
        !lac_field_smooth(&hull->grid, self->sigma, self->density, progress, error))
        return FALSE;
    divide(self->density, mask, n, step * step * step);
    return volume == NULL || smooth_volume(self, hull, volume, mask, n, progress, error);
}

/**
 * lac_density_new:
 * @points: atoms
 * @hull: where the particle is
 * @volume: (nullable): the reconstruction, to be smoothed likewise
 * @sigma: [Å] of the Gaussian
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Computes the local density by a normalised convolution, rho(x) = sum_i K(x - x_i) / (K * M)(x):
 * divided by the part of the kernel inside the particle M it does not fall off at the surface.
 *
 * Returns: (transfer full): the density, or %NULL with @error set
 */
LacDensity *
lac_density_new(const LacPoints *points, const LacHull *hull, const LacVolume *volume, double sigma,
    LacProgress *progress, GError **error)
{
    if (!(sigma > 0.0 && sigma < 100.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The smoothing %g Å of the density is no positive length", sigma);
        return NULL;
    }
    gsize n = lac_grid_count(&hull->grid);
    g_autoptr(LacDensity) self = g_new0(LacDensity, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->grid = hull->grid;
    self->sigma = sigma;
    self->n = points->n;
    self->at_atoms = g_new(double, MAX(points->n, 1));
    self->density = lac_alloc_floats(n, error);
    float *mask = self->density != NULL ? lac_alloc_unset(n, sizeof(float), error) : NULL;
    gboolean done = mask != NULL && make_fields(self, points, hull, volume, mask, progress, error);
    lac_free(mask);
    if (!done)
        return NULL;
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        self->at_atoms[i] = lac_grid_sample(&self->grid, self->density, p);
    }
    return g_steal_pointer(&self);
}
