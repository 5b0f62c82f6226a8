// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rng.h"

#include <math.h>

static guint64
mix(guint64 z)
{
    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/**
 * lac_rng_bits:
 * @seed: names the stream
 * @counter: which value of the stream
 *
 * SplitMix64 (doi:10.1145/2660193.2660195) evaluated at a chosen place, keyed by the mixed seed.
 *
 * Returns: 64 random bits
 */
guint64
lac_rng_bits(guint64 seed, guint64 counter)
{
    guint64 key = mix(seed + G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));
    return mix(mix(key + counter * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)) ^ key);
}

/**
 * lac_rng_uniform:
 * @seed: names the stream
 * @counter: which value of the stream
 *
 * Returns: a number in (0, 1), never 0 or 1
 */
double
lac_rng_uniform(guint64 seed, guint64 counter)
{
    return ((double) (lac_rng_bits(seed, counter) >> 11) + 0.5) * 0x1p-53;
}

/**
 * lac_rng_normal:
 * @seed: names the stream
 * @counter: which value of the stream
 *
 * Box-Muller transform of two uniform numbers (doi:10.1214/aoms/1177706645).
 *
 * Returns: a number of the standard normal distribution
 */
double
lac_rng_normal(guint64 seed, guint64 counter)
{
    double radius = sqrt(-2.0 * log(lac_rng_uniform(seed, 2 * counter)));
    return radius * cos(2.0 * G_PI * lac_rng_uniform(seed, 2 * counter + 1));
}

/**
 * lac_rng_poisson:
 * @seed: names the stream
 * @counter: which value of the stream
 * @mean: expected value, at least 0
 *
 * Counts by inversion below a mean of 64; above, the rounded normal approximation of the
 * square-root transform, whose error is far below the counting noise.
 *
 * Returns: a whole number of the Poisson distribution
 */
double
lac_rng_poisson(guint64 seed, guint64 counter, double mean)
{
    if (!(mean > 0.0))
        return 0.0;
    if (mean >= 64.0) {
        double root = sqrt(mean) + 0.5 * lac_rng_normal(seed, counter);
        return floor(MAX(root, 0.0) * MAX(root, 0.0) - 0.25 + 0.5);
    }
    // Twice the counter, as the normal number does: neighbours never share a random number.
    double u = lac_rng_uniform(seed, 2 * counter), p = exp(-mean), sum = p;
    double k = 0.0;
    while (u > sum && k < 1000.0) {
        k += 1.0;
        p *= mean / k;
        sum += p;
    }
    return k;
}
