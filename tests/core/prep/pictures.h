// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures with known noise for the tests of the preparation.
#pragma once

#include "core/prep/noise.h"

float *test_atoms_picture(gsize nv, gsize nu, double background, double peak);
float *test_add_noise(const float *clean, gsize n, const LacNoise *noise, guint64 seed);
double test_rms_difference(const float *a, const float *b, gsize n);
double test_psnr(const float *image, const float *truth, gsize n, double range);
