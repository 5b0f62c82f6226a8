// SPDX-License-Identifier: GPL-3.0-or-later
// What a key frame may say; for the film and for its text.
#pragma once

#include "ui/render/animation.h"

typedef enum {
    LAC_CHANNEL_NUMBERS,  // each goes smoothly without overshoot
    LAC_CHANNEL_POSITIVE, // likewise, its logarithm
    LAC_CHANNEL_ROTATION, // a unit quaternion
    LAC_CHANNEL_PLANE,    // a unit normal and an offset
    LAC_CHANNEL_FLAG,     // holds until the next
} LacChannelKind;

typedef struct {
    const char *key;
    LacChannelKind kind;
    guint first, n; // of LacKeyFrame.values
    double lo, hi;
} LacChannel;

const LacChannel *lac_key_get_channels(guint *n);
