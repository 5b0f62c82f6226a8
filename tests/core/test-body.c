// SPDX-License-Identifier: GPL-3.0-or-later
// A ball cut by planes: distances against the nearest of many points of the surface, volumes
// against closed forms.
#include "core/data/body.h"
#include "core/rng.h"

#include <math.h>

static LacVec3
random_point(guint64 seed, guint64 i, double edge)
{
    return (LacVec3){ edge * (lac_rng_uniform(seed, 3 * i) - 0.5),
        edge * (lac_rng_uniform(seed, 3 * i + 1) - 0.5),
        edge * (lac_rng_uniform(seed, 3 * i + 2) - 0.5) };
}

static double
distance(LacVec3 a, LacVec3 b)
{
    return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

static LacBody
make_body(guint n_planes)
{
    LacBody body = { .centre = { 1.0, -2.0, 0.5 }, .radius = 10.0 };
    for (guint i = 0; i < n_planes; i++)
        lac_body_add_plane(&body, random_point(7, i, 1.0), 5.0 + 3.0 * lac_rng_uniform(8, i));
    return body;
}

// Alternating projections with the corrections of Dykstra, which end at the nearest point.
static LacVec3
project_slowly(const LacBody *body, LacVec3 r)
{
    LacVec3 corrections[LAC_BODY_MAX_PLANES + 1] = { 0 };
    for (guint pass = 0; pass < 20000; pass++) {
        for (guint i = 0; i <= body->n_planes; i++) {
            LacVec3 *c = &corrections[i];
            LacVec3 y = { r.x + c->x, r.y + c->y, r.z + c->z }, p = y;
            LacVec3 d = { y.x - body->centre.x, y.y - body->centre.y, y.z - body->centre.z };
            if (i < body->n_planes) {
                LacVec3 n = body->normals[i];
                double over = MAX(d.x * n.x + d.y * n.y + d.z * n.z - body->heights[i], 0.0);
                p = (LacVec3){ y.x - over * n.x, y.y - over * n.y, y.z - over * n.z };
            }
            else {
                double scale = MIN(body->radius / sqrt(d.x * d.x + d.y * d.y + d.z * d.z), 1.0);
                p = (LacVec3){ body->centre.x + scale * d.x, body->centre.y + scale * d.y,
                    body->centre.z + scale * d.z };
            }
            *c = (LacVec3){ y.x - p.x, y.y - p.y, y.z - p.z };
            r = p;
        }
    }
    return r;
}

static void
test_outside(void)
{
    static const guint counts[] = { 0, 1, 2, 6, 14 };
    for (guint k = 0; k < G_N_ELEMENTS(counts); k++) {
        LacBody body = make_body(counts[k]);
        g_assert_true(lac_body_is_valid(&body));
        guint n_outside = 0;
        for (guint64 i = 0; n_outside < 40; i++) {
            LacVec3 r = random_point(11, i, 40.0);
            if (lac_body_contains(&body, r))
                continue;
            n_outside++;
            g_assert_cmpfloat_with_epsilon(lac_body_get_distance(&body, r),
                distance(r, project_slowly(&body, r)), 1e-4);
        }
    }
}

// From inside, a ball of the distance just fits: no step of that length leaves, a longer one does.
static void
test_inside(void)
{
    LacBody body = make_body(6);
    guint n_inside = 0;
    for (guint64 i = 0; n_inside < 40; i++) {
        LacVec3 r = random_point(12, i, 20.0);
        if (!lac_body_contains(&body, r))
            continue;
        n_inside++;
        double d = -lac_body_get_distance(&body, r), least = HUGE_VAL;
        g_assert_cmpfloat(d, >=, 0.0);
        for (guint64 k = 0; k < 20000; k++) {
            LacVec3 u = random_point(13, k, 1.0);
            double length = sqrt(u.x * u.x + u.y * u.y + u.z * u.z), step = d;
            while (lac_body_contains(&body,
                       (LacVec3){ r.x + u.x / length * step, r.y + u.y / length * step,
                           r.z + u.z / length * step }) &&
                step < least)
                step += 0.02;
            least = MIN(least, step);
        }
        g_assert_cmpfloat_with_epsilon(least, d, 0.08);
    }
}

static void
test_volume(void)
{
    LacBody ball = { .radius = 22.0 };
    double area;
    g_assert_cmpfloat_with_epsilon(lac_body_get_volume(&ball, &area) / (4.0 / 3.0 * G_PI * 10648.0),
        1.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(area / (4.0 * G_PI * 484.0), 1.0, 1e-9);
    // A cap of height h: volume pi h^2 (3 R - h) / 3, area 2 pi R h less the disc pi h (2 R - h).
    double cap = 8.0;
    lac_body_add_plane(&ball, (LacVec3){ 1.0, 2.0, -1.0 }, 22.0 - cap);
    double volume = 4.0 / 3.0 * G_PI * 10648.0 - G_PI * cap * cap * (66.0 - cap) / 3.0;
    g_assert_cmpfloat_with_epsilon(lac_body_get_volume(&ball, &area) / volume, 1.0, 2e-4);
    double surface = 4.0 * G_PI * 484.0 - 2.0 * G_PI * 22.0 * cap + G_PI * cap * (44.0 - cap);
    g_assert_cmpfloat_with_epsilon(area / surface, 1.0, 1e-3);
    LacBody cube = { .radius = 100.0 };
    for (int i = 0; i < 6; i++) {
        double sign = i & 1 ? 1.0 : -1.0;
        lac_body_add_plane(&cube,
            (LacVec3){ i / 2 == 0 ? sign : 0.0, i / 2 == 1 ? sign : 0.0, i / 2 == 2 ? sign : 0.0 },
            3.0);
    }
    g_assert_cmpfloat_with_epsilon(lac_body_get_volume(&cube, &area), 216.0, 0.1);
    g_assert_cmpfloat_with_epsilon(area, 216.0, 0.3);
}

static void
test_refuses(void)
{
    LacBody body = make_body(3);
    body.heights[1] = -1.0;
    g_assert_false(lac_body_is_valid(&body));
    body = make_body(3);
    body.normals[2].x += 0.1;
    g_assert_false(lac_body_is_valid(&body));
    body.radius = (double) NAN;
    g_assert_false(lac_body_is_valid(&body));
    body = make_body(3);
    body.centre.y = HUGE_VAL;
    g_assert_false(lac_body_is_valid(&body));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/body/outside", test_outside);
    g_test_add_func("/body/inside", test_inside);
    g_test_add_func("/body/volume", test_volume);
    g_test_add_func("/body/refuses", test_refuses);
    return g_test_run();
}
