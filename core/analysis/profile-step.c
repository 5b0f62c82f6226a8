// SPDX-License-Identifier: GPL-3.0-or-later
// The fit of a step by Levenberg and Marquardt's method.
#include "core/analysis/profile.h"

#include <math.h>
#include <string.h>

#define N_PARAMS       4
#define MOST_STEPS     200
#define FEWEST_VALUES  6
#define SMALLEST_SIGMA 1e-3 // [Å]
#define HARDEST        1e12 // damping at which no step helps any more

typedef struct {
    gsize n;
    double *s, *y, *weight;
} Data;

static double
step_value(const double p[N_PARAMS], double s, double gradient[N_PARAMS])
{
    double sigma = fmax(fabs(p[3]), SMALLEST_SIGMA), u = (s - p[2]) / (G_SQRT2 * sigma);
    double rise = 0.5 * (1.0 + erf(u)), bell = exp(-u * u) / sqrt(G_PI);
    gradient[0] = 1.0 - rise;
    gradient[1] = rise;
    gradient[2] = -(p[1] - p[0]) * bell / (G_SQRT2 * sigma);
    gradient[3] = -(p[1] - p[0]) * bell * u / sigma;
    return p[0] + (p[1] - p[0]) * rise;
}

// Sum of squares; also the normal equations when they are wanted.
static double
sum_squares(const Data *data, const double p[N_PARAMS], double normal[N_PARAMS][N_PARAMS],
    double right[N_PARAMS])
{
    double sum = 0.0, g[N_PARAMS];
    if (normal != NULL) {
        memset(normal, 0, N_PARAMS * sizeof *normal);
        memset(right, 0, N_PARAMS * sizeof *right);
    }
    for (gsize i = 0; i < data->n; i++) {
        double left = data->y[i] - step_value(p, data->s[i], g), w = data->weight[i];
        sum += w * left * left;
        for (int a = 0; normal != NULL && a < N_PARAMS; a++) {
            right[a] += w * g[a] * left;
            for (int b = 0; b < N_PARAMS; b++)
                normal[a][b] += w * g[a] * g[b];
        }
    }
    return sum;
}

// Inverts a symmetric positive matrix by Gauss and Jordan's method with pivots.
static gboolean
invert(double a[N_PARAMS][N_PARAMS], double out[N_PARAMS][N_PARAMS])
{
    for (int i = 0; i < N_PARAMS; i++)
        for (int j = 0; j < N_PARAMS; j++)
            out[i][j] = i == j;
    for (int c = 0; c < N_PARAMS; c++) {
        int best = c;
        for (int r = c + 1; r < N_PARAMS; r++)
            if (fabs(a[r][c]) > fabs(a[best][c]))
                best = r;
        if (!(fabs(a[best][c]) > 0.0))
            return FALSE;
        for (int k = 0; k < N_PARAMS; k++) {
            double t = a[c][k], u = out[c][k];
            a[c][k] = a[best][k];
            out[c][k] = out[best][k];
            a[best][k] = t;
            out[best][k] = u;
        }
        double pivot = a[c][c];
        for (int k = 0; k < N_PARAMS; k++) {
            a[c][k] /= pivot;
            out[c][k] /= pivot;
        }
        for (int r = 0; r < N_PARAMS; r++) {
            double factor = a[r][c];
            for (int k = 0; r != c && k < N_PARAMS; k++) {
                a[r][k] -= factor * a[c][k];
                out[r][k] -= factor * out[c][k];
            }
        }
    }
    return TRUE;
}

static gboolean
take_step(const Data *data, double p[N_PARAMS], double *sum, double *damping)
{
    double normal[N_PARAMS][N_PARAMS], right[N_PARAMS], inverse[N_PARAMS][N_PARAMS];
    for (; *damping < HARDEST; *damping *= 4.0) {
        sum_squares(data, p, normal, right);
        for (int a = 0; a < N_PARAMS; a++)
            normal[a][a] = normal[a][a] * (1.0 + *damping) + 1e-300;
        if (!invert(normal, inverse))
            continue;
        double next[N_PARAMS];
        for (int a = 0; a < N_PARAMS; a++) {
            next[a] = p[a];
            for (int b = 0; b < N_PARAMS; b++)
                next[a] += inverse[a][b] * right[b];
        }
        next[3] = fmax(fabs(next[3]), SMALLEST_SIGMA);
        double next_sum = sum_squares(data, next, NULL, NULL);
        if (isfinite(next_sum) && next_sum < *sum) {
            gboolean goes_on = *sum - next_sum > 1e-14 * *sum;
            memcpy(p, next, sizeof next);
            *sum = next_sum;
            *damping = fmax(*damping / 10.0, 1e-12);
            return goes_on;
        }
    }
    return FALSE;
}

// The ends of the data, the place nearest to half-way, and a width of an eighth of the range.
static void
guess(const Data *data, double p[N_PARAMS])
{
    gsize end = MAX(data->n / 6, 1);
    double low = 0.0, high = 0.0, nearest = (double) INFINITY;
    for (gsize i = 0; i < end; i++) {
        low += data->y[i] / (double) end;
        high += data->y[data->n - 1 - i] / (double) end;
    }
    p[0] = low;
    p[1] = high;
    p[2] = 0.5 * (data->s[0] + data->s[data->n - 1]);
    for (gsize i = 0; i < data->n; i++) {
        double off = fabs(data->y[i] - 0.5 * (low + high));
        if (off < nearest) {
            nearest = off;
            p[2] = data->s[i];
        }
    }
    p[3] = fmax((data->s[data->n - 1] - data->s[0]) / 8.0, SMALLEST_SIGMA);
}

/**
 * lac_step_fit:
 * @s: (array length=n): [Å] where, ascending
 * @y: (array length=n): values; NaN is left out
 * @error: (nullable) (array length=n): one standard deviation of @y, which weighs it
 * @n: number of values
 * @fit: (out caller-allocates): the step
 *
 * Fits y(s) = low + (high - low) / 2 (1 + erf((s - position) / (sqrt(2) sigma))) by least squares.
 *
 * Returns: %TRUE; or %FALSE with @fit full of NaN when there are fewer than six values or no step
 *   inside the range
 */
gboolean
lac_step_fit(const double *s, const double *y, const double *error, gsize n, LacStepFit *fit)
{
    const double nan = (double) NAN;
    *fit = (LacStepFit){ nan, nan, nan, nan, nan, nan, nan, nan, nan };
    g_autofree double *kept = g_new(double, 3 * MAX(n, 1));
    Data data = { .s = kept, .y = kept + n, .weight = kept + 2 * n };
    for (gsize i = 0; i < n; i++)
        if (isfinite(y[i]) && (error == NULL || (isfinite(error[i]) && error[i] > 0.0))) {
            data.s[data.n] = s[i];
            data.y[data.n] = y[i];
            data.weight[data.n++] = error != NULL ? 1.0 / (error[i] * error[i]) : 1.0;
        }
    if (data.n < FEWEST_VALUES)
        return FALSE;
    double p[N_PARAMS], damping = 1e-3;
    guess(&data, p);
    double sum = sum_squares(&data, p, NULL, NULL);
    for (int k = 0; k < MOST_STEPS && take_step(&data, p, &sum, &damping); k++)
        ;
    double normal[N_PARAMS][N_PARAMS], right[N_PARAMS], inverse[N_PARAMS][N_PARAMS];
    sum_squares(&data, p, normal, right);
    double range = data.s[data.n - 1] - data.s[0];
    if (!invert(normal, inverse) || p[2] < data.s[0] || p[2] > data.s[data.n - 1] || p[3] > range)
        return FALSE;
    double scale = data.n > N_PARAMS ? sum / (double) (data.n - N_PARAMS) : 0.0;
    double total = 0.0, gradient[N_PARAMS];
    for (gsize i = 0; i < data.n; i++)
        total += pow(data.y[i] - step_value(p, data.s[i], gradient), 2.0);
    *fit = (LacStepFit){ .low = p[0],
        .high = p[1],
        .position = p[2],
        .sigma = p[3],
        .low_error = sqrt(fmax(inverse[0][0] * scale, 0.0)),
        .high_error = sqrt(fmax(inverse[1][1] * scale, 0.0)),
        .position_error = sqrt(fmax(inverse[2][2] * scale, 0.0)),
        .sigma_error = sqrt(fmax(inverse[3][3] * scale, 0.0)),
        .rms = sqrt(total / (double) data.n) };
    return TRUE;
}
