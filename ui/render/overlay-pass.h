// SPDX-License-Identifier: GPL-3.0-or-later
// Lines over and under the volume: the box and the axes. A context must be current in every call.
#pragma once

#include "ui/render/renderer.h"

typedef enum {
    LAC_OVERLAY_BEHIND, // edges of the box behind the volume
    LAC_OVERLAY_FRONT,  // edges before it, and the axes
} LacOverlayPart;

typedef struct LacOverlayPass LacOverlayPass;

LacOverlayPass *lac_overlay_pass_new(GError **error);
void lac_overlay_pass_free(LacOverlayPass *self);
void lac_overlay_pass_draw(LacOverlayPass *self, const LacScene *scene, const LacBox *box,
    const LacRenderTarget *target, LacOverlayPart part);
