// SPDX-License-Identifier: GPL-3.0-or-later
// The particle's mask and what is behind it.
#include "core/array.h"
#include "core/data/mask-strokes.h"
#include "core/prep/background.h"
#include "core/prep/smooth.h"
#include "core/rng.h"
#include "tests/core/prep/pictures.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define NV 83
#define NU 96
#define N  (NV * NU)

static void
fill_disc(guint8 *mask, double cv, double cu, double radius)
{
    for (gsize v = 0; v < NV; v++)
        for (gsize u = 0; u < NU; u++)
            if (hypot((double) v - cv, (double) u - cu) <= radius)
                mask[v * NU + u] = 1;
}

static void
test_plane(void)
{
    g_autoptr(GError) error = NULL;
    float image[N], out[N];
    guint8 mask[N] = { 0 };
    fill_disc(mask, 40.0, 45.0, 28.0);
    fill_disc(mask, 12.0, 12.0, 6.0);
    for (gsize i = 0; i < N; i++) {
        double v = (double) (i / NU), u = (double) (i % NU);
        image[i] = mask[i] ? 1e6F : (float) (5.0 + 0.25 * u - 0.5 * v);
    }
    g_assert_true(lac_harmonic_fill(image, mask, NV, NU, out, &error));
    for (gsize i = 0; i < N; i++) {
        double v = (double) (i / NU), u = (double) (i % NU);
        g_assert_cmpfloat(fabs((double) out[i] - (5.0 + 0.25 * u - 0.5 * v)), <, 1e-5);
    }
}

// Against a slow relaxation, with a mask that touches the edge of the image.
static void
test_harmonic(void)
{
    g_autoptr(GError) error = NULL;
    const gsize nv = 14, nu = 17, n = nv * nu;
    float image[238], out[238];
    guint8 mask[238] = { 0 };
    double slow[238];
    for (gsize i = 0; i < n; i++) {
        image[i] = (float) lac_rng_normal(4, i);
        mask[i] = hypot((double) (i / nu) - 5.0, (double) (i % nu) - 3.0) < 5.5;
        slow[i] = mask[i] ? 0.0 : (double) image[i];
    }
    for (int sweep = 0; sweep < 4000; sweep++)
        for (gsize i = 0; i < n; i++) {
            gsize v = i / nu, u = i % nu;
            double sum = 0.0, count = 0.0;
            if (!mask[i])
                continue;
            for (int side = 0; side < 4; side++) {
                gsize y = v + (side == 1) - (side == 0), x = u + (side == 3) - (side == 2);
                if (y < nv && x < nu) {
                    sum += slow[y * nu + x];
                    count += 1.0;
                }
            }
            slow[i] = sum / count;
        }
    g_assert_true(lac_harmonic_fill(image, mask, nv, nu, out, &error));
    for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat(fabs((double) out[i] - slow[i]), <, 1e-5);
    memset(mask, 1, sizeof mask); // nothing to go by
    g_assert_true(lac_harmonic_fill(image, mask, nv, nu, image, &error));
    for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat(image[i], ==, 0.0F);
    image[0] = 3.0F;
    mask[0] = 0;
    g_assert_true(lac_harmonic_fill(image, mask, 1, 1, out, &error));
    g_assert_cmpfloat(out[0], ==, 3.0F);
}

// Against all distances.
static void
test_grow(void)
{
    g_autoptr(GError) error = NULL;
    guint8 mask[N] = { 0 }, out[N];
    for (gsize i = 0; i < 9; i++)
        mask[lac_rng_bits(7, i) % N] = 1;
    const double radii[] = { 0.0, 1.0, 1.5, 4.0, 7.3, 500.0 };
    for (gsize k = 0; k < G_N_ELEMENTS(radii); k++) {
        g_assert_true(lac_mask_grow(mask, NV, NU, radii[k], out, &error));
        for (gsize i = 0; i < N; i++) {
            gboolean expected = FALSE;
            for (gsize j = 0; j < N; j++) {
                double dv = (double) (i / NU) - (double) (j / NU);
                double du = (double) (i % NU) - (double) (j % NU);
                expected = expected || (mask[j] && dv * dv + du * du <= radii[k] * radii[k]);
            }
            g_assert_cmpint(out[i], ==, expected);
        }
    }
    fill_disc(mask, 40.0, 45.0, 20.0);
    g_assert_true(lac_mask_grow(mask, NV, NU, -6.0, out, &error));
    for (gsize i = 0; i < N; i++) {
        double r = hypot((double) (i / NU) - 40.0, (double) (i % NU) - 45.0);
        if (r < 12.5)
            g_assert_true(out[i]);
        if (r > 16.0)
            g_assert_false(out[i]);
    }
    memset(mask, 0, sizeof mask);
    g_assert_true(lac_mask_grow(mask, NV, NU, 5.0, out, &error)); // nothing stays nothing
    g_assert_cmpint(out[N / 2], ==, 0);
}

static void
check_mask(const guint8 *mask, double cv, double cu, double inside, double outside)
{
    for (gsize i = 0; i < N; i++) {
        double r = hypot((double) (i / NU) - cv, (double) (i % NU) - cu);
        if (r < inside)
            g_assert_true(mask[i]);
        if (r > outside)
            g_assert_false(mask[i]);
    }
}

// A noisy disc with a hole in it, beside a smaller one and single bright pixels.
static void
test_find(void)
{
    g_autoptr(GError) error = NULL;
    float image[N];
    for (gsize i = 0; i < N; i++) {
        double v = (double) (i / NU), u = (double) (i % NU);
        double big = hypot(v - 45.0, u - 40.0), hole = hypot(v - 42.0, u - 44.0);
        double small = hypot(v - 14.0, u - 80.0);
        gboolean bright = (big < 22.0 && hole > 9.0) || small < 7.0 || i % 977 == 5;
        image[i] = (float) (10.0 + (bright ? 20.0 : 0.0) + 6.0 * lac_rng_normal(2, i));
    }
    LacMaskParams params;
    lac_mask_params_init(&params);
    double threshold;
    guint8 *mask = lac_mask_find(image, NV, NU, &params, &threshold, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(threshold, >, 11.0);
    g_assert_cmpfloat(threshold, <, 20.0);
    check_mask(mask, 45.0, 40.0, 22.0 + params.growth - 2.5, 22.0 + params.growth + 5.0);
    lac_free(mask);
    params.threshold = 1000.0;
    mask = lac_mask_find(image, NV, NU, &params, NULL, &error);
    for (gsize i = 0; i < N; i++)
        g_assert_cmpint(mask[i], ==, 0);
    lac_free(mask);
    const gsize sizes[][2] = { { 1, 1 }, { 1, 9 }, { 7, 7 } };
    lac_mask_params_init(&params);
    for (gsize k = 0; k < G_N_ELEMENTS(sizes); k++) {
        mask = lac_mask_find(image, sizes[k][0], sizes[k][1], &params, NULL, &error);
        g_assert_no_error(error);
        lac_free(mask);
    }
    params.closing = -1.0;
    g_assert_false(lac_mask_params_check(&params, &error));
    g_assert_cmpstr(error->message, ==, "The closing of the mask is -1 pixels, outside 0 to 1000");
}

static void
test_gaussian(void)
{
    g_autoptr(GError) error = NULL;
    float image[N] = { 0 }, out[N];
    image[40 * NU + 50] = 1.0F;
    g_assert_true(lac_gaussian(image, NV, NU, 2.5, out, &error));
    double sum = 0.0, squares = 0.0;
    for (gsize i = 0; i < N; i++) {
        double dv = (double) (i / NU) - 40.0, du = (double) (i % NU) - 50.0;
        sum += (double) out[i];
        squares += (double) out[i] * (dv * dv + du * du) / 2.0;
    }
    g_assert_cmpfloat(fabs(sum - 1.0), <, 1e-5);
    g_assert_cmpfloat(fabs(sqrt(squares) - 2.5), <, 0.01);
    for (gsize i = 0; i < N; i++)
        image[i] = (float) lac_rng_normal(3, i);
    double before = 0.0, after = 0.0;
    g_assert_true(lac_gaussian(image, NV, NU, 30.0, out, &error)); // wider than the image
    for (gsize i = 0; i < N; i++) {
        before += (double) image[i];
        after += (double) out[i];
    }
    g_assert_cmpfloat(fabs(before - after), <, 0.05);
    g_assert_true(lac_gaussian(image, NV, NU, 0.0, out, &error));
    g_assert_cmpfloat(test_rms_difference(image, out, N), ==, 0.0);
    g_assert_true(lac_gaussian(image, 1, 1, 3.0, out, &error));
    g_assert_cmpfloat(fabsf(out[0] - image[0]), <, 1e-6F);
}

static gsize
count_inside(const guint8 *mask)
{
    gsize n = 0;
    for (gsize i = 0; i < N; i++)
        n += mask[i];
    return n;
}

// A touch is a disc, a stroke the set of pixels near its line; later strokes go over earlier ones.
static void
test_strokes(void)
{
    static guint8 mask[N];
    const double r = 9.0, touch[2] = { 30.0, 31.5 }, line[4] = { 20.0, 30.0, 50.0, 40.0 };
    g_autoptr(LacMaskStrokes) one = lac_mask_strokes_append(NULL, 4, TRUE, r, touch, 1);
    lac_mask_strokes_draw(one, 3, mask, NV, NU);
    g_assert_cmpuint(count_inside(mask), ==, 0); // of another projection
    lac_mask_strokes_draw(one, 4, mask, NV, NU);
    g_assert_cmpfloat_with_epsilon((double) count_inside(mask), G_PI * r * r, 8.0);
    g_autoptr(LacMaskStrokes) two = lac_mask_strokes_append(one, 4, FALSE, r + 1.0, touch, 1);
    lac_mask_strokes_draw(two, 4, mask, NV, NU);
    g_assert_cmpuint(count_inside(mask), ==, 0);
    g_autoptr(LacMaskStrokes) three = lac_mask_strokes_append(two, 5, TRUE, 3.0, line, 2);
    lac_mask_strokes_draw(three, 5, mask, NV, NU);
    double length = hypot(30.0, 10.0);
    for (gsize v = 0; v < NV; v++)
        for (gsize u = 0; u < NU; u++) {
            double pu = (double) u + 0.5 - 20.0, pv = (double) v + 0.5 - 30.0;
            double along = (pu * 30.0 + pv * 10.0) / length, t = CLAMP(along, 0.0, length);
            double distance = hypot(pu - t * 30.0 / length, pv - t * 10.0 / length);
            if (fabs(distance - 3.0) > 1e-9)
                g_assert_cmpint(mask[v * NU + u], ==, distance < 3.0);
        }
    g_assert_cmpuint(lac_mask_strokes_count(three, 4), ==, 2);
    g_assert_cmpuint(lac_mask_strokes_count(three, 5), ==, 1);
    g_autoptr(LacMaskStrokes) left = lac_mask_strokes_remove(three, 4);
    g_assert_cmpuint(left->n, ==, 2);
    g_assert_null(lac_mask_strokes_remove(left, 5));
    g_assert_cmpuint(lac_mask_strokes_count(NULL, 0), ==, 0);
}

// The brush may leave the image, or never be in it.
static void
test_strokes_outside(void)
{
    static guint8 mask[N];
    const double far[4] = { -1e5, 10.0, 1e5, 10.0 }, away[2] = { -50.0, 1e7 };
    g_autoptr(LacMaskStrokes) across = lac_mask_strokes_append(NULL, 0, TRUE, 2.0, far, 2);
    lac_mask_strokes_draw(across, 0, mask, NV, NU);
    g_assert_cmpuint(count_inside(mask), ==, 4 * NU);
    g_autoptr(LacMaskStrokes) none = lac_mask_strokes_append(NULL, 0, FALSE, 2.0, away, 1);
    lac_mask_strokes_draw(none, 0, mask, NV, NU);
    g_assert_cmpuint(count_inside(mask), ==, 4 * NU);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/background/plane", test_plane);
    g_test_add_func("/background/harmonic", test_harmonic);
    g_test_add_func("/background/grow", test_grow);
    g_test_add_func("/background/find", test_find);
    g_test_add_func("/background/gaussian", test_gaussian);
    g_test_add_func("/background/strokes", test_strokes);
    g_test_add_func("/background/strokes-outside", test_strokes_outside);
    return g_test_run();
}
