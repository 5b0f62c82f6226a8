// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/template-match.h"

#include <math.h>

#define K             LAC_SHAPE_MAX_K
#define N_SEEDS       3    // pairs of neighbours that orientations are tried on
#define ANGLE_REACH   0.40 // [rad] between such a pair and one of the shape
#define N_KEPT        2    // best orientations of a seed that are refined
#define N_REFINEMENTS 2

typedef struct {
    guint i, j;
    double angle, miss;
} Seed;

typedef struct {
    double cost;
    LacMat3 rotation;
} Guess;

// Neighbours at a mean distance of 1.
typedef struct {
    guint k;
    double scale;
    LacVec3 v[K], unit[K];
} Cluster;

static void
normalise(const LacShape *shape, const LacVec3 *neighbours, Cluster *cluster)
{
    double length[K];
    cluster->k = shape->k;
    cluster->scale = 0.0;
    for (guint i = 0; i < shape->k; i++) {
        length[i] = lac_vec3_norm(neighbours[i]);
        cluster->scale += length[i] / shape->k;
    }
    for (guint i = 0; i < shape->k; i++) {
        LacVec3 p = neighbours[i];
        double s = cluster->scale;
        cluster->v[i] = (LacVec3){ p.x / s, p.y / s, p.z / s };
        cluster->unit[i] = (LacVec3){ p.x / length[i], p.y / length[i], p.z / length[i] };
    }
}

// The pairs of neighbours whose angle is nearest the smallest of the shape.
static guint
find_seeds(const LacShape *shape, const Cluster *cluster, Seed seeds[N_SEEDS])
{
    guint n = 0;
    for (guint i = 0; i < cluster->k; i++)
        for (guint j = i + 1; j < cluster->k; j++) {
            double c = lac_vec3_dot(cluster->unit[i], cluster->unit[j]);
            double angle = acos(CLAMP(c, -1.0, 1.0));
            Seed seed = { i, j, angle, fabs(angle - shape->angle) };
            guint at = n < N_SEEDS ? n++ : N_SEEDS;
            for (; at > 0 && seed.miss < seeds[at - 1].miss; at--)
                if (at < N_SEEDS)
                    seeds[at] = seeds[at - 1];
            if (at < N_SEEDS)
                seeds[at] = seed;
        }
    return n;
}

static LacMat3
triad_of(LacVec3 e1, LacVec3 b)
{
    LacVec3 n = lac_vec3_cross(e1, b);
    double length = fmax(lac_vec3_norm(n), 1e-12);
    LacVec3 e3 = { n.x / length, n.y / length, n.z / length }, e2 = lac_vec3_cross(e3, e1);
    return (LacMat3){ { { e1.x, e2.x, e3.x }, { e1.y, e2.y, e3.y }, { e1.z, e2.z, e3.z } } };
}

static double
distance2(LacVec3 a, LacVec3 b)
{
    double x = a.x - b.x, y = a.y - b.y, z = a.z - b.z;
    return x * x + y * y + z * z;
}

// Sum of the distances of each vertex and each neighbour to the nearest of the others.
static double
judge(const LacShape *shape, const Cluster *cluster, const LacMat3 *rotation, double limit)
{
    double nearest[K], cost = 0.0;
    for (guint j = 0; j < cluster->k; j++)
        nearest[j] = HUGE_VAL;
    for (guint i = 0; i < shape->k && cost < limit; i++) {
        LacVec3 p = lac_mat3_apply(rotation, shape->vertex[i]);
        double least = HUGE_VAL;
        for (guint j = 0; j < cluster->k; j++) {
            double d = distance2(p, cluster->v[j]);
            least = fmin(least, d);
            nearest[j] = fmin(nearest[j], d);
        }
        cost += sqrt(least);
    }
    for (guint j = 0; j < cluster->k && cost < limit; j++)
        cost += sqrt(nearest[j]);
    return cost;
}

static guint
guess_orientations(const LacShape *shape, const Cluster *cluster, const Seed *seed,
    Guess guesses[N_KEPT])
{
    guint n = 0;
    LacMat3 frame = triad_of(cluster->unit[seed->i], cluster->unit[seed->j]);
    for (guint p = 0; p < shape->n_pairs; p++) {
        if (!(fabs(shape->pairs[p].angle - seed->angle) < ANGLE_REACH))
            continue;
        LacMat3 back = lac_mat3_transpose(&shape->pairs[p].triad);
        Guess guess = { .rotation = lac_mat3_multiply(&frame, &back) };
        double limit = n == N_KEPT ? guesses[N_KEPT - 1].cost : HUGE_VAL;
        guess.cost = judge(shape, cluster, &guess.rotation, limit);
        if (!(guess.cost < limit))
            continue;
        guint at = n < N_KEPT ? n++ : N_KEPT - 1;
        for (; at > 0 && guess.cost < guesses[at - 1].cost; at--)
            guesses[at] = guesses[at - 1];
        guesses[at] = guess;
    }
    return n;
}

// Each vertex its nearest neighbour, if no two have the same: then no assignment is better.
static gboolean
assign_nearest(const double cost[K][K], guint k, guint8 partner[K])
{
    guint taken = 0;
    for (guint i = 0; i < k; i++) {
        guint best = 0;
        for (guint j = 1; j < k; j++)
            if (cost[i][j] < cost[i][best])
                best = j;
        if (taken >> best & 1)
            return FALSE;
        taken |= 1u << best;
        partner[i] = (guint8) best;
    }
    return TRUE;
}

// The cheapest assignment, by shortest augmenting paths (Hungarian method).
static void
assign_all(const double cost[K][K], guint k, guint8 partner[K])
{
    double u[K + 1] = { 0 }, v[K + 1] = { 0 };
    guint row_of[K + 1] = { 0 }, from[K + 1] = { 0 }; // counted from 1; 0: none
    for (guint row = 1; row <= k; row++) {
        double least[K + 1];
        gboolean used[K + 1] = { FALSE };
        for (guint j = 0; j <= k; j++)
            least[j] = HUGE_VAL;
        row_of[0] = row;
        guint column = 0;
        do {
            used[column] = TRUE;
            guint i = row_of[column], next = 0;
            double delta = HUGE_VAL;
            for (guint j = 1; j <= k; j++) {
                if (used[j])
                    continue;
                double slack = cost[i - 1][j - 1] - u[i] - v[j];
                if (slack < least[j]) {
                    least[j] = slack;
                    from[j] = column;
                }
                if (least[j] < delta) {
                    delta = least[j];
                    next = j;
                }
            }
            for (guint j = 0; j <= k; j++)
                if (used[j]) {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                }
                else
                    least[j] -= delta;
            column = next;
        } while (row_of[column] != 0);
        while (column != 0) {
            row_of[column] = row_of[from[column]];
            column = from[column];
        }
    }
    for (guint j = 1; j <= k; j++)
        partner[row_of[j] - 1] = (guint8) (j - 1);
}

static void
assign(const LacShape *shape, const Cluster *cluster, const LacMat3 *rotation, double scale,
    guint8 partner[K])
{
    double cost[K][K];
    for (guint i = 0; i < shape->k; i++) {
        LacVec3 p = lac_mat3_apply(rotation, shape->vertex[i]);
        p = (LacVec3){ scale * p.x, scale * p.y, scale * p.z };
        for (guint j = 0; j < shape->k; j++)
            cost[i][j] = distance2(p, cluster->v[j]);
    }
    if (!assign_nearest(cost, shape->k, partner))
        assign_all(cost, shape->k, partner);
}

// Rotation and scale of the shape, the atom itself included, by least squares. Gives the rms.
static double
superpose(const LacShape *shape, const Cluster *cluster, const guint8 partner[K], LacMat3 *rotation,
    double *scale)
{
    guint k = shape->k;
    LacVec3 mean = { 0, 0, 0 };
    for (guint j = 0; j < k; j++)
        mean = lac_vec3_add_scaled(mean, 1.0 / (k + 1.0), cluster->v[j]);
    LacMat3 h = { 0 };
    for (guint i = 0; i <= k; i++) { // the last is the atom itself
        LacVec3 a = { -shape->mean.x, -shape->mean.y, -shape->mean.z };
        LacVec3 b = { -mean.x, -mean.y, -mean.z };
        if (i < k) {
            a = lac_vec3_subtract(shape->vertex[i], shape->mean);
            b = lac_vec3_subtract(cluster->v[partner[i]], mean);
        }
        const double p[3] = { a.x, a.y, a.z }, q[3] = { b.x, b.y, b.z };
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                h.m[r][c] += q[r] * p[c];
    }
    *rotation = lac_mat3_nearest_rotation(&h);
    double overlap = 0.0;
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            overlap += rotation->m[r][c] * h.m[r][c];
    *scale = overlap / shape->size;
    double rest = 0.0;
    for (guint i = 0; i <= k; i++) {
        LacVec3 a = { -shape->mean.x, -shape->mean.y, -shape->mean.z };
        LacVec3 b = { -mean.x, -mean.y, -mean.z };
        if (i < k) {
            a = lac_vec3_subtract(shape->vertex[i], shape->mean);
            b = lac_vec3_subtract(cluster->v[partner[i]], mean);
        }
        LacVec3 d = lac_vec3_add_scaled(b, -*scale, lac_mat3_apply(rotation, a));
        rest += lac_vec3_dot(d, d);
    }
    return sqrt(rest / (k + 1.0)) / *scale;
}

static void
refine(const LacShape *shape, const Cluster *cluster, const LacMat3 *start, LacShapeMatch *best)
{
    LacShapeMatch found = { .orientation = *start, .spacing = 1.0 };
    for (guint pass = 0; pass < N_REFINEMENTS; pass++) {
        guint8 partner[K] = { 0 };
        gboolean same = pass > 0;
        assign(shape, cluster, &found.orientation, found.spacing, partner);
        for (guint i = 0; i < shape->k; i++) {
            same = same && partner[i] == found.partner[i];
            found.partner[i] = partner[i];
        }
        if (same)
            break;
        found.rmsd = superpose(shape, cluster, partner, &found.orientation, &found.spacing);
        if (!(found.spacing > 0.0))
            return;
    }
    found.spacing *= cluster->scale;
    if (found.rmsd < best->rmsd)
        *best = found;
}

/**
 * lac_shape_match:
 * @shape: an ideal neighbourhood
 * @neighbours: (array length=shape->k): positions of the nearest neighbours relative to the atom
 *
 * Tries the orientations that bring a pair of vertices onto a pair of neighbours, assigns one
 * neighbour to each vertex, and superposes them with their atom by least squares. After DOI
 * 10.1088/0965-0393/24/5/055007.
 *
 * Returns: the best match
 */
LacShapeMatch
lac_shape_match(const LacShape *shape, const LacVec3 *neighbours)
{
    LacShapeMatch best = { .rmsd = HUGE_VAL };
    Cluster cluster;
    Seed seeds[N_SEEDS];
    normalise(shape, neighbours, &cluster);
    guint n_seeds = find_seeds(shape, &cluster, seeds);
    for (guint s = 0; s < n_seeds; s++) {
        Guess guesses[N_KEPT];
        guint n = guess_orientations(shape, &cluster, &seeds[s], guesses);
        for (guint g = 0; g < n; g++)
            refine(shape, &cluster, &guesses[g].rotation, &best);
    }
    return best;
}

/**
 * lac_shape_find_gradient:
 * @shape: an ideal neighbourhood
 * @neighbours: (array length=shape->k): positions relative to the atom
 * @match: of them
 *
 * Returns: F = (sum v w^T) (sum w w^T)^-1 of neighbours v and their vertices w
 */
LacMat3
lac_shape_find_gradient(const LacShape *shape, const LacVec3 *neighbours,
    const LacShapeMatch *match)
{
    LacMat3 sum = { 0 };
    for (guint i = 0; i < shape->k; i++) {
        LacVec3 a = shape->vertex[i], b = neighbours[match->partner[i]];
        const double w[3] = { a.x, a.y, a.z }, v[3] = { b.x, b.y, b.z };
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                sum.m[r][c] += v[r] * w[c];
    }
    return lac_mat3_multiply(&sum, &shape->moment);
}
