// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the noise of a detector the same everywhere, and back without a bias.
#pragma once

#include "core/prep/noise.h"

typedef struct LacAnscombe LacAnscombe;

LacAnscombe *lac_anscombe_new(const LacNoise *noise);
void lac_anscombe_free(LacAnscombe *self);
void lac_anscombe_forward(const LacAnscombe *self, const float *in, gsize n, float *out);
void lac_anscombe_inverse(const LacAnscombe *self, const float *in, gsize n, float *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAnscombe, lac_anscombe_free)
