// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/film-image.h"

#include "core/array.h"

#include <math.h>
#include <string.h>

#define GAP       0.02   // between both, of the height
#define N_SAMPLES 200000 // of all pixels, for the range of greys
#define LOWEST    0.002  // share of pixels that are black
#define HIGHEST   0.9995 // and that are not white
#define MM        25.4
#define PT        72.0

struct LacFilmImage {
    const LacFigure *figure;
    const LacSeries *series;
    int width, height; // [pixel] of the picture alone
    int gap, total;    // [pixel]; the image is as wide as it is high
    float lo, hi;      // values that are black and white
    guint8 *rgba;      // total x height
};

static int
compare_floats(gconstpointer a, gconstpointer b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return x < y ? -1 : x > y;
}

// One range for all tilts, so that they can be compared.
static void
find_range(LacFilmImage *self)
{
    const LacSeries *s = self->series;
    const gsize n = s->n * s->nv * s->nu, step = MAX(n / N_SAMPLES, 1);
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(float));
    for (gsize i = 0; i < n; i += step)
        if (isfinite(s->data[i]))
            g_array_append_val(values, s->data[i]);
    self->lo = 0.0f;
    self->hi = 1.0f;
    if (values->len == 0)
        return;
    g_array_sort(values, compare_floats);
    self->lo = g_array_index(values, float, (guint) (LOWEST * (values->len - 1)));
    self->hi = g_array_index(values, float, (guint) (HIGHEST * (values->len - 1)));
    if (!(self->hi > self->lo))
        self->hi = self->lo + 1.0f;
}

/**
 * lac_film_image_new:
 * @figure: what defines the picture; borrowed
 * @view: made from it
 * @series: its projections, at least one; borrowed
 * @error: return location for a #GError
 *
 * Returns: (transfer full): room for pictures with images, or %NULL with @error set
 */
LacFilmImage *
lac_film_image_new(const LacFigure *figure, const LacFigureView *view, const LacSeries *series,
    GError **error)
{
    g_autoptr(LacFilmImage) self = g_new0(LacFilmImage, 1);
    self->figure = figure;
    self->series = series;
    self->width = view->width;
    self->height = view->height;
    self->gap = (int) ceil(GAP * view->height);
    self->total = self->width + self->gap + self->height;
    self->rgba = lac_alloc((gsize) self->height, 4 * (gsize) self->total, error);
    if (self->rgba == NULL)
        return NULL;
    find_range(self);
    return g_steal_pointer(&self);
}

/**
 * lac_film_image_free:
 * @self: (nullable) (transfer full): room for pictures with images
 */
void
lac_film_image_free(LacFilmImage *self)
{
    if (self == NULL)
        return;
    lac_free(self->rgba);
    g_free(self);
}

/**
 * lac_film_image_get_size:
 * @self: room for pictures with images
 * @width: (out): [pixel] of both together
 * @height: (out): [pixel]
 */
void
lac_film_image_get_size(const LacFilmImage *self, int *width, int *height)
{
    *width = self->total;
    *height = self->height;
}

// Value at a place of a projection, between pixels; NaN beyond its edge.
static float
sample(const LacSeries *s, gsize k, double u, double v)
{
    if (!(u >= 0.0 && v >= 0.0 && u <= (double) s->nu - 1.0 && v <= (double) s->nv - 1.0))
        return NAN;
    const float *image = lac_series_get_projection(s, k);
    gsize iu = MIN((gsize) u, s->nu > 1 ? s->nu - 2 : 0),
          iv = MIN((gsize) v, s->nv > 1 ? s->nv - 2 : 0);
    gsize right = s->nu > 1 ? 1 : 0, up = s->nv > 1 ? s->nu : 0;
    float fu = (float) (u - (double) iu), fv = (float) (v - (double) iv);
    const float *at = image + iv * s->nu + iu;
    return (1.0f - fv) * ((1.0f - fu) * at[0] + fu * at[right]) +
        fv * ((1.0f - fu) * at[up] + fu * at[up + right]);
}

static void
draw_image(LacFilmImage *self, const LacCamera *camera, gsize k)
{
    const LacSeries *s = self->series;
    const int n = self->height;
    const double step = camera->height / n, pixel = s->pixel_size > 0.0 ? s->pixel_size : 1.0;
    LacMat3 r = lac_camera_get_matrix(camera);
    LacVec3 middle = lac_mat3_apply(&r, camera->target);
    for (int y = 0; y < n; y++) {
        guint8 *row =
            self->rgba + 4 * ((gsize) y * (gsize) self->total + (gsize) (self->width + self->gap));
        double v = (middle.y + (0.5 * n - y - 0.5) * step) / pixel + (double) (s->nv / 2) +
            s->shifts[k].dv;
        for (int x = 0; x < n; x++) {
            double u = (middle.x + (x + 0.5 - 0.5 * n) * step) / pixel + (double) (s->nu / 2) +
                s->shifts[k].du;
            float value = sample(s, k, u, v);
            float grey = isfinite(value) ? (value - self->lo) / (self->hi - self->lo) : 0.0f;
            memset(row + 4 * x, (int) (255.0f * CLAMP(grey, 0.0f, 1.0f) + 0.5f), 3);
            row[4 * x + 3] = 255;
        }
    }
}

static void
draw_caption(LacFilmImage *self, gsize k)
{
    const LacFigure *figure = self->figure;
    const double pt = figure->height_mm / MM * PT / self->height, size = figure->overlay.text_size;
    const double theta = self->series->angles[k].theta;
    g_autoptr(LacDrawing) drawing =
        lac_drawing_new(self->total * pt, self->height * pt, figure->overlay.font);
    g_autofree char *text = g_strdup_printf("measured %d of %d, %s%.1f°", (int) k + 1,
        (int) self->series->n, theta < 0.0 ? "−" : "", fabs(theta));
    LacDrawingShape shape = { .kind = LAC_DRAWING_TEXT,
        .x = (self->width + self->gap) * pt + 0.8 * size,
        .y = self->height * pt - 0.8 * size,
        .x2 = size,
        .width = 1.6,
        .color = { 1.0f, 1.0f, 1.0f },
        .text = text };
    lac_drawing_add(drawing, &shape);
    lac_drawing_paint_rows(drawing, (guint) self->total, (guint) self->height, 0,
        (guint) self->height, 8, self->rgba);
}

/**
 * lac_film_image_join:
 * @self: room for a picture with an image
 * @camera: of the picture, which sees what tilt @tilt saw
 * @rgba: (array): the picture: sRGB with alpha from the top
 * @tilt: number of the projection
 *
 * Draws the image as it would lie over the picture, and says which it is.
 *
 * Returns: (transfer none): both, valid until the next call
 */
const guint8 *
lac_film_image_join(LacFilmImage *self, const LacCamera *camera, const guint8 *rgba, gsize tilt)
{
    g_return_val_if_fail(tilt < self->series->n, NULL);

    memset(self->rgba, 255, 4 * (gsize) self->total * (gsize) self->height);
    for (int y = 0; y < self->height; y++)
        memcpy(self->rgba + 4 * (gsize) y * (gsize) self->total,
            rgba + 4 * (gsize) y * (gsize) self->width, 4 * (gsize) self->width);
    draw_image(self, camera, tilt);
    draw_caption(self, tilt);
    return self->rgba;
}
