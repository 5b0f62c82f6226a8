// SPDX-License-Identifier: GPL-3.0-or-later
// Depth of atoms and bonds as several points of one large lamp see it: soft shadows. OpenGL.
#pragma once

#include "ui/render/renderer.h"

#define LAC_SHADOW_N 8 // points of the lamp; as in shaders/common/shadow.glsl

typedef struct LacShadowMaps LacShadowMaps;

LacShadowMaps *lac_shadow_maps_new(void);
void lac_shadow_maps_free(LacShadowMaps *self);
gboolean lac_shadow_maps_begin(LacShadowMaps *self, const LacScene *scene, GError **error);
gboolean lac_shadow_maps_are_complete(const LacShadowMaps *self);
void lac_shadow_maps_next(LacShadowMaps *self, const LacScene *scene, LacScene *light,
    LacRenderTarget *target);
void lac_shadow_maps_done(LacShadowMaps *self, double top, double span);
void lac_shadow_maps_use(LacShadowMaps *self, const LacScene *scene, guint binding, guint unit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacShadowMaps, lac_shadow_maps_free)
