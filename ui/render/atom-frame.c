// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/atom-frame.h"

#include <stddef.h>

_Static_assert(offsetof(LacAtomFrame, picture) == 64, "std140");
_Static_assert(offsetof(LacAtomFrame, clip) == 112, "std140");
_Static_assert(sizeof(LacAtomFrame) == 160, "std140");

static void
set4(float out[4], double x, double y, double z, double w)
{
    out[0] = (float) x;
    out[1] = (float) y;
    out[2] = (float) z;
    out[3] = (float) w;
}

// The eye z of the nearest and the farthest that there is.
static void
find_depths(const LacCamera *camera, const LacBox *box, double *top, double *bottom)
{
    LacMat3 m = lac_camera_get_matrix(camera);
    *top = -G_MAXDOUBLE;
    *bottom = G_MAXDOUBLE;
    for (int i = 0; i < 8; i++) {
        LacVec3 p = { (i & 1 ? box->max.x : box->min.x) - camera->target.x,
            (i & 2 ? box->max.y : box->min.y) - camera->target.y,
            (i & 4 ? box->max.z : box->min.z) - camera->target.z };
        double z = lac_mat3_apply(&m, p).z;
        *top = MAX(*top, z);
        *bottom = MIN(*bottom, z);
    }
    if (camera->perspective)
        *top = MIN(*top, lac_camera_get_distance(camera));
    *bottom = MIN(*bottom, *top - 1e-3);
}

/**
 * lac_atom_frame_fill:
 * @self: (out caller-allocates): the uniform block
 * @scene: what is drawn
 * @target: the tile that the picture is for
 * @width: [sample] of the picture; it spans the tile
 * @height: [sample]
 * @box: [Å] what the depth has to reach over
 *
 * Fills the uniform block of atoms, bonds, faces and meshes.
 *
 * Returns: what the depth of the picture means
 */
LacDepthRange
lac_atom_frame_fill(LacAtomFrame *self, const LacScene *scene, const LacRenderTarget *target,
    int width, int height, const LacBox *box)
{
    const LacCamera *camera = &scene->camera;
    LacMat3 m = lac_camera_get_matrix(camera);
    LacVec3 t = lac_mat3_apply(&m, camera->target);
    double distance = camera->perspective ? lac_camera_get_distance(camera) : 0.0;
    double per_x = (double) width / target->width, per_y = (double) height / target->height;
    *self = (LacAtomFrame){ 0 };
    for (int i = 0; i < 3; i++)
        set4(self->view[i], m.m[0][i], m.m[1][i], m.m[2][i], 0.0);
    set4(self->view[3], -t.x, -t.y, -t.z, 1.0);
    set4(self->picture, 0.5 * target->full_width * per_x, 0.5 * target->full_height * per_y,
        camera->height / (target->full_height * per_y), distance);
    set4(self->tile, target->tile_x * per_x, target->tile_y * per_y, 2.0 / width, 2.0 / height);
    double top, bottom;
    find_depths(camera, box, &top, &bottom);
    double scale = 1.0 / (top - bottom);
    set4(self->depth, top, scale, scene->atoms.occlusion ? 1.0 : 0.0, 0.0);
    set4(self->cue, top, scale, 0.0, 0.0);
    set4(self->clip, 0.0, 0.0, 0.0, 1.0);
    if (scene->clip.enabled) {
        LacVec3 n = lac_mat3_apply(&m, scene->clip.normal), c = scene->clip.normal,
                o = camera->target;
        set4(self->clip, n.x, n.y, n.z, scene->clip.offset - c.x * o.x - c.y * o.y - c.z * o.z);
    }
    const float *b = scene->background;
    set4(self->background, (double) b[0], (double) b[1], (double) b[2], scene->atoms.depth_cue);
    return (LacDepthRange){ top, top - bottom };
}

/**
 * lac_box_union:
 * @a: a box
 * @b: a box
 *
 * Returns: the smallest box around both; an empty one (min > max) adds nothing
 */
LacBox
lac_box_union(const LacBox *a, const LacBox *b)
{
    return (LacBox){
        { MIN(a->min.x, b->min.x), MIN(a->min.y, b->min.y), MIN(a->min.z, b->min.z) },
        { MAX(a->max.x, b->max.x), MAX(a->max.y, b->max.y), MAX(a->max.z, b->max.z) },
    };
}
