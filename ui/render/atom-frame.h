// SPDX-License-Identifier: GPL-3.0-or-later
// What the shaders of atoms and meshes share: camera, depth, clip plane, fog. Pure arithmetic.
#pragma once

#include "ui/render/renderer.h"

// The block Atoms of shaders/common/atoms.glsl (std140).
typedef struct {
    float view[4][4]; // columns
    float picture[4];
    float tile[4];
    float depth[4];
    float clip[4];
    float background[4];
    float cue[4];
} LacAtomFrame;

// Where depths are: depth d is at eye z top - d * span.
typedef struct {
    double top, span; // [Å]
} LacDepthRange;

LacDepthRange lac_atom_frame_fill(LacAtomFrame *self, const LacScene *scene,
    const LacRenderTarget *target, int width, int height, const LacBox *box);
LacBox lac_box_union(const LacBox *a, const LacBox *b);
