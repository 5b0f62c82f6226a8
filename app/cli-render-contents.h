// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs render and film draw, and where.
#pragma once

#include "app/cli-render-options.h"
#include "core/analysis/params.h"
#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/gpu/egl-context.h"
#include "ui/render/figure-results.h"
#include "ui/render/figure-write.h"

// What the files held; each may be NULL.
typedef struct {
    const char *file; // borrowed; where it came from
    LacVolume *volume;
    LacAtoms *atoms;
    LacSeries *series;        // of a project
    LacRecon *recon;          // likewise
    LacAnalysisParams params; // of the analyses that a figure shows
} LacRenderContents;

gboolean lac_render_read_contents(const LacRenderOptions *o, const char *file, LacRenderContents *c,
    LacProgress *progress, GError **error);
LacAnalysis *lac_render_contents_analyse(const LacRenderContents *c, guint64 needs,
    LacProgress *progress, GError **error);
void lac_render_contents_clear(LacRenderContents *c);

// All that draws a figure of a scene, without a display.
typedef struct {
    LacEglContext *context;
    LacRenderer *renderer;
    LacFigureResults *results; // (nullable) that the view shows
    LacFigureView *view;
    char *recipe, *source, *digests; // that the notes borrow
    LacFigureNotes notes;
} LacRenderStage;

gboolean lac_render_stage_open(LacRenderStage *self, const LacFigure *figure,
    const LacRenderContents *c, int bits, LacProgress *progress, GError **error);
void lac_render_stage_clear(LacRenderStage *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacRenderContents, lac_render_contents_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacRenderStage, lac_render_stage_clear)
