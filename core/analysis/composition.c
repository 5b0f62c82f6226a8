// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/composition.h"

#include "core/analysis/field.h"
#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

#define FEWEST_CLEAN 20          // atoms of a pure core
#define MOST_NODES   (96u << 20) // of the grid
#define HIGH         0.95
#define LOW          0.05

/**
 * lac_composition_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_composition_params_init(LacCompositionParams *params)
{
    *params = (LacCompositionParams){ .metric = LAC_COMPOSITION_EUCLIDEAN,
        .step = 0.3434,
        .n_steps = 3,
        .ball = 8.0,
        .grow = 2.0,
        .clean = 12,
        .least = 21 };
}

/**
 * lac_composition_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference
 */
LacComposition *
lac_composition_ref(LacComposition *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_composition_unref:
 * @self: (nullable) (transfer full): a result
 */
void
lac_composition_unref(LacComposition *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->s);
    g_free(self->share);
    g_free(self->count);
    g_free(self->distance);
    g_free(self);
}

// The species whose atoms are nearest to the middle of the particle, on average.
static gboolean
find_core(const LacPoints *points, guint16 *core)
{
    guint n_species = g_strv_length(points->atoms->species_names), n_present = 0;
    g_autofree double *sum = g_new0(double, n_species + 1);
    g_autofree double *count = g_new0(double, n_species + 1);
    double cx = 0.0, cy = 0.0, cz = 0.0, n = (double) points->n;
    for (gsize i = 0; i < points->n; i++) {
        cx += points->x[i] / n;
        cy += points->y[i] / n;
        cz += points->z[i] / n;
    }
    for (gsize i = 0; i < points->n; i++) {
        sum[points->species[i]] +=
            hypot(hypot(points->x[i] - cx, points->y[i] - cy), points->z[i] - cz);
        count[points->species[i]] += 1.0;
    }
    double best = (double) INFINITY;
    for (guint s = 0; s < n_species; s++) {
        n_present += count[s] > 0.0;
        if (count[s] > 0.0 && sum[s] / count[s] < best) {
            best = sum[s] / count[s];
            *core = (guint16) s;
        }
    }
    return n_present > 1;
}

// Atoms of the core that have the right number of neighbours, all of their own species.
static LacPoints *
find_clean(const LacPoints *points, const LacNeighbours *neighbours, guint16 core, guint clean,
    GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(points->atoms, points->atoms->n);
    for (gsize i = 0; i < points->n; i++) {
        gsize n_own = 0;
        for (gsize k = neighbours->begin[i]; k < neighbours->begin[i + 1]; k++)
            n_own += points->species[neighbours->index[k]] == core;
        if (points->species[i] != core || n_own != clean)
            atoms->state[points->index[i]] = LAC_ATOM_DELETED;
    }
    return lac_points_new(atoms, error);
}

// The hull of the pure core by a rolling ball, grown by some steps.
static gboolean
fill_core(const LacGrid *grid, const LacPoints *clean, const LacCompositionParams *params,
    guint8 *mask, float *field, LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(grid);
    if (!lac_field_distance_to_points(grid, clean, params->ball, field, progress, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        mask[i] = (double) field[i] < params->ball;
    if (!lac_field_distance_to_mask(grid, mask, 0, field, progress, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        mask[i] = (double) field[i] > params->ball - 0.5 * grid->step;
    if (!lac_field_distance_to_mask(grid, mask, 1, field, progress, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        mask[i] = (double) field[i] <= params->grow * grid->step * (1.0 + 1e-6);
    return TRUE;
}

// Steps to the nearest node of a value, where diagonal steps count as one: two passes.
static void
count_chessboard(const LacGrid *grid, const guint8 *mask, guint8 value, float *steps)
{
    gssize nx = (gssize) grid->nx, ny = (gssize) grid->ny, nz = (gssize) grid->nz;
    for (int pass = 0; pass < 2; pass++) {
        gssize sign = pass == 0 ? 1 : -1;
        for (gssize a = 0; a < nx * ny * nz; a++) {
            gssize i = pass == 0 ? a : nx * ny * nz - 1 - a;
            gssize x = i % nx, y = i / nx % ny, z = i / nx / ny;
            float best = pass == 0 ? (mask[i] == value ? 0.0f : 1e9f) : steps[i];
            for (int k = 0; k < 13 && best > 0.0f; k++) { // the neighbours that came before
                gssize dx = sign * (k % 3 - 1), dy = sign * (k / 3 % 3 - 1),
                       dz = sign * (k / 9 - 1);
                if (x + dx < 0 || x + dx >= nx || y + dy < 0 || y + dy >= ny || z + dz < 0 ||
                    z + dz >= nz)
                    continue;
                best = fminf(best, steps[i + (dz * ny + dy) * nx + dx] + 1.0f);
            }
            steps[i] = best;
        }
    }
}

// [steps] of each atom to the surface of the core, negative inside; half-way between nodes.
static gboolean
measure(LacComposition *self, const LacPoints *points, const LacGrid *grid, const guint8 *mask,
    const LacCompositionParams *params, float *field, LacProgress *progress, GError **error)
{
    for (guint8 value = 0; value < 2; value++) {
        double unit = 1.0;
        if (params->metric == LAC_COMPOSITION_CHESSBOARD)
            count_chessboard(grid, mask, value, field);
        else if (!lac_field_distance_to_mask(grid, mask, value, field, progress, error))
            return FALSE;
        else
            unit = grid->step;
        for (gsize i = 0; i < points->n; i++) {
            gsize node =
                lac_grid_nearest(grid, (LacVec3){ points->x[i], points->y[i], points->z[i] });
            if (mask[node] == value)
                continue;
            double steps = (double) field[node] / unit - 0.5;
            self->distance[i] = grid->step * (value == 0 ? -steps : steps);
        }
    }
    return TRUE;
}

static void
fill_layers(LacComposition *self, const LacPoints *points, double thickness, gsize least)
{
    double low = (double) INFINITY, high = -low;
    for (gsize i = 0; i < points->n; i++) {
        low = fmin(low, floor(self->distance[i] / thickness));
        high = fmax(high, floor(self->distance[i] / thickness));
    }
    gsize n = (gsize) (high - low) + 1;
    g_autofree gsize *own = g_new0(gsize, n);
    g_autofree gsize *all = g_new0(gsize, n);
    for (gsize i = 0; i < points->n; i++) {
        gsize k = (gsize) (floor(self->distance[i] / thickness) - low);
        all[k]++;
        own[k] += points->species[i] == self->core;
    }
    self->s = g_new(double, n);
    self->share = g_new(double, n);
    self->count = g_new(gsize, n);
    for (gsize k = 0; k < n; k++) {
        if (all[k] < MAX(least, 1))
            continue;
        self->s[self->n] = thickness * (low + (double) k + 0.5);
        self->share[self->n] = (double) own[k] / (double) all[k];
        self->count[self->n++] = all[k];
    }
}

// Where the share falls through a level; linear between layers.
static double
find_fall(const LacComposition *self, double level, gsize from, gboolean last, gsize *at)
{
    double found = (double) NAN;
    for (gsize k = from; k + 1 < self->n; k++)
        if (self->share[k] >= level && self->share[k + 1] < level) {
            double part = (self->share[k] - level) / (self->share[k] - self->share[k + 1]);
            found = self->s[k] + part * (self->s[k + 1] - self->s[k]);
            *at = k;
            if (!last)
                break;
        }
    return found;
}

static gboolean
compute(LacComposition *self, const LacPoints *points, const LacPoints *clean,
    const LacCompositionParams *params, LacProgress *progress, GError **error)
{
    LacGrid grid;
    if (!lac_grid_fit(&grid, points, params->step, params->ball + 2.0, MOST_NODES, error))
        return FALSE;
    gsize n = lac_grid_count(&grid);
    float *field = lac_alloc_floats(n, error);
    if (field == NULL)
        return FALSE;
    g_autofree guint8 *mask = g_malloc0(n);
    gboolean done = fill_core(&grid, clean, params, mask, field, progress, error) &&
        measure(self, points, &grid, mask, params, field, progress, error);
    lac_free(field);
    if (!done)
        return FALSE;
    fill_layers(self, points, grid.step * params->n_steps, params->least);
    gsize at = 0;
    self->at_95 = find_fall(self, HIGH, 0, TRUE, &at);
    self->at_5 = find_fall(self, LOW, at, FALSE, &at);
    self->width = self->at_5 - self->at_95;
    return TRUE;
}

/**
 * lac_composition_new:
 * @points: atoms
 * @neighbours: their neighbours
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Finds the pure core, atoms of the innermost species with a full shell of their own kind, rolls a
 * ball over it, and counts species in layers of the distance to its surface. The width of the
 * interface is that from 95 to 5 % of the core's species. With the chessboard metric it is the
 * construction of doi:10.1038/s41467-023-38536-z, whose layers are cubes.
 *
 * Returns: (transfer full): the layers, or %NULL with @error set; %LAC_ERROR_UNDEFINED when there is
 *   one species or no pure core
 */
LacComposition *
lac_composition_new(const LacPoints *points, const LacNeighbours *neighbours,
    const LacCompositionParams *params, LacProgress *progress, GError **error)
{
    guint16 core = 0;
    if (!find_core(points, &core)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "atoms of one species have no composition");
        return NULL;
    }
    g_autoptr(LacPoints) clean = find_clean(points, neighbours, core, params->clean, error);
    if (clean == NULL)
        return NULL;
    if (clean->n < FEWEST_CLEAN) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "only %" G_GSIZE_FORMAT " atoms of %s have %u neighbours of their own kind, and a pure "
            "core takes %d",
            clean->n, points->atoms->species_names[core], params->clean, FEWEST_CLEAN);
        return NULL;
    }
    g_autoptr(LacComposition) self = g_new0(LacComposition, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->core = core;
    self->n_clean = clean->n;
    self->n_atoms = points->n;
    self->distance = g_new0(double, points->n);
    return compute(self, points, clean, params, progress, error) ? g_steal_pointer(&self) : NULL;
}
