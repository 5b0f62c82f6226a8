// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/harmonics.h"

#include <math.h>

/**
 * lac_harmonics_init:
 * @self: (out caller-allocates): factors
 * @l: degree, at most %LAC_HARMONICS_MAX_L
 *
 * Prepares orthonormal spherical harmonics with the phase of Condon and Shortley, written as
 * Y_lm = K_lm(z) (x + i y)^m, where K_lm = a (z K_(l-1)m - b K_(l-2)m).
 */
void
lac_harmonics_init(LacHarmonics *self, guint l)
{
    g_return_if_fail(l <= LAC_HARMONICS_MAX_L);

    *self = (LacHarmonics){ .l = l };
    self->first[0] = sqrt(1.0 / (4.0 * G_PI));
    for (guint m = 1; m <= l; m++)
        self->first[m] = -self->first[m - 1] * sqrt((2.0 * m + 1.0) / (2.0 * m));
    for (guint m = 0; m <= l; m++)
        for (guint k = m + 1; k <= l; k++) {
            double kk = k, mm = m, before = kk - 1.0;
            self->a[m][k] = sqrt((4.0 * kk * kk - 1.0) / (kk * kk - mm * mm));
            self->b[m][k] = sqrt((before * before - mm * mm) / (4.0 * before * before - 1.0));
        }
}

/**
 * lac_harmonics_add:
 * @self: factors
 * @x: of a unit vector
 * @y: of it
 * @z: of it
 * @sum: (inout) (array): real and imaginary part for m = 0 to l, to which its harmonics are added
 */
void
lac_harmonics_add(const LacHarmonics *self, double x, double y, double z, double (*sum)[2])
{
    double re = 1.0, im = 0.0; // (x + i y)^m
    for (guint m = 0; m <= self->l; m++) {
        double before = 0.0, k = self->first[m];
        for (guint l = m + 1; l <= self->l; l++) {
            double next = self->a[m][l] * (z * k - self->b[m][l] * before);
            before = k;
            k = next;
        }
        sum[m][0] += k * re;
        sum[m][1] += k * im;
        double turned = re * x - im * y;
        im = re * y + im * x;
        re = turned;
    }
}

static double
factorial(int n)
{
    double f = 1.0;
    for (int k = 2; k <= n; k++)
        f *= k;
    return f;
}

// The 3j symbol (l l l; m1 m2 m3) of m1 + m2 + m3 = 0, by Racah's formula.
static double
three_j(int l, int m1, int m2, int m3)
{
    double sum = 0.0;
    for (int k = 0; k <= l; k++) {
        const int f[] = { k, l - k, l - m1 - k, l + m2 - k, m1 + k, k - m2 };
        double product = 1.0;
        gboolean counts = TRUE;
        for (gsize i = 0; i < G_N_ELEMENTS(f); i++) {
            counts = counts && f[i] >= 0;
            product *= factorial(MAX(f[i], 0));
        }
        if (counts)
            sum += (k % 2 == 0 ? 1.0 : -1.0) / product;
    }
    double triangle = factorial(l) * factorial(l) * factorial(l) / factorial(3 * l + 1);
    double root = sqrt(factorial(l + m1) * factorial(l - m1)) *
        sqrt(factorial(l + m2) * factorial(l - m2)) * sqrt(factorial(l + m3) * factorial(l - m3));
    return (m3 % 2 == 0 ? 1.0 : -1.0) * sqrt(triangle) * root * sum;
}

/**
 * lac_couplings_new:
 * @l: even degree
 *
 * Lists the terms of sum (l l l; m1 m2 m3) q_m1 q_m2 q_m3 over m1 + m2 + m3 = 0, each unordered
 * triple once with the number of its orders in the coefficient.
 *
 * Returns: (transfer full) (element-type LacCoupling): the terms
 */
GArray *
lac_couplings_new(guint l)
{
    GArray *terms = g_array_new(FALSE, FALSE, sizeof(LacCoupling));
    int limit = (int) l;
    for (int m1 = -limit; m1 <= limit; m1++)
        for (int m2 = m1; m2 <= limit; m2++) {
            int m3 = -m1 - m2;
            if (m3 < m2 || m3 > limit)
                continue;
            double orders = m1 == m2 && m2 == m3 ? 1.0 : m1 == m2 || m2 == m3 ? 3.0 : 6.0;
            LacCoupling term = { m1, m2, m3, orders * three_j(limit, m1, m2, m3) };
            g_array_append_val(terms, term);
        }
    return terms;
}
