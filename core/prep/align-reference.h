// SPDX-License-Identifier: GPL-3.0-or-later
// A reconstruction that is carried on while shifts and angles change, and its projections.
#pragma once

#include "core/prep/align-private.h"

// Images are (n, nv, nu) and hold the object at the rotation centre: measured ones are moved back by
// their shifts before they are given.
typedef struct LacAlignReference LacAlignReference;

LacAlignReference *lac_align_reference_new(const LacSeries *geometry, GError **error);
void lac_align_reference_free(LacAlignReference *self);
void lac_align_reference_restart(LacAlignReference *self);
gboolean
lac_align_reference_set_angles(LacAlignReference *self, const LacAngles *angles, GError **error);
gboolean lac_align_reference_calculate(LacAlignReference *self, const float *measured,
    const gboolean *excluded, guint n_iterations, float *calculated, float *heights,
    LacProgress *progress, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAlignReference, lac_align_reference_free)
