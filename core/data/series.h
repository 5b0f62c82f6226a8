// SPDX-License-Identifier: GPL-3.0-or-later
// A tilt series: projections with their angles.
#pragma once

#include "core/array.h"

// Euler angles [deg]; see core/vec.h for their sense. A single tilt axis has phi = psi = 0.
typedef struct {
    double phi, theta, psi;
} LacAngles;

// Where the rotation centre of the object lies in an image, from pixel (nu/2, nv/2) [pixel]: an
// object point r lands at (u, v) = R r + (du, dv). Pixels are never moved by it; whoever projects
// or reconstructs takes it into account.
typedef struct {
    double du, dv;
} LacShift;

#define LAC_SHIFT_MAX 1e6 // [pixel] on either side
#define LAC_GAIN_MIN  1e-6
#define LAC_GAIN_MAX  1e6

// Immutable once published; pixels have shape (n, nv, nu), index (k * nv + v) * nu + u.
// Copies with other angles, shifts, gains or exclusions share the pixels.
typedef struct {
    gatomicrefcount ref_count;
    gsize n, nv, nu;
    double pixel_size; // [Å]; 0 when unknown
    LacBuffer *buffer;
    float *data;        // buffer->data
    LacAngles *angles;  // n entries
    LacShift *shifts;   // n entries
    gboolean *excluded; // n entries: left out of a reconstruction
    double *gains;      // n entries, 1 at first: how bright it is for the object that all show.
                        // Pixels are never scaled by it; whoever reconstructs divides by it
    char *name;         // what the user calls it; never NULL
} LacSeries;

LacSeries *lac_series_new(gsize n, gsize nv, gsize nu, double pixel_size, GError **error);
LacSeries *lac_series_new_from_buffer(LacBuffer *buffer, gsize n, gsize nv, gsize nu,
    double pixel_size, GError **error);
LacSeries *lac_series_copy(const LacSeries *self);
LacSeries *lac_series_with_buffer(const LacSeries *self, LacBuffer *buffer, GError **error);
LacSeries *lac_series_ref(LacSeries *self);
void lac_series_unref(LacSeries *self);
const float *lac_series_get_projection(const LacSeries *self, gsize k);
gsize lac_series_count_included(const LacSeries *self);
gboolean lac_series_is_single_axis(const LacSeries *self);
gboolean lac_series_is_shifted(const LacSeries *self);
LacSeries *
lac_series_with_angles(const LacSeries *self, const LacAngles *angles, gsize n, GError **error);
LacSeries *
lac_series_with_shifts(const LacSeries *self, const LacShift *shifts, gsize n, GError **error);
LacSeries *lac_series_with_poses(const LacSeries *self, const LacSeries *poses);
LacSeries *
lac_series_with_refined(const LacSeries *self, const LacSeries *before, const LacSeries *after);
gboolean lac_series_has_gains(const LacSeries *self);
LacSeries *lac_series_equalise(const LacSeries *self, GError **error);
LacSeries *lac_series_with_excluded(const LacSeries *self, gsize k, gboolean excluded);
LacSeries *lac_series_drop_excluded(const LacSeries *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSeries, lac_series_unref)
