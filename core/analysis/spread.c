// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/spread.h"

#include "core/error.h"
#include "core/matrix.h"

#include <math.h>

#define PLACE 2.0 // [Å] between places that stand for the volume

/**
 * lac_spread_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_spread_params_init(LacSpreadParams *params)
{
    *params = (LacSpreadParams){ .bin = 3.0, .n_trials = 200 };
}

/**
 * lac_spread_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference
 */
LacSpread *
lac_spread_ref(LacSpread *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_spread_unref:
 * @self: (nullable) (transfer full): a result
 */
void
lac_spread_unref(LacSpread *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (guint k = 0; k < LAC_N_SPREADS; k++) {
        lac_rates_free(self->vacancies[k]);
        lac_rates_free(self->pores[k]);
    }
    lac_sizes_free(self->diameters);
    g_free(self);
}

// Some places and their distances of each kind.
typedef struct {
    const LacHull *hull;
    const LacInterface *interface;
    LacVec3 middle;
    GArray *at;               // of LacVec3
    GArray *s[LAC_N_SPREADS]; // of double
} Places;

static void
start(Places *places, const LacHull *hull, const LacInterface *interface, LacVec3 middle)
{
    *places = (Places){ .hull = hull, .interface = interface, .middle = middle };
    places->at = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (guint k = 0; k < LAC_N_SPREADS; k++)
        places->s[k] = g_array_new(FALSE, FALSE, sizeof(double));
}

static void
clear_places(Places *places)
{
    if (places->at == NULL)
        return;
    g_array_unref(places->at);
    for (guint k = 0; k < LAC_N_SPREADS; k++)
        g_array_unref(places->s[k]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Places, clear_places)

static void
add_place(Places *places, LacVec3 p, double interface_distance)
{
    double depth = lac_hull_depth_at(places->hull, p);
    double radius = lac_vec3_norm(lac_vec3_subtract(p, places->middle));
    g_array_append_val(places->at, p);
    g_array_append_val(places->s[LAC_SPREAD_DEPTH], depth);
    g_array_append_val(places->s[LAC_SPREAD_INTERFACE], interface_distance);
    g_array_append_val(places->s[LAC_SPREAD_RADIUS], radius);
}

static LacVec3
find_middle(const LacPoints *points)
{
    LacVec3 middle = { 0.0, 0.0, 0.0 };
    double n = fmax((double) points->n, 1.0);
    for (gsize i = 0; i < points->n; i++) {
        middle.x += points->x[i] / n;
        middle.y += points->y[i] / n;
        middle.z += points->z[i] / n;
    }
    return middle;
}

static gboolean
is_vacant(const LacVacancy *site)
{
    return site->verdict == LAC_VACANCY_VACANT || site->verdict == LAC_VACANCY_GEOMETRIC;
}

static LacRates *
compare(const GArray *events, const GArray *places, double size, double bin)
{
    double low = (double) INFINITY, high = -low;
    for (guint i = 0; i < places->len; i++) {
        double s = g_array_index(places, double, i);
        if (!isnan(s)) {
            low = fmin(low, s);
            high = fmax(high, s);
        }
    }
    if (!(high >= low))
        return NULL;
    low = bin * floor(low / bin);
    high = bin * (floor(high / bin) + 1.0);
    return lac_rates_new((const double *) (gconstpointer) events->data, events->len,
        (const double *) (gconstpointer) places->data, places->len, size, low, high, bin);
}

static void
count_vacancies(LacSpread *self, const LacPoints *points, const LacHull *hull,
    const LacSpreadInput *input, const LacSpreadParams *params, LacVec3 middle)
{
    g_auto(Places) events = { 0 };
    g_auto(Places) sites = { 0 };
    start(&events, hull, input->interface, middle);
    start(&sites, hull, input->interface, middle);
    for (gsize k = 0; k < input->vacancies->n; k++) {
        const LacVacancy *site = &input->vacancies->sites[k];
        if (!is_vacant(site))
            continue;
        add_place(&events, site->position, site->interface);
        add_place(&sites, site->position, site->interface);
    }
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        if (input->vacancies->is_interior[i])
            add_place(&sites, p,
                input->interface != NULL ? input->interface->distance[i] : (double) NAN);
    }
    for (guint k = 0; k < LAC_N_SPREADS; k++)
        self->vacancies[k] = compare(events.s[k], sites.s[k], 1.0, params->bin);
    self->clustering =
        lac_clustering_measure((const LacVec3 *) (gconstpointer) events.at->data, events.at->len,
            (const LacVec3 *) (gconstpointer) sites.at->data, sites.at->len, params->n_trials);
}

// Nodes of the hull's grid inside the envelope, some apart; their distance to the interface is that
// of the nearest grid of the interface's own.
static double
take_volume(Places *places, gboolean with_interface)
{
    const LacHull *hull = places->hull;
    const LacGrid *grid = &hull->grid;
    gsize stride = (gsize) fmax(1.0, round(PLACE / grid->step));
    for (gsize z = 0; z < grid->nz; z += stride)
        for (gsize y = 0; y < grid->ny; y += stride)
            for (gsize x = 0; x < grid->nx; x += stride) {
                LacVec3 p = lac_grid_node(grid, x, y, z);
                if (hull->envelope[(z * grid->ny + y) * grid->nx + x])
                    add_place(places, p,
                        with_interface ? lac_interface_distance_at(places->interface, p)
                                       : (double) NAN);
            }
    return pow((double) stride * grid->step, 3.0);
}

static void
count_pores(LacSpread *self, const LacHull *hull, const LacSpreadInput *input,
    const LacSpreadParams *params, LacVec3 middle)
{
    g_auto(Places) events = { 0 };
    g_auto(Places) volume = { 0 };
    start(&events, hull, input->interface, middle);
    start(&volume, hull, input->interface, middle);
    g_autoptr(GArray) diameters = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize k = 0; k < input->pores->n; k++) {
        const LacPore *pore = &input->pores->pores[k];
        if (pore->kind != LAC_PORE_NANOPORE)
            continue;
        add_place(&events, pore->centre, pore->interface_centre);
        g_array_append_val(diameters, pore->diameter);
    }
    self->diameters =
        lac_sizes_new((const double *) (gconstpointer) diameters->data, diameters->len, FALSE);
    if (events.at->len == 0)
        return;
    double size = take_volume(&volume, input->interface != NULL);
    for (guint k = 0; k < LAC_N_SPREADS; k++)
        self->pores[k] = compare(events.s[k], volume.s[k], size, params->bin);
}

/**
 * lac_spread_new:
 * @points: atoms
 * @hull: where the particle is
 * @input: what is counted
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Counts vacancies per interior lattice site and nanopores per volume against the depth, the signed
 * distance to the interface and the radius; the sizes of nanopores; and compares how near vacancies
 * are to each other with random choices of as many sites.
 *
 * Returns: (transfer full): the distributions, or %NULL with @error set when cancelled;
 *   %LAC_ERROR_UNDEFINED when there is nothing to count
 */
LacSpread *
lac_spread_new(const LacPoints *points, const LacHull *hull, const LacSpreadInput *input,
    const LacSpreadParams *params, LacProgress *progress, GError **error)
{
    const double nan = (double) NAN;
    if (input->vacancies == NULL && input->pores == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "there are neither vacancies nor pores to count");
        return NULL;
    }
    LacVec3 middle = find_middle(points);
    g_autoptr(LacSpread) self = g_new0(LacSpread, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->clustering = (LacClustering){ 0, nan, nan, nan, nan, 0 };
    if (input->vacancies != NULL)
        count_vacancies(self, points, hull, input, params, middle);
    if (!lac_progress_update(progress, 0.5, error))
        return NULL;
    if (input->pores != NULL)
        count_pores(self, hull, input, params, middle);
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}
