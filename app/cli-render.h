// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs render and film draw.
#pragma once

#include "app/cli-render-options.h"
#include "core/analysis/params.h"
#include "core/data/atoms.h"
#include "core/data/series.h"
#include "ui/render/figure-results.h"

// What the files held; each may be NULL.
typedef struct {
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
gboolean lac_render_analyse(const LacFigure *figure, const LacRenderContents *c,
    LacFigureData *data, LacFigureResults **results, LacProgress *progress, GError **error);
void lac_render_contents_clear(LacRenderContents *c);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacRenderContents, lac_render_contents_clear)
