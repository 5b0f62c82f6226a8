// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/quartic-private.h"

#include <math.h>

#define N_PARAMS     6 // height, x, y, z, inverse square of the width, background
#define MAX_PASSES   40
#define TOLERANCE    1e-5 // [step] of the position
#define MAX_MOVE     3.0  // [step] from the polynomial's maximum along each axis
#define WINDOW_SHARE 1.5  // radius of the window in widths
#define MAX_DAMPING  1e8

typedef struct {
    const LacQuartic *quartic;
    double samples[LAC_QUARTIC_POINTS];
} Problem;

// Weighted squares at @p; with @normal also the normal equations of the linearised problem.
static double
evaluate(const Problem *problem, const double p[N_PARAMS], double normal[N_PARAMS][N_PARAMS],
    double gradient[N_PARAMS])
{
    const LacQuartic *q = problem->quartic;
    double squares = 0.0;
    for (int i = 0; normal != NULL && i < N_PARAMS; i++) {
        gradient[i] = 0.0;
        for (int j = 0; j < N_PARAMS; j++)
            normal[i][j] = 0.0;
    }
    for (int k = 0; k < LAC_QUARTIC_POINTS; k++) {
        double d[3], d2 = 0.0;
        for (int i = 0; i < 3; i++) {
            d[i] = (double) q->offset[k][i] - p[1 + i];
            d2 += d[i] * d[i];
        }
        double bell = exp(-0.5 * p[4] * d2), w = q->weight[k];
        double r = w * (problem->samples[k] - p[0] * bell - p[5]);
        squares += r * r;
        if (normal == NULL)
            continue;
        double slope = w * p[0] * bell;
        const double row[N_PARAMS] = { w * bell, slope * p[4] * d[0], slope * p[4] * d[1],
            slope * p[4] * d[2], -0.5 * slope * d2, w };
        for (int i = 0; i < N_PARAMS; i++) {
            gradient[i] += row[i] * r;
            for (int j = 0; j <= i; j++)
                normal[i][j] += row[i] * row[j];
        }
    }
    return squares;
}

// Cholesky of the damped normal matrix; FALSE when it is not positive.
static gboolean
solve(double normal[N_PARAMS][N_PARAMS], const double gradient[N_PARAMS], double damping,
    double step[N_PARAMS])
{
    double a[N_PARAMS][N_PARAMS];
    for (int j = 0; j < N_PARAMS; j++)
        for (int i = j; i < N_PARAMS; i++) {
            double sum = normal[i][j] * (i == j ? 1.0 + damping : 1.0);
            for (int k = 0; k < j; k++)
                sum -= a[i][k] * a[j][k];
            if (i == j && !(sum > 0.0))
                return FALSE;
            a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
        }
    for (int i = 0; i < N_PARAMS; i++) {
        step[i] = gradient[i];
        for (int k = 0; k < i; k++)
            step[i] -= a[i][k] * step[k];
        step[i] /= a[i][i];
    }
    for (int i = N_PARAMS - 1; i >= 0; i--) {
        for (int k = i + 1; k < N_PARAMS; k++)
            step[i] -= a[k][i] * step[k];
        step[i] /= a[i][i];
    }
    return TRUE;
}

static gboolean
is_sensible(const double p[N_PARAMS])
{
    return p[0] > 0.0 && p[4] > 0.0 && isfinite(p[0]) && isfinite(p[4]) && fabs(p[1]) <= MAX_MOVE &&
        fabs(p[2]) <= MAX_MOVE && fabs(p[3]) <= MAX_MOVE;
}

// Levenberg-Marquardt; TRUE when the position came to rest.
static gboolean
minimise(const Problem *problem, double p[N_PARAMS], double *squares)
{
    double normal[N_PARAMS][N_PARAMS], gradient[N_PARAMS], step[N_PARAMS], damping = 1e-3;
    *squares = evaluate(problem, p, normal, gradient);
    for (int pass = 0; pass < MAX_PASSES && damping < MAX_DAMPING; pass++) {
        double next[N_PARAMS];
        if (!solve(normal, gradient, damping, step)) {
            damping *= 10.0;
            continue;
        }
        for (int i = 0; i < N_PARAMS; i++)
            next[i] = p[i] + step[i];
        double now = is_sensible(next) ? evaluate(problem, next, NULL, NULL) : (double) INFINITY;
        if (!(now <= *squares)) {
            damping *= 10.0;
            continue;
        }
        for (int i = 0; i < N_PARAMS; i++)
            p[i] = next[i];
        damping = fmax(damping * 0.1, 1e-12);
        *squares = evaluate(problem, p, normal, gradient);
        if (fmax(fmax(fabs(step[1]), fabs(step[2])), fabs(step[3])) < TOLERANCE &&
            fabs(step[4]) < TOLERANCE * p[4])
            return TRUE;
    }
    return damping >= MAX_DAMPING; // no step is any better: as good as it gets
}

/**
 * lac_gaussian_fit:
 * @quartic: a fit, for its points and weights
 * @spline: the volume
 * @peak: (inout): a peak that the polynomial accepted; where the Gaussian fails it stays, with the
 *   flag %LAC_PEAK_NOT_CONVERGED
 *
 * Fits an isotropic Gaussian on a constant background in a ball of one and a half widths, by
 * Levenberg and Marquardt's method. The height is that of Gaussian and background together.
 */
void
lac_gaussian_fit(const LacQuartic *quartic, const LacSpline *spline, LacVoxelPeak *peak)
{
    float window[LAC_WINDOW_SIZE];
    Problem problem = { .quartic = quartic };
    double step = CLAMP(WINDOW_SHARE * peak->width / LAC_QUARTIC_RADIUS, 1.0 / LAC_QUARTIC_RADIUS,
        LAC_SPLINE_MAX_STEP);
    if (!lac_spline_sample(spline, peak->voxel, step, window)) {
        peak->flag = LAC_PEAK_EDGE;
        return;
    }
    for (int k = 0; k < LAC_QUARTIC_POINTS; k++)
        problem.samples[k] = (double) window[lac_quartic_window_index(quartic->offset[k])];
    double width = peak->width / step, squares;
    double p[N_PARAMS] = { peak->height, 0.0, 0.0, 0.0, 1.0 / (width * width), 0.0 };
    if (!minimise(&problem, p, &squares)) {
        peak->flag = LAC_PEAK_NOT_CONVERGED;
        return;
    }
    peak->voxel.x += step * p[1];
    peak->voxel.y += step * p[2];
    peak->voxel.z += step * p[3];
    peak->height = p[0] + p[5];
    peak->width = step / sqrt(p[4]);
    peak->residual = sqrt(squares / quartic->weight_sum) / fabs(peak->height);
}
