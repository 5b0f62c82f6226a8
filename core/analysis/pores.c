// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/pores-private.h"
#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// More voids than this are the gaps of an open structure, seen with too small a ball.
#define MAX_PORES 20000

/**
 * lac_pore_params_init:
 * @self: (out caller-allocates): receives the defaults
 */
void
lac_pore_params_init(LacPoreParams *self)
{
    *self = (LacPoreParams){
        .open = 4.0,
        .nanopore = 4.4,
        .delta = 0.36,
        .atom_radius = 1.6,
        .share_min = 0.15,
        .share_max = 0.85,
    };
}

static gboolean
check_params(const LacPoreParams *params, const LacHull *hull, GError **error)
{
    const struct {
        const char *name, *unit;
        double value, min, max;
    } ranges[] = {
        { "smallest ball of a pore", " Å", params->open, 1.0, hull->params.envelope },
        { "smallest ball of a nanopore", " Å", params->nanopore, params->open, 100.0 },
        { "surface allowance", " d_NN", params->delta, 0.0, 0.9 * params->open / hull->d_nn },
        { "radius of an atom", " Å", params->atom_radius, 0.0, 5.0 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (!(ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "The %s is %g%s; it can be %g to %.3g", ranges[i].name, ranges[i].value,
                ranges[i].unit, ranges[i].min, ranges[i].max);
            return FALSE;
        }
    return TRUE;
}

static LacFieldComponents *
find_components(const LacHull *hull, double open, LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(&hull->grid);
    guint8 *mask = lac_alloc(n, 1, error);
    if (mask == NULL)
        return NULL;
    for (gsize i = 0; i < n; i++)
        mask[i] = hull->envelope[i] && (double) hull->distance[i] >= open;
    LacFieldComponents *parts = lac_field_components_new(&hull->grid, mask, TRUE, progress, error);
    lac_free(mask);
    if (parts != NULL && parts->n_components > MAX_PORES) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Balls of %.2f Å find %" G_GSIZE_FORMAT
            " voids: that is the space between atoms; pores take larger balls",
            open, parts->n_components);
        g_clear_pointer(&parts, lac_field_components_free);
    }
    return parts;
}

static int
compare_pores(gconstpointer a, gconstpointer b)
{
    const LacPore *x = a, *y = b;
    if (x->volume != y->volume)
        return x->volume > y->volume ? -1 : 1;
    const double p[3] = { x->ball.x, x->ball.y, x->ball.z };
    const double q[3] = { y->ball.x, y->ball.y, y->ball.z };
    for (int d = 0; d < 3; d++)
        if (p[d] != q[d])
            return p[d] < q[d] ? -1 : 1;
    return 0;
}

// Runs sorted by component; begin[c] is the first of component c.
static const LacFieldRun **
group_runs(const LacFieldComponents *parts, gsize **begin)
{
    *begin = g_new0(gsize, parts->n_components + 1);
    for (gsize i = 0; i < parts->n_runs; i++)
        (*begin)[parts->runs[i].component + 1]++;
    for (gsize c = 0; c < parts->n_components; c++)
        (*begin)[c + 1] += (*begin)[c];
    g_autofree gsize *fill = g_memdup2(*begin, (parts->n_components + 1) * sizeof *fill);
    const LacFieldRun **runs = g_new(const LacFieldRun *, parts->n_runs);
    for (gsize i = 0; i < parts->n_runs; i++)
        runs[fill[parts->runs[i].component]++] = &parts->runs[i];
    return runs;
}

static gboolean
measure_all(const LacPoreFinder *finder, const LacFieldComponents *parts, LacPores *self,
    LacProgress *progress, GError **error)
{
    g_autofree gsize *begin = NULL;
    g_autofree const LacFieldRun **runs = group_runs(parts, &begin);
    self->n = parts->n_components;
    self->pores = g_new0(LacPore, self->n);
    g_autoptr(GArray) balls = g_array_new(FALSE, FALSE, sizeof(LacPoreBall));
    for (gsize c = 0; c < self->n; c++) {
        if (!lac_progress_update(progress, 0.1 + 0.7 * (double) c / (double) self->n, error))
            return FALSE;
        LacPoreCentres centres = { .runs = runs + begin[c],
            .n_runs = begin[c + 1] - begin[c],
            .balls = balls };
        g_array_set_size(balls, 0);
        LacPore *pore = &self->pores[c];
        lac_pore_find_ball(finder, &centres, pore);
        pore->kind = pore->radius >= finder->params->nanopore ? LAC_PORE_NANOPORE : LAC_PORE_VOID;
        if (!lac_pore_measure(finder, &centres, pore, error))
            return FALSE;
    }
    if (self->n > 0)
        qsort(self->pores, self->n, sizeof *self->pores, compare_pores);
    return TRUE;
}

/**
 * lac_pores_new:
 * @points: the atoms
 * @hull: where the particle is, of the same atoms
 * @context: what else is known of it
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * A pore is the union of balls of at least the open radius that hold no atom centre and lie in the
 * envelope; balls whose centres touch on the grid belong together. Its headline volume is that of
 * the missing atoms: the union shrunk by delta. An atom left by mistake inside a pore splits it.
 *
 * Returns: (transfer full): the pores and voids, possibly none; or %NULL with @error set if a
 *   parameter is out of range, memory is short, or when cancelled
 */
LacPores *
lac_pores_new(const LacPoints *points, const LacHull *hull, const LacPoreContext *context,
    const LacPoreParams *params, LacProgress *progress, GError **error)
{
    if (!check_params(params, hull, error))
        return NULL;
    g_autoptr(LacPores) self = g_new0(LacPores, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->params = *params;
    self->delta = params->delta * hull->d_nn;
    g_autoptr(LacCells) cells =
        lac_cells_new(points->x, points->y, points->z, NULL, points->n, params->open, error);
    if (cells == NULL)
        return NULL;
    g_autoptr(LacFieldComponents) parts = find_components(hull, params->open, progress, error);
    if (parts == NULL)
        return NULL;
    LacPoreFinder finder = { .points = points,
        .hull = hull,
        .context = context,
        .params = params,
        .cells = cells,
        .delta = self->delta };
    if (!measure_all(&finder, parts, self, progress, error))
        return NULL;
    if (context->delaunay != NULL && !lac_pores_find_necks(&finder, self, progress, error))
        return NULL;
    for (gsize i = 0; i < self->n; i++) {
        gboolean is_nanopore = self->pores[i].kind == LAC_PORE_NANOPORE;
        self->n_nanopores += is_nanopore ? 1 : 0;
        self->volume += is_nanopore ? self->pores[i].volume : 0;
    }
    self->porosity = self->volume / hull->envelope_volume;
    double matrix = hull->volume;
    for (gsize i = 0; i < self->n; i++)
        matrix -= self->pores[i].hull_volume;
    self->matrix_density = matrix > 0 ? (double) points->n / matrix : (double) NAN;
    return g_steal_pointer(&self);
}

/**
 * lac_pores_ref:
 * @self: pores
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacPores *
lac_pores_ref(LacPores *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_pores_unref:
 * @self: (nullable) (transfer full): pores; freed with the last reference; any thread
 */
void
lac_pores_unref(LacPores *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (gsize i = 0; i < self->n; i++) {
        g_free(self->pores[i].wall);
        lac_mesh_unref(self->pores[i].mesh);
    }
    g_free(self->pores);
    g_free(self);
}
