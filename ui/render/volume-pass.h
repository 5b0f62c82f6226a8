// SPDX-License-Identifier: GPL-3.0-or-later
// The ray-marched volume. A context must be current in every call.
#pragma once

#include "ui/render/atom-pass.h"
#include "ui/render/mesh-pass.h"
#include "ui/render/volume-store.h"

typedef struct LacVolumePass LacVolumePass;

LacVolumePass *lac_volume_pass_new(void);
void lac_volume_pass_free(LacVolumePass *self);
gboolean lac_volume_pass_begin(LacVolumePass *self, LacVolumeStore *store, const LacScene *scene,
    const LacRenderQuality *quality, const LacRenderTarget *target, const LacAtomDepth *atoms,
    const LacMeshLayers *layers, int width, int height, GError **error);
void lac_volume_pass_draw_rows(LacVolumePass *self, int first, int n);
