// SPDX-License-Identifier: GPL-3.0-or-later
// What the methods of alignment share.
#pragma once

#include "core/matrix.h"
#include "core/prep/align.h"
#include "core/prep/span.h"

// Working images: background taken off, nothing that is not finite, binned.
typedef struct {
    LacSeries *series; // its shifts and angles are those at the start
    gsize factor;
    double offset_u, offset_v; // shift when binned = shift / factor + offset
    gboolean *blank;           // n: nothing in it to be aligned by
} LacAlignImages;

gboolean
lac_align_images_init(LacAlignImages *self, const LacSeries *series, gsize factor, GError **error);
void lac_align_images_clear(LacAlignImages *self);
LacShift lac_align_images_to_binned(const LacAlignImages *self, LacShift shift);

float lac_align_background(const float *image, const guint8 *outside, gsize nv, gsize nu);

// Where the tilt axis runs in projection k: the unit vector (u, v) along it.
LacShift lac_align_axis_in_image(const LacAngles *angles);
LacMat3 lac_align_rotation(const LacAngles *angles);
LacAngles lac_align_angles(const LacMat3 *rotation, LacAngles near);

// Least squares translation T of the object that explains shifts: (du, dv) = rows 0 and 1 of R T.
LacVec3 lac_align_fit_translation(const LacAngles *angles, const LacShift *shifts,
    const gboolean *counts, gsize n);

gboolean
lac_align_lines_misfit(const LacSeries *series, double reach, double *misfit, GError **error);

// The methods. They change shifts and angles of @out, a copy of the series.
gboolean lac_align_neighbours(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error);
gboolean lac_align_common_line(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error);
gboolean lac_align_centre_of_mass(LacSeries *out, const LacAlignParams *params,
    LacAlignment *result, LacPrepSpan span, GError **error);
gboolean lac_align_axis(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error);
gboolean lac_align_reprojection(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error);
gboolean lac_align_refine_angles(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacAlignImages, lac_align_images_clear)
