// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/quartic-private.h"

#include <math.h>
#include <string.h>

#define MAX_PASSES  14
#define CALM_PASSES 7   // in a row whose step stays below MAX_STEP: accepted
#define MAX_STEP    0.5 // [fine voxel] of a Newton step along each axis
#define MAX_MOVE    3.0 // [fine voxel] from the seed along each axis
#define MAX_DEGREE  8   // of the moments that make the normal matrix

// Sums over the samples of weight squared times x^i y^j z^k, i + j + k <= 8, in units of the radius.
typedef struct {
    double m[MAX_DEGREE + 1][MAX_DEGREE + 1][MAX_DEGREE + 1];
    double powers[3][MAX_DEGREE + 1][LAC_QUARTIC_POINTS];
    double weight[LAC_QUARTIC_POINTS]; // squared
} Moments;

static void
fill_moments(const LacQuartic *self, const double shift[3], Moments *moments)
{
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        double d2 = 0.0;
        for (int axis = 0; axis < 3; axis++) {
            double d = ((double) self->offset[p][axis] - shift[axis]) / LAC_QUARTIC_RADIUS;
            d2 += d * d;
            moments->powers[axis][0][p] = 1.0;
            for (int k = 1; k <= MAX_DEGREE; k++)
                moments->powers[axis][k][p] = moments->powers[axis][k - 1][p] * d;
        }
        moments->weight[p] = exp(-2.0 * LAC_QUARTIC_ALPHA * d2);
    }
    double flat[LAC_QUARTIC_POINTS];
    for (int i = 0; i <= MAX_DEGREE; i++)
        for (int j = 0; i + j <= MAX_DEGREE; j++) {
            for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
                flat[p] = moments->weight[p] * moments->powers[0][i][p] * moments->powers[1][j][p];
            for (int k = 0; i + j + k <= MAX_DEGREE; k++) {
                const double *restrict z = moments->powers[2][k];
                double sum = 0.0;
#pragma omp simd reduction(+ : sum)
                for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
                    sum += flat[p] * z[p];
                moments->m[i][j][k] = sum;
            }
        }
}

/**
 * lac_quartic_solve:
 * @self: a fit
 * @samples: values at the 179 points
 * @shift: [step] centre of polynomial and weights, from the centre of the points
 * @coefficients: (out): of the terms of (d - shift), per step
 *
 * The published fit: weighted linear least squares, solved exactly.
 *
 * Returns: the weighted rms of samples minus polynomial
 */
double
lac_quartic_solve(const LacQuartic *self, const double samples[LAC_QUARTIC_POINTS],
    const double shift[3], double coefficients[LAC_QUARTIC_TERMS])
{
    Moments moments;
    double normal[LAC_QUARTIC_TERMS][LAC_QUARTIC_TERMS];
    fill_moments(self, shift, &moments);
    for (int s = 0; s < LAC_QUARTIC_TERMS; s++) {
        const guint8 *a = self->power[s];
        double sum = 0.0;
        for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
            sum += moments.weight[p] * samples[p] * moments.powers[0][a[0]][p] *
                moments.powers[1][a[1]][p] * moments.powers[2][a[2]][p];
        coefficients[s] = sum;
        for (int t = 0; t <= s; t++) {
            const guint8 *b = self->power[t];
            normal[s][t] = moments.m[a[0] + b[0]][a[1] + b[1]][a[2] + b[2]];
        }
    }
    lac_quartic_factorise(normal);
    lac_quartic_solve_factorised(normal, coefficients);
    double squares = 0.0, weights = 0.0;
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        double r = samples[p];
        for (int t = 0; t < LAC_QUARTIC_TERMS; t++) {
            const guint8 *a = self->power[t];
            r -= coefficients[t] * moments.powers[0][a[0]][p] * moments.powers[1][a[1]][p] *
                moments.powers[2][a[2]][p];
        }
        squares += moments.weight[p] * r * r;
        weights += moments.weight[p];
    }
    for (guint t = 0; t < LAC_QUARTIC_TERMS; t++)
        coefficients[t] *= lac_quartic_term_scale(self, t);
    return sqrt(squares / weights);
}

// Stationary point of the part up to degree 2, by Cramer's rule; the determinant decides whether
// there is a maximum.
static double
newton_step(const LacQuartic *self, const double *c, double step[3], LacMat3 *hessian)
{
    const guint *k = self->column;
    double g[3] = { c[k[1]], c[k[2]], c[k[3]] };
    double xx = 2.0 * c[k[4]], yy = 2.0 * c[k[5]], zz = 2.0 * c[k[6]];
    double xy = c[k[7]], xz = c[k[8]], yz = c[k[9]];
    *hessian = (LacMat3){ { { xx, xy, xz }, { xy, yy, yz }, { xz, yz, zz } } };
    double a = yy * zz - yz * yz, b = xz * yz - xy * zz, d = xy * yz - xz * yy;
    double e = xx * zz - xz * xz, f = xy * xz - xx * yz, h = xx * yy - xy * xy;
    double det = xx * a + xy * b + xz * d;
    step[0] = -(a * g[0] + b * g[1] + d * g[2]) / det;
    step[1] = -(b * g[0] + e * g[1] + f * g[2]) / det;
    step[2] = -(d * g[0] + f * g[1] + h * g[2]) / det;
    return det;
}

// Samples about a voxel of the fine grid, which is 0 outside.
static void
take_samples(const LacQuartic *self, const LacSpline *spline, const gsize fine[3],
    double samples[LAC_QUARTIC_POINTS])
{
    float window[LAC_WINDOW_SIZE];
    gsize size[3];
    LacVec3 voxel = { (double) (fine[0] + 2) / 3.0, (double) (fine[1] + 2) / 3.0,
        (double) (fine[2] + 2) / 3.0 };
    lac_spline_sample(spline, voxel, 1.0 / 3.0, window);
    lac_spline_get_fine_size(spline, size);
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        gboolean inside = TRUE;
        for (int axis = 0; axis < 3; axis++) {
            gssize at = (gssize) fine[axis] + self->offset[p][axis];
            inside = inside && at >= 0 && at < (gssize) size[axis];
        }
        samples[p] = inside ? (double) window[lac_quartic_window_index(self->offset[p])] : 0.0;
    }
}

/**
 * lac_quartic_fit_published:
 * @self: a fit
 * @spline: the volume
 * @fine: x, y, z of the seed on the fine grid without its padding, from 0
 *
 * The published tracer (doi:10.1038/s41586-021-03354-0): the samples stay about the seed, the
 * weights move with the estimate, and a peak is accepted after seven calm passes in a row.
 *
 * Returns: the peak; its flag is as the published program sets it
 */
LacVoxelPeak
lac_quartic_fit_published(const LacQuartic *self, const LacSpline *spline, const gsize fine[3])
{
    double samples[LAC_QUARTIC_POINTS], c[LAC_QUARTIC_TERMS], shift[3] = { 0.0, 0.0, 0.0 };
    double residual = 0.0, values[3];
    LacMat3 hessian, vectors;
    LacVoxelPeak peak = { .flag = LAC_PEAK_OK };
    take_samples(self, spline, fine, samples);
    guint n_calm = 0;
    gboolean going = TRUE;
    while (going) {
        double step[3];
        residual = lac_quartic_solve(self, samples, shift, c);
        double det = newton_step(self, c, step, &hessian);
        peak.n_passes++;
        if (peak.n_passes > MAX_PASSES) {
            peak.flag = LAC_PEAK_NOT_CONVERGED;
            going = FALSE;
        }
        if (!(det < 0.0)) {
            peak.flag = LAC_PEAK_NOT_MAXIMUM;
            break;
        }
        double largest = 0.0, farthest = 0.0;
        for (int i = 0; i < 3; i++) {
            double d = CLAMP(step[i], -MAX_STEP, MAX_STEP);
            shift[i] += d;
            largest = fmax(largest, fabs(d));
            farthest = fmax(farthest, fabs(shift[i]));
        }
        if (farthest > MAX_MOVE) {
            peak.flag = LAC_PEAK_WANDERED;
            break;
        }
        n_calm = largest < MAX_STEP ? n_calm + 1 : 0;
        going = going && n_calm < CALM_PASSES;
    }
    peak.voxel = (LacVec3){ ((double) fine[0] + shift[0] + 2.0) / 3.0,
        ((double) fine[1] + shift[1] + 2.0) / 3.0, ((double) fine[2] + shift[2] + 2.0) / 3.0 };
    peak.height = c[self->column[0]];
    peak.residual = residual / fabs(peak.height);
    lac_symmetric_eigen(&hessian, values, &vectors);
    lac_quartic_describe_shape(values, 1.0 / 3.0, &peak);
    return peak;
}
