// SPDX-License-Identifier: GPL-3.0-or-later
// Random dense packings: soft spheres pushed apart, the same for any number of threads.
#include "core/parallel.h"
#include "core/rng.h"
#include "core/synth/sites.h"

#include <math.h>

#define N_STEPS   260
#define STEP      0.30 // of the force, which is an overlap [Å]
#define MAX_FORCE 1.0  // [Å]
#define BLOCK     256  // atoms per task
#define N_SAMPLES 250000
#define N_TRIES   64 // random places per atom before a start is given up

typedef struct {
    const LacPacking *packing;
    const GArray *sites;
    const LacCells *cells, *fixed;
    const GArray *fixed_sites;
    LacVec3 *forces;
} Relaxation;

static LacVec3
random_place(const LacPacking *packing, guint64 seed, guint64 i)
{
    LacVec3 low = packing->low, high = packing->high;
    return (LacVec3){ low.x + (high.x - low.x) * lac_rng_uniform(seed, 3 * i),
        low.y + (high.y - low.y) * lac_rng_uniform(seed, 3 * i + 1),
        low.z + (high.z - low.z) * lac_rng_uniform(seed, 3 * i + 2) };
}

static LacVec3
add_pushes(LacVec3 force, LacVec3 r, const GArray *sites, const GArray *near, double contact)
{
    for (guint k = 0; k < near->len; k++) {
        LacVec3 d =
            lac_vec3_subtract(r, lac_site_position(sites, (guint) g_array_index(near, gsize, k)));
        double length = lac_vec3_norm(d);
        if (length > 0.0 && length < contact)
            force = lac_vec3_add_scaled(force, (contact - length) / MAX(length, 1e-6), d);
    }
    return force;
}

static void
push_atoms(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Relaxation *self = data;
    const LacPacking *packing = self->packing;
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = begin; i < end; i++) {
        LacVec3 r = lac_site_position(self->sites, (guint) i), force = { 0 };
        g_array_set_size(near, 0);
        lac_cells_find(self->cells, r, packing->contact, near);
        force = add_pushes(force, r, self->sites, near, packing->contact);
        g_array_set_size(near, 0);
        lac_cells_find(self->fixed, r, packing->fixed_contact, near);
        force = add_pushes(force, r, self->fixed_sites, near, packing->fixed_contact);
        force = lac_vec3_add_scaled(force, 2.0, packing->push(r, packing->data));
        self->forces[i] = (LacVec3){ CLAMP(force.x, -MAX_FORCE, MAX_FORCE),
            CLAMP(force.y, -MAX_FORCE, MAX_FORCE), CLAMP(force.z, -MAX_FORCE, MAX_FORCE) };
    }
}

static gboolean
place_randomly(const LacPacking *packing, const LacCells *fixed, GArray *sites, gsize n)
{
    guint64 seed = lac_stream_seed(packing->seed, LAC_STREAM_START);
    double box = (packing->high.x - packing->low.x) * (packing->high.y - packing->low.y) *
        (packing->high.z - packing->low.z);
    guint64 most = (guint64) (box + (double) n) * N_TRIES;
    for (guint64 i = 0; sites->len < n && i < most; i++) {
        LacVec3 r = random_place(packing, seed, i);
        if (!packing->inside(r, packing->data) ||
            lac_cells_count(fixed, r, packing->fixed_start, G_MAXSIZE) > 0)
            continue;
        LacSite site = { .r = r, .phase = LAC_TRUTH_AMORPHOUS };
        g_array_append_val(sites, site);
    }
    return sites->len == n;
}

/**
 * lac_sites_pack:
 * @packing: where, and how close atoms may be
 * @fixed: atoms that stay where they are
 * @n: how many atoms
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Starts from random places and pushes overlapping atoms apart for a fixed number of steps: the
 * harmonic soft spheres of doi:10.1103/PhysRevLett.88.075507, without the last digits of their
 * minimum.
 *
 * Returns: (transfer full) (element-type LacSite): the atoms, or %NULL with @error set
 */
GArray *
lac_sites_pack(const LacPacking *packing, const GArray *fixed, gsize n, LacProgress *progress,
    GError **error)
{
    g_autoptr(GArray) sites = lac_sites_new();
    g_autoptr(LacCells) fixed_cells = lac_sites_make_cells(fixed, packing->fixed_contact);
    if (!place_randomly(packing, fixed_cells, sites, n))
        return g_steal_pointer(&sites); // hardly any room: what fits is the answer
    g_autofree LacVec3 *forces = g_new(LacVec3, MAX(n, 1));
    for (guint step = 0; step < N_STEPS; step++) {
        if (!lac_progress_update(progress, (double) step / N_STEPS, error))
            return NULL;
        g_autoptr(LacCells) cells = lac_sites_make_cells(sites, packing->contact);
        Relaxation self = { packing, sites, cells, fixed_cells, fixed, forces };
        lac_parallel_for(n, BLOCK, push_atoms, &self);
        for (guint i = 0; i < n; i++) {
            LacSite *site = &g_array_index(sites, LacSite, i);
            site->r = lac_vec3_add_scaled(site->r, STEP, forces[i]);
        }
    }
    return g_steal_pointer(&sites);
}

/**
 * lac_sites_measure_volume:
 * @packing: where atoms may be
 * @fixed: atoms that take up room
 * @distance: [Å] around them
 *
 * Returns: [Å^3] the volume inside, to about one part in 400: a share of random places
 */
double
lac_sites_measure_volume(const LacPacking *packing, const GArray *fixed, double distance)
{
    g_autoptr(LacCells) cells = lac_sites_make_cells(fixed, distance);
    guint64 seed = lac_stream_seed(packing->seed, LAC_STREAM_VOLUME);
    gsize n_inside = 0;
    for (guint64 i = 0; i < N_SAMPLES; i++) {
        LacVec3 r = random_place(packing, seed, i);
        n_inside += packing->inside(r, packing->data) &&
            lac_cells_count(cells, r, distance, G_MAXSIZE) == 0;
    }
    return (double) n_inside / N_SAMPLES * (packing->high.x - packing->low.x) *
        (packing->high.y - packing->low.y) * (packing->high.z - packing->low.z);
}
