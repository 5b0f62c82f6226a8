// SPDX-License-Identifier: GPL-3.0-or-later
// How planes turn with the distance to the interface, slab by slab.
#include "core/analysis/coherency.h"

#include <math.h>
#include <string.h>

#define FEWEST     25   // atoms of a slab
#define N_GRID     9    // vectors along each axis of a search
#define N_PASSES   5    // of the search, each finer
#define FIRST_SPAN 0.35 // of the first search, in units of the vector
#define FINER      2.2  // steps of a pass that the next one spans
#define LENGTH_TIE 0.20 // relative change of length that is thought likely, in the first passes
#define N_TIED     2

static double
get_order(const LacVec3 *atoms, gsize n, LacVec3 middle, LacVec3 q)
{
    double re = 0.0, im = 0.0;
    for (gsize i = 0; i < n; i++) {
        double phase = 2.0 * G_PI * lac_vec3_dot(q, lac_vec3_subtract(atoms[i], middle));
        re += cos(phase);
        im += sin(phase);
    }
    return hypot(re, im) / (double) n;
}

// exp(2 pi i k x) for the steps k of one axis of a search.
static void
fill_waves(double x, double first, double step, double waves[N_GRID][2])
{
    for (int k = 0; k < N_GRID; k++) {
        double phase = 2.0 * G_PI * x * (first + step * k);
        waves[k][0] = cos(phase);
        waves[k][1] = sin(phase);
    }
}

// Sums of exp(2 pi i q x) for all vectors of a search: products of the waves along the axes.
static void
sum_waves(const LacVec3 *atoms, gsize n, LacVec3 middle, LacVec3 first, double step,
    double sums[N_GRID * N_GRID * N_GRID][2])
{
    double x[N_GRID][2], y[N_GRID][2], z[N_GRID][2];
    memset(sums, 0, N_GRID * N_GRID * N_GRID * sizeof *sums);
    for (gsize i = 0; i < n; i++) {
        LacVec3 p = lac_vec3_subtract(atoms[i], middle);
        fill_waves(p.x, first.x, step, x);
        fill_waves(p.y, first.y, step, y);
        fill_waves(p.z, first.z, step, z);
        for (int c = 0; c < N_GRID; c++)
            for (int b = 0; b < N_GRID; b++) {
                double re = y[b][0] * z[c][0] - y[b][1] * z[c][1];
                double im = y[b][0] * z[c][1] + y[b][1] * z[c][0];
                for (int a = 0; a < N_GRID; a++) {
                    double *sum = sums[(c * N_GRID + b) * N_GRID + a];
                    sum[0] += x[a][0] * re - x[a][1] * im;
                    sum[1] += x[a][0] * im + x[a][1] * re;
                }
            }
    }
}

// The wave vector near @start in which the atoms are most in phase.
static LacVec3
refine(const LacVec3 *atoms, gsize n, LacVec3 middle, LacVec3 start)
{
    double length = lac_vec3_norm(start), span = FIRST_SPAN * length;
    double sums[N_GRID * N_GRID * N_GRID][2];
    LacVec3 q = start;
    for (int pass = 0; pass < N_PASSES; pass++) {
        LacVec3 first = { q.x - span, q.y - span, q.z - span };
        double best = -1.0, step = 2.0 * span / (N_GRID - 1);
        sum_waves(atoms, n, middle, first, step, sums);
        for (int k = 0; k < N_GRID * N_GRID * N_GRID; k++) {
            LacVec3 trial = { first.x + step * (k % N_GRID), first.y + step * (k / N_GRID % N_GRID),
                first.z + step * (k / N_GRID / N_GRID) };
            double order = hypot(sums[k][0], sums[k][1]);
            double change = (lac_vec3_norm(trial) / length - 1.0) / LENGTH_TIE;
            if (pass < N_TIED)
                order *= exp(-0.5 * change * change);
            if (order > best) {
                best = order;
                q = trial;
            }
        }
        span = FINER * step / 2.0;
    }
    return q;
}

/**
 * lac_bending_profile:
 * @atoms: (array length=n): [Å] atoms on both sides of a patch of the interface
 * @s: (array length=n): [Å] their signed distances to it
 * @n: number of atoms
 * @plane: [1/Å] reciprocal vector of the planes inside the metal
 * @low: [Å] where the first slab begins
 * @high: [Å] where the last slab ends, at the latest
 * @slab: [Å] thickness of a slab
 *
 * Finds in each slab the wave vector near @plane in which atoms are most in phase: how far planes
 * have turned, and how far apart they are.
 *
 * Returns: (transfer full) (element-type LacBendingSlab): the slabs
 */
GArray *
lac_bending_profile(const LacVec3 *atoms, const double *s, gsize n, LacVec3 plane, double low,
    double high, double slab)
{
    GArray *slabs = g_array_new(FALSE, FALSE, sizeof(LacBendingSlab));
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (double from = low; slab > 0.0 && from + slab <= high + 1e-9; from += slab) {
        g_array_set_size(chosen, 0);
        LacVec3 sum = { 0.0, 0.0, 0.0 };
        for (gsize i = 0; i < n; i++)
            if (s[i] >= from && s[i] < from + slab) {
                g_array_append_val(chosen, atoms[i]);
                sum = lac_vec3_add_scaled(sum, 1.0, atoms[i]);
            }
        LacBendingSlab row = { .s = from + 0.5 * slab,
            .angle = (double) NAN,
            .spacing = (double) NAN,
            .order = (double) NAN,
            .n = chosen->len };
        if (chosen->len >= FEWEST) {
            const LacVec3 *x = (const LacVec3 *) (gconstpointer) chosen->data;
            double m = (double) chosen->len;
            LacVec3 middle = { sum.x / m, sum.y / m, sum.z / m };
            LacVec3 q = refine(x, chosen->len, middle, plane);
            double size = lac_vec3_norm(q);
            double cosine = fabs(lac_vec3_dot(q, plane)) / (size * lac_vec3_norm(plane));
            row.angle = acos(CLAMP(cosine, -1.0, 1.0)) * 180.0 / G_PI;
            row.spacing = 1.0 / size;
            row.order = get_order(x, chosen->len, middle, q);
        }
        g_array_append_val(slabs, row);
    }
    return slabs;
}
