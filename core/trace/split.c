// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/split.h"

#include "core/error.h"
#include "core/trace/grid.h"
#include "core/trace/quartic.h"

#include <math.h>

#define REACH       2.6 // [sigma] radius of the ball that is fitted
#define MAX_SAMPLES 20000
#define MIN_SAMPLES 60
#define N_UNKNOWNS  9 // two places, two heights, a constant
#define N_ONE       5 // one place, a height, a constant
#define MAX_PASSES  60
#define FIRST_HALF  0.8  // [sigma] from the centre to either atom at the start
#define FARTHEST    2.5  // [sigma] that an atom may move from the peak
#define CONVERGED   1e-7 // relative change of the sum of squares

// Samples of the volume in a ball; lengths in units of sigma about the centre.
typedef struct {
    gsize n;
    double *x, *y, *z, *value;
} Samples;

static void
clear_samples(Samples *s)
{
    g_free(s->x);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Samples, clear_samples)

static gboolean
take_samples(const LacVolume *v, LacVec3 centre, double sigma, Samples *s, GError **error)
{
    double reach = REACH * sigma;
    s->x = g_new(double, 4 * MAX_SAMPLES);
    s->y = s->x + MAX_SAMPLES;
    s->z = s->y + MAX_SAMPLES;
    s->value = s->z + MAX_SAMPLES;
    for (double z = ceil(centre.z - reach); z <= centre.z + reach; z++)
        for (double y = ceil(centre.y - reach); y <= centre.y + reach; y++)
            for (double x = ceil(centre.x - reach); x <= centre.x + reach; x++) {
                double dx = x - centre.x, dy = y - centre.y, dz = z - centre.z;
                if (dx * dx + dy * dy + dz * dz > reach * reach || s->n == MAX_SAMPLES ||
                    !(x >= 0.0 && y >= 0.0 && z >= 0.0 && x < (double) v->nx &&
                        y < (double) v->ny && z < (double) v->nz))
                    continue;
                s->x[s->n] = dx / sigma;
                s->y[s->n] = dy / sigma;
                s->z[s->n] = dz / sigma;
                s->value[s->n++] = (double) lac_volume_get(v, (gsize) x, (gsize) y, (gsize) z);
            }
    if (s->n >= MIN_SAMPLES)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "Only %" G_GSIZE_FORMAT " voxels lie within %.2f voxels of the peak: too few for two atoms",
        s->n, reach);
    return FALSE;
}

// Longest axis of the intensity above its lowest value.
static LacVec3
find_axis(const Samples *s)
{
    double low = HUGE_VAL, sum = 0.0, mean[3] = { 0 };
    LacMat3 moment = { 0 }, vectors;
    for (gsize i = 0; i < s->n; i++)
        low = fmin(low, s->value[i]);
    for (gsize i = 0; i < s->n; i++) {
        double w = s->value[i] - low, p[3] = { s->x[i], s->y[i], s->z[i] };
        sum += w;
        for (guint a = 0; a < 3; a++) {
            mean[a] += w * p[a];
            for (guint b = 0; b < 3; b++)
                moment.m[a][b] += w * p[a] * p[b];
        }
    }
    for (guint a = 0; a < 3 && sum > 0.0; a++)
        for (guint b = 0; b < 3; b++)
            moment.m[a][b] = moment.m[a][b] / sum - mean[a] * mean[b] / (sum * sum);
    double values[3];
    lac_symmetric_eigen(&moment, values, &vectors);
    return (LacVec3){ vectors.m[0][2], vectors.m[1][2], vectors.m[2][2] };
}

// The model's value at sample @i and its derivatives; unknowns are x, y, z, height for each atom,
// then the constant.
static double
evaluate(const Samples *s, gsize i, const double *u, guint n_unknowns, double *slope)
{
    double value = u[n_unknowns - 1];
    for (guint k = 0; k + 4 < n_unknowns; k += 4) {
        double dx = s->x[i] - u[k], dy = s->y[i] - u[k + 1], dz = s->z[i] - u[k + 2];
        double g = exp(-0.5 * (dx * dx + dy * dy + dz * dz));
        value += u[k + 3] * g;
        slope[k] = u[k + 3] * g * dx;
        slope[k + 1] = u[k + 3] * g * dy;
        slope[k + 2] = u[k + 3] * g * dz;
        slope[k + 3] = g;
    }
    slope[n_unknowns - 1] = 1.0;
    return value;
}

static double
sum_squares(const Samples *s, const double *u, guint n_unknowns)
{
    double slope[N_UNKNOWNS], sum = 0.0;
    for (gsize i = 0; i < s->n; i++) {
        double d = s->value[i] - evaluate(s, i, u, n_unknowns, slope);
        sum += d * d;
    }
    return sum;
}

// Solves the damped normal equations; FALSE when they are singular.
static gboolean
solve(double m[N_UNKNOWNS][N_UNKNOWNS + 1], guint n, double damping, double *x)
{
    for (guint a = 0; a < n; a++)
        m[a][a] *= 1.0 + damping;
    for (guint a = 0; a < n; a++) {
        if (!(m[a][a] > 0.0))
            return FALSE;
        for (guint b = a + 1; b < n; b++) {
            double factor = m[b][a] / m[a][a];
            for (guint c = a; c <= n; c++)
                m[b][c] -= factor * m[a][c];
        }
    }
    for (guint a = n; a-- > 0;) {
        x[a] = m[a][n];
        for (guint c = a + 1; c < n; c++)
            x[a] -= m[a][c] * x[c];
        x[a] /= m[a][a];
    }
    return TRUE;
}

// Levenberg-Marquardt; returns the sum of squares that is left.
static double
fit(const Samples *s, double *u, guint n)
{
    double damping = 1e-3, before = sum_squares(s, u, n);
    for (guint pass = 0; pass < MAX_PASSES && damping < 1e8; pass++) {
        double m[N_UNKNOWNS][N_UNKNOWNS + 1] = { 0 }, slope[N_UNKNOWNS], step[N_UNKNOWNS];
        double next[N_UNKNOWNS];
        for (gsize i = 0; i < s->n; i++) {
            double d = s->value[i] - evaluate(s, i, u, n, slope);
            for (guint a = 0; a < n; a++) {
                for (guint b = 0; b < n; b++)
                    m[a][b] += slope[a] * slope[b];
                m[a][n] += slope[a] * d;
            }
        }
        if (!solve(m, n, damping, step))
            return before;
        for (guint a = 0; a < n; a++)
            next[a] = u[a] + step[a];
        double now = sum_squares(s, next, n);
        if (!(now < before)) {
            damping *= 10.0;
            continue;
        }
        for (guint a = 0; a < n; a++)
            u[a] = next[a];
        damping *= 0.2;
        gboolean done = before - now <= CONVERGED * before;
        before = now;
        if (done)
            break;
    }
    return before;
}

static double
length_of(const double *u)
{
    return sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
}

// Two atoms are believable when both are bright, apart and near the peak.
static gboolean
check_two(const double *u, GError **error)
{
    const double between[3] = { u[0] - u[4], u[1] - u[5], u[2] - u[6] };
    double high = fmax(u[3], u[7]), low = fmin(u[3], u[7]);
    if (low > 0.05 * high && length_of(between) > 0.5 && length_of(u) < FARTHEST &&
        length_of(u + 4) < FARTHEST)
        return TRUE;
    g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "The peak is no sum of two atoms that lie apart");
    return FALSE;
}

/**
 * lac_split_peak:
 * @volume: a volume
 * @position: [Å] of the peak
 * @sigma: [Å] Gaussian width of one atom
 * @split: (out caller-allocates): the two atoms, and how much better they fit than one
 * @error: return location for a #GError
 *
 * Fits two Gaussians of known width on a constant, started on either side of the peak along its
 * longest axis.
 *
 * Returns: %TRUE, or %FALSE with @error set when two atoms do not come out
 */
gboolean
lac_split_peak(const LacVolume *volume, LacVec3 position, double sigma, LacSplit *split,
    GError **error)
{
    double a = lac_grid_get_voxel_size(volume), width = sigma / a;
    if (!(width > 0.2 && width < 20.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "An atom of width %g Å cannot be fitted to voxels of %g Å", sigma, a);
        return FALSE;
    }
    LacVec3 centre = lac_grid_from_position(volume, position);
    g_auto(Samples) s = { 0 };
    if (!take_samples(volume, centre, width, &s, error))
        return FALSE;
    LacVec3 axis = find_axis(&s);
    double high = -HUGE_VAL, low = HUGE_VAL;
    for (gsize i = 0; i < s.n; i++) {
        high = fmax(high, s.value[i]);
        low = fmin(low, s.value[i]);
    }
    double one[N_ONE] = { 0.0, 0.0, 0.0, high - low, low }, h = FIRST_HALF;
    double two[N_UNKNOWNS] = { h * axis.x, h * axis.y, h * axis.z, 0.6 * (high - low), -h * axis.x,
        -h * axis.y, -h * axis.z, 0.6 * (high - low), low };
    double left_one = fit(&s, one, N_ONE), left_two = fit(&s, two, N_UNKNOWNS);
    if (!check_two(two, error))
        return FALSE;
    const double *first = two[3] >= two[7] ? two : two + 4,
                 *second = two[3] >= two[7] ? two + 4 : two;
    *split = (LacSplit){
        .a = { position.x + sigma * first[0], position.y + sigma * first[1],
            position.z + sigma * first[2] },
        .b = { position.x + sigma * second[0], position.y + sigma * second[1],
            position.z + sigma * second[2] },
        .height_a = first[3],
        .height_b = second[3],
        .misfit_one = sqrt(left_one / (double) s.n) / first[3],
        .misfit_two = sqrt(left_two / (double) s.n) / first[3],
    };
    const double between[3] = { first[0] - second[0], first[1] - second[1], first[2] - second[2] };
    split->distance = sigma * length_of(between);
    return TRUE;
}

/**
 * lac_merge_place:
 * @atoms: atoms
 * @indices: (array length=n): those that are one
 * @n: how many
 * @place: (out): [Å] their mean, weighted with the intensity or, without it, the height
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when there are fewer than two
 */
gboolean
lac_merge_place(const LacAtoms *atoms, const gsize *indices, gsize n, LacVec3 *place,
    GError **error)
{
    const double *weight = lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY);
    if (weight == NULL)
        weight = lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT);
    if (n < 2) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "It takes two atoms or more to merge them");
        return FALSE;
    }
    gboolean weighted = weight != NULL;
    for (gsize k = 0; k < n; k++)
        weighted &= weight != NULL && weight[indices[k]] > 0.0 && isfinite(weight[indices[k]]);
    double sum = 0.0;
    *place = (LacVec3){ 0, 0, 0 };
    for (gsize k = 0; k < n; k++) {
        gsize i = indices[k];
        double w = weighted ? weight[i] : 1.0;
        sum += w;
        place->x += w * atoms->x[i];
        place->y += w * atoms->y[i];
        place->z += w * atoms->z[i];
    }
    *place = (LacVec3){ place->x / sum, place->y / sum, place->z / sum };
    return TRUE;
}
