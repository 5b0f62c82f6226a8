// SPDX-License-Identifier: GPL-3.0-or-later
// The two steps of a surface.
#pragma once

#include "core/analysis/surface.h"

gboolean lac_surface_find_facets(LacSurface *self, const LacSurfaceGrains *grains,
    LacProgress *progress, GError **error);
