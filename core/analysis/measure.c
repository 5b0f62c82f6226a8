// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/measure.h"

#include "core/analysis/sample.h"
#include "core/error.h"

#include <math.h>

#define NUDGE     1e-4 // [Å] of a difference quotient
#define MOST      6    // places of a measurement
#define MAX_INDEX 4    // of a direction
#define SIMPLE    1.5  // [deg] that a direction is off per unit of its indices, when it is chosen
#define MAX_STEPS 100000
#define N_RINGS   4 // of the disc across a line
#define N_AROUND  8

// A quantity of some places, [deg] or [Å].
typedef double (*Quantity)(const LacVec3 *places, LacVec3 view);

// The value, and the error that independent errors of all coordinates give it.
static LacMeasure
propagate(Quantity quantity, const LacVec3 *places, guint n, LacVec3 view, double precision)
{
    LacVec3 moved[MOST];
    LacMeasure measure = { quantity(places, view), 0.0 };
    double sum = 0.0;
    for (guint i = 0; i < n; i++)
        moved[i] = places[i];
    for (guint i = 0; i < n; i++)
        for (int d = 0; d < 3; d++) {
            double *at = d == 0 ? &moved[i].x : d == 1 ? &moved[i].y : &moved[i].z;
            double kept = *at;
            *at = kept + NUDGE;
            double up = quantity(moved, view);
            *at = kept - NUDGE;
            double change = up - quantity(moved, view);
            *at = kept;
            if (fabs(change) > 180.0) // round the circle
                change -= copysign(360.0, change);
            sum += pow(change / (2.0 * NUDGE), 2.0);
        }
    measure.error = precision * sqrt(sum);
    return measure;
}

static double
to_degrees(double radians)
{
    return radians * 180.0 / G_PI;
}

static double
angle_between(LacVec3 a, LacVec3 b)
{
    if (!(lac_vec3_norm(a) > 0.0) || !(lac_vec3_norm(b) > 0.0))
        return (double) NAN;
    return to_degrees(atan2(lac_vec3_norm(lac_vec3_cross(a, b)), lac_vec3_dot(a, b)));
}

static double
distance(const LacVec3 *p, LacVec3 view)
{
    (void) view;
    return lac_vec3_norm(lac_vec3_subtract(p[1], p[0]));
}

static double
angle(const LacVec3 *p, LacVec3 view)
{
    (void) view;
    return angle_between(lac_vec3_subtract(p[0], p[1]), lac_vec3_subtract(p[2], p[1]));
}

static double
dihedral(const LacVec3 *p, LacVec3 view)
{
    (void) view;
    LacVec3 u = lac_vec3_subtract(p[1], p[0]), v = lac_vec3_subtract(p[2], p[1]);
    LacVec3 w = lac_vec3_subtract(p[3], p[2]);
    LacVec3 m = lac_vec3_cross(u, v), n = lac_vec3_cross(v, w);
    double length = lac_vec3_norm(v);
    if (!(lac_vec3_norm(m) > 0.0) || !(lac_vec3_norm(n) > 0.0))
        return (double) NAN;
    return to_degrees(atan2(lac_vec3_dot(lac_vec3_cross(m, n), v) / length, lac_vec3_dot(m, n)));
}

static double
planes(const LacVec3 *p, LacVec3 view)
{
    (void) view;
    LacVec3 m = lac_vec3_cross(lac_vec3_subtract(p[1], p[0]), lac_vec3_subtract(p[2], p[0]));
    LacVec3 n = lac_vec3_cross(lac_vec3_subtract(p[4], p[3]), lac_vec3_subtract(p[5], p[3]));
    double full = angle_between(m, n);
    return fmin(full, 180.0 - full);
}

static double
lines(const LacVec3 *p, LacVec3 view)
{
    LacVec3 u = lac_vec3_subtract(p[1], p[0]), v = lac_vec3_subtract(p[3], p[2]);
    double size = lac_vec3_dot(view, view);
    if (size > 0.0) {
        u = lac_vec3_add_scaled(u, -lac_vec3_dot(u, view) / size, view);
        v = lac_vec3_add_scaled(v, -lac_vec3_dot(v, view) / size, view);
    }
    double full = angle_between(u, v);
    return fmin(full, 180.0 - full);
}

static const LacVec3 NO_VIEW = { 0.0, 0.0, 0.0 };

/**
 * lac_measure_distance:
 * @a: [Å] a place
 * @b: [Å] another
 * @precision: [Å] standard deviation of each coordinate
 *
 * Returns: [Å] the distance, with its error by linear propagation
 */
LacMeasure
lac_measure_distance(LacVec3 a, LacVec3 b, double precision)
{
    const LacVec3 places[] = { a, b };
    return propagate(distance, places, 2, NO_VIEW, precision);
}

/**
 * lac_measure_angle:
 * @a: [Å] a place
 * @apex: [Å] where the angle is
 * @b: [Å] another place
 * @precision: [Å] standard deviation of each coordinate
 *
 * Returns: [deg] the angle, 0 to 180; NaN when places coincide
 */
LacMeasure
lac_measure_angle(LacVec3 a, LacVec3 apex, LacVec3 b, double precision)
{
    const LacVec3 places[] = { a, apex, b };
    return propagate(angle, places, 3, NO_VIEW, precision);
}

/**
 * lac_measure_dihedral:
 * @a: [Å] first of a chain of four places
 * @b: [Å] second
 * @c: [Å] third
 * @d: [Å] fourth
 * @precision: [Å] standard deviation of each coordinate
 *
 * Returns: [deg] the angle of torsion about b-c, -180 to 180, positive when, seen along b-c, d lies
 *   clockwise of a; NaN when three places lie on a line
 */
LacMeasure
lac_measure_dihedral(LacVec3 a, LacVec3 b, LacVec3 c, LacVec3 d, double precision)
{
    const LacVec3 places[] = { a, b, c, d };
    return propagate(dihedral, places, 4, NO_VIEW, precision);
}

/**
 * lac_measure_planes:
 * @first: [Å] three places in a plane
 * @second: [Å] three places in another
 * @precision: [Å] standard deviation of each coordinate
 *
 * Returns: [deg] the angle between the planes, 0 to 90; NaN when three places lie on a line
 */
LacMeasure
lac_measure_planes(const LacVec3 first[3], const LacVec3 second[3], double precision)
{
    const LacVec3 places[] = { first[0], first[1], first[2], second[0], second[1], second[2] };
    return propagate(planes, places, 6, NO_VIEW, precision);
}

/**
 * lac_measure_lines:
 * @a: [Å] one end of a line
 * @b: [Å] its other end
 * @c: [Å] one end of another line
 * @d: [Å] its other end
 * @view: direction of view, along which lines are flattened; 0: they are taken as they are
 * @precision: [Å] standard deviation of each coordinate
 *
 * Returns: [deg] the angle between the lines as they are seen, 0 to 90; NaN when one has no length
 */
LacMeasure
lac_measure_lines(LacVec3 a, LacVec3 b, LacVec3 c, LacVec3 d, LacVec3 view, double precision)
{
    const LacVec3 places[] = { a, b, c, d };
    return propagate(lines, places, 4, view, precision);
}

/**
 * lac_measure_direction:
 * @a: [Å] from here
 * @b: [Å] to there
 * @orientation: of a crystal: its columns are the axes in the sample
 *
 * Returns: the direction in the axes of the crystal, of length 1; 0 when the places coincide
 */
LacVec3
lac_measure_direction(LacVec3 a, LacVec3 b, const LacMat3 *orientation)
{
    LacMat3 back = lac_mat3_transpose(orientation);
    LacVec3 v = lac_mat3_apply(&back, lac_vec3_subtract(b, a));
    double size = lac_vec3_norm(v);
    return size > 0.0 ? (LacVec3){ v.x / size, v.y / size, v.z / size } : v;
}

static int
greatest_divisor(int a, int b)
{
    while (b != 0) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return abs(a);
}

/**
 * lac_measure_index_direction:
 * @direction: in the axes of a cubic crystal
 * @index: (out caller-allocates): small whole numbers of nearly the same direction
 * @off_deg: (out): [deg] between both
 *
 * Chooses among directions of small indices; each unit of the indices must bring 1.5 degrees.
 */
void
lac_measure_index_direction(LacVec3 direction, int index[3], double *off_deg)
{
    double best = (double) INFINITY;
    index[0] = index[1] = index[2] = 0;
    *off_deg = (double) NAN;
    for (int h = -MAX_INDEX; h <= MAX_INDEX; h++)
        for (int k = -MAX_INDEX; k <= MAX_INDEX; k++)
            for (int l = -MAX_INDEX; l <= MAX_INDEX; l++) {
                if (greatest_divisor(greatest_divisor(h, k), l) != 1)
                    continue;
                double off = angle_between(direction, (LacVec3){ h, k, l });
                double cost = off + SIMPLE * (abs(h) + abs(k) + abs(l));
                if (cost < best) {
                    best = cost;
                    index[0] = h;
                    index[1] = k;
                    index[2] = l;
                    *off_deg = off;
                }
            }
}

/**
 * lac_line_profile_free:
 * @self: (nullable) (transfer full): a profile
 */
void
lac_line_profile_free(LacLineProfile *self)
{
    if (self == NULL)
        return;
    g_free(self->at);
    g_free(self->mean);
    g_free(self->max);
    g_free(self);
}

static LacVec3
any_normal(LacVec3 u)
{
    LacVec3 other = fabs(u.x) < 0.6 ? (LacVec3){ 1, 0, 0 } : (LacVec3){ 0, 1, 0 };
    LacVec3 v = lac_vec3_cross(u, other);
    double size = lac_vec3_norm(v);
    return (LacVec3){ v.x / size, v.y / size, v.z / size };
}

// The disc around a place of the line: its middle and rings of equal area.
static void
sample_disc(const LacVolume *volume, LacVec3 p, LacVec3 u, LacVec3 v, double radius, double *mean,
    double *max)
{
    double sum = lac_sample_at(volume, p), n = 1.0;
    *max = sum;
    for (int r = 0; radius > 0.0 && r < N_RINGS; r++)
        for (int k = 0; k < N_AROUND; k++) {
            double turn = 2.0 * G_PI * (k + 0.5 * (r % 2)) / N_AROUND;
            double size = radius * sqrt((r + 0.5) / N_RINGS);
            LacVec3 q = lac_vec3_add_scaled(p, size * cos(turn), u);
            double value = lac_sample_at(volume, lac_vec3_add_scaled(q, size * sin(turn), v));
            *max = fmax(*max, value);
            sum += value;
            n += 1.0;
        }
    *mean = sum / n;
}

/**
 * lac_line_profile_new:
 * @volume: a calibrated volume
 * @a: [Å] one end
 * @b: [Å] the other end
 * @radius: [Å] of the thick line; 0: thin
 * @step: [Å] along the line; 0: half a voxel
 * @error: return location for a #GError
 *
 * Looks up the volume along a thick line: at each step the mean and the largest value over the disc
 * across it.
 *
 * Returns: (transfer full): the profile, or %NULL with @error set when the volume has no voxel size
 *   or the line no length
 */
LacLineProfile *
lac_line_profile_new(const LacVolume *volume, LacVec3 a, LacVec3 b, double radius, double step,
    GError **error)
{
    LacVec3 along = lac_vec3_subtract(b, a);
    double length = lac_vec3_norm(along);
    if (!(volume->voxel_size > 0.0) || !(length > 0.0) || !isfinite(length)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A line of %g Å through a volume of voxels of %g Å has no profile", length,
            volume->voxel_size);
        return NULL;
    }
    double wanted = step > 0.0 ? step : 0.5 * volume->voxel_size;
    LacLineProfile *self = g_new0(LacLineProfile, 1);
    self->n = (gsize) CLAMP(ceil(length / wanted), 1.0, MAX_STEPS) + 1;
    self->at = g_new(double, self->n);
    self->mean = g_new(double, self->n);
    self->max = g_new(double, self->n);
    LacVec3 direction = { along.x / length, along.y / length, along.z / length };
    LacVec3 u = any_normal(direction), v = lac_vec3_cross(direction, u);
    double sum = 0.0, squares = 0.0, n = (double) self->n;
    self->peak = -(double) INFINITY;
    for (gsize i = 0; i < self->n; i++) {
        self->at[i] = length * (double) i / (n - 1.0);
        LacVec3 p = lac_vec3_add_scaled(a, self->at[i], direction);
        sample_disc(volume, p, u, v, radius, &self->mean[i], &self->max[i]);
        sum += self->mean[i];
        self->peak = fmax(self->peak, self->max[i]);
    }
    for (gsize i = 0; i < self->n; i++)
        squares += pow(self->mean[i] - sum / n, 2.0);
    self->whole = (LacMeasure){ sum / n, sqrt(squares / (n - 1.0) / n) };
    return self;
}
