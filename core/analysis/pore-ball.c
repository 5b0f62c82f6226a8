// SPDX-License-Identifier: GPL-3.0-or-later
// The largest ball inside a pore: a node of the grid first, then the point between four atoms.
#include "core/analysis/pores-private.h"
#include "core/matrix.h"

#include <math.h>

// Between nodes the distance to the nearest atom is larger by half the diagonal of a cell at most,
// so a lower node than that cannot lead to the largest ball.
#define HALF_DIAGONAL 0.8660254037844386

#define N_NEAR        10   // atoms of which four may carry the ball
#define SEARCH_MARGIN 1.0  // [Å] beyond the ball, for these atoms
#define MAX_BALLS     32   // places tried; hollow shells have a ridge of equal ones
#define FINEST        0.02 // [Å] step of the search

static double
distance_at(const LacPoreFinder *finder, LacVec3 p, double guess)
{
    double distance = HUGE_VAL;
    for (double radius = guess; radius < 1e6; radius *= 1.5)
        if (lac_cells_find_nearest(finder->cells, p, radius, G_MAXSIZE, NULL, &distance))
            break;
    return distance;
}

// Climbs in steps that halve, along axes and diagonals. From the mouth of an open pore the way up
// leads out of the particle and on without end: it stops at the envelope.
static LacVec3
climb(const LacPoreFinder *finder, LacVec3 p, double *height)
{
    for (double step = finder->hull->grid.step / 2; step > FINEST; step /= 2)
        for (gboolean moved = TRUE; moved;) {
            LacVec3 best = p;
            double highest = *height;
            for (int k = 0; k < 27; k++) {
                LacVec3 q = { p.x + step * (k % 3 - 1), p.y + step * (k / 3 % 3 - 1),
                    p.z + step * (k / 9 - 1) };
                if (!(lac_hull_depth_at(finder->hull, q) > 0))
                    continue;
                double d = distance_at(finder, q, *height + 2 * step);
                if (d > highest) {
                    highest = d;
                    best = q;
                }
            }
            moved = highest > *height;
            p = best;
            *height = highest;
        }
    return p;
}

typedef struct {
    double distance;
    gsize index;
} Near;

static int
compare_near(gconstpointer a, gconstpointer b)
{
    const Near *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static LacVec3
position_of(const LacPoreFinder *finder, gsize i)
{
    return (LacVec3){ finder->points->x[i], finder->points->y[i], finder->points->z[i] };
}

static gboolean
find_centre(const LacVec3 corners[4], LacVec3 *centre, double *radius)
{
    LacVec3 e[3];
    double square[3];
    for (int k = 0; k < 3; k++) {
        e[k] = lac_vec3_subtract(corners[k + 1], corners[0]);
        square[k] = lac_vec3_dot(e[k], e[k]);
    }
    LacVec3 bc = lac_vec3_cross(e[1], e[2]), ca = lac_vec3_cross(e[2], e[0]);
    LacVec3 ab = lac_vec3_cross(e[0], e[1]);
    double six_volumes = lac_vec3_dot(e[0], bc);
    if (fabs(six_volumes) < 1e-6)
        return FALSE;
    double f = 0.5 / six_volumes;
    LacVec3 out = { 0, 0, 0 };
    out = lac_vec3_add_scaled(out, f * square[0], bc);
    out = lac_vec3_add_scaled(out, f * square[1], ca);
    out = lac_vec3_add_scaled(out, f * square[2], ab);
    *centre = lac_vec3_add_scaled(corners[0], 1, out);
    *radius = lac_vec3_norm(out);
    return TRUE;
}

// The exact maximum lies at the centre of the sphere through four of the nearest atoms.
static void
settle(const LacPoreFinder *finder, LacVec3 *p, double *height)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    lac_cells_find(finder->cells, *p, *height + SEARCH_MARGIN, found);
    g_autofree Near *near = g_new(Near, found->len + 1);
    for (guint k = 0; k < found->len; k++) {
        gsize i = g_array_index(found, gsize, k);
        near[k].index = i;
        near[k].distance = lac_vec3_norm(lac_vec3_subtract(position_of(finder, i), *p));
    }
    qsort(near, found->len, sizeof *near, compare_near);
    guint n = MIN(found->len, N_NEAR);
    LacVec3 start = *p;
    for (guint a = 0; a < n; a++)
        for (guint b = a + 1; b < n; b++)
            for (guint c = b + 1; c < n; c++)
                for (guint d = c + 1; d < n; d++) {
                    LacVec3 corners[4] = { position_of(finder, near[a].index),
                        position_of(finder, near[b].index), position_of(finder, near[c].index),
                        position_of(finder, near[d].index) };
                    LacVec3 centre;
                    double radius;
                    if (!find_centre(corners, &centre, &radius) || radius <= *height ||
                        lac_vec3_norm(lac_vec3_subtract(centre, start)) > SEARCH_MARGIN / 2)
                        continue;
                    double empty = distance_at(finder, centre, radius + 0.1);
                    if (empty > *height) {
                        *height = empty;
                        *p = centre;
                    }
                }
}

static gboolean
is_peak(const LacHull *hull, gsize x, gsize y, gsize z)
{
    const LacGrid *grid = &hull->grid;
    float here = hull->distance[(z * grid->ny + y) * grid->nx + x];
    for (gsize k = 0; k < 27; k++) {
        gsize jx = x + k % 3 - 1, jy = y + k / 3 % 3 - 1, jz = z + k / 9 - 1;
        if (jx < grid->nx && jy < grid->ny && jz < grid->nz &&
            hull->distance[(jz * grid->ny + jy) * grid->nx + jx] > here)
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_pore_find_ball:
 * @finder: what is known
 * @centres: nodes of the pore; its balls receive all that can be the largest
 * @pore: (inout): receives the largest ball
 *
 * Climbs from every node that can lead to the highest point of the distance to the nearest atom,
 * then solves for the sphere through four atoms, so that the radius does not depend on the grid.
 */
void
lac_pore_find_ball(const LacPoreFinder *finder, const LacPoreCentres *centres, LacPore *pore)
{
    const LacHull *hull = finder->hull;
    const LacGrid *grid = &hull->grid;
    float highest = -1;
    for (gsize r = 0; r < centres->n_runs; r++) {
        const LacFieldRun *run = centres->runs[r];
        gsize row = ((gsize) run->z * grid->ny + run->y) * grid->nx;
        for (gsize x = run->begin; x < run->end; x++)
            if (hull->distance[row + x] > highest) {
                highest = hull->distance[row + x];
                pore->ball = lac_grid_node(grid, x, run->y, run->z);
            }
    }
    // Of an open pore, the largest ball in the envelope may be larger on the outside.
    pore->radius = (double) highest;
    double least = (double) highest - HALF_DIAGONAL * grid->step;
    g_autoptr(GArray) peaks = g_array_new(FALSE, FALSE, sizeof(Near));
    for (gsize r = 0; r < centres->n_runs; r++) {
        const LacFieldRun *run = centres->runs[r];
        gsize row = ((gsize) run->z * grid->ny + run->y) * grid->nx;
        for (gsize x = run->begin; x < run->end; x++) {
            Near peak = { .distance = -(double) hull->distance[row + x], .index = row + x };
            if (-peak.distance >= least && is_peak(hull, x, run->y, run->z))
                g_array_append_val(peaks, peak);
        }
    }
    g_array_sort(peaks, compare_near);
    for (guint k = 0; k < MIN(peaks->len, MAX_BALLS); k++) {
        Near peak = g_array_index(peaks, Near, k);
        LacPoreBall ball = { .centre = lac_grid_node_at(grid, peak.index),
            .radius = -peak.distance };
        ball.centre = climb(finder, ball.centre, &ball.radius);
        settle(finder, &ball.centre, &ball.radius);
        g_array_append_val(centres->balls, ball);
        if (ball.radius > pore->radius) {
            pore->radius = ball.radius;
            pore->ball = ball.centre;
        }
    }
}
