// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of finding an interface.
#pragma once

#include "core/analysis/interface.h"

typedef struct {
    double value, weight;
} LacWeighted;

double lac_interface_get_median(LacWeighted *values, gsize n);
gboolean lac_interface_find_types(LacInterface *self, const LacPoints *points,
    const LacPhases *phases, GError **error);
