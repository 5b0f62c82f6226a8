// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/quartic-private.h"

#include <math.h>
#include <string.h>

#define MAX_PASSES  14
#define CALM_PASSES 7   // in a row whose step stays below MAX_STEP: accepted
#define MAX_STEP    0.5 // [fine voxel] of a Newton step along each axis
#define MAX_MOVE    3.0 // [fine voxel] from the seed along each axis
#define MAX_DEGREE  8   // of the moments that make the normal matrix

// Sums over the samples of weight squared times x^i y^j z^k, lengths in units of the radius: alone,
// i + j + k <= 8, and times the sample, i + j + k <= 4.
typedef struct {
    double m[MAX_DEGREE + 1][MAX_DEGREE + 1][MAX_DEGREE + 1];
    double v[MAX_DEGREE / 2 + 1][MAX_DEGREE / 2 + 1][MAX_DEGREE / 2 + 1];
    double squares; // weight squared times sample squared
} Moments;

typedef struct {
    double powers[3][MAX_DEGREE + 1][LAC_QUARTIC_POINTS];
    double weight[LAC_QUARTIC_POINTS]; // squared
} Points;

static void
fill_points(const LacQuartic *self, const double shift[3], Points *points)
{
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
        double d2 = 0.0;
        for (int axis = 0; axis < 3; axis++) {
            double d = ((double) self->offset[p][axis] - shift[axis]) / LAC_QUARTIC_RADIUS;
            d2 += d * d;
            points->powers[axis][0][p] = 1.0;
            points->powers[axis][1][p] = d;
        }
        points->weight[p] = exp(-2.0 * LAC_QUARTIC_ALPHA * d2);
    }
    for (int axis = 0; axis < 3; axis++)
        for (int k = 2; k <= MAX_DEGREE; k++)
            for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
                points->powers[axis][k][p] =
                    points->powers[axis][k - 1][p] * points->powers[axis][1][p];
}

static double
dot(const double *restrict a, const double *restrict b)
{
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
        sum += a[p] * b[p];
    return sum;
}

static void
fill_moments(const Points *points, const double *samples, Moments *moments)
{
    double weighted[LAC_QUARTIC_POINTS], flat[LAC_QUARTIC_POINTS], times[LAC_QUARTIC_POINTS];
    for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
        times[p] = points->weight[p] * samples[p];
    moments->squares = dot(times, samples);
    for (int i = 0; i <= MAX_DEGREE; i++) {
        for (int p = 0; p < LAC_QUARTIC_POINTS; p++)
            weighted[p] = points->weight[p] * points->powers[0][i][p];
        for (int j = 0; i + j <= MAX_DEGREE; j++) {
            for (int p = 0; p < LAC_QUARTIC_POINTS; p++) {
                flat[p] = weighted[p] * points->powers[1][j][p];
                times[p] = flat[p] * samples[p];
            }
            for (int k = 0; i + j + k <= MAX_DEGREE; k++) {
                moments->m[i][j][k] = dot(flat, points->powers[2][k]);
                if (2 * (i + j + k) <= MAX_DEGREE)
                    moments->v[i][j][k] = dot(times, points->powers[2][k]);
            }
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
    Points points;
    Moments moments;
    double normal[LAC_QUARTIC_TERMS][LAC_QUARTIC_TERMS];
    fill_points(self, shift, &points);
    fill_moments(&points, samples, &moments);
    for (int s = 0; s < LAC_QUARTIC_TERMS; s++) {
        const guint8 *a = self->power[s];
        coefficients[s] = moments.v[a[0]][a[1]][a[2]];
        for (int t = 0; t <= s; t++) {
            const guint8 *b = self->power[t];
            normal[s][t] = moments.m[a[0] + b[0]][a[1] + b[1]][a[2] + b[2]];
        }
    }
    lac_quartic_factorise(normal);
    lac_quartic_solve_factorised(normal, coefficients);
    // At the solution the fitted part of the squares is the product with the right side.
    double squares = moments.squares;
    for (guint t = 0; t < LAC_QUARTIC_TERMS; t++) {
        const guint8 *a = self->power[t];
        squares -= coefficients[t] * moments.v[a[0]][a[1]][a[2]];
        coefficients[t] *= self->scale[t];
    }
    return sqrt(fmax(squares, 0.0) / moments.m[0][0][0]);
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
