// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms and bonds, drawn into a picture of their own with the depth of each sample.
// A context must be current in every call.
#pragma once

#include "ui/render/renderer.h"

typedef struct LacAtomPass LacAtomPass;

// Where the picture ends rays: depth d of the texture is at eye z top - d * span.
typedef struct {
    guint texture;
    int width, height; // [sample]; they span the tile
    double top, span;  // [Å]
} LacAtomDepth;

LacAtomPass *lac_atom_pass_new(gboolean software, GError **error);
void lac_atom_pass_free(LacAtomPass *self);
gboolean
lac_atom_pass_draw(LacAtomPass *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, double budget_ms, gboolean *complete, GError **error);
gboolean lac_atom_pass_get_depth(LacAtomPass *self, LacAtomDepth *depth);
void lac_atom_pass_copy(LacAtomPass *self, const LacScene *scene, const LacRenderTarget *target);
guint32 lac_atom_pass_read_id(LacAtomPass *self, int x, int y);
double lac_atom_pass_get_frame_ms(LacAtomPass *self);
