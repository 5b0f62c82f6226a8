// SPDX-License-Identifier: GPL-3.0-or-later
// Surfaces, peeled into layers from front to back, so that what is translucent is right from every
// side and among volume, slices and atoms. A context must be current in every call.
#pragma once

#include "ui/render/atom-pass.h"

typedef struct LacMeshPass LacMeshPass;

// Textures of two dimensions and n layers; depth d is at eye z top - d * span, 1 where there is
// nothing any more.
typedef struct {
    guint colors, depths;
    int n, width, height; // [sample]; they span the tile
    double top, span;     // [Å]
} LacMeshLayers;

LacMeshPass *lac_mesh_pass_new(gboolean software);
void lac_mesh_pass_free(LacMeshPass *self);
gboolean lac_scene_has_meshes(const LacScene *scene);
gboolean
lac_mesh_pass_draw(LacMeshPass *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, double budget_ms, gboolean *complete, GError **error);
gboolean lac_mesh_pass_get_layers(LacMeshPass *self, LacMeshLayers *layers);
gboolean lac_mesh_pass_copy(LacMeshPass *self, const LacAtomDepth *atoms, GError **error);
double lac_mesh_pass_get_frame_ms(LacMeshPass *self);
