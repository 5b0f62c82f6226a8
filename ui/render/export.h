// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of any size, tile by tile, without a window. A context must be current.
#pragma once

#include "core/progress.h"
#include "ui/render/renderer.h"

typedef struct {
    int width, height; // [pixel]
    int supersample;   // samples per pixel along each axis, 1 to 4
    int tile;          // [pixel] edge of what is drawn at a time
    int bits;          // of a value, 8 or 16; supersampling gives more than 8
    double line_scale; // [pixel] of a line one unit wide
} LacExportParams;

// Takes @n_rows complete rows of sRGB with alpha (not premultiplied), from the top of the picture. It
// may write to them.
typedef gboolean (*LacExportRows)(const guint8 *rgba, int n_rows, gpointer data, GError **error);

LacExportParams lac_export_params_default(int width, int height);
gboolean
lac_export_picture(LacRenderer *renderer, const LacScene *scene, const LacExportParams *params,
    LacExportRows write_rows, gpointer data, LacProgress *progress, GError **error);
guint8 *lac_export_to_memory(LacRenderer *renderer, const LacScene *scene,
    const LacExportParams *params, LacProgress *progress, GError **error);
