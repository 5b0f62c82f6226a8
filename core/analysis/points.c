// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/points.h"

#include "core/analysis/points-private.h"
#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK       1024
#define FIRST_REACH 3.5  // [Å] of the search for the nearest atom
#define FARTHEST    1e10 // [Å] from the origin
#define N_NAMED     3    // coincident pairs that an error names

typedef struct {
    const LacPoints *points;
    const LacCells *cells;
    double farthest; // [Å]
    double *distance;
    guint32 *nearest;
} NearestArgs;

static void
find_nearest(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    NearestArgs *args = data;
    const LacPoints *points = args->points;
    for (gsize i = begin; i < end; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        gsize j = i;
        args->distance[i] = (double) NAN;
        for (double reach = FIRST_REACH; reach < 2.0 * args->farthest; reach *= 2.0)
            if (lac_cells_find_nearest(args->cells, p, reach, i, &j, &args->distance[i]))
                break;
        args->nearest[i] = (guint32) j;
    }
}

static gboolean
check_distances(const LacPoints *self, const double *distance, const guint32 *nearest,
    GError **error)
{
    g_autoptr(GString) pairs = g_string_new(NULL);
    gsize n_close = 0, n_named = 0;
    for (gsize i = 0; i < self->n; i++) {
        if (!(distance[i] < LAC_POINTS_COINCIDENT))
            continue;
        n_close++;
        gsize j = nearest[i];
        if (n_named == N_NAMED || (j < i && nearest[j] == i))
            continue;
        g_string_append_printf(pairs, "%s%u and %u (%.2f Å)", n_named > 0 ? ", " : "",
            self->index[MIN(i, j)] + 1, self->index[MAX(i, j)] + 1, distance[i]);
        n_named++;
    }
    if (n_close == 0)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "%" G_GSIZE_FORMAT " atoms are closer than %g Å to another and may be the same: %s%s",
        n_close, LAC_POINTS_COINCIDENT, pairs->str, n_close > 2 * n_named ? ", …" : "");
    return FALSE;
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// The distances are no longer in order afterwards.
static double
take_median(double *values, gsize n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

// Finds the nearest atom of each, for the spacing and for what lies on another.
static gboolean
measure(LacPoints *self, GError **error)
{
    g_autoptr(LacCells) cells =
        lac_cells_new(self->x, self->y, self->z, NULL, self->n, FIRST_REACH, error);
    if (cells == NULL)
        return FALSE;
    if (self->n < 2)
        return TRUE;
    LacVec3 low = { self->x[0], self->y[0], self->z[0] };
    LacVec3 high = low;
    for (gsize i = 1; i < self->n; i++) {
        low.x = fmin(low.x, self->x[i]);
        low.y = fmin(low.y, self->y[i]);
        low.z = fmin(low.z, self->z[i]);
        high.x = fmax(high.x, self->x[i]);
        high.y = fmax(high.y, self->y[i]);
        high.z = fmax(high.z, self->z[i]);
    }
    double diagonal = hypot(hypot(high.x - low.x, high.y - low.y), high.z - low.z);
    g_autofree double *distance = g_new(double, self->n);
    g_autofree guint32 *nearest = g_new(guint32, self->n);
    NearestArgs args = { self, cells, fmax(diagonal, FIRST_REACH), distance, nearest };
    lac_parallel_for(self->n, BLOCK, find_nearest, &args);
    if (!check_distances(self, distance, nearest, error))
        return FALSE;
    self->spacing = take_median(distance, self->n);
    return TRUE;
}

static gboolean
check_positions(const LacAtoms *atoms, GError **error)
{
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i) &&
            !(fabs(atoms->x[i]) <= FARTHEST && fabs(atoms->y[i]) <= FARTHEST &&
                fabs(atoms->z[i]) <= FARTHEST)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Atom %" G_GSIZE_FORMAT " is at (%g, %g, %g), which is no position in Å", i + 1,
                atoms->x[i], atoms->y[i], atoms->z[i]);
            return FALSE;
        }
    if (atoms->n >= G_MAXUINT32) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "%" G_GSIZE_FORMAT " atoms are too many to analyse", atoms->n);
        return FALSE;
    }
    return TRUE;
}

static LacPoints *
allocate(const LacAtoms *atoms, gsize n)
{
    LacPoints *self = g_new0(LacPoints, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->atoms = lac_atoms_ref((LacAtoms *) (guintptr) atoms);
    self->n = n;
    self->spacing = (double) NAN;
    self->x = g_new(double, MAX(n, 1));
    self->y = g_new(double, MAX(n, 1));
    self->z = g_new(double, MAX(n, 1));
    self->species = g_new(guint16, MAX(n, 1));
    self->index = g_new(guint32, MAX(n, 1));
    self->rank = g_new(guint32, MAX(atoms->n, 1));
    return self;
}

/**
 * lac_points_gather:
 * @atoms: a model
 * @error: return location for a #GError
 *
 * Returns: (transfer full): its points, of which nothing is measured yet; or %NULL with @error set
 *   if a position is not finite or absurdly far away
 */
LacPoints *
lac_points_gather(const LacAtoms *atoms, GError **error)
{
    if (!check_positions(atoms, error))
        return NULL;
    LacPoints *self = allocate(atoms, lac_atoms_count_present(atoms));
    guint32 p = 0;
    for (gsize i = 0; i < atoms->n; i++) {
        self->rank[i] = G_MAXUINT32;
        if (!lac_atoms_is_present(atoms, i))
            continue;
        self->x[p] = atoms->x[i];
        self->y[p] = atoms->y[i];
        self->z[p] = atoms->z[i];
        self->species[p] = atoms->species[i];
        self->index[p] = (guint32) i;
        self->rank[i] = p++;
    }
    return self;
}

/**
 * lac_points_new:
 * @atoms: a model, of which a reference is kept
 * @error: return location for a #GError
 *
 * Gathers the atoms of a model that are not records of rejected or deleted peaks. A model without
 * atoms gives no points.
 *
 * Returns: (transfer full): the points; or %NULL with @error set if a position is not finite or
 *   absurdly far away, or if atoms lie within %LAC_POINTS_COINCIDENT of each other
 */
LacPoints *
lac_points_new(const LacAtoms *atoms, GError **error)
{
    g_return_val_if_fail(atoms != NULL, NULL);

    g_autoptr(LacPoints) self = lac_points_gather(atoms, error);
    return self != NULL && measure(self, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_points_dup_subset:
 * @self: points
 * @wanted: (array): not 0 for those to take
 *
 * Returns: (transfer full): some of the points, of the same model, with their own spacing
 */
LacPoints *
lac_points_dup_subset(const LacPoints *self, const guint8 *wanted)
{
    gsize n = 0;
    for (gsize p = 0; p < self->n; p++)
        n += wanted[p] != 0;
    g_autoptr(LacPoints) part = allocate(self->atoms, n);
    for (gsize i = 0; i < self->atoms->n; i++)
        part->rank[i] = G_MAXUINT32;
    guint32 q = 0;
    for (gsize p = 0; p < self->n; p++) {
        if (!wanted[p])
            continue;
        part->x[q] = self->x[p];
        part->y[q] = self->y[p];
        part->z[q] = self->z[p];
        part->species[q] = self->species[p];
        part->index[q] = self->index[p];
        part->rank[self->index[p]] = q++;
    }
    gboolean ok = measure(part, NULL); // what all of them passed, some of them pass
    g_assert(ok);
    return g_steal_pointer(&part);
}

/**
 * lac_points_ref:
 * @self: points
 *
 * Returns: (transfer full): @self
 */
LacPoints *
lac_points_ref(LacPoints *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_points_unref:
 * @self: (nullable) (transfer full): points
 */
void
lac_points_unref(LacPoints *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_atoms_unref(self->atoms);
    g_free(self->x);
    g_free(self->y);
    g_free(self->z);
    g_free(self->species);
    g_free(self->index);
    g_free(self->rank);
    g_free(self);
}
