// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/export.h"

#include "core/array.h"
#include "core/error.h"
#include "core/parallel.h"

#include <epoxy/gl.h>
#include <math.h>
#include <string.h>

#define BLOCK    16 // rows of pixels
#define MAX_EDGE 65500
#define MAX_FINE 2.4e7 // samples of a picture whose atoms get four times as many

// A framebuffer that holds one tile, and the strip of complete rows that tiles add up to.
typedef struct {
    LacRenderer *renderer;
    const LacScene *scene;
    const LacExportParams *params;
    GLuint framebuffer, texture;
    int tile;   // [pixel] of the picture, without supersampling
    int margin; // [sample] about a tile, for what looks at its neighbours
    double atom_resolution;
    guint8 *pixels;      // of one tile, from the lower left, premultiplied
    guint8 *strip;       // width x tile; guint16 where the picture has 16 bits
    guint16 linear[256]; // light of a value of sRGB, of 65535
    guint16 *srgb;       // (65536) and back, of 65535
} Export;

/**
 * lac_export_params_default:
 * @width: [pixel]
 * @height: [pixel]
 *
 * Returns: no supersampling, and lines as wide as in a window 700 pixels high
 */
LacExportParams
lac_export_params_default(int width, int height)
{
    return (LacExportParams){ .width = width,
        .height = height,
        .supersample = 1,
        .tile = 512,
        .bits = 8,
        .line_scale = MAX(1.0, MIN(width, height) / 700.0) };
}

static gboolean
check(const LacExportParams *params, GError **error)
{
    if (params->width < 1 || params->height < 1 || params->width > MAX_EDGE ||
        params->height > MAX_EDGE) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A picture of %d x %d pixels is outside 1 to %d", params->width, params->height,
            MAX_EDGE);
        return FALSE;
    }
    if (params->supersample < 1 || params->supersample > 4) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "Supersampling of %d is outside 1 to 4",
            params->supersample);
        return FALSE;
    }
    g_return_val_if_fail(params->tile > 0 && params->tile <= 4096, FALSE);
    return TRUE;
}

static double
to_linear(double srgb)
{
    return srgb <= 0.04045 ? srgb / 12.92 : pow((srgb + 0.055) / 1.055, 2.4);
}

static double
to_srgb(double linear)
{
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1.0 / 2.4) - 0.055;
}

static void
fill_tables(Export *self)
{
    for (guint i = 0; i < G_N_ELEMENTS(self->linear); i++)
        self->linear[i] = (guint16) lrint(65535.0 * to_linear(i / 255.0));
    for (guint i = 0; i < 65536; i++)
        self->srgb[i] = (guint16) lrint(65535.0 * to_srgb(i / 65535.0));
}

static gboolean
init_export(Export *self, GError **error)
{
    self->srgb = lac_alloc(65536, sizeof *self->srgb, error);
    if (self->srgb == NULL)
        return FALSE;
    fill_tables(self);
    gsize edge = (gsize) self->tile * (gsize) self->params->supersample + 2 * (gsize) self->margin;
    self->pixels = lac_alloc(edge * edge, 4, error);
    if (self->pixels == NULL)
        return FALSE;
    gsize pixel = self->params->bits == 16 ? 8 : 4;
    self->strip = lac_alloc((gsize) self->params->width * (gsize) self->tile, pixel, error);
    if (self->strip == NULL)
        return FALSE;
    glGenTextures(1, &self->texture);
    glBindTexture(GL_TEXTURE_2D, self->texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, (GLsizei) edge, (GLsizei) edge, 0, GL_RGBA,
        GL_UNSIGNED_BYTE, NULL);
    glBindTexture(GL_TEXTURE_2D, 0);
    glGenFramebuffers(1, &self->framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, self->framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, self->texture, 0);
    GLenum status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
    if (status == GL_FRAMEBUFFER_COMPLETE)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL,
        "OpenGL cannot draw into a tile of %" G_GSIZE_FORMAT " pixels (status 0x%x)", edge, status);
    return FALSE;
}

static void
clear_export(Export *self)
{
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    glDeleteFramebuffers(1, &self->framebuffer);
    glDeleteTextures(1, &self->texture);
    lac_free(self->pixels);
    lac_free(self->strip);
    lac_free(self->srgb);
}

// Light of a sample of 4 bytes, times its opacity, is added: eyes and lenses average light.
static void
add_sample(const Export *self, const guint8 *sample, guint32 sum[4])
{
    const guint alpha = sample[3];
    sum[3] += alpha;
    for (guint c = 0; c < 3 && alpha > 0; c++) {
        guint value = alpha == 255 ? sample[c] : MIN((255u * sample[c] + alpha / 2) / alpha, 255u);
        sum[c] += (self->linear[value] * alpha + 127) / 255;
    }
}

static void
put_pixel(const Export *self, const guint32 sum[4], guint count, gsize at)
{
    guint16 *words = (guint16 *) (void *) self->strip;
    for (guint c = 0; c < 4; c++) {
        guint64 value = 0; // of 65535
        if (c == 3)
            value = (guint64) sum[3] * 257 / count;
        else if (sum[3] > 0)
            value = self->srgb[MIN(((guint64) sum[c] * 255 + sum[3] / 2) / sum[3], 65535)];
        if (self->params->bits == 16)
            words[4 * at + c] = (guint16) value;
        else
            self->strip[4 * at + c] = (guint8) ((value + 128) / 257);
    }
}

typedef struct {
    const Export *self;
    int x0, width, height;
} Tile;

// Averages the samples of each pixel of some rows.
static void
resolve_rows(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Tile *tile = data;
    const Export *self = tile->self;
    guint n = (guint) self->params->supersample, count = n * n;
    gsize line = (gsize) tile->width * n * 4;
    for (gsize y = begin; y < end; y++) {
        gsize at = y * (gsize) self->params->width + (gsize) tile->x0;
        const guint8 *rows = self->pixels + ((gsize) tile->height - 1 - y) * n * line;
        for (gsize x = 0; x < (gsize) tile->width; x++, at++) {
            guint32 sum[4] = { 0 };
            for (guint j = 0; j < n; j++)
                for (guint i = 0; i < n; i++)
                    add_sample(self, rows + j * line + (x * n + i) * 4, sum);
            put_pixel(self, sum, count, at);
        }
    }
}

static gboolean
draw_tile(Export *self, int x0, int y0, int width, int height, GError **error)
{
    const LacExportParams *params = self->params;
    LacRenderQuality quality = lac_render_quality_full();
    int n = params->supersample, margin = self->margin;
    quality.atom_resolution = self->atom_resolution;
    const LacRenderTarget target = {
        .framebuffer = self->framebuffer,
        .width = width * n + 2 * margin,
        .height = height * n + 2 * margin,
        .full_width = params->width * n,
        .full_height = params->height * n,
        .tile_x = x0 * n - margin,
        .tile_y = (params->height - y0 - height) * n - margin,
        .line_scale = params->line_scale * n,
    };
    if (!lac_renderer_draw(self->renderer, self->scene, &quality, &target, NULL, error))
        return FALSE;
    glBindFramebuffer(GL_FRAMEBUFFER, self->framebuffer);
    glPixelStorei(GL_PACK_ALIGNMENT, 4);
    glReadPixels(margin, margin, width * n, height * n, GL_RGBA, GL_UNSIGNED_BYTE, self->pixels);
    Tile tile = { self, x0, width, height };
    lac_parallel_for((gsize) height, BLOCK, resolve_rows, &tile);
    return TRUE;
}

static gboolean
draw_tiles(Export *self, LacExportRows write_rows, gpointer data, LacProgress *progress,
    GError **error)
{
    int w = self->params->width, h = self->params->height, tile = self->tile;
    int n_columns = (w - 1) / tile + 1, n_rows = (h - 1) / tile + 1, n_done = 0;
    for (int y = 0; y < h; y += tile) {
        int height = MIN(tile, h - y);
        for (int x = 0; x < w; x += tile) {
            if (!draw_tile(self, x, y, MIN(tile, w - x), height, error))
                return FALSE;
            n_done++;
            if (!lac_progress_update(progress, (double) n_done / ((double) n_columns * n_rows),
                    error))
                return FALSE;
        }
        if (!write_rows(self->strip, height, data, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_export_picture:
 * @renderer: a renderer, with its context current
 * @scene: what to draw
 * @params: size and sampling
 * @write_rows: (scope call): takes the rows, from the top
 * @data: for @write_rows
 * @progress: (nullable): updated after each tile
 * @error: return location for a #GError
 *
 * Draws a picture of any size in tiles; the pixels do not depend on the size of the tiles.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_export_picture(LacRenderer *renderer, const LacScene *scene, const LacExportParams *params,
    LacExportRows write_rows, gpointer data, LacProgress *progress, GError **error)
{
    if (!check(params, error))
        return FALSE;
    Export self = { .renderer = renderer, .scene = scene, .params = params };
    const double samples_high = (double) params->height * params->supersample;
    const double samples_wide = (double) params->width * params->supersample;
    self.tile = MIN(params->tile, MAX(params->width, params->height));
    self.margin = scene->atoms.edges > 0.0 ? (int) ceil(scene->atoms.edges * samples_high) + 2 : 0;
    // A large picture has samples enough.
    self.atom_resolution = samples_wide * samples_high <= MAX_FINE ? 2.0 : 1.0;
    gboolean done =
        init_export(&self, error) && draw_tiles(&self, write_rows, data, progress, error);
    clear_export(&self);
    return done;
}

typedef struct {
    guint8 *rgba;
    gsize line; // bytes of a row
} Memory;

static gboolean
copy_rows(const guint8 *rgba, int n_rows, gpointer data, GError **error)
{
    (void) error;
    Memory *memory = data;
    memcpy(memory->rgba, rgba, (gsize) n_rows * memory->line);
    memory->rgba += (gsize) n_rows * memory->line;
    return TRUE;
}

/**
 * lac_export_to_memory:
 * @renderer: a renderer, with its context current
 * @scene: what to draw
 * @params: size and sampling
 * @progress: (nullable): updated after each tile
 * @error: return location for a #GError
 *
 * Draws a picture as lac_export_picture() does.
 *
 * Returns: (transfer full): width x height pixels of sRGB with alpha from the top, to be freed
 *     with lac_free(), or %NULL with @error set
 */
guint8 *
lac_export_to_memory(LacRenderer *renderer, const LacScene *scene, const LacExportParams *params,
    LacProgress *progress, GError **error)
{
    if (!check(params, error))
        return NULL;
    Memory memory = { .line = 4 * (gsize) params->width };
    guint8 *rgba = lac_alloc((gsize) params->height, memory.line, error);
    if (rgba == NULL)
        return NULL;
    memory.rgba = rgba;
    if (lac_export_picture(renderer, scene, params, copy_rows, &memory, progress, error))
        return rgba;
    lac_free(rgba);
    return NULL;
}
