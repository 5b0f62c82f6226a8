// SPDX-License-Identifier: GPL-3.0-or-later
// How open each atom is to the light from all around. On the processor; any thread.
#pragma once

#include "core/progress.h"
#include "ui/render/scene.h"

gint8 *lac_occlusion_compute(const LacAtoms *atoms, const float *radii, const guint8 *skip,
    LacProgress *progress, GError **error);
gint8 *lac_occlusion_of(const LacAtomSource *source, const LacClipPlane *clip,
    LacProgress *progress, GError **error);
