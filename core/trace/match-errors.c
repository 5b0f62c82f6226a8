// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/match-private.h"

#include <math.h>
#include <stdlib.h>

#define PM 100.0 // per ångström

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
get_quantile(const double *sorted, gsize n, double share)
{
    double at = share * (double) (n - 1);
    gsize i = (gsize) at, j = MIN(i + 1, n - 1);
    return sorted[i] + (at - (double) i) * (sorted[j] - sorted[i]);
}

/**
 * lac_match_errors:
 * @pairs: (array length=n): pairs
 * @n: how many
 * @species: (nullable) (array length=n): of each pair
 * @only: the species that counts; all do without @species
 *
 * Returns: how far apart the atoms of these pairs are
 */
LacMatchErrors
lac_match_errors(const LacMatchPair *pairs, gsize n, const guint16 *species, guint16 only)
{
    LacMatchErrors errors = { .rms = (double) NAN,
        .median = (double) NAN,
        .p95 = (double) NAN,
        .axis_rms = { (double) NAN, (double) NAN, (double) NAN } };
    g_autofree double *distance = g_new(double, n + 1);
    double square[3] = { 0 };
    for (gsize k = 0; k < n; k++) {
        LacVec3 d = pairs[k].difference;
        if (species != NULL && species[k] != only)
            continue;
        square[0] += d.x * d.x;
        square[1] += d.y * d.y;
        square[2] += d.z * d.z;
        distance[errors.n++] = sqrt(d.x * d.x + d.y * d.y + d.z * d.z);
    }
    if (errors.n == 0)
        return errors;
    qsort(distance, errors.n, sizeof *distance, compare_doubles);
    for (int a = 0; a < 3; a++)
        errors.axis_rms[a] = PM * sqrt(square[a] / (double) errors.n);
    errors.rms = PM * sqrt((square[0] + square[1] + square[2]) / (double) errors.n);
    errors.median = PM * get_quantile(distance, errors.n, 0.5);
    errors.p95 = PM * get_quantile(distance, errors.n, 0.95);
    return errors;
}
