// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/junction.h"

#include "core/error.h"

#include <math.h>

#define DEEP         6.0  // [Å] from the interface: inside the metal
#define BENDING_FROM 10.0 // [Å] of the interface to both sides
#define MOST_BENDING 3    // families

/**
 * lac_junctions_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference
 */
LacJunctions *
lac_junctions_ref(LacJunctions *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

static void
free_bending(gpointer data)
{
    LacBending *bending = data;
    g_array_unref(bending->slabs);
    g_free(bending);
}

/**
 * lac_junctions_unref:
 * @self: (nullable) (transfer full): a result
 */
void
lac_junctions_unref(LacJunctions *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (gsize i = 0; i < self->n; i++) {
        lac_coherency_patch_free(self->junctions[i].patch);
        g_ptr_array_unref(self->junctions[i].bending);
    }
    g_free(self->junctions);
    g_free(self);
}

// What junctions are made from.
typedef struct {
    const LacPoints *points;
    const LacLattices *lattices;
    const LacCrystals *crystals;
    const LacPhases *phases;
    const LacInterface *interface;
    const LacCoherencyParams *params;
    LacNeighbours *near; // within the first layer's distance
} Maker;

static LacVec3
get_point(const LacPoints *points, gsize i)
{
    return (LacVec3){ points->x[i], points->y[i], points->z[i] };
}

// Atoms of a grain of oxide that have metal next to them, and the lattice of most of that metal.
static GArray *
find_layer(const Maker *self, guint32 oxide, guint32 *metal)
{
    GArray *layer = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    g_autofree gsize *votes = g_new0(gsize, self->lattices->n_lattices + 1);
    for (gsize i = 0; i < self->points->n; i++) {
        gboolean is_first = FALSE;
        if (self->phases->phase[i] != LAC_PHASE_OXIDE || self->phases->grain[i] != oxide)
            continue;
        for (gsize k = self->near->begin[i]; k < self->near->begin[i + 1]; k++) {
            guint32 j = self->near->index[k];
            if (self->phases->phase[j] != LAC_PHASE_METAL)
                continue;
            is_first = TRUE;
            if (self->phases->grain[j] != LAC_PHASE_NO_GRAIN)
                votes[self->phases->grain[j]]++;
        }
        LacVec3 p = get_point(self->points, i);
        if (is_first)
            g_array_append_val(layer, p);
    }
    *metal = LAC_PHASE_NO_GRAIN;
    gsize most = 0;
    for (gsize l = 0; l < self->lattices->n_lattices; l++)
        if (votes[l] > most) {
            most = votes[l];
            *metal = (guint32) l;
        }
    return layer;
}

// Atoms of a lattice deep in the metal; of hcp one of its two sublattices, which is a lattice.
static GArray *
find_interior(const Maker *self, guint32 metal)
{
    GArray *interior = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    const LacLattice *lattice = self->lattices->lattices[metal];
    for (gsize k = 0; k < lattice->n; k++) {
        guint32 i = lattice->points[k];
        if (!(self->interface->distance[i] < -DEEP) || lattice->sites[k].basis != 0)
            continue;
        LacVec3 p = get_point(self->points, i);
        g_array_append_val(interior, p);
    }
    return interior;
}

static LacCoherencyCrystal
describe(const LacLattice *lattice)
{
    LacCoherencyCrystal crystal = { .spacing = lattice->spacing,
        .is_hcp = lattice->kind.structure == LAC_STRUCTURE_HCP };
    crystal.cell = lac_mat3_multiply(&lattice->cell, &lattice->kind.conventional);
    return crystal;
}

static gboolean
is_new_family(const GPtrArray *bending, const int metal[3])
{
    for (guint k = 0; k < bending->len; k++) {
        const LacBending *known = bending->pdata[k];
        if (known->metal[0] == metal[0] && known->metal[1] == metal[1] &&
            known->metal[2] == metal[2])
            return FALSE;
    }
    return TRUE;
}

// Atoms of both crystals on this part of the interface, and how far they are from it.
static void
find_both_sides(const Maker *self, const LacJunction *junction, GArray *atoms, GArray *s)
{
    for (gsize i = 0; i < self->points->n; i++) {
        guint32 grain = self->phases->grain[i];
        double d = self->interface->distance[i];
        if ((grain != junction->metal && grain != junction->oxide) || !(fabs(d) < BENDING_FROM) ||
            self->interface->type_of[self->interface->nearest[i]] != junction->type)
            continue;
        LacVec3 p = get_point(self->points, i);
        g_array_append_val(atoms, p);
        g_array_append_val(s, d);
    }
}

static void
follow_planes(const Maker *self, const LacCoherencyCrystal *metal, LacJunction *junction)
{
    g_autoptr(GArray) atoms = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    g_autoptr(GArray) s = g_array_new(FALSE, FALSE, sizeof(double));
    find_both_sides(self, junction, atoms, s);
    const GArray *matches = junction->patch->matches;
    for (guint m = 0; m < matches->len && junction->bending->len < MOST_BENDING; m++) {
        const LacPlaneMatch *match = &g_array_index(matches, LacPlaneMatch, m);
        if (!is_new_family(junction->bending, match->metal))
            continue;
        LacBending *bending = g_new0(LacBending, 1);
        for (int d = 0; d < 3; d++)
            bending->metal[d] = match->metal[d];
        bending->slabs = lac_bending_profile((const LacVec3 *) (gconstpointer) atoms->data,
            (const double *) (gconstpointer) s->data, atoms->len,
            lac_coherency_plane(metal, match->metal), -BENDING_FROM, BENDING_FROM,
            self->params->slab);
        g_ptr_array_add(junction->bending, bending);
    }
}

static gboolean
join(const Maker *self, LacJunction *junction, GError **error)
{
    guint32 metal;
    g_autoptr(GArray) layer = find_layer(self, junction->oxide, &metal);
    if (metal == LAC_PHASE_NO_GRAIN)
        return TRUE;
    const LacLattice *m = lac_crystals_get(self->crystals, self->lattices, metal);
    const LacLattice *o = lac_crystals_get(self->crystals, self->lattices, junction->oxide);
    LacCoherencyCrystal inside = describe(m), outside = describe(o);
    g_autoptr(GArray) interior = find_interior(self, metal);
    junction->metal = metal;
    junction->turn =
        lac_misorientation_find(&m->orientation, lac_structure_get_symmetry(m->kind.structure),
            &o->orientation, lac_structure_get_symmetry(o->kind.structure));
    junction->patch =
        lac_coherency_patch_new(&inside, &outside, self->interface->types[junction->type].normal,
            (const LacVec3 *) (gconstpointer) layer->data, layer->len,
            (const LacVec3 *) (gconstpointer) interior->data, interior->len, self->params, error);
    if (junction->patch == NULL)
        return FALSE;
    junction->word = junction->patch->word;
    follow_planes(self, &inside, junction);
    return TRUE;
}

/**
 * lac_junctions_new:
 * @points: atoms
 * @lattices: those of the grains
 * @crystals: (nullable): refitted to their insides
 * @phases: of the atoms
 * @interface: between metal and oxide
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Finds for every part of the interface how the metal is joined to the oxide that it faces.
 *
 * Returns: (transfer full): the junctions, or %NULL with @error set
 */
LacJunctions *
lac_junctions_new(const LacPoints *points, const LacLattices *lattices, const LacCrystals *crystals,
    const LacPhases *phases, const LacInterface *interface, const LacCoherencyParams *params,
    LacProgress *progress, GError **error)
{
    g_autoptr(LacNeighbours) near = lac_neighbours_new(points, params->layer, progress, error);
    if (near == NULL)
        return NULL;
    const Maker maker = { points, lattices, crystals, phases, interface, params, near };
    g_autoptr(LacJunctions) self = g_new0(LacJunctions, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = interface->n_types;
    self->junctions = g_new0(LacJunction, MAX(self->n, 1));
    for (gsize t = 0; t < self->n; t++) {
        LacJunction *junction = &self->junctions[t];
        const LacInterfaceType *type = &interface->types[t];
        junction->type = (guint32) t;
        junction->area = type->area;
        junction->oxide = type->grain;
        junction->metal = LAC_PHASE_NO_GRAIN;
        junction->is_crystalline =
            type->phase == LAC_PHASE_OXIDE && type->grain != LAC_PHASE_NO_GRAIN;
        junction->bending = g_ptr_array_new_with_free_func(free_bending);
        junction->word = LAC_COHERENCY_INCOHERENT;
    }
    for (gsize t = 0; t < self->n; t++)
        if ((self->junctions[t].is_crystalline && !join(&maker, &self->junctions[t], error)) ||
            !lac_progress_update(progress, (double) (t + 1) / (double) self->n, error))
            return NULL;
    return g_steal_pointer(&self);
}
