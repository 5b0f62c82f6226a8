// SPDX-License-Identifier: GPL-3.0-or-later
// Volumes, area, axes and wall of one pore.
#include "core/analysis/isosurface.h"
#include "core/analysis/pores-private.h"
#include "core/array.h"
#include "core/matrix.h"

#include <math.h>
#include <stdlib.h>

#define HOST_LAYER     6.0 // [Å] around the pore in which the density of its host is counted
#define WALL_TOLERANCE 0.5 // [Å] an atom so near to the balls belongs to the wall

// The part of the hull's grid around a pore.
typedef struct {
    LacGrid grid;
    gsize begin[3]; // its first node on the hull's grid
    float *wall;  // [Å] depth below the surface through the wall's atoms, about; negative outside
    float *gibbs; // [Å] the same for the Gibbs surface
    float *scratch;
    guint8 *mask;
} PoreBox;

static void
clear_box(PoreBox *box)
{
    lac_free(box->wall);
    lac_free(box->gibbs);
    lac_free(box->scratch);
    lac_free(box->mask);
}

static void
choose_box(const LacPoreFinder *finder, const LacPoreCentres *centres, double largest, PoreBox *box)
{
    const LacGrid *grid = &finder->hull->grid;
    gsize low[3] = { G_MAXSIZE, G_MAXSIZE, G_MAXSIZE }, high[3] = { 0, 0, 0 };
    for (gsize r = 0; r < centres->n_runs; r++) {
        const LacFieldRun *run = centres->runs[r];
        const gsize first[3] = { run->begin, run->y, run->z };
        const gsize last[3] = { run->end - 1, run->y, run->z };
        for (int d = 0; d < 3; d++) {
            low[d] = MIN(low[d], first[d]);
            high[d] = MAX(high[d], last[d]);
        }
    }
    gsize pad = (gsize) ceil((largest + HOST_LAYER + 1) / grid->step);
    const gsize size[3] = { grid->nx, grid->ny, grid->nz };
    gsize n[3];
    for (int d = 0; d < 3; d++) {
        box->begin[d] = low[d] > pad ? low[d] - pad : 0;
        n[d] = MIN(high[d] + pad + 1, size[d]) - box->begin[d];
    }
    box->grid =
        (LacGrid){ .origin = lac_grid_node(grid, box->begin[0], box->begin[1], box->begin[2]),
            .step = grid->step,
            .nx = n[0],
            .ny = n[1],
            .nz = n[2] };
}

static gboolean
allocate_box(PoreBox *box, GError **error)
{
    gsize n = lac_grid_count(&box->grid);
    box->wall = lac_alloc_floats(n, error);
    if (box->wall == NULL)
        return FALSE;
    box->gibbs = lac_alloc_floats(n, error);
    if (box->gibbs == NULL)
        return FALSE;
    box->scratch = lac_alloc_floats(n, error);
    if (box->scratch == NULL)
        return FALSE;
    box->mask = lac_alloc(n, 1, error);
    return box->mask != NULL;
}

static gsize
index_in_hull(const LacPoreFinder *finder, const PoreBox *box, gsize x, gsize y, gsize z)
{
    const LacGrid *grid = &finder->hull->grid;
    return ((z + box->begin[2]) * grid->ny + y + box->begin[1]) * grid->nx + x + box->begin[0];
}

// From the power distance P = |x - c|^2 - r^2 to the ball that wins at a node, whose gradient is
// 2 (x - c): the depth r - |x - c| below the surface of that ball.
static float
get_depth(const PoreBox *box, const float *power, gsize x, gsize y, gsize z, float outside)
{
    const LacGrid *grid = &box->grid;
    gsize row = grid->nx, slice = grid->nx * grid->ny, i = z * slice + y * row + x;
    if (x == 0 || y == 0 || z == 0 || x + 1 == grid->nx || y + 1 == grid->ny || z + 1 == grid->nz ||
        power[i] >= 0.5f * LAC_FIELD_NOWHERE)
        return outside;
    float highest =
        fmaxf(fmaxf(fmaxf(power[i + 1], power[i - 1]), fmaxf(power[i + row], power[i - row])),
            fmaxf(power[i + slice], power[i - slice]));
    if (highest >= 0.5f * LAC_FIELD_NOWHERE)
        return outside;
    double half = 1 / (4 * grid->step);
    double gx = half * ((double) power[i + 1] - (double) power[i - 1]);
    double gy = half * ((double) power[i + row] - (double) power[i - row]);
    double gz = half * ((double) power[i + slice] - (double) power[i - slice]);
    double away2 = gx * gx + gy * gy + gz * gz;
    double depth = sqrt(fmax(away2 - (double) power[i], 0)) - sqrt(away2);
    return fmaxf((float) depth, outside);
}

// Lowers the power distance by balls between the nodes: without them, a round pore would lose what
// no ball around a node fills.
static void
add_balls(const LacGrid *grid, const LacPoreCentres *centres, double shrinkage, float *power)
{
    for (guint b = 0; b < centres->balls->len; b++) {
        const LacPoreBall *ball = &g_array_index(centres->balls, LacPoreBall, b);
        double radius = ball->radius - shrinkage;
        gsize reach = (gsize) ceil(radius / grid->step) + 4;
        gsize at = lac_grid_nearest(grid, ball->centre);
        gsize cx = at % grid->nx, cy = at / grid->nx % grid->ny, cz = at / grid->nx / grid->ny;
        for (gsize z = cz - MIN(cz, reach); z < MIN(cz + reach, grid->nz); z++)
            for (gsize y = cy - MIN(cy, reach); y < MIN(cy + reach, grid->ny); y++)
                for (gsize x = cx - MIN(cx, reach); x < MIN(cx + reach, grid->nx); x++) {
                    LacVec3 d = lac_vec3_subtract(lac_grid_node(grid, x, y, z), ball->centre);
                    float value = (float) (lac_vec3_dot(d, d) - radius * radius);
                    float *to = power + (z * grid->ny + y) * grid->nx + x;
                    *to = value < *to ? value : *to;
                }
    }
}

// Fills depth with the depth below the union of balls that reach up to shrinkage from atoms.
static gboolean
find_depth(const LacPoreFinder *finder, const LacPoreCentres *centres, PoreBox *box,
    double shrinkage, double largest, float *depth, GError **error)
{
    const LacGrid *grid = &box->grid;
    const LacHull *hull = finder->hull;
    gsize n = lac_grid_count(grid);
    for (gsize i = 0; i < n; i++)
        box->scratch[i] = LAC_FIELD_NOWHERE;
    for (gsize r = 0; r < centres->n_runs; r++) {
        const LacFieldRun *run = centres->runs[r];
        gsize from = ((gsize) run->z * hull->grid.ny + run->y) * hull->grid.nx;
        gsize to = ((run->z - box->begin[2]) * grid->ny + run->y - box->begin[1]) * grid->nx;
        for (gsize x = run->begin; x < run->end; x++) {
            float radius = hull->distance[from + x] - (float) shrinkage;
            box->scratch[to + x - box->begin[0]] = -radius * radius;
        }
    }
    if (!lac_field_power_distance(grid, box->scratch, largest - shrinkage + 4 * grid->step, NULL,
            error))
        return FALSE;
    add_balls(grid, centres, shrinkage, box->scratch);
    float outside = (float) (-2 * grid->step);
    for (gsize z = 0; z < grid->nz; z++)
        for (gsize y = 0; y < grid->ny; y++)
            for (gsize x = 0; x < grid->nx; x++)
                depth[(z * grid->ny + y) * grid->nx + x] =
                    get_depth(box, box->scratch, x, y, z, outside);
    return TRUE;
}

static double
share_of(double depth, double step)
{
    return CLAMP(depth / step + 0.5, 0.0, 1.0);
}

// Free volume, centre, and axes of the ellipsoid with the same moments.
static void
find_moments(const LacPoreFinder *finder, const PoreBox *box, LacPore *pore)
{
    const LacGrid *grid = &box->grid;
    double step = grid->step, cell = step * step * step, weight = 0, free = 0, inside = 0;
    LacVec3 sum = { 0, 0, 0 };
    LacMat3 square = { 0 };
    for (gsize z = 0; z < grid->nz; z++)
        for (gsize y = 0; y < grid->ny; y++)
            for (gsize x = 0; x < grid->nx; x++) {
                gsize i = (z * grid->ny + y) * grid->nx + x;
                double w = share_of((double) box->gibbs[i], step);
                double wide = share_of((double) box->wall[i], step);
                if (wide == 0)
                    continue;
                double d = (double) finder->hull->distance[index_in_hull(finder, box, x, y, z)];
                free += wide * share_of(d - finder->params->atom_radius, step);
                if (w == 0)
                    continue;
                LacVec3 p = lac_vec3_subtract(lac_grid_node(grid, x, y, z), pore->ball);
                const double v[3] = { p.x, p.y, p.z };
                weight += w;
                inside += finder->hull->inside[index_in_hull(finder, box, x, y, z)] ? w : 0;
                sum = lac_vec3_add_scaled(sum, w, p);
                for (int a = 0; a < 3; a++)
                    for (int b = 0; b < 3; b++)
                        square.m[a][b] += w * v[a] * v[b];
            }
    pore->volume = weight * cell;
    pore->free_volume = free * cell;
    pore->hull_volume = inside * cell;
    if (weight == 0)
        return;
    const double mean[3] = { sum.x / weight, sum.y / weight, sum.z / weight };
    pore->centre =
        (LacVec3){ pore->ball.x + mean[0], pore->ball.y + mean[1], pore->ball.z + mean[2] };
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            square.m[a][b] = square.m[a][b] / weight - mean[a] * mean[b];
    double values[3];
    LacMat3 vectors;
    lac_mat3_eigen(&square, values, &vectors);
    gsize order[3] = { 0, 1, 2 };
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < 2; k++)
            if (values[order[k]] < values[order[k + 1]]) {
                gsize swap = order[k];
                order[k] = order[k + 1];
                order[k + 1] = swap;
            }
    for (int k = 0; k < 3; k++) {
        gsize c = order[k];
        pore->semi_axes[k] = sqrt(5 * fmax(values[c], 0));
        pore->axes[k] = (LacVec3){ vectors.m[0][c], vectors.m[1][c], vectors.m[2][c] };
    }
}

static gboolean
find_surfaces(const PoreBox *box, LacPore *pore, GError **error)
{
    g_autoptr(LacMesh) wall = lac_isosurface_new(&box->grid, box->wall, 0, NULL, error);
    if (wall == NULL)
        return FALSE;
    pore->mesh = lac_isosurface_new(&box->grid, box->gibbs, 0, NULL, error);
    if (pore->mesh == NULL)
        return FALSE;
    pore->area = lac_mesh_get_area(wall);
    pore->gibbs_area = lac_mesh_get_area(pore->mesh);
    double volume = lac_mesh_get_volume(wall);
    pore->sphericity =
        pore->area > 0 ? cbrt(G_PI) * pow(6 * volume, 2.0 / 3) / pore->area : (double) NAN;
    return TRUE;
}

static int
compare_indices(gconstpointer a, gconstpointer b)
{
    guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;
    return i < j ? -1 : i > j;
}

static void
find_wall(const LacPoreFinder *finder, const PoreBox *box, LacPore *pore)
{
    const LacPoints *points = finder->points;
    const guint8 *phases = finder->context->phases;
    const LacGrid *grid = &box->grid;
    LacVec3 last = lac_grid_node(grid, grid->nx - 1, grid->ny - 1, grid->nz - 1);
    g_autoptr(GArray) wall = g_array_new(FALSE, FALSE, sizeof(guint32));
    gsize counts[LAC_N_PHASES] = { 0 };
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        if (p.x < grid->origin.x || p.y < grid->origin.y || p.z < grid->origin.z || p.x > last.x ||
            p.y > last.y || p.z > last.z || lac_grid_sample(grid, box->wall, p) < -WALL_TOLERANCE)
            continue;
        guint32 index = (guint32) i;
        g_array_append_val(wall, index);
        if (phases != NULL)
            counts[MIN(phases[i], LAC_N_PHASES - 1)]++;
    }
    g_array_sort(wall, compare_indices);
    pore->n_wall = wall->len;
    pore->wall = (guint32 *) (gpointer) g_array_free(g_steal_pointer(&wall), FALSE);
    pore->metal_share = (double) NAN;
    gsize n_known = counts[LAC_PHASE_METAL] + counts[LAC_PHASE_OXIDE] + counts[LAC_PHASE_AMORPHOUS];
    if (n_known == 0)
        return;
    pore->metal_share = (double) counts[LAC_PHASE_METAL] / (double) n_known;
    pore->is_at_interface = pore->metal_share >= finder->params->share_min &&
        pore->metal_share <= finder->params->share_max;
    pore->host = LAC_PHASE_METAL;
    for (guint k = LAC_PHASE_OXIDE; k < LAC_N_PHASES; k++)
        if (counts[k] > counts[pore->host])
            pore->host = (LacPhase) k;
}

// Atoms per volume of the host in a layer around the pore, on the outside of its Gibbs surface.
static gboolean
find_density(const LacPoreFinder *finder, PoreBox *box, LacPore *pore, GError **error)
{
    const LacGrid *grid = &box->grid;
    gsize n = lac_grid_count(grid);
    for (gsize i = 0; i < n; i++)
        box->mask[i] = box->gibbs[i] > 0;
    if (!lac_field_distance_to_mask(grid, box->mask, 1, box->scratch, NULL, error))
        return FALSE;
    double volume = 0;
    for (gsize z = 0; z < grid->nz; z++)
        for (gsize y = 0; y < grid->ny; y++)
            for (gsize x = 0; x < grid->nx; x++) {
                gsize i = (z * grid->ny + y) * grid->nx + x;
                if (finder->hull->inside[index_in_hull(finder, box, x, y, z)] &&
                    box->scratch[i] < (float) HOST_LAYER)
                    volume += 1 - share_of((double) box->gibbs[i], grid->step);
            }
    volume *= grid->step * grid->step * grid->step;
    const LacPoints *points = finder->points;
    LacVec3 last = lac_grid_node(grid, grid->nx - 1, grid->ny - 1, grid->nz - 1);
    gsize n_atoms = 0;
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        n_atoms += p.x >= grid->origin.x && p.y >= grid->origin.y && p.z >= grid->origin.z &&
            p.x <= last.x && p.y <= last.y && p.z <= last.z &&
            lac_grid_sample(grid, box->scratch, p) < HOST_LAYER;
    }
    pore->density = volume > 0 ? (double) n_atoms / volume : 0;
    pore->n_missing = pore->volume * pore->density;
    return TRUE;
}

// Whether a ball of the open radius gets out: some centre touches a node outside the envelope.
static gboolean
is_open(const LacHull *hull, const LacPoreCentres *centres)
{
    const LacGrid *grid = &hull->grid;
    gsize slice = grid->nx * grid->ny;
    for (gsize r = 0; r < centres->n_runs; r++) {
        const LacFieldRun *run = centres->runs[r];
        for (gsize x = run->begin; x < run->end; x++) {
            // Nodes of the envelope lie well inside the grid.
            const guint8 *e = hull->envelope + run->z * slice + run->y * grid->nx + x;
            if (!e[1] || !e[-1] || !*(e + grid->nx) || !*(e - grid->nx) || !*(e + slice) ||
                !*(e - slice))
                return TRUE;
        }
    }
    return FALSE;
}

static void
find_place(const LacPoreFinder *finder, LacPore *pore)
{
    const LacInterface *interface = finder->context->interface;
    pore->depth = lac_hull_depth_at(finder->hull, pore->centre);
    pore->interface_centre = pore->interface_wall = (double) NAN;
    if (interface == NULL || interface->mesh->n_triangles == 0)
        return;
    pore->interface_centre = lac_interface_distance_at(interface, pore->centre);
    double nearest = HUGE_VAL;
    LacVec3 place = pore->centre;
    for (gsize i = 0; i < pore->mesh->n_vertices; i++) {
        LacVec3 p = lac_mesh_get_vertex(pore->mesh, i);
        double d = lac_mesh_tree_find(interface->tree, p, nearest, NULL);
        if (d < nearest) {
            nearest = d;
            place = p;
        }
    }
    pore->interface_wall = lac_interface_distance_at(interface, place);
}

/**
 * lac_pore_measure:
 * @finder: what is known
 * @centres: nodes of the pore
 * @pore: (inout): its largest ball is known; receives all but the neck
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if memory is short
 */
gboolean
lac_pore_measure(const LacPoreFinder *finder, const LacPoreCentres *centres, LacPore *pore,
    GError **error)
{
    double largest = pore->radius + finder->hull->grid.step;
    PoreBox box = { 0 };
    choose_box(finder, centres, largest, &box);
    gboolean ok = allocate_box(&box, error) &&
        find_depth(finder, centres, &box, 0, largest, box.wall, error) &&
        find_depth(finder, centres, &box, finder->delta, largest, box.gibbs, error) &&
        find_surfaces(&box, pore, error);
    if (ok) {
        pore->wall_volume = lac_isosurface_volume(&box.grid, box.wall, 0);
        find_moments(finder, &box, pore);
        pore->diameter = cbrt(6 * pore->volume / G_PI);
        find_wall(finder, &box, pore);
        ok = find_density(finder, &box, pore, error);
    }
    pore->is_open = is_open(finder->hull, centres);
    pore->neck = pore->delaunay_volume = (double) NAN;
    if (ok)
        find_place(finder, pore);
    clear_box(&box);
    return ok;
}
