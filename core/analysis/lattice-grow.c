// SPDX-License-Identifier: GPL-3.0-or-later
// Growth of a lattice from neighbour to neighbour, which follows slow strain and bending.
#include "core/analysis/lattice-private.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

#define EASY      12 // atoms up to which one neighbour may tell a site
#define MAX_VOTES 64 // different sites that the neighbours of one atom may name

// Where the growth has come to.
typedef struct {
    const LacPoints *points;
    const LacNeighbours *lists;
    const LacLatticeKind *kind;
    const LacLatticeParams *params;
    const guint8 *is_foreign;                                     // (nullable)
    double spacing;                                               // [Å]
    LacVec3 vector[LAC_LATTICE_MAX_BASIS][LAC_LATTICE_MAX_MOVES]; // [Å] of the moves
    guint8 *is_indexed;
    LacSite *site;
    LacSiteMap *used;
    gsize n;
} Growth;

typedef struct {
    guint32 point;
    LacSite site;
    guint votes;
    double misfit; // [Å] mean of the votes
} Claim;

static void
growth_init(Growth *growth, const LacMat3 *cell)
{
    for (guint s = 0; s < growth->kind->n_basis; s++)
        for (guint m = 0; m < growth->kind->n_moves[s]; m++)
            growth->vector[s][m] = lac_mat3_apply(cell, growth->kind->moves[s][m].fraction);
    gsize n = growth->points->n;
    growth->is_indexed = g_new0(guint8, MAX(n, 1));
    growth->site = g_new(LacSite, MAX(n, 1));
    growth->used = lac_site_map_new(n);
    growth->n = 0;
}

static void
growth_clear(Growth *growth)
{
    g_clear_pointer(&growth->is_indexed, g_free);
    g_clear_pointer(&growth->site, g_free);
    g_clear_pointer(&growth->used, lac_site_map_free);
}

static void
give_site(Growth *growth, guint32 point, LacSite site)
{
    if (!lac_site_map_add(growth->used, site, point))
        return;
    growth->is_indexed[point] = TRUE;
    growth->site[point] = site;
    growth->n++;
}

// The site that one indexed neighbour names: that of the move nearest to the difference.
static gboolean
ask(const Growth *growth, guint32 point, guint32 neighbour, LacSite *site, double *misfit)
{
    const LacPoints *p = growth->points;
    LacVec3 d = { p->x[point] - p->x[neighbour], p->y[point] - p->y[neighbour],
        p->z[point] - p->z[neighbour] };
    LacSite from = growth->site[neighbour];
    guint best = 0;
    double least = HUGE_VAL;
    for (guint m = 0; m < growth->kind->n_moves[from.basis]; m++) {
        LacVec3 off = lac_vec3_subtract(growth->vector[from.basis][m], d);
        double off2 = lac_vec3_dot(off, off);
        if (off2 < least) {
            least = off2;
            best = m;
        }
    }
    *misfit = sqrt(least);
    if (!(*misfit < growth->params->tolerance * growth->spacing))
        return FALSE;
    const LacLatticeMove *move = &growth->kind->moves[from.basis][best];
    *site = (LacSite){ { from.n[0] + move->n[0], from.n[1] + move->n[1], from.n[2] + move->n[2] },
        move->basis };
    return TRUE;
}

static gboolean
elect(const Growth *growth, guint32 point, Claim *claim)
{
    Claim named[MAX_VOTES];
    guint n_named = 0, n_votes = 0, best = 0;
    double reach = growth->kind->reach * growth->spacing;
    for (gsize m = growth->lists->begin[point]; m < growth->lists->begin[point + 1]; m++) {
        guint32 other = growth->lists->index[m];
        LacSite site;
        double misfit;
        if (growth->lists->distance[m] >= reach)
            break;
        if (!growth->is_indexed[other] || !ask(growth, point, other, &site, &misfit))
            continue;
        guint64 key = lac_site_pack(site);
        guint k = 0;
        while (k < n_named && lac_site_pack(named[k].site) != key)
            k++;
        if (k == n_named) {
            if (n_named == MAX_VOTES)
                continue;
            named[n_named++] = (Claim){ .point = point, .site = site };
        }
        named[k].votes++;
        named[k].misfit += misfit;
        n_votes++;
        if (named[k].votes > named[best].votes)
            best = k;
    }
    guint needed = growth->n > EASY ? growth->params->votes : 1;
    if (n_named == 0 || named[best].votes < needed || 2 * named[best].votes <= n_votes)
        return FALSE;
    *claim = named[best];
    claim->misfit /= claim->votes;
    return lac_site_is_in_range(claim->site) &&
        lac_site_map_find(growth->used, claim->site) == LAC_SITE_NONE;
}

typedef struct {
    const Growth *growth;
    const guint32 *candidates;
    Claim *claims; // of each candidate, without votes where there is none
} Election;

static void
elect_some(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Election *election = data;
    for (gsize c = begin; c < end; c++)
        if (!elect(election->growth, election->candidates[c], &election->claims[c]))
            election->claims[c].votes = 0;
}

// What points around the front claim, as long as no site is given away.
static void
elect_all(const Growth *growth, const GArray *candidates, GArray *claims)
{
    g_array_set_size(claims, candidates->len);
    Claim *all = (Claim *) (gpointer) claims->data;
    Election election = { growth, (const guint32 *) (gconstpointer) candidates->data, all };
    lac_parallel_for(candidates->len, 64, elect_some, &election);
    guint n = 0;
    for (guint c = 0; c < candidates->len; c++)
        if (all[c].votes > 0)
            all[n++] = all[c];
    g_array_set_size(claims, n);
}

// Of several atoms that claim one site the surest comes first.
static int
compare_claims(gconstpointer a, gconstpointer b)
{
    const Claim *x = a, *y = b;
    if (x->votes != y->votes)
        return x->votes > y->votes ? -1 : 1;
    if (x->misfit != y->misfit)
        return x->misfit < y->misfit ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

// Points around the front that have no site yet, each once.
static void
find_candidates(const Growth *growth, const GArray *front, guint8 *is_candidate, GArray *candidates)
{
    double reach = growth->kind->reach * growth->spacing;
    g_array_set_size(candidates, 0);
    for (guint f = 0; f < front->len; f++) {
        guint32 p = g_array_index(front, guint32, f);
        for (gsize m = growth->lists->begin[p]; m < growth->lists->begin[p + 1]; m++) {
            guint32 q = growth->lists->index[m];
            if (growth->lists->distance[m] >= reach)
                break;
            gboolean is_foreign = growth->is_foreign != NULL && growth->is_foreign[q];
            if (growth->is_indexed[q] || is_candidate[q] || is_foreign)
                continue;
            is_candidate[q] = TRUE;
            g_array_append_val(candidates, q);
        }
    }
    for (guint c = 0; c < candidates->len; c++)
        is_candidate[g_array_index(candidates, guint32, c)] = FALSE;
}

static void
grow_from(Growth *growth, guint32 start, guint8 basis)
{
    g_autoptr(GArray) front = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(Claim));
    g_autofree guint8 *is_candidate = g_new0(guint8, growth->points->n);
    give_site(growth, start, (LacSite){ { 0, 0, 0 }, basis });
    g_array_append_val(front, start);
    while (front->len > 0) {
        find_candidates(growth, front, is_candidate, candidates);
        g_array_set_size(front, 0);
        elect_all(growth, candidates, claims);
        g_array_sort(claims, compare_claims);
        for (guint c = 0; c < claims->len; c++) {
            const Claim *claim = &g_array_index(claims, Claim, c);
            give_site(growth, claim->point, claim->site);
            if (growth->is_indexed[claim->point])
                g_array_append_val(front, claim->point);
        }
    }
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
median_of(const double *values, const guint32 *which, gsize n)
{
    g_autofree double *sorted = g_new(double, n);
    for (gsize k = 0; k < n; k++)
        sorted[k] = values[which[k]];
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    return n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

// The atom of the grain that is nearest to its median.
static guint32
find_start(const LacPoints *points, const LacGrain *grain)
{
    LacVec3 middle = { median_of(points->x, grain->points, grain->n),
        median_of(points->y, grain->points, grain->n),
        median_of(points->z, grain->points, grain->n) };
    guint32 best = grain->points[0];
    double least = HUGE_VAL;
    for (gsize k = 0; k < grain->n; k++) {
        guint32 p = grain->points[k];
        LacVec3 d = { points->x[p] - middle.x, points->y[p] - middle.y, points->z[p] - middle.z };
        double d2 = lac_vec3_dot(d, d);
        if (d2 < least) {
            least = d2;
            best = p;
        }
    }
    return best;
}

// Grows with the start on each of the sites of the cell and keeps the larger.
static void
grow_best(Growth *growth, const LacMat3 *cell, guint32 start)
{
    growth_init(growth, cell);
    grow_from(growth, start, 0);
    for (guint s = 1; s < growth->kind->n_basis; s++) {
        Growth other = *growth;
        growth_init(&other, cell);
        grow_from(&other, start, (guint8) s);
        if (other.n > growth->n) {
            Growth smaller = *growth;
            *growth = other;
            other = smaller;
        }
        growth_clear(&other);
    }
}

static gsize
list_members(const Growth *growth, guint32 *members, LacSite *sites)
{
    gsize n = 0;
    for (gsize p = 0; p < growth->points->n; p++)
        if (growth->is_indexed[p]) {
            members[n] = (guint32) p;
            sites[n++] = growth->site[p];
        }
    return n;
}

// [Å] to the nearest neighbours; the spacing of bcc is the mean of both shells of its shape.
static double
nearest_distance(const LacGrain *grain)
{
    return grain->structure == LAC_STRUCTURE_BCC ? grain->spacing * 14.0 / (8.0 + 12.0 / sqrt(3.0))
                                                 : grain->spacing;
}

/**
 * lac_lattice_grow:
 * @points: atoms
 * @neighbours: their neighbours, at least as far as lac_lattice_get_reach() times the spacing
 * @grain: the seed
 * @is_foreign: (nullable) (array): 1 for each point that belongs to another crystal
 * @params: parameters
 * @error: return location for a #GError
 *
 * Starts at the atom in the middle of the seed and indexes neighbour after neighbour by the moves
 * of the lattice, by vote of those that are indexed; then fits the cell; and again.
 *
 * Returns: (transfer full): the lattice; or %NULL with @error set if the grain's structure has no
 *   lattice
 */
LacLattice *
lac_lattice_grow(const LacPoints *points, const LacNeighbours *neighbours, const LacGrain *grain,
    const guint8 *is_foreign, const LacLatticeParams *params, GError **error)
{
    g_return_val_if_fail(grain->n > 0 && points->n == neighbours->n, NULL);

    LacLatticeKind kind;
    if (!lac_lattice_kind_init(&kind, grain->structure)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "No lattice can be fitted to a grain of the structure %s",
            lac_structure_get_name(grain->structure));
        return NULL;
    }
    double spacing = nearest_distance(grain);
    guint32 start = find_start(points, grain);
    LacMat3 turned = lac_mat3_multiply(&grain->orientation, &kind.cell);
    LacMat3 cell = lac_mat3_scale(&turned, spacing);
    LacVec3 origin = { points->x[start], points->y[start], points->z[start] };
    gboolean is_fitted = FALSE;
    g_autofree guint32 *members = g_new(guint32, points->n);
    g_autofree LacSite *sites = g_new(LacSite, points->n);
    gsize n = 0;
    for (guint sweep = 0; sweep < MAX(params->sweeps, 1); sweep++) {
        Growth growth = { .points = points,
            .lists = neighbours,
            .kind = &kind,
            .params = params,
            .is_foreign = is_foreign,
            .spacing = spacing };
        grow_best(&growth, &cell, start);
        n = list_members(&growth, members, sites);
        LacVec3 at = lac_mat3_apply(&cell, kind.basis[growth.site[start].basis]);
        growth_clear(&growth);
        is_fitted = lac_lattice_fit(points, &kind, members, sites, NULL, n, &cell, &origin);
        if (!is_fitted) {
            origin = (LacVec3){ points->x[start] - at.x, points->y[start] - at.y,
                points->z[start] - at.z };
            break;
        }
    }
    return lac_lattice_new(points, &kind, 0, members, sites, n, &cell, origin, is_fitted);
}
