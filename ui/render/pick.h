// SPDX-License-Identifier: GPL-3.0-or-later
// What is under the pointer, found on the processor in the full-resolution volume.
#pragma once

#include "ui/render/scene.h"

gboolean lac_pick_voxel(const LacScene *scene, const LacRay *ray, gsize xyz[3], double *value);
