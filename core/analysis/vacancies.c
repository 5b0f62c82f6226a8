// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/sets.h"
#include "core/analysis/vacancies-private.h"
#include "core/error.h"
#include "core/matrix.h"

#include <math.h>

/**
 * lac_vacancy_params_init:
 * @self: (out caller-allocates): receives the defaults
 */
void
lac_vacancy_params_init(LacVacancyParams *self)
{
    *self = (LacVacancyParams){
        .support = 9,
        .spread = 0.30,
        .occupied = 0.55,
        .purity = 0.85,
        .purity_radius = 1.3,
        .depth = 1.0,
        .ball = 1.0,
        .prior = 0.02,
        .surely = 0.9,
        .cluster = 1.25,
        .pore_size = 4,
        .pore_radius = 4.4,
    };
}

static gboolean
check_params(const LacVacancyParams *params, GError **error)
{
    const struct {
        const char *name, *unit;
        double value, min, max;
    } ranges[] = {
        { "support of a vacancy", " of 12", params->support, 6, 12 },
        { "spread of a vacancy", " d_NN", params->spread, 0.01, 1.0 },
        { "distance to the nearest atom", " d_NN", params->occupied, 0.0, 1.0 },
        { "purity of a vacancy", "", params->purity, 0.0, 1.0 },
        { "radius of purity", " d_NN", params->purity_radius, 0.5, 5.0 },
        { "depth of a vacancy", " d_NN", params->depth, 0.0, 100.0 },
        { "ball of a vacancy", " Å", params->ball, 0.1, 5.0 },
        { "prior of a vacancy", "", params->prior, 1e-6, 0.999 },
        { "certainty of a vacancy", "", params->surely, 0.5, 0.999999 },
        { "reach of a cluster", " d_NN", params->cluster, 0.5, 5.0 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (!(ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The %s is %g%s; it can be %g to %g",
                ranges[i].name, ranges[i].value, ranges[i].unit, ranges[i].min, ranges[i].max);
            return FALSE;
        }
    return TRUE;
}

static gboolean
is_vacant(const LacVacancy *v)
{
    return v->verdict == LAC_VACANCY_VACANT || v->verdict == LAC_VACANCY_GEOMETRIC;
}

// The largest ball without an atom that has its centre within reach, on the grid of the hull.
static double
find_empty_ball(const LacHull *hull, LacVec3 p, double reach)
{
    const LacGrid *grid = &hull->grid;
    gsize at = lac_grid_nearest(grid, p), n = (gsize) ceil(reach / grid->step);
    gsize cx = at % grid->nx, cy = at / grid->nx % grid->ny, cz = at / grid->nx / grid->ny;
    double largest = 0;
    for (gsize z = cz - MIN(cz, n); z < MIN(cz + n + 1, grid->nz); z++)
        for (gsize y = cy - MIN(cy, n); y < MIN(cy + n + 1, grid->ny); y++)
            for (gsize x = cx - MIN(cx, n); x < MIN(cx + n + 1, grid->nx); x++) {
                LacVec3 off = lac_vec3_subtract(lac_grid_node(grid, x, y, z), p);
                gsize i = (z * grid->ny + y) * grid->nx + x;
                if (lac_vec3_norm(off) <= reach && hull->envelope[i])
                    largest = fmax(largest, (double) hull->distance[i]);
            }
    return largest;
}

static void
find_clusters(const LacVacancyFinder *finder, LacVacancies *self)
{
    g_autoptr(LacSets) sets = lac_sets_new(self->n);
    for (gsize i = 0; i < self->n; i++)
        for (gsize j = i + 1; j < self->n; j++) {
            const LacVacancy *a = &self->sites[i], *b = &self->sites[j];
            if (!is_vacant(a) || !is_vacant(b))
                continue;
            double spacing = fmax(finder->lattices->lattices[a->lattice]->spacing,
                finder->lattices->lattices[b->lattice]->spacing);
            if (lac_vec3_norm(lac_vec3_subtract(a->position, b->position)) <=
                finder->params->cluster * spacing)
                lac_sets_join(sets, (guint32) i, (guint32) j);
        }
    self->clusters = g_new0(LacVacancyCluster, self->n + 1);
    for (gsize i = 0; i < self->n; i++) {
        LacVacancy *v = &self->sites[i];
        if (!is_vacant(v))
            continue;
        // The root of a set is its lowest member, which was numbered first.
        guint32 root = lac_sets_find(sets, (guint32) i);
        v->cluster = root == i ? (guint32) self->n_clusters++ : self->sites[root].cluster;
        LacVacancyCluster *cluster = &self->clusters[v->cluster];
        double reach = finder->lattices->lattices[v->lattice]->spacing / 2;
        cluster->n++;
        cluster->radius = fmax(cluster->radius, find_empty_ball(finder->hull, v->position, reach));
        cluster->is_pore = cluster->n >= finder->params->pore_size ||
            cluster->radius >= finder->params->pore_radius;
    }
}

static void
find_concentrations(LacVacancies *self)
{
    gsize vacant[LAC_N_PHASES] = { 0 };
    for (gsize i = 0; i < self->n; i++)
        vacant[self->sites[i].phase] += is_vacant(&self->sites[i]) ? 1 : 0;
    for (guint p = 0; p < LAC_N_PHASES; p++) {
        double all = (double) (vacant[p] + self->n_interior[p]);
        self->concentration[p] = all > 0 ? (double) vacant[p] / all : (double) NAN;
    }
}

/**
 * lac_vacancies_new:
 * @points: the atoms
 * @hull: where the particle is
 * @lattices: that were fitted to the atoms
 * @context: what else is known
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Finds the sites of lattices that have no atom and asks the volume whether they are vacant or
 * hold an atom that was not traced. In an amorphous phase there are no vacancies, and oxygen is
 * not seen at all.
 *
 * Returns: (transfer full): the sites, possibly none; or %NULL with @error set if a parameter is
 *   out of range or when cancelled
 */
LacVacancies *
lac_vacancies_new(const LacPoints *points, const LacHull *hull, const LacLattices *lattices,
    const LacVacancyContext *context, const LacVacancyParams *params, LacProgress *progress,
    GError **error)
{
    g_return_val_if_fail(lattices->n == points->n, NULL);

    if (!check_params(params, error))
        return NULL;
    g_autoptr(LacCells) cells =
        lac_cells_new(points->x, points->y, points->z, NULL, points->n, 4, error);
    if (cells == NULL)
        return NULL;
    g_autoptr(LacVacancies) self = g_new0(LacVacancies, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->params = *params;
    self->n_points = points->n;
    self->is_interior = g_new0(guint8, points->n + 1);
    LacVacancyFinder finder = { .points = points,
        .hull = hull,
        .lattices = lattices,
        .context = context,
        .params = params,
        .cells = cells };
    if (!lac_vacancy_find_sites(&finder, self, progress, error) ||
        !lac_vacancy_weigh(&finder, self, progress, error))
        return NULL;
    find_clusters(&finder, self);
    find_concentrations(self);
    return lac_progress_update(progress, 1, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_vacancies_ref:
 * @self: vacancies
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacVacancies *
lac_vacancies_ref(LacVacancies *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_vacancies_unref:
 * @self: (nullable) (transfer full): vacancies; freed with the last reference; any thread
 */
void
lac_vacancies_unref(LacVacancies *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->sites);
    g_free(self->clusters);
    g_free(self->is_interior);
    g_free(self);
}

/**
 * lac_vacancy_verdict_get_name:
 * @verdict: a verdict
 *
 * Returns: what people call it
 */
const char *
lac_vacancy_verdict_get_name(LacVacancyVerdict verdict)
{
    static const char *const names[] = { "vacancy", "untraced atom", "ambiguous",
        "vacancy by geometry" };
    return names[MIN(verdict, LAC_N_VACANCY_VERDICTS - 1)];
}
