// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/animation.h"

#include "core/error.h"
#include "core/matrix.h"

#include <math.h>
#include <string.h>

/**
 * lac_animation_new:
 * @kind: what moves
 *
 * Returns: (transfer full): a film of eight seconds at 25 frames a second: a full turn about the
 *     vertical, a sweep along z, or no key frames yet
 */
LacAnimation *
lac_animation_new(LacAnimationKind kind)
{
    LacAnimation *self = g_new0(LacAnimation, 1);
    *self = (LacAnimation){ .kind = kind,
        .seconds = 8.0,
        .fps = 25.0,
        .degrees = 360.0,
        .sweep_axis = LAC_AXIS_Z,
        .keys = g_array_new(FALSE, TRUE, sizeof(LacKeyFrame)) };
    return self;
}

/**
 * lac_animation_copy:
 * @self: a film
 *
 * Returns: (transfer full): the same film
 */
LacAnimation *
lac_animation_copy(const LacAnimation *self)
{
    LacAnimation *copy = g_memdup2(self, sizeof *self);
    copy->keys = g_array_copy(self->keys);
    return copy;
}

/**
 * lac_animation_free:
 * @self: (nullable) (transfer full): a film
 */
void
lac_animation_free(LacAnimation *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->keys);
    g_free(self);
}

/**
 * lac_animation_get_seconds:
 * @self: a film
 *
 * Returns: [s] how long it lasts; of key frames, until the last one
 */
double
lac_animation_get_seconds(const LacAnimation *self)
{
    if (self->kind != LAC_ANIMATION_KEYS)
        return self->seconds;
    guint n = self->keys->len;
    return n > 0 ? g_array_index(self->keys, LacKeyFrame, n - 1).time : 0.0;
}

/**
 * lac_animation_get_n_frames:
 * @self: a film
 *
 * A film of key frames ends with the last of them.
 *
 * Returns: how many pictures it has; at least 1
 */
int
lac_animation_get_n_frames(const LacAnimation *self)
{
    double n = round(lac_animation_get_seconds(self) * self->fps);
    if (self->kind == LAC_ANIMATION_KEYS)
        n += 1.0;
    return (int) CLAMP(n, 1.0, 1e9);
}

/**
 * lac_animation_check:
 * @self: a film
 * @series: (nullable): the tilt series at hand
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error telling why it cannot be played
 */
gboolean
lac_animation_check(const LacAnimation *self, const LacSeries *series, GError **error)
{
    int n = lac_animation_get_n_frames(self);
    if (!(self->fps >= 1.0 && self->fps <= 120.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A film of %g frames a second is outside 1 to 120", self->fps);
        return FALSE;
    }
    if (n > LAC_ANIMATION_MAX_FRAMES) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A film of %g s at %g frames a second has %d pictures, more than %d",
            lac_animation_get_seconds(self), self->fps, n, LAC_ANIMATION_MAX_FRAMES);
        return FALSE;
    }
    if (self->kind == LAC_ANIMATION_KEYS && self->keys->len == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The film has no key frames");
        return FALSE;
    }
    if (self->kind == LAC_ANIMATION_TILT && (series == NULL || series->n == 0)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A film through the tilts needs their angles, and there are no projections");
        return FALSE;
    }
    return TRUE;
}

// --- each kind

// A full turn closes: its last picture is one step before the first. Part of one ends where it ends.
static double
get_turn(const LacAnimation *self, int frame)
{
    int n = lac_animation_get_n_frames(self);
    gboolean closes = fmod(self->degrees, 360.0) == 0.0;
    double share = (double) frame / MAX(closes ? n : n - 1, 1);
    return self->degrees * share;
}

static void
apply_turntable(const LacAnimation *self, int frame, LacCamera *camera)
{
    static const LacVec3 axes[] = { { 1.0, 0.0, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 1.0 } };
    double angle = get_turn(self, frame);
    if (frame == 0)
        return; // exactly the still picture
    if (self->turn_axis == LAC_TURN_VERTICAL)
        lac_camera_rotate(camera, angle, 0.0);
    else if (self->turn_axis == LAC_TURN_HORIZONTAL)
        lac_camera_rotate(camera, 0.0, angle);
    else {
        LacMat3 about = lac_rotation_from_axis_deg(axes[self->turn_axis - LAC_TURN_X], angle);
        LacMat3 before = lac_camera_get_matrix(camera), r = lac_mat3_multiply(&before, &about);
        lac_camera_set_matrix(camera, &r);
    }
}

/**
 * lac_animation_get_tilt:
 * @self: a film through the tilts
 * @series: the projections, at least one
 * @frame: of the film
 *
 * Returns: number of the projection that is shown
 */
gsize
lac_animation_get_tilt(const LacAnimation *self, const LacSeries *series, int frame)
{
    gsize n = (gsize) lac_animation_get_n_frames(self);
    return MIN((gsize) frame * series->n / n, series->n - 1);
}

// As a projection sees it: x is u, y is v, and the viewer is where the beam goes.
static void
apply_tilt(const LacAnimation *self, const LacSeries *series, int frame, LacCamera *camera)
{
    const LacAngles *a = &series->angles[lac_animation_get_tilt(self, series, frame)];
    LacMat3 r = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
    lac_camera_set_matrix(camera, &r);
    camera->perspective = FALSE;
}

// From the end of the box at the viewer to the other one.
static void
apply_sweep(const LacAnimation *self, const LacAnimationData *data, int frame, LacScene *scene)
{
    const int axis = (int) self->sweep_axis, n = lac_animation_get_n_frames(self);
    const double lo[] = { data->box.min.x, data->box.min.y, data->box.min.z };
    const double hi[] = { data->box.max.x, data->box.max.y, data->box.max.z };
    LacMat3 m = lac_camera_get_matrix(&scene->camera);
    double sign = m.m[2][axis] < 0.0 ? -1.0 : 1.0; // the side of the viewer is cut away
    double share = (double) frame / MAX(n - 1, 1);
    double at = sign > 0.0 ? hi[axis] + (lo[axis] - hi[axis]) * share
                           : lo[axis] + (hi[axis] - lo[axis]) * share;
    if (frame == 0)
        return; // nothing is cut yet
    scene->clip = (LacClipPlane){ TRUE,
        { axis == 0 ? sign : 0.0, axis == 1 ? sign : 0.0, axis == 2 ? sign : 0.0 }, sign * at };
    const LacVolume *volume = data->volume;
    if (volume == NULL)
        return;
    const double origin[] = { volume->origin.x, volume->origin.y, volume->origin.z };
    const gsize size[] = { volume->nx, volume->ny, volume->nz };
    double voxel = volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
    double middle = (double) (size[axis] / 2);
    scene->show_slices[axis] = TRUE;
    scene->crosshair[axis] =
        CLAMP((at - origin[axis]) / voxel + middle, 0.0, (double) size[axis] - 1.0);
}

/**
 * lac_animation_apply:
 * @self: a film that lac_animation_check() agrees to
 * @data: what it plays with
 * @frame: from 0 to lac_animation_get_n_frames() - 1
 * @scene: (out): what the frame shows
 *
 * The first frame of a turntable and of a sweep is the still picture.
 */
void
lac_animation_apply(const LacAnimation *self, const LacAnimationData *data, int frame,
    LacScene *scene)
{
    *scene = *data->start;
    switch (self->kind) {
    case LAC_ANIMATION_TURNTABLE: apply_turntable(self, frame, &scene->camera); break;
    case LAC_ANIMATION_TILT: apply_tilt(self, data->series, frame, &scene->camera); break;
    case LAC_ANIMATION_SWEEP: apply_sweep(self, data, frame, scene); break;
    case LAC_ANIMATION_KEYS: lac_keys_apply(self->keys, frame / self->fps, scene); break;
    case LAC_N_ANIMATIONS: break;
    }
}
