// SPDX-License-Identifier: GPL-3.0-or-later
// Sites of lattices that have no atom although their neighbours do.
#include "core/analysis/vacancies-private.h"
#include "core/matrix.h"

#include <math.h>
#include <stdlib.h>

// The mean leaves out expectations farther from the median one than this.
#define TRIM       2.5  // [median of the distances]
#define TRIM_FLOOR 0.05 // [Å]

#define FULL_SUPPORT 12.0

// Where a neighbour expects the atom of a site.
typedef struct {
    guint64 key;
    LacSite site;
    guint32 point;
    LacVec3 position; // [Å]
} Expected;

static int
compare_expected(gconstpointer a, gconstpointer b)
{
    const Expected *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->point < y->point ? -1 : x->point > y->point;
}

static LacVec3
position_of(const LacPoints *points, gsize i)
{
    return (LacVec3){ points->x[i], points->y[i], points->z[i] };
}

static LacSite
neighbour_of(LacSite site, const LacLatticeMove *move)
{
    LacSite next = { .basis = move->basis };
    for (int d = 0; d < 3; d++)
        next.n[d] = site.n[d] + move->n[d];
    return next;
}

// Of a site of a lattice: how many of its first neighbours are occupied.
static guint
count_support(const LacLattice *lattice, LacSite site)
{
    guint n = 0;
    for (guint m = 0; m < lattice->kind.n_moves[site.basis]; m++) {
        LacSite next = neighbour_of(site, &lattice->kind.moves[site.basis][m]);
        if (lac_site_is_in_range(next) && lac_site_map_find(lattice->map, next) != LAC_SITE_NONE)
            n++;
    }
    return n;
}

// How many neighbours of so many must be occupied.
static guint
needed_support(const LacVacancyFinder *finder, const LacLattice *lattice, guint8 basis)
{
    double share = finder->params->support / FULL_SUPPORT;
    return (guint) ceil(share * lattice->kind.n_moves[basis] - 1e-9);
}

static GArray *
expect(const LacVacancyFinder *finder, const LacLattice *lattice)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(Expected));
    for (gsize k = 0; k < lattice->n; k++) {
        LacSite site = lattice->sites[k];
        for (guint m = 0; m < lattice->kind.n_moves[site.basis]; m++) {
            const LacLatticeMove *move = &lattice->kind.moves[site.basis][m];
            LacSite next = neighbour_of(site, move);
            if (!lac_site_is_in_range(next) ||
                lac_site_map_find(lattice->map, next) != LAC_SITE_NONE)
                continue;
            LacVec3 at = position_of(finder->points, lattice->points[k]);
            Expected one = { .key = lac_site_pack(next),
                .site = next,
                .point = lattice->points[k] };
            one.position =
                lac_vec3_add_scaled(at, 1, lac_mat3_apply(&lattice->cell, move->fraction));
            g_array_append_val(all, one);
        }
    }
    g_array_sort(all, compare_expected);
    return all;
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static double
get_median(double *values, guint n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

// The trimmed mean of expectations, and their rms distance from it.
static LacVec3
agree(const Expected *all, guint n, double *spread)
{
    g_autofree double *values = g_new(double, n);
    double middle[3];
    for (int d = 0; d < 3; d++) {
        for (guint i = 0; i < n; i++) {
            const double p[3] = { all[i].position.x, all[i].position.y, all[i].position.z };
            values[i] = p[d];
        }
        middle[d] = get_median(values, n);
    }
    LacVec3 centre = { middle[0], middle[1], middle[2] };
    for (guint i = 0; i < n; i++)
        values[i] = lac_vec3_norm(lac_vec3_subtract(all[i].position, centre));
    double limit = fmax(TRIM * get_median(values, n), TRIM_FLOOR), weight = 0;
    LacVec3 sum = { 0, 0, 0 };
    for (guint i = 0; i < n; i++)
        if (lac_vec3_norm(lac_vec3_subtract(all[i].position, centre)) <= limit) {
            sum = lac_vec3_add_scaled(sum, 1, all[i].position);
            weight += 1;
        }
    LacVec3 mean = { sum.x / weight, sum.y / weight, sum.z / weight };
    double squares = 0;
    for (guint i = 0; i < n; i++) {
        LacVec3 off = lac_vec3_subtract(all[i].position, mean);
        squares += lac_vec3_dot(off, off);
    }
    *spread = sqrt(squares / n);
    return mean;
}

// Where the lattice of one grain runs into its neighbour, atoms around are of another grain.
static double
get_purity(const LacVacancyFinder *finder, const LacLattice *lattice, LacVec3 p, GArray *found)
{
    g_array_set_size(found, 0);
    gsize n =
        lac_cells_find(finder->cells, p, finder->params->purity_radius * lattice->spacing, found);
    gsize n_own = 0, k;
    for (guint i = 0; i < found->len; i++)
        if (lac_lattice_find_point(lattice, (guint32) g_array_index(found, gsize, i), &k))
            n_own++;
    return n > 0 ? (double) n_own / (double) n : 0;
}

static double
get_nearest(const LacVacancyFinder *finder, LacVec3 p)
{
    double distance = HUGE_VAL;
    for (double radius = 4; radius < 1e6; radius *= 2)
        if (lac_cells_find_nearest(finder->cells, p, radius, G_MAXSIZE, NULL, &distance))
            break;
    return distance;
}

// Whether no atom has its nearest site here: none is nearer to p than to the sites of others.
static gboolean
is_empty(const LacVacancyFinder *finder, const LacLattice *lattice, LacVec3 p, GArray *found)
{
    g_array_set_size(found, 0);
    lac_cells_find(finder->cells, p, lattice->spacing, found);
    gsize k;
    for (guint i = 0; i < found->len; i++) {
        gsize atom = g_array_index(found, gsize, i);
        if (lac_lattice_find_point(lattice, (guint32) atom, &k))
            continue;
        LacVec3 at = position_of(finder->points, atom);
        double here = lac_vec3_norm(lac_vec3_subtract(at, p));
        gboolean is_nearest = TRUE;
        for (guint j = 0; j < found->len && is_nearest; j++) {
            gsize other = g_array_index(found, gsize, j);
            LacVec3 there = lac_vec3_subtract(at, position_of(finder->points, other));
            if (lac_lattice_find_point(lattice, (guint32) other, &k))
                is_nearest = lac_vec3_norm(there) > here;
        }
        if (is_nearest)
            return FALSE;
    }
    return TRUE;
}

static LacPhase
phase_of_lattice(const LacVacancyFinder *finder, const LacLattice *lattice)
{
    const LacPhases *phases = finder->context->phases;
    gsize counts[LAC_N_PHASES] = { 0 };
    if (phases == NULL)
        return LAC_PHASE_UNASSIGNED;
    for (gsize k = 0; k < lattice->n; k++)
        counts[phases->phase[lattice->points[k]]]++;
    LacPhase best = LAC_PHASE_UNASSIGNED;
    for (guint p = 1; p < LAC_N_PHASES; p++)
        if (counts[p] > counts[best])
            best = (LacPhase) p;
    return best;
}

static void
search_lattice(const LacVacancyFinder *finder, guint32 index, GArray *sites)
{
    const LacLattice *lattice = finder->lattices->lattices[index];
    const LacVacancyParams *params = finder->params;
    LacPhase phase = phase_of_lattice(finder, lattice);
    g_autoptr(GArray) all = expect(finder, lattice);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (guint first = 0, last; first < all->len; first = last) {
        const Expected *e = &g_array_index(all, Expected, first);
        for (last = first; last < all->len; last++)
            if (g_array_index(all, Expected, last).key != e->key)
                break;
        LacVacancy v = { .lattice = index,
            .site = e->site,
            .phase = phase,
            .support = last - first,
            .cluster = LAC_VACANCY_NO_CLUSTER };
        if (v.support < needed_support(finder, lattice, v.site.basis))
            continue;
        v.position = agree(e, v.support, &v.spread);
        v.nearest = get_nearest(finder, v.position);
        v.purity = get_purity(finder, lattice, v.position, found);
        v.depth = lac_hull_depth_at(finder->hull, v.position);
        double allowed = params->spread * lattice->spacing;
        if (v.spread > allowed || v.nearest < params->occupied * lattice->spacing ||
            v.purity < params->purity || v.depth < params->depth * lattice->spacing)
            continue;
        v.confidence = fmin(v.support / FULL_SUPPORT, 1) * (1 - v.spread / allowed);
        v.is_empty = is_empty(finder, lattice, v.position, found);
        v.level = v.p_vacant = v.interface = (double) NAN;
        v.verdict = LAC_VACANCY_GEOMETRIC;
        if (finder->context->interface != NULL)
            v.interface = lac_interface_distance_at(finder->context->interface, v.position);
        g_array_append_val(sites, v);
    }
}

// Two lattices can claim one empty place: the better supported one has it.
static void
drop_doubles(const LacVacancyFinder *finder, GArray *sites)
{
    for (guint i = 0; i < sites->len; i++)
        for (guint j = i + 1; j < sites->len; j++) {
            const LacVacancy *a = &g_array_index(sites, LacVacancy, i);
            const LacVacancy *b = &g_array_index(sites, LacVacancy, j);
            double reach =
                finder->params->occupied * finder->lattices->lattices[a->lattice]->spacing;
            if (a->lattice == b->lattice ||
                lac_vec3_norm(lac_vec3_subtract(a->position, b->position)) >= reach)
                continue;
            if (b->support > a->support)
                g_array_index(sites, LacVacancy, i) = *b;
            g_array_remove_index(sites, j--);
        }
}

// Atoms whose site would be found if it were vacant: the places that vacancies are counted among.
static void
find_interior(const LacVacancyFinder *finder, LacVacancies *self)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize index = 0; index < finder->lattices->n_lattices; index++) {
        const LacLattice *lattice = finder->lattices->lattices[index];
        LacPhase phase = phase_of_lattice(finder, lattice);
        for (gsize k = 0; k < lattice->n; k++) {
            guint32 point = lattice->points[k];
            LacSite site = lattice->sites[k];
            LacVec3 p = position_of(finder->points, point);
            if (finder->lattices->owner[point] != index ||
                count_support(lattice, site) < needed_support(finder, lattice, site.basis) ||
                lac_hull_depth_at(finder->hull, p) < finder->params->depth * lattice->spacing ||
                get_purity(finder, lattice, p, found) < finder->params->purity)
                continue;
            self->is_interior[point] = 1;
            self->n_interior[phase]++;
            // An atom of no lattice nearer to this site than to any other shares it.
            gsize unused;
            for (guint i = 0; i < found->len; i++) {
                gsize other = g_array_index(found, gsize, i);
                double d = lac_vec3_norm(lac_vec3_subtract(position_of(finder->points, other), p));
                if (d < 0.5 * lattice->spacing &&
                    !lac_lattice_find_point(lattice, (guint32) other, &unused))
                    self->n_interstitials++;
            }
        }
    }
}

/**
 * lac_vacancy_find_sites:
 * @finder: what is known
 * @self: (inout): receives the unoccupied sites, by geometry
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * A candidate is a site of a lattice that has no atom while enough of its neighbouring sites do;
 * it lies where these expect it, so that slow strain does not matter.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_vacancy_find_sites(const LacVacancyFinder *finder, LacVacancies *self, LacProgress *progress,
    GError **error)
{
    g_autoptr(GArray) sites = g_array_new(FALSE, TRUE, sizeof(LacVacancy));
    for (gsize k = 0; k < finder->lattices->n_lattices; k++) {
        if (!lac_progress_update(progress, 0.4 * (double) k / (double) finder->lattices->n_lattices,
                error))
            return FALSE;
        search_lattice(finder, (guint32) k, sites);
    }
    drop_doubles(finder, sites);
    find_interior(finder, self);
    self->n = sites->len;
    self->sites = (LacVacancy *) (gpointer) g_array_free(g_steal_pointer(&sites), FALSE);
    for (gsize i = 0; i < self->n; i++)
        self->n_empty_sites += self->sites[i].is_empty ? 1 : 0;
    return TRUE;
}
