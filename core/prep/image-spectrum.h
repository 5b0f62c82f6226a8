// SPDX-License-Identifier: GPL-3.0-or-later
// Images of one shape and their spectra: moved by fractions of a pixel, compared, put side by side.
#pragma once

#include "core/data/series.h"

// How an image goes on beyond its edge before it is transformed.
typedef enum {
    LAC_EDGE_ZERO,
    LAC_EDGE_NEAREST,
} LacImageEdge;

// Scratch memory per worker of lac_parallel_for(), so that one serves a parallel loop.
typedef struct LacImageSpectrum LacImageSpectrum;

LacImageSpectrum *lac_image_spectrum_new(gsize nv, gsize nu, gsize margin, GError **error);
void lac_image_spectrum_free(LacImageSpectrum *self);
void lac_image_spectrum_move(LacImageSpectrum *self, guint worker, const float *in,
    LacImageEdge edge, LacShift shift, double blur, float *out);
LacShift lac_image_spectrum_register(LacImageSpectrum *self, guint worker, const float *image,
    const float *reference, double max_shift, double *correlation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacImageSpectrum, lac_image_spectrum_free)
