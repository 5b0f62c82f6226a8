// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fivefold.h"

#include "core/data/cells.h"

#include <math.h>

#define N          LAC_FIVEFOLD_N
#define MOST       48  // grains that are looked at, the largest
#define PARALLEL   6.0 // [deg] between the <110> of grains of one axis
#define AROUND     3.2 // [spacing] within which all grains lie near an axis
#define LEAST      3   // atoms of an axis
#define MOST_RINGS 64

typedef struct {
    const LacGrains *grains;
    guint32 which[MOST]; // fcc grains
    guint n;
    gboolean is_twin[MOST][MOST];
    GArray *found;
} Search;

static void
find_twins(Search *search)
{
    for (gsize g = 0; g < search->grains->n_grains && search->n < MOST; g++)
        if (search->grains->grains[g].structure == LAC_STRUCTURE_FCC)
            search->which[search->n++] = (guint32) g;
    for (guint a = 0; a < search->n; a++)
        for (guint b = 0; b < a; b++) {
            LacMisorientation m =
                lac_grains_get_misorientation(search->grains, search->which[a], search->which[b]);
            search->is_twin[a][b] = search->is_twin[b][a] = m.sigma == 3;
        }
}

// The <110> of a grain that is nearest to a direction, turned to it. Gives the angle [deg].
static double
nearest_row(const LacMat3 *orientation, LacVec3 direction, LacVec3 *row)
{
    double best = -1.0;
    for (int a = 0; a < 3; a++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double c[3] = { 0, 0, 0 };
            c[a] = sqrt(0.5);
            c[(a + 1) % 3] = sign * sqrt(0.5);
            LacVec3 v = lac_mat3_apply(orientation, (LacVec3){ c[0], c[1], c[2] });
            double along = lac_vec3_dot(v, direction);
            if (fabs(along) <= best)
                continue;
            best = fabs(along);
            *row = along < 0.0 ? (LacVec3){ -v.x, -v.y, -v.z } : v;
        }
    return acos(fmin(best, 1.0)) * 180.0 / G_PI;
}

// The <110> that all grains of a ring share. FALSE: there is none.
static gboolean
find_direction(const LacGrains *grains, LacFivefold *axis)
{
    const LacMat3 *first = &grains->grains[axis->grains[0]].orientation;
    double best = PARALLEL;
    for (int k = 0; k < 6; k++) {
        double c[3] = { 0, 0, 0 };
        c[k % 3] = sqrt(0.5);
        c[(k + 1) % 3] = k < 3 ? sqrt(0.5) : -sqrt(0.5);
        LacVec3 start = lac_mat3_apply(first, (LacVec3){ c[0], c[1], c[2] });
        LacVec3 sum = { 0, 0, 0 }, rows[N];
        for (int g = 0; g < N; g++) {
            nearest_row(&grains->grains[axis->grains[g]].orientation, start, &rows[g]);
            sum = lac_vec3_add_scaled(sum, 1.0, rows[g]);
        }
        double length = lac_vec3_norm(sum), worst = 0.0;
        LacVec3 mean = { sum.x / length, sum.y / length, sum.z / length };
        for (int g = 0; g < N; g++) {
            double cosine = fmin(lac_vec3_dot(rows[g], mean), 1.0);
            worst = fmax(worst, acos(cosine) * 180.0 / G_PI);
        }
        if (worst < best) {
            best = worst;
            axis->direction = mean;
            axis->deviation_deg = worst;
        }
    }
    return best < PARALLEL;
}

static gboolean
is_surrounded(const LacGrains *grains, const LacFivefold *axis, const GArray *near)
{
    guint seen = 0;
    for (guint k = 0; k < near->len; k++)
        for (guint g = 0; g < N; g++)
            if (grains->grain[g_array_index(near, gsize, k)] == axis->grains[g])
                seen |= 1u << g;
    return seen == (1u << N) - 1;
}

// The atoms around which all five grains lie. FALSE: the grains do not meet.
static gboolean
find_place(const LacPoints *points, const LacCells *cells, const LacGrains *grains,
    LacFivefold *axis)
{
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    double low = HUGE_VAL, high = -HUGE_VAL;
    LacVec3 sum = { 0, 0, 0 };
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        g_array_set_size(near, 0);
        lac_cells_find(cells, p, AROUND * points->spacing, near);
        if (!is_surrounded(grains, axis, near))
            continue;
        double along = lac_vec3_dot(p, axis->direction);
        low = fmin(low, along);
        high = fmax(high, along);
        sum = lac_vec3_add_scaled(sum, 1.0, p);
        axis->n_points++;
    }
    double n = (double) axis->n_points;
    axis->position = (LacVec3){ sum.x / n, sum.y / n, sum.z / n };
    axis->length = high - low;
    return axis->n_points >= LEAST;
}

// Rings through the lowest of their grains, each in one sense only.
static void
extend(Search *search, guint ring[N], guint n)
{
    if (n == N) {
        if (!search->is_twin[ring[N - 1]][ring[0]] || ring[1] > ring[N - 1])
            return;
        LacFivefold axis = { .n_points = 0 };
        for (guint k = 0; k < N; k++)
            axis.grains[k] = search->which[ring[k]];
        if (find_direction(search->grains, &axis))
            g_array_append_val(search->found, axis);
        return;
    }
    for (guint next = ring[0] + 1; next < search->n && search->found->len < MOST_RINGS; next++) {
        gboolean is_new = search->is_twin[ring[n - 1]][next];
        for (guint k = 0; k < n; k++)
            is_new = is_new && ring[k] != next;
        if (!is_new)
            continue;
        ring[n] = next;
        extend(search, ring, n + 1);
    }
}

/**
 * lac_fivefold_find:
 * @points: atoms
 * @grains: their grains, of which the largest 48 of fcc are looked at
 * @error: return location for a #GError
 *
 * Finds rings of five grains, each a twin of the next, that share a <110> direction and meet along
 * a line: the axes of decahedra and icosahedra.
 *
 * Returns: (transfer full) (element-type LacFivefold): the axes; or %NULL with @error set if a
 *   position is absurdly far away
 */
GArray *
lac_fivefold_find(const LacPoints *points, const LacGrains *grains, GError **error)
{
    g_return_val_if_fail(points->n == grains->n, NULL);

    GArray *axes = g_array_new(FALSE, FALSE, sizeof(LacFivefold));
    g_autofree Search *search = g_new0(Search, 1);
    search->grains = grains;
    search->found = axes;
    find_twins(search);
    for (guint a = 0; a < search->n; a++) {
        guint ring[N] = { a };
        extend(search, ring, 1);
    }
    if (axes->len == 0)
        return axes;
    g_autoptr(LacCells) cells = lac_cells_new(points->x, points->y, points->z, NULL, points->n,
        AROUND * points->spacing, error);
    if (cells == NULL) {
        g_array_unref(axes);
        return NULL;
    }
    for (guint k = axes->len; k-- > 0;)
        if (!find_place(points, cells, grains, &g_array_index(axes, LacFivefold, k)))
            g_array_remove_index(axes, k);
    return axes;
}
