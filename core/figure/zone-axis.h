// SPDX-License-Identifier: GPL-3.0-or-later
// Directions of a crystal by their indices.
#pragma once

#include "core/vec.h"

double lac_zone_axis_find(const LacVec3 cell[3], LacVec3 direction, int uvw[3]);
char *lac_zone_axis_dup_name(const int uvw[3]);
