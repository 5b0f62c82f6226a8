// SPDX-License-Identifier: GPL-3.0-or-later
// Block matching and collaborative filtering of one image with white Gaussian noise.
#pragma once

#include "core/prep/span.h"

gboolean lac_bm3d(const float *in, gsize nv, gsize nu, double sigma, double range, float *out,
    LacPrepSpan span, GError **error);
