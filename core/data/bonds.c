// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/bonds.h"

#include "core/data/cells.h"
#include "core/data/elements.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_SCALE     1.2   // reaches the first minimum of most solids
#define BLOCK           1024  // atoms that one thread looks at
#define MOST_NEIGHBOURS 64    // per atom on average: a longer list is a wrong cutoff
#define SAMPLE          20000 // atoms that the radial distribution is taken of
#define BIN             0.05  // [Å] of the radial distribution
#define FIRST_REACH     3.0   // [Å] of the search for the nearest neighbour
#define LAST_REACH      50.0  // [Å]
#define FAR             1.65  // [nearest distance] that the radial distribution covers
#define USUAL_CUTOFF    3.0   // [Å] where there is nothing to measure

/**
 * lac_bond_params_init:
 * @params: (out caller-allocates): up to 1.2 times the sum of the covalent radii
 */
void
lac_bond_params_init(LacBondParams *params)
{
    *params = (LacBondParams){ .rule = LAC_BONDS_RADII, .scale = USUAL_SCALE, .cutoff = 3.0 };
}

static guint8 *
make_skip(const LacAtoms *atoms)
{
    guint8 *skip = g_new(guint8, MAX(atoms->n, 1));
    for (gsize i = 0; i < atoms->n; i++)
        skip[i] = !lac_atoms_is_present(atoms, i);
    return skip;
}

static LacVec3
get_position(const LacAtoms *atoms, gsize i)
{
    return (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// [Å] to the nearest atom that is not @i; INFINITY: none within the last reach.
static double
find_nearest(const LacCells *cells, const LacAtoms *atoms, gsize i, double reach)
{
    double distance;
    for (; reach <= LAST_REACH; reach *= 2.0)
        if (lac_cells_find_nearest(cells, get_position(atoms, i), reach, i, NULL, &distance))
            return distance;
    return (double) INFINITY;
}

static double
typical_nearest(const LacCells *cells, const LacAtoms *atoms, const guint8 *skip, gsize step)
{
    g_autoptr(GArray) distances = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize i = 0; i < atoms->n; i += step) {
        double distance = skip[i] ? (double) INFINITY : find_nearest(cells, atoms, i, FIRST_REACH);
        if (isfinite(distance))
            g_array_append_val(distances, distance);
    }
    if (distances->len == 0)
        return 0.0;
    g_array_sort(distances, compare_doubles);
    return g_array_index(distances, double, distances->len / 2);
}

// The first minimum after the first peak of counts per shell volume, which are smoothed.
static double
first_minimum(const guint64 *counts, gsize n)
{
    g_autofree double *g = g_new0(double, n);
    for (gsize k = 0; k < n; k++) {
        double sum = 0.0, weight = 0.0;
        for (gssize d = -2; d <= 2; d++) {
            gssize j = (gssize) k + d;
            if (j < 0 || j >= (gssize) n)
                continue;
            double r = ((double) j + 0.5) * BIN, w = 3.0 - (double) ABS(d);
            sum += w * (double) counts[j] / (r * r);
            weight += w;
        }
        g[k] = sum / weight;
    }
    gsize peak = 0;
    for (gsize k = 0; k < n * 3 / 4; k++) // the first shell lies below 1.25 nearest distances
        if (g[k] > g[peak])
            peak = k;
    gsize low = peak;
    for (gsize k = peak; k < n; k++)
        if (g[k] < g[low])
            low = k;
    gsize last = low; // a gap between shells is cut in its middle
    while (last + 1 < n && g[last + 1] == g[low])
        last++;
    return ((double) (low + last) / 2.0 + 0.5) * BIN;
}

static double
measure_minimum(const LacCells *cells, const LacAtoms *atoms, const guint8 *skip)
{
    gsize step = atoms->n / SAMPLE + 1;
    double nearest = typical_nearest(cells, atoms, skip, step);
    if (!(nearest > 0.0))
        return USUAL_CUTOFF;
    double reach = FAR * nearest;
    gsize n = (gsize) (reach / BIN) + 1;
    g_autofree guint64 *counts = g_new0(guint64, n);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 0; i < atoms->n; i += step) {
        LacVec3 p = get_position(atoms, i);
        g_array_set_size(found, 0);
        gsize n_found = skip[i] ? 0 : lac_cells_find(cells, p, reach, found);
        for (gsize k = 0; k < n_found; k++) {
            gsize j = g_array_index(found, gsize, k);
            double dx = atoms->x[j] - p.x, dy = atoms->y[j] - p.y, dz = atoms->z[j] - p.z;
            gsize bin = (gsize) (sqrt(dx * dx + dy * dy + dz * dz) / BIN);
            if (j != i && bin < n)
                counts[bin]++;
        }
    }
    return first_minimum(counts, n);
}

// Where the first shell of neighbours ends [Å]: at the first minimum of the radial distribution of all
// atoms, or of every k-th atom of a large model, in steps of 0.05 Å; 0 with @error set if a position
// is no number.
static double
find_minimum(const LacAtoms *atoms, GError **error)
{
    g_autofree guint8 *skip = make_skip(atoms);
    g_autoptr(LacCells) cells =
        lac_cells_new(atoms->x, atoms->y, atoms->z, skip, atoms->n, FIRST_REACH, error);
    return cells != NULL ? measure_minimum(cells, atoms, skip) : 0.0;
}

// Squared cutoff [Å^2] of each pair of species.
typedef struct {
    gsize n_species;
    double *squared; // (n_species, n_species)
    double longest;  // [Å]
} Cutoffs;

static void
cutoffs_clear(Cutoffs *self)
{
    g_free(self->squared);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cutoffs, cutoffs_clear)

static gboolean
check_params(const LacBondParams *params, GError **error)
{
    if (params->rule == LAC_BONDS_RADII && !(params->scale > 0.0 && params->scale <= 10.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The bond scale %g is outside 0 to 10",
            params->scale);
        return FALSE;
    }
    if (params->rule == LAC_BONDS_CUTOFF && !(params->cutoff > 0.0 && params->cutoff <= 100.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The bond cutoff %g Å is outside 0 to 100 Å", params->cutoff);
        return FALSE;
    }
    return TRUE;
}

static gboolean
make_cutoffs(Cutoffs *self, const LacAtoms *atoms, const LacBondParams *params, GError **error)
{
    gsize n = MAX(g_strv_length(atoms->species_names), 1);
    double fallback = params->rule == LAC_BONDS_CUTOFF ? params->cutoff : 0.0;
    g_autofree double *radii = g_new0(double, n);
    gboolean is_known = params->rule == LAC_BONDS_RADII;
    for (gsize s = 0; is_known && atoms->species_names[s] != NULL; s++) {
        guint number = lac_element_from_symbol(atoms->species_names[s]);
        radii[s] = number > 0 ? lac_element_get_radius(number) : 0.0;
    }
    for (gsize s = 0; s < n; s++)
        is_known = is_known && radii[s] > 0.0;
    if (fallback == 0.0 && !is_known) {
        fallback = find_minimum(atoms, error);
        if (fallback == 0.0)
            return FALSE;
    }
    if (n > 1024) { // more names than elements: nothing that a pair could depend on
        n = 1;
        radii[0] = 0.0;
        fallback = fallback > 0.0 ? fallback : USUAL_CUTOFF;
    }
    self->n_species = n;
    self->squared = g_new(double, n *n);
    for (gsize s = 0; s < n; s++)
        for (gsize t = 0; t < n; t++) {
            gboolean has_radii = radii[s] > 0.0 && radii[t] > 0.0;
            double cutoff = has_radii ? params->scale * (radii[s] + radii[t]) : fallback;
            self->squared[s * n + t] = cutoff * cutoff;
            self->longest = MAX(self->longest, cutoff);
        }
    return TRUE;
}

typedef struct {
    const LacAtoms *atoms;
    const LacCells *cells;
    const guint8 *skip;
    Cutoffs cutoffs;
    LacBonds *bonds;
    GArray **found; // (nullable) pairs of each block
    LacProgress *progress;
} Search;

static double
squared_cutoff(const Search *self, gsize i, gsize j)
{
    gsize n = self->cutoffs.n_species;
    gsize s = MIN(self->atoms->species[i], n - 1), t = MIN(self->atoms->species[j], n - 1);
    return self->cutoffs.squared[s * n + t];
}

static int
compare_indices(gconstpointer a, gconstpointer b)
{
    gsize i = *(const gsize *) a, j = *(const gsize *) b;
    return (i > j) - (i < j);
}

static void
search_atom(const Search *self, gsize i, GArray *near, GArray *pairs)
{
    const LacAtoms *atoms = self->atoms;
    LacVec3 p = get_position(atoms, i);
    double nearest2 = (double) INFINITY;
    guint n_bonded = 0;
    g_array_set_size(near, 0);
    gsize n = fabs(p.x) + fabs(p.y) + fabs(p.z) < (double) INFINITY
        ? lac_cells_find(self->cells, p, self->cutoffs.longest, near)
        : 0;
    guint first = pairs->len;
    for (gsize k = 0; k < n; k++) {
        gsize j = g_array_index(near, gsize, k);
        double dx = atoms->x[j] - p.x, dy = atoms->y[j] - p.y, dz = atoms->z[j] - p.z;
        double d2 = dx * dx + dy * dy + dz * dz;
        if (j == i)
            continue;
        nearest2 = MIN(nearest2, d2);
        if (d2 > squared_cutoff(self, i, j))
            continue;
        n_bonded++;
        if (j > i && !self->skip[i])
            g_array_append_val(pairs, j);
    }
    if (pairs->len > first + 1)
        qsort(&g_array_index(pairs, gsize, first), pairs->len - first, sizeof(gsize),
            compare_indices);
    self->bonds->coordination[i] = (guint16) MIN(n_bonded, G_MAXUINT16);
    self->bonds->nearest[i] =
        isfinite(nearest2) ? sqrt(nearest2) : find_nearest(self->cells, atoms, i, FIRST_REACH);
}

static void
search_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Search *self = data;
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(gsize));
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->found[begin / BLOCK] = pairs;
    for (gsize i = begin; i < end; i++) {
        if (lac_progress_is_cancelled(self->progress) ||
            pairs->len > 2 * (gsize) MOST_NEIGHBOURS * BLOCK)
            return;
        g_array_set_size(others, 0);
        search_atom(self, i, near, others);
        for (guint k = 0; k < others->len; k++) {
            guint32 pair[2] = { (guint32) i, (guint32) g_array_index(others, gsize, k) };
            g_array_append_vals(pairs, pair, 2);
        }
    }
}

static gboolean
join(Search *self, gsize n_blocks, GError **error)
{
    gsize n = 0;
    for (gsize b = 0; b < n_blocks; b++) {
        if (self->found[b]->len > 2 * (gsize) MOST_NEIGHBOURS * BLOCK) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Up to %.2f Å, some atoms have more than %d bonds: the cutoff is too long",
                self->cutoffs.longest, MOST_NEIGHBOURS);
            return FALSE;
        }
        n += self->found[b]->len / 2;
    }
    self->bonds->n = n;
    self->bonds->pairs = g_new(guint32, MAX(2 * n, 1));
    for (gsize b = 0, at = 0; b < n_blocks; at += self->found[b++]->len) {
        gsize n_bytes = self->found[b]->len * sizeof(guint32);
        if (n_bytes > 0)
            memcpy(self->bonds->pairs + at, self->found[b]->data, n_bytes);
    }
    return TRUE;
}

/**
 * lac_bonds_find:
 * @atoms: a model
 * @params: what a bond is
 * @progress: (nullable): may cancel
 * @error: return location for a #GError
 *
 * Finds the bonds of the model. Records, which are no part of it, have no bonds; their coordination
 * is that which they would have. The result does not depend on the number of threads.
 *
 * Returns: (transfer full): the bonds, or %NULL with @error set
 */
LacBonds *
lac_bonds_find(const LacAtoms *atoms, const LacBondParams *params, LacProgress *progress,
    GError **error)
{
    g_auto(Cutoffs) cutoffs = { 0 };
    if (!check_params(params, error) || !make_cutoffs(&cutoffs, atoms, params, error))
        return NULL;
    g_autofree guint8 *skip = make_skip(atoms);
    g_autoptr(LacCells) cells =
        lac_cells_new(atoms->x, atoms->y, atoms->z, skip, atoms->n, cutoffs.longest, error);
    if (cells == NULL)
        return NULL;
    g_autoptr(LacBonds) bonds = g_new0(LacBonds, 1);
    bonds->n_atoms = atoms->n;
    bonds->coordination = g_new0(guint16, MAX(atoms->n, 1));
    bonds->nearest = g_new0(double, MAX(atoms->n, 1));
    bonds->longest = cutoffs.longest;
    gsize n_blocks = (atoms->n + BLOCK - 1) / BLOCK;
    Search search = { .atoms = atoms,
        .cells = cells,
        .skip = skip,
        .cutoffs = cutoffs,
        .bonds = bonds,
        .found = g_new0(GArray *, MAX(n_blocks, 1)),
        .progress = progress };
    lac_parallel_for(atoms->n, BLOCK, search_block, &search);
    gboolean done = lac_progress_update(progress, 1.0, error) && join(&search, n_blocks, error);
    for (gsize b = 0; b < n_blocks; b++)
        g_array_unref(search.found[b]);
    g_free(search.found);
    return done ? g_steal_pointer(&bonds) : NULL;
}

/**
 * lac_bonds_make_column:
 * @self: bonds of @atoms
 * @atoms: a model
 *
 * Returns: (transfer full): the model with the coordination numbers in a column "cn", sharing all
 *   else
 */
LacAtoms *
lac_bonds_make_column(const LacBonds *self, const LacAtoms *atoms)
{
    g_return_val_if_fail(self->n_atoms == atoms->n, NULL);

    LacAtoms *out = lac_atoms_share(atoms, atoms->n);
    for (guint k = 0; k < out->columns->len; k++)
        if (g_str_equal(g_array_index(out->columns, LacAtomColumn, k).name,
                LAC_COLUMN_COORDINATION)) {
            g_array_remove_index(out->columns, k);
            break;
        }
    double *values = lac_atoms_add_column(out, LAC_COLUMN_COORDINATION);
    for (gsize i = 0; i < atoms->n; i++)
        values[i] = self->coordination[i];
    return out;
}

/**
 * lac_bonds_free:
 * @self: (nullable) (transfer full): bonds
 */
void
lac_bonds_free(LacBonds *self)
{
    if (self == NULL)
        return;
    g_free(self->pairs);
    g_free(self->coordination);
    g_free(self->nearest);
    g_free(self);
}
