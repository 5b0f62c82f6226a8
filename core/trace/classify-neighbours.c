// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/cells.h"
#include "core/trace/classify-private.h"
#include "core/trace/match-private.h"

#include <math.h>
#include <string.h>

#define REACH        1.4  // [bonds] of neighbours that count
#define N_COUNTS     16   // bins of their number
#define N_DISTANCES  17   // bins of the distance to the nearest brighter one
#define FIRST        0.6  // [bonds] where those begin
#define STEP         0.05 // [bonds]
#define N_ROUNDS     5
#define FEWEST       30.0 // peaks of either kind that tell what is usual for it
#define MOST_NEAR    512  // neighbours of one peak; more are no particle
#define LARGEST_ODDS 30.0
#define MOST_WEIGHT  4.0 // of the neighbourhood, as a logarithm of odds

// Neighbours of peak k are index[start[k]] to index[start[k + 1] - 1], nearest first.
typedef struct {
    const LacPeakMeasures *peaks;
    double bond; // [Å]
    gsize *start;
    GArray *index;           // of gsize
    GArray *distance;        // of double [bonds]
    double *odds;            // logarithm, without neighbours
    guint8 *count, *nearest; // bins of each peak
} Around;

static void
around_clear(Around *self)
{
    g_free(self->start);
    g_clear_pointer(&self->index, g_array_unref);
    g_clear_pointer(&self->distance, g_array_unref);
    g_free(self->odds);
    g_free(self->count);
    g_free(self->nearest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Around, around_clear)

static gboolean
is_atom(const double *p_atom, gsize k)
{
    return p_atom[k] > 0.5;
}

// The distance between neighbouring atoms, as far as atoms are known.
static gboolean
find_bond(Around *self, const double *p_atom, GError **error)
{
    const LacPeakMeasures *peaks = self->peaks;
    g_autofree double *x = g_new(double, peaks->n), *y = g_new(double, peaks->n);
    g_autofree double *z = g_new(double, peaks->n);
    gsize n = 0;
    for (gsize k = 0; k < peaks->n; k++) {
        if (!is_atom(p_atom, k))
            continue;
        x[n] = peaks->x[k];
        y[n] = peaks->y[k];
        z[n++] = peaks->z[k];
    }
    const LacPoints points = { n, x, y, z };
    return lac_points_get_bond(&points, &self->bond, error);
}

// FALSE without an error when peaks lie on each other in heaps.
static gboolean
find_neighbours(Around *self, GError **error)
{
    const LacPeakMeasures *peaks = self->peaks;
    double radius = REACH * self->bond;
    g_autoptr(LacCells) cells =
        lac_cells_new(peaks->x, peaks->y, peaks->z, NULL, peaks->n, radius, error);
    if (cells == NULL)
        return FALSE;
    self->start = g_new0(gsize, peaks->n + 1);
    self->index = g_array_new(FALSE, FALSE, sizeof(gsize));
    self->distance = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize k = 0; k < peaks->n; k++) {
        LacVec3 p = { peaks->x[k], peaks->y[k], peaks->z[k] };
        if (lac_cells_find(cells, p, radius, self->index) > MOST_NEAR)
            return FALSE;
        for (guint i = (guint) self->start[k]; i < self->index->len; i++) {
            gsize j = g_array_index(self->index, gsize, i);
            double dx = peaks->x[j] - p.x, dy = peaks->y[j] - p.y, dz = peaks->z[j] - p.z;
            double distance = sqrt(dx * dx + dy * dy + dz * dz) / self->bond;
            g_array_append_val(self->distance, distance);
        }
        self->start[k + 1] = self->index->len;
    }
    return TRUE;
}

// How many atoms are about a peak, and how near is the nearest that is brighter.
static void
find_bins(Around *self, const double *p_atom)
{
    const double *excess = self->peaks->excess;
    for (gsize k = 0; k < self->peaks->n; k++) {
        double n = 0.0, nearest = (double) INFINITY;
        for (gsize i = self->start[k]; i < self->start[k + 1]; i++) {
            gsize j = g_array_index(self->index, gsize, (guint) i);
            double distance = g_array_index(self->distance, double, (guint) i);
            if (j == k)
                continue;
            n += p_atom[j];
            if (is_atom(p_atom, j) && excess[j] > excess[k])
                nearest = MIN(nearest, distance);
        }
        self->count[k] = (guint8) MIN(n + 0.5, N_COUNTS - 1.0);
        self->nearest[k] = (guint8) CLAMP((nearest - FIRST) / STEP, 0.0, N_DISTANCES - 1.0);
    }
}

// What a bin says for atoms, as a logarithm of odds, from how often it comes with each kind.
static void
learn(const guint8 *bin, guint n_bins, const double *p_atom, gsize n, double *weight)
{
    double atoms[N_DISTANCES], others[N_DISTANCES], n_atoms = 0.0, n_others = 0.0;
    double smooth_atoms[N_DISTANCES], smooth_others[N_DISTANCES];
    for (guint b = 0; b < n_bins; b++)
        atoms[b] = others[b] = 1.0;
    for (gsize k = 0; k < n; k++) {
        atoms[bin[k]] += p_atom[k];
        others[bin[k]] += 1.0 - p_atom[k];
    }
    for (guint b = 0; b < n_bins; b++) {
        guint before = b > 0 ? b - 1 : 0, after = MIN(b + 1, n_bins - 1);
        smooth_atoms[b] = 0.25 * atoms[before] + 0.5 * atoms[b] + 0.25 * atoms[after];
        smooth_others[b] = 0.25 * others[before] + 0.5 * others[b] + 0.25 * others[after];
        n_atoms += smooth_atoms[b];
        n_others += smooth_others[b];
    }
    for (guint b = 0; b < n_bins; b++)
        weight[b] = log(smooth_atoms[b] / n_atoms) - log(smooth_others[b] / n_others);
}

static void
judge(Around *self, double *p_atom)
{
    double by_count[N_COUNTS], by_distance[N_DISTANCES];
    gsize n = self->peaks->n;
    find_bins(self, p_atom);
    learn(self->count, N_COUNTS, p_atom, n, by_count);
    learn(self->nearest, N_DISTANCES, p_atom, n, by_distance);
    for (gsize k = 0; k < n; k++) {
        double weight = by_count[self->count[k]] + by_distance[self->nearest[k]];
        p_atom[k] = 1.0 / (1.0 + exp(-(self->odds[k] + CLAMP(weight, -MOST_WEIGHT, MOST_WEIGHT))));
    }
}

/**
 * lac_classify_neighbours:
 * @peaks: what is known of them, with positions and excess
 * @p_atom: (inout) (array): probability of being an atom, each peak judged alone
 * @error: return location for a #GError
 *
 * Corrects the probabilities by what surrounds a peak: the number of atoms about it, and the
 * distance to the nearest brighter one. What is usual for atoms and for other peaks is learned from
 * the peaks themselves, as the frequencies of a naive Bayesian classifier, in a few rounds. Where
 * there are too few of either kind nothing changes.
 *
 * Returns: %TRUE, or %FALSE with @error set when a position is not finite
 */
gboolean
lac_classify_neighbours(const LacPeakMeasures *peaks, double *p_atom, GError **error)
{
    GError *failure = NULL;
    g_auto(Around) self = { .peaks = peaks };
    double n_atoms = 0.0;
    for (gsize k = 0; k < peaks->n; k++)
        n_atoms += p_atom[k];
    if (n_atoms < FEWEST || (double) peaks->n - n_atoms < FEWEST)
        return TRUE;
    if (!find_bond(&self, p_atom, error))
        return FALSE;
    if (!(self.bond > 0.0) || !find_neighbours(&self, &failure)) {
        g_propagate_error(error, failure);
        return failure == NULL;
    }
    self.odds = g_new(double, peaks->n);
    self.count = g_new(guint8, peaks->n);
    self.nearest = g_new(guint8, peaks->n);
    for (gsize k = 0; k < peaks->n; k++)
        self.odds[k] = CLAMP(log(p_atom[k]) - log(1.0 - p_atom[k]), -LARGEST_ODDS, LARGEST_ODDS);
    for (guint round = 0; round < N_ROUNDS; round++)
        judge(&self, p_atom);
    return TRUE;
}
