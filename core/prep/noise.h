// SPDX-License-Identifier: GPL-3.0-or-later
// How noisy a projection is: Poisson noise of counted electrons plus Gaussian noise of reading.
#pragma once

#include <glib.h>

// A pixel that counted k electrons reads gain k + offset, plus Gaussian noise of read_noise.
typedef struct {
    double gain;       // [intensity per electron]; 0: all noise is Gaussian
    double offset;     // [intensity] reading without any electron
    double read_noise; // [intensity] standard deviation without any electron
} LacNoise;

LacNoise lac_noise_estimate(const float *image, gsize nv, gsize nu);
double lac_noise_get_sigma(const LacNoise *self, double mean);
double lac_noise_get_rms(const LacNoise *self, const float *image, gsize n);
