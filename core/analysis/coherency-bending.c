// SPDX-License-Identifier: GPL-3.0-or-later
// How planes turn with the distance to the interface, slab by slab.
#include "core/analysis/coherency.h"
#include "core/clones.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define FEWEST     25   // atoms of a slab
#define N_GRID     9    // vectors along each axis of a search
#define N_WIDE     12   // the same, in whole vectors
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

// The real parts, then the imaginary parts, of a row of a search.
typedef struct {
    double re[N_WIDE], im[N_WIDE];
} Waves;

// exp(2 pi i q x) for the steps q of one axis of a search.
static Waves
make_waves(double x, double first, double step)
{
    Waves waves = { .re = { cos(2.0 * G_PI * x * first) }, .im = { sin(2.0 * G_PI * x * first) } };
    double re = cos(2.0 * G_PI * x * step), im = sin(2.0 * G_PI * x * step);
    for (int k = 1; k < N_GRID; k++) {
        waves.re[k] = waves.re[k - 1] * re - waves.im[k - 1] * im;
        waves.im[k] = waves.re[k - 1] * im + waves.im[k - 1] * re;
    }
    return waves;
}

LAC_CLONES static void
add_waves(const Waves *restrict x, const Waves *restrict y, const Waves *restrict z,
    Waves *restrict sums)
{
    for (int c = 0; c < N_GRID; c++)
        for (int b = 0; b < N_GRID; b++) {
            double re = y->re[b] * z->re[c] - y->im[b] * z->im[c];
            double im = y->re[b] * z->im[c] + y->im[b] * z->re[c];
            Waves *restrict sum = &sums[c * N_GRID + b];
#pragma omp simd
            for (int a = 0; a < N_WIDE; a++) {
                sum->re[a] += x->re[a] * re - x->im[a] * im;
                sum->im[a] += x->re[a] * im + x->im[a] * re;
            }
        }
}

// Sums of exp(2 pi i q x) for all vectors of a search: products of the waves along the axes.
static void
sum_waves(const LacVec3 *atoms, gsize n, LacVec3 middle, LacVec3 first, double step,
    Waves sums[N_GRID * N_GRID])
{
    memset(sums, 0, N_GRID * N_GRID * sizeof *sums);
    for (gsize i = 0; i < n; i++) {
        LacVec3 p = lac_vec3_subtract(atoms[i], middle);
        Waves x = make_waves(p.x, first.x, step), y = make_waves(p.y, first.y, step);
        Waves z = make_waves(p.z, first.z, step);
        add_waves(&x, &y, &z, sums);
    }
}

// The wave vector near @start in which the atoms are most in phase.
static LacVec3
refine(const LacVec3 *atoms, gsize n, LacVec3 middle, LacVec3 start)
{
    double length = lac_vec3_norm(start), span = FIRST_SPAN * length;
    Waves sums[N_GRID * N_GRID];
    LacVec3 q = start;
    for (int pass = 0; pass < N_PASSES; pass++) {
        LacVec3 first = { q.x - span, q.y - span, q.z - span };
        double best = -1.0, step = 2.0 * span / (N_GRID - 1);
        sum_waves(atoms, n, middle, first, step, sums);
        for (int k = 0; k < N_GRID * N_GRID * N_GRID; k++) {
            LacVec3 trial = { first.x + step * (k % N_GRID), first.y + step * (k / N_GRID % N_GRID),
                first.z + step * (k / N_GRID / N_GRID) };
            const Waves *row = &sums[k / N_GRID];
            double order = hypot(row->re[k % N_GRID], row->im[k % N_GRID]);
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

typedef struct {
    const LacVec3 *atoms;
    const double *s;
    gsize n;
    LacVec3 plane;
    double slab;
    GArray *slabs; // of LacBendingSlab; s: where they begin
} Bending;

static void
fill_slab(const Bending *self, LacBendingSlab *row)
{
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    double from = row->s;
    LacVec3 sum = { 0.0, 0.0, 0.0 };
    for (gsize i = 0; i < self->n; i++)
        if (self->s[i] >= from && self->s[i] < from + self->slab) {
            g_array_append_val(chosen, self->atoms[i]);
            sum = lac_vec3_add_scaled(sum, 1.0, self->atoms[i]);
        }
    *row = (LacBendingSlab){ .s = from + 0.5 * self->slab,
        .angle = (double) NAN,
        .spacing = (double) NAN,
        .order = (double) NAN,
        .n = chosen->len };
    if (chosen->len < FEWEST)
        return;
    const LacVec3 *x = (const LacVec3 *) (gconstpointer) chosen->data;
    double m = (double) chosen->len;
    LacVec3 middle = { sum.x / m, sum.y / m, sum.z / m };
    LacVec3 q = refine(x, chosen->len, middle, self->plane);
    double size = lac_vec3_norm(q);
    double cosine = fabs(lac_vec3_dot(q, self->plane)) / (size * lac_vec3_norm(self->plane));
    row->angle = acos(CLAMP(cosine, -1.0, 1.0)) * 180.0 / G_PI;
    row->spacing = 1.0 / size;
    row->order = get_order(x, chosen->len, middle, q);
}

static void
fill_slabs(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Bending *self = data;
    for (gsize k = begin; k < end; k++)
        fill_slab(self, &g_array_index(self->slabs, LacBendingSlab, k));
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
    GArray *slabs = g_array_new(FALSE, TRUE, sizeof(LacBendingSlab));
    for (double from = low; slab > 0.0 && from + slab <= high + 1e-9; from += slab) {
        LacBendingSlab row = { .s = from };
        g_array_append_val(slabs, row);
    }
    Bending bending = { atoms, s, n, plane, slab, slabs };
    lac_parallel_for(slabs->len, 1, fill_slabs, &bending);
    return slabs;
}
