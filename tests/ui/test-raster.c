// SPDX-License-Identifier: GPL-3.0-or-later
// The fast image conversion against a slow, obvious one.
#include "ui/raster.h"

#include <math.h>

#define N_X        13
#define N_Y        9
#define WIDTH      71
#define HEIGHT     53
#define BACKGROUND 0xdeadbeefu

typedef struct {
    float data[N_X * N_Y];
    guint32 colors[LAC_RASTER_COLORS];
} Fixture;

static void
setup(Fixture *self, gconstpointer data)
{
    (void) data;
    for (gsize i = 0; i < N_X * N_Y; i++)
        self->data[i] = sinf((float) i * 1.7f) + 0.2f;
    for (guint32 i = 0; i < LAC_RASTER_COLORS; i++)
        self->colors[i] = i;
}

static double
slow_pixel(const float *data, double x, double y, gboolean smooth)
{
    if (!smooth)
        return (double) data[(gsize) y * N_X + (gsize) x];
    double fx = x - 0.5, fy = y - 0.5;
    double sum = 0.0;
    for (int dy = 0; dy < 2; dy++) {
        for (int dx = 0; dx < 2; dx++) {
            int ix = (int) CLAMP(floor(fx) + dx, 0, N_X - 1);
            int iy = (int) CLAMP(floor(fy) + dy, 0, N_Y - 1);
            double wx = dx == 1 ? fx - floor(fx) : 1.0 - (fx - floor(fx));
            double wy = dy == 1 ? fy - floor(fy) : 1.0 - (fy - floor(fy));
            sum += wx * wy * (double) data[iy * N_X + ix];
        }
    }
    return sum;
}

static void
compare(Fixture *self, LacRasterView view)
{
    LacPlane plane = { .data = self->data,
        .width = N_X,
        .height = N_Y,
        .step_x = 1,
        .step_y = N_X };
    LacRasterColors colors = { .colors = self->colors,
        .black = -0.5f,
        .white = 1.0f,
        .background = BACKGROUND };
    g_autofree guint32 *out = g_new(guint32, WIDTH * HEIGHT);
    lac_raster_draw(&plane, &view, &colors, WIDTH, HEIGHT, out);
    gsize n_inside = 0;
    for (gsize j = 0; j < HEIGHT; j++) {
        for (gsize i = 0; i < WIDTH; i++) {
            double x = ((double) i + 0.5 - view.x0) / view.scale_x;
            double y = ((double) j + 0.5 - view.y0) / view.scale_y;
            guint32 got = out[j * WIDTH + i];
            if (x < 0.0 || x >= N_X || y < 0.0 || y >= N_Y) {
                g_assert_cmphex(got, ==, BACKGROUND);
                continue;
            }
            n_inside++;
            if (view.flip_y)
                y = N_Y - y;
            double v = slow_pixel(self->data, x, y, view.smooth);
            double index = CLAMP((v + 0.5) / 1.5, 0.0, 1.0) * (LAC_RASTER_COLORS - 1);
            g_assert_cmpfloat(fabs(index - (double) got), <, 0.51);
        }
    }
    g_assert_cmpuint(n_inside, >, 0);
}

static void
test_nearest(Fixture *self, gconstpointer data)
{
    (void) data;
    compare(self, (LacRasterView){ .scale_x = 5.0, .scale_y = 5.0, .x0 = 3.0, .y0 = 4.0 });
    compare(self,
        (LacRasterView){ .scale_x = 3.31,
            .scale_y = 3.31,
            .x0 = -7.3,
            .y0 = 11.1,
            .flip_y = TRUE });
    compare(self, (LacRasterView){ .scale_x = 5.0, .scale_y = 2.0, .y0 = 3.0 });
    compare(self, (LacRasterView){ .scale_x = 40.0, .scale_y = 40.0, .x0 = -200.0, .y0 = -100.0 });
}

static void
test_linear(Fixture *self, gconstpointer data)
{
    (void) data;
    compare(self,
        (LacRasterView){ .scale_x = 5.0, .scale_y = 5.0, .x0 = 3.0, .y0 = 4.0, .smooth = TRUE });
    compare(self,
        (LacRasterView){ .scale_x = 3.31,
            .scale_y = 3.31,
            .x0 = -7.3,
            .y0 = 11.1,
            .flip_y = TRUE,
            .smooth = TRUE });
    compare(self,
        (LacRasterView){ .scale_x = 1.0, .scale_y = 1.0, .x0 = 0.25, .y0 = 0.75, .smooth = TRUE });
}

static void
test_average(Fixture *self, gconstpointer data)
{
    (void) data;
    // 12 x 8 of the image, halved: each target pixel is the mean of four.
    LacPlane plane = { .data = self->data, .width = 12, .height = 8, .step_x = 1, .step_y = N_X };
    LacRasterView view = { .scale_x = 0.5, .scale_y = 0.5 };
    LacRasterColors colors = { .colors = self->colors, .black = -1.0f, .white = 2.0f };
    guint32 out[6 * 4];
    lac_raster_draw(&plane, &view, &colors, 6, 4, out);
    for (gsize j = 0; j < 4; j++) {
        for (gsize i = 0; i < 6; i++) {
            const float *p = self->data + 2 * j * N_X + 2 * i;
            double mean = (double) (p[0] + p[1] + p[N_X] + p[N_X + 1]) / 4.0;
            double index = (mean + 1.0) / 3.0 * (LAC_RASTER_COLORS - 1);
            g_assert_cmpfloat(fabs(index - (double) out[j * 6 + i]), <, 0.51);
        }
    }
}

static void
test_strides(Fixture *self, gconstpointer data)
{
    (void) data;
    LacPlane plane = { .data = self->data,
        .width = N_Y,
        .height = N_X,
        .step_x = N_X,
        .step_y = 1 };
    LacRasterView view = { .scale_x = 1.0, .scale_y = 1.0 };
    LacRasterColors colors = { .colors = self->colors, .black = -1.0f, .white = 2.0f };
    guint32 out[N_X * N_Y];
    lac_raster_draw(&plane, &view, &colors, N_Y, N_X, out);
    for (gsize j = 0; j < N_X; j++) {
        for (gsize i = 0; i < N_Y; i++) {
            float index = (self->data[i * N_X + j] + 1.0f) / 3.0f * (LAC_RASTER_COLORS - 1);
            g_assert_cmpfloat(fabsf(index - (float) out[j * N_Y + i]), <, 0.51f);
        }
    }
}

static void
test_odd_values(Fixture *self, gconstpointer data)
{
    (void) data;
    float values[5] = { NAN, -INFINITY, INFINITY, 0.0f, 1.0f };
    LacPlane plane = { .data = values, .width = 5, .height = 1, .step_x = 1, .step_y = 5 };
    LacRasterView view = { .scale_x = 1.0, .scale_y = 1.0 };
    LacRasterColors colors = { .colors = self->colors, .black = 0.0f, .white = 1.0f };
    guint32 out[5];
    lac_raster_draw(&plane, &view, &colors, 5, 1, out);
    const guint32 expected[5] = { 0, 0, LAC_RASTER_COLORS - 1, 0, LAC_RASTER_COLORS - 1 };
    for (gsize i = 0; i < 5; i++)
        g_assert_cmpuint(out[i], ==, expected[i]);
    // No range at all: a step, not a crash.
    colors.black = colors.white = 0.5f;
    lac_raster_draw(&plane, &view, &colors, 5, 1, out);
    g_assert_cmpuint(out[3], ==, 0);
    g_assert_cmpuint(out[4], ==, LAC_RASTER_COLORS - 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) g_test_add("/ui/raster/" path, Fixture, NULL, setup, func, NULL)
    ADD("nearest", test_nearest);
    ADD("linear", test_linear);
    ADD("average", test_average);
    ADD("strides", test_strides);
    ADD("odd-values", test_odd_values);
#undef ADD
    return g_test_run();
}
