// SPDX-License-Identifier: GPL-3.0-or-later
// One projection as it would be after the preparation, made in a worker; noise of all projections.
#pragma once

#include "core/prep/denoise.h"

// Immutable.
typedef struct {
    gatomicrefcount ref_count;
    guint projection;
    LacBuffer *image; // (nv, nu)
    guint8 *mask;     // (nv, nu); NULL: none was needed
    LacDenoiseInfo info;
} LacDenoisePreview;

// Of one request to lac_denoise_preview_run(); freed with lac_denoise_request_free().
typedef struct {
    LacSeries *measured;
    guint projection;
    LacDenoiseParams params;
    LacMaskStrokes *strokes; // (nullable)
} LacDenoiseRequest;

LacDenoiseRequest *lac_denoise_request_new(LacSeries *measured, guint projection,
    const LacDenoiseParams *params, LacMaskStrokes *strokes);
void lac_denoise_request_free(gpointer request);
gpointer lac_denoise_preview_run(LacProgress *progress, gpointer request, GError **error);
void lac_denoise_preview_unref(gpointer preview);

gpointer lac_noise_levels_run(LacProgress *progress, gpointer series, GError **error);
