// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/crystals.h"

#include <math.h>

/**
 * lac_crystal_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_crystal_params_init(LacCrystalParams *params)
{
    *params = (LacCrystalParams){ .from_interface = 5.5, .depth = 3.0 };
}

/**
 * lac_crystals_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference
 */
LacCrystals *
lac_crystals_ref(LacCrystals *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_crystals_unref:
 * @self: (nullable) (transfer full): a result
 */
void
lac_crystals_unref(LacCrystals *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (gsize i = 0; i < self->n; i++)
        g_clear_pointer(&self->lattices[i], lac_lattice_unref);
    g_free(self->lattices);
    g_free(self);
}

/**
 * lac_crystals_new:
 * @points: atoms
 * @lattices: those fitted to all their atoms
 * @hull: where the particle is
 * @interface_distance: (nullable) (array): [Å] of each point to the interface; NaN: far away
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Fits each lattice again to atoms inside its grain: rims and bent layers at an interface shear the
 * cell by a tenth of a degree and more.
 *
 * Returns: (transfer full): the lattices, or %NULL with @error set when cancelled
 */
LacCrystals *
lac_crystals_new(const LacPoints *points, const LacLattices *lattices, const LacHull *hull,
    const double *interface_distance, const LacCrystalParams *params, LacProgress *progress,
    GError **error)
{
    g_autofree guint8 *inside = g_new0(guint8, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        gboolean is_near =
            interface_distance != NULL && fabs(interface_distance[i]) <= params->from_interface;
        if (!is_near && lac_hull_depth_at(hull, p) > params->depth)
            inside[i] = 1;
    }
    g_autoptr(LacCrystals) self = g_new0(LacCrystals, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = lattices->n_lattices;
    self->lattices = g_new0(LacLattice *, MAX(self->n, 1));
    for (gsize k = 0; k < self->n; k++) {
        self->lattices[k] = lac_lattice_refit(lattices->lattices[k], points, inside);
        if (!lac_progress_update(progress, (double) (k + 1) / (double) self->n, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}

/**
 * lac_crystals_get:
 * @self: (nullable): refitted lattices
 * @lattices: those that they were made from
 * @i: number of a lattice
 *
 * Returns: (transfer none): the refitted one, or the original where there is none
 */
const LacLattice *
lac_crystals_get(const LacCrystals *self, const LacLattices *lattices, guint32 i)
{
    return self != NULL && i < self->n && self->lattices[i] != NULL ? self->lattices[i]
                                                                    : lattices->lattices[i];
}
