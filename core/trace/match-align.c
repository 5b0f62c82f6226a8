// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/parallel.h"
#include "core/trace/assign.h"
#include "core/trace/match-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GRAIN          256  // atoms per block
#define MOST_NEAR      128  // atoms of the truth within the cutoff of one atom
#define UNMATCHED      10.0 // price of an atom without a partner, in squared cutoffs
#define MOST_ROUNDS    50   // of the alignment
#define SMALLEST_SHIFT 1e-9 // [Å]
#define BOND_SAMPLE    2000 // atoms that tell the bond length
#define JACOBI_SWEEPS  32

/**
 * lac_points_get:
 * @points: positions
 * @i: number of one
 *
 * Returns: [Å] position @i
 */
LacVec3
lac_points_get(const LacPoints *points, gsize i)
{
    return (LacVec3){ points->x[i], points->y[i], points->z[i] };
}

/**
 * lac_points_get_mean:
 * @points: positions, at least one
 *
 * Returns: [Å] their mean
 */
LacVec3
lac_points_get_mean(const LacPoints *points)
{
    LacVec3 mean = { 0, 0, 0 };
    for (gsize i = 0; i < points->n; i++) {
        mean.x += points->x[i];
        mean.y += points->y[i];
        mean.z += points->z[i];
    }
    double n = (double) points->n;
    return (LacVec3){ mean.x / n, mean.y / n, mean.z / n };
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
get_extent(const LacPoints *points)
{
    LacVec3 low = lac_points_get(points, 0), high = low;
    for (gsize i = 1; i < points->n; i++) {
        low = (LacVec3){ fmin(low.x, points->x[i]), fmin(low.y, points->y[i]),
            fmin(low.z, points->z[i]) };
        high = (LacVec3){ fmax(high.x, points->x[i]), fmax(high.y, points->y[i]),
            fmax(high.z, points->z[i]) };
    }
    return fmax(high.x - low.x, fmax(high.y - low.y, high.z - low.z));
}

/**
 * lac_points_get_bond:
 * @points: positions
 * @bond: (out): [Å] median distance to the nearest neighbour, of up to 2000 atoms spread over the
 *   list; 0 when there are fewer than two atoms or most lie on others
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when a position is not finite
 */
gboolean
lac_points_get_bond(const LacPoints *points, double *bond, GError **error)
{
    *bond = 0.0;
    if (points->n < 2)
        return TRUE;
    double extent = get_extent(points);
    double spacing = fmax(extent / cbrt((double) points->n), 1e-6);
    g_autoptr(LacCells) cells =
        lac_cells_new(points->x, points->y, points->z, NULL, points->n, spacing, error);
    if (cells == NULL)
        return FALSE;
    gsize n = MIN(points->n, BOND_SAMPLE);
    g_autofree double *distance = g_new(double, n);
    for (gsize k = 0; k < n; k++) {
        gsize i = (gsize) ((guint64) k * points->n / n);
        double radius = spacing;
        while (!lac_cells_find_nearest(cells, lac_points_get(points, i), radius, i, NULL,
            &distance[k]))
            radius *= 2.0;
    }
    qsort(distance, n, sizeof *distance, compare_doubles);
    *bond = 0.5 * (distance[(n - 1) / 2] + distance[n / 2]);
    return TRUE;
}

/**
 * lac_motion_apply:
 * @motion: a rotation and a shift
 * @p: [Å]
 *
 * Returns: [Å] the point, rotated and then shifted
 */
LacVec3
lac_motion_apply(const LacMotion *motion, LacVec3 p)
{
    LacVec3 q = lac_mat3_apply(&motion->rotation, p);
    return (LacVec3){ q.x + motion->shift.x, q.y + motion->shift.y, q.z + motion->shift.z };
}

static void
rotate_pair(double a[4][4], double v[4][4], int p, int q)
{
    if (a[p][q] == 0.0)
        return;
    double theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    double t = copysign(1.0, theta) / (fabs(theta) + sqrt(theta * theta + 1.0));
    double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (int k = 0; k < 4; k++) {
        double kp = a[k][p], kq = a[k][q];
        a[k][p] = c * kp - s * kq;
        a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < 4; k++) {
        double pk = a[p][k], qk = a[q][k];
        a[p][k] = c * pk - s * qk;
        a[q][k] = s * pk + c * qk;
        double vp = v[k][p], vq = v[k][q];
        v[k][p] = c * vp - s * vq;
        v[k][q] = s * vp + c * vq;
    }
}

// Eigenvector of the largest eigenvalue of a symmetric matrix, by Jacobi's rotations.
static void
largest_eigenvector(double a[4][4], double out[4])
{
    double v[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
    for (int sweep = 0; sweep < JACOBI_SWEEPS; sweep++)
        for (int p = 0; p < 3; p++)
            for (int q = p + 1; q < 4; q++)
                rotate_pair(a, v, p, q);
    int best = 0;
    for (int k = 1; k < 4; k++)
        if (a[k][k] > a[best][best])
            best = k;
    for (int k = 0; k < 4; k++)
        out[k] = v[k][best];
}

// The rotation for which the sum of to . (R from) is largest, from s[i][j], the sum of
// from_i to_j: a unit quaternion (doi:10.1364/JOSAA.4.000629), so never a reflection.
static LacMat3
best_rotation(double s[3][3])
{
    double xx = s[0][0], xy = s[0][1], xz = s[0][2], yx = s[1][0], yy = s[1][1], yz = s[1][2],
           zx = s[2][0], zy = s[2][1], zz = s[2][2], q[4];
    double n[4][4] = {
        { xx + yy + zz, yz - zy, zx - xz, xy - yx },
        { yz - zy, xx - yy - zz, xy + yx, zx + xz },
        { zx - xz, xy + yx, yy - xx - zz, yz + zy },
        { xy - yx, zx + xz, yz + zy, zz - xx - yy },
    };
    largest_eigenvector(n, q);
    double w = q[0], x = q[1], y = q[2], z = q[3];
    return (LacMat3){ {
        { w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y) },
        { 2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x) },
        { 2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z },
    } };
}

// The motion that brings @from closest to @to. A rigid one needs three pairs to turn.
static LacMotion
fit_motion(const LacPoints *from, const LacPoints *to, const GArray *pairs, LacAlign align)
{
    LacMotion motion = { .rotation = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } } };
    const LacMatchPair *pair = (const LacMatchPair *) (gconstpointer) pairs->data;
    double n = (double) pairs->len, s[3][3] = { { 0 } };
    LacVec3 a = { 0, 0, 0 }, b = { 0, 0, 0 };
    for (guint k = 0; k < pairs->len; k++) {
        LacVec3 p = lac_points_get(from, pair[k].model), q = lac_points_get(to, pair[k].truth);
        a = (LacVec3){ a.x + p.x / n, a.y + p.y / n, a.z + p.z / n };
        b = (LacVec3){ b.x + q.x / n, b.y + q.y / n, b.z + q.z / n };
    }
    if (align == LAC_ALIGN_RIGID && pairs->len >= 3) {
        for (guint k = 0; k < pairs->len; k++) {
            LacVec3 p = lac_points_get(from, pair[k].model), q = lac_points_get(to, pair[k].truth);
            const double from_k[3] = { p.x - a.x, p.y - a.y, p.z - a.z };
            const double to_k[3] = { q.x - b.x, q.y - b.y, q.z - b.z };
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    s[i][j] += from_k[i] * to_k[j];
        }
        motion.rotation = best_rotation(s);
    }
    LacVec3 turned = lac_mat3_apply(&motion.rotation, a);
    motion.shift = (LacVec3){ b.x - turned.x, b.y - turned.y, b.z - turned.z };
    return motion;
}

typedef struct {
    const LacPoints *model, *truth;
    const LacCells *cells;
    const LacMotion *motion;
    double cutoff;
    GArray **edges; // of LacAssignEdge, per block
    gsize *crowded; // per block: an atom with too many neighbours, or G_MAXSIZE
} EdgeArgs;

static void
find_edges(const EdgeArgs *args, gsize i, GArray *near, GArray *edges)
{
    LacVec3 p = lac_motion_apply(args->motion, lac_points_get(args->model, i));
    g_array_set_size(near, 0);
    lac_cells_find(args->cells, p, args->cutoff, near);
    for (guint k = 0; k < near->len && near->len <= MOST_NEAR; k++) {
        gsize j = g_array_index(near, gsize, k);
        LacVec3 q = lac_points_get(args->truth, j);
        double dx = q.x - p.x, dy = q.y - p.y, dz = q.z - p.z;
        LacAssignEdge edge = { (guint32) i, (guint32) j, dx * dx + dy * dy + dz * dz };
        g_array_append_val(edges, edge);
    }
}

static void
find_edges_of_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const EdgeArgs *args = data;
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    gsize block = begin / GRAIN;
    args->edges[block] = g_array_new(FALSE, FALSE, sizeof(LacAssignEdge));
    args->crowded[block] = G_MAXSIZE;
    for (gsize i = begin; i < end && args->crowded[block] == G_MAXSIZE; i++) {
        find_edges(args, i, near, args->edges[block]);
        if (near->len > MOST_NEAR)
            args->crowded[block] = i;
    }
}

static GArray *
join_edges(const EdgeArgs *args, gsize n_blocks, GError **error)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(LacAssignEdge));
    gsize crowded = G_MAXSIZE;
    for (gsize b = 0; b < n_blocks; b++) {
        g_array_append_vals(all, args->edges[b]->data, args->edges[b]->len);
        crowded = MIN(crowded, args->crowded[b]);
        g_array_unref(args->edges[b]);
    }
    if (crowded == G_MAXSIZE)
        return all;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "More than %d atoms of the truth lie within %g Å of atom %" G_GSIZE_FORMAT
        " of the model; are both in ångström?",
        MOST_NEAR, args->cutoff, crowded + 1);
    g_array_unref(all);
    return NULL;
}

/**
 * lac_match_assign:
 * @model: positions
 * @truth: positions
 * @cells: of the truth
 * @motion: of the model
 * @cutoff: [Å] above 0
 * @pairs: (element-type LacMatchPair): receives the pairs, and loses what it held
 * @progress: (nullable): cancel
 * @error: return location for a #GError
 *
 * Finds the one-to-one assignment of the least sum of squared distances within the cutoff; an atom
 * without a partner counts as ten squared cutoffs.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled or when atoms lie on each other
 */
gboolean
lac_match_assign(const LacPoints *model, const LacPoints *truth, const LacCells *cells,
    const LacMotion *motion, double cutoff, GArray *pairs, LacProgress *progress, GError **error)
{
    gsize n_blocks = (model->n + GRAIN - 1) / GRAIN;
    g_autofree GArray **blocks = g_new0(GArray *, n_blocks);
    g_autofree gsize *crowded = g_new(gsize, n_blocks);
    EdgeArgs args = { model, truth, cells, motion, cutoff, blocks, crowded };
    lac_parallel_for(model->n, GRAIN, find_edges_of_block, &args);
    g_autoptr(GArray) edges = join_edges(&args, n_blocks, error);
    if (edges == NULL)
        return FALSE;
    g_autofree guint32 *column = g_new(guint32, model->n);
    if (!lac_assign((const LacAssignEdge *) (gconstpointer) edges->data, edges->len, model->n,
            truth->n, UNMATCHED * cutoff * cutoff, column, progress, error))
        return FALSE;
    g_array_set_size(pairs, 0);
    for (gsize i = 0; i < model->n; i++) {
        if (column[i] == G_MAXUINT32)
            continue;
        LacVec3 p = lac_motion_apply(motion, lac_points_get(model, i));
        LacVec3 q = lac_points_get(truth, column[i]);
        LacMatchPair pair = { i, column[i], { q.x - p.x, q.y - p.y, q.z - p.z } };
        g_array_append_val(pairs, pair);
    }
    return TRUE;
}

static double
get_square(const GArray *pairs)
{
    double sum = 0.0;
    for (guint k = 0; k < pairs->len; k++) {
        LacVec3 d = g_array_index(pairs, LacMatchPair, k).difference;
        sum += d.x * d.x + d.y * d.y + d.z * d.z;
    }
    return sum;
}

static gboolean
is_same_motion(const LacMotion *a, const LacMotion *b)
{
    double change = fabs(a->shift.x - b->shift.x) + fabs(a->shift.y - b->shift.y) +
        fabs(a->shift.z - b->shift.z);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            change += fabs(a->rotation.m[i][j] - b->rotation.m[i][j]);
    return change < SMALLEST_SHIFT;
}

/**
 * lac_match_align:
 * @model: positions
 * @truth: positions
 * @cells: of the truth
 * @cutoff: [Å] above 0
 * @align: what may be done to the model
 * @motion: (inout): where to begin; receives the motion found
 * @pairs: (element-type LacMatchPair): receives the pairs under that motion
 * @progress: (nullable): cancel
 * @error: return location for a #GError
 *
 * Assigns and moves the model onto its partners in turn until nothing changes.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_match_align(const LacPoints *model, const LacPoints *truth, const LacCells *cells,
    double cutoff, LacAlign align, LacMotion *motion, GArray *pairs, LacProgress *progress,
    GError **error)
{
    for (guint round = 0;; round++) {
        if (!lac_match_assign(model, truth, cells, motion, cutoff, pairs, progress, error))
            return FALSE;
        if (align == LAC_ALIGN_NONE || pairs->len == 0 || round == MOST_ROUNDS)
            return TRUE;
        double square = get_square(pairs);
        LacMotion next = fit_motion(model, truth, pairs, align);
        if (is_same_motion(motion, &next) || square == 0.0)
            return TRUE;
        *motion = next;
    }
}
