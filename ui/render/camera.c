// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/camera.h"

#include "core/matrix.h"

#include <math.h>
#include <string.h>

#define FIELD_OF_VIEW_DEG 25.0
#define MARGIN            1.06 // free space about what is fitted
#define MIN_HEIGHT        1e-3
#define MAX_HEIGHT        1e7

static LacVec3
add_scaled(LacVec3 a, double f, LacVec3 b)
{
    return (LacVec3){ a.x + f * b.x, a.y + f * b.y, a.z + f * b.z };
}

static void
turn_about(LacCamera *self, int axis, double angle_deg)
{
    double half = 0.5 * angle_deg * G_PI / 180.0;
    double a[4] = { cos(half), 0.0, 0.0, 0.0 }, q[4];
    const double *b = self->rotation;
    a[1 + axis] = sin(half);
    q[0] = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
    q[1] = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
    q[2] = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
    q[3] = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];
    // Many small turns must not shrink it.
    double norm = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int i = 0; i < 4; i++)
        self->rotation[i] = q[i] / norm;
}

/**
 * lac_camera_default:
 *
 * Returns: an orthographic camera at an angle from which three faces of a box are seen
 */
LacCamera
lac_camera_default(void)
{
    LacCamera self = { .rotation = { 1.0, 0.0, 0.0, 0.0 }, .height = 100.0 };
    lac_camera_set_angles(&self, 22.0, -32.0, 0.0);
    return self;
}

/**
 * lac_camera_get_distance:
 * @self: a camera
 *
 * Returns: [Å] from the eye to the target in perspective
 */
double
lac_camera_get_distance(const LacCamera *self)
{
    return 0.5 * self->height / tan(0.5 * FIELD_OF_VIEW_DEG * G_PI / 180.0);
}

/**
 * lac_camera_get_matrix:
 * @self: a camera
 *
 * Returns: the rotation from world to eye; its rows are right, up and towards the viewer
 */
LacMat3
lac_camera_get_matrix(const LacCamera *self)
{
    double w = self->rotation[0], x = self->rotation[1], y = self->rotation[2],
           z = self->rotation[3];
    return (LacMat3){ {
        { 1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y) },
        { 2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x) },
        { 2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y) },
    } };
}

/**
 * lac_camera_set_matrix:
 * @self: a camera
 * @matrix: a rotation from world to eye
 */
void
lac_camera_set_matrix(LacCamera *self, const LacMat3 *matrix)
{
    LacVec3 axis = { 0.0, 0.0, 1.0 };
    double half = 0.5 * lac_rotation_get_angle_deg(matrix, &axis) * G_PI / 180.0, s = sin(half);
    const double q[4] = { cos(half), s * axis.x, s * axis.y, s * axis.z };
    double norm = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int i = 0; i < 4; i++)
        self->rotation[i] = q[i] / norm;
}

static LacVec3
to_world(const LacCamera *self, double right, double up, double back)
{
    LacMat3 m = lac_camera_get_matrix(self);
    LacMat3 t = lac_mat3_transpose(&m);
    return lac_mat3_apply(&t, (LacVec3){ right, up, back });
}

/**
 * lac_camera_fit:
 * @self: a camera
 * @box: what to show [Å]
 * @aspect: width of the picture divided by its height
 *
 * Moves target and height so that the whole box is seen from the present direction.
 */
void
lac_camera_fit(LacCamera *self, const LacBox *box, double aspect)
{
    g_return_if_fail(aspect > 0.0);

    LacMat3 m = lac_camera_get_matrix(self);
    LacVec3 centre = { 0.5 * (box->min.x + box->max.x), 0.5 * (box->min.y + box->max.y),
        0.5 * (box->min.z + box->max.z) };
    double height = MIN_HEIGHT;
    double slope = 2.0 * tan(0.5 * FIELD_OF_VIEW_DEG * G_PI / 180.0);
    for (int i = 0; i < 8; i++) {
        LacVec3 corner = { i & 1 ? box->max.x : box->min.x, i & 2 ? box->max.y : box->min.y,
            i & 4 ? box->max.z : box->min.z };
        LacVec3 e = lac_mat3_apply(&m, add_scaled(corner, -1.0, centre));
        double needed = 2.0 * MAX(fabs(e.y), fabs(e.x) / aspect);
        // What is nearer to the eye than the target looks larger.
        if (self->perspective)
            needed += MAX(e.z, 0.0) * slope;
        height = MAX(height, needed);
    }
    self->target = centre;
    self->height = MARGIN * height;
}

/**
 * lac_camera_reset:
 * @self: a camera
 * @box: what to show [Å]
 * @aspect: width of the picture divided by its height
 *
 * Goes back to the default direction and shows the whole box; the projection stays.
 */
void
lac_camera_reset(LacCamera *self, const LacBox *box, double aspect)
{
    LacCamera start = lac_camera_default();
    memcpy(self->rotation, start.rotation, sizeof self->rotation);
    lac_camera_fit(self, box, aspect);
}

/**
 * lac_camera_set_axis:
 * @self: a camera
 * @axis: the axis that points towards the viewer
 * @from_behind: %TRUE to let it point away
 *
 * Looks along an axis. Along x and y, z is up; along z, y is up.
 */
void
lac_camera_set_axis(LacCamera *self, LacAxis axis, gboolean from_behind)
{
    static const double FRONT[3][4] = { { 0.5, -0.5, -0.5, -0.5 },
        { 0.0, 0.0, G_SQRT2 / 2.0, G_SQRT2 / 2.0 }, { 1.0, 0.0, 0.0, 0.0 } };
    g_return_if_fail((guint) axis <= LAC_AXIS_Z);

    memcpy(self->rotation, FRONT[axis], sizeof self->rotation);
    if (from_behind)
        turn_about(self, 1, 180.0);
}

/**
 * lac_camera_set_angles:
 * @self: a camera
 * @rx_deg: [deg] about the picture's horizontal axis, done first
 * @ry_deg: [deg] about its vertical axis
 * @rz_deg: [deg] in its plane, counter-clockwise
 *
 * Turns the object from the view along z (x to the right, y up).
 */
void
lac_camera_set_angles(LacCamera *self, double rx_deg, double ry_deg, double rz_deg)
{
    lac_camera_set_axis(self, LAC_AXIS_Z, FALSE);
    turn_about(self, 0, rx_deg);
    turn_about(self, 1, ry_deg);
    turn_about(self, 2, rz_deg);
}

/**
 * lac_camera_rotate:
 * @self: a camera
 * @right_deg: [deg] the front of the object goes to the right
 * @down_deg: [deg] the front of the object goes down
 *
 * Turns the object about the target as a ball under the hand.
 */
void
lac_camera_rotate(LacCamera *self, double right_deg, double down_deg)
{
    turn_about(self, 1, right_deg);
    turn_about(self, 0, down_deg);
}

/**
 * lac_camera_roll:
 * @self: a camera
 * @angle_deg: [deg] counter-clockwise
 *
 * Turns the object in the plane of the picture.
 */
void
lac_camera_roll(LacCamera *self, double angle_deg)
{
    turn_about(self, 2, angle_deg);
}

/**
 * lac_camera_pan:
 * @self: a camera
 * @dx: [pixel] to the right
 * @dy: [pixel] down
 * @height: [pixel] height of the picture
 *
 * Moves the object in the plane of the picture so that it follows the pointer.
 */
void
lac_camera_pan(LacCamera *self, double dx, double dy, double height)
{
    double size = self->height / MAX(height, 1.0);
    self->target = add_scaled(self->target, -size, to_world(self, dx, -dy, 0.0));
}

/**
 * lac_camera_zoom:
 * @self: a camera
 * @factor: above 1 enlarges
 * @x: [pixel] of the point that stays where it is, from the left
 * @y: [pixel] from the top
 * @w: [pixel] width of the picture
 * @h: [pixel] height of the picture
 *
 * Enlarges about a point of the picture.
 */
void
lac_camera_zoom(LacCamera *self, double factor, double x, double y, double w, double h)
{
    g_return_if_fail(factor > 0.0 && h > 0.0);

    double height = CLAMP(self->height / factor, MIN_HEIGHT, MAX_HEIGHT);
    double shift = (self->height - height) / h;
    self->target = add_scaled(self->target, shift, to_world(self, x - 0.5 * w, 0.5 * h - y, 0.0));
    self->height = height;
}

/**
 * lac_camera_project:
 * @self: a camera
 * @w: [pixel] width of the picture
 * @h: [pixel] height of the picture
 * @point: [Å] in the world
 * @x: (out): [pixel] from the left
 * @y: (out): [pixel] from the top
 * @depth: (out) (optional): [Å] along the view, larger is farther; 0 at the target when
 *     orthographic, at the eye in perspective
 *
 * Finds where a point lies in the picture.
 *
 * Returns: %FALSE if the point is behind the eye
 */
gboolean
lac_camera_project(const LacCamera *self, double w, double h, LacVec3 point, double *x, double *y,
    double *depth)
{
    LacMat3 m = lac_camera_get_matrix(self);
    LacVec3 e = lac_mat3_apply(&m, add_scaled(point, -1.0, self->target));
    double scale = h / self->height, far = -e.z;
    if (self->perspective) {
        double distance = lac_camera_get_distance(self);
        far += distance;
        if (far <= 1e-6 * distance)
            return FALSE;
        scale *= distance / far;
    }
    *x = 0.5 * w + scale * e.x;
    *y = 0.5 * h - scale * e.y;
    if (depth != NULL)
        *depth = far;
    return TRUE;
}

/**
 * lac_camera_unproject:
 * @self: a camera
 * @w: [pixel] width of the picture
 * @h: [pixel] height of the picture
 * @x: [pixel] from the left; the centre of the first pixel is at 0.5
 * @y: [pixel] from the top
 *
 * Returns: the ray through a point of the picture. It starts at the eye in perspective, in the
 *     plane of the target when orthographic, where what is nearer has negative distances.
 */
LacRay
lac_camera_unproject(const LacCamera *self, double w, double h, double x, double y)
{
    double size = self->height / h;
    double right = (x - 0.5 * w) * size, up = (0.5 * h - y) * size;
    if (!self->perspective)
        return (LacRay){ add_scaled(self->target, 1.0, to_world(self, right, up, 0.0)),
            to_world(self, 0.0, 0.0, -1.0) };
    double distance = lac_camera_get_distance(self);
    double length = sqrt(right * right + up * up + distance * distance);
    return (LacRay){ add_scaled(self->target, distance, to_world(self, 0.0, 0.0, 1.0)),
        to_world(self, right / length, up / length, -distance / length) };
}

/**
 * lac_ray_clip_box:
 * @ray: a ray
 * @box: a box
 * @t_in: (inout): [Å] along the ray: start of the part to look at; then of the part inside
 * @t_out: (inout): [Å] its end
 *
 * Cuts a ray to the part inside a box.
 *
 * Returns: %FALSE if nothing is left
 */
gboolean
lac_ray_clip_box(const LacRay *ray, const LacBox *box, double *t_in, double *t_out)
{
    const double o[3] = { ray->origin.x, ray->origin.y, ray->origin.z };
    const double d[3] = { ray->direction.x, ray->direction.y, ray->direction.z };
    const double low[3] = { box->min.x, box->min.y, box->min.z };
    const double high[3] = { box->max.x, box->max.y, box->max.z };
    for (int i = 0; i < 3; i++) {
        if (d[i] == 0.0) {
            if (o[i] < low[i] || o[i] > high[i])
                return FALSE;
            continue;
        }
        double a = (low[i] - o[i]) / d[i], b = (high[i] - o[i]) / d[i];
        *t_in = MAX(*t_in, MIN(a, b));
        *t_out = MIN(*t_out, MAX(a, b));
    }
    return *t_in < *t_out;
}

/**
 * lac_camera_is_equal:
 * @a: a camera
 * @b: another
 *
 * Returns: %TRUE if they see the same
 */
gboolean
lac_camera_is_equal(const LacCamera *a, const LacCamera *b)
{
    return a->target.x == b->target.x && a->target.y == b->target.y && a->target.z == b->target.z &&
        memcmp(a->rotation, b->rotation, sizeof a->rotation) == 0 && a->height == b->height &&
        !a->perspective == !b->perspective;
}
