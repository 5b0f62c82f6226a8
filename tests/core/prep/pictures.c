// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/prep/pictures.h"

#include "core/rng.h"

#include <math.h>

#define WIDTH 1.9 // [pixel] of an atom: finely sampled, as projections are

/**
 * test_atoms_picture:
 * @nv: rows
 * @nu: columns
 * @background: value far from any atom
 * @peak: what the brightest pixel has more
 *
 * Returns: (transfer full): a projection of atoms on a slightly irregular lattice in a disc
 */
float *
test_atoms_picture(gsize nv, gsize nu, double background, double peak)
{
    float *out = g_new0(float, nv *nu);
    double radius = 0.36 * (double) MIN(nv, nu), largest = 0.0;
    guint64 counter = 0;
    for (double cv = -radius; cv <= radius; cv += 6.3)
        for (double cu = -radius; cu <= radius; cu += 7.1) {
            double jv = lac_rng_normal(5, counter++), ju = lac_rng_normal(5, counter++);
            double height = sqrt(fmax(1.05 - (cv * cv + cu * cu) / (radius * radius), 0.0));
            double pv = (double) nv / 2.0 + cv + 0.4 * jv, pu = (double) nu / 2.0 + cu + 0.4 * ju;
            for (gsize v = 0; v < nv; v++)
                for (gsize u = 0; u < nu; u++) {
                    double dv = (double) v - pv, du = (double) u - pu, r2 = dv * dv + du * du;
                    if (r2 < 100.0)
                        out[v * nu + u] += (float) (height * exp(-0.5 * r2 / (WIDTH * WIDTH)));
                }
        }
    for (gsize i = 0; i < nv * nu; i++)
        largest = fmax(largest, (double) out[i]);
    for (gsize i = 0; i < nv * nu; i++)
        out[i] = (float) (background + (largest > 0.0 ? peak / largest : 0.0) * (double) out[i]);
    return out;
}

/**
 * test_add_noise:
 * @clean: (array length=n): mean intensities
 * @n: how many
 * @noise: of the detector
 * @seed: of the random numbers
 *
 * Returns: (transfer full): what the detector reads
 */
float *
test_add_noise(const float *clean, gsize n, const LacNoise *noise, guint64 seed)
{
    float *out = g_new(float, n);
    for (gsize i = 0; i < n; i++) {
        double z = (double) clean[i];
        if (noise->gain > 0.0) {
            double mean = (z - noise->offset) / noise->gain;
            z = noise->offset + noise->gain * lac_rng_poisson(seed, i, fmax(mean, 0.0));
        }
        out[i] = (float) (z + noise->read_noise * lac_rng_normal(seed + 1000, i));
    }
    return out;
}

double
test_rms_difference(const float *a, const float *b, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += ((double) a[i] - (double) b[i]) * ((double) a[i] - (double) b[i]);
    return sqrt(sum / (double) n);
}

double
test_psnr(const float *image, const float *truth, gsize n, double range)
{
    return 20.0 * log10(range / test_rms_difference(image, truth, n));
}
