// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/plane.h"

#include <math.h>

#define LEAST_WIDTH 1e-6 // [Å] places that spread less are on a line

static double
to_degrees(double radians)
{
    return radians * 180.0 / G_PI;
}

static void
add_product(LacMat3 *sum, LacVec3 d)
{
    const double v[3] = { d.x, d.y, d.z };
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            sum->m[r][c] += v[r] * v[c];
}

// One of the two normals, always the same one.
static LacVec3
choose_sign(LacVec3 v)
{
    double largest = fabs(v.x) >= fabs(v.y) ? v.x : v.y;
    largest = fabs(v.z) > fabs(largest) ? v.z : largest;
    return largest < 0.0 ? (LacVec3){ -v.x, -v.y, -v.z } : v;
}

/**
 * lac_plane_fit:
 * @places: (array length=n): [Å] places
 * @n: their number
 * @fit: (out caller-allocates): the plane
 *
 * Finds the plane of least squared distances: through the mean, normal to the direction of least
 * spread. The error of the normal is that of its two tilts, sigma² / (n l) each, with sigma² =
 * n rms² / (n - 3) and l the variance along the other tilt's axis.
 *
 * Returns: %FALSE for fewer than three places, or when they lie on a line
 */
gboolean
lac_plane_fit(const LacVec3 *places, gsize n, LacPlaneFit *fit)
{
    LacVec3 sum = { 0, 0, 0 };
    LacMat3 spread = { { { 0 } } }, axes;
    double values[3], count = (double) n;
    *fit = (LacPlaneFit){ .n = n, .error_deg = (double) NAN };
    if (n < 3)
        return FALSE;
    for (gsize i = 0; i < n; i++)
        sum = lac_vec3_add_scaled(sum, 1.0 / count, places[i]);
    for (gsize i = 0; i < n; i++)
        add_product(&spread, lac_vec3_subtract(places[i], sum));
    spread = lac_mat3_scale(&spread, 1.0 / count);
    lac_mat3_eigen(&spread, values, &axes);
    if (!(values[1] > LEAST_WIDTH * LEAST_WIDTH))
        return FALSE;
    fit->centre = sum;
    fit->normal = choose_sign((LacVec3){ axes.m[0][2], axes.m[1][2], axes.m[2][2] });
    fit->rms = sqrt(fmax(values[2], 0.0));
    if (n > 3) {
        double variance = fmax(values[2], 0.0) * count / (count - 3.0);
        fit->error_deg =
            to_degrees(sqrt(variance / (count * values[0]) + variance / (count * values[1])));
    }
    return TRUE;
}

/**
 * lac_plane_angle:
 * @a: a plane
 * @b: another
 *
 * Returns: [deg] the angle between both, 0 to 90, with the errors of both normals
 */
LacMeasure
lac_plane_angle(const LacPlaneFit *a, const LacPlaneFit *b)
{
    double angle = to_degrees(atan2(lac_vec3_norm(lac_vec3_cross(a->normal, b->normal)),
        fabs(lac_vec3_dot(a->normal, b->normal))));
    return (LacMeasure){ angle, hypot(a->error_deg, b->error_deg) };
}
