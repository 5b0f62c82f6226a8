// SPDX-License-Identifier: GPL-3.0-or-later
// Projections as measured become projections of the particle alone, with less noise.
#pragma once

#include "core/data/mask-strokes.h"
#include "core/data/series.h"
#include "core/prep/background.h"
#include "core/prep/noise.h"
#include "core/prep/span.h"

typedef enum {
    LAC_DENOISE_NONE,
    LAC_DENOISE_BM3D,
    LAC_DENOISE_NLM,
    LAC_DENOISE_GAUSSIAN,
    LAC_N_DENOISE_METHODS
} LacDenoiseMethod;

// What is taken for the background behind the particle, and subtracted.
typedef enum {
    LAC_BEHIND_NONE,
    LAC_BEHIND_CONSTANT, // the mean outside the mask
    LAC_BEHIND_LAPLACE,  // continued into the mask; the projection becomes 0 outside
    LAC_N_BEHIND
} LacBehind;

// Steps in the order in which they are done.
typedef struct {
    LacDenoiseMethod method;
    gboolean estimate; // the noise, of each projection by itself
    LacNoise noise;    // otherwise this
    double strength;   // of BM3D and non-local means: the noise is taken for so many times stronger
    double width;      // [pixel] of the Gaussian
    LacBehind background;
    LacMaskParams mask; // for the background and the normalisation
    gboolean normalise; // to a common sum of the intensity inside the mask
} LacDenoiseParams;

// Where the particle is in one projection.
typedef struct {
    guint8 *pixels;                // (nv, nu): 1 inside
    gboolean is_given;             // pixels are taken as they are; otherwise they are filled
    const LacMaskStrokes *strokes; // (nullable) that correct what was found
    guint projection;              // of the strokes
} LacDenoiseMask;

// What was found and done in one projection.
typedef struct {
    LacNoise noise;
    double sigma;      // [intensity] noise at the mean intensity
    double removed;    // [intensity] rms of what the filter took away
    double background; // [intensity] mean of what was subtracted inside the mask
    double threshold;  // [intensity] of the mask; NaN: none was needed, or it was given
    double total;      // [intensity] sum inside the mask, or of all without one, before the factor
    double factor;     // of the normalisation
    gsize n_mask;      // pixels inside the mask
    gsize n_bad;       // pixels that were not finite, and were filled from those around
} LacDenoiseInfo;

typedef struct {
    LacSeries *series;    // owned reference; normalised ones have gains of 1
    LacDenoiseInfo *info; // of each projection
    gboolean is_normalised;
} LacDenoised;

void lac_denoise_params_init(LacDenoiseParams *params);
gboolean lac_denoise_params_check(const LacDenoiseParams *params, GError **error);
const char *lac_denoise_method_get_id(LacDenoiseMethod method);
gboolean lac_denoise_method_from_id(const char *id, LacDenoiseMethod *method, GError **error);
const char *lac_behind_get_id(LacBehind background);
gboolean lac_behind_from_id(const char *id, LacBehind *background, GError **error);
char *lac_denoise_params_dup_text(const LacDenoiseParams *params);
gboolean lac_denoise_projection(const float *in, gsize nv, gsize nu, const LacDenoiseParams *params,
    const LacDenoiseMask *mask, float *out, LacDenoiseInfo *info, LacPrepSpan span, GError **error);
LacDenoised *lac_denoise_series(const LacSeries *series, const LacDenoiseParams *params,
    const LacSeries *masks, const LacMaskStrokes *strokes, LacProgress *progress, GError **error);
LacSeries *lac_denoised_dup_measured(const LacDenoised *self, const LacSeries *measured);
void lac_denoised_free(LacDenoised *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacDenoised, lac_denoised_free)
