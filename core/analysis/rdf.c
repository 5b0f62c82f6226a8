// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/rdf.h"

#include "core/analysis/rdf-private.h"
#include "core/clones.h"
#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

#define BLOCK          256
#define CHUNK          16384 // points between two looks at the progress
#define LOT            256   // pairs that are measured at a time
#define CELL           5.0   // [Å]
#define LONGEST_RANGE  100.0 // [Å]
#define MOST_BINS      20000
#define MOST_SPECIES   12   // of which partial functions are made
#define LEAST_FRACTION 1e-6 // of a shell inside the particle
#define PARTIAL_PEAK   1.35 // [first peak] how far that of a partial function may lie
#define FRACTION_SHARE 0.3  // of the time, for the progress

/**
 * lac_rdf_params_init:
 * @params: (out caller-allocates): bins of 0.05 Å up to 15 Å, smoothed by 0.08 Å; the first peak
 *   lies between 1.5 and 5 Å
 */
void
lac_rdf_params_init(LacRdfParams *params)
{
    *params = (LacRdfParams){ .bin = 0.05,
        .range = 15.0,
        .smoothing = 0.08,
        .peak_low = 1.5,
        .peak_high = 5.0 };
}

static gboolean
check_params(const LacRdfParams *params, const LacRdfMask *mask, GError **error)
{
    if (!isfinite(params->bin) || params->bin <= 0.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The bin %g Å of g(r) is no positive number", params->bin);
    else if (!(params->range >= params->bin && params->range <= LONGEST_RANGE))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The range %g Å of g(r) is not between a bin and %g Å", params->range, LONGEST_RANGE);
    else if (params->range / params->bin > MOST_BINS)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A range of %g Å in bins of %g Å is more than %d bins", params->range, params->bin,
            MOST_BINS);
    else if (!isfinite(params->smoothing) || params->smoothing < 0.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The smoothing %g Å of g(r) is negative or no number", params->smoothing);
    else if (!(params->peak_low >= 0.0 && params->peak_high > params->peak_low))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "No first peak lies between %g and %g Å",
            params->peak_low, params->peak_high);
    else if (!isfinite(mask->step) || mask->step <= 0.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The step %g Å of the particle's mask is no positive number", mask->step);
    else
        return TRUE;
    return FALSE;
}

typedef struct {
    const LacPoints *points;
    const guint8 *subset;
    const LacCells *cells;
    double bin;
    gsize n_bins, first;
    guint n_species, n_workers;
    const guint16 *slot; // of a species among those that occur
    guint64 **counts;    // (n_species, n_species, n_bins) of each worker; NULL: not used yet
} PairArgs;

// What is counted around one atom.
typedef struct {
    const PairArgs *args;
    guint64 *counts; // (n_species, n_bins) of the species of the atom
    guint64 *beyond; // pairs farther apart
    gint32 bins[LOT];
} Around;

// Beyond all bins the last one.
LAC_CLONES static void
find_bins(LacVec3 p, const LacVec3 *positions, gsize n, double width, gsize n_bins, gint32 *bins)
{
    double last = (double) n_bins;
#pragma omp simd
    for (gsize m = 0; m < n; m++) {
        double dx = positions[m].x - p.x, dy = positions[m].y - p.y, dz = positions[m].z - p.z;
        double k = sqrt(dx * dx + dy * dy + dz * dz) / width;
        bins[m] = (gint32) (k < last ? k : last);
    }
}

static void
count_lot(LacVec3 p, const LacVec3 *positions, const gsize *indices, gsize n, gpointer data)
{
    Around *self = data;
    const PairArgs *args = self->args;
    gsize n_bins = args->n_bins;
    for (gsize begin = 0; begin < n; begin += LOT) {
        gsize n_lot = MIN(n - begin, (gsize) LOT);
        find_bins(p, positions + begin, n_lot, args->bin, n_bins, self->bins);
        for (gsize m = 0; m < n_lot; m++) {
            gsize bin = (gsize) self->bins[m], slot = 0;
            if (args->n_species > 1)
                slot = args->slot[args->points->species[indices[begin + m]]];
            (*(bin < n_bins ? &self->counts[slot * n_bins + bin] : self->beyond))++;
        }
    }
}

// Each pair once. Integers: their sum does not depend on who counted what.
static void
count_pairs(gsize begin, gsize end, guint worker, gpointer data)
{
    PairArgs *args = data;
    gsize n_row = args->n_species * args->n_bins;
    if (args->counts[worker] == NULL)
        args->counts[worker] = g_new0(guint64, args->n_species * n_row);
    guint64 beyond = 0;
    Around around = { .args = args, .beyond = &beyond };
    double radius = (double) args->n_bins * args->bin;
    for (gsize k = args->first + begin; k < args->first + end; k++) {
        gsize i = lac_cells_get_index(args->cells, k);
        around.counts = args->counts[worker] + args->slot[args->points->species[i]] * n_row;
        lac_cells_for_each_after(args->cells, k, radius, count_lot, &around);
    }
}

// Numbers the species that occur, ascending; all as one when they are too many.
static guint
number_species(const LacPoints *points, const guint8 *subset, guint16 *slot, guint16 *species,
    gsize *n_atoms)
{
    guint n = 0;
    g_autofree gsize *all = g_new0(gsize, (gsize) G_MAXUINT16 + 1);
    for (gsize i = 0; i < points->n; i++)
        if (subset == NULL || subset[i])
            all[points->species[i]]++;
    gsize total = 0;
    for (guint k = 0; k <= G_MAXUINT16; k++) {
        total += all[k];
        slot[k] = 0;
        if (all[k] == 0)
            continue;
        if (n < MOST_SPECIES) {
            slot[k] = (guint16) n;
            species[n] = (guint16) k;
            n_atoms[n] = all[k];
        }
        n++;
    }
    if (n >= 1 && n <= MOST_SPECIES)
        return n;
    for (guint k = 0; k <= G_MAXUINT16; k++)
        slot[k] = 0;
    n_atoms[0] = total;
    return 1;
}

static gboolean
count_all_pairs(PairArgs *args, LacProgress *progress, GError **error)
{
    const LacPoints *points = args->points;
    g_autofree guint8 *skip = NULL;
    if (args->subset != NULL) {
        skip = g_new(guint8, MAX(points->n, 1));
        for (gsize i = 0; i < points->n; i++)
            skip[i] = !args->subset[i];
    }
    g_autoptr(LacCells) cells =
        lac_cells_new(points->x, points->y, points->z, skip, points->n, CELL, error);
    if (cells == NULL)
        return FALSE;
    args->cells = cells;
    gsize n = lac_cells_get_n(cells);
    for (args->first = 0; args->first < n; args->first += CHUNK) {
        double share = (double) args->first / (double) n;
        if (!lac_progress_update(progress, FRACTION_SHARE + (1.0 - FRACTION_SHARE) * share, error))
            return FALSE;
        lac_parallel_for(MIN((gsize) CHUNK, n - args->first), BLOCK, count_pairs, args);
    }
    return TRUE;
}

static double
volume_of(const LacRdfMask *mask)
{
    gsize n = mask->nx * mask->ny * mask->nz, n_inside = 0;
    for (gsize i = 0; i < n; i++)
        n_inside += mask->inside[i] != 0;
    return (double) n_inside * mask->step * mask->step * mask->step;
}

static double
shell_volume(const LacRdf *self, gsize k)
{
    double low = (double) k * self->bin, high = (double) (k + 1) * self->bin;
    return 4.0 / 3.0 * G_PI * (high * high * high - low * low * low);
}

// g = pairs volume / (n_a n_b shell fraction); undefined without atoms or volume.
static void
normalise(const LacRdf *self, const guint64 *pairs, gsize n_a, gsize n_b, double *g)
{
    for (gsize k = 0; k < self->n_bins; k++) {
        double expected = (double) n_a * (double) n_b / self->volume * shell_volume(self, k) *
            fmax(self->fraction[k], LEAST_FRACTION);
        g[k] = self->volume > 0.0 && expected > 0.0 && self->n > 1 ? (double) pairs[k] / expected
                                                                   : (double) NAN;
    }
}

static void
add_partials(LacRdf *self, const guint64 *counts, guint n_species, const guint16 *species,
    const gsize *n_atoms, const LacRdfParams *params)
{
    if (n_species < 2)
        return;
    self->partials = g_new0(LacRdfPartial, n_species * (n_species + 1) / 2);
    g_autofree double *raw = g_new(double, self->n_bins);
    double high = isfinite(self->shell.peak) ? PARTIAL_PEAK * self->shell.peak : params->peak_high;
    for (guint a = 0; a < n_species; a++)
        for (guint b = a; b < n_species; b++) {
            LacRdfPartial *partial = &self->partials[self->n_partials++];
            partial->a = species[a];
            partial->b = species[b];
            partial->pairs = g_memdup2(counts + (a * n_species + b) * self->n_bins,
                self->n_bins * sizeof *counts);
            partial->g = g_new(double, self->n_bins);
            normalise(self, partial->pairs, n_atoms[a], n_atoms[b], raw);
            lac_rdf_smooth(raw, self->n_bins, params->smoothing / params->bin, partial->g);
            partial->shell = lac_rdf_find_shell(partial->g, self->n_bins, self->bin,
                params->peak_low, MIN(high, params->peak_high));
        }
}

static LacRdf *
allocate(const LacRdfParams *params)
{
    LacRdf *self = g_new0(LacRdf, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->bin = params->bin;
    self->n_bins = (gsize) fmax(floor(params->range / params->bin + 0.5), 1.0);
    self->r = g_new(double, self->n_bins);
    self->pairs = g_new0(guint64, self->n_bins);
    self->fraction = g_new(double, self->n_bins);
    self->raw = g_new(double, self->n_bins);
    self->g = g_new(double, self->n_bins);
    for (gsize k = 0; k < self->n_bins; k++)
        self->r[k] = ((double) k + 0.5) * self->bin;
    return self;
}

static void
finish(LacRdf *self, PairArgs *args, const guint16 *species, const gsize *n_atoms,
    const LacRdfParams *params)
{
    guint s = args->n_species;
    g_autofree guint64 *counts = g_new0(guint64, self->n_bins * s * s);
    for (guint w = 0; w < args->n_workers; w++)
        for (gsize m = 0; args->counts[w] != NULL && m < self->n_bins * s * s; m++) {
            gsize a = m / self->n_bins / s, b = m / self->n_bins % s, k = m % self->n_bins;
            counts[m] += args->counts[w][m];
            counts[(b * s + a) * self->n_bins + k] += args->counts[w][m];
        }
    for (gsize m = 0; m < self->n_bins * s * s; m++)
        self->pairs[m % self->n_bins] += counts[m];
    for (guint a = 0; a < s; a++)
        self->n += n_atoms[a];
    self->density = self->volume > 0.0 ? (double) self->n / self->volume : (double) NAN;
    normalise(self, self->pairs, self->n, self->n, self->raw);
    lac_rdf_smooth(self->raw, self->n_bins, params->smoothing / params->bin, self->g);
    self->shell =
        lac_rdf_find_shell(self->g, self->n_bins, self->bin, params->peak_low, params->peak_high);
    add_partials(self, counts, s, species, n_atoms, params);
}

/**
 * lac_rdf_new:
 * @points: atoms
 * @subset: (nullable) (array): 0 for each point to leave out; %NULL: all take part
 * @mask: where the particle is, or the part of it that @subset fills
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Computes g(r) = H(r) V / (N^2 |shell| f(r)): H counts ordered pairs, and f, the mean part of the
 * shell around an atom that lies inside the particle, removes the effect of its finite size. Of
 * several species the partial functions g_ab = H_ab V / (N_a N_b |shell| f) too.
 *
 * Returns: (transfer full): g(r), not finite where it is undefined; or %NULL with @error set if a
 *   parameter is out of range, if memory is short, or if it was cancelled
 */
LacRdf *
lac_rdf_new(const LacPoints *points, const guint8 *subset, const LacRdfMask *mask,
    const LacRdfParams *params, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL && mask != NULL && params != NULL, NULL);

    if (!check_params(params, mask, error) || !lac_progress_update(progress, 0.0, error))
        return NULL;
    g_autoptr(LacRdf) self = allocate(params);
    self->volume = volume_of(mask);
    if (!lac_rdf_shell_fraction(points, subset, mask, self->bin, self->n_bins, self->fraction,
            error))
        return NULL;
    g_autofree guint16 *slot = g_new(guint16, (gsize) G_MAXUINT16 + 1);
    guint16 species[MOST_SPECIES] = { 0 };
    gsize n_atoms[MOST_SPECIES] = { 0 };
    PairArgs args = { .points = points,
        .subset = subset,
        .bin = self->bin,
        .n_bins = self->n_bins,
        .n_species = number_species(points, subset, slot, species, n_atoms),
        .slot = slot,
        .n_workers = lac_parallel_max_workers() };
    args.counts = g_new0(guint64 *, args.n_workers);
    gboolean ok = count_all_pairs(&args, progress, error);
    if (ok)
        finish(self, &args, species, n_atoms, params);
    for (guint w = 0; w < args.n_workers; w++)
        g_free(args.counts[w]);
    g_free(args.counts);
    return ok ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_rdf_integrate:
 * @self: g(r)
 * @radius: [Å]
 *
 * Returns: the mean number of atoms nearer than @radius in matter without a surface, the integral
 *   of 4 pi r^2 density g(r); NaN where g is undefined
 */
double
lac_rdf_integrate(const LacRdf *self, double radius)
{
    double sum = 0.0;
    for (gsize k = 0; k < self->n_bins; k++) {
        double part = CLAMP(radius / self->bin - (double) k, 0.0, 1.0);
        if (part > 0.0)
            sum += part * self->density * self->raw[k] * shell_volume(self, k);
    }
    return isfinite(radius) ? sum : (double) NAN;
}

/**
 * lac_rdf_ref:
 * @self: g(r)
 *
 * Returns: (transfer full): @self
 */
LacRdf *
lac_rdf_ref(LacRdf *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_rdf_unref:
 * @self: (nullable) (transfer full): g(r)
 */
void
lac_rdf_unref(LacRdf *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (gsize k = 0; k < self->n_partials; k++) {
        g_free(self->partials[k].pairs);
        g_free(self->partials[k].g);
    }
    g_free(self->partials);
    g_free(self->r);
    g_free(self->pairs);
    g_free(self->fraction);
    g_free(self->raw);
    g_free(self->g);
    g_free(self);
}
