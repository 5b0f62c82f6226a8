// SPDX-License-Identifier: GPL-3.0-or-later
// The weight of frequencies on a padded detector, for the objective.
#pragma once

#include <glib.h>

// Padded detector (n_u, n_v), v fastest.
typedef struct {
    gsize n_u, n_v;
    double blob_sigma; // [pixel]
    double alpha;      // exponent of the ramp along fu
    double cap;        // of the blob's inverse, positive
    double ramp_floor; // [cycles/pixel] where the ramp levels off, 1/n
} LacWeightFilterParams;

typedef struct LacWeightFilter LacWeightFilter;

LacWeightFilter *lac_weight_filter_new(const LacWeightFilterParams *params, GError **error);
void lac_weight_filter_free(LacWeightFilter *self);
gsize lac_weight_filter_get_scratch_size(const LacWeightFilter *self);
void lac_weight_filter_apply(const LacWeightFilter *self, float *image, float *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacWeightFilter, lac_weight_filter_free)
