// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/body.h"

#include <math.h>

#define SLACK        1e-9  // [Å] within which a point is on a surface
#define N_DIRECTIONS 40000 // of the sums over the sphere
#define GOLDEN_ANGLE 2.39996322972865332

static double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static LacVec3
add_scaled(LacVec3 a, double s, LacVec3 b)
{
    return (LacVec3){ a.x + s * b.x, a.y + s * b.y, a.z + s * b.z };
}

static LacVec3
cross(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

/**
 * lac_body_is_valid:
 * @self: a body, perhaps of a damaged file
 *
 * Returns: whether its numbers are finite, its normals have length 1 and its centre is inside
 */
gboolean
lac_body_is_valid(const LacBody *self)
{
    if (!isfinite(dot(self->centre, self->centre)) ||
        !(self->radius > 0.0 && isfinite(self->radius)) || self->n_planes > LAC_BODY_MAX_PLANES)
        return FALSE;
    for (guint i = 0; i < self->n_planes; i++)
        if (!(fabs(dot(self->normals[i], self->normals[i]) - 1.0) < 1e-6) ||
            !(self->heights[i] > 0.0 && isfinite(self->heights[i])))
            return FALSE;
    return TRUE;
}

/**
 * lac_body_add_plane:
 * @self: a body with fewer than LAC_BODY_MAX_PLANES planes
 * @normal: outwards, of any length but 0
 * @height: [Å] distance of the plane from the centre, above 0
 */
void
lac_body_add_plane(LacBody *self, LacVec3 normal, double height)
{
    g_return_if_fail(self->n_planes < LAC_BODY_MAX_PLANES && height > 0.0);

    self->normals[self->n_planes] =
        add_scaled((LacVec3){ 0 }, 1.0 / sqrt(dot(normal, normal)), normal);
    self->heights[self->n_planes++] = height;
}

// Is @r, relative to the centre, inside or on the surface?
static gboolean
holds(const LacBody *self, LacVec3 r)
{
    if (dot(r, r) > (self->radius + SLACK) * (self->radius + SLACK))
        return FALSE;
    for (guint i = 0; i < self->n_planes; i++)
        if (dot(r, self->normals[i]) > self->heights[i] + SLACK)
            return FALSE;
    return TRUE;
}

/**
 * lac_body_contains:
 * @self: a body
 * @position: [Å]
 *
 * Returns: whether the position is inside or on the surface
 */
gboolean
lac_body_contains(const LacBody *self, LacVec3 position)
{
    return holds(self, add_scaled(position, -1.0, self->centre));
}

// The distance from @r to @p if the body holds @p, else @best.
static double
nearer(const LacBody *self, LacVec3 r, LacVec3 p, double best)
{
    LacVec3 d = add_scaled(r, -1.0, p);
    double square = dot(d, d);
    return square < best * best && holds(self, p) ? sqrt(square) : best;
}

// The nearest point to @r of the circle in which plane @i cuts the ball.
static double
try_circle(const LacBody *self, LacVec3 r, guint i, double best)
{
    LacVec3 n = self->normals[i];
    double h = self->heights[i], square = self->radius * self->radius - h * h;
    LacVec3 across = add_scaled(r, -dot(r, n), n);
    double length = sqrt(dot(across, across));
    if (square < 0.0 || length < SLACK)
        return best;
    LacVec3 p = add_scaled((LacVec3){ h * n.x, h * n.y, h * n.z }, sqrt(square) / length, across);
    return nearer(self, r, p, best);
}

// The edge of planes @i and @j: its nearest point, where it leaves the ball, and its corners.
static double
try_edge(const LacBody *self, LacVec3 r, guint i, guint j, double best)
{
    LacVec3 a = self->normals[i], b = self->normals[j], along = cross(a, b);
    double c = dot(a, b), det = 1.0 - c * c;
    if (det < 1e-12)
        return best;
    along = add_scaled((LacVec3){ 0 }, 1.0 / sqrt(det), along);
    double s = (self->heights[i] - c * self->heights[j]) / det;
    double t = (self->heights[j] - c * self->heights[i]) / det;
    LacVec3 base = add_scaled(add_scaled((LacVec3){ 0 }, s, a), t, b);
    best = nearer(self, r, add_scaled(base, dot(r, along), along), best);
    double square = self->radius * self->radius - dot(base, base);
    if (square < 0.0)
        return best;
    best = nearer(self, r, add_scaled(base, sqrt(square), along), best);
    best = nearer(self, r, add_scaled(base, -sqrt(square), along), best);
    for (guint k = j + 1; k < self->n_planes; k++) {
        double slope = dot(self->normals[k], along);
        if (fabs(slope) < 1e-12)
            continue;
        double at = (self->heights[k] - dot(self->normals[k], base)) / slope;
        best = nearer(self, r, add_scaled(base, at, along), best);
    }
    return best;
}

/**
 * lac_body_get_distance:
 * @self: a body
 * @position: [Å]
 *
 * Computes the exact distance to the surface. Inside it is that to the nearest plane or the ball;
 * outside the nearest point lies on the ball, on a plane, on an edge or on a corner, and is the
 * nearest of those candidates that the body holds.
 *
 * Returns: [Å], negative inside
 */
double
lac_body_get_distance(const LacBody *self, LacVec3 position)
{
    LacVec3 r = add_scaled(position, -1.0, self->centre);
    double length = sqrt(dot(r, r)), inside = length - self->radius;
    for (guint i = 0; i < self->n_planes; i++)
        inside = MAX(inside, dot(r, self->normals[i]) - self->heights[i]);
    if (inside <= 0.0)
        return inside;
    double best = HUGE_VAL;
    if (length > 0.0)
        best = nearer(self, r, add_scaled((LacVec3){ 0 }, self->radius / length, r), best);
    for (guint i = 0; i < self->n_planes; i++) {
        double above = dot(r, self->normals[i]) - self->heights[i];
        best = nearer(self, r, add_scaled(r, -above, self->normals[i]), best);
        best = try_circle(self, r, i, best);
        for (guint j = i + 1; j < self->n_planes; j++)
            best = try_edge(self, r, i, j, best);
    }
    return best;
}

/**
 * lac_body_get_volume:
 * @self: a body
 * @area: (out) (optional): [Å^2] of its surface
 *
 * Sums rho^3 / 3, and rho^2 over the cosine between direction and normal, over directions that are
 * spread evenly over the sphere, rho being the distance from the centre to the surface.
 *
 * Returns: [Å^3], to about one part in 10^4
 */
double
lac_body_get_volume(const LacBody *self, double *area)
{
    double volume = 0.0, surface = 0.0;
    for (int k = 0; k < N_DIRECTIONS; k++) {
        double z = 1.0 - (2.0 * k + 1.0) / N_DIRECTIONS, across = sqrt(1.0 - z * z);
        LacVec3 u = { across * cos(GOLDEN_ANGLE * k), across * sin(GOLDEN_ANGLE * k), z };
        double rho = self->radius, cosine = 1.0;
        for (guint i = 0; i < self->n_planes; i++) {
            double c = dot(u, self->normals[i]);
            if (c * rho > self->heights[i]) {
                rho = self->heights[i] / c;
                cosine = c;
            }
        }
        volume += rho * rho * rho / 3.0;
        surface += rho * rho / cosine;
    }
    if (area != NULL)
        *area = surface * 4.0 * G_PI / N_DIRECTIONS;
    return volume * 4.0 * G_PI / N_DIRECTIONS;
}
