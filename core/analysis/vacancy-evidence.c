// SPDX-License-Identifier: GPL-3.0-or-later
// What the volume says about sites without an atom.
#include "core/analysis/sample.h"
#include "core/analysis/vacancies-private.h"
#include "core/matrix.h"

#include <math.h>
#include <stdlib.h>

#define MAD_TO_SIGMA 1.4826
#define LARGEST_LOG  60.0

// A hole lies half of the second-neighbour distance from each of six atoms.
#define HOLE_NEAREST 0.60 // [d_NN] no atom is nearer
#define HOLE_SHELL   0.85 // [d_NN] and six are within this
#define HOLE_ATOMS   6
#define SECOND       1.4142135623730951 // [d_NN]
#define SECOND_SLACK 0.06               // [d_NN]

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static double
median_of(GArray *values)
{
    guint n = values->len;
    if (n == 0)
        return (double) NAN;
    g_array_sort(values, compare_doubles);
    double upper = g_array_index(values, double, n / 2);
    return n % 2 == 1 ? upper : 0.5 * (upper + g_array_index(values, double, n / 2 - 1));
}

static double
spread_of(GArray *values, double median)
{
    for (guint i = 0; i < values->len; i++)
        g_array_index(values, double, i) = fabs(g_array_index(values, double, i) - median);
    return MAD_TO_SIGMA * median_of(values);
}

static LacVec3
position_of(const LacPoints *points, gsize i)
{
    return (LacVec3){ points->x[i], points->y[i], points->z[i] };
}

static double
level_at(const LacVacancyFinder *finder, LacVec3 p)
{
    return lac_sample_ball(finder->context->volume, p, finder->params->ball);
}

// Whether p, expected to be a hole next to an atom, is one; then p moves to the middle of its six
// atoms. Each hole is taken from the lowest of its atoms alone.
static gboolean
settle_hole(const LacVacancyFinder *finder, const LacLattice *lattice, guint32 from, LacVec3 *p,
    GArray *found)
{
    g_array_set_size(found, 0);
    lac_cells_find(finder->cells, *p, HOLE_SHELL * lattice->spacing, found);
    if (found->len != HOLE_ATOMS)
        return FALSE;
    LacVec3 sum = { 0, 0, 0 };
    for (guint i = 0; i < found->len; i++) {
        gsize atom = g_array_index(found, gsize, i), k;
        LacVec3 at = position_of(finder->points, atom);
        if (atom < from || !lac_lattice_find_point(lattice, (guint32) atom, &k) ||
            lac_vec3_norm(lac_vec3_subtract(at, *p)) < HOLE_NEAREST * lattice->spacing)
            return FALSE;
        sum = lac_vec3_add_scaled(sum, 1.0 / HOLE_ATOMS, at);
    }
    *p = sum;
    return TRUE;
}

// Octahedral holes of a lattice lie halfway to second neighbours, which two steps lead to.
static void
sample_holes(const LacVacancyFinder *finder, const LacLattice *lattice, GArray *levels)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize k = 0; k < lattice->n; k++) {
        guint8 basis = lattice->sites[k].basis;
        for (guint a = 0; a < lattice->kind.n_moves[basis]; a++) {
            const LacLatticeMove *one = &lattice->kind.moves[basis][a];
            LacVec3 first = lac_mat3_apply(&lattice->cell, one->fraction);
            for (guint b = 0; b < lattice->kind.n_moves[one->basis]; b++) {
                const LacLatticeMove *two = &lattice->kind.moves[one->basis][b];
                LacVec3 way =
                    lac_vec3_add_scaled(first, 1, lac_mat3_apply(&lattice->cell, two->fraction));
                double length = lac_vec3_norm(way) / lattice->spacing;
                if (fabs(length - SECOND) > SECOND_SLACK)
                    continue;
                LacVec3 p =
                    lac_vec3_add_scaled(position_of(finder->points, lattice->points[k]), 0.5, way);
                // The four paths to one second neighbour lead to one hole: the first will do.
                gboolean is_first = TRUE;
                for (guint c = 0; c < a && is_first; c++) {
                    const LacLatticeMove *before = &lattice->kind.moves[basis][c];
                    LacVec3 rest =
                        lac_vec3_subtract(way, lac_mat3_apply(&lattice->cell, before->fraction));
                    is_first = fabs(lac_vec3_norm(rest) / lattice->spacing - 1) > 0.1;
                }
                if (!is_first || !settle_hole(finder, lattice, lattice->points[k], &p, found))
                    continue;
                double level = level_at(finder, p);
                g_array_append_val(levels, level);
            }
        }
    }
}

static gboolean
sample_references(const LacVacancyFinder *finder, LacVacancies *self, LacProgress *progress,
    GError **error)
{
    g_autoptr(GArray) occupied = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) empty = g_array_new(FALSE, FALSE, sizeof(double));
    const LacLattices *lattices = finder->lattices;
    for (gsize k = 0; k < lattices->n_lattices; k++) {
        double done = 0.4 + 0.5 * (double) k / (double) lattices->n_lattices;
        if (!lac_progress_update(progress, done, error))
            return FALSE;
        sample_holes(finder, lattices->lattices[k], empty);
    }
    for (gsize i = 0; i < lattices->n; i++)
        if (lattices->owner[i] != LAC_GRAIN_NONE) {
            double level = level_at(finder, position_of(finder->points, i));
            g_array_append_val(occupied, level);
        }
    self->n_occupied = occupied->len;
    self->n_empty = empty->len;
    self->occupied_level = median_of(occupied);
    self->empty_level = median_of(empty);
    self->occupied_spread =
        fmax(spread_of(occupied, self->occupied_level), 1e-3 * fabs(self->occupied_level));
    self->empty_spread =
        fmax(fmax(spread_of(empty, self->empty_level), 1e-3 * fabs(self->occupied_level)),
            0.1 * self->occupied_spread);
    return TRUE;
}

// One-sided: a site darker than a hole is no less empty, and one brighter than an atom no less
// occupied.
static double
get_probability(const LacVacancies *self, double level, double prior)
{
    double from_atom = fmin((level - self->occupied_level) / self->occupied_spread, 0);
    double from_hole = fmax((level - self->empty_level) / self->empty_spread, 0);
    double ratio = 0.5 * from_atom * from_atom - 0.5 * from_hole * from_hole +
        log(self->occupied_spread / self->empty_spread);
    ratio = CLAMP(ratio, -LARGEST_LOG, LARGEST_LOG);
    return 1 / (1 + exp(-ratio) * (1 - prior) / prior);
}

/**
 * lac_vacancy_weigh:
 * @finder: what is known
 * @self: (inout): its sites receive levels, probabilities and verdicts
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Compares the volume at a site to that at atoms of lattices and at octahedral holes between them.
 * Without a volume, or without a hole to compare with, geometry alone decides.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_vacancy_weigh(const LacVacancyFinder *finder, LacVacancies *self, LacProgress *progress,
    GError **error)
{
    const LacVacancyParams *params = finder->params;
    if (finder->context->volume != NULL) {
        if (!sample_references(finder, self, progress, error))
            return FALSE;
        self->has_volume = self->n_occupied > 0 && self->n_empty > 0;
    }
    for (gsize i = 0; i < self->n; i++) {
        LacVacancy *v = &self->sites[i];
        if (self->has_volume) {
            v->level = level_at(finder, v->position);
            v->p_vacant = get_probability(self, v->level, params->prior);
            v->verdict = v->p_vacant >= params->surely ? LAC_VACANCY_VACANT
                : v->p_vacant <= 1 - params->surely    ? LAC_VACANCY_UNTRACED
                                                       : LAC_VACANCY_AMBIGUOUS;
        }
        self->counts[v->verdict]++;
    }
    return TRUE;
}
