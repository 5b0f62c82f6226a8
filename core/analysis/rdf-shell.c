// SPDX-License-Identifier: GPL-3.0-or-later
// The first peak of g(r) and the minimum behind it.
#include "core/analysis/rdf-private.h"

#include <math.h>

#define NEAREST_MINIMUM  1.10 // [peak] where the minimum is looked for
#define FARTHEST_MINIMUM 1.50
#define DEEP_ENOUGH      0.15 // [height above the deepest point, peak minus deepest]
#define EXTRA_SMOOTHING  0.08 // [Å] for the search
#define PLATEAU          0.05 // g of a gap between two shells
#define PLATEAU_WIDTH    0.02
#define FIT_REACH        0.6 // of the way from the peak to the minimum
#define MAX_STEPS        100
#define TRUNCATE         4.0 // [sigma]

// An index reflected at both ends.
static gsize
reflect(gssize k, gsize n)
{
    gssize period = 2 * (gssize) n;
    k = ((k % period) + period) % period;
    return (gsize) (k < (gssize) n ? k : period - 1 - k);
}

/**
 * lac_rdf_smooth:
 * @in: (array length=n): values
 * @n: number of values
 * @sigma: in bins; 0: no change
 * @out: (out caller-allocates) (array length=n): not @in
 *
 * Convolves with a Gaussian cut off at four sigma; values are reflected at the ends.
 */
void
lac_rdf_smooth(const double *in, gsize n, double sigma, double *out)
{
    gssize reach = (gssize) (TRUNCATE * sigma + 0.5);
    for (gsize k = 0; k < n; k++) {
        double sum = 0.0, weight = 0.0;
        for (gssize d = -reach; d <= reach; d++) {
            double w = sigma > 0.0 ? exp(-0.5 * (double) (d * d) / (sigma * sigma)) : 1.0;
            sum += w * in[reflect((gssize) k + d, n)];
            weight += w;
        }
        out[k] = sum / weight;
    }
}

// [bins] The extremum of a parabola through three values.
static double
refine(const double *g, gsize n, gsize k)
{
    if (k == 0 || k + 1 >= n)
        return (double) k;
    double curvature = g[k - 1] - 2.0 * g[k] + g[k + 1];
    return curvature == 0.0 ? (double) k : (double) k + 0.5 * (g[k - 1] - g[k + 1]) / curvature;
}

// The bins whose centres lie between two radii.
static void
range_of(double low, double high, double bin, gsize n, gsize *begin, gsize *end)
{
    double first = floor(low / bin - 0.5) + 1.0, last = ceil(high / bin - 0.5);
    *begin = (gsize) CLAMP(first, 0.0, (double) n);
    *end = (gsize) CLAMP(last, (double) *begin, (double) n);
}

// The nearest local minimum that is about as deep as the deepest; n: none.
static gsize
find_minimum(const double *g, gsize n, double bin, gsize begin, gsize end, double peak)
{
    g_autofree double *smooth = g_new(double, n);
    lac_rdf_smooth(g, n, fmax(1.0, EXTRA_SMOOTHING / bin), smooth);
    gsize deepest = begin;
    for (gsize k = begin; k < end; k++)
        if (smooth[k] < smooth[deepest])
            deepest = k;
    double limit = smooth[deepest] + DEEP_ENOUGH * (peak - smooth[deepest]);
    for (gsize k = MAX(begin, 1); k < end && k + 1 < n; k++)
        if (smooth[k] <= smooth[k - 1] && smooth[k] <= smooth[k + 1] && smooth[k] <= limit)
            return k;
    return deepest;
}

static double
locate_minimum(const double *g, gsize n, double bin, double peak, double height, double *value)
{
    gsize begin, end;
    range_of(NEAREST_MINIMUM * peak, FARTHEST_MINIMUM * peak, bin, n, &begin, &end);
    if (begin == end)
        return (double) NAN;
    gsize found = find_minimum(g, n, bin, begin, end, height), least = found;
    for (gsize k = found > 3 ? found - 3 : 1; k <= found + 3 && k < n; k++)
        if (g[k] < g[least])
            least = k;
    *value = g[least];
    gsize low = least, high = least;
    while (low > begin && g[low - 1] <= g[least] + PLATEAU_WIDTH)
        low--;
    while (high + 1 < end && g[high + 1] <= g[least] + PLATEAU_WIDTH)
        high++;
    if (high > low + 2 && g[least] < PLATEAU)
        return (0.5 * (double) (low + high) + 0.5) * bin;
    return (refine(g, n, least) + 0.5) * bin;
}

// Solves the n x n system in place by elimination with pivots. FALSE: singular.
static gboolean
solve4(double a[4][5])
{
    for (int c = 0; c < 4; c++) {
        int pivot = c;
        for (int r = c + 1; r < 4; r++)
            if (fabs(a[r][c]) > fabs(a[pivot][c]))
                pivot = r;
        if (!(fabs(a[pivot][c]) > 0.0))
            return FALSE;
        for (int k = 0; k < 5; k++) {
            double kept = a[c][k];
            a[c][k] = a[pivot][k];
            a[pivot][k] = kept;
        }
        for (int r = 0; r < 4; r++) {
            double factor = r == c ? 0.0 : a[r][c] / a[c][c];
            for (int k = c; k < 5; k++)
                a[r][k] -= factor * a[c][k];
        }
    }
    for (int c = 0; c < 4; c++)
        a[c][4] /= a[c][c];
    return TRUE;
}

// p: height, centre [Å], sigma [Å], base. Sum of squared differences; derivatives optional.
static double
residual(const double *g, gsize begin, gsize end, double bin, const double p[4], double a[4][5])
{
    double sum = 0.0;
    for (int i = 0; a != NULL && i < 4; i++)
        for (int j = 0; j < 5; j++)
            a[i][j] = 0.0;
    for (gsize k = begin; k < end; k++) {
        double t = (((double) k + 0.5) * bin - p[1]) / p[2], e = exp(-0.5 * t * t);
        double miss = g[k] - (p[3] + p[0] * e);
        sum += miss * miss;
        const double d[4] = { e, p[0] * e * t / p[2], p[0] * e * t * t / p[2], 1.0 };
        for (int i = 0; a != NULL && i < 4; i++) {
            for (int j = 0; j < 4; j++)
                a[i][j] += d[i] * d[j];
            a[i][4] += d[i] * miss;
        }
    }
    return sum;
}

// Levenberg and Marquardt.
static void
fit_peak(const double *g, gsize n, double bin, LacRdfShell *shell)
{
    double reach = FIT_REACH * (shell->minimum - shell->peak);
    gsize begin, end;
    range_of(shell->peak - reach, shell->peak + reach, bin, n, &begin, &end);
    shell->peak_fit = shell->peak;
    shell->peak_sigma = (double) NAN;
    if (end < begin + 5)
        return;
    double p[4] = { shell->peak_value, shell->peak, 0.15, 0.1 }, lambda = 1e-3;
    double a[4][5], best = residual(g, begin, end, bin, p, a);
    for (int step = 0; step < MAX_STEPS && lambda < 1e12; step++) {
        double damped[4][5], next[4];
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 5; j++)
                damped[i][j] = a[i][j] * (i == j ? 1.0 + lambda : 1.0);
        if (!solve4(damped))
            return;
        for (int i = 0; i < 4; i++)
            next[i] = p[i] + damped[i][4];
        double now = next[2] != 0.0 ? residual(g, begin, end, bin, next, NULL) : (double) NAN;
        if (!(now < best)) {
            lambda *= 10.0;
            continue;
        }
        gboolean done = best - now <= 1e-14 * best;
        for (int i = 0; i < 4; i++)
            p[i] = next[i];
        best = residual(g, begin, end, bin, p, a);
        lambda *= 0.1;
        if (done)
            break;
    }
    if (fabs(p[1] - shell->peak) < reach) { // a wild fit tells nothing
        shell->peak_fit = p[1];
        shell->peak_sigma = fabs(p[2]);
    }
}

/**
 * lac_rdf_find_shell:
 * @g: (array length=n): g(r); not finite: no shell is found
 * @n: number of bins
 * @bin: [Å]
 * @peak_low: [Å] where the first peak may be
 * @peak_high: [Å]
 *
 * Finds the highest value between the two radii, fits a Gaussian to it, and finds the minimum
 * behind it: among the local minima from 1.10 to 1.50 times the peak the nearest one that is about
 * as deep (15 % of the way to the peak) as the deepest, refined by a parabola; the middle of a gap.
 * The deepest minimum itself would lie behind the second shell of some two-phase particles.
 *
 * Returns: the first shell; NaN where it cannot be told
 */
LacRdfShell
lac_rdf_find_shell(const double *g, gsize n, double bin, double peak_low, double peak_high)
{
    const double none = (double) NAN;
    LacRdfShell shell = { none, none, none, none, none, none };
    gsize begin, end, top;
    range_of(peak_low, peak_high, bin, n, &begin, &end);
    top = begin;
    for (gsize k = begin; k < end; k++)
        if (!(g[k] <= g[top]))
            top = k;
    if (begin == end || !(g[top] > 0.0) || !isfinite(g[top]))
        return shell;
    if ((top > 0 && g[top - 1] > g[top]) || (top + 1 < n && g[top + 1] > g[top]))
        return shell; // the flank of a peak elsewhere
    shell.peak = (refine(g, n, top) + 0.5) * bin;
    shell.peak_value = g[top];
    shell.minimum = locate_minimum(g, n, bin, shell.peak, g[top], &shell.least_value);
    if (isfinite(shell.minimum))
        fit_peak(g, n, bin, &shell);
    return shell;
}
