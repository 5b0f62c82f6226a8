// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs render and film draw.
#pragma once

#include "app/cli-render-options.h"
#include "core/data/atoms.h"
#include "core/data/series.h"

// What the files held; each may be NULL.
typedef struct {
    LacVolume *volume;
    LacAtoms *atoms;
    LacSeries *series; // of a project
} LacRenderContents;

gboolean lac_render_read_contents(const LacRenderOptions *o, const char *file, LacRenderContents *c,
    LacProgress *progress, GError **error);
void lac_render_contents_clear(LacRenderContents *c);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacRenderContents, lac_render_contents_clear)
