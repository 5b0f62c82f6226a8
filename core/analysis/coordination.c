// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/coordination.h"

#include "core/parallel.h"

#include <math.h>

#define BLOCK        1024
#define MOST_SPECIES 64 // of which pairs are told apart; the others count with the last

typedef struct {
    const LacNeighbours *neighbours;
    LacCoordination *result;
} CountArgs;

static void
count_atoms(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    CountArgs *args = data;
    const LacNeighbours *lists = args->neighbours;
    LacCoordination *result = args->result;
    for (gsize i = begin; i < end; i++) {
        gsize n = lac_neighbours_count(lists, i);
        const double *distance = lists->distance + lists->begin[i];
        double sum = 0.0;
        for (gsize m = 0; m < n; m++)
            sum += distance[m];
        result->cn[i] = (guint32) n;
        result->bond[i] = n > 0 ? sum / (double) n : (double) NAN;
        result->shortest[i] = n > 0 ? distance[0] : (double) NAN;
        result->longest[i] = n > 0 ? distance[n - 1] : (double) NAN;
    }
}

static void
average(LacCoordination *self, const guint8 *left_out)
{
    double cn = 0.0, bond = 0.0;
    gsize n_bonded = 0;
    for (gsize i = 0; i < self->n; i++) {
        if (left_out != NULL && left_out[i])
            continue;
        self->n_averaged++;
        self->histogram[MIN(self->cn[i], LAC_COORDINATION_N_BINS - 1)]++;
        cn += (double) self->cn[i];
        if (self->cn[i] == 0)
            continue;
        bond += self->bond[i];
        n_bonded++;
    }
    self->mean_cn = self->n_averaged > 0 ? cn / (double) self->n_averaged : (double) NAN;
    self->mean_bond = n_bonded > 0 ? bond / (double) n_bonded : (double) NAN;
}

static void
average_pairs(LacCoordination *self, const LacPoints *points, const LacNeighbours *lists,
    const guint8 *left_out)
{
    gsize s = self->n_species;
    for (gsize k = 0; k < s * s; k++)
        self->pairs[k] = (LacCoordinationPair){ .shortest = HUGE_VAL, .longest = -HUGE_VAL };
    for (gsize i = 0; i < self->n; i++) {
        if (left_out != NULL && left_out[i])
            continue;
        LacCoordinationPair *mine = self->pairs + MIN(points->species[i], s - 1) * s;
        for (gsize b = 0; b < s; b++)
            mine[b].n_atoms++;
        for (gsize m = lists->begin[i]; m < lists->begin[i + 1]; m++) {
            LacCoordinationPair *pair = mine + MIN(points->species[lists->index[m]], s - 1);
            pair->n_bonds++;
            pair->mean_bond += lists->distance[m];
            pair->shortest = fmin(pair->shortest, lists->distance[m]);
            pair->longest = fmax(pair->longest, lists->distance[m]);
        }
    }
    for (gsize k = 0; k < s * s; k++) {
        LacCoordinationPair *pair = &self->pairs[k];
        pair->mean_cn =
            pair->n_atoms > 0 ? (double) pair->n_bonds / (double) pair->n_atoms : (double) NAN;
        if (pair->n_bonds == 0)
            pair->mean_bond = pair->shortest = pair->longest = (double) NAN;
        else
            pair->mean_bond /= (double) pair->n_bonds;
    }
}

/**
 * lac_coordination_new:
 * @points: atoms
 * @neighbours: their neighbours within a cut-off
 * @left_out: (nullable) (array): not 0 for points that the averages leave out, as those at the
 *   surface
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Counts the neighbours of each point and averages their distances.
 *
 * Returns: (transfer full): the numbers; or %NULL with @error set if it was cancelled
 */
LacCoordination *
lac_coordination_new(const LacPoints *points, const LacNeighbours *neighbours,
    const guint8 *left_out, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL && neighbours != NULL, NULL);
    g_return_val_if_fail(points->n == neighbours->n, NULL);

    if (!lac_progress_update(progress, 0.0, error))
        return NULL;
    gsize n = points->n;
    LacCoordination *self = g_new0(LacCoordination, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->cn = g_new(guint32, MAX(n, 1));
    self->bond = g_new(double, MAX(n, 1));
    self->shortest = g_new(double, MAX(n, 1));
    self->longest = g_new(double, MAX(n, 1));
    char **names = points->atoms->species_names;
    self->n_species = CLAMP(names != NULL ? g_strv_length(names) : 0, 1, MOST_SPECIES);
    self->pairs = g_new(LacCoordinationPair, self->n_species * self->n_species);
    CountArgs args = { neighbours, self };
    lac_parallel_for(n, BLOCK, count_atoms, &args);
    average(self, left_out);
    average_pairs(self, points, neighbours, left_out);
    return self;
}

/**
 * lac_coordination_share:
 * @self: coordination numbers
 * @cn: a number of neighbours below %LAC_COORDINATION_N_BINS - 1
 *
 * Returns: the share of the averaged points with so many neighbours, 0 to 1; NaN without points
 */
double
lac_coordination_share(const LacCoordination *self, guint cn)
{
    g_return_val_if_fail(cn < LAC_COORDINATION_N_BINS - 1, (double) NAN);

    return self->n_averaged > 0 ? (double) self->histogram[cn] / (double) self->n_averaged
                                : (double) NAN;
}

/**
 * lac_coordination_ref:
 * @self: coordination numbers
 *
 * Returns: (transfer full): @self
 */
LacCoordination *
lac_coordination_ref(LacCoordination *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_coordination_unref:
 * @self: (nullable) (transfer full): coordination numbers
 */
void
lac_coordination_unref(LacCoordination *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->cn);
    g_free(self->bond);
    g_free(self->shortest);
    g_free(self->longest);
    g_free(self->pairs);
    g_free(self);
}
