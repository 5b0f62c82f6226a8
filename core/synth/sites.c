// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/synth/sites.h"

#include "core/rng.h"

#include <math.h>

#define MAX_BASIS 4

/**
 * lac_stream_seed:
 * @seed: of the particle
 * @stream: what the numbers are for
 *
 * Returns: a seed of its own
 */
guint64
lac_stream_seed(guint64 seed, LacStream stream)
{
    return lac_rng_bits(seed, (guint64) stream);
}

/**
 * lac_sites_new:
 *
 * Returns: (transfer full) (element-type LacSite): an empty list
 */
GArray *
lac_sites_new(void)
{
    return g_array_new(FALSE, TRUE, sizeof(LacSite));
}

/**
 * lac_site_position:
 * @sites: a list
 * @i: which of them
 *
 * Returns: [Å] where it is
 */
LacVec3
lac_site_position(const GArray *sites, guint i)
{
    return g_array_index(sites, LacSite, i).r;
}

/**
 * lac_sites_make_cells:
 * @sites: a list
 * @edge: [Å] about how far will be looked
 *
 * Returns: (transfer full): what finds the sites near a place
 */
LacCells *
lac_sites_make_cells(const GArray *sites, double edge)
{
    g_autofree double *x = g_new(double, sites->len);
    g_autofree double *y = g_new(double, sites->len);
    g_autofree double *z = g_new(double, sites->len);
    for (guint i = 0; i < sites->len; i++) {
        LacVec3 r = lac_site_position(sites, i);
        x[i] = r.x;
        y[i] = r.y;
        z[i] = r.z;
    }
    LacCells *cells = lac_cells_new(x, y, z, NULL, sites->len, edge, NULL);
    g_assert(cells != NULL); // the positions are ours
    return cells;
}

// The rectangular cell of a lattice: edges [Å] and sites in shares of them.
typedef struct {
    double edges[3];
    guint n;
    LacVec3 basis[MAX_BASIS];
} Cell;

static Cell
cell_of(const LacTruthGrain *grain)
{
    double a = grain->a;
    switch (grain->lattice) {
    case LAC_LATTICE_FCC:
        return (Cell){ { a, a, a }, 4,
            { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 }, { 0, 0.5, 0.5 } } };
    case LAC_LATTICE_BCC: return (Cell){ { a, a, a }, 2, { { 0, 0, 0 }, { 0.5, 0.5, 0.5 } } };
    case LAC_LATTICE_HCP:
        return (Cell){ { a, a * sqrt(3.0), grain->c }, 4,
            { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 1.0 / 6.0, 0.5 }, { 0, 2.0 / 3.0, 0.5 } } };
    case LAC_LATTICE_NONE:
    case LAC_N_LATTICES:
    default: g_return_val_if_reached((Cell){ 0 });
    }
}

/**
 * lac_lattice_get_spacing:
 * @grain: a crystal
 *
 * Returns: [Å] the distance between nearest neighbours; in hcp the mean of its two
 */
double
lac_lattice_get_spacing(const LacTruthGrain *grain)
{
    switch (grain->lattice) {
    case LAC_LATTICE_FCC: return grain->a / sqrt(2.0);
    case LAC_LATTICE_BCC: return grain->a * sqrt(0.75);
    case LAC_LATTICE_HCP:
        return 0.5 * (grain->a + sqrt(grain->a * grain->a / 3.0 + grain->c * grain->c / 4.0));
    case LAC_LATTICE_NONE:
    case LAC_N_LATTICES:
    default: return 0.0;
    }
}

/**
 * lac_lattice_get_density:
 * @grain: a crystal
 *
 * Returns: [1/Å^3] sites over volume
 */
double
lac_lattice_get_density(const LacTruthGrain *grain)
{
    Cell cell = cell_of(grain);
    return cell.n / (cell.edges[0] * cell.edges[1] * cell.edges[2]);
}

/**
 * lac_sites_fill_lattice:
 * @sites: receives the sites
 * @grain: lattice, orientation, place of a site, and phase
 * @index: of the grain
 * @radius: [Å] how far from the origin to go
 * @filter: which places to keep
 * @data: for @filter
 *
 * Appends the sites of a crystal that the filter keeps, in a fixed order.
 */
void
lac_sites_fill_lattice(GArray *sites, const LacTruthGrain *grain, gint index, double radius,
    LacSiteFilter filter, gpointer data)
{
    Cell cell = cell_of(grain);
    double reach = radius + lac_vec3_norm(grain->site);
    int n[3];
    for (int axis = 0; axis < 3; axis++)
        n[axis] = (int) ceil(reach / cell.edges[axis]) + 1;
    for (int k = -n[2]; k <= n[2]; k++)
        for (int j = -n[1]; j <= n[1]; j++)
            for (int i = -n[0]; i <= n[0]; i++)
                for (guint b = 0; b < cell.n; b++) {
                    LacVec3 r = { (i + cell.basis[b].x) * cell.edges[0],
                        (j + cell.basis[b].y) * cell.edges[1],
                        (k + cell.basis[b].z) * cell.edges[2] };
                    r = lac_mat3_apply(&grain->orientation, r);
                    r = lac_vec3_add_scaled(r, 1.0, grain->site);
                    if (lac_vec3_dot(r, r) > radius * radius || !filter(r, data))
                        continue;
                    LacSite site = { .r = r, .grain = index, .phase = (guint8) grain->phase };
                    g_array_append_val(sites, site);
                }
}

/**
 * lac_sites_keep:
 * @sites: a list
 * @filter: which places to keep
 * @data: for @filter
 */
void
lac_sites_keep(GArray *sites, LacSiteFilter filter, gpointer data)
{
    guint n = 0;
    for (guint i = 0; i < sites->len; i++) {
        LacSite site = g_array_index(sites, LacSite, i);
        if (filter(site.r, data))
            g_array_index(sites, LacSite, n++) = site;
    }
    g_array_set_size(sites, n);
}

typedef struct {
    const LacCells *cells;
    double distance;
} Away;

static gboolean
is_away(LacVec3 r, gpointer data)
{
    const Away *away = data;
    return lac_cells_count(away->cells, r, away->distance, G_MAXSIZE) == 0;
}

/**
 * lac_sites_keep_away:
 * @sites: a list, of which those too close to @others are dropped
 * @others: another list
 * @distance: [Å] that must lie between them
 */
void
lac_sites_keep_away(GArray *sites, const GArray *others, double distance)
{
    g_autoptr(LacCells) cells = lac_sites_make_cells(others, distance);
    Away away = { cells, distance };
    lac_sites_keep(sites, is_away, &away);
}
