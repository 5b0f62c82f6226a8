// SPDX-License-Identifier: GPL-3.0-or-later
// The lattices of all grains, and which atom belongs to which.
#include "core/analysis/lattice.h"

#include "core/analysis/lattice-private.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

#define SAME_CRYSTAL_DEG 10.0 // between a seed and the lattice that has most of it already
#define SAME_CRYSTAL_LOG 0.06 // of their spacings

/**
 * lac_lattice_params_init:
 * @params: (out caller-allocates): three votes within 0.22 of the spacing, three sweeps
 */
void
lac_lattice_params_init(LacLatticeParams *params)
{
    *params = (LacLatticeParams){ .tolerance = 0.22, .votes = 3, .sweeps = 3, .least = 20 };
}

static gboolean
check_params(const LacLatticeParams *params, GError **error)
{
    if (!(params->tolerance > 0.0 && params->tolerance < 0.5))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The tolerance %g of lattice sites is not between 0 and 0.5 spacings",
            params->tolerance);
    else if (params->votes < 1 || params->votes > 12)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%u votes for a lattice site are not between 1 and 12", params->votes);
    else if (params->sweeps < 1 || params->sweeps > 20)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%u sweeps of a lattice fit are not between 1 and 20", params->sweeps);
    else
        return TRUE;
    return FALSE;
}

static LacNeighbours *
find_neighbours(const LacPoints *points, const LacGrains *grains, GError **error)
{
    double reach = 1.0; // [Å]
    for (gsize g = 0; g < grains->n_grains; g++) {
        const LacGrain *grain = &grains->grains[g];
        reach = fmax(reach, lac_lattice_get_reach(grain->structure) * grain->spacing);
    }
    return lac_neighbours_new(points, reach, NULL, error);
}

// Metal and oxide that grew on each other in the same orientation differ by their spacing alone.
static gboolean
is_as_dense(const LacGrain *a, const LacGrain *b)
{
    return fabs(log(a->spacing / b->spacing)) <= SAME_CRYSTAL_LOG;
}

// The seeds that a lattice of this one must not go on into.
static guint8 *
find_foreign(const LacGrains *grains, const LacGrain *grain)
{
    guint8 *is_foreign = g_new0(guint8, MAX(grains->n, 1));
    for (gsize g = 0; g < grains->n_grains; g++) {
        const LacGrain *other = &grains->grains[g];
        if (other->structure != grain->structure || is_as_dense(other, grain))
            continue;
        for (gsize k = 0; k < other->n; k++)
            is_foreign[other->points[k]] = TRUE;
    }
    return is_foreign;
}

// Whether most of a seed belongs to a lattice of its orientation already.
static gboolean
is_taken(const LacGrains *grains, gsize index, const GPtrArray *lattices)
{
    const LacGrain *grain = &grains->grains[index];
    for (guint l = 0; l < lattices->len; l++) {
        const LacLattice *lattice = lattices->pdata[l];
        guint n_taken = 0;
        if (lattice->kind.structure != grain->structure ||
            !is_as_dense(grain, &grains->grains[lattice->grain]))
            continue;
        for (gsize k = 0; k < grain->n; k++)
            if (lac_lattice_find_point(lattice, grain->points[k], NULL))
                n_taken++;
        LacSymmetryGroup group;
        lac_symmetry_group_init(&group, lac_structure_get_symmetry(grain->structure));
        if (2 * n_taken > grain->n &&
            lac_misorientation_angle_deg(&lattice->orientation, &grain->orientation, &group) <
                SAME_CRYSTAL_DEG)
            return TRUE;
    }
    return FALSE;
}

// An atom that two lattices claim goes to the one whose site is nearer.
static guint32 *
find_owners(const GPtrArray *lattices, gsize n)
{
    guint32 *owner = g_new(guint32, MAX(n, 1));
    g_autofree double *nearest = g_new(double, MAX(n, 1));
    for (gsize p = 0; p < n; p++) {
        owner[p] = LAC_GRAIN_NONE;
        nearest[p] = HUGE_VAL;
    }
    for (guint l = 0; l < lattices->len; l++) {
        const LacLattice *lattice = lattices->pdata[l];
        for (gsize k = 0; k < lattice->n; k++) {
            double off = lac_vec3_norm(lattice->displacement[k]);
            guint32 p = lattice->points[k];
            if (off < nearest[p]) {
                nearest[p] = off;
                owner[p] = l;
            }
        }
    }
    return owner;
}

static LacLattice *
keep_owned(const LacLattice *lattice, const LacPoints *points, const guint32 *owner, guint32 self)
{
    g_autofree guint32 *members = g_new(guint32, MAX(lattice->n, 1));
    g_autofree LacSite *sites = g_new(LacSite, MAX(lattice->n, 1));
    gsize n = 0;
    for (gsize k = 0; k < lattice->n; k++)
        if (owner[lattice->points[k]] == self) {
            members[n] = lattice->points[k];
            sites[n++] = lattice->sites[k];
        }
    return lac_lattice_new(points, &lattice->kind, lattice->grain, members, sites, n,
        &lattice->cell, lattice->origin, lattice->is_fitted);
}

static int
compare_lattices(gconstpointer a, gconstpointer b)
{
    const LacLattice *x = *(LacLattice *const *) a, *y = *(LacLattice *const *) b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return (x->grain > y->grain) - (x->grain < y->grain);
}

// Gives contested atoms away until no lattice is too small, the smallest going first.
static void
settle(GPtrArray *lattices, const LacPoints *points, guint least)
{
    for (;;) {
        g_autofree guint32 *owner = find_owners(lattices, points->n);
        g_autofree gsize *size = g_new0(gsize, MAX(lattices->len, 1));
        for (gsize p = 0; p < points->n; p++)
            if (owner[p] != LAC_GRAIN_NONE)
                size[owner[p]]++;
        guint smallest = 0;
        for (guint l = 1; l < lattices->len; l++)
            if (size[l] <= size[smallest])
                smallest = l;
        if (lattices->len > 0 && size[smallest] < least) {
            g_ptr_array_remove_index(lattices, smallest);
            continue;
        }
        for (guint l = 0; l < lattices->len; l++) {
            LacLattice *kept = keep_owned(lattices->pdata[l], points, owner, l);
            lac_lattice_unref(lattices->pdata[l]);
            lattices->pdata[l] = kept;
        }
        return;
    }
}

/**
 * lac_lattices_new:
 * @points: atoms
 * @grains: the seeds
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Grows a lattice from each grain, largest first, save those that an earlier lattice has taken in.
 * None grows on into grains of another spacing.
 * An atom that two lattices claim goes to the one whose site is nearer.
 *
 * Returns: (transfer full): the lattices; or %NULL with @error set if a parameter is out of range
 *   or it was cancelled
 */
LacLattices *
lac_lattices_new(const LacPoints *points, const LacGrains *grains, const LacLatticeParams *params,
    LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL && grains != NULL && params != NULL, NULL);
    g_return_val_if_fail(points->n == grains->n, NULL);

    if (!check_params(params, error))
        return NULL;
    g_autoptr(LacNeighbours) neighbours = find_neighbours(points, grains, error);
    if (neighbours == NULL)
        return NULL;
    g_autoptr(GPtrArray) lattices =
        g_ptr_array_new_with_free_func((GDestroyNotify) lac_lattice_unref);
    for (gsize g = 0; g < grains->n_grains; g++) {
        if (!lac_progress_update(progress, (double) g / (double) grains->n_grains, error))
            return NULL;
        if (is_taken(grains, g, lattices))
            continue;
        g_autofree guint8 *is_foreign = find_foreign(grains, &grains->grains[g]);
        LacLattice *lattice =
            lac_lattice_grow(points, neighbours, &grains->grains[g], is_foreign, params, error);
        if (lattice == NULL)
            return NULL;
        lattice->grain = g;
        g_ptr_array_add(lattices, lattice);
    }
    settle(lattices, points, params->least);
    g_ptr_array_sort(lattices, compare_lattices);
    LacLattices *self = g_new0(LacLattices, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = points->n;
    self->owner = find_owners(lattices, points->n);
    self->n_lattices = lattices->len;
    self->lattices = (LacLattice **) g_ptr_array_free(g_steal_pointer(&lattices), FALSE);
    return self;
}

/**
 * lac_lattices_ref:
 * @self: lattices
 *
 * Returns: (transfer full): @self
 */
LacLattices *
lac_lattices_ref(LacLattices *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_lattices_unref:
 * @self: (nullable) (transfer full): lattices
 */
void
lac_lattices_unref(LacLattices *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (gsize l = 0; l < self->n_lattices; l++)
        lac_lattice_unref(self->lattices[l]);
    g_free(self->lattices);
    g_free(self->owner);
    g_free(self);
}
