// SPDX-License-Identifier: GPL-3.0-or-later
// The camera: pure arithmetic between world [Å], picture [pixels from the top left] and rays.
#pragma once

#include "core/vec.h"

// Eye space has x to the right, y up and z towards the viewer. World lengths are Å, or voxels where
// the voxel size is unknown.
typedef struct {
    LacVec3 target;       // [Å] the point in the middle of the picture, about which the view turns
    double rotation[4];   // unit quaternion (w, x, y, z) from world to eye
    double height;        // [Å] height of the picture at the target
    gboolean perspective; // else orthographic
} LacCamera;

// A box with edges along the axes [Å].
typedef struct {
    LacVec3 min, max;
} LacBox;

typedef struct {
    LacVec3 origin;    // [Å]
    LacVec3 direction; // unit length, away from the viewer
} LacRay;

typedef enum {
    LAC_AXIS_X,
    LAC_AXIS_Y,
    LAC_AXIS_Z,
} LacAxis;

LacCamera lac_camera_default(void);
void lac_camera_fit(LacCamera *self, const LacBox *box, double aspect);
void lac_camera_reset(LacCamera *self, const LacBox *box, double aspect);
void lac_camera_set_axis(LacCamera *self, LacAxis axis, gboolean from_behind);
void lac_camera_set_angles(LacCamera *self, double rx_deg, double ry_deg, double rz_deg);
void lac_camera_rotate(LacCamera *self, double right_deg, double down_deg);
void lac_camera_roll(LacCamera *self, double angle_deg);
void lac_camera_pan(LacCamera *self, double dx, double dy, double height);
void lac_camera_zoom(LacCamera *self, double factor, double x, double y, double w, double h);
double lac_camera_get_distance(const LacCamera *self);
LacMat3 lac_camera_get_matrix(const LacCamera *self);
void lac_camera_set_matrix(LacCamera *self, const LacMat3 *matrix);
gboolean lac_camera_project(const LacCamera *self, double w, double h, LacVec3 point, double *x,
    double *y, double *depth);
LacRay lac_camera_unproject(const LacCamera *self, double w, double h, double x, double y);
gboolean lac_ray_clip_box(const LacRay *ray, const LacBox *box, double *t_in, double *t_out);
gboolean lac_camera_is_equal(const LacCamera *a, const LacCamera *b);
