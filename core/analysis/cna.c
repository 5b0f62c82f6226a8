// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/cna.h"

#include "core/analysis/neighbours.h"
#include "core/parallel.h"

#include <math.h>

#define BLOCK   256
#define CHUNK   16384                   // points between two looks at the progress
#define SHELL   12                      // neighbours of fcc, hcp and the icosahedron
#define SHELL_2 14                      // of bcc, in two shells
#define HALFWAY (0.5 * (1.0 + G_SQRT2)) // [first shell] to the middle of the gap behind it

// Bonds among n neighbours: bit j of bonds[i].
typedef struct {
    guint n;
    guint bonds[SHELL_2];
} Shell;

static guint
count_bits(guint bits)
{
    guint n = 0;
    for (; bits != 0; bits &= bits - 1)
        n++;
    return n;
}

// Common neighbours of the atom and one of its neighbours, bonds among them, and the bonds of the
// longest chain of these, as decimal digits.
static guint
signature(const Shell *shell, guint neighbour)
{
    guint common = shell->bonds[neighbour], n_bonds = 0, longest = 0, seen = 0;
    for (guint i = 0; i < shell->n; i++)
        if (common >> i & 1)
            n_bonds += count_bits(shell->bonds[i] & common);
    for (guint i = 0; i < shell->n; i++) {
        if (!(common >> i & 1) || seen >> i & 1)
            continue;
        guint component = 1u << i, grown = 0, ends = 0;
        while (grown != component) {
            grown = component;
            for (guint j = 0; j < shell->n; j++)
                if (component >> j & 1)
                    component |= shell->bonds[j] & common;
        }
        for (guint j = 0; j < shell->n; j++)
            if (component >> j & 1)
                ends += count_bits(shell->bonds[j] & common);
        longest = MAX(longest, ends / 2);
        seen |= component;
    }
    return 100 * count_bits(common) + 10 * (n_bonds / 2) + longest;
}

static void
bond(Shell *shell, const LacVec3 *v, guint n, double cutoff)
{
    *shell = (Shell){ .n = n };
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++)
            if (lac_vec3_norm(lac_vec3_subtract(v[i], v[j])) < cutoff) {
                shell->bonds[i] |= 1u << j;
                shell->bonds[j] |= 1u << i;
            }
}

static double
mean_of(const double *values, guint n)
{
    double sum = 0.0;
    for (guint i = 0; i < n; i++)
        sum += values[i];
    return sum / n;
}

static LacStructure
classify(const LacVec3 *v, const double *distance, gsize n)
{
    Shell shell;
    guint n421 = 0, n422 = 0, n555 = 0, n666 = 0, n444 = 0;
    if (n < SHELL)
        return LAC_STRUCTURE_OTHER;
    bond(&shell, v, SHELL, HALFWAY * mean_of(distance, SHELL));
    for (guint i = 0; i < SHELL; i++) {
        guint s = signature(&shell, i);
        n421 += s == 421;
        n422 += s == 422;
        n555 += s == 555;
    }
    if (n421 == 12)
        return LAC_STRUCTURE_FCC;
    if (n421 == 6 && n422 == 6)
        return LAC_STRUCTURE_HCP;
    if (n555 == 12)
        return LAC_STRUCTURE_ICOSAHEDRON;
    if (n < SHELL_2)
        return LAC_STRUCTURE_OTHER;
    double cell = 0.5 * (2.0 / sqrt(3.0) * mean_of(distance, 8) + mean_of(distance + 8, 6));
    bond(&shell, v, SHELL_2, HALFWAY * cell);
    for (guint i = 0; i < SHELL_2; i++) {
        guint s = signature(&shell, i);
        n666 += s == 666;
        n444 += s == 444;
    }
    return n666 == 8 && n444 == 6 ? LAC_STRUCTURE_BCC : LAC_STRUCTURE_OTHER;
}

typedef struct {
    const LacPoints *points;
    const LacNeighbours *nearest;
    guint8 *type;
    gsize first;
} CnaArgs;

static void
classify_points(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const CnaArgs *args = data;
    const LacPoints *points = args->points;
    for (gsize i = args->first + begin; i < args->first + end; i++) {
        gsize from = args->nearest->begin[i], n = lac_neighbours_count(args->nearest, i);
        LacVec3 v[SHELL_2];
        for (gsize m = 0; m < n; m++) {
            gsize j = args->nearest->index[from + m];
            v[m] = (LacVec3){ points->x[j] - points->x[i], points->y[j] - points->y[i],
                points->z[j] - points->z[i] };
        }
        args->type[i] = (guint8) classify(v, args->nearest->distance + from, n);
    }
}

/**
 * lac_cna_new:
 * @points: atoms
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Tells structures by adaptive common-neighbour analysis, DOI 10.1088/0965-0393/20/4/045021: bonds
 * among the 12 nearest neighbours are shorter than (1 + sqrt 2) / 2 of their mean distance; fcc has
 * twelve signatures 421, hcp six 421 and six 422, the icosahedron twelve 555, and bcc, of 14
 * neighbours, eight 666 and six 444. At a noise of 6 % of the spacing a quarter of the atoms of a
 * crystal is no longer recognised.
 *
 * Returns: (transfer full): the structures; or %NULL with @error set if it was cancelled
 */
LacCna *
lac_cna_new(const LacPoints *points, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL, NULL);

    gsize n = points->n;
    if (!lac_progress_update(progress, 0.0, error))
        return NULL;
    g_autoptr(LacNeighbours) nearest = lac_neighbours_nearest(points, SHELL_2, NULL, error);
    if (nearest == NULL)
        return NULL;
    g_autoptr(LacCna) self = g_new0(LacCna, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->type = g_new(guint8, MAX(n, 1));
    CnaArgs args = { points, nearest, self->type, 0 };
    for (args.first = 0; args.first < n; args.first += CHUNK) {
        if (!lac_progress_update(progress, (double) args.first / (double) n, error))
            return NULL;
        lac_parallel_for(MIN((gsize) CHUNK, n - args.first), BLOCK, classify_points, &args);
    }
    for (gsize i = 0; i < n; i++)
        self->counts[self->type[i]]++;
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_cna_ref:
 * @self: structures
 *
 * Returns: (transfer full): @self
 */
LacCna *
lac_cna_ref(LacCna *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_cna_unref:
 * @self: (nullable) (transfer full): structures
 */
void
lac_cna_unref(LacCna *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->type);
    g_free(self);
}
