// SPDX-License-Identifier: GPL-3.0-or-later
// The volume at any position [Å].
#pragma once

#include "core/data/volume.h"

double lac_sample_at(const LacVolume *volume, LacVec3 p);
double lac_sample_ball(const LacVolume *volume, LacVec3 p, double radius);
