// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the spline splat of a single tilt axis exact and adds the blob; crops and pads on the way.
#pragma once

#include "core/data/series.h"

// Splats lie in tiles along the tilt axis of up to LAC_TILE_WIDTH rows, each (n, n_u, width).
typedef struct {
    gsize n;                // projections
    gsize n_u;              // columns of a splat
    gsize window, nu;       // those that the detector sees: window ... window + nu - 1
    gsize ny;               // rows of the volume
    gsize n_rows;           // of the splats: ny rounded up to LAC_LANES
    gsize nv;               // rows of the detector; row nv / 2 is row ny / 2 of the volume
    const LacShift *shifts; // (nullable) n: dv is applied here, du by the splat
    double blob_sigma;      // [pixel]
} LacAxisFilterParams;

typedef struct LacAxisFilter LacAxisFilter;

LacAxisFilter *lac_axis_filter_new(const LacAxisFilterParams *params, GError **error);
void lac_axis_filter_free(LacAxisFilter *self);
gsize lac_axis_filter_get_scratch_size(const LacAxisFilter *self);
void lac_axis_filter_crop(const LacAxisFilter *self, gsize k, float *splats, float *projection,
    float *scratch);
void lac_axis_filter_pad(const LacAxisFilter *self, gsize k, const float *projection, float *splats,
    float *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAxisFilter, lac_axis_filter_free)
