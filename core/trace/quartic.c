// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/quartic-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_PASSES    30
#define MAX_STEP      0.5  // [step] of a Newton step along each axis
#define TOLERANCE     1e-3 // [step]
#define MAX_MOVE      4.5  // [step] from the seed along each axis
#define LEAST_CURVE   0.05 // of the strongest curvature, that a Newton step assumes at least
#define JACOBI_SWEEPS 12

/**
 * lac_quartic_window_index:
 * @offset: x, y, z of a sample, -3 to 3
 *
 * Returns: its place in a window
 */
gsize
lac_quartic_window_index(const gint8 offset[3])
{
    const int half = LAC_WINDOW_EDGE / 2;
    int row = (offset[2] + half) * LAC_WINDOW_EDGE + offset[1] + half;
    return (gsize) (row * LAC_WINDOW_STRIDE + offset[0] + half);
}

static void
list_terms(LacQuartic *self)
{
    static const guint8 wanted[LAC_QUARTIC_FILTERS][3] = { { 0, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 },
        { 0, 0, 1 }, { 2, 0, 0 }, { 0, 2, 0 }, { 0, 0, 2 }, { 1, 1, 0 }, { 1, 0, 1 }, { 0, 1, 1 } };
    guint n = 0;
    for (guint8 i = 0; i <= 4; i++)
        for (guint8 j = 0; i + j <= 4; j++)
            for (guint8 k = 0; i + j + k <= 4; k++) {
                const guint8 power[3] = { i, j, k };
                for (guint f = 0; f < LAC_QUARTIC_FILTERS; f++)
                    if (memcmp(wanted[f], power, sizeof power) == 0)
                        self->column[f] = n;
                // The terms are in units of the radius; this brings their coefficients to steps.
                self->scale[n] = pow(LAC_QUARTIC_RADIUS, -(double) (i + j + k));
                memcpy(self->power[n++], power, sizeof power);
            }
    g_assert(n == LAC_QUARTIC_TERMS);
}

static void
list_points(LacQuartic *self)
{
    const int half = LAC_WINDOW_EDGE / 2;
    guint n = 0;
    for (int z = -half; z <= half; z++)
        for (int y = -half; y <= half; y++)
            for (int x = -half; x <= half; x++) {
                if (4 * (x * x + y * y + z * z) > LAC_WINDOW_EDGE * LAC_WINDOW_EDGE)
                    continue;
                const gint8 offset[3] = { (gint8) x, (gint8) y, (gint8) z };
                memcpy(self->offset[n++], offset, sizeof offset);
            }
    g_assert(n == LAC_QUARTIC_POINTS);
}

// Terms at one point, whose lengths are divided by the radius for the sake of the numbers.
static void
fill_terms(const LacQuartic *self, const double d[3], double terms[LAC_QUARTIC_TERMS])
{
    double powers[3][5];
    for (int axis = 0; axis < 3; axis++) {
        powers[axis][0] = 1.0;
        for (int k = 1; k < 5; k++)
            powers[axis][k] = powers[axis][k - 1] * d[axis] / LAC_QUARTIC_RADIUS;
    }
    for (guint t = 0; t < LAC_QUARTIC_TERMS; t++)
        terms[t] = powers[0][self->power[t][0]] * powers[1][self->power[t][1]] *
            powers[2][self->power[t][2]];
}

/**
 * lac_quartic_factorise:
 * @a: (inout): a symmetric positive matrix, of which the lower triangle is read; its Cholesky factor
 *
 * Factorises it as L transpose(L), with a ridge far below what the samples can tell.
 */
void
lac_quartic_factorise(double a[LAC_QUARTIC_TERMS][LAC_QUARTIC_TERMS])
{
    for (int j = 0; j < LAC_QUARTIC_TERMS; j++) {
        a[j][j] *= 1.0 + 1e-13;
        for (int i = j; i < LAC_QUARTIC_TERMS; i++) {
            double sum = a[i][j];
            for (int k = 0; k < j; k++)
                sum -= a[i][k] * a[j][k];
            a[i][j] = i == j ? sqrt(fmax(sum, DBL_MIN)) : sum / a[j][j];
        }
    }
}

/**
 * lac_quartic_solve_factorised:
 * @a: a Cholesky factor
 * @x: (inout): right side; solution
 */
void
lac_quartic_solve_factorised(double a[LAC_QUARTIC_TERMS][LAC_QUARTIC_TERMS],
    double x[LAC_QUARTIC_TERMS])
{
    for (int i = 0; i < LAC_QUARTIC_TERMS; i++) {
        for (int k = 0; k < i; k++)
            x[i] -= a[i][k] * x[k];
        x[i] /= a[i][i];
    }
    for (int i = LAC_QUARTIC_TERMS - 1; i >= 0; i--) {
        for (int k = i + 1; k < LAC_QUARTIC_TERMS; k++)
            x[i] -= a[k][i] * x[k];
        x[i] /= a[i][i];
    }
}

static void
make_solution(LacQuartic *self)
{
    double normal[LAC_QUARTIC_TERMS][LAC_QUARTIC_TERMS] = { 0 };
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        double w = self->weight[p] * self->weight[p];
        for (int i = 0; i < LAC_QUARTIC_TERMS; i++)
            for (int j = 0; j <= i; j++)
                normal[i][j] += w * self->design[p][i] * self->design[p][j];
    }
    lac_quartic_factorise(normal);
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        double x[LAC_QUARTIC_TERMS];
        for (int t = 0; t < LAC_QUARTIC_TERMS; t++)
            x[t] = self->weight[p] * self->weight[p] * self->design[p][t];
        lac_quartic_solve_factorised(normal, x);
        for (int t = 0; t < LAC_QUARTIC_TERMS; t++)
            self->solution[t][p] = x[t];
    }
}

/**
 * lac_quartic_new:
 *
 * The weighted least-squares fit of a polynomial of total degree 4 to the 179 samples within 3.5
 * steps of the centre. With the window at the estimate the weights are constant, so that value,
 * gradient and second derivatives of the fit are ten fixed filters: a Savitzky-Golay filter in
 * three dimensions.
 *
 * Returns: (transfer full): the fit, constant; any thread may use it
 */
LacQuartic *
lac_quartic_new(void)
{
    LacQuartic *self = g_new0(LacQuartic, 1);
    list_terms(self);
    list_points(self);
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        const gint8 *o = self->offset[p];
        const double d[3] = { o[0], o[1], o[2] };
        double d2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        self->weight[p] = exp(-LAC_QUARTIC_ALPHA * d2 / (LAC_QUARTIC_RADIUS * LAC_QUARTIC_RADIUS));
        self->weight_sum += self->weight[p] * self->weight[p];
        fill_terms(self, d, self->design[p]);
    }
    make_solution(self);
    for (guint f = 0; f < LAC_QUARTIC_FILTERS; f++) {
        guint t = self->column[f];
        double factor = self->scale[t] * (f >= 4 && f <= 6 ? 2.0 : 1.0);
        for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
            self->filter[f][lac_quartic_window_index(self->offset[p])] =
                (float) (factor * self->solution[t][p]);
    }
    return self;
}

/**
 * lac_quartic_free:
 * @self: (nullable) (transfer full): a fit
 */
void
lac_quartic_free(LacQuartic *self)
{
    g_free(self);
}

// Value, first derivatives x, y, z and second xx, yy, zz, xy, xz, yz of the fitted polynomial at the
// centre, per step.
static void
get_filters(const LacQuartic *self, const float *window, double filtered[10])
{
    for (guint f = 0; f < LAC_QUARTIC_FILTERS; f++) {
        const float *restrict filter = self->filter[f];
        float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
        for (gsize i = 0; i < LAC_WINDOW_SIZE; i++)
            sum += filter[i] * window[i];
        filtered[f] = (double) sum;
    }
}

static void
rotate(LacMat3 *a, LacMat3 *v, int p, int q)
{
    if (a->m[p][q] == 0.0)
        return;
    double theta = (a->m[q][q] - a->m[p][p]) / (2.0 * a->m[p][q]);
    double t = copysign(1.0, theta) / (fabs(theta) + sqrt(theta * theta + 1.0));
    double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (int k = 0; k < 3; k++) {
        double kp = a->m[k][p], kq = a->m[k][q];
        a->m[k][p] = c * kp - s * kq;
        a->m[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < 3; k++) {
        double pk = a->m[p][k], qk = a->m[q][k];
        a->m[p][k] = c * pk - s * qk;
        a->m[q][k] = s * pk + c * qk;
        double vp = v->m[k][p], vq = v->m[k][q];
        v->m[k][p] = c * vp - s * vq;
        v->m[k][q] = s * vp + c * vq;
    }
}

/**
 * lac_symmetric_eigen:
 * @a: a symmetric matrix
 * @values: (out): its eigenvalues, ascending
 * @vectors: (out): its unit eigenvectors as columns in that order
 *
 * Jacobi's method.
 */
void
lac_symmetric_eigen(const LacMat3 *a, double values[3], LacMat3 *vectors)
{
    LacMat3 d = *a, v = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
    for (int sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
        double off = fabs(d.m[0][1]) + fabs(d.m[0][2]) + fabs(d.m[1][2]);
        if (!(off > 1e-15 * (fabs(d.m[0][0]) + fabs(d.m[1][1]) + fabs(d.m[2][2]))))
            break;
        rotate(&d, &v, 0, 1);
        rotate(&d, &v, 0, 2);
        rotate(&d, &v, 1, 2);
    }
    int order[3] = { 0, 1, 2 };
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2 - i; j++)
            if (d.m[order[j]][order[j]] > d.m[order[j + 1]][order[j + 1]]) {
                int swap = order[j];
                order[j] = order[j + 1];
                order[j + 1] = swap;
            }
    for (int i = 0; i < 3; i++) {
        values[i] = d.m[order[i]][order[i]];
        for (int k = 0; k < 3; k++)
            vectors->m[k][i] = v.m[k][order[i]];
    }
}

static LacMat3
hessian_of(const double filtered[LAC_QUARTIC_FILTERS])
{
    return (LacMat3){ { { filtered[4], filtered[7], filtered[8] },
        { filtered[7], filtered[5], filtered[9] }, { filtered[8], filtered[9], filtered[6] } } };
}

// Ascent also where the surface is no cap: curvatures count as negative and not too small.
static void
newton_step(const double gradient[3], const double values[3], const LacMat3 *vectors,
    double step[3])
{
    double strongest = fmax(fabs(values[0]), fabs(values[2]));
    double limit = -LEAST_CURVE * strongest - DBL_MIN;
    step[0] = step[1] = step[2] = 0.0;
    for (int i = 0; i < 3; i++) {
        double along = 0.0;
        for (int k = 0; k < 3; k++)
            along += vectors->m[k][i] * gradient[k];
        along /= -fmin(values[i], limit);
        for (int k = 0; k < 3; k++)
            step[k] += vectors->m[k][i] * along;
    }
    for (int k = 0; k < 3; k++)
        step[k] = CLAMP(step[k], -MAX_STEP, MAX_STEP);
}

// Weighted rms of samples minus polynomial, divided by the height.
static double
relative_residual(const LacQuartic *self, const float *window, double height)
{
    double samples[LAC_QUARTIC_POINTS], terms[LAC_QUARTIC_TERMS], sum = 0.0;
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
        samples[p] = (double) window[lac_quartic_window_index(self->offset[p])];
    for (int t = 0; t < LAC_QUARTIC_TERMS; t++) {
        double term = 0.0;
#pragma omp simd reduction(+ : term)
        for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
            term += self->solution[t][p] * samples[p];
        terms[t] = term;
    }
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        double fitted = 0.0;
        for (int t = 0; t < LAC_QUARTIC_TERMS; t++)
            fitted += self->design[p][t] * terms[t];
        double r = self->weight[p] * (samples[p] - fitted);
        sum += r * r;
    }
    return sqrt(sum / self->weight_sum) / fabs(height);
}

/**
 * lac_quartic_describe_shape:
 * @values: eigenvalues of the second derivatives per step, ascending
 * @step: [voxel]
 * @peak: (inout): receives width, from the geometric mean of the curvatures, and elongation, from
 *   their ratio
 */
void
lac_quartic_describe_shape(const double values[3], double step, LacVoxelPeak *peak)
{
    double det = fabs(values[0] * values[1] * values[2]);
    gboolean is_cap = values[2] < 0.0 && peak->height > 0.0;
    peak->width = is_cap ? step * sqrt(peak->height / cbrt(det)) : (double) NAN;
    double weakest = fmin(fmin(fabs(values[0]), fabs(values[1])), fabs(values[2]));
    double strongest = fmax(fabs(values[0]), fabs(values[2]));
    peak->elongation = strongest > 0.0 ? sqrt(weakest / strongest) : 0.0;
}

static gboolean
is_far(LacVec3 a, LacVec3 b, double limit)
{
    return fabs(a.x - b.x) > limit || fabs(a.y - b.y) > limit || fabs(a.z - b.z) > limit;
}

/**
 * lac_quartic_measure:
 * @self: a fit
 * @spline: the volume
 * @step: [voxel] between samples
 * @peak: (inout): receives height, residual, width and elongation at its position; they stay as they
 *   are where the window leaves the volume
 */
void
lac_quartic_measure(const LacQuartic *self, const LacSpline *spline, double step,
    LacVoxelPeak *peak)
{
    float window[LAC_WINDOW_SIZE];
    double filtered[LAC_QUARTIC_FILTERS], values[3];
    if (!lac_spline_sample(spline, peak->voxel, step, window))
        return;
    get_filters(self, window, filtered);
    LacMat3 hessian = hessian_of(filtered), vectors;
    lac_symmetric_eigen(&hessian, values, &vectors);
    peak->height = filtered[0];
    peak->residual = relative_residual(self, window, peak->height);
    lac_quartic_describe_shape(values, step, peak);
}

/**
 * lac_quartic_fit:
 * @self: a fit
 * @spline: the volume
 * @seed: [voxel] where to start
 * @step: [voxel] between samples; the fitted ball has a radius of three
 *
 * Moves the window to the maximum of the polynomial fitted in it: Newton's method, with curvatures
 * that are positive or weak replaced so that it always climbs.
 *
 * Returns: the peak; its flag is %LAC_PEAK_OK, %LAC_PEAK_NOT_MAXIMUM where no curvature is negative
 *   along some direction, %LAC_PEAK_WANDERED, %LAC_PEAK_NOT_CONVERGED or %LAC_PEAK_EDGE
 */
LacVoxelPeak
lac_quartic_fit(const LacQuartic *self, const LacSpline *spline, LacVec3 seed, double step)
{
    float window[LAC_WINDOW_SIZE];
    double values[3] = { 0.0, 0.0, 0.0 };
    LacVoxelPeak peak = { .voxel = seed, .flag = LAC_PEAK_NOT_CONVERGED };
    while (peak.n_passes < MAX_PASSES) {
        if (!lac_spline_sample(spline, peak.voxel, step, window)) {
            peak.flag = LAC_PEAK_EDGE;
            peak.residual = peak.width = peak.elongation = (double) NAN;
            peak.height = (double) NAN;
            return peak;
        }
        double filtered[LAC_QUARTIC_FILTERS], d[3];
        get_filters(self, window, filtered);
        peak.n_passes++;
        peak.height = filtered[0];
        LacMat3 hessian = hessian_of(filtered), vectors;
        lac_symmetric_eigen(&hessian, values, &vectors);
        newton_step(filtered + 1, values, &vectors, d);
        LacVec3 next = { peak.voxel.x + step * d[0], peak.voxel.y + step * d[1],
            peak.voxel.z + step * d[2] };
        if (is_far(next, seed, MAX_MOVE * step)) {
            peak.flag = LAC_PEAK_WANDERED;
            break;
        }
        peak.voxel = next;
        if (fmax(fmax(fabs(d[0]), fabs(d[1])), fabs(d[2])) < TOLERANCE) {
            peak.flag = values[2] < 0.0 ? LAC_PEAK_OK : LAC_PEAK_NOT_MAXIMUM;
            break;
        }
    }
    peak.residual = relative_residual(self, window, peak.height);
    lac_quartic_describe_shape(values, step, &peak);
    return peak;
}
