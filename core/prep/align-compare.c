// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/prep/align-private.h"

#include <math.h>

// The turn of the object that explains most of the differences in orientation.
static LacMat3
common_turn(const LacSeries *series, const LacSeries *reference)
{
    LacMat3 sum = { 0 };
    for (gsize k = 0; k < series->n; k++) {
        if (series->excluded[k])
            continue;
        LacMat3 r = lac_align_rotation(&series->angles[k]);
        LacMat3 known = lac_align_rotation(&reference->angles[k]);
        LacMat3 r_t = lac_mat3_transpose(&r), turn = lac_mat3_multiply(&r_t, &known);
        for (int i = 0; i < 9; i++)
            sum.m[i / 3][i % 3] += turn.m[i / 3][i % 3];
    }
    return lac_mat3_nearest_rotation(&sum);
}

static double
size_of(LacVec3 v)
{
    return sqrt(v.x * v.x + v.y * v.y + v.z * v.z);
}

static void
add_up(LacAlignDifference *self, const LacSeries *series)
{
    double across = 0.0, along = 0.0;
    LacVec3 turns = { 0.0, 0.0, 0.0 };
    for (gsize k = 0; k < series->n; k++) {
        if (series->excluded[k])
            continue;
        LacShift axis = lac_align_axis_in_image(&series->angles[k]), s = self->shifts[k];
        double b = axis.du * s.du + axis.dv * s.dv, a = axis.dv * s.du - axis.du * s.dv;
        LacVec3 w = self->rotations[k];
        across += a * a;
        along += b * b;
        turns.x += w.x * w.x;
        turns.y += w.y * w.y;
        turns.z += w.z * w.z;
        self->max_shift = MAX(self->max_shift, MAX(fabs(a), fabs(b)));
        self->max_angle = MAX(self->max_angle, MAX(fabs(w.x), MAX(fabs(w.y), fabs(w.z))));
        self->n++;
    }
    double n = (double) MAX(self->n, 1);
    self->rms_across = sqrt(across / n);
    self->rms_along = sqrt(along / n);
    self->rms_psi = sqrt(turns.x / n);
    self->rms_theta = sqrt(turns.y / n);
    self->rms_phi = sqrt(turns.z / n);
}

/**
 * lac_align_compare:
 * @series: projections as they were aligned; the excluded ones do not count
 * @reference: the same projections as they should be aligned
 * @error: return location for a #GError
 *
 * Takes out the turn and the translation of the object that explain most of the difference: no
 * projection can tell them. What is left of a shift is split across and along the tilt axis, what is
 * left of a rotation is told about the axes of its projection: phi about the beam, theta about the
 * tilt axis and psi about the third.
 *
 * Returns: (transfer full): the difference, or %NULL with @error set when the counts differ
 */
LacAlignDifference *
lac_align_compare(const LacSeries *series, const LacSeries *reference, GError **error)
{
    if (series->n != reference->n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "An alignment of %" G_GSIZE_FORMAT " projections cannot be compared with one of "
            "%" G_GSIZE_FORMAT,
            series->n, reference->n);
        return NULL;
    }
    gsize n = series->n;
    LacAlignDifference *self = g_new0(LacAlignDifference, 1);
    self->shifts = g_new0(LacShift, n);
    self->rotations = g_new0(LacVec3, n);
    LacMat3 back = common_turn(series, reference);
    LacVec3 turn = lac_rotation_to_vector_deg(&back);
    self->rotation = size_of(turn);
    g_autofree LacAngles *angles = g_new(LacAngles, n);
    g_autofree gboolean *counts = g_new(gboolean, n);
    for (gsize k = 0; k < n; k++) {
        LacMat3 r = lac_align_rotation(&series->angles[k]), turned = lac_mat3_multiply(&r, &back);
        LacMat3 known = lac_align_rotation(&reference->angles[k]);
        LacMat3 known_t = lac_mat3_transpose(&known), left = lac_mat3_multiply(&turned, &known_t);
        self->rotations[k] = lac_rotation_to_vector_deg(&left);
        angles[k] = lac_align_angles(&turned, reference->angles[k]);
        counts[k] = !series->excluded[k];
        self->shifts[k] = (LacShift){ series->shifts[k].du - reference->shifts[k].du,
            series->shifts[k].dv - reference->shifts[k].dv };
    }
    self->translation = lac_align_fit_translation(angles, self->shifts, counts, n);
    for (gsize k = 0; k < n; k++) {
        LacMat3 r = lac_align_rotation(&angles[k]);
        LacVec3 t = lac_mat3_apply(&r, self->translation);
        self->shifts[k].du -= t.x;
        self->shifts[k].dv -= t.y;
    }
    add_up(self, series);
    return self;
}

/**
 * lac_align_difference_free:
 * @self: (nullable) (transfer full): a difference
 */
void
lac_align_difference_free(LacAlignDifference *self)
{
    if (self == NULL)
        return;
    g_free(self->shifts);
    g_free(self->rotations);
    g_free(self);
}
