// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/zone-axis.h"

#include "core/vec.h"

#include <math.h>
#include <stdlib.h>

#define MOST     4    // of an index
#define PER_SIZE 0.75 // [deg] that a direction may be farther off for an index vector shorter by 1

/**
 * lac_zone_axis_find:
 * @cell: [Å] the vectors a, b and c of the cell, in any axes
 * @direction: unit vector in the same axes
 * @uvw: (out caller-allocates) (array fixed-size=3): indices of up to 4 without a common divisor
 *
 * Finds the simple lattice direction u a + v b + w c that is meant by a direction: simple ones are
 * preferred to slightly nearer ones.
 *
 * Returns: [deg] the angle between both
 */
double
lac_zone_axis_find(const LacVec3 cell[3], LacVec3 direction, int uvw[3])
{
    double best = HUGE_VAL, deviation = 180.0;
    uvw[0] = uvw[1] = uvw[2] = 0;
    for (int u = -MOST; u <= MOST; u++)
        for (int v = -MOST; v <= MOST; v++)
            for (int w = -MOST; w <= MOST; w++) {
                LacVec3 r = { u * cell[0].x + v * cell[1].x + w * cell[2].x,
                    u * cell[0].y + v * cell[1].y + w * cell[2].y,
                    u * cell[0].z + v * cell[1].z + w * cell[2].z };
                double length = lac_vec3_norm(r);
                if (!(length > 0.0))
                    continue;
                double c = lac_vec3_dot(r, direction) / length;
                double angle = acos(CLAMP(c, -1.0, 1.0)) * 180.0 / G_PI;
                double size = sqrt((double) (u * u + v * v + w * w));
                if (angle + PER_SIZE * size >= best)
                    continue;
                best = angle + PER_SIZE * size;
                deviation = angle;
                uvw[0] = u;
                uvw[1] = v;
                uvw[2] = w;
            }
    return deviation;
}

/**
 * lac_zone_axis_dup_name:
 * @uvw: (array fixed-size=3): indices
 *
 * Returns: (transfer full): such as "[110]", negative ones with a bar over them
 */
char *
lac_zone_axis_dup_name(const int uvw[3])
{
    GString *name = g_string_new("[");
    for (int i = 0; i < 3; i++)
        g_string_append_printf(name, "%d%s", abs(uvw[i]), uvw[i] < 0 ? "\xcc\x84" : "");
    g_string_append_c(name, ']');
    return g_string_free(name, FALSE);
}
