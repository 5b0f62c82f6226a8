// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a picture in which something can be seen: what is outside need not be copied.
#pragma once

#include "ui/render/renderer.h"

// [pixel] of the tile: columns from the left, rows from the top.
typedef struct {
    int left, right, top, bottom;
} LacTargetPart;

LacTargetPart lac_target_find_part(const LacRenderTarget *target, const LacCamera *camera,
    const LacBox *box, double room);
