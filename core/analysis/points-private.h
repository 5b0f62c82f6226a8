// SPDX-License-Identifier: GPL-3.0-or-later
// Points before it is known how far apart they are.
#pragma once

#include "core/analysis/points.h"

LacPoints *lac_points_gather(const LacAtoms *atoms, GError **error);
