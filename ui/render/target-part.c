// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/target-part.h"

#include <math.h>

/**
 * lac_target_find_part:
 * @target: a tile of a picture
 * @camera: it is taken with
 * @box: [Å] what is in it
 * @room: [pixel] to leave about the box
 *
 * Returns: the part of the tile in which the box can be seen; all of it if the box reaches behind the
 *   eye; without width or height if the box is beside the tile
 */
LacTargetPart
lac_target_find_part(const LacRenderTarget *target, const LacCamera *camera, const LacBox *box,
    double room)
{
    double low_x = G_MAXDOUBLE, high_x = -G_MAXDOUBLE, low_y = G_MAXDOUBLE, high_y = -G_MAXDOUBLE;
    for (int i = 0; i < 8; i++) {
        LacVec3 corner = { i & 1 ? box->max.x : box->min.x, i & 2 ? box->max.y : box->min.y,
            i & 4 ? box->max.z : box->min.z };
        double x, y;
        if (!lac_camera_project(camera, target->full_width, target->full_height, corner, &x, &y,
                NULL))
            return (LacTargetPart){ 0, target->width, 0, target->height };
        low_x = MIN(low_x, x);
        high_x = MAX(high_x, x);
        low_y = MIN(low_y, y);
        high_y = MAX(high_y, y);
    }
    double x0 = target->tile_x, y0 = target->full_height - target->tile_y - target->height;
    return (LacTargetPart){
        .left = (int) CLAMP(floor(low_x - x0 - room), 0.0, target->width),
        .right = (int) CLAMP(ceil(high_x - x0 + room), 0.0, target->width),
        .top = (int) CLAMP(floor(low_y - y0 - room), 0.0, target->height),
        .bottom = (int) CLAMP(ceil(high_y - y0 + room), 0.0, target->height),
    };
}
