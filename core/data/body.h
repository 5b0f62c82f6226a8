// SPDX-License-Identifier: GPL-3.0-or-later
// A ball cut by planes: the convex shape of simulated cores and particles.
#pragma once

#include "core/vec.h"

#define LAC_BODY_MAX_PLANES 32

// The points r with |r - centre| <= radius and normal (r - centre) <= height of every plane.
typedef struct {
    LacVec3 centre; // [Å]
    double radius;  // [Å]
    guint n_planes;
    LacVec3 normals[LAC_BODY_MAX_PLANES]; // of length 1, outwards
    double heights[LAC_BODY_MAX_PLANES];  // [Å] from the centre, above 0
} LacBody;

gboolean lac_body_is_valid(const LacBody *self);
void lac_body_add_plane(LacBody *self, LacVec3 normal, double height);
gboolean lac_body_contains(const LacBody *self, LacVec3 position);
double lac_body_get_distance(const LacBody *self, LacVec3 position);
double lac_body_get_volume(const LacBody *self, double *area);
