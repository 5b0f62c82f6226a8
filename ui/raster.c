// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/raster.h"

#include <math.h>
#include <string.h>

typedef enum {
    MODE_NEAREST,
    MODE_LINEAR,
    MODE_AVERAGE,
} Mode;

// The target's pixels along one axis that show the image, and where in the image each lies.
typedef struct {
    Mode mode;
    gsize begin, end; // [begin, end) shows the image
    gsize *first;     // first image pixel of target pixel i
    gsize *last;      // second neighbour when interpolating, else one past the averaged ones
    float *weight;    // of the second neighbour
} Axis;

static void
axis_clear(Axis *axis)
{
    g_free(axis->first);
    g_free(axis->last);
    g_free(axis->weight);
}

static gsize
clamp_index(double position, gsize n)
{
    return position <= 0.0 ? 0 : MIN((gsize) position, n - 1);
}

static void
axis_init(Axis *axis, double origin, double scale, gsize n_image, gsize n_target, gboolean flip,
    gboolean smooth)
{
    Mode mode = scale < 1.0 ? MODE_AVERAGE : smooth ? MODE_LINEAR : MODE_NEAREST;
    axis->mode = mode;
    double end = origin + (double) n_image * scale;
    axis->begin = (gsize) CLAMP(ceil(origin - 0.5), 0.0, (double) n_target);
    axis->end = (gsize) CLAMP(ceil(end - 0.5), (double) axis->begin, (double) n_target);
    axis->first = g_new(gsize, n_target);
    axis->last = g_new(gsize, n_target);
    axis->weight = g_new0(float, n_target);
    for (gsize i = axis->begin; i < axis->end; i++) {
        double low = ((double) i - origin) / scale, high = ((double) i + 1.0 - origin) / scale;
        if (flip) {
            double swap = (double) n_image - low;
            low = (double) n_image - high;
            high = swap;
        }
        double middle = 0.5 * (low + high);
        if (mode == MODE_LINEAR) {
            double base = floor(middle - 0.5);
            axis->first[i] = clamp_index(base, n_image);
            axis->last[i] = clamp_index(base + 1.0, n_image);
            axis->weight[i] = (float) (middle - 0.5 - base);
        }
        else if (mode == MODE_AVERAGE) {
            axis->first[i] = clamp_index(floor(low + 0.5), n_image);
            axis->last[i] = MAX(clamp_index(floor(high + 0.5) - 1.0, n_image), axis->first[i]) + 1;
        }
        else {
            axis->first[i] = axis->last[i] = clamp_index(middle, n_image);
        }
    }
}

// Without a branch on the data; NaN, which compares as false, takes the first colour.
static void
colorize(const float *restrict values, gsize n, const LacRasterColors *colors,
    guint16 *restrict index, guint32 *restrict out)
{
    const guint32 *restrict table = colors->colors;
    const float top = (float) (LAC_RASTER_COLORS - 1);
    const float black = colors->black, scale = top / (colors->white - colors->black);
#pragma omp simd
    for (gsize i = 0; i < n; i++) {
        float t = (values[i] - black) * scale + 0.5f;
        t = t > 0.0f ? t : 0.0f;
        t = t < top ? t : top;
        index[i] = (guint16) (int) t;
    }
    for (gsize i = 0; i < n; i++)
        out[i] = table[index[i]];
}

typedef struct {
    const LacPlane *plane;
    const LacRasterColors *colors;
    Axis x, y;
    gsize width;
    float *rows[2]; // image rows, resampled along x, kept from line to line
    gsize which[2]; // their numbers
    float *values;  // of the target line
    guint16 *index;
} Raster;

static void
row_nearest(const LacPlane *plane, const Axis *x, gsize y, float *restrict row)
{
    const float *restrict line = plane->data + y * plane->step_y;
    for (gsize i = x->begin; i < x->end; i++)
        row[i] = line[x->first[i] * plane->step_x];
}

static void
row_linear(const LacPlane *plane, const Axis *x, gsize y, float *restrict row)
{
    const float *restrict line = plane->data + y * plane->step_y;
    for (gsize i = x->begin; i < x->end; i++) {
        float a = line[x->first[i] * plane->step_x], b = line[x->last[i] * plane->step_x];
        row[i] = a + (b - a) * x->weight[i];
    }
}

static void
row_average(const LacPlane *plane, const Axis *x, gsize y, float *restrict row)
{
    const float *restrict line = plane->data + y * plane->step_y;
    for (gsize i = x->begin; i < x->end; i++) {
        float sum = 0.0f;
        for (gsize k = x->first[i]; k < x->last[i]; k++)
            sum += line[k * plane->step_x];
        row[i] = sum / (float) (x->last[i] - x->first[i]);
    }
}

// Writes image row @y, resampled along x.
static void
sample_row(Raster *self, gsize y, float *row)
{
    switch (self->x.mode) {
    case MODE_NEAREST: row_nearest(self->plane, &self->x, y, row); break;
    case MODE_LINEAR: row_linear(self->plane, &self->x, y, row); break;
    case MODE_AVERAGE: row_average(self->plane, &self->x, y, row); break;
    default: g_assert_not_reached();
    }
}

// Returns image row @y from the cache of two, where its neighbour stays.
static const float *
cached_row(Raster *self, gsize y)
{
    gsize distance[2];
    for (guint i = 0; i < 2; i++) {
        if (self->which[i] == y)
            return self->rows[i];
        distance[i] = self->which[i] > y ? self->which[i] - y : y - self->which[i];
    }
    guint slot = distance[0] > distance[1] ? 0 : 1;
    sample_row(self, y, self->rows[slot]);
    self->which[slot] = y;
    return self->rows[slot];
}

static void
blend_rows(const float *restrict a, const float *restrict b, float weight, gsize n,
    float *restrict out)
{
#pragma omp simd
    for (gsize i = 0; i < n; i++)
        out[i] = a[i] + (b[i] - a[i]) * weight;
}

static void
average_rows(Raster *self, gsize begin, gsize end)
{
    gsize n = self->x.end - self->x.begin;
    float *restrict values = self->values + self->x.begin;
    const float *restrict row = self->rows[0] + self->x.begin;
    memset(values, 0, n * sizeof *values);
    float share = 1.0f / (float) (end - begin);
    for (gsize k = begin; k < end; k++) {
        sample_row(self, k, self->rows[0]);
        for (gsize i = 0; i < n; i++)
            values[i] += row[i] * share;
    }
}

static void
draw_line(Raster *self, gsize j, guint32 *line)
{
    const Axis *x = &self->x, *y = &self->y;
    gsize n = x->end - x->begin;
    float *values = self->values + x->begin;
    if (y->mode == MODE_LINEAR) {
        const float *a = cached_row(self, y->first[j]);
        const float *b = cached_row(self, y->last[j]);
        blend_rows(a + x->begin, b + x->begin, y->weight[j], n, values);
    }
    else if (y->mode == MODE_AVERAGE) {
        average_rows(self, y->first[j], y->last[j]);
    }
    else {
        sample_row(self, y->first[j], self->values);
    }
    colorize(values, n, self->colors, self->index, line + x->begin);
}

static void
fill(guint32 *out, gsize n, guint32 color)
{
    for (gsize i = 0; i < n; i++)
        out[i] = color;
}

static void
draw_lines(Raster *self, gsize height, guint32 *out)
{
    const Axis *x = &self->x, *y = &self->y;
    gsize width = self->width;
    guint32 background = self->colors->background;
    for (gsize j = 0; j < height; j++) {
        guint32 *line = out + j * width;
        if (j < y->begin || j >= y->end) {
            fill(line, width, background);
            continue;
        }
        // Blocks of equal lines when magnified without interpolation.
        if (y->mode == MODE_NEAREST && j > y->begin && y->first[j] == y->first[j - 1]) {
            memcpy(line, line - width, width * sizeof *line);
            continue;
        }
        fill(line, x->begin, background);
        draw_line(self, j, line);
        fill(line + x->end, width - x->end, background);
    }
}

/**
 * lac_raster_draw:
 * @plane: image to show
 * @view: where it lies on the target
 * @colors: colour map, range and background
 * @width: columns of the target
 * @height: rows of the target, row 0 at the top
 * @out: (out caller-allocates) (array): @width x @height colours
 *
 * Draws the visible part of an image. Values are interpolated or averaged before the colour map is
 * applied, so no colour appears that the map does not have. NaN takes the first colour. A reduced
 * image (a scale below 1) is averaged over the pixels that fall together.
 */
void
lac_raster_draw(const LacPlane *plane, const LacRasterView *view, const LacRasterColors *colors,
    gsize width, gsize height, guint32 *out)
{
    g_return_if_fail(plane->width > 0 && plane->height > 0);
    g_return_if_fail(view->scale_x > 0.0 && view->scale_y > 0.0);

    if (width == 0 || height == 0)
        return;
    Raster self = { .plane = plane, .colors = colors, .width = width };
    axis_init(&self.x, view->x0, view->scale_x, plane->width, width, FALSE, view->smooth);
    axis_init(&self.y, view->y0, view->scale_y, plane->height, height, view->flip_y, view->smooth);
    g_autofree float *values = g_new0(float, 3 * width);
    g_autofree guint16 *index = g_new(guint16, width);
    self.values = values;
    self.rows[0] = values + width;
    self.rows[1] = values + 2 * width;
    self.which[0] = self.which[1] = G_MAXSIZE;
    self.index = index;
    draw_lines(&self, height, out);
    axis_clear(&self.x);
    axis_clear(&self.y);
}
