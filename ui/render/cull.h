// SPDX-License-Identifier: GPL-3.0-or-later
// Which atoms and bonds a picture needs: what others hide completely is left out, what is near
// comes first. For machines where the processor draws. Knows no OpenGL.
#pragma once

#include "ui/render/scene.h"

// A tile of a picture in samples, as the pass draws it.
typedef struct {
    double full_width, full_height; // [sample]
    double tile_x, tile_y;          // [sample] of its lower left corner
    int width, height;              // [sample]
} LacCullTile;

// For a quick picture: at most so many, those that are seen best from where the viewer is.
typedef struct {
    gsize max_spheres, max_sticks;
} LacCullHaste;

typedef struct LacCuller LacCuller;

// What is left, in the order of drawing. Lent by the culler until it works again.
typedef struct {
    const LacSphere *spheres, *rings;
    gsize n_spheres, n_rings;
    const LacStick *sticks;
    gsize n_sticks;
} LacCulled;

LacCuller *lac_culler_new(void);
void lac_culler_free(LacCuller *self);
void lac_culler_run(LacCuller *self, const LacScene *scene, const LacCullTile *tile,
    const LacCullHaste *haste, LacCulled *culled);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacCuller, lac_culler_free)
