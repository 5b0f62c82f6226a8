// SPDX-License-Identifier: GPL-3.0-or-later
// The simpler filters against noise.
#pragma once

#include "core/prep/span.h"

gboolean
lac_gaussian(const float *in, gsize nv, gsize nu, double width, float *out, GError **error);
gboolean lac_nlm(const float *in, gsize nv, gsize nu, double sigma, double range, float *out,
    LacPrepSpan span, GError **error);
