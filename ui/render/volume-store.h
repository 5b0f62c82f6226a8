// SPDX-License-Identifier: GPL-3.0-or-later
// Volumes in the graphics memory: the one that is shown and the one that is on its way.
// A context must be current in every call.
#pragma once

#include "ui/render/volume-texture.h"

typedef struct LacVolumeStore LacVolumeStore;

LacVolumeStore *lac_volume_store_new(void);
void lac_volume_store_free(LacVolumeStore *self);
gboolean lac_volume_store_update(LacVolumeStore *self, LacVolumeTexture *wanted, double budget_ms,
    GError **error);
LacVolumeTexture *lac_volume_store_get_shown(LacVolumeStore *self);
void lac_volume_store_bind(LacVolumeStore *self, guint volume_unit, guint blocks_unit);
